package org.farley.app

import android.app.Activity
import android.app.AlarmManager
import android.app.NotificationManager
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.content.Intent
import android.net.ConnectivityManager
import android.net.Uri
import android.os.Looper
import android.provider.OpenableColumns
import kotlinx.coroutines.runBlocking
import org.farley.core.EditData
import org.farley.core.FarleyException
import org.farley.core.FieldValue
import org.farley.core.NamedValue
import org.farley.core.Transfer
import org.farley.fixture.Relay
import org.farley.model.EnrolModel
import org.farley.model.Language
import org.farley.model.Preferences
import org.farley.model.TextModel
import org.junit.After
import org.junit.AfterClass
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers
import java.io.File
import java.io.FileNotFoundException
import java.time.LocalDate
import java.time.ZoneId
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The real application class on Robolectric's Android, with the real library below and a real relay beside it. */
@RunWith(RobolectricTestRunner::class)
class ShellTest {
    private lateinit var app: FarleyApp

    @Before
    fun start() {
        FakeAndroidKeyStore.install()
        app = RuntimeEnvironment.getApplication() as FarleyApp
        // The application was made before the Keystore stood in: begin again with it.
        app.open()
    }

    @After
    fun stop() {
        app.workspace()?.let { runBlocking { it.shut() } }
    }

    @Test
    fun `a fresh phone asks for a code, connects, and opens again without one`() {
        val enrolling = assertIs<AppState.Enrolling>(waitFor { it is AppState.Enrolling })
        enrol(enrolling.model)
        val open = assertIs<AppState.Open>(app.state.value)
        assertEquals(
            "Willa Shell",
            open.root.core.workspace
                .identity()
                .person ?: "Willa Shell",
        )
        runBlocking {
            open.root.core.workspace
                .shut()
        }
        app.open()
        waitFor { it is AppState.Open && it !== open }
    }

    @Test
    fun `a link that arrives twice or is hostile changes nothing`() {
        val enrolling = assertIs<AppState.Enrolling>(waitFor { it is AppState.Enrolling })
        app.linkArrived("intent://evil#Intent;end")
        assertNotNull(enrolling.model.state.value.linkError)
        assertNull(enrolling.model.state.value.server)
    }

    @Test
    fun `secrets lie sealed on the disk, and a lost key is not "never saved"`() =
        runBlocking {
            val folder = File(app.noBackupFilesDir, "keys-of-test")
            val secrets = KeystoreSecrets(folder)
            assertNull(secrets.load("database"))
            val key = ByteArray(48) { (it * 5).toByte() }
            secrets.save("database", key)
            assertTrue(key.contentEquals(secrets.load("database")))
            val raw = File(folder, "database").readBytes()
            assertFalse(raw.toList().windowed(8).any { it == key.toList().subList(0, 8) }, "the key lies open")
            File(folder, "device").writeBytes(raw)
            assertThrows(FarleyException.Secret::class.java) { runBlocking { secrets.load("device") } }
            FakeAndroidKeyStore.keys.clear()
            assertEquals("gone", assertThrows(FarleyException.Secret::class.java) { runBlocking { secrets.load("database") } }.reason)
            secrets.forget("database")
            assertNull(secrets.load("database"))
        }

    @Test
    fun `a job exchanges with the real relay and finishes`() {
        enrol(assertIs<AppState.Enrolling>(waitFor { it is AppState.Enrolling }).model)
        val workspace = assertNotNull(app.workspace())
        val edit = EditData(null, "contact", emptyList(), listOf(NamedValue("family_name", FieldValue.Text("Vom Hof"))), emptyList(), emptyList())
        val id = runBlocking { workspace.apply(edit) }.id
        val job = Robolectric.buildService(SyncJob::class.java).create().get()
        val parameters = Shadow.newInstanceOf(JobParameters::class.java)
        ReflectionHelpers.setField(parameters, "jobId", SyncJob.SOON)
        assertTrue(job.onStartJob(parameters))
        until("the job finishes") { shadowOf(job).isJobFinished }
        assertFalse(shadowOf(job).isRescheduleNeeded)
        assertEquals(Transfer.AT_OFFICE, runBlocking { workspace.record(id) }.transfer)
        assertTrue(relay.dump().any { "Vom Hof" in it })
    }

