//! The first change of a record: its kind, its schema, its first values, and all its text objects.

use std::collections::HashMap;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, hydrate};

use super::loaded::Change;
use super::plan::{self, Plan};
use super::{DocumentError, edit, engine};
use crate::record::{DeviceId, RecordId, Timestamp, Write};

/// Bytes of values that go into the first change; a change of more than 256 KiB would be refused.
const FIRST_BYTES: usize = 128 * 1024;

pub(super) fn create(
    id: RecordId,
    kind: &str,
    schema: u32,
    texts: &[String],
    writes: &[Write],
    device: DeviceId,
    now: Timestamp,
) -> Result<(Automerge, Vec<Change>), DocumentError> {
    let internal = |error: automerge::AutomergeError| DocumentError::Internal(id, error.to_string());
    let mut doc = engine::empty().with_actor(engine::actor(device.as_bytes()));

    let mut first = HashMap::from([
        ("kind".to_owned(), hydrate::Value::scalar(kind)),
        ("schema".to_owned(), hydrate::Value::scalar(i64::from(schema))),
    ]);
    // Text objects are made here, by the record's one creator, or two of them could meet in one key.
    let keys = texts.iter().map(String::as_str).chain(writes.iter().filter(|w| is_text(w)).map(Write::key));
    for key in keys {
        first.insert(key.to_owned(), plan::hydrated(""));
    }
    let (mut bytes, mut ops, mut rest) = (0, first.len(), Vec::new());
    for write in writes {
        match write {
            // What waits must not be overtaken by a later write to the same key.
            write if rest.iter().any(|waiting: &Write| waiting.key() == write.key()) => {
                rest.push(write.clone())
            }
            Write::Put { key, value } if !first.contains_key(key) || plain(first.get(key)) => {
                bytes += key.len() + plan::weight(value);
                if value.is_null() {
                    first.remove(key);
                } else if bytes < FIRST_BYTES && ops < engine::OPS_PER_CHANGE {
                    ops += 1;
                    first.insert(key.clone(), hydrate::Value::Scalar(plan::theirs(value)));
                } else {
                    rest.push(write.clone());
                }
            }
            Write::Text { key, text: words } if words.chars().count() + ops < engine::OPS_PER_CHANGE => {
                ops += words.chars().count();
                first.insert(key.clone(), plan::hydrated(words));
            }
            _ => rest.push(write.clone()),
        }
    }
    plan::check_keys(first.keys().map(String::as_str)).map_err(|()| DocumentError::Full(id))?;

    let mut tx = doc.transaction();
    tx.init_root_from_hydrate(&hydrate::Map::from(first)).map_err(internal)?;
    tx.commit_with(CommitOptions::default().with_time(engine::commit_time(now)));
    let mut made: Vec<automerge::Change> = doc.get_last_local_change().into_iter().collect();
    if !rest.is_empty() {
        let plan = Plan::of(id, &doc, &rest)?;
        made.extend(plan.carry_out(id, &mut doc, now)?);
    }
    Ok((doc, edit::checked(id, &made)?))
}

fn is_text(write: &Write) -> bool {
    !matches!(write, Write::Put { .. })
}

/// Whether a later write of the same call may replace the value.
fn plain(value: Option<&hydrate::Value>) -> bool {
    matches!(value, Some(hydrate::Value::Scalar(_)))
}
