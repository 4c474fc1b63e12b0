package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.farley.core.RecordRow

data class SearchState(
    val text: String = "",
    val rows: List<RecordRow> = emptyList(),
    /** The rows belong to this text; while it differs from [text], the answer is on its way. */
    val answered: String = "",
    val message: UserMessage? = null,
)

/** Search over everything, while typing. */
class SearchModel(
    core: Core,
) : Model<SearchState>(core, SearchState()) {
    private val questions = Latest()

    init {
        scope.launch { core.changes.collect { if (state.value.text.isNotBlank()) ask() } }
    }

    fun typed(text: String): Job? {
        show { it.copy(text = text) }
        return ask()
    }

    fun cleared() = typed("")

    override fun failed(message: UserMessage) = show { it.copy(message = message) }

    private fun ask(): Job? {
        val question = questions.next()
        val text = state.value.text
        if (text.isBlank()) {
            show { it.copy(rows = emptyList(), answered = text, message = null) }
            return null
        }
        return run {
            val rows = core.ask { page(Queries.search(text), null, ROWS).rows }
            // An answer to "bra" that comes after the one to "brandt" must not replace it.
            if (questions.isLatest(question)) show { it.copy(rows = rows, answered = text, message = null) }
        }
    }

    private companion object {
        const val ROWS = 50u
    }
}
