//! Small facts of a replica and how they are written.

use crate::record::{ChangeHash, DeviceId, Epoch, Nonce, RecordId, Stamp, WorkspaceId};
use crate::store::{StoreError, Tx, View};
use crate::sync::EpochStart;

use super::{Workspace, WorkspaceError};

pub(super) const WORKSPACE: &str = "workspace";
pub(super) const DEVICE: &str = "device";
pub(super) const ROLE: &str = "role";
pub(super) const EPOCH: &str = "epoch";
pub(super) const LINEAGE: &str = "lineage";
pub(super) const CURSOR: &str = "cursor";
pub(super) const LOW: &str = "low";
pub(super) const STAMP: &str = "stamp";
pub(super) const NONCE: &str = "nonce";
/// End of the recovery window, in milliseconds.
pub(super) const RECOVERY_UNTIL: &str = "recovery_until";
/// Hashes of the batch that is being tried.
pub(super) const APPLYING: &str = "applying";
/// The one change that is being tried alone after a batch ended the process.
pub(super) const TRYING: &str = "trying";
/// Changes during whose trial alone the process ended once. A power cut may have met them by chance.
pub(super) const DOUBTED: &str = "doubted";
/// Changes that ended the process twice while they were tried alone.
pub(super) const POISON: &str = "poison";
/// Ids of the records that are settings.
pub(super) const SETTINGS: &str = "settings";
/// Kinds whose rows wait to be derived again, and how far that is.
pub(super) const REDERIVE: &str = "rederive";

/// Settings of this replica live beside ours.
fn own(key: &str) -> String {
    format!("app/{key}")
}

impl Workspace {
    /// A small value beside the data (settings of this replica); not synced.
    pub fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, WorkspaceError> {
        self.store.read(|view| Ok(view.meta(&own(key))?))
    }

    /// Writes or, with `None`, removes such a value.
    pub fn set_meta(&self, key: &str, value: Option<&[u8]>) -> Result<(), WorkspaceError> {
        let _writer = self.writer();
        self.store.write(|tx| Ok(tx.set_meta(&own(key), value)?))
    }
}

/// A number; 0 if it was never written.
pub(super) fn number(view: &View<'_>, key: &str) -> Result<u64, StoreError> {
    match view.meta(key)? {
        None => Ok(0),
        Some(bytes) => bytes.as_slice().try_into().map(u64::from_be_bytes).map_err(|_| odd(key)),
    }
}

pub(super) fn set_number(tx: &mut Tx<'_>, key: &str, number: u64) -> Result<(), StoreError> {
    tx.set_meta(key, Some(&number.to_be_bytes()))
}

/// Present if the own actor must not write in this record any more.
pub(super) fn branch_key(record: RecordId) -> String {
    format!("branch/{record}")
}

pub(super) fn settings(view: &View<'_>) -> Result<Vec<RecordId>, StoreError> {
    let bytes = view.meta(SETTINGS)?.unwrap_or_default();
    let (rows, []) = bytes.as_chunks::<16>() else { return Err(odd(SETTINGS)) };
    Ok(rows.iter().map(|row| RecordId(*row)).collect())
}

fn sixteen(view: &View<'_>, key: &str) -> Result<Option<[u8; 16]>, StoreError> {
    view.meta(key)?.map(|bytes| bytes.as_slice().try_into().map_err(|_| odd(key))).transpose()
}

pub(super) fn workspace(view: &View<'_>) -> Result<Option<WorkspaceId>, StoreError> {
    Ok(sixteen(view, WORKSPACE)?.map(WorkspaceId))
}

pub(super) fn device(view: &View<'_>) -> Result<Option<DeviceId>, StoreError> {
    Ok(sixteen(view, DEVICE)?.map(DeviceId))
}

pub(super) fn epoch(view: &View<'_>) -> Result<Option<Epoch>, StoreError> {
    Ok(sixteen(view, EPOCH)?.map(Epoch))
}

pub(super) fn nonce(view: &View<'_>) -> Result<Option<Nonce>, StoreError> {
    Ok(sixteen(view, NONCE)?.map(Nonce))
}

pub(super) fn stamp(view: &View<'_>) -> Result<Stamp, StoreError> {
    let bytes = view.meta(STAMP)?.unwrap_or_else(|| vec![0; 8]);
    bytes.as_slice().try_into().map(Stamp).map_err(|_| odd(STAMP))
}

pub(super) fn lineage(view: &View<'_>) -> Result<Vec<EpochStart>, StoreError> {
    let bytes = view.meta(LINEAGE)?.unwrap_or_default();
    let (rows, []) = bytes.as_chunks::<24>() else { return Err(odd(LINEAGE)) };
    Ok(rows
        .iter()
        .map(|row| {
            let (mut epoch, mut first) = ([0; 16], [0; 8]);
            epoch.copy_from_slice(&row[..16]);
            first.copy_from_slice(&row[16..]);
            EpochStart { epoch: Epoch(epoch), first: u64::from_be_bytes(first) }
        })
        .collect())
}

/// Keeps the newest 16.
pub(super) fn set_lineage(tx: &mut Tx<'_>, lineage: &[EpochStart]) -> Result<(), StoreError> {
    let newest = &lineage[lineage.len().saturating_sub(16)..];
    let mut bytes = Vec::with_capacity(24 * newest.len());
    for start in newest {
        bytes.extend_from_slice(&start.epoch.0);
        bytes.extend_from_slice(&start.first.to_be_bytes());
    }
    tx.set_meta(LINEAGE, Some(&bytes))
}

pub(super) fn hashes(view: &View<'_>, key: &str) -> Result<Vec<ChangeHash>, StoreError> {
    let bytes = view.meta(key)?.unwrap_or_default();
    let (rows, []) = bytes.as_chunks::<32>() else { return Err(odd(key)) };
    Ok(rows.iter().map(|row| ChangeHash(*row)).collect())
}

/// An empty list removes the value.
pub(super) fn set_hashes<'a>(
    tx: &mut Tx<'_>,
    key: &str,
    hashes: impl IntoIterator<Item = &'a ChangeHash>,
) -> Result<(), StoreError> {
    let bytes: Vec<u8> = hashes.into_iter().flat_map(|hash| hash.0).collect();
    tx.set_meta(key, if bytes.is_empty() { None } else { Some(&bytes) })
}

fn odd(key: &str) -> StoreError {
    StoreError::Broken(format!("the fact {key} has another length than it should"))
}
