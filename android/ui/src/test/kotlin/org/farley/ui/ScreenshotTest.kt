package org.farley.ui

import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.platform.LocalLayoutDirection
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.LayoutDirection
import org.farley.core.LinkTo
import org.farley.core.TroubleCode
import org.farley.model.BackStack
import org.farley.model.ConflictsModel
import org.farley.model.EnrolState
import org.farley.model.FormModel
import org.farley.model.Input
import org.farley.model.Language
import org.farley.model.ListModel
import org.farley.model.Problem
import org.farley.model.RecordModel
import org.farley.model.RecordState
import org.farley.model.SearchModel
import org.farley.model.SyncModel
import org.farley.model.SyncState
import org.farley.model.TasksModel
import org.farley.model.TextModel
import org.farley.model.TodayModel
import org.farley.model.UserMessage
import org.farley.model.VisitModel
import org.farley.model.wordsOf
import org.junit.Test
import java.io.File
import kotlin.test.assertTrue

/** Every screen as a picture, drawn from the states of real models. They are for looking at: target/android/screenshots. */
class ScreenshotTest {
    private class Look(
        val suffix: String,
        val size: DpSize = PhoneSize,
        val language: Language = Language.DE,
        val dark: Boolean = false,
        val font: Float = 1f,
        val rightToLeft: Boolean = false,
    )

    private val phone = Look("phone-de-light")
    private val night = Look("phone-en-dark", language = Language.EN, dark = true)
    private val large = Look("phone-de-200", font = 2f)
    private val mirrored = Look("phone-rtl", rightToLeft = true)
    private val tablet = Look("tablet-de-light", size = TabletSize)
    private val tabletNight = Look("tablet-en-dark", size = TabletSize, language = Language.EN, dark = true)

    private val folder = File(checkNotNull(System.getProperty("shots.dir"))).apply { mkdirs() }
    private val status = Sample.core.status.value

    @Test
    fun `pictures of every screen`() {
        folder
            .listFiles()
            .orEmpty()
            .filter { it.extension == "png" }
            .forEach { it.delete() }
        today()
        lists()
        record()
        forms()
        notesAndVisits()
        tasksAndConflicts()
        transferAndSettings()
        enrolment()
        root()
        val count = folder.listFiles().orEmpty().count { it.length() > SMALLEST }
        println("screenshots: $count in $folder")
        assertTrue(count >= 60, "$count pictures")
    }

    private fun today() {
        val model = Sample.onMain { TodayModel(Sample.core).also { it.opened() } }
        val state = model.state.until { !it.loading }
        shoot("today", phone, night, large, mirrored) { TodayContent(state, status) }
        val empty = Sample.onMain { TodayModel(Sample.emptyCore).also { it.opened() } }.state.until { !it.loading }
        shoot("today-empty", phone, large) { TodayContent(empty, Sample.emptyCore.status.value) }
        Sample.onMain { model.ticked(state.due.first()).join() }
        val ticked = model.state.until { it.undo != null }
        shoot("today-undo", phone, large) { TodayContent(ticked, status) }
        Sample.onMain { model.undone().join() }
    }

    private fun lists() {
        val contacts = Sample.onMain { ListModel(Sample.core, "contact").also { it.opened() } }.state.until { !it.loading }
        shoot("contacts", phone, night, large, mirrored) { ListContent(contacts, status) }
        val companies = Sample.onMain { ListModel(Sample.core, "company").also { it.opened() } }.state.until { !it.loading }
        shoot("companies", phone) { ListContent(companies, status, ListOn(back = {})) }
        val visits = Sample.onMain { ListModel(Sample.core, "visit").also { it.opened() } }.state.until { !it.loading }
        shoot("visits", phone) { ListContent(visits, status, ListOn(back = {})) }
        val none = Sample.onMain { ListModel(Sample.emptyCore, "campaign").also { it.opened() } }.state.value
        shoot("list-empty", phone, large) { ListContent(none.copy(kind = "contact", loading = false, rows = emptyList()), status) }
        val search = Sample.onMain { SearchModel(Sample.core).also { it.typed("krume") } }.state.until { it.answered == "krume" }
        shoot("search", phone, night, large) { SearchContent(search, status) }
        shoot("search-nothing", phone) { SearchContent(search.copy(text = "xyz", answered = "xyz", rows = emptyList()), status) }
    }

