//! From writes to steps to changes: what really differs, cut into changes of at most 16,000 ops.

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, ObjType, ROOT, ReadDoc, ScalarValue, TextEncoding, hydrate};

use super::{DocumentError, engine, read, text};
use crate::record::{Content, RecordId, Scalar, Timestamp, Write};

/// Bytes of values in one change, far enough below the gate's 256 KiB for the rest of it.
const BYTES_PER_CHANGE: usize = 160 * 1024;
/// Most bytes of a key: check 9 of the gate.
const KEY_BYTES: usize = 256;

/// What an edit does to one document, in order.
pub(super) struct Plan {
    steps: Vec<Step>,
}

enum Step {
    MakeText { key: String },
    Put { key: String, value: Scalar },
    Splice { key: String, splice: text::Replace },
}

impl Plan {
    /// What `writes` change in what `doc` shows.
    pub(super) fn of(id: RecordId, doc: &Automerge, writes: &[Write]) -> Result<Self, DocumentError> {
        let full = || DocumentError::Full(id);
        check_keys(writes.iter().map(Write::key)).map_err(|()| full())?;
        let mut steps = Vec::new();
        // What a key holds after the steps so far: two writes of one edit may meet in a key.
        let mut planned: BTreeMap<&str, Content> = BTreeMap::new();
        for write in writes {
            let key = write.key();
            let settled = planned.contains_key(key);
            let values = if settled { vec![] } else { read::all(doc, key, None) };
            let shown =
                planned.get(key).cloned().or_else(|| values.last().map(|(content, _)| content.clone()));
            let contested = values.iter().any(|(content, _)| Some(content) != shown.as_ref());
            let new = match (write, &shown) {
                (Write::Put { value: Scalar::Null, .. }, Some(Content::Text(_))) => {
                    Content::Text(String::new())
                }
                (Write::Put { value: Scalar::Str(words), .. }, Some(Content::Text(_))) => {
                    Content::Text(words.clone())
                }
                (Write::Put { value, .. }, _) => Content::Scalar(value.clone()),
                (Write::Text { text, .. }, _) => Content::Text(text.clone()),
                (Write::Splice { splices, .. }, shown) => {
                    let old = shown.as_ref().and_then(Content::as_str).unwrap_or_default();
                    let (new, replaced) = text::splice(old, splices);
                    if matches!(shown, Some(Content::Text(_))) {
                        push_splices(&mut steps, key, replaced);
                        check_text(&new).map_err(|()| full())?;
                        planned.insert(key, Content::Text(new));
                        continue;
                    }
                    Content::Text(new)
                }
            };
            match (&shown, &new) {
                (Some(shown), new) if shown == new && !contested => continue,
                (None, Content::Scalar(Scalar::Null)) => continue,
                (None, Content::Text(new)) if new.is_empty() => continue,
                (Some(Content::Text(old)), Content::Text(new)) if old != new => {
                    check_text(new).map_err(|()| full())?;
                    push_splices(&mut steps, key, text::diff(old, new));
                }
                (_, Content::Text(new)) => {
                    // Also the way to settle two texts in one key: a third that follows both.
                    check_text(new).map_err(|()| full())?;
                    steps.push(Step::MakeText { key: key.to_owned() });
                    push_splices(&mut steps, key, text::diff("", new));
                }
                (shown, Content::Scalar(value)) => {
                    if shown.as_ref() == Some(&new) {
                        // Automerge would delete the other values, and the gate refuses deletions.
                        steps.push(Step::Put { key: key.to_owned(), value: Scalar::Null });
                    }
                    steps.push(Step::Put { key: key.to_owned(), value: value.clone() });
                }
            }
            planned.insert(key, new);
        }
        Ok(Self { steps })
    }

