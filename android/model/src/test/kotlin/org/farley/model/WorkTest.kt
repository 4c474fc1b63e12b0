package org.farley.model

import org.farley.core.EntryData
import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.core.NamedValue
import org.farley.core.Transfer
import org.farley.fixture.text
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Today, tasks, visits, lists, search: the day of one technician, without network from the first minute. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkTest {
    private val clock = FixedClock()
    private val rig = Rig("Willi Werk", clock = clock)

    @AfterAll
    fun close() = rig.close()

    private fun task(
        summary: String,
        due: String,
    ) = rig.onMain { rig.device.create("task", "summary" to text(summary), "due" to text(due), "status" to text("open")) }

    @Test
    fun `today shows what is late, what is due, and forgets what is ticked, until undone`() {
        val late = task("Heizung Meier", "2026-11-20")
        val due = task("Angebot Schulz", "2026-11-23")
        task("später", "2026-12-24")
        val today = rig.onMain { TodayModel(rig.core) }
        rig.onMain { today.opened() }
        val first = today.state.until { state -> state.overdue.any { it.id == late } && state.due.any { it.id == due } }
        assertTrue((first.overdue + first.due).none { it.title == "später" })

        rig.onMain { today.ticked(first.due.first { it.id == due }).join() }
        val ticked = today.state.until { state -> state.due.none { it.id == due } && state.undo != null }
        assertEquals("Erledigt: Angebot Schulz", ticked.undo?.text(wordsOf("de"), rig.formats))
        assertEquals("done", rig.text(due, "status"))
        rig.onMain { today.undone().join() }
        today.state.until { state -> state.due.any { it.id == due } && state.undo == null }
        assertEquals("open", rig.text(due, "status"))

        rig.onMain { today.moved(first.overdue.first { it.id == late }, MoveTo.NEXT_WEEK).join() }
        assertEquals("2026-11-30", rig.text(late, "due"))
        assertEquals(
            "Heizung Meier: Mo 30.11.",
            today.state.value.undo
                ?.text(wordsOf("de"), rig.formats),
        )
        today.close()
    }

    @Test
    fun `one line makes a follow-up, with the day it ends in`() {
        val tasks = rig.onMain { TasksModel(rig.core) }
        rig.onMain { tasks.opened().join() }
        rig.onMain { tasks.typed("Ventil bestellen Mi") }
        rig.onMain { tasks.keep() }
        val again = rig.onMain { TasksModel(rig.core) }
        rig.onMain { again.opened().join() }
        assertEquals("Ventil bestellen Mi", again.state.value.summary)
        rig.onMain { again.added().join() }
        val row =
            again.state
                .until { state -> state.rows.any { it.title == "Ventil bestellen" } }
                .rows
                .first { it.title == "Ventil bestellen" }
        assertEquals("2026-11-25", row.cells["due"])
        assertEquals("", again.state.value.summary)
        rig.onMain { again.ticked(row).join() }
        again.state.until { state -> state.rows.none { it.id == row.id } }
        rig.onMain { again.doneWanted().join() }
        again.state.until { state -> state.done.any { it.id == row.id } }
        tasks.close()
        again.close()
    }

    @Test
    fun `a list comes by pages, keeps its order and marks nothing of its own as new`() {
        repeat(150) { n -> rig.onMain { rig.device.create("company", "name" to text("Firma %03d".format(n))) } }
        val list = rig.onMain { ListModel(rig.core, "company") }
        rig.onMain { list.opened().join() }
        val first = list.state.until { it.rows.size >= 60 && it.hasMore }
        assertTrue(first.count!! >= 150)
        while (list.state.value.hasMore) {
            val before = list.state.value.rows.size
            rig.onMain { list.endReached() }
            list.state.until { it.rows.size > before || !it.hasMore }
        }
        val rows = list.state.value.rows
        assertEquals(list.state.value.count, rows.size.toLong())
        assertEquals(rows.map { it.id }.distinct().size, rows.size)
        val firms = rows.map { it.title }.filter { it.startsWith("Firma ") }
        assertEquals(firms.sorted(), firms)
        assertTrue(rows.none { it.fresh })
        rig.onMain { list.searched("firma 077").join() }
        assertEquals(
            listOf("Firma 077"),
            list.state
                .until { it.rows.size == 1 }
                .rows
                .map { it.title },
        )
        list.close()
    }

    @Test
    fun `search finds while typing and a late answer never replaces a newer one`() {
        rig.onMain { rig.device.create("contact", "family_name" to text("Müller-Brandt")) }
        rig.onMain { rig.device.create("note", "body" to text("Die Wärmepumpenwartung bei Brandt")) }
        val search = rig.onMain { SearchModel(rig.core) }
        for (typed in listOf("m", "mu", "mue", "muel", "mueller")) rig.onMain { search.typed(typed) }
        val found = search.state.until { it.answered == "mueller" }
        assertEquals(listOf("Müller-Brandt"), found.rows.map { it.title })
        rig.onMain { search.typed("wartung") }
        assertEquals(
            listOf("note"),
            search.state
                .until { it.answered == "wartung" }
                .rows
                .map { it.kind },
        )
        rig.onMain { search.cleared() }
        assertEquals(emptyList(), search.state.value.rows)
        search.close()
    }

    @Test
    fun `a visit goes from start to end and leaves a follow-up`() {
        val company = rig.onMain { rig.device.create("company", "name" to text("Bäckerei Krume")) }
        val id = rig.core.workspace.newId()
        val visit = rig.onMain { VisitModel(rig.core, id, LinkTo(company, "Bäckerei Krume"), "company") }
        rig.onMain { visit.opened().join() }
        assertEquals(VisitStep.START, visit.state.value.step)
        rig.onMain { visit.started().join() }
        assertEquals(VisitStep.RUNNING, visit.state.until { it.step == VisitStep.RUNNING }.step)
        rig.onMain { visit.reportTyped("Ofen heizt nicht. Fühler getauscht.") }
        rig.onMain { visit.outcomeChosen("successful").join() }
        rig.onMain { visit.nextStepTyped("Rechnung schicken") }
        rig.onMain { visit.nextDayChosen(monday.plusDays(7)) }
        clock.at += 45 * 60_000
        rig.onMain { visit.ended().join() }
        val ended = visit.state.until { it.step == VisitStep.ENDED && it.plannedSteps.isNotEmpty() }
        assertEquals(45 * 60_000L, ended.endedAt!! - ended.startedAt!!)
        assertEquals(listOf("Rechnung schicken"), ended.plannedSteps)
        assertEquals("Ofen heizt nicht. Fühler getauscht.", rig.text(id, "report"))
        assertEquals("successful", rig.text(id, "outcome"))
        assertEquals(
            company,
            (
                rig
                    .record(id)
                    .fields
                    .first { it.field == "company" }
                    .value as FieldValue.Link
            ).to.id,
        )
        val timeline = rig.onMain { rig.core.ask { related(company, 10u) } }.map { it.row.kind }.toSet()
        assertEquals(setOf("visit", "task"), timeline)
        assertNull(rig.onMain { rig.core.ask { draft(Draft.visit(id)) } })
        visit.close()
    }

    @Test
    fun `a record page shows facts, ways to reach and a timeline, and says who wrote what`() {
        val id =
            rig.onMain {
                rig.device.create(
                    "contact",
                    "given_name" to text("Lea"),
                    "family_name" to text("Sommer"),
                    "phones" to FieldValue.Entries(listOf(EntryData("", listOf(NamedValue("number", text("+49 171 5551234")))))),
                )
            }
        rig.onMain { rig.device.create("note", "body" to text("Ruft zurück"), "about" to FieldValue.Links(listOf(LinkTo(id, "")))) }
        val page = rig.onMain { RecordModel(rig.core, id) }
        rig.onMain { page.opened().join() }
        val state = page.state.until { it.record != null && it.timeline.isNotEmpty() }
        assertEquals("Lea Sommer", state.record?.title)
        assertEquals(Transfer.WAITING, state.record?.transfer)
        assertEquals(listOf(Reach.Way.CALL), state.reach.map { it.way })
        assertEquals(listOf("note"), state.timeline.map { it.row.kind })
        val info = assertNotNull(state.facts.flatMap { it.facts }.firstOrNull { it.info.name == "family_name" }).info
        rig.onMain { page.historyWanted(info).join() }
        val history = assertNotNull(page.state.until { it.history?.loading == false }.history)
        assertEquals(
            FieldValue.Text("Sommer"),
            history.steps
                .single()
                .fields
                .first { it.field == "family_name" }
                .new,
        )
        rig.onMain { page.removed().join() }
        page.state.until { it.record?.removed == true && it.undo != null }
        rig.onMain { page.undone().join() }
        page.state.until { it.record?.removed == false }
        page.close()
    }

    @Test
    fun `a record that is not here says so instead of failing`() {
        val page = rig.onMain { RecordModel(rig.core, rig.core.workspace.newId()) }
        rig.onMain { page.opened().join() }
        assertTrue(page.state.value.gone)
        page.close()
    }

    @Test
    fun `after a call three taps make a note`() {
        val id = rig.onMain { rig.device.create("contact", "family_name" to text("Anruf")) }
        val root = rig.onMain { RootModel(rig.core, rig.formats, { error("not asked") }, "today record/$id") }
        rig.onMain { root.callStarted(LinkTo(id, "Anruf"), "0171") }
        assertNull(
            root.state.value.call
                ?.endedAt,
        )
        rig.onMain { root.cameBack() }
        assertNotNull(
            root.state.value.call
                ?.endedAt,
        )
        rig.onMain { root.callLogged() }
        assertNull(root.state.value.call)
        val route = root.state.value.stack.top as Route.Note
        val note = rig.onMain { root.model<TextModel>(route) }
        note.state.until { !it.loading }
        rig.onMain { note.typed("Will ein Angebot bis Freitag") }
        rig.onMain { note.done().join() }
        rig.onMain { root.wentBack() }
        assertEquals(Route.Record(id), root.state.value.stack.top)
        assertEquals(listOf("Will ein Angebot bis Freitag"), rig.onMain { rig.core.ask { related(id, 5u) } }.map { it.text ?: it.row.title })
        root.close()
    }
}
