//! What keeps a device in touch: connects, waits, connects again; one session at a time.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use farley_core::record::Timestamp;
use farley_core::sync::{Backoff, ByeReason, Progress};
use farley_core::workspace::{Workspace, WorkspaceError};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::carrier::CarrierKind;
use crate::folder::{DeviceFile, Locked};
use crate::handshake::HandshakeError;
use crate::keys::{DeviceKey, random_bytes};
use crate::race::{Failed, Networks, QuicFailure, Raced, race};
use crate::session::{End, Welcomed};
use crate::status::{Status, SyncReport, Trouble};
use crate::worker::Worker;
use crate::{quic, ws};

/// What the person and the app want.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Control {
    pub(crate) stop: bool,
    pub(crate) airplane: bool,
    /// Counts network changes: a session on the old network is given up.
    pub(crate) network: u64,
    /// Counts "sync now".
    pub(crate) hurry: u64,
    /// Under which the outcome of a race is remembered.
    pub(crate) network_name: String,
}

/// How often the database is tidied while the device runs.
const TIDY_EVERY: Duration = Duration::from_secs(10);
/// Pages of full text that one tidying touches, about: some ten milliseconds on a phone.
const TIDY_PAGES: u32 = 256;

/// When a session is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Goal {
    /// Never: changes of others are wanted as they come.
    Live,
    /// When nothing is left to do.
    Once,
}

pub(crate) struct Engine {
    folder: PathBuf,
    file: Mutex<DeviceFile>,
    key: DeviceKey,
    pub(crate) workspace: Arc<Workspace>,
    worker: Worker,
    /// Name and version of the app, for people.
    pub(crate) app: String,
    pub(crate) status: watch::Sender<Status>,
    pub(crate) control: watch::Sender<Control>,
    /// A local edit was committed.
    pub(crate) local: Arc<Notify>,
    report: Mutex<SyncReport>,
    networks: Mutex<Networks>,
    /// Held by whoever has the session.
    pub(crate) session: tokio::sync::Mutex<()>,
}

impl Engine {
    pub(crate) fn new(
        folder: PathBuf,
        file: DeviceFile,
        key: DeviceKey,
        workspace: Arc<Workspace>,
        worker: Worker,
        app: String,
        status: Status,
    ) -> Self {
        let networks = workspace.meta(NETWORKS).ok().flatten().map(|bytes| Networks::from_json(&bytes));
        Self {
            folder,
            file: Mutex::new(file),
            key,
            workspace,
            worker,
            app,
            status: watch::Sender::new(status),
            control: watch::Sender::new(Control::default()),
            local: Arc::new(Notify::new()),
            report: Mutex::default(),
            networks: Mutex::new(networks.unwrap_or_default()),
            session: tokio::sync::Mutex::new(()),
        }
    }

    /// Keeps the device in touch until `stop`.
    pub(crate) async fn run(self: Arc<Self>) {
        let _session = self.session.lock().await;
        let mut control = self.control.subscribe();
        let mut backoff = Backoff::default();
        // A locked device is tried when a person asks for it, never by itself.
        let mut asked = 0;
        loop {
            self.refresh_outbox().await;
            let wish = control.borrow_and_update().clone();
            if wish.stop {
                return;
            }
            let locked = match self.status.borrow().locked {
                Some(Locked::Copied) => true,
                Some(_) => wish.hurry == asked,
                None => false,
            };
            if wish.airplane || locked {
                self.tell(|status| {
                    status.airplane = wish.airplane;
                    status.next_try = None;
                });
                self.until_wanted(&mut control, None).await;
                continue;
            }
            asked = wish.hurry;
            self.tell(|status| status.next_try = None);
            let (end, worked) = Box::pin(self.session(Goal::Live, &mut control)).await;
            // A relay that restarts is no failure.
            if worked || matches!(end, End::Bye { reason: ByeReason::Leaving, .. }) {
                backoff.handle_progress();
            }
            let Some(after_ms) = self.conclude(&end) else { continue };
            let wait = Duration::from_millis(backoff.next_ms(after_ms, &mut rand::rng()));
            let due = wall().plus_millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
            self.tell(|status| status.next_try = Some(due));
            self.until_wanted(&mut control, Some(wait)).await;
        }
    }

    /// Checkpoints, and brings full text over, beside the sessions: until then every commit makes the WAL longer.
    pub(crate) async fn keep_tidy(self: Arc<Self>) {
        let mut control = self.control.subscribe();
        while !control.borrow_and_update().stop {
            tokio::select! {
                () = sleep(TIDY_EVERY) => drop(self.work(|workspace| workspace.tidy(TIDY_PAGES)).await),
                changed = control.changed() => if changed.is_err() { return },
            }
        }
    }