    /// Writes it into `doc` under its actor and returns the changes that made.
    pub(super) fn carry_out(
        self,
        id: RecordId,
        doc: &mut Automerge,
        now: Timestamp,
    ) -> Result<Vec<automerge::Change>, DocumentError> {
        let mut made = Vec::new();
        let mut steps = self.steps.into_iter().peekable();
        while steps.peek().is_some() {
            let (mut ops, mut bytes) = (0, 0);
            let mut tx = doc.transaction();
            while let Some(step) = steps.next_if(|step| {
                (ops, bytes) = (ops + step.ops(), bytes + step.bytes());
                ops == step.ops() || (ops <= engine::OPS_PER_CHANGE && bytes <= BYTES_PER_CHANGE)
            }) {
                step.carry_out(&mut tx).map_err(|error| DocumentError::Internal(id, error.to_string()))?;
            }
            let time = CommitOptions::default().with_time(engine::commit_time(now));
            // Without a hash there was no op, and the last local change is an older one.
            if tx.commit_with(time).0.is_some() {
                made.extend(doc.get_last_local_change());
            }
        }
        Ok(made)
    }
}

impl Step {
    fn ops(&self) -> usize {
        match self {
            Self::MakeText { .. } | Self::Put { .. } => 1,
            Self::Splice { splice, .. } => splice.ops(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::MakeText { key } => key.len(),
            Self::Put { key, value } => key.len() + weight(value),
            Self::Splice { splice, .. } => splice.insert.len(),
        }
    }

    fn carry_out(
        self,
        tx: &mut automerge::transaction::Transaction<'_>,
    ) -> Result<(), automerge::AutomergeError> {
        match self {
            Self::MakeText { key } => tx.put_object(ROOT, key, ObjType::Text).map(|_| ()),
            Self::Put { key, value } => {
                let value = theirs(&value);
                let standing = tx.get_all(ROOT, &key)?;
                let is_shown = standing.last().is_some_and(|(it, _)| it.as_scalar() == Some(&value));
                if standing.len() > 1 && is_shown {
                    // Automerge would settle this with a delete of the losers, and deletes in the root lose a
                    // concurrent edit in silence: the gate refuses them. A put over all values does not.
                    let other = if value == ScalarValue::Null { false.into() } else { ScalarValue::Null };
                    tx.put(ROOT, &key, other)?;
                }
                tx.put(ROOT, key, value)
            }
            Self::Splice { key, splice } => {
                let Some((automerge::Value::Object(ObjType::Text), text)) = tx.get(ROOT, &key)? else {
                    return Err(automerge::AutomergeError::InvalidOp(ObjType::Map));
                };
                tx.splice_text(&text, splice.at, splice.delete() as isize, &splice.insert)
            }
        }
    }
}

/// Whether all keys are ones the gate takes.
pub(super) fn check_keys<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<(), ()> {
    if keys.into_iter().all(|key| !key.is_empty() && key.len() <= KEY_BYTES) { Ok(()) } else { Err(()) }
}

/// Bytes a value takes in a change, roughly.
pub(super) fn weight(value: &Scalar) -> usize {
    match value {
        Scalar::Str(text) => text.len(),
        Scalar::Bytes(bytes) => bytes.len(),
        _ => 10,
    }
}

/// Our scalar as automerge's.
pub(super) fn theirs(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Null => ScalarValue::Null,
        Scalar::Bool(value) => ScalarValue::Boolean(*value),
        Scalar::Int(value) => ScalarValue::Int(*value),
        Scalar::Str(value) => ScalarValue::Str(value.as_str().into()),
        Scalar::Bytes(value) => ScalarValue::Bytes(value.clone()),
    }
}

/// A text as automerge takes it at creation.
pub(super) fn hydrated(words: &str) -> hydrate::Value {
    hydrate::Value::text(TextEncoding::Utf16CodeUnit, words)
}

fn push_splices(steps: &mut Vec<Step>, key: &str, replaced: Vec<text::Replace>) {
    let pieces = replaced.into_iter().flat_map(|replace| replace.pieces(engine::OPS_PER_CHANGE));
    steps.extend(pieces.map(|splice| Step::Splice { key: key.to_owned(), splice }));
}

fn check_text(text: &str) -> Result<(), ()> {
    // Bytes are never fewer than characters: most texts need no counting.
    let fits = text.len() <= engine::TEXT_CHARS || text.chars().count() <= engine::TEXT_CHARS;
    if fits { Ok(()) } else { Err(()) }
}
