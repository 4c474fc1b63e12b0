//! A device: a folder, its workspace, and what keeps both in touch with the office.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use farley_core::document::gate::ThreadTrial;
use farley_core::record::{DeviceId, Timestamp};
use farley_core::store::{DatabaseKey, StoreOptions, SystemFiles};
use farley_core::sync::Enrolled;
use farley_core::workspace::{Role, Subscription, Workspace, WorkspaceError, WorkspaceOptions};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::engine::{Engine, Goal, LAST_CONTACT, wall};
use crate::folder::{self, DeviceFile, FolderError, Locked};
use crate::handshake::{self, HandshakeError};
use crate::keys::{DeviceKey, KeyError};
use crate::link::{EnrolLink, LinkError};
use crate::race::{Failed, race};
use crate::secrets::Secrets;
use crate::session::End;
use crate::status::{Status, SyncReport};
use crate::worker::Worker;
use crate::{quic, ws};

/// One installation in one workspace. Clones are the same device; dropping the last ends its connection.
#[derive(Clone)]
pub struct Device {
    inner: Arc<Inner>,
}

/// Why there is no device.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    /// The database was made with another key. Nothing was touched.
    #[error("the key does not belong to this database")]
    WrongKey,
    /// The relay was not reached, or refused; the folder can be tried again with the same link.
    #[error("the office was not reached: {0}")]
    Unreachable(String),
    #[error("{0}")]
    Refused(HandshakeError),
    #[error("an internal error; the log has the details")]
    Internal,
}

/// Why a sync did not come to its end. What got through is kept.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SyncError {
    #[error("airplane mode is on")]
    Airplane,
    #[error("{}", .0.text())]
    Locked(Locked),
    #[error("not finished in time{}", .1.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Timeout(SyncReport, Option<String>),
    #[error("{1}")]
    Failed(SyncReport, String),
    #[error("stopped")]
    Stopped,
}

impl Device {
    /// Enrols a new device in `folder` with the link in `text`. `name` and `platform` are shown to the office, `app` (name
    /// and version) too. After a lost answer, or a crash, the same link works again for 10 minutes.
    ///
    /// # Errors
    /// `Link`, `Refused` (expired, used, withdrawn, wrong relay, …), `Unreachable`, or what is wrong with the folder.
    pub async fn enrol(
        folder: &Path,
        text: &str,
        name: &str,
        platform: &str,
        app: &str,
    ) -> Result<Self, DeviceError> {
        EnrolLink::parse(text)?;
        free(folder)?;
        let secrets = Secrets::in_folder(folder, true)?;
        Box::pin(Self::enrol_with(folder, text, name, platform, app, secrets)).await
    }

    /// The same with keys that somebody else keeps. They must be kept before: a lost answer is tried again with them.
    ///
    /// # Errors
    /// As [`Self::enrol`].
    pub async fn enrol_with(
        folder: &Path,
        text: &str,
        name: &str,
        platform: &str,
        app: &str,
        secrets: Secrets,
    ) -> Result<Self, DeviceError> {
        let link = EnrolLink::parse(text)?;
        let mut file = match free(folder)? {
            Some(begun) if begun.workspace == link.workspace => DeviceFile::enrolling(&link, begun.device),
            _ => DeviceFile::enrolling(&link, DeviceId::random(&mut rand::rng())),
        };
        file.key_check = secrets.check();
        file.write(folder)?;
        let Enrolled { person, workspace_name, nonce } =
            Box::pin(spend(&link, file.device, &secrets.device, name, platform)).await?;

        let worker = start_worker()?;
        let (path, id, device, now) = (folder::database(folder), file.workspace, file.device, wall());
        let cipher = secrets.cipher();
        let made = worker.run(move || {
            let options = |create| options_with(create, cipher.clone());
            // An enrolment that crashed between here and the end has made it already.
            let workspace = match Workspace::open(&path, options(false)) {
                Ok(workspace) if workspace.device() == device => workspace,
                _ => Workspace::create(&path, id, device, Role::Device, options(true), now)?,
            };
            workspace.mark_accepted(&[], Some(nonce), now)?;
            Ok::<_, WorkspaceError>(workspace)
        });
        let workspace = made.await.map_err(|_| DeviceError::Internal)??;
        folder::mark_instance(folder, file.device)?;
        file.person = Some(person);
        file.workspace_name = workspace_name;
        file.enrolled_at = Some(now);
        file.write(folder)?;
        Self::assemble(folder, file, secrets.device, workspace, worker, app, None)
    }

