package org.farley.ui

import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.unit.LayoutDirection
import org.farley.core.AuthorName
import org.farley.core.LabelData
import org.farley.model.inLanguage

@Composable
fun label(data: LabelData): String = data.inLanguage(LocalUi.current.language)

/** "Maren Brandt, Pixel 9"; a device the office has not named yet is an unknown one. */
@Composable
fun who(author: AuthorName): String {
    val known = listOfNotNull(author.person?.ifEmpty { null }, author.device?.ifEmpty { null })
    return known.joinToString(", ").ifEmpty { LocalUi.current.words.recordSomeone }
}

/** In a text that runs from right to left, a number or a name keeps its own direction. */
@Composable
fun isolated(text: String): String = if (LocalLayoutDirection.current == LayoutDirection.Rtl) "\u2068$text\u2069" else text
