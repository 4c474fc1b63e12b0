//! Deriving index rows again: all of them, or those of kinds whose schema changed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::index;
use crate::record::{RecordId, Timestamp};
use crate::store::{StoreError, Tx};

use super::batch::Batch;
use super::{Workspace, WorkspaceError, meta};

/// Rows derived again within the transaction that changed the schema, or per step of `tidy`.
const AT_ONCE: usize = 500;

/// Work that waits for `tidy`.
#[derive(Default, Deserialize, Serialize)]
struct Waiting {
    /// Every kind.
    all: bool,
    kinds: BTreeSet<String>,
    /// Records up to this one are done.
    after: Option<RecordId>,
}

impl Workspace {
    /// Empties the index and derives it again from the documents, in one transaction.
    pub fn rebuild_index(&self, _now: Timestamp) -> Result<(), WorkspaceError> {
        self.transact(|tx, batch, _| {
            let ids = tx.records()?;
            tx.clear_index()?;
            for id in ids {
                derive_one(tx, batch, id)?;
            }
            tx.set_meta(meta::REDERIVE, None)?;
            tx.set_index_built()?;
            Ok(())
        })
    }

    /// One step of what waits. Returns whether more is left.
    pub(super) fn derive_a_step(&self) -> Result<bool, WorkspaceError> {
        let waits = self.store.read(|view| Ok::<_, WorkspaceError>(view.meta(meta::REDERIVE)?.is_some()))?;
        if !waits {
            return Ok(false);
        }
        self.transact(|tx, batch, _| {
            let mut waiting = read(tx)?;
            let ids = if waiting.all { tx.records()? } else { records_of(tx, &waiting.kinds)? };
            let rest: Vec<RecordId> =
                ids.into_iter().filter(|id| waiting.after.is_none_or(|after| *id > after)).collect();
            for id in rest.iter().take(AT_ONCE) {
                derive_one(tx, batch, *id)?;
            }
            waiting.after = rest.iter().take(AT_ONCE).next_back().copied().or(waiting.after);
            let more = rest.len() > AT_ONCE;
            write(tx, more.then_some(&waiting))?;
            if waiting.all && !more {
                tx.set_index_built()?;
            }
            Ok(more)
        })
    }
}

/// The rows of these kinds, now if they are few, otherwise by and by.
pub(super) fn derive_kinds(
    workspace: &Workspace,
    tx: &mut Tx<'_>,
    batch: &mut Batch<'_>,
    kinds: BTreeSet<String>,
) -> Result<(), WorkspaceError> {
    let ids = records_of(tx, &kinds)?;
    if ids.len() <= AT_ONCE {
        return ids.iter().try_for_each(|id| derive_one(tx, batch, *id));
    }
    tracing::info!(workspace = %workspace.id(), rows = ids.len(), "rows will be derived again");
    let mut waiting = read(tx)?;
    waiting.kinds.extend(kinds);
    waiting.after = None;
    write(tx, Some(&waiting))?;
    Ok(())
}

/// Every row was derived by another version of the index.
pub(super) fn remember_all(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    write(tx, Some(&Waiting { all: true, ..Waiting::default() }))
}

fn derive_one(tx: &mut Tx<'_>, batch: &mut Batch<'_>, id: RecordId) -> Result<(), WorkspaceError> {
    match batch.load(tx, id) {
        Ok(Some(loaded)) => {
            tx.put_row(&index::derive(&batch.schema, &loaded.record))?;
            batch.touch(id, loaded.record.kind().to_owned());
            Ok(())
        }
        Ok(None) => Ok(()),
        Err(WorkspaceError::Store(error)) => Err(error.into()),
        // Its old row stays; the others go on.
        Err(error) => {
            tracing::warn!(record = %id, %error, "row not derived again");
            Ok(())
        }
    }
}

fn records_of(tx: &Tx<'_>, kinds: &BTreeSet<String>) -> Result<Vec<RecordId>, StoreError> {
    let mut ids = Vec::new();
    for kind in kinds {
        ids.extend(tx.records_of_kind(kind)?);
    }
    ids.sort();
    Ok(ids)
}

fn read(tx: &Tx<'_>) -> Result<Waiting, StoreError> {
    let bytes = tx.meta(meta::REDERIVE)?;
    // Unreadable: written by another version. Everything again is always right.
    Ok(bytes.map_or_else(Waiting::default, |bytes| {
        serde_json::from_slice(&bytes).unwrap_or(Waiting { all: true, ..Waiting::default() })
    }))
}

fn write(tx: &mut Tx<'_>, waiting: Option<&Waiting>) -> Result<(), StoreError> {
    let bytes = waiting.and_then(|waiting| serde_json::to_vec(waiting).ok());
    tx.set_meta(meta::REDERIVE, bytes.as_deref())
}
