//! Is the row's record here already? New, update, nothing to do, or possible duplicate.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::index::{company_name, e164_digits, fold, person_name, phone_digits};
use crate::record::{Edit, RecordId, Timestamp};
use crate::schema::{RecordView, Schema};

use super::{Directory, Draft};

/// What an import will do with a row.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum Standing {
    /// No such record here.
    New,
    /// New, but these records look like the same person or company.
    Duplicate {
        /// Most alike first.
        of: Vec<RecordId>,
    },
    /// The record is here and the row says nothing new.
    Same {
        /// The record.
        id: RecordId,
    },
    /// The record is here and the row adds or changes something.
    Update {
        /// The record.
        id: RecordId,
    },
}

/// A row that is ready to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Line or card.
    pub row: usize,
    /// What will happen.
    pub standing: Standing,
    /// In this order: companies that have to be made first, then the record. Empty if nothing is to do.
    pub edits: Vec<Edit>,
}

/// Looks a draft up. `made` remembers companies made by earlier rows of the same import (matching name -> id).
///
/// A row with a known UID, own id, or the content of an earlier import updates that record; what the
/// record already holds is left out of the edit, so that a second import of one file does nothing.
pub fn resolve(
    draft: Draft,
    schema: &Schema,
    directory: &dyn Directory,
    made: &mut BTreeMap<String, RecordId>,
    now: Timestamp,
    rng: &mut dyn rand::RngCore,
) -> Resolved {
    let row = draft.row;
    let mut edits = Vec::new();
    let mut edit = draft.edit.clone();
    for (number, name) in &draft.companies {
        let id = company(name, schema, directory, made, &mut edits, now, rng);
        if let Some(Json::Object(entry)) =
            edit.add.get_mut("employments").and_then(|entries| entries.get_mut(*number))
        {
            entry.insert("company".into(), json!(id.to_string()));
        }
    }
    edit.set.insert("extra/uid".into(), json!(draft.uid));
    let known = draft
        .own_id
        .filter(|id| directory.view(*id).is_some_and(|view| view.kind == draft.kind))
        .or_else(|| {
            directory.find(&draft.kind, "~uid", std::slice::from_ref(&draft.uid)).first().map(|(id, _)| *id)
        });
    if let Some(view) = known.and_then(|id| directory.view(id)) {
        let id = view.id;
        if draft.own_id.is_some() {
            edit.set.remove("extra/uid");
        }
        return match only_new(edit, &view) {
            Some(edit) => {
                edits.push(edit);
                Resolved { row, standing: Standing::Update { id }, edits }
            }
            None if edits.is_empty() => Resolved { row, standing: Standing::Same { id }, edits },
            None => Resolved { row, standing: Standing::Update { id }, edits },
        };
    }
    let alike = alike(&edit, &draft.kind, directory);
    edit.id = Some(draft.own_id.unwrap_or_else(|| RecordId::new(now, rng)));
    if draft.kind == "company"
        && let Some(name) = edit.set.get("name").and_then(Json::as_str)
    {
        made.insert(company_name(name), edit.id.expect("set above"));
    }
    edits.push(edit);
    let standing = if alike.is_empty() { Standing::New } else { Standing::Duplicate { of: alike } };
    Resolved { row, standing, edits }
}

