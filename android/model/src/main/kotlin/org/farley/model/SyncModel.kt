package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.farley.core.CancelHandle
import org.farley.core.StatusData
import org.farley.core.SyncSummary

data class SyncState(
    val status: StatusData,
    /** A transfer that the person asked for is running. */
    val busy: Boolean = false,
    val last: SyncSummary? = null,
    val message: UserMessage? = null,
)

/** What the office has, what waits here since when, and "transfer now". Being offline is no error: it says since when. */
class SyncModel(
    core: Core,
) : Model<SyncState>(core, SyncState(core.status.value)) {
    private var cancel: CancelHandle? = null

    init {
        scope.launch { core.status.collect { status -> show { it.copy(status = status) } } }
    }

    fun opened(): Job = run { core.readStatus() }

    fun syncWanted(): Job {
        if (state.value.busy) return run { }
        val handle = CancelHandle()
        cancel = handle
        show { it.copy(busy = true, message = null, last = null) }
        return run {
            try {
                val summary = core.ask { syncOnce(LIMIT_MS, handle) }
                show { it.copy(last = summary) }
            } finally {
                show { it.copy(busy = false) }
                cancel = null
                handle.close()
            }
            core.readStatus()
        }
    }

    fun cancelled() {
        cancel?.cancel()
    }

    fun airplaneSwitched(on: Boolean): Job =
        run {
            core.ask { setAirplane(on) }
            core.readStatus()
        }

    override fun failed(message: UserMessage) = show { it.copy(busy = false, message = message) }

    private companion object {
        const val LIMIT_MS = 60_000uL
    }
}
