package org.farley.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.farley.core.LinkTo
import org.farley.core.Workspace
import org.farley.fixture.APP
import org.farley.fixture.FileSecrets
import java.io.File
import java.util.concurrent.Executors

/** What is typed in the scripted visit; every word of it must be there after the process was killed. */
object Script {
    const val REPORT_1 = "Pumpe läuft laut. "
    const val REPORT_2 = "Lager getauscht, Probelauf 20 Minuten 😀."
    const val OUTCOME = "successful"
    const val NEXT_STEP = "Angebot für Wartungsvertrag"
    const val NOTE = "Hund im Hof, vorher anrufen"
    const val NICKNAME = "Rolli"

    /** A pause a person makes; drafts are written within 300 ms. */
    const val PAUSE = Draft.PAUSE_MS + 120

    val steps: List<Pair<String, suspend Hands.() -> Unit>> =
        listOf(
            "start" to { visit.started().join() },
            "report, first sentence" to {
                visit.reportTyped(REPORT_1)
                delay(PAUSE)
            },
            "report, second sentence" to {
                visit.reportTyped(REPORT_1 + REPORT_2)
                delay(PAUSE)
            },
            "outcome" to { visit.outcomeChosen(OUTCOME).join() },
            "next step" to {
                visit.nextStepTyped(NEXT_STEP)
                delay(PAUSE)
            },
            "note" to {
                note.typed(NOTE)
                delay(PAUSE)
            },
            "form" to {
                form.changed("nickname", Input.Typed(NICKNAME))
                delay(PAUSE)
            },
            "form saved" to { form.saved().join() },
            "end" to { visit.ended().join() },
        )

    class Hands(
        val visit: VisitModel,
        val note: TextModel,
        val form: FormModel,
    )
}

/** Arguments: folder, secrets, visit, note, contact, company. Waits for a line before every step and says when it is done. */
fun main(arguments: Array<String>) {
    val (folder, secrets, visitId, noteId, contactId) = arguments
    val company = LinkTo(arguments[5], "Hofladen Huber")
    val main = Executors.newSingleThreadExecutor().asCoroutineDispatcher()
    val scope = CoroutineScope(SupervisorJob() + main)
    runBlocking {
        val workspace = Workspace.open(folder, APP, FileSecrets(File(secrets)))
        withContext(main) {
            val core = Core(workspace, scope)
            val hands =
                Script.Hands(
                    VisitModel(core, visitId, company, "company"),
                    TextModel(core, noteId, company),
                    FormModel(core, Formats(Language.DE, PhoneClock), contactId),
                )
            hands.visit.opened().join()
            hands.note.opened().join()
            hands.form.opened().join()
            for ((name, step) in Script.steps) {
                println("READY $name")
                readlnOrNull() ?: return@withContext
                hands.step()
                println("DONE $name")
            }
            readlnOrNull()
        }
    }
}
