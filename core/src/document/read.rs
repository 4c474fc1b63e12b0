//! What a document shows: one pass over its keys, a second look only at keys with several values.
//!
//! Reading never fails: what this version does not understand is left out or shown in its nearest form.

use std::collections::BTreeMap;

use automerge::{Automerge, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, ScalarValueRef, ValueRef};

use super::origin::{self, Known, Origin};
use super::{engine, removal};
use crate::planted;
use crate::record::{Cell, ChangeHash, Content, Record, RecordId, Scalar, Timestamp, Version};

type At<'a> = Option<&'a [automerge::ChangeHash]>;

/// The record as it stands, or as it stood at the given heads.
pub(super) fn read(id: RecordId, doc: &Automerge, known: &Known, at: At<'_>) -> Record {
    let then = at.map(|heads| origin::origins_at(id, doc, heads));
    let origins = then.as_ref().unwrap_or(&known.origins);
    let mut cells = BTreeMap::new();
    for item in range(doc, at) {
        let cell = if item.conflict {
            contested(doc, origins, all(doc, &item.key, at))
        } else {
            let op = item.id();
            content(doc, &item.value, &op, at)
                .map(|content| Cell { shown: version(doc, origins, content, &op), others: vec![] })
        };
        let Some(cell) = cell else { continue };
        let is_null = |version: &Version| version.content == Content::Scalar(Scalar::Null);
        if !is_null(&cell.shown) || !cell.others.is_empty() {
            cells.insert(item.key.into_owned(), cell);
        }
    }
    let (removed_entries, revived_entries) = removal::entries(doc, &cells, at);
    // Late texts have no time of their own and come first only in form.
    let made = origins.iter().filter(|(_, origin)| origin.device.is_some());
    let first = made.clone().min_by_key(|(hash, origin)| (origin.start_op, origin.at, **hash));
    let last = made.max_by_key(|(hash, origin)| (origin.at, **hash));
    let mut heads =
        at.map_or_else(|| engine::heads(doc), |heads| heads.iter().copied().map(engine::ours).collect());
    heads.sort_unstable();
    heads.dedup();
    Record {
        id,
        cells,
        heads,
        removed_entries,
        revived_entries,
        created_at: first.map_or(Timestamp::default(), |(_, origin)| origin.at),
        created_by: first.and_then(|(_, origin)| origin.device),
        changed_at: last.map_or(Timestamp::default(), |(_, origin)| origin.at),
        changed_by: last.and_then(|(_, origin)| origin.device),
        changes: origins.len(),
    }
}

/// All values of one key with their ops, the shown one last. Empty if the key was never written.
pub(super) fn all(doc: &Automerge, key: &str, at: At<'_>) -> Vec<(Content, ObjId)> {
    let values = match at {
        None => doc.get_all(ROOT, key),
        Some(heads) => doc.get_all_at(ROOT, key, heads),
    };
    let values = values.unwrap_or_default().into_iter();
    values.filter_map(|(value, op)| Some((owned_content(doc, &value, &op, at)?, op))).collect()
}

/// What one key shows, with its op.
pub(super) fn shown(doc: &Automerge, key: &str) -> Option<(Content, ObjId)> {
    let (value, op) = doc.get(ROOT, key).ok().flatten()?;
    Some((owned_content(doc, &value, &op, None)?, op))
}

/// What one key showed at `heads`.
pub(super) fn shown_at(doc: &Automerge, key: &str, heads: &[automerge::ChangeHash]) -> Option<Content> {
    let (value, op) = doc.get_at(ROOT, key, heads).ok().flatten()?;
    owned_content(doc, &value, &op, Some(heads))
}

/// Every value of every key with the op that wrote it: what two copies of a document are compared by.
pub(super) fn values(doc: &Automerge) -> Vec<(String, Vec<(Content, ObjId)>)> {
    range(doc, None)
        .map(|item| {
            let values = if item.conflict {
                all(doc, &item.key, None)
            } else {
                let op = item.id();
                content(doc, &item.value, &op, None).map(|content| (content, op)).into_iter().collect()
            };
            (item.key.into_owned(), values)
        })
        .collect()
}

