package org.farley.model

import java.time.DateTimeException
import java.time.DayOfWeek
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.LocalTime
import java.time.format.DateTimeFormatter
import java.time.temporal.TemporalAdjusters

/** Reads the words for days that the core cannot know, because it has no clock. */
object Days {
    private val words =
        mapOf(
            "heute" to 0L,
            "today" to 0L,
            "morgen" to 1L,
            "tomorrow" to 1L,
            "übermorgen" to 2L,
            "uebermorgen" to 2L,
            "gestern" to -1L,
            "yesterday" to -1L,
        )

    private val weekdays =
        mapOf(
            "mo" to DayOfWeek.MONDAY,
            "montag" to DayOfWeek.MONDAY,
            "monday" to DayOfWeek.MONDAY,
            "mon" to DayOfWeek.MONDAY,
            "di" to DayOfWeek.TUESDAY,
            "dienstag" to DayOfWeek.TUESDAY,
            "tuesday" to DayOfWeek.TUESDAY,
            "tue" to DayOfWeek.TUESDAY,
            "mi" to DayOfWeek.WEDNESDAY,
            "mittwoch" to DayOfWeek.WEDNESDAY,
            "wednesday" to DayOfWeek.WEDNESDAY,
            "wed" to DayOfWeek.WEDNESDAY,
            "do" to DayOfWeek.THURSDAY,
            "donnerstag" to DayOfWeek.THURSDAY,
            "thursday" to DayOfWeek.THURSDAY,
            "thu" to DayOfWeek.THURSDAY,
            "fr" to DayOfWeek.FRIDAY,
            "freitag" to DayOfWeek.FRIDAY,
            "friday" to DayOfWeek.FRIDAY,
            "fri" to DayOfWeek.FRIDAY,
            "sa" to DayOfWeek.SATURDAY,
            "samstag" to DayOfWeek.SATURDAY,
            "saturday" to DayOfWeek.SATURDAY,
            "sat" to DayOfWeek.SATURDAY,
            "so" to DayOfWeek.SUNDAY,
            "sonntag" to DayOfWeek.SUNDAY,
            "sunday" to DayOfWeek.SUNDAY,
            "sun" to DayOfWeek.SUNDAY,
        )

    private val short = Regex("""(\d{1,2})\.(\d{1,2})\.?""")
    private val full = Regex("""(\d{1,2})\.(\d{1,2})\.(\d{2}|\d{4})""")
    private val clockTime = Regex("""(\d{1,2})(?:[:.](\d{2}))?(?: ?(?:uhr|h))?""")

    /** "morgen", "Di", "31.12.", "31.12.26", "2026-12-31"; `null` if it is none of them: then the core reads it. */
    fun read(
        typed: String,
        today: LocalDate,
    ): LocalDate? {
        val text = typed.trim().lowercase()
        words[text]?.let { return today.plusDays(it) }
        weekdays[text]?.let { return today.with(TemporalAdjusters.next(it)) }
        return try {
            full.matchEntire(text)?.destructured?.let { (day, month, year) -> LocalDate.of(fullYear(year.toInt()), month.toInt(), day.toInt()) }
                ?: short.matchEntire(text)?.destructured?.let { (day, month) -> next(LocalDate.of(today.year, month.toInt(), day.toInt()), today) }
                ?: LocalDate.parse(text)
        } catch (ignored: DateTimeException) {
            null
        }
    }

    /** "9", "9:30", "9 Uhr". */
    fun readTime(typed: String): LocalTime? {
        val (hour, minute) = clockTime.matchEntire(typed.trim().lowercase())?.destructured ?: return null
        return try {
            LocalTime.of(hour.toInt(), minute.ifEmpty { "0" }.toInt())
        } catch (ignored: DateTimeException) {
            null
        }
    }

    /** In November "2.1." means next January. */
    private fun next(
        date: LocalDate,
        today: LocalDate,
    ) = if (date < today) date.plusYears(1) else date

    private fun fullYear(year: Int) = if (year < CENTURY) THIS_CENTURY + year else year

    private const val CENTURY = 100
    private const val THIS_CENTURY = 2000
}

/** `2026-09-14T08:00`, or a day alone: how periods are spelled. */
internal object Moments {
    fun read(canonical: String): LocalDateTime? =
        try {
            if ('T' in canonical) LocalDateTime.parse(canonical) else LocalDate.parse(canonical).atStartOfDay()
        } catch (ignored: DateTimeException) {
            null
        }

    fun print(moment: LocalDateTime): String = PATTERN.format(moment)

    private val PATTERN = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm")
}
