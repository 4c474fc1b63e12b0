package org.farley.app

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.ClipboardManager
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.VibrationEffect
import android.os.Vibrator
import android.provider.CalendarContract
import org.farley.core.FieldValue
import org.farley.model.Phone
import java.io.File
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.ZoneId

/** Does by intents what screens ask for. No permission is needed for any of it: the person's own apps do the work. */
class AndroidPhone(
    private val activity: Activity,
    private val scan: () -> Boolean,
) : Phone {
    override fun dial(number: String) = start(Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", number, null)))

    override fun message(number: String) = start(Intent(Intent.ACTION_SENDTO, Uri.fromParts("smsto", number, null)))

    override fun mail(address: String) = start(Intent(Intent.ACTION_SENDTO, Uri.fromParts("mailto", address, null)))

    override fun map(place: String) = start(Intent(Intent.ACTION_VIEW, Uri.parse("geo:0,0?q=" + Uri.encode(place))))

    /** Only pages: an address of a record must not start `intent:`, `file:` or `javascript:`. */
    override fun browse(address: String): Boolean {
        val uri = Uri.parse(if ("://" in address) address else "https://$address")
        return uri.scheme?.lowercase() in PAGES && start(Intent(Intent.ACTION_VIEW, uri))
    }

    override fun calendar(
        title: String,
        period: FieldValue.Period,
        place: String,
    ): Boolean {
        val zone = if (period.zone in ZoneId.getAvailableZoneIds()) ZoneId.of(period.zone) else ZoneId.systemDefault()
        val intent =
            Intent(Intent.ACTION_INSERT, CalendarContract.Events.CONTENT_URI)
                .putExtra(CalendarContract.Events.TITLE, title)
                .putExtra(CalendarContract.Events.EVENT_LOCATION, place)
        moment(period.start, zone)?.let { intent.putExtra(CalendarContract.EXTRA_EVENT_BEGIN_TIME, it) }
        moment(period.end, zone)?.let { intent.putExtra(CalendarContract.EXTRA_EVENT_END_TIME, it) }
        return start(intent)
    }

    override fun shareFile(
        path: String,
        type: String,
    ): Boolean {
        val uri = AttachmentProvider.uriOf(activity, File(path)) ?: return false
        val send =
            Intent(Intent.ACTION_SEND)
                .setType(type)
                .putExtra(Intent.EXTRA_STREAM, uri)
                .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        return start(Intent.createChooser(send, null))
    }

    override fun scanCode() = scan()

    override fun clipboardText(): String? =
        activity
            .getSystemService(ClipboardManager::class.java)
            ?.primaryClip
            ?.takeIf { it.itemCount > 0 }
            ?.getItemAt(0)
            ?.coerceToText(activity)
            ?.toString()

    override fun knock() {
        val vibrator = activity.getSystemService(Vibrator::class.java) ?: return
        if (Build.VERSION.SDK_INT >= PREDEFINED_SDK) vibrator.vibrate(VibrationEffect.createPredefined(VibrationEffect.EFFECT_CLICK))
    }

    private fun start(intent: Intent): Boolean =
        try {
            activity.startActivity(intent)
            true
        } catch (none: ActivityNotFoundException) {
            false
        }

    private fun moment(
        text: String,
        zone: ZoneId,
    ): Long? =
        try {
            val local = if ('T' in text) LocalDateTime.parse(text) else LocalDate.parse(text).atStartOfDay()
            local.atZone(zone).toInstant().toEpochMilli()
        } catch (none: java.time.DateTimeException) {
            null
        }

    private companion object {
        val PAGES = setOf("http", "https")
        const val PREDEFINED_SDK = 29
    }
}
