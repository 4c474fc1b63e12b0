package org.farley.ui

import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isRoot
import androidx.compose.ui.test.junit4.createComposeRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.DpSize
import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.model.BackStack
import org.farley.model.ConflictsModel
import org.farley.model.EnrolState
import org.farley.model.FormModel
import org.farley.model.Language
import org.farley.model.ListModel
import org.farley.model.RecordModel
import org.farley.model.Route
import org.farley.model.SyncModel
import org.farley.model.TasksModel
import org.farley.model.TextModel
import org.farley.model.TodayModel
import org.farley.model.VisitModel
import org.farley.model.wordsOf
import org.junit.Rule
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** Screens touched and read, over the states and models of a real device. The same tests run on a phone later. */
class ScreenTest {
    @get:Rule
    val rule = createComposeRule()

    private val status = Sample.core.status.value
    private val words = wordsOf("de")

    private fun set(
        size: DpSize = PhoneSize,
        font: Float = 1f,
        content: @Composable () -> Unit,
    ) = rule.setContent {
        val ui = Ui(words, Sample.formats(Language.DE), Sample.core.schema.value, calm = true)
        CompositionLocalProvider(LocalUi provides ui) { FarleyTheme(false) { Surface { Sized(size, font, content) } } }
    }

    private fun today() = Sample.onMain { TodayModel(Sample.core).also { it.opened() } }

    // Reading order: what a screen reader says, from the first swipe on.

    @Test
    fun `today is read title first, then transfer, then what is late`() {
        val state = today().state.until { !it.loading }
        set { TodayContent(state, status) }
        inOrder(
            "Heute",
            "Übertragung",
            "November",
            "Fassungen klären",
            "Besuche",
            "Wartung",
            "Überfällig",
            "Angebot Wartungsvertrag schicken",
            words.taskMarkDoneWhat("Angebot Wartungsvertrag schicken"),
            "Heute fällig",
        )
    }

    @Test
    fun `a list is read title, search, count, rows`() {
        val state = Sample.onMain { ListModel(Sample.core, "contact").also { it.opened() } }.state.until { !it.loading }
        set { ListContent(state, status) }
        inOrder("Kontakte", "Kontakte durchsuchen", "Einträge", "Ole Ahrens", "Svenja Bergmann")
        assertEquals(listOf("Neele Iversen"), state.rows.filter { it.fresh && it.id != Sample.contact }.map { it.title })
    }

    @Test
    fun `a record is read back, kind, name, transfer, versions, ways to reach, actions, facts`() {
        val state = Sample.onMain { RecordModel(Sample.core, Sample.contact).also { it.opened() } }.state.until { it.record != null }
        set { RecordContent(state) }
        inOrder(
            "Zurück",
            "Kontakt",
            "Bearbeiten",
            "Lea ",
            "noch nicht übertragen",
            "geändert",
            "2 Fassungen",
            "+49 171 5551234 · mobil anrufen",
            "E-Mail an lea@krume.example",
            "Notiz",
            "Besuch",
            "Aufgabe",
            "Person",
        )
    }

    @Test
    fun `a form is read title, fields, and save at the end`() {
        val model = Sample.onMain { FormModel(Sample.core, Sample.formats(Language.DE), null, "company").also { it.opened().join() } }
        set { FormContent(model.state.value) }
        inOrder("Zurück", "Neu: Firma", "Firma", "Name", "Speichern")
    }

    @Test
    fun `a visit is read with whom, report, outcome, and the step at the end`() {
        val model = Sample.onMain { VisitModel(Sample.core, Sample.core.workspace.newId(), LinkTo(Sample.company, "Bäckerei Krume"), "company").also { it.opened().join() } }
        set { VisitContent(model.state.value, Sample.clock.today()) }
        inOrder("Zurück", "Neuer Besuch", "Bäckerei Krume", "ohne Termin", "Anlass", "Erstgespräch", "Bericht", "Besuch beginnen")
    }

    // Size: gloves, and eyes that need large letters.

    @Test
    fun `everything that can be touched is at least 48 dp high and wide, also at normal font`() {
        for (screen in screens()) {
            rule.runOnIdle { shown.value = screen.second }
            if (!isSet) {
                isSet = true
                set { shown.value?.invoke() }
            }
            rule.waitForIdle()
            val small = touchables().filterNot { big(it) }.map { "${screen.first}: ${said(it)} ${it.layoutInfo.width}x${it.layoutInfo.height}" }
            assertEquals(emptyList(), small)
        }
    }

    @Test
    fun `at font 200 percent no text runs out of its place`() {
        for (screen in screens()) {
            rule.runOnIdle { shown.value = screen.second }
            if (!isSet) {
                isSet = true
                set(font = 2f) { shown.value?.invoke() }
            }
            rule.waitForIdle()
            assertEquals(emptyList(), overflowing().map { "${screen.first}: $it" })
        }
    }

    private val shown = androidx.compose.runtime.mutableStateOf<(@Composable () -> Unit)?>(null)
    private var isSet = false

