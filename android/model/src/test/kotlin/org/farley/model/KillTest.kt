package org.farley.model

import com.sun.jna.Native
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import org.farley.core.CancelHandle
import org.farley.core.FieldValue
import org.farley.core.Workspace
import org.farley.fixture.APP
import org.farley.fixture.Device
import org.farley.fixture.FileSecrets
import org.farley.fixture.MemorySecrets
import org.farley.fixture.text
import org.junit.jupiter.api.Assertions.assertAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.function.Executable
import java.io.BufferedReader
import java.io.File
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The battery is pulled (SIGKILL) after each step of a visit, and between the steps. Nothing typed is lost. */
class KillTest {
    private class Case(
        val folder: File,
        val secrets: File,
        val company: String,
        val contact: String,
        val visit: String,
        val note: String,
    )

    @Test
    fun `killed after any step of a visit every typed character is there`() {
        val cases = Script.steps.indices.map { last -> last to prepare() }
        assertAll(
            cases.map { (last, case) ->
                Executable {
                    killAfter(case, last)
                    look(case, last)
                }
            },
        )
    }

    private fun prepare(): Case =
        runBlocking {
            val folder = Files.createTempDirectory("farley-kill").toFile()
            val secrets = Files.createTempDirectory("farley-kill-keys").toFile()
            val keys = FileSecrets(secrets)
            val workspace = Workspace.enrol(folder.path, Office.relay.invite("Karl Kill"), "Pixel 9", "Android", APP, keys, CancelHandle())
            val device = Device(workspace, folder, MemorySecrets())
            val company = device.create("company", "name" to text("Hofladen Huber"))
            val contact = device.create("contact", "family_name" to text("Huber"))
            val case = Case(folder, secrets, company, contact, workspace.newId(), workspace.newId())
            workspace.shut()
            workspace.close()
            case
        }

    /** A process of its own that is killed when step [last] is done and the next one is about to begin. */
    private fun killAfter(
        case: Case,
        last: Int,
    ) {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val library = System.getProperty("jna.library.path")
        val log = File(case.secrets, "log")
        val process =
            ProcessBuilder(
                java,
                "-Djna.library.path=$library",
                "-Djna.nosys=true",
                "-cp",
                CLASS_PATH,
                "org.farley.model.ScriptedVisitKt",
                case.folder.path,
                case.secrets.path,
                case.visit,
                case.note,
                case.contact,
                case.company,
            ).redirectError(log).start()
        val output = process.inputStream.bufferedReader()
        for ((name, _) in Script.steps.take(last + 1)) {
            output.await("READY $name", log)
            process.outputStream.write('\n'.code)
            process.outputStream.flush()
            output.await("DONE $name", log)
        }
        process.destroyForcibly().waitFor()
        assertEquals(SIGKILLED, process.exitValue())
    }

    private fun BufferedReader.await(
        line: String,
        log: File,
    ) {
        while (true) {
            val read = readLine() ?: throw AssertionError("the process ended before $line: ${log.readText().takeLast(2_000)}")
            if (read == line) return
        }
    }

    private fun look(
        case: Case,
        last: Int,
    ) {
        val workspace = runBlocking { Workspace.open(case.folder.path, APP, FileSecrets(case.secrets)) }
        Rig(device = Device(workspace, case.folder, MemorySecrets())).use { rig ->
            val visit = rig.onMain { VisitModel(rig.core, case.visit) }
            rig.onMain { visit.opened().join() }
            val note = rig.onMain { TextModel(rig.core, case.note) }
            rig.onMain { note.opened().join() }
            val form = rig.onMain { FormModel(rig.core, rig.formats, case.contact) }
            rig.onMain { form.opened().join() }
            val at = "killed after: ${Script.steps[last].first}"

            fun did(step: String) = Script.steps.take(last + 1).any { it.first == step }
            val report = (if (did("report, first sentence")) Script.REPORT_1 else "") + if (did("report, second sentence")) Script.REPORT_2 else ""
            val reported = visit.state.value.report.text
            assertEquals(report.trim(), reported.trim(), at)
            if (did("start")) assertTrue(visit.state.value.startedAt != null, at)
            if (did("outcome")) assertEquals(Script.OUTCOME, visit.state.value.outcome, at)
            if (did("next step")) {
                val steps = rig.onMain { rig.core.ask { related(case.visit, 10u) } }.map { it.row.title }
                assertTrue(visit.state.value.nextStep == Script.NEXT_STEP || Script.NEXT_STEP in steps, at)
            }
            if (did("note")) assertEquals(Script.NOTE, note.state.value.text.text, at)
            if (did("form")) {
                val nickname =
                    form.state.value.sections
                        .flatMap { it.fields }
                        .first { it.path == "nickname" }
                        .input
                assertEquals(Input.Typed(Script.NICKNAME), nickname, at)
            }
            if (did("form saved")) {
                assertEquals(
                    FieldValue.Text(Script.NICKNAME),
                    rig
                        .record(case.contact)
                        .fields
                        .first { it.field == "nickname" }
                        .value,
                    at,
                )
            }
            if (did("end")) assertTrue(visit.state.value.endedAt != null, at)
            runBlocking { workspace.shut() }
        }
    }

    private companion object {
        const val SIGKILLED = 137

        /** Where the classes of the child come from, whoever runs this test. */
        val CLASS_PATH: String =
            listOf(Script::class, Core::class, Workspace::class, Unit::class, CoroutineScope::class, Native::class)
                .map {
                    File(
                        it.java.protectionDomain.codeSource.location
                            .toURI(),
                    ).path
                }.distinct()
                .joinToString(File.pathSeparator)
    }
}
