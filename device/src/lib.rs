//! A live Farley device: keys, enrolment, carriers and the sync loop.
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
mod session;
pub mod status;
pub mod tls;
pub mod wire;
mod worker;
pub mod ws;
pub mod ws_bytes;

#[cfg(test)]
mod tests;
