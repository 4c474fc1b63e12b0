//! Periodic upkeep: small pieces of work, each with its interval, until the server stops.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// One piece of work.
pub struct Job {
    /// For the log.
    pub name: &'static str,
    /// Between the end of one run and the begin of the next.
    pub every: Duration,
    /// May block; says what failed.
    pub work: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
}

/// Runs `jobs` on the blocking pool, each by itself, until `stop` is cancelled. A failure is logged and tried again.
pub fn start(jobs: Vec<Job>, stop: &CancellationToken, tasks: &TaskTracker) {
    for job in jobs {
        let stop = stop.clone();
        tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(job.every) => {}
                }
                let work = job.work.clone();
                match tokio::task::spawn_blocking(move || work()).await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::error!(job = job.name, error, "job failed"),
                    Err(_) => tracing::error!(job = job.name, "job panicked"),
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_failing_or_panicking_job_runs_again_until_the_stop() {
        let runs = Arc::new(AtomicU32::new(0));
        let (count, stop, tasks) = (runs.clone(), CancellationToken::new(), TaskTracker::new());
        let work = move || match count.fetch_add(1, Ordering::SeqCst) {
            0 => Err("no".to_owned()),
            1 => panic!("planted"),
            _ => Ok(()),
        };
        start(
            vec![Job { name: "test", every: Duration::from_millis(1), work: Arc::new(work) }],
            &stop,
            &tasks,
        );
        while runs.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.cancel();
        tasks.close();
        tasks.wait().await;
    }
}
