//! The facade that phones, server, CLI and tests hold: one writer, many readers.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::document::gate::Trial;
use crate::query::Query;
use crate::record::{
    ChangeHash, DeviceId, Edit, EditError, Epoch, Heads, Nonce, RecordId, Stamp, Timestamp, WorkspaceId,
};
use crate::schema::{RecordView, Schema};
use crate::store::{ListPage, ListRow, QuarantineRow, StoreError, StoreOptions};
use crate::sync::{DeviceFacts, EpochStart, FillPage, Form, Outgoing, Page, RelayFacts, Seq, Verdict};

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
    pub store: StoreOptions,
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
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record's document failed; the record stays readable from the index.
    #[error("record {record}: {detail}")]
    Document { record: RecordId, detail: String },
    #[error("record {0} is not here")]
    NotFound(RecordId),
    #[error("heads {0} are not known here")]
    UnknownHeads(ChangeHash),
    #[error("there is nothing to undo")]
    NothingToUndo,
    #[error("the field has no two versions")]
    NoConflict,
}

/// An edit that is durable.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Edited {
    pub id: RecordId,
    /// The (last) change; `None` if nothing differed.
    pub hash: Option<ChangeHash>,
    pub heads: Heads,
    /// On the relay, the seq of the last change.
    pub seq: Option<Seq>,
    /// Keys that now have two versions.
    pub conflicts: Vec<String>,
    /// Whether the record was created by this edit.
    pub created: bool,
}

/// A record for its screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordPage {
    #[serde(flatten)]
    pub view: RecordView,
    /// Every change the record consists of has a seq.
    pub at_office: bool,
    /// Per change hash that the view names in origins and conflicts: when the relay received it.
    pub arrived: std::collections::BTreeMap<ChangeHash, Timestamp>,
}

/// One step of a record's history, newest first in lists.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryStep {
    pub change: ChangeHash,
    pub device: Option<DeviceId>,
    pub typed_at: Timestamp,
    /// `None`: not yet at the office.
    pub arrived_at: Option<Timestamp>,
    pub seq: Option<Seq>,
    pub brought_by: Option<DeviceId>,
    pub fields: Vec<FieldChange>,
}

/// One field in a history step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    pub field: String,
    pub key: String,
    pub old: Option<serde_json::Value>,
    pub new: Option<serde_json::Value>,
}

/// Which version a person takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Take {
    /// The one this change wrote.
    Version(ChangeHash),
    /// A new value.
    Value(serde_json::Value),
}

/// Told after each commit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// Records whose rows changed, and their kinds.
    pub records: Vec<(RecordId, String)>,
    /// Head (relay) or cursor (device) after the commit.
    pub seq: Seq,
    /// Log entries of this commit: who typed what.
    pub entries: Vec<ChangedEntry>,
    /// Something new waits in the outbox.
    pub outbox: bool,
}

/// One log entry of a commit, without values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangedEntry {
    pub record: RecordId,
    pub kind: String,
    pub hash: ChangeHash,
    pub device: Option<DeviceId>,
    pub seq: Option<Seq>,
    pub typed_at: Timestamp,
    /// Fields the change wrote.
    pub fields: Vec<String>,
    /// The record has two versions of something after it.
    pub conflict: bool,
}

/// What a page of foreign entries did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Applied {
    pub records: usize,
    pub changes: usize,
    /// Records to ask for whole (missing dependency, quarantined entry); with the form to ask for.
    pub want: Vec<(RecordId, Form)>,
    /// Went to quarantine.
    pub refused: usize,
}

/// One open workspace. `Send + Sync`; every call is short or says so.
pub struct Workspace {
    _todo: (),
}

impl Workspace {
    /// Makes a new workspace at `path` (a database file).
    pub fn create(
        _path: &Path,
        _id: WorkspaceId,
        _device: DeviceId,
        _role: Role,
        _options: WorkspaceOptions,
        _now: Timestamp,
    ) -> Result<Self, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn open(_path: &Path, _options: WorkspaceOptions) -> Result<Self, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn id(&self) -> WorkspaceId {
        todo!("workspace room")
    }
    pub fn device(&self) -> DeviceId {
        todo!("workspace room")
    }
    pub fn role(&self) -> Role {
        todo!("workspace room")
    }
    pub fn schema(&self) -> Arc<Schema> {
        todo!("workspace room")
    }
    /// Adds a kind to this process's schema (tests; kinds of settings come by themselves).
    pub fn add_kind(&self, _kind: crate::schema::Kind) {
        todo!("workspace room")
    }

