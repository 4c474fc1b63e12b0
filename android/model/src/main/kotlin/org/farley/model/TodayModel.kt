package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.farley.core.EditData
import org.farley.core.FieldValue
import org.farley.core.NamedValue
import org.farley.core.RecordRow
import java.time.DayOfWeek
import java.time.LocalDate
import java.time.temporal.TemporalAdjusters

data class TodayState(
    val day: LocalDate,
    val loading: Boolean = true,
    val overdue: List<RecordRow> = emptyList(),
    val due: List<RecordRow> = emptyList(),
    val visits: List<RecordRow> = emptyList(),
    val conflicts: Long = 0,
    val undo: UndoOffer? = null,
    val message: UserMessage? = null,
) {
    val isEmpty: Boolean get() = overdue.isEmpty() && due.isEmpty() && visits.isEmpty()
}

/** Where to a follow-up is moved with one tap. */
enum class MoveTo { TOMORROW, NEXT_WEEK }

/** What is to do today: overdue, due, visits. */
class TodayModel(
    core: Core,
) : Model<TodayState>(core, TodayState(core.clock.today())) {
    private val questions = Latest()
    private var undoTimer: Job? = null

    init {
        scope.launch { core.changes.collect { read() } }
    }

    fun opened(): Job = read()

    fun ticked(task: RecordRow): Job = change(task, "status", FieldValue.Text("done"), Done.TICKED)

    fun moved(
        task: RecordRow,
        to: MoveTo,
    ): Job {
        val today = core.clock.today()
        val day = if (to == MoveTo.TOMORROW) today.plusDays(1) else today.with(TemporalAdjusters.next(DayOfWeek.MONDAY))
        return change(task, "due", FieldValue.Text(day.toString()), Done.MOVED, day)
    }

    fun undone(): Job =
        run {
            val offer = state.value.undo ?: return@run
            show { it.copy(undo = null) }
            core.ask { undo(offer.recordId) }
            read()
        }

    fun undoDismissed() = show { it.copy(undo = null) }

    override fun failed(message: UserMessage) = show { it.copy(loading = false, message = message) }

    private fun read(): Job {
        val question = questions.next()
        return run {
            val day = core.clock.today()
            val rows = core.ask { today(day.toString()) }
            val conflicts = core.ask { conflictCount() }
            if (questions.isLatest(question)) {
                show { it.copy(day = day, loading = false, overdue = rows.overdue, due = rows.due, visits = rows.visits, conflicts = conflicts.toLong(), message = null) }
            }
        }
    }

    private fun change(
        task: RecordRow,
        field: String,
        value: FieldValue,
        done: Done,
        day: LocalDate? = null,
    ): Job =
        run {
            core.ask { apply(EditData(task.id, null, emptyList(), listOf(NamedValue(field, value)), emptyList(), emptyList())) }
            offerUndo(UndoOffer(task.id, done, task.title, (state.value.undo?.number ?: 0) + 1, day))
            read()
        }

    private fun offerUndo(offer: UndoOffer) {
        show { it.copy(undo = offer) }
        undoTimer?.cancel()
        undoTimer =
            scope.launch {
                delay(UndoOffer.SHOW_MS)
                show { if (it.undo == offer) it.copy(undo = null) else it }
            }
    }
}
