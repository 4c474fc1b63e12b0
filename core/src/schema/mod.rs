//! Kinds and fields as data. Forms, lists, filters, import, export, API and history are driven by it.
//!
//! A schema turns what a person changed into writes on flat keys ([`Schema::plan`]) and a record's flat
//! keys back into typed fields ([`Schema::view`]). Where each field keeps its values:
//!
//! | Field | Keys |
//! |---|---|
//! | one value, text | `family_name`; made by the office: `custom/<setting id>` |
//! | entries | `phones/<entry id>/<sub-field>`, `…/position` (see `Field::order_mark`), `…/removed` = time of removal or false |
//! | tags | `tags/<folded tag>` = the spelling shown, false once removed |
//! | links, multi-choice | `about/<record id>`, `types/<key>` = true, false once removed |
//! | events | `points/<event id>` = what it says as a JSON object, added once, never changed |
//! | trash | `removed` = time, or false |
//! | setting properties, foreign properties | `p/<name>`, `extra/<name>` |
//!
//! Sets and concurrency. A member is one register. Two people who add different members write different
//! keys: both stay. When Anna removes a tag while Ben, who had not seen that, adds it, the register holds
//! false and the spelling side by side: the member is shown (adding wins) and listed as a conflict until
//! somebody settles it. Two removals are the same value and no conflict; nor are two spellings of one tag.
//!
//! Adding a kind or a field touches nothing else: everything here is driven by the data.
//!
//! Knows nothing about: documents, the index, the clock.

mod builtin;
mod fold;
mod keys;
mod plan;
mod position;
mod read;
mod settings;
mod title;
mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::{Edit, EditError, Record, Timestamp, ValueType, Write};
pub use fold::fold;
pub use keys::{KeyRole, field_of_key};
#[cfg(test)]
pub(crate) use plan::tests as tests_support;
pub use read::{ShownConflict, ShownEntry, ShownField};
pub(crate) use view::entry_json;
pub use view::{ConflictView, FieldView, Problem, RecordView, VersionView, is_removed};

/// A word in both languages.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Label {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

/// One field of a kind.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Field {
    /// Name in edits, views and queries.
    pub name: String,
    /// As forms show it.
    pub label: Label,
    /// What it holds.
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
    /// Name, as records carry it.
    pub name: String,
    /// Plural in addresses: `contacts`.
    pub plural: String,
    /// One of them.
    pub label: Label,
    /// Several of them.
    pub labels: Label,
    /// Fields in the order of forms.
    pub fields: Vec<Field>,
    /// Fields whose values make the title, in order; the first non-empty group wins.
    pub title: Vec<Vec<String>>,
    /// Default columns of its list.
    pub columns: Vec<String>,
}

/// One entry of a list (choice).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Choice {
    /// What records hold.
    pub key: String,
    /// What people see.
    pub label: Label,
    /// Offered no longer, still shown where it is used.
    #[serde(default)]
    pub inactive: bool,
}

/// All kinds and lists of a workspace at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Schema {
    /// Version that new records carry in `schema`.
    pub version: u32,
    /// By name.
    pub kinds: BTreeMap<String, Kind>,
    /// Lists of choices, by name. The list `section` names the sections of forms.
    pub lists: BTreeMap<String, Vec<Choice>>,
}

impl Schema {
    /// The kinds this version brings.
    pub fn builtin() -> Self {
        builtin::builtin().clone()
    }

    /// The same schema with one more kind (or in place of one with the same name). It gets the fields
    /// that every record has.
    pub fn with_kind(mut self, kind: Kind) -> Self {
        self.kinds.insert(kind.name.clone(), builtin::with_common(kind));
        self
    }

    /// The same schema with the custom fields, kinds and list entries that `settings` (records of kind
    /// `setting`) describe. Ill-formed settings are skipped.
    pub fn with_settings<'a>(&self, settings: impl Iterator<Item = &'a Record>) -> Self {
        settings::apply(self.clone(), settings)
    }

    /// The kind with this name.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// The kind with this plural, as addresses name it.
    pub fn kind_by_plural(&self, plural: &str) -> Option<&Kind> {
        self.kinds.values().find(|k| k.plural == plural)
    }

    /// Turns an edit into writes. `current` is the record at the edit's base heads, `None` on creation.
    /// Writes that would change nothing are left out. `now` is the time of removals; entry ids and
    /// positions come from `rng`.
    ///
    /// # Errors
    /// The first error in the order of the kind's fields; none of the writes is then made. Fields that
    /// the relay assigns are `ReadOnly`.
    pub fn plan(
        &self,
        kind: &Kind,
        current: Option<&Record>,
        edit: &Edit,
        now: Timestamp,
        rng: &mut dyn rand::RngCore,
    ) -> Result<Vec<Write>, EditError> {
        plan::plan(self, kind, current, edit, now, rng, false)
    }

    /// [`Schema::plan`] for the relay's own device, which may write what only the relay assigns.
    ///
    /// # Errors
    /// As [`Schema::plan`].
    pub fn plan_as_relay(
        &self,
        kind: &Kind,
        current: Option<&Record>,
        edit: &Edit,
        now: Timestamp,
        rng: &mut dyn rand::RngCore,
    ) -> Result<Vec<Write>, EditError> {
        plan::plan(self, kind, current, edit, now, rng, true)
    }

    /// The record typed: values, problems, conflicts. Never fails; unknown keys come back in `extra`.
    pub fn view(&self, record: &Record) -> RecordView {
        view::view(self, record)
    }
}

impl Kind {
    /// The field with this name.
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
