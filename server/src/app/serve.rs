//! `farley serve`: relay, API, page and upkeep over one data folder.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use farley_core::workspace::Workspace;
use farley_device::device::Device;
use farley_device::keys::RelayKeys;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::books::OfficeBooks;
use super::device_host::DeviceHost;
use super::disk::Disk;
use super::guard::Guard;
use super::office_host::{Links, OfficeHost};
use super::recovery::Recovery;
use super::{AppError, Config, Folder, admin, http, name_of, names, watch as observe};
use crate::accounts::{Accounts, Role};
use crate::api::{self, Mode};
use crate::jobs::{self, Job};
use crate::page;
use crate::relay::{self, Relay};

/// How soon a change made by an admin command beside the server is noticed.
const NOTICE: Duration = Duration::from_millis(250);
/// For requests in work, and for sessions to say goodbye.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// A server that runs. Dropping it does not stop it: call [`Running::shutdown`].
pub struct Running {
    /// Page, API and WebSocket.
    pub http_addr: SocketAddr,
    /// Relay.
    pub quic_addr: SocketAddr,
    /// Health and metrics.
    pub admin_addr: SocketAddr,
    /// Address of the page, without a slash at its end.
    pub page: String,
    /// Opens the page to make the first administrator; none once there is one.
    pub setup_link: Option<String>,
    workspace: Arc<Workspace>,
    accounts: Arc<Accounts>,
    relay: Arc<Relay>,
    links: Links,
    mounts: Arc<Mounts>,
    phones: Phones,
    ready: Arc<AtomicBool>,
    stop: CancellationToken,
    tasks: TaskTracker,
    servers: Vec<JoinHandle<()>>,
}

/// Routers under a path, added while the server runs.
#[derive(Default)]
struct Mounts(RwLock<BTreeMap<String, Router>>);

/// Hosts of the mounted phones, by name.
type Phones = Arc<std::sync::Mutex<BTreeMap<String, Arc<DeviceHost>>>>;

/// Makes links that open office and phones once.
#[derive(Clone)]
pub struct Doors {
    page: String,
    accounts: Arc<Accounts>,
    phones: Phones,
}

impl Doors {
    /// Signs in the person named `name`.
    ///
    /// # Errors
    /// `Account` if there is nobody with this name. Blocks on the database.
    pub fn office(&self, name: &str) -> Result<String, AppError> {
        let person = self.accounts.find_person(name)?;
        Ok(format!("{}/link#{}", self.page, self.accounts.sign_in_token(person.id)?))
    }

    /// Opens the phone mounted as `name`; none if there is no such phone. An older link to it is void.
    pub fn phone(&self, name: &str) -> Option<String> {
        let phones = self.phones.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        phones.get(name).map(|host| format!("{}/phone/{name}/link#{}", self.page, host.link()))
    }
}