    /// One session from the race to its end; tells the status what happens.
    pub(crate) async fn session(&self, goal: Goal, control: &mut watch::Receiver<Control>) -> (End, bool) {
        let started = Instant::now();
        *lock(&self.report) = SyncReport::default();
        let network = control.borrow().network_name.clone();
        let seen = control.borrow().network;
        let mut leaving = control.clone();
        let welcomed = tokio::select! {
            welcomed = Box::pin(self.connect(&network, goal)) => welcomed,
            _ = leaving.wait_for(|control| control.stop || control.airplane || control.network != seen) => {
                return (End::Left, false);
            }
        };
        let (welcomed, kind) = match welcomed {
            Ok(welcomed) => welcomed,
            Err(end) => return (end, false),
        };
        if let Some((answered, next)) = welcomed.next {
            let file = {
                let mut file = lock(&self.file);
                file.pin(answered, next).then(|| file.clone())
            };
            if let Some(file) = file {
                self.keep(file).await;
            }
        }
        self.tell(|status| {
            status.connected = true;
            status.carrier = Some(kind);
            status.last_contact = Some(wall());
            status.locked = None;
        });
        let (end, worked) = Box::pin(self.drive(welcomed, goal, control, seen, started)).await;
        let now = wall();
        self.tell(|status| {
            status.connected = false;
            status.carrier = None;
            status.settled = false;
            status.last_contact = Some(now);
        });
        let _ = self
            .work(move |workspace| workspace.set_meta(LAST_CONTACT, Some(&now.millis().to_be_bytes())))
            .await;
        self.unlock().await;
        (end, worked)
    }

    /// Races the carriers to `Welcome`.
    async fn connect(&self, network: &str, goal: Goal) -> Result<(Box<Welcomed>, CarrierKind), End> {
        let attempt = random_bytes().map_err(|error| End::Lost(error.to_string(), Trouble::Storage))?;
        let file = self.file();
        let pinned = file.pinned();
        let start = Instant::now();
        let head_start = lock(&self.networks).head_start(network, wall());
        // Boxed, here and below: unboxed the whole session is one value of a hundred kilobytes, which an
        // unoptimised build moves about on a 2 MiB stack until that overflows.
        let quic = (!file.quic.is_empty())
            .then(|| Box::pin(self.reach(quic::connect(&file.quic, &pinned, goal == Goal::Live), attempt)));
        let websocket = file
            .page
            .as_deref()
            .map(|page| Box::pin(self.reach(ws::connect(page, file.certificate()), attempt)));
        let Raced { outcome, quic } = race(quic, websocket, head_start, is_verdict).await;
        match outcome {
            Ok((kind, welcomed)) => {
                let networks = {
                    let mut networks = lock(&self.networks);
                    let before = networks.clone();
                    networks.learn(network, kind, quic.is_some(), start.elapsed(), wall());
                    // Worth a write only if the next race would start differently.
                    let changed = before.head_start(network, wall()) != networks.head_start(network, wall());
                    (changed || quic.is_some()).then(|| networks.to_json())
                };
                if let Some(json) = networks {
                    let _ = self.work(move |workspace| workspace.set_meta(NETWORKS, Some(&json))).await;
                }
                self.tell(|status| {
                    status.trouble = quic.as_ref().map(|_| Trouble::UdpBlocked);
                    status.reason = quic.map(|failure| why_not_quic(&failure));
                });
                Ok((welcomed, kind))
            }
            Err(Failed { quic, websocket }) => Err(failed(quic, websocket)),
        }
    }

    /// Draws the consequences of an end: status, lock. `None`: go on at once. Otherwise what the relay asked to wait.
    pub(crate) fn conclude(&self, end: &End) -> Option<Option<u64>> {
        let (reason, trouble, after_ms) = match end {
            End::Left | End::Settled => return None,
            End::Lost(text, trouble) => (text.clone(), *trouble, None),
            End::Storage(text) => (format!("nothing can be stored here: {text}"), Trouble::Storage, None),
            End::Bye { reason, after_ms } => match lock_for(*reason) {
                Some(locked) => {
                    self.lock_out(locked);
                    return None;
                }
                None => (crate::connect::meaning(*reason as u16).to_owned(), Trouble::Busy, *after_ms),
            },
        };
        tracing::info!(reason, "session ended");
        self.tell(|status| (status.reason, status.trouble) = (Some(reason), Some(trouble)));
        Some(after_ms)
    }

    /// The newest report of the present or last session.
    pub(crate) fn report(&self) -> SyncReport {
        *lock(&self.report)
    }

    pub(crate) fn note(&self, progress: &Progress, report: SyncReport) {
        *lock(&self.report) = report;
        self.tell(|status| status.follow(progress));
    }

    pub(crate) fn file(&self) -> DeviceFile {
        lock(&self.file).clone()
    }

