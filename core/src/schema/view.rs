//! A record typed by the schema: what forms, REST and dumps show.

use std::collections::BTreeMap;

use serde::Serialize;

use super::keys::raw_json;
use super::{Field, KeyRole, Kind, Label, Schema, ShownConflict, ShownEntry, ShownField};
use crate::record::{
    ChangeHash, Content, DeviceId, Heads, Record, RecordId, Scalar, Timestamp, Value, ValueType, Version,
};

/// One record, typed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordView {
    /// UUIDv7; given by whoever created it.
    pub id: RecordId,
    /// Name of the kind; the schema may not know it.
    pub kind: String,
    /// What the record is called above its page; empty if none of the title's fields holds something.
    pub title: String,
    /// What an edit made from this view names as its base.
    pub heads: Heads,
    /// In the trash; it can be brought back.
    pub removed: bool,
    /// When the first change was typed, by its device's clock.
    pub created_at: Timestamp,
    /// None if the creating change names no device.
    pub created_by: Option<DeviceId>,
    /// The greatest typed time of any change, by its device's clock: for people, decides nothing.
    pub changed_at: Timestamp,
    /// Who made the change with that time; none if it names no device.
    pub changed_by: Option<DeviceId>,
    /// Field name to typed JSON. Entries: array of objects with `id`; sets: arrays, sorted; missing fields are absent.
    pub values: BTreeMap<String, serde_json::Value>,
    /// Key (`phones/a1/number`, `family_name`) to who wrote what is shown.
    pub origins: BTreeMap<String, FieldView>,
    /// Keys with several values, in the order of the kind's fields. Empty = none.
    pub conflicts: Vec<ConflictView>,
    /// Ill-typed values and hints, beside the record.
    pub problems: Vec<Problem>,
    /// Keys the schema does not know, kept and shown.
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// Who wrote one key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldView {
    /// The change that wrote it.
    pub change: ChangeHash,
    /// Where it was typed; none if it is not known.
    pub device: Option<DeviceId>,
    /// Clock of that device: for people, decides nothing.
    pub typed_at: Timestamp,
}

/// One key with two or more different values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConflictView {
    /// The field the key belongs to, and the key itself.
    pub field: String,
    /// As in `origins`; for an entry that came back, the entry's key without a sub-field.
    pub key: String,
    /// The shown one first.
    pub versions: Vec<VersionView>,
}

/// One of the values of a conflict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VersionView {
    /// Typed JSON, as in `values`; null = the entry's removal.
    pub value: serde_json::Value,
    /// What `settle` names to choose it.
    pub change: ChangeHash,
    /// Where it was typed; none if it is not known.
    pub device: Option<DeviceId>,
    /// Clock of that device: for people, decides nothing.
    pub typed_at: Timestamp,
}

/// Something a person should look at; never blocks saving.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// Name of the field.
    pub field: String,
    /// `ill_typed`, `missing_hint`, `too_long` …
    pub code: String,
    /// Says more, in English; empty if the code says all.
    pub detail: String,
}

/// The record typed. An unknown kind shows everything in `extra`.
pub(super) fn view(schema: &Schema, record: &Record) -> RecordView {
    let nothing = Kind {
        name: record.kind().to_owned(),
        plural: String::new(),
        label: Label::default(),
        labels: Label::default(),
        fields: Vec::new(),
        title: Vec::new(),
        columns: Vec::new(),
    };
    let kind = schema.kind(record.kind()).unwrap_or(&nothing);
    let mut view = RecordView {
        id: record.id,
        kind: record.kind().to_owned(),
        title: schema.titles(kind, record).0,
        heads: record.heads.clone(),
        removed: is_removed(record),
        created_at: record.created_at,
        created_by: record.created_by,
        changed_at: record.changed_at,
        changed_by: record.changed_by,
        values: BTreeMap::new(),
        origins: BTreeMap::new(),
        conflicts: Vec::new(),
        problems: Vec::new(),
        extra: BTreeMap::new(),
    };
    for field in &kind.fields {
        show_field(field, record, &mut view);
    }
    for (key, cell) in &record.cells {
        let role = kind.role(key);
        match role {
            KeyRole::System => continue,
            KeyRole::Extra | KeyRole::Unknown => {
                view.extra.insert(key.clone(), schema.scalar_json(kind, key, &cell.shown.content));
            }
            KeyRole::Property(_) => {
                view.values.insert(key.clone(), schema.scalar_json(kind, key, &cell.shown.content));
            }
            _ => {}
        }
        let Version { change, device, at, .. } = cell.shown;
        view.origins.insert(key.clone(), FieldView { change, device, typed_at: at });
    }
    view.conflicts = kind.conflicts(record).iter().map(|c| conflict_view(schema, kind, record, c)).collect();
    view
}

