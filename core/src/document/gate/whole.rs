//! A whole record as one document chunk. Only the relay sends those; they are walked before automerge sees them.

use super::chunk::{self, Column};
use super::columns::{Fault, Reader, count, count_booleans};
use super::trial::check_values;
use super::{Reason, Refusal, Trial};
use crate::document::{Document, branch, engine};
use crate::record::{ChangeHash, RecordId};

const CHUNK_BYTES: usize = 8 * 1024 * 1024;
const MAX_ACTORS: u64 = 4_096;
const MAX_HEADS: u64 = 4_096;

pub(super) fn check(
    id: RecordId,
    bytes: &[u8],
    heads: &[ChangeHash],
    trial: &dyn Trial,
) -> Result<Document, Refusal> {
    check_structure(bytes, heads)?;
    let mut result = Err(Refusal::new(Reason::Unloadable, 21));
    trial.run(&mut || {
        result = engine::guarded(|| {
            let doc = engine::load(bytes).map_err(|_| Refusal::new(Reason::Unloadable, 21))?;
            let mut announced = heads.to_vec();
            announced.sort_unstable();
            announced.dedup();
            if engine::heads(&doc) != announced {
                return Err(Refusal::new(Reason::Unloadable, 21));
            }
            check_values(&doc)?;
            Ok(Document::new(id, doc))
        })
        .unwrap_or_else(|_| Err(Refusal::new(Reason::Unloadable, 21)));
    });
    result
}

fn check_structure(bytes: &[u8], announced: &[ChangeHash]) -> Result<(), Refusal> {
    if bytes.len() > CHUNK_BYTES {
        return Err(Refusal::new(Reason::TooLarge, 1));
    }
    let malformed = |check| move |_: Fault| Refusal::new(Reason::Malformed, check);
    let (body, _) = chunk::unwrap(bytes, 0)?;
    let mut reader = Reader::new(body);

    let actors = reader.unsigned().map_err(malformed(4))?;
    if actors > MAX_ACTORS {
        return Err(Refusal::new(Reason::TooLarge, 6));
    }
    let mut before: Option<&[u8]> = None;
    for _ in 0..actors {
        let actor = reader.prefixed().map_err(malformed(6))?;
        if branch::device_of(actor).is_none() || before.is_some_and(|before| before >= actor) {
            return Err(Refusal::new(Reason::Malformed, 6));
        }
        before = Some(actor);
    }
    let number = reader.unsigned().map_err(malformed(4))?;
    if number > MAX_HEADS {
        return Err(Refusal::new(Reason::TooLarge, 5));
    }
    for _ in 0..number {
        let head = reader.take(32).map_err(malformed(5))?;
        if !announced.iter().any(|hash| hash.0 == head) {
            return Err(Refusal::new(Reason::Malformed, 5));
        }
    }
    let (changes, ops) = (chunk::table(&mut reader)?, chunk::table(&mut reader)?);
    check_table(&chunk::columns(&mut reader, changes)?, &CHANGE_COLUMNS)?;
    check_table(&chunk::columns(&mut reader, ops)?, &OP_COLUMNS)?;
    for _ in 0..number {
        reader.unsigned().map_err(malformed(4))?; // places of the heads among the changes
    }
    if reader.is_empty() { Ok(()) } else { Err(Refusal::new(Reason::Malformed, 2)) }
}

/// What a column holds, and whose rows its values are.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Numbers(Rows),
    Differences(Rows),
    Strings(Rows),
    Booleans,
    /// Actions of ops: only put (1) and make text (4) leave a row.
    Actions,
    /// Type and length of a value.
    Types,
    /// The bytes of values.
    Raw,
    /// Lengths of groups.
    Groups,
}

#[derive(Clone, Copy, PartialEq)]
enum Rows {
    Own,
    Grouped,
}

use Holds::{Actions, Booleans, Differences, Groups, Numbers, Raw, Strings, Types};
use Rows::{Grouped, Own};

