//! One open workspace of this process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use farley_core::record::{RecordId, Timestamp, Value};
use farley_core::store::is_free;
use farley_core::workspace::{Subscription, Workspace as Core};
use farley_device::device::Device;
use farley_device::link::EnrolLink;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::authors::{Authors, Names};
use crate::errors::{internal, invalid};
use crate::runtime::{blocking, runtime, spawned};
use crate::schema::{schema, value_type};
use crate::values::{Titles, typed};
use crate::{CancelHandle, FarleyError, FieldType, FieldValue, SchemaData, SecretStore, secrets};

/// Who closes, or dies, lets the folder go a moment later: a restart waits that long before it says `InUse`.
const LET_GO_TRIES: u32 = 40;
const LET_GO_PAUSE: Duration = Duration::from_millis(50);

/// A device's workspace. One per process: a second one on the same folder answers `InUse`.
#[derive(uniffi::Object)]
pub struct Workspace {
    open: RwLock<Option<Arc<Open>>>,
}

/// Whose device it is, and of which company.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct Identity {
    /// The company's workspace.
    pub workspace_id: String,
    /// As the office calls it.
    pub workspace_name: String,
    /// The person's id.
    pub person_id: String,
    /// The person's name, once it is here.
    pub person: Option<String>,
    /// This installation.
    pub device_id: String,
    /// Its name at the office, once it is here.
    pub device: Option<String>,
    /// Where the office is, for people.
    pub server: String,
}

/// What an enrolment link says, for a last look before it is used.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct LinkInfo {
    /// Where the office is, for people.
    pub server: String,
}

/// Reads what a camera saw or a person pasted. Never repeats it: it holds a token.
#[uniffi::export]
pub fn read_link(text: String) -> Result<LinkInfo, FarleyError> {
    let link = EnrolLink::parse(&text)?;
    Ok(LinkInfo { server: server(link.page.as_deref(), &link.quic) })
}

/// What a person typed for a field of this type, in its one spelling; `Invalid` with reason `bad_value` otherwise.
/// Relative words ("morgen") are the app's.
#[uniffi::export]
pub fn check_value(field_type: FieldType, text: String) -> Result<FieldValue, FarleyError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(FieldValue::Empty);
    }
    let ty = value_type(field_type);
    let value = Value::from_json(ty, &text.into()).map_err(|_| invalid("", "bad_value"))?;
    Ok(typed(ty, &value))
}

#[uniffi::export]
impl Workspace {
    /// Opens the enrolled device in `folder`. It connects once `start_sync` says so. `app`: name and version.
    ///
    /// `NotEnrolled` on a fresh installation; `Secret`, `WrongKey`, `Corrupt`, `NewerDatabase`, `InUse`, `ReadOnly`,
    /// `DiskFull` otherwise. Nothing is deleted or overwritten by any of them.
    #[uniffi::constructor]
    pub async fn open(
        folder: String,
        app: String,
        secrets: Arc<dyn SecretStore>,
    ) -> Result<Arc<Self>, FarleyError> {
        spawned(async move {
            if !enrolled(Path::new(&folder))? {
                return Err(FarleyError::NotEnrolled);
            }
            let mut tries = 0;
            loop {
                let keys = secrets::kept(&secrets).await?;
                let (path, app) = (PathBuf::from(&folder), app.clone());
                let opened = blocking(move || Self::of(&path, Device::open_with(&path, &app, keys)?)).await;
                if opened.as_ref().err() != Some(&FarleyError::InUse) || tries == LET_GO_TRIES {
                    return opened;
                }
                tries += 1;
                sleep(LET_GO_PAUSE).await;
            }
        })
        .await
    }

    /// Enrols a new device in `folder` with a link. `device_name` and `platform` are shown to the office. After a lost
    /// answer, a cancel or a crash the same link works again for ten minutes.
    ///
    /// `Invalid { field: "link" }`, `Refused`, `Unreachable`, `Cancelled`, and what `open` answers.
    #[uniffi::constructor]
    pub async fn enrol(
        folder: String,
        link: String,
        device_name: String,
        platform: String,
        app: String,
        secrets: Arc<dyn SecretStore>,
        cancel: Arc<CancelHandle>,
    ) -> Result<Arc<Self>, FarleyError> {
        spawned(async move {
            EnrolLink::parse(&link)?;
            let keys = secrets::kept_or_made(&secrets).await?;
            let path = PathBuf::from(&folder);
            let device = cancel
                .or(async {
                    let enrolled = Device::enrol_with(&path, &link, &device_name, &platform, &app, keys);
                    Ok(Box::pin(enrolled).await?)
                })
                .await?;
            Self::of(&path, device)
        })
        .await
    }

