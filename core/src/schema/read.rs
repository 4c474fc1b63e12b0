//! What a record shows, field by field: the reading that forms, index and titles share.

use super::{Field, KeyRole, Kind};
use crate::record::{Cell, Content, Record, Scalar, Value, ValueType, Version};

/// What one field shows.
#[derive(Clone, Debug, PartialEq)]
pub enum ShownField<'a> {
    /// Entries that are not removed, by position, then id.
    Entries(Vec<ShownEntry<'a>>),
    /// Event ids with their scalar, as stored.
    Events(Vec<(&'a str, &'a Scalar)>),
    /// A scalar that is not of the field's type.
    IllTyped(&'a Scalar),
    /// Members that are not removed, in key order: the spelling of tags, the key of choices, the id of links.
    Set(Vec<Value>),
    /// A co-edited text.
    Text(&'a str),
    /// One typed value.
    Value(Value),
}

/// One entry that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownEntry<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where it stands among the others.
    pub position: &'a str,
    /// Sub-fields that hold something, in key order; `Err` = not of the sub-field's type.
    pub values: Vec<(&'a Field, Result<Value, &'a Scalar>)>,
}

/// One key, or one entry, that holds more than one value.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownConflict<'a> {
    /// The field it belongs to.
    pub field: &'a Field,
    /// The key; of an entry that came back: `phones/a1`.
    pub key: String,
    /// The shown one first; each with a different value.
    pub versions: Vec<&'a Version>,
}

impl ShownEntry<'_> {
    /// The value of the sub-field `name`, if it is well typed.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(sub, _)| sub.name == name).and_then(|(_, value)| value.as_ref().ok())
    }
}

impl Field {
    /// What `record` shows in this field; `None` if it is empty.
    pub fn shown<'a>(&'a self, record: &'a Record) -> Option<ShownField<'a>> {
        if self.computed || self.name == "removed" {
            return None;
        }
        let shown = if self.custom.is_some() {
            let key = self.key();
            self.shown_at(&key, record)
        } else {
            self.shown_at(&self.name, record)
        };
        shown.filter(|shown| match shown {
            ShownField::Entries(entries) => !entries.is_empty(),
            ShownField::Events(events) => !events.is_empty(),
            ShownField::Set(members) => !members.is_empty(),
            ShownField::Text(text) => !text.is_empty(),
            ShownField::IllTyped(_) | ShownField::Value(_) => true,
        })
    }

    fn shown_at<'a>(&'a self, key: &str, record: &'a Record) -> Option<ShownField<'a>> {
        match self.ty {
            ValueType::Entries => Some(ShownField::Entries(self.entries(key, record))),
            ValueType::Events => {
                let events = record.below(key).filter_map(|(full, cell)| {
                    Some((&full[key.len() + 1..], cell.shown.content.as_scalar()?))
                });
                Some(ShownField::Events(events.collect()))
            }
            _ if self.is_set() => {
                let members =
                    record.below(key).filter_map(|(full, cell)| self.member(&full[key.len() + 1..], cell));
                Some(ShownField::Set(members.collect()))
            }
            ValueType::Text => record.str(key).map(ShownField::Text),
            ty => match record.content(key)? {
                Content::Scalar(Scalar::Null) => None,
                Content::Scalar(scalar) => Some(match Value::from_scalar(ty, scalar) {
                    Ok(value) => ShownField::Value(value),
                    Err(_) => ShownField::IllTyped(scalar),
                }),
                // A string field that another version made a text of: its words are still a string.
                Content::Text(text) => Some(ShownField::Text(text)),
            },
        }
    }

    /// The member, if any of the values that stand in its register says that it is in the set.
    fn member(&self, member: &str, cell: &Cell) -> Option<Value> {
        let holder = versions(cell).find(|version| is_member(&version.content))?;
        match (self.ty, holder.content.as_str()) {
            (ValueType::Tags, Some(spelling)) => Some(Value::Text(spelling.to_owned())),
            (ValueType::Links, _) => member.parse().ok().map(Value::Link),
            _ => Some(Value::Text(member.to_owned())),
        }
    }

    fn entries<'a>(&'a self, key: &str, record: &'a Record) -> Vec<ShownEntry<'a>> {
        let mut entries: Vec<ShownEntry<'a>> = Vec::new();
        let mut hidden = "";
        let mark = self.order_mark();
        for (full, cell) in record.below(key) {
            let Some((id, name)) = full[key.len() + 1..].split_once('/') else { continue };
            if id == hidden {
                continue;
            }
            if entries.last().is_none_or(|entry| entry.id != id) {
                if entry_state(record, &full[..key.len() + 1 + id.len()]) == EntryState::Removed {
                    hidden = id;
                    continue;
                }
                entries.push(ShownEntry { id, position: "", values: Vec::new() });
            }
            let Some(entry) = entries.last_mut() else { continue };
            match (name, &cell.shown.content) {
                ("removed", _) | (_, Content::Scalar(Scalar::Null)) => {}
                (name, content) if name == mark => entry.position = content.as_str().unwrap_or_default(),
                (name, Content::Scalar(scalar)) => {
                    if let Some(sub) = self.sub_field(name) {
                        entry.values.push((sub, Value::from_scalar(sub.ty, scalar).map_err(|_| scalar)));
                    }
                }
                (name, Content::Text(text)) => {
                    if let Some(sub) = self.sub_field(name) {
                        entry.values.push((sub, Ok(Value::Text(text.clone()))));
                    }
                }
            }
        }
        entries.retain(|entry| !entry.values.is_empty());
        entries.sort_by(|a, b| (a.position, a.id).cmp(&(b.position, b.id)));
        entries
    }
}

