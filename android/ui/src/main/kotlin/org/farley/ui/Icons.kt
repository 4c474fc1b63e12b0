package org.farley.ui

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.PathParser
import androidx.compose.ui.unit.dp

/** The icons, drawn as lines two units wide on a field of 24: no icon library, the same strokes everywhere. */
object Icons {
    val Today = icon("today", "M4 6h16v14H4z M4 10h16 M8 3v4 M16 3v4 M8.5 15l2.5 2.5 4.5-4.5")
    val Search = icon("search", "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z M15.5 15.5L20.5 20.5")
    val Person = icon("person", "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8z M4.5 20.5c0-4 3.4-6 7.5-6s7.5 2 7.5 6")
    val Company = icon("company", "M4 20.5V4h10v16.5 M14 9h6v11.5 M2.5 20.5h19 M7.5 8h3 M7.5 12h3 M7.5 16h3 M17 13v0.1 M17 17v0.1")
    val Task = icon("task", "M4 4h16v16H4z M8 12.5l3 3 5.5-6.5")
    val Visit = icon("visit", "M6 21V3.5h12V21 M3.5 21h17 M14.5 12v1")
    val Note = icon("note", "M5 3.5h9.5L19 8v12.5H5z M14 3.5V8.5h5 M8.5 12.5h7 M8.5 16h5")
    val Comment = icon("comment", "M4 5h16v11h-9l-4 4v-4H4z")
    val More = icon("more", "M4 6.5h16 M4 12h16 M4 17.5h16")
    val Dots = icon("dots", "M12 5v0.1 M12 12v0.1 M12 19v0.1", width = 3f)
    val Back = icon("back", "M20 12H4.5 M11 5.5L4.5 12l6.5 6.5", mirrored = true)
    val Forward = icon("forward", "M9 5.5l6.5 6.5L9 18.5", mirrored = true)
    val Down = icon("down", "M5.5 9l6.5 6.5L18.5 9")
    val Up = icon("up", "M5.5 15.5L12 9l6.5 6.5")
    val Close = icon("close", "M6 6l12 12 M18 6L6 18")
    val Add = icon("add", "M12 4.5v15 M4.5 12h15")
    val Check = icon("check", "M4.5 12.5l5 5L19.5 7")
    val Call = icon("call", "M5 4h4l2 5-2.5 1.8a12 12 0 0 0 4.7 4.7L15 13l5 2v4c0 1-0.8 1.5-1.6 1.5C11 20.5 3.5 13 3.5 5.6C3.5 4.7 4 4 5 4z")
    val Mail = icon("mail", "M3.5 5.5h17v13h-17z M3.5 6.5l8.5 7 8.5-7")
    val Map = icon("map", "M12 21c4.5-5 6.8-8.3 6.8-11.2a6.8 6.8 0 1 0-13.6 0C5.2 12.7 7.5 16 12 21z M12 7.3a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5z")
    val Message = icon("message", "M3.5 5h17v11.5H12l-4.5 4v-4h-4z M8 9.5h8 M8 12.5h5")
    val Office = icon("office", "M6.5 19a4.5 4.5 0 0 1-0.5-9a6 6 0 0 1 11.5-1.5A5 5 0 0 1 17.5 19z M9 13.5l2.3 2.3 4-4")
    val Waiting = icon("waiting", "M6.5 19a4.5 4.5 0 0 1-0.5-9a6 6 0 0 1 11.5-1.5A5 5 0 0 1 17.5 19z M12 16v-5 M9.7 13l2.3-2.3 2.3 2.3")
    val Offline = icon("offline", "M6.5 19a4.5 4.5 0 0 1-0.5-9a6 6 0 0 1 11.5-1.5A5 5 0 0 1 17.5 19z M4 4l16 17")
    val Versions = icon("versions", "M4 4h11v11H4z M9 19.5h11V8.5")
    val Settings = icon("settings", "M4 7h9 M17.5 7H20 M4 17h2.5 M11 17h9 M15 4.7v4.6 M8.7 14.7v4.6")
    val Edit = icon("edit", "M4.5 19.5l1-4.5L16 4.5l3.5 3.5L9 18.5z M13.5 7l3.5 3.5")
    val Share = icon("share", "M12 15V3.5 M7.5 8L12 3.5 16.5 8 M5 12.5v8h14v-8")
    val Trash = icon("trash", "M4 6.5h16 M9 6.5v-3h6v3 M6 6.5l1 14h10l1-14 M10 10.5v6 M14 10.5v6")
    val Undo = icon("undo", "M8.5 4.5L4 9l4.5 4.5 M4 9h10a5.5 5.5 0 0 1 0 11h-4", mirrored = true)
    val Clock = icon("clock", "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17z M12 7.5V12l3 2.5")
    val Code = icon("code", "M4 4h6v6H4z M14 4h6v6h-6z M4 14h6v6H4z M14 14h2.5v2.5H14z M20 14v0.1 M20 20h-3 M20 17v0.1")
    val Paste = icon("paste", "M8 5H5v16h14V5h-3 M8.5 3h7v4h-7z")
    val Lock = icon("lock", "M5 10.5h14v10H5z M8 10.5V7.5a4 4 0 0 1 8 0v3 M12 14.5v2")
    val Send = icon("send", "M4 12L20.5 4.5 14 20.5 11.5 13.5z", mirrored = true)
    val Calendar = icon("calendar", "M4 6h16v14H4z M4 10h16 M8 3v4 M16 3v4 M12 12.5v5 M9.5 15h5")
    val Web = icon("web", "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17z M3.5 12h17 M12 3.5c3.5 3 3.5 14 0 17 M12 3.5c-3.5 3-3.5 14 0 17")
    val Warning = icon("warning", "M12 4L21.5 20.5h-19z M12 10v5 M12 17.8v0.1")
    val Record = icon("record", "M5 3.5h14v17H5z M8.5 8h7 M8.5 12h7 M8.5 16h4")

    private fun icon(
        name: String,
        path: String,
        width: Float = 2f,
        mirrored: Boolean = false,
    ): ImageVector =
        ImageVector
            .Builder(name, 24.dp, 24.dp, 24f, 24f, autoMirror = mirrored)
            .addPath(
                pathData = PathParser().parsePathString(path).toNodes(),
                stroke = SolidColor(Color.Black),
                strokeLineWidth = width,
                strokeLineCap = StrokeCap.Round,
                strokeLineJoin = StrokeJoin.Round,
            ).build()

    /** The icon of a kind; kinds this app has never heard of have one as well. */
    fun ofKind(kind: String): ImageVector =
        when (kind) {
            "contact" -> Person
            "company" -> Company
            "task" -> Task
            "visit" -> Visit
            "note" -> Note
            "comment" -> Comment
            else -> Record
        }
}
