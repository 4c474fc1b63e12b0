//! What `farley admin` does to a data folder, beside a running server or without one.

use std::net::SocketAddr;
use std::path::Path;

use farley_core::record::{DeviceId, Timestamp, WorkspaceId};
use farley_core::store::QuarantineRow;
use farley_core::workspace::Workspace;
use farley_device::keys::RelayKeys;
use farley_device::link::EnrolLink;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

use super::office_host::Links;
use super::{AppError, Folder, options};
use crate::accounts::{Accounts, AuditRow, Device, Person, Role, Use};

/// Where the server of a folder listens, for links made beside it.
#[derive(Deserialize, Serialize)]
struct Serving {
    http: SocketAddr,
    quic_addr: SocketAddr,
    quic: Vec<String>,
    page: Option<String>,
}

/// A fresh invitation, as links.
#[derive(Clone, Debug)]
pub struct Invited {
    /// For `farley device enrol` and the apps.
    pub link: EnrolLink,
    /// Until when.
    pub expires: Timestamp,
}

/// The accounts of the folder; folder and workspace are made if they are missing.
///
/// # Errors
/// As for `serve`, without the network's.
pub fn accounts(data: &Path) -> Result<Accounts, AppError> {
    let folder = Folder(data.to_owned());
    if !folder.database().exists() {
        drop(folder.open_or_create("Farley")?);
    }
    let accounts = Accounts::open(&folder.database(), &folder.ledger());
    accounts.map_err(|error| match error {
        crate::accounts::AccountError::ReadOnly => AppError::ReadOnly(data.to_owned()),
        crate::accounts::AccountError::Full => AppError::Full(data.to_owned()),
        other => other.into(),
    })
}

/// Adds a person.
pub fn user_add(data: &Path, name: &str, role: Role, password: Option<&str>) -> Result<Person, AppError> {
    Ok(accounts(data)?.add_person(name, role, password, None)?)
}

/// An invitation for the person named `name` (or with that id). Needs a server that has run: it says where it listens.
pub fn invite(data: &Path, name: &str, how: Use) -> Result<Invited, AppError> {
    let folder = Folder(data.to_owned());
    let accounts = accounts(data)?;
    let person = accounts.find_person(name)?;
    let serving =
        std::fs::read(folder.serving()).ok().and_then(|bytes| serde_json::from_slice::<Serving>(&bytes).ok());
    let Some(serving) = serving else {
        return Err(AppError::Other(
            "start `farley serve` on this folder first: the link says where it listens".into(),
        ));
    };
    let links = Links {
        keys: std::sync::Arc::new(RelayKeys::read(&folder.keys())?),
        quic: serving.quic,
        page: serving.page,
        certificate: None,
    };
    let workspace = workspace_id_of(&folder.database())?;
    let invitation = accounts.invite(person.id, how, None)?;
    Ok(Invited { link: links.link(workspace, invitation.token), expires: invitation.expires })
}

/// Every device, office actors left out.
pub fn devices(data: &Path) -> Result<Vec<Device>, AppError> {
    Ok(accounts(data)?.devices()?.into_iter().filter(|device| !device.office).collect())
}

/// Shuts a device out; a running server notices within 500 ms.
pub fn revoke(data: &Path, device: DeviceId) -> Result<Device, AppError> {
    Ok(accounts(data)?.revoke(device, None)?)
}

/// The newest lines of the audit.
pub fn audit(data: &Path, limit: u32) -> Result<Vec<AuditRow>, AppError> {
    Ok(accounts(data)?.audit_rows(limit)?)
}

/// What the gate refused, newest first.
pub fn quarantine(data: &Path, limit: usize) -> Result<Vec<QuarantineRow>, AppError> {
    with_copy(data, |workspace| workspace.quarantine(limit).map_err(|error| AppError::store(data, error)))
}

/// Runs `work` over the folder's workspace, or over a copy of it while a server holds it.
pub fn with_copy<T>(
    data: &Path,
    work: impl FnOnce(&Workspace) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let folder = Folder(data.to_owned());
    match folder.open() {
        Ok(workspace) => work(&workspace),
        Err(AppError::InUse(_)) => {
            let beside = folder.0.join(format!(".copy-{}", crate::clock::hex(&crate::clock::random::<6>())));
            let result = (|| {
                std::fs::create_dir(&beside).map_err(|error| AppError::io(data, &error))?;
                let copied = beside.join("farley.db");
                copy_database(&folder.database(), &copied)?;
                let workspace = Workspace::open(&copied, options(false))
                    .map_err(|error| AppError::store(&beside, error))?;
                work(&workspace)
            })();
            let _ = std::fs::remove_dir_all(&beside);
            result
        }
        Err(other) => Err(other),
    }
}

/// A consistent copy of the database `from`, while a server writes to it.
pub(super) fn copy_database(from: &Path, to: &Path) -> Result<(), AppError> {
    let failed = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::DiskFull) => AppError::Full(to.to_owned()),
        Some(rusqlite::ErrorCode::ReadOnly) => AppError::ReadOnly(to.to_owned()),
        _ => AppError::Other(format!("the database cannot be copied: {error}")),
    };
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    source.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed)?;
    let mut target = Connection::open(to).map_err(failed)?;
    let backup = rusqlite::backup::Backup::new(&source, &mut target).map_err(failed)?;
    // All pages in one step: one read transaction, so the copy is of one moment whatever is written meanwhile.
    loop {
        match backup.step(-1).map_err(failed)? {
            rusqlite::backup::StepResult::Done => return Ok(()),
            _ => std::thread::sleep(std::time::Duration::from_millis(50)),
        }
    }
}

pub(super) fn write_serving(
    data: &Path,
    links: &Links,
    http: SocketAddr,
    quic_addr: SocketAddr,
) -> Result<(), AppError> {
    let serving = Serving { http, quic_addr, quic: links.quic.clone(), page: links.page.clone() };
    let text = serde_json::to_vec_pretty(&serving).map_err(|error| AppError::Other(error.to_string()))?;
    let folder = Folder(data.to_owned());
    std::fs::write(folder.serving(), text).map_err(|error| AppError::io(data, &error))
}

/// The workspace's id in the database at `path`, without opening the workspace: a running server holds it.
pub(super) fn workspace_id_of(path: &Path) -> Result<WorkspaceId, AppError> {
    let read = || {
        let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        db.query_row("SELECT value FROM meta WHERE key = 'workspace'", [], |row| row.get::<_, [u8; 16]>(0))
    };
    read()
        .map(WorkspaceId)
        .map_err(|error| AppError::Other(format!("the workspace's id cannot be read: {error}")))
}
