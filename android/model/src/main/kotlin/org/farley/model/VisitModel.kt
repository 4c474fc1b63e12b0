package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.farley.core.ChoiceInfo
import org.farley.core.EditData
import org.farley.core.EntryData
import org.farley.core.FarleyException
import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.core.NamedValue
import org.farley.core.RecordData
import java.time.LocalDate

data class VisitState(
    val id: String,
    val loading: Boolean = true,
    val title: String = "",
    val with: List<LinkTo> = emptyList(),
    val planned: FieldValue.Period? = null,
    val startedAt: Long? = null,
    val endedAt: Long? = null,
    val report: TextState = TextState(),
    val outcome: String? = null,
    val outcomes: List<ChoiceInfo> = emptyList(),
    val purpose: String? = null,
    val purposes: List<ChoiceInfo> = emptyList(),
    /** Next step as typed; becomes a follow-up when the visit ends or "plan" is tapped. */
    val nextStep: String = "",
    val nextDay: LocalDate? = null,
    val plannedSteps: List<String> = emptyList(),
    val record: RecordData? = null,
    val message: UserMessage? = null,
) {
    val step: VisitStep
        get() =
            when {
                startedAt == null -> VisitStep.START
                endedAt == null -> VisitStep.RUNNING
                else -> VisitStep.ENDED
            }
}

enum class VisitStep { START, RUNNING, ENDED }

