//! From an edit to writes on flat keys.
//!
//! Every part of the edit is read first; the errors are sorted by the order of the kind's fields and the
//! first one is returned, so that the same bad edit always has the same answer. Values equal to what the
//! record shows (in any spelling) make no write.

mod entries;
mod events;
mod sets;

use serde_json::Value as Json;

use super::read::normal;
use super::{Field, KeyRole, Kind, Schema, fold};
use crate::record::{
    Content, Edit, EditError, Record, Scalar, Splice, Timestamp, Value, ValueType, Write, one_line,
};

/// Longest co-edited text, in UTF-16 units: longer ones are kept as files (automerge.md 4.4).
pub(super) const MAX_TEXT: usize = 100_000;
/// Longest scalar, in bytes.
const MAX_SCALAR: usize = crate::record::MAX_SCALAR_BYTES;
/// Longest key, in bytes.
const MAX_KEY: usize = 256;

pub(super) fn plan(
    schema: &Schema,
    kind: &Kind,
    current: Option<&Record>,
    edit: &Edit,
    now: Timestamp,
    rng: &mut dyn rand::RngCore,
    as_relay: bool,
) -> Result<Vec<Write>, EditError> {
    let mut plan = Plan { schema, kind, current, now, rng, as_relay, writes: Vec::new() };
    let mut errors: Vec<(usize, EditError)> = Vec::new();
    let order = |path: &str| {
        let named = kind.named(path).map(|(field, _)| field);
        named.and_then(|field| kind.fields.iter().position(|f| f.name == field.name)).unwrap_or(usize::MAX)
    };
    let mut note = |path: &str, result: Result<(), EditError>| {
        if let Err(error) = result {
            errors.push((order(path), error));
        }
    };
    for (path, json) in &edit.set {
        note(path, plan.set(path, json));
    }
    for (path, members) in &edit.add {
        note(path, plan.add(path, members));
    }
    for (path, members) in &edit.remove {
        note(path, plan.remove(path, members));
    }
    for (path, splices) in &edit.text {
        let both = edit.set.contains_key(path);
        let result = if both {
            Err(bad(path, "either the whole text or splices, not both"))
        } else {
            plan.splice(path, splices)
        };
        note(path, result);
    }
    // Stable: of two errors in one field the first in reading order stays first.
    errors.sort_by_key(|(order, _)| *order);
    match errors.into_iter().next() {
        Some((_, error)) => Err(error),
        None => Ok(plan.writes),
    }
}

struct Plan<'a> {
    schema: &'a Schema,
    kind: &'a Kind,
    current: Option<&'a Record>,
    now: Timestamp,
    rng: &'a mut dyn rand::RngCore,
    as_relay: bool,
    writes: Vec<Write>,
}

impl<'a> Plan<'a> {
    fn set(&mut self, path: &str, json: &Json) -> Result<(), EditError> {
        if path == "removed" {
            return self.trash(json);
        }
        if path.starts_with("extra/") || (path.starts_with("p/") && self.kind.name == "setting") {
            return self.property(path, json);
        }
        let (field, rest) = self.writable(path)?;
        match field.ty {
            ValueType::Events => Err(bad(path, "add instead of set: events are never changed")),
            ValueType::Entries => self.set_entries(field, path, rest, json),
            _ if field.is_set() => self.set_members(field, path, rest, json),
            _ if !rest.is_empty() => Err(self.unknown(path)),
            ValueType::Text => self.text(field, path, json),
            _ => {
                let value = self.value(field, path, json)?;
                let key = field.key();
                self.put(key, value)
            }
        }
    }

    fn add(&mut self, path: &str, members: &[Json]) -> Result<(), EditError> {
        let (field, rest) = self.writable(path)?;
        match field.ty {
            _ if !rest.is_empty() => Err(self.unknown(path)),
            ValueType::Entries => members.iter().try_for_each(|entry| self.add_entry(field, path, entry)),
            ValueType::Events => members.iter().try_for_each(|event| self.add_event(field, path, event)),
            _ if field.is_set() => {
                members.iter().try_for_each(|member| self.put_member(field, path, member, true))
            }
            _ => Err(bad(path, "set instead of add: the field holds one value")),
        }
    }

