package org.farley.app

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.provider.Settings

/**
 * Reads the office's QR code with a scanner app of the phone. The phone's own camera app reads it as well: the code is a
 * `farley:` link, which opens this app. So no camera permission is needed, and without any scanner the link is pasted.
 */
object ScanCode {
    private const val REQUEST = 4712
    private const val ACTION = "com.google.zxing.client.android.SCAN"
    private const val MODE = "SCAN_MODE"
    private const val RESULT = "SCAN_RESULT"
    private const val QR = "QR_CODE_MODE"

    /** `false`: no app here reads codes. */
    @Suppress("DEPRECATION")
    fun start(activity: Activity): Boolean =
        try {
            activity.startActivityForResult(Intent(ACTION).putExtra(MODE, QR), REQUEST)
            true
        } catch (none: ActivityNotFoundException) {
            false
        }

    fun read(
        request: Int,
        result: Int,
        data: Intent?,
    ): String? = if (request == REQUEST && result == Activity.RESULT_OK) data?.getStringExtra(RESULT) else null
}

/** Whether the person asked the phone for less movement. */
object Motion {
    fun isReduced(activity: Activity): Boolean = Settings.Global.getFloat(activity.contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f) == 0f
}
