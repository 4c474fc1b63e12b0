//! Records as vCard 4.0 (RFC 6350); what vCard has no word for goes into `X-FARLEY-` properties.

use std::fmt;

use calcard::vcard::{
    VCard, VCardEntry, VCardKind, VCardParameter, VCardParameterName, VCardProperty, VCardType, VCardValue,
    VCardVersion,
};
use serde_json::Value as Json;

use crate::record::ValueType;
use crate::schema::{RecordView, Schema};

/// Appends one card a contact or company; other kinds are skipped. `title_of` names linked companies.
///
/// # Errors
/// What `out` says.
pub fn write_vcard(
    out: &mut String,
    schema: &Schema,
    records: &[RecordView],
    title_of: &dyn Fn(&str) -> Option<String>,
) -> fmt::Result {
    for record in records {
        if matches!(record.kind.as_str(), "contact" | "company") {
            card(schema, record, title_of).write_to(out, VCardVersion::V4_0)?;
        }
    }
    Ok(())
}

fn card(schema: &Schema, record: &RecordView, title_of: &dyn Fn(&str) -> Option<String>) -> VCard {
    let mut entries = Vec::new();
    let text = |field: &str| record.values.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut plain = |name: VCardProperty, value: String| {
        if !value.is_empty() {
            entries.push(VCardEntry::new(name).with_value(VCardValue::Text(value)));
        }
    };
    let company = record.kind == "company";
    plain(
        VCardProperty::Uid,
        record
            .extra
            .get("extra/uid")
            .and_then(Json::as_str)
            .filter(|uid| !uid.starts_with("content:"))
            .map_or_else(|| format!("urn:uuid:{}", record.id), str::to_owned),
    );
    plain(VCardProperty::Fn, if company { text("name") } else { record.title.clone() });
    plain(VCardProperty::Nickname, text("nickname"));
    plain(VCardProperty::Note, text("description"));
    plain(VCardProperty::Bday, compact(&text("birthday")));
    plain(VCardProperty::Anniversary, compact(&text("anniversary")));
    if company {
        entries.push(VCardEntry::new(VCardProperty::Kind).with_value(VCardKind::Org));
    } else {
        let parts = ["family_name", "given_name", "middle_names", "title", "name_suffix"];
        let parts = parts.iter().map(|field| VCardValue::Text(text(field))).collect();
        entries.push(VCardEntry::new(VCardProperty::N).with_values(parts));
    }
    let tags: Vec<VCardValue> = array(record, "tags")
        .iter()
        .filter_map(Json::as_str)
        .map(|tag| VCardValue::Text(tag.to_owned()))
        .collect();
    if !tags.is_empty() {
        entries.push(VCardEntry::new(VCardProperty::Categories).with_values(tags));
    }
    for (field, name, part) in [
        ("phones", VCardProperty::Tel, "number"),
        ("emails", VCardProperty::Email, "address"),
        ("urls", VCardProperty::Url, "url"),
    ] {
        for entry in array(record, field) {
            let Some(value) = entry[part].as_str() else { continue };
            entries.push(
                labelled(VCardEntry::new(name.clone()), entry).with_value(VCardValue::Text(value.to_owned())),
            );
        }
    }
    for entry in array(record, "addresses") {
        let part =
            |name: &str| VCardValue::Text(entry["address"][name].as_str().unwrap_or_default().to_owned());
        let none = || VCardValue::Text(String::new());
        let parts = vec![
            none(),
            part("street2"),
            part("street"),
            part("city"),
            part("region"),
            part("postal_code"),
            part("country"),
        ];
        entries.push(labelled(VCardEntry::new(VCardProperty::Adr), entry).with_values(parts));
    }
    // The first employment in vCard's words; all of them in ours, so that none is lost.
    if let [employment] = array(record, "employments") {
        let name = employment["company"].as_str().and_then(title_of);
        if let Some(name) = name {
            let department = employment["department"].as_str().unwrap_or_default().to_owned();
            entries.push(
                VCardEntry::new(VCardProperty::Org)
                    .with_values(vec![VCardValue::Text(name), VCardValue::Text(department)]),
            );
        }
        for (part, name) in [("position", VCardProperty::Title), ("role", VCardProperty::Role)] {
            if let Some(value) = employment[part].as_str() {
                entries.push(VCardEntry::new(name).with_value(VCardValue::Text(value.to_owned())));
            }
        }
    }
    own(schema, record, &mut entries);
    VCard { entries }
}

/// Fields that have no property, as `X-FARLEY-<FIELD>`; unknown ones as they came.
fn own(schema: &Schema, record: &RecordView, entries: &mut Vec<VCardEntry>) {
    const SAID: &[&str] = &[
        "family_name",
        "given_name",
        "middle_names",
        "title",
        "name_suffix",
        "nickname",
        "description",
        "birthday",
        "anniversary",
        "tags",
        "phones",
        "emails",
        "urls",
        "addresses",
        "name",
    ];
    let Some(kind) = schema.kind(&record.kind) else { return };
    for field in &kind.fields {
        let said = SAID.contains(&field.name.as_str())
            || field.computed
            || matches!(field.ty, ValueType::Events | ValueType::Blob);
        let single = field.name == "employments" && array(record, "employments").len() == 1;
        let Some(value) = record.values.get(&field.name).filter(|_| !said && !single) else { continue };
        let text = match value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        let name = format!("X-FARLEY-{}", field.name.to_ascii_uppercase().replace('_', "-"));
        entries.push(VCardEntry::new(VCardProperty::Other(name)).with_value(VCardValue::Text(text)));
    }
    for (key, value) in record.extra.iter().filter(|(key, _)| *key != "extra/uid") {
        if let (Some(name), Some(value)) = (key.strip_prefix("extra/"), value.as_str()) {
            let entry = VCardEntry::new(VCardProperty::Other("X-FARLEY-EXTRA".into()));
            entries.push(entry.with_value(VCardValue::Text(format!("{name}={value}"))));
        }
    }
}

fn labelled(entry: VCardEntry, values: &Json) -> VCardEntry {
    let label = match values["label"].as_str().unwrap_or_default() {
        "mobile" => Some(VCardType::Cell),
        "work" => Some(VCardType::Work),
        "home" => Some(VCardType::Home),
        "fax" => Some(VCardType::Fax),
        "main" => Some(VCardType::MainNumber),
        "invoice" => Some(VCardType::Billing),
        "delivery" => Some(VCardType::Delivery),
        _ => None,
    };
    let entry = match label {
        Some(label) => entry.with_param(VCardParameter::typ(label)),
        None => entry,
    };
    if values["preferred"] == Json::Bool(true) {
        entry.with_param(VCardParameter::new(VCardParameterName::Pref, 1u32))
    } else {
        entry
    }
}

fn array<'a>(record: &'a RecordView, field: &str) -> &'a [Json] {
    record.values.get(field).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// `1980-05-04` as `19800504`, `--05-04` as `--0504`.
fn compact(date: &str) -> String {
    match date.strip_prefix("--") {
        Some(rest) => format!("--{}", rest.replace('-', "")),
        None => date.replace('-', ""),
    }
}
