package org.farley.model

import org.junit.jupiter.api.Test
import java.time.LocalDate
import java.time.LocalTime
import java.time.ZoneId
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNull

class DaysTest {
    @Test
    fun `words and weekdays lie ahead`() {
        assertEquals(monday, Days.read("Heute", monday))
        assertEquals(monday.plusDays(1), Days.read(" morgen ", monday))
        assertEquals(LocalDate.of(2026, 11, 24), Days.read("Di", monday))
        assertEquals(LocalDate.of(2026, 11, 30), Days.read("monday", monday))
    }

    @Test
    fun `a short date that is over means next year`() {
        assertEquals(LocalDate.of(2026, 12, 31), Days.read("31.12.", monday))
        assertEquals(LocalDate.of(2027, 1, 2), Days.read("2.1.", monday))
        assertEquals(LocalDate.of(2026, 12, 31), Days.read("31.12.26", monday))
        assertEquals(LocalDate.of(2026, 12, 31), Days.read("2026-12-31", monday))
    }

    @Test
    fun `what is no day is none`() {
        for (text in listOf("", "31.2.", "99.99.9999", "2026-13-01", "übergestern", "١.٢.")) assertNull(Days.read(text, monday), text)
    }

    @Test
    fun `times are read with and without minutes`() {
        assertEquals(LocalTime.of(9, 0), Days.readTime("9"))
        assertEquals(LocalTime.of(9, 30), Days.readTime("9.30"))
        assertEquals(LocalTime.of(17, 5), Days.readTime("17:05 Uhr"))
        assertNull(Days.readTime("25:00"))
        assertNull(Days.readTime("neun"))
    }

    @Test
    fun `a period over midnight ends on the next day`() {
        val zone = ZoneId.of("Europe/Berlin")
        val night = assertIs<org.farley.core.FieldValue.Period>(readSpan(Input.Span("heute", "22", "2:30"), monday, zone))
        assertEquals("2026-11-23T22:00" to "2026-11-24T02:30", night.start to night.end)
        assertNull(readSpan(Input.Span("heute", "quatsch", ""), monday, zone))
        assertEquals(org.farley.core.FieldValue.Empty, readSpan(Input.Span("", "", ""), monday, zone))
    }
}
