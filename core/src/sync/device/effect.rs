//! What a device session asks its driver to do, and what it tells people.

use super::super::entry::{EpochStart, FillPage, Page, Seq, Verdict};
use super::super::message::*;
use crate::record::{ChangeHash, Epoch, Nonce, RecordId, Stamp};

/// Names a durable effect until the driver has reported it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct EffectId(pub u64);

/// What a driver does for a device session, in order, each finished before the next is asked for.
///
/// Effects with an [`EffectId`] are one durable transaction each; the method of `Workspace` with the same
/// name takes exactly their fields. Report them with `handle_committed`, `handle_applied` or
/// `handle_failed`; until then `poll_effect` returns `None`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeviceEffect {
    /// Write this to the line, behind what was sent before.
    Send(Message),
    /// Close the connection; `after_ms` is what the relay asked to wait, see `Backoff`.
    Close {
        /// Why, for status and logs.
        reason: ByeReason,
        /// Milliseconds the relay asked to wait; none = the usual backoff.
        after_ms: Option<u64>,
    },
    /// For status lines and progress bars.
    Report(Progress),
    /// `Workspace::outbox`; answer with `handle_outbox`.
    LoadOutbox {
        /// At most so many changes, oldest first.
        entries: usize,
        /// At most so many change bytes, but one change always.
        bytes: usize,
    },
    /// The relay's epoch is another: take it over, and make everything above the cut outbox again.
    Enter {
        /// To report it with.
        effect: EffectId,
        /// The relay's.
        epoch: Epoch,
        /// The relay's, oldest first.
        lineage: Vec<EpochStart>,
        /// Last seq that both histories share; cursor and low fall to it, seqs above it are void.
        cut: Seq,
        /// On the very first `Welcome`: the head, from which live goes up and fill goes down. Otherwise none.
        first: Option<Seq>,
    },
    /// Changes of the outbox the relay has on its disk: give them their seq.
    MarkAccepted {
        /// To report it with.
        effect: EffectId,
        /// Each change's hash and its seq.
        accepted: Vec<(ChangeHash, Seq)>,
        /// To be stored in the same transaction; none once the session has stored its own.
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    MarkRejected {
        /// To report it with.
        effect: EffectId,
        /// Each change's hash and why; never `Verdict::Accepted`.
        refused: Vec<(ChangeHash, Verdict)>,
        /// As for `MarkAccepted`.
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    Apply {
        /// To report it with.
        effect: EffectId,
        /// Entries through the gate; cursor and stamp in the same transaction.
        page: Page,
        /// As for `MarkAccepted`.
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    Fill {
        /// To report it with.
        effect: EffectId,
        /// Whole records; `low` in the same transaction.
        page: FillPage,
        /// As for `MarkAccepted`.
        nonce: Option<Nonce>,
    },
    /// Delete these records and everything that knows them, unsent changes too.
    Forget {
        /// To report it with.
        effect: EffectId,
        /// Which; one that is not here is no error.
        records: Vec<RecordId>,
        /// 1 AccessLost, 2 Erased, 3 Retention, 4 Superseded.
        reason: u8,
        /// Committed in the same transaction.
        cursor: Seq,
        /// Stamp at `cursor`.
        stamp: Stamp,
    },
}

/// How far a session is. Numbers are since its start unless said otherwise.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// `Welcome` came.
    pub welcomed: bool,
    /// Nothing is left to do in either direction.
    pub settled: bool,
    /// Changes that wait in the outbox, as far as known.
    pub pending: u32,
    /// Last seq committed here (not since the start).
    pub cursor: Seq,
    /// The relay's last seq, as far as known.
    pub head: Seq,
    /// First fill: 0 = complete.
    pub low: Seq,
    /// First fill: still to come.
    pub left_records: u32,
    /// See `left_records`.
    pub left_bytes: u64,
    /// Changes the relay accepted, and their bytes.
    pub entries_up: u64,
    /// See `entries_up`.
    pub bytes_up: u64,
    /// Changes the relay refused.
    pub refused: u64,
    /// Entries committed here, and their bytes.
    pub entries_down: u64,
    /// See `entries_down`.
    pub bytes_down: u64,
    /// Answers waited for.
    pub round_trips: u32,
    /// Device clock minus relay clock at `Welcome`; beyond two minutes it is worth telling.
    pub skew_ms: i64,
    /// The relay's recovery window is open.
    pub recovery: bool,
}
