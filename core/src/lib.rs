//! Farley's shared core.
pub mod document;
pub mod index;
pub mod interop;
pub mod planted;
pub mod query;
pub mod record;
pub mod rules;
pub mod schema;
pub mod store;
pub mod sync;
pub mod workspace;