    @Test
    fun `jobs need a network, survive a restart and are set once`() {
        enrol(assertIs<AppState.Enrolling>(waitFor { it is AppState.Enrolling }).model)
        val scheduler = assertNotNull(app.getSystemService(JobScheduler::class.java))
        val periodic = assertNotNull(scheduler.getPendingJob(SyncJob.PERIODIC))
        assertTrue(periodic.isPersisted && periodic.isPeriodic)
        assertEquals(15 * 60 * 1000L, periodic.intervalMillis)
        assertEquals(JobInfo.NETWORK_TYPE_ANY, periodic.networkType)
        SyncJob.soon(app)
        assertTrue(assertNotNull(scheduler.getPendingJob(SyncJob.SOON)).isExpedited)
        scheduler.cancelAll()
        BootReceiver().onReceive(app, Intent(Intent.ACTION_BOOT_COMPLETED))
        assertNotNull(scheduler.getPendingJob(SyncJob.PERIODIC))
        scheduler.cancelAll()
        BootReceiver().onReceive(app, Intent("something.else"))
        assertNull(scheduler.getPendingJob(SyncJob.PERIODIC))
    }

    @Test
    fun `leaving the app writes what was just typed, and the way back`() {
        enrol(assertIs<AppState.Enrolling>(waitFor { it is AppState.Enrolling }).model)
        val root = assertIs<AppState.Open>(app.state.value).root
        val activity = Robolectric.buildActivity(Activity::class.java).setup()
        val route = root.noteWanted(null)
        val note = root.model<TextModel>(route)
        until("the note is open") { !note.state.value.loading }
        note.typed("mitten im Wort")
        activity.pause().stop()
        val kept = runBlocking { root.core.workspace.draft("note:${route.id}") }
        assertEquals(
            FieldValue.Text("mitten im Wort"),
            kept
                ?.edit
                ?.set
                ?.single { it.field == "body" }
                ?.value,
        )
        assertEquals(root.saved(), app.getSharedPreferences("state", 0).getString("way", null))
        assertTrue(route.print() in root.saved())
    }

    @Test
    fun `a change of network reaches the library`() {
        enrol(assertIs<AppState.Enrolling>(waitFor { it is AppState.Enrolling }).model)
        val manager = assertNotNull(app.getSystemService(ConnectivityManager::class.java))
        val callbacks = shadowOf(manager).networkCallbacks
        assertTrue(callbacks.isNotEmpty())
        callbacks.forEach { it.onAvailable(assertNotNull(manager.activeNetwork)) }
    }

    @Test
    fun `the morning of the next due day has an alarm that nobody can change, and its notice says nothing on a locked screen`() {
        val zone = ZoneId.of("Europe/Berlin")
        val day = LocalDate.now(zone).plusDays(3)
        Notices.plan(app, listOf(day.plusDays(9), day), System.currentTimeMillis(), zone)
        val alarm = assertNotNull(shadowOf(app.getSystemService(AlarmManager::class.java)).scheduledAlarms.lastOrNull())
        assertEquals(
            day
                .atTime(7, 0)
                .atZone(zone)
                .toInstant()
                .toEpochMilli(),
            alarm.triggerAtMs,
        )
        assertTrue(shadowOf(assertNotNull(alarm.operation)).isImmutable)
        Notices.plan(app, emptyList(), System.currentTimeMillis(), zone)
        assertTrue(shadowOf(app.getSystemService(AlarmManager::class.java)).scheduledAlarms.isEmpty())

        Notices.show(app, listOf("Rückruf Lea Krume"))
        val notice = shadowOf(app.getSystemService(NotificationManager::class.java)).allNotifications.single()
        assertFalse(
            "Krume" in
                notice.publicVersion.extras
                    .getCharSequence("android.title")
                    .toString(),
        )
        assertEquals(Notices.DUE_CHANNEL, notice.channelId)
        assertTrue(shadowOf(notice.contentIntent).isImmutable)
    }

