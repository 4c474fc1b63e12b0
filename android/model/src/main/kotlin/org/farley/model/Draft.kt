package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import org.farley.core.DraftData
import org.farley.core.EditData
import org.farley.core.FarleyException

/**
 * What a person typed and has not saved yet, kept in the core's database.
 *
 * Written at most [PAUSE_MS] after the first character that is not in it yet, and at once by [keep] (the app goes to
 * the background, the screen is left). Runs in the scope of the core: leaving the screen loses nothing.
 */
class Draft(
    private val core: Core,
    val name: String,
    private val edit: () -> EditData,
) {
    private val writing = Mutex()
    private var timer: Job? = null
    private var dirty = false

    /** Something was typed. */
    fun typed() {
        dirty = true
        if (timer?.isActive == true) return
        timer =
            core.scope.launch {
                delay(PAUSE_MS)
                keep()
            }
    }

    /** Writes now, if there is something to write. A full disk keeps it dirty: the next character tries again. */
    suspend fun keep() {
        writing.withLock {
            if (!dirty) return
            dirty = false
            val data = DraftData(name, edit(), core.clock.now())
            try {
                core.ask { saveDraft(data) }
            } catch (error: FarleyException) {
                dirty = true
                lastError = error
                return
            }
            lastError = null
        }
    }

    /** Why the last write failed, `null` if it did not. */
    @Volatile
    var lastError: FarleyException? = null
        private set

    suspend fun read(): DraftData? = core.ask { draft(name) }

    /** It was saved or thrown away. A write that waits behind this one finds nothing to write. */
    suspend fun drop() {
        writing.withLock {
            dirty = false
            core.ask { discardDraft(name) }
        }
    }

    companion object {
        const val PAUSE_MS = 300L

        fun edit(id: String) = "edit:$id"

        fun new(
            kind: String,
            about: String?,
        ) = if (about == null) "new:$kind" else "new:$kind:$about"

        fun note(id: String) = "note:$id"

        fun visit(id: String) = "visit:$id"
    }
}
