//! Values across the boundary: typed towards the app; typed or as a person typed them towards the core.

use std::collections::BTreeMap;

use farley_core::record::{RecordId, Value, ValueType};
use farley_core::schema::Field;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::edits::NamedValue;

/// Another record, by name.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, uniffi::Record)]
pub struct LinkTo {
    /// The record.
    pub id: String,
    /// Its title; empty if it is not here.
    pub title: String,
}

/// One entry of a field like phones, or one event.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, uniffi::Record)]
pub struct EntryData {
    /// Unique in the record; empty for a new one.
    pub id: String,
    /// Its sub-fields that hold something.
    pub values: Vec<NamedValue>,
}

/// What one field holds.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, uniffi::Enum)]
pub enum FieldValue {
    /// Nothing; in an edit: clear it.
    Empty,
    /// A line, text, decimal, phone, e-mail, address of a page, key of a choice, day, hash, place or rule: its one spelling.
    Text {
        /// The spelling.
        text: String,
    },
    /// A whole number, or minutes.
    Number {
        /// The number.
        number: i64,
    },
    /// Yes or no.
    Boolean {
        /// Which.
        yes: bool,
    },
    /// Minor units and ISO 4217 code.
    Money {
        /// Minor units.
        amount: i64,
        /// ISO 4217.
        currency: String,
    },
    /// A moment, in UTC milliseconds, and the zone it was typed in.
    Moment {
        /// UTC milliseconds.
        at: i64,
        /// IANA zone.
        zone: String,
    },
    /// `YYYY-MM-DDTHH:MM` each, or days with an exclusive end.
    Period {
        /// Start.
        start: String,
        /// End, exclusive.
        end: String,
        /// IANA zone.
        zone: String,
    },
    /// Another record.
    Link {
        /// It.
        to: LinkTo,
    },
    /// Other records.
    Links {
        /// Them, sorted by id.
        links: Vec<LinkTo>,
    },
    /// Keys of choices, or tags.
    Keys {
        /// Sorted.
        keys: Vec<String>,
    },
    /// A postal address.
    Address {
        /// Street and number.
        street: String,
        /// Second line.
        street2: String,
        /// As written.
        postal_code: String,
        /// City.
        city: String,
        /// Region, state, canton.
        region: String,
        /// ISO 3166-1 alpha-2.
        country: String,
    },
    /// Entries, in their order.
    Entries {
        /// Them.
        entries: Vec<EntryData>,
    },
    /// Only towards the core: as a person typed it; the core reads it.
    Typed {
        /// As typed.
        text: String,
    },
}

/// Titles of linked records.
pub(crate) type Titles = BTreeMap<RecordId, String>;

/// A value the core has read.
pub(crate) fn typed(ty: ValueType, value: &Value) -> FieldValue {
    of_type(Some(ty), None, &value.to_json(), &Titles::new())
}

/// From the core's JSON, by the field that types it; what does not fit is shown as text.
pub(crate) fn from_json(field: Option<&Field>, json: &Json, titles: &Titles) -> FieldValue {
    of_type(field.map(|field| field.ty), field, json, titles)
}

fn of_type(ty: Option<ValueType>, field: Option<&Field>, json: &Json, titles: &Titles) -> FieldValue {
    let members = || json.as_array().map(Vec::as_slice).unwrap_or_default();
    match (ty, json) {
        (_, Json::Null) => FieldValue::Empty,
        (_, Json::Bool(yes)) => FieldValue::Boolean { yes: *yes },
        (Some(ValueType::Integer | ValueType::Duration), Json::Number(_)) | (None, Json::Number(_)) => {
            FieldValue::Number { number: json.as_i64().unwrap_or_default() }
        }
        (Some(ValueType::Link), Json::String(id)) => FieldValue::Link { to: link(id, titles) },
        (Some(ValueType::Links), Json::Array(_)) => {
            FieldValue::Links { links: members().iter().map(|id| link(&text_of(id), titles)).collect() }
        }
        (Some(ValueType::Tags | ValueType::MultiChoice), Json::Array(_)) => {
            FieldValue::Keys { keys: members().iter().map(text_of).collect() }
        }
        (Some(ValueType::Entries | ValueType::Events), Json::Array(_)) => {
            let entry = |json: &Json| entry(field, json, titles);
            FieldValue::Entries { entries: members().iter().filter_map(entry).collect() }
        }
        (Some(ValueType::Entries | ValueType::Events), Json::Object(_)) => {
            FieldValue::Entries { entries: entry(field, json, titles).into_iter().collect() }
        }
        (Some(ValueType::Money), Json::Object(money)) => FieldValue::Money {
            amount: money.get("amount").and_then(Json::as_i64).unwrap_or_default(),
            currency: part(money, "currency"),
        },
        (Some(ValueType::Instant), Json::Object(moment)) => FieldValue::Moment {
            at: moment.get("at").and_then(Json::as_i64).unwrap_or_default(),
            zone: part(moment, "zone"),
        },
        (Some(ValueType::Period), Json::Object(period)) => FieldValue::Period {
            start: part(period, "start"),
            end: part(period, "end"),
            zone: part(period, "zone"),
        },
        (Some(ValueType::Address), Json::Object(address)) => FieldValue::Address {
            street: part(address, "street"),
            street2: part(address, "street2"),
            postal_code: part(address, "postal_code"),
            city: part(address, "city"),
            region: part(address, "region"),
            country: part(address, "country"),
        },
        _ => FieldValue::Text { text: text_of(json) },
    }
}