/// Starts a server. Returns when everything listens.
///
/// # Errors
/// Each [`AppError`] but `Missing` and `Device`. Nothing is left listening.
pub async fn serve(config: Config) -> Result<Running, AppError> {
    let loopback = config.http.ip().is_loopback();
    if !loopback && config.tls.is_none() && !config.behind_proxy && !config.insecure_http {
        return Err(AppError::PlainHttp(config.http));
    }
    let tls = config.tls.as_ref().map(|(chain, key)| http::tls(chain, key)).transpose()?;
    let (tls, _certificate) = tls.unzip();
    let (listener, http_addr) = http::bind("the page", config.http).await?;
    let admin_wanted = config.admin.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
    let (admin_listener, admin_addr) = http::bind("the admin port", admin_wanted).await?;
    let socket =
        UdpSocket::bind(config.quic).map_err(|error| http::listen_error("the relay", config.quic, &error))?;

    let folder = Folder(config.data.clone());
    let name = config.name.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let workspace = folder.open_or_create(&name)?;
        let keys = RelayKeys::open_or_create(&folder.keys())?;
        let accounts = Accounts::open(&folder.database(), &folder.ledger())?;
        accounts.abandon_orders()?;
        Ok::<_, AppError>((Arc::new(workspace), Arc::new(keys), Arc::new(accounts)))
    });
    let (workspace, keys, accounts) = opened.await.map_err(|error| AppError::Other(error.to_string()))??;
    let endpoint = farley_device::quic::relay_endpoint(&keys, socket)
        .map_err(|error| http::listen_error("the relay", config.quic, &error))?;
    let quic_addr =
        endpoint.local_addr().map_err(|error| http::listen_error("the relay", config.quic, &error))?;

    let secure_page = tls.is_some() || config.behind_proxy;
    let page = page_address(&config, http_addr, secure_page);
    let host = config.public.clone().unwrap_or_else(|| shown(quic_addr).ip().to_string());
    let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host };
    // A certificate that is pinned must be replaced with every device: only self-made ones would need it, and those
    // are given by an operator who hands the devices a public name instead.
    let links = Links {
        keys: keys.clone(),
        quic: vec![format!("{host}:{}", quic_addr.port())],
        page: Some(page.clone()),
        certificate: None,
    };
    admin::write_serving(&config.data, &links, http_addr, quic_addr)?;

    let stop = CancellationToken::new();
    let tasks = TaskTracker::new();
    let news = broadcast::Sender::new(256);
    let disk = Arc::new(Disk::of(&config.data));
    let recovery = Arc::new(Recovery::new(accounts.clone(), &workspace));
    let books = Arc::new(OfficeBooks {
        recovery: recovery.clone(),
        disk: disk.clone(),
        accounts: accounts.clone(),
        workspace: workspace.id(),
        name: name_of(&workspace),
        news: news.clone(),
        changes: watch::Sender::new(0),
    });
    let relay = Relay::new(workspace.clone(), keys, books.clone(), config.behind_proxy);
    relay.listen(endpoint);
    follow_registry(&accounts, &workspace, books.clone(), &stop, &tasks);
    jobs::start(upkeep(&workspace, &accounts, &disk, &recovery), &stop, &tasks);

    let host = Arc::new(OfficeHost {
        accounts: accounts.clone(),
        workspace: workspace.clone(),
        relay: relay.clone(),
        name: name_of(&workspace),
        news,
        secure: loopback || secure_page,
        demo: config.demo,
        links: links.clone(),
        disk: disk.clone(),
        recovery,
    });
    let mounts = Arc::new(Mounts::default());
    let guard = Guard { loopback_only: config.demo, tls: secure_page };
    let app = office(workspace.clone(), host, relay.clone(), mounts.clone(), &stop, guard);
    let ready = Arc::new(AtomicBool::new(true));
    let observed = observe::router(observe::Watched {
        workspace: workspace.clone(),
        accounts: accounts.clone(),
        ready: ready.clone(),
        disk,
        relay: relay.clone(),
        database: Folder(config.data.clone()).database(),
    });
    let servers = vec![
        http::run(listener, http_addr, tls, app, stop.clone()),
        http::run(admin_listener, admin_addr, None, observed, stop.clone()),
    ];

    let (keeper, base, demo) = (accounts.clone(), page.clone(), config.demo);
    let setup = tokio::task::spawn_blocking(move || if demo { Ok(None) } else { keeper.setup_token() });
    let setup = setup.await.map_err(|error| AppError::Other(error.to_string()))??;
    let setup_link = setup.map(|token| format!("{base}/setup#{token}"));
    tracing::info!(http = %http_addr, quic = %quic_addr, admin = %admin_addr, "server ready");
    Ok(Running {
        http_addr,
        quic_addr,
        admin_addr,
        page,
        setup_link,
        workspace,
        accounts,
        relay,
        links,
        mounts,
        phones: Phones::default(),
        ready,
        stop,
        tasks,
        servers,
    })
}

impl Running {
    /// The relay's replica.
    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// People and devices.
    pub fn accounts(&self) -> &Arc<Accounts> {
        &self.accounts
    }

    /// A link (`farley://enrol#…`) with which a device of `person` enrols within 15 minutes.
    pub fn invite(&self, person: farley_core::record::PersonId) -> Result<String, AppError> {
        let invitation = self.accounts.invite(person, crate::accounts::Use::InPerson, None)?;
        Ok(self.links.link(self.workspace.id(), invitation.token).link())
    }

    /// A link that opens the page once as the person named `name`, who is added as an administrator if missing.
    pub fn sign_in_link(&self, name: &str) -> Result<String, AppError> {
        let person = match self.accounts.find_person(name) {
            Ok(person) => person,
            Err(_) => self.accounts.add_person(name, Role::Admin, None, None)?,
        };
        Ok(format!("{}/link#{}", self.page, self.accounts.sign_in_token(person.id)?))
    }

    /// Answers everything at and below `path` ("/demo/…") with `router`.
    pub fn mount_router(&self, path: &str, router: Router) {
        let mut mounts = self.mounts.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        mounts.insert(path.to_owned(), router);
    }

    /// Makes one-time links as often as asked, for a page that leads to office and phones.
    pub fn doors(&self) -> Doors {
        Doors { page: self.page.clone(), accounts: self.accounts.clone(), phones: self.phones.clone() }
    }

    /// Mounts page and API over `device`'s replica under `/phone/<name>`; returns a link that opens it once.
    pub fn mount(&self, name: &str, device: &Device) -> String {
        let mount = format!("/phone/{name}");
        let host = Arc::new(DeviceHost::new(
            device.clone(),
            Mode::Phone,
            &format!("phone-{name}"),
            self.stop.clone(),
        ));
        let token = host.link();
        self.phones
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(name.to_owned(), host.clone());
        let api = api::router(device.workspace().clone(), host, self.stop.clone());
        let router = Router::new().nest(&format!("{mount}/api/v1"), api).merge(page::router(&mount));
        let mut mounts = self.mounts.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        mounts.insert(mount.clone(), router);
        format!("{}{mount}/link#{token}", self.page)
    }

