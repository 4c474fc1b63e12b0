//! The relay's end: greet whoever opened a carrier.

use std::net::SocketAddr;
use std::sync::Arc;

use farley_core::record::{DeviceId, PersonId, Timestamp, WorkspaceId};
use farley_core::sync::{Bye, ByeReason, Challenge, Enrol, Enrolled, Message, NonceState, PROTOCOL, Proof};
use tokio::time::Instant;

use super::{NOT_BOUND, enrol_text, proof_text, relay_text};
use crate::carrier::{Carrier, CarrierKind, PATIENCE, close_code};
use crate::keys::{PublicKey, RelayKeys, random_bytes};
use crate::wire::{Channel, ChannelError};

/// The relay's list of devices. `device` is called for every proof and must not wait for a disk.
pub trait Registry: Send + Sync + 'static {
    /// The workspace this relay serves.
    fn workspace(&self) -> WorkspaceId;
    /// The device's row as it is now.
    fn device(&self, id: DeviceId) -> Option<RegistryRow>;
    /// Spends the token and inserts the row, ledger and audit, in one transaction; may block. The same token with the
    /// same device id and key answers again for 10 minutes. The request's signature has been checked.
    fn enrol(&self, request: &EnrolRequest) -> Result<Enrolled, EnrolError>;
    /// A signature was good: its handshake costs the address nothing.
    fn proof_verified(&self, _peer: Option<SocketAddr>) {}
    /// A signature was bad, or its device unknown; five a minute close the door to the address.
    fn proof_failed(&self, _peer: Option<SocketAddr>) {}
}

/// What the relay knows of one device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegistryRow {
    /// Whose it is.
    pub person: PersonId,
    /// Checks its proofs.
    pub public_key: PublicKey,
    /// Set: it is out.
    pub revoked: Option<Revocation>,
    /// For `judge` when its `Hello` is read.
    pub nonces: NonceState,
}

/// How a device was put out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Revocation {
    /// `Revoked`, `Wipe`, or `Drain`: then `greet` lets it in and the session takes what it has and sends nothing.
    pub reason: ByeReason,
    /// Signed order, for `Wipe`.
    pub order: Option<Vec<u8>>,
}

/// A new installation asks to be known.
#[derive(Clone, Eq, PartialEq)]
pub struct EnrolRequest {
    /// Of the invitation; compare its SHA-256.
    pub token: [u8; 16],
    /// Made by the device.
    pub device: DeviceId,
    /// Made by the device.
    pub public_key: PublicKey,
    /// Shown to people; at most 64 characters, no control characters.
    pub name: String,
    /// The same, at most 32.
    pub platform: String,
    /// Where it came from.
    pub peer: Option<SocketAddr>,
}

/// Why an enrolment was refused. Travels as close code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum EnrolError {
    #[error("{}", crate::connect::meaning(self.code()))]
    Unknown,
    #[error("{}", crate::connect::meaning(self.code()))]
    Expired,
    #[error("{}", crate::connect::meaning(self.code()))]
    Used,
    #[error("{}", crate::connect::meaning(self.code()))]
    Withdrawn,
    #[error("{}", crate::connect::meaning(self.code()))]
    TooManyTries,
    #[error("{}", crate::connect::meaning(self.code()))]
    TooManyDevices,
    #[error("{}", crate::connect::meaning(self.code()))]
    TooManyEnrolments,
    #[error("{}", crate::connect::meaning(self.code()))]
    DeviceExists,
    #[error("{}", crate::connect::meaning(self.code()))]
    Internal,
}

impl EnrolError {
    /// Its close code.
    pub fn code(self) -> u16 {
        match self {
            Self::Unknown => close_code::TOKEN_UNKNOWN,
            Self::Expired => close_code::TOKEN_EXPIRED,
            Self::Used => close_code::TOKEN_USED,
            Self::Withdrawn => close_code::TOKEN_WITHDRAWN,
            Self::TooManyTries => close_code::TOO_MANY_TRIES,
            Self::TooManyDevices => close_code::TOO_MANY_DEVICES,
            Self::TooManyEnrolments => close_code::TOO_MANY_ENROLMENTS,
            Self::DeviceExists => close_code::DEVICE_EXISTS,
            Self::Internal => ByeReason::Internal as u16,
        }
    }

