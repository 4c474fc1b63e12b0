package org.farley.model

import org.farley.core.FieldInfo
import org.farley.core.FieldType
import org.farley.core.FieldValue
import java.math.BigDecimal
import java.text.DecimalFormat
import java.text.DecimalFormatSymbols
import java.text.NumberFormat
import java.time.DateTimeException
import java.time.DayOfWeek
import java.time.Instant
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.ZoneId
import java.time.format.DateTimeFormatter
import java.time.format.TextStyle
import java.util.Currency
import java.util.Locale

fun localDate(
    at: Long,
    zone: ZoneId,
): LocalDate = Instant.ofEpochMilli(at).atZone(zone).toLocalDate()

/**
 * Dates, money and numbers as people in Germany, Austria and Switzerland write them, and English beside.
 *
 * Times follow office-page.md section 9: today "14:12", this week "Mo 14:12", else "23.11.2026, 14:12".
 */
class Formats(
    val language: Language,
    private val clock: Clock,
    country: String = "",
) {
    private val locale = Locale(language.code, country.ifEmpty { if (language == Language.DE) "DE" else "GB" })
    private val german = language == Language.DE
    private val dayPattern = DateTimeFormatter.ofPattern(if (german) "dd.MM.yyyy" else "d MMM yyyy", locale)
    private val timePattern = DateTimeFormatter.ofPattern("HH:mm", locale)

    fun time(at: Long): String = timePattern.format(local(at))

    /** Short where the day is clear from it, with the date where the day matters. */
    fun moment(at: Long): String {
        val then = local(at)
        val today = clock.today()
        val day = then.toLocalDate()
        return when {
            day == today -> time(at)
            day > today.minusDays(DAYS_OF_A_WEEK) && day < today -> "${weekday(day.dayOfWeek)} ${time(at)}"
            else -> "${dayPattern.format(then)}, ${time(at)}"
        }
    }

    fun day(date: LocalDate): String = dayPattern.format(date)

    /** A date as it stands in a field of a form: what is written there can be read again by [Days] and by the core. */
    fun typedDay(canonical: String): String = if (german && !canonical.startsWith("--")) dayText(canonical) else canonical

    fun typedDecimal(canonical: String): String = if (german) decimal(canonical) else canonical

    fun typedMoney(
        amount: Long,
        currency: String,
    ): String {
        val digits =
            try {
                Currency.getInstance(currency).defaultFractionDigits.coerceAtLeast(0)
            } catch (ignored: IllegalArgumentException) {
                2
            }
        return "$currency ${typedDecimal(BigDecimal.valueOf(amount, digits).toPlainString())}"
    }

    /** "Mo 23.11.", with the year if it is another one. */
    fun shortDay(date: LocalDate): String {
        val sameYear = date.year == clock.today().year
        val pattern = if (german) (if (sameYear) "dd.MM." else "dd.MM.yyyy") else (if (sameYear) "d MMM" else "d MMM yyyy")
        return "${weekday(date.dayOfWeek)} ${DateTimeFormatter.ofPattern(pattern, locale).format(date)}"
    }

    /** The title of a day's page: "Montag, 23. November". */
    fun longDay(date: LocalDate): String = DateTimeFormatter.ofPattern(if (german) "EEEE, d. MMMM" else "EEEE, d MMMM", locale).format(date)

    /** Canonical dates: `2026-12-31`, or `--12-31` where no year is known. Anything else is shown as it is. */
    fun dayText(canonical: String): String =
        try {
            if (canonical.startsWith("--")) {
                val date = LocalDate.parse("2000" + canonical.drop(1))
                DateTimeFormatter.ofPattern(if (german) "d. MMMM" else "d MMMM", locale).format(date)
            } else {
                day(LocalDate.parse(canonical))
            }
        } catch (ignored: DateTimeException) {
            canonical
        }

    fun number(value: Long): String = NumberFormat.getIntegerInstance(locale).format(value)

    /** A canonical decimal, `-1234.5`, exactly: no digit is rounded away. */
    fun decimal(canonical: String): String {
        val number = canonical.toBigDecimalOrNull() ?: return canonical
        val format = DecimalFormat("#,##0", DecimalFormatSymbols.getInstance(locale))
        format.minimumFractionDigits = maxOf(number.scale(), 0)
        return format.format(number)
    }

    /** 1.234,50 € in Germany, CHF 1’234.50 in Switzerland, €1,234.50 in English. */
    fun money(
        amount: Long,
        currency: String,
    ): String {
        val format = NumberFormat.getCurrencyInstance(locale)
        val known =
            try {
                Currency.getInstance(currency)
            } catch (ignored: IllegalArgumentException) {
                return "${decimal(BigDecimal.valueOf(amount, 2).toPlainString())} $currency"
            }
        format.currency = known
        val digits = known.defaultFractionDigits.coerceAtLeast(0)
        format.minimumFractionDigits = digits
        format.maximumFractionDigits = digits
        return format.format(BigDecimal.valueOf(amount, digits))
    }

    /** 90 minutes are "1:30 h". */
    fun duration(minutes: Long): String {
        val rest = minutes % MINUTES_OF_AN_HOUR
        return if (minutes < MINUTES_OF_AN_HOUR) "$minutes min" else "${minutes / MINUTES_OF_AN_HOUR}:${rest.toString().padStart(2, '0')} h"
    }

    fun period(
        start: String,
        end: String,
    ): String {
        val from = Moments.read(start)
        val until = Moments.read(end)
        if (from == null || until == null) return "$start – $end"
        val first = shortDay(from.toLocalDate())
        if ('T' !in start) {
            // Whole days: the end is the day after the last one.
            val last = until.toLocalDate().minusDays(1)
            return if (last <= from.toLocalDate()) first else "$first – ${shortDay(last)}"
        }
        val begin = "$first ${timePattern.format(from)}"
        val finish = timePattern.format(until)
        return if (from.toLocalDate() == until.toLocalDate()) "$begin–$finish" else "$begin – ${shortDay(until.toLocalDate())} $finish"
    }

    /** "09:00–10:30" for a list of one day. */
    fun hours(
        start: String,
        end: String,
    ): String {
        val from = Moments.read(start) ?: return ""
        val until = Moments.read(end) ?: return ""
        return if ('T' in start) "${timePattern.format(from)}–${timePattern.format(until)}" else ""
    }

    fun weekday(day: DayOfWeek): String = day.getDisplayName(TextStyle.SHORT, locale).trimEnd('.')

    private fun local(at: Long): LocalDateTime = Instant.ofEpochMilli(at).atZone(clock.zone()).toLocalDateTime()

    private companion object {
        const val DAYS_OF_A_WEEK = 7L
        const val MINUTES_OF_AN_HOUR = 60L
    }
}

