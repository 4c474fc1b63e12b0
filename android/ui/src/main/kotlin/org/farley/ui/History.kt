package org.farley.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.farley.core.FieldValue
import org.farley.core.HistoryStep
import org.farley.model.FieldHistory
import org.farley.model.isFilled

/** Who changed a field, newest first: both when it was typed and when the office had it. */
@Composable
fun HistorySheet(
    history: FieldHistory,
    onClose: () -> Unit,
) {
    val ui = LocalUi.current
    AlertDialog(
        onClose,
        confirmButton = { TextButton(onClose, Modifier.heightIn(min = Touch)) { Text(ui.words.commonClose) } },
        title = { Text(ui.words.recordWhoChanged(label(history.info.label)), Modifier.semantics { heading() }, style = MaterialTheme.typography.titleMedium) },
        text = {
            Column(Modifier.verticalScroll(rememberScrollState())) {
                if (history.loading) Text(ui.words.commonLoading)
                if (!history.loading && history.steps.isEmpty()) Text(ui.words.recordNoEarlier)
                history.steps.forEach { Step(history, it) }
            }
        },
    )
}

@Composable
private fun Step(
    history: FieldHistory,
    step: HistoryStep,
) {
    val ui = LocalUi.current
    Column(Modifier.fillMaxWidth().padding(vertical = 10.dp), verticalArrangement = Arrangement.spacedBy(3.dp)) {
        for (field in step.fields) {
            val value = field.new ?: FieldValue.Empty
            val sub = subField(history, field.key)
            Text(if (value.isFilled) ui.values.of(sub, value) else ui.words.recordEmptied, style = MaterialTheme.typography.bodyLarge)
            val old = field.old
            if (old != null && old.isFilled) {
                Text(ui.words.recordWas(ui.values.of(sub, old)), style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
            }
        }
        val arrived = step.arrivedAt?.let { ui.words.recordArrived(ui.formats.moment(it)) } ?: ui.words.transferWaiting
        Text(
            "${who(step.author)} · ${ui.words.recordTyped(ui.formats.moment(step.typedAt))} · $arrived",
            style = MaterialTheme.typography.bodySmall,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
    }
    HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
}

private fun subField(
    history: FieldHistory,
    key: String,
) = history.info.sub.firstOrNull { it.name == key.split('/').getOrNull(2) } ?: history.info

/** A number, an address, a place: as wide as the page, so that a glove hits it. */
@Composable
fun ReachButton(
    icon: ImageVector,
    text: String,
    description: String,
    main: Boolean,
    onClick: () -> Unit,
) {
    val colors =
        if (main) {
            ButtonDefaults.buttonColors()
        } else {
            ButtonDefaults.buttonColors(MaterialTheme.colorScheme.secondaryContainer, MaterialTheme.colorScheme.onSecondaryContainer)
        }
    Button(
        onClick,
        Modifier.fillMaxWidth().heightIn(min = 56.dp).semantics { contentDescription = description },
        shape = MaterialTheme.shapes.medium,
        colors = colors,
    ) {
        Row(Modifier.fillMaxWidth(), verticalAlignment = Alignment.CenterVertically) {
            Icon(icon, null, Modifier.size(22.dp))
            Text(text, Modifier.padding(start = 12.dp).clearAndSetSemantics {}, style = MaterialTheme.typography.labelLarge)
        }
    }
}
