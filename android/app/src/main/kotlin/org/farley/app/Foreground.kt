package org.farley.app

import android.app.Activity
import android.app.Application
import android.os.Bundle

/** Counts nothing itself: says when an activity is seen and when it is not. */
internal class Foreground(
    private val onStart: () -> Unit,
    private val onStop: () -> Unit,
) : Application.ActivityLifecycleCallbacks {
    override fun onActivityStarted(activity: Activity) = onStart()

    override fun onActivityStopped(activity: Activity) = onStop()

    override fun onActivityCreated(
        activity: Activity,
        state: Bundle?,
    ) = Unit

    override fun onActivityResumed(activity: Activity) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(
        activity: Activity,
        state: Bundle,
    ) = Unit

    override fun onActivityDestroyed(activity: Activity) = Unit
}
