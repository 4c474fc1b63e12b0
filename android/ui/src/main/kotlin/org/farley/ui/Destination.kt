package org.farley.ui

import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import org.farley.core.LinkTo
import org.farley.core.RecordRow
import org.farley.core.RelatedRow
import org.farley.model.ConflictsModel
import org.farley.model.FormModel
import org.farley.model.ListModel
import org.farley.model.Reach
import org.farley.model.RecordModel
import org.farley.model.RootModel
import org.farley.model.RootState
import org.farley.model.Route
import org.farley.model.SearchModel
import org.farley.model.SettingsModel
import org.farley.model.SyncModel
import org.farley.model.TasksModel
import org.farley.model.TextModel
import org.farley.model.TodayModel
import org.farley.model.VisitModel

/** Where a row leads: notes and visits have pages of their own. */
fun routeTo(
    kind: String,
    id: String,
): Route =
    when (kind) {
        "note" -> Route.Note(id)
        "visit" -> Route.Visit(id)
        else -> Route.Record(id)
    }

/** Joins a route, its model and its screen. The only place that knows all of them. */
@Composable
internal fun Destination(
    root: RootModel,
    state: RootState,
    route: Route,
    shell: Shell,
    wide: Boolean,
    onBack: (() -> Unit)?,
) {
    val back = onBack ?: { root.tabChosen(Route.Today) }
    val selected = selectedId(state).takeIf { wide }
    val open = { row: RecordRow -> root.openedBeside(routeTo(row.kind, row.id), wide) }
    val toTransfer = { root.opened(Route.Sync) }
    val openLink = { link: LinkTo -> root.opened(Route.Record(link.id)) }
    when (route) {
        Route.Today -> {
            val model = model<TodayModel>(root, route)
            TodayScreen(
                model,
                state.status,
                selected,
                TodayOn(
                    rowOpened = open,
                    ticked = { model.ticked(it) },
                    moved = { row, to -> model.moved(row, to) },
                    conflictsOpened = { root.opened(Route.Conflicts) },
                    transferOpened = toTransfer,
                    visitWanted = { root.opened(Route.New("visit")) },
                    taskWanted = { root.opened(Route.New("task")) },
                    undone = { model.undone() },
                    retried = { model.opened() },
                ),
            )
        }

        Route.Search -> {
            val model = model<SearchModel>(root, route)
            SearchScreen(model, state.status, selected, SearchOn({ model.typed(it) }, open, toTransfer))
        }

        is Route.Rows -> {
            Rows(root, state, route, selected, open, onBack)
        }

        Route.More -> {
            MoreContent(state.status, state.conflicts) { root.opened(it) }
        }

        Route.Conflicts -> {
            ConflictsScreen(model<ConflictsModel>(root, route), back) { root.opened(Route.Record(it.id)) }
        }

        Route.Sync -> {
            SyncScreen(
                model<SyncModel>(root, route),
                root.core.workspace
                    .identity()
                    .server,
                back,
            )
        }

        Route.Settings -> {
            Settings(model<SettingsModel>(root, route), shell, back)
        }

        is Route.Record -> {
            Record(root, route, shell, back)
        }

        is Route.Edit, is Route.New -> {
            FormScreen(model<FormModel>(root, route), back) { root.formSaved(it) }
        }

        is Route.Note -> {
            NoteScreen(model<TextModel>(root, route), back, openLink)
        }

        is Route.Visit -> {
            val model = model<VisitModel>(root, route)
            VisitScreen(model, root.core.clock, back, openLink, { root.opened(Route.Edit(route.id)) }) {
                val now = model.state.value
                now.planned?.let { shell.phone.calendar(now.title, it, "") }
            }
        }
    }
}

