//! The one place of this program that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use farley_core::record::Timestamp;

/// Now, by this machine's clock.
pub fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    Timestamp::from_millis(millis)
}

/// Day and minute, UTC, for people.
pub fn date(at: Timestamp) -> String {
    let moment = chrono::DateTime::from_timestamp_millis(at.millis());
    moment.map_or_else(|| "?".to_owned(), |moment| moment.format("%Y-%m-%d %H:%M UTC").to_string())
}

/// As RFC 3339, for programs.
pub fn rfc3339(at: Timestamp) -> String {
    let moment = chrono::DateTime::from_timestamp_millis(at.millis());
    moment
        .map_or_else(|| "?".to_owned(), |moment| moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}
