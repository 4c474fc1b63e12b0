package org.farley.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import org.farley.core.FieldValue
import org.farley.core.Workspace
import org.farley.fixture.MemorySecrets
import org.farley.fixture.text
import org.junit.jupiter.api.Test
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Between the phone and the office: connecting, sending, settling, being told what is wrong. */
class OfficeTest {
    private val words = wordsOf("de")

    private fun enrolment(
        secrets: MemorySecrets = MemorySecrets(),
        enrolled: (Workspace) -> Unit = {},
    ): EnrolModel {
        val folder = Files.createTempDirectory("farley-enrol").toFile()
        return EnrolModel(CoroutineScope(SupervisorJob()), Place(folder.path, "test 1", "Android", secrets), "Pixel 9", enrolled = enrolled)
    }

    @Test
    fun `an unfinished link is no error while it is typed, and has words once it is left`() {
        val model = enrolment()
        model.linkTyped("farley://en")
        assertNull(model.state.value.linkError)
        model.linkLeft()
        val code = assertNotNull(model.state.value.linkError)
        assertTrue(linkErrorText(words, code).isNotBlank())
        assertNull(model.state.value.server)
    }

    @Test
    fun `whatever a poster says, nothing is sent before a server was shown`() {
        for (text in listOf("", " ", "https://evil.example", "farley://enrol#", "\u0000", "x".repeat(100_000), "BEGIN:VCARD", "tel:110")) {
            val model = enrolment()
            model.linkArrived(text)
            assertNull(model.state.value.server, text.take(20))
            assertNotNull(model.state.value.linkError, text.take(20))
            assertNull(model.connected())
            assertFalse(model.state.value.busy)
        }
    }

    @Test
    fun `a good link shows the server, connects once, and the second time says that it was used`() {
        val link = Office.relay.invite("Enno Enrol")
        var workspace: Workspace? = null
        val model = enrolment { workspace = it }
        model.linkArrived("  $link\n")
        assertNotNull(model.state.value.server)
        model.connected()
        model.state.until { !it.busy && (workspace != null || it.message != null) }
        assertEquals("Enno Enrol", assertNotNull(workspace, "${model.state.value.message}").identity().person ?: "Enno Enrol")

        val again = enrolment()
        again.linkArrived(link)
        again.connected()
        val message = assertNotNull(again.state.until { it.message != null }.message)
        assertEquals(Problem.REFUSED, message.problem)
        assertEquals(words.refusedUsed, message.text(words))
        assertEquals(link, again.state.value.link)
    }

    @Test
    fun `a key store that is locked is said in words and the link stays`() {
        val secrets =
            MemorySecrets().apply {
                broken =
                    org.farley.core.FarleyException
                        .Secret("locked")
            }
        val model = enrolment(secrets)
        val link = Office.relay.invite("Enno Enrol")
        model.linkArrived(link)
        model.connected()
        val message = assertNotNull(model.state.until { it.message != null }.message)
        assertEquals(words.errorSecret, message.text(words))
        assertEquals(link, model.state.value.link)
    }

    @Test
    fun `what waits is counted, goes out on demand, and a pause holds it back`() {
        Rig("Siri Sync").use { rig ->
            rig.onMain { rig.core.workspace.setAirplane(true) }
            rig.core.workspace.startSync()
            val id = rig.onMain { rig.device.create("note", "body" to text("wartet")) }
            val sync = rig.onMain { SyncModel(rig.core) }
            sync.state.until { it.status.pending == 1u && it.status.airplane }
            rig.onMain { sync.airplaneSwitched(false).join() }
            sync.state.until { it.status.pending == 0u }
            rig.onMain { sync.syncWanted().join() }
            assertNotNull(sync.state.value.last, "${sync.state.value.message}")
            assertFalse(sync.state.value.busy)
            assertTrue(Office.relay.dump().any { id in it })
            sync.close()
        }
    }

    @Test
    fun `of two versions one tap takes the other one and undo brings the shown one back`() {
        val anna = Rig("Anna Fassung")
        val ben = Rig("Ben Fassung")
        val id = anna.onMain { anna.device.create("company", "name" to text("Alt")) }
        for (rig in listOf(anna, ben)) rig.onMain { rig.device.sync() }
        anna.onMain { anna.device.set(id, "name" to text("Anna GmbH")) }
        ben.onMain { ben.device.set(id, "name" to text("Ben GmbH")) }
        for (rig in listOf(anna, ben, anna)) rig.onMain { rig.device.sync() }
        val model = anna.onMain { ConflictsModel(anna.core) }
        anna.onMain { model.opened() }
        val conflict =
            model.state
                .until { state -> state.conflicts.any { it.id == id } }
                .conflicts
                .first { it.id == id }
        val shown = conflict.versions.first { it.shown }
        val other = conflict.versions.first { !it.shown }
        assertEquals(setOf("Anna Fassung", "Ben Fassung"), conflict.versions.map { it.author.person }.toSet())
        anna.onMain { model.taken(conflict, other).join() }
        model.state.until { state -> state.conflicts.none { it.id == id } && state.undo != null }
        assertEquals((other.value as FieldValue.Text).text, anna.text(id, "name"))
        anna.onMain { model.undone().join() }
        assertEquals((shown.value as FieldValue.Text).text, anna.text(id, "name"))
        anna.close()
        ben.close()
    }

    @Test
    fun `the report for support is written, shown, and holds no name`() {
        Rig("Dieter Diagnose").use { rig ->
            rig.onMain { rig.device.create("contact", "family_name" to text("Geheimrat")) }
            val store =
                object : PreferenceStore {
                    var kept = Preferences()

                    override fun load() = kept

                    override fun save(preferences: Preferences) {
                        kept = preferences
                    }
                }
            val settings = rig.onMain { SettingsModel(rig.core, store, lockPossible = false) }
            val file = Files.createTempFile("farley", ".txt").toFile()
            rig.onMain { settings.diagnosticsWanted(file.path).join() }
            assertEquals(file.path, settings.state.value.diagnostics)
            assertFalse("Geheimrat" in file.readText())
            settings.lockSwitched(true)
            assertFalse(store.kept.lock, "a phone without a code cannot lock")
            settings.languageChosen(Language.EN)
            assertEquals(Language.EN, store.kept.language)
            settings.close()
        }
    }
}
