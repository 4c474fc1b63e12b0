//! Dates, instants and periods. Without a clock: nothing here is relative to today.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

use super::{Instant, Period, ValueError, expected};
use crate::record::{Timestamp, ValueType};

/// The zone of a local time that names none.
const DEFAULT_ZONE: &str = "Europe/Berlin";

/// Two-digit years up to this one are of this century: 50 is 2050, 51 is 1951.
const LAST_SHORT_YEAR_OF_2000S: i32 = 50;

/// Canonical `2026-12-31` or `--12-31` of `31.12.2026`, `31.12.26`, `31.12.`, ISO 8601 and vCard forms.
pub fn date(line: &str) -> Option<String> {
    match parts(line)? {
        (Some(year), month, day) => NaiveDate::from_ymd_opt(year, month, day).map(iso),
        // 29 February exists without a year.
        (None, month, day) => {
            NaiveDate::from_ymd_opt(2000, month, day).map(|_| format!("--{month:02}-{day:02}"))
        }
    }
}

fn iso(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn parts(line: &str) -> Option<(Option<i32>, u32, u32)> {
    let number = |text: &str, most: usize| {
        let digits = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok())?
    };
    if let Some(rest) = line.strip_prefix("--") {
        let (month, day) = match rest.split_once('-') {
            Some(parts) => parts,
            None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
            None => return None,
        };
        return Some((None, number(month, 2)?, number(day, 2)?));
    }
    let full_year =
        |text: &str| number(text, 4).filter(|year| text.len() == 4 && *year >= 1).map(|year| year as i32);
    if line.contains('.') {
        let mut fields = line.split('.').map(str::trim);
        let (day, month) = (number(fields.next()?, 2)?, number(fields.next()?, 2)?);
        let year = match fields.next() {
            None | Some("") => None,
            Some(short) if short.len() == 2 => {
                let short = number(short, 2)? as i32;
                Some(if short <= LAST_SHORT_YEAR_OF_2000S { 2000 + short } else { 1900 + short })
            }
            Some(year) => Some(full_year(year)?),
        };
        return fields.next().is_none().then_some((year, month, day));
    }
    if line.contains('-') {
        let mut fields = line.split('-');
        let year = full_year(fields.next()?)?;
        let (month, day) = (number(fields.next()?, 2)?, number(fields.next()?, 2)?);
        return fields.next().is_none().then_some((Some(year), month, day));
    }
    (line.len() == 8 && line.is_ascii())
        .then(|| Some((Some(full_year(&line[..4])?), number(&line[4..6], 2)?, number(&line[6..], 2)?)))?
}

/// A full date, in any spelling of [`date`].
fn day(line: &str) -> Option<NaiveDate> {
    let (year, month, day) = parts(line)?;
    NaiveDate::from_ymd_opt(year?, month, day)
}

/// `8`, `8:10`, `08:10`, `08:10:00`, `8 Uhr`.
fn time(line: &str) -> Option<NaiveTime> {
    let line = line.trim().trim_end_matches("Uhr").trim_end();
    let mut fields = line.split(':');
    let number = |text: &str| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok())?
    };
    let hour = number(fields.next()?)?;
    let minute = fields.next().map_or(Some(0), number)?;
    let second = fields.next().map_or(Some(0), number)?;
    if fields.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_opt(hour, minute, second)
}

/// `2026-09-14T08:10`, `14.9.2026 8:10`.
fn local(line: &str) -> Option<NaiveDateTime> {
    let (date, clock) = line.split_once(['T', ' '])?;
    Some(day(date.trim_end_matches(','))?.and_time(time(clock)?))
}

