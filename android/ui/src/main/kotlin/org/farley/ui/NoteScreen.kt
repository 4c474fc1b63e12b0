package org.farley.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.imePadding
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.FocusRequester
import androidx.compose.ui.focus.focusRequester
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.unit.dp
import org.farley.core.LinkTo
import org.farley.core.RelatedRow
import org.farley.core.Transfer
import org.farley.model.NoteState
import org.farley.model.TextModel
import org.farley.model.TextState

class NoteOn(
    val back: () -> Unit = {},
    val typed: (String) -> Unit = {},
    val done: () -> Unit = {},
    val opened: (LinkTo) -> Unit = {},
    val mergeSeen: () -> Unit = {},
    val commentTyped: (String) -> Unit = {},
    val commentSent: () -> Unit = {},
)

@Composable
fun NoteScreen(
    model: TextModel,
    onBack: () -> Unit,
    onOpened: (LinkTo) -> Unit,
) {
    val state by model.state.collectAsState()
    NoteContent(
        state,
        NoteOn(
            back = onBack,
            typed = model::typed,
            done = {
                model.done()
                onBack()
            },
            opened = onOpened,
            mergeSeen = model::mergeSeen,
            commentTyped = model::commentTyped,
            commentSent = { model.commentSent() },
        ),
    )
}

@Composable
fun NoteContent(
    state: NoteState,
    on: NoteOn = NoteOn(),
) {
    val ui = LocalUi.current
    val words = ui.words
    val isNew = state.title.isEmpty()
    Frame(
        title = if (isNew) words.noteNew else words.noteTitle,
        onBack = on.back,
        loading = state.loading,
        bottom = {
            Surface(color = MaterialTheme.colorScheme.surfaceContainer) {
                MainButton(words.commonDone, on.done, Modifier.fillMaxWidth().imePadding().padding(horizontal = Gap, vertical = 8.dp), icon = Icons.Check)
            }
        },
    ) {
        (state.message ?: state.text.message)?.let { MessageBar(it, onRetry = on.done) }
        if (state.text.merged) Remark(words.noteAlsoWroteSomeone, icon = Icons.Person, onClose = on.mergeSeen)
        Page {
            for (link in state.about) {
                val name = link.title.ifEmpty { words.commonUntitled }
                TextButton({ on.opened(link) }, Modifier.padding(horizontal = 8.dp).heightIn(min = Touch), shape = MaterialTheme.shapes.medium) { Text(words.noteAbout(name)) }
            }
            BigText(state.text, on.typed, words.noteTitle, if (state.call) words.callWords else words.notePlaceholder, focus = isNew && !state.loading)
            Column(Modifier.padding(horizontal = Gap, vertical = 6.dp)) { SavedMark(state.text) }
            if (!isNew) Comments(state, on)
        }
    }
}

/** Where this text is: only here as a draft, in the record, at the office. */
@Composable
fun SavedMark(state: TextState) {
    val words = LocalUi.current.words
    val transfer = state.transfer
    if (!state.saved || transfer == null) {
        Text(words.visitSavedWhileTyping, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.onSurfaceVariant)
    } else {
        TransferMark(transfer)
    }
}

/** A text to write into with thumbs: large, and it grows. */
@Composable
fun BigText(
    state: TextState,
    onTyped: (String) -> Unit,
    label: String,
    placeholder: String,
    modifier: Modifier = Modifier,
    focus: Boolean = false,
) {
    val requester = remember { FocusRequester() }
    LaunchedEffect(focus) { if (focus) requester.requestFocus() }
    OutlinedTextField(
        state.text,
        onTyped,
        modifier
            .fillMaxWidth()
            .padding(horizontal = Gap)
            .heightIn(min = 160.dp)
            .focusRequester(requester),
        label = { Text(label) },
        placeholder = { Text(placeholder) },
        textStyle = MaterialTheme.typography.bodyLarge,
        minLines = 5,
        shape = MaterialTheme.shapes.medium,
        keyboardOptions = KeyboardOptions(capitalization = KeyboardCapitalization.Sentences),
    )
}

@Composable
private fun Comments(
    state: NoteState,
    on: NoteOn,
) {
    val words = LocalUi.current.words
    Heading(words.noteComments)
    if (state.comments.isEmpty()) {
        Text(
            words.noteNoComments,
            Modifier.padding(horizontal = Gap, vertical = 4.dp),
            style = MaterialTheme.typography.bodyMedium,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
        )
    }
    for (comment in state.comments) CommentLine(comment)
    Row(Modifier.padding(start = Gap, end = 8.dp, top = 8.dp), verticalAlignment = Alignment.CenterVertically) {
        Line(words.noteCommentPlaceholder, state.comment, on.commentTyped, Modifier.weight(1f), lines = 2)
        IconAction(Icons.Send, words.noteCommentSave, on.commentSent, enabled = state.comment.isNotBlank())
    }
}

@Composable
private fun CommentLine(comment: RelatedRow) {
    val ui = LocalUi.current
    Row(Modifier.fillMaxWidth().padding(horizontal = Gap, vertical = 8.dp)) {
        Icon(Icons.Comment, null, Modifier.padding(top = 2.dp).size(20.dp), tint = MaterialTheme.colorScheme.primary)
        Column(Modifier.weight(1f).padding(start = 12.dp), verticalArrangement = Arrangement.spacedBy(2.dp)) {
            Text(comment.text ?: comment.row.title, style = MaterialTheme.typography.bodyLarge)
            Text(
                "${who(comment.author)} · ${ui.formats.moment(comment.at)}",
                style = MaterialTheme.typography.bodySmall,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
            )
        }
        if (comment.row.transfer == Transfer.WAITING) TransferMark(comment.row.transfer, compact = true)
    }
}