    private fun screens(): List<Pair<String, @Composable () -> Unit>> {
        val today = today().state.until { !it.loading }
        val list = Sample.onMain { ListModel(Sample.core, "contact").also { it.opened() } }.state.until { !it.loading }
        val record = Sample.onMain { RecordModel(Sample.core, Sample.contact).also { it.opened() } }.state.until { it.record != null }
        val form = Sample.onMain { FormModel(Sample.core, Sample.formats(Language.DE), Sample.contact).also { it.opened().join() } }.state.value
        val note = Sample.onMain { TextModel(Sample.core, Sample.note).also { it.opened().join() } }.state.value
        val visit = Sample.onMain { VisitModel(Sample.core, Sample.visit).also { it.opened().join() } }.state.value
        val tasks = Sample.onMain { TasksModel(Sample.core).also { it.opened() } }.state.until { !it.loading }
        val conflicts = Sample.onMain { ConflictsModel(Sample.core).also { it.opened() } }.state.until { !it.loading }
        val sync = Sample.onMain { SyncModel(Sample.core).also { it.opened().join() } }.state.value
        return listOf(
            "today" to { TodayContent(today, status) },
            "list" to { ListContent(list, status) },
            "record" to { RecordContent(record) },
            "form" to { FormContent(form) },
            "note" to { NoteContent(note) },
            "visit" to { VisitContent(visit, Sample.clock.today()) },
            "tasks" to { TasksContent(tasks, status) },
            "conflicts" to { ConflictsContent(conflicts) },
            "transfer" to { SyncContent(sync, "crm.example") },
            "settings" to { SettingsContent(Sample.settings().state.value, "1.0") },
            "more" to { MoreContent(status, 2) },
            "enrol" to { EnrolContent(EnrolState(deviceName = "Pixel 9")) },
            "call" to { CallBarContent("Lea Krume") },
        )
    }

    // Touch: a tap does what it says, through the real models.

    @Test
    fun `ticking a task takes it away and undo brings it back`() {
        val model = today()
        val first =
            model.state
                .until { !it.loading && it.due.isNotEmpty() }
                .due
                .first()
        set {
            TodayScreen(model, status, null, TodayOn(ticked = { model.ticked(it) }, undone = { model.undone() }))
        }
        rule.onNodeWithContentDescription(words.taskMarkDoneWhat(first.title)).performScrollTo().performClick()
        model.state.until { state -> state.due.none { it.id == first.id } && state.undo != null }
        rule.waitForIdle()
        rule.onNodeWithText(words.todayTicked(first.title)).assertExists()
        rule.onNodeWithText("Rückgängig").performClick()
        model.state.until { state -> state.due.any { it.id == first.id } }
    }

    @Test
    fun `an unreadable date keeps its text and says what is wrong beside it`() {
        val model = Sample.onMain { FormModel(Sample.core, Sample.formats(Language.DE), null, "task").also { it.opened().join() } }
        set { FormScreen(model, {}, {}) }
        rule.onNode(hasText("Fällig")).performScrollTo().performTextInput("Sankt Nimmerlein")
        rule.onNodeWithText("Speichern").performClick()
        model.state.until { state -> state.sections.flatMap { it.fields }.any { it.error != null } }
        rule.waitForIdle()
        rule.onNodeWithText("Sankt Nimmerlein").assertExists()
        rule.onAllNodesWithText(words.valueDate).onFirst().assertExists()
        rule.onNodeWithText(words.errorInvalidField("Fällig")).assertExists()
        Sample.onMain { model.discarded().join() }
    }

    @Test
    fun `one tap takes a version`() {
        val id = Sample.conflict()
        val model = Sample.onMain { ConflictsModel(Sample.core).also { it.opened() } }
        val conflict =
            model.state
                .until { state -> state.conflicts.any { it.id == id } }
                .conflicts
                .first { it.id == id }
        set { ConflictsContent(model.state.value.copy(conflicts = listOf(conflict)), ConflictsOn(taken = { c, v -> model.taken(c, v) })) }
        val other = conflict.versions.first { !it.shown }
        rule.onNodeWithContentDescription("Diese nehmen: ${(other.value as FieldValue.Text).text}").performScrollTo().performClick()
        model.state.until { state -> state.conflicts.none { it.id == id } && state.undo != null }
        assertEquals(other.value, Sample.onMain { Sample.maren.value(id, "name") })
    }

    @Test
    fun `on a tablet a tapped row opens beside its list and the next one takes its place`() {
        val root = Sample.root("rows/contact")
        Sample.onMain { root.model<ListModel>(Route.Rows("contact")) }.state.until { !it.loading }
        val shell = Shell(RecordingPhone(), "1.0", { "/tmp/$it" }, { "" }, calm = true)
        rule.setContent { FarleyTheme(false) { Sized(TabletSize) { RootScreen(root, words, Sample.formats(Language.DE), shell) } } }
        rule.onNodeWithText("Wählen Sie links einen Eintrag.").assertExists()
        rule.onNodeWithText("Ole Ahrens").performClick()
        rule.waitForIdle()
        val stack = root.state.value.stack
        assertEquals(Route.Rows("contact"), stack.root)
        assertTrue(stack.top is Route.Record)
        assertEquals(2, stack.panes(wide = true).let { listOfNotNull(it.first, it.second) }.size)
        rule.onNodeWithText("Svenja Bergmann").performClick()
        rule.waitForIdle()
        assertEquals(2, root.state.value.stack.routes.size)
    }

