package org.farley.model

import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asSharedFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import org.farley.core.ChangeNotice
import org.farley.core.FarleyException
import org.farley.core.Observer
import org.farley.core.StatusData
import org.farley.core.Subscription
import org.farley.core.Workspace
import java.time.LocalDate
import java.time.ZoneId
import java.util.concurrent.atomic.AtomicBoolean

/** Time comes from outside, so that a test can say what day it is. */
interface Clock {
    fun now(): Long

    fun zone(): ZoneId

    fun today(): LocalDate = localDate(now(), zone())
}

/** The clock of this phone. */
object PhoneClock : Clock {
    override fun now(): Long = System.currentTimeMillis()

    override fun zone(): ZoneId = ZoneId.systemDefault()
}

/**
 * The open workspace, and what models need beside it: time, what changed, how far the transfer is.
 *
 * One per process. Models never call the workspace on their own thread, they [ask]. What the core
 * tells is kept as flows: [changes] says which records to query again and never carries rows.
 */
class Core(
    val workspace: Workspace,
    val scope: CoroutineScope,
    val clock: Clock = PhoneClock,
    private val io: CoroutineDispatcher = Dispatchers.IO,
) : AutoCloseable {
    private val told = MutableSharedFlow<ChangeNotice>(extraBufferCapacity = 64, onBufferOverflow = BufferOverflow.SUSPEND)
    private val missed = AtomicBoolean(false)
    private val heldStatus = MutableStateFlow(workspace.status())
    private val heldSchema = MutableStateFlow(Schema(workspace.schema()))
    private val subscription: Subscription

    val changes: SharedFlow<ChangeNotice> = told.asSharedFlow()
    val status: StateFlow<StatusData> = heldStatus.asStateFlow()

    /** Kinds and fields as the office has them now: a custom field appears here without an update of the app. */
    val schema: StateFlow<Schema> = heldSchema.asStateFlow()

    init {
        subscription =
            workspace.observe(
                object : Observer {
                    override fun changed(notice: ChangeNotice) = hear(notice)

                    override fun status(status: StatusData) {
                        heldStatus.value = status
                    }
                },
            )
        scope.launch {
            changes.collect { if (it.much || SETTING in it.kinds) readSchema() }
        }
    }

    /** Runs [block] where blocking is allowed. */
    suspend fun <T> ask(block: suspend Workspace.() -> T): T = withContext(io) { workspace.block() }

    /** Reads the status anew: after the phone slept, the last one heard may be old. */
    suspend fun readStatus() {
        heldStatus.value = ask { status() }
    }

    /** Lets the folder go; the process may open it again. */
    suspend fun shut() {
        subscription.end()
        withContext(io) { workspace.shut() }
        close()
    }

    override fun close() {
        subscription.close()
        workspace.close()
    }

    /** Runs on a thread of the core: never waits. What does not fit is told as "much" with the next notice. */
    private fun hear(notice: ChangeNotice) {
        val whole = if (missed.getAndSet(false)) notice.copy(much = true) else notice
        if (!told.tryEmit(whole)) missed.set(true)
    }

    private suspend fun readSchema() {
        try {
            heldSchema.value = Schema(ask { schema() })
        } catch (closed: IllegalStateException) {
            // The workspace was closed while the notice was on its way: nobody looks at the schema any more.
            return
        } catch (error: FarleyException) {
            // The old schema stays; every screen still works with it.
            return
        }
    }

    private companion object {
        /** Kind of the records that hold lists and custom fields. */
        const val SETTING = "setting"
    }
}
