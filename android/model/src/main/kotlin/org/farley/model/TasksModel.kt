package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.farley.core.EditData
import org.farley.core.FieldValue
import org.farley.core.NamedValue
import org.farley.core.RecordRow

data class TasksState(
    val rows: List<RecordRow> = emptyList(),
    val done: List<RecordRow> = emptyList(),
    val showDone: Boolean = false,
    val loading: Boolean = true,
    val hasMore: Boolean = false,
    /** A new task in one line; it is due when the day in it says so. */
    val summary: String = "",
    val undo: UndoOffer? = null,
    val message: UserMessage? = null,
)

/** All open tasks by due day; one line is enough for a new one. */
class TasksModel(
    core: Core,
) : Model<TasksState>(core, TasksState()) {
    private val questions = Latest()
    private val draft = Draft(core, "line:task") { typedLine() }
    private var next: String? = null
    private var undoTimer: Job? = null
    private var paging: Job? = null

    init {
        scope.launch { core.changes.collect { if (it.much || "task" in it.kinds) read() } }
    }

    fun opened(): Job =
        run {
            val kept =
                draft
                    .read()
                    ?.edit
                    ?.set
                    ?.firstOrNull { it.field == "summary" }
                    ?.value
            if (kept is FieldValue.Text) show { it.copy(summary = kept.text) }
            read().join()
        }

    fun typed(summary: String) {
        show { it.copy(summary = summary) }
        draft.typed()
    }

    /** Follow-up without a form: what, and the day it says at its end ("Angebot Wieland Di"). Without one: tomorrow. */
    fun added(): Job =
        run {
            val summary = state.value.summary
            if (summary.isBlank()) return@run
            core.ask { apply(edit(summary)) }
            draft.drop()
            show { it.copy(summary = "") }
            read()
        }

    fun ticked(task: RecordRow): Job = setStatus(task, "done", Done.TICKED)

    fun reopened(task: RecordRow): Job = setStatus(task, "open", Done.RESTORED)

    fun undone(): Job =
        run {
            val offer = state.value.undo ?: return@run
            show { it.copy(undo = null) }
            core.ask { undo(offer.recordId) }
            read()
        }

    fun doneWanted(): Job {
        show { it.copy(showDone = !it.showDone) }
        return read()
    }

    fun endReached() {
        if (next == null || paging?.isActive == true) return
        val question = questions.next()
        paging =
            run {
                val page = core.ask { page(Queries.openTasks(COLUMNS), next, ListModel.PAGE) }
                if (!questions.isLatest(question)) return@run
                next = page.next
                show { it.copy(rows = it.rows + page.rows, hasMore = page.next != null) }
            }
    }

    suspend fun keep() = draft.keep()

    override fun failed(message: UserMessage) = show { it.copy(loading = false, message = message) }

    private fun setStatus(
        task: RecordRow,
        status: String,
        done: Done,
    ): Job =
        run {
            core.ask { apply(EditData(task.id, null, emptyList(), listOf(NamedValue("status", FieldValue.Text(status))), emptyList(), emptyList())) }
            val offer = UndoOffer(task.id, done, task.title, (state.value.undo?.number ?: 0) + 1)
            show { it.copy(undo = offer) }
            undoTimer?.cancel()
            undoTimer =
                scope.launch {
                    delay(UndoOffer.SHOW_MS)
                    show { if (it.undo == offer) it.copy(undo = null) else it }
                }
            read()
        }

    private fun read(): Job {
        val question = questions.next()
        return run {
            val page = core.ask { page(Queries.openTasks(COLUMNS), null, ListModel.PAGE) }
            val done = if (state.value.showDone) core.ask { page(Queries.doneTasks(COLUMNS), null, DONE_ROWS).rows } else emptyList()
            if (!questions.isLatest(question)) return@run
            next = page.next
            show { it.copy(rows = page.rows, done = done, loading = false, hasMore = page.next != null, message = null) }
        }
    }

    /** The line as it was typed, with the day still in it. */
    private fun typedLine() = EditData(null, "task", emptyList(), listOf(NamedValue("summary", FieldValue.Text(state.value.summary))), emptyList(), emptyList())

    private fun edit(line: String): EditData {
        val words = line.trim().split(' ')
        val day = words.takeIf { it.size > 1 }?.last()?.let { Days.read(it, core.clock.today()) }
        val summary = if (day == null) line.trim() else words.dropLast(1).joinToString(" ")
        val due = (day ?: core.clock.today().plusDays(1)).toString()
        val set =
            listOf(
                NamedValue("summary", FieldValue.Text(summary)),
                NamedValue("due", FieldValue.Text(due)),
                NamedValue("status", FieldValue.Text("open")),
                NamedValue("type", FieldValue.Text("follow_up")),
            )
        return EditData(null, "task", emptyList(), set, emptyList(), emptyList())
    }

    private companion object {
        val COLUMNS = listOf("due", "status", "priority", "about")
        const val DONE_ROWS = 50u
    }
}
