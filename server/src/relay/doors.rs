//! Who may knock: limits by network prefix before anybody has proved anything (transport-security.md 1.6).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Handshakes a prefix may have open-ended; a proof gives its own back.
const HANDSHAKES: f64 = 200.0;
/// Handshakes a prefix gets back per second: 20 a minute.
const REFILL: f64 = 20.0 / 60.0;
/// Bad signatures within a minute that close the door, and for how long.
const FAILURES: u32 = 5;
/// See [`FAILURES`].
const CLOSED: Duration = Duration::from_secs(600);
/// Handshakes in work from which strangers must prove their address.
const CROWD: usize = 50;
/// Prefixes remembered; the quiet ones are forgotten first.
const PREFIXES: usize = 10_000;

/// The doors of one relay.
#[derive(Default)]
pub struct Doors {
    prefixes: Mutex<HashMap<[u8; 7], Prefix>>,
    pending: Arc<AtomicUsize>,
}

struct Prefix {
    left: f64,
    at: Instant,
    failures: u32,
    failing_since: Instant,
    closed_until: Option<Instant>,
}

/// A handshake in work, until dropped.
pub struct Pending(Arc<AtomicUsize>);

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Doors {
    /// Whether a connection from `address` may begin its handshake.
    pub fn knock(&self, address: IpAddr) -> bool {
        self.with(address, |prefix, now| {
            if prefix.closed_until.is_some_and(|until| now < until) || prefix.left < 1.0 {
                return false;
            }
            prefix.left -= 1.0;
            true
        })
    }

    /// A good signature: its handshake cost nothing.
    pub fn proved(&self, address: IpAddr) {
        self.with(address, |prefix, _| prefix.left = (prefix.left + 1.0).min(HANDSHAKES));
    }

    /// A bad signature, or an unknown device.
    pub fn failed(&self, address: IpAddr) {
        self.with(address, |prefix, now| {
            if now.duration_since(prefix.failing_since) > Duration::from_secs(60) {
                (prefix.failures, prefix.failing_since) = (0, now);
            }
            prefix.failures += 1;
            if prefix.failures >= FAILURES {
                prefix.closed_until = Some(now + CLOSED);
            }
        });
    }

    /// A handshake begins.
    pub fn enter(&self) -> Pending {
        self.pending.fetch_add(1, Ordering::Relaxed);
        Pending(self.pending.clone())
    }

    /// So many handshakes are in work that strangers must prove their address first.
    pub fn crowded(&self) -> bool {
        self.pending.load(Ordering::Relaxed) > CROWD
    }

    fn with<T>(&self, address: IpAddr, work: impl FnOnce(&mut Prefix, Instant) -> T) -> T {
        let now = Instant::now();
        let mut prefixes = self.prefixes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if prefixes.len() >= PREFIXES {
            prefixes.retain(|_, prefix| now.duration_since(prefix.at) < CLOSED);
        }
        let fresh =
            || Prefix { left: HANDSHAKES, at: now, failures: 0, failing_since: now, closed_until: None };
        let prefix = prefixes.entry(prefix_of(address)).or_insert_with(fresh);
        prefix.left = (prefix.left + now.duration_since(prefix.at).as_secs_f64() * REFILL).min(HANDSHAKES);
        prefix.at = now;
        work(prefix, now)
    }
}

/// /24 of IPv4, /56 of IPv6.
fn prefix_of(address: IpAddr) -> [u8; 7] {
    let mut prefix = [0; 7];
    match address.to_canonical() {
        IpAddr::V4(address) => prefix[..3].copy_from_slice(&address.octets()[..3]),
        IpAddr::V6(address) => prefix.copy_from_slice(&address.octets()[..7]),
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_phones_of_one_office_come_back_but_a_flood_does_not() {
        let doors = Doors::default();
        let office: IpAddr = "203.0.113.7".parse().unwrap();
        for _ in 0..1_000 {
            assert!(doors.knock(office));
            doors.proved(office);
        }
        let flood: IpAddr = "198.51.100.1".parse().unwrap();
        assert_eq!((0..300).filter(|_| doors.knock(flood)).count(), 200);
        assert!(!doors.knock("198.51.100.77".parse().unwrap()), "the whole /24 is one");
        assert!(doors.knock(office));
    }

    #[test]
    fn five_bad_signatures_close_the_door() {
        let doors = Doors::default();
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        for _ in 0..4 {
            doors.failed(address);
        }
        assert!(doors.knock(address));
        doors.failed(address);
        assert!(!doors.knock(address));
    }
}
