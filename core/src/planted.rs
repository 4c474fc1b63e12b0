//! Deliberate breakages for the simulation (sync.md section 20).

/// Whether breakage `n` is switched on.
pub const fn on(_n: u8) -> bool {
    false
}
