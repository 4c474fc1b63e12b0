//! Taking a wish back: Swift's `Task.cancel()` does not reach Rust, this does.

use std::sync::Arc;

use tokio::sync::watch;

use crate::FarleyError;

/// One cancellable wish. Pass it to a long call and cancel it from anywhere; cancelling twice is fine.
#[derive(Debug, uniffi::Object)]
pub struct CancelHandle {
    cancelled: watch::Sender<bool>,
}

#[uniffi::export]
impl CancelHandle {
    /// A wish nobody has taken back yet.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { cancelled: watch::Sender::new(false) })
    }

    /// Takes the wish back.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    /// Whether it was taken back.
    pub fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }
}

impl CancelHandle {
    /// Runs `work` until it is done or the wish is taken back; its future is dropped then.
    pub(crate) async fn or<T>(
        &self,
        work: impl Future<Output = Result<T, FarleyError>>,
    ) -> Result<T, FarleyError> {
        let mut cancelled = self.cancelled.subscribe();
        let cancelled = async move {
            // Pending for ever if the handle is gone: nobody can cancel any more.
            if cancelled.wait_for(|cancelled| *cancelled).await.is_err() {
                std::future::pending().await
            }
        };
        tokio::select! {
            biased;
            () = cancelled => Err(FarleyError::Cancelled),
            done = work => done,
        }
    }
}
