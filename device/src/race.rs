//! QUIC and WebSocket raced (transport-security.md section 2): the first that reaches `Welcome` wins.
//!
//! QUIC starts at once, the WebSocket a moment later, or at once where QUIC has failed twice. What a network
//! lets through is remembered for a day under a name the caller chooses (a salted hash, never an SSID).

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use farley_core::record::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::carrier::CarrierKind;

/// How a race ended.
#[derive(Debug)]
pub struct Raced<T, E> {
    /// The carrier that won and what it reached, or why neither did (`None`: not tried).
    pub outcome: Result<(CarrierKind, T), Failed<E>>,
    /// QUIC did not get through although somebody did, or nobody: why, for `status`. `None`: it won, or was not tried.
    pub quic: Option<QuicFailure<E>>,
}

/// Why neither carrier got through.
#[derive(Debug)]
pub struct Failed<E> {
    /// QUIC's reason.
    pub quic: Option<E>,
    /// The WebSocket's reason.
    pub websocket: Option<E>,
}

/// What happened to QUIC.
#[derive(Debug)]
pub enum QuicFailure<E> {
    /// It gave up.
    Error(E),
    /// The WebSocket was there first; QUIC had no answer yet.
    Silent,
}

/// Races `quic` against `websocket`, which starts `head_start` later, or as soon as QUIC has failed.
/// `is_verdict` says that an error is the relay's word, so that the other carrier would hear the same.
/// The loser is dropped, which closes its connection.
pub async fn race<T, E>(
    quic: Option<impl Future<Output = Result<T, E>>>,
    websocket: Option<impl Future<Output = Result<T, E>>>,
    head_start: Duration,
    is_verdict: impl Fn(&E) -> bool,
) -> Raced<T, E> {
    let with_quic = quic.is_some();
    let mut quic = pin!(async {
        match quic {
            Some(quic) => Some(quic.await),
            None => None,
        }
    });
    let mut websocket_error = None;
    let mut quic_error = None;
    let mut quic_runs = with_quic;
    let wait = if with_quic && websocket.is_some() { head_start } else { Duration::ZERO };
    let mut alarm = pin!(sleep(wait));
    let mut websocket = pin!(async {
        match websocket {
            Some(websocket) => Some(websocket.await),
            None => None,
        }
    });
    let (mut websocket_started, mut websocket_runs) = (false, true);
    loop {
        tokio::select! {
            // QUIC first when both are ready: it is the better line.
            biased;
            outcome = &mut quic, if quic_runs => {
                quic_runs = false;
                websocket_started = true;
                match outcome {
                    Some(Ok(reached)) => {
                        return Raced { outcome: Ok((CarrierKind::Quic, reached)), quic: None };
                    }
                    Some(Err(error)) if is_verdict(&error) => {
                        return Raced { outcome: Err(Failed { quic: Some(error), websocket: None }), quic: None };
                    }
                    Some(Err(error)) => quic_error = Some(error),
                    None => {}
                }
            }
            () = &mut alarm, if !websocket_started => websocket_started = true,
            outcome = &mut websocket, if websocket_started && websocket_runs => {
                websocket_runs = false;
                let failure = |error: Option<E>| match error {
                    Some(error) => Some(QuicFailure::Error(error)),
                    None => with_quic.then_some(QuicFailure::Silent),
                };
                match outcome {
                    Some(Ok(reached)) => {
                        return Raced { outcome: Ok((CarrierKind::WebSocket, reached)), quic: failure(quic_error) };
                    }
                    Some(Err(error)) if is_verdict(&error) => {
                        return Raced {
                            outcome: Err(Failed { quic: None, websocket: Some(error) }),
                            quic: failure(quic_error),
                        };
                    }
                    Some(Err(error)) => websocket_error = Some(error),
                    None => {}
                }
            }
            else => {
                return Raced {
                    outcome: Err(Failed { quic: quic_error, websocket: websocket_error }),
                    quic: None,
                };
            }
        }
    }
}

/// What networks let through, kept as JSON beside the data.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Networks(BTreeMap<String, Network>);

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
struct Network {
    /// QUIC failed so often in a row while the WebSocket got through.
    quic_failures: u32,
    /// Last round trip to `Welcome`.
    welcome_ms: Option<u64>,
    /// When it was learned.
    at: i64,
}

impl Networks {
    /// Reads what `to_json` wrote; anything else is an empty memory, which costs a race.
    pub fn from_json(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// As JSON.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings and numbers are always JSON")
    }

    /// How much earlier than the WebSocket QUIC starts on `network`.
    pub fn head_start(&self, network: &str, now: Timestamp) -> Duration {
        match self.0.get(network).filter(|seen| now.since(Timestamp::from_millis(seen.at)).abs() < DAY_MS) {
            Some(seen) if seen.quic_failures >= 2 => Duration::ZERO,
            Some(Network { welcome_ms: Some(milliseconds), .. }) => {
                Duration::from_millis(*milliseconds * 3 / 2).clamp(HEAD_START, LONGEST_HEAD_START)
            }
            _ => HEAD_START,
        }
    }

