//! Kinds and fields as data. Forms, lists, filters, import, export, API and history are driven by it.

mod view;

use crate::record::{Edit, EditError, Record, Timestamp, ValueType, Write};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
pub use view::{ConflictView, FieldView, Problem, RecordView, VersionView};

/// A word in both languages.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Label {
    pub de: String,
    pub en: String,
}

/// One field of a kind.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Field {
    pub name: String,
    pub label: Label,
    #[serde(rename = "type")]
    pub ty: ValueType,
    /// List of a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Kinds a link may lead to; empty = any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
    /// Sub-fields of entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub: Vec<Field>,
    /// For filter, sort, group.
    #[serde(default)]
    pub indexed: bool,
    /// In full-text search.
    #[serde(default)]
    pub searched: bool,
    /// Hint when missing; never required.
    #[serde(default)]
    pub hint: bool,
    /// Written by the relay only.
    #[serde(default)]
    pub relay_only: bool,
    /// Stored nowhere but in the index.
    #[serde(default)]
    pub computed: bool,
    /// Made by the office, id of its setting record; stored under `custom/<id>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<crate::record::RecordId>,
    /// Section of the form.
    #[serde(default)]
    pub section: String,
}

/// One kind of record.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Kind {
    pub name: String,
    /// Plural in addresses: `contacts`.
    pub plural: String,
    pub label: Label,
    pub labels: Label,
    pub fields: Vec<Field>,
    /// Fields whose values make the title, in order; the first non-empty group wins.
    pub title: Vec<Vec<String>>,
    /// Default columns of its list.
    pub columns: Vec<String>,
}

/// One entry of a list (choice).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Choice {
    pub key: String,
    pub label: Label,
    #[serde(default)]
    pub inactive: bool,
}

/// All kinds and lists of a workspace at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schema {
    pub version: u32,
    pub kinds: BTreeMap<String, Kind>,
    pub lists: BTreeMap<String, Vec<Choice>>,
}

impl Schema {
    /// The kinds this version brings.
    pub fn builtin() -> Self {
        todo!("schema room")
    }
    /// The same schema with one more kind (or in place of one with the same name).
    pub fn with_kind(self, _kind: Kind) -> Self {
        todo!("schema room")
    }
    /// The same schema with the custom fields, kinds and list entries that `settings` (records of kind
    /// `setting`) describe. Ill-formed settings are skipped.
    pub fn with_settings<'a>(&self, _settings: impl Iterator<Item = &'a Record>) -> Self {
        todo!("schema room")
    }
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }
    pub fn kind_by_plural(&self, plural: &str) -> Option<&Kind> {
        self.kinds.values().find(|k| k.plural == plural)
    }

    /// Turns an edit into writes. `current` is the record at the edit's base heads, `None` on creation.
    /// Writes that would change nothing are left out. `now` is the time of removals; entry ids and
    /// positions come from `rng`.
    pub fn plan(
        &self,
        _kind: &Kind,
        _current: Option<&Record>,
        _edit: &Edit,
        _now: Timestamp,
        _rng: &mut dyn rand::RngCore,
    ) -> Result<Vec<Write>, EditError> {
        todo!("schema room")
    }

    /// The record typed: values, problems, conflicts. Never fails; unknown keys come back in `extra`.
    pub fn view(&self, _record: &Record) -> RecordView {
        todo!("schema room")
    }
}

impl Kind {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }
    /// Keys of its co-edited texts, made in a record's first change. Custom text fields are not among
    /// them: they are made late (automerge.md section 6).
    pub fn texts(&self) -> Vec<String> {
        self.fields
            .iter()
            .filter(|f| f.ty == ValueType::Text && f.custom.is_none())
            .map(|f| f.name.clone())
            .collect()
    }
}
