package org.farley.ui

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.unit.dp
import org.farley.model.Language
import org.farley.model.SettingsModel
import org.farley.model.SettingsState

class SettingsOn(
    val back: (() -> Unit)? = {},
    val languageChosen: (Language?) -> Unit = {},
    val lockSwitched: (Boolean) -> Unit = {},
    val photoPlaceSwitched: (Boolean) -> Unit = {},
    val diagnosticsWanted: () -> Unit = {},
    val diagnosticsShared: () -> Unit = {},
    val diagnosticsClosed: () -> Unit = {},
)

@Composable
fun SettingsScreen(
    model: SettingsModel,
    version: String,
    readReport: (String) -> String,
    on: SettingsOn,
) {
    val state by model.state.collectAsState()
    SettingsContent(state, version, state.diagnostics?.let(readReport), on)
}

@Composable
fun SettingsContent(
    state: SettingsState,
    version: String,
    report: String? = null,
    on: SettingsOn = SettingsOn(),
) {
    val words = LocalUi.current.words
    Frame(title = words.settingsTitle, onBack = on.back) {
        state.message?.let { MessageBar(it, onRetry = on.diagnosticsWanted) }
        Page {
            Heading(words.settingsLanguage)
            Column(Modifier.selectableGroup()) {
                Radio(words.settingsLanguageSystem, state.preferences.language == null) { on.languageChosen(null) }
                Radio(words.settingsGerman, state.preferences.language == Language.DE) { on.languageChosen(Language.DE) }
                Radio(words.settingsEnglish, state.preferences.language == Language.EN) { on.languageChosen(Language.EN) }
            }
            SwitchRow(
                words.settingsLock,
                if (state.lockPossible) words.settingsLockHint else words.settingsLockUnavailable,
                state.preferences.lock,
                state.lockPossible,
                on.lockSwitched,
            )
            SwitchRow(words.settingsPhotoPlace, words.settingsPhotoPlaceHint, state.preferences.keepPhotoPlace, true, on.photoPlaceSwitched)
            Heading(words.settingsDevice)
            Detail(words.settingsWorkspace, state.identity.workspaceName)
            Detail(words.settingsServer, state.identity.server)
            Detail(words.settingsDeviceId, state.identity.deviceId)
            Text(words.settingsVersion(version), Modifier.padding(horizontal = Gap), style = MaterialTheme.typography.bodyMedium)
            Heading(words.settingsDiagnostics)
            Text(words.settingsDiagnosticsHint, Modifier.padding(horizontal = Gap), style = MaterialTheme.typography.bodyMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)
            SideButton(words.settingsDiagnosticsMake, on.diagnosticsWanted, Modifier.padding(Gap).fillMaxWidth())
        }
    }
    if (report != null) Report(report, on)
}

/** Seen first, then shared. */
@Composable
private fun Report(
    text: String,
    on: SettingsOn,
) {
    val words = LocalUi.current.words
    AlertDialog(
        on.diagnosticsClosed,
        confirmButton = { TextButton(on.diagnosticsShared, Modifier.heightIn(min = Touch)) { Text(words.settingsDiagnosticsShare) } },
        dismissButton = { TextButton(on.diagnosticsClosed, Modifier.heightIn(min = Touch)) { Text(words.commonClose) } },
        title = { Text(words.settingsDiagnostics, style = MaterialTheme.typography.titleMedium) },
        text = { Text(text, Modifier.heightIn(max = 400.dp).verticalScroll(rememberScrollState()), style = MaterialTheme.typography.bodySmall) },
    )
}

@Composable
private fun Radio(
    text: String,
    chosen: Boolean,
    onChoose: () -> Unit,
) {
    Row(
        Modifier
            .fillMaxWidth()
            .selectable(chosen, role = Role.RadioButton, onClick = onChoose)
            .heightIn(min = 56.dp)
            .padding(horizontal = Gap),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        RadioButton(chosen, null)
        Text(text, Modifier.padding(start = Gap), style = MaterialTheme.typography.bodyLarge)
    }
}
