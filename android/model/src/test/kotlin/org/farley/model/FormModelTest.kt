package org.farley.model

import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.fixture.text
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestInstance
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormModelTest {
    private val rig = Rig("Frieda Form", clock = FixedClock())

    @AfterAll
    fun close() = rig.close()

    private fun form(
        id: String? = null,
        kind: String? = null,
        about: LinkTo? = null,
    ): FormModel {
        val model = FormModel(rig.core, rig.formats, id, kind, about)
        rig.onMain { model.opened().join() }
        return model
    }

    private fun FormModel.field(path: String): FormField =
        state.value.sections
            .flatMap { it.fields }
            .let { fields -> fields.firstOrNull { it.path == path } ?: fields.flatMap { it.entries }.flatMap { it.fields }.first { it.path == path } }

    private fun FormModel.type(
        path: String,
        value: String,
    ) = rig.onMain { changed(path, Input.Typed(value)) }

    private fun FormModel.save(): String? {
        rig.onMain { saved().join() }
        return state.value.savedId
    }

    @Test
    fun `a new contact with a number and a birthday is saved as the schema says`() {
        val form = form(kind = "contact")
        form.type("given_name", "Lea")
        form.type("family_name", "Brandt")
        form.type("birthday", "31.12.1980")
        rig.onMain { form.changed("state", Input.One("customer")) }
        rig.onMain { form.entryAdded("phones") }
        val entry = form.field("phones").entries.single()
        form.type("phones/${entry.id}/number", "0171 5551234")
        form.type("phones/${entry.id}/label", "mobile")

        val id = assertNotNull(form.save(), "${form.state.value.message}")

        val record = rig.record(id)
        assertEquals("Lea Brandt", record.title)
        assertEquals("1980-12-31", rig.text(id, "birthday"))
        val phones = assertIs<FieldValue.Entries>(record.fields.first { it.field == "phones" }.value)
        assertEquals(entry.id, phones.entries.single().id)
        assertEquals(listOf(Reach(Reach.Way.CALL, "0171 5551234", "mobile")).map { it.label to it.way }, reach(record).map { it.label to it.way })
    }

    @Test
    fun `an unreadable date stays as it was typed, with words beside it, and nothing is saved`() {
        val form = form(kind = "contact")
        form.type("family_name", "Ohne Datum")
        form.type("birthday", "irgendwann im Mai")
        assertNull(form.save())
        assertEquals(Input.Typed("irgendwann im Mai"), form.field("birthday").input)
        val error = assertNotNull(form.field("birthday").error)
        assertTrue("Datum" in valueErrorText(wordsOf("de"), form.field("birthday").info.fieldType, error))
        form.type("birthday", "1.5.1990")
        assertNull(form.field("birthday").error)
        val id = assertNotNull(form.save())
        assertEquals("1990-05-01", rig.text(id, "birthday"))
    }

    @Test
    fun `what was typed and never saved is there after the form is opened again`() {
        val id = rig.onMain { rig.device.create("contact", "family_name" to text("Draft")) }
        val first = form(id)
        first.type("family_name", "Drafft")
        first.type("birthday", "noch zu klären")
        rig.onMain { first.entryAdded("emails") }
        val entry = first.field("emails").entries.single()
        first.type("emails/${entry.id}/address", "lea@")
        rig.onMain { first.keep() }
        rig.onMain { first.close() }

        val second = form(id)
        assertTrue(second.state.value.restored)
        assertEquals(Input.Typed("Drafft"), second.field("family_name").input)
        assertEquals(Input.Typed("noch zu klären"), second.field("birthday").input)
        assertEquals(Input.Typed("lea@"), second.field("emails/${entry.id}/address").input)
        assertEquals("Draft", rig.text(id, "family_name"))

        rig.onMain { second.discarded().join() }
        assertFalse(second.state.value.restored)
        assertEquals(Input.Typed("Draft"), second.field("family_name").input)
        assertFalse(form(id).state.value.restored)
    }

    @Test
    fun `a draft is written within a third of a second, without a button`() {
        val form = form(kind = "company")
        form.type("name", "Wärmepumpen Nord")
        Thread.sleep(Draft.PAUSE_MS + 400)
        val kept = rig.onMain { rig.core.ask { draft("new:company") } }
        assertEquals(
            FieldValue.Typed("Wärmepumpen Nord"),
            kept
                ?.edit
                ?.set
                ?.single { it.field == "name" }
                ?.value,
        )
        rig.onMain { form.discarded().join() }
    }

    @Test
    fun `a field that was not touched keeps what somebody else wrote meanwhile`() {
        val id = rig.onMain { rig.device.create("contact", "family_name" to text("Alt"), "nickname" to text("Leo")) }
        val form = form(id)
        form.type("nickname", "Lea")
        rig.onMain { rig.device.set(id, "family_name" to text("Neu")) }
        assertNotNull(form.save())
        assertEquals("Neu", rig.text(id, "family_name"))
        assertEquals("Lea", rig.text(id, "nickname"))
    }

    @Test
    fun `a removed entry goes and the others stay`() {
        val form = form(kind = "company")
        form.type("name", "Zwei Nummern")
        rig.onMain { form.entryAdded("phones") }
        rig.onMain { form.entryAdded("phones") }
        val (one, two) = form.field("phones").entries.map { it.id }
        form.type("phones/$one/number", "030 111")
        form.type("phones/$two/number", "030 222")
        val id = assertNotNull(form.save(), "${form.state.value.message}")
        val again = form(id)
        rig.onMain { again.entryRemoved("phones", one) }
        assertNotNull(again.save(), "${again.state.value.message}")
        val phones =
            rig
                .record(id)
                .fields
                .first { it.field == "phones" }
                .value
        assertEquals(listOf(two), assertIs<FieldValue.Entries>(phones).entries.map { it.id })
    }

    @Test
    fun `a task about a record links to it, due in words`() {
        val about = rig.onMain { rig.device.create("company", "name" to text("Kälte Kirsch")) }
        val form = form(kind = "task", about = LinkTo(about, "Kälte Kirsch"))
        form.type("summary", "Angebot schicken")
        form.type("due", "morgen")
        val id = assertNotNull(form.save(), "${form.state.value.message}")
        assertEquals("2026-11-24", rig.text(id, "due"))
        val links =
            assertIs<FieldValue.Links>(
                rig
                    .record(id)
                    .fields
                    .first { it.field == "about" }
                    .value,
            )
        assertEquals(listOf(LinkTo(about, "Kälte Kirsch")), links.links)
    }

    @Test
    fun `a link is found by typing and taken by a tap`() {
        rig.onMain { rig.device.create("company", "name" to text("Dachdecker Ziegel")) }
        val form = form(kind = "visit")
        rig.onMain { form.linkSearched("company", "ziegel") }
        val found =
            form.state
                .until { it.search?.rows?.isNotEmpty() == true }
                .search!!
                .rows
                .single()
        rig.onMain { form.linkChosen(found) }
        assertNull(form.state.value.search)
        assertEquals(listOf(found.id), (form.field("company").input as Input.Links).links.map { it.id })
        rig.onMain { form.discarded().join() }
    }

    @Test
    fun `a field the office added appears after the next transfer, without an update of the app`() {
        val office = Rig("Olga Office", "Desk")
        office.onMain {
            office.device.create(
                "setting",
                "type" to text("custom_field"),
                "key" to text("roof_pitch"),
                "label_de" to text("Dachneigung"),
                "label_en" to text("Roof pitch"),
                "p/kind" to text("contact"),
                "p/field_type" to text("decimal"),
            )
            office.device.sync()
        }
        rig.onMain { rig.device.sync() }
        rig.core.schema.until { it.field("contact", "roof_pitch") != null }
        val form = form(kind = "contact")
        val field = form.field("roof_pitch")
        assertTrue(field.info.custom)
        assertEquals("Dachneigung", field.info.label.inLanguage(Language.DE))
        form.type("family_name", "Steildach")
        form.type("roof_pitch", "37,5")
        val id = assertNotNull(form.save(), "${form.state.value.message}")
        assertEquals("37.5", rig.text(id, "roof_pitch"))
        office.close()
    }

    @Test
    fun `every field of every kind has a control and shows what it holds`() {
        for (kind in rig.core.schema.value.data.kinds
            .filter { it.name != "setting" }) {
            val form = form(kind = kind.name)
            val shown =
                form.state.value.sections
                    .flatMap { it.fields }
            assertTrue(shown.isNotEmpty(), kind.name)
            val names = shown.map { it.info.name }
            assertEquals(names.distinct(), names)
            assertTrue(shown.none { it.info.readOnly }, kind.name)
        }
    }
}