    /// Opens the device in `folder`. It does not connect before `start` or `sync_once`. A folder that was copied
    /// from elsewhere opens, is `locked`, and never syncs.
    ///
    /// # Errors
    /// What is wrong with the folder, its key, its database.
    pub fn open(folder: &Path, app: &str) -> Result<Self, DeviceError> {
        enrolled(folder)?;
        Self::open_with(folder, app, Secrets::in_folder(folder, false)?)
    }

    /// The same with keys that somebody else keeps.
    ///
    /// # Errors
    /// As [`Self::open`], and `WrongKey`.
    pub fn open_with(folder: &Path, app: &str, secrets: Secrets) -> Result<Self, DeviceError> {
        let file = enrolled(folder)?;
        if file.key_check != secrets.check() {
            return Err(DeviceError::WrongKey);
        }
        let workspace = Workspace::open(&folder::database(folder), options_with(false, secrets.cipher()))?;
        let own = folder::is_instance(folder, workspace.device())? && workspace.device() == file.device;
        let locked = if own { file.locked } else { Some(Locked::Copied) };
        Self::assemble(folder, file, secrets.device, workspace, start_worker()?, app, locked)
    }

    /// Its data: read and edit at any time, connected or not.
    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.inner.engine.workspace
    }

    /// Whose it is and where the relay is.
    pub fn file(&self) -> DeviceFile {
        self.inner.engine.file()
    }

    /// Keeps the device in touch from now on: connects, stays connected, connects again. Needs a tokio runtime.
    pub fn start(&self) {
        let mut task = self.inner.task.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if task.as_ref().is_none_or(JoinHandle::is_finished) {
            self.inner.engine.control.send_modify(|control| control.stop = false);
            let (engine, keeper) = (self.inner.engine.clone(), self.inner.engine.clone());
            *task = Some(tokio::spawn(async move {
                tokio::join!(engine.run(), keeper.keep_tidy());
            }));
        }
    }

    /// Ends the connection, politely, and the work of `start`.
    pub async fn stop(&self) {
        self.inner.engine.control.send_modify(|control| control.stop = true);
        let task = self.inner.task.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        if let Some(task) = task {
            let _ = task.await;
        }
    }

    /// How it stands now. Without `start`, what waits is counted when the device is opened and after each sync.
    pub fn status(&self) -> Status {
        self.inner.engine.status.borrow().clone()
    }

    /// Every change of `status`.
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.inner.engine.status.subscribe()
    }

    /// Counts anew what waits for the office, for a status line without `start`.
    pub async fn refresh(&self) -> Status {
        self.inner.engine.refresh_outbox().await;
        self.status()
    }

    /// The network changed (Wi-Fi to mobile, app in front): the session is made anew at once. `name` is a salted hash
    /// of the network's name, under which is remembered which carrier it lets through.
    pub fn network_changed(&self, name: Option<&str>) {
        self.inner.engine.control.send_modify(|control| {
            control.network += 1;
            control.network_name = name.unwrap_or_default().to_owned();
        });
    }

    /// A person wants it now: does not wait for the next try. A locked device asks the relay once more.
    pub fn sync_now(&self) {
        self.inner.engine.control.send_modify(|control| control.hurry += 1);
    }

    /// Switches the network off and on, as a person does.
    pub fn set_airplane(&self, on: bool) {
        self.inner
            .engine
            .control
            .send_if_modified(|control| std::mem::replace(&mut control.airplane, on) != on);
        self.inner.engine.tell(|status| status.airplane = on);
    }

    /// Syncs until nothing is left to do in either direction, and says what was moved. While `start` runs, waits for
    /// its session to settle.
    ///
    /// # Errors
    /// `SyncError`; what got through until then is kept.
    pub async fn sync_once(&self, limit: Duration) -> Result<SyncReport, SyncError> {
        let engine = &self.inner.engine;
        let status = self.status();
        if status.airplane {
            return Err(SyncError::Airplane);
        }
        if status.locked == Some(Locked::Copied) {
            return Err(SyncError::Locked(Locked::Copied));
        }
        let Ok(_session) = engine.session.try_lock() else {
            return self.wait_until_settled(limit).await;
        };
        // An earlier `stop` is over: this is a new wish.
        engine.control.send_if_modified(|control| std::mem::take(&mut control.stop));
        let mut control = engine.control.subscribe();
        let end = timeout(limit, Box::pin(engine.session(Goal::Once, &mut control))).await;
        engine.refresh_outbox().await;
        let report = engine.report();
        match end {
            Ok((End::Settled, _)) => Ok(report),
            Ok((End::Left, _)) if self.status().airplane => Err(SyncError::Airplane),
            Ok((End::Left, _)) => Err(SyncError::Stopped),
            Ok((end, _)) => {
                engine.conclude(&end);
                let Status { locked, reason, .. } = self.status();
                Err(match locked {
                    Some(locked) => SyncError::Locked(locked),
                    None => SyncError::Failed(report, reason.unwrap_or_default()),
                })
            }
            Err(_) => {
                // The session was dropped where it stood, its last word unsaid.
                engine
                    .tell(|status| (status.connected, status.carrier, status.settled) = (false, None, false));
                Err(SyncError::Timeout(report, self.status().reason))
            }
        }
    }

    async fn wait_until_settled(&self, limit: Duration) -> Result<SyncReport, SyncError> {
        let engine = &self.inner.engine;
        let mut watch = self.watch();
        self.sync_now();
        let settled = watch.wait_for(|status| status.settled || status.airplane || status.locked.is_some());
        match timeout(limit, settled).await {
            Ok(Ok(status)) if status.settled => Ok(engine.report()),
            Ok(Ok(status)) if status.airplane => Err(SyncError::Airplane),
            Ok(Ok(status)) => Err(status.locked.map_or(SyncError::Stopped, SyncError::Locked)),
            Ok(Err(_)) => Err(SyncError::Stopped),
            Err(_) => Err(SyncError::Timeout(engine.report(), self.status().reason)),
        }
    }

    fn assemble(
        folder: &Path,
        file: DeviceFile,
        key: DeviceKey,
        workspace: Workspace,
        worker: Worker,
        app: &str,
        locked: Option<Locked>,
    ) -> Result<Self, DeviceError> {
        let facts = workspace.device_facts()?;
        let last_contact = workspace.meta(LAST_CONTACT)?.and_then(|bytes| bytes.try_into().ok());
        let status = Status {
            pending: facts.outbox,
            pending_since: workspace.outbox_since()?,
            cursor: facts.cursor,
            head: facts.cursor,
            low: facts.low,
            last_contact: last_contact.map(|bytes| Timestamp::from_millis(i64::from_be_bytes(bytes))),
            locked,
            reason: locked.map(|locked| locked.text().to_owned()),
            ..Status::default()
        };
        let workspace = Arc::new(workspace);
        let engine = Engine::new(folder.into(), file, key, workspace, worker, app.to_owned(), status);
        let local = engine.local.clone();
        let subscription = engine.workspace.subscribe(Box::new(move |changed| {
            if changed.outbox {
                local.notify_one();
            }
        }));
        let inner = Inner { engine: Arc::new(engine), task: Mutex::new(None), _subscription: subscription };
        Ok(Self { inner: Arc::new(inner) })
    }
}

