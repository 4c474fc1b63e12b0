package org.farley.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.farley.core.CancelHandle
import org.farley.core.FarleyException
import org.farley.core.LinkTo
import org.farley.core.Workspace
import org.farley.fixture.MemorySecrets
import java.io.File
import java.util.concurrent.Executors

/**
 * A phone for "one company" (tests/examples/company): the models behind a line protocol. One request a line, its words
 * separated by tabs; one answer a line, `ok` or `error`. What a person does goes through a model; only sync and dump ask the core.
 */
private class CompanyPhone {
    private val main = Executors.newSingleThreadExecutor { Thread(it, "main of the phone").apply { isDaemon = true } }.asCoroutineDispatcher()
    private var open: Open? = null

    private class Open(
        val core: Core,
        val scope: CoroutineScope,
    )

    fun answer(words: List<String>): List<String> =
        runBlocking {
            withContext(main) {
                withTimeout(PATIENCE_MS) { act(words.first(), words.drop(1)) }
            }
        }

    private suspend fun act(
        request: String,
        words: List<String>,
    ): List<String> =
        when (request) {
            "hello" -> {
                emptyList()
            }

            "enrol" -> {
                enrol(words[0], words[1], words[2])
            }

            "create" -> {
                listOf(saved(FormModel(core(), formats(), null, words[0]), words[1], words[2]))
            }

            "set" -> {
                listOf(saved(FormModel(core(), formats(), words[1]), words[2], words[3]))
            }

            "fields" -> {
                fields(words[0])
            }

            "note" -> {
                listOf(newNote(words[0], words[1]))
            }

            "write" -> {
                write(words[0], words[1], words[2])
            }

            "read" -> {
                listOf(text(words[0]))
            }

            "sync" -> {
                sync()
            }

            "conflicts" -> {
                conflicts()
            }

            "dump" -> {
                core().ask { writeDump(words[0]) }
                emptyList()
            }

            "close" -> {
                close()
            }

            else -> {
                throw IllegalArgumentException("unknown request $request")
            }
        }

    private fun core(): Core = checkNotNull(open) { "enrol first" }.core

    private fun formats() = Formats(Language.DE, PhoneClock)

    private suspend fun enrol(
        folder: String,
        link: String,
        name: String,
    ): List<String> {
        val scope = CoroutineScope(SupervisorJob() + main)
        File(folder).mkdirs()
        val model =
            EnrolModel(scope, Place(folder, "Farley company test", "android", MemorySecrets()), name) { workspace: Workspace ->
                open = Open(Core(workspace, scope), scope)
            }
        model.linkArrived(link)
        checkNotNull(model.connected()) { "the link was refused: ${model.state.value.linkError}" }.join()
        checkNotNull(open) { "not enrolled: ${model.state.value.message}" }
        return emptyList()
    }

    private suspend fun saved(
        form: FormModel,
        field: String,
        text: String,
    ): String {
        form.opened().done()
        form.changed(field, Input.Typed(text))
        form.saved().done()
        val state = form.state.value
        form.close()
        return checkNotNull(state.savedId) { "not saved: ${state.message}" }
    }

    /** German labels of a new record's form. */
    private suspend fun fields(kind: String): List<String> {
        val form = FormModel(core(), formats(), null, kind)
        form.opened().done()
        form.allFieldsWanted()
        val labels =
            form.state.value.sections
                .flatMap { section -> section.fields.map { it.info.label.de } }
        form.close()
        return labels
    }

    private suspend fun newNote(
        about: String,
        text: String,
    ): String {
        val id = core().workspace.newId()
        val note = TextModel(core(), id, LinkTo(about, ""))
        note.opened().done()
        note.typed(text)
        note.done().done()
        note.close()
        return id
    }

    private suspend fun write(
        id: String,
        old: String,
        new: String,
    ): List<String> {
        val note = TextModel(core(), id)
        note.opened().done()
        val text =
            note.state
                .first { it.text.text.contains(old) }
                .text.text
        note.typed(text.replace(old, new))
        note.done().done()
        note.close()
        return emptyList()
    }

    private suspend fun text(id: String): String {
        val note = TextModel(core(), id)
        note.opened().done()
        val text =
            note.state
                .first { it.text.text.isNotEmpty() }
                .text.text
        note.close()
        return text
    }

    private suspend fun sync(): List<String> {
        val moved = core().ask { syncOnce(SYNC_MS, CancelHandle()) }
        return listOf(moved.up.toString(), moved.down.toString(), moved.carrier.toString())
    }

    private suspend fun conflicts(): List<String> {
        val model = ConflictsModel(core())
        model.opened().done()
        val found = model.state.value.conflicts
        model.close()
        return found.map { conflict -> "${conflict.key}: ${conflict.versions.joinToString(" / ") { it.value.toString() }}" }
    }

    private suspend fun close(): List<String> {
        val closing = checkNotNull(open)
        open = null
        closing.core.shut()
        closing.scope.cancel()
        return emptyList()
    }

    private suspend fun Job.done() = join()

    private companion object {
        const val PATIENCE_MS = 60_000L
        const val SYNC_MS: ULong = 20_000uL
    }
}

fun main() {
    val phone = CompanyPhone()
    while (true) {
        val words = readLine()?.split('\t') ?: return
        if (words.first() == "quit") return
        val answer =
            try {
                listOf("ok") + phone.answer(words)
            } catch (error: FarleyException) {
                listOf("error", error.toString())
            } catch (error: RuntimeException) {
                listOf("error", error.toString())
            }
        println(answer.joinToString("\t").replace('\n', ' '))
        System.out.flush()
    }
}