/// Actor, seq, max op, time, message, dependencies, extra bytes.
const CHANGE_COLUMNS: [(u32, Holds); 9] = [
    (0x01, Numbers(Own)),
    (0x03, Differences(Own)),
    (0x13, Differences(Own)),
    (0x23, Differences(Own)),
    (0x35, Strings(Own)),
    (0x40, Groups),
    (0x43, Differences(Grouped)),
    (0x56, Types),
    (0x57, Raw),
];

/// Object, key, id, insert, action, value, successors. Expand and mark name belong to marks: never here.
const OP_COLUMNS: [(u32, Holds); 14] = [
    (0x01, Numbers(Own)),
    (0x02, Numbers(Own)),
    (0x11, Numbers(Own)),
    (0x13, Differences(Own)),
    (0x15, Strings(Own)),
    (0x21, Numbers(Own)),
    (0x23, Differences(Own)),
    (0x34, Booleans),
    (0x42, Actions),
    (0x56, Types),
    (0x57, Raw),
    (0x80, Groups),
    (0x81, Numbers(Grouped)),
    (0x83, Differences(Grouped)),
];

/// Checks 8 and 9 of one table.
fn check_table(columns: &[Column<'_>], known: &[(u32, Holds)]) -> Result<(), Refusal> {
    let wrong = |check| Refusal::new(Reason::Malformed, check);
    let (mut rows, mut grouped) = (None, None);
    let (mut group_sum, mut value_sum, mut raw_bytes) = (0, 0, 0);
    for (spec, column) in columns {
        let holds = known.iter().find(|(it, _)| it == spec).map(|(_, holds)| *holds).ok_or(wrong(8))?;
        let max = engine::RECORD_OPS;
        let counted = match holds {
            Numbers(_) => count::<u64>(column, max, false),
            Differences(_) => count::<i64>(column, max, false),
            Strings(_) => count::<&str>(column, max, false),
            Booleans => count_booleans(column, max),
            Actions => {
                sum(column, max, |action| if action == 1 || action == 4 { Ok(0) } else { Err(Fault::Short) })
                    .map(|(rows, _)| rows)
            }
            Types => sum(column, max, |meta| Ok(meta >> 4)).map(|(rows, total)| {
                value_sum = total;
                rows
            }),
            Groups => sum(column, max, Ok).map(|(rows, total)| {
                group_sum = total;
                rows
            }),
            Raw => {
                raw_bytes = column.len() as u64;
                continue;
            }
        };
        let counted = counted.map_err(|fault| match fault {
            Fault::TooMany => Refusal::new(Reason::TooLarge, 9),
            Fault::Spelling => wrong(4),
            _ if holds == Actions => wrong(10),
            _ => wrong(9),
        })?;
        let whose =
            if matches!(holds, Numbers(Grouped) | Differences(Grouped)) { &mut grouped } else { &mut rows };
        if whose.is_some_and(|rows| rows != counted) {
            return Err(wrong(9));
        }
        *whose = Some(counted);
    }
    let sums = group_sum == grouped.unwrap_or(0) && value_sum == raw_bytes;
    if rows.is_some() && sums { Ok(()) } else { Err(wrong(9)) }
}

/// Number of values of a column, and the sum of what `weigh` says of each, without expanding.
fn sum(column: &[u8], max: u64, weigh: impl Fn(u64) -> Result<u64, Fault>) -> Result<(u64, u64), Fault> {
    let mut reader = Reader::new(column);
    let (mut rows, mut total) = (0_u64, 0_u64);
    while !reader.is_empty() {
        let run = reader.signed()?;
        let (length, values) = match run {
            0 => (reader.unsigned()?, 0),
            1.. => (run.unsigned_abs(), 1),
            _ => (run.unsigned_abs(), run.unsigned_abs()),
        };
        rows = rows.checked_add(length).filter(|rows| *rows <= max).ok_or(Fault::TooMany)?;
        for _ in 0..values {
            let each = weigh(reader.unsigned()?)?;
            let times = if run > 0 { length } else { 1 };
            total = each.checked_mul(times).and_then(|more| total.checked_add(more)).ok_or(Fault::Short)?;
        }
    }
    Ok((rows, total))
}
