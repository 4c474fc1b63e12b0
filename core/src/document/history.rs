//! Every change of a record in causal order, with what it wrote.

use std::collections::BTreeMap;

use automerge::Automerge;

use super::gate::bytes::{Written, written};
use super::loaded::Step;
use super::{branch, engine, late, read};
use crate::record::{ChangeHash, Content, RecordId, Timestamp};

/// All changes so that each comes after those it was made on, the same order on every replica.
pub(super) fn in_order(doc: &Automerge) -> Vec<automerge::Change> {
    let mut changes = doc.get_changes(&[]);
    // The first op's counter is above those of all dependencies. Of the changes without any, a late text's one op
    // goes behind the record's creation, which has two and more.
    changes.sort_by_key(|change| {
        let late = change.deps().is_empty() && change.len() == 1;
        (change.start_op(), late, change.timestamp(), change.hash())
    });
    changes
}

pub(super) fn steps(id: RecordId, doc: &Automerge) -> Vec<Step> {
    let mut texts: BTreeMap<(Vec<u8>, u64), String> = BTreeMap::new();
    // While history is one line, what was shown before is what was written last: no looking back in automerge.
    let mut line = Line::default();
    in_order(doc)
        .iter()
        .map(|change| {
            let bytes = change.raw_bytes();
            let on_line = line.goes_on(change);
            let mut keys: BTreeMap<String, Content> = BTreeMap::new();
            for op in written(bytes) {
                match op {
                    Written::Put { key, value } => {
                        keys.insert(key, Content::Scalar(value));
                    }
                    Written::MakeText { key, op } => {
                        texts.insert((change.actor_id().to_bytes().to_vec(), op), key.clone());
                        keys.insert(key, Content::Text(String::new()));
                    }
                    Written::EditText { actor, op } => {
                        if let Some(key) = texts.get(&(actor, op)) {
                            keys.insert(key.clone(), Content::Text(String::new()));
                        }
                    }
                }
            }
            let keys = keys.into_iter().map(|(key, value)| {
                let before = if on_line {
                    line.shown.get(&key).cloned()
                } else {
                    read::shown_at(doc, &key, change.deps())
                };
                let value = match value {
                    Content::Text(_) => read::shown_at(doc, &key, &[change.hash()]).unwrap_or(value),
                    scalar => scalar,
                };
                line.shown.insert(key.clone(), value.clone());
                (key, before, value)
            });
            Step {
                change: engine::ours(change.hash()),
                device: if is_late(id, change) {
                    None
                } else {
                    branch::device_of(change.actor_id().to_bytes())
                },
                typed_at: Timestamp::from_millis(change.timestamp()),
                deps: change.deps().iter().copied().map(engine::ours).collect(),
                keys: keys.collect(),
            }
        })
        .collect()
}

fn is_late(id: RecordId, change: &automerge::Change) -> bool {
    let form = change.seq() == 1 && change.len() == 1 && change.timestamp() == 0 && change.deps().is_empty();
    form && late::is_late(id, change.raw_bytes())
}

/// The beginning of a history in which each change was made on the one before.
#[derive(Default)]
struct Line {
    last: Option<ChangeHash>,
    broken: bool,
    shown: BTreeMap<String, Content>,
}

impl Line {
    fn goes_on(&mut self, change: &automerge::Change) -> bool {
        let deps: Vec<ChangeHash> = change.deps().iter().copied().map(engine::ours).collect();
        self.broken |= deps != Vec::from_iter(self.last);
        self.last = Some(engine::ours(change.hash()));
        !self.broken
    }
}
