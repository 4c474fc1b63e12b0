package org.farley.model

import org.farley.core.EntryData
import org.farley.core.FieldInfo
import org.farley.core.FieldType
import org.farley.core.FieldValue
import org.farley.core.LinkTo
import org.farley.core.NamedValue
import java.time.LocalDate
import java.time.ZoneId
import java.time.format.DateTimeFormatter

/** What stands in one field of a form, as the person left it: also what cannot be read yet. */
sealed class Input {
    data class Typed(
        val text: String,
    ) : Input()

    data class Yes(
        val yes: Boolean,
    ) : Input()

    data class One(
        val key: String?,
    ) : Input()

    data class Many(
        val keys: List<String>,
    ) : Input()

    data class Links(
        val links: List<LinkTo>,
    ) : Input()

    data class Place(
        val address: FieldValue.Address,
    ) : Input()

    data class Span(
        val day: String,
        val from: String,
        val until: String,
    ) : Input()

    data class Entries(
        val entries: List<EntryInput>,
    ) : Input()
}

/** One phone number, one e-mail address: an entry with its sub-fields. */
data class EntryInput(
    val id: String,
    val values: Map<String, Input>,
)

/** Turns values of records into inputs and back. A draft holds the same values, so it comes back exactly as it was typed. */
class Inputs(
    private val formats: Formats,
) {
    fun of(
        info: FieldInfo,
        value: FieldValue?,
    ): Input =
        when (info.fieldType) {
            FieldType.BOOLEAN -> Input.Yes((value as? FieldValue.Boolean)?.yes ?: false)
            FieldType.CHOICE -> Input.One(textOf(value).ifEmpty { null })
            FieldType.MULTI_CHOICE, FieldType.TAGS -> Input.Many((value as? FieldValue.Keys)?.keys.orEmpty())
            FieldType.LINK -> Input.Links(listOfNotNull((value as? FieldValue.Link)?.to?.takeIf { it.id.isNotEmpty() }))
            FieldType.LINKS -> Input.Links((value as? FieldValue.Links)?.links.orEmpty())
            FieldType.ADDRESS -> Input.Place(value as? FieldValue.Address ?: NO_ADDRESS)
            FieldType.PERIOD -> span(value)
            FieldType.ENTRIES -> Input.Entries((value as? FieldValue.Entries)?.entries.orEmpty().map { entry(info, it) })
            FieldType.DATE -> Input.Typed(textOf(value).let { if (value is FieldValue.Text) formats.typedDay(it) else it })
            FieldType.DECIMAL -> Input.Typed(textOf(value).let { if (value is FieldValue.Text) formats.typedDecimal(it) else it })
            FieldType.INSTANT -> Input.Typed(if (value is FieldValue.Moment) formats.moment(value.at) else textOf(value))
            FieldType.MONEY -> Input.Typed(if (value is FieldValue.Money) formats.typedMoney(value.amount, value.currency) else textOf(value))
            FieldType.DURATION -> Input.Typed(if (value is FieldValue.Number) typedDuration(value.number) else textOf(value))
            else -> Input.Typed(if (value is FieldValue.Number) value.number.toString() else textOf(value))
        }

    fun entry(
        info: FieldInfo,
        data: EntryData,
    ): EntryInput {
        val values = data.values.associate { it.field to it.value }
        return EntryInput(data.id, info.sub.associate { it.name to of(it, values[it.name]) })
    }

    /** As a draft keeps it: nothing is read, nothing is refused. */
    fun kept(input: Input): FieldValue =
        when (input) {
            is Input.Typed -> {
                FieldValue.Typed(input.text)
            }

            is Input.Yes -> {
                FieldValue.Boolean(input.yes)
            }

            is Input.One -> {
                FieldValue.Text(input.key.orEmpty())
            }

            is Input.Many -> {
                FieldValue.Keys(input.keys)
            }

            is Input.Links -> {
                FieldValue.Links(input.links)
            }

            is Input.Place -> {
                input.address
            }

            is Input.Span -> {
                FieldValue.Typed(listOf(input.day, input.from, input.until).joinToString(SPAN_MARK))
            }

            is Input.Entries -> {
                FieldValue.Entries(input.entries.map { entry -> EntryData(entry.id, entry.values.map { NamedValue(it.key, kept(it.value)) }) })
            }
        }

    /** What [kept] wrote. */
    fun restored(
        info: FieldInfo,
        value: FieldValue,
    ): Input =
        when {
            info.fieldType == FieldType.LINK && value is FieldValue.Links -> {
                Input.Links(value.links)
            }

            info.fieldType == FieldType.PERIOD && value is FieldValue.Typed -> {
                val parts = value.text.split(SPAN_MARK)
                Input.Span(parts[0], parts.getOrElse(1) { "" }, parts.getOrElse(2) { "" })
            }

            value is FieldValue.Typed -> {
                Input.Typed(value.text)
            }

            info.fieldType == FieldType.ENTRIES && value is FieldValue.Entries -> {
                Input.Entries(
                    value.entries.map { data ->
                        val values = data.values.associate { it.field to it.value }
                        EntryInput(data.id, info.sub.associate { sub -> sub.name to (values[sub.name]?.let { restored(sub, it) } ?: of(sub, null)) })
                    },
                )
            }

            else -> {
                of(info, value)
            }
        }

    private fun span(value: FieldValue?): Input {
        val period = value as? FieldValue.Period ?: return Input.Span("", "", "")
        val from = Moments.read(period.start)
        val until = Moments.read(period.end)
        if (from == null || until == null) return Input.Span(period.start, "", period.end)
        return Input.Span(formats.typedDay(from.toLocalDate().toString()), TIME.format(from), TIME.format(until))
    }

    private fun typedDuration(minutes: Long) = if (minutes < HOUR) minutes.toString() else "${minutes / HOUR}:${(minutes % HOUR).toString().padStart(2, '0')}"

    private fun textOf(value: FieldValue?): String =
        when (value) {
            is FieldValue.Text -> value.text
            is FieldValue.Typed -> value.text
            else -> ""
        }

    private companion object {
        val NO_ADDRESS = FieldValue.Address("", "", "", "", "", "")
        val TIME: DateTimeFormatter = DateTimeFormatter.ofPattern("HH:mm")

        const val HOUR = 60L

        /** A character nobody types. */
        const val SPAN_MARK = "\u001f"
    }
}

/** Reads what was typed into a period: a day and two times. Overnight work ends on the next day. */
fun readSpan(
    input: Input.Span,
    today: LocalDate,
    zone: ZoneId,
): FieldValue? {
    if (input.day.isBlank() && input.from.isBlank() && input.until.isBlank()) return FieldValue.Empty
    val day = Days.read(input.day.ifBlank { "heute" }, today) ?: return null
    val from = Days.readTime(input.from) ?: return null
    val until = if (input.until.isBlank()) from.plusHours(1) else Days.readTime(input.until) ?: return null
    val lastDay = if (until <= from) day.plusDays(1) else day
    return FieldValue.Period(Moments.print(day.atTime(from)), Moments.print(lastDay.atTime(until)), zone.id)
}