    fn remove(&mut self, path: &str, members: &[String]) -> Result<(), EditError> {
        let (field, rest) = self.writable(path)?;
        match field.ty {
            _ if !rest.is_empty() => Err(self.unknown(path)),
            ValueType::Entries => members.iter().try_for_each(|id| self.remove_entry(field, path, id)),
            ValueType::Events => Err(bad(path, "nothing to remove: events stay")),
            _ if field.is_set() => members
                .iter()
                .try_for_each(|member| self.put_member(field, path, &Json::String(member.clone()), false)),
            _ => Err(bad(path, "set to null instead of remove: the field holds one value")),
        }
    }

    fn splice(&mut self, path: &str, splices: &[Splice]) -> Result<(), EditError> {
        let (field, rest) = self.writable(path)?;
        if field.ty != ValueType::Text || !rest.is_empty() {
            return Err(bad(path, "set instead of text: the field is not co-edited"));
        }
        let key = field.key();
        let mut length = self.current.and_then(|r| r.str(&key)).map_or(0, utf16);
        let mut kept = Vec::new();
        for splice in splices {
            let insert = plain_text(&splice.insert);
            if splice.at > length || splice.delete > length - splice.at {
                return Err(bad(path, "a splice inside the text, counted in UTF-16 units"));
            }
            length = length - splice.delete + utf16(&insert);
            if splice.delete > 0 || !insert.is_empty() {
                kept.push(Splice { insert, ..splice.clone() });
            }
        }
        if length > MAX_TEXT {
            return Err(too_large(path, MAX_TEXT));
        }
        if !kept.is_empty() {
            self.writes.push(Write::Splice { key, splices: kept });
        }
        Ok(())
    }

