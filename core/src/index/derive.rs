//! One record as everything the index holds of it.

use serde_json::{Map, Value as Json};

use super::matching::record_keys;
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
    let mut words = Words { text: vec![row.title.clone()], digits: Vec::new() };
    let mut cells = Map::new();
    for field in &kind.fields {
        let Some(shown) = field.shown(record) else { continue };
        if let Some(json) = cell(kind, field, &shown) {
            cells.insert(field.name.clone(), json);
        }
        match &shown {
            ShownField::Value(value) => {
                one_value(
                    &field.name,
                    field,
                    field,
                    value,
                    field.indexed,
                    field.searched,
                    &mut row,
                    &mut words,
                );
            }
            ShownField::Set(members) => members.iter().for_each(|value| {
                one_value(
                    &field.name,
                    field,
                    field,
                    value,
                    field.indexed,
                    field.searched,
                    &mut row,
                    &mut words,
                );
            }),
            ShownField::Entries(entries) => {
                let main = field.main_sub().map(|sub| sub.name.as_str());
                for (sub, value) in entries.iter().flat_map(|entry| &entry.values) {
                    let Ok(value) = value else { continue };
                    let searched = field.searched && sub.searched;
                    if main == Some(&sub.name) {
                        one_value(
                            &field.name,
                            field,
                            sub,
                            value,
                            field.indexed,
                            searched,
                            &mut row,
                            &mut words,
                        );
                    } else {
                        let name = format!("{}/{}", field.name, sub.name);
                        let indexed = field.indexed && sub.indexed;
                        one_value(&name, field, sub, value, indexed, searched, &mut row, &mut words);
                    }
                }
            }
            ShownField::Text(text) if field.searched => words.text.push((*text).to_owned()),
            ShownField::Events(_) | ShownField::IllTyped(_) | ShownField::Text(_) => {}
        }
    }
    row.cells = Json::Object(cells).to_string();
    row.values.extend(record_keys(record).into_iter().map(|(name, text)| hidden(name, text)));
    row.search = fold(&words.text.join("\n"));
    for number in words.digits {
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

/// What search finds the record by.
struct Words {
    text: Vec<String>,
    /// Digits of phone numbers: not folded, nothing in them to fold.
    digits: Vec<String>,
}

/// Rows, link and words of one value. `of` is the field or sub-field that types it.
fn one_value(
    name: &str,
    field: &Field,
    of: &Field,
    value: &Value,
    indexed: bool,
    searched: bool,
    row: &mut IndexRow,
    words: &mut Words,
) {
    match value {
        Value::Text(typed) if of.ty == ValueType::Phone => {
            // Read once: reading a number is the dearest step of all.
            let (search, e164) = phone::both(typed);
            if indexed {
                let sort = e164.as_bytes().to_vec();
                row.values.push(ValueRow { field: name.to_owned(), sort, text: e164.clone(), number: None });
            }
            if !e164.is_empty() {
                row.values.push(hidden("~phone", e164.clone()));
            }
            if searched {
                // In international form too: "+49171" is a prefix that people look for.
                words.digits.extend((e164 != search).then_some(e164));
                words.digits.push(search);
            }
            return;
        }
        Value::Text(typed) if of.ty == ValueType::Email => {
            row.values.push(hidden("~email", typed.to_lowercase()));
        }
        Value::Link(to) => row.links.push(LinkRow { field: field.name.clone(), to: *to }),
        _ => {}
    }
    if indexed {
        row.values.push(value_row(name, of, value));
    }
    match value {
        Value::Text(text) if searched => words.text.push(text.clone()),
        Value::Address(address) if searched => {
            let parts = address.parts().into_iter().map(|(_, part)| part).filter(|part| !part.is_empty());
            words.text.push(parts.collect::<Vec<_>>().join(" "));
        }
        _ => {}
    }
}

fn hidden(name: &str, text: String) -> ValueRow {
    ValueRow { field: name.to_owned(), sort: text.as_bytes().to_vec(), text, number: None }
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
