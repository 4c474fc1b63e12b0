//! The only place that knows automerge: create, edit, merge, read, conflicts, history, and the gate.

pub mod gate;

use crate::record::{ChangeHash, DeviceId, Heads, Record, RecordId, Timestamp, Write};

/// One record's document, loaded.
#[derive(Clone)]
pub struct Document {
    _todo: (),
}

/// A change that was just made here, ready for the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    pub hash: ChangeHash,
    /// 16 bytes, or 21 of a branch actor.
    pub actor: Vec<u8>,
    pub actor_seq: u64,
    pub start_op: u64,
    pub ops: u64,
    pub deps: Vec<ChangeHash>,
    /// When it was typed.
    pub time: Timestamp,
    /// `Change::raw_bytes()`.
    pub bytes: Vec<u8>,
}

/// One step in a record's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub change: ChangeHash,
    pub device: Option<DeviceId>,
    pub typed_at: Timestamp,
    pub deps: Vec<ChangeHash>,
    /// Keys it wrote: (key, shown before at its dependencies, written value). Texts whole.
    pub keys: Vec<(String, Option<crate::record::Content>, crate::record::Content)>,
}

/// Why a document cannot do what was asked. Ids and numbers only.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DocumentError {
    #[error("record {0} cannot be loaded: {1}")]
    Unloadable(RecordId, String),
    #[error("record {0} is at its limits")]
    Full(RecordId),
    #[error("record {0} has no change {1}")]
    UnknownHeads(RecordId, ChangeHash),
    #[error("automerge failed in record {0}: {1}")]
    Internal(RecordId, String),
}

impl Document {
    /// A new record: `kind` and `writes` in one first change (more if texts are long), and a text object
    /// for every key in `texts`.
    pub fn create(
        _id: RecordId,
        _kind: &str,
        _schema: u32,
        _texts: &[String],
        _writes: &[Write],
        _actor: DeviceId,
        _now: Timestamp,
    ) -> Result<(Self, Vec<Change>), DocumentError> {
        todo!("document room")
    }
    /// From our own store: a snapshot (if any) and the changes that came after it, in log order.
    /// Panics inside automerge become `Unloadable`.
    pub fn load(_id: RecordId, _snapshot: Option<&[u8]>, _tail: &[&[u8]]) -> Result<Self, DocumentError> {
        todo!("document room")
    }
    pub fn id(&self) -> RecordId {
        todo!("document room")
    }
    pub fn heads(&self) -> Heads {
        todo!("document room")
    }
    /// Edits at `base` (`None` = current heads) as `actor`; automerge.md section 5. No op made: empty list.
    /// `late_texts` = keys of custom text fields that may have to be made first (section 6).
    pub fn edit(
        &mut self,
        _writes: &[Write],
        _late_texts: &[String],
        _base: Option<&[ChangeHash]>,
        _actor: DeviceId,
        _now: Timestamp,
    ) -> Result<Vec<Change>, DocumentError> {
        todo!("document room")
    }
    /// What the document shows now.
    pub fn read(&self) -> Record {
        todo!("document room")
    }
    /// What it showed at `heads`.
    pub fn read_at(&self, _heads: &[ChangeHash]) -> Result<Record, DocumentError> {
        todo!("document room")
    }
    /// Every change in causal order with what it wrote.
    pub fn history(&self) -> Vec<Step> {
        todo!("document room")
    }
    /// `save_nocompress()`, loaded back and compared (heads and values) first.
    pub fn snapshot(&self) -> Result<Vec<u8>, DocumentError> {
        todo!("document room")
    }
    /// All changes in causal order, byte for byte what was applied.
    pub fn changes(&self) -> Vec<Change> {
        todo!("document room")
    }
    /// Total number of changes and ops, for limits.
    pub fn size(&self) -> (usize, u64) {
        todo!("document room")
    }
}
