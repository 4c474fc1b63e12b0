package org.farley.app

import android.app.Application
import android.os.Build
import android.os.Handler
import android.os.Looper
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Runnable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.farley.core.FarleyException
import org.farley.core.Workspace
import org.farley.model.Core
import org.farley.model.EnrolModel
import org.farley.model.Formats
import org.farley.model.Language
import org.farley.model.PhoneClock
import org.farley.model.Place
import org.farley.model.PreferenceStore
import org.farley.model.Preferences
import org.farley.model.RootModel
import org.farley.model.SettingsModel
import org.farley.model.UserMessage
import java.io.File
import java.util.Locale
import kotlin.coroutines.CoroutineContext

/** What the one activity draws. */
sealed class AppState {
    object Starting : AppState()

    class Enrolling(
        val model: EnrolModel,
    ) : AppState()

    class Open(
        val root: RootModel,
    ) : AppState()

    /** The database cannot be opened. Nothing was deleted. */
    class Failed(
        val message: UserMessage,
    ) : AppState()
}

/** The process: owns the workspace and the models, so that turning the phone touches neither. */
class FarleyApp : Application() {
    val scope = CoroutineScope(SupervisorJob() + MainThread)
    lateinit var secrets: KeystoreSecrets
        private set
    lateinit var preferences: PreferenceStore
        private set
    private val held = MutableStateFlow<AppState>(AppState.Starting)
    private lateinit var connectivity: Connectivity
    private var started = 0

    private val heldPreferences = MutableStateFlow(Preferences())

    val state: StateFlow<AppState> = held.asStateFlow()

    /** What the person set last: the activity draws by it at once. */
    val shownPreferences: StateFlow<Preferences> = heldPreferences.asStateFlow()

    /** Where the database lies: excluded from every backup and transfer. */
    val folder: File get() = File(noBackupFilesDir, "workspace")

    override fun onCreate() {
        super.onCreate()
        secrets = KeystoreSecrets(File(noBackupFilesDir, "keys"))
        preferences = PhonePreferences(this)
        heldPreferences.value = preferences.load()
        connectivity = Connectivity(this) { workspace()?.networkChanged(null) }
        Notices.makeChannels(this)
        registerActivityLifecycleCallbacks(Foreground(::cameToFront, ::wentToBack))
        open()
    }

    /** Tries again, too: after an unlock, or when space was made. */
    fun open() {
        held.value = AppState.Starting
        scope.launch {
            try {
                opened(Workspace.open(folder.path, APP, secrets))
            } catch (stopped: CancellationException) {
                throw stopped
            } catch (none: FarleyException.NotEnrolled) {
                held.value = AppState.Enrolling(enrolment())
            } catch (error: FarleyException) {
                UserMessage.of(error)?.let { held.value = AppState.Failed(it) }
            }
        }
    }

    fun workspace(): Workspace? = (held.value as? AppState.Open)?.root?.core?.workspace

    /** A link was tapped or a code was read. A device that is connected already has no use for one. */
    fun linkArrived(text: String) {
        (held.value as? AppState.Enrolling)?.model?.linkArrived(text)
    }

    fun language(): Language = preferences.load().language ?: Language.of(Locale.getDefault().language)

    private fun enrolment(): EnrolModel {
        folder.mkdirs()
        return EnrolModel(scope, Place(folder.path, APP, "Android", secrets), "${Build.MANUFACTURER} ${Build.MODEL}".trim()) { opened(it) }
    }

    private fun opened(workspace: Workspace) {
        val core = Core(workspace, scope)
        val formats = Formats(language(), PhoneClock, Locale.getDefault().country)
        val saved = getSharedPreferences(STATE, MODE_PRIVATE).getString(WAY, null)
        val root = RootModel(core, formats, { SettingsModel(core, preferences, AppLock.isPossible(this)) { heldPreferences.value = it } }, saved)
        held.value = AppState.Open(root)
        SyncJob.schedule(this)
        connectivity.start()
        if (started > 0) workspace.startSync()
        scope.launch { Notices.plan(this@FarleyApp, workspace) }
    }

    private fun cameToFront() {
        if (started++ > 0) return
        val root = (held.value as? AppState.Open)?.root ?: return
        root.core.workspace.startSync()
        root.core.workspace.networkChanged(null)
        root.cameBack()
    }

    /** Everything typed is on the disk before this returns: after it, the system may end the process at any time. */
    private fun wentToBack() {
        if (--started > 0) return
        val root = (held.value as? AppState.Open)?.root ?: return
        runBlocking { withTimeoutOrNull(KEEP_MS) { root.keep() } }
        getSharedPreferences(STATE, MODE_PRIVATE).edit().putString(WAY, root.saved()).commit()
        SyncJob.soon(this)
        scope.launch {
            Notices.plan(this@FarleyApp, root.core.workspace)
            root.core.workspace.stopSync()
        }
    }

    companion object {
        const val APP = "farley-android 1.0"
        private const val STATE = "state"
        private const val WAY = "way"
        private const val KEEP_MS = 2_000L
    }
}

/** The thread of the screens as a dispatcher; nothing more than the handler it wraps. */
object MainThread : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    override fun dispatch(
        context: CoroutineContext,
        block: Runnable,
    ) {
        handler.post(block)
    }
}
