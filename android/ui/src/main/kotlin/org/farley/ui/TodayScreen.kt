package org.farley.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.farley.core.RecordRow
import org.farley.core.StatusData
import org.farley.model.MoveTo
import org.farley.model.TodayModel
import org.farley.model.TodayState

/** What a person can do on this page. */
class TodayOn(
    val rowOpened: (RecordRow) -> Unit = {},
    val ticked: (RecordRow) -> Unit = {},
    val moved: (RecordRow, MoveTo) -> Unit = { _, _ -> },
    val conflictsOpened: () -> Unit = {},
    val transferOpened: () -> Unit = {},
    val visitWanted: () -> Unit = {},
    val taskWanted: () -> Unit = {},
    val undone: () -> Unit = {},
    val retried: () -> Unit = {},
)

@Composable
fun TodayScreen(
    model: TodayModel,
    status: StatusData,
    selected: String?,
    on: TodayOn,
) {
    val state by model.state.collectAsState()
    TodayContent(state, status, on, selected)
}

@Composable
fun TodayContent(
    state: TodayState,
    status: StatusData,
    on: TodayOn = TodayOn(),
    selected: String? = null,
) {
    val ui = LocalUi.current
    Frame(
        title = ui.words.todayTitle,
        loading = state.loading,
        actions = { TransferAction(status, on.transferOpened) },
        undo = state.undo,
        onUndo = on.undone,
    ) {
        LazyColumn(Modifier.fillMaxSize(), contentPadding = PaddingValues(bottom = 96.dp)) {
            item { Heading(ui.formats.longDay(state.day), color = MaterialTheme.colorScheme.onSurfaceVariant) }
            state.message?.let { item { MessageBar(it, onRetry = on.retried) } }
            if (state.conflicts > 0) {
                item { PlaceRow(Icons.Versions, ui.words.navConflicts, on.conflictsOpened, detail = ui.words.conflictCount(state.conflicts), marked = true) }
            }
            section(ui.words.todayVisits, state.visits) { VisitLine(it, it.id == selected, on) }
            section(ui.words.todayOverdue, state.overdue, important = true) { TaskLine(it, it.id == selected, on) }
            section(ui.words.todayDue, state.due) { TaskLine(it, it.id == selected, on) }
            if (state.isEmpty && !state.loading) {
                item {
                    EmptyState(Icons.Today, ui.words.todayNothing, ui.words.todayNothingHint) {
                        Buttons {
                            MainButton(ui.words.todayNewTask, on.taskWanted, icon = Icons.Add)
                            SideButton(ui.words.todayPlanVisit, on.visitWanted, icon = Icons.Visit)
                        }
                    }
                }
            }
        }
    }
}

private fun LazyListScope.section(
    title: String,
    rows: List<RecordRow>,
    important: Boolean = false,
    line: @Composable (RecordRow) -> Unit,
) {
    if (rows.isEmpty()) return
    item { Heading(title, color = if (important) MaterialTheme.colorScheme.error else MaterialTheme.colorScheme.primary) }
    items(rows, key = { "$title ${it.id}" }) { line(it) }
}

@Composable
private fun VisitLine(
    row: RecordRow,
    selected: Boolean,
    on: TodayOn,
) = RecordRow(row, { on.rowOpened(row) }, selected = selected)

@Composable
private fun TaskLine(
    row: RecordRow,
    selected: Boolean,
    on: TodayOn,
) {
    RecordRow(row, { on.rowOpened(row) }, selected = selected) {
        IconAction(Icons.Check, LocalUi.current.words.taskMarkDoneWhat(title(row)), { on.ticked(row) })
        MoveMenu(row, on)
    }
}

@Composable
private fun MoveMenu(
    row: RecordRow,
    on: TodayOn,
) {
    val words = LocalUi.current.words
    var open by remember { mutableStateOf(false) }
    Box {
        IconAction(Icons.Dots, words.sayRowActions(title(row)), { open = true })
        DropdownMenu(open, { open = false }) {
            for ((to, text) in listOf(MoveTo.TOMORROW to words.todayTomorrow, MoveTo.NEXT_WEEK to words.todayWeek)) {
                DropdownMenuItem(
                    text = { Text(text) },
                    leadingIcon = { Icon(Icons.Clock, null) },
                    onClick = {
                        open = false
                        on.moved(row, to)
                    },
                )
            }
        }
    }
}
