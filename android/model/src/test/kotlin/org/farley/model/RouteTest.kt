package org.farley.model

import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class RouteTest {
    private val id = "019ab3c0-0000-7000-8000-00000000000a"

    @Test
    fun `every route is read back as it was printed`() {
        val routes =
            listOf(
                Route.Today,
                Route.Search,
                Route.More,
                Route.Conflicts,
                Route.Sync,
                Route.Settings,
                Route.Rows("contact"),
                Route.Record(id),
                Route.Edit(id),
                Route.New("task"),
                Route.New("task", id),
                Route.Note(id),
                Route.Note(id, id),
                Route.Note(id, id, call = true),
                Route.Visit(id),
                Route.Visit(id, id, "company"),
            )
        for (route in routes) assertEquals(route, Route.parse(route.print()), route.print())
        val stack = BackStack(routes)
        assertEquals(stack, BackStack.parse(stack.print()))
    }

    @Test
    fun `what nobody printed is no route`() {
        val hostile = listOf("", "record", "record/", "record/../../etc", "record/a b", "today/x", "note/$id/$id/hang-up", "record/$id/x", "RECORD/$id", "new/" + "x".repeat(65))
        for (text in hostile) assertNull(Route.parse(text), text)
        assertEquals(BackStack(), BackStack.parse("record/../.. \u0000 x"))
        assertEquals(BackStack(), BackStack.parse(null))
    }

    @Test
    fun `a way that begins with a record has a page to go back to`() {
        assertEquals(listOf(Route.Today, Route.Record(id)), BackStack.parse("record/$id").routes)
    }

    @Test
    fun `a long way keeps its first page`() {
        val far = (1..100).fold(BackStack()) { stack, n -> stack.open(Route.Record("r$n")) }
        assertEquals(Route.Today, far.root)
        assertEquals(20, far.routes.size)
    }

    @Test
    fun `on a tablet a row replaces what stands beside the list`() {
        val stack = BackStack().switchTo(Route.Rows("contact")).openBeside(Route.Record("a")).openBeside(Route.Record("b"))
        assertEquals(listOf(Route.Rows("contact"), Route.Record("b")), stack.routes)
        assertEquals(Panes(Route.Rows("contact"), Route.Record("b")), stack.panes(wide = true))
        assertEquals(Panes(Route.Record("b"), null), stack.panes(wide = false))
        assertEquals(Panes(Route.Rows("contact"), null), stack.back().panes(wide = true))
    }
}
