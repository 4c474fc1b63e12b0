//! The only place that knows automerge: create, edit, merge, read, conflicts, history, and the gate.
//!
//! A [`Document`] is one record, loaded: a flat map from keys to scalars and texts with all its history.
//!
//! 1. `create` or `load` it, `edit` it, put the returned [`Change`]s into the log.
//! 2. A change of somebody else passes `gate::check_bytes`, `gate::Ledger::check` and `gate::trial`, in that
//!    order; the trial returns the document with the change in it.
//! 3. `read` shows what stands, with every concurrent value; `history` tells who wrote what.
//!
//! Always: an edit is made on a copy which replaces the document only when it succeeded, so that a panic inside
//! automerge costs one edit and no document; every change made here would pass part A of the gate; the winner of a
//! key is the same on every replica. All of it wants 8 MiB of stack.
//!
//! Knows nothing about: the schema, SQLite, the clock, who may write what.

mod branch;
mod create;
mod edit;
mod engine;
pub mod gate;
mod history;
mod late;
mod loaded;
mod origin;
mod plan;
mod read;
mod removal;
mod text;

pub use loaded::{Change, Document, DocumentError, Step};

#[cfg(test)]
mod tests;
