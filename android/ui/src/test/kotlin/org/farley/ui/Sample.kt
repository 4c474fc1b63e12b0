package org.farley.ui

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.farley.core.EntryData
import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.core.NamedValue
import org.farley.fixture.Device
import org.farley.fixture.Relay
import org.farley.fixture.text
import org.farley.model.Clock
import org.farley.model.Core
import org.farley.model.Formats
import org.farley.model.Language
import org.farley.model.Phone
import org.farley.model.PhoneClock
import org.farley.model.PreferenceStore
import org.farley.model.Preferences
import org.farley.model.Queries
import org.farley.model.RootModel
import org.farley.model.SettingsModel
import java.time.LocalDate
import java.util.concurrent.Executors

/** A small company on a real relay: Maren's phone as the pictures show it, with what Jonas and the office added. */
class SampleCompany {
    private val main = Executors.newSingleThreadExecutor { Thread(it, "main").apply { isDaemon = true } }.asCoroutineDispatcher()
    val scope = CoroutineScope(SupervisorJob() + main)
    val clock: Clock = PhoneClock
    private val relay = Relay().also { relay -> Runtime.getRuntime().addShutdownHook(Thread { relay.close() }) }
    val maren = Device.enrol(relay, "Maren Brandt", "Pixel 9")
    private val jonas = Device.enrol(relay, "Jonas Petersen", "Tablet 3")
    private val fresh = Device.enrol(relay, "Neue Person", "Pixel 8")

    lateinit var company: String
    lateinit var contact: String
    lateinit var visit: String
    lateinit var note: String

    val core: Core
    val emptyCore: Core

    init {
        runBlocking { fill() }
        core = onMain { Core(maren.workspace, scope, clock) }
        emptyCore = onMain { Core(fresh.workspace, scope, clock) }
    }

    fun <T> onMain(block: suspend CoroutineScope.() -> T): T = runBlocking { withContext(main, block) }

    fun formats(language: Language) = Formats(language, clock)

    fun root(
        saved: String,
        of: Core = core,
    ): RootModel = onMain { RootModel(of, formats(Language.DE), { settings(of) }, saved) }

    fun settings(of: Core = core) = SettingsModel(of, MemoryPreferences(), lockPossible = true)

    /** A company with two names, from two devices that did not know of each other. */
    fun conflict(): String =
        runBlocking {
            maren.workspace.setAirplane(false)
            val id = maren.create("company", "name" to text("Dachdecker"))
            maren.sync()
            jonas.sync()
            maren.set(id, "name" to text("Dachdeckerei Nord"))
            jonas.set(id, "name" to text("Dachbau Süd"))
            jonas.sync()
            maren.sync()
            maren.workspace.setAirplane(true)
            maren.set(contact, "nickname" to text("Lea ${id.takeLast(4)}"))
            id
        }

