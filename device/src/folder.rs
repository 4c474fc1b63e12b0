//! A device's folder: `device.json` (whose it is, where the relay is), `device.key`, `instance`, `farley.db`.
//!
//! `device.json` is written before the token is spent and again afterwards: an enrolment whose answer was lost is
//! asked for again with the same id and key, which the relay answers for 10 minutes.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use farley_core::record::{DeviceId, PersonId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::encoding::{from_hex, hex};
use crate::keys::{DeviceKey, KeyError, PublicKey};
use crate::link::EnrolLink;

/// Why a folder cannot be used. Nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{0} holds no enrolled device; enrol first, with a link from the office")]
    NotEnrolled(PathBuf),
    #[error("{0} already holds a device; use another folder")]
    AlreadyEnrolled(PathBuf),
    #[error("{path} cannot be read or written: {detail}")]
    Io { path: PathBuf, detail: String },
    #[error("{path} is damaged: {detail}")]
    Damaged { path: PathBuf, detail: String },
    #[error("{path} was written by a newer Farley (version {found}); update Farley")]
    Newer { path: PathBuf, found: u32 },
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// `device.json`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeviceFile {
    version: u32,
    /// This installation.
    pub device: DeviceId,
    /// The company's workspace.
    pub workspace: WorkspaceId,
    /// As the relay calls it.
    pub workspace_name: String,
    /// Whose device it is; `None` until the relay has answered the enrolment.
    pub person: Option<PersonId>,
    /// When it was enrolled.
    pub enrolled_at: Option<Timestamp>,
    /// The relay's key, and the one it will switch to; hex.
    relay: String,
    next: Option<String>,
    /// `host:port` for QUIC.
    pub quic: Vec<String>,
    /// Address of the office page, for the WebSocket.
    pub page: Option<String>,
    certificate: Option<String>,
    /// The relay's verdict on this device. It is not connected again by itself.
    pub locked: Option<Locked>,
    /// Tells whether a key opens the database, where a key store keeps one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key_check: Option<String>,
}

/// Why a device is no longer let in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Locked {
    /// The relay does not know it (any more).
    NotEnrolled,
    /// The office put it out.
    Revoked,
    /// The office wants it emptied.
    Wipe,
    /// Its person has left; it may hand over what it has and receives nothing.
    Drain,
    /// Two copies of it are in use.
    Cloned,
    /// The database came from another folder or machine.
    Copied,
}

impl Locked {
    /// For a person: what happened and what to do.
    pub fn text(self) -> &'static str {
        match self {
            Self::NotEnrolled => {
                "the office does not know this device; ask for a new enrolment link. Nothing on it is lost"
            }
            Self::Revoked => "the office has revoked this device; ask the office if that is wrong",
            Self::Wipe => "the office has asked to wipe this device",
            Self::Drain => "this device no longer receives data; the office has closed its access",
            Self::Cloned => {
                "another copy of this device is in use; both are locked until one enrols again. Nothing is lost"
            }
            Self::Copied => {
                "this folder is a copy of another device's; enrol it anew. Its data can be read, but it does not sync"
            }
        }
    }
}

impl DeviceFile {
    /// Of a device that is about to spend `link`'s token.
    pub fn enrolling(link: &EnrolLink, device: DeviceId) -> Self {
        Self {
            version: VERSION,
            device,
            workspace: link.workspace,
            workspace_name: String::new(),
            person: None,
            enrolled_at: None,
            relay: hex(&link.relay.0),
            next: link.next.map(|key| hex(&key.0)),
            quic: link.quic.clone(),
            page: link.page.clone(),
            certificate: link.certificate.map(|hash| hex(&hash)),
            locked: None,
            key_check: None,
        }
    }

    /// Keys that may answer as the relay.
    pub fn pinned(&self) -> Vec<PublicKey> {
        [Some(&self.relay), self.next.as_ref()]
            .into_iter()
            .flatten()
            .filter_map(|key| from_hex(key).map(PublicKey))
            .collect()
    }

    /// SHA-256 of the page's certificate, if it is pinned.
    pub fn certificate(&self) -> Option<[u8; 32]> {
        self.certificate.as_deref().and_then(from_hex)
    }

    /// Pins the key the relay will switch to. Whether that changed anything.
    pub fn pin(&mut self, answered: PublicKey, next: PublicKey) -> bool {
        let (relay, next) = (hex(&answered.0), Some(hex(&next.0)));
        let changed = (&self.relay, &self.next) != (&relay, &next);
        (self.relay, self.next) = (relay, next);
        changed
    }