/// Whether an entry is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum EntryState {
    Present,
    Removed,
    /// Removed by one person, edited by another who had not seen that.
    Revived,
}

/// State of the entry `prefix` (`phones/a1`).
///
/// The document knows which removals stand (automerge.md section 7). Where it says nothing, the flag
/// itself decides, and a concurrent "not removed" wins over a time.
pub(super) fn entry_state(record: &Record, prefix: &str) -> EntryState {
    let nothing_flagged = record.removed_entries.is_empty() && record.revived_entries.is_empty();
    let flag = record.cells.get(&format!("{prefix}/removed"));
    let flagged = |cell: &Cell, time: bool| {
        versions(cell).any(|version| match version.content.as_scalar() {
            Some(Scalar::Int(_) | Scalar::Bool(true)) => time,
            Some(Scalar::Bool(false)) => !time,
            _ => false,
        })
    };
    let (removed, kept) = flag.map_or((false, false), |cell| (flagged(cell, true), flagged(cell, false)));
    if !nothing_flagged && record.revived_entries.contains(prefix) || removed && kept {
        return EntryState::Revived;
    }
    if removed { EntryState::Removed } else { EntryState::Present }
}

/// Whether a member's register says that it is in the set.
pub(super) fn is_member(content: &Content) -> bool {
    !matches!(content, Content::Scalar(Scalar::Bool(false) | Scalar::Null))
}

pub(super) fn versions(cell: &Cell) -> impl Iterator<Item = &Version> {
    std::iter::once(&cell.shown).chain(&cell.others)
}

impl Kind {
    /// Every key and entry of `record` with two or more different values, in key order. Values that
    /// differ in spelling only are no conflict; where two people put an entry neither.
    pub fn conflicts<'a>(&'a self, record: &'a Record) -> Vec<ShownConflict<'a>> {
        let mut conflicts = Vec::new();
        for (key, cell) in &record.cells {
            if cell.others.is_empty() {
                continue;
            }
            let role = self.role(key);
            let field = match role {
                // Revived entries follow below; order and removal marks are not for people to settle.
                KeyRole::EntryMark(..) | KeyRole::System => continue,
                role => match role.field() {
                    Some(field) => field,
                    None => continue,
                },
            };
            if let KeyRole::Sub(_, entry, _) = role {
                let prefix = format!("{}/{entry}", field.key());
                if entry_state(record, &prefix) == EntryState::Removed {
                    continue;
                }
            }
            let versions = different(role, cell);
            if versions.len() > 1 {
                conflicts.push(ShownConflict { field, key: key.clone(), versions });
            }
        }
        self.revived(record, &mut conflicts);
        conflicts
    }

    fn revived<'a>(&'a self, record: &'a Record, conflicts: &mut Vec<ShownConflict<'a>>) {
        let marks = record.cells.iter().filter(|(key, _)| key.ends_with("/removed"));
        for (key, flag) in marks {
            let KeyRole::EntryMark(field, _, "removed") = self.role(key) else { continue };
            let prefix = key.trim_end_matches("/removed");
            if entry_state(record, prefix) != EntryState::Revived {
                continue;
            }
            // What was typed last into the entry stands against the removal.
            let edited = record.below(prefix).filter(|(full, _)| !full.ends_with("/removed"));
            let edit = edited.map(|(_, cell)| &cell.shown).max_by_key(|version| (version.at, version.change));
            let removal = versions(flag).find(|version| !is_not_removed(&version.content));
            let kept = versions(flag).find(|version| is_not_removed(&version.content));
            let versions: Vec<_> = kept.or(edit).into_iter().chain(removal).collect();
            conflicts.push(ShownConflict { field, key: prefix.to_owned(), versions });
        }
        conflicts.sort_by(|a, b| a.key.cmp(&b.key));
    }
}

fn is_not_removed(content: &Content) -> bool {
    matches!(content, Content::Scalar(Scalar::Bool(false) | Scalar::Null))
}

/// The versions of a cell whose values differ once they are in one spelling, the shown one first.
fn different<'a>(role: KeyRole<'_>, cell: &'a Cell) -> Vec<&'a Version> {
    let mut seen: Vec<Content> = Vec::new();
    let mut different = Vec::new();
    for version in versions(cell) {
        let normal = normal(role, &version.content);
        if !seen.contains(&normal) {
            seen.push(normal);
            different.push(version);
        }
    }
    // Of a member, the one that is in the set is what is shown.
    if matches!(role, KeyRole::Member(..)) {
        different.sort_by_key(|version| !is_member(&version.content));
    }
    different
}

/// A content in the one spelling of its type; what is ill-typed as it is.
pub(super) fn normal(role: KeyRole<'_>, content: &Content) -> Content {
    let scalar = match (role, content) {
        (KeyRole::Member(..), _) => Scalar::Bool(is_member(content)),
        (KeyRole::EntryMark(_, _, "removed") | KeyRole::Trash(_), Content::Scalar(flag)) => {
            Scalar::Bool(matches!(flag, Scalar::Int(_) | Scalar::Bool(true)))
        }
        (_, Content::Text(_)) => return content.clone(),
        (role, Content::Scalar(scalar)) => match role.value_type() {
            Some(ty) => Value::from_scalar(ty, scalar).map_or_else(|_| scalar.clone(), |v| v.to_scalar()),
            None => scalar.clone(),
        },
    };
    Content::Scalar(scalar)
}
