//! Who is there: challenge, proof, enrolment (transport-security.md 3.2 and 3.4). Both ends, both carriers.
//!
//! 1. The relay sends a `Challenge`; where TLS has not proved its key, with its signature.
//! 2. The device answers `Proof`, or `Enrol` with the token of its invitation.
//! 3. Every signature covers the exporter value of this very connection, if both ends see one: a proof can
//!    neither be replayed nor passed on.
//!
//! A stranger learns nothing: unknown workspace, unknown device and bad signature are the same answer after the same work.

use farley_core::record::{DeviceId, WorkspaceId};

mod device;
mod relay;

#[cfg(test)]
mod tests;

pub use device::{HandshakeError, Proved, enrol, prove};
pub use relay::{Authenticated, EnrolError, EnrolRequest, Greeted, Registry, RegistryRow, Revocation, greet};

use crate::keys::PublicKey;

/// What a device's `Proof` signs. `exporter` is zeros if the proof is not bound.
fn proof_text(
    relay: &PublicKey,
    workspace: WorkspaceId,
    device: DeviceId,
    challenge: &[u8; 32],
    attempt: &[u8; 16],
    exporter: &[u8; 32],
) -> Vec<u8> {
    [b"farley proof 1", &relay.0[..], &workspace.0, &device.0, challenge, attempt, exporter].concat()
}

/// What a device's `Enrol` signs.
fn enrol_text(
    relay: &PublicKey,
    workspace: WorkspaceId,
    device: DeviceId,
    key: &PublicKey,
    challenge: &[u8; 32],
    exporter: &[u8; 32],
) -> Vec<u8> {
    [b"farley enrol 1", &relay.0[..], &workspace.0, &device.0, &key.0, challenge, exporter].concat()
}

/// What the relay's own proof signs. `binding` is the exporter value, or the device's nonce.
fn relay_text(relay: &PublicKey, binding: &[u8; 32], challenge: &[u8; 32]) -> Vec<u8> {
    [b"farley relay 1", &relay.0[..], binding, challenge].concat()
}

/// What the relay's key signs about its successor.
fn next_text(next: &PublicKey) -> Vec<u8> {
    [b"farley next 1", &next.0[..]].concat()
}

const NOT_BOUND: [u8; 32] = [0; 32];
