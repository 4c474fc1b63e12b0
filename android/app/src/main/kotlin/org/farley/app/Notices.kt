package org.farley.app

import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import kotlinx.coroutines.launch
import org.farley.core.FarleyException
import org.farley.core.Workspace
import org.farley.model.PhoneClock
import org.farley.model.Queries
import org.farley.model.wordsOf
import java.time.LocalDate
import java.time.LocalTime
import java.time.ZoneId

/** Reminders of what is due: without network, and again after the phone was restarted. */
object Notices {
    const val DUE_CHANNEL = "due"
    const val SYNC_CHANNEL = "sync"
    const val EXTRA_DAY = "day"
    private const val DUE_NOTICE = 1
    private const val MORNING_HOUR = 7
    private const val DAYS_AHEAD = 60L
    private const val MOST = 60u

    fun makeChannels(context: Context) {
        val words = words(context)
        val manager = manager(context)
        manager.createNotificationChannel(
            NotificationChannel(DUE_CHANNEL, words.noticeChannelDue, NotificationManager.IMPORTANCE_DEFAULT).apply { description = words.noticeChannelDueAbout },
        )
        manager.createNotificationChannel(
            NotificationChannel(SYNC_CHANNEL, words.noticeChannelSync, NotificationManager.IMPORTANCE_LOW).apply { description = words.noticeChannelSyncAbout },
        )
    }

    /** Sets one inexact alarm for the next morning on which something is due. Called after every transfer. */
    suspend fun plan(
        context: Context,
        workspace: Workspace,
    ) {
        val next =
            try {
                workspace
                    .page(Queries.openTasks(listOf("due")), null, MOST)
                    .rows
                    .mapNotNull { it.cells["due"] }
                    .mapNotNull(::day)
            } catch (error: FarleyException) {
                // Reminders of yesterday's plan stay; the next transfer plans anew.
                return
            }
        plan(context, next, PhoneClock.now(), PhoneClock.zone())
    }

    fun plan(
        context: Context,
        days: List<LocalDate>,
        now: Long,
        zone: ZoneId,
    ) {
        val alarms = checkNotNull(context.getSystemService(AlarmManager::class.java))
        val at =
            days
                .distinct()
                .sorted()
                .map { morning(it, zone) to it }
                .firstOrNull { (time, day) -> time > now && day < LocalDate.now(zone).plusDays(DAYS_AHEAD) }
        if (at == null) {
            alarms.cancel(alarm(context, ""))
            return
        }
        // Inexact on purpose: no permission, and a few minutes do not matter in the morning.
        alarms.setAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, at.first, alarm(context, at.second.toString()))
    }

    /** No name and no number on a locked screen: only that something is due. */
    fun show(
        context: Context,
        titles: List<String>,
    ) {
        if (titles.isEmpty()) return
        val words = words(context)
        val open =
            PendingIntent.getActivity(
                context,
                0,
                Intent().setClassName(context, "${context.packageName}.MainActivity").putExtra(EXTRA_DAY, true),
                PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE,
            )
        val hidden =
            Notification
                .Builder(context, DUE_CHANNEL)
                .setSmallIcon(R.drawable.notice)
                .setContentTitle(words.noticeDueHidden)
                .build()
        val style = Notification.InboxStyle()
        titles.forEach { style.addLine(it) }
        val notice =
            Notification
                .Builder(context, DUE_CHANNEL)
                .setSmallIcon(R.drawable.notice)
                .setContentTitle(words.noticeDueTitle(titles.first()))
                .setContentText(words.noticeDueText)
                .setStyle(style)
                .setVisibility(Notification.VISIBILITY_PRIVATE)
                .setPublicVersion(hidden)
                .setContentIntent(open)
                .setAutoCancel(true)
                .build()
        manager(context).notify(DUE_NOTICE, notice)
    }

    private fun alarm(
        context: Context,
        day: String,
    ): PendingIntent =
        PendingIntent.getBroadcast(
            context,
            0,
            Intent(context, DueReceiver::class.java).putExtra(EXTRA_DAY, day),
            PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE,
        )

    private fun morning(
        day: LocalDate,
        zone: ZoneId,
    ) = day
        .atTime(LocalTime.of(MORNING_HOUR, 0))
        .atZone(zone)
        .toInstant()
        .toEpochMilli()

    private fun day(text: String): LocalDate? =
        try {
            LocalDate.parse(text)
        } catch (none: java.time.DateTimeException) {
            null
        }

    private fun manager(context: Context) = checkNotNull(context.getSystemService(NotificationManager::class.java))

    private fun words(context: Context) = wordsOf((context.applicationContext as? FarleyApp)?.language()?.code ?: "de")
}

/** It is morning and something is due. */
class DueReceiver : BroadcastReceiver() {
    override fun onReceive(
        context: Context,
        intent: Intent,
    ) {
        val app = context.applicationContext as? FarleyApp ?: return
        val workspace = app.workspace() ?: return
        val pending: PendingResult? = goAsync()
        app.scope.launch {
            try {
                val today = workspace.today(PhoneClock.today().toString())
                Notices.show(context, (today.overdue + today.due).map { it.title })
                Notices.plan(context, workspace)
            } catch (error: FarleyException) {
                // Without the database there is nothing to remind of; the app itself says what is wrong.
                return@launch
            } finally {
                pending?.finish()
            }
        }
    }
}

/** After a restart the system has forgotten every alarm. The application is created first and plans them anew. */
class BootReceiver : BroadcastReceiver() {
    override fun onReceive(
        context: Context,
        intent: Intent,
    ) {
        if (intent.action != Intent.ACTION_BOOT_COMPLETED && intent.action != Intent.ACTION_MY_PACKAGE_REPLACED) return
        SyncJob.schedule(context)
        val app = context.applicationContext as? FarleyApp ?: return
        val workspace = app.workspace() ?: return
        app.scope.launch { Notices.plan(context, workspace) }
    }
}
