//! Entries: phones, e-mails, employments. Removing one is a flag; editing a removed one brings it back.

use serde_json::{Map, Value as Json};

use super::super::position;
use super::super::read::{EntryState, entry_state};
use super::{Plan, bad, short};
use crate::record::{EditError, Scalar};
use crate::schema::{Field, ShownField};

/// Characters of a generated entry id: no vowels, so that no words come out, and nothing that looks alike.
const ID_LETTERS: &[u8; 24] = b"bcdfghjkmnpqrstvwxz23456";
/// Length of a generated entry id: 24^8 of them, within one record.
const ID_LENGTH: usize = 8;
/// Longest entry id that may be given.
const MAX_ID: usize = 64;

impl Plan<'_> {
    /// `phones` = the whole list, `phones/<id>` = one entry, `phones/<id>/<sub>` = one sub-field.
    pub(super) fn set_entries(
        &mut self,
        field: &Field,
        path: &str,
        rest: &str,
        json: &Json,
    ) -> Result<(), EditError> {
        let (id, sub) = rest.split_once('/').unwrap_or((rest, ""));
        if id.is_empty() {
            return self.set_all_entries(field, path, json);
        }
        check_id(path, id)?;
        match (sub, json) {
            ("", Json::Null) => self.remove_entry(field, path, id),
            ("", Json::Object(values)) => self.write_entry(field, path, id, values),
            ("", _) => Err(bad(path, "an object of sub-fields")),
            ("removed", Json::Bool(true) | Json::Number(_)) => self.remove_entry(field, path, id),
            ("removed", Json::Bool(false) | Json::Null) => self.revive(field, id),
            ("removed", _) => Err(bad(path, "true or false")),
            (name, Json::String(position)) if name == field.order_mark() && position.len() <= MAX_ID => {
                let key = format!("{}/{id}/{name}", field.key());
                self.put(key, Scalar::Str(position.clone()))
            }
            (name, _) if name == field.order_mark() => Err(bad(path, "a place, like 00i")),
            (sub, _) => {
                let sub = field.sub_field(sub).ok_or_else(|| self.unknown(path))?;
                let value = self.value(sub, path, json)?;
                self.place(field, id)?;
                self.put(format!("{}/{id}/{}", field.key(), sub.name), value)?;
                self.revive(field, id)
            }
        }
    }

    /// One new entry, or, if its `id` is there already, an edit of that one.
    pub(super) fn add_entry(&mut self, field: &Field, path: &str, json: &Json) -> Result<(), EditError> {
        let mut values = match json {
            Json::Object(values) => values.clone(),
            // A number or an address alone is what the entry is about.
            Json::String(_) => {
                let main = field.main_sub().ok_or_else(|| bad(path, "an object of sub-fields"))?;
                Map::from_iter([(main.name.clone(), json.clone())])
            }
            _ => return Err(bad(path, "an object of sub-fields")),
        };
        let id = match values.remove("id") {
            None | Some(Json::Null) => self.new_id(field),
            Some(Json::String(id)) => {
                check_id(path, &id)?;
                id
            }
            Some(_) => return Err(bad(path, "an id of letters and digits")),
        };
        self.write_entry(field, path, &id, &values)
    }

    pub(super) fn remove_entry(&mut self, field: &Field, path: &str, id: &str) -> Result<(), EditError> {
        check_id(path, id)?;
        let prefix = format!("{}/{id}", field.key());
        let Some(record) = self.current else { return Ok(()) };
        let is_there = record.below(&prefix).any(|(key, _)| !key.ends_with("/removed"));
        match entry_state(record, &prefix) {
            EntryState::Present if is_there => self.flag(&prefix, Scalar::Int(self.now.millis())),
            // Settles the conflict: the removal is meant, now that the edit was seen.
            EntryState::Revived => self.flag(&prefix, Scalar::Int(self.now.millis())),
            EntryState::Present | EntryState::Removed => Ok(()),
        }
    }

    fn set_all_entries(&mut self, field: &Field, path: &str, json: &Json) -> Result<(), EditError> {
        let entries = match json {
            Json::Null => &[][..],
            Json::Array(entries) => entries,
            _ => return Err(bad(path, "a list of entries")),
        };
        let mut kept = Vec::new();
        for entry in entries {
            self.add_entry(field, path, entry)?;
            kept.extend(entry.get("id").and_then(Json::as_str));
        }
        let Some(ShownField::Entries(shown)) = self.current.and_then(|record| field.shown(record)) else {
            return Ok(());
        };
        let gone = shown.iter().filter(|entry| !kept.contains(&entry.id));
        let gone: Vec<String> = gone.map(|entry| entry.id.to_owned()).collect();
        gone.iter().try_for_each(|id| self.remove_entry(field, path, id))
    }

    fn write_entry(
        &mut self,
        field: &Field,
        path: &str,
        id: &str,
        values: &Map<String, Json>,
    ) -> Result<(), EditError> {
        let mark = field.order_mark();
        let mut puts = Vec::new();
        for (name, json) in values {
            match (name.as_str(), json) {
                ("id", _) => {}
                (name_of_mark, Json::String(position))
                    if name_of_mark == mark && position.len() <= MAX_ID =>
                {
                    puts.push((name, Scalar::Str(position.clone())));
                }
                (name_of_mark, Json::Null) if name_of_mark == mark => {}
                (name_of_mark, _) if name_of_mark == mark => return Err(bad(path, "a place, like 00i")),
                (name_of_sub, _) => {
                    let full = || format!("{path}/{name_of_sub}");
                    let sub = field.sub_field(name).ok_or_else(|| self.unknown(&short(&full())))?;
                    puts.push((name, self.value(sub, &full(), json)?));
                }
            }
        }
        // A row that a form left empty is no entry.
        let says_something = puts.iter().any(|(name, value)| *name != mark && !value.is_null());
        if !says_something && self.is_new(field, id) {
            return Ok(());
        }
        if !values.contains_key(mark) {
            self.place(field, id)?;
        }
        for (name, value) in puts {
            self.put(format!("{}/{id}/{name}", field.key()), value)?;
        }
        self.revive(field, id)
    }

    fn is_new(&self, field: &Field, id: &str) -> bool {
        let prefix = format!("{}/{id}", field.key());
        let planned = format!("{prefix}/");
        self.current.is_none_or(|record| record.below(&prefix).next().is_none())
            && !self.writes.iter().any(|write| write.key().starts_with(&planned))
    }

    /// Gives a new entry its place behind the others.
    fn place(&mut self, field: &Field, id: &str) -> Result<(), EditError> {
        if !self.is_new(field, id) {
            return Ok(());
        }
        let key = field.key();
        let start = format!("{key}/");
        let end = format!("/{}", field.order_mark());
        let planned = self.writes.iter().filter_map(|write| match write {
            crate::record::Write::Put { key, value } if key.starts_with(&start) && key.ends_with(&end) => {
                value.as_str()
            }
            _ => None,
        });
        let shown = self.current.into_iter().flat_map(|record| {
            record
                .below(&key)
                .filter(|(key, _)| key.ends_with(&end))
                .filter_map(|(_, cell)| cell.shown.content.as_str())
        });
        let position = position::after(shown.chain(planned).max());
        self.put(format!("{key}/{id}{end}"), Scalar::Str(position))
    }

    /// An edit of a removed entry brings it back.
    fn revive(&mut self, field: &Field, id: &str) -> Result<(), EditError> {
        let prefix = format!("{}/{id}", field.key());
        match self.current.map(|record| entry_state(record, &prefix)) {
            Some(EntryState::Removed | EntryState::Revived) => self.flag(&prefix, Scalar::Bool(false)),
            _ => Ok(()),
        }
    }

    /// Written even if a concurrent flag of the same value is shown: it settles what stands beside it.
    fn flag(&mut self, prefix: &str, flag: Scalar) -> Result<(), EditError> {
        let key = format!("{prefix}/removed");
        self.writes.retain(|write| write.key() != key);
        self.writes.push(crate::record::Write::Put { key, value: flag });
        Ok(())
    }

    pub(super) fn new_id(&mut self, field: &Field) -> String {
        loop {
            let mut random = [0; ID_LENGTH];
            self.rng.fill_bytes(&mut random);
            let letters = random.iter().map(|byte| ID_LETTERS[usize::from(*byte) % ID_LETTERS.len()] as char);
            let id: String = letters.collect();
            if self.is_new(field, &id) {
                return id;
            }
        }
    }
}

pub(super) fn check_id(path: &str, id: &str) -> Result<(), EditError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=MAX_ID).contains(&id.len()) && id.bytes().all(plain) {
        Ok(())
    } else {
        Err(bad(path, "an entry id of at most 64 letters, digits, - and _"))
    }
}