/// How the product opens a workspace: real files, full text, own threads for the gate, the system's randomness.
pub fn workspace_options(create: bool) -> WorkspaceOptions {
    options_with(create, None)
}

fn options_with(create: bool, key: Option<DatabaseKey>) -> WorkspaceOptions {
    WorkspaceOptions {
        store: StoreOptions { vfs: None, files: Arc::new(SystemFiles), create, fts: true, readers: 2, key },
        trial: Arc::new(ThreadTrial),
        rng: Box::new(StdRng::from_os_rng()),
        canary: true,
        cache: 32,
        fold: 16,
    }
}

struct Inner {
    engine: Arc<Engine>,
    task: Mutex<Option<JoinHandle<()>>>,
    _subscription: Subscription,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.engine.control.send_modify(|control| control.stop = true);
    }
}

/// Makes the folder; the file of an enrolment that was begun there.
fn free(folder: &Path) -> Result<Option<DeviceFile>, FolderError> {
    std::fs::create_dir_all(folder).map_err(|error| folder::io(folder, &error))?;
    match DeviceFile::read(folder)? {
        Some(file) if file.person.is_some() => Err(FolderError::AlreadyEnrolled(folder.into())),
        begun => Ok(begun),
    }
}

fn enrolled(folder: &Path) -> Result<DeviceFile, FolderError> {
    let file = DeviceFile::read(folder)?.filter(|file| file.person.is_some());
    file.ok_or_else(|| FolderError::NotEnrolled(folder.into()))
}