/** A value of a record as a line of text. */
class ValueText(
    private val schema: Schema,
    private val formats: Formats,
    private val yes: String,
    private val no: String,
) {
    fun of(
        info: FieldInfo?,
        value: FieldValue,
    ): String =
        when (value) {
            is FieldValue.Empty -> ""
            is FieldValue.Text -> text(info, value.text)
            is FieldValue.Typed -> value.text
            is FieldValue.Number -> if (info?.fieldType == FieldType.DURATION) formats.duration(value.number) else formats.number(value.number)
            is FieldValue.Boolean -> if (value.yes) yes else no
            is FieldValue.Money -> formats.money(value.amount, value.currency)
            is FieldValue.Moment -> formats.moment(value.at)
            is FieldValue.Period -> formats.period(value.start, value.end)
            is FieldValue.Link -> value.to.title
            is FieldValue.Links -> value.links.joinToString(", ") { it.title }
            is FieldValue.Keys -> value.keys.joinToString(", ") { label(info, it) }
            is FieldValue.Address -> address(value).joinToString(", ")
            is FieldValue.Entries -> value.entries.joinToString("\n") { entry -> entry(info, entry.values.map { it.field to it.value }) }
        }

    /** One entry on one line: what it is about first, its label behind it. */
    fun entry(
        info: FieldInfo?,
        values: List<Pair<String, FieldValue>>,
    ): String {
        val subs = info?.sub.orEmpty().associateBy { it.name }
        val (labels, rest) = values.partition { (name, _) -> name == "label" }
        val told =
            rest.mapNotNull { (name, value) ->
                if (value is FieldValue.Boolean) subs[name]?.label?.inLanguage(formats.language)?.takeIf { value.yes } else of(subs[name], value).ifEmpty { null }
            }
        val label = labels.firstOrNull()?.let { (name, value) -> of(subs[name], value) }.orEmpty()
        return if (label.isEmpty()) told.joinToString(" · ") else (told + label).joinToString(" · ")
    }

    fun address(value: FieldValue.Address): List<String> =
        listOf(value.street, value.street2, listOf(value.postalCode, value.city).filter { it.isNotEmpty() }.joinToString(" "), value.region, value.country)
            .filter { it.isNotEmpty() }

    /** A cell of a row: the canonical text of its field. */
    fun cell(
        info: FieldInfo?,
        canonical: String,
    ): String = if (canonical.isEmpty()) "" else text(info, canonical)

    private fun text(
        info: FieldInfo?,
        text: String,
    ): String =
        when (info?.fieldType) {
            FieldType.DATE -> formats.dayText(text)
            FieldType.DECIMAL -> formats.decimal(text)
            FieldType.PERIOD -> text.split(' ').let { if (it.size == 2) formats.period(it[0], it[1]) else text }
            FieldType.MONEY -> money(text)
            FieldType.CHOICE, FieldType.MULTI_CHOICE -> text.split(", ").joinToString(", ") { label(info, it) }
            FieldType.LINE -> if (info.list == null) text else label(info, text)
            FieldType.BOOLEAN -> if (text == "true" || text == "1") yes else no
            else -> text
        }

    private fun money(text: String): String {
        val amount = text.substringBefore(' ').toLongOrNull() ?: return text
        return formats.money(amount, text.substringAfter(' '))
    }

    /** A key nobody knows (a newer office) is shown as it is: better a strange word than none. */
    private fun label(
        info: FieldInfo?,
        key: String,
    ): String = schema.choice(info?.list, key)?.label?.inLanguage(formats.language) ?: key
}
