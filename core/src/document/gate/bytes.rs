//! Part A: the bytes of one change, without automerge and without a database. 1 to 3 µs.

use super::chunk::Chunk;
use super::ops::{self, Op};
use super::{Facts, Reason, Refusal};
use crate::document::{branch, engine};
use crate::record::{Scalar, Timestamp};

const BYTES: std::ops::RangeInclusive<usize> = 24..=256 * 1024;
/// Most dependencies of a change.
pub(super) const MAX_DEPS: u64 = 64;
/// Most actors whose ops a change refers to.
pub(super) const MAX_OTHER_ACTORS: u64 = 256;
/// Most ops in a change.
pub(super) const MAX_OPS: u64 = 20_000;
/// Most bytes of a key.
pub(super) const MAX_KEY_BYTES: usize = 256;
/// Automerge keeps op counters in 32 bits.
const OP_COUNTERS: u64 = 1 << 31;

pub(super) fn check(bytes: &[u8]) -> Result<Facts, Refusal> {
    if bytes.len() < *BYTES.start() {
        return Err(Refusal::new(Reason::Malformed, 1));
    }
    if bytes.len() > *BYTES.end() {
        return Err(Refusal::new(Reason::TooLarge, 1));
    }
    let chunk = Chunk::parse(bytes)?;
    check_deps_and_actors(&chunk)?;
    check_numbers(&chunk)?;
    if chunk.columns.iter().any(|(spec, _)| !ops::KNOWN.contains(spec)) {
        return Err(Refusal::new(Reason::Malformed, 8));
    }
    let ops = ops::count_ops(&chunk)?;
    if chunk.start_op + ops >= OP_COUNTERS {
        return Err(Refusal::new(Reason::BadOrder, 7));
    }
    ops::each_op(&chunk, ops, |_| ())?;
    Ok(Facts {
        hash: chunk.hash,
        actor: chunk.actor.to_vec(),
        actor_seq: chunk.actor_seq,
        start_op: chunk.start_op,
        ops,
        time: Timestamp::from_millis(chunk.time),
        deps: chunk.deps,
        other_actors: chunk.other_actors.iter().map(|actor| actor.to_vec()).collect(),
    })
}

/// Checks 5 and 6.
fn check_deps_and_actors(chunk: &Chunk<'_>) -> Result<(), Refusal> {
    if !chunk.deps.is_sorted_by(|a, b| a < b) {
        return Err(Refusal::new(Reason::Malformed, 5));
    }
    let known_form = |actor: &[u8]| branch::device_of(actor).is_some();
    let mut others = chunk.other_actors.iter();
    let fine = known_form(chunk.actor)
        && others.all(|actor| known_form(actor) && *actor != chunk.actor)
        && chunk.other_actors.is_sorted_by(|a, b| a < b);
    if fine { Ok(()) } else { Err(Refusal::new(Reason::Malformed, 6)) }
}

/// Check 7, but for the number of ops.
fn check_numbers(chunk: &Chunk<'_>) -> Result<(), Refusal> {
    let counters = (1..OP_COUNTERS).contains(&chunk.actor_seq) && (1..OP_COUNTERS).contains(&chunk.start_op);
    if !counters {
        return Err(Refusal::new(Reason::BadOrder, 7));
    }
    let fine =
        chunk.message.is_empty() && chunk.extra.is_empty() && (0..=engine::LAST_MILLI).contains(&chunk.time);
    if fine { Ok(()) } else { Err(Refusal::new(Reason::Malformed, 7)) }
}

/// What one op of a change wrote, for the history.
pub(in crate::document) enum Written {
    /// A scalar.
    Put {
        /// Its key.
        key: String,
        /// The value.
        value: Scalar,
    },
    /// A text object.
    MakeText {
        /// Its key.
        key: String,
        /// Counter of the op: with the change's actor, the text's name.
        op: u64,
    },
    /// One or more characters of a text.
    EditText {
        /// Actor of the op that made the text.
        actor: Vec<u8>,
        /// Its counter.
        op: u64,
    },
}

/// What a change wrote. Empty if its bytes would not pass.
pub(in crate::document) fn written(bytes: &[u8]) -> Vec<Written> {
    let mut written = Vec::new();
    let mut text_before = None;
    let Ok(chunk) = Chunk::parse(bytes) else { return written };
    let Ok(ops) = ops::count_ops(&chunk) else { return written };
    let read = ops::each_op(&chunk, ops, |op| match op {
        Op::Put { key, value } => {
            written.push(Written::Put { key: key.to_owned(), value: value.to_scalar() })
        }
        Op::MakeText { key, counter } => written.push(Written::MakeText { key: key.to_owned(), op: counter }),
        Op::EditText { text } => {
            // A typed sentence is one entry, not one for each letter.
            if text_before != Some(text) {
                let actor = match text.0 {
                    0 => chunk.actor,
                    other => chunk.other_actors[other as usize - 1],
                };
                written.push(Written::EditText { actor: actor.to_vec(), op: text.1 });
            }
            text_before = Some(text);
        }
    });
    if read.is_err() {
        written.clear();
    }
    written
}

/// The key of the text that is all a change makes.
pub(in crate::document) fn text_made(bytes: &[u8]) -> Option<String> {
    match written(bytes).as_slice() {
        [Written::MakeText { key, .. }] => Some(key.clone()),
        _ => None,
    }
}
