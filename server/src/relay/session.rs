//! One session: the core's state machine, its channel, the workspace.
//!
//! Effects are carried out strictly in order, each finished before the next is asked for. The session ends at once when
//! its device is revoked, when a newer session of the device begins, and when the relay stops.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use farley_core::record::{DeviceId, RecordId};
use farley_core::sync::{
    ByeReason, Hello, Message, NonceState, RelayEffect, RelayOptions, RelaySession, Verdict,
};
use farley_core::workspace::{Workspace, WorkspaceError};
use farley_device::carrier::CarrierKind;
use farley_device::handshake::Authenticated;
use farley_device::wire::{Channel, ChannelError};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::{Relay, Said, until};
use crate::clock;

/// How long a push may wait for the ingest lane before the device is asked to slow down.
const LANE_PATIENCE: Duration = Duration::from_secs(5);
/// Devices come back within this time after a restart, spread.
const RESTART_MS: std::ops::Range<u64> = 500..5_000;

/// Serves an authenticated device until the session ends.
pub async fn run(relay: Arc<Relay>, device: Authenticated) {
    let carrier = match device.channel.line().kind() {
        CarrierKind::Quic => "quic",
        CarrierKind::WebSocket => "websocket",
    };
    let (id, attempt) = (device.device, device.attempt);
    let (number, end) = relay.enter(id, attempt, carrier);
    let options = RelayOptions {
        device: id,
        workspace: relay.workspace.id(),
        attempt,
        registry_key: *relay.keys.nonce_key(),
        ticket: clock::random(),
    };
    let mut driver = Driver {
        session: RelaySession::new(options, clock::now()),
        registry: relay.books.changes(),
        heads: relay.heads.subscribe(),
        end,
        carrier,
        device: id,
        nonces: NonceState::default(),
        recovery: false,
        waiting: 0,
        connection: None,
        opening: None,
        relay: relay.clone(),
    };
    driver.drive(device.channel).await;
    driver.note_end().await;
    relay.leave(id, number);
}

struct Driver {
    relay: Arc<Relay>,
    session: RelaySession,
    device: DeviceId,
    carrier: &'static str,
    registry: watch::Receiver<u64>,
    heads: watch::Receiver<u64>,
    end: mpsc::Receiver<ByeReason>,
    nonces: NonceState,
    recovery: bool,
    /// Changes the device still held back when it came, less those that arrived.
    waiting: u64,
    connection: Option<i64>,
    /// The connection's row is written beside the session: an idle reconnect waits for no disk.
    opening: Option<JoinHandle<Option<i64>>>,
}

/// How an effect leaves the session.
enum Next {
    Go,
    /// Say goodbye with this code.
    End(u16),
    /// The line is gone, or must be cut with this code.
    Cut(u16),
}

impl Driver {
    async fn drive(&mut self, mut channel: Channel) {
        loop {
            while let Some(effect) = self.session.poll_effect() {
                match self.carry_out(effect, &mut channel).await {
                    Next::Go => {}
                    Next::End(code) => return channel.end(None, code).await,
                    Next::Cut(code) => return channel.cut(code),
                }
            }
            if self.session.is_closed() {
                return channel.end(None, ByeReason::Leaving as u16).await;
            }
            let timeout = self.session.poll_timeout().map_or(Duration::from_secs(3_600), until);
            tokio::select! {
                biased;
                () = self.relay.stop.cancelled() => {
                    let spread = RESTART_MS.end - RESTART_MS.start;
                    self.session.handle_shutdown(RESTART_MS.start + u64::from_le_bytes(clock::random()) % spread);
                }
                Some(reason) = self.end.recv() => self.session.handle_revoked(reason, None),
                Ok(()) = self.registry.changed() => { self.admit(); }
                message = channel.receive() => match message {
                    Ok(message) => {
                        self.admit();
                        self.receive(message);
                    }
                    Err(ChannelError::Wire(error)) => self.session.handle_wire_error(&error),
                    Err(_) => return self.session.handle_disconnected(),
                },
                Ok(()) = self.heads.changed() => {
                    let head = *self.heads.borrow_and_update();
                    self.session.handle_head(head);
                }
                () = tokio::time::sleep(timeout) => self.session.handle_timeout(clock::now()),
            }
        }
    }

