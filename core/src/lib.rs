//! Farley's shared core: what a phone, the office's server, a laptop and the simulation have in common.
//!
//! It keeps customers' records on one replica's disk, takes edits, merges what others wrote, answers lists and
//! searches, and says in which order to talk to the relay. It owns no loop. Whoever embeds it is a *driver* and
//! writes two.
//!
//! **People's loop**, over a [`workspace::Workspace`]:
//!
//! 1. `subscribe`, so that a commit between the next two steps wakes somebody;
//! 2. read: `page` (lists and searches), `record`, `history`, `conflicts`; nothing of it waits for the writer;
//! 3. write: `edit`, `settle`, `undo`. `Ok` means on the disk, and the outbox holds it;
//! 4. told that records changed: read them again. When nobody waits: `tidy`.
//!
//! **Sync's loop**, over a [`sync::DeviceSession`] (on the relay a [`sync::RelaySession`]):
//!
//! 1. report what happened: a message came, time passed, something was committed (`handle_*`);
//! 2. carry out every effect of `poll_effect`, in order, each finished before the next; an effect that touches the
//!    disk is one method of `Workspace`;
//! 3. sleep until `poll_timeout`, or until something happens.
//!
//! A driver may be killed between any two steps of either loop. It opens the workspace, starts a new session, and
//! goes on from what is on the disk.
//!
//! | Module | Holds |
//! |---|---|
//! | [`record`] | what a record is: keys, values, edits, ids; nothing of ours below it |
//! | [`schema`] | kinds and fields as data; an edit becomes writes on keys, keys become typed fields |
//! | [`document`] | a record as an Automerge document, and the gate; the only place that knows automerge |
//! | [`index`] | what lists, filters and search need of a record, derived and disposable |
//! | [`query`] | filter, sort, group and search as data, compiled to SQL text |
//! | [`interop`] | vCard and CSV, in and out |
//! | [`store`] | one SQLite file: log, snapshots, index; the only place that knows SQLite |
//! | [`sync`] | messages, frames and both ends of a session, with the IO taken out |
//! | [`workspace`] | joins them: the one way in for edits and for foreign changes |
//! | [`planted`] | switches that break the product on purpose, absent unless compiled in |
//!
//! Deliberately absent: a clock (`now` is an argument), dice (randomness comes in through
//! [`workspace::WorkspaceOptions`]), sockets and tokio, threads that outlive a call, accounts and access rules,
//! languages of the screen other than the schema's labels. That is what lets a whole company of devices be
//! simulated from one seed.

#![warn(missing_docs)]

pub mod document;
pub mod index;
pub mod interop;
pub mod planted;
pub mod query;
pub mod record;
pub mod schema;
pub mod store;
pub mod sync;
pub mod workspace;
