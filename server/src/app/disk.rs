//! How much room the data folder's disk has. Below the floor the server reads only: nothing is acknowledged that a
//! full disk might tear.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Free bytes below which nothing is written (transport-security.md 9): SQLite's log and a backup still fit.
pub const FLOOR_BYTES: u64 = 500 * 1024 * 1024;
/// Free part in percent below which nothing is written.
pub const FLOOR_PERCENT: u64 = 5;

/// The disk of one data folder, and what was last seen of it.
pub struct Disk {
    path: PathBuf,
    low: AtomicBool,
}

impl Disk {
    /// Looks at once.
    pub fn of(path: &Path) -> Self {
        let disk = Self { path: path.to_owned(), low: AtomicBool::new(false) };
        let _ = disk.look();
        disk
    }

    /// Measures; what is wrong, if there is too little room. A disk that cannot be measured counts as good: writing
    /// will say what is wrong with it.
    pub fn look(&self) -> Result<(), String> {
        let result = room(&self.path).map_or(Ok(()), |(free, total)| enough(free, total));
        if self.low.swap(result.is_err(), Ordering::AcqRel) != result.is_err() {
            match &result {
                Err(why) => tracing::error!(why, "the server reads only until there is room"),
                Ok(()) => tracing::info!("there is room again; the server writes"),
            }
        }
        result
    }

    /// Whether the last look found too little room.
    pub fn is_low(&self) -> bool {
        self.low.load(Ordering::Acquire)
    }

    /// Free bytes, if they can be measured.
    pub fn free(&self) -> Option<u64> {
        room(&self.path).map(|(free, _)| free)
    }
}

fn enough(free: u64, total: u64) -> Result<(), String> {
    if free < FLOOR_BYTES {
        return Err(format!("{} MB free, at least {} MB are needed", free >> 20, FLOOR_BYTES >> 20));
    }
    if u128::from(free) * 100 < u128::from(total) * u128::from(FLOOR_PERCENT) {
        return Err(format!("less than {FLOOR_PERCENT} % of the disk is free"));
    }
    Ok(())
}

/// Free bytes for us, and all bytes.
#[cfg(unix)]
fn room(path: &Path) -> Option<(u64, u64)> {
    let facts = rustix::fs::statvfs(path).ok()?;
    Some((facts.f_bavail.saturating_mul(facts.f_frsize), facts.f_blocks.saturating_mul(facts.f_frsize)))
}

#[cfg(not(unix))]
fn room(_: &Path) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_percent_and_five_hundred_megabytes_are_enough_and_a_byte_less_is_not() {
        let large = 100 * FLOOR_BYTES;
        assert_eq!(enough(large / 100 * FLOOR_PERCENT, large), Ok(()));
        assert!(enough(large / 100 * FLOOR_PERCENT - 1, large).unwrap_err().contains("5 %"));
        assert_eq!(enough(FLOOR_BYTES, 2 * FLOOR_BYTES), Ok(()));
        assert!(enough(FLOOR_BYTES - 1, 2 * FLOOR_BYTES).unwrap_err().contains("499 MB free"));
        assert!(room(Path::new("/")).is_some_and(|(free, total)| total >= free && total > 0));
        assert!(
            !Disk::of(Path::new("/no/such/folder")).is_low(),
            "what cannot be measured is left to the writer"
        );
    }
}
