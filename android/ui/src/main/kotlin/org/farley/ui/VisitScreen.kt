package org.farley.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.FilterChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.farley.core.LinkTo
import org.farley.model.Clock
import org.farley.model.VisitModel
import org.farley.model.VisitState
import org.farley.model.VisitStep
import java.time.LocalDate

class VisitOn(
    val back: () -> Unit = {},
    val started: () -> Unit = {},
    val ended: () -> Unit = {},
    val undone: () -> Unit = {},
    val reportTyped: (String) -> Unit = {},
    val outcomeChosen: (String?) -> Unit = {},
    val purposeChosen: (String?) -> Unit = {},
    val nextStepTyped: (String) -> Unit = {},
    val nextDayChosen: (LocalDate?) -> Unit = {},
    val nextStepPlanned: () -> Unit = {},
    val opened: (LinkTo) -> Unit = {},
    val mergeSeen: () -> Unit = {},
    val edited: () -> Unit = {},
    val calendarWanted: () -> Unit = {},
)

@Composable
fun VisitScreen(
    model: VisitModel,
    clock: Clock,
    onBack: () -> Unit,
    onOpened: (LinkTo) -> Unit,
    onEdited: () -> Unit,
    onCalendar: () -> Unit,
) {
    val state by model.state.collectAsState()
    VisitContent(
        state,
        clock.today(),
        VisitOn(
            back = onBack,
            started = { model.started() },
            ended = { model.ended() },
            undone = { model.undone() },
            reportTyped = model::reportTyped,
            outcomeChosen = { model.outcomeChosen(it) },
            purposeChosen = { model.purposeChosen(it) },
            nextStepTyped = model::nextStepTyped,
            nextDayChosen = model::nextDayChosen,
            nextStepPlanned = { model.nextStepPlanned() },
            opened = onOpened,
            mergeSeen = model::mergeSeen,
            edited = onEdited,
            calendarWanted = onCalendar,
        ),
    )
}

@Composable
fun VisitContent(
    state: VisitState,
    today: LocalDate,
    on: VisitOn = VisitOn(),
) {
    val words = LocalUi.current.words
    Frame(
        title = if (state.record == null) words.visitNew else words.visitTitle,
        onBack = on.back,
        loading = state.loading,
        actions = {
            if (state.planned != null) IconAction(Icons.Calendar, words.recordCalendar, on.calendarWanted)
            if (state.record != null) IconAction(Icons.Edit, words.commonEdit, on.edited)
        },
        bottom = { StepBar(state, on) },
    ) {
        (state.message ?: state.report.message)?.let { MessageBar(it) }
        if (state.report.merged) Remark(words.noteAlsoWroteSomeone, icon = Icons.Person, onClose = on.mergeSeen)
        Page {
            Head(state, on)
            Purposes(state, on)
            BigText(state.report, on.reportTyped, words.visitReport, words.visitReportPlaceholder, Modifier.padding(top = 16.dp))
            Column(Modifier.padding(horizontal = Gap, vertical = 6.dp)) { SavedMark(state.report) }
            Outcomes(state, on)
            NextStep(state, today, on)
        }
    }
}

/** With whom, since when: what the technician checks before the doorbell. */
@Composable
private fun ColumnScope.Head(
    state: VisitState,
    on: VisitOn,
) {
    val ui = LocalUi.current
    val words = ui.words
    Column(Modifier.padding(horizontal = 8.dp)) {
        for (link in state.with) {
            TextButton({ on.opened(link) }, Modifier.heightIn(min = Touch), shape = MaterialTheme.shapes.medium) {
                Text(link.title.ifEmpty { words.commonNotHere }, Modifier.semantics { heading() }, style = MaterialTheme.typography.titleLarge)
            }
        }
    }
    val start = state.startedAt
    val end = state.endedAt
    val line =
        when {
            start != null && end != null -> {
                "${words.visitStarted(ui.formats.moment(start))} · ${words.visitEnded(ui.formats.moment(end))} · ${words.visitLasted((end - start) / MINUTE)}"
            }

            start != null -> {
                words.visitRunning(ui.formats.moment(start))
            }

            else -> {
                state.planned?.let { words.visitPlanned(ui.formats.period(it.start, it.end)) } ?: words.visitNotPlanned
            }
        }
    Text(line, Modifier.padding(horizontal = Gap, vertical = 4.dp), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
    state.record?.let { TransferMark(it.transfer, Modifier.padding(horizontal = Gap, vertical = 4.dp)) }
}

@Composable
private fun Purposes(
    state: VisitState,
    on: VisitOn,
) {
    if (state.purposes.isEmpty()) return
    val ui = LocalUi.current
    Heading(label(ui.schema.field("visit", "purpose")?.label ?: return))
    Buttons(Modifier.padding(horizontal = Gap)) {
        for (choice in state.purposes) Choice(choice, choice.key == state.purpose) { on.purposeChosen(choice.key.takeIf { it != state.purpose }) }
    }
}

@Composable
private fun Outcomes(
    state: VisitState,
    on: VisitOn,
) {
    Heading(LocalUi.current.words.visitOutcome)
    Buttons(Modifier.padding(horizontal = Gap)) {
        for (choice in state.outcomes) Choice(choice, choice.key == state.outcome) { on.outcomeChosen(choice.key.takeIf { it != state.outcome }) }
    }
}

/** What happens next: a line and a day, and it is a follow-up. */
@Composable
private fun NextStep(
    state: VisitState,
    today: LocalDate,
    on: VisitOn,
) {
    val ui = LocalUi.current
    val words = ui.words
    Heading(words.visitNextStep)
    Column(Modifier.padding(horizontal = Gap), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        for (step in state.plannedSteps) Remark(step, icon = Icons.Check)
        Line(words.visitNextStep, state.nextStep, on.nextStepTyped, placeholder = words.visitNextStepPlaceholder)
        if (state.nextStep.isNotBlank()) {
            Buttons {
                for ((day, text) in listOf(today.plusDays(1) to words.todayTomorrow, today.plusWeeks(1) to words.visitNextWeek, today.plusMonths(1) to words.visitNextMonth)) {
                    val chosen = (state.nextDay ?: today.plusDays(1)) == day
                    FilterChip(
                        chosen,
                        { on.nextDayChosen(day) },
                        { Text("$text · ${ui.formats.shortDay(day)}", style = MaterialTheme.typography.bodyMedium) },
                        Modifier.heightIn(min = Touch),
                    )
                }
            }
            SideButton(words.todayNewTask, on.nextStepPlanned, icon = Icons.Task)
        }
    }
}

/** The one button of the moment: start, end; after that, a way back. */
@Composable
private fun StepBar(
    state: VisitState,
    on: VisitOn,
) {
    val words = LocalUi.current.words
    Surface(color = MaterialTheme.colorScheme.surfaceContainer) {
        val wide = Modifier.fillMaxWidth().imePadding().padding(horizontal = Gap, vertical = 8.dp)
        when (state.step) {
            VisitStep.START -> {
                MainButton(words.visitStart, on.started, wide, icon = Icons.Clock)
            }

            VisitStep.RUNNING -> {
                MainButton(words.visitEnd, on.ended, wide, icon = Icons.Check)
            }

            VisitStep.ENDED -> {
                Column(wide) {
                    Text(words.visitEndDone, Modifier.padding(bottom = 4.dp), style = MaterialTheme.typography.bodyMedium, color = LocalMarks.current.done)
                    SideButton(words.visitReopen, on.undone, Modifier.fillMaxWidth(), icon = Icons.Undo)
                }
            }
        }
    }
}

private const val MINUTE = 60_000L
