//! Time and dice of the server. Everything else takes them as arguments or asks here.

use farley_core::record::Timestamp;
use rand::TryRngCore;
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds of a minute, an hour, a day.
pub const MINUTE: i64 = 60_000;
/// See [`MINUTE`].
pub const HOUR: i64 = 60 * MINUTE;
/// See [`MINUTE`].
pub const DAY: i64 = 24 * HOUR;

/// Now, by this computer's clock.
pub fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |millis| -millis),
    };
    Timestamp::from_millis(millis)
}

/// `N` bytes from the operating system's generator.
///
/// # Panics
/// If the operating system has no randomness: nothing here would be safe then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// The generator that workspaces of this process are opened with.
pub fn generator() -> Box<dyn rand::RngCore + Send> {
    use rand::SeedableRng;
    Box::new(rand::rngs::StdRng::from_seed(random()))
}

/// `bytes` in lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().try_into().expect("SHA-256 has 32 bytes")
}