    private fun record() {
        val model = Sample.onMain { RecordModel(Sample.core, Sample.contact).also { it.opened() } }
        val state = model.state.until { it.record != null }
        shoot("record", phone, night, large, mirrored) { RecordContent(state) }
        shoot("record-call", phone, large) { CallOver(state) }
        val info =
            state.facts
                .flatMap { it.facts }
                .first { it.info.name == "family_name" }
                .info
        Sample.onMain { model.historyWanted(info).join() }
        val history = model.state.until { it.history?.loading == false }.history!!
        shoot("record-history", phone, night) { HistorySheet(history) {} }
        val gone = Sample.onMain { RecordModel(Sample.core, Sample.core.workspace.newId()).also { it.opened() } }.state.until { it.gone }
        shoot("record-gone", phone) { RecordContent(gone) }
    }

    @Composable
    private fun CallOver(state: RecordState) {
        androidx.compose.foundation.layout.Column {
            androidx.compose.foundation.layout
                .Box(
                    androidx.compose.ui.Modifier
                        .weight(1f),
                ) { RecordContent(state) }
            CallBarContent(state.record?.title.orEmpty())
        }
    }

    private fun forms() {
        val formats = Sample.formats(Language.DE)
        val edit = Sample.onMain { FormModel(Sample.core, formats, Sample.contact).also { it.opened().join() } }
        shoot("form-edit", phone, night, large, mirrored) { FormContent(edit.state.value) }
        val new = Sample.onMain { FormModel(Sample.core, formats, null, "contact").also { it.opened().join() } }
        Sample.onMain {
            new.changed("family_name", Input.Typed("Petersen"))
            new.allFieldsWanted()
            new.changed("birthday", Input.Typed("irgendwann im Mai"))
            new.saved().join()
        }
        shoot("form-error", phone, night) { FormContent(new.state.value) }
        Sample.onMain { new.discarded().join() }
        val visit = Sample.onMain { FormModel(Sample.core, formats, Sample.visit).also { it.opened().join() } }
        shoot("form-visit", phone) { FormContent(visit.state.value) }
    }

    private fun notesAndVisits() {
        val note = Sample.onMain { TextModel(Sample.core, Sample.note).also { it.opened().join() } }.state.value
        shoot("note", phone, night, large) { NoteContent(note) }
        shoot("note-merged", phone) { NoteContent(note.copy(text = note.text.copy(merged = true))) }
        val id = Sample.core.workspace.newId()
        val new = Sample.onMain { TextModel(Sample.core, id, LinkTo(Sample.contact, "Lea Krume"), call = true).also { it.opened().join() } }.state.value
        shoot("note-after-call", phone, large) { NoteContent(new) }
        val model = Sample.onMain { VisitModel(Sample.core, Sample.visit).also { it.opened().join() } }
        val today = Sample.clock.today()
        shoot("visit-start", phone, night) { VisitContent(model.state.value, today) }
        Sample.onMain { model.started().join() }
        Sample.onMain { model.nextStepTyped("Dichtung einbauen") }
        val running = model.state.until { it.startedAt != null }.copy(outcome = "follow_up_needed", nextStep = "Dichtung einbauen")
        shoot("visit-running", phone, night, large, mirrored) { VisitContent(running, today) }
        shoot("visit-ended", phone) { VisitContent(running.copy(endedAt = running.startedAt!! + 2_700_000, plannedSteps = listOf("Dichtung einbauen"), nextStep = ""), today) }
    }

    private fun tasksAndConflicts() {
        val tasks = Sample.onMain { TasksModel(Sample.core).also { it.opened() } }.state.until { !it.loading }
        shoot("tasks", phone, night, large) { TasksContent(tasks.copy(summary = "Ventil bestellen Mi"), status) }
        shoot("tasks-empty", phone) { TasksContent(tasks.copy(rows = emptyList(), hasMore = false), status) }
        val conflicts = Sample.onMain { ConflictsModel(Sample.core).also { it.opened() } }.state.until { !it.loading }
        assertTrue(conflicts.conflicts.isNotEmpty())
        shoot("conflicts", phone, night, large, mirrored) { ConflictsContent(conflicts) }
        shoot("conflicts-empty", phone) { ConflictsContent(conflicts.copy(conflicts = emptyList())) }
    }

