package org.farley.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Icon
import androidx.compose.material3.InputChip
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedCard
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Switch
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.focus.onFocusChanged
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.error
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.unit.dp
import org.farley.core.ChoiceInfo
import org.farley.core.FieldType
import org.farley.core.FieldValue
import org.farley.model.FormField
import org.farley.model.Input
import org.farley.model.valueErrorText

/** The control of one field, chosen by its type alone: a custom field of tomorrow is drawn by the same lines. */
@Composable
fun FieldInput(
    field: FormField,
    on: FormOn,
) {
    when (val input = field.input) {
        is Input.Typed -> {
            TypedInput(field, input, on)
        }

        is Input.Yes -> {
            YesInput(field, input, on)
        }

        is Input.One -> {
            ChoiceInput(field, field.choices, { it == input.key }) { key -> on.changed(field.path, Input.One(key.takeIf { it != input.key })) }
        }

        is Input.Many -> {
            if (field.info.fieldType == FieldType.TAGS) {
                TagsInput(field, input, on)
            } else {
                ChoiceInput(field, field.choices, { it in input.keys }) { key ->
                    on.changed(field.path, Input.Many(if (key in input.keys) input.keys - key else input.keys + key))
                }
            }
        }

        is Input.Links -> {
            LinksInput(field, input, on)
        }

        is Input.Place -> {
            PlaceInput(field, input, on)
        }

        is Input.Span -> {
            SpanInput(field, input, on)
        }

        is Input.Entries -> {
            EntriesInput(field, on)
        }
    }
}

@Composable
private fun TypedInput(
    field: FormField,
    input: Input.Typed,
    on: FormOn,
) {
    val long = field.info.fieldType == FieldType.LONG_TEXT
    Line(
        label(field.info.label),
        input.text,
        { on.changed(field.path, Input.Typed(it)) },
        error = error(field),
        onLeft = { on.left(field.path) },
        keyboard = keyboard(field.info.fieldType),
        lines = if (long) 3 else 1,
    )
    // A line with suggestions: a tap takes one, and typing something else is just as right.
    if (field.choices.isNotEmpty() && field.choices.size <= MAX_SUGGESTIONS) {
        Buttons {
            for (choice in field.choices) Choice(choice, choice.key == input.text) { on.changed(field.path, Input.Typed(if (choice.key == input.text) "" else choice.key)) }
        }
    }
}

/** A line of text; what is wrong with it stands under it and is read out, and the text stays. */
@Composable
fun Line(
    label: String,
    text: String,
    onChange: (String) -> Unit,
    modifier: Modifier = Modifier,
    error: String? = null,
    onLeft: () -> Unit = {},
    keyboard: KeyboardOptions = KeyboardOptions.Default,
    lines: Int = 1,
    placeholder: String? = null,
) {
    var had by remember { mutableStateOf(false) }
    OutlinedTextField(
        text,
        onChange,
        modifier
            .fillMaxWidth()
            .heightIn(min = 56.dp)
            .onFocusChanged {
                if (had && !it.isFocused) onLeft()
                had = it.isFocused
            }.then(if (error == null) Modifier else Modifier.semantics { error(error) }),
        label = { Text(label) },
        placeholder = placeholder?.let { { Text(it) } },
        isError = error != null,
        supportingText = error?.let { { Text(it) } },
        singleLine = lines == 1,
        minLines = lines,
        keyboardOptions = keyboard,
        shape = MaterialTheme.shapes.medium,
    )
}

@Composable
private fun YesInput(
    field: FormField,
    input: Input.Yes,
    on: FormOn,
) {
    Row(
        Modifier
            .fillMaxWidth()
            .toggleable(input.yes, role = Role.Switch) { on.changed(field.path, Input.Yes(it)) }
            .heightIn(min = 56.dp),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Text(label(field.info.label), Modifier.weight(1f).padding(end = 12.dp), style = MaterialTheme.typography.bodyLarge)
        Switch(input.yes, null)
    }
}

/** Choices lie open: one tap, no list to unfold. */
@Composable
private fun ChoiceInput(
    field: FormField,
    choices: List<ChoiceInfo>,
    isChosen: (String) -> Boolean,
    onChoose: (String) -> Unit,
) {
    Column {
        FieldLabel(field)
        Buttons {
            for (choice in choices) Choice(choice, isChosen(choice.key)) { onChoose(choice.key) }
        }
        error(field)?.let { ErrorText(it) }
    }
}

@Composable
fun Choice(
    choice: ChoiceInfo,
    chosen: Boolean,
    onClick: () -> Unit,
) {
    FilterChip(
        chosen,
        onClick,
        { Text(label(choice.label), style = MaterialTheme.typography.bodyMedium) },
        Modifier.heightIn(min = Touch),
        leadingIcon = if (chosen) ({ Icon(Icons.Check, null, Modifier.size(18.dp)) }) else null,
    )
}

@Composable
private fun TagsInput(
    field: FormField,
    input: Input.Many,
    on: FormOn,
) {
    // What is typed after the last comma stays as it is, a comma makes a tag of it.
    var text by remember(field.path) { mutableStateOf(input.keys.joinToString(", ")) }
    Line(label(field.info.label), text, {
        text = it
        on.changed(field.path, Input.Many(it.split(',').map(String::trim).filter(String::isNotEmpty)))
    }, placeholder = LocalUi.current.words.formCommas)
}

