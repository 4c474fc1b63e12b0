//! Threads, and being asked to stop.

use anyhow::Context;
use tokio::runtime::Runtime;

/// The runtime that commands with a network use.
///
/// # Errors
/// If the system gives no threads.
pub fn runtime() -> anyhow::Result<Runtime> {
    farley_server::app::runtime().context("no threads can be started")
}

/// Returns when somebody presses Ctrl+C or sends SIGTERM.
pub async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}
