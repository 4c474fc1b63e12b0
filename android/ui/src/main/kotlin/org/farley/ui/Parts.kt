package org.farley.ui

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Button
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.farley.core.Transfer
import org.farley.model.Problem
import org.farley.model.Remedy
import org.farley.model.UndoOffer
import org.farley.model.UserMessage
import org.farley.model.text

/** Nothing a finger shall meet is smaller; with gloves on, rows are higher still. */
val Touch = 48.dp
val Gap = 16.dp

/** Heading of a part of a screen, for eyes and for screen readers. */
@Composable
fun Heading(
    text: String,
    modifier: Modifier = Modifier,
    color: Color = MaterialTheme.colorScheme.primary,
) {
    Text(
        text,
        modifier.padding(start = Gap, end = Gap, top = 20.dp, bottom = 6.dp).semantics { heading() },
        style = MaterialTheme.typography.titleSmall,
        color = color,
    )
}

/** Whether the office has it: an icon and words, never colour alone. */
@Composable
fun TransferMark(
    transfer: Transfer,
    modifier: Modifier = Modifier,
    since: String? = null,
    compact: Boolean = false,
) {
    val words = LocalUi.current.words
    val waiting = transfer == Transfer.WAITING
    val text =
        when {
            waiting -> words.transferWaiting
            since != null -> words.transferAtOfficeSince(since)
            else -> words.transferAtOffice
        }
    val color = if (waiting) LocalMarks.current.waiting else MaterialTheme.colorScheme.onSurfaceVariant
    if (compact) {
        Icon(if (waiting) Icons.Waiting else Icons.Office, text, modifier.size(20.dp), tint = color)
        return
    }
    Row(
        modifier
            .clip(RoundedCornerShape(8.dp))
            .background(if (waiting) LocalMarks.current.waitingBack else Color.Transparent)
            .padding(horizontal = if (waiting) 8.dp else 0.dp, vertical = 3.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Icon(if (waiting) Icons.Waiting else Icons.Office, null, Modifier.size(18.dp), tint = color)
        Text(text, Modifier.padding(start = 6.dp), style = MaterialTheme.typography.bodySmall, color = color)
    }
}

/** Changed since the list was last looked at. */
@Composable
fun FreshDot(modifier: Modifier = Modifier) {
    val text = LocalUi.current.words.listFresh
    Box(modifier.size(10.dp).background(LocalMarks.current.fresh, CircleShape).semantics { contentDescription = text })
}

/** Fields of this record have two versions. */
@Composable
fun VersionsMark(
    count: Long,
    modifier: Modifier = Modifier,
) {
    val text = LocalUi.current.words.transferVersions(count)
    Icon(Icons.Versions, text, modifier.size(20.dp), tint = MaterialTheme.colorScheme.error)
}

/** A list without anything says what to do. */
@Composable
fun EmptyState(
    icon: ImageVector,
    title: String,
    hint: String?,
    modifier: Modifier = Modifier,
    action: (@Composable () -> Unit)? = null,
) {
    Column(
        modifier.fillMaxWidth().padding(horizontal = 32.dp, vertical = 40.dp),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(10.dp),
    ) {
        Icon(icon, null, Modifier.size(44.dp), tint = MaterialTheme.colorScheme.outline)
        Text(title, style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center)
        if (hint != null) {
            Text(hint, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant, textAlign = TextAlign.Center)
        }
        if (action != null) Box(Modifier.padding(top = 8.dp)) { action() }
    }
}

/** Something did not work: what happened, what is safe, what to do. Read out at once. */
@Composable
fun MessageBar(
    message: UserMessage,
    modifier: Modifier = Modifier,
    text: String = message.text(LocalUi.current.words),
    onRetry: (() -> Unit)? = null,
) {
    val words = LocalUi.current.words
    Surface(
        modifier.fillMaxWidth().padding(horizontal = Gap, vertical = 6.dp).semantics { liveRegion = LiveRegionMode.Assertive },
        color = MaterialTheme.colorScheme.errorContainer,
        contentColor = MaterialTheme.colorScheme.onErrorContainer,
        shape = MaterialTheme.shapes.medium,
    ) {
        Row(Modifier.padding(start = 14.dp, top = 10.dp, bottom = 10.dp, end = 8.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.Warning, null)
            Column(Modifier.weight(1f).padding(horizontal = 12.dp)) {
                Text(text, style = MaterialTheme.typography.bodyMedium)
                message.code?.takeIf { it.isNotEmpty() && message.problem in WITH_CODE }?.let {
                    Text(words.errorCode(it), style = MaterialTheme.typography.labelSmall)
                }
                // Below the text: beside it, a large font would leave the text no room.
                if (onRetry != null && message.remedy in RETRYING) SideButton(words.commonRetry, onRetry, Modifier.padding(top = 8.dp))
            }
        }
    }
}

/** Where a person cannot do more than call the office, the code helps them there. */
private val WITH_CODE = setOf(Problem.INTERNAL, Problem.CORRUPT, Problem.SECRET)

private val RETRYING = setOf(Remedy.RETRY, Remedy.RELOAD, Remedy.FREE_SPACE)

/** A quiet remark that is read out: kept, merged, restored. */
@Composable
fun Remark(
    text: String,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
    onClose: (() -> Unit)? = null,
) {
    Surface(
        modifier.fillMaxWidth().padding(horizontal = Gap, vertical = 6.dp).semantics { liveRegion = LiveRegionMode.Polite },
        color = MaterialTheme.colorScheme.secondaryContainer,
        contentColor = MaterialTheme.colorScheme.onSecondaryContainer,
        shape = MaterialTheme.shapes.medium,
    ) {
        Row(Modifier.heightIn(min = Touch).padding(start = 14.dp, end = 4.dp), verticalAlignment = Alignment.CenterVertically) {
            if (icon != null) Icon(icon, null, Modifier.padding(end = 12.dp).size(20.dp))
            Text(text, Modifier.weight(1f).padding(vertical = 10.dp), style = MaterialTheme.typography.bodyMedium)
            if (onClose != null) IconButton(onClose, Modifier.size(Touch)) { Icon(Icons.Close, LocalUi.current.words.commonClose) }
        }
    }
}

/** What was just done, with "undo" for eight seconds (the time is the model's). */
@Composable
fun UndoBar(
    offer: UndoOffer?,
    onUndo: () -> Unit,
    modifier: Modifier = Modifier,
) {
    val ui = LocalUi.current
    offer ?: return
    Surface(
        modifier.fillMaxWidth().padding(12.dp).semantics { liveRegion = LiveRegionMode.Polite },
        color = MaterialTheme.colorScheme.inverseSurface,
        contentColor = MaterialTheme.colorScheme.inverseOnSurface,
        shape = MaterialTheme.shapes.medium,
        shadowElevation = 6.dp,
    ) {
        Row(Modifier.heightIn(min = 56.dp).padding(start = 16.dp, end = 6.dp), verticalAlignment = Alignment.CenterVertically) {
            Text(offer.text(ui.words, ui.formats), Modifier.weight(1f).padding(vertical = 8.dp), style = MaterialTheme.typography.bodyMedium, maxLines = 3, overflow = TextOverflow.Ellipsis)
            TextButton(onUndo, Modifier.heightIn(min = Touch)) { Text(ui.words.commonUndo, color = MaterialTheme.colorScheme.inversePrimary) }
        }
    }
}

/** A thin line under the bar while something is read; nothing jumps when it is done. */
@Composable
fun LoadingLine(loading: Boolean) {
    val ui = LocalUi.current
    Box(Modifier.fillMaxWidth().heightIn(min = 4.dp)) {
        if (!loading) return@Box
        val named = Modifier.fillMaxWidth().semantics { contentDescription = ui.words.commonLoading }
        // Who asked for less movement gets a bar that stands still.
        if (ui.calm) LinearProgressIndicator({ 1f }, named) else LinearProgressIndicator(named)
    }
}

/** The button that does what the screen is for. As wide as the thumb wants it. */
@Composable
fun MainButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
    enabled: Boolean = true,
) {
    Button(onClick, modifier.heightIn(min = 56.dp), enabled = enabled, shape = MaterialTheme.shapes.medium) {
        if (icon != null) Icon(icon, null, Modifier.padding(end = 10.dp).size(22.dp))
        Text(text, style = MaterialTheme.typography.labelLarge, textAlign = TextAlign.Center)
    }
}