    /// Stops within five seconds: not ready, streams end, devices get `Restarting`, requests in work finish.
    pub async fn shutdown(self) {
        self.ready.store(false, Ordering::Release);
        self.stop.cancel();
        self.relay.shutdown(PATIENCE).await;
        for mut server in self.servers {
            if tokio::time::timeout(PATIENCE, &mut server).await.is_err() {
                server.abort();
            }
        }
        self.tasks.close();
        let _ = tokio::time::timeout(Duration::from_millis(500), self.tasks.wait()).await;
        let workspace = self.workspace.clone();
        let _ = tokio::task::spawn_blocking(move || workspace.tidy(1_000)).await;
    }
}

/// Every route of the office.
fn office(
    workspace: Arc<Workspace>,
    host: Arc<OfficeHost>,
    relay: Arc<Relay>,
    mounts: Arc<Mounts>,
    stop: &CancellationToken,
    guard: Guard,
) -> Router {
    Router::new()
        .nest("/api/v1", api::router(workspace, host, stop.clone()))
        .merge(relay::route(relay))
        .fallback(move |request: Request| mounts.clone().answer(request))
        .layer(axum::middleware::from_fn(move |request, next| guard.pass(request, next)))
}

impl Mounts {
    async fn answer(self: Arc<Self>, request: Request) -> Response {
        let path = request.uri().path();
        let found = {
            let mounts = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            let mut under = mounts.iter();
            under
                .find(|(mount, _)| path == mount.as_str() || path.starts_with(&format!("{mount}/")))
                .map(|(_, router)| router.clone())
        };
        match found {
            Some(router) => router.oneshot(request).await.into_response(),
            None => page::answer("", request.method(), path, request.headers()),
        }
    }
}

/// Passes changes of the registry on to sessions, and new names to the workspace.
fn follow_registry(
    accounts: &Arc<Accounts>,
    workspace: &Arc<Workspace>,
    books: Arc<OfficeBooks>,
    stop: &CancellationToken,
    tasks: &TaskTracker,
) {
    let (accounts, workspace, stop) = (accounts.clone(), workspace.clone(), stop.clone());
    let mut registry = accounts.registry();
    tasks.spawn(async move {
        loop {
            let (keeper, target) = (accounts.clone(), workspace.clone());
            let published = tokio::task::spawn_blocking(move || names::publish(&keeper, &target)).await;
            if let Ok(Err(error)) = published {
                tracing::error!(error, "names of people and devices were not written");
            }
            // Another process's changes are looked for; our own are told.
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = registry.changed() => {
                        if changed.is_err() {
                            return;
                        }
                        break;
                    }
                    () = tokio::time::sleep(NOTICE) => {
                        let keeper = accounts.clone();
                        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || keeper.refresh()).await {
                            tracing::error!(%error, "the registry cannot be read");
                        }
                    }
                }
            }
            books.changes.send_modify(|count| *count += 1);
        }
    });
}

fn upkeep(
    workspace: &Arc<Workspace>,
    accounts: &Arc<Accounts>,
    disk: &Arc<Disk>,
    recovery: &Arc<Recovery>,
) -> Vec<Job> {
    let (tidied, cleaned, disk, recovery) =
        (workspace.clone(), accounts.clone(), disk.clone(), recovery.clone());
    let (ordered, orders) = (workspace.clone(), accounts.clone());
    vec![
        Job {
            name: "orders",
            every: Duration::from_millis(250),
            work: Arc::new(move || super::orders::work(&ordered, &orders)),
        },
        Job {
            name: "tidy",
            every: Duration::from_secs(30),
            work: Arc::new(move || tidied.tidy(1_000).map(drop).map_err(|error| error.to_string())),
        },
        Job {
            name: "look at the disk",
            every: Duration::from_secs(10),
            // What is wrong was logged when it began.
            work: Arc::new(move || {
                let _ = disk.look();
                Ok(())
            }),
        },
        Job {
            name: "count what came back",
            every: Duration::from_secs(5),
            work: Arc::new(move || recovery.write()),
        },
        Job {
            name: "end sessions",
            every: Duration::from_secs(3_600),
            work: Arc::new(move || cleaned.tidy().map_err(|error| error.to_string())),
        },
    ]
}

fn page_address(config: &Config, address: SocketAddr, secure: bool) -> String {
    let scheme = if secure { "https" } else { "http" };
    match &config.public {
        Some(host) if config.behind_proxy => format!("{scheme}://{host}"),
        Some(host) => format!("{scheme}://{host}:{}", address.port()),
        None => format!("{scheme}://{}", shown(address)),
    }
}

/// An address one can connect to: "any" is shown as loopback.
fn shown(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => ([127, 0, 0, 1], v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (std::net::Ipv6Addr::LOCALHOST, v6.port()).into(),
        other => other,
    }
}
