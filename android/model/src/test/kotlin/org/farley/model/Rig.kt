package org.farley.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.farley.core.FieldValue
import org.farley.core.RecordData
import org.farley.fixture.Device
import org.farley.fixture.Relay
import java.time.LocalDate
import java.time.ZoneId
import java.util.concurrent.Executors

/** The office of all tests of this module: started once, stopped with the JVM. */
object Office {
    val relay: Relay by lazy { Relay().also { relay -> Runtime.getRuntime().addShutdownHook(Thread { relay.close() }) } }
}

/** A phone as the app has it: models on one thread, the real library below. */
class Rig(
    person: String = "Maren Brandt",
    title: String = "Pixel 9",
    val device: Device = Device.enrol(Office.relay, person, title),
    val clock: Clock = PhoneClock,
) : AutoCloseable {
    private val main = Executors.newSingleThreadExecutor { Thread(it, "main of the test").apply { isDaemon = true } }.asCoroutineDispatcher()
    val scope = CoroutineScope(SupervisorJob() + main)
    val core = onMain { Core(device.workspace, scope, clock) }
    val formats = Formats(Language.DE, clock)

    /** Runs what a person does on the thread of the screens. */
    fun <T> onMain(block: suspend CoroutineScope.() -> T): T = runBlocking { withContext(main, block) }

    fun record(id: String): RecordData = onMain { core.ask { record(id) } }

    fun text(
        id: String,
        field: String,
    ): String = (record(id).fields.firstOrNull { it.field == field }?.value as? FieldValue.Text)?.text.orEmpty()

    override fun close() {
        scope.cancel()
        main.close()
    }
}

/** Waits until the state is as it should become; fails with the state that it stayed at. */
fun <S> StateFlow<S>.until(condition: (S) -> Boolean): S = runBlocking { withTimeoutOrNull(WAIT_MS) { first(condition) } } ?: throw AssertionError("never so within $WAIT_MS ms; stayed at $value")

private const val WAIT_MS = 10_000L

/** Monday, 23 November 2026, 14:12 in Berlin. */
class FixedClock(
    var at: Long = 1_795_439_520_000L,
) : Clock {
    override fun now(): Long = at

    override fun zone(): ZoneId = ZoneId.of("Europe/Berlin")
}

val monday: LocalDate = LocalDate.of(2026, 11, 23)