/// Whether the record is in the trash.
pub fn is_removed(record: &Record) -> bool {
    matches!(record.content("removed"), Some(Content::Scalar(Scalar::Int(_) | Scalar::Bool(true))))
}

fn show_field(field: &Field, record: &Record, view: &mut RecordView) {
    let problem =
        |code: &str, detail: String| Problem { field: field.name.clone(), code: code.to_owned(), detail };
    let ill_typed = |ty: ValueType, scalar: &Scalar| match Value::from_scalar(ty, scalar) {
        Err(error) => problem("ill_typed", error.to_string()),
        Ok(_) => problem("ill_typed", "expected something else".to_owned()),
    };
    let json = match field.shown(record) {
        None => {
            if field.hint {
                view.problems.push(problem("missing_hint", String::new()));
            }
            return;
        }
        Some(ShownField::Value(value)) => value.to_json(),
        Some(ShownField::IllTyped(scalar)) => {
            view.problems.push(ill_typed(field.ty, scalar));
            raw_json(scalar)
        }
        Some(ShownField::Text(text)) => {
            if text.encode_utf16().count() > super::plan::MAX_TEXT {
                view.problems
                    .push(problem("too_long", format!("more than {} characters", super::plan::MAX_TEXT)));
            }
            text.into()
        }
        Some(ShownField::Set(members)) => {
            let mut members: Vec<_> = members.iter().map(Value::to_json).collect();
            members.sort_by_key(ToString::to_string);
            members.into()
        }
        Some(ShownField::Entries(entries)) => {
            for (sub, value) in entries.iter().flat_map(|entry| &entry.values) {
                if let Err(scalar) = value {
                    view.problems.push(ill_typed(sub.ty, scalar));
                }
            }
            entries.iter().map(|entry| entry_json(field, entry)).collect()
        }
        Some(ShownField::Events(events)) => {
            events.iter().map(|(id, scalar)| event_json(id, scalar)).collect()
        }
    };
    view.values.insert(field.name.clone(), json);
}

/// An entry as an object: `id`, `position` where it has one, and its sub-fields.
pub(crate) fn entry_json(field: &Field, entry: &ShownEntry<'_>) -> serde_json::Value {
    let mut object = serde_json::Map::new();
    object.insert("id".to_owned(), entry.id.into());
    if !entry.position.is_empty() {
        object.insert(field.order_mark().to_owned(), entry.position.into());
    }
    for (sub, value) in &entry.values {
        let json = value.as_ref().map_or_else(|scalar| raw_json(scalar), Value::to_json);
        object.insert(sub.name.clone(), json);
    }
    object.into()
}

/// An event as an object: `id` and its sub-fields; what is not one of ours keeps its `value`.
fn event_json(id: &str, scalar: &Scalar) -> serde_json::Value {
    let mut event = event_fields(scalar)
        .unwrap_or_else(|| serde_json::Map::from_iter([("value".to_owned(), raw_json(scalar))]));
    event.insert("id".to_owned(), id.into());
    event.into()
}

/// What an event says, by sub-field.
pub(super) fn event_fields(scalar: &Scalar) -> Option<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_str(scalar.as_str()?).ok()
}

fn conflict_view(
    schema: &Schema,
    kind: &Kind,
    record: &Record,
    conflict: &ShownConflict<'_>,
) -> ConflictView {
    let entry = || {
        let shown = conflict.field.shown(record);
        let Some(ShownField::Entries(entries)) = shown else { return serde_json::Value::Null };
        let id = conflict.key.rsplit('/').next().unwrap_or_default();
        entries
            .iter()
            .find(|entry| entry.id == id)
            .map_or(serde_json::Value::Null, |entry| entry_json(conflict.field, entry))
    };
    let is_entry = !record.cells.contains_key(&conflict.key);
    let versions = conflict.versions.iter().enumerate().map(|(at, version)| VersionView {
        value: match (is_entry, at) {
            // An entry that came back: the entry itself against its removal.
            (true, 0) => entry(),
            (true, _) => serde_json::Value::Null,
            _ => schema.scalar_json(kind, &conflict.key, &version.content),
        },
        change: version.change,
        device: version.device,
        typed_at: version.at,
    });
    let versions = versions.collect();
    ConflictView { field: conflict.field.name.clone(), key: conflict.key.clone(), versions }
}