/// Identity of a row without a UID: its kind and everything in it.
pub(super) fn content_id<'a>(kind: &str, cells: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    hash.update(kind.as_bytes());
    for (header, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        for part in [header, cell] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    let digest = hash.finalize();
    format!("content:{}", digest[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn company(
    name: &str,
    schema: &Schema,
    directory: &dyn Directory,
    made: &mut BTreeMap<String, RecordId>,
    edits: &mut Vec<Edit>,
    now: Timestamp,
    rng: &mut dyn rand::RngCore,
) -> RecordId {
    let key = company_name(name);
    if let Some(id) = made.get(&key) {
        return *id;
    }
    let here = directory.find("company", "~name", std::slice::from_ref(&key));
    let id = here.first().map(|(id, _)| *id).unwrap_or_else(|| {
        let id = RecordId::new(now, rng);
        debug_assert!(schema.kind("company").is_some());
        edits.push(Edit { id: Some(id), ..Edit::create("company").with("name", name) });
        id
    });
    made.insert(key, id);
    id
}

/// The edit without what `view` already holds; `None` if nothing is left.
fn only_new(edit: Edit, view: &RecordView) -> Option<Edit> {
    let mut left = Edit::of(view.id);
    for (field, value) in edit.set {
        let stands = match field.strip_prefix("extra/") {
            Some(_) => view.extra.get(&field),
            None => view.values.get(&field),
        };
        if stands != Some(&value) && !(stands.is_none() && value.is_null()) {
            left.set.insert(field, value);
        }
    }
    for (field, added) in edit.add {
        let stands = view.values.get(&field).and_then(Json::as_array).cloned().unwrap_or_default();
        let new: Vec<Json> =
            added.into_iter().filter(|value| !stands.iter().any(|there| same_entry(there, value))).collect();
        if !new.is_empty() {
            left.add.insert(field, new);
        }
    }
    (!left.set.is_empty() || !left.add.is_empty()).then_some(left)
}

/// Whether an entry that stands says all that the row's entry says. Tags and phones in any spelling.
fn same_entry(there: &Json, value: &Json) -> bool {
    match (there, value) {
        (Json::String(a), Json::String(b)) => fold(a) == fold(b),
        (Json::Object(there), Json::Object(value)) => {
            value.iter().all(|(key, value)| match (key.as_str(), there.get(key)) {
                ("number", Some(Json::String(there))) => {
                    value.as_str().is_some_and(|value| phone_digits(value) == phone_digits(there))
                }
                ("address", Some(Json::Object(there))) => value.as_object().is_some_and(|value| {
                    value
                        .iter()
                        .all(|(part, value)| there.get(part).unwrap_or(&Json::Null) == value || value == "")
                }),
                (_, there) => there == Some(value),
            })
        }
        _ => there == value,
    }
}

/// Records that share an e-mail address, or a phone number and the name, or the company's name.
fn alike(edit: &Edit, kind: &str, directory: &dyn Directory) -> Vec<RecordId> {
    let mut points = BTreeMap::<RecordId, u32>::new();
    let mut add = |field: &str, texts: Vec<String>, worth: u32| {
        if texts.is_empty() {
            return;
        }
        let mut found: Vec<RecordId> =
            directory.find(kind, field, &texts).into_iter().map(|(id, _)| id).collect();
        found.sort();
        found.dedup();
        found.into_iter().for_each(|id| *points.entry(id).or_default() += worth);
    };
    let parts = |field: &str, part: &str| -> Vec<String> {
        let entries = edit.add.get(field).into_iter().flatten();
        entries.filter_map(|entry| entry[part].as_str().map(str::to_owned)).collect()
    };
    let set = |field: &str| edit.set.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
    // A shared mailbox says little about a person (crm-features.md section 6).
    let shared = ["info@", "office@", "buero@", "kontakt@", "mail@", "post@", "service@"];
    let emails = parts("emails", "address").into_iter().map(|email| email.to_lowercase());
    add("~email", emails.filter(|email| !shared.iter().any(|start| email.starts_with(start))).collect(), 60);
    add("~phone", parts("phones", "number").iter().map(|number| e164_digits(number)).collect(), 40);
    if kind == "company" {
        add("~name", vec![company_name(&set("name"))], 60);
    } else {
        add("~name", vec![person_name(&set("given_name"), &set("family_name"))], 30);
    }
    let mut alike: Vec<(u32, RecordId)> =
        points.into_iter().filter(|(_, points)| *points >= 60).map(|(id, points)| (points, id)).collect();
    alike.sort_by(|a, b| b.cmp(a));
    alike.into_iter().map(|(_, id)| id).take(5).collect()
}
