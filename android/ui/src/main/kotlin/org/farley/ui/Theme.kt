package org.farley.ui

import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Shapes
import androidx.compose.material3.Typography
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import org.farley.model.Formats
import org.farley.model.Language
import org.farley.model.Schema
import org.farley.model.ValueText
import org.farley.model.Words

/** What every screen needs to say something: words, formats, the schema of the company. */
class Ui(
    val words: Words,
    val formats: Formats,
    val schema: Schema,
    /** Room for two panes. */
    val wide: Boolean = false,
    /** The person asked the phone for less movement. */
    val calm: Boolean = false,
) {
    val language: Language get() = formats.language
    val values = ValueText(schema, formats, words.commonYes, words.commonNo)
}

val LocalUi = staticCompositionLocalOf<Ui> { error("no Ui around this screen") }

/** Colours beyond Material's roles: the mark "not sent yet" and the dot "new" must differ from errors. */
class Marks(
    val waiting: Color,
    val waitingBack: Color,
    val fresh: Color,
    val done: Color,
)

val LocalMarks = staticCompositionLocalOf { lightMarks }

/** Light: made for the sun, body text at least 7:1 on every surface. Dark: for the cellar. */
@Composable
fun FarleyTheme(
    dark: Boolean,
    content: @Composable () -> Unit,
) {
    MaterialTheme(
        colorScheme = if (dark) darkColors else lightColors,
        shapes = Shapes(small = RoundedCornerShape(8.dp), medium = RoundedCornerShape(12.dp), large = RoundedCornerShape(16.dp)),
        typography = typography,
    ) {
        CompositionLocalProvider(LocalMarks provides if (dark) darkMarks else lightMarks, content = content)
    }
}

private val ink = Color(0xFF10191C)
private val inkSoft = Color(0xFF37454A)

internal val lightColors =
    lightColorScheme(
        primary = Color(0xFF00505F),
        onPrimary = Color.White,
        primaryContainer = Color(0xFFCDEBF2),
        onPrimaryContainer = Color(0xFF00262E),
        secondary = Color(0xFF37505A),
        onSecondary = Color.White,
        secondaryContainer = Color(0xFFD9E7EB),
        onSecondaryContainer = Color(0xFF0F2229),
        tertiary = Color(0xFF5C3C00),
        onTertiary = Color.White,
        tertiaryContainer = Color(0xFFFFE9C4),
        onTertiaryContainer = Color(0xFF3A2600),
        error = Color(0xFF98140F),
        onError = Color.White,
        errorContainer = Color(0xFFFFE2DE),
        onErrorContainer = Color(0xFF5A0503),
        background = Color(0xFFFBFCFC),
        onBackground = ink,
        surface = Color(0xFFFBFCFC),
        onSurface = ink,
        surfaceVariant = Color(0xFFE7EEF0),
        onSurfaceVariant = inkSoft,
        surfaceContainerLowest = Color.White,
        surfaceContainerLow = Color(0xFFF4F7F8),
        surfaceContainer = Color(0xFFEEF3F4),
        surfaceContainerHigh = Color(0xFFE8EEF0),
        surfaceContainerHighest = Color(0xFFE2E9EB),
        outline = Color(0xFF5D6D73),
        outlineVariant = Color(0xFFC3CFD3),
        inverseSurface = Color(0xFF22302F),
        inverseOnSurface = Color(0xFFF1F5F5),
        inversePrimary = Color(0xFF8FDDEE),
    )

internal val darkColors =
    darkColorScheme(
        primary = Color(0xFF7FD2E4),
        onPrimary = Color(0xFF003640),
        primaryContainer = Color(0xFF0B4652),
        onPrimaryContainer = Color(0xFFD2F1F8),
        secondary = Color(0xFFB3CAD2),
        onSecondary = Color(0xFF1D333B),
        secondaryContainer = Color(0xFF2B4149),
        onSecondaryContainer = Color(0xFFD5E6EC),
        tertiary = Color(0xFFFFC876),
        onTertiary = Color(0xFF432C00),
        tertiaryContainer = Color(0xFF4A3405),
        onTertiaryContainer = Color(0xFFFFE6BF),
        error = Color(0xFFFFB4AB),
        onError = Color(0xFF690005),
        errorContainer = Color(0xFF6B1512),
        onErrorContainer = Color(0xFFFFDAD6),
        background = Color(0xFF0F1416),
        onBackground = Color(0xFFE4EAEC),
        surface = Color(0xFF0F1416),
        onSurface = Color(0xFFE4EAEC),
        surfaceVariant = Color(0xFF2A3438),
        onSurfaceVariant = Color(0xFFC2CED2),
        surfaceContainerLowest = Color(0xFF0A0E10),
        surfaceContainerLow = Color(0xFF161C1F),
        surfaceContainer = Color(0xFF1B2225),
        surfaceContainerHigh = Color(0xFF232B2E),
        surfaceContainerHighest = Color(0xFF2C3538),
        outline = Color(0xFF8A999E),
        outlineVariant = Color(0xFF3C484C),
        inverseSurface = Color(0xFFE4EAEC),
        inverseOnSurface = Color(0xFF1B2225),
        inversePrimary = Color(0xFF00505F),
    )

internal val lightMarks = Marks(waiting = Color(0xFF5C3C00), waitingBack = Color(0xFFFFE9C4), fresh = Color(0xFF00505F), done = Color(0xFF11592B))
internal val darkMarks = Marks(waiting = Color(0xFFFFC876), waitingBack = Color(0xFF4A3405), fresh = Color(0xFF7FD2E4), done = Color(0xFF8FD8A4))

/** A little larger than Material's: read at arm's length, with gloves on. */
private val typography =
    Typography(
        headlineSmall = TextStyle(fontSize = 24.sp, lineHeight = 30.sp, fontWeight = FontWeight.SemiBold),
        titleLarge = TextStyle(fontSize = 21.sp, lineHeight = 27.sp, fontWeight = FontWeight.SemiBold),
        titleMedium = TextStyle(fontSize = 17.sp, lineHeight = 23.sp, fontWeight = FontWeight.SemiBold),
        titleSmall = TextStyle(fontSize = 15.sp, lineHeight = 20.sp, fontWeight = FontWeight.SemiBold),
        bodyLarge = TextStyle(fontSize = 17.sp, lineHeight = 24.sp),
        bodyMedium = TextStyle(fontSize = 15.sp, lineHeight = 21.sp),
        bodySmall = TextStyle(fontSize = 14.sp, lineHeight = 19.sp),
        labelLarge = TextStyle(fontSize = 15.sp, lineHeight = 20.sp, fontWeight = FontWeight.SemiBold),
        labelMedium = TextStyle(fontSize = 13.sp, lineHeight = 17.sp, fontWeight = FontWeight.Medium),
        labelSmall = TextStyle(fontSize = 12.sp, lineHeight = 16.sp, fontWeight = FontWeight.Medium),
    )
