package org.farley.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.text.KeyboardActions
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.ExtendedFloatingActionButton
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalFocusManager
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import org.farley.core.RecordRow
import org.farley.core.StatusData
import org.farley.model.ListModel
import org.farley.model.ListState
import org.farley.model.Words

class ListOn(
    val rowOpened: (RecordRow) -> Unit = {},
    val searched: (String) -> Unit = {},
    val endReached: () -> Unit = {},
    val newWanted: () -> Unit = {},
    val transferOpened: () -> Unit = {},
    val retried: () -> Unit = {},
    val back: (() -> Unit)? = null,
)

@Composable
fun ListScreen(
    model: ListModel,
    status: StatusData,
    selected: String?,
    on: ListOn,
) {
    val state by model.state.collectAsState()
    ListContent(state, status, on, selected)
}

@Composable
fun ListContent(
    state: ListState,
    status: StatusData,
    on: ListOn = ListOn(),
    selected: String? = null,
) {
    val ui = LocalUi.current
    val kind = ui.schema.kind(state.kind)
    val plural = kind?.labels?.let { label(it) } ?: state.kind
    val single = kind?.label?.let { label(it) } ?: state.kind
    Frame(
        title = plural,
        onBack = on.back,
        loading = state.loading,
        actions = { TransferAction(status, on.transferOpened) },
        floating = {
            ExtendedFloatingActionButton(text = { Text(ui.words.listCreate(single)) }, icon = { Icon(Icons.Add, null) }, onClick = on.newWanted)
        },
    ) {
        SearchField(state.text, on.searched, ui.words.listSearchIn(plural))
        state.message?.let { MessageBar(it, onRetry = on.retried) }
        if (state.rows.isEmpty() && !state.loading) {
            if (state.text.isBlank()) {
                EmptyState(Icons.ofKind(state.kind), emptyText(ui.words, state.kind), ui.words.listEmptyHint)
            } else {
                EmptyState(Icons.Search, ui.words.listNothingFound, null)
            }
        } else {
            Rows(state, on, selected)
        }
    }
}

@Composable
private fun Rows(
    state: ListState,
    on: ListOn,
    selected: String?,
) {
    val ui = LocalUi.current
    val list = rememberLazyListState()
    LaunchedEffect(list, state.rows.size) {
        // A screen and a half before the end: the next page is there before the thumb is.
        snapshotFlow {
            list.layoutInfo.visibleItemsInfo
                .lastOrNull()
                ?.index ?: 0
        }.collect { last ->
            if (state.hasMore && last > state.rows.size - AHEAD) on.endReached()
        }
    }
    LazyColumn(Modifier.fillMaxSize(), list, contentPadding = PaddingValues(bottom = 96.dp)) {
        item {
            val fresh = state.rows.count { it.fresh }.toLong()
            val text = listOfNotNull(state.count?.let { ui.words.listCount(it) }, if (fresh > 0) ui.words.listFreshCount(fresh) else null).joinToString(" · ")
            Text(
                text,
                Modifier.padding(horizontal = Gap, vertical = 6.dp).semantics { liveRegion = LiveRegionMode.Polite },
                style = MaterialTheme.typography.bodySmall,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
            )
        }
        itemsIndexed(state.rows, key = { _, row -> row.id }) { _, row ->
            RecordRow(row, { on.rowOpened(row) }, selected = row.id == selected)
        }
    }
}

/** A search field that works while typing; the cross empties it. */
@Composable
fun SearchField(
    text: String,
    onChange: (String) -> Unit,
    hint: String,
    modifier: Modifier = Modifier,
) {
    val focus = LocalFocusManager.current
    OutlinedTextField(
        text,
        onChange,
        modifier.fillMaxWidth().padding(horizontal = Gap, vertical = 4.dp).heightIn(min = 56.dp),
        label = { Text(hint) },
        leadingIcon = { Icon(Icons.Search, null) },
        trailingIcon = if (text.isEmpty()) null else ({ IconAction(Icons.Close, LocalUi.current.words.commonClear, { onChange("") }) }),
        singleLine = true,
        shape = MaterialTheme.shapes.large,
        keyboardOptions = KeyboardOptions(imeAction = ImeAction.Search),
        keyboardActions = KeyboardActions(onSearch = { focus.clearFocus() }),
    )
}

fun emptyText(
    words: Words,
    kind: String,
): String =
    when (kind) {
        "contact" -> words.listEmptyContact
        "company" -> words.listEmptyCompany
        "note" -> words.listEmptyNote
        "visit" -> words.listEmptyVisit
        "task" -> words.listEmptyTask
        else -> words.listEmptyOther
    }

private const val AHEAD = 20
