package org.farley.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.farley.core.RecordRow
import org.farley.core.Transfer

/** One record in a list: what it is, two facts, and its marks. Screen readers hear it as one thing. */
@Composable
fun RecordRow(
    row: RecordRow,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    subtitle: String = subtitle(row),
    selected: Boolean = false,
    showKind: Boolean = false,
    trailing: (@Composable () -> Unit)? = null,
) {
    val ui = LocalUi.current
    val colors = MaterialTheme.colorScheme
    val lines = lines(2)
    Column(modifier) {
        Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
            Row(
                Modifier
                    .weight(1f)
                    .background(if (selected) colors.secondaryContainer else colors.surface)
                    .clickable(role = Role.Button, onClick = onClick)
                    .semantics { this.selected = selected }
                    .heightIn(min = 68.dp)
                    .padding(start = Gap, end = 8.dp, top = 10.dp, bottom = 10.dp),
                verticalAlignment = Alignment.CenterVertically,
            ) {
                Box(Modifier.size(40.dp).background(colors.secondaryContainer, CircleShape), contentAlignment = Alignment.Center) {
                    Icon(
                        Icons.ofKind(row.kind),
                        if (showKind) {
                            ui.schema
                                .kind(row.kind)
                                ?.label
                                ?.let { label(it) }
                        } else {
                            null
                        },
                        Modifier.size(22.dp),
                        tint = colors.onSecondaryContainer,
                    )
                }
                Column(Modifier.weight(1f).padding(start = 14.dp), verticalArrangement = Arrangement.spacedBy(2.dp)) {
                    Row(verticalAlignment = Alignment.CenterVertically, horizontalArrangement = Arrangement.spacedBy(8.dp)) {
                        if (row.fresh) FreshDot()
                        Text(
                            title(row),
                            Modifier.weight(1f, fill = false),
                            style = MaterialTheme.typography.bodyLarge,
                            fontWeight = if (row.fresh) FontWeight.SemiBold else FontWeight.Normal,
                            maxLines = lines,
                            overflow = TextOverflow.Ellipsis,
                        )
                    }
                    if (subtitle.isNotEmpty()) {
                        Text(subtitle, style = MaterialTheme.typography.bodySmall, color = colors.onSurfaceVariant, maxLines = lines, overflow = TextOverflow.Ellipsis)
                    }
                }
                Row(Modifier.padding(start = 8.dp), horizontalArrangement = Arrangement.spacedBy(6.dp), verticalAlignment = Alignment.CenterVertically) {
                    if (row.conflicts > 0u) VersionsMark(row.conflicts.toLong())
                    if (row.transfer == Transfer.WAITING) TransferMark(row.transfer, compact = true)
                }
            }
            if (trailing != null) trailing()
        }
        HorizontalDivider(Modifier.padding(start = 70.dp), color = colors.outlineVariant)
    }
}

/** Words for a record nobody has named. */
@Composable
fun title(row: RecordRow): String {
    val ui = LocalUi.current
    if (row.title.isEmpty()) return ui.words.commonUntitled
    // The title of a visit begins with the key of its purpose: said with its label.
    val info =
        ui.schema
            .kind(row.kind)
            ?.fields
            .orEmpty()
            .firstOrNull {
                it.name ==
                    ui.schema
                        .kind(row.kind)
                        ?.title
                        ?.firstOrNull()
                        ?.firstOrNull()
            }
    val key = row.cells[info?.name].orEmpty()
    val label = ui.schema.choice(info?.list, key)?.label
    return if (label != null && row.title.startsWith(key)) label(label) + row.title.removePrefix(key) else row.title
}

/** The first two columns that say more than the title. */
@Composable
fun subtitle(row: RecordRow): String {
    val ui = LocalUi.current
    val kind = ui.schema.kind(row.kind) ?: return ""
    val inTitle = kind.title.firstOrNull().orEmpty()
    return kind.columns
        .filterNot { (it in inTitle && it != "planned") || it in NOT_IN_ROWS }
        .mapNotNull { column ->
            val canonical = row.cells[column].orEmpty()
            ui.values
                .cell(ui.schema.field(row.kind, column), canonical)
                .ifEmpty { null }
                ?.let { isolated(it) }
        }.take(2)
        .joinToString(" · ")
}

/** Who needs large letters gets more lines, not fewer words. */
@Composable
fun lines(usual: Int): Int = if (LocalDensity.current.fontScale > LARGE_FONT) usual * MORE_LINES else usual

private const val LARGE_FONT = 1.3f
private const val MORE_LINES = 4
private val NOT_IN_ROWS = setOf("owner", "people", "types", "status", "priority")
