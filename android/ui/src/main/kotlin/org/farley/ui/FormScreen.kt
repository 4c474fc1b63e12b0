package org.farley.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.dp
import org.farley.core.RecordRow
import org.farley.model.FormField
import org.farley.model.FormModel
import org.farley.model.FormState
import org.farley.model.Input
import org.farley.model.LinkSearch
import org.farley.model.shown
import org.farley.model.text

class FormOn(
    val back: () -> Unit = {},
    val saved: () -> Unit = {},
    val discarded: () -> Unit = {},
    val changed: (String, Input) -> Unit = { _, _ -> },
    val left: (String) -> Unit = {},
    val entryAdded: (String) -> Unit = {},
    val entryRemoved: (String, String) -> Unit = { _, _ -> },
    val allWanted: () -> Unit = {},
    val linkSearched: (String, String) -> Unit = { _, _ -> },
    val linkChosen: (RecordRow) -> Unit = {},
    val linkSearchClosed: () -> Unit = {},
)

@Composable
fun FormScreen(
    model: FormModel,
    onBack: () -> Unit,
    onSaved: (String) -> Unit,
) {
    val state by model.state.collectAsState()
    LaunchedEffect(state.savedId) { state.savedId?.let(onSaved) }
    FormContent(
        state,
        FormOn(
            onBack,
            { model.saved() },
            { model.discarded() },
            model::changed,
            model::left,
            model::entryAdded,
            model::entryRemoved,
            model::allFieldsWanted,
            model::linkSearched,
            model::linkChosen,
            model::linkSearchClosed,
        ),
    )
}

@Composable
fun FormContent(
    state: FormState,
    on: FormOn = FormOn(),
) {
    val ui = LocalUi.current
    val kind =
        state.kind
            ?.label
            ?.let { label(it) }
            .orEmpty()
    Frame(
        title = if (state.title.isEmpty()) ui.words.formCreate(kind) else ui.words.formEdit(kind),
        onBack = on.back,
        loading = state.busy,
        bottom = { SaveBar(state, on) },
    ) {
        state.message?.let { message ->
            val named = message.field?.let { path -> field(state, path)?.info?.label }
            MessageBar(message, text = named?.let { ui.words.errorInvalidField(label(it)) } ?: message.text(ui.words), onRetry = on.saved)
        }
        Page {
            if (state.restored) Remark(ui.words.formDraftKept, icon = Icons.Undo)
            for (section in state.sections) {
                val fields = section.shown(state.all)
                if (fields.isEmpty()) continue
                Heading(label(ui.schema.section(section.name)))
                Column(Modifier.padding(horizontal = Gap), verticalArrangement = Arrangement.spacedBy(10.dp)) {
                    for (field in fields) FieldInput(field, on)
                }
            }
            if (state.sections.isNotEmpty()) {
                SideButton(
                    if (state.all) ui.words.formFewerFields else ui.words.formMoreFields,
                    on.allWanted,
                    Modifier.padding(Gap).fillMaxWidth(),
                    icon = if (state.all) Icons.Up else Icons.Down,
                )
            }
        }
    }
    state.search?.let { LinkDialog(it, field(state, it.path), on) }
}

/** Save lies under the thumb; what is here is kept anyway, and says so. */
@Composable
private fun SaveBar(
    state: FormState,
    on: FormOn,
) {
    val words = LocalUi.current.words
    Surface(color = MaterialTheme.colorScheme.surfaceContainer) {
        Column(Modifier.fillMaxWidth().imePadding().padding(horizontal = Gap, vertical = 8.dp)) {
            MainButton(words.commonSave, on.saved, Modifier.fillMaxWidth(), icon = Icons.Check, enabled = !state.busy)
            if (state.dirty || state.restored) TextButton(on.discarded, Modifier.fillMaxWidth().heightIn(min = Touch)) { Text(words.formDiscard) }
        }
    }
}

/** Choose a record: type, tap. */
@Composable
private fun LinkDialog(
    search: LinkSearch,
    field: FormField?,
    on: FormOn,
) {
    val ui = LocalUi.current
    AlertDialog(
        on.linkSearchClosed,
        confirmButton = { TextButton(on.linkSearchClosed, Modifier.heightIn(min = Touch)) { Text(ui.words.commonCancel) } },
        title = {
            Text(
                ui.words.formPickLink(
                    field
                        ?.info
                        ?.label
                        ?.let { label(it) }
                        .orEmpty(),
                ),
                style = MaterialTheme.typography.titleMedium,
            )
        },
        text = {
            Column {
                SearchField(search.text, { on.linkSearched(search.path, it) }, ui.words.formSearchLink)
                Column(Modifier.heightIn(max = 320.dp).verticalScroll(rememberScrollState())) {
                    for (row in search.rows) RecordRow(row, { on.linkChosen(row) }, showKind = true)
                    if (search.rows.isEmpty() && search.text.isNotBlank()) Text(ui.words.searchNothing, Modifier.padding(Gap))
                }
            }
        },
    )
}

private fun field(
    state: FormState,
    path: String,
): FormField? {
    val fields = state.sections.flatMap { it.fields }
    return fields.firstOrNull { it.path == path } ?: fields.flatMap { it.entries }.flatMap { it.fields }.firstOrNull { it.path == path }
}
