package org.farley.model

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.farley.core.CancelHandle
import org.farley.core.FarleyException
import org.farley.core.SecretStore
import org.farley.core.Workspace
import org.farley.core.readLink

data class EnrolState(
    val link: String = "",
    /** The office that the link leads to; shown before anything is sent there. */
    val server: String? = null,
    val deviceName: String = "",
    val busy: Boolean = false,
    /** Code of what is wrong with the link. */
    val linkError: String? = null,
    /** Nothing on this phone reads codes: the link is pasted. */
    val noScanner: Boolean = false,
    val message: UserMessage? = null,
)

/** Where an enrolled device keeps its things, and what it says about itself. */
class Place(
    val folder: String,
    val app: String,
    val platform: String,
    val secrets: SecretStore,
)

/**
 * Connects this phone with the office: by QR code, by a link that was tapped or by one that was typed.
 *
 * The text may come from a poster at a bus stop. It is read by the core ([readLink]), never here, and nothing is sent
 * before the person has seen the name of the server and said yes.
 */
class EnrolModel(
    private val scope: CoroutineScope,
    private val place: Place,
    deviceName: String,
    private val io: CoroutineDispatcher = Dispatchers.IO,
    private val enrolled: (Workspace) -> Unit,
) {
    private val held = MutableStateFlow(EnrolState(deviceName = deviceName))
    private var cancel: CancelHandle? = null

    val state: StateFlow<EnrolState> = held.asStateFlow()

    /** A QR code was read or a link was opened: the whole text at once. */
    fun linkArrived(text: String) = read(text.take(MAX_LINK), strict = true)

    /** While typing, an unfinished link is no error yet. */
    fun linkTyped(text: String) = read(text.take(MAX_LINK), strict = false)

    fun linkLeft() = read(held.value.link, strict = held.value.link.isNotBlank())

    fun scannerMissing() = held.update { it.copy(noScanner = true) }

    fun deviceNamed(name: String) = held.update { it.copy(deviceName = name.take(MAX_NAME)) }

    fun connected(): Job? {
        val now = held.value
        if (now.busy) return null
        if (now.server == null) {
            read(now.link, strict = true)
            return null
        }
        val handle = CancelHandle()
        cancel = handle
        held.update { it.copy(busy = true, message = null) }
        return scope.launch {
            try {
                val name = now.deviceName.ifBlank { place.platform }
                val workspace =
                    withContext(io) { Workspace.enrol(place.folder, now.link.trim(), name, place.platform, place.app, place.secrets, handle) }
                enrolled(workspace)
            } catch (stopped: CancellationException) {
                throw stopped
            } catch (error: FarleyException) {
                held.update { it.copy(message = UserMessage.of(error)) }
            } finally {
                held.update { it.copy(busy = false) }
                cancel = null
                handle.close()
            }
        }
    }

    fun cancelled() {
        cancel?.cancel()
    }

    private fun read(
        text: String,
        strict: Boolean,
    ) {
        val trimmed = text.trim()
        if (trimmed.isEmpty()) {
            held.update { it.copy(link = text, server = null, linkError = if (strict) NOT_A_LINK else null) }
            return
        }
        try {
            val info = readLink(trimmed)
            held.update { it.copy(link = text, server = info.server, linkError = null, message = null) }
        } catch (error: FarleyException.Invalid) {
            held.update { it.copy(link = text, server = null, linkError = error.reason.takeIf { strict }) }
        }
    }

    private companion object {
        /** A QR code holds at most 4,296 characters. */
        const val MAX_LINK = 4_296
        const val MAX_NAME = 80
        const val NOT_A_LINK = "not_a_link"
    }
}
