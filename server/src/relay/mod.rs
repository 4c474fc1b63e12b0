//! The relay: greets devices on QUIC and WebSocket and drives a `RelaySession` for each.
//!
//! Per connection: [`doors`] decide whether it may knock, farley-device's `greet` finds out who it is, [`session`] runs
//! the core's state machine over the channel. Before every message in and out the device's registration is checked;
//! a revocation ends the session at once, in the middle of a page too. A commit wakes every session with one bit.
//!
//! What the relay writes about devices goes through [`Books`]; it knows nothing of accounts, HTTP routes or records.

mod doors;
mod session;
mod websocket;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farley_core::record::{DeviceId, RecordId, Timestamp};
use farley_core::sync::{ByeReason, NonceState, Seq};
use farley_core::workspace::{Subscription, Workspace};
use farley_device::carrier::Carrier;
use farley_device::handshake::{Greeted, Registry, greet};
use farley_device::keys::RelayKeys;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock;
use doors::Doors;
pub use websocket::{Tls, route};

/// Sessions of one relay.
const SESSIONS: usize = 2_000;
/// Entries that wait for the writer, over all sessions.
const LANE: usize = 1_000;
/// How long closed connections may take to tell the other end.
const GOODBYES: Duration = Duration::from_secs(1);

/// What is written down about devices. Calls may block, except those that say otherwise.
pub trait Books: Registry {
    /// Whether the device may go on, and if not, what it is told. From memory.
    fn check(&self, device: DeviceId) -> Result<(), ByeReason>;
    /// Changes with every change of the registry.
    fn changes(&self) -> watch::Receiver<u64>;
    /// What the registry holds of the device's nonces.
    fn nonces(&self, device: DeviceId) -> Result<NonceState, String>;
    /// Durable when it returns.
    fn use_nonces(&self, device: DeviceId, nonces: NonceState) -> Result<(), String>;
    /// Every device whose changes a recovery accepts. From memory.
    fn known(&self) -> BTreeSet<DeviceId>;
    /// A session began; its number.
    fn connected(&self, device: DeviceId, said: &Said) -> Result<i64, String>;
    /// Changes that had waited on the device came.
    fn brought(&self, connection: i64, changes: u64, records: &[RecordId]) -> Result<(), String>;
    /// The device acknowledged up to here; `pending`: what it still holds back.
    fn seen(&self, device: DeviceId, cursor: Seq, pending: Option<u32>) -> Result<(), String>;
    /// The session ended.
    fn disconnected(&self, device: DeviceId, connection: Option<i64>) -> Result<(), String>;
    /// During a recovery: entries that `from` brought got these seqs, some of them maybe long ago.
    fn recovered(&self, from: DeviceId, seqs: &[Seq]) -> Result<(), String>;
    /// Whether anything may be written now (a disk with too little room says no). From memory.
    fn writable(&self) -> bool;
    /// For whoever watches: the device's first session began, or its last one ended. Does not block.
    fn came_or_went(&self, device: DeviceId, connected: bool);
}

/// What a device said in its `Hello`.
#[derive(Clone, Debug)]
pub struct Said {
    /// "quic" or "websocket".
    pub carrier: &'static str,
    /// App and version.
    pub app: String,
    /// Changes waiting on it.
    pub pending: u32,
    /// Its clock minus ours, in milliseconds.
    pub clock_skew_ms: i64,
    /// Last seq it has.
    pub cursor: Seq,
}

/// The relay of one workspace.
pub struct Relay {
    workspace: Arc<Workspace>,
    keys: Arc<RelayKeys>,
    books: Arc<dyn Books>,
    /// Proofs without exporter value are taken from anybody: TLS ends in a proxy.
    behind_proxy: bool,
    doors: Arc<Doors>,
    live: Mutex<BTreeMap<DeviceId, Vec<Live>>>,
    numbers: AtomicU64,
    lane: Semaphore,
    /// What `listen` was given, to be closed at the end.
    endpoints: Mutex<Vec<quinn::Endpoint>>,
    heads: watch::Sender<Seq>,
    stop: CancellationToken,
    tasks: TaskTracker,
    _subscription: Subscription,
}

struct Live {
    number: u64,
    attempt: [u8; 16],
    carrier: &'static str,
    /// Tells the session to end with this reason.
    end: mpsc::Sender<ByeReason>,
}

impl Relay {
    /// A relay over `workspace`. `behind_proxy`: a reverse proxy ends TLS for the WebSocket.
    pub fn new(
        workspace: Arc<Workspace>,
        keys: Arc<RelayKeys>,
        books: Arc<dyn Books>,
        behind_proxy: bool,
    ) -> Arc<Self> {
        let heads = watch::Sender::new(0);
        let wake = heads.clone();
        let subscription = workspace.subscribe(Box::new(move |changed| {
            wake.send_if_modified(|head| std::mem::replace(head, changed.seq.max(*head)) < changed.seq);
        }));
        Arc::new(Self {
            workspace,
            keys,
            books,
            behind_proxy,
            doors: Arc::default(),
            live: Mutex::default(),
            numbers: AtomicU64::default(),
            lane: Semaphore::new(LANE),
            endpoints: Mutex::default(),
            heads,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            _subscription: subscription,
        })
    }

