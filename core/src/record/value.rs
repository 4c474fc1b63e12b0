//! What one field holds, typed. One value has one spelling (crm-features.md 3.1).
//!
//! A value comes from three places: JSON that a program sent or a string as a person types it
//! ([`Value::from_json`]), and the scalar a document holds ([`Value::from_scalar`]). Whatever the
//! spelling it came in, it goes back out in exactly one: NFC, no blanks around it, canonical numbers
//! and dates. So equal values are equal scalars, and two people who typed the same thing have no
//! conflict.
//!
//! Relative words ("heute", "14:10") are not read here: the core has no clock. The screens turn them
//! into dates before they send an edit.
//!
//! Knows nothing about: lists of choices (the schema resolves labels to keys), fields, limits of texts.

mod moment;
mod number;
mod place;
mod text;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{RecordId, Scalar, Timestamp};
pub use text::{MAX_SCALAR_BYTES, one_line};

/// The type of a field.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueType {
    /// Postal address, one scalar.
    Address,
    /// SHA-256 of a blob.
    Blob,
    /// True, false, or missing = unknown.
    Boolean,
    /// Key of a list entry.
    Choice,
    /// `2026-12-31`, or `--12-31` without a year.
    Date,
    /// A decimal number as a canonical string.
    Decimal,
    /// Integer minutes.
    Duration,
    /// E-mail address, its domain in lower case.
    Email,
    /// Entries: `phones/<entry id>/<sub-field>`.
    Entries,
    /// Append-only: `field/<event id>`, never changed.
    Events,
    /// Latitude and longitude, one scalar.
    Geo,
    /// UTC milliseconds and the zone it was typed in.
    Instant,
    /// A whole number.
    Integer,
    /// Id of another record.
    Link,
    /// Ids of other records, `field/<id>`.
    Links,
    /// Minor units and ISO 4217 code, one scalar.
    Money,
    /// Keys of list entries, `field/<key>`.
    MultiChoice,
    /// Start, end and zone, one scalar.
    Period,
    /// Phone number, as typed.
    Phone,
    /// Recurrence rule, one scalar.
    Rule,
    /// One line.
    String,
    /// Tags, `tags/<folded tag>`.
    Tags,
    /// Co-edited text.
    Text,
    /// Web address.
    Url,
}

/// A value of a field that is one scalar, or a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// Postal address.
    Address(Address),
    /// True or false.
    Boolean(bool),
    /// Canonical `YYYY-MM-DD` or `--MM-DD`.
    Date(String),
    /// Canonical decimal, e.g. `12.5`.
    Decimal(String),
    /// A moment with the zone it was typed in.
    Instant(Instant),
    /// Integer, or minutes of a duration.
    Integer(i64),
    /// Another record.
    Link(RecordId),
    /// Money.
    Money(Money),
    /// A period.
    Period(Period),
    /// String, choice key, phone as typed, e-mail, URL, text, blob hash, geo, rule.
    Text(String),
}

/// Minor units of a currency: 123450 EUR is 1,234.50 euros.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Money {
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 code, three upper-case letters.
    pub currency: String,
}

/// A postal address.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// Street and house number.
    pub street: String,
    /// Second street line.
    pub street2: String,
    /// Postal code, as written.
    pub postal_code: String,
    /// City.
    pub city: String,
    /// Region, state or canton.
    pub region: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
}

/// A moment and the zone it was typed in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Instant {
    /// UTC.
    pub at: Timestamp,
    /// IANA zone.
    pub zone: String,
}

/// Start and end with a zone; all-day periods are dates with an exclusive end.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Period {
    /// Local `YYYY-MM-DDTHH:MM`, or `YYYY-MM-DD` for all-day.
    pub start: String,
    /// The same form; exclusive.
    pub end: String,
    /// IANA zone.
    pub zone: String,
}

/// One entry of a field like phones.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id, unique in the record.
    pub id: String,
    /// Sub-fields.
    pub values: std::collections::BTreeMap<String, Value>,
}

/// Why something is not a value of a type: what was expected, never the value.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected {expected}")]
pub struct ValueError {
    /// What was expected, in words and with an example.
    pub expected: String,
}

impl ValueError {
    pub(super) fn new(expected: impl Into<String>) -> Self {
        Self { expected: expected.into() }
    }
}

