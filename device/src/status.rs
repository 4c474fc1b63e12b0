//! What a device says of itself, for people and programs.

use farley_core::record::Timestamp;
use farley_core::sync::Progress;
use serde::Serialize;

use crate::carrier::CarrierKind;
use crate::folder::Locked;
use crate::wire::Traffic;

/// How a device stands. Every change is told to whoever watches.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Status {
    /// A session with the relay is open.
    pub connected: bool,
    /// Its carrier.
    pub carrier: Option<CarrierKind>,
    /// Why there is no connection, or why it is not QUIC. A sentence.
    pub reason: Option<String>,
    /// The same for programs; none while all is well.
    pub trouble: Option<Trouble>,
    /// Edits that are not yet at the office.
    pub pending: u32,
    /// When the oldest of them was typed.
    pub pending_since: Option<Timestamp>,
    /// When the relay was last heard of.
    pub last_contact: Option<Timestamp>,
    /// The relay's last seq, as far as known.
    pub head: u64,
    /// Everything up to here is on this device.
    pub cursor: u64,
    /// First fill: 0 = complete.
    pub low: u64,
    /// First fill: records still to come.
    pub left_records: u32,
    /// First fill: bytes still to come.
    pub left_bytes: u64,
    /// The person has switched the network off.
    pub airplane: bool,
    /// The relay no longer lets this device in.
    pub locked: Option<Locked>,
    /// This device's clock minus the relay's; tell the person beyond two minutes.
    pub clock_skew_ms: i64,
    /// When the next attempt is due, if none is under way.
    pub next_try: Option<Timestamp>,
    /// Connected, and nothing is left to send or to fetch.
    pub settled: bool,
}

/// What keeps a device from the office, or from the better carrier.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// No answer: no network here, or the office's server is away.
    Unreachable,
    /// Connected, over the WebSocket: this network lets no UDP through.
    UdpBlocked,
    /// Somebody else answers at the office's address.
    WrongServer,
    /// The office's server speaks a newer protocol: update the app.
    NewerServer,
    /// The office's server asks to wait, or restarts.
    Busy,
    /// Nothing can be stored on this device.
    Storage,
}

/// What a session moved.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct SyncReport {
    /// Changes the relay accepted.
    pub entries_up: u64,
    /// Changes the relay refused.
    pub refused: u64,
    /// Entries committed here.
    pub entries_down: u64,
    /// Bytes on the carrier, frames included.
    pub bytes_up: u64,
    /// Bytes on the carrier, frames included.
    pub bytes_down: u64,
    /// Answers waited for after the handshake.
    pub round_trips: u32,
    /// From the first packet to the end.
    pub milliseconds: u64,
    /// What carried it.
    pub carrier: Option<CarrierKind>,
}

impl Status {
    /// Takes over how far a session is.
    pub(crate) fn follow(&mut self, progress: &Progress) {
        self.head = progress.head;
        self.cursor = progress.cursor;
        self.low = progress.low;
        self.left_records = progress.left_records;
        self.left_bytes = progress.left_bytes;
        self.clock_skew_ms = progress.skew_ms;
        self.settled = progress.settled;
    }
}

impl SyncReport {
    pub(crate) fn of(progress: &Progress, traffic: Traffic, carrier: CarrierKind, milliseconds: u64) -> Self {
        Self {
            entries_up: progress.entries_up,
            refused: progress.refused,
            entries_down: progress.entries_down,
            bytes_up: traffic.sent,
            bytes_down: traffic.received,
            round_trips: progress.round_trips,
            milliseconds,
            carrier: Some(carrier),
        }
    }
}