/// Splits a trailing IANA zone off; a word without a slash (other than UTC) is no zone, nor is a date.
fn split_zone(line: &str) -> Result<(&str, String), ValueError> {
    let is_zone =
        |word: &str| word == "UTC" || word.contains('/') && !word.starts_with(|c: char| c.is_ascii_digit());
    match line.rsplit_once(' ').filter(|(_, word)| is_zone(word)) {
        Some((rest, zone)) => Ok((rest.trim(), known_zone(zone)?)),
        None => Ok((line, DEFAULT_ZONE.to_owned())),
    }
}

fn known_zone(zone: &str) -> Result<String, ValueError> {
    let known: Result<chrono_tz::Tz, _> = zone.parse();
    known.map(|zone| zone.name().to_owned()).map_err(|_| ValueError::new("a time zone, like Europe/Berlin"))
}

/// Milliseconds of a local time; the earlier one in the hour that comes twice, one hour on in the hour
/// that is skipped.
fn to_utc(local: NaiveDateTime, zone: &str) -> Option<Timestamp> {
    let zone: chrono_tz::Tz = zone.parse().ok()?;
    let moment = zone
        .from_local_datetime(&local)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(local + chrono::TimeDelta::hours(1))).earliest())?;
    Some(Timestamp::from_millis(moment.timestamp_millis()))
}

pub fn instant_as_typed(line: &str) -> Result<Instant, ValueError> {
    // The stored form: milliseconds and zone.
    if let Ok(instant) = instant_from_stored(line) {
        return known_zone(&instant.zone).map(|zone| Instant { zone, ..instant });
    }
    let wrong = || ValueError::new(expected(ValueType::Instant));
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(line) {
        return Ok(Instant { at: Timestamp::from_millis(moment.timestamp_millis()), zone: "UTC".to_owned() });
    }
    let (rest, zone) = split_zone(line)?;
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(rest) {
        return Ok(Instant { at: Timestamp::from_millis(moment.timestamp_millis()), zone });
    }
    let at = local(rest).and_then(|local| to_utc(local, &zone)).ok_or_else(wrong)?;
    Ok(Instant { at, zone })
}

pub fn instant_from_json(json: &serde_json::Value) -> Result<Instant, ValueError> {
    let wrong = || ValueError::new("an object of at (UTC milliseconds or RFC 3339) and zone");
    let object = json.as_object().ok_or_else(wrong)?;
    if object.keys().any(|key| key != "at" && key != "zone") {
        return Err(wrong());
    }
    let zone = match object.get("zone") {
        None => DEFAULT_ZONE.to_owned(),
        Some(zone) => known_zone(zone.as_str().ok_or_else(wrong)?)?,
    };
    let at = match object.get("at") {
        Some(serde_json::Value::Number(at)) => Timestamp::from_millis(at.as_i64().ok_or_else(wrong)?),
        Some(serde_json::Value::String(at)) => {
            let moment = chrono::DateTime::parse_from_rfc3339(at).map_err(|_| wrong())?;
            Timestamp::from_millis(moment.timestamp_millis())
        }
        _ => return Err(wrong()),
    };
    Ok(Instant { at, zone })
}

/// Zones are taken as stored: a newer app may know one that this one does not.
pub fn instant_from_stored(stored: &str) -> Result<Instant, ValueError> {
    let read = || {
        let (at, zone) = stored.trim().split_once(' ')?;
        let one_word = !zone.is_empty() && !zone.contains(' ');
        one_word.then_some(Instant { at: Timestamp::from_millis(at.parse().ok()?), zone: zone.to_owned() })
    };
    read().ok_or_else(|| ValueError::new(expected(ValueType::Instant)))
}

impl Period {
    /// Whether it is whole days.
    pub fn is_all_day(&self) -> bool {
        !self.start.contains('T')
    }

    /// Start in UTC; none if the zone is not known here.
    pub fn start_utc(&self) -> Option<Timestamp> {
        let start =
            if self.is_all_day() { day(&self.start)?.and_time(NaiveTime::MIN) } else { local(&self.start)? };
        to_utc(start, &self.zone)
    }
}

