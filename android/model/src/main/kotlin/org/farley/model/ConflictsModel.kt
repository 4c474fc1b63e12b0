package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.farley.core.ConflictData
import org.farley.core.VersionData

data class ConflictsState(
    val conflicts: List<ConflictData> = emptyList(),
    val loading: Boolean = true,
    val undo: UndoOffer? = null,
    val message: UserMessage? = null,
)

/** Fields with two versions: both values, who typed them, when; one tap takes one, undo takes it back. */
class ConflictsModel(
    core: Core,
) : Model<ConflictsState>(core, ConflictsState()) {
    private val questions = Latest()
    private var undoTimer: Job? = null

    init {
        scope.launch { core.changes.collect { read() } }
    }

    fun opened(): Job = read()

    fun taken(
        conflict: ConflictData,
        version: VersionData,
    ): Job =
        run {
            core.ask { settle(conflict.id, conflict.key, version.change) }
            if (version.shown) {
                // The value stays as it is: there is nothing that undo could bring back.
                show { it.copy(undo = null) }
                read()
                return@run
            }
            val offer = UndoOffer(conflict.id, Done.SETTLED, conflict.title, (state.value.undo?.number ?: 0) + 1)
            show { it.copy(undo = offer) }
            undoTimer?.cancel()
            undoTimer =
                scope.launch {
                    delay(UndoOffer.SHOW_MS)
                    show { if (it.undo == offer) it.copy(undo = null) else it }
                }
            read()
        }

    fun undone(): Job =
        run {
            val offer = state.value.undo ?: return@run
            show { it.copy(undo = null) }
            core.ask { undo(offer.recordId) }
            read()
        }

    override fun failed(message: UserMessage) = show { it.copy(loading = false, message = message) }

    private fun read(): Job {
        val question = questions.next()
        return run {
            val conflicts = core.ask { conflicts(LIMIT) }
            if (questions.isLatest(question)) show { it.copy(conflicts = conflicts, loading = false, message = null) }
        }
    }

    private companion object {
        const val LIMIT = 100u
    }
}
