package org.farley.ui

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.requiredSize
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp

/** Gives [content] exactly [size] by shrinking the density until it fits the test window (1024 x 768 px on a desktop). */
@Composable
fun Sized(
    size: DpSize,
    fontScale: Float = 1f,
    content: @Composable () -> Unit,
) {
    BoxWithConstraints(contentAlignment = Alignment.TopStart) {
        val density = minOf(constraints.maxWidth / size.width.value, constraints.maxHeight / size.height.value)
        CompositionLocalProvider(LocalDensity provides Density(density, fontScale)) {
            Box(Modifier.requiredSize(size.width, size.height)) { content() }
        }
    }
}

val PhoneSize = DpSize(411.dp, 891.dp)
val TabletSize = DpSize(1280.dp, 800.dp)
