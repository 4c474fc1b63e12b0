//! vCard 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), read by the crate calcard.

use calcard::common::IanaString;
use calcard::vcard::{
    VCard, VCardEntry, VCardParameterName, VCardParameterValue, VCardProperty, VCardType, VCardValue,
};
use calcard::{Entry, Parser};
use serde_json::{Map, Value as Json, json};

use crate::record::{Edit, ValueType};
use crate::schema::{Kind, Schema};

use super::csv_read::{country, keep, push_entry, put_field, put_part};
use super::{
    Draft, Encoding, Format, MAX_CARD_BYTES, MAX_CELL_BYTES, MAX_ROWS, Problem, RawRow, ReadError, Source,
    Target,
};

pub(super) fn read(text: &str, encoding: Encoding) -> Result<Source, ReadError> {
    let (mut rows, mut broken) = (Vec::new(), Vec::new());
    for (at, card) in cards(text).enumerate() {
        let number = at + 1;
        if number > MAX_ROWS {
            return Err(ReadError::TooLarge { what: "cards", limit: MAX_ROWS });
        }
        let mut bad = |code, reason: &str| {
            broken.push(Problem {
                row: number,
                column: String::new(),
                value: String::new(),
                code,
                reason: reason.to_owned(),
            });
        };
        if card.len() > MAX_CARD_BYTES {
            bad("too_long", "the card has more than 10 MB");
            continue;
        }
        // The parser forgives a missing END; half a card from a broken file must be named, not imported.
        if !card.lines().any(|line| line.trim().eq_ignore_ascii_case("END:VCARD")) {
            bad("broken_row", "the card has no END:VCARD");
            continue;
        }
        match Parser::new(card).entry() {
            Entry::VCard(parsed) if parsed.entries.iter().any(|entry| !entry.values.is_empty()) => {
                rows.push(RawRow::Card { number, kind: kind_of(&parsed), card: Box::new(parsed) });
            }
            _ => bad("broken_row", "this is not a card"),
        }
    }
    if rows.is_empty() && broken.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(Source { format: Format::Vcard, encoding, delimiter: None, columns: Vec::new(), rows, broken })
}

/// Each card by itself, so that a broken one takes no other with it. A nested card (2.1) stays inside.
fn cards(text: &str) -> impl Iterator<Item = &str> {
    let mut starts = Vec::new();
    let mut depth = 0usize;
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let word = line.trim().to_ascii_uppercase();
        if word == "BEGIN:VCARD" {
            // Without its END a card ends where the next one begins at the start of a line.
            if depth == 0 || !text[..at].trim_end().to_ascii_uppercase().ends_with("AGENT:") {
                starts.push(at);
                depth = 0;
            }
            depth += 1;
        } else if word == "END:VCARD" {
            depth = depth.saturating_sub(1);
        }
        at += line.len();
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| &text[start..end])
}

fn kind_of(card: &VCard) -> &'static str {
    let says = |name: &VCardProperty, value: &str| {
        card.entries.iter().any(|entry| entry.name == *name && text_of(entry).eq_ignore_ascii_case(value))
    };
    let apple = card.entries.iter().any(|entry| {
        matches!(&entry.name, VCardProperty::Other(name) if name.eq_ignore_ascii_case("X-ABShowAs"))
            && text_of(entry).eq_ignore_ascii_case("COMPANY")
    });
    let named =
        find(card, &VCardProperty::N).is_some_and(|entry| parts(entry).iter().any(|part| !part.is_empty()));
    let organisation = find(card, &VCardProperty::Org).is_some();
    if says(&VCardProperty::Kind, "org")
        || apple
        || (organisation && !named && find(card, &VCardProperty::Fn).is_none())
    {
        "company"
    } else {
        "contact"
    }
}

pub(super) fn name_of(card: &VCard) -> String {
    [VCardProperty::Fn, VCardProperty::N, VCardProperty::Org, VCardProperty::Email]
        .iter()
        .find_map(|name| find(card, name).map(text_of).filter(|text| !text.is_empty()))
        .unwrap_or_default()
}

