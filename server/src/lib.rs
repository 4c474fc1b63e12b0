//! The Farley server: relay, record API, accounts and the office page in one process.
//!
//! Rooms stand side by side and do not import each other; [`app`] joins them:
//!
//! - [`accounts`]: people, sessions, links, invitations, the device registry, audit, ledger;
//! - [`api`]: the record API as a function of a `Workspace` and a [`api::Host`];
//! - [`relay`]: drives `RelaySession` over QUIC and WebSocket;
//! - [`page`]: the office page, embedded;
//! - [`jobs`]: periodic upkeep;
//! - [`app`]: `serve`, `desk`, `mount`, and what `farley admin` does beside a running server.
//!
//! [`clock`] is the one place that reads the time, [`problem`] the one form of errors over HTTP.

pub mod accounts;
pub mod api;
pub mod app;
pub mod clock;
pub mod jobs;
pub mod page;
pub mod problem;
pub mod relay;
