package org.farley.model

import kotlinx.coroutines.Job
import org.farley.core.Identity

/** What a person sets on this phone alone. Kept by the shell; nothing of it goes to the office. */
data class Preferences(
    /** `null`: as the phone is set. */
    val language: Language? = null,
    /** The app asks for finger, face or code of the phone. */
    val lock: Boolean = false,
    val keepPhotoPlace: Boolean = false,
)

/** Where [Preferences] are kept. */
interface PreferenceStore {
    fun load(): Preferences

    fun save(preferences: Preferences)
}

data class SettingsState(
    val preferences: Preferences,
    val identity: Identity,
    /** The phone has a finger, a face or a code to ask for. */
    val lockPossible: Boolean,
    /** Written and ready to be looked at before it is shared. */
    val diagnostics: String? = null,
    val message: UserMessage? = null,
)

class SettingsModel(
    core: Core,
    private val store: PreferenceStore,
    lockPossible: Boolean,
    private val changed: (Preferences) -> Unit = {},
) : Model<SettingsState>(core, SettingsState(store.load(), core.workspace.identity(), lockPossible)) {
    fun languageChosen(language: Language?) = set { it.copy(language = language) }

    fun lockSwitched(on: Boolean) = set { it.copy(lock = on && state.value.lockPossible) }

    fun photoPlaceSwitched(on: Boolean) = set { it.copy(keepPhotoPlace = on) }

    /** Writes a text without personal data to [path], to be shown first. */
    fun diagnosticsWanted(path: String): Job =
        run {
            core.ask { writeDiagnostics(path) }
            show { it.copy(diagnostics = path) }
        }

    fun diagnosticsClosed() = show { it.copy(diagnostics = null) }

    override fun failed(message: UserMessage) = show { it.copy(message = message) }

    private fun set(change: (Preferences) -> Preferences) {
        val next = change(state.value.preferences)
        store.save(next)
        show { it.copy(preferences = next) }
        changed(next)
    }
}