    /// Ends the session if the device may not go on.
    fn admit(&mut self) -> bool {
        match self.relay.books.check(self.device) {
            Ok(()) => true,
            Err(reason) => {
                self.session.handle_revoked(reason, None);
                false
            }
        }
    }

    fn receive(&mut self, message: Message) {
        match &message {
            Message::Hello(hello) => self.note_hello(hello),
            Message::Pulled(pulled) => {
                let (books, device, cursor) = (self.relay.books.clone(), self.device, pulled.cursor);
                let pending = u32::try_from(self.waiting).ok();
                self.relay.tasks.spawn_blocking(move || log(books.seen(device, cursor, pending)));
            }
            _ => {}
        }
        self.session.handle_message(message, clock::now());
    }

    async fn carry_out(&mut self, effect: RelayEffect, channel: &mut Channel) -> Next {
        // Goodbyes go out to anybody; everything else only to devices that may go on.
        let goodbye = matches!(
            effect,
            RelayEffect::Close { .. } | RelayEffect::Send(Message::Bye(_) | Message::Restarting(_))
        );
        if !goodbye && !self.admit() {
            return Next::Go;
        }
        match effect {
            RelayEffect::Send(message) => return self.send(&message, channel).await,
            RelayEffect::Close { reason, .. } => {
                tracing::info!(device = %self.device, ?reason, "session closed");
                return Next::End(reason as u16);
            }
            RelayEffect::LoadFacts { cursor } => {
                let (books, device) = (self.relay.books.clone(), self.device);
                let nonces = blocking(move || books.nonces(device)).await;
                let facts = self.workspace(move |workspace| workspace.relay_facts(cursor)).await;
                match (facts, nonces) {
                    (Some(facts), Some(nonces)) => {
                        self.recovery = facts.recovery;
                        self.nonces = nonces;
                        self.session.handle_facts(facts, nonces, clock::now());
                    }
                    _ => self.session.handle_failed(),
                }
            }
            RelayEffect::NonceUsed(nonces) => {
                let (books, device) = (self.relay.books.clone(), self.device);
                match blocking(move || books.use_nonces(device, nonces)).await {
                    Some(()) => self.nonces = nonces,
                    None => self.session.handle_failed(),
                }
            }
            RelayEffect::Ingest { batch, entries } => self.ingest(batch, entries).await,
            RelayEffect::LoadAfter { cursor, low, entries, bytes } => {
                let device = self.device;
                match self.workspace(move |ws| ws.page_after(device, cursor, low, entries, bytes)).await {
                    Some(page) => self.session.handle_page(page),
                    None => self.session.handle_failed(),
                }
            }
            RelayEffect::LoadFill { low, cursor, entries, bytes } => {
                let device = self.device;
                match self.workspace(move |ws| ws.page_fill(device, low, cursor, entries, bytes)).await {
                    Some(page) => self.session.handle_fill(page),
                    None => self.session.handle_failed(),
                }
            }
            RelayEffect::LoadRecords { records, form } => {
                let device = self.device;
                match self.workspace(move |ws| ws.load_records(device, &records, form)).await {
                    Some(page) => self.session.handle_records(page),
                    None => self.session.handle_failed(),
                }
            }
            // Noted when `Pulled` came.
            RelayEffect::Seen { .. } => {}
        }
        Next::Go
    }

    /// Sends one message; a revocation, a newer session or a stop cuts it short.
    async fn send(&mut self, message: &Message, channel: &mut Channel) -> Next {
        let goodbye = matches!(message, Message::Bye(_) | Message::Restarting(_));
        let sending = channel.send(message);
        tokio::pin!(sending);
        loop {
            tokio::select! {
                sent = &mut sending => return match sent {
                    Ok(()) => Next::Go,
                    Err(ChannelError::Wire(error)) => {
                        tracing::error!(device = %self.device, message = message.name(), %error, "a message does not fit");
                        Next::Cut(ByeReason::Internal as u16)
                    }
                    Err(ChannelError::Stuck) => Next::Cut(ByeReason::Stalled as u16),
                    Err(ChannelError::Closed(_)) => Next::Cut(ByeReason::Leaving as u16),
                },
                Ok(()) = self.registry.changed(), if !goodbye => {
                    if let Err(reason) = self.relay.books.check(self.device) {
                        return Next::Cut(reason as u16);
                    }
                }
                Some(reason) = self.end.recv(), if !goodbye => return Next::Cut(reason as u16),
            }
        }
    }