impl Value {
    /// Reads what a person or program sent: the JSON form of REST, or a string as typed (German or
    /// international spelling). For sets (tags, links, multi-choice) it reads one member.
    ///
    /// # Errors
    /// Says what was expected.
    pub fn from_json(ty: ValueType, json: &serde_json::Value) -> Result<Self, ValueError> {
        use serde_json::Value as Json;
        let typed = match json {
            Json::String(typed) => {
                if ty != ValueType::Text && typed.len() > MAX_SCALAR_BYTES {
                    return Err(ValueError::new("at most 64 KiB"));
                }
                Some(typed.as_str())
            }
            // The digits as sent: no float in between, which would print differently by platform.
            Json::Number(number) => return Self::from_number(ty, &number.to_string()),
            _ => None,
        };
        let value = match (ty, json, typed) {
            (ValueType::Address, Json::Object(_), _) => Self::Address(place::address_from_json(json)?),
            (ValueType::Address, _, Some(typed)) => Self::Address(place::address_as_typed(typed)?),
            (ValueType::Boolean, Json::Bool(yes), _) => Self::Boolean(*yes),
            (ValueType::Instant, Json::Object(_), _) => Self::Instant(moment::instant_from_json(json)?),
            (ValueType::Money, Json::Object(_), _) => Self::Money(number::money_from_json(json)?),
            (ValueType::Period, Json::Object(_), _) => Self::Period(moment::period_from_json(json)?),
            (_, _, Some(typed)) => return Self::as_typed(ty, typed),
            _ => return Err(ValueError::new(expected(ty))),
        };
        value.within_limit()
    }

    /// Reads the stored scalar.
    ///
    /// # Errors
    /// If it is ill-typed; the record then shows a problem beside the field.
    pub fn from_scalar(ty: ValueType, scalar: &Scalar) -> Result<Self, ValueError> {
        match (ty, scalar) {
            (ValueType::Boolean, Scalar::Bool(yes)) => Ok(Self::Boolean(*yes)),
            (ValueType::Integer | ValueType::Duration, Scalar::Int(number)) => Ok(Self::Integer(*number)),
            (ValueType::Address, Scalar::Str(stored)) => {
                place::address_from_stored(stored).map(Self::Address)
            }
            (ValueType::Instant, Scalar::Str(stored)) => {
                moment::instant_from_stored(stored).map(Self::Instant)
            }
            (ValueType::Money, Scalar::Str(stored)) => number::money_from_stored(stored).map(Self::Money),
            (ValueType::Period, Scalar::Str(stored)) => moment::period_from_stored(stored).map(Self::Period),
            (ValueType::Boolean | ValueType::Integer | ValueType::Duration, _) => {
                Err(ValueError::new(expected(ty)))
            }
            (_, Scalar::Str(stored)) => Self::as_typed(ty, stored),
            _ => Err(ValueError::new(expected(ty))),
        }
    }

    /// The one scalar this value is stored as.
    pub fn to_scalar(&self) -> Scalar {
        match self {
            Self::Address(address) => Scalar::Str(place::address_stored(address)),
            Self::Boolean(yes) => Scalar::Bool(*yes),
            Self::Date(text) | Self::Decimal(text) | Self::Text(text) => Scalar::Str(text.clone()),
            Self::Instant(instant) => Scalar::Str(format!("{} {}", instant.at.millis(), instant.zone)),
            Self::Integer(number) => Scalar::Int(*number),
            Self::Link(id) => Scalar::Str(id.to_string()),
            Self::Money(money) => Scalar::Str(format!("{} {}", money.amount, money.currency)),
            Self::Period(period) => Scalar::Str(format!("{} {} {}", period.start, period.end, period.zone)),
        }
    }