    pub(crate) fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// Runs `job` on the device's thread. The error is a sentence.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Workspace) -> Result<T, WorkspaceError> + Send + 'static,
    ) -> Result<T, String> {
        let workspace = self.workspace.clone();
        match self.worker.run(move || job(&workspace)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                tracing::error!(%error, "the workspace failed");
                Err(error.to_string())
            }
            Err(panicked) => Err(panicked.to_string()),
        }
    }

    /// Counts what waits.
    pub(crate) async fn refresh_outbox(&self) {
        let counted = self.work(|workspace| Ok((workspace.device_facts()?, workspace.outbox_since()?))).await;
        if let Ok((facts, since)) = counted {
            self.tell(|status| {
                status.pending = facts.outbox;
                status.pending_since = since;
                status.cursor = facts.cursor;
                status.low = facts.low;
                status.head = status.head.max(facts.cursor);
            });
        }
    }

    /// Waits for a wish, or for `wait`. Local edits are counted meanwhile; they do not shorten the wait.
    async fn until_wanted(&self, control: &mut watch::Receiver<Control>, wait: Option<Duration>) {
        let until = wait.map(|wait| Instant::now() + wait);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            tokio::select! {
                changed = control.changed() => {
                    if changed.is_err() {
                        return std::future::pending().await;
                    }
                    return;
                }
                () = self.local.notified() => self.refresh_outbox().await,
                () = sleep(left.unwrap_or_default()), if left.is_some() => return,
            }
        }
    }

    fn lock_out(&self, locked: Locked) {
        tracing::warn!(?locked, "the relay no longer lets this device in");
        self.tell(|status| {
            status.locked = Some(locked);
            status.reason = Some(locked.text().to_owned());
            status.next_try = None;
        });
        let file = {
            let mut file = lock(&self.file);
            file.locked = Some(locked);
            file.clone()
        };
        if let Err(error) = file.write(&self.folder) {
            // It locks again at the next connection.
            tracing::error!(%error, "the lock could not be noted");
        }
    }

    /// The relay has let the device in: an old lock is void.
    async fn unlock(&self) {
        let file = {
            let mut file = lock(&self.file);
            file.locked.take().map(|_| file.clone())
        };
        if let Some(file) = file {
            self.keep(file).await;
        }
    }

    async fn keep(&self, file: DeviceFile) {
        let folder = self.folder.clone();
        if let Ok(Err(error)) = self.worker.run(move || file.write(&folder)).await {
            tracing::error!(%error, "device.json could not be written");
        }
    }

    pub(crate) fn tell(&self, change: impl FnOnce(&mut Status)) {
        self.status.send_if_modified(|status| {
            let before = status.clone();
            change(status);
            *status != before
        });
    }
}

/// The wall clock.
pub(crate) fn wall() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
    };
    Timestamp::from_millis(millis)
}

fn lock_for(reason: ByeReason) -> Option<Locked> {
    match reason {
        ByeReason::NotEnrolled => Some(Locked::NotEnrolled),
        ByeReason::Revoked => Some(Locked::Revoked),
        ByeReason::Wipe => Some(Locked::Wipe),
        ByeReason::Drain => Some(Locked::Drain),
        ByeReason::Cloned => Some(Locked::Cloned),
        _ => None,
    }
}

/// The relay itself has spoken: the other carrier would hear the same.
fn is_verdict(error: &HandshakeError) -> bool {
    matches!(error, HandshakeError::Bye { .. } | HandshakeError::Unsupported | HandshakeError::Local(_))
}

fn why_not_quic(failure: &QuicFailure<HandshakeError>) -> String {
    match failure {
        QuicFailure::Silent => {
            "UDP seems to be blocked on this network (QUIC got no answer); using the WebSocket".into()
        }
        QuicFailure::Error(error) => {
            format!("QUIC does not get through on this network ({error}); using the WebSocket")
        }
    }
}

fn failed(quic: Option<HandshakeError>, websocket: Option<HandshakeError>) -> End {
    let trouble = trouble_of([&quic, &websocket].into_iter().flatten());
    for error in [&quic, &websocket].into_iter().flatten() {
        match error {
            HandshakeError::Bye { reason, after_ms } => {
                return End::Bye { reason: *reason, after_ms: *after_ms };
            }
            HandshakeError::Local(text) => return End::Storage(text.clone()),
            _ => {}
        }
    }
    let text = match (quic, websocket) {
        (Some(quic), Some(websocket)) if quic.to_string() == websocket.to_string() => quic.to_string(),
        (Some(quic), Some(websocket)) => format!("QUIC: {quic}; WebSocket: {websocket}"),
        (Some(only), None) | (None, Some(only)) => only.to_string(),
        (None, None) => "no address of the relay is known; enrol again".into(),
    };
    End::Lost(text, trouble)
}

/// The one of several failures that tells most: a stranger at the office's address outweighs silence.
fn trouble_of<'a>(errors: impl Iterator<Item = &'a HandshakeError>) -> Trouble {
    errors
        .map(HandshakeError::trouble)
        .max_by_key(|trouble| *trouble != Trouble::Unreachable)
        .unwrap_or(Trouble::Unreachable)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing here leaves a value half-written.
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

const NETWORKS: &str = "networks";
pub(crate) const LAST_CONTACT: &str = "last_contact";
