package org.farley.model

import kotlinx.coroutines.Job
import org.farley.core.ChoiceInfo
import org.farley.core.DraftData
import org.farley.core.EditData
import org.farley.core.EntryData
import org.farley.core.FarleyException
import org.farley.core.FieldInfo
import org.farley.core.FieldType
import org.farley.core.FieldValue
import org.farley.core.KindInfo
import org.farley.core.LinkTo
import org.farley.core.NamedValue
import org.farley.core.RecordData
import org.farley.core.RecordRow
import org.farley.core.Removal
import org.farley.core.checkValue

data class FormState(
    val kind: KindInfo? = null,
    val title: String = "",
    val sections: List<FormSection> = emptyList(),
    /** Empty fields that are rarely needed are shown as well. */
    val all: Boolean = false,
    /** Something here is not saved yet. */
    val dirty: Boolean = false,
    /** What stands here was typed earlier and not saved: it came back from the draft. */
    val restored: Boolean = false,
    val busy: Boolean = false,
    /** Set once it is saved: the screen closes. */
    val savedId: String? = null,
    val search: LinkSearch? = null,
    val message: UserMessage? = null,
)

data class FormSection(
    val name: String,
    val fields: List<FormField>,
)

/** One field of the form. [path] is its name, or `phones/<entry id>/number` within an entry. */
data class FormField(
    val path: String,
    val info: FieldInfo,
    val input: Input,
    val choices: List<ChoiceInfo>,
    /** Code of what is wrong with what was typed. The text stays as it was typed. */
    val error: String? = null,
    val entries: List<FormEntry> = emptyList(),
)

data class FormEntry(
    val id: String,
    val fields: List<FormField>,
)

/** Looking for a record to put into the link field [path]. */
data class LinkSearch(
    val path: String,
    val text: String,
    val rows: List<RecordRow>,
)

/**
 * A form made of the schema: it knows no field by name. What is typed is kept as a draft at once, and only what the
 * person touched is written, at the heads the form was opened with, so that nobody's newer value is overwritten.
 */