@Composable
private fun LinksInput(
    field: FormField,
    input: Input.Links,
    on: FormOn,
) {
    val ui = LocalUi.current
    Column {
        FieldLabel(field)
        Buttons {
            for (link in input.links) {
                val name = link.title.ifEmpty { ui.words.commonNotHere }
                InputChip(
                    true,
                    { on.changed(field.path, Input.Links(input.links.filterNot { it.id == link.id })) },
                    { Text(name, style = MaterialTheme.typography.bodyMedium) },
                    Modifier.heightIn(min = Touch),
                    trailingIcon = { Icon(Icons.Close, ui.words.formRemoveEntry(name), Modifier.size(18.dp)) },
                )
            }
            SideButton(ui.words.formPickLink(label(field.info.label)), { on.linkSearched(field.path, "") }, icon = Icons.Search)
        }
    }
}

@Composable
private fun PlaceInput(
    field: FormField,
    input: Input.Place,
    on: FormOn,
) {
    val words = LocalUi.current.words
    val held = input.address

    fun changed(next: FieldValue.Address) = on.changed(field.path, Input.Place(next))
    Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
        FieldLabel(field)
        Line(words.formStreet, held.street, { changed(held.copy(street = it)) })
        Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Line(words.formPostalCode, held.postalCode, { changed(held.copy(postalCode = it)) }, Modifier.weight(2f))
            Line(words.formCity, held.city, { changed(held.copy(city = it)) }, Modifier.weight(3f))
        }
        Line(words.formCountry, held.country, { changed(held.copy(country = it)) })
    }
}

@Composable
private fun SpanInput(
    field: FormField,
    input: Input.Span,
    on: FormOn,
) {
    val words = LocalUi.current.words
    Column(verticalArrangement = Arrangement.spacedBy(6.dp)) {
        Line(label(field.info.label), input.day, { on.changed(field.path, input.copy(day = it)) }, onLeft = { on.left(field.path) }, error = error(field))
        Row(horizontalArrangement = Arrangement.spacedBy(8.dp)) {
            Line(words.formStart, input.from, { on.changed(field.path, input.copy(from = it)) }, Modifier.weight(1f), onLeft = { on.left(field.path) })
            Line(words.formEnd, input.until, { on.changed(field.path, input.copy(until = it)) }, Modifier.weight(1f), onLeft = { on.left(field.path) })
        }
    }
}

/** Phones, e-mails, employments: a card each, and a button for one more. */
@Composable
private fun EntriesInput(
    field: FormField,
    on: FormOn,
) {
    val words = LocalUi.current.words
    val name = label(field.info.label)
    Column(verticalArrangement = Arrangement.spacedBy(8.dp)) {
        for (entry in field.entries) {
            OutlinedCard(Modifier.fillMaxWidth()) {
                Column(Modifier.padding(12.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
                    Row(verticalAlignment = Alignment.CenterVertically) {
                        Text(name, Modifier.weight(1f).semantics { heading() }, style = MaterialTheme.typography.titleSmall)
                        IconAction(Icons.Trash, words.formRemoveEntry(name), { on.entryRemoved(field.path, entry.id) })
                    }
                    // What the entry is about comes first, its label and its switches behind it.
                    for (sub in entry.fields.sortedBy { rank(it) }) FieldInput(sub, on)
                }
            }
        }
        SideButton(words.formAddEntry(name), { on.entryAdded(field.path) }, Modifier.fillMaxWidth(), icon = Icons.Add)
    }
}

private fun rank(field: FormField): Int =
    when {
        field.input is Input.Yes -> 2
        field.info.name == "label" -> 1
        else -> 0
    }

@Composable
private fun FieldLabel(field: FormField) =
    Text(label(field.info.label), Modifier.padding(bottom = 2.dp), style = MaterialTheme.typography.labelMedium, color = MaterialTheme.colorScheme.onSurfaceVariant)

@Composable
private fun ErrorText(text: String) = Text(text, style = MaterialTheme.typography.bodySmall, color = MaterialTheme.colorScheme.error)

@Composable
private fun error(field: FormField): String? = field.error?.let { valueErrorText(LocalUi.current.words, field.info.fieldType, it) }

private fun keyboard(type: FieldType): KeyboardOptions =
    when (type) {
        FieldType.PHONE -> KeyboardOptions(keyboardType = KeyboardType.Phone, imeAction = ImeAction.Next)

        FieldType.EMAIL -> KeyboardOptions(keyboardType = KeyboardType.Email, imeAction = ImeAction.Next)

        FieldType.URL -> KeyboardOptions(keyboardType = KeyboardType.Uri, imeAction = ImeAction.Next)

        FieldType.INTEGER -> KeyboardOptions(keyboardType = KeyboardType.Number, imeAction = ImeAction.Next)

        FieldType.LONG_TEXT -> KeyboardOptions(capitalization = KeyboardCapitalization.Sentences)

        // A date may be "morgen", an amount "12,50 €": the whole keyboard.
        FieldType.LINE -> KeyboardOptions(capitalization = KeyboardCapitalization.Sentences, imeAction = ImeAction.Next)

        else -> KeyboardOptions(imeAction = ImeAction.Next)
    }

private const val MAX_SUGGESTIONS = 8
