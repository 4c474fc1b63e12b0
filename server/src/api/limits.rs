//! How much one browser session may ask, and how often a person may take everything out.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::Caller;
use crate::problem::Problem;

/// Requests a session may send at once: eight tabs that scroll and refresh together stay below.
pub const BURST: u32 = 1_000;
/// Requests a session gets back per second: 6,000 a minute.
pub const REFILL: u32 = 100;
/// Full exports of a day and person.
pub const EXPORTS: u32 = 3;
/// One more export after this.
const EXPORT_EVERY: Duration = Duration::from_secs(24 * 3_600 / EXPORTS as u64);

/// The limits of one mounted API.
pub struct Limits {
    sessions: DefaultKeyedRateLimiter<String>,
    exports: DefaultKeyedRateLimiter<[u8; 16]>,
}

impl Default for Limits {
    fn default() -> Self {
        let count = |number: u32| NonZeroU32::new(number).expect("limits are not zero");
        let exports = Quota::with_period(EXPORT_EVERY).expect("a day has seconds");
        Self {
            sessions: RateLimiter::keyed(Quota::per_second(count(REFILL)).allow_burst(count(BURST))),
            exports: RateLimiter::keyed(exports.allow_burst(count(EXPORTS))),
        }
    }
}

impl Limits {
    /// Counts one request of the session.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn request(&self, session: &str) -> Result<(), Problem> {
        // Sessions end; their counters must not stay for ever.
        if self.sessions.len() > 10_000 {
            self.sessions.retain_recent();
        }
        self.sessions.check_key(&session.to_owned()).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now()).as_secs().max(1);
            Problem::new(429, "too_many_requests", "This session asks too much; go on after a moment.")
                .after(wait)
        })
    }

    /// Counts one full export of the person.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn export(&self, caller: &Caller) -> Result<(), Problem> {
        self.exports.check_key(&caller.person.0).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now()).as_secs().max(1);
            let text =
                format!("A person may export everything {EXPORTS} times a day; filter the list, or wait.");
            Problem::new(429, "too_many_exports", text).after(wait)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use farley_core::record::{DeviceId, PersonId};

    #[test]
    fn a_session_may_ask_a_thousand_times_at_once_and_another_one_does_not_notice() {
        let limits = Limits::default();
        let taken = (0..BURST).filter(|_| limits.request("a").is_ok()).count();
        assert_eq!(taken, BURST as usize);
        // A few come back while the loop runs; without them the next hundred would all be refused.
        let refused = (0..2 * BURST).filter_map(|_| limits.request("a").err()).next().unwrap();
        assert_eq!((refused.status.as_u16(), refused.retry_after), (429, Some(1)));
        assert!(limits.request("b").is_ok());
    }

    #[test]
    fn the_fourth_full_export_of_a_day_waits_for_hours() {
        let limits = Limits::default();
        let person = |id: u8| Caller {
            session: "s".into(),
            person: PersonId([id; 16]),
            name: "x".into(),
            role: "admin".into(),
            author: DeviceId([0; 16]),
            fresh: true,
        };
        for _ in 0..EXPORTS {
            limits.export(&person(1)).unwrap();
        }
        let refused = limits.export(&person(1)).unwrap_err();
        assert_eq!(refused.code, "too_many_exports");
        assert!(refused.retry_after.is_some_and(|wait| wait > 7 * 3_600), "{:?}", refused.retry_after);
        limits.export(&person(2)).unwrap();
    }
}
