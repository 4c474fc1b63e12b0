package org.farley.ui

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.farley.core.FieldInfo
import org.farley.core.LinkTo
import org.farley.core.RelatedRow
import org.farley.model.Fact
import org.farley.model.FactSection
import org.farley.model.Reach
import org.farley.model.RecordModel
import org.farley.model.RecordState
import org.farley.model.links

class RecordOn(
    val back: (() -> Unit)? = {},
    val edited: () -> Unit = {},
    val reached: (Reach) -> Unit = {},
    val noteWanted: () -> Unit = {},
    val visitWanted: () -> Unit = {},
    val taskWanted: () -> Unit = {},
    val opened: (LinkTo) -> Unit = {},
    val relatedOpened: (RelatedRow) -> Unit = {},
    val historyWanted: (FieldInfo) -> Unit = {},
    val historyClosed: () -> Unit = {},
    val conflictsOpened: () -> Unit = {},
    val shared: () -> Unit = {},
    val removed: () -> Unit = {},
    val restored: () -> Unit = {},
    val undone: () -> Unit = {},
    val retried: () -> Unit = {},
)

@Composable
fun RecordScreen(
    model: RecordModel,
    on: RecordOn,
) {
    val state by model.state.collectAsState()
    RecordContent(state, on)
}

@Composable
fun RecordContent(
    state: RecordState,
    on: RecordOn = RecordOn(),
) {
    val ui = LocalUi.current
    val record = state.record
    Frame(
        title =
            state.kind
                ?.label
                ?.let { label(it) }
                .orEmpty(),
        onBack = on.back,
        loading = state.loading,
        actions = {
            if (record != null) {
                IconAction(Icons.Edit, ui.words.commonEdit, on.edited)
                RecordMenu(state, on)
            }
        },
        undo = state.undo,
        onUndo = on.undone,
    ) {
        state.message?.let { MessageBar(it, onRetry = on.retried) }
        when {
            state.gone -> EmptyState(Icons.Record, ui.words.recordNotFound, ui.words.recordNotFoundHint)
            record != null -> Page { RecordPage(state, on) }
        }
    }
    state.history?.let { HistorySheet(it, on.historyClosed) }
}

