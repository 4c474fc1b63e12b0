package org.farley.ui

import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.farley.core.RecordRow
import org.farley.core.StatusData
import org.farley.model.SearchModel
import org.farley.model.SearchState

class SearchOn(
    val typed: (String) -> Unit = {},
    val rowOpened: (RecordRow) -> Unit = {},
    val transferOpened: () -> Unit = {},
)

@Composable
fun SearchScreen(
    model: SearchModel,
    status: StatusData,
    selected: String?,
    on: SearchOn,
) {
    val state by model.state.collectAsState()
    SearchContent(state, status, on, selected)
}

@Composable
fun SearchContent(
    state: SearchState,
    status: StatusData,
    on: SearchOn = SearchOn(),
    selected: String? = null,
) {
    val words = LocalUi.current.words
    Frame(
        title = words.searchTitle,
        loading = state.text != state.answered && state.text.isNotBlank(),
        actions = { TransferAction(status, on.transferOpened) },
    ) {
        SearchField(state.text, on.typed, words.searchPrompt)
        state.message?.let { MessageBar(it) }
        when {
            state.text.isBlank() -> {
                EmptyState(Icons.Search, words.searchTitle, words.searchHint)
            }

            state.rows.isEmpty() && state.answered == state.text -> {
                EmptyState(Icons.Search, words.searchNothing, words.searchNothingHint)
            }

            else -> {
                LazyColumn(Modifier.fillMaxSize(), contentPadding = PaddingValues(bottom = 96.dp)) {
                    item {
                        Text(
                            words.searchResults(state.rows.size.toLong()),
                            Modifier.padding(horizontal = Gap, vertical = 6.dp).semantics { liveRegion = LiveRegionMode.Polite },
                            style = MaterialTheme.typography.bodySmall,
                            color = MaterialTheme.colorScheme.onSurfaceVariant,
                        )
                    }
                    items(state.rows, key = { it.id }) { RecordRow(it, { on.rowOpened(it) }, selected = it.id == selected, showKind = true) }
                }
            }
        }
    }
}
