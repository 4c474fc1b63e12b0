//! The API's host over a device's replica: a laptop (`farley desk`) or a pretend phone (`farley demo`).
//!
//! Signed in by a one-time link; sessions live in memory and end with the process, which prints a new link.

use std::collections::BTreeMap;
use std::sync::Mutex;

use farley_core::record::RecordId;
use farley_device::device::Device;
use tokio::sync::broadcast;

use crate::api::{Caller, Connection, Host, HostEvent, Mode, Office};
use crate::clock::{self, DAY, HOUR, hex, random, sha256};
use crate::problem::Problem;

pub struct DeviceHost {
    device: Device,
    mode: Mode,
    /// Distinguishes the mounts of one origin.
    name: String,
    /// SHA-256 of the link's token, until it is used.
    link: Mutex<Option<[u8; 32]>>,
    /// SHA-256 of a session's key, to when it began and was used last.
    sessions: Mutex<BTreeMap<[u8; 32], (i64, i64)>>,
    news: broadcast::Sender<HostEvent>,
}

impl DeviceHost {
    /// Needs a tokio runtime: it passes the device's status on.
    pub fn new(device: Device, mode: Mode, name: &str, stop: tokio_util::sync::CancellationToken) -> Self {
        let news = broadcast::Sender::new(64);
        let (tell, mut status) = (news.clone(), device.watch());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = status.changed() => if changed.is_err() { return },
                }
                let _ = tell.send(HostEvent::Status);
            }
        });
        Self { device, mode, name: name.to_owned(), link: Mutex::default(), sessions: Mutex::default(), news }
    }

    /// Token of a new one-time link; an older one is void.
    pub fn link(&self) -> String {
        let token = hex(&random::<32>());
        *lock(&self.link) = Some(sha256(token.as_bytes()));
        token
    }

    fn person(&self) -> (farley_core::record::PersonId, String) {
        let person = self.device.file().person.unwrap_or(farley_core::record::PersonId([0; 16]));
        let record = self.device.workspace().record(RecordId::from(person));
        (person, record.map(|page| page.view.title).unwrap_or_default())
    }
}

impl Host for DeviceHost {
    fn mode(&self) -> Mode {
        self.mode
    }
    fn cookie(&self) -> String {
        format!("__Host-farley-{}", self.name)
    }
    fn secure(&self) -> bool {
        true
    }
    fn workspace_name(&self) -> String {
        self.device.file().workspace_name
    }
    fn caller(&self, key: &str) -> Result<Option<Caller>, Problem> {
        let hash = sha256(key.as_bytes());
        let now = clock::now().millis();
        let mut sessions = lock(&self.sessions);
        sessions.retain(|_, (began, used)| now - *used <= 12 * HOUR && now - *began <= 7 * DAY);
        let Some((_, used)) = sessions.get_mut(&hash) else { return Ok(None) };
        *used = now;
        drop(sessions);
        let (person, name) = self.person();
        let author = self.device.workspace().device();
        Ok(Some(Caller { session: hex(&hash), person, name, role: "field".into(), author, fresh: true }))
    }
    fn needs_setup(&self) -> Result<bool, Problem> {
        Ok(false)
    }
    fn sign_in(&self, _name: &str, _password: &str, _address: &str) -> Result<String, Problem> {
        Err(Problem::new(
            401,
            "bad_credentials",
            "This page opens with the link that was printed at its start.",
        ))
    }
    fn sign_in_link(&self, token: &str, _address: &str) -> Result<String, Problem> {
        let mut link = lock(&self.link);
        if *link != Some(sha256(token.as_bytes())) {
            return Err(Problem::new(
                401,
                "link_unknown",
                "This link is not known or was used; start again for a new one.",
            ));
        }
        *link = None;
        let key = hex(&random::<32>());
        let now = clock::now().millis();
        lock(&self.sessions).insert(sha256(key.as_bytes()), (now, now));
        Ok(key)
    }
    fn set_up(&self, _token: &str, _name: &str, _password: &str, _address: &str) -> Result<String, Problem> {
        Err(Problem::new(409, "needs_office", "This needs the office's server."))
    }
    fn sign_out(&self, key: &str) -> Result<(), Problem> {
        lock(&self.sessions).remove(&sha256(key.as_bytes()));
        Ok(())
    }
    fn connection(&self) -> Connection {
        let status = self.device.status();
        Connection {
            connected: status.connected,
            carrier: status
                .carrier
                .and_then(|kind| serde_json::to_value(kind).ok()?.as_str().map(str::to_owned)),
            reason: status.locked.map(|locked| locked.text().to_owned()).or(status.reason),
            last_contact: status.last_contact,
            left_records: status.left_records,
            airplane: status.airplane,
            devices_online: None,
        }
    }
    fn set_airplane(&self, on: bool) -> Result<(), Problem> {
        self.device.set_airplane(on);
        Ok(())
    }
    fn sync_now(&self) -> Result<(), Problem> {
        self.device.sync_now();
        Ok(())
    }
    fn events(&self) -> broadcast::Receiver<HostEvent> {
        self.news.subscribe()
    }
    fn office(&self) -> Option<&dyn Office> {
        None
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
