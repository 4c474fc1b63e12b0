//! Simulation, conformance and benches of Farley: one seed, a company of devices, power cuts included.

pub mod dictionary;
pub mod disk;
pub mod model;
pub mod vfs;