@Composable
fun SideButton(
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
    description: String? = null,
) {
    OutlinedButton(
        onClick,
        modifier.heightIn(min = Touch).then(if (description == null) Modifier else Modifier.semantics { contentDescription = description }),
        shape = MaterialTheme.shapes.medium,
    ) {
        if (icon != null) Icon(icon, null, Modifier.padding(end = 8.dp).size(20.dp))
        val plain = if (description == null) Modifier else Modifier.clearAndSetSemantics {}
        Text(text, plain, style = MaterialTheme.typography.labelLarge, textAlign = TextAlign.Center)
    }
}

/** Buttons beside each other that go to the next line where the font is large. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun Buttons(
    modifier: Modifier = Modifier,
    content: @Composable () -> Unit,
) {
    FlowRow(modifier, horizontalArrangement = Arrangement.spacedBy(8.dp), verticalArrangement = Arrangement.spacedBy(4.dp)) { content() }
}

/** A row that leads somewhere. */
@Composable
fun PlaceRow(
    icon: ImageVector,
    text: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    detail: String? = null,
    marked: Boolean = false,
) {
    Row(
        modifier
            .fillMaxWidth()
            .clickable(onClick = onClick)
            .heightIn(min = 60.dp)
            .padding(horizontal = Gap, vertical = 8.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Icon(icon, null, tint = MaterialTheme.colorScheme.primary)
        Column(Modifier.weight(1f).padding(horizontal = Gap)) {
            Text(text, style = MaterialTheme.typography.bodyLarge)
            if (detail != null) {
                Text(detail, style = MaterialTheme.typography.bodySmall, color = if (marked) LocalMarks.current.waiting else MaterialTheme.colorScheme.onSurfaceVariant)
            }
        }
        Icon(Icons.Forward, null, Modifier.size(18.dp), tint = MaterialTheme.colorScheme.outline)
    }
}

/** A scrolling page that is no wider than lines can be read. */
@Composable
fun Page(
    modifier: Modifier = Modifier,
    content: @Composable ColumnScope.() -> Unit,
) {
    Box(modifier.fillMaxSize(), contentAlignment = Alignment.TopCenter) {
        Column(Modifier.widthIn(max = 720.dp).fillMaxSize().verticalScroll(rememberScrollState())) {
            content()
            Spacer(Modifier.size(96.dp))
        }
    }
}
