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
    Send(Message),
    /// Close the connection; `after_ms` is what the relay asked to wait, see `Backoff`.
    Close {
        reason: ByeReason,
        after_ms: Option<u64>,
    },
    /// For status lines and progress bars.
    Report(Progress),
    /// `Workspace::outbox`; answer with `handle_outbox`.
    LoadOutbox {
        entries: usize,
        bytes: usize,
    },
    Enter {
        effect: EffectId,
        epoch: Epoch,
        lineage: Vec<EpochStart>,
        cut: Seq,
        first: Option<Seq>,
    },
    MarkAccepted {
        effect: EffectId,
        accepted: Vec<(ChangeHash, Seq)>,
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    MarkRejected {
        effect: EffectId,
        refused: Vec<(ChangeHash, Verdict)>,
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    Apply {
        effect: EffectId,
        page: Page,
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    Fill {
        effect: EffectId,
        page: FillPage,
        nonce: Option<Nonce>,
    },
    Forget {
        effect: EffectId,
        records: Vec<RecordId>,
        reason: u8,
        cursor: Seq,
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
    pub bytes_up: u64,
    /// Changes the relay refused.
    pub refused: u64,
    /// Entries committed here, and their bytes.
    pub entries_down: u64,
    pub bytes_down: u64,
    /// Answers waited for.
    pub round_trips: u32,
    /// Device clock minus relay clock at `Welcome`; beyond two minutes it is worth telling.
    pub skew_ms: i64,
    /// The relay's recovery window is open.
    pub recovery: bool,
}
