package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.farley.core.FarleyException
import org.farley.core.FieldInfo
import org.farley.core.FieldType
import org.farley.core.FieldValue
import org.farley.core.HistoryStep
import org.farley.core.KindInfo
import org.farley.core.LinkTo
import org.farley.core.NamedValue
import org.farley.core.RecordData
import org.farley.core.RelatedRow

data class RecordState(
    val id: String,
    val kind: KindInfo? = null,
    val record: RecordData? = null,
    val loading: Boolean = true,
    /** The record is not on this device (any more). */
    val gone: Boolean = false,
    val facts: List<FactSection> = emptyList(),
    val reach: List<Reach> = emptyList(),
    val timeline: List<RelatedRow> = emptyList(),
    val showAll: Boolean = false,
    val history: FieldHistory? = null,
    val undo: UndoOffer? = null,
    val message: UserMessage? = null,
)

data class FactSection(
    val name: String,
    val facts: List<Fact>,
)

/** One filled field of the record, with who wrote it. */
data class Fact(
    val info: FieldInfo,
    val value: FieldValue,
    val conflicts: Boolean,
    val problem: String?,
)

/** A way to reach somebody, offered as a button. */
data class Reach(
    val way: Way,
    /** What is dialled or addressed. */
    val target: String,
    /** Key of the list "label": mobile, work. */
    val label: String,
) {
    enum class Way { CALL, MAIL, MAP, WEB }
}

/** Who changed one field, newest first. */
data class FieldHistory(
    val info: FieldInfo,
    val steps: List<HistoryStep>,
    val loading: Boolean,
)

/** The page of one record: how to reach it, what happened (timeline), what is known (facts), who wrote it (history). */
class RecordModel(
    core: Core,
    private val id: String,
) : Model<RecordState>(core, RecordState(id)) {
    private val questions = Latest()

    init {
        scope.launch { core.changes.collect { read() } }
        scope.launch { core.schema.collect { show { state -> state.copy(facts = state.record?.let(::facts).orEmpty()) } } }
    }

    fun opened(): Job = read()

    fun allFieldsWanted() = show { it.copy(showAll = !it.showAll) }

    /** A field was tapped: who changed it, on which device, when it was typed and when it arrived. */
    fun historyWanted(info: FieldInfo): Job {
        show { it.copy(history = FieldHistory(info, emptyList(), true)) }
        return run {
            val steps = core.ask { history(id, info.name) }.sortedByDescending { it.typedAt }
            show { if (it.history?.info == info) it.copy(history = FieldHistory(info, steps, false)) else it }
        }
    }

    fun historyClosed() = show { it.copy(history = null) }

    /** Writes the record as a contact card to [path], then hands it on. */
    fun cardWanted(
        path: String,
        written: (String) -> Unit,
    ): Job =
        run {
            core.ask { exportRecords(listOf(id), path) }
            written(path)
        }

    fun removed(): Job = setRemoved(true, Done.REMOVED)

    fun restored(): Job = setRemoved(false, Done.RESTORED)

    fun undone(): Job =
        run {
            show { it.copy(undo = null) }
            core.ask { undo(id) }
            read()
        }

    fun undoDismissed() = show { it.copy(undo = null) }

    override fun failed(message: UserMessage) = show { it.copy(loading = false, message = message) }

    private fun setRemoved(
        removed: Boolean,
        done: Done,
    ): Job =
        run {
            core.ask { setRemoved(id, removed) }
            show { it.copy(undo = UndoOffer(id, done, it.record?.title.orEmpty(), (it.undo?.number ?: 0) + 1)) }
            read()
        }

    private fun read(): Job {
        val question = questions.next()
        return run {
            val record =
                try {
                    core.ask { record(id) }
                } catch (none: FarleyException.NotFound) {
                    if (questions.isLatest(question)) show { it.copy(loading = false, gone = true) }
                    return@run
                }
            val timeline = core.ask { related(id, TIMELINE) }
            if (!questions.isLatest(question)) return@run
            show {
                it.copy(
                    kind = core.schema.value.kind(record.kind),
                    record = record,
                    loading = false,
                    gone = false,
                    facts = facts(record),
                    reach = reach(record),
                    timeline = timeline,
                    message = null,
                )
            }
        }
    }

    /** Filled fields by section, in the order of the schema. Values of fields that are not in the schema are kept, not shown. */
    private fun facts(record: RecordData): List<FactSection> {
        val schema = core.schema.value
        val values = record.fields.associateBy { it.field }
        return schema
            .kind(record.kind)
            ?.fields
            .orEmpty()
            .filterNot { it.name in NOT_FACTS }
            .mapNotNull { info -> values[info.name]?.takeIf { it.value.isFilled }?.let { Fact(info, it.value, hasConflict(record, info), problem(record, info)) } }
            .groupBy { it.info.section }
            .map { (name, facts) -> FactSection(name, facts) }
    }

    private fun hasConflict(
        record: RecordData,
        info: FieldInfo,
    ) = record.conflicts.any { it.field.substringBefore('/') == info.name }

    private fun problem(
        record: RecordData,
        info: FieldInfo,
    ) = record.problems.firstOrNull { it.field.substringBefore('/') == info.name }?.code

    private companion object {
        const val TIMELINE = 100u
        val NOT_FACTS = setOf("removed", "import")
    }
}

