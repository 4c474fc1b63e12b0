//! The record API: REST and events as a function of a `Workspace` and a [`Host`].
//!
//! The same router is mounted over the relay's replica (`farley serve`), over a laptop's own (`farley desk`) and over
//! each pretend phone (`farley demo`). What differs lies behind [`Host`]: who is signed in, how the replica is
//! connected, and, in the office only, people and devices.
//!
//! Always: every answer of 400 and above is problem+json with a trace id; unknown fields are refused; bodies are at
//! most 1 MiB; everything that touches the workspace runs on the blocking pool; an edit is answered after its commit.
//!
//! Knows nothing about: accounts, carriers, the page.

mod events;
mod exports;
mod extract;
mod fault;
mod host;
mod imports;
mod limits;
mod lists;
mod office;
mod openapi;
mod overview;
mod records;
mod session;
mod versions;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use farley_core::schema::Kind;
use farley_core::workspace::{Subscription, Workspace};
use tokio_util::sync::CancellationToken;

use crate::problem::Problem;
pub use host::{Caller, Connection, Host, HostEvent, Mode, Office};
pub use openapi::openapi;

/// Largest body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// What every route holds.
#[derive(Clone)]
pub(crate) struct Api(Arc<Inner>);

struct Inner {
    workspace: Arc<Workspace>,
    host: Arc<dyn Host>,
    hub: Arc<events::Hub>,
    keys: records::Keys,
    imports: imports::Imports,
    limits: limits::Limits,
    /// Ends event streams when the server stops.
    stop: CancellationToken,
    _subscription: Subscription,
}

/// Every route of the API, without the base path. Event streams end when `stop` is cancelled.
pub fn router(workspace: Arc<Workspace>, host: Arc<dyn Host>, stop: CancellationToken) -> Router {
    let hub = Arc::new(events::Hub::new(position(&workspace)));
    let feed = hub.clone();
    let subscription = workspace.subscribe(Box::new(move |changed| feed.publish(changed)));
    let inner = Inner {
        workspace,
        host,
        hub,
        keys: records::Keys::default(),
        imports: imports::Imports::default(),
        limits: limits::Limits::default(),
        stop,
        _subscription: subscription,
    };
    let api = Api(Arc::new(inner));
    let writes = axum::middleware::from_fn_with_state(api.clone(), writable);
    routes().layer(writes).with_state(api)
}

/// While the host may not write, only reading and signing in and out go on.
async fn writable(State(api): State<Api>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !reads
        && !request.uri().path().starts_with("/session")
        && let Err(problem) = api.host().writable()
    {
        return problem.into_response();
    }
    next.run(request).await
}

fn routes() -> Router<Api> {
    Router::new()
        .route("/session", get(session::show).post(session::sign_in).delete(session::sign_out))
        .route("/session/link", post(session::sign_in_link))
        .route("/setup", post(session::set_up))
        .route("/schema", get(overview::schema))
        .route("/authors", get(overview::authors))
        .route("/conflicts", get(versions::conflicts))
        .route("/search", get(overview::search))
        .route("/today", get(overview::today))
        .route("/status", get(overview::status))
        .route("/airplane", post(overview::airplane))
        .route("/sync", post(overview::sync_now))
        .route("/undo", post(versions::undo))
        .route("/devices", get(office::devices))
        .route("/devices/{id}/revoke", post(office::revoke))
        .route("/invitations", post(office::invite))
        .route("/people", get(office::people).post(office::add_person))
        .route("/arrivals", get(office::arrivals))
        .route("/imports", post(imports::start).layer(DefaultBodyLimit::max(imports::FILE_LIMIT)))
        .route("/imports/{id}", get(imports::show).delete(imports::cancel))
        .route("/imports/{id}/mapping", axum::routing::put(imports::map))
        .route("/imports/{id}/run", post(imports::run))
        .route("/imports/{id}/undo", post(imports::undo))
        .route("/exports/{file}", get(exports::export))
        .route("/events", get(events::listen))
        .route("/openapi.json", get(|| async { ([("content-type", "application/json")], openapi()) }))
        .route("/{plural}", get(lists::page).post(records::create))
        .route("/{plural}/count", get(lists::count))
        .route("/{plural}/index", get(lists::index))
        .route("/{plural}/rows", get(lists::rows))
        .route("/{plural}/groups", get(lists::groups))
        .route("/{plural}/batch", post(records::batch))
        .route(
            "/{plural}/{id}",
            get(records::show).put(records::put).patch(records::patch).delete(records::remove),
        )
        .route("/{plural}/{id}/restore", post(records::restore))
        .route("/{plural}/{id}/history", get(versions::history))
        .route("/{plural}/{id}/at", get(versions::at))
        .route("/{plural}/{id}/related", get(lists::related))
        .route("/{plural}/{id}/settle", post(versions::settle))
        .fallback(|| async { Problem::not_found("no_such_route", "There is no such address in this API.") })
        .method_not_allowed_fallback(|| async {
            Problem::new(405, "method_not_allowed", "This address does not answer that method.")
        })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

impl Api {
    pub(crate) fn host(&self) -> &Arc<dyn Host> {
        &self.0.host
    }
    pub(crate) fn workspace(&self) -> &Arc<Workspace> {
        &self.0.workspace
    }

    /// Runs `work` on the blocking pool.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let api = self.clone();
        match tokio::task::spawn_blocking(move || work(&api)).await {
            Ok(result) => result,
            Err(error) => Err(Problem::internal(error)),
        }
    }

    /// The kind of an address's first segment.
    pub(crate) fn kind(&self, plural: &str) -> Result<Kind, Problem> {
        let schema = self.0.workspace.schema();
        let kind = schema.kind_by_plural(plural).cloned();
        kind.ok_or_else(|| {
            Problem::not_found("unknown_kind", "There is no kind with this plural name; see /schema.")
        })
    }
}

/// Head of a relay, cursor of a device.
fn position(workspace: &Workspace) -> u64 {
    let position = match workspace.role() {
        farley_core::workspace::Role::Relay => workspace.head(),
        farley_core::workspace::Role::Device => workspace.device_facts().map(|facts| facts.cursor),
    };
    position.unwrap_or_default()
}
