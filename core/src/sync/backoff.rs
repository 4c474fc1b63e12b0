//! When to try again: full jitter, from 1 s doubling to 15 min.

use rand::{Rng, RngCore};

/// Upper bound of the first wait, in milliseconds.
const FIRST_MS: u64 = 1_000;
/// Upper bound of every wait.
const LAST_MS: u64 = 15 * 60 * 1_000;

/// Waits between connections. Only proof that work got through resets it: a relay that accepts connections
/// and dies at the first push would otherwise be hammered by every device once a second.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Backoff {
    /// Tries since the last reset.
    failures: u32,
}

impl Backoff {
    /// Milliseconds to wait before the next try: evenly drawn from 0 to a bound that doubles with every
    /// call. `after_ms` (from `Bye` or `Restarting`) comes on top, with jitter of the same length.
    pub fn next_ms(&mut self, after_ms: Option<u64>, rng: &mut dyn RngCore) -> u64 {
        let bound = FIRST_MS.saturating_mul(1 << self.failures.min(20)).min(LAST_MS);
        self.failures = self.failures.saturating_add(1);
        let asked = after_ms.unwrap_or(0).min(LAST_MS);
        asked + rng.random_range(0..=asked) + rng.random_range(0..=bound)
    }

    /// A batch was acknowledged, or a `Welcome` showed that there is nothing to do.
    pub fn handle_progress(&mut self) {
        self.failures = 0;
    }

    /// A connection stands. That alone proves nothing.
    pub fn handle_connected(&mut self) {
        if crate::planted::on(23) {
            self.failures = 0;
        }
    }

    /// Tries since the last reset, for display.
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour_and_never_exceed_it() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        for round in 0..30_u32 {
            let bound = (1_000 * (1_u64 << round.min(20))).min(900_000);
            let mut longest = 0;
            for _ in 0..200 {
                let mut backoff = Backoff { failures: round };
                longest = longest.max(backoff.next_ms(None, &mut rng));
            }
            assert!(longest <= bound && longest > bound / 2, "round {round}: {longest} of {bound}");
        }
    }

    #[test]
    fn only_progress_resets_it() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let mut backoff = Backoff::default();
        (0..9).for_each(|_| {
            backoff.next_ms(None, &mut rng);
            backoff.handle_connected();
        });
        assert_eq!(backoff.failures(), 9);
        backoff.handle_progress();
        assert!(backoff.next_ms(None, &mut rng) <= 1_000);
    }

    #[test]
    fn what_the_relay_asks_for_is_waited_and_spread() {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let waits: Vec<u64> = (0..100).map(|_| Backoff::default().next_ms(Some(5_000), &mut rng)).collect();
        assert!(waits.iter().all(|wait| (5_000..=11_000).contains(wait)));
        assert!(waits.iter().max() > waits.iter().min().map(|wait| wait + 3_000).as_ref());
        assert!(Backoff::default().next_ms(Some(u64::MAX), &mut rng) <= 2 * 900_000 + 1_000);
    }
}
