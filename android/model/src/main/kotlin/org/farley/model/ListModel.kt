package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.farley.core.FarleyException
import org.farley.core.RecordRow
import org.farley.core.RowQuery
import org.farley.core.SortKey

data class ListState(
    val kind: String,
    val rows: List<RecordRow> = emptyList(),
    val count: Long? = null,
    val text: String = "",
    val loading: Boolean = true,
    val hasMore: Boolean = false,
    val message: UserMessage? = null,
)

/** The records of a kind, page by page; what changed since the list was last looked at is marked. */
class ListModel(
    core: Core,
    private val kind: String,
) : Model<ListState>(core, ListState(kind)) {
    private val questions = Latest()
    private var next: String? = null
    private var paging: Job? = null

    init {
        scope.launch { core.changes.collect { if (it.much || kind in it.kinds) refresh() } }
    }

    fun opened(): Job = ask(PAGE)

    fun searched(text: String): Job {
        show { it.copy(text = text) }
        return ask(PAGE)
    }

    /** The person came near the end of what is loaded. */
    fun endReached() {
        if (next == null || paging?.isActive == true) return
        val question = questions.next()
        paging =
            run {
                val cursor = next ?: return@run
                val page = core.ask { page(query(), cursor, PAGE) }
                if (!questions.isLatest(question)) return@run
                next = page.next
                show { it.copy(rows = it.rows + page.rows, hasMore = page.next != null) }
            }
    }

    fun retried(): Job = ask(PAGE)

    /** Everything in this list counts as seen once it is left. */
    override fun close() {
        core.scope.launch {
            try {
                core.ask { markSeen(Queries.listName(kind)) }
            } catch (error: FarleyException) {
                // A list that stays "new" is a smaller harm than an app that fails on leaving.
                return@launch
            } catch (closed: IllegalStateException) {
                return@launch
            }
        }
        super.close()
    }

    override fun failed(message: UserMessage) = show { it.copy(loading = false, message = message) }

    /** Reads again as many rows as are shown, so that the place in the list stays. */
    private fun refresh() =
        ask(
            maxOf(
                PAGE,
                state.value.rows.size
                    .toUInt(),
            ),
        )

    private fun ask(wanted: UInt): Job {
        val question = questions.next()
        return run {
            val query = query()
            val rows = ArrayList<RecordRow>()
            var cursor: String? = null
            do {
                val page = core.ask { page(query, cursor, PAGE) }
                rows += page.rows
                cursor = page.next
            } while (cursor != null && rows.size.toUInt() < wanted && questions.isLatest(question))
            val count = core.ask { count(query) }
            if (!questions.isLatest(question)) return@run
            next = cursor
            show { it.copy(rows = rows, count = count.toLong(), loading = false, hasMore = cursor != null, message = null) }
        }
    }

    private fun query(): RowQuery {
        val info = core.schema.value.kind(kind)
        val columns = info?.columns.orEmpty()
        val sort = SORT[kind] ?: listOf(SortKey("title", false))
        return Queries.rows(kind, state.value.text, sort, columns)
    }

    companion object {
        const val PAGE = 60u

        /** A name is sought by the family name first; everything else by what its title begins with. */
        private val SORT = mapOf("contact" to listOf(SortKey("family_name", false), SortKey("given_name", false)), "visit" to listOf(SortKey("planned", true)))
    }
}
