//! The admin port: `/healthz` (the process lives), `/readyz` (it can work, each check by name), `/metrics`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use farley_core::record::Timestamp;
use farley_core::workspace::{Subscription, Workspace};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Map, Value, json};

use super::disk::Disk;
use crate::accounts::Accounts;
use crate::clock;
use crate::relay::Relay;

/// The writer answers within this, or the server is not ready.
const WRITER: Duration = Duration::from_secs(1);
/// The wall clock may move this far against the monotonic one, in milliseconds (transport-security.md 9).
const SKEW: i64 = 2 * clock::MINUTE;
/// 1 January 2026: no server of this version ran before.
const BUILT: i64 = 1_767_225_600_000;

/// What is watched.
pub struct Watched {
    pub workspace: Arc<Workspace>,
    pub accounts: Arc<Accounts>,
    /// Unset while the server stops.
    pub ready: Arc<AtomicBool>,
    pub disk: Arc<Disk>,
    pub relay: Arc<Relay>,
    pub database: PathBuf,
}

struct Watch {
    watched: Watched,
    /// Wall clock and monotonic clock at the start.
    began: (Timestamp, Instant),
    _conflicts: Subscription,
}

/// Routes of the admin port.
pub fn router(watched: Watched) -> Router {
    recorder();
    metrics::counter!("farley_conflicts_total").absolute(0);
    let conflicts = watched.workspace.subscribe(Box::new(|changed| {
        let made = changed.entries.iter().filter(|entry| entry.conflict).count();
        metrics::counter!("farley_conflicts_total").increment(made as u64);
    }));
    let watch = Arc::new(Watch { watched, began: (clock::now(), Instant::now()), _conflicts: conflicts });
    let measured = watch.clone();
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || readiness(watch.clone())))
        .route("/metrics", get(move || metrics_text(measured.clone())))
}

async fn readiness(watch: Arc<Watch>) -> Response {
    let (writing, writer) = (watch.clone(), WRITER);
    let writer = blocking(writer, move || {
        let workspace = &writing.watched.workspace;
        workspace.set_meta("readyz", Some(b"1")).map_err(|error| error.to_string())
    });
    let reading = watch.clone();
    let rest = blocking(10 * WRITER, move || Ok(reading.checks()));
    let (writer, rest) = tokio::join!(writer, rest);
    let mut checks = vec![("writer", writer)];
    match rest {
        Ok(rest) => checks.extend(rest),
        Err(error) => checks.push(("registry", Err(error))),
    }
    let good = checks.iter().all(|(_, result)| result.is_ok());
    let shown: Map<String, Value> = checks
        .into_iter()
        .map(|(name, result)| (name.to_owned(), result.err().map_or(json!("ok"), Value::String)))
        .collect();
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(json!({"ready": good, "checks": shown}))).into_response()
}

async fn blocking<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    match tokio::time::timeout(patience, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err("panicked".into()),
        Err(_) => Err(format!("no answer within {} s", patience.as_secs())),
    }
}

impl Watch {
    /// Everything but the writer.
    fn checks(&self) -> Vec<(&'static str, Result<(), String>)> {
        let Watched { accounts, ready, disk, relay, .. } = &self.watched;
        let serving = match ready.load(Ordering::Acquire) {
            true => Ok(()),
            false => Err("the server is stopping".to_owned()),
        };
        let migrations = match accounts.is_migrated() {
            Ok(true) => Ok(()),
            Ok(false) => Err("the tables are those of another version; start the newer Farley".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let quic = relay.listening();
        let quic = if ready.load(Ordering::Acquire) { quic } else { Err("closed".to_owned()) };
        vec![
            ("serving", serving),
            ("migrations", migrations),
            ("registry", accounts.refresh().map(drop).map_err(|error| error.to_string())),
            ("disk", disk.look()),
            ("quic", quic),
            ("clock", self.clock()),
        ]
    }

    fn clock(&self) -> Result<(), String> {
        let elapsed = i64::try_from(self.began.1.elapsed().as_millis()).unwrap_or(i64::MAX);
        let written = self.watched.accounts.last_audit().ok().flatten();
        sane(clock::now().millis(), self.began.0.millis().saturating_add(elapsed), written)
    }

    fn gauges(&self) {
        let Watched { workspace, accounts, disk, database, .. } = &self.watched;
        metrics::gauge!("farley_conflicts").set(workspace.conflict_count().unwrap_or_default() as f64);
        let quarantine = workspace.quarantine(10_000).map_or(0, |rows| rows.len());
        metrics::gauge!("farley_quarantine_entries").set(quarantine as f64);
        metrics::gauge!("farley_db_bytes").set(bytes_of(database) as f64);
        if let Some(free) = disk.free() {
            metrics::gauge!("farley_disk_free_bytes").set(free as f64);
        }
        let (Ok(devices), Ok(head)) = (accounts.devices(), workspace.head()) else { return };
        let now = clock::now();
        let living = devices.iter().filter(|device| !device.office && device.revoked_at.is_none());
        // The longest silence, the most held back, the furthest behind: a label would name a device.
        let (mut silent, mut held, mut behind) = (0, 0, 0);
        for device in living {
            silent = silent.max(now.since(device.last_seen.unwrap_or(device.enrolled_at)));
            held = held.max(device.pending.unwrap_or_default());
            behind = behind.max(head.saturating_sub(device.cursor));
        }
        metrics::gauge!("farley_device_last_seen_seconds").set(silent as f64 / 1_000.0);
        metrics::gauge!("farley_outbox_entries").set(f64::from(held));
        metrics::gauge!("farley_sync_lag_entries").set(behind as f64);
    }
}

/// `expected`: what the monotonic clock says the wall clock must show. `written`: the newest time on disk.
fn sane(now: i64, expected: i64, written: Option<Timestamp>) -> Result<(), String> {
    if now < BUILT {
        return Err("the clock shows a time before this Farley was built".into());
    }
    if (now - expected).abs() > SKEW {
        return Err(format!("the clock was moved by {} s while the server ran", (now - expected) / 1_000));
    }
    match written {
        Some(written) if written.millis() - now > SKEW => {
            Err(format!("the clock is {} s behind what was written before", (written.millis() - now) / 1_000))
        }
        _ => Ok(()),
    }
}

/// The database with its log.
fn bytes_of(database: &Path) -> u64 {
    let size = |suffix: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        std::fs::metadata(name).map_or(0, |facts| facts.len())
    };
    size("") + size("-wal")
}

async fn metrics_text(watch: Arc<Watch>) -> String {
    let _ = tokio::task::spawn_blocking(move || watch.gauges()).await;
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// One recorder a process; none if the process has another one already.
fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_or_runs_behind_the_disk_is_not_sane() {
        let now = BUILT + 1_000_000;
        assert_eq!(sane(now, now, None), Ok(()));
        assert_eq!(sane(now, now + SKEW, Some(Timestamp::from_millis(now + SKEW))), Ok(()));
        assert!(sane(now, now + SKEW + 1, None).unwrap_err().contains("moved by -120 s"));
        assert!(
            sane(now, now, Some(Timestamp::from_millis(now + SKEW + 1)))
                .unwrap_err()
                .contains("120 s behind")
        );
        assert!(sane(BUILT - 1, BUILT - 1, None).unwrap_err().contains("before this Farley"));
    }
}