@Composable
private fun Rows(
    root: RootModel,
    state: RootState,
    route: Route.Rows,
    selected: String?,
    open: (RecordRow) -> Unit,
    onBack: (() -> Unit)?,
) {
    val toTransfer = { root.opened(Route.Sync) }
    if (route.kind == "task") {
        TasksScreen(model<TasksModel>(root, route), state.status, selected, open, toTransfer)
        return
    }
    val model = model<ListModel>(root, route)
    val onNew = { if (route.kind == "note") root.noteWanted(null) else root.opened(Route.New(route.kind)) }
    ListScreen(
        model,
        state.status,
        selected,
        ListOn(open, { model.searched(it) }, model::endReached, { onNew() }, toTransfer, { model.retried() }, onBack),
    )
}

@Composable
private fun Record(
    root: RootModel,
    route: Route.Record,
    shell: Shell,
    onBack: () -> Unit,
) {
    val model = model<RecordModel>(root, route)
    val state by model.state.collectAsState()
    var noApp by remember { mutableStateOf(false) }
    val self = { LinkTo(route.id, state.record?.title.orEmpty()) }
    RecordScreen(
        model,
        RecordOn(
            back = onBack,
            edited = { root.opened(Route.Edit(route.id)) },
            reached = { noApp = !reach(root, shell, self(), it) },
            noteWanted = { root.noteWanted(self()) },
            visitWanted = { root.visitWanted(self(), state.kind?.name.orEmpty()) },
            taskWanted = { root.taskWanted(self()) },
            opened = { root.opened(Route.Record(it.id)) },
            relatedOpened = { related: RelatedRow -> root.opened(routeTo(related.row.kind, related.row.id)) },
            historyWanted = { model.historyWanted(it) },
            historyClosed = model::historyClosed,
            conflictsOpened = { root.opened(Route.Conflicts) },
            shared = { model.cardWanted(shell.filePath("contact.vcf")) { path -> noApp = !shell.phone.shareFile(path, "text/vcard") } },
            removed = { model.removed() },
            restored = { model.restored() },
            undone = { model.undone() },
            retried = { model.opened() },
        ),
    )
    if (noApp) {
        val words = LocalUi.current.words
        AlertDialog({ noApp = false }, confirmButton = { TextButton({ noApp = false }) { Text(words.commonClose) } }, text = { Text(words.errorNoApp) })
    }
}

/** `false`: this phone has no app for it. */
private fun reach(
    root: RootModel,
    shell: Shell,
    about: LinkTo,
    reach: Reach,
): Boolean =
    when (reach.way) {
        Reach.Way.CALL -> shell.phone.dial(reach.target).also { if (it) root.callStarted(about, reach.target) }
        Reach.Way.MAIL -> shell.phone.mail(reach.target)
        Reach.Way.MAP -> shell.phone.map(reach.target)
        Reach.Way.WEB -> shell.phone.browse(reach.target)
    }

@Composable
private fun Settings(
    model: SettingsModel,
    shell: Shell,
    onBack: () -> Unit,
) {
    SettingsScreen(
        model,
        shell.version,
        shell.readText,
        SettingsOn(
            back = onBack,
            languageChosen = model::languageChosen,
            lockSwitched = model::lockSwitched,
            photoPlaceSwitched = model::photoPlaceSwitched,
            diagnosticsWanted = { model.diagnosticsWanted(shell.filePath("farley.txt")) },
            diagnosticsShared = {
                model.state.value.diagnostics
                    ?.let { shell.phone.shareFile(it, "text/plain") }
            },
            diagnosticsClosed = model::diagnosticsClosed,
        ),
    )
}

@Composable
private fun <M : AutoCloseable> model(
    root: RootModel,
    route: Route,
): M = remember(route) { root.model(route) }

/** What is open beside the list is marked in it. */
private fun selectedId(state: RootState): String? =
    when (val top = state.stack.top) {
        is Route.Record -> top.id
        is Route.Edit -> top.id
        is Route.Note -> top.id
        is Route.Visit -> top.id
        else -> null
    }
