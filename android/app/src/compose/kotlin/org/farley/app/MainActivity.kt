package org.farley.app

import android.content.Intent
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import org.farley.core.SchemaData
import org.farley.model.Formats
import org.farley.model.PhoneClock
import org.farley.model.Remedy
import org.farley.model.Schema
import org.farley.model.text
import org.farley.model.wordsOf
import org.farley.ui.EmptyState
import org.farley.ui.EnrolScreen
import org.farley.ui.FarleyTheme
import org.farley.ui.Icons
import org.farley.ui.LocalUi
import org.farley.ui.MainButton
import org.farley.ui.RootScreen
import org.farley.ui.Shell
import org.farley.ui.Ui
import java.io.File
import java.util.Locale

/**
 * The one activity: sets the content, forwards back, links and the lock. Everything else lives in [FarleyApp] and
 * survives it. The only file of the app that is not compiled here: `androidx.activity` is not on Maven Central.
 */
class MainActivity : ComponentActivity() {
    private val app get() = application as FarleyApp
    private var locked by mutableStateOf(false)
    private val lock by lazy { AppLock(this, wordsOf(app.language().code)) }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        enableEdgeToEdge()
        locked = app.preferences.load().lock
        lock.cover(locked)
        take(intent)
        setContent { FarleyTheme(isSystemInDarkTheme()) { Surface(Modifier.fillMaxSize()) { Content() } } }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        take(intent)
    }

    override fun onStart() {
        super.onStart()
        if (locked) lock.ask { locked = false }
    }

    override fun onStop() {
        super.onStop()
        // Turning the phone is no reason to ask again; leaving the app is.
        if (!isChangingConfigurations) locked = app.preferences.load().lock
    }

    @Deprecated("the keyguard page of Android 26 and 27 and scanner apps answer here")
    override fun onActivityResult(
        request: Int,
        result: Int,
        data: Intent?,
    ) {
        super.onActivityResult(request, result, data)
        if (request == AppLock.REQUEST && result == RESULT_OK) locked = false
        ScanCode.read(request, result, data)?.let(app::linkArrived)
    }

    private fun take(intent: Intent) {
        if (intent.action == Intent.ACTION_VIEW) intent.dataString?.let(app::linkArrived)
    }

    @Composable
    private fun Content() {
        val state by app.state.collectAsState()
        val preferences by app.shownPreferences.collectAsState()
        val language = preferences.language ?: app.language()
        LaunchedEffect(preferences.lock) { lock.cover(preferences.lock) }
        val words = wordsOf(language.code)
        val formats = remember(language) { Formats(language, PhoneClock, Locale.getDefault().country) }
        val bare = remember(words, formats) { Ui(words, formats, Schema(SchemaData(0u, emptyList(), emptyList()))) }
        CompositionLocalProvider(LocalUi provides bare) {
            when (val now = state) {
                AppState.Starting -> {
                    Unit
                }

                is AppState.Enrolling -> {
                    EnrolScreen(now.model, onScan = { phone().scanCode() }, onPaste = { phone().clipboardText() })
                }

                is AppState.Failed -> {
                    EmptyState(Icons.Warning, now.message.text(words), null) {
                        if (now.message.remedy != Remedy.NONE) MainButton(words.commonRetry, { app.open() })
                    }
                }

                is AppState.Open -> {
                    if (locked) {
                        EmptyState(Icons.Lock, words.lockTitle, words.lockReason) { MainButton(words.lockUnlock, { lock.ask { locked = false } }) }
                    } else {
                        val root by now.root.state.collectAsState()
                        BackHandler(root.stack.canGoBack) { now.root.wentBack() }
                        RootScreen(now.root, words, formats, shell())
                    }
                }
            }
        }
    }

    private fun phone() = AndroidPhone(this) { ScanCode.start(this) }

    private fun shell() =
        Shell(
            phone = phone(),
            version = packageManager.getPackageInfo(packageName, 0).versionName.orEmpty(),
            filePath = { File(AttachmentProvider.shared(this), it).path },
            readText = { path -> File(path).takeIf { it.exists() }?.readText().orEmpty() },
            calm = Motion.isReduced(this),
        )
}
