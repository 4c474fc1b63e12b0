//! The one thread on which a device's sync touches its workspace, in the order asked for.
//!
//! 8 MiB of stack: documents from elsewhere are read here, and the usual 2 MiB of a runtime's thread is
//! less than the gate's own trials get.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Ends its thread when dropped, after the jobs that wait.
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
}

/// The job panicked; its cause is in the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an internal error; the log has the details")]
pub(crate) struct Panicked;

impl Worker {
    pub(crate) fn start() -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new().name("farley-sync".into()).stack_size(STACK).spawn(move || {
            while let Ok(job) = queue.recv() {
                job();
            }
        })?;
        Ok(Self { jobs })
    }

    /// Runs `job` behind those that wait. A dropped future does not stop it: what was begun becomes durable.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (answer, outcome) = oneshot::channel();
        let job: Job = Box::new(move || {
            if let Ok(value) = catch_unwind(AssertUnwindSafe(job)) {
                let _ = answer.send(value);
            }
        });
        self.jobs.send(job).map_err(|_| Panicked)?;
        outcome.await.map_err(|_| Panicked)
    }
}

const STACK: usize = 8 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_job_and_no_other() {
        let worker = Worker::start().unwrap();
        let failed = worker
            .run(|| {
                if worker_name() == "farley-sync" {
                    panic!("planted")
                }
            })
            .await;
        assert_eq!(failed, Err(Panicked));
        assert_eq!(worker.run(|| 7).await, Ok(7));
    }

    fn worker_name() -> String {
        std::thread::current().name().unwrap_or_default().to_owned()
    }
}
