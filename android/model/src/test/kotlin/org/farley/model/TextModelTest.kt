package org.farley.model

import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.fixture.Device
import org.farley.fixture.text
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TextModelTest {
    private val anna = Rig("Anna Text", "Pixel 9")
    private val ben = Rig("Ben Text", "Pixel 8")

    @AfterAll
    fun close() {
        anna.close()
        ben.close()
    }

    private fun Rig.note(
        id: String,
        about: LinkTo? = null,
    ): TextModel {
        val model = onMain { TextModel(core, id, about) }
        onMain { model.opened().join() }
        return model
    }

    @Test
    fun `a new note is in the record two seconds after the last character, about what it was begun from`() {
        val company = anna.onMain { anna.device.create("company", "name" to text("Solar Sonne")) }
        val id = anna.core.workspace.newId()
        val note = anna.note(id, LinkTo(company, "Solar Sonne"))
        anna.onMain { note.typed("Dach ist frei. ") }
        anna.onMain { note.typed("Dach ist frei. Zähler zu klein.") }
        note.state.until { it.text.saved && it.text.transfer != null }
        assertEquals("Dach ist frei. Zähler zu klein.", anna.text(id, "body"))
        val timeline = anna.onMain { anna.core.ask { related(company, 10u) } }
        assertEquals(listOf(id), timeline.map { it.row.id })
    }

    @Test
    fun `leaving the screen saves what was just typed`() {
        val id = anna.core.workspace.newId()
        val note = anna.note(id)
        anna.onMain { note.typed("kurz vor dem Wischen") }
        anna.onMain { note.close() }
        val again = anna.note(id)
        again.state.until { it.text.text == "kurz vor dem Wischen" }
        assertEquals("kurz vor dem Wischen", again.state.value.text.text)
    }

    @Test
    fun `an empty note leaves nothing behind`() {
        val id = anna.core.workspace.newId()
        val note = anna.note(id)
        anna.onMain { note.typed(" ") }
        anna.onMain { note.done().join() }
        anna.onMain { note.close() }
        assertEquals(emptyList(), anna.onMain { anna.core.ask { rows(listOf(id)) } })
    }

    @Test
    fun `two people write into one note and both texts stay, also what is typed while the other's comes in`() {
        val id = anna.onMain { anna.device.create("note", "body" to text("Besuch am Montag.")) }
        sync()
        val hers = anna.note(id)
        val his = ben.note(id)
        anna.onMain { hers.typed("Besuch am Montag. Anna bringt das Angebot mit.") }
        ben.onMain { his.typed("Wichtig: Besuch am Montag.") }
        anna.onMain { hers.done().join() }
        ben.onMain { his.done().join() }
        sync()
        val text = "Wichtig: Besuch am Montag. Anna bringt das Angebot mit."
        hers.state.until { it.text.text == text }
        his.state.until { it.text.text == text }
        assertTrue(hers.state.value.text.merged)
        anna.onMain { hers.mergeSeen() }
        assertFalse(hers.state.value.text.merged)
        hers.close()
        his.close()
    }

    @Test
    fun `a comment is kept while it is typed and stands under the note once sent`() {
        val id = anna.onMain { anna.device.create("note", "body" to text("Mit Kommentar")) }
        val note = anna.note(id)
        anna.onMain { note.commentTyped("Bitte nachfassen") }
        anna.onMain { note.keep() }
        val again = anna.note(id)
        assertEquals("Bitte nachfassen", again.state.value.comment)
        anna.onMain { again.commentSent().join() }
        assertEquals("", again.state.value.comment)
        assertEquals(
            listOf("Bitte nachfassen"),
            again.state.value.comments
                .map { it.text ?: it.row.title },
        )
        val on =
            anna
                .record(
                    again.state.value.comments
                        .single()
                        .row.id,
                ).fields
                .first { it.field == "on" }
                .value
        assertEquals(id, (on as FieldValue.Link).to.id)
    }

    private fun sync() {
        for (rig in listOf(anna, ben, anna)) rig.onMain { rig.device.sync() }
    }
}
