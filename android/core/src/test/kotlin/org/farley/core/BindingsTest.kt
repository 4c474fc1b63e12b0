package org.farley.core

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull
import org.farley.fixture.APP
import org.farley.fixture.Device
import org.farley.fixture.MemorySecrets
import org.farley.fixture.Relay
import org.farley.fixture.text
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import org.junit.jupiter.api.assertThrows
import java.io.File
import java.nio.file.Files
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The boundary itself: what crosses it, and everything that must not break on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BindingsTest {
    private val relay = Relay()
    private val device = Device.enrol(relay, "Berta Binding")
    private val workspace = device.workspace

    @AfterAll
    fun close() = relay.close()

    private fun query(
        kind: String?,
        search: String? = null,
    ) = RowQuery(kind, search, emptyList(), emptyList(), false, emptyList(), null)

    @Test
    fun `a record goes down typed and comes up the same`() =
        runBlocking {
            val id =
                device.create(
                    "contact",
                    "family_name" to text("Größer 😀"),
                    "birthday" to FieldValue.Typed("31.12.1980"),
                    "acquisition_cost" to FieldValue.Money(123_450, "EUR"),
                    "tags" to FieldValue.Keys(listOf("Messe", "VIP")),
                    "phones" to phones("+49 171 5551234"),
                )
            assertEquals(text("Größer 😀"), device.value(id, "family_name"))
            assertEquals(text("1980-12-31"), device.value(id, "birthday"))
            assertEquals(FieldValue.Money(123_450, "EUR"), device.value(id, "acquisition_cost"))
            assertEquals(FieldValue.Keys(listOf("Messe", "VIP")), device.value(id, "tags"))
            assertEquals(1, assertIs<FieldValue.Entries>(device.value(id, "phones")).entries.size)
            assertEquals(listOf(id), workspace.page(query("contact", "groesser"), null, 10u).rows.map { it.id })
        }

    private fun phones(number: String) = FieldValue.Entries(listOf(EntryData("", listOf(NamedValue("number", text(number))))))

    @Test
    fun `the schema crosses as data, labels in both languages`() {
        val schema = workspace.schema()
        val contact = schema.kinds.first { it.name == "contact" }
        assertEquals(LabelData("Kontakt", "Contact"), contact.label)
        assertEquals(FieldType.ENTRIES, contact.fields.first { it.name == "phones" }.fieldType)
        assertTrue(
            schema.lists
                .first { it.name == "visit_outcome" }
                .choices
                .isNotEmpty(),
        )
    }

    @Test
    fun `every mistake has an error of its own`() =
        runBlocking {
            val invalid = assertThrows<FarleyException.Invalid> { runBlocking { device.create("contact", "birthday" to FieldValue.Typed("nie")) } }
            assertEquals("birthday", invalid.field)
            assertThrows<FarleyException.Invalid> { runBlocking { device.create("contact", "shoe_size" to text("44")) } }
            assertThrows<FarleyException.Invalid> { runBlocking { device.create("spaceship", "name" to text("x")) } }
            assertThrows<FarleyException.NotFound> { runBlocking { workspace.record(workspace.newId()) } }
            val readOnly = assertThrows<FarleyException.Invalid> { runBlocking { device.create("contact", "customer_number" to text("K-1")) } }
            assertEquals("customer_number", readOnly.field)
            assertThrows<FarleyException> { runBlocking { workspace.record("no id at all") } }
            assertThrows<FarleyException.Invalid> { runBlocking { workspace.page(query("contact"), "no cursor", 10u) } }
            val nothing = device.create("contact", "family_name" to text("Undo"))
            workspace.undo(nothing)
            assertThrows<FarleyException.NothingToUndo> { runBlocking { workspace.undo(nothing) } }
            Unit
        }

    @Test
    fun `hostile links are refused by name and never repeated`() {
        val links =
            listOf(
                "",
                "x",
                "farley://enrol",
                "farley://enrol#",
                "https://evil.example/enrol",
                "farley://enrol#AAAA",
                "\u0000\u0000",
                "🦊".repeat(500),
                "javascript:alert(1)",
                "farley://enrol#" + "A".repeat(4_000),
            )
        for (link in links) {
            val error = assertThrows<FarleyException.Invalid>(link) { readLink(link) }
            assertEquals("link", error.field)
            if (link.length > 3) assertTrue(link !in error.toString())
        }
        val good = relay.invite("Berta Binding")
        assertTrue(readLink(good).server.isNotEmpty())
        assertThrows<FarleyException.Invalid> { readLink(good.dropLast(3)) }
        assertThrows<FarleyException.Invalid> { readLink("$good und noch was") }
    }

    @Test
    fun `a value is read as people type it, or refused without repeating it`() {
        assertEquals(text("2026-12-31"), checkValue(FieldType.DATE, "31.12.26"))
        assertEquals(text("12.5"), checkValue(FieldType.DECIMAL, "12,50"))
        assertEquals(FieldValue.Money(123_450, "EUR"), checkValue(FieldType.MONEY, "1.234,50 €"))
        assertEquals(FieldValue.Number(90), checkValue(FieldType.DURATION, "1:30"))
        assertEquals(FieldValue.Empty, checkValue(FieldType.DATE, "  "))
        val error = assertThrows<FarleyException.Invalid> { checkValue(FieldType.DATE, "Tante Erna") }
        assertTrue("Erna" !in error.toString())
    }

    @Test
    fun `a folder without a device, a wrong key, a missing key and a second owner are told apart`() =
        runBlocking {
            val empty = Files.createTempDirectory("farley-empty").toFile()
            assertThrows<FarleyException.NotEnrolled> { runBlocking { Workspace.open(empty.path, APP, MemorySecrets()) } }
            val other = Device.enrol(relay, "Otto Owner")
            val id = other.create("contact", "family_name" to text("bleibt"))
            assertThrows<FarleyException.InUse> { runBlocking { Workspace.open(other.folder.path, APP, other.secrets) } }
            other.workspace.shut()
            val noKeys = assertThrows<FarleyException.Secret> { runBlocking { Workspace.open(other.folder.path, APP, MemorySecrets()) } }
            assertEquals("gone", noKeys.reason)
            val again = Workspace.open(other.folder.path, APP, other.secrets)
            assertEquals("bleibt", again.record(id).title)
            again.shut()
            again.close()
        }

    @Test
    fun `a damaged database is refused and left as it is`() =
        runBlocking {
            val other = Device.enrol(relay, "Karl Kaputt")
            other.create("contact", "family_name" to text("weg?"))
            other.workspace.shut()
            val database =
                checkNotNull(
                    other.folder
                        .walk()
                        .filter { it.isFile && it.length() > 8_192 && "db" in it.extension }
                        .maxByOrNull { it.length() },
                ) {
                    other.folder
                        .list()
                        .orEmpty()
                        .joinToString()
                }
            other.folder
                .listFiles()
                .orEmpty()
                .filter { it.name.endsWith("-wal") || it.name.endsWith("-shm") }
                .forEach { it.delete() }
            val damaged = database.readBytes().also { bytes -> for (at in 0 until 4_096) bytes[at] = (at * 31).toByte() }
            database.writeBytes(damaged)
            val error = assertThrows<FarleyException> { runBlocking { Workspace.open(other.folder.path, APP, other.secrets) } }
            assertTrue(error is FarleyException.Corrupt || error is FarleyException.WrongKey, "$error")
            assertTrue(damaged.contentEquals(database.readBytes()), "the damaged file was changed")
        }

    @Test
    fun `an exception of the app's own key store comes back as an error, whatever it is`() =
        runBlocking {
            val folder = Files.createTempDirectory("farley-keys").toFile()
            val secrets = MemorySecrets()
            secrets.broken = IllegalStateException("not one of ours")
            val foreign = assertThrows<FarleyException.Internal> { runBlocking { enrol(folder, secrets) } }
            assertEquals("callback", foreign.reason)
            secrets.broken = FarleyException.Secret("locked")
            assertEquals("locked", assertThrows<FarleyException.Secret> { runBlocking { enrol(folder, secrets) } }.reason)
            secrets.broken = null
            enrol(folder, secrets).shut()
        }

    private suspend fun enrol(
        folder: File,
        secrets: SecretStore,
    ) = Workspace.enrol(folder.path, relay.invite("Karla Keys"), "Telefon", "Android", APP, secrets, CancelHandle())

    @Test
    fun `cancelling the handle ends an enrolment that nobody answers`() =
        runBlocking {
            val handle = CancelHandle()
            val dead = Relay()
            val link = dead.invite("Niemand")
            dead.close()
            val folder = Files.createTempDirectory("farley-cancel").toFile()
            val enrolling =
                async(Dispatchers.IO) {
                    runCatching { Workspace.enrol(folder.path, link, "Telefon", "Android", APP, MemorySecrets(), handle) }
                }
            delay(150)
            handle.cancel()
            assertTrue(handle.isCancelled())
            val outcome = withTimeout(5_000) { enrolling.await() }
            assertIs<FarleyException.Cancelled>(outcome.exceptionOrNull())
            Unit
        }

    @Test
    fun `a cancelled coroutine drops its call at once and the next call works`() =
        runBlocking {
            val lonely = Device.enrol(relay, "Lore Lonely")
            lonely.workspace.setAirplane(true)
            val answered = withTimeoutOrNull(50) { runCatching { lonely.workspace.syncOnce(20_000uL, CancelHandle()) } }
            assertTrue(answered == null || answered.isFailure)
            val job = launch(Dispatchers.IO) { repeat(1_000) { lonely.workspace.page(query("contact"), null, 50u) } }
            delay(20)
            withTimeout(2_000) { job.cancelAndJoin() }
            assertEquals(0uL, lonely.workspace.count(query("visit")))
        }

    @Test
    fun `after the end nothing works and nothing crashes`() =
        runBlocking {
            val other = Device.enrol(relay, "Ende Gut")
            other.workspace.shut()
            val closed = assertThrows<FarleyException.Internal> { runBlocking { other.workspace.count(query("contact")) } }
            assertEquals("closed", closed.reason)
            other.workspace.shut()
            other.workspace.close()
            other.workspace.close()
            assertThrows<IllegalStateException> { other.workspace.schema() }
            Unit
        }

    @Test
    fun `a storm of edits is told at most ten times a second, and completely`() =
        runBlocking {
            val notices = CopyOnWriteArrayList<Pair<Long, ChangeNotice>>()
            val first = CompletableDeferred<StatusData>()
            val subscription =
                workspace.observe(
                    object : Observer {
                        override fun changed(notice: ChangeNotice) {
                            notices += System.nanoTime() to notice
                        }

                        override fun status(status: StatusData) {
                            first.complete(status)
                        }
                    },
                )
            assertNotNull(withTimeout(5_000) { first.await() })
            val began = System.nanoTime()
            val ids = withContext(Dispatchers.IO) { (1..300).map { device.create("task", "summary" to text("Sturm $it")) } }
            delay(400)
            val seconds = (System.nanoTime() - began) / 1e9
            assertTrue(notices.isNotEmpty())
            assertTrue(notices.size <= seconds * 10 + 2, "${notices.size} notices in $seconds s")
            val told = notices.flatMap { it.second.ids }.toSet()
            assertTrue(notices.any { it.second.much } || told.containsAll(ids))
            assertTrue(notices.all { "task" in it.second.kinds })
            subscription.end()
            delay(200)
            val before = notices.size
            device.create("task", "summary" to text("danach"))
            delay(300)
            assertEquals(before, notices.size)
        }

    @Test
    fun `an observer that fails harms nobody`() =
        runBlocking {
            val subscription =
                workspace.observe(
                    object : Observer {
                        override fun changed(notice: ChangeNotice): Unit = error("a bug of the app")

                        override fun status(status: StatusData) = Unit
                    },
                )
            val id = device.create("task", "summary" to text("trotzdem"))
            delay(250)
            assertEquals("trotzdem", workspace.record(id).title)
            subscription.end()
        }

    @Test
    fun `a draft survives the end of the process as it was typed`() =
        runBlocking {
            val other = Device.enrol(relay, "Dora Draft")
            val edit = EditData(null, "contact", emptyList(), listOf(NamedValue("birthday", FieldValue.Typed("noch nie "))), emptyList(), emptyList())
            other.workspace.saveDraft(DraftData("new:contact", edit, 1_000))
            other.workspace.shut()
            val again = Workspace.open(other.folder.path, APP, other.secrets)
            assertEquals(edit, again.draft("new:contact")?.edit)
            assertEquals(listOf("new:contact"), again.drafts().map { it.name })
            again.discardDraft("new:contact")
            assertNull(again.draft("new:contact"))
            again.shut()
        }

    @Test
    fun `two devices meet over the real relay and both versions of one field wait for a person`() =
        runBlocking {
            val anna = Device.enrol(relay, "Anna Sync", "Pixel 9")
            val ben = Device.enrol(relay, "Ben Sync", "Tablet")
            val id = anna.create("contact", "family_name" to text("Alt"))
            anna.sync()
            ben.sync()
            anna.set(id, "family_name" to text("Von Anna"))
            ben.set(id, "family_name" to text("Von Ben"))
            anna.sync()
            ben.sync()
            anna.sync()
            for (one in listOf(anna, ben)) {
                val conflict = one.workspace.conflicts(10u).single { it.id == id }
                assertEquals(setOf(text("Von Anna"), text("Von Ben")), conflict.versions.map { it.value }.toSet())
                assertEquals(setOf("Anna Sync", "Ben Sync"), conflict.versions.map { it.author.person }.toSet())
            }
            val shown = anna.value(id, "family_name")
            val taken = anna.workspace.conflicts(10u).single { it.id == id }
            val other = taken.versions.first { !it.shown }
            anna.workspace.settle(id, taken.key, other.change)
            assertEquals(0uL, anna.workspace.conflictCount())
            assertEquals(other.value, anna.value(id, "family_name"))
            anna.workspace.undo(id)
            assertEquals(shown, anna.value(id, "family_name"))
            anna.set(id, "family_name" to text("Von Ben"))
            anna.sync()
            ben.sync()
            assertEquals(text("Von Ben"), ben.value(id, "family_name"))
            assertEquals(0uL, ben.workspace.conflictCount())
            assertTrue(relay.dump().any { id in it && "Von Ben" in it })
        }

    @Test
    fun `a file of no bytes, one that is none of ours and one that is not there are refused`() =
        runBlocking {
            val folder = Files.createTempDirectory("farley-files").toFile()
            val empty = File(folder, "leer.vcf").apply { createNewFile() }
            val noise = File(folder, "bild.vcf").apply { writeBytes(ByteArray(10_000) { (it * 7).toByte() }) }
            for (file in listOf(empty, noise, File(folder, "fehlt.vcf"))) {
                val outcome = runCatching { workspace.previewImport(file.path, "contact", CancelHandle()) }
                val error = outcome.exceptionOrNull()
                assertTrue(error is FarleyException.Invalid || outcome.getOrNull()?.let { it.created + it.updated == 0uL } == true, "${file.name}: $outcome")
            }
        }

    @Test
    fun `what is exported as contact cards can be imported and taken back`() =
        runBlocking {
            val id = device.create("contact", "given_name" to text("Vera"), "family_name" to text("Karte"))
            val file = File(Files.createTempDirectory("farley-card").toFile(), "karte.vcf")
            workspace.exportRecords(listOf(id), file.path)
            assertTrue("Karte" in file.readText())
            val other = Device.enrol(relay, "Import Ina")
            val preview = other.workspace.previewImport(file.path, "contact", CancelHandle())
            assertEquals(1uL, preview.created)
        }

    @Test
    fun `the report for support holds nothing a person typed`() =
        runBlocking {
            device.create("contact", "family_name" to text("Geheimrat"))
            val file = File(Files.createTempDirectory("farley-report").toFile(), "farley.txt")
            workspace.writeDiagnostics(file.path)
            val report = file.readText()
            assertTrue(report.isNotBlank())
            assertTrue("Geheimrat" !in report)
        }
}