    /// The field a path begins with, if it may be written; and the rest of the path.
    fn writable<'p>(&self, path: &'p str) -> Result<(&'a Field, &'p str), EditError> {
        let (field, rest) = self.kind.named(path).ok_or_else(|| self.unknown(path))?;
        let read_only = field.computed
            // Events that say nothing a person could type are written by an operation of the product.
            || (field.ty == ValueType::Events && field.sub.is_empty())
            || field.name == "removed"
            || (field.relay_only && !self.as_relay);
        if read_only {
            return Err(EditError::ReadOnly { field: field.name.clone() });
        }
        Ok((field, rest))
    }

    fn trash(&mut self, json: &Json) -> Result<(), EditError> {
        let removed = match json {
            Json::Null => false,
            Json::Bool(removed) => *removed,
            Json::Number(_) => true,
            _ => return Err(bad("removed", "true or false")),
        };
        let flag = if removed { Scalar::Int(self.now.millis()) } else { Scalar::Bool(false) };
        if !removed && self.shown("removed").is_none() {
            return Ok(());
        }
        self.put("removed".to_owned(), flag)
    }

    /// Properties of settings and foreign properties: strings, whatever was sent.
    fn property(&mut self, path: &str, json: &Json) -> Result<(), EditError> {
        if path.ends_with('/') {
            return Err(self.unknown(path));
        }
        let text = match json {
            Json::Null => String::new(),
            Json::String(text) => {
                within(path, text.len(), MAX_SCALAR)?;
                one_line(text)
            }
            Json::Bool(yes) => yes.to_string(),
            Json::Number(number) => number.to_string(),
            Json::Array(_) | Json::Object(_) => return Err(bad(path, "text")),
        };
        let value = if text.is_empty() { Scalar::Null } else { Scalar::Str(text) };
        self.put(path.to_owned(), value)
    }

    fn text(&mut self, field: &Field, path: &str, json: &Json) -> Result<(), EditError> {
        let text = match json {
            Json::Null => String::new(),
            Json::String(text) => plain_text(text),
            _ => return Err(bad(path, "text")),
        };
        if utf16(&text) > MAX_TEXT {
            return Err(too_large(path, MAX_TEXT));
        }
        let key = field.key();
        if self.current.and_then(|record| record.str(&key)).unwrap_or_default() != text {
            self.writes.push(Write::Text { key, text });
        }
        Ok(())
    }

    /// The scalar of one typed value; null for null and for blanks.
    fn value(&self, field: &Field, path: &str, json: &Json) -> Result<Scalar, EditError> {
        if let Json::String(typed) = json {
            within(path, typed.len(), MAX_SCALAR)?;
            if typed.trim().is_empty() {
                return Ok(Scalar::Null);
            }
        }
        if json.is_null() {
            return Ok(Scalar::Null);
        }
        let value = Value::from_json(field.ty, json).map_err(|error| bad(path, &error.to_string()))?;
        let value = self.listed(field, path, value)?;
        Ok(match value.to_scalar() {
            Scalar::Str(text) if text.is_empty() => Scalar::Null,
            scalar => scalar,
        })
    }

    /// A label of the field's list, in either language, as its key. Choices must be in the list; strings
    /// with a list may be anything else too.
    fn listed(&self, field: &Field, path: &str, value: Value) -> Result<Value, EditError> {
        let (Some(list), Value::Text(typed)) = (&field.list, &value) else { return Ok(value) };
        // A list that is not here (yet) cannot tell right from wrong.
        let Some(choices) = self.schema.lists.get(list) else { return Ok(value) };
        if choices.iter().any(|choice| choice.key == *typed) {
            return Ok(value);
        }
        let folded = fold(typed);
        let same = |text: &str| fold(text) == folded;
        let found = choices.iter().find(|c| same(&c.label.de) || same(&c.label.en) || same(&c.key));
        match found {
            Some(choice) => Ok(Value::Text(choice.key.clone())),
            None if field.ty == ValueType::String => Ok(value),
            None if self.shown(&field.key()).and_then(Content::as_str) == Some(typed) => Ok(value),
            None => Err(bad(path, &format!("expected an entry of the list {list}"))),
        }
    }

    /// Writes a register, unless it shows this value already.
    fn put(&mut self, key: String, value: Scalar) -> Result<(), EditError> {
        if key.len() > MAX_KEY {
            let what = key.split('/').next().unwrap_or_default().to_owned();
            return Err(EditError::TooLarge { what: format!("key of {what}"), limit: MAX_KEY as u64 });
        }
        if let Scalar::Str(text) = &value {
            within(&key, text.len(), MAX_SCALAR)?;
        }
        let role = self.kind.role(&key);
        let new = normal(role, &Content::Scalar(value.clone()));
        let planned = self.writes.iter().position(|write| write.key() == key);
        if let Some(at) = planned {
            self.writes.remove(at);
        }
        let same = match self.shown(&key) {
            None => value.is_null(),
            // The spelling of a tag may change; a member otherwise is there or not.
            Some(Content::Scalar(old)) if matches!(role, KeyRole::Member(..)) => *old == value,
            Some(old) => normal(role, old) == new,
        };
        if !same {
            self.writes.push(Write::Put { key, value });
        }
        Ok(())
    }

    fn shown(&self, key: &str) -> Option<&'a Content> {
        self.current.and_then(|record| record.content(key))
    }

    fn unknown(&self, path: &str) -> EditError {
        EditError::UnknownField { field: short(path), kind: self.kind.name.clone() }
    }
}

fn bad(path: &str, detail: &str) -> EditError {
    EditError::BadValue { field: short(path), detail: detail.to_owned() }
}

/// A path as errors name it: a foreign one may be a megabyte.
fn short(path: &str) -> String {
    path.chars().take(MAX_KEY).collect()
}

fn too_large(what: &str, limit: usize) -> EditError {
    EditError::TooLarge { what: short(what), limit: limit as u64 }
}

fn within(path: &str, bytes: usize, limit: usize) -> Result<(), EditError> {
    if bytes > limit { Err(too_large(path, limit)) } else { Ok(()) }
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text in its one spelling: NFC, line breaks as `\n`. Blanks around it stay: somebody may be typing.
fn plain_text(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    match Value::from_json(ValueType::Text, &Json::String(lines)) {
        Ok(Value::Text(text)) => text,
        _ => String::new(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
