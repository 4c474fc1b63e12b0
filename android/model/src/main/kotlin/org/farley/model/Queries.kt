package org.farley.model

import org.farley.core.Condition
import org.farley.core.ConditionOp
import org.farley.core.RowQuery
import org.farley.core.SortKey

/** The questions that screens ask. Sorting, counting and searching are the core's. */
object Queries {
    fun search(
        text: String,
        kind: String? = null,
    ) = RowQuery(kind, text, emptyList(), emptyList(), false, SUBTITLE, null)

    /** The list of a kind, by name; with [text] in the order of relevance. */
    fun rows(
        kind: String,
        text: String,
        sort: List<SortKey>,
        columns: List<String>,
    ) = RowQuery(kind, text.ifBlank { null }, emptyList(), if (text.isBlank()) sort else emptyList(), false, columns, listName(kind))

    fun openTasks(columns: List<String>) =
        RowQuery(
            "task",
            null,
            listOf(Condition("status", ConditionOp.DIFFERS, listOf("done", "cancelled"))),
            listOf(SortKey("due", false)),
            false,
            columns,
            listName("task"),
        )

    fun doneTasks(columns: List<String>) = RowQuery("task", null, listOf(Condition("status", ConditionOp.EQUALS, listOf("done"))), listOf(SortKey("changed", true)), false, columns, null)

    /** Under which name the core remembers when a list was last looked at. */
    fun listName(kind: String) = "list:$kind"

    private val SUBTITLE = listOf("company", "phones", "emails", "planned", "due", "about")
}