fn range<'a>(doc: &'a Automerge, at: At<'_>) -> automerge::iter::MapRange<'a> {
    match at {
        None => doc.map_range(ROOT, ..),
        Some(heads) => doc.map_range_at(ROOT, .., heads),
    }
}

fn contested(
    doc: &Automerge,
    origins: &BTreeMap<ChangeHash, Origin>,
    mut values: Vec<(Content, ObjId)>,
) -> Option<Cell> {
    let (content, op) = values.pop()?;
    let shown = version(doc, origins, content, &op);
    let mut others: Vec<Version> = Vec::new();
    for (content, op) in values {
        // Two people who write the same do not disagree.
        if content != shown.content && others.iter().all(|other| other.content != content) {
            others.push(version(doc, origins, content, &op));
        }
    }
    if planted::on(100) {
        others.clear();
    }
    Some(Cell { shown, others })
}

fn version(doc: &Automerge, origins: &BTreeMap<ChangeHash, Origin>, content: Content, op: &ObjId) -> Version {
    let change = doc.hash_for_opid(op).map_or(ChangeHash([0; 32]), engine::ours);
    let origin = origins.get(&change);
    Version {
        content,
        change,
        device: origin.and_then(|origin| origin.device),
        at: origin.map_or(Timestamp::default(), |origin| origin.at),
    }
}

fn content(doc: &Automerge, value: &ValueRef<'_>, op: &ObjId, at: At<'_>) -> Option<Content> {
    match value {
        ValueRef::Object(kind) => text(doc, *kind, op, at),
        ValueRef::Scalar(value) => Some(Content::Scalar(match value {
            ScalarValueRef::Null => Scalar::Null,
            ScalarValueRef::Boolean(value) => Scalar::Bool(*value),
            ScalarValueRef::Int(value)
            | ScalarValueRef::Counter(value)
            | ScalarValueRef::Timestamp(value) => Scalar::Int(*value),
            ScalarValueRef::Uint(value) => unsigned(*value),
            ScalarValueRef::F64(value) => Scalar::Str(value.to_string()),
            ScalarValueRef::Str(value) => Scalar::Str(value.to_string()),
            ScalarValueRef::Bytes(bytes) | ScalarValueRef::Unknown { bytes, .. } => {
                Scalar::Bytes(bytes.to_vec())
            }
        })),
    }
}

fn owned_content(doc: &Automerge, value: &automerge::Value<'_>, op: &ObjId, at: At<'_>) -> Option<Content> {
    let value = match value {
        automerge::Value::Object(kind) => return text(doc, *kind, op, at),
        automerge::Value::Scalar(value) => value.as_ref(),
    };
    Some(Content::Scalar(match value {
        ScalarValue::Null => Scalar::Null,
        ScalarValue::Boolean(value) => Scalar::Bool(*value),
        ScalarValue::Int(value) | ScalarValue::Timestamp(value) => Scalar::Int(*value),
        ScalarValue::Counter(value) => Scalar::Int(value.into()),
        ScalarValue::Uint(value) => unsigned(*value),
        ScalarValue::F64(value) => Scalar::Str(value.to_string()),
        ScalarValue::Str(value) => Scalar::Str(value.to_string()),
        ScalarValue::Bytes(bytes) | ScalarValue::Unknown { bytes, .. } => Scalar::Bytes(bytes.clone()),
    }))
}

fn text(doc: &Automerge, kind: ObjType, op: &ObjId, at: At<'_>) -> Option<Content> {
    let text = match (kind, at) {
        (ObjType::Text, None) => doc.text(op),
        (ObjType::Text, Some(heads)) => doc.text_at(op, heads),
        // Maps and lists never pass the gate.
        _ => return None,
    };
    text.ok().map(Content::Text)
}

fn unsigned(value: u64) -> Scalar {
    i64::try_from(value).map_or_else(|_| Scalar::Str(value.to_string()), Scalar::Int)
}