pub(super) fn draft(card: &VCard, number: usize, schema: &Schema, kind: &str) -> Draft {
    let cells: Vec<(String, String)> =
        card.entries.iter().map(|entry| (entry.name.as_str().to_owned(), text_of(entry))).collect();
    let content =
        super::resolve::content_id(kind, cells.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let uid = find(card, &VCardProperty::Uid).map(text_of).filter(|uid| !uid.is_empty() && uid.len() <= 255);
    let mut draft = Draft {
        row: number,
        kind: kind.to_owned(),
        edit: Edit::create(kind),
        companies: Vec::new(),
        own_id: uid.as_deref().and_then(|uid| uid.strip_prefix("urn:uuid:")).and_then(|id| id.parse().ok()),
        uid: uid.unwrap_or(content),
        problems: Vec::new(),
    };
    let Some(kind) = schema.kind(kind) else { return draft };
    let mut employment = Map::new();
    for entry in &card.entries {
        property(&mut draft, card, entry, kind, schema, &mut employment);
    }
    if !draft.edit.set.contains_key("given_name")
        && !draft.edit.set.contains_key("family_name")
        && kind.name == "contact"
    {
        let full = find(card, &VCardProperty::Fn).map(text_of).unwrap_or_default();
        if let Some((given, family)) = full.trim().rsplit_once(' ') {
            draft.edit.set.insert("given_name".into(), json!(given.trim()));
            draft.edit.set.insert("family_name".into(), json!(family));
        } else if !full.trim().is_empty() {
            draft.edit.set.insert("family_name".into(), json!(full.trim()));
        }
    }
    push_entry(&mut draft, kind, "employments", None, employment, schema);
    draft
}

fn property(
    draft: &mut Draft,
    card: &VCard,
    entry: &VCardEntry,
    kind: &Kind,
    schema: &Schema,
    employment: &mut Map<String, Json>,
) {
    let text = text_of(entry);
    let name = entry.name.as_str().to_owned();
    if text.len() > MAX_CELL_BYTES {
        draft.problems.push(Problem {
            row: draft.row,
            column: name,
            value: String::new(),
            code: "too_long",
            reason: format!("more than {MAX_CELL_BYTES} bytes; it was left out"),
        });
        return;
    }
    if text.trim_matches([';', ' ']).is_empty() {
        return;
    }
    let contact = kind.name == "contact";
    let result = match &entry.name {
        VCardProperty::Begin
        | VCardProperty::End
        | VCardProperty::Version
        | VCardProperty::Uid
        | VCardProperty::Kind => Ok(()),
        VCardProperty::Fn if contact => Ok(()),
        VCardProperty::Fn => put(draft, kind, "name", &text, schema),
        VCardProperty::N if contact => {
            let parts = parts(entry);
            for (field, part) in
                ["family_name", "given_name", "middle_names", "title", "name_suffix"].iter().zip(&parts)
            {
                if !part.is_empty() {
                    let _ = put(draft, kind, field, part, schema);
                }
            }
            Ok(())
        }
        VCardProperty::N => Ok(()),
        VCardProperty::Org if contact => {
            let parts = parts(entry);
            for (key, part) in ["company", "department"].iter().zip(&parts) {
                if !part.is_empty() {
                    employment.insert((*key).into(), json!(part));
                }
            }
            Ok(())
        }
        VCardProperty::Org => {
            if !draft.edit.set.contains_key("name") {
                let _ = put(draft, kind, "name", parts(entry).first().map_or("", String::as_str), schema);
            }
            Ok(())
        }
        VCardProperty::Title if contact => {
            employment.insert("position".into(), json!(text));
            Ok(())
        }
        VCardProperty::Role if contact => {
            employment.insert("role".into(), json!(text));
            Ok(())
        }
        VCardProperty::Nickname => put(draft, kind, "nickname", &text, schema),
        VCardProperty::Bday => put(draft, kind, "birthday", &date(entry, &text), schema),
        VCardProperty::Anniversary => put(draft, kind, "anniversary", &date(entry, &text), schema),
        VCardProperty::Note => put(draft, kind, "description", &text, schema),
        VCardProperty::Categories => put(draft, kind, "tags", &texts(entry).join(";"), schema),
        VCardProperty::Tel => {
            reach(draft, card, entry, kind, schema, "phones", text.strip_prefix("tel:").unwrap_or(&text))
        }
        VCardProperty::Email => {
            reach(draft, card, entry, kind, schema, "emails", text.strip_prefix("mailto:").unwrap_or(&text))
        }
        VCardProperty::Url => reach(draft, card, entry, kind, schema, "urls", &text),
        VCardProperty::Adr => address(draft, entry, kind, schema),
        VCardProperty::Other(other) => own(draft, kind, other, &text, schema),
        _ => Err(None),
    };
    match result {
        Ok(()) => {}
        Err(problem) => {
            if let Some((code, reason)) = problem {
                let value = text.chars().take(200).collect();
                draft.problems.push(Problem { row: draft.row, column: name.clone(), value, code, reason });
            }
            if !matches!(entry.name, VCardProperty::Prodid | VCardProperty::Rev) {
                keep(&mut draft.edit, &name, &text);
            }
        }
    }
}

/// `Err(None)`: no field for it, keep it silently. `Err(Some(…))`: it does not fit its field, say so.
type Put = Result<(), Option<(&'static str, String)>>;

fn put(draft: &mut Draft, kind: &Kind, field: &str, text: &str, schema: &Schema) -> Put {
    let field = kind.field(field).ok_or(None)?;
    put_field(&mut draft.edit, field, text.trim(), schema).map_err(Some)
}

fn reach(
    draft: &mut Draft,
    card: &VCard,
    entry: &VCardEntry,
    kind: &Kind,
    schema: &Schema,
    name: &str,
    text: &str,
) -> Put {
    let field = kind.field(name).ok_or(None)?;
    let mut parts = Map::new();
    put_part(&mut parts, field, &Target::field(name), text.trim(), schema).map_err(Some)?;
    if preferred(entry) && field.sub.iter().any(|sub| sub.name == "preferred") {
        parts.insert("preferred".into(), json!(true));
    }
    push_entry(draft, kind, name, label(card, entry), parts, schema);
    Ok(())
}

fn address(draft: &mut Draft, entry: &VCardEntry, kind: &Kind, schema: &Schema) -> Put {
    let parts = parts(entry);
    let part = |at: usize| parts.get(at).map(|part| part.trim()).unwrap_or_default();
    let second: Vec<&str> = [part(0), part(1)].into_iter().filter(|part| !part.is_empty()).collect();
    let address = json!({
        "street": part(2), "street2": second.join(", "), "city": part(3), "region": part(4),
        "postal_code": part(5), "country": country(part(6)),
    });
    let mut entry_parts = Map::new();
    entry_parts.insert("address".into(), address);
    push_entry(draft, kind, "addresses", label_of_types(entry).map(str::to_owned), entry_parts, schema);
    Ok(())
}

/// What our own export could not say in vCard's words: `X-FARLEY-<FIELD>` with typed JSON or plain text.
fn own(draft: &mut Draft, kind: &Kind, property: &str, text: &str, schema: &Schema) -> Put {
    let upper = property.to_ascii_uppercase();
    if upper == "X-FARLEY-EXTRA" {
        let (name, value) = text.split_once('=').ok_or(None)?;
        draft.edit.set.insert(format!("extra/{name}"), json!(value));
        return Ok(());
    }
    let name = upper.strip_prefix("X-FARLEY-").ok_or(None)?.to_ascii_lowercase().replace('-', "_");
    let field = kind.field(&name).ok_or(None)?;
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Array(entries))
            if matches!(field.ty, ValueType::Entries | ValueType::MultiChoice | ValueType::Links) =>
        {
            let entries = entries.into_iter().map(|mut entry| {
                if let Json::Object(entry) = &mut entry {
                    entry.remove("id");
                }
                entry
            });
            draft.edit.add.entry(name).or_default().extend(entries);
            Ok(())
        }
        Ok(value @ (Json::Object(_) | Json::Number(_) | Json::Bool(_))) => {
            draft.edit.set.insert(name, value);
            Ok(())
        }
        _ => put_field(&mut draft.edit, field, text, schema).map_err(Some),
    }
}

