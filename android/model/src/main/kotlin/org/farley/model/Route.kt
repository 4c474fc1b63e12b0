package org.farley.model

/** A place in the app. Printed and parsed: the back stack survives the end of the process as one string. */
sealed class Route {
    object Today : Route()

    object Search : Route()

    data class Rows(
        val kind: String,
    ) : Route()

    /** The places that have no tab of their own. */
    object More : Route()

    object Conflicts : Route()

    object Sync : Route()

    object Settings : Route()

    data class Record(
        val id: String,
    ) : Route()

    data class Edit(
        val id: String,
    ) : Route()

    data class New(
        val kind: String,
        val about: String? = null,
    ) : Route()

    /** A note: an existing one, or a new one about a record under an id that was given beforehand. */
    data class Note(
        val id: String,
        val about: String? = null,
        val call: Boolean = false,
    ) : Route()

    /** A visit, under an id given beforehand; [aboutKind] says which field of a new one holds [about]. */
    data class Visit(
        val id: String,
        val about: String? = null,
        val aboutKind: String? = null,
    ) : Route()

    /** Shows one thing beside a list: goes into the second pane where there are two. */
    val isDetail: Boolean
        get() = this is Record || this is Edit || this is New || this is Note || this is Visit

    fun print(): String =
        when (this) {
            Today -> "today"
            Search -> "search"
            is Rows -> "rows/$kind"
            More -> "more"
            Conflicts -> "conflicts"
            Sync -> "sync"
            Settings -> "settings"
            is Record -> "record/$id"
            is Edit -> "edit/$id"
            is New -> listOfNotNull("new", kind, about).joinToString("/")
            is Note -> listOfNotNull("note", id, about, "call".takeIf { call }).joinToString("/")
            is Visit -> listOfNotNull("visit", id, about, aboutKind).joinToString("/")
        }

    companion object {
        /** `null` for everything that [print] does not write: a saved string may be of another version, or hostile. */
        fun parse(text: String): Route? {
            val parts = text.split('/')
            if (parts.drop(1).any { !isName(it) }) return null
            val one = parts.getOrNull(1)
            return when (parts[0]) {
                "today" -> Today.takeIf { parts.size == 1 }
                "search" -> Search.takeIf { parts.size == 1 }
                "more" -> More.takeIf { parts.size == 1 }
                "conflicts" -> Conflicts.takeIf { parts.size == 1 }
                "sync" -> Sync.takeIf { parts.size == 1 }
                "settings" -> Settings.takeIf { parts.size == 1 }
                "rows" -> one?.takeIf { parts.size == 2 }?.let(::Rows)
                "record" -> one?.takeIf { parts.size == 2 }?.let(::Record)
                "edit" -> one?.takeIf { parts.size == 2 }?.let(::Edit)
                "new" -> one?.takeIf { parts.size <= 3 }?.let { New(it, parts.getOrNull(2)) }
                "visit" -> one?.takeIf { parts.size <= 4 }?.let { Visit(it, parts.getOrNull(2), parts.getOrNull(3)) }
                "note" -> one?.takeIf { parts.size <= 4 }?.let { note(it, parts) }
                else -> null
            }
        }

        private fun note(
            id: String,
            parts: List<String>,
        ): Route? {
            val call = parts.getOrNull(3)
            if (call != null && call != "call") return null
            return Note(id, parts.getOrNull(2), call != null)
        }

        private fun isName(text: String) = text.length in 1..MAX_NAME && text.all { it in 'a'..'z' || it in '0'..'9' || it == '-' || it == '_' }

        private const val MAX_NAME = 64
    }
}

/** Which routes are drawn: one on a phone, a list with what was chosen in it on a tablet. */
data class Panes(
    val first: Route,
    val second: Route?,
)

/** The way here. Never empty: its first route is one of the tabs. */
data class BackStack(
    val routes: List<Route> = listOf(Route.Today),
) {
    val top: Route get() = routes.last()
    val root: Route get() = routes.first()
    val canGoBack: Boolean get() = routes.size > 1

    fun open(route: Route): BackStack = if (route == top) this else copy(routes = shorten(routes + route))

    /** In two panes a row replaces what is beside the list; nobody walks back through twenty contacts. */
    fun openBeside(route: Route): BackStack = copy(routes = routes.filterNot { it.isDetail } + route)

    fun back(): BackStack = if (canGoBack) copy(routes = routes.dropLast(1)) else this

    fun switchTo(root: Route): BackStack = BackStack(listOf(root))

    /** The record is gone, or a new one was saved under its id. */
    fun replaceTop(route: Route): BackStack = copy(routes = routes.dropLast(1) + route)

    fun panes(wide: Boolean): Panes {
        if (!wide || !top.isDetail) return Panes(top, null)
        val list = routes.lastOrNull { !it.isDetail } ?: Route.Today
        return Panes(list, top)
    }

    fun print(): String = routes.joinToString(" ") { it.print() }

    companion object {
        private const val MAX_DEPTH = 20

        /** Keeps what can be read and begins at Today if nothing can. */
        fun parse(text: String?): BackStack {
            val routes =
                text
                    .orEmpty()
                    .take(MAX_LENGTH)
                    .split(' ')
                    .mapNotNull(Route::parse)
            val first = routes.firstOrNull() ?: return BackStack()
            return BackStack(shorten(if (first.isDetail) listOf(Route.Today) + routes else routes))
        }

        /** The way back to the first page stays, whatever lies between. */
        private fun shorten(routes: List<Route>): List<Route> = if (routes.size <= MAX_DEPTH) routes else listOf(routes.first()) + routes.takeLast(MAX_DEPTH - 1)

        private const val MAX_LENGTH = 4_000
    }
}
