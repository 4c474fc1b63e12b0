package org.farley.ui

import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.unit.dp
import org.farley.core.RecordRow
import org.farley.core.StatusData
import org.farley.model.TasksModel
import org.farley.model.TasksState

class TasksOn(
    val rowOpened: (RecordRow) -> Unit = {},
    val typed: (String) -> Unit = {},
    val added: () -> Unit = {},
    val ticked: (RecordRow) -> Unit = {},
    val reopened: (RecordRow) -> Unit = {},
    val undone: () -> Unit = {},
    val doneWanted: () -> Unit = {},
    val endReached: () -> Unit = {},
    val transferOpened: () -> Unit = {},
)

@Composable
fun TasksScreen(
    model: TasksModel,
    status: StatusData,
    selected: String?,
    onOpened: (RecordRow) -> Unit,
    onTransfer: () -> Unit,
) {
    val state by model.state.collectAsState()
    val on =
        TasksOn(
            onOpened,
            model::typed,
            { model.added() },
            { model.ticked(it) },
            { model.reopened(it) },
            { model.undone() },
            { model.doneWanted() },
            model::endReached,
            onTransfer,
        )
    TasksContent(state, status, on, selected)
}

@Composable
fun TasksContent(
    state: TasksState,
    status: StatusData,
    on: TasksOn = TasksOn(),
    selected: String? = null,
) {
    val words = LocalUi.current.words
    val list = rememberLazyListState()
    LaunchedEffect(list, state.rows.size) {
        snapshotFlow {
            list.layoutInfo.visibleItemsInfo
                .lastOrNull()
                ?.index ?: 0
        }.collect { last ->
            if (state.hasMore && last > state.rows.size - AHEAD) on.endReached()
        }
    }
    Frame(
        title = words.taskTitle,
        loading = state.loading,
        actions = { TransferAction(status, on.transferOpened) },
        undo = state.undo,
        onUndo = on.undone,
    ) {
        Row(Modifier.fillMaxWidth().padding(start = Gap, end = 8.dp, top = 4.dp, bottom = 4.dp), verticalAlignment = Alignment.CenterVertically) {
            Line(
                words.taskSubjectPlaceholder,
                state.summary,
                on.typed,
                Modifier.weight(1f),
                keyboard = KeyboardOptions(capitalization = KeyboardCapitalization.Sentences, imeAction = ImeAction.Done),
            )
            IconAction(Icons.Add, words.commonAdd, on.added, enabled = state.summary.isNotBlank())
        }
        state.message?.let { MessageBar(it) }
        LazyColumn(Modifier.fillMaxSize(), list, contentPadding = PaddingValues(bottom = 96.dp)) {
            if (state.rows.isEmpty() && !state.loading) item { EmptyState(Icons.Task, words.taskEmpty, words.listEmptyTask) }
            items(state.rows, key = { it.id }) { row ->
                RecordRow(row, { on.rowOpened(row) }, selected = row.id == selected) {
                    IconAction(Icons.Check, words.taskMarkDoneWhat(title(row)), { on.ticked(row) })
                }
            }
            item {
                SideButton(words.taskDone, on.doneWanted, Modifier.fillMaxWidth().padding(Gap), icon = if (state.showDone) Icons.Up else Icons.Down)
            }
            if (state.showDone) {
                if (state.done.isEmpty()) item { EmptyState(Icons.Check, words.taskEmptyDone, null) }
                items(state.done, key = { "done ${it.id}" }) { row ->
                    RecordRow(row, { on.rowOpened(row) }, selected = row.id == selected) {
                        IconAction(Icons.Undo, "${words.taskReopen}: ${title(row)}", { on.reopened(row) })
                    }
                }
            }
        }
    }
}

private const val AHEAD = 20
