package org.farley.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.farley.core.EditData
import org.farley.core.FarleyException
import org.farley.core.FieldValue
import org.farley.core.NamedValue
import org.farley.core.RecordData
import org.farley.core.Transfer

data class TextState(
    val text: String = "",
    /** What stands here is in the record, not only in the draft. */
    val saved: Boolean = true,
    val transfer: Transfer? = null,
    /** Somebody else wrote into the same text meanwhile; both texts were kept. */
    val merged: Boolean = false,
    val message: UserMessage? = null,
)

/**
 * A text that several people write at once: the body of a note, the report of a visit.
 *
 * Every stretch of typing goes to the draft within 300 ms and into the record after [SAVE_MS] of quiet, as a change on
 * top of the heads it was typed on. So Anna's paragraph and Ben's sentence both stay, and what comes in from Ben while
 * Anna types is put around her words instead of under them.
 *
 * Use from one thread, as all models are.
 */
class SharedText(
    private val core: Core,
    private val scope: CoroutineScope,
    val id: String,
    private val field: String,
    draftName: String,
    /** What a record that does not exist yet is made of, beside the text. */
    private val creation: () -> Creation,
) {
    data class Creation(
        val kind: String,
        val set: List<NamedValue>,
    )

    private val held = MutableStateFlow(TextState())
    private val saving = Mutex()
    private val draft = Draft(core, draftName) { edit(held.value.text) }
    private var timer: Job? = null

    /** The text of the record at [heads]. */
    private var base = ""
    private var heads = emptyList<String>()

    /** The record is there; before that, the first save makes it. */
    var exists = false
        private set

    val state: StateFlow<TextState> = held.asStateFlow()

    suspend fun load(record: RecordData?) {
        take(record)
        held.update { it.copy(text = base, saved = true, transfer = record?.transfer) }
        val kept = draft.read() ?: return
        val typed =
            kept.edit.set
                .firstOrNull { it.field == field }
                ?.value
        val text = (typed as? FieldValue.Typed)?.text ?: (typed as? FieldValue.Text)?.text ?: return
        // The draft was typed on its own heads: saved on top of them it cannot undo what came in since.
        heads = kept.edit.base
        held.update { it.copy(text = text, saved = false) }
        save()
    }

    fun typed(text: String) {
        if (text == held.value.text) return
        held.update { it.copy(text = text, saved = false, merged = false, message = null) }
        draft.typed()
        timer?.cancel()
        timer =
            scope.launch {
                delay(SAVE_MS)
                // Not in this scope: the screen may close while the write is on its way.
                core.scope.launch { save() }
            }
    }

    suspend fun keep() = draft.keep()

    /** Writes the text into the record. Safe to call at any time; does nothing if nothing differs. */
    suspend fun save(): Boolean =
        saving.withLock {
            val sent = held.value.text
            if (held.value.saved || (sent == base && exists)) {
                if (!held.value.saved) finish(sent)
                return true
            }
            if (!exists && sent.isBlank()) return true
            draft.keep()
            try {
                core.ask { apply(edit(sent)) }
                val record = core.ask { record(id) }
                take(record)
                carryOver(sent, record)
            } catch (error: FarleyException) {
                held.update { it.copy(message = UserMessage.of(error)) }
                return false
            }
            true
        }

    /** The record changed, here or elsewhere. */
    suspend fun recordChanged() {
        if (exists && !held.value.saved) {
            save()
            return
        }
        saving.withLock {
            try {
                val record = core.ask { record(id) }
                val before = base
                take(record)
                // Typed while the record was read: put around what came in.
                val now = held.value.text
                val text = if (held.value.saved) base else carry(before, now, base)
                held.update { it.copy(text = text, saved = text == base, transfer = record.transfer, merged = it.merged || (before.isNotEmpty() && base != before)) }
            } catch (none: FarleyException.NotFound) {
                // Not saved yet, or erased meanwhile: what stands here stays.
                return
            } catch (error: FarleyException) {
                held.update { it.copy(message = UserMessage.of(error)) }
            }
        }
    }

    fun mergeSeen() = held.update { it.copy(merged = false) }

    private suspend fun carryOver(
        sent: String,
        record: RecordData,
    ) {
        val now = held.value.text
        val text = if (now == sent) base else carry(sent, now, base)
        val done = text == base
        held.update { it.copy(text = text, saved = done, transfer = record.transfer, merged = it.merged || base != sent, message = null) }
        if (done) draft.drop() else draft.typed()
    }

    private suspend fun finish(sent: String) {
        draft.drop()
        held.update { it.copy(saved = it.text == sent) }
    }

    private fun take(record: RecordData?) {
        exists = record != null
        base = (record?.fields?.firstOrNull { it.field == field }?.value as? FieldValue.Text)?.text.orEmpty()
        heads = record?.heads.orEmpty()
    }

    private fun edit(text: String): EditData {
        val value = NamedValue(field, FieldValue.Text(text))
        if (exists) return EditData(id, null, heads, listOf(value), emptyList(), emptyList())
        val made = creation()
        return EditData(id, made.kind, emptyList(), made.set + value, emptyList(), emptyList())
    }

    companion object {
        /** Quiet time after which the text goes into the record. */
        const val SAVE_MS = 1_500L
    }
}

/**
 * Puts the one stretch that was typed between [before] and [mine] into [theirs], which also began as [before].
 *
 * If both changed the same place, both stay, mine behind theirs.
 */
internal fun carry(
    before: String,
    mine: String,
    theirs: String,
): String {
    if (before == theirs) return mine
    if (before == mine) return theirs
    val my = Stretch.between(before, mine)
    val their = Stretch.between(before, theirs)
    return when {
        my.start == their.start && my.end == their.end -> {
            before.substring(0, my.start) + their.put + gap(their.put, my.put) + my.put + before.substring(my.end)
        }

        my.end <= their.start -> {
            before.substring(0, my.start) + my.put + before.substring(my.end, their.start) + their.put + before.substring(their.end)
        }

        their.end <= my.start -> {
            before.substring(0, their.start) + their.put + before.substring(their.end, my.start) + my.put + before.substring(my.end)
        }

        else -> {
            val start = minOf(my.start, their.start)
            val end = maxOf(my.end, their.end)
            before.substring(0, start) + their.put + gap(their.put, my.put) + my.put + before.substring(end)
        }
    }
}

/** Two words that meet are kept apart. */
private fun gap(
    first: String,
    second: String,
): String = if (first.isNotEmpty() && second.isNotEmpty() && !first.last().isWhitespace() && !second.first().isWhitespace()) " " else ""

private class Stretch(
    val start: Int,
    val end: Int,
    val put: String,
) {
    companion object {
        fun between(
            old: String,
            new: String,
        ): Stretch {
            var start = old.commonPrefixWith(new).length
            // Not between the two halves of one character.
            if (start > 0 && Character.isHighSurrogate(old[start - 1])) start--
            val most = minOf(old.length, new.length) - start
            var same = 0
            while (same < most && old[old.length - 1 - same] == new[new.length - 1 - same]) same++
            if (same > 0 && Character.isLowSurrogate(old[old.length - same])) same--
            return Stretch(start, old.length - same, new.substring(start, new.length - same))
        }
    }
}
