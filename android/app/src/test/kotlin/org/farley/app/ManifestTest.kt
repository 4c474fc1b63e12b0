package org.farley.app

import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue

/** The real manifest and the real resources, as aapt2 linked them. */
@RunWith(RobolectricTestRunner::class)
@Config(application = android.app.Application::class)
class ManifestTest {
    private val app = RuntimeEnvironment.getApplication()
    private val info =
        app.packageManager.getPackageInfo(
            app.packageName,
            PackageManager.GET_PERMISSIONS or PackageManager.GET_ACTIVITIES or PackageManager.GET_RECEIVERS or PackageManager.GET_PROVIDERS or PackageManager.GET_SERVICES,
        )

    @Test
    fun `only permissions that somebody explained are asked for`() {
        val allowed =
            setOf(
                "INTERNET",
                "ACCESS_NETWORK_STATE",
                "POST_NOTIFICATIONS",
                "RECEIVE_BOOT_COMPLETED",
                "VIBRATE",
                "USE_BIOMETRIC",
                "CAMERA",
                "RECORD_AUDIO",
                "ACCESS_FINE_LOCATION",
                "RUN_USER_INITIATED_JOBS",
            )
        val asked = info.requestedPermissions.orEmpty().map { it.removePrefix("android.permission.") }
        assertTrue("INTERNET" in asked)
        assertEquals(emptyList(), asked.filterNot { it in allowed })
        val never = listOf("READ_CALL_LOG", "READ_CONTACTS", "ACCESS_BACKGROUND_LOCATION", "MANAGE_EXTERNAL_STORAGE", "QUERY_ALL_PACKAGES")
        assertEquals(emptyList(), never.filter { it in asked })
    }

    @Test
    fun `nothing but the activity can be called from outside`() {
        val exported = (info.activities.orEmpty().filter { it.exported } + info.receivers.orEmpty().filter { it.exported } + info.services.orEmpty().filter { it.exported }).map { it.name }
        assertEquals(listOf("org.farley.app.MainActivity"), exported)
        assertEquals(listOf(false), info.providers.orEmpty().map { it.exported })
        assertEquals(
            "android.permission.BIND_JOB_SERVICE",
            info.services
                .orEmpty()
                .single()
                .permission,
        )
        assertEquals(2, info.receivers.orEmpty().size)
    }

    @Test
    fun `a tapped enrolment link opens the app, a web page does not`() {
        fun opens(link: String) =
            app.packageManager
                .queryIntentActivities(Intent(Intent.ACTION_VIEW, Uri.parse(link)).addCategory(Intent.CATEGORY_BROWSABLE).setPackage(app.packageName), 0)
                .isNotEmpty()
        assertTrue(opens("farley://enrol#abc"))
        assertFalse(opens("https://example.org/enrol#abc"))
        assertFalse(opens("file:///etc/passwd"))
    }

    @Test
    fun `no backup and no transfer takes the database along`() {
        assertEquals(0, app.applicationInfo.flags and android.content.pm.ApplicationInfo.FLAG_ALLOW_BACKUP)
        val rules = File("../../app/src/main/res/xml/data_extraction_rules.xml").readText()
        for (part in listOf("cloud-backup", "device-transfer")) {
            val section = rules.substringAfter("<$part>").substringBefore("</$part>")
            for (domain in listOf("root", "file", "database", "sharedpref", "external")) assertTrue("domain=\"$domain\"" in section, "$part $domain")
        }
    }

    @Test
    @Config(qualifiers = "de")
    fun `the system speaks German about the app`() {
        assertEquals("Kunden, Besuche und Aufgaben, auch ohne Netz", app.getString(R.string.app_purpose))
        assertEquals("Farley", app.getString(R.string.app_name))
    }

    @Test
    fun `the night has a window of its own`() {
        val day = app.getColor(R.color.window)
        RuntimeEnvironment.setQualifiers("+night")
        assertNotEquals(day, RuntimeEnvironment.getApplication().getColor(R.color.window))
    }

    @Test
    fun `no hidden API and no Compose beyond the one activity`() {
        val hidden = listOf("com.android.internal", "SystemProperties", "ServiceManager", "androidx.")
        val files = File("../../app/src/main/kotlin").walk().filter { it.extension == "kt" }.toList()
        assertTrue(files.size > 5)
        for (file in files) for (word in hidden) assertFalse(word in file.readText(), "${file.name}: $word")
        for (folder in listOf("../../model/src/main/kotlin", "../../ui/src/main/kotlin")) {
            for (file in File(folder).walk().filter { it.extension == "kt" }) assertFalse("import android." in file.readText(), file.name)
        }
    }
}