    @Test
    fun `call, and on the way back three taps make a note`() {
        val root = Sample.root(BackStack(listOf(Route.Today, Route.Record(Sample.contact))).print())
        Sample.onMain { root.model<RecordModel>(Route.Record(Sample.contact)) }.state.until { it.record != null }
        val phone = RecordingPhone()
        rule.setContent { FarleyTheme(false) { Sized(PhoneSize) { RootScreen(root, words, Sample.formats(Language.DE), Shell(phone, "1.0", { "/tmp/$it" }, { "" }, calm = true)) } } }
        rule.onNodeWithContentDescription("+49 171 5551234 · mobil anrufen").performClick()
        assertEquals(listOf("dial +49 171 5551234"), phone.asked)
        rule.runOnIdle { root.cameBack() }
        rule.onNodeWithText("Anruf festhalten").performClick()
        rule.waitForIdle()
        val route = root.state.value.stack.top as Route.Note
        val note = Sample.onMain { root.model<TextModel>(route) }
        note.state.until { !it.loading }
        rule
            .onNode(
                hasText("Notiz") and
                    androidx.compose.ui.test
                        .hasSetTextAction(),
            ).performTextInput("Termin am Freitag")
        rule.onNodeWithText("Fertig").performClick()
        rule.waitForIdle()
        assertEquals(Route.Record(Sample.contact), root.state.value.stack.top)
        val record = Sample.onMain { RecordModel(Sample.core, route.id).also { it.opened() } }
        val body =
            record.state
                .until { it.record != null }
                .facts
                .flatMap { it.facts }
                .first { it.info.name == "body" }
        assertEquals(FieldValue.Text("Termin am Freitag"), body.value)
    }

    // Reading of the tree.

    private fun inOrder(vararg expected: String) {
        rule.waitForIdle()
        val heard =
            rule
                .onAllNodes(isRoot())
                .onFirst()
                .fetchSemanticsNode()
                .let { order(it) }
                .map(::said)
                .filter { it.isNotEmpty() }
        var at = 0
        for (text in expected) {
            val found = (at until heard.size).firstOrNull { text in heard[it] } ?: throw AssertionError("\"$text\" is not read after item $at of $heard")
            at = found + 1
        }
    }

    /** As TalkBack goes: groups by their place, rows from top to bottom, within a row from left to right. */
    private fun order(node: SemanticsNode): List<SemanticsNode> {
        val own = if (said(node).isNotEmpty()) listOf(node) else emptyList()
        val children = node.children.filter { it.size.width > 0 && it.size.height > 0 }
        val sorted = children.sortedWith(compareBy({ it.config.getOrNull(SemanticsProperties.TraversalIndex) ?: 0f }, { middle(it) }, { it.positionInRoot.x }))
        return own + sorted.flatMap { order(it) }
    }

    /** What has its middle at the same height stands in one row. */
    private fun middle(node: SemanticsNode) = (node.positionInRoot.y + node.size.height / 2f).toInt() / LINE

    private fun said(node: SemanticsNode): String {
        val description =
            node.config
                .getOrNull(SemanticsProperties.ContentDescription)
                ?.joinToString(" ")
                .orEmpty()
        val text =
            node.config
                .getOrNull(SemanticsProperties.Text)
                ?.joinToString(" ") { it.text }
                .orEmpty()
        return listOf(description, text).filter { it.isNotEmpty() }.joinToString(" ")
    }

    private fun touchables(): List<SemanticsNode> = rule.onAllNodes(hasClickAction()).fetchSemanticsNodes().filter { it.size.width > 0 && it.size.height > 0 }

    /** By layout, not by touch bounds: Compose inflates those. One pixel is rounding. */
    private fun big(node: SemanticsNode): Boolean {
        val density = node.layoutInfo.density.density
        val least = Touch.value * density - 1
        return node.layoutInfo.width >= least && node.layoutInfo.height >= least
    }

    private fun overflowing(): List<String> =
        rule
            .onAllNodes(
                androidx.compose.ui.test.SemanticsMatcher
                    .keyIsDefined(SemanticsActions.GetTextLayoutResult),
                useUnmergedTree = true,
            ).fetchSemanticsNodes()
            .mapNotNull { node ->
                val results = ArrayList<TextLayoutResult>()
                node.config
                    .getOrNull(SemanticsActions.GetTextLayoutResult)
                    ?.action
                    ?.invoke(results)
                val layout = results.firstOrNull() ?: return@mapNotNull null
                said(node).takeIf { layout.didOverflowHeight && !layout.isLineEllipsized(layout.lineCount - 1) }
            }

    private companion object {
        const val LINE = 12
    }
}
