//! Simulation, conformance and benches of Farley: one seed, a company of devices, power cuts included.
//!
//! | Part | What it is |
//! |---|---|
//! | [`disk`], [`vfs`] | a disk that loses and tears what was not synced, under SQLite |
//! | [`model`] | tier A: real sessions over stores made of maps |
//! | [`plan`] | what happens in a run of the full stack, one line after the other |
//! | [`node`], [`world`] | tiers B and C: real workspaces and sessions, virtual time |
//! | `check`, `edits` | the invariants of sync.md section 18; what people do |
//! | [`shrink`], [`run`] | a failing run: kept, made short, replayed |

mod carry;
mod check;
pub mod disk;
mod edits;
pub mod hunt;
pub mod model;
pub mod node;
pub mod plan;
pub mod run;
pub mod shrink;
pub mod stats;
pub mod vfs;
pub mod world;
