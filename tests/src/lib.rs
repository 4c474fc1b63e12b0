//! Simulation, conformance and end-to-end tests of Farley.

pub mod model;
