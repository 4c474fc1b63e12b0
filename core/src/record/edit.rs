//! An edit: what a person changed, before the schema has looked at it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Heads, RecordId};

/// What a person changed in one record, as one JSON object: the line `farley device apply` reads,
/// the body of a REST PATCH, what the apps send.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Kind of the new record. Needed on creation only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The record. May be given on creation; missing: a new id is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<RecordId>,
    /// Heads the person saw. Missing: the current ones. Older ones make a concurrent change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Heads>,
    /// Field (or `phones/<entry id>/<sub-field>`) to its new value; null clears. A text field takes the
    /// whole text and is diffed by words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, serde_json::Value>,
    /// Field to what is added: tags, links, multi-choices, or entries (objects; `id` may be given).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub add: BTreeMap<String, Vec<serde_json::Value>>,
    /// Field to what is removed: tags, links, multi-choices, or entry ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub remove: BTreeMap<String, Vec<String>>,
    /// Text field to splices.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub text: BTreeMap<String, Vec<Splice>>,
}

/// One replacement in a text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Splice {
    /// Where, in UTF-16 units.
    pub at: usize,
    /// How many UTF-16 units go.
    #[serde(default)]
    pub delete: usize,
    /// What comes.
    #[serde(default)]
    pub insert: String,
}

/// Why an edit cannot be made. Carries names of fields, never values.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum EditError {
    /// Not JSON, or not an edit.
    #[error("line is not an edit: {detail}")]
    BadJson {
        /// What the parser said, without the text.
        detail: String,
    },
    /// The value does not fit the field.
    #[error("field {field}: {detail}")]
    BadValue {
        /// The field.
        field: String,
        /// What was expected.
        detail: String,
    },
    /// Nothing in the edit differs from what stands.
    #[error("the edit changes nothing")]
    Empty,
    /// A record with this id exists already, with another kind.
    #[error("record {id} exists already as another kind")]
    Exists {
        /// The record.
        id: RecordId,
    },
    /// Creation without a kind.
    #[error("a new record needs a kind")]
    MissingKind,
    /// Only the relay writes it.
    #[error("field {field} is assigned by the office server")]
    ReadOnly {
        /// The field.
        field: String,
    },
    /// A limit of transport-security.md section 9.
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge {
        /// What.
        what: String,
        /// The limit, in the unit of `what`.
        limit: u64,
    },
    /// No such field in the kind.
    #[error("kind {kind} has no field {field}")]
    UnknownField {
        /// The field.
        field: String,
        /// The kind.
        kind: String,
    },
    /// No such kind in the schema.
    #[error("there is no kind {kind}")]
    UnknownKind {
        /// The kind.
        kind: String,
    },
    /// No such record here.
    #[error("record {id} is not here")]
    UnknownRecord {
        /// The record.
        id: RecordId,
    },
}

impl Edit {
    /// A new record of `kind`.
    pub fn create(kind: &str) -> Self {
        Self { kind: Some(kind.to_owned()), ..Self::default() }
    }

    /// A change to the record `id`.
    pub fn of(id: RecordId) -> Self {
        Self { id: Some(id), ..Self::default() }
    }

    /// The same edit that also sets `field`.
    pub fn with(mut self, field: &str, value: impl Into<serde_json::Value>) -> Self {
        self.set.insert(field.to_owned(), value.into());
        self
    }

    /// Reads one JSON object.
    ///
    /// # Errors
    /// `BadJson` if it is not one, or has keys an edit does not know.
    pub fn from_json(line: &str) -> Result<Self, EditError> {
        serde_json::from_str(line).map_err(|error| EditError::BadJson { detail: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issue_s_lines_are_edits() {
        let edit = Edit::from_json(
            r#"{"kind":"contact","set":{"family_name":"Müller"},"add":{"phones":[{"label":"mobile"}],"tags":["vip"]}}"#,
        )
        .unwrap();
        assert_eq!(edit.kind.as_deref(), Some("contact"));
        assert_eq!(edit.add["tags"], ["vip"]);
        let edit = Edit::from_json(
            r#"{"id":"0190b2a0-0000-7000-8000-000000000001","text":{"body":[{"at":0,"delete":0,"insert":"Hallo"}]}}"#,
        )
        .unwrap();
        assert_eq!(edit.text["body"][0].insert, "Hallo");
    }

    #[test]
    fn a_line_with_a_misspelt_key_is_refused() {
        let error = Edit::from_json(r#"{"kind":"contact","sets":{}}"#).unwrap_err();
        assert!(matches!(&error, EditError::BadJson { detail } if detail.contains("sets")));
    }
}