    // --- edits ---
    /// Makes an edit as `author` (own device id; on the relay the device row of a person). Durable when it returns.
    pub fn edit(&self, _author: DeviceId, _edit: &Edit, _now: Timestamp) -> Result<Edited, WorkspaceError> {
        todo!("workspace room")
    }
    /// Several edits in one transaction (import): each verdict by itself, one fsync.
    pub fn edit_many(
        &self,
        _author: DeviceId,
        _edits: &[Edit],
        _now: Timestamp,
    ) -> Result<Vec<Result<Edited, WorkspaceError>>, WorkspaceError> {
        todo!("workspace room")
    }
    /// Takes back `author`'s last edit (of `record`, or of all) as a new edit; what was edited since stays.
    pub fn undo(
        &self,
        _author: DeviceId,
        _record: Option<RecordId>,
        _now: Timestamp,
    ) -> Result<Edited, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn settle(
        &self,
        _author: DeviceId,
        _record: RecordId,
        _key: &str,
        _take: Take,
        _now: Timestamp,
    ) -> Result<Edited, WorkspaceError> {
        todo!("workspace room")
    }
    /// Into the trash, and out of it.
    pub fn set_removed(
        &self,
        _author: DeviceId,
        _record: RecordId,
        _removed: bool,
        _now: Timestamp,
    ) -> Result<Edited, WorkspaceError> {
        todo!("workspace room")
    }

    // --- reading ---
    pub fn record(&self, _id: RecordId) -> Result<RecordPage, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn record_at(&self, _id: RecordId, _heads: &[ChangeHash]) -> Result<RecordView, WorkspaceError> {
        todo!("workspace room")
    }
    /// Oldest first; `field` limits to one.
    pub fn history(&self, _id: RecordId, _field: Option<&str>) -> Result<Vec<HistoryStep>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn page(
        &self,
        _query: &Query,
        _after: Option<&str>,
        _limit: usize,
    ) -> Result<ListPage, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn numbers(&self, _query: &Query) -> Result<(Vec<u32>, u64), WorkspaceError> {
        todo!("workspace room")
    }
    pub fn rows(&self, _numbers: &[u32]) -> Result<Vec<ListRow>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn rows_of(&self, _records: &[RecordId]) -> Result<Vec<ListRow>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn count(&self, _query: &Query) -> Result<u64, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn group(&self, _query: &Query, _field: &str) -> Result<Vec<(String, u64)>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn backlinks(&self, _to: RecordId, _limit: usize) -> Result<Vec<(String, ListRow)>, WorkspaceError> {
        todo!("workspace room")
    }
    /// Records with conflicts, each with its view.
    pub fn conflicts(&self, _limit: usize) -> Result<Vec<RecordPage>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn conflict_count(&self) -> Result<u64, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn records_with(
        &self,
        _kind: &str,
        _field: &str,
        _texts: &[String],
    ) -> Result<Vec<(RecordId, String)>, WorkspaceError> {
        todo!("workspace room")
    }
    /// Observers are called after each commit, on the committing thread; they must be quick. Dropping the handle ends it.
    pub fn subscribe(&self, _observer: Box<dyn Fn(&Changed) + Send + Sync>) -> Subscription {
        todo!("workspace room")
    }

