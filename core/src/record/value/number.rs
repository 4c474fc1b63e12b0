//! Whole numbers, decimals, durations and money, in German, Swiss and international spelling.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::{Money, ValueError, expected};
use crate::record::ValueType;

/// What an amount without a currency is in.
const DEFAULT_CURRENCY: &str = "EUR";

pub fn integer(line: &str) -> Option<i64> {
    let plain = plain(line, Dot::Thousands)?;
    plain.parse().ok()
}

/// Canonical decimal: no exponent, no trailing zeros, at most 28 digits.
pub fn decimal(line: &str) -> Option<String> {
    let number = Decimal::from_str_exact(&plain(line, Dot::Decimal)?).ok()?.normalize();
    // Minus zero is zero.
    Some(if number.is_zero() { "0".to_owned() } else { number.to_string() })
}

/// Minutes of `90`, `90 min`, `1:30`, `1,5 h`, `1 h 30 min`.
pub fn minutes(line: &str) -> Option<i64> {
    let line = line.to_lowercase();
    if let Some((hours, minutes)) = line.split_once(':') {
        let minutes: i64 = two_digits(minutes)?;
        let hours: i64 = hours.parse().ok().filter(|hours| (0..1_000_000).contains(hours))?;
        return (minutes < 60).then_some(hours * 60 + minutes);
    }
    let unit = |text: &str, units: &[&str]| {
        units.iter().find_map(|unit| text.strip_suffix(unit)).map(|rest| rest.trim().to_owned())
    };
    const HOURS: [&str; 6] = ["stunden", "stunde", "std.", "std", "hours", "h"];
    const MINUTES: [&str; 5] = ["minuten", "minutes", "min.", "min", "m"];
    if let Some(hours) = unit(&line, &HOURS) {
        let hours = Decimal::from_str(&plain(&hours, Dot::Decimal)?).ok()?;
        return hours.checked_mul(Decimal::from(60))?.round().try_into().ok();
    }
    let line = unit(&line, &MINUTES).unwrap_or(line);
    match line.split_once('h') {
        Some((hours, minutes)) => {
            let hours = integer(hours.trim())?;
            hours.checked_mul(60)?.checked_add(integer(minutes.trim())?)
        }
        None => integer(&line),
    }
}

fn two_digits(text: &str) -> Option<i64> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

pub fn money_as_typed(line: &str) -> Result<Money, ValueError> {
    let wrong = || ValueError::new(expected(ValueType::Money));
    let is_number = |c: char| c.is_ascii_digit() || ".,'’-−+".contains(c) || c.is_whitespace();
    let start =
        line.find(|c: char| c.is_ascii_digit() || c == '-' || c == '−' || c == '+').ok_or_else(wrong)?;
    let (before, rest) = line.split_at(start);
    let end = rest.find(|c: char| !is_number(c)).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    let currency = match (before.trim(), after.trim()) {
        ("", "") => DEFAULT_CURRENCY.to_owned(),
        (name, "") | ("", name) => currency(name).ok_or_else(wrong)?,
        _ => return Err(wrong()),
    };
    let places = minor_digits(&currency);
    // "1.234 €" is a thousand and more: a third decimal does not exist in euros.
    let dot = if places == 2 { Dot::MoneyOf2 } else { Dot::Decimal };
    let plain = plain(digits.trim().trim_end_matches(",-").trim_end_matches(".-"), dot).ok_or_else(wrong)?;
    let number = Decimal::from_str_exact(&plain).map_err(|_| wrong())?;
    let minor = number.checked_mul(Decimal::from(10_i64.pow(places))).ok_or_else(wrong)?;
    if !minor.fract().is_zero() {
        return Err(ValueError::new(format!("an amount with at most {places} decimals")));
    }
    let amount = i64::try_from(minor).map_err(|_| wrong())?;
    Ok(Money { amount, currency })
}

