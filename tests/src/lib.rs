//! Simulation, conformance and end-to-end tests of Farley.

pub mod dictionary;
pub mod model;
