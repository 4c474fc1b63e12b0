//! A record typed by the schema: what forms, REST and dumps show.

use crate::record::{ChangeHash, DeviceId, Heads, RecordId, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// One record, typed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordView {
    pub id: RecordId,
    pub kind: String,
    pub title: String,
    pub heads: Heads,
    pub removed: bool,
    pub created_at: Timestamp,
    pub created_by: Option<DeviceId>,
    pub changed_at: Timestamp,
    pub changed_by: Option<DeviceId>,
    /// Field name to typed JSON. Entries: array of objects with `id`; sets: arrays, sorted; missing fields are absent.
    pub values: BTreeMap<String, serde_json::Value>,
    /// Key (`phones/a1/number`, `family_name`) to who wrote what is shown.
    pub origins: BTreeMap<String, FieldView>,
    pub conflicts: Vec<ConflictView>,
    /// Ill-typed values and hints, beside the record.
    pub problems: Vec<Problem>,
    /// Keys the schema does not know, kept and shown.
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// Who wrote one key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldView {
    pub change: ChangeHash,
    pub device: Option<DeviceId>,
    pub typed_at: Timestamp,
}

/// One key with two or more different values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConflictView {
    /// The field the key belongs to, and the key itself.
    pub field: String,
    pub key: String,
    /// The shown one first.
    pub versions: Vec<VersionView>,
}

/// One of the values of a conflict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionView {
    pub value: serde_json::Value,
    pub change: ChangeHash,
    pub device: Option<DeviceId>,
    pub typed_at: Timestamp,
}

/// Something a person should look at; never blocks saving.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    pub field: String,
    /** `ill_typed`, `missing_hint`, `too_long` … */
    pub code: String,
    pub detail: String,
}