    @Test
    fun `files are shared one by one, and no address leads out of their folder`() {
        val secret = File(app.filesDir, "geheim.txt").apply { writeText("nie") }
        val shared = File(AttachmentProvider.shared(app), "karte.vcf").apply { writeText("BEGIN:VCARD") }
        val uri = assertNotNull(AttachmentProvider.uriOf(app, shared))
        assertNull(AttachmentProvider.uriOf(app, secret))
        val provider = Robolectric.setupContentProvider(AttachmentProvider::class.java, "org.farley.app.files")
        assertEquals("text/vcard", provider.getType(uri))
        provider.openFile(uri, "r").use { assertEquals(11, it.statSize) }
        provider.query(uri, null, null, null, null).use {
            it.moveToFirst()
            assertEquals("karte.vcf", it.getString(it.getColumnIndexOrThrow(OpenableColumns.DISPLAY_NAME)))
        }
        val hostile = listOf("..%2f..%2ffiles%2fgeheim.txt", "../files/geheim.txt", "%2e%2e/files/geheim.txt", "karte.vcf/../../files/geheim.txt", "", ".", "fehlt.vcf")
        for (path in hostile) {
            assertThrows(path, FileNotFoundException::class.java) { provider.openFile(Uri.parse("content://org.farley.app.files/$path"), "r") }
        }
        assertThrows(FileNotFoundException::class.java) { provider.openFile(uri, "rw") }
    }

    @Test
    fun `calls, mails and maps go to the person's own apps and nothing else does`() {
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        val phone = AndroidPhone(activity) { false }
        assertTrue(phone.dial("+49 171 555 12 34"))
        assertEquals("tel:%2B49%20171%20555%2012%2034", next(activity).dataString)
        assertTrue(phone.mail("lea@krume.example"))
        assertEquals(Intent.ACTION_SENDTO, next(activity).action)
        assertTrue(phone.map("Lange Str. 5, 20095 Hamburg"))
        assertTrue(next(activity).dataString!!.startsWith("geo:0,0?q="))
        assertTrue(phone.browse("www.example.org"))
        assertEquals("https://www.example.org", next(activity).dataString)
        for (hostile in listOf("javascript://alert(1)", "file:///sdcard/x", "intent://x#Intent;end", "content://x/y")) assertFalse(phone.browse(hostile), hostile)
        assertNull(shadowOf(activity).nextStartedActivity)
        assertTrue(phone.calendar("Wartung", FieldValue.Period("2026-11-23T09:00", "2026-11-23T10:30", "Europe/Berlin"), "Hof"))
        assertEquals(1_795_420_800_000L, next(activity).getLongExtra("beginTime", 0))
        val card = File(AttachmentProvider.shared(app), "k.vcf").apply { writeText("x") }
        assertTrue(phone.shareFile(card.path, "text/vcard"))
        assertEquals(Intent.ACTION_CHOOSER, next(activity).action)
        assertFalse(phone.shareFile("/etc/passwd", "text/plain"))
    }

    @Test
    fun `a scanner app's answer is a link, and nothing else's is`() {
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        assertTrue(ScanCode.start(activity))
        val asked = shadowOf(activity).nextStartedActivityForResult
        val answer = Intent().putExtra("SCAN_RESULT", "farley://enrol#abc")
        assertEquals("farley://enrol#abc", ScanCode.read(asked.requestCode, Activity.RESULT_OK, answer))
        assertNull(ScanCode.read(asked.requestCode, Activity.RESULT_CANCELED, answer))
        assertNull(ScanCode.read(1, Activity.RESULT_OK, answer))
    }

    @Test
    fun `what a person set is there after a restart`() {
        val chosen = Preferences(Language.EN, lock = true, keepPhotoPlace = true)
        PhonePreferences(app).save(chosen)
        assertEquals(chosen, PhonePreferences(app).load())
        assertEquals(Language.EN, app.language())
        PhonePreferences(app).save(Preferences())
        assertFalse(AppLock.isPossible(app))
    }

    private fun next(activity: Activity): Intent = assertNotNull(shadowOf(activity).nextStartedActivity)

    private fun enrol(model: EnrolModel) {
        model.linkArrived(relay.invite("Willa Shell"))
        model.connected()
        waitFor { it is AppState.Open }
    }

    private fun waitFor(condition: (AppState) -> Boolean): AppState {
        until("the app's state") { condition(app.state.value) }
        return app.state.value
    }

    /** Lets the main thread of Robolectric do what the library's threads handed it. */
    private fun until(
        what: String,
        condition: () -> Boolean,
    ) {
        val end = System.currentTimeMillis() + WAIT_MS
        while (!condition()) {
            check(System.currentTimeMillis() < end) { "$what: not within $WAIT_MS ms; ${(app.state.value as? AppState.Enrolling)?.model?.state?.value} ${app.state.value}" }
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(10)
        }
    }

    companion object {
        private const val WAIT_MS = 20_000L
        private val relay by lazy { Relay() }

        @AfterClass
        @JvmStatic
        fun closeRelay() = relay.close()
    }
}
