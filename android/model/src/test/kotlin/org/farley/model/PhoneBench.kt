package org.farley.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.farley.core.RowQuery
import org.farley.core.SortKey
import org.farley.core.Workspace
import org.farley.fixture.APP
import org.farley.fixture.FileSecrets
import java.io.File
import java.util.concurrent.Executors

/** Figures of `cargo xtask bench phone`: a name and a number a line. Arguments: folder of the phone, folder of its secrets. */
fun main(arguments: Array<String>) {
    val (folder, secrets) = arguments
    val main = Executors.newSingleThreadExecutor { Thread(it, "main of the bench").apply { isDaemon = true } }.asCoroutineDispatcher()
    runBlocking {
        withContext(main) {
            val starts = (0 until STARTS).map { start(folder, secrets, CoroutineScope(SupervisorJob() + main)) }
            say("start", starts.sorted()[STARTS / 2])
            val scope = CoroutineScope(SupervisorJob() + main)
            val core = Core(Workspace.open(folder, APP, FileSecrets(File(secrets))), scope)
            say("page", pages(core))
            scroll(core)
            say("search", search(core))
            core.shut()
            scope.cancel()
        }
    }
}

private fun contacts() = RowQuery("contact", null, emptyList(), listOf(SortKey("title", false)), false, emptyList(), null)

/** Milliseconds from nothing to the first rows in the state of the list's model. */
private suspend fun start(
    folder: String,
    secrets: String,
    scope: CoroutineScope,
): Double {
    val begin = System.nanoTime()
    val core = Core(Workspace.open(folder, APP, FileSecrets(File(secrets))), scope)
    val list = ListModel(core, "contact")
    list.opened()
    list.state.first { it.rows.isNotEmpty() }
    val took = since(begin)
    list.close()
    core.shut()
    scope.cancel()
    return took
}

/** Median of a page of 50 rows, in microseconds, on a warm JVM. */
private suspend fun pages(core: Core): Double {
    val workspace = core.workspace
    repeat(WARM) { workspace.page(contacts(), null, ROWS) }
    val times =
        (0 until WARM).map {
            val begin = System.nanoTime()
            workspace.page(contacts(), null, ROWS)
            (System.nanoTime() - begin) / MICRO
        }
    return times.sorted()[WARM / 2]
}

private suspend fun scroll(core: Core) {
    val times = ArrayList<Double>()
    var cursor: String? = null
    do {
        val begin = System.nanoTime()
        val page = core.ask { page(contacts(), cursor, 2u * ROWS) }
        times += since(begin)
        cursor = page.next
    } while (cursor != null)
    say("scroll", times.max())
    say("scroll_median", times.sorted()[times.size / 2])
}

/** p95 of a keystroke to its rows, in milliseconds. */
private suspend fun search(core: Core): Double {
    val times = ArrayList<Double>()
    val model = SearchModel(core)
    for (word in listOf("brandt", "yildiz", "müller", "kowalski", "öztürk", "0171 0037", "kontakt1234", "anna vogt")) {
        for (length in 1..word.length) {
            val typed = word.take(length)
            val begin = System.nanoTime()
            model.typed(typed)
            model.state.first { it.answered == typed }
            times += since(begin)
        }
    }
    model.close()
    return times.sorted()[times.size * P95 / HUNDRED]
}

private fun since(begin: Long) = (System.nanoTime() - begin) / MILLI

private fun say(
    name: String,
    value: Double,
) = println("$name $value")

private const val STARTS = 9
private const val WARM = 400
private const val ROWS = 50u
private const val MICRO = 1_000.0
private const val MILLI = 1_000_000.0
private const val P95 = 95
private const val HUNDRED = 100
