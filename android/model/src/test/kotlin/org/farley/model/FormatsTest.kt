package org.farley.model

import org.junit.jupiter.api.Test
import kotlin.test.assertEquals

class FormatsTest {
    private val clock = FixedClock()
    private val german = Formats(Language.DE, clock)
    private val swiss = Formats(Language.DE, clock, "CH")
    private val english = Formats(Language.EN, clock)
    private val hour = 3_600_000L
    private val day = 24 * hour

    private fun plain(text: String) = text.replace('\u00a0', ' ').replace('\u202f', ' ')

    @Test
    fun `a moment of today is a time, of this week a weekday, else a date`() {
        assertEquals("14:12", german.moment(clock.at))
        assertEquals("So 14:12", german.moment(clock.at - day))
        assertEquals("11.11.2026, 14:12", german.moment(clock.at - 12 * day))
        assertEquals("24.11.2026, 14:12", german.moment(clock.at + day))
        assertEquals("Sun 14:12", english.moment(clock.at - day))
    }

    @Test
    fun `money is written as the country writes it and keeps every cent`() {
        assertEquals("1.234,50 €", plain(german.money(123_450, "EUR")))
        assertEquals("CHF 1’234.50", plain(swiss.money(123_450, "CHF")))
        assertEquals("€1,234.50", plain(english.money(123_450, "EUR")))
        assertEquals("-0,05 €", plain(german.money(-5, "EUR")))
        assertEquals("5.000 ¥", plain(german.money(5_000, "JPY")))
        assertEquals("1,00 XXY", plain(german.money(100, "XXY")))
        assertEquals("92.233.720.368.547.758,07 €", plain(german.money(Long.MAX_VALUE, "EUR")))
    }

    @Test
    fun `a decimal loses no digit`() {
        assertEquals("-1.234,5", german.decimal("-1234.5"))
        assertEquals("0,000000001", german.decimal("0.000000001"))
        assertEquals("kein Wert", german.decimal("kein Wert"))
    }

    @Test
    fun `a birthday without a year is a day of a month`() {
        assertEquals("29. Februar", german.dayText("--02-29"))
        assertEquals("31.12.2026", german.dayText("2026-12-31"))
        assertEquals("2026-13-45", german.dayText("2026-13-45"))
    }

    @Test
    fun `a duration is minutes below an hour and hours above`() {
        assertEquals("45 min", german.duration(45))
        assertEquals("1:05 h", german.duration(65))
    }

    @Test
    fun `a period names its day once`() {
        assertEquals("Mo 23.11. 09:00–10:30", german.period("2026-11-23T09:00", "2026-11-23T10:30"))
        assertEquals("Mo 23.11. 22:00 – Di 24.11. 02:00", german.period("2026-11-23T22:00", "2026-11-24T02:00"))
        assertEquals("Mo 23.11.", german.period("2026-11-23", "2026-11-24"))
        assertEquals("gestern – morgen", german.period("gestern", "morgen"))
    }
}