/** A visit from the doorbell to the car: start, report, outcome, next step, end. Each step is saved when it is made. */
class VisitModel(
    core: Core,
    private val id: String,
    private val about: LinkTo? = null,
    private val aboutKind: String? = null,
) : Model<VisitState>(core, VisitState(id, with = listOfNotNull(about))) {
    private val report = SharedText(core, scope, id, "report", "report:$id") { SharedText.Creation("visit", firstValues()) }
    private val draft = Draft(core, Draft.visit(id)) { stepEdit() }

    init {
        scope.launch { report.state.collect { shown -> show { it.copy(report = shown) } } }
        scope.launch { core.changes.collect { if (it.much || id in it.ids) reload() } }
    }

    fun opened(): Job =
        run {
            val record = find()
            take(record)
            report.load(record)
            draft.read()?.edit?.set?.forEach { kept ->
                val text = (kept.value as? FieldValue.Text)?.text ?: (kept.value as? FieldValue.Typed)?.text ?: return@forEach
                if (kept.field == NEXT_STEP) show { it.copy(nextStep = text) }
                if (kept.field == NEXT_DAY) show { it.copy(nextDay = Days.read(text, core.clock.today())) }
            }
            take(find())
            show { it.copy(loading = false) }
        }

    fun started(): Job =
        run {
            write(add = listOf(event("check_in")))
        }

    fun reportTyped(text: String) = report.typed(text)

    fun outcomeChosen(key: String?): Job = set("outcome", key)

    fun purposeChosen(key: String?): Job = set("purpose", key)

    fun nextStepTyped(text: String) {
        show { it.copy(nextStep = text) }
        draft.typed()
    }

    fun nextDayChosen(day: LocalDate?) {
        show { it.copy(nextDay = day) }
        draft.typed()
    }

    /** The next step becomes a follow-up now. */
    fun nextStepPlanned(): Job = run { planNextStep() }

    /** Leaves nothing behind that is only typed: report, next step, then the end itself. */
    fun ended(): Job =
        run {
            if (!report.save()) return@run
            planNextStep()
            write(add = listOf(event("check_out")))
        }

    /** Ended too early: go on. Takes back the last step of the visit. */
    fun undone(): Job =
        run {
            core.ask { undo(id) }
            reload()
        }

    fun mergeSeen() = report.mergeSeen()

    suspend fun keep() {
        report.keep()
        draft.keep()
    }

    override fun close() {
        core.scope.launch {
            draft.keep()
            report.save()
        }
        super.close()
    }

    override fun failed(message: UserMessage) = show { it.copy(loading = false, message = message) }

    private fun set(
        field: String,
        key: String?,
    ): Job = run { write(set = listOf(NamedValue(field, key?.let { FieldValue.Text(it) } ?: FieldValue.Empty))) }

    private suspend fun planNextStep() {
        val now = state.value
        if (now.nextStep.isBlank()) return
        // The visit must be there before something can point to it.
        if (!report.exists) write()
        val due = (now.nextDay ?: core.clock.today().plusDays(1)).toString()
        val links = (now.with + LinkTo(id, "")).distinctBy { it.id }
        val set =
            listOf(
                NamedValue("summary", FieldValue.Text(now.nextStep.trim())),
                NamedValue("due", FieldValue.Text(due)),
                NamedValue("status", FieldValue.Text("open")),
                NamedValue("type", FieldValue.Text("follow_up")),
                NamedValue("about", FieldValue.Links(links)),
            )
        core.ask { apply(EditData(null, "task", emptyList(), set, emptyList(), emptyList())) }
        draft.drop()
        show { it.copy(nextStep = "", nextDay = null) }
        readSteps()
    }

    private suspend fun write(
        set: List<NamedValue> = emptyList(),
        add: List<NamedValue> = emptyList(),
    ) {
        if (!report.exists) {
            // A report typed before "start" makes the record; else this step does.
            report.save()
        }
        val isNew = !report.exists
        core.ask { apply(EditData(id, "visit".takeIf { isNew }, emptyList(), if (isNew) firstValues() + set else set, add, emptyList())) }
        reload()
    }

    private suspend fun reload() {
        try {
            val record = find()
            take(record)
            if (record != null && !report.exists) report.load(record) else report.recordChanged()
            if (record != null) readSteps()
        } catch (error: FarleyException) {
            UserMessage.of(error)?.let(::failed)
        }
    }

    private suspend fun readSteps() {
        val steps = core.ask { related(id, STEPS) }.filter { it.row.kind == "task" }.map { it.row.title }
        show { it.copy(plannedSteps = steps) }
    }

    private suspend fun find(): RecordData? =
        try {
            core.ask { record(id) }
        } catch (none: FarleyException.NotFound) {
            null
        }

    private fun take(record: RecordData?) {
        val schema = core.schema.value

        fun value(field: String) = record?.fields?.firstOrNull { it.field == field }?.value
        val links = LINKS.flatMap { linksOf(value(it)) }.distinctBy { it.id }
        show {
            it.copy(
                record = record,
                title = record?.title.orEmpty(),
                with = links.ifEmpty { it.with },
                planned = value("planned") as? FieldValue.Period,
                startedAt = lastMoment(value("check_in")),
                endedAt = lastMoment(value("check_out"))?.takeIf { end -> end >= (lastMoment(value("check_in")) ?: Long.MIN_VALUE) },
                outcome = (value("outcome") as? FieldValue.Text)?.text,
                outcomes = schema.choices(schema.field("visit", "outcome")?.list).filterNot { choice -> choice.inactive },
                purpose = (value("purpose") as? FieldValue.Text)?.text,
                purposes = schema.choices(schema.field("visit", "purpose")?.list).filterNot { choice -> choice.inactive },
            )
        }
    }

    private fun linksOf(value: FieldValue?): List<LinkTo> =
        when (value) {
            is FieldValue.Link -> listOf(value.to).filter { it.id.isNotEmpty() }
            is FieldValue.Links -> value.links
            else -> emptyList()
        }

    private fun lastMoment(value: FieldValue?): Long? =
        (value as? FieldValue.Entries)
            ?.entries
            .orEmpty()
            .mapNotNull { event -> (event.values.firstOrNull { it.field == "at" }?.value as? FieldValue.Moment)?.at }
            .maxOrNull()

    private fun event(field: String): NamedValue {
        val at = FieldValue.Moment(core.clock.now(), core.clock.zone().id)
        return NamedValue(field, FieldValue.Entries(listOf(EntryData("", listOf(NamedValue("at", at))))))
    }

    private fun firstValues(): List<NamedValue> {
        val link = about ?: return emptyList()
        val field =
            when (aboutKind) {
                "company" -> NamedValue("company", FieldValue.Link(link))
                "contact" -> NamedValue("contacts", FieldValue.Links(listOf(link)))
                else -> NamedValue("about", FieldValue.Links(listOf(link)))
            }
        return listOf(field)
    }

    private fun stepEdit(): EditData {
        val now = state.value
        val set = listOf(NamedValue(NEXT_STEP, FieldValue.Typed(now.nextStep)), NamedValue(NEXT_DAY, FieldValue.Typed(now.nextDay?.toString().orEmpty())))
        return EditData(id, null, emptyList(), set, emptyList(), emptyList())
    }

    private companion object {
        const val STEPS = 50u

        /** Names in the draft only: no field of the record is called so. */
        const val NEXT_STEP = "next_step"
        const val NEXT_DAY = "next_day"
        val LINKS = listOf("company", "contacts", "about")
    }
}
