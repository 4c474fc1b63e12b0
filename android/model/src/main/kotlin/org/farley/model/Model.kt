package org.farley.model

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.plus
import org.farley.core.FarleyException
import java.util.concurrent.atomic.AtomicInteger

/**
 * One screen's thinking: one immutable state, and methods named after what a person did.
 *
 * A model knows neither Android nor Compose. It ends with its screen ([close]); what must not be lost by that is
 * written in the scope of the core (see [Draft]).
 */
abstract class Model<S : Any>(
    protected val core: Core,
    first: S,
) : AutoCloseable {
    private val life = SupervisorJob(core.scope.coroutineContext[Job])
    private val held = MutableStateFlow(first)

    protected val scope: CoroutineScope = core.scope + life

    val state: StateFlow<S> = held.asStateFlow()

    protected fun show(change: (S) -> S) = held.update(change)

    /** What the person sees when something did not work. */
    protected abstract fun failed(message: UserMessage)

    protected fun run(block: suspend CoroutineScope.() -> Unit): Job =
        scope.launch {
            try {
                block()
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (error: FarleyException) {
                UserMessage.of(error)?.let(::failed)
            } catch (closed: IllegalStateException) {
                // Use after close: the app is being left or wiped. There is nobody to tell.
                return@launch
            }
        }

    override fun close() = life.cancel()
}

/** Tells the newest of several questions: an answer to an older one is dropped. */
class Latest {
    private val counter = AtomicInteger()

    fun next(): Int = counter.incrementAndGet()

    fun isLatest(question: Int): Boolean = counter.get() == question
}