    /// The JSON form of REST, CLI and dump.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Address(address) => place::address_json(address),
            Self::Boolean(yes) => json!(yes),
            Self::Date(text) | Self::Decimal(text) | Self::Text(text) => json!(text),
            Self::Instant(instant) => json!({ "at": instant.at, "zone": instant.zone }),
            Self::Integer(number) => json!(number),
            Self::Link(id) => json!(id),
            Self::Money(money) => json!({ "amount": money.amount, "currency": money.currency }),
            Self::Period(period) => {
                json!({ "start": period.start, "end": period.end, "zone": period.zone })
            }
        }
    }

    fn from_number(ty: ValueType, digits: &str) -> Result<Self, ValueError> {
        match ty {
            ValueType::Integer | ValueType::Duration => {
                digits.parse().map(Self::Integer).map_err(|_| ValueError::new(expected(ty)))
            }
            // A customer number or a house number sent as a JSON number is still a string here.
            ValueType::Choice | ValueType::MultiChoice | ValueType::Phone | ValueType::String => {
                Ok(Self::Text(digits.to_owned()))
            }
            ValueType::Decimal | ValueType::Money => Self::as_typed(ty, digits),
            _ => Err(ValueError::new(expected(ty))),
        }
    }

    fn as_typed(ty: ValueType, typed: &str) -> Result<Self, ValueError> {
        let line = match ty {
            ValueType::Text => return Ok(Self::Text(text::nfc(typed))),
            _ => one_line(typed),
        };
        let wrong = || ValueError::new(expected(ty));
        let value = match ty {
            ValueType::Address => Self::Address(place::address_as_typed(typed)?),
            ValueType::Blob => Self::Text(text::blob(&line).ok_or_else(wrong)?),
            ValueType::Boolean => Self::Boolean(text::boolean(&line).ok_or_else(wrong)?),
            ValueType::Choice | ValueType::MultiChoice | ValueType::Tags if line.is_empty() => {
                return Err(wrong());
            }
            ValueType::Choice
            | ValueType::MultiChoice
            | ValueType::Phone
            | ValueType::String
            | ValueType::Tags => Self::Text(line),
            ValueType::Date => Self::Date(moment::date(&line).ok_or_else(wrong)?),
            ValueType::Decimal => Self::Decimal(number::decimal(&line).ok_or_else(wrong)?),
            ValueType::Duration => Self::Integer(number::minutes(&line).ok_or_else(wrong)?),
            ValueType::Email => Self::Text(text::email(&line).ok_or_else(wrong)?),
            ValueType::Entries | ValueType::Events | ValueType::Text => return Err(wrong()),
            ValueType::Geo => Self::Text(place::geo(&line).ok_or_else(wrong)?),
            ValueType::Instant => Self::Instant(moment::instant_as_typed(&line)?),
            ValueType::Integer => Self::Integer(number::integer(&line).ok_or_else(wrong)?),
            ValueType::Link | ValueType::Links => Self::Link(line.parse().map_err(|_| wrong())?),
            ValueType::Money => Self::Money(number::money_as_typed(&line)?),
            ValueType::Period => Self::Period(moment::period_as_typed(&line)?),
            ValueType::Rule => Self::Text(text::rule(&line).ok_or_else(wrong)?),
            ValueType::Url => Self::Text(text::url(&line).ok_or_else(wrong)?),
        };
        value.within_limit()
    }

    fn within_limit(self) -> Result<Self, ValueError> {
        let bytes = match self.to_scalar() {
            Scalar::Str(text) => text.len(),
            _ => 0,
        };
        if bytes > MAX_SCALAR_BYTES { Err(ValueError::new("at most 64 KiB")) } else { Ok(self) }
    }
}

/// What a field of this type takes, in words and with an example.
fn expected(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Address => "an address, like Lange Str. 5, 20095 Hamburg",
        ValueType::Blob => "the SHA-256 of a file, 64 hex digits",
        ValueType::Boolean => "true or false",
        ValueType::Choice | ValueType::MultiChoice => "a key or label of the list",
        ValueType::Date => "a date, like 2026-12-31, 31.12.2026 or 31.12.",
        ValueType::Decimal => "a number, like 12,5 or 1234.5",
        ValueType::Duration => "minutes, like 90, 1:30 or 1,5 h",
        ValueType::Email => "an e-mail address, like anna@example.org",
        ValueType::Entries => "an entry: an object of sub-fields",
        ValueType::Events => "an event: an object of sub-fields",
        ValueType::Geo => "latitude and longitude, like 53.55034,9.99215",
        ValueType::Instant => "a moment, like 2026-09-14T08:10 Europe/Berlin",
        ValueType::Integer => "a whole number",
        ValueType::Link | ValueType::Links => "the id of a record",
        ValueType::Money => "an amount, like 1.234,50 € or CHF 1'234.50",
        ValueType::Period => "a period, like 2026-09-14T08:00/2026-09-14T10:00 Europe/Berlin",
        ValueType::Phone | ValueType::String | ValueType::Text => "text",
        ValueType::Rule => "a recurrence rule, like FREQ=WEEKLY;INTERVAL=2",
        ValueType::Tags => "a tag",
        ValueType::Url => "a web address, like www.example.org",
    }
}

#[cfg(test)]
mod tests;