    private suspend fun fill() {
        val today = LocalDate.now(clock.zone())
        company =
            maren.create(
                "company",
                "name" to text("Bäckerei Krume & Söhne GmbH"),
                "types" to FieldValue.Keys(listOf("customer")),
                "phones" to phone("main", "+49 40 5551200"),
            )
        contact =
            maren.create(
                "contact",
                "salutation" to text("ms"),
                "given_name" to text("Lea"),
                "family_name" to text("Krume-Hansen"),
                "birthday" to text("1984-02-29"),
                "phones" to phone("mobile", "+49 171 5551234"),
                "emails" to entries("address" to text("lea@krume.example")),
                "employments" to entries("company" to FieldValue.Link(LinkTo(company, "")), "position" to text("Geschäftsführerin")),
                "state" to text("customer"),
                "tags" to FieldValue.Keys(listOf("Messe 2026", "Wartungsvertrag")),
            )
        val names = listOf("Ahrens" to "Ole", "Bergmann" to "Svenja", "Çelik" to "Deniz", "Dräger" to "Hannelore", "Eilers" to "Jan", "Freese" to "Antje", "Güldenstein-Wolkenhauer" to "Maximiliane")
        for ((family, given) in names) maren.create("contact", "family_name" to text(family), "given_name" to text(given), "phones" to phone("mobile", "+49 160 90012${family.length}"))
        val aboutCompany = FieldValue.Links(listOf(LinkTo(company, "")))
        val aboutContact = FieldValue.Links(listOf(LinkTo(contact, "")))
        note =
            maren.create(
                "note",
                "body" to text("Backofen 2 verliert Dampf an der linken Tür. Dichtung ist bestellt, Liefertermin nächste Woche. Bitte vorher anrufen, der Hof ist morgens zugeparkt."),
                "about" to aboutContact,
            )
        maren.create("comment", "on" to FieldValue.Link(LinkTo(note, "")), "body" to text("Dichtung liegt im Lager, Regal 7."))
        maren.create("task", "summary" to text("Angebot Wartungsvertrag schicken"), "due" to text(today.minusDays(3).toString()), "status" to text("open"), "about" to aboutCompany)
        maren.create("task", "summary" to text("Rückruf wegen Liefertermin"), "due" to text(today.toString()), "status" to text("open"), "priority" to text("high"), "about" to aboutContact)
        maren.create("task", "summary" to text("Zählerstand nachtragen"), "due" to text(today.plusDays(2).toString()), "status" to text("open"))
        visit =
            maren.create(
                "visit",
                "purpose" to text("maintenance"),
                "company" to FieldValue.Link(LinkTo(company, "")),
                "contacts" to aboutContact,
                "planned" to FieldValue.Period("${today}T09:00", "${today}T10:30", clock.zone().id),
                "report" to text("Brenner gereinigt, Abgaswerte in Ordnung."),
            )
        maren.sync()
        jonas.sync()
        maren.workspace.markSeen(Queries.listName("contact"))
        maren.set(contact, "family_name" to text("Krume"), "state" to text("customer"))
        jonas.set(contact, "family_name" to text("Hansen"))
        jonas.create("contact", "family_name" to text("Iversen"), "given_name" to text("Neele"), "phones" to phone("work", "+49 431 778899"))
        jonas.create("note", "body" to text("Neele Iversen übernimmt die Buchhaltung."), "about" to aboutCompany)
        jonas.sync()
        maren.sync()
        // What waits: typed after the last transfer, with the network switched off as in a cellar.
        maren.workspace.setAirplane(true)
        maren.workspace.startSync()
        maren.set(contact, "nickname" to text("Lea K."))
        maren.create("note", "body" to text("Am Telefon: Termin passt, Schlüssel beim Nachbarn."), "about" to aboutContact)
    }

    private fun phone(
        label: String,
        number: String,
    ): FieldValue = entries("label" to text(label), "number" to text(number))

    private fun entries(vararg values: Pair<String, FieldValue>): FieldValue = FieldValue.Entries(listOf(EntryData("", values.map { NamedValue(it.first, it.second) })))
}

/** Made once for all tests. Not an object: its making needs a second thread, which would wait for the class for ever. */
val Sample: SampleCompany by lazy { SampleCompany() }

class MemoryPreferences : PreferenceStore {
    private var kept = Preferences()

    override fun load() = kept

    override fun save(preferences: Preferences) {
        kept = preferences
    }
}

/** Remembers what the screens asked the phone to do. */
class RecordingPhone : Phone {
    val asked = ArrayList<String>()

    private fun did(what: String): Boolean {
        asked += what
        return true
    }

    override fun dial(number: String) = did("dial $number")

    override fun message(number: String) = did("message $number")

    override fun mail(address: String) = did("mail $address")

    override fun map(place: String) = did("map $place")

    override fun browse(address: String) = did("browse $address")

    override fun calendar(
        title: String,
        period: FieldValue.Period,
        place: String,
    ) = did("calendar $title")

    override fun shareFile(
        path: String,
        type: String,
    ) = did("share $type")

    override fun scanCode() = did("scan")

    override fun clipboardText(): String? = null

    override fun knock() = Unit
}

/** Waits for a state; fails with the one it stayed at. */
fun <S> StateFlow<S>.until(condition: (S) -> Boolean): S = runBlocking { withTimeoutOrNull(10_000) { first(condition) } } ?: throw AssertionError("never so; stayed at $value")