    /// Reads `folder`'s file; `None` if there is none.
    ///
    /// # Errors
    /// `Io`, `Damaged`, `Newer`.
    pub fn read(folder: &Path) -> Result<Option<Self>, FolderError> {
        let path = folder.join(FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(&path, &error)),
        };
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let damaged =
            |error: serde_json::Error| FolderError::Damaged { path: path.clone(), detail: error.to_string() };
        let Version { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if version > VERSION {
            return Err(FolderError::Newer { path, found: version });
        }
        let file: Self = serde_json::from_slice(&bytes).map_err(damaged)?;
        if file.pinned().is_empty() {
            return Err(FolderError::Damaged { path, detail: "`relay` is not a key".into() });
        }
        Ok(Some(file))
    }

    /// Replaces `folder`'s file; on disk when this returns.
    ///
    /// # Errors
    /// `Io`.
    pub fn write(&self, folder: &Path) -> Result<(), FolderError> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| FolderError::Damaged { path: folder.join(FILE), detail: error.to_string() })?;
        replace(folder, FILE, &text)
    }
}

/// Where the database is.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("farley.db")
}

/// The device's key; made, if `create` and there is none.
///
/// # Errors
/// `Key`.
pub fn device_key(folder: &Path, create: bool) -> Result<DeviceKey, FolderError> {
    let path = folder.join("device.key");
    match DeviceKey::read(&path) {
        Err(KeyError::Missing(_)) if create => {
            let key = DeviceKey::generate()?;
            key.write(&path)?;
            Ok(key)
        }
        other => Ok(other?),
    }
}

/// Writes the instance mark: this folder is `device`'s home.
///
/// # Errors
/// `Io`.
pub fn mark_instance(folder: &Path, device: DeviceId) -> Result<(), FolderError> {
    replace(folder, INSTANCE, device.to_string().as_bytes())
}

/// Whether the instance mark is `device`'s. A missing one counts as another's: marks are not copied with a backup.
///
/// # Errors
/// `Io`.
pub fn is_instance(folder: &Path, device: DeviceId) -> Result<bool, FolderError> {
    let path = folder.join(INSTANCE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse() == Ok(device)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => Ok(false),
        Err(error) => Err(io(&path, &error)),
    }
}

fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FolderError> {
    let (path, temporary) = (folder.join(name), folder.join(format!("{name}.new")));
    let write = || {
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&temporary, &path)?;
        if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
    };
    write().map_err(|error| io(&path, &error))
}

pub(crate) fn io(path: &Path, error: &std::io::Error) -> FolderError {
    FolderError::Io { path: path.into(), detail: error.to_string() }
}

const FILE: &str = "device.json";
const INSTANCE: &str = "instance";
const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> EnrolLink {
        EnrolLink {
            relay: PublicKey([7; 32]),
            next: None,
            workspace: WorkspaceId([3; 16]),
            token: [9; 16],
            quic: vec!["127.0.0.1:7843".into()],
            page: None,
            certificate: Some([4; 32]),
        }
    }

    #[test]
    fn a_device_file_reads_back_and_pins_the_next_key() {
        let folder = tempfile::tempdir().unwrap();
        assert!(DeviceFile::read(folder.path()).unwrap().is_none());
        let mut file = DeviceFile::enrolling(&link(), DeviceId([1; 16]));
        assert!(file.pin(PublicKey([7; 32]), PublicKey([8; 32])));
        assert!(!file.pin(PublicKey([7; 32]), PublicKey([8; 32])));
        file.write(folder.path()).unwrap();
        let again = DeviceFile::read(folder.path()).unwrap().unwrap();
        assert_eq!(again, file);
        assert_eq!(again.pinned(), [PublicKey([7; 32]), PublicKey([8; 32])]);
        assert_eq!(again.certificate(), Some([4; 32]));
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!text.contains("090909"), "the token is not kept");
    }

    #[test]
    fn damaged_and_newer_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "{").unwrap();
        assert!(matches!(DeviceFile::read(folder.path()), Err(FolderError::Damaged { .. })));
        std::fs::write(folder.path().join(FILE), "{\"version\": 9}").unwrap();
        assert!(matches!(DeviceFile::read(folder.path()), Err(FolderError::Newer { found: 9, .. })));
    }

    #[test]
    fn a_mark_of_another_device_or_none_means_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_instance(folder.path(), DeviceId([1; 16])).unwrap());
        mark_instance(folder.path(), DeviceId([1; 16])).unwrap();
        assert!(is_instance(folder.path(), DeviceId([1; 16])).unwrap());
        assert!(!is_instance(folder.path(), DeviceId([2; 16])).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_folder_is_named() {
        let error =
            DeviceFile::enrolling(&link(), DeviceId([1; 16])).write(Path::new("/proc/nowhere")).unwrap_err();
        assert!(matches!(error, FolderError::Io { .. }) && error.to_string().contains("/proc/nowhere"));
    }
}