    private fun transferAndSettings() {
        val state = Sample.onMain { SyncModel(Sample.core).also { it.opened().join() } }.state.value
        val server =
            Sample.core.workspace
                .identity()
                .server
        shoot("transfer-waiting", phone, night, large) { SyncContent(state, server) }
        val calm = state.copy(status = state.status.copy(pending = 0u, pendingSince = null, connected = true, carrier = org.farley.core.CarrierName.QUIC))
        shoot("transfer-done", phone) { SyncContent(calm, server) }
        val trouble = SyncState(state.status.copy(trouble = TroubleCode.WRONG_SERVER, clockSkewMs = 1_900_000), message = UserMessage(Problem.UNREACHABLE, code = "no_answer"))
        shoot("transfer-trouble", phone, large) { SyncContent(trouble, server) }
        val settings = Sample.settings().state.value
        shoot("settings", phone, night, large) { SettingsContent(settings, "1.0") }
        shoot("more", phone, night, large) { MoreContent(status, 2) }
    }

    private fun enrolment() {
        val begun = EnrolState(deviceName = "Pixel 9")
        shoot("enrol", phone, night, large) { EnrolContent(begun) }
        shoot("enrol-error", phone) { EnrolContent(begun.copy(link = "farley://enrol#9f", linkError = "truncated")) }
        shoot("enrol-ready", phone, large) { EnrolContent(begun.copy(link = "farley://enrol#…", server = "crm.waermetechnik-nord.example")) }
        shoot("enrol-refused", phone) { EnrolContent(begun.copy(link = "farley://enrol#…", server = "crm.example", message = UserMessage(Problem.REFUSED, code = "expired"))) }
    }

    private fun root() {
        val ways =
            mapOf(
                "root-today" to "today visit/${Sample.visit}",
                "root-contacts" to "rows/contact record/${Sample.contact}",
                "root-tasks" to "rows/task",
                "root-conflicts" to "more conflicts record/${Sample.contact}",
                "root-form" to "rows/contact edit/${Sample.contact}",
            )
        for ((name, way) in ways) {
            val root = Sample.root(way)
            val stack = BackStack.parse(way)
            // Models are made on the thread of the screens and have their first answer before the picture is taken.
            Sample.onMain { stack.routes.forEach { root.model<AutoCloseable>(it) } }
            Thread.sleep(SETTLE_MS)
            shootRoot(name, root, tablet, tabletNight)
            if (name == "root-today" ||
                name == "root-contacts"
            ) {
                shootRoot(
                    name,
                    Sample.root(stack.root.print()).also {
                        Sample.onMain { it.model<AutoCloseable>(stack.root) }
                        Thread.sleep(SETTLE_MS)
                    },
                    phone,
                    large,
                )
            }
        }
    }

    private fun shootRoot(
        name: String,
        root: org.farley.model.RootModel,
        vararg looks: Look,
    ) {
        val shell = Shell(RecordingPhone(), "1.0", { "/tmp/$it" }, { "" }, calm = true)
        for (look in looks) {
            draw("$name-${look.suffix}", look) { RootScreen(root, wordsOf(look.language.code), Sample.formats(look.language), shell) }
        }
    }

    private fun shoot(
        name: String,
        vararg looks: Look,
        content: @Composable () -> Unit,
    ) {
        for (look in looks) {
            draw("$name-${look.suffix}", look) {
                val ui = Ui(wordsOf(look.language.code), Sample.formats(look.language), Sample.core.schema.value, calm = true)
                CompositionLocalProvider(LocalUi provides ui) { Surface { content() } }
            }
        }
    }

    @OptIn(ExperimentalComposeUiApi::class)
    private fun draw(
        name: String,
        look: Look,
        content: @Composable () -> Unit,
    ) {
        val width =
            look.size.width.value
                .toInt()
        val height =
            look.size.height.value
                .toInt()
        val scene =
            ImageComposeScene(width, height, Density(1f, look.font)) {
                CompositionLocalProvider(LocalLayoutDirection provides if (look.rightToLeft) LayoutDirection.Rtl else LayoutDirection.Ltr) {
                    FarleyTheme(look.dark) { content() }
                }
            }
        try {
            var image = scene.render(0)
            // More frames: what is measured late (scaffold, flow rows) and what models answered meanwhile.
            for (frame in 1..FRAMES) image = scene.render(frame * FRAME_NANOS)
            File(folder, "$name.png").writeBytes(checkNotNull(image.encodeToData()).bytes)
        } finally {
            scene.close()
        }
    }

    private companion object {
        const val SMALLEST = 2_000L
        const val SETTLE_MS = 600L
        const val FRAMES = 6
        const val FRAME_NANOS = 50_000_000L
    }
}
