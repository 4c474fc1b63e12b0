//! The gate every foreign change passes (automerge.md section 8). A: bytes. B: ledger. C: trial.
//!
//! Automerge does not defend itself: mutated changes with valid checksums made it panic, exhaust memory, or save
//! documents that never load again. So nothing foreign reaches it before the bytes were read by our own parser
//! ([`check_bytes`]), weighed against the record's log ([`Ledger::check`]), and applied to a copy ([`trial`]).
//! The first check that fails ends it; its number is in the [`Refusal`].
//!
//! The gate judges whether a change can do harm, never whether its values make sense.

pub(super) mod bytes;
pub(super) mod chunk;
mod columns;
mod ledger;
mod ops;
mod trial;
mod whole;

use super::{Document, DocumentError};
use crate::record::{ChangeHash, DeviceId, Timestamp};

/// Why a change was not taken. The numbers are on the wire: never reused, never changed (sync.md section 6).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[repr(u8)]
pub enum Reason {
    /// Bytes that no honest device makes.
    Malformed = 1,
    /// More bytes or ops than a change may have.
    TooLarge = 2,
    /// A number that does not follow from the log.
    BadOrder = 3,
    /// Automerge did not take it, or would not load it again.
    Unloadable = 4,
    /// Dependencies that are not here.
    Missing = 5,
    /// Written under somebody else's actor.
    NotYours = 6,
    /// Actor and number stand with another hash: somewhere a copy of the device lives.
    Forked = 7,
    /// The record was erased.
    Erased = 8,
    /// The sender may not write this record.
    NoAccess = 9,
    /// The record is at its limits.
    Full = 10,
}

/// A refusal: reason, number of the check, and for `Missing` up to 16 hashes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// For the sender.
    pub reason: Reason,
    /// Number of the check in automerge.md section 8.
    pub check: u8,
    /// For `Missing`: what to send first, at most 16.
    pub missing: Vec<ChangeHash>,
}

impl Refusal {
    pub(super) fn new(reason: Reason, check: u8) -> Self {
        Self { reason, check, missing: vec![] }
    }
}

/// What part A read from a change's bytes, without automerge.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// SHA-256 of the bytes from the 9th on.
    pub hash: ChangeHash,
    /// 16 bytes, or 21 of a branch actor.
    pub actor: Vec<u8>,
    /// At least 1.
    pub actor_seq: u64,
    /// Counter of the first op, at least 1.
    pub start_op: u64,
    /// Number of ops, 1 to 20,000.
    pub ops: u64,
    /// When it was typed, by its device's clock.
    pub time: Timestamp,
    /// Ascending, at most 64.
    pub deps: Vec<ChangeHash>,
    /// Actors whose ops it refers to, ascending, at most 256.
    pub other_actors: Vec<Vec<u8>>,
}

/// Part A: checks 1 to 10.
///
/// # Errors
/// `Malformed` or `TooLarge`; `BadOrder` for counters that are 0 or beyond 2³¹ (check 7).
pub fn check_bytes(bytes: &[u8]) -> Result<Facts, Refusal> {
    bytes::check(bytes)
}

/// What part B needs to know of one record's log. Built by the workspace from the store.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Every change of the record: (start_op, ops).
    pub changes: std::collections::BTreeMap<ChangeHash, (u64, u64)>,
    /// (actor, actor_seq) -> hash.
    pub actor_seqs: std::collections::BTreeMap<(Vec<u8>, u64), ChangeHash>,
    /// Ops of all of them.
    pub total_ops: u64,
    /// Bytes of all of them.
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

/// How part C runs: on own threads with 8 MiB of stack in products, inline in the simulation.
pub trait Trial: Send + Sync {
    /// Runs `job` to its end before returning. A panic inside must have been caught by `job`.
    fn run(&self, job: &mut (dyn FnMut() + Send));

    /// Runs `job` once for each number below `count`, in any order, several at a time where that is possible, and
    /// returns when all have ended. What one of them does must not depend on another.
    fn run_each(&self, count: usize, job: &(dyn Fn(usize) + Sync)) {
        self.run(&mut || (0..count).for_each(job));
    }
}

/// The product's trial: threads of 8 MiB, joined before it returns.
pub struct ThreadTrial;
impl Trial for ThreadTrial {
    fn run(&self, job: &mut (dyn FnMut() + Send)) {
        trial::run_on_own_thread(job);
    }

    fn run_each(&self, count: usize, job: &(dyn Fn(usize) + Sync)) {
        trial::run_on_own_threads(count, job);
    }
}
/// On the caller's thread, which must have 8 MiB of stack, one after the other. For the simulation.
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
    id: crate::record::RecordId,
    document: Option<&Document>,
    changes: &[(Facts, &[u8])],
    canary: bool,
    trial: &dyn Trial,
) -> (Option<Document>, Vec<Result<(), Refusal>>) {
    trial::trial(id, document, changes, canary, trial)
}

/// A whole record as one document chunk from the relay: structural checks, load under `catch_unwind`,
/// heads as announced.
///
/// # Errors
/// The first check that fails; nothing of the chunk is kept.
pub fn check_document(
    id: crate::record::RecordId,
    chunk: &[u8],
    heads: &[ChangeHash],
    trial: &dyn Trial,
) -> Result<Document, Refusal> {
    whole::check(id, chunk, heads, trial)
}

impl From<DocumentError> for Refusal {
    fn from(_: DocumentError) -> Self {
        Refusal { reason: Reason::Unloadable, check: 21, missing: vec![] }
    }
}
