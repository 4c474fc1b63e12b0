//! A live Farley device: keys, enrolment, carriers and the sync loop.
pub mod encoding;
pub mod keys;
pub mod link;
