package org.farley.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.consumeWindowInsets
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.NavigationBar
import androidx.compose.material3.NavigationBarDefaults
import androidx.compose.material3.NavigationBarItem
import androidx.compose.material3.NavigationRail
import androidx.compose.material3.NavigationRailItem
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.material3.VerticalDivider
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveableStateHolder
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.input.key.Key
import androidx.compose.ui.input.key.KeyEventType
import androidx.compose.ui.input.key.isCtrlPressed
import androidx.compose.ui.input.key.key
import androidx.compose.ui.input.key.onPreviewKeyEvent
import androidx.compose.ui.input.key.type
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.isTraversalGroup
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import org.farley.model.CallOffer
import org.farley.model.Formats
import org.farley.model.Phone
import org.farley.model.RootModel
import org.farley.model.RootState
import org.farley.model.Route
import org.farley.model.Words

/** What the shell knows and screens need: the phone's abilities and three facts. */
class Shell(
    val phone: Phone,
    val version: String,
    /** Where a report or a contact card is written before it is shared. */
    val filePath: (name: String) -> String,
    val readText: (path: String) -> String,
    val calm: Boolean = false,
)

/** The whole app behind enrolment: one pane on a phone, a list with what was chosen in it from 840 dp on. */
@Composable
fun RootScreen(
    root: RootModel,
    words: Words,
    formats: Formats,
    shell: Shell,
) {
    val state by root.state.collectAsState()
    val schema by root.core.schema.collectAsState()
    BoxWithConstraints(Modifier.fillMaxSize()) {
        val wide = maxWidth >= TWO_PANES
        val ui = remember(words, formats, schema, wide, shell.calm) { Ui(words, formats, schema, wide, shell.calm) }
        CompositionLocalProvider(LocalUi provides ui) {
            Surface(Modifier.fillMaxSize().onPreviewKeyEvent { shortcut(root, it.type, it.isCtrlPressed, it.key) }) {
                if (wide) Wide(root, state, shell) else Narrow(root, state, shell)
            }
        }
    }
}

private val TWO_PANES = 840.dp
private val LIST_PANE = 400.dp

@Composable
private fun Narrow(
    root: RootModel,
    state: RootState,
    shell: Shell,
) {
    val route = state.stack.top
    Column {
        // Forms and notes need the room for the thumb: the tabs come back with the way back.
        val tabs = !route.isDetail
        Box(Modifier.weight(1f).then(if (tabs) Modifier.consumeWindowInsets(NavigationBarDefaults.windowInsets) else Modifier)) {
            Pane(root, state, route, shell, wide = false, isRoot = !state.stack.canGoBack)
        }
        CallBar(root, state.call)
        if (tabs) {
            NavigationBar {
                for (tab in tabs(LocalUi.current.words)) {
                    NavigationBarItem(
                        selected = state.stack.root == tab.route,
                        onClick = { root.tabChosen(tab.route) },
                        icon = { Icon(tab.icon, null) },
                        label = { TabLabel(tab.name) },
                    )
                }
            }
        }
    }
}

@Composable
private fun Wide(
    root: RootModel,
    state: RootState,
    shell: Shell,
) {
    val panes = state.stack.panes(wide = true)
    val words = LocalUi.current.words
    Row {
        NavigationRail(Modifier.fillMaxHeight().verticalScroll(rememberScrollState())) {
            for (tab in tabs(words)) {
                NavigationRailItem(
                    selected = state.stack.root == tab.route,
                    onClick = { root.tabChosen(tab.route) },
                    icon = { Icon(tab.icon, null) },
                    label = { TabLabel(tab.name) },
                )
            }
        }
        VerticalDivider()
        Box(Modifier.width(LIST_PANE).fillMaxHeight().semantics { isTraversalGroup = true }) {
            Pane(root, state, panes.first, shell, wide = true, isRoot = panes.first == state.stack.root)
        }
        VerticalDivider()
        Column(Modifier.weight(1f).fillMaxHeight().semantics { isTraversalGroup = true }) {
            Box(Modifier.weight(1f)) {
                val second = panes.second
                if (second == null) {
                    EmptyState(Icons.Record, words.navPickOne, null)
                } else {
                    Pane(root, state, second, shell, wide = true, isRoot = false)
                }
            }
            CallBar(root, state.call)
        }
    }
}

/** One route, drawn. Where a list was scrolled to stays while its route is on the way. */
@Composable
private fun Pane(
    root: RootModel,
    state: RootState,
    route: Route,
    shell: Shell,
    wide: Boolean,
    isRoot: Boolean,
) {
    val holder = rememberSaveableStateHolder()
    holder.SaveableStateProvider(route.print()) {
        Destination(root, state, route, shell, wide, if (isRoot) null else ({ root.wentBack() }))
    }
}

/** First of three taps to a logged call. */
@Composable
private fun CallBar(
    root: RootModel,
    call: CallOffer?,
) {
    if (call?.endedAt == null) return
    CallBarContent(call.about.title, { root.callLogged() }, { root.callWavedAway() })
}

@Composable
fun CallBarContent(
    who: String,
    onLog: () -> Unit = {},
    onNotNow: () -> Unit = {},
) {
    val words = LocalUi.current.words
    Surface(
        Modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite },
        color = MaterialTheme.colorScheme.primaryContainer,
        contentColor = MaterialTheme.colorScheme.onPrimaryContainer,
    ) {
        Column(Modifier.padding(horizontal = Gap, vertical = 10.dp)) {
            Text(words.callOffer(who.ifEmpty { words.commonUntitled }), style = MaterialTheme.typography.titleSmall)
            Buttons(Modifier.padding(top = 6.dp)) {
                MainButton(words.callLog, onLog, icon = Icons.Note)
                TextButton(onNotNow, Modifier.heightIn(min = 56.dp)) { Text(words.callNotNow) }
            }
        }
    }
}

/** Five words share the width of a phone: they keep their size, and screen readers read them whole. */
@Composable
private fun TabLabel(name: String) {
    val size = with(LocalDensity.current) { TAB_LABEL.toSp() }
    Text(name, maxLines = 1, softWrap = false, overflow = TextOverflow.Ellipsis, fontSize = size, lineHeight = size * 1.3f)
}

private val TAB_LABEL = 12.dp

class Tab(
    val route: Route,
    val icon: ImageVector,
    val name: String,
)

fun tabs(words: Words): List<Tab> =
    listOf(
        Tab(Route.Today, Icons.Today, words.navToday),
        Tab(Route.Rows("contact"), Icons.Person, words.navContacts),
        Tab(Route.Search, Icons.Search, words.navSearch),
        Tab(Route.Rows("task"), Icons.Task, words.navTasks),
        Tab(Route.More, Icons.More, words.navMore),
    )

/** Keyboards of tablets: find, new, back. */
private fun shortcut(
    root: RootModel,
    type: KeyEventType,
    ctrl: Boolean,
    key: Key,
): Boolean {
    if (type != KeyEventType.KeyDown) return false
    return when {
        key == Key.Escape -> {
            root.wentBack()
        }

        ctrl && key == Key.F -> {
            root.tabChosen(Route.Search)
            true
        }

        ctrl && key == Key.N -> {
            root.opened(Route.New("contact"))
            true
        }

        else -> {
            false
        }
    }
}
