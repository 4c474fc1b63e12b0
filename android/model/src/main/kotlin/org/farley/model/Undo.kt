package org.farley.model

import java.time.LocalDate

/** What was just done and can be taken back: shown for [SHOW_MS], instead of asking beforehand. */
data class UndoOffer(
    val recordId: String,
    val what: Done,
    val title: String,
    /** Grows with every offer, so that the second of two equal ones is shown as well. */
    val number: Int,
    /** Where to it was moved. */
    val day: LocalDate? = null,
) {
    companion object {
        const val SHOW_MS = 8_000L
    }
}

enum class Done { TICKED, MOVED, SETTLED, REMOVED, RESTORED }