    /// Learns how a race on `network` ended: who won, and how long `Welcome` took.
    pub fn learn(
        &mut self,
        network: &str,
        winner: CarrierKind,
        quic_failed: bool,
        welcome: Duration,
        now: Timestamp,
    ) {
        self.0.retain(|_, seen| now.since(Timestamp::from_millis(seen.at)).abs() < DAY_MS);
        let seen = self.0.entry(network.to_owned()).or_default();
        seen.at = now.millis();
        match winner {
            CarrierKind::Quic => {
                seen.quic_failures = 0;
                seen.welcome_ms = u64::try_from(welcome.as_millis()).ok();
            }
            CarrierKind::WebSocket if quic_failed => {
                seen.quic_failures = seen.quic_failures.saturating_add(1)
            }
            CarrierKind::WebSocket => {}
        }
        while self.0.len() > NETWORKS {
            let oldest = self.0.iter().min_by_key(|(_, seen)| seen.at).map(|(name, _)| name.clone());
            oldest.and_then(|name| self.0.remove(&name));
        }
    }
}

/// QUIC's head start on a network nothing is known of, and the least there is.
const HEAD_START: Duration = Duration::from_millis(250);
/// UDP blocked must mean a working sync within 2 s.
const LONGEST_HEAD_START: Duration = Duration::from_millis(400);
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Networks remembered: a rep's week.
const NETWORKS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};
    use std::time::Instant;

    type Line = Result<&'static str, &'static str>;
    const SOON: Duration = Duration::from_millis(30);

    fn verdict(error: &&'static str) -> bool {
        *error == "revoked"
    }

    #[tokio::test]
    async fn quic_wins_when_it_answers_in_its_head_start() {
        let raced =
            race(Some(ready(Line::Ok("quic"))), Some(ready(Line::Ok("ws"))), Duration::ZERO, verdict).await;
        assert!(matches!(raced.outcome, Ok((CarrierKind::Quic, "quic"))) && raced.quic.is_none());
    }

    #[tokio::test]
    async fn a_silent_quic_lets_the_websocket_win_after_the_head_start() {
        let start = Instant::now();
        let raced = race(Some(pending::<Line>()), Some(ready(Line::Ok("ws"))), SOON, verdict).await;
        assert!(matches!(raced.outcome, Ok((CarrierKind::WebSocket, "ws"))));
        assert!(matches!(raced.quic, Some(QuicFailure::Silent)));
        assert!(start.elapsed() >= SOON && start.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test]
    async fn a_quic_that_fails_early_starts_the_websocket_at_once() {
        let long = Duration::from_secs(60);
        let start = Instant::now();
        let raced = race(Some(ready(Line::Err("refused"))), Some(ready(Line::Ok("ws"))), long, verdict).await;
        assert!(matches!(raced.outcome, Ok((CarrierKind::WebSocket, "ws"))));
        assert!(matches!(raced.quic, Some(QuicFailure::Error("refused"))));
        assert!(start.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test]
    async fn a_slow_quic_still_wins_when_the_websocket_fails() {
        let slow = async {
            sleep(SOON).await;
            Line::Ok("quic")
        };
        let raced = race(Some(slow), Some(ready(Line::Err("proxy"))), Duration::ZERO, verdict).await;
        assert!(matches!(raced.outcome, Ok((CarrierKind::Quic, "quic"))));
    }

    #[tokio::test]
    async fn a_verdict_on_one_carrier_ends_the_race() {
        let raced = race(Some(pending::<Line>()), Some(ready(Line::Err("revoked"))), SOON, verdict).await;
        assert!(matches!(raced.outcome, Err(Failed { websocket: Some("revoked"), .. })));
        let raced = race(Some(ready(Line::Err("revoked"))), Some(pending::<Line>()), SOON, verdict).await;
        assert!(matches!(raced.outcome, Err(Failed { quic: Some("revoked"), websocket: None })));
    }

    #[tokio::test]
    async fn both_reasons_are_told_when_neither_gets_through() {
        let raced = race(Some(ready(Line::Err("udp"))), Some(ready(Line::Err("tcp"))), SOON, verdict).await;
        assert!(matches!(raced.outcome, Err(Failed { quic: Some("udp"), websocket: Some("tcp") })));
        let alone =
            race(None::<std::future::Ready<Line>>, Some(ready(Line::Err("tcp"))), SOON, verdict).await;
        assert!(matches!(alone.outcome, Err(Failed { quic: None, websocket: Some("tcp") })));
        let raced =
            race(Some(ready(Line::Err("udp"))), None::<std::future::Ready<Line>>, SOON, verdict).await;
        assert!(matches!(raced.outcome, Err(Failed { quic: Some("udp"), websocket: None })));
    }

    #[test]
    fn two_failures_on_a_network_end_quic_s_head_start_there_for_a_day() {
        let now = Timestamp::from_millis(1_790_000_000_000);
        let mut networks = Networks::default();
        assert_eq!(networks.head_start("a", now), HEAD_START);
        for _ in 0..2 {
            assert_eq!(networks.head_start("a", now), HEAD_START);
            networks.learn("a", CarrierKind::WebSocket, true, SOON, now);
        }
        networks = Networks::from_json(&networks.to_json());
        assert_eq!(networks.head_start("a", now), Duration::ZERO);
        assert_eq!(networks.head_start("b", now), HEAD_START);
        assert_eq!(networks.head_start("a", now.plus_millis(DAY_MS)), HEAD_START);
        networks.learn("a", CarrierKind::Quic, false, Duration::from_millis(220), now);
        assert_eq!(networks.head_start("a", now), Duration::from_millis(330));
        networks.learn("a", CarrierKind::Quic, false, Duration::from_secs(3), now);
        assert_eq!(networks.head_start("a", now), LONGEST_HEAD_START);
        assert_eq!(Networks::from_json(b"{broken"), Networks::default());
    }
}
