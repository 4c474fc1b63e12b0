package org.farley.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.selection.toggleable
import androidx.compose.material3.Icon
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.farley.core.CarrierName
import org.farley.core.StatusData
import org.farley.model.SyncModel
import org.farley.model.SyncState
import org.farley.model.needsPerson
import org.farley.model.text
import kotlin.math.abs

class SyncOn(
    val back: (() -> Unit)? = {},
    val syncWanted: () -> Unit = {},
    val cancelled: () -> Unit = {},
    val airplaneSwitched: (Boolean) -> Unit = {},
)

@Composable
fun SyncScreen(
    model: SyncModel,
    server: String,
    onBack: (() -> Unit)?,
) {
    val state by model.state.collectAsState()
    SyncContent(state, server, SyncOn(onBack, { model.syncWanted() }, model::cancelled) { model.airplaneSwitched(it) })
}

/** What the office has, what waits, since when. Being without network is a state, not an error. */
@Composable
fun SyncContent(
    state: SyncState,
    server: String,
    on: SyncOn = SyncOn(),
) {
    val ui = LocalUi.current
    val words = ui.words
    val status = state.status
    Frame(title = words.syncTitle, onBack = on.back, loading = state.busy) {
        state.message?.let { MessageBar(it, onRetry = on.syncWanted) }
        Page {
            Verdict(status)
            status.trouble?.takeIf { it.needsPerson }?.let { Trouble(it.text(words)) }
            val minutes = abs(status.clockSkewMs) / MINUTE
            if (minutes >= CLOCK_TOLERANCE) Trouble(words.syncClockOff(minutes))
            if (status.filling) Filling(status)
            Column(Modifier.padding(Gap), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                if (state.busy) {
                    MainButton(words.commonCancel, on.cancelled, Modifier.fillMaxWidth(), icon = Icons.Close)
                } else {
                    MainButton(words.syncNow, on.syncWanted, Modifier.fillMaxWidth(), icon = Icons.Waiting, enabled = !status.airplane)
                }
                state.last?.let { last ->
                    val text = if (last.up + last.down == 0uL) words.syncUpToDate else words.syncSent(last.up.toLong(), last.down.toLong())
                    Text(text, Modifier.semantics { liveRegion = LiveRegionMode.Polite }, style = MaterialTheme.typography.bodyMedium)
                }
            }
            Details(status, server)
            Airplane(status, on)
        }
    }
}

@Composable
private fun Verdict(status: StatusData) {
    val ui = LocalUi.current
    val words = ui.words
    val pending = status.pending.toLong()
    val waiting = pending > 0
    val marks = LocalMarks.current
    Surface(
        Modifier.fillMaxWidth().padding(Gap).semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        shape = MaterialTheme.shapes.large,
        color = if (waiting) marks.waitingBack else MaterialTheme.colorScheme.primaryContainer,
        contentColor = if (waiting) marks.waiting else MaterialTheme.colorScheme.onPrimaryContainer,
    ) {
        Row(Modifier.padding(18.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(if (waiting) Icons.Waiting else Icons.Office, null, Modifier.size(36.dp))
            Column(Modifier.padding(start = 16.dp), verticalArrangement = Arrangement.spacedBy(4.dp)) {
                Text(if (waiting) words.syncWaiting(pending) else words.syncAllSent, style = MaterialTheme.typography.titleMedium)
                status.pendingSince?.takeIf { waiting }?.let { Text(words.syncOldest(ui.formats.moment(it)), style = MaterialTheme.typography.bodyMedium) }
                if (waiting) Text(words.syncSafeHere, style = MaterialTheme.typography.bodyMedium)
            }
        }
    }
}

@Composable
private fun Filling(status: StatusData) {
    val words = LocalUi.current.words
    Column(Modifier.padding(horizontal = Gap, vertical = 8.dp), verticalArrangement = Arrangement.spacedBy(6.dp)) {
        Text(words.enrolFilling(status.leftRecords.toLong()), style = MaterialTheme.typography.bodyMedium)
        LinearProgressIndicator(Modifier.fillMaxWidth())
    }
}

@Composable
private fun Trouble(text: String) {
    Surface(
        Modifier.fillMaxWidth().padding(horizontal = Gap, vertical = 6.dp).semantics { liveRegion = LiveRegionMode.Polite },
        shape = MaterialTheme.shapes.medium,
        color = MaterialTheme.colorScheme.errorContainer,
        contentColor = MaterialTheme.colorScheme.onErrorContainer,
    ) {
        Row(Modifier.padding(14.dp), verticalAlignment = Alignment.CenterVertically) {
            Icon(Icons.Warning, null)
            Text(text, Modifier.padding(start = 12.dp), style = MaterialTheme.typography.bodyMedium)
        }
    }
}

@Composable
private fun Details(
    status: StatusData,
    server: String,
) {
    val ui = LocalUi.current
    val words = ui.words
    val last = status.lastContact
    val connection =
        when {
            status.airplane -> words.syncAirplane
            status.connected -> words.syncConnected
            last != null -> words.syncOfflineSince(ui.formats.moment(last))
            else -> words.syncNever
        }
    Detail(words.syncTitle, connection)
    status.carrier?.let { Detail(words.syncWay, if (it == CarrierName.QUIC) words.syncQuic else words.syncWebsocket) }
    if (!status.connected) status.nextTry?.let { Detail(words.commonRetry, words.syncNextTry(ui.formats.time(it))) }
    Detail(words.syncServer, server)
}

@Composable
fun Detail(
    name: String,
    value: String,
) {
    Column(
        Modifier
            .fillMaxWidth()
            .heightIn(min = Touch)
            .padding(horizontal = Gap, vertical = 6.dp)
            .semantics(mergeDescendants = true) {},
    ) {
        Text(name, style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
        Text(value, style = MaterialTheme.typography.bodyLarge)
    }
}

@Composable
private fun Airplane(
    status: StatusData,
    on: SyncOn,
) {
    val words = LocalUi.current.words
    SwitchRow(words.syncAirplaneSwitch, words.syncAirplaneHint, status.airplane, true, on.airplaneSwitched)
}

/** A switch whose whole line is the target. */
@Composable
fun SwitchRow(
    text: String,
    hint: String?,
    on: Boolean,
    enabled: Boolean,
    onSwitch: (Boolean) -> Unit,
) {
    Row(
        Modifier
            .fillMaxWidth()
            .toggleable(on, enabled = enabled, role = Role.Switch, onValueChange = onSwitch)
            .heightIn(min = 60.dp)
            .padding(horizontal = Gap, vertical = 8.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Column(Modifier.weight(1f).padding(end = 12.dp)) {
            Text(text, style = MaterialTheme.typography.bodyLarge)
            if (hint != null) Text(hint, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
        }
        Switch(on, null, enabled = enabled)
    }
}

private const val MINUTE = 60_000L
private const val CLOCK_TOLERANCE = 5L
