//! Joins the rooms: `serve` (the office), `desk` (a laptop's own replica), and what `farley admin` does.
//!
//! A data folder holds `farley.db` (records and accounts), `relay.keys`, `ledger.jsonl` and `serving.json` (where the
//! running server listens, for `farley admin invite`). Admin commands open the accounts beside a running server, which
//! notices within 500 ms.

pub mod admin;
pub mod backup;
mod books;
mod desk;
mod device_host;
mod disk;
mod fault;
mod guard;
mod http;
mod names;
mod office_host;
pub mod orders;
mod recovery;
mod serve;
mod watch;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use farley_core::document::gate::ThreadTrial;
use farley_core::record::{DeviceId, WorkspaceId};
use farley_core::store::{StoreError, StoreOptions, SystemFiles};
use farley_core::workspace::{Role, Workspace, WorkspaceError, WorkspaceOptions};

use crate::accounts::AccountError;
use crate::clock;
pub use desk::{DeskConfig, desk};
pub use serve::{Doors, Running, serve};

/// Stack of every thread that reads documents: the usual 2 MiB is less than the gate gives its own trials.
pub const STACK: usize = 8 << 20;

/// How `serve` listens.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder; made if missing.
    pub data: PathBuf,
    /// Page, API and WebSocket. Port 0 = any free one.
    pub http: SocketAddr,
    /// Relay.
    pub quic: SocketAddr,
    /// Health and metrics; `None` = a free port on loopback.
    pub admin: Option<SocketAddr>,
    /// Host name that devices and browsers reach this server by; `None` = the address listened on.
    pub public: Option<String>,
    /// The company's name, when the folder is made.
    pub name: String,
    /// Certificate chain and key, PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// A reverse proxy ends TLS in front of `http`.
    pub behind_proxy: bool,
    /// Plain HTTP beyond loopback.
    pub insecure_http: bool,
    /// Loopback only, every sign-in counts as fresh: `farley demo`.
    pub demo: bool,
}

impl Config {
    /// Free ports on loopback.
    pub fn local(data: &Path) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            data: data.to_owned(),
            http: any,
            quic: any,
            admin: None,
            public: None,
            name: "Farley".into(),
            tls: None,
            behind_proxy: false,
            insecure_http: false,
            demo: false,
        }
    }
}

/// Why a server, desk or admin command does not start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The address is taken.
    #[error(
        "{what} cannot listen on {address}: the port is in use. Stop the other program, or choose another port"
    )]
    PortInUse {
        /// Page, relay or admin.
        what: &'static str,
        /// Which.
        address: SocketAddr,
    },
    /// The address cannot be listened on for another reason.
    #[error("{what} cannot listen on {address}: {detail}")]
    Listen {
        /// See `PortInUse`.
        what: &'static str,
        /// Which.
        address: SocketAddr,
        /// What the system said.
        detail: String,
    },
    /// Plain HTTP beyond loopback without being asked for.
    #[error(
        "{0} is not loopback and there is no TLS: passwords would travel in the clear. Give a certificate and key, put a \
         reverse proxy in front, or ask for plain HTTP explicitly"
    )]
    PlainHttp(SocketAddr),
    /// Another process.
    #[error("another Farley process uses {0}; stop it first, or use another folder")]
    InUse(PathBuf),
    /// Permissions.
    #[error("{0} cannot be written; check who owns it and that it is not mounted read-only")]
    ReadOnly(PathBuf),
    /// Written by a later version.
    #[error("{path} was written by a newer Farley ({detail}); update this one. Nothing was changed")]
    Newer {
        /// The folder.
        path: PathBuf,
        /// Both versions.
        detail: String,
    },
    /// Full disk.
    #[error("no space left on the disk of {0}; free some and start again. Nothing was lost")]
    Full(PathBuf),
    /// No workspace.
    #[error("there is no workspace in {0}; `farley serve --data` makes one")]
    Missing(PathBuf),
    /// Certificate or key.
    #[error("TLS: {0}")]
    Tls(String),
    /// Accounts.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The device of a desk.
    #[error(transparent)]
    Device(#[from] farley_device::device::DeviceError),
    /// Key file.
    #[error(transparent)]
    Keys(#[from] farley_device::keys::KeyError),
    /// Everything else.
    #[error("{0}")]
    Other(String),
}

impl AppError {
    fn store(path: &Path, error: WorkspaceError) -> Self {
        let path = path.to_owned();
        match error {
            WorkspaceError::Store(StoreError::Locked) => Self::InUse(path),
            WorkspaceError::Store(StoreError::ReadOnly(_)) => Self::ReadOnly(path),
            WorkspaceError::Store(StoreError::Full) => Self::Full(path),
            WorkspaceError::Store(StoreError::Missing) => Self::Missing(path),
            WorkspaceError::Store(StoreError::Newer { found, known }) => {
                Self::Newer { path, detail: format!("data version {found}, this one knows {known}") }
            }
            other => Self::Other(format!("{}: {other}", path.display())),
        }
    }
    fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(path.to_owned()),
            ErrorKind::StorageFull => Self::Full(path.to_owned()),
            _ => Self::Other(format!("{}: {error}", path.display())),
        }
    }
}

/// Files of a data folder.
pub(crate) struct Folder(pub PathBuf);

impl Folder {
    pub fn database(&self) -> PathBuf {
        self.0.join("farley.db")
    }
    pub fn keys(&self) -> PathBuf {
        self.0.join("relay.keys")
    }
    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger.jsonl")
    }
    pub fn serving(&self) -> PathBuf {
        self.0.join("serving.json")
    }

    /// Opens the workspace, making folder and workspace if they are missing.
    pub fn open_or_create(&self, name: &str) -> Result<Workspace, AppError> {
        std::fs::create_dir_all(&self.0).map_err(|error| AppError::io(&self.0, &error))?;
        if self.database().exists() {
            return self.open();
        }
        let mut rng = clock::generator();
        let (id, device) = (WorkspaceId::random(&mut *rng), DeviceId::random(&mut *rng));
        let made = Workspace::create(&self.database(), id, device, Role::Relay, options(true), clock::now());
        let workspace = made.map_err(|error| AppError::store(&self.0, error))?;
        workspace.set_meta(NAME, Some(name.as_bytes())).map_err(|error| AppError::store(&self.0, error))?;
        Ok(workspace)
    }

    /// Opens the workspace.
    pub fn open(&self) -> Result<Workspace, AppError> {
        if !self.database().exists() {
            return Err(AppError::Missing(self.0.clone()));
        }
        Workspace::open(&self.database(), options(false)).map_err(|error| AppError::store(&self.0, error))
    }
}

/// Meta key of the company's name.
const NAME: &str = "workspace_name";

fn name_of(workspace: &Workspace) -> String {
    let stored = workspace.meta(NAME).ok().flatten();
    stored.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| "Farley".into())
}

/// How this process opens workspaces.
pub fn options(create: bool) -> WorkspaceOptions {
    WorkspaceOptions {
        store: StoreOptions {
            vfs: None,
            files: Arc::new(SystemFiles),
            create,
            fts: true,
            readers: 4,
            key: None,
        },
        trial: Arc::new(ThreadTrial),
        rng: clock::generator(),
        canary: true,
        cache: 32,
        fold: 16,
    }
}

/// A runtime whose threads have [`STACK`].
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()
}

#[cfg(test)]
mod disk_tests;
#[cfg(test)]
mod hard_tests;
#[cfg(test)]
mod test_kit;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;
