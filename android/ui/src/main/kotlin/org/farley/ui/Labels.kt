package org.farley.ui

import androidx.compose.runtime.Composable
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