    /// The error with this close code.
    pub fn from_code(code: u16) -> Option<Self> {
        [
            Self::Unknown,
            Self::Expired,
            Self::Used,
            Self::Withdrawn,
            Self::TooManyTries,
            Self::TooManyDevices,
            Self::TooManyEnrolments,
            Self::DeviceExists,
            Self::Internal,
        ]
        .into_iter()
        .find(|error| error.code() == code)
    }
}

/// A device that has proved who it is.
#[derive(Debug)]
pub struct Authenticated {
    /// Its next message is `Hello`.
    pub channel: Channel,
    /// Who it is.
    pub device: DeviceId,
    /// Its row when it proved itself.
    pub row: RegistryRow,
    /// Equal on all carriers of one wake-up.
    pub attempt: [u8; 16],
    /// `Welcome` must have been said by then, or the channel is closed with code 2.
    pub deadline: Instant,
}

/// How a greeting ended.
#[derive(Debug)]
pub enum Greeted {
    /// Go on with a session.
    Device(Box<Authenticated>),
    /// A new device is known; the connection is closed, it will connect anew.
    Enrolled { device: DeviceId },
    /// Nothing came of it; the connection is closed, with this `Bye` number or close code.
    Refused { device: Option<DeviceId>, code: u16 },
}

/// Greets whoever opened `carrier`. Takes at most 8 s. `unbound` allows proofs without exporter value where this process
/// sees none: behind a reverse proxy, or on loopback.
pub async fn greet(
    carrier: Carrier,
    keys: &RelayKeys,
    registry: &Arc<dyn Registry>,
    unbound: bool,
    now: Timestamp,
) -> Greeted {
    let deadline = Instant::now() + PATIENCE;
    let line = carrier.line.clone();
    let greeting = Greeting { keys, registry, unbound, now, deadline };
    match tokio::time::timeout_at(deadline, greeting.run(Channel::new(carrier))).await {
        Ok(greeted) => greeted,
        Err(_) => {
            line.close(ByeReason::NotEnrolled as u16);
            Greeted::Refused { device: None, code: ByeReason::NotEnrolled as u16 }
        }
    }
}

struct Greeting<'a> {
    keys: &'a RelayKeys,
    registry: &'a Arc<dyn Registry>,
    unbound: bool,
    now: Timestamp,
    deadline: Instant,
}

