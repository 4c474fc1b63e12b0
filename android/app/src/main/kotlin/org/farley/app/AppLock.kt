package org.farley.app

import android.app.Activity
import android.app.KeyguardManager
import android.content.Context
import android.hardware.biometrics.BiometricManager
import android.hardware.biometrics.BiometricPrompt
import android.os.Build
import android.os.CancellationSignal
import android.view.WindowManager
import org.farley.model.Words

/** Asks for finger, face or the code of the phone before anything is shown, and keeps screens out of the list of recent apps. */
class AppLock(
    private val activity: Activity,
    private val words: Words,
) {
    /** Recents show no customer: a blank card from 33 on, a secure window before. */
    fun cover(locked: Boolean) {
        if (Build.VERSION.SDK_INT >= RECENTS_SDK) {
            activity.setRecentsScreenshotEnabled(!locked)
        } else if (locked) {
            activity.window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        } else {
            activity.window.clearFlags(WindowManager.LayoutParams.FLAG_SECURE)
        }
    }

    /** Before 28 the phone's own keyguard page does it; its answer comes to `onActivityResult` with [REQUEST]. */
    fun ask(onUnlocked: () -> Unit) {
        if (Build.VERSION.SDK_INT < PROMPT_SDK) {
            @Suppress("DEPRECATION")
            val intent = keyguard(activity).createConfirmDeviceCredentialIntent(words.lockTitle, words.lockReason)
            if (intent == null) onUnlocked() else activity.startActivityForResult(intent, REQUEST)
            return
        }
        val builder = BiometricPrompt.Builder(activity).setTitle(words.lockTitle).setDescription(words.lockReason)
        if (Build.VERSION.SDK_INT >= AUTHENTICATORS_SDK) {
            builder.setAllowedAuthenticators(BiometricManager.Authenticators.BIOMETRIC_WEAK or BiometricManager.Authenticators.DEVICE_CREDENTIAL)
        } else if (Build.VERSION.SDK_INT >= CREDENTIAL_SDK) {
            @Suppress("DEPRECATION")
            builder.setDeviceCredentialAllowed(true)
        } else {
            builder.setNegativeButton(words.commonCancel, activity.mainExecutor) { _, _ -> }
        }
        builder.build().authenticate(
            CancellationSignal(),
            activity.mainExecutor,
            object : BiometricPrompt.AuthenticationCallback() {
                override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult?) = onUnlocked()
            },
        )
    }

    companion object {
        const val REQUEST = 4711
        private const val PROMPT_SDK = 28
        private const val CREDENTIAL_SDK = 29
        private const val AUTHENTICATORS_SDK = 30
        private const val RECENTS_SDK = 33

        /** A phone without any code has nothing to ask for. */
        fun isPossible(context: Context): Boolean = keyguard(context).isDeviceSecure

        private fun keyguard(context: Context) = checkNotNull(context.getSystemService(KeyguardManager::class.java))
    }
}
