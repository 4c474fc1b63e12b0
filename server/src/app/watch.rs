//! The admin port: `/healthz` (the process lives), `/readyz` (it can work, each check by name), `/metrics`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use farley_core::workspace::Workspace;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::{Map, Value, json};

use crate::accounts::Accounts;

/// The writer answers within this, or the server is not ready.
const WRITER: Duration = Duration::from_secs(1);

/// Routes of the admin port.
pub fn router(workspace: Arc<Workspace>, accounts: Arc<Accounts>, ready: Arc<AtomicBool>) -> Router {
    recorder();
    let measured = workspace.clone();
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || readiness(workspace.clone(), accounts.clone(), ready.clone())))
        .route("/metrics", get(move || metrics_text(measured.clone())))
}

async fn readiness(workspace: Arc<Workspace>, accounts: Arc<Accounts>, ready: Arc<AtomicBool>) -> Response {
    let writer = tokio::task::spawn_blocking(move || {
        let key = "readyz";
        workspace
            .set_meta(key, Some(b"1"))
            .and_then(|()| workspace.head())
            .map(drop)
            .map_err(|error| error.to_string())
    });
    let writer = match tokio::time::timeout(WRITER, writer).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err("panicked".into()),
        Err(_) => Err("no answer within a second".into()),
    };
    let registry =
        tokio::task::spawn_blocking(move || accounts.refresh().map(drop).map_err(|error| error.to_string()));
    let registry = registry.await.unwrap_or(Err("panicked".into()));
    let serving =
        if ready.load(Ordering::Acquire) { Ok(()) } else { Err("the server is stopping".to_owned()) };
    let checks = [("serving", serving), ("writer", writer), ("registry", registry)];
    let good = checks.iter().all(|(_, result)| result.is_ok());
    let shown: Map<String, Value> = checks
        .into_iter()
        .map(|(name, result)| (name.to_owned(), result.err().map_or(json!("ok"), Value::String)))
        .collect();
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(json!({"ready": good, "checks": shown}))).into_response()
}

async fn metrics_text(workspace: Arc<Workspace>) -> String {
    let counted = tokio::task::spawn_blocking(move || {
        (
            workspace.conflict_count().unwrap_or_default(),
            workspace.quarantine(10_000).map_or(0, |rows| rows.len()),
        )
    });
    if let Ok((conflicts, quarantine)) = counted.await {
        metrics::gauge!("farley_conflicts").set(conflicts as f64);
        metrics::gauge!("farley_quarantine_entries").set(quarantine as f64);
    }
    recorder().map(PrometheusHandle::render).unwrap_or_default()
}

/// One recorder a process; none if the process has another one already.
fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().ok()).as_ref()
}
