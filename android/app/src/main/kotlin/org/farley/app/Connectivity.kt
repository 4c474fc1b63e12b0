package org.farley.app

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network

/** Says when the phone changes its network, so that the session is made anew instead of waiting for a timeout. */
class Connectivity(
    context: Context,
    private val onChange: () -> Unit,
) {
    private val manager = checkNotNull(context.getSystemService(ConnectivityManager::class.java))
    private var listening = false

    private val callback =
        object : ConnectivityManager.NetworkCallback() {
            override fun onAvailable(network: Network) = onChange()

            override fun onLost(network: Network) = onChange()
        }

    fun start() {
        if (listening) return
        listening = true
        manager.registerDefaultNetworkCallback(callback)
    }
}
