package org.farley.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.farley.model.EnrolModel
import org.farley.model.EnrolState
import org.farley.model.linkErrorText

class EnrolOn(
    val linkTyped: (String) -> Unit = {},
    val linkLeft: () -> Unit = {},
    val deviceNamed: (String) -> Unit = {},
    val scanWanted: () -> Unit = {},
    val pasted: () -> Unit = {},
    val connected: () -> Unit = {},
    val cancelled: () -> Unit = {},
)

@Composable
fun EnrolScreen(
    model: EnrolModel,
    onScan: () -> Boolean,
    onPaste: () -> String?,
) {
    val state by model.state.collectAsState()
    EnrolContent(
        state,
        EnrolOn(
            model::linkTyped,
            model::linkLeft,
            model::deviceNamed,
            { if (!onScan()) model.scannerMissing() },
            { onPaste()?.let(model::linkArrived) },
            { model.connected() },
            model::cancelled,
        ),
    )
}

/** The first minutes: code or link, the server's name to look at, connect. */
@Composable
fun EnrolContent(
    state: EnrolState,
    on: EnrolOn = EnrolOn(),
) {
    val words = LocalUi.current.words
    Frame(title = words.enrolTitle, loading = state.busy) {
        Page {
            Column(Modifier.padding(horizontal = Gap, vertical = 8.dp), verticalArrangement = Arrangement.spacedBy(14.dp)) {
                Text(words.enrolIntro, style = MaterialTheme.typography.bodyLarge)
                MainButton(words.enrolScan, on.scanWanted, Modifier.fillMaxWidth(), icon = Icons.Code, enabled = !state.busy)
                if (state.noScanner) Text(words.permissionCameraDenied, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.error)
                Text(words.enrolOtherWay, style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
                Line(
                    words.enrolLink,
                    state.link,
                    on.linkTyped,
                    error = state.linkError?.let { linkErrorText(words, it) },
                    onLeft = on.linkLeft,
                    keyboard = KeyboardOptions(keyboardType = KeyboardType.Uri, autoCorrectEnabled = false),
                )
                SideButton(words.enrolPaste, on.pasted, icon = Icons.Paste)
            }
            state.server?.let { Remark(words.enrolLinkOk(it), icon = Icons.Check) }
            Column(Modifier.padding(horizontal = Gap, vertical = 8.dp), verticalArrangement = Arrangement.spacedBy(6.dp)) {
                Line(words.enrolDeviceName, state.deviceName, on.deviceNamed)
                Text(words.enrolDeviceNameHint, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
            }
            state.message?.let { MessageBar(it, onRetry = on.connected) }
            Column(Modifier.padding(Gap), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                if (state.busy) {
                    Text(words.enrolBusy, style = MaterialTheme.typography.bodyMedium)
                    SideButton(words.commonCancel, on.cancelled, Modifier.fillMaxWidth(), icon = Icons.Close)
                } else {
                    MainButton(words.enrolGo, on.connected, Modifier.fillMaxWidth(), enabled = state.link.isNotBlank())
                }
            }
        }
    }
}
