//! A live Farley device: keys, enrolment, carriers and the sync loop. Tokio lives here.
//!
//! Who wants a device holds a [`device::Device`]: a folder with a workspace, kept in touch with the office.
//!
//! The relay shares the lower half: [`quic`] and [`ws_bytes`] make a [`carrier::Carrier`] of a connection,
//! [`handshake::greet`] finds out who is there, and a [`wire::Channel`] carries the session's messages.
//!
//! What always holds: nothing is sent before it is committed here; effects of a session are carried out in order;
//! a device that was refused by name (revoked, cloned) is locked and never tries again by itself.
//!
//! Not here: what is in a message (`farley_core::sync`), what a record is, accounts.

pub mod carrier;
pub mod connect;
pub mod device;
pub mod encoding;
mod engine;
pub mod folder;
pub mod handshake;
pub mod keys;
pub mod link;
pub mod quic;
pub mod race;
pub mod secrets;
mod session;
pub mod status;
pub mod tls;
pub mod wire;
mod worker;
pub mod ws;
pub mod ws_bytes;

#[cfg(test)]
mod tests;
