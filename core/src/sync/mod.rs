//! Sync between one device and the relay, with the IO taken out.
//!
//! The driver owns socket, clock and store; a session owns the order of things. Each turn:
//!
//! 1. report what happened with `handle_*`;
//! 2. carry out every effect that `poll_effect` hands out, in order, until it returns `None`;
//! 3. sleep until `poll_timeout`, or until something happens.
//!
//! A session keeps nothing that must survive. Drop one between any two effects and the next goes on
//! from the store, where the outbox is "entries without a seq" and the cursor is a number.
//!
//! [`Wire`] turns messages into frames and back; [`Backoff`] says when to try again; [`judge`] tells an
//! original from its copy.
//!
//! Not here: automerge, SQLite, the network. Entries are ids and opaque bytes.

mod backoff;
mod cbor;
mod codec;
mod columns;
mod device;
pub mod dictionary;
mod entry;
mod frame;
mod lineage;
mod message;
mod nonce;
mod pieces;
mod relay;

#[cfg(test)]
mod tests;

pub use backoff::Backoff;
pub use device::{DeviceEffect, DeviceSession, EffectId, GREETING_MS, MAX_PAGES, Progress, STALLED_MS};
pub use entry::{
    DeviceFacts, Entry, EpochStart, FillPage, Form, Outgoing, Page, Received, RelayFacts, Seq, Verdict,
};
pub use frame::{FrameDecoder, FrameEncoder, MAX_FRAME, MAX_FRAME_GREETING, Wire, WireError};
pub use lineage::cut;
pub use message::*;
pub use nonce::{Judgement, NonceState, hmac_sha256, judge, used};
pub use relay::{
    NOT_READING_MS, PUSHES_PER_MINUTE, RelayEffect, RelayOptions, RelaySession, WANTS_PER_MINUTE,
};