pub fn money_from_json(json: &serde_json::Value) -> Result<Money, ValueError> {
    let wrong = || ValueError::new("an object of amount (minor units) and currency, like EUR");
    let object = json.as_object().ok_or_else(wrong)?;
    if object.keys().any(|key| key != "amount" && key != "currency") {
        return Err(wrong());
    }
    let amount = object.get("amount").and_then(serde_json::Value::as_i64).ok_or_else(wrong)?;
    let currency = match object.get("currency") {
        None => DEFAULT_CURRENCY.to_owned(),
        Some(name) => name.as_str().and_then(currency).ok_or_else(wrong)?,
    };
    Ok(Money { amount, currency })
}

pub fn money_from_stored(stored: &str) -> Result<Money, ValueError> {
    let read = || {
        let (amount, currency) = stored.trim().split_once(' ')?;
        let code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
        code.then_some(Money { amount: amount.parse().ok()?, currency: currency.to_owned() })
    };
    read().ok_or_else(|| ValueError::new(expected(ValueType::Money)))
}

fn currency(name: &str) -> Option<String> {
    let code = match name.trim() {
        "€" | "Euro" | "euro" => "EUR",
        "$" | "US$" => "USD",
        "£" => "GBP",
        "Fr." | "SFr." | "Fr" | "sFr." => "CHF",
        code if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            return Some(code.to_ascii_uppercase());
        }
        _ => return None,
    };
    Some(code.to_owned())
}

/// Minor digits of a currency, ISO 4217.
fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// What a single dot in a number means.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Dot {
    /// Always the decimal point: the stored form of decimals.
    Decimal,
    /// Before exactly three digits it groups thousands, otherwise it is the decimal point.
    MoneyOf2,
    /// Always groups thousands: whole numbers.
    Thousands,
}

/// `-1234.5` of any spelling, or none if it is not a number.
fn plain(line: &str, dot: Dot) -> Option<String> {
    let mut digits: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let negative = digits.starts_with(['-', '−']);
    if digits.starts_with(['-', '−', '+']) {
        digits = digits.chars().skip(1).collect();
    }
    if digits.contains(['\'', '’']) {
        // Swiss: 1'234.50. Then the dot is the decimal point for sure.
        let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((&digits, ""));
        let whole = ungroup(whole, |c| c == '\'' || c == '’')?;
        return joined(negative, &whole, fraction);
    }
    let dots = digits.matches('.').count();
    let commas = digits.matches(',').count();
    let (whole, fraction) = match (dots, commas) {
        (0, 0) => (digits, String::new()),
        (0, 1) => split(&digits, ',')?,
        (0, _) => (ungroup(&digits, |c| c == ',')?, String::new()),
        (1, 0) => {
            let (whole, after) = split(&digits, '.')?;
            let grouped = dot == Dot::Thousands || (dot == Dot::MoneyOf2 && after.len() == 3);
            if grouped { (ungroup(&digits, |c| c == '.')?, String::new()) } else { (whole, after) }
        }
        (_, 0) => (ungroup(&digits, |c| c == '.')?, String::new()),
        _ => {
            let decimal = digits.chars().rev().find(|c| *c == '.' || *c == ',')?;
            let (whole, fraction) = digits.rsplit_once(decimal)?;
            (ungroup(whole, |c| c == '.' || c == ',')?, fraction.to_owned())
        }
    };
    joined(negative, &whole, &fraction)
}

fn split(digits: &str, at: char) -> Option<(String, String)> {
    digits.split_once(at).map(|(whole, fraction)| (whole.to_owned(), fraction.to_owned()))
}

/// `1.234.567` without its separators, if they group by three.
fn ungroup(digits: &str, separator: impl Fn(char) -> bool) -> Option<String> {
    let groups: Vec<&str> = digits.split(&separator).collect();
    let grouped = groups.len() == 1
        || ((1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3));
    grouped.then(|| groups.concat())
}

fn joined(negative: bool, whole: &str, fraction: &str) -> Option<String> {
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let sign = if negative { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}
