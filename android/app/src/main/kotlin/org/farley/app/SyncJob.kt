package org.farley.app

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import android.os.Build
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.launch
import org.farley.core.CancelHandle
import org.farley.core.FarleyException
import org.farley.core.Workspace

/** Background transfer: connect, exchange, close, inside one slot the system gives. No socket stays open behind it. */
class SyncJob : JobService() {
    private val running = HashMap<Int, CancelHandle>()

    override fun onStartJob(parameters: JobParameters): Boolean {
        val app = application as FarleyApp
        val workspace = app.workspace() ?: return false
        val handle = CancelHandle()
        running[parameters.jobId] = handle
        app.scope.launch {
            val again = !exchange(app, workspace, handle)
            // A job that was stopped has been answered by onStopJob already.
            if (running.remove(parameters.jobId) != null) jobFinished(parameters, again)
        }
        return true
    }

    /** The system takes the slot back: stop at once, and say that there is more to do. */
    override fun onStopJob(parameters: JobParameters): Boolean {
        running.remove(parameters.jobId)?.cancel()
        return true
    }

    private suspend fun exchange(
        app: FarleyApp,
        workspace: Workspace,
        handle: CancelHandle,
    ): Boolean =
        try {
            workspace.syncOnce(SLOT_MS, handle)
            Notices.plan(app, workspace)
            true
        } catch (stopped: CancellationException) {
            throw stopped
        } catch (error: FarleyException) {
            // Out of reach is the ordinary case here; what waits is safe and the next slot tries again.
            false
        } finally {
            handle.close()
        }

    companion object {
        const val PERIODIC = 1
        const val SOON = 2
        private const val QUARTER_HOUR_MS = 15 * 60 * 1000L
        private const val BACKOFF_MS = 30_000L
        private const val SLOT_MS = 60_000uL

        /** Every quarter of an hour while there is a network, also after a restart of the phone. */
        fun schedule(context: Context) {
            val scheduler = scheduler(context)
            if (scheduler.getPendingJob(PERIODIC) != null) return
            scheduler.schedule(job(context, PERIODIC).setPeriodic(QUARTER_HOUR_MS).build())
        }

        /** What was just typed goes out as soon as the system allows. */
        fun soon(context: Context) {
            val job = job(context, SOON)
            // An expedited job may not wait for anything but the network, hence no back-off there.
            if (Build.VERSION.SDK_INT >= EXPEDITED_SDK) job.setExpedited(true) else job.setBackoffCriteria(BACKOFF_MS, JobInfo.BACKOFF_POLICY_EXPONENTIAL)
            scheduler(context).schedule(job.build())
        }

        private fun job(
            context: Context,
            id: Int,
        ) = JobInfo
            .Builder(id, ComponentName(context, SyncJob::class.java))
            .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
            .setPersisted(true)

        private fun scheduler(context: Context) = checkNotNull(context.getSystemService(JobScheduler::class.java))

        private const val EXPEDITED_SDK = 31
    }
}
