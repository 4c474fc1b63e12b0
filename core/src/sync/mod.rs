//! Sync between one device and the relay, with the IO taken out.

mod entry;

pub use entry::{
    DeviceFacts, Entry, EpochStart, FillPage, Form, Outgoing, Page, Received, RelayFacts, Seq, Verdict,
};
