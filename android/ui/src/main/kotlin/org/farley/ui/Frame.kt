package org.farley.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.ExperimentalMaterial3Api
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Scaffold
import androidx.compose.material3.Text
import androidx.compose.material3.TopAppBar
import androidx.compose.material3.TopAppBarDefaults
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.isTraversalGroup
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.traversalIndex
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.style.TextOverflow
import org.farley.core.StatusData
import org.farley.model.UndoOffer
import org.farley.model.needsPerson

/**
 * What all screens have: a title that a screen reader announces as that of a pane, a way back, what is loading,
 * and the place of "undo" above everything else.
 */
@OptIn(ExperimentalMaterial3Api::class)
@Composable
fun Frame(
    title: String,
    onBack: (() -> Unit)? = null,
    loading: Boolean = false,
    actions: @Composable RowScope.() -> Unit = {},
    bottom: @Composable () -> Unit = {},
    floating: @Composable () -> Unit = {},
    undo: UndoOffer? = null,
    onUndo: () -> Unit = {},
    content: @Composable () -> Unit,
) {
    val words = LocalUi.current.words
    Scaffold(
        Modifier.semantics {
            paneTitle = title
            isTraversalGroup = true
        },
        topBar = {
            TopAppBar(
                title = {
                    Text(title, Modifier.semantics { heading() }, style = barTitle(), maxLines = 1, overflow = TextOverflow.Ellipsis)
                },
                navigationIcon = { if (onBack != null) IconAction(Icons.Back, words.commonBack, onBack) },
                actions = actions,
                colors = TopAppBarDefaults.topAppBarColors(containerColor = MaterialTheme.colorScheme.surface),
            )
        },
        bottomBar = bottom,
        floatingActionButton = { if (undo == null) floating() },
    ) { inner ->
        Box(Modifier.padding(inner).fillMaxSize()) {
            Column {
                LoadingLine(loading)
                content()
            }
            UndoBar(undo, onUndo, Modifier.align(Alignment.BottomCenter).semantics { traversalIndex = -1f })
        }
    }
}

/** A bar has one line: its title grows with the font of the phone as far as the line carries it. */
@Composable
private fun barTitle(): TextStyle {
    val style = MaterialTheme.typography.titleLarge
    val scale = LocalDensity.current.fontScale
    return if (scale <= MOST_SCALE) style else style.copy(fontSize = style.fontSize * (MOST_SCALE / scale), lineHeight = style.lineHeight * (MOST_SCALE / scale))
}

private const val MOST_SCALE = 1.25f

/** A button that is only an icon: at least 48 dp, and never without a name. */
@Composable
fun IconAction(
    icon: ImageVector,
    name: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
) {
    IconButton(onClick, modifier.size(Touch), enabled = enabled) { Icon(icon, name) }
}

/** How far the transfer is, in every top bar: a tap explains it. */
@Composable
fun TransferAction(
    status: StatusData,
    onClick: () -> Unit,
) {
    val words = LocalUi.current.words
    val pending = status.pending.toLong()
    val trouble = status.trouble?.needsPerson == true
    val name =
        when {
            trouble -> words.syncIconTrouble
            pending > 0 -> words.syncIconWaiting(pending)
            else -> words.syncIconOk
        }
    val icon =
        when {
            trouble -> Icons.Warning
            pending > 0 -> Icons.Waiting
            status.connected -> Icons.Office
            else -> Icons.Offline
        }
    val colors = MaterialTheme.colorScheme
    IconButton(onClick, Modifier.size(Touch)) {
        Icon(
            icon,
            name,
            tint =
                when {
                    trouble -> colors.error
                    pending > 0 -> LocalMarks.current.waiting
                    else -> colors.onSurfaceVariant
                },
        )
    }
}
