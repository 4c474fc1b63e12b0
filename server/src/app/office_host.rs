//! The API's host over the relay's replica.

use std::sync::Arc;

use farley_core::record::{DeviceId, PersonId, RecordId, Timestamp};
use farley_core::workspace::Workspace;
use farley_device::keys::RelayKeys;
use farley_device::link::EnrolLink;
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::accounts::{Accounts, Device, Role, Use};
use crate::api::{Caller, Connection, Host, HostEvent, Mode, Office};
use crate::problem::Problem;
use crate::relay::Relay;

/// Arrivals in one answer.
const ARRIVALS: u32 = 100;

pub struct OfficeHost {
    pub accounts: Arc<Accounts>,
    pub workspace: Arc<Workspace>,
    pub relay: Arc<Relay>,
    pub name: String,
    pub news: broadcast::Sender<HostEvent>,
    pub secure: bool,
    pub demo: bool,
    pub links: Links,
    pub disk: Arc<super::disk::Disk>,
    pub recovery: Arc<super::recovery::Recovery>,
}

/// What invitation links say.
#[derive(Clone)]
pub struct Links {
    pub keys: Arc<RelayKeys>,
    pub quic: Vec<String>,
    pub page: Option<String>,
    /// SHA-256 of the page's certificate, where it is not from a public authority.
    pub certificate: Option<[u8; 32]>,
}

impl Links {
    pub fn link(&self, workspace: farley_core::record::WorkspaceId, token: [u8; 16]) -> EnrolLink {
        EnrolLink {
            relay: self.keys.public(),
            next: None,
            workspace,
            token,
            quic: self.quic.clone(),
            page: self.page.clone(),
            certificate: self.certificate,
        }
    }
}

impl Host for OfficeHost {
    fn mode(&self) -> Mode {
        Mode::Serve
    }
    fn cookie(&self) -> String {
        if self.secure { "__Host-farley".into() } else { "farley-session".into() }
    }
    fn secure(&self) -> bool {
        self.secure
    }
    fn workspace_name(&self) -> String {
        self.name.clone()
    }
    fn caller(&self, key: &str) -> Result<Option<Caller>, Problem> {
        Ok(self.accounts.session(key)?.map(|session| Caller {
            session: session.id,
            person: session.person,
            name: session.name,
            role: session.role.name().to_owned(),
            author: session.author,
            fresh: session.fresh || self.demo,
        }))
    }
    fn needs_setup(&self) -> Result<bool, Problem> {
        Ok(!self.demo && !self.accounts.has_admin()?)
    }
    fn sign_in(&self, name: &str, password: &str, address: &str) -> Result<String, Problem> {
        Ok(self.accounts.sign_in(name, password, address)?.0)
    }
    fn sign_in_link(&self, token: &str, address: &str) -> Result<String, Problem> {
        Ok(self.accounts.sign_in_link(token, address)?.0)
    }
    fn set_up(&self, token: &str, name: &str, password: &str, address: &str) -> Result<String, Problem> {
        Ok(self.accounts.set_up(token, name, password, address)?.1.0)
    }
    fn sign_out(&self, key: &str) -> Result<(), Problem> {
        Ok(self.accounts.sign_out(key)?)
    }
    fn connection(&self) -> Connection {
        Connection {
            connected: true,
            devices_online: Some(self.relay.online() as u32),
            ..Connection::default()
        }
    }
    fn set_airplane(&self, _on: bool) -> Result<(), Problem> {
        Err(Problem::new(409, "no_airplane", "Only a phone has an airplane switch."))
    }
    fn sync_now(&self) -> Result<(), Problem> {
        Err(Problem::new(409, "is_office", "This is the office itself."))
    }
    fn events(&self) -> broadcast::Receiver<HostEvent> {
        self.news.subscribe()
    }
    fn writable(&self) -> Result<(), Problem> {
        if !self.disk.is_low() {
            return Ok(());
        }
        let text = "The server's disk is almost full, so that nothing is saved now; what is there can be read. Free some space.";
        Err(Problem::new(507, "disk_low", text).after(10))
    }
    fn audit(&self, by: &Caller, verb: &str, reason: &str) -> Result<(), Problem> {
        Ok(self.accounts.audit(Some(by.person), verb, &[], reason)?)
    }
    fn office(&self) -> Option<&dyn Office> {
        Some(self)
    }
}

impl Office for OfficeHost {
    fn devices(&self) -> Result<Vec<Value>, Problem> {
        let head = self.workspace.head()?;
        let devices = self.accounts.devices()?.into_iter().filter(|device| !device.office);
        Ok(devices.map(|device| self.device_json(&device, head)).collect())
    }
    fn revoke(&self, by: &Caller, device: DeviceId) -> Result<Value, Problem> {
        let device = self.accounts.revoke(device, Some(by.person))?;
        let _ = self.news.send(HostEvent::Device { id: device.id, connected: false });
        Ok(self.device_json(&device, self.workspace.head()?))
    }
    fn invite(&self, by: &Caller, person: PersonId) -> Result<Value, Problem> {
        let invitation = self.accounts.invite(person, Use::InPerson, Some(by.person))?;
        let link = self.links.link(self.workspace.id(), invitation.token);
        let svg = link.qr_svg().map_err(Problem::internal)?;
        Ok(json!({"link": link.link(), "qr_svg": svg, "expires": invitation.expires, "code": null}))
    }
    fn people(&self) -> Result<Vec<Value>, Problem> {
        Ok(self.accounts.people()?.into_iter().map(|person| json!(person)).collect())
    }
    fn add_person(
        &self,
        by: &Caller,
        name: &str,
        role: &str,
        password: Option<&str>,
    ) -> Result<Value, Problem> {
        let role = Role::parse(role).ok_or_else(|| {
            let text = "A role is admin, office or field.";
            Problem::bad("bad_role", text).at("/role", "bad_role", text)
        })?;
        Ok(json!(self.accounts.add_person(name, role, password, Some(by.person))?))
    }
    fn restored(&self) -> Result<Option<Value>, Problem> {
        self.recovery.write().map_err(Problem::internal)?;
        Ok(self.accounts.restore_report()?.map(|report| json!(report)))
    }
    fn arrivals(&self) -> Result<Vec<(DeviceId, Option<Timestamp>, Timestamp, u64, Vec<RecordId>)>, Problem> {
        let arrivals = self.accounts.arrivals(ARRIVALS)?.into_iter();
        Ok(arrivals.map(|one| (one.device, one.from, one.until, one.changes, one.records)).collect())
    }
}

impl OfficeHost {
    fn device_json(&self, device: &Device, head: u64) -> Value {
        let carrier = self.relay.carrier(device.id);
        let mut json = json!(device);
        json["connected"] = json!(carrier.is_some());
        json["carrier"] = json!(carrier);
        json["behind"] = json!(head.saturating_sub(device.cursor));
        json
    }
}
