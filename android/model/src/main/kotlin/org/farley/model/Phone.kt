package org.farley.model

import org.farley.core.FieldValue

/**
 * What the screens ask of the phone they run on. The shell does it with intents; a phone without an app for it
 * answers `false`, and the screen says so in words.
 */
interface Phone {
    fun dial(number: String): Boolean

    fun message(number: String): Boolean

    fun mail(address: String): Boolean

    fun map(place: String): Boolean

    fun browse(address: String): Boolean

    fun calendar(
        title: String,
        period: FieldValue.Period,
        place: String,
    ): Boolean

    fun shareFile(
        path: String,
        type: String,
    ): Boolean

    /** Opens the camera for a QR code; what was read comes back like a link that was tapped. */
    fun scanCode(): Boolean

    fun clipboardText(): String?

    /** A short knock in the hand: done. */
    fun knock()
}