    /// Takes connections from `endpoint` until the relay stops.
    pub fn listen(self: &Arc<Self>, endpoint: quinn::Endpoint) {
        self.endpoints().push(endpoint.clone());
        let relay = self.clone();
        self.tasks.spawn(async move {
            loop {
                let incoming = tokio::select! {
                    () = relay.stop.cancelled() => break,
                    incoming = endpoint.accept() => incoming,
                };
                let Some(incoming) = incoming else { break };
                let address = incoming.remote_address();
                if !relay.doors.knock(address.ip()) {
                    metrics::counter!("farley_handshakes_refused_total").increment(1);
                    incoming.refuse();
                } else if endpoint.open_connections() > SESSIONS {
                    incoming.refuse();
                } else if relay.doors.crowded()
                    && !incoming.remote_address_validated()
                    && incoming.may_retry()
                {
                    let _ = incoming.retry();
                } else {
                    let relay = relay.clone();
                    relay.tasks.clone().spawn(async move {
                        let pending = relay.doors.enter();
                        match farley_device::quic::accept(incoming).await {
                            Ok(carrier) => relay.serve(carrier, pending).await,
                            Err(error) => tracing::debug!(%error, "a QUIC connection came to nothing"),
                        }
                    });
                }
            }
            endpoint.set_server_config(None);
        });
    }

    /// Greets whoever opened `carrier` and serves them to the end.
    async fn serve(self: Arc<Self>, carrier: Carrier, pending: doors::Pending) {
        let line = carrier.line.clone();
        let peer = line.peer();
        let loopback = peer.is_some_and(|peer| peer.ip().is_loopback());
        let registry: Arc<dyn Registry> = self.books.clone();
        let unbound = self.behind_proxy || loopback;
        let greeted = greet(carrier, &self.keys, &registry, unbound, clock::now()).await;
        drop(pending);
        match greeted {
            Greeted::Device(device) => {
                if let Some(peer) = peer {
                    self.doors.proved(peer.ip());
                }
                session::run(self, *device).await;
            }
            Greeted::Enrolled { device } => {
                if let Some(peer) = peer {
                    self.doors.proved(peer.ip());
                }
                tracing::info!(%device, "device enrolled");
            }
            Greeted::Refused { device, code } => {
                if device.is_none() && code == ByeReason::NotEnrolled as u16 {
                    metrics::counter!("farley_proof_failures_total").increment(1);
                    if let Some(peer) = peer {
                        self.doors.failed(peer.ip());
                    }
                }
                tracing::info!(?device, code, "connection refused");
            }
        }
    }

    /// Whether the sockets given to `listen` are still there; if not, what the system says.
    pub fn listening(&self) -> Result<(), String> {
        self.endpoints()
            .iter()
            .try_for_each(|endpoint| endpoint.local_addr().map(drop).map_err(|error| error.to_string()))
    }

    /// How many devices are connected.
    pub fn online(&self) -> usize {
        self.live().len()
    }

    /// The carrier of a connected device.
    pub fn carrier(&self, device: DeviceId) -> Option<&'static str> {
        self.live().get(&device).and_then(|sessions| sessions.last()).map(|live| live.carrier)
    }

    /// Sends every device away with `Restarting` and waits for their sessions, at most `patience`; then closes
    /// what it listens on and waits at most a second until the goodbyes are out.
    pub async fn shutdown(&self, patience: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!(left = self.tasks.len(), "sessions did not end in time");
        }
        let endpoints = std::mem::take(&mut *self.endpoints());
        for endpoint in &endpoints {
            endpoint.close((ByeReason::Leaving as u32).into(), b"");
        }
        let idle = async {
            for endpoint in &endpoints {
                endpoint.wait_idle().await;
            }
        };
        let _ = tokio::time::timeout(GOODBYES, idle).await;
    }

    fn endpoints(&self) -> std::sync::MutexGuard<'_, Vec<quinn::Endpoint>> {
        self.endpoints.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn live(&self) -> std::sync::MutexGuard<'_, BTreeMap<DeviceId, Vec<Live>>> {
        self.live.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Enters a session; older ones of the device with another attempt are told to end.
    fn enter(
        &self,
        device: DeviceId,
        attempt: [u8; 16],
        carrier: &'static str,
    ) -> (u64, mpsc::Receiver<ByeReason>) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let (end, ended) = mpsc::channel(1);
        let mut live = self.live();
        if live.len() >= SESSIONS && !live.contains_key(&device) {
            let _ = end.try_send(ByeReason::SlowDown);
        }
        let sessions = live.entry(device).or_default();
        let first = sessions.is_empty();
        for older in sessions.iter().filter(|older| older.attempt != attempt) {
            let _ = older.end.try_send(ByeReason::Stalled);
        }
        sessions.push(Live { number, attempt, carrier, end });
        drop(live);
        metrics::gauge!("farley_sessions", "carrier" => carrier).increment(1.0);
        if first {
            self.books.came_or_went(device, true);
        }
        (number, ended)
    }

    fn leave(&self, device: DeviceId, number: u64) {
        let mut live = self.live();
        let Some(sessions) = live.get_mut(&device) else { return };
        if let Some(at) = sessions.iter().position(|session| session.number == number) {
            let gone = sessions.remove(at);
            metrics::gauge!("farley_sessions", "carrier" => gone.carrier).decrement(1.0);
        }
        if sessions.is_empty() {
            live.remove(&device);
            drop(live);
            self.books.came_or_went(device, false);
        }
    }
}

fn until(at: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(at.since(clock::now())).unwrap_or(0))
}
