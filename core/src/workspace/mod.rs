//! The facade that phones, server, CLI and tests hold: one writer, many readers.
//!
//! An edit goes down once: schema (what is meant) → document (one change) → store (log, index rows, one
//! transaction) → observers. A foreign change comes up once: gate → document → store → observers. There is
//! no other way in.
//!
//! Always true here:
//! - nothing is told to anybody before it is committed and fsynced;
//! - what is kept loaded never runs ahead of the disk: documents enter the cache after the commit;
//! - one bad change stops neither its batch, nor another record, nor the cursor;
//! - readers never wait for the writer.
//!
//! Knows nothing about: sockets, sessions, accounts, the clock (`now` is an argument).

mod apply;
mod batch;
mod cache;
mod digest;
mod drafts;
mod dump;
mod edit;
mod epoch;
mod fields;
mod history;
mod import;
mod ingest;
mod intake;
mod meta;
mod observe;
mod open;
mod overview;
mod pages;
mod quarantine;
mod read;
mod rebuild;
mod reject;
mod schemas;
mod settle;
mod tidy;
mod undo;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::document::DocumentError;
use crate::document::gate::Trial;
use crate::record::{ChangeHash, DeviceId, EditError, RecordId, WorkspaceId};
use crate::schema::Schema;
use crate::store::{Store, StoreError, StoreOptions};

pub use apply::Applied;
pub use digest::Digest;
pub use drafts::MAX_DRAFT;
pub use edit::Edited;
pub use history::{FieldChange, HistoryStep};
pub use import::{ImportProgress, ImportReport, Imported};
pub use observe::{Changed, ChangedEntry, Subscription};
pub use overview::{Author, Today};
pub use read::RecordPage;
pub use settle::Take;

/// What a replica is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// Edits wait in the outbox for a seq.
    Device,
    /// Edits get their seq in the same transaction: the local sequencer.
    Relay,
}

/// How to open a workspace.
pub struct WorkspaceOptions {
    /// Files, readers, full text.
    pub store: StoreOptions,
    /// Where the gate tries foreign changes.
    pub trial: Arc<dyn Trial>,
    /// Ids, nonces, stamps.
    pub rng: Box<dyn rand::RngCore + Send>,
    /// Canary of the gate (check 23); off in some tiers of the simulation.
    pub canary: bool,
    /// Documents kept loaded (least recently used); 32.
    pub cache: usize,
    /// A tail is folded into a snapshot at this many changes; 16.
    pub fold: usize,
}

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// The edit cannot be made; nothing was stored.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// The disk or the database; nothing was acknowledged.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record's document failed; the record stays readable from the index.
    #[error("record {record}: {detail}")]
    Document {
        /// The record.
        record: RecordId,
        /// What failed, without values.
        detail: String,
    },
    /// No such record on this replica.
    #[error("record {0} is not here")]
    NotFound(RecordId),
    /// The edit names a change this replica does not hold.
    #[error("heads {0} are not known here")]
    UnknownHeads(ChangeHash),
    /// The author has made no edit that could be taken back.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// The key holds one value only, or the change named wrote none of its values.
    #[error("the field has no two versions")]
    NoConflict,
}

/// One open workspace. `Send + Sync`; every call is short or says so.
pub struct Workspace {
    id: WorkspaceId,
    device: DeviceId,
    role: Role,
    store: Store,
    trial: Arc<dyn Trial>,
    canary: bool,
    fold: usize,
    /// Held from planning to commit: one writer.
    writer: Mutex<Writer>,
    /// Documents as they are on disk.
    cache: Mutex<cache::Cache>,
    schema: RwLock<schemas::Schemas>,
    bell: Arc<observe::Bell>,
}

/// What only the writer touches.
struct Writer {
    rng: Box<dyn rand::RngCore + Send>,
    /// Per author, the edits of this process, oldest first.
    undo: BTreeMap<DeviceId, Vec<undo::Done>>,
    /// Changes of a batch during which the process ended: tried one by one.
    suspects: BTreeSet<ChangeHash>,
    /// Changes that ended the process while they were tried alone: never tried again.
    poison: BTreeSet<ChangeHash>,
    /// A commit may or may not have reached the disk, and the settings could not be read since.
    unsure: bool,
}

impl Workspace {
    /// Which company's data this is.
    pub fn id(&self) -> WorkspaceId {
        self.id
    }

    /// This installation, and its actor.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Device or relay.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Kinds and lists as they are now, settings included.
    pub fn schema(&self) -> Arc<Schema> {
        self.schema.read().unwrap_or_else(PoisonError::into_inner).current()
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic of an earlier edit left nothing half done: its transaction was rolled back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, cache::Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WorkspaceError {
    /// What the document said, for the record's screen.
    fn of_document(error: DocumentError) -> Self {
        match error {
            DocumentError::UnknownHeads(_, hash) => Self::UnknownHeads(hash),
            DocumentError::Full(_) => {
                Self::Edit(EditError::TooLarge { what: "record".to_owned(), limit: edit::MAX_OPS })
            }
            DocumentError::Unloadable(record, detail) | DocumentError::Internal(record, detail) => {
                Self::Document { record, detail }
            }
        }
    }
}