impl Greeting<'_> {
    async fn run(self, mut channel: Channel) -> Greeted {
        let Ok(challenge) = random_bytes::<32>() else {
            return refuse(channel, None, ByeReason::Internal).await;
        };
        let proof = match self.own_proof(&channel, &challenge) {
            Ok(proof) => proof,
            Err(reason) => return refuse(channel, None, reason).await,
        };
        let hello = Challenge { challenge, protocols: vec![PROTOCOL], now: self.now, proof, next: None };
        if channel.send(&Message::Challenge(hello)).await.is_err() {
            return gone(channel);
        }
        match channel.receive().await {
            Ok(Message::Proof(proof)) => self.check(channel, &challenge, proof).await,
            Ok(Message::Enrol(enrol)) => self.enrol(channel, &challenge, enrol).await,
            Ok(Message::Bye(_)) | Err(ChannelError::Closed(_) | ChannelError::Stuck) => gone(channel),
            Ok(_) => refuse(channel, None, ByeReason::Malformed).await,
            Err(ChannelError::Wire(error)) => refuse(channel, None, error.reason()).await,
        }
    }

    /// The relay's signature, where TLS has not proved its key.
    fn own_proof(&self, channel: &Channel, challenge: &[u8; 32]) -> Result<Option<[u8; 64]>, ByeReason> {
        let line = channel.line();
        if line.kind() == CarrierKind::Quic {
            return Ok(None);
        }
        let binding = match line.exporter() {
            Some(exporter) => exporter,
            None if self.unbound => line.device_nonce().ok_or(ByeReason::Malformed)?,
            None => return Err(ByeReason::NotEnrolled),
        };
        let text = relay_text(&self.keys.public(), &binding, challenge);
        Ok(Some(self.keys.identity().sign(&text)))
    }

    async fn check(self, channel: Channel, challenge: &[u8; 32], proof: Proof) -> Greeted {
        let row = self.registry.device(proof.device);
        // The exporter value is there now: the handshake ended before the proof could be read.
        let exporter = channel.line().exporter();
        let text = proof_text(
            &self.keys.public(),
            self.registry.workspace(),
            proof.device,
            challenge,
            &proof.attempt,
            &exporter.unwrap_or(NOT_BOUND),
        );
        // Without a row the relay's own key stands in: the same work, and nobody else can sign with it.
        let key = row.as_ref().map_or(self.keys.public(), |row| row.public_key);
        let signed = key.verifies(&text, &proof.signature);
        let bound = proof.bound == exporter.is_some() && (proof.bound || self.unbound);
        let peer = channel.line().peer();
        let row = match row {
            Some(row) if signed && bound => row,
            _ => {
                self.registry.proof_failed(peer);
                return refuse(channel, None, ByeReason::NotEnrolled).await;
            }
        };
        self.registry.proof_verified(peer);
        match &row.revoked {
            Some(revocation) if revocation.reason != ByeReason::Drain => {
                let Revocation { reason, order } = revocation.clone();
                let bye = Message::Bye(Bye { reason, after_ms: None, order });
                channel.end(Some(&bye), reason as u16).await;
                Greeted::Refused { device: Some(proof.device), code: reason as u16 }
            }
            _ => {
                channel.line().authenticated();
                Greeted::Device(Box::new(Authenticated {
                    channel,
                    device: proof.device,
                    row,
                    attempt: proof.attempt,
                    deadline: self.deadline,
                }))
            }
        }
    }

    async fn enrol(self, mut channel: Channel, challenge: &[u8; 32], enrol: Enrol) -> Greeted {
        let key = PublicKey(enrol.public_key);
        let exporter = channel.line().exporter();
        let text = enrol_text(
            &self.keys.public(),
            self.registry.workspace(),
            enrol.device,
            &key,
            challenge,
            &exporter.unwrap_or(NOT_BOUND),
        );
        let peer = channel.line().peer();
        if !key.verifies(&text, &enrol.signature) || (exporter.is_none() && !self.unbound) {
            self.registry.proof_failed(peer);
            return refuse(channel, None, ByeReason::NotEnrolled).await;
        }
        let request = EnrolRequest {
            token: enrol.token,
            device: enrol.device,
            public_key: key,
            name: shown(&enrol.name, 64),
            platform: shown(&enrol.platform, 32),
            peer,
        };
        let registry = self.registry.clone();
        let outcome = tokio::task::spawn_blocking(move || registry.enrol(&request)).await;
        match outcome.unwrap_or(Err(EnrolError::Internal)) {
            Ok(enrolled) => {
                let said = channel.send(&Message::Enrolled(enrolled)).await;
                // The device closes when it has read it; not before it is read may we.
                if said.is_ok() {
                    let _ = channel.receive().await;
                }
                channel.end(None, close_code::DONE).await;
                Greeted::Enrolled { device: enrol.device }
            }
            Err(error) => {
                channel.end(None, error.code()).await;
                Greeted::Refused { device: Some(enrol.device), code: error.code() }
            }
        }
    }
}

async fn refuse(channel: Channel, device: Option<DeviceId>, reason: ByeReason) -> Greeted {
    let bye = Message::Bye(Bye { reason, after_ms: None, order: None });
    channel.end(Some(&bye), reason as u16).await;
    Greeted::Refused { device, code: reason as u16 }
}

fn gone(channel: Channel) -> Greeted {
    channel.cut(ByeReason::Leaving as u16);
    Greeted::Refused { device: None, code: ByeReason::Leaving as u16 }
}

/// What a stranger calls itself, fit to be shown.
fn shown(text: &str, characters: usize) -> String {
    text.chars().filter(|character| !character.is_control()).take(characters).collect()
}

impl std::fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolRequest").field("device", &self.device).finish_non_exhaustive()
    }
}
