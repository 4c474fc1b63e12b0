//! The gate every foreign change passes (automerge.md section 8). A: bytes. B: ledger. C: trial.

use super::{Document, DocumentError};
use crate::record::{ChangeHash, DeviceId, Timestamp};

/// Why a change was not taken. The numbers are on the wire: never reused, never changed (sync.md section 6).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Reason {
    Malformed = 1,
    TooLarge = 2,
    BadOrder = 3,
    Unloadable = 4,
    Missing = 5,
    NotYours = 6,
    Forked = 7,
    Erased = 8,
    NoAccess = 9,
    Full = 10,
}

/// A refusal: reason, number of the check, and for `Missing` up to 16 hashes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    pub reason: Reason,
    pub check: u8,
    pub missing: Vec<ChangeHash>,
}

/// What part A read from a change's bytes, without automerge.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    pub hash: ChangeHash,
    pub actor: Vec<u8>,
    pub actor_seq: u64,
    pub start_op: u64,
    pub ops: u64,
    pub time: Timestamp,
    pub deps: Vec<ChangeHash>,
    pub other_actors: Vec<Vec<u8>>,
}

/// Part A: checks 1 to 10.
pub fn check_bytes(_bytes: &[u8]) -> Result<Facts, Refusal> {
    todo!("document room")
}

/// What part B needs to know of one record's log. Built by the workspace from the store.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Every change of the record: (start_op, ops).
    pub changes: std::collections::BTreeMap<ChangeHash, (u64, u64)>,
    /// (actor, actor_seq) -> hash.
    pub actor_seqs: std::collections::BTreeMap<(Vec<u8>, u64), ChangeHash>,
    pub total_ops: u64,
    pub total_bytes: u64,
}

/// Who offers a change.
#[derive(Clone, Debug)]
pub enum Sender {
    /// A device, at the relay: actor must be its own (or its branch, or a section 6 change).
    Device(DeviceId),
    /// Recovery window open: any actor for which the set says "known".
    Recovery(std::collections::BTreeSet<DeviceId>),
    /// The relay, at a device: any actor.
    Relay,
}

impl Ledger {
    /// Part B: checks 11 and 13 to 18 (12, erasure and access, is the workspace's). `Ok(true)` = known already.
    /// `record` is needed for changes of section 6.
    pub fn check(
        &self,
        _record: crate::record::RecordId,
        _facts: &Facts,
        _bytes: &[u8],
        _sender: &Sender,
    ) -> Result<bool, Refusal> {
        todo!("document room")
    }
    /// Takes an accepted change into account for the rest of the batch.
    pub fn add(&mut self, _facts: &Facts, _bytes: usize) {
        todo!("document room")
    }
}

/// How part C runs a closure: on an own thread with 8 MiB of stack in products, inline in the simulation.
pub trait Trial: Send + Sync {
    /// Runs `job` to its end before returning. A panic inside must have been caught by `job`.
    fn run(&self, job: &mut (dyn FnMut() + Send));
}

/// The product's trial: a thread of 8 MiB, joined.
pub struct ThreadTrial;
impl Trial for ThreadTrial {
    fn run(&self, _job: &mut (dyn FnMut() + Send)) {
        todo!("document room")
    }
}
/// On the caller's thread, which must have 8 MiB of stack. For the simulation.
pub struct InlineTrial;
impl Trial for InlineTrial {
    fn run(&self, job: &mut (dyn FnMut() + Send)) {
        job()
    }
}

/// Part C for all changes of one record at once: apply to a clone (`None` = new record), read everything,
/// canary if `canary`. If the group fails, one by one, so that exactly the bad ones are refused
/// (a change that depends on a refused one is `Missing`). Returns the document with the good ones and a
/// verdict per change, in order.
pub fn trial(
    _id: crate::record::RecordId,
    _document: Option<&Document>,
    _changes: &[(Facts, &[u8])],
    _canary: bool,
    _trial: &dyn Trial,
) -> (Option<Document>, Vec<Result<(), Refusal>>) {
    todo!("document room")
}

/// A whole record as one document chunk from the relay: structural checks, load under `catch_unwind`,
/// heads as announced.
pub fn check_document(
    _id: crate::record::RecordId,
    _chunk: &[u8],
    _heads: &[ChangeHash],
    _trial: &dyn Trial,
) -> Result<Document, Refusal> {
    todo!("document room")
}

impl From<DocumentError> for Refusal {
    fn from(_: DocumentError) -> Self {
        Refusal { reason: Reason::Unloadable, check: 21, missing: vec![] }
    }
}