/// To the core's JSON. Entries keep the id they have.
pub(crate) fn to_json(value: &FieldValue) -> Json {
    match value {
        FieldValue::Empty => Json::Null,
        FieldValue::Text { text } | FieldValue::Typed { text } => json!(text),
        FieldValue::Number { number } => json!(number),
        FieldValue::Boolean { yes } => json!(yes),
        FieldValue::Money { amount, currency } => json!({ "amount": amount, "currency": currency }),
        FieldValue::Moment { at, zone } => json!({ "at": at, "zone": zone }),
        FieldValue::Period { start, end, zone } => json!({ "start": start, "end": end, "zone": zone }),
        FieldValue::Link { to } => json!(to.id),
        FieldValue::Links { links } => links.iter().map(|link| json!(link.id)).collect(),
        FieldValue::Keys { keys } => json!(keys),
        FieldValue::Address { street, street2, postal_code, city, region, country } => json!({
            "street": street, "street2": street2, "postal_code": postal_code, "city": city, "region": region,
            "country": country,
        }),
        FieldValue::Entries { entries } => entries.iter().map(entry_json).collect(),
    }
}

pub(crate) fn entry_json(entry: &EntryData) -> Json {
    let mut object: Map<String, Json> =
        entry.values.iter().map(|value| (value.field.clone(), to_json(&value.value))).collect();
    if !entry.id.is_empty() {
        object.insert("id".into(), json!(entry.id));
    }
    Json::Object(object)
}

/// Ids of records that a value of `field` links to.
pub(crate) fn linked(field: &Field, json: &Json, into: &mut Vec<RecordId>) {
    match (field.ty, json) {
        (ValueType::Link | ValueType::Links, Json::String(id)) => into.extend(id.parse::<RecordId>().ok()),
        (ValueType::Links, Json::Array(ids)) => ids.iter().for_each(|id| linked(field, id, into)),
        (ValueType::Entries | ValueType::Events, Json::Array(entries)) => {
            entries.iter().for_each(|entry| linked(field, entry, into));
        }
        (ValueType::Entries | ValueType::Events, Json::Object(entry)) => {
            let values = field.sub.iter().filter_map(|sub| Some((sub, entry.get(&sub.name)?)));
            values.for_each(|(sub, json)| linked(sub, json, into));
        }
        _ => {}
    }
}

/// One line of text for a list: the one spelling, links by title, several joined by commas.
pub(crate) fn one_line(field: &Field, json: &Json, titles: &Titles) -> String {
    match from_json(Some(field), json, titles) {
        FieldValue::Empty => String::new(),
        FieldValue::Text { text } | FieldValue::Typed { text } => text,
        FieldValue::Number { number } => number.to_string(),
        FieldValue::Boolean { yes } => yes.to_string(),
        FieldValue::Money { amount, currency } => format!("{amount} {currency}"),
        FieldValue::Moment { at, .. } => at.to_string(),
        FieldValue::Period { start, end, .. } => format!("{start} {end}"),
        FieldValue::Link { to } => to.title,
        FieldValue::Links { links } => joined(links.into_iter().map(|link| link.title)),
        FieldValue::Keys { keys } => joined(keys.into_iter()),
        FieldValue::Address { street, postal_code, city, .. } => {
            joined([street, format!("{postal_code} {city}").trim().to_owned()].into_iter())
        }
        FieldValue::Entries { entries } => joined(entries.into_iter().map(|entry| {
            let first = field.sub.iter().find_map(|sub| {
                let value = entry.values.iter().find(|value| value.field == sub.name)?;
                // The label of a number says less than the number.
                (!matches!(sub.ty, ValueType::Boolean) && sub.name != "label")
                    .then(|| one_line(sub, &to_json(&value.value), titles))
            });
            first.unwrap_or_default()
        })),
    }
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

fn link(id: &str, titles: &Titles) -> LinkTo {
    let title = id.parse().ok().and_then(|id: RecordId| titles.get(&id)).cloned();
    LinkTo { id: id.to_owned(), title: title.unwrap_or_default() }
}

fn entry(field: Option<&Field>, json: &Json, titles: &Titles) -> Option<EntryData> {
    let object = json.as_object()?;
    let sub = |name: &str| field.and_then(|field| field.sub.iter().find(|sub| sub.name == name));
    let named = |(name, json): (&String, &Json)| NamedValue {
        field: name.clone(),
        value: from_json(sub(name), json, titles),
    };
    // Ids and places are not what the entry says.
    let said = |(name, _): &(&String, &Json)| sub(name).is_some() || field.is_none() || *name == "value";
    Some(EntryData { id: part(object, "id"), values: object.iter().filter(said).map(named).collect() })
}

fn part(object: &Map<String, Json>, name: &str) -> String {
    object.get(name).map(text_of).unwrap_or_default()
}

fn text_of(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}
