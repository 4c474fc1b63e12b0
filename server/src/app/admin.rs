//! What `farley admin` does to a data folder, beside a running server or without one.

use std::net::SocketAddr;
use std::path::Path;

use farley_core::record::{DeviceId, Timestamp};
use farley_core::store::StoreError;
use farley_core::workspace::{Workspace, WorkspaceError};
use farley_device::keys::RelayKeys;
use farley_device::link::EnrolLink;
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
    let workspace = reading(data)?.id();
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

/// The folder's workspace, to look at; also while a server runs on it.
pub fn reading(data: &Path) -> Result<Workspace, AppError> {
    let folder = Folder(data.to_owned());
    match Workspace::open_reading(&folder.database(), options(false)) {
        // Of another version: whoever has the lock brings it up to date.
        Err(WorkspaceError::Store(StoreError::ReadOnly(_))) => folder.open(),
        other => other.map_err(|error| AppError::store(data, error)),
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