@Composable
private fun ColumnScope.RecordPage(
    state: RecordState,
    on: RecordOn,
) {
    val ui = LocalUi.current
    val record = checkNotNull(state.record)
    Text(
        record.title.ifEmpty { ui.words.commonUntitled },
        Modifier.padding(horizontal = Gap).semantics { heading() },
        style = MaterialTheme.typography.headlineSmall,
    )
    Column(Modifier.padding(horizontal = Gap, vertical = 8.dp), verticalArrangement = Arrangement.spacedBy(4.dp)) {
        TransferMark(record.transfer)
        Text(
            ui.words.recordChangedBy(ui.formats.moment(record.changedAt), who(record.changedBy)),
            style = MaterialTheme.typography.bodySmall,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
    }
    if (record.removed) {
        Remark(ui.words.recordInTrash, icon = Icons.Trash)
        SideButton(ui.words.recordRestore, on.restored, Modifier.padding(horizontal = Gap))
    }
    if (record.conflicts.isNotEmpty()) {
        PlaceRow(Icons.Versions, ui.words.conflictCount(record.conflicts.size.toLong()), on.conflictsOpened, detail = ui.words.recordLookAtVersions, marked = true)
    }
    ReachButtons(state, on)
    Buttons(Modifier.padding(horizontal = Gap, vertical = 4.dp)) {
        SideButton(ui.words.recordNewNote, on.noteWanted, icon = Icons.Note)
        SideButton(ui.words.recordNewVisit, on.visitWanted, icon = Icons.Visit)
        SideButton(ui.words.recordNewTask, on.taskWanted, icon = Icons.Task)
    }
    Facts(state.facts, on)
    Timeline(state.timeline, on)
}

/** How to reach them: the thumb's first wish on this page. */
@Composable
private fun ReachButtons(
    state: RecordState,
    on: RecordOn,
) {
    if (state.reach.isEmpty()) return
    val ui = LocalUi.current
    Column(Modifier.padding(horizontal = Gap, vertical = 8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
        for (reach in state.reach.take(MAX_REACH)) {
            val kind =
                ui.schema
                    .choice("label", reach.label)
                    ?.label
                    ?.let { label(it) } ?: reach.label
            val target = isolated(reach.target)
            val text = if (kind.isEmpty()) target else "$target · $kind"
            val description =
                when (reach.way) {
                    Reach.Way.CALL -> ui.words.recordCallNumber(text)
                    Reach.Way.MAIL -> ui.words.recordMailTo(text)
                    Reach.Way.MAP -> ui.words.recordMapOf(text)
                    Reach.Way.WEB -> ui.words.recordWebOf(text)
                }
            val icon =
                when (reach.way) {
                    Reach.Way.CALL -> Icons.Call
                    Reach.Way.MAIL -> Icons.Mail
                    Reach.Way.MAP -> Icons.Map
                    Reach.Way.WEB -> Icons.Web
                }
            ReachButton(icon, text, description, main = reach.way == Reach.Way.CALL) { on.reached(reach) }
        }
    }
}

@Composable
private fun Facts(
    sections: List<FactSection>,
    on: RecordOn,
) {
    val ui = LocalUi.current
    for (section in sections) {
        Heading(label(ui.schema.section(section.name)))
        for (fact in section.facts) FactLine(fact, on)
    }
}

/** A field and its value; a tap shows who wrote it and what stood there before. */
@Composable
private fun FactLine(
    fact: Fact,
    on: RecordOn,
) {
    val ui = LocalUi.current
    val colors = MaterialTheme.colorScheme
    Column(
        Modifier
            .fillMaxWidth()
            .clickable(onClickLabel = ui.words.recordWhoChanged(label(fact.info.label))) { on.historyWanted(fact.info) }
            .heightIn(min = Touch)
            .padding(horizontal = Gap, vertical = 8.dp),
    ) {
        Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Text(label(fact.info.label), style = MaterialTheme.typography.labelMedium, color = colors.onSurfaceVariant)
            if (fact.conflicts) {
                Icon(Icons.Versions, null, Modifier.size(16.dp), tint = colors.error)
                Text(ui.words.recordTwoVersions, style = MaterialTheme.typography.labelMedium, color = colors.error)
            }
        }
        Text(ui.values.of(fact.info, fact.value), style = MaterialTheme.typography.bodyLarge)
        fact.problem?.let { Text(problem(it), style = MaterialTheme.typography.bodySmall, color = colors.error) }
    }
    val links = fact.links()
    if (links.isNotEmpty()) {
        Buttons(Modifier.padding(horizontal = 8.dp)) {
            for (link in links) {
                TextButton({ on.opened(link) }, Modifier.heightIn(min = Touch), shape = MaterialTheme.shapes.medium) {
                    Icon(Icons.Forward, null, Modifier.padding(end = 6.dp).size(16.dp))
                    Text(link.title.ifEmpty { ui.words.commonNotHere })
                }
            }
        }
    }
}

@Composable
private fun problem(code: String): String {
    val words = LocalUi.current.words
    return when (code) {
        "missing_hint" -> words.recordProblemMissing
        "too_long" -> words.recordProblemTooLong
        else -> words.recordProblemIllTyped
    }
}

@Composable
private fun Timeline(
    rows: List<RelatedRow>,
    on: RecordOn,
) {
    val ui = LocalUi.current
    Heading(ui.words.recordTimeline)
    if (rows.isEmpty()) {
        Text(
            ui.words.recordNoTimeline,
            Modifier.padding(horizontal = Gap, vertical = 8.dp),
            style = MaterialTheme.typography.bodyMedium,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
    }
    for (related in rows) TimelineLine(related, on)
}

@Composable
private fun TimelineLine(
    related: RelatedRow,
    on: RecordOn,
) {
    val ui = LocalUi.current
    val row = related.row
    Column(Modifier.fillMaxWidth().clickable { on.relatedOpened(related) }) {
        Row(Modifier.heightIn(min = 64.dp).padding(horizontal = Gap, vertical = 10.dp)) {
            Icon(
                Icons.ofKind(row.kind),
                ui.schema
                    .kind(row.kind)
                    ?.label
                    ?.let { label(it) },
                Modifier.padding(top = 2.dp).size(22.dp),
                tint = MaterialTheme.colorScheme.primary,
            )
            Column(Modifier.weight(1f).padding(start = 14.dp), verticalArrangement = Arrangement.spacedBy(2.dp)) {
                val text = related.text.orEmpty().trim()
                // The title of a note without one is the beginning of its text: said once.
                val isTitle = text.startsWith(row.title.trimEnd('…')) && row.title.isNotEmpty()
                if (!isTitle) Text(title(row), style = MaterialTheme.typography.bodyLarge)
                if (text.isNotEmpty()) {
                    Text(text, style = MaterialTheme.typography.bodyMedium, maxLines = lines(4), overflow = TextOverflow.Ellipsis)
                }
                Text(
                    "${ui.formats.moment(related.at)} · ${who(related.author)}",
                    style = MaterialTheme.typography.bodySmall,
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                )
            }
            if (row.transfer == org.farley.core.Transfer.WAITING) TransferMark(row.transfer, compact = true)
        }
        HorizontalDivider(Modifier.padding(start = 52.dp), color = MaterialTheme.colorScheme.outlineVariant)
    }
}

@Composable
private fun RecordMenu(
    state: RecordState,
    on: RecordOn,
) {
    val words = LocalUi.current.words
    var open by remember { mutableStateOf(false) }
    Box {
        IconAction(Icons.Dots, words.commonMoreActions, { open = true })
        DropdownMenu(open, { open = false }) {
            if (state.kind?.name == "contact" || state.kind?.name == "company") {
                DropdownMenuItem({ Text(words.recordShareCard) }, {
                    open = false
                    on.shared()
                }, leadingIcon = { Icon(Icons.Share, null) })
            }
            if (state.record?.removed != true) {
                DropdownMenuItem({ Text(words.recordToTrash) }, {
                    open = false
                    on.removed()
                }, leadingIcon = { Icon(Icons.Trash, null) })
            }
        }
    }
}

private const val MAX_REACH = 6
