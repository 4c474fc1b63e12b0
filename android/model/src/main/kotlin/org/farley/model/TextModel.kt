package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.farley.core.EditData
import org.farley.core.FarleyException
import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.core.NamedValue
import org.farley.core.RecordData
import org.farley.core.RelatedRow

data class NoteState(
    val id: String,
    val loading: Boolean = true,
    val text: TextState = TextState(),
    /** What the note is about. */
    val about: List<LinkTo> = emptyList(),
    /** Written after a call from the app. */
    val call: Boolean = false,
    val title: String = "",
    val comments: List<RelatedRow> = emptyList(),
    val comment: String = "",
    val message: UserMessage? = null,
)

/** A note that several people write at once, with its comments. */
class TextModel(
    core: Core,
    private val id: String,
    private val about: LinkTo? = null,
    private val call: Boolean = false,
) : Model<NoteState>(core, NoteState(id, about = listOfNotNull(about), call = call)) {
    private val text =
        SharedText(core, scope, id, "body", Draft.note(id)) {
            SharedText.Creation("note", listOfNotNull(about?.let { NamedValue("about", FieldValue.Links(listOf(it))) }))
        }
    private val commentDraft = Draft(core, "comment:$id") { commentEdit() }

    init {
        scope.launch { text.state.collect { shown -> show { it.copy(text = shown) } } }
        scope.launch { core.changes.collect { if (it.much || id in it.ids || "comment" in it.kinds) reload() } }
    }

    fun opened(): Job =
        run {
            val record = find()
            text.load(record)
            readAround(record)
            commentDraft.read()?.let { kept ->
                val typed =
                    kept.edit.set
                        .firstOrNull { it.field == "body" }
                        ?.value as? FieldValue.Text
                show { it.copy(comment = typed?.text.orEmpty()) }
            }
            show { it.copy(loading = false) }
        }

    fun typed(value: String) = text.typed(value)

    /** "Done": into the record at once. */
    fun done(): Job = core.scope.launch { text.save() }

    fun mergeSeen() = text.mergeSeen()

    fun commentTyped(value: String) {
        show { it.copy(comment = value) }
        commentDraft.typed()
    }

    fun commentSent(): Job =
        run {
            val edit = commentEdit()
            if (state.value.comment.isBlank() || !text.save()) return@run
            core.ask { apply(edit) }
            commentDraft.drop()
            show { it.copy(comment = "") }
            readAround(find())
        }

    suspend fun keep() {
        text.keep()
        commentDraft.keep()
    }

    /** Leaving the screen writes what is there; nothing waits for a button. */
    override fun close() {
        core.scope.launch {
            commentDraft.keep()
            text.save()
        }
        super.close()
    }

    override fun failed(message: UserMessage) = show { it.copy(loading = false, message = message) }

    private suspend fun reload() {
        try {
            text.recordChanged()
            readAround(find())
        } catch (error: FarleyException) {
            UserMessage.of(error)?.let(::failed)
        }
    }

    /** A note that was never saved has an id, but is not there. */
    private suspend fun find(): RecordData? =
        try {
            core.ask { record(id) }
        } catch (none: FarleyException.NotFound) {
            null
        }

    private suspend fun readAround(record: RecordData?) {
        record ?: return
        val links = record.fields.firstOrNull { it.field == "about" }?.value as? FieldValue.Links
        val comments = core.ask { related(id, COMMENTS) }.filter { it.row.kind == "comment" }.reversed()
        show { it.copy(about = links?.links ?: it.about, title = record.title, comments = comments) }
    }

    private fun commentEdit() =
        EditData(
            null,
            "comment",
            emptyList(),
            listOf(NamedValue("on", FieldValue.Link(LinkTo(id, ""))), NamedValue("body", FieldValue.Text(state.value.comment))),
            emptyList(),
            emptyList(),
        )

    private companion object {
        const val COMMENTS = 100u
    }
}