    /// Whose it is.
    pub fn identity(&self) -> Result<Identity, FarleyError> {
        let open = self.open_now()?;
        let file = open.device().file();
        let own = open.names()?.name(Some(file.device));
        Ok(Identity {
            workspace_id: file.workspace.to_string(),
            workspace_name: file.workspace_name.clone(),
            person_id: file.person.map(|person| person.to_string()).unwrap_or_default(),
            person: own.person,
            device_id: file.device.to_string(),
            device: own.device,
            server: server(file.page.as_deref(), &file.quic),
        })
    }

    /// Kinds, fields and lists as they are now. Ask again after a change of kind `setting`.
    pub fn schema(&self) -> Result<SchemaData, FarleyError> {
        Ok(schema(&self.open_now()?.workspace().schema()))
    }

    /// Stops syncing and lets the folder go. Every later call answers `Internal { reason: "closed" }`.
    pub async fn close(&self) -> Result<(), FarleyError> {
        let open = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        let Some(open) = open else { return Ok(()) };
        spawned(async move {
            open.device().stop().await;
            let database = farley_device::folder::database(&open.folder);
            blocking(move || {
                drop(open);
                Ok(())
            })
            .await?;
            // Calls that were under way hold it a moment longer. When this returns the file is closed.
            for _ in 0..LET_GO_TRIES {
                if is_free(&database) {
                    break;
                }
                sleep(LET_GO_PAUSE).await;
            }
            Ok(())
        })
        .await
    }
}

impl Workspace {
    fn of(folder: &Path, device: Device) -> Result<Arc<Self>, FarleyError> {
        let edited = Arc::new(Notify::new());
        let bell = edited.clone();
        let authors = Arc::new(Authors::default());
        let known = authors.clone();
        let subscription = device.workspace().subscribe(Box::new(move |changed| {
            if changed.records.iter().any(|(_, kind)| kind == "setting") {
                known.forget();
            }
            if changed.outbox {
                bell.notify_one();
            }
        }));
        let open = Arc::new(Open {
            device,
            folder: folder.into(),
            authors,
            edited: edited.clone(),
            _subscription: subscription,
        });
        runtime()?.spawn(count_waiting(Arc::downgrade(&open), edited));
        Ok(Arc::new(Self { open: RwLock::new(Some(open)) }))
    }

    /// What a call works on; it stays open until the call has ended.
    pub(crate) fn open_now(&self) -> Result<Arc<Open>, FarleyError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or_else(|| internal("closed"))
    }
}

/// What stands behind every call.
pub(crate) struct Open {
    device: Device,
    folder: PathBuf,
    authors: Arc<Authors>,
    edited: Arc<Notify>,
    _subscription: Subscription,
}

/// The status counts what waits also while nothing syncs: a person sees the edit in it at once.
async fn count_waiting(open: Weak<Open>, edited: Arc<Notify>) {
    loop {
        edited.notified().await;
        let Some(device) = open.upgrade().map(|open| open.device.clone()) else { return };
        device.refresh().await;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.edited.notify_one();
    }
}

impl Open {
    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    pub(crate) fn workspace(&self) -> &Core {
        self.device.workspace()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn names(&self) -> Result<Names, FarleyError> {
        Ok(self.authors.of(self.workspace())?)
    }

    pub(crate) fn titles(&self, mut ids: Vec<RecordId>) -> Result<Titles, FarleyError> {
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() {
            return Ok(Titles::new());
        }
        let rows = self.workspace().rows_of(&ids)?;
        Ok(rows.into_iter().map(|row| (row.id, row.title)).collect())
    }
}

/// The wall clock: what people see as "typed at".
pub(crate) fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
    };
    Timestamp::from_millis(millis)
}

pub(crate) fn record_id(text: &str) -> Result<RecordId, FarleyError> {
    text.parse().map_err(|_| invalid("id", "bad_value"))
}

fn enrolled(folder: &Path) -> Result<bool, FarleyError> {
    Ok(farley_device::folder::DeviceFile::read(folder)?.is_some_and(|file| file.person.is_some()))
}

fn server(page: Option<&str>, quic: &[String]) -> String {
    page.map(|page| page.trim_start_matches("https://").trim_start_matches("http://"))
        .or(quic.first().map(String::as_str))
        .unwrap_or_default()
        .to_owned()
}