/// Spends the link's token on the carrier that gets through first. Both asking is one enrolment: same id, same key.
async fn spend(
    link: &EnrolLink,
    device: DeviceId,
    key: &DeviceKey,
    name: &str,
    platform: &str,
) -> Result<Enrolled, DeviceError> {
    let pinned: Vec<_> = [Some(link.relay), link.next].into_iter().flatten().collect();
    let quic = (!link.quic.is_empty()).then(|| {
        Box::pin(async {
            let carrier = quic::connect(&link.quic, &pinned, false).await?;
            handshake::enrol(carrier, link, device, key, name, platform).await
        })
    });
    let websocket = link.page.as_deref().map(|page| {
        Box::pin(async {
            let carrier = ws::connect(page, link.certificate).await?;
            handshake::enrol(carrier, link, device, key, name, platform).await
        })
    });
    let is_verdict = |error: &HandshakeError| {
        matches!(error, HandshakeError::Enrol(_) | HandshakeError::Bye { .. } | HandshakeError::Unsupported)
    };
    let raced = race(quic, websocket, HEAD_START, is_verdict).await;
    let Failed { quic, websocket } = match raced.outcome {
        Ok((_, enrolled)) => return Ok(enrolled),
        Err(failed) => failed,
    };
    let wrong =
        |error: &HandshakeError| *error == HandshakeError::Connect(crate::connect::ConnectError::WrongRelay);
    match (quic, websocket) {
        (Some(error), _) | (_, Some(error)) if is_verdict(&error) || wrong(&error) => {
            Err(DeviceError::Refused(error))
        }
        (_, Some(error)) if is_verdict(&error) || wrong(&error) => Err(DeviceError::Refused(error)),
        (Some(quic), Some(websocket)) => {
            Err(DeviceError::Unreachable(format!("QUIC: {quic}; WebSocket: {websocket}")))
        }
        (Some(error), None) | (None, Some(error)) => Err(DeviceError::Unreachable(error.to_string())),
        (None, None) => Err(LinkError::NoAddress.into()),
    }
}

fn start_worker() -> Result<Worker, DeviceError> {
    Worker::start().map_err(|error| {
        tracing::error!(%error, "no thread for sync");
        DeviceError::Internal
    })
}

impl From<KeyError> for DeviceError {
    fn from(error: KeyError) -> Self {
        Self::Folder(error.into())
    }
}

/// As on a network nothing is known of.
const HEAD_START: Duration = Duration::from_millis(250);