fn preferred(entry: &VCardEntry) -> bool {
    entry.params.iter().any(|parameter| {
        parameter.name == VCardParameterName::Pref
            || (parameter.name == VCardParameterName::Type && matches!(&parameter.value, VCardParameterValue::Text(text) if text.eq_ignore_ascii_case("pref")))
            || matches!(&parameter.name, VCardParameterName::Other(name) if name.eq_ignore_ascii_case("pref"))
    })
}

/// Apple's own label of the group, else what TYPE says.
fn label(card: &VCard, entry: &VCardEntry) -> Option<String> {
    let apple = entry.group.as_ref().and_then(|group| {
        card.entries.iter().find(|other| {
            other.group.as_ref() == Some(group)
                && matches!(&other.name, VCardProperty::Other(name) if name.eq_ignore_ascii_case("X-ABLabel"))
        })
    });
    if let Some(apple) = apple {
        let text = text_of(apple);
        let word = text.trim_start_matches("_$!<").trim_end_matches(">!$_");
        return Some(word.to_lowercase());
    }
    label_of_types(entry).map(str::to_owned)
}

fn label_of_types(entry: &VCardEntry) -> Option<&'static str> {
    let has = |wanted: VCardType| {
        entry.params.iter().any(|parameter| match &parameter.value {
            VCardParameterValue::Type(found) => *found == wanted,
            VCardParameterValue::Text(text) => text.eq_ignore_ascii_case(wanted.as_str()),
            _ => matches!(&parameter.name, VCardParameterName::Other(name) if name.eq_ignore_ascii_case(wanted.as_str())),
        }) || entry.params.iter().any(|parameter| matches!(&parameter.name, VCardParameterName::Other(name) if name.eq_ignore_ascii_case(wanted.as_str())))
    };
    let labels = [
        (VCardType::Fax, "fax"),
        (VCardType::Cell, "mobile"),
        (VCardType::MainNumber, "main"),
        (VCardType::Work, "work"),
        (VCardType::Home, "home"),
        (VCardType::Billing, "invoice"),
        (VCardType::Delivery, "delivery"),
    ];
    labels.into_iter().find(|(wanted, _)| has(wanted.clone())).map(|(_, label)| label)
}