pub fn period_from_stored(stored: &str) -> Result<Period, ValueError> {
    let mut fields = stored.split_whitespace();
    let (start, end, zone) = (fields.next(), fields.next(), fields.next());
    match (start, end, zone, fields.next()) {
        (Some(start), Some(end), Some(zone), None) => period(start, end, zone.to_owned()),
        _ => Err(ValueError::new(expected(ValueType::Period))),
    }
}

pub fn period_from_json(json: &serde_json::Value) -> Result<Period, ValueError> {
    let wrong = || ValueError::new("an object of start, end (2026-09-14T08:00 or dates) and zone");
    let object = json.as_object().ok_or_else(wrong)?;
    if object.keys().any(|key| key != "start" && key != "end" && key != "zone") {
        return Err(wrong());
    }
    let text = |name: &str| object.get(name).and_then(serde_json::Value::as_str);
    let zone = known_zone(text("zone").unwrap_or(DEFAULT_ZONE))?;
    period(text("start").ok_or_else(wrong)?, text("end").ok_or_else(wrong)?, zone)
}

/// `2026-09-14T08:00/2026-09-14T10:00 Europe/Berlin`, `14.9.2026 8–10`, `14.9.2026 ganztägig`,
/// `14.9.2026 – 16.9.2026` (both days included).
pub fn period_as_typed(line: &str) -> Result<Period, ValueError> {
    let wrong = || ValueError::new(expected(ValueType::Period));
    if let Ok(period) = period_from_stored(line) {
        return known_zone(&period.zone).map(|zone| Period { zone, ..period });
    }
    let (rest, zone) = split_zone(line)?;
    if let Some((start, end)) = rest.split_once('/') {
        return period(start.trim(), end.trim(), zone);
    }
    for word in ["ganztägig", "ganztags", "all day"] {
        if let Some(date) = rest.strip_suffix(word).and_then(|date| day(date.trim())) {
            return all_day(date, date, zone).ok_or_else(wrong);
        }
    }
    let (start, end) = rest
        .split_once('–')
        .or_else(|| rest.split_once(" - "))
        .or_else(|| {
            // A bare hyphen only between times: ISO dates have hyphens too.
            rest.rsplit_once('-').filter(|(start, end)| start.contains(' ') && time(end).is_some())
        })
        .ok_or_else(wrong)?;
    let (start, end) = (start.trim(), end.trim());
    if let (Some(first), Some(last)) = (day(start), day(end)) {
        return all_day(first, last, zone).ok_or_else(wrong);
    }
    let from = local(start).ok_or_else(wrong)?;
    let to = local(end).or_else(|| time(end).map(|clock| from.date().and_time(clock))).ok_or_else(wrong)?;
    timed(from, to, zone)
}

fn period(start: &str, end: &str, zone: String) -> Result<Period, ValueError> {
    let wrong = || ValueError::new(expected(ValueType::Period));
    if let (Some(first), Some(behind)) = (day(start), day(end)) {
        if first >= behind {
            return Err(ValueError::new("an end behind the start"));
        }
        return Ok(Period { start: iso(first), end: iso(behind), zone });
    }
    timed(local(start).ok_or_else(wrong)?, local(end).ok_or_else(wrong)?, zone)
}

fn timed(from: NaiveDateTime, to: NaiveDateTime, zone: String) -> Result<Period, ValueError> {
    if from > to {
        return Err(ValueError::new("an end behind the start"));
    }
    let show = |moment: NaiveDateTime| format!("{}T{}", iso(moment.date()), moment.format("%H:%M"));
    Ok(Period { start: show(from), end: show(to), zone })
}

fn all_day(first: NaiveDate, last: NaiveDate, zone: String) -> Option<Period> {
    let behind =
        last.checked_add_days(Days::new(1)).filter(|behind| *behind > first && behind.year() <= 9999)?;
    Some(Period { start: iso(first), end: iso(behind), zone })
}
