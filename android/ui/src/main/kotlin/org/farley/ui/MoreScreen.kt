package org.farley.ui

import androidx.compose.runtime.Composable
import org.farley.core.StatusData
import org.farley.model.Route

/** The places without a tab of their own, each with what is to be known before going there. */
@Composable
fun MoreContent(
    status: StatusData,
    conflicts: Long,
    onOpened: (Route) -> Unit = {},
) {
    val words = LocalUi.current.words
    Frame(title = words.navMore) {
        Page {
            PlaceRow(Icons.Company, words.navCompanies, { onOpened(Route.Rows("company")) })
            PlaceRow(Icons.Visit, words.navVisits, { onOpened(Route.Rows("visit")) })
            PlaceRow(Icons.Note, words.navNotes, { onOpened(Route.Rows("note")) })
            PlaceRow(
                Icons.Versions,
                words.navConflicts,
                { onOpened(Route.Conflicts) },
                detail = if (conflicts > 0) words.conflictCount(conflicts) else words.conflictEmpty,
                marked = conflicts > 0,
            )
            val pending = status.pending.toLong()
            PlaceRow(
                if (pending > 0) Icons.Waiting else Icons.Office,
                words.navSync,
                { onOpened(Route.Sync) },
                detail = if (pending > 0) words.syncWaiting(pending) else words.syncAllSent,
                marked = pending > 0,
            )
            PlaceRow(Icons.Settings, words.navSettings, { onOpened(Route.Settings) })
        }
    }
}