/// Birth years 1604 are Apple's way to say "unknown".
fn date(entry: &VCardEntry, text: &str) -> String {
    match entry.values.first() {
        Some(VCardValue::PartialDateTime(date)) => match (date.year, date.month, date.day) {
            (Some(year), Some(month), Some(day)) if year != 1604 => format!("{year:04}-{month:02}-{day:02}"),
            (_, Some(month), Some(day)) => format!("--{month:02}-{day:02}"),
            _ => text.to_owned(),
        },
        _ => text.to_owned(),
    }
}

fn find<'a>(card: &'a VCard, name: &VCardProperty) -> Option<&'a VCardEntry> {
    card.entries.iter().find(|entry| entry.name == *name)
}

/// The values of a property as texts, structured ones split at semicolons.
fn parts(entry: &VCardEntry) -> Vec<String> {
    entry
        .values
        .iter()
        .flat_map(|value| match value {
            VCardValue::Component(parts) => vec![parts.join(" ")],
            other => vec![text_of_value(other)],
        })
        .map(|part| part.trim().to_owned())
        .collect()
}

fn texts(entry: &VCardEntry) -> Vec<String> {
    entry
        .values
        .iter()
        .map(text_of_value)
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

fn text_of(entry: &VCardEntry) -> String {
    match entry.values.as_slice() {
        [value] => text_of_value(value),
        values => values.iter().map(text_of_value).collect::<Vec<_>>().join(";"),
    }
}

fn text_of_value(value: &VCardValue) -> String {
    match value {
        VCardValue::Text(text) => text.replace("\r\n", "\n"),
        VCardValue::Integer(number) => number.to_string(),
        VCardValue::Float(number) => number.to_string(),
        VCardValue::Boolean(yes) => yes.to_string(),
        VCardValue::Component(parts) => parts.join(","),
        VCardValue::Kind(kind) => kind.as_str().to_owned(),
        VCardValue::PartialDateTime(date) => {
            let two = |part: Option<u8>| part.map(|part| format!("{part:02}")).unwrap_or_default();
            format!(
                "{}-{}-{}",
                date.year.map(|year| format!("{year:04}")).unwrap_or_else(|| "-".into()),
                two(date.month),
                two(date.day)
            )
        }
        // Pictures and keys are blobs: they come with the attachments.
        VCardValue::Binary(_) | VCardValue::Sex(_) | VCardValue::GramGender(_) => String::new(),
    }
}
