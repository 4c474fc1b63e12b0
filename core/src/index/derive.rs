//! One record as everything the index holds of it.

use serde_json::{Map, Value as Json};

use super::matching::match_keys;
use super::{ConflictRow, IndexRow, LinkRow, ValueRow, collation_key, phone, value_row};
use crate::record::{Record, Timestamp, Value, ValueType};
use crate::schema::{Field, Kind, Schema, ShownField, entry_json, fold, is_removed};

/// Characters of a text in a list cell; lists show one line.
const CELL_TEXT: usize = 120;
/// Entries of a list cell; lists show the first and how many more.
const CELL_ENTRIES: usize = 3;

/// Everything the index should hold of `record`. A record of an unknown kind is found by nothing but its
/// id until the schema knows it.
pub fn derive(schema: &Schema, record: &Record) -> IndexRow {
    let mut row = IndexRow {
        record: record.id,
        kind: record.kind().to_owned(),
        title: String::new(),
        sort_key: Vec::new(),
        removed: is_removed(record),
        created_at: record.created_at,
        changed_at: record.changed_at,
        changed_by: record.changed_by,
        cells: "{}".to_owned(),
        values: Vec::new(),
        links: Vec::new(),
        conflicts: Vec::new(),
        search: String::new(),
    };
    let Some(kind) = schema.kind(record.kind()) else { return row };
    let (title, sort_title) = schema.titles(kind, record);
    row.sort_key = collation_key(&sort_title);
    row.title = title;
    let mut words = vec![row.title.clone()];
    let mut digits = Vec::new();
    let mut cells = Map::new();
    for field in &kind.fields {
        let Some(shown) = field.shown(record) else { continue };
        if let Some(json) = cell(kind, field, &shown) {
            cells.insert(field.name.clone(), json);
        }
        field_rows(field, &shown, &mut row);
        if field.searched {
            field_words(field, &shown, &mut words, &mut digits);
        }
    }
    row.cells = Json::Object(cells).to_string();
    let keys = match_keys(kind, record).into_iter();
    row.values.extend(keys.map(|(name, text)| ValueRow {
        field: name.to_owned(),
        sort: text.as_bytes().to_vec(),
        text,
        number: None,
    }));
    row.search = fold(&words.join("\n"));
    for number in digits {
        row.search.push('\n');
        row.search.push_str(&number);
    }
    row.conflicts = conflicts(kind, record);
    row.values.sort();
    row.values.dedup();
    row.links.sort();
    row.links.dedup();
    row
}

fn field_rows(field: &Field, shown: &ShownField<'_>, row: &mut IndexRow) {
    let mut push = |name: &str, of: &Field, value: &Value, indexed: bool| {
        if let Value::Link(to) = value {
            row.links.push(LinkRow { field: field.name.clone(), to: *to });
        }
        if indexed {
            row.values.push(value_row(name, of, value));
        }
    };
    match shown {
        ShownField::Value(value) => push(&field.name, field, value, field.indexed),
        ShownField::Set(members) => {
            members.iter().for_each(|member| push(&field.name, field, member, field.indexed));
        }
        ShownField::Entries(entries) => {
            let main = field.main_sub().map(|sub| sub.name.as_str());
            for (sub, value) in entries.iter().flat_map(|entry| &entry.values) {
                let Ok(value) = value else { continue };
                if main == Some(&sub.name) {
                    push(&field.name, sub, value, field.indexed);
                } else {
                    push(&format!("{}/{}", field.name, sub.name), sub, value, field.indexed && sub.indexed);
                }
            }
        }
        ShownField::Events(_) | ShownField::IllTyped(_) | ShownField::Text(_) => {}
    }
}

/// Collects the words of a searched field, and the digits of its phone numbers.
fn field_words(field: &Field, shown: &ShownField<'_>, words: &mut Vec<String>, digits: &mut Vec<String>) {
    let mut collect = |of: &Field, value: &Value| match value {
        Value::Text(number) if of.ty == ValueType::Phone => {
            let (search, e164) = phone::both(number);
            // As typed too: "+49171" is a prefix that people look for.
            digits.extend((e164 != search).then_some(e164));
            digits.push(search);
        }
        Value::Text(text) => words.push(text.clone()),
        Value::Address(address) => {
            let parts = address.parts().into_iter().map(|(_, part)| part).filter(|part| !part.is_empty());
            words.push(parts.collect::<Vec<_>>().join(" "));
        }
        _ => {}
    };
    match shown {
        ShownField::Value(value) => collect(field, value),
        ShownField::Set(members) => members.iter().for_each(|member| collect(field, member)),
        ShownField::Entries(entries) => {
            for (sub, value) in entries.iter().flat_map(|entry| &entry.values) {
                if let (true, Ok(value)) = (sub.searched, value) {
                    collect(sub, value);
                }
            }
        }
        ShownField::Text(text) => words.push((*text).to_owned()),
        ShownField::Events(_) | ShownField::IllTyped(_) => {}
    }
}

/// What lists show of the field: the kind's columns, and whatever may be filtered by that is one value.
fn cell(kind: &Kind, field: &Field, shown: &ShownField<'_>) -> Option<Json> {
    let is_column = kind.columns.contains(&field.name);
    match shown {
        ShownField::Value(value) if is_column || field.indexed => Some(short(value.to_json())),
        _ if !is_column && !field.indexed => None,
        ShownField::Set(members) => {
            let mut members: Vec<Json> = members.iter().map(Value::to_json).collect();
            members.sort_by_key(ToString::to_string);
            Some(members.into())
        }
        ShownField::Entries(entries) if is_column => {
            Some(entries.iter().take(CELL_ENTRIES).map(|entry| entry_json(field, entry)).collect())
        }
        ShownField::Text(text) => Some(short((*text).into())),
        _ => None,
    }
}

fn short(json: Json) -> Json {
    match json {
        Json::String(text) => match text.char_indices().nth(CELL_TEXT) {
            Some((at, _)) => format!("{}…", &text[..at]).into(),
            None => text.into(),
        },
        json => json,
    }
}

fn conflicts(kind: &Kind, record: &Record) -> Vec<ConflictRow> {
    let rows = kind.conflicts(record).into_iter().map(|conflict| ConflictRow {
        field: conflict.field.name.clone(),
        key: conflict.key,
        versions: conflict.versions.len().max(2) as u32,
        at: conflict.versions.iter().map(|version| version.at).max().unwrap_or(Timestamp::from_millis(0)),
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

#[cfg(test)]
mod tests;
