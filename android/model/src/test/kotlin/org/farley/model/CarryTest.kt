package org.farley.model

import org.junit.jupiter.api.Test
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class CarryTest {
    @Test
    fun `what was typed while a merge came in is put around it`() {
        assertEquals("Ben: Guten Tag Anna", carry("Guten Tag", "Guten Tag Anna", "Ben: Guten Tag"))
        assertEquals("Anna: Guten Tag Ben", carry("Guten Tag", "Anna: Guten Tag", "Guten Tag Ben"))
        assertEquals("gleich", carry("gleich", "gleich", "gleich"))
    }

    @Test
    fun `two people at one place both stay`() {
        assertEquals("Pumpe laut leise", carry("Pumpe ", "Pumpe leise", "Pumpe laut"))
        val both = carry("alt", "Anna", "Ben")
        assertTrue("Anna" in both && "Ben" in both, both)
    }

    @Test
    fun `no character is cut in half`() {
        val text = carry("a😀b", "a😁b", "a😀b!")
        assertEquals("a😁b!", text)
        val both = carry("😀", "😁", "😂")
        assertTrue("😁" in both && "😂" in both, both)
    }

    @Test
    fun `nothing that was typed is ever lost`() {
        val random = Random(7)
        repeat(2_000) {
            val before = words(random)
            val mine = insert(before, "MEIN", random)
            val theirs = insert(before, "DEIN", random)
            val both = carry(before, mine, theirs)
            assertTrue("MEIN" in both && "DEIN" in both, "$before | $mine | $theirs -> $both")
        }
    }

    private fun words(random: Random) = (0..random.nextInt(6)).joinToString(" ") { "w" + random.nextInt(3) }

    private fun insert(
        text: String,
        word: String,
        random: Random,
    ) = random.nextInt(text.length + 1).let { text.substring(0, it) + word + text.substring(it) }
}
