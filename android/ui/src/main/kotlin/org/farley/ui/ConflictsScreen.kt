package org.farley.ui

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.farley.core.ConflictData
import org.farley.core.FieldInfo
import org.farley.core.VersionData
import org.farley.model.ConflictsModel
import org.farley.model.ConflictsState
import org.farley.model.isFilled

class ConflictsOn(
    val back: (() -> Unit)? = {},
    val taken: (ConflictData, VersionData) -> Unit = { _, _ -> },
    val opened: (ConflictData) -> Unit = {},
    val undone: () -> Unit = {},
    val retried: () -> Unit = {},
)

@Composable
fun ConflictsScreen(
    model: ConflictsModel,
    onBack: (() -> Unit)?,
    onOpened: (ConflictData) -> Unit,
) {
    val state by model.state.collectAsState()
    ConflictsContent(state, ConflictsOn(onBack, { conflict, version -> model.taken(conflict, version) }, onOpened, { model.undone() }, { model.opened() }))
}

@Composable
fun ConflictsContent(
    state: ConflictsState,
    on: ConflictsOn = ConflictsOn(),
) {
    val words = LocalUi.current.words
    Frame(title = words.conflictTitle, onBack = on.back, loading = state.loading, undo = state.undo, onUndo = on.undone) {
        LazyColumn(Modifier.fillMaxSize(), contentPadding = PaddingValues(bottom = 110.dp)) {
            state.message?.let { item { MessageBar(it, onRetry = on.retried) } }
            if (state.conflicts.isEmpty() && !state.loading) item { EmptyState(Icons.Check, words.conflictEmpty, null) }
            if (state.conflicts.isNotEmpty()) {
                item {
                    Text(
                        words.conflictRule,
                        Modifier.padding(horizontal = Gap, vertical = 6.dp),
                        style = MaterialTheme.typography.bodyMedium,
                        color = MaterialTheme.colorScheme.onSurfaceVariant,
                    )
                }
            }
            items(state.conflicts, key = { "${it.id} ${it.key}" }) { ConflictCard(it, on) }
        }
    }
}

@Composable
private fun ConflictCard(
    conflict: ConflictData,
    on: ConflictsOn,
) {
    val ui = LocalUi.current
    val info = ui.schema.field(conflict.kind, conflict.key) ?: ui.schema.field(conflict.kind, conflict.field)
    Column(Modifier.padding(horizontal = Gap, vertical = 10.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        Row(verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.ofKind(conflict.kind), null, Modifier.size(22.dp), tint = MaterialTheme.colorScheme.primary)
            Text(
                "${conflict.title.ifEmpty { ui.words.commonUntitled }} · ${info?.label?.let { label(it) } ?: conflict.field}",
                Modifier.weight(1f).padding(start = 10.dp).semantics { heading() },
                style = MaterialTheme.typography.titleMedium,
            )
        }
        for (version in conflict.versions) VersionCard(conflict, version, info, on)
        TextButton({ on.opened(conflict) }, Modifier.heightIn(min = Touch)) { Text(ui.words.conflictOpenRecord) }
    }
}

/** One version: the value large, who typed it and when below, one button. */
@Composable
private fun VersionCard(
    conflict: ConflictData,
    version: VersionData,
    info: FieldInfo?,
    on: ConflictsOn,
) {
    val ui = LocalUi.current
    val words = ui.words
    val colors = MaterialTheme.colorScheme
    val value = if (version.value.isFilled) ui.values.of(info, version.value) else words.conflictEmptyValue
    Surface(
        Modifier.fillMaxWidth(),
        shape = MaterialTheme.shapes.medium,
        color = colors.surfaceContainerLow,
        border = BorderStroke(if (version.shown) 2.dp else 1.dp, if (version.shown) colors.primary else colors.outlineVariant),
    ) {
        Column(Modifier.padding(14.dp), verticalArrangement = Arrangement.spacedBy(6.dp)) {
            if (version.shown) Text(words.conflictShown, style = MaterialTheme.typography.labelMedium, color = colors.primary)
            Text(value, style = MaterialTheme.typography.titleMedium)
            Text(words.conflictBy(who(version.author), ui.formats.moment(version.typedAt)), style = MaterialTheme.typography.bodySmall, color = colors.onSurfaceVariant)
            val arrived = version.arrivedAt
            if (arrived == null) {
                TransferMark(org.farley.core.Transfer.WAITING)
            } else if (arrived - version.typedAt > MINUTE) {
                Text(words.recordArrived(ui.formats.moment(arrived)), style = MaterialTheme.typography.bodySmall, color = colors.onSurfaceVariant)
            }
            SideButton(words.conflictTake, { on.taken(conflict, version) }, Modifier.fillMaxWidth(), icon = Icons.Check, description = words.conflictTakeValue(value))
        }
    }
}

private const val MINUTE = 60_000L
