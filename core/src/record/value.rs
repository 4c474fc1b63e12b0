//! What one field holds, typed. One value has one spelling (crm-features.md 3.1).

use serde::{Deserialize, Serialize};

use super::{RecordId, Scalar, Timestamp};

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

impl Value {
    /// Reads what a person or program sent: the JSON form of REST, or a string as typed (German or
    /// international spelling).
    ///
    /// # Errors
    /// Says what was expected.
    pub fn from_json(_ty: ValueType, _json: &serde_json::Value) -> Result<Self, ValueError> {
        todo!("schema room")
    }

    /// Reads the stored scalar.
    ///
    /// # Errors
    /// If it is ill-typed; the record then shows a problem beside the field.
    pub fn from_scalar(_ty: ValueType, _scalar: &Scalar) -> Result<Self, ValueError> {
        todo!("schema room")
    }

    /// The one scalar this value is stored as.
    pub fn to_scalar(&self) -> Scalar {
        todo!("schema room")
    }

    /// The JSON form of REST, CLI and dump.
    pub fn to_json(&self) -> serde_json::Value {
        todo!("schema room")
    }
}
