//! The file beside the database that a restored backup is brought up to date with: enrolments and revocations,
//! one JSON line each, append-only, fsynced before the deed is reported done.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use farley_core::record::{DeviceId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AccountError, Result};

/// One line of the ledger.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum LedgerLine {
    /// A device was enrolled.
    Enrolled {
        /// When.
        at: Timestamp,
        /// The device.
        device: DeviceId,
        /// Its public key, hex.
        key: String,
        /// Whose it is.
        person: PersonId,
        /// That person's name and role, in case the backup does not know them.
        person_name: String,
        /// See `person_name`.
        role: super::Role,
        /// The device's name.
        name: String,
        /// The device's platform.
        platform: String,
    },
    /// A device was revoked.
    Revoked {
        /// When.
        at: Timestamp,
        /// The device.
        device: DeviceId,
    },
}

/// The append-only file.
pub struct Ledger {
    path: PathBuf,
    file: Mutex<()>,
}

impl Ledger {
    /// The ledger at `path`; made with its first line.
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), file: Mutex::new(()) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends one line; durable when it returns.
    pub fn append(&self, line: &LedgerLine) -> Result<()> {
        let _one = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut text =
            serde_json::to_string(line).map_err(|error| AccountError::Storage(error.to_string()))?;
        text.push('\n');
        let write = || -> std::io::Result<()> {
            let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| match error.kind() {
            std::io::ErrorKind::StorageFull => AccountError::Full,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                AccountError::ReadOnly
            }
            _ => AccountError::Storage(format!("ledger: {error}")),
        })
    }

    /// Every line of the file at `path`, oldest first. A torn last line (power cut while it was written: its deed was
    /// never reported) is left out; any other damage is an error that names the line.
    pub fn read(path: &Path) -> std::result::Result<Vec<LedgerLine>, String> {
        let file = File::open(path)
            .map_err(|error| format!("the ledger {} cannot be opened: {error}", path.display()))?;
        let lines: Vec<_> = BufReader::new(file)
            .lines()
            .collect::<std::io::Result<_>>()
            .map_err(|error| format!("the ledger {} cannot be read: {error}", path.display()))?;
        let mut read = Vec::new();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(line) => read.push(line),
                Err(_) if at + 1 == lines.len() => break,
                Err(error) => return Err(format!("line {} of the ledger is damaged: {error}", at + 1)),
            }
        }
        Ok(read)
    }
}
