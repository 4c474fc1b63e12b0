//! Whole devices against a relay on real sockets: real workspaces, real sessions, both carriers.

mod live;
mod rig;
mod trouble;
