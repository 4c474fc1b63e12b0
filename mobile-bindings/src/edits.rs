//! Edits on their way down: what a person changed, durable when the call returns.

use farley_core::record::{ChangeHash, Edit, RecordId};
use farley_core::workspace::{Edited, Take};
use serde::{Deserialize, Serialize};

use crate::errors::invalid;
use crate::runtime::blocking;
use crate::values::{entry_json, to_json};
use crate::workspace::{now, record_id};
use crate::{FarleyError, FieldValue, Workspace};

/// A value for a field, or for `phones/<entry id>/number`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, uniffi::Record)]
pub struct NamedValue {
    /// The field or key.
    pub field: String,
    /// The value.
    pub value: FieldValue,
}

/// A tag, link, choice, or an entry by id, to be removed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, uniffi::Record)]
pub struct Removal {
    /// The field.
    pub field: String,
    /// Which.
    pub member: String,
}

/// What a person changed in one record.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, uniffi::Record)]
pub struct EditData {
    /// The record. May be given for a new one; missing: a new id is drawn.
    pub id: Option<String>,
    /// Kind of a new record.
    pub kind: Option<String>,
    /// Heads the person saw (`RecordData.heads`); empty: those of now. Older ones merge, they never fail.
    pub base: Vec<String>,
    /// New values; `Empty` clears. A text takes the whole text and is merged by words.
    pub set: Vec<NamedValue>,
    /// Tags, links, choices, entries and events to add.
    pub add: Vec<NamedValue>,
    /// What goes.
    pub remove: Vec<Removal>,
}

/// A durable edit.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct EditResult {
    /// The record.
    pub id: String,
    /// It is new.
    pub created: bool,
    /// Something differed.
    pub changed: bool,
    /// Keys that have several versions now.
    pub conflicts: Vec<String>,
    /// Heads after it.
    pub heads: Vec<String>,
}

#[uniffi::export]
impl Workspace {
    /// Makes an edit. On the disk when it returns, and in the outbox.
    pub async fn apply(&self, edit: EditData) -> Result<EditResult, FarleyError> {
        let open = self.open_now()?;
        let edit = core_edit(&edit)?;
        blocking(move || {
            let device = open.workspace().device();
            Ok(result(open.workspace().edit(device, &edit, now())?))
        })
        .await
    }

    /// Makes one version of `key` the only one, by the change that wrote it.
    pub async fn settle(&self, id: String, key: String, change: String) -> Result<EditResult, FarleyError> {
        let open = self.open_now()?;
        let (id, change) = (record_id(&id)?, change_hash(&change)?);
        blocking(move || {
            let device = open.workspace().device();
            let settled = open.workspace().settle(device, id, &key, Take::Version(change), now())?;
            Ok(result(settled))
        })
        .await
    }

    /// Takes this device's last edit back (of one record, or of all), as a new edit.
    pub async fn undo(&self, id: Option<String>) -> Result<EditResult, FarleyError> {
        let open = self.open_now()?;
        let id = id.as_deref().map(record_id).transpose()?;
        blocking(move || {
            let device = open.workspace().device();
            Ok(result(open.workspace().undo(device, id, now())?))
        })
        .await
    }

    /// Into the trash, or back.
    pub async fn set_removed(&self, id: String, removed: bool) -> Result<EditResult, FarleyError> {
        let open = self.open_now()?;
        let id = record_id(&id)?;
        blocking(move || {
            let device = open.workspace().device();
            Ok(result(open.workspace().set_removed(device, id, removed, now())?))
        })
        .await
    }

    /// An id for a record that does not exist yet: a form that may be saved twice creates it once.
    pub fn new_id(&self) -> Result<String, FarleyError> {
        Ok(RecordId::new(now(), &mut rand::rng()).to_string())
    }
}

/// As the core takes it.
pub(crate) fn core_edit(edit: &EditData) -> Result<Edit, FarleyError> {
    let mut core = Edit {
        id: edit.id.as_deref().map(record_id).transpose()?,
        kind: edit.kind.clone(),
        ..Edit::default()
    };
    if !edit.base.is_empty() {
        core.base = Some(edit.base.iter().map(|hash| change_hash(hash)).collect::<Result<_, _>>()?);
    }
    for NamedValue { field, value } in &edit.set {
        core.set.insert(field.clone(), to_json(value));
    }
    for NamedValue { field, value } in &edit.add {
        let members = core.add.entry(field.clone()).or_default();
        match value {
            FieldValue::Keys { keys } => members.extend(keys.iter().map(|key| key.as_str().into())),
            FieldValue::Links { links } => members.extend(links.iter().map(|link| link.id.as_str().into())),
            FieldValue::Entries { entries } => members.extend(entries.iter().map(entry_json)),
            one => members.push(to_json(one)),
        }
    }
    for Removal { field, member } in &edit.remove {
        core.remove.entry(field.clone()).or_default().push(member.clone());
    }
    Ok(core)
}

fn result(edited: Edited) -> EditResult {
    EditResult {
        id: edited.id.to_string(),
        created: edited.created,
        changed: edited.hash.is_some(),
        conflicts: edited.conflicts,
        heads: edited.heads.iter().map(ToString::to_string).collect(),
    }
}

fn change_hash(text: &str) -> Result<ChangeHash, FarleyError> {
    text.parse().map_err(|_| invalid("change", "bad_value"))
}