    // --- device side of sync; each call is one durable transaction ---
    pub fn device_facts(&self) -> Result<DeviceFacts, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn outbox(&self, _entries: usize, _bytes: usize) -> Result<Vec<Outgoing>, WorkspaceError> {
        todo!("workspace room")
    }
    /// When the oldest waiting edit was typed.
    pub fn outbox_since(&self) -> Result<Option<Timestamp>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn mark_accepted(
        &self,
        _accepted: &[(ChangeHash, Seq)],
        _nonce: Option<Nonce>,
        _now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        todo!("workspace room")
    }
    /// By reason: quarantine and remake under a branch actor (1-4), want (5), not offered (6), forget (8), keep (others).
    pub fn mark_rejected(
        &self,
        _refused: &[(ChangeHash, Verdict)],
        _nonce: Option<Nonce>,
        _now: Timestamp,
    ) -> Result<Applied, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn enter(
        &self,
        _epoch: Epoch,
        _lineage: &[EpochStart],
        _cut: Seq,
        _first: Option<Seq>,
        _now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        todo!("workspace room")
    }
    pub fn apply(
        &self,
        _page: &Page,
        _nonce: Option<Nonce>,
        _now: Timestamp,
    ) -> Result<Applied, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn fill(
        &self,
        _page: &FillPage,
        _nonce: Option<Nonce>,
        _now: Timestamp,
    ) -> Result<Applied, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn forget(
        &self,
        _records: &[RecordId],
        _cursor: Seq,
        _stamp: Stamp,
        _now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        todo!("workspace room")
    }

    // --- relay side of sync ---
    pub fn relay_facts(&self, _cursor: Seq) -> Result<RelayFacts, WorkspaceError> {
        todo!("workspace room")
    }
    /// Gate, append, fsync. One verdict per entry, in order. `known` = devices whose changes recovery accepts (window open).
    pub fn ingest(
        &self,
        _from: DeviceId,
        _known: Option<&std::collections::BTreeSet<DeviceId>>,
        _entries: &[(RecordId, Vec<u8>)],
        _now: Timestamp,
    ) -> Result<Vec<Verdict>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn page_after(
        &self,
        _viewer: DeviceId,
        _cursor: Seq,
        _low: Seq,
        _entries: usize,
        _bytes: usize,
    ) -> Result<Page, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn page_fill(
        &self,
        _viewer: DeviceId,
        _low: Seq,
        _cursor: Seq,
        _entries: usize,
        _bytes: usize,
    ) -> Result<FillPage, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn load_records(
        &self,
        _viewer: DeviceId,
        _records: &[RecordId],
        _form: Form,
    ) -> Result<FillPage, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn head(&self) -> Result<Seq, WorkspaceError> {
        todo!("workspace room")
    }
    /// New epoch at head + 1 (restore); recovery window until `until`.
    pub fn new_epoch(&self, _recovery_until: Timestamp, _now: Timestamp) -> Result<Epoch, WorkspaceError> {
        todo!("workspace room")
    }

    // --- upkeep ---
    pub fn tidy(&self, _budget: u32) -> Result<bool, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn quarantine(&self, _limit: usize) -> Result<Vec<QuarantineRow>, WorkspaceError> {
        todo!("workspace room")
    }
    /// Tries quarantined changes again (after an upgrade). Returns (taken, still refused).
    pub fn retry_quarantine(&self, _now: Timestamp) -> Result<(usize, usize), WorkspaceError> {
        todo!("workspace room")
    }
    /// Every record, sorted by id, one JSON line each: id, kind, all values, all conflicts, heads.
    pub fn dump(&self, _line: &mut dyn FnMut(&str) -> std::io::Result<()>) -> Result<(), WorkspaceError> {
        todo!("workspace room")
    }
    /// Log hashes with seq, rows, values, conflicts in canonical order, hashed.
    pub fn digest(&self) -> Result<Digest, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn rebuild_index(&self, _now: Timestamp) -> Result<(), WorkspaceError> {
        todo!("workspace room")
    }
    pub fn backup(&self, _to: &Path) -> Result<(), WorkspaceError> {
        todo!("workspace room")
    }
    /// Integrity, log hashes, every record loads, index equals its rebuild. One line per finding; empty = good.
    pub fn verify(&self) -> Result<Vec<String>, WorkspaceError> {
        todo!("workspace room")
    }
    /// A small value beside the data (settings of this replica); not synced.
    pub fn meta(&self, _key: &str) -> Result<Option<Vec<u8>>, WorkspaceError> {
        todo!("workspace room")
    }
    pub fn set_meta(&self, _key: &str, _value: Option<&[u8]>) -> Result<(), WorkspaceError> {
        todo!("workspace room")
    }
}

/// Ends when dropped.
pub struct Subscription {
    _todo: (),
}

/// Equal on two replicas at rest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Digest {
    pub log: [u8; 32],
    pub index: [u8; 32],
}
