//! A live Farley device: keys, enrolment, carriers and the sync loop.
pub mod carrier;
pub mod connect;
pub mod encoding;
pub mod handshake;
pub mod keys;
pub mod link;
pub mod quic;
pub mod race;
pub mod tls;
pub mod wire;
pub mod ws;
pub mod ws_bytes;
