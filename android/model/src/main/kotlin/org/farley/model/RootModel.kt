package org.farley.model

import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import org.farley.core.FarleyException
import org.farley.core.LinkTo
import org.farley.core.StatusData

data class RootState(
    val stack: BackStack = BackStack(),
    val status: StatusData,
    val conflicts: Long = 0,
    /** The person comes back from a call that began here. */
    val call: CallOffer? = null,
)

/** A call that was begun from a record, until it is logged or waved away. */
data class CallOffer(
    val about: LinkTo,
    val number: String,
    val startedAt: Long,
    /** `null` while the person is still away. */
    val endedAt: Long? = null,
)

/**
 * Where the person is, and the models of the screens on the way there. Lives as long as the process; turning the
 * phone or splitting the screen touches nothing here.
 */
class RootModel(
    val core: Core,
    val formats: Formats,
    private val settings: () -> SettingsModel,
    saved: String? = null,
) : AutoCloseable {
    private val held = MutableStateFlow(RootState(BackStack.parse(saved), core.status.value))
    private val models = LinkedHashMap<Route, AutoCloseable>()
    private val titles = HashMap<String, String>()
    private val life: Job

    val state: StateFlow<RootState> = held.asStateFlow()

    init {
        life =
            core.scope.launch {
                launch { core.status.collect { status -> held.update { it.copy(status = status) } } }
                launch {
                    readConflicts()
                    core.changes.collect { readConflicts() }
                }
            }
    }

    /** The whole way here as one string: what the shell writes down in case the process ends. */
    fun saved(): String = held.value.stack.print()

    fun opened(route: Route) = move { it.open(route) }

    /** A row was tapped in a list that has a pane beside it. */
    fun openedBeside(
        route: Route,
        wide: Boolean,
    ) = move { if (wide) it.openBeside(route) else it.open(route) }

    fun tabChosen(root: Route) = move { it.switchTo(root) }

    /** `false`: there is nothing to go back to, the app is left. */
    fun wentBack(): Boolean {
        if (!held.value.stack.canGoBack) return false
        move { it.back() }
        return true
    }

    /** A form was saved: its record takes the place of the form, or the page below it is shown again. */
    fun formSaved(id: String) =
        move { stack ->
            val below = stack.back()
            if (below.top == Route.Record(id)) below else stack.replaceTop(Route.Record(id))
        }

    fun noteWanted(about: LinkTo?): Route.Note {
        about?.let { remember(it) }
        return Route.Note(core.workspace.newId(), about?.id).also(::opened)
    }

    fun visitWanted(
        about: LinkTo,
        kind: String,
    ) {
        remember(about)
        opened(Route.Visit(core.workspace.newId(), about.id, kind))
    }

    fun taskWanted(about: LinkTo) {
        remember(about)
        opened(Route.New("task", about.id))
    }

    /** "Call" was tapped: the phone takes over; on the way back the app offers to log the call. */
    fun callStarted(
        about: LinkTo,
        number: String,
    ) = held.update { it.copy(call = CallOffer(about, number, core.clock.now())) }

    /** The app is in front again. */
    fun cameBack() =
        held.update { state ->
            val call = state.call ?: return@update state
            if (call.endedAt == null) state.copy(call = call.copy(endedAt = core.clock.now())) else state
        }

    /** First of three taps to a saved note: log, write, done. */
    fun callLogged() {
        val call = held.value.call ?: return
        held.update { it.copy(call = null) }
        remember(call.about)
        opened(Route.Note(core.workspace.newId(), call.about.id, call = true))
    }

    fun callWavedAway() = held.update { it.copy(call = null) }

    /** The model of a screen; made when it is first drawn, closed when its route leaves the way. */
    @Suppress("UNCHECKED_CAST")
    fun <M : AutoCloseable> model(route: Route): M = models.getOrPut(route) { make(route) } as M

    /** The app goes to the background: everything typed is on the disk before this returns. */
    suspend fun keep() {
        for (model in models.values.toList()) {
            when (model) {
                is FormModel -> model.keep()
                is TextModel -> model.keep()
                is VisitModel -> model.keep()
                is TasksModel -> model.keep()
            }
        }
    }

    override fun close() {
        life.cancel()
        models.values.forEach { it.close() }
        models.clear()
    }

    private fun move(change: (BackStack) -> BackStack) {
        held.update { it.copy(stack = change(it.stack)) }
        val kept =
            held.value.stack.routes
                .toSet()
        val left = models.keys.filterNot { it in kept }
        left.forEach { models.remove(it)?.close() }
    }

    private fun make(route: Route): AutoCloseable =
        when (route) {
            Route.Today -> TodayModel(core).also { it.opened() }
            Route.Search -> SearchModel(core)
            is Route.Rows -> if (route.kind == "task") TasksModel(core).also { it.opened() } else ListModel(core, route.kind).also { it.opened() }
            Route.More -> AutoCloseable { }
            Route.Conflicts -> ConflictsModel(core).also { it.opened() }
            Route.Sync -> SyncModel(core).also { it.opened() }
            Route.Settings -> settings()
            is Route.Record -> RecordModel(core, route.id).also { it.opened() }
            is Route.Edit -> FormModel(core, formats, route.id).also { it.opened() }
            is Route.New -> FormModel(core, formats, null, route.kind, link(route.about)).also { it.opened() }
            is Route.Note -> TextModel(core, route.id, link(route.about), route.call).also { it.opened() }
            is Route.Visit -> VisitModel(core, route.id, link(route.about), route.aboutKind).also { it.opened() }
        }

    private fun remember(about: LinkTo) {
        titles[about.id] = about.title
    }

    private fun link(id: String?): LinkTo? = id?.let { LinkTo(it, titles[it].orEmpty()) }

    private suspend fun readConflicts() {
        try {
            val count = core.ask { conflictCount() }.toLong()
            held.update { it.copy(conflicts = count) }
        } catch (error: FarleyException) {
            // The number on the badge stays as it was; the page itself says what is wrong.
            return
        } catch (closed: IllegalStateException) {
            return
        }
    }
}
