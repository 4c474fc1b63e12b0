//! Being in touch with the office: start, stop, network changed, status.

use std::sync::Arc;
use std::time::Duration;

use farley_core::record::Timestamp;
use farley_device::carrier::CarrierKind;
use farley_device::folder::Locked;
use farley_device::status::{Status, Trouble};

use crate::errors::of_sync;
use crate::runtime::{runtime, spawned};
use crate::{CancelHandle, FarleyError, Workspace};

/// What carries the session.
#[derive(Clone, Copy, Debug, Eq, PartialEq, uniffi::Enum)]
pub enum CarrierName {
    /// QUIC.
    Quic,
    /// WebSocket.
    WebSocket,
}

/// What keeps this device from the office; words are the app's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, uniffi::Enum)]
pub enum TroubleCode {
    /// No answer.
    Unreachable,
    /// Connected, but UDP does not get through.
    UdpBlocked,
    /// Somebody else answers at the office's address.
    WrongServer,
    /// Update the app.
    NewerServer,
    /// The server asks to wait.
    Busy,
    /// Nothing can be stored here.
    Storage,
    /// The office does not know this device.
    NotEnrolled,
    /// The office put it out.
    Revoked,
    /// The office wants it emptied.
    Wipe,
    /// Its person has left: it hands over what it has.
    Drain,
    /// A copy of it is in use.
    Cloned,
    /// This installation is a copy of another.
    Copied,
}

/// How it stands with the office.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct StatusData {
    /// A session is open.
    pub connected: bool,
    /// Over what.
    pub carrier: Option<CarrierName>,
    /// What is wrong; none while all is well.
    pub trouble: Option<TroubleCode>,
    /// Edits the office does not have yet.
    pub pending: u32,
    /// When the oldest was typed, UTC milliseconds.
    pub pending_since: Option<i64>,
    /// When the office was last heard of.
    pub last_contact: Option<i64>,
    /// The first fill is under way: lists grow, everything here can be used.
    pub filling: bool,
    /// Records still to come.
    pub left_records: u32,
    /// Bytes still to come.
    pub left_bytes: u64,
    /// The person switched the network off.
    pub airplane: bool,
    /// This clock minus the office's, milliseconds; worth a word beyond two minutes.
    pub clock_skew_ms: i64,
    /// When the next try is due.
    pub next_try: Option<i64>,
    /// Nothing left to send or to fetch.
    pub settled: bool,
}

/// What a sync moved.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SyncSummary {
    /// Changes sent.
    pub up: u64,
    /// Changes received.
    pub down: u64,
    /// Bytes sent.
    pub bytes_up: u64,
    /// Bytes received.
    pub bytes_down: u64,
    /// Round trips after the handshake.
    pub round_trips: u32,
    /// Milliseconds.
    pub millis: u64,
    /// Over what.
    pub carrier: Option<CarrierName>,
}

#[uniffi::export]
impl Workspace {
    /// Keeps in touch from now on: connects, stays connected, connects again.
    pub fn start_sync(&self) -> Result<(), FarleyError> {
        let _inside = runtime()?.enter();
        self.open_now()?.device().start();
        Ok(())
    }

    /// Ends the connection politely and stays away.
    pub async fn stop_sync(&self) -> Result<(), FarleyError> {
        let open = self.open_now()?;
        spawned(async move {
            open.device().stop().await;
            Ok(())
        })
        .await
    }

    /// A person wants it now.
    pub fn sync_now(&self) -> Result<(), FarleyError> {
        self.open_now()?.device().sync_now();
        Ok(())
    }

    /// Wi-Fi to mobile, or the app came to the front: the session is made anew. `name`: a salted hash of the
    /// network's name, under which is remembered what it lets through.
    pub fn network_changed(&self, name: Option<String>) -> Result<(), FarleyError> {
        self.open_now()?.device().network_changed(name.as_deref());
        Ok(())
    }

    /// Off and on, as a person does.
    pub fn set_airplane(&self, on: bool) -> Result<(), FarleyError> {
        self.open_now()?.device().set_airplane(on);
        Ok(())
    }

    /// Until nothing is left to do in either direction (a background job). What got through until an end stays.
    pub async fn sync_once(
        &self,
        limit_ms: u64,
        cancel: Arc<CancelHandle>,
    ) -> Result<SyncSummary, FarleyError> {
        let open = self.open_now()?;
        spawned(async move {
            let limit = Duration::from_millis(limit_ms);
            let report = cancel
                .or(async { open.device().sync_once(limit).await.map_err(|error| of_sync(&error)) })
                .await?;
            Ok(SyncSummary {
                up: report.entries_up,
                down: report.entries_down,
                bytes_up: report.bytes_up,
                bytes_down: report.bytes_down,
                round_trips: report.round_trips,
                millis: report.milliseconds,
                carrier: report.carrier.map(carrier),
            })
        })
        .await
    }

    /// How it stands now.
    pub fn status(&self) -> Result<StatusData, FarleyError> {
        Ok(status(&self.open_now()?.device().status()))
    }
}

pub(crate) fn status(of: &Status) -> StatusData {
    let millis = |at: Option<Timestamp>| at.map(Timestamp::millis);
    let trouble = of.locked.map(locked).or(of.trouble.map(trouble));
    StatusData {
        connected: of.connected,
        carrier: of.carrier.map(carrier),
        trouble,
        pending: of.pending,
        pending_since: millis(of.pending_since),
        last_contact: millis(of.last_contact),
        filling: of.low > 0,
        left_records: of.left_records,
        left_bytes: of.left_bytes,
        airplane: of.airplane,
        clock_skew_ms: of.clock_skew_ms,
        next_try: millis(of.next_try),
        settled: of.settled,
    }
}

fn carrier(kind: CarrierKind) -> CarrierName {
    match kind {
        CarrierKind::Quic => CarrierName::Quic,
        CarrierKind::WebSocket => CarrierName::WebSocket,
    }
}

fn trouble(trouble: Trouble) -> TroubleCode {
    match trouble {
        Trouble::Unreachable => TroubleCode::Unreachable,
        Trouble::UdpBlocked => TroubleCode::UdpBlocked,
        Trouble::WrongServer => TroubleCode::WrongServer,
        Trouble::NewerServer => TroubleCode::NewerServer,
        Trouble::Busy => TroubleCode::Busy,
        Trouble::Storage => TroubleCode::Storage,
    }
}

fn locked(locked: Locked) -> TroubleCode {
    match locked {
        Locked::NotEnrolled => TroubleCode::NotEnrolled,
        Locked::Revoked => TroubleCode::Revoked,
        Locked::Wipe => TroubleCode::Wipe,
        Locked::Drain => TroubleCode::Drain,
        Locked::Cloned => TroubleCode::Cloned,
        Locked::Copied => TroubleCode::Copied,
    }
}
