//! The accounts as the relay sees them.

use std::collections::BTreeSet;
use std::sync::Arc;

use farley_core::record::{DeviceId, RecordId, WorkspaceId};
use farley_core::sync::{ByeReason, Enrolled, NonceState, Seq};
use farley_device::handshake::{EnrolError, EnrolRequest, Registry, RegistryRow, Revocation};
use farley_device::keys::PublicKey;
use tokio::sync::{broadcast, watch};

use crate::accounts::{Accounts, Connected, Enrolment};
use crate::api::HostEvent;
use crate::relay::{Books, Said};

/// Accounts of one workspace, with the channel that tells pages who came and went.
pub struct OfficeBooks {
    pub accounts: Arc<Accounts>,
    pub workspace: WorkspaceId,
    pub name: String,
    pub news: broadcast::Sender<HostEvent>,
    pub recovery: Arc<super::recovery::Recovery>,
    pub disk: Arc<super::disk::Disk>,
    /// Counts changes of the registry.
    pub changes: watch::Sender<u64>,
}

impl Registry for OfficeBooks {
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn device(&self, id: DeviceId) -> Option<RegistryRow> {
        let registry = self.accounts.registry();
        let registry = registry.borrow();
        let device = registry.device(id)?;
        Some(RegistryRow {
            person: device.person,
            public_key: PublicKey(device.key),
            revoked: device.revoked.then_some(Revocation { reason: ByeReason::Revoked, order: None }),
            // Read when `Hello` has come: this call must not wait for a disk.
            nonces: NonceState::default(),
        })
    }

    fn enrol(&self, request: &EnrolRequest) -> Result<Enrolled, EnrolError> {
        let enrolment = Enrolment {
            token: request.token,
            device: request.device,
            key: request.public_key.0,
            name: request.name.clone(),
            platform: request.platform.clone(),
        };
        let address = request.peer.map_or_else(|| "unknown".to_owned(), |peer| peer.ip().to_string());
        let (person, nonce) = self.accounts.enrol(&enrolment, &address).map_err(|error| {
            tracing::info!(device = %request.device, %error, "enrolment refused");
            super::fault::enrol(&error)
        })?;
        let _ = self.news.send(HostEvent::Device { id: request.device, connected: false });
        Ok(Enrolled { person: person.id, workspace_name: self.name.clone(), nonce })
    }
}

impl Books for OfficeBooks {
    fn check(&self, device: DeviceId) -> Result<(), ByeReason> {
        match self.accounts.registry().borrow().device(device) {
            Some(device) if device.revoked => Err(ByeReason::Revoked),
            Some(_) => Ok(()),
            None => Err(ByeReason::NotEnrolled),
        }
    }

    fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn nonces(&self, device: DeviceId) -> Result<NonceState, String> {
        self.accounts.nonces(device).map_err(text)
    }

    fn use_nonces(&self, device: DeviceId, nonces: NonceState) -> Result<(), String> {
        self.accounts.use_nonces(device, nonces).map_err(text)
    }

    fn known(&self) -> BTreeSet<DeviceId> {
        let mut known: BTreeSet<_> = self.accounts.registry().borrow().known().collect();
        // What people edited in the office before a restore comes back from devices too.
        let office = self.accounts.devices().unwrap_or_default();
        known.extend(office.into_iter().filter(|device| device.office).map(|device| device.id));
        known
    }

    fn connected(&self, device: DeviceId, said: &Said) -> Result<i64, String> {
        let facts = Connected {
            carrier: said.carrier.to_owned(),
            app: said.app.clone(),
            pending: said.pending,
            clock_skew_ms: said.clock_skew_ms,
            cursor: said.cursor,
        };
        self.accounts.connected(device, &facts).map_err(text)
    }

    fn brought(&self, connection: i64, changes: u64, records: &[RecordId]) -> Result<(), String> {
        self.accounts.brought(connection, changes, records).map_err(text)
    }

    fn seen(&self, device: DeviceId, cursor: Seq, pending: Option<u32>) -> Result<(), String> {
        self.accounts.progress(device, cursor, pending).map_err(text)
    }

    fn disconnected(&self, device: DeviceId, connection: Option<i64>) -> Result<(), String> {
        match connection {
            Some(connection) => self.accounts.disconnected(device, connection).map_err(text),
            None => Ok(()),
        }
    }

    fn recovered(&self, from: DeviceId, seqs: &[Seq]) -> Result<(), String> {
        self.recovery.brought(from, seqs)
    }

    fn writable(&self) -> bool {
        !self.disk.is_low()
    }

    fn came_or_went(&self, device: DeviceId, connected: bool) {
        let _ = self.news.send(HostEvent::Device { id: device, connected });
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
