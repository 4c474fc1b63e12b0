//! What sessions carry between stores: ids and opaque bytes.

use crate::record::{ChangeHash, DeviceId, Epoch, Nonce, RecordId, Stamp, Timestamp, WorkspaceId};

/// Number in the feed, given by the relay in commit order without gaps. 0 = before the first; < 2^53.
pub type Seq = u64;

/// What an entry's bytes are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Form {
    /// One change.
    Change = 0,
    /// A whole record as its changes in causal order: each length (u32 big endian) and bytes.
    Changes = 1,
    /// A whole record as one document chunk.
    Document = 2,
}

/// Seq and receive time of one change inside a whole record, in the order in which the bytes list them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Received {
    /// Its seq.
    pub seq: Seq,
    /// When the relay received it.
    pub at: Timestamp,
}

/// One entry of a page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The record.
    pub record: RecordId,
    /// What `bytes` are.
    pub form: Form,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Seq and receive time of the change; for a whole record, of its newest change.
    pub received: Received,
    /// Whole records only: per change, causal order.
    pub history: Vec<Received>,
    /// Document chunks only: its heads.
    pub heads: Vec<ChangeHash>,
}

/// Live page: what lies after a cursor.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Page {
    /// Last seq walked (not: last sent).
    pub cursor: Seq,
    /// Stamp at `cursor`.
    pub stamp: Stamp,
    /// In seq order.
    pub entries: Vec<Entry>,
    /// More lies behind `cursor`.
    pub more: bool,
}

/// Fill page: whole records below `low`, most recently touched first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FillPage {
    /// The new low; 0 = complete. `None`: an answer to `Want`, low does not move.
    pub low: Option<Seq>,
    /// Whole records.
    pub entries: Vec<Entry>,
    /// Records and bytes still to come, for progress and the free-space check.
    pub left_records: u32,
    /// See `left_records`.
    pub left_bytes: u64,
}

/// A change that waits for the relay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outgoing {
    /// The record.
    pub record: RecordId,
    /// Identity of the change.
    pub hash: ChangeHash,
    /// The change's bytes.
    pub bytes: Vec<u8>,
}

/// The relay's answer to one entry of a push.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// On disk under this seq (maybe since long ago).
    Accepted(Seq),
    /// Not taken. `reason` is a `gate::Reason` number; `missing` names up to 16 hashes.
    Refused {
        /// Number of the reason (sync.md section 6).
        reason: u8,
        /// For reason 5.
        missing: Vec<ChangeHash>,
    },
}

/// One epoch and its first seq.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EpochStart {
    /// The epoch.
    pub epoch: Epoch,
    /// Its first seq.
    pub first: Seq,
}

/// What a device's store knows when a session starts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeviceFacts {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// This installation.
    pub device: DeviceId,
    /// Epoch of `cursor`; none before the first `Welcome`.
    pub epoch: Option<Epoch>,
    /// Everything up to it that this device may see is here.
    pub cursor: Seq,
    /// Fill is complete at 0.
    pub low: Seq,
    /// Stamp at `cursor`.
    pub stamp: Stamp,
    /// The nonce the relay gave last.
    pub nonce: Option<Nonce>,
    /// At most 16, oldest first.
    pub lineage: Vec<EpochStart>,
    /// Changes that wait.
    pub outbox: u32,
}

/// What the relay's store knows when a session starts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RelayFacts {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Current epoch.
    pub epoch: Epoch,
    /// Last seq given.
    pub head: Seq,
    /// At most 16, oldest first.
    pub lineage: Vec<EpochStart>,
    /// Recovery window open.
    pub recovery: bool,
    /// Stamp at the seq the device names (`None`: beyond the head).
    pub stamp_at_cursor: Option<Stamp>,
    /// For the fill: records and bytes a new device will get.
    pub left_records: u32,
    /// See `left_records`.
    pub left_bytes: u64,
}