val FieldValue.isFilled: Boolean
    get() =
        when (this) {
            is FieldValue.Empty -> false
            is FieldValue.Text -> text.isNotEmpty()
            is FieldValue.Keys -> keys.isNotEmpty()
            is FieldValue.Links -> links.isNotEmpty()
            is FieldValue.Link -> to.id.isNotEmpty()
            is FieldValue.Entries -> entries.isNotEmpty()
            else -> true
        }

/** Every number, address and page of a record that a phone can do something with. */
fun reach(record: RecordData): List<Reach> = record.fields.flatMap { field -> ways(field.value) }

private fun ways(value: FieldValue): List<Reach> =
    when (value) {
        is FieldValue.Entries -> value.entries.flatMap { entry(it.values) }
        is FieldValue.Address -> listOfNotNull(place(value, ""))
        else -> emptyList()
    }

private fun entry(values: List<NamedValue>): List<Reach> {
    val byName = values.associate { it.field to it.value }
    if ((byName["invalid"] as? FieldValue.Boolean)?.yes == true) return emptyList()
    val label = (byName["label"] as? FieldValue.Text)?.text.orEmpty()
    val number = (byName["number"] as? FieldValue.Text)?.text?.takeIf { it.isNotBlank() }
    val mail = (byName["address"] as? FieldValue.Text)?.text?.takeIf { '@' in it }
    val place = byName.values.filterIsInstance<FieldValue.Address>().firstOrNull()
    return listOfNotNull(
        number?.let { Reach(Reach.Way.CALL, it, label) },
        mail?.let { Reach(Reach.Way.MAIL, it, label) },
        place?.let { place(it, label) },
    )
}

private fun place(
    address: FieldValue.Address,
    label: String,
): Reach? {
    val line = listOf(address.street, "${address.postalCode} ${address.city}".trim(), address.country).filter { it.isNotBlank() }.joinToString(", ")
    return line.ifEmpty { null }?.let { Reach(Reach.Way.MAP, it, label) }
}

/** Fields whose values are links to other records, with where they lead. */
fun Fact.links(): List<LinkTo> =
    when (val held = value) {
        is FieldValue.Link -> {
            listOf(held.to)
        }

        is FieldValue.Links -> {
            held.links
        }

        is FieldValue.Entries -> {
            held.entries.flatMap { entry -> entry.values.mapNotNull { (it.value as? FieldValue.Link)?.to } }
        }

        else -> {
            emptyList()
        }
    }.filter { it.id.isNotEmpty() && info.fieldType != FieldType.EVENTS }