    async fn ingest(&mut self, batch: u32, entries: Vec<(RecordId, Vec<u8>)>) {
        if !self.relay.books.writable() {
            // Nothing is acknowledged; the device keeps its outbox and comes again.
            tracing::warn!(device = %self.device, entries = entries.len(), "a push was not taken: too little room");
            return self.session.handle_failed();
        }
        let relay = self.relay.clone();
        let places = u32::try_from(entries.len().clamp(1, super::LANE)).unwrap_or(1);
        let Ok(Ok(_place)) = tokio::time::timeout(LANE_PATIENCE, relay.lane.acquire_many(places)).await
        else {
            return self.session.handle_failed();
        };
        let known = self.recovery.then(|| self.relay.books.known());
        let device = self.device;
        let records: Vec<RecordId> = entries.iter().map(|(record, _)| *record).collect();
        let verdicts =
            self.workspace(move |ws| ws.ingest(device, known.as_ref(), &entries, clock::now())).await;
        let Some(verdicts) = verdicts else { return self.session.handle_failed() };
        let mut came = BTreeSet::new();
        let mut accepted = 0_u64;
        for (record, verdict) in records.iter().zip(&verdicts) {
            match verdict {
                Verdict::Accepted(_) => {
                    accepted += 1;
                    came.insert(*record);
                }
                Verdict::Refused { reason, .. } => {
                    metrics::counter!("farley_changes_rejected_total", "reason" => reason.to_string())
                        .increment(1);
                    tracing::warn!(%device, reason, "a change was refused");
                }
            }
        }
        if self.recovery {
            let seqs: Vec<_> = verdicts
                .iter()
                .filter_map(|verdict| match verdict {
                    Verdict::Accepted(seq) => Some(*seq),
                    Verdict::Refused { .. } => None,
                })
                .collect();
            let books = self.relay.books.clone();
            blocking(move || books.recovered(device, &seqs)).await;
        }
        metrics::counter!("farley_changes_accepted_total").increment(accepted);
        tracing::info!(%device, entries = records.len(), accepted, "push taken");
        self.note_arrival(verdicts.len() as u64, accepted, came).await;
        self.session.handle_ingested(batch, &verdicts, clock::now());
    }

    /// Runs `work` on the blocking pool; `None` = it failed, which was logged.
    async fn workspace<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Workspace) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Option<T> {
        let workspace = self.relay.workspace.clone();
        blocking(move || work(&workspace).map_err(|error| error.to_string())).await
    }

    fn note_hello(&mut self, hello: &Hello) {
        if self.opening.is_some() || self.connection.is_some() {
            return;
        }
        self.waiting = u64::from(hello.outbox);
        let said = Said {
            carrier: self.carrier,
            app: hello.app.clone(),
            pending: hello.outbox,
            clock_skew_ms: hello.clock.since(clock::now()),
            cursor: hello.cursor,
        };
        let (books, device) = (self.relay.books.clone(), self.device);
        self.opening = Some(tokio::task::spawn_blocking(move || log(books.connected(device, &said))));
    }

    async fn row(&mut self) -> Option<i64> {
        if let Some(opening) = self.opening.take() {
            self.connection = opening.await.ok().flatten();
        }
        self.connection
    }

    /// What had waited on the device counts as brought; what is typed while it is connected does not.
    async fn note_arrival(&mut self, answered: u64, accepted: u64, records: BTreeSet<RecordId>) {
        let brought = accepted.min(self.waiting);
        self.waiting = self.waiting.saturating_sub(answered);
        if brought == 0 {
            return;
        }
        let Some(connection) = self.row().await else { return };
        let books = self.relay.books.clone();
        let records: Vec<_> = records.into_iter().collect();
        // Before the answer: an arrival must not be missing because the relay stopped right after it.
        blocking(move || books.brought(connection, brought, &records)).await;
    }

    async fn note_end(&mut self) {
        let connection = self.row().await;
        let (books, device) = (self.relay.books.clone(), self.device);
        blocking(move || books.disconnected(device, connection)).await;
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(move || log(work())).await.ok().flatten()
}

fn log<T>(result: Result<T, String>) -> Option<T> {
    result.map_err(|error| tracing::error!(error, "the relay could not read or write")).ok()
}
