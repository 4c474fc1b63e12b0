//! This library's own threads. The app's executors only wait.

use std::sync::{LazyLock, OnceLock};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinError;

use crate::FarleyError;
use crate::errors::internal;

/// Documents from elsewhere are read on these threads too; two MiB are less than the gate's own trials get.
const STACK: usize = 8 << 20;

static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    builder
        .worker_threads(2)
        .max_blocking_threads(4)
        .thread_stack_size(STACK)
        .thread_name("farley")
        .enable_all();
    builder.build().inspect_err(|error| tracing::error!(%error, "no threads")).ok()
});

/// The runtime; an error on a machine that gives no thread.
pub(crate) fn runtime() -> Result<&'static Runtime, FarleyError> {
    static WHY: OnceLock<FarleyError> = OnceLock::new();
    RUNTIME.as_ref().ok_or_else(|| WHY.get_or_init(|| internal("no_threads")).clone())
}

/// Runs `work` on our threads. A dropped future does not stop it.
pub(crate) async fn spawned<T: Send + 'static>(
    work: impl Future<Output = Result<T, FarleyError>> + Send + 'static,
) -> Result<T, FarleyError> {
    runtime()?.spawn(work).await.unwrap_or_else(failed)
}

/// Runs what touches the disk or takes long on a thread where that is allowed. A dropped future does not stop it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FarleyError> + Send + 'static,
) -> Result<T, FarleyError> {
    runtime()?.spawn_blocking(work).await.unwrap_or_else(failed)
}

/// A panic ends its call, and nothing else.
fn failed<T>(error: JoinError) -> Result<T, FarleyError> {
    tracing::error!(%error, "a call ended in a panic");
    Err(internal("panic"))
}
