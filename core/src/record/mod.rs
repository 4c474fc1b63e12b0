//! What a record is, without any CRDT in sight.
//!
//! A record is one flat map from keys to scalars or texts ([`Record`]). People change it with an
//! [`Edit`]; the schema turns an edit into [`Write`]s on keys. A [`Value`] is what one field holds,
//! in exactly one spelling, so that equal values are equal bytes and raise no conflict.
//!
//! Knows nothing about: automerge, SQLite, the schema, the clock.

mod edit;
mod id;
mod scalar;
mod time;
mod value;
mod version;
mod write;

pub use edit::{Edit, EditError, Splice};
pub use id::{ChangeHash, DeviceId, Epoch, Heads, IdError, Nonce, PersonId, RecordId, Stamp, WorkspaceId};
pub use scalar::{Content, Scalar};
pub use time::Timestamp;
pub use value::{
    Address, Entry, Instant, MAX_SCALAR_BYTES, Money, Period, Value, ValueError, ValueType, one_line,
};
pub use version::{Cell, Record, Version};
pub use write::Write;