class FormModel(
    core: Core,
    private val formats: Formats,
    private val id: String?,
    private val kindName: String? = null,
    private val about: LinkTo? = null,
) : Model<FormState>(core, FormState()) {
    private val schema get() = core.schema.value
    private val inputs = Inputs(formats)
    private val draft = Draft(core, id?.let(Draft::edit) ?: Draft.new(kindName.orEmpty(), about?.id)) { draftEdit() }
    private val searches = Latest()
    private var record: RecordData? = null
    private var kind: KindInfo? = null
    private val current = LinkedHashMap<String, Input>()
    private val touched = LinkedHashSet<String>()
    private val errors = HashMap<String, String>()

    /** A new record has its id from the first character on: saving twice makes one record. */
    private var newRecordId: String? = null

    fun opened(): Job =
        run {
            val read = id?.let { core.ask { record(it) } }
            record = read
            kind = schema.kind(read?.kind ?: kindName.orEmpty())
            val stored = read?.fields.orEmpty().associate { it.field to it.value }
            for (info in editable()) current[info.name] = inputs.of(info, stored[info.name])
            draft.read()?.let(::restore)
            if (touched.isEmpty()) presetAbout()
            newRecordId = newRecordId ?: if (id == null) core.workspace.newId() else null
            publish { it.copy(kind = kind, title = read?.title.orEmpty(), restored = touched.isNotEmpty()) }
        }

    fun changed(
        path: String,
        input: Input,
    ) {
        put(path, input)
        touched += path
        errors -= path
        draft.typed()
        publish { it.copy(dirty = true, message = null) }
    }

    fun entryAdded(field: String) {
        val info = info(field) ?: return
        val entries = entriesOf(field)
        val entry = inputs.entry(info, EntryData(newEntryId(), emptyList()))
        changed(field, Input.Entries(entries + entry))
    }

    fun entryRemoved(
        field: String,
        entry: String,
    ) = changed(field, Input.Entries(entriesOf(field).filterNot { it.id == entry }))

    /** The field was left: say now, not at the end, that a date cannot be read. */
    fun left(path: String) {
        if (path !in touched) return
        check(path)
        publish { it }
    }

    fun allFieldsWanted() = show { it.copy(all = !it.all) }

    fun linkSearched(
        path: String,
        text: String,
    ) {
        val question = searches.next()
        show { it.copy(search = LinkSearch(path, text, it.search?.rows.orEmpty())) }
        run {
            val kinds = info(path)?.to.orEmpty()
            val rows = core.ask { page(Queries.search(text, kinds.singleOrNull()), null, LINK_ROWS).rows }
            if (searches.isLatest(question)) {
                show { it.copy(search = it.search?.copy(rows = rows.filter { row -> kinds.isEmpty() || row.kind in kinds })) }
            }
        }
    }

    fun linkSearchClosed() {
        searches.next()
        show { it.copy(search = null) }
    }

    fun linkChosen(row: RecordRow) {
        val search = state.value.search ?: return
        val info = info(search.path) ?: return
        val link = LinkTo(row.id, row.title)
        val links = (input(search.path) as? Input.Links)?.links.orEmpty()
        linkSearchClosed()
        changed(search.path, Input.Links(if (info.fieldType == FieldType.LINK) listOf(link) else links.filterNot { it.id == row.id } + link))
    }

    fun saved(): Job =
        run {
            touched.forEach(::check)
            if (errors.isNotEmpty()) {
                publish { it.copy(message = UserMessage(Problem.INVALID, errors.keys.first(), errors.values.first())) }
                return@run
            }
            show { it.copy(busy = true, message = null) }
            draft.keep()
            val edit = edit()
            val result = core.ask { apply(edit) }
            draft.drop()
            show { it.copy(busy = false, dirty = false, savedId = result.id) }
        }

    /** What was typed is thrown away because the person said so. */
    fun discarded(): Job =
        run {
            draft.drop()
            touched.clear()
            errors.clear()
            current.clear()
            val stored = record?.fields.orEmpty().associate { it.field to it.value }
            for (info in editable()) current[info.name] = inputs.of(info, stored[info.name])
            presetAbout()
            publish { it.copy(dirty = false, restored = false, message = null) }
        }

    /** The app goes to the background, or the screen is left. */
    suspend fun keep() = draft.keep()

    override fun failed(message: UserMessage) {
        message.field?.takeIf { it.isNotEmpty() }?.let { errors[it] = message.code.orEmpty() }
        publish { it.copy(busy = false, message = message) }
    }

    private fun editable(): List<FieldInfo> = kind?.fields.orEmpty().filter { !it.readOnly && it.fieldType !in SHOWN_ONLY && it.section !in HIDDEN_SECTIONS }

    private fun info(path: String): FieldInfo? = kind?.let { schema.field(it.name, path) }

    private fun input(path: String): Input? {
        val parts = path.split('/')
        if (parts.size < ENTRY_PATH) return current[path]
        return entriesOf(parts[0]).firstOrNull { it.id == parts[1] }?.values?.get(parts[2])
    }

    private fun put(
        path: String,
        input: Input,
    ) {
        val parts = path.split('/')
        if (parts.size < ENTRY_PATH) {
            current[path] = input
            return
        }
        val entries = entriesOf(parts[0]).map { if (it.id == parts[1]) it.copy(values = it.values + (parts[2] to input)) else it }
        current[parts[0]] = Input.Entries(entries)
    }

    private fun entriesOf(field: String): List<EntryInput> = (current[field] as? Input.Entries)?.entries.orEmpty()

    private fun storedEntries(field: String): List<EntryData> = (record?.fields?.firstOrNull { it.field == field }?.value as? FieldValue.Entries)?.entries.orEmpty()

    /** Reads what was typed. An error is kept beside the field; the text itself stays untouched. */
    private fun check(path: String): FieldValue? {
        val info = info(path) ?: return null
        errors -= path
        return when (val input = input(path)) {
            is Input.Typed -> typed(info, path, input.text)
            is Input.Span -> span(path, input)
            is Input.Links -> if (info.fieldType == FieldType.LINK) one(input.links) else FieldValue.Links(input.links)
            is Input.One -> input.key?.let { FieldValue.Text(it) } ?: FieldValue.Empty
            is Input.Entries -> null
            null -> null
            else -> inputs.kept(input)
        }
    }

    private fun span(
        path: String,
        input: Input.Span,
    ): FieldValue? {
        val period = readSpan(input, core.clock.today(), core.clock.zone())
        if (period == null) errors[path] = PERIOD_CODE
        return period
    }

    private fun one(links: List<LinkTo>): FieldValue = links.firstOrNull()?.let { FieldValue.Link(it) } ?: FieldValue.Empty

    private fun typed(
        info: FieldInfo,
        path: String,
        text: String,
    ): FieldValue? {
        if (text.isBlank()) return FieldValue.Empty
        if (info.fieldType == FieldType.LONG_TEXT) return FieldValue.Text(text)
        val typed = if (info.fieldType == FieldType.DATE) Days.read(text, core.clock.today())?.toString() ?: text else text
        return try {
            checkValue(info.fieldType, typed)
        } catch (error: FarleyException.Invalid) {
            errors[path] = error.reason
            null
        }
    }

    private fun presetAbout() {
        val link = about ?: return
        val target = kind?.let { editable().firstOrNull { field -> field.name in ABOUT_FIELDS } } ?: return
        current[target.name] = Input.Links(listOf(link))
        touched += target.name
    }

    /** Only what was touched: what somebody else changed meanwhile in other fields is none of this form's business. */
    private fun edit(): EditData {
        val set = ArrayList<NamedValue>()
        val add = ArrayList<NamedValue>()
        val remove = ArrayList<Removal>()
        for (field in touched.map { it.substringBefore('/') }.distinct()) {
            val input = current[field]
            if (input !is Input.Entries) {
                check(field)?.let { set += NamedValue(field, it) }
                continue
            }
            val stored = storedEntries(field).map { it.id }.toSet()
            val here = input.entries.map { it.id }.toSet()
            (stored - here).forEach { remove += Removal(field, it) }
            for (entry in input.entries) {
                val values = entry.values.keys.mapNotNull { sub -> check("$field/${entry.id}/$sub")?.let { sub to it } }
                if (entry.id in stored) {
                    values.filter { (sub, _) -> "$field/${entry.id}/$sub" in touched }.forEach { (sub, value) -> set += NamedValue("$field/${entry.id}/$sub", value) }
                } else {
                    val filled = values.filter { (_, value) -> value !is FieldValue.Empty && value != FieldValue.Boolean(false) }
                    if (filled.isNotEmpty()) add += NamedValue(field, FieldValue.Entries(listOf(EntryData(entry.id, filled.map { NamedValue(it.first, it.second) }))))
                }
            }
        }
        val target = id ?: newRecordId
        return EditData(target, kindName.takeIf { id == null }, record?.heads.orEmpty(), set, add, remove)
    }

    private fun draftEdit(): EditData {
        val fields = touched.map { it.substringBefore('/') }.distinct()
        val set = fields.mapNotNull { field -> current[field]?.let { NamedValue(field, inputs.kept(it)) } }
        return EditData(id ?: newRecordId, kindName.takeIf { id == null }, record?.heads.orEmpty(), set, emptyList(), emptyList())
    }

    private fun restore(data: DraftData) {
        for (value in data.edit.set) {
            val info = info(value.field) ?: continue
            val input = inputs.restored(info, value.value)
            current[value.field] = input
            touched += value.field
            if (input is Input.Entries) input.entries.forEach { entry -> entry.values.keys.forEach { touched += "${value.field}/${entry.id}/$it" } }
        }
        if (id == null) newRecordId = data.edit.id
        // The heads of the draft: what was typed before the break was typed on top of them.
        record?.let { record = it.copy(heads = data.edit.base.ifEmpty { it.heads }) }
        show { it.copy(dirty = touched.isNotEmpty()) }
    }

    private fun publish(change: (FormState) -> FormState) {
        val sections = editable().groupBy { it.section }.map { (name, fields) -> FormSection(name, fields.map { field(it.name, it, current.getValue(it.name)) }) }
        show { change(it).copy(sections = sections) }
    }

    private fun field(
        path: String,
        info: FieldInfo,
        input: Input,
    ): FormField {
        val entries =
            (input as? Input.Entries)?.entries.orEmpty().map { entry ->
                FormEntry(entry.id, info.sub.filterNot { it.readOnly }.map { sub -> field("$path/${entry.id}/${sub.name}", sub, entry.values.getValue(sub.name)) })
            }
        return FormField(path, info, input, schema.choices(info.list).filterNot { it.inactive && !chosen(input, it.key) }, errors[path], entries)
    }

    private fun chosen(
        input: Input,
        key: String,
    ) = (input as? Input.One)?.key == key || (input as? Input.Many)?.keys?.contains(key) == true

    private fun newEntryId() =
        core.workspace
            .newId()
            .filter { it.isLetterOrDigit() }
            .takeLast(ENTRY_ID)

    companion object {
        /** Code of a period that cannot be read; the other codes come from the core. */
        const val PERIOD_CODE = "period"
        private const val LINK_ROWS = 20u
        private const val ENTRY_PATH = 3
        private const val ENTRY_ID = 8
        private val SHOWN_ONLY = setOf(FieldType.EVENTS, FieldType.BLOB, FieldType.GEO, FieldType.RULE, FieldType.INSTANT)
        private val HIDDEN_SECTIONS = setOf("figures", "record")
        private val ABOUT_FIELDS = listOf("about", "on")
    }
}

/** Fields of a form in the order people need them: what is usual or filled, and the rest when asked for. */
fun FormSection.shown(all: Boolean): List<FormField> = if (all) fields else fields.filter { it.info.hint || it.info.custom || it.isFilled || it.error != null || it.info.name in USUAL }

/** Beside hints, a name and a text are always wanted. */
private val USUAL = setOf("given_name", "description", "about")

val FormField.isFilled: Boolean
    get() =
        when (input) {
            is Input.Typed -> input.text.isNotEmpty()
            is Input.Yes -> input.yes
            is Input.One -> input.key != null
            is Input.Many -> input.keys.isNotEmpty()
            is Input.Links -> input.links.isNotEmpty()
            is Input.Place -> input.address != FieldValue.Address("", "", "", "", "", "")
            is Input.Span -> input.day.isNotEmpty() || input.from.isNotEmpty()
            is Input.Entries -> input.entries.isNotEmpty()
        }
