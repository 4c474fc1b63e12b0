//! What the API asks of whoever mounts it.

use farley_core::record::{DeviceId, PersonId, RecordId, Timestamp};
use serde::Serialize;

use crate::problem::Problem;

/// Over which replica the API is mounted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The relay's replica.
    Serve,
    /// A laptop's own replica.
    Desk,
    /// A pretend phone of the demo.
    Phone,
}

/// Who sends a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// Names the browser session; opens nothing.
    pub session: String,
    /// Who.
    pub person: PersonId,
    /// As shown.
    pub name: String,
    /// `admin`, `office` or `field`.
    pub role: String,
    /// Actor of their edits.
    pub author: DeviceId,
    /// Signed in within ten minutes.
    pub fresh: bool,
}

/// How a replica is connected.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Connection {
    /// To the relay; of the relay itself: always.
    pub connected: bool,
    /// "quic" or "websocket".
    pub carrier: Option<String>,
    /// Why it is not connected, or not by QUIC.
    pub reason: Option<String>,
    /// When the relay last answered.
    pub last_contact: Option<Timestamp>,
    /// Records still to come in a first fill.
    pub left_records: u32,
    /// Kept off the network on purpose.
    pub airplane: bool,
    /// Connected devices; office only.
    pub devices_online: Option<u32>,
}

/// What happened outside the workspace.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HostEvent {
    /// A device came or went.
    Device {
        /// Which.
        id: DeviceId,
        /// Came or went.
        connected: bool,
    },
    /// [`Host::connection`] answers something else now.
    Status,
}

/// Services around one replica. Calls may block; they are made off the async threads.
pub trait Host: Send + Sync + 'static {
    /// Over which replica.
    fn mode(&self) -> Mode;
    /// Name of the session cookie, unique among mounts of one origin.
    fn cookie(&self) -> String;
    /// Whether the cookie is `Secure` (not on plain HTTP beyond loopback, where browsers would drop it).
    fn secure(&self) -> bool;
    /// The company's name.
    fn workspace_name(&self) -> String;
    /// Whoever the cookie value `key` stands for.
    fn caller(&self, key: &str) -> Result<Option<Caller>, Problem>;
    /// No admin yet.
    fn needs_setup(&self) -> Result<bool, Problem>;
    /// Cookie value for name and password. `address` is where the request came from.
    fn sign_in(&self, name: &str, password: &str, address: &str) -> Result<String, Problem>;
    /// Cookie value for a one-time link.
    fn sign_in_link(&self, token: &str, address: &str) -> Result<String, Problem>;
    /// Makes the first admin; cookie value.
    fn set_up(&self, token: &str, name: &str, password: &str, address: &str) -> Result<String, Problem>;
    /// Ends the session of the cookie value.
    fn sign_out(&self, key: &str) -> Result<(), Problem>;
    /// How the replica is connected.
    fn connection(&self) -> Connection;
    /// Takes the replica off the network or back.
    fn set_airplane(&self, on: bool) -> Result<(), Problem>;
    /// Connects now.
    fn sync_now(&self) -> Result<(), Problem>;
    /// Whether anything may be written now.
    ///
    /// # Errors
    /// 507 with what to do.
    fn writable(&self) -> Result<(), Problem> {
        Ok(())
    }
    /// Writes down that `by` did `verb`; `reason` names what, without values. Only an office keeps such a book.
    fn audit(&self, _by: &Caller, _verb: &str, _reason: &str) -> Result<(), Problem> {
        Ok(())
    }
    /// News for event streams.
    fn events(&self) -> tokio::sync::broadcast::Receiver<HostEvent>;
    /// People and devices; none over a device's replica.
    fn office(&self) -> Option<&dyn Office>;
}

/// What only the office's server can do. Answers are the JSON of the contract.
pub trait Office: Send + Sync {
    /// Every device.
    fn devices(&self) -> Result<Vec<serde_json::Value>, Problem>;
    /// Shuts one out.
    fn revoke(&self, by: &Caller, device: DeviceId) -> Result<serde_json::Value, Problem>;
    /// A link and QR code to enrol with.
    fn invite(&self, by: &Caller, person: PersonId) -> Result<serde_json::Value, Problem>;
    /// Everybody with an account.
    fn people(&self) -> Result<Vec<serde_json::Value>, Problem>;
    /// One more.
    fn add_person(
        &self,
        by: &Caller,
        name: &str,
        role: &str,
        password: Option<&str>,
    ) -> Result<serde_json::Value, Problem>;
    /// The newest restore while its recovery lasts: what came back, from whom, and who is still missing.
    fn restored(&self) -> Result<Option<serde_json::Value>, Problem>;
    /// What devices brought after being away: (device, since, until, changes, records).
    fn arrivals(&self) -> Result<Vec<(DeviceId, Option<Timestamp>, Timestamp, u64, Vec<RecordId>)>, Problem>;
}
