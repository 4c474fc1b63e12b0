//! The ops of a change, row by row: check 9 (columns that agree) and check 10 (what an op may do).

use super::bytes::{MAX_KEY_BYTES, MAX_OPS};
use super::chunk::Chunk;
use super::columns::{Booleans, Deltas, Fault, Reader, Values, count, count_booleans};
use super::{Reason, Refusal};

// Specifications: number of the group × 16 + type (1 actor, 2 number, 3 difference, 4 boolean, 5 string,
// 6 type and length of a value, 7 its bytes, 0 length of a group).
const OBJ_ACTOR: u32 = 0x01;
const OBJ_CTR: u32 = 0x02;
const KEY_ACTOR: u32 = 0x11;
const KEY_CTR: u32 = 0x13;
const KEY_STR: u32 = 0x15;
const INSERT: u32 = 0x34;
const ACTION: u32 = 0x42;
const VAL_META: u32 = 0x56;
const VAL_RAW: u32 = 0x57;
const PRED_NUM: u32 = 0x70;
const PRED_ACTOR: u32 = 0x71;
const PRED_CTR: u32 = 0x73;
const EXPAND: u32 = 0x94;
const MARK_NAME: u32 = 0xa5;

/// The 14 known columns.
pub(super) const KNOWN: [u32; 14] = [
    OBJ_ACTOR, OBJ_CTR, KEY_ACTOR, KEY_CTR, KEY_STR, INSERT, ACTION, VAL_META, VAL_RAW, PRED_NUM, PRED_ACTOR,
    PRED_CTR, EXPAND, MARK_NAME,
];

/// Predecessors of all ops together.
const MAX_PREDECESSORS: u64 = 65_536;

/// Index of an actor (0 = the change's own, then the others) and counter.
pub(super) type OpId = (u64, u64);

/// One allowed op.
pub(super) enum Op<'a> {
    /// A scalar in a key.
    Put { key: &'a str, value: Value<'a> },
    /// A text object in a key.
    MakeText { key: &'a str, counter: u64 },
    /// A character in a text, or one less.
    EditText { text: OpId },
}

/// A scalar, not yet decoded: type code and bytes.
pub(super) struct Value<'a> {
    pub code: u64,
    pub bytes: &'a [u8],
}

const NULL: u64 = 0;
const INT: u64 = 4;
const STRING: u64 = 6;
const BYTES: u64 = 7;

/// How many ops the change has, by check 9's counts alone.
pub(super) fn count_ops(chunk: &Chunk<'_>) -> Result<u64, Refusal> {
    let mut ops = None;
    let mut predecessors = None;
    for (spec, column) in &chunk.columns {
        let (counted, rows) = match *spec {
            OBJ_ACTOR | OBJ_CTR | KEY_ACTOR | ACTION | VAL_META | PRED_NUM => {
                (count::<u64>(column, MAX_OPS, true), &mut ops)
            }
            KEY_CTR => (count::<i64>(column, MAX_OPS, true), &mut ops),
            KEY_STR | MARK_NAME => (count::<&str>(column, MAX_OPS, true), &mut ops),
            INSERT | EXPAND => (count_booleans(column, MAX_OPS), &mut ops),
            PRED_ACTOR => (count::<u64>(column, MAX_PREDECESSORS, true), &mut predecessors),
            PRED_CTR => (count::<i64>(column, MAX_PREDECESSORS, true), &mut predecessors),
            VAL_RAW => continue,
            _ => return Err(Refusal::new(Reason::Malformed, 8)),
        };
        let counted = counted.map_err(at_9)?;
        if rows.is_some_and(|rows| rows != counted) {
            return Err(Refusal::new(Reason::Malformed, 9));
        }
        *rows = Some(counted);
    }
    let needed = [INSERT, ACTION, VAL_META, PRED_NUM];
    if needed.iter().any(|spec| column(chunk, *spec).is_none()) {
        return Err(Refusal::new(Reason::Malformed, 9));
    }
    ops.filter(|ops| *ops > 0).ok_or(Refusal::new(Reason::Malformed, 9))
}

/// Hands every op to `each`, in order; `ops` is their number. The rest of check 9, and check 10.
pub(super) fn each_op<'a>(chunk: &Chunk<'a>, ops: u64, mut each: impl FnMut(Op<'a>)) -> Result<(), Refusal> {
    let mut rows = Rows::new(chunk);
    for row in 0..ops {
        each(rows.next(chunk.start_op.saturating_add(row))?);
    }
    rows.finish()
}

struct Rows<'a> {
    actors: Vec<&'a [u8]>,
    obj_actor: Values<'a, u64>,
    obj_ctr: Values<'a, u64>,
    key_actor: Values<'a, u64>,
    key_ctr: Deltas<'a>,
    key_str: Values<'a, &'a str>,
    insert: Booleans<'a>,
    action: Values<'a, u64>,
    value_meta: Values<'a, u64>,
    value_raw: Reader<'a>,
    pred_num: Values<'a, u64>,
    preds: u64,
    pred_actor: Values<'a, u64>,
    pred_ctr: Deltas<'a>,
    expand: Booleans<'a>,
    mark_name: Values<'a, &'a str>,
    preds_there: u64,
}

impl<'a> Rows<'a> {
    fn new(chunk: &Chunk<'a>) -> Self {
        let get = |spec| column(chunk, spec);
        let preds_there =
            get(PRED_ACTOR).map_or(0, |it| count::<u64>(it, MAX_PREDECESSORS, true).unwrap_or(0));
        let preds_ctr = get(PRED_CTR).map_or(0, |it| count::<i64>(it, MAX_PREDECESSORS, true).unwrap_or(0));
        Self {
            actors: std::iter::once(chunk.actor).chain(chunk.other_actors.iter().copied()).collect(),
            obj_actor: Values::new(get(OBJ_ACTOR)),
            obj_ctr: Values::new(get(OBJ_CTR)),
            key_actor: Values::new(get(KEY_ACTOR)),
            key_ctr: Deltas::new(get(KEY_CTR)),
            key_str: Values::new(get(KEY_STR)),
            insert: Booleans::new(get(INSERT)),
            action: Values::new(get(ACTION)),
            value_meta: Values::new(get(VAL_META)),
            value_raw: Reader::new(get(VAL_RAW).unwrap_or_default()),
            pred_num: Values::new(get(PRED_NUM)),
            preds: 0,
            pred_actor: Values::new(get(PRED_ACTOR)),
            pred_ctr: Deltas::new(get(PRED_CTR)),
            expand: Booleans::new(get(EXPAND)),
            mark_name: Values::new(get(MARK_NAME)),
            preds_there: preds_there.max(preds_ctr),
        }
    }

    fn next(&mut self, counter: u64) -> Result<Op<'a>, Refusal> {
        let object = match (self.obj_actor.next().map_err(at_9)?, self.obj_ctr.next().map_err(at_9)?) {
            (None, None) => None,
            (Some(actor), Some(ctr)) => Some(self.op_id(actor, ctr, counter)?),
            _ => return Err(malformed(9)),
        };
        let key = self.key_str.next().map_err(at_9)?;
        let element = match (self.key_actor.next().map_err(at_9)?, self.key_ctr.next().map_err(at_9)?) {
            (None, None) => None,
            // The place before the first character.
            (None, Some(0)) => Some(None),
            (Some(actor), Some(ctr)) => Some(Some(self.op_id(actor, ctr, counter)?)),
            _ => return Err(malformed(9)),
        };
        let insert = self.insert.next().map_err(at_9)?;
        let action = self.action.some().map_err(at_9)?;
        let meta = self.value_meta.some().map_err(at_9)?;
        let length = usize::try_from(meta >> 4).map_err(|_| malformed(9))?;
        let value = Value { code: meta & 15, bytes: self.value_raw.take(length).map_err(at_9)? };
        let predecessors = self.predecessors(counter)?;
        if self.expand.next().map_err(at_9)? || self.mark_name.next().map_err(at_9)?.is_some() {
            return Err(malformed(10));
        }
        value.check()?;

        match (object, key, element, insert, action) {
            (None, Some(key), None, false, 1) if !value.refused() => {
                check_key(key)?;
                Ok(Op::Put { key, value })
            }
            (None, Some(key), None, false, 4) if value.code == NULL => {
                check_key(key)?;
                Ok(Op::MakeText { key, counter })
            }
            (Some(text), None, Some(_), true, 1) if value.is_character() && predecessors == 0 => {
                Ok(Op::EditText { text })
            }
            (Some(text), None, Some(Some(_)), false, 3) if value.code == NULL && predecessors > 0 => {
                Ok(Op::EditText { text })
            }
            _ => Err(malformed(10)),
        }
    }

    /// The predecessors of one op: ascending, older than it, of known actors.
    fn predecessors(&mut self, counter: u64) -> Result<u64, Refusal> {
        let number = self.pred_num.some().map_err(at_9)?;
        self.preds = self.preds.saturating_add(number);
        if self.preds > self.preds_there {
            return Err(malformed(9));
        }
        let mut before: Option<(u64, &[u8])> = None;
        for _ in 0..number {
            let actor = self.pred_actor.some().map_err(at_9)?;
            let ctr = self.pred_ctr.next().map_err(at_9)?.ok_or(malformed(9))?;
            let (actor, ctr) = self.op_id(actor, ctr, counter)?;
            let this = (ctr, self.actors[actor as usize]);
            if before.is_some_and(|before| before >= this) {
                return Err(malformed(9));
            }
            before = Some(this);
        }
        Ok(number)
    }

    fn op_id(&self, actor: u64, ctr: u64, below: u64) -> Result<OpId, Refusal> {
        let known = actor < self.actors.len() as u64 && (1..below).contains(&ctr);
        if known { Ok((actor, ctr)) } else { Err(malformed(9)) }
    }

    fn finish(self) -> Result<(), Refusal> {
        if self.value_raw.is_empty() && self.preds == self.preds_there { Ok(()) } else { Err(malformed(9)) }
    }
}

impl Value<'_> {
    /// Whether the bytes are what the type says: they are parsed again by automerge, less carefully.
    fn check(&self) -> Result<(), Refusal> {
        let fine = match self.code {
            0..=2 => self.bytes.is_empty(),
            INT => {
                let mut reader = Reader::new(self.bytes);
                reader.signed().is_ok() && reader.is_empty()
            }
            STRING => std::str::from_utf8(self.bytes).is_ok(),
            _ => true,
        };
        if fine { Ok(()) } else { Err(malformed(9)) }
    }

    /// Floats, unsigned integers, counters, timestamps and types of the future: no record holds them.
    fn refused(&self) -> bool {
        !matches!(self.code, 0..=2 | INT | STRING | BYTES)
    }

    fn is_character(&self) -> bool {
        self.code == STRING && std::str::from_utf8(self.bytes).is_ok_and(|text| text.chars().count() == 1)
    }

    pub(super) fn to_scalar(&self) -> crate::record::Scalar {
        use crate::record::Scalar;
        match self.code {
            1 => Scalar::Bool(false),
            2 => Scalar::Bool(true),
            INT => Reader::new(self.bytes).signed().map_or(Scalar::Null, Scalar::Int),
            STRING => Scalar::Str(String::from_utf8_lossy(self.bytes).into_owned()),
            BYTES => Scalar::Bytes(self.bytes.to_vec()),
            _ => Scalar::Null,
        }
    }
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if (1..=MAX_KEY_BYTES).contains(&key.len()) { Ok(()) } else { Err(malformed(9)) }
}

fn column<'a>(chunk: &Chunk<'a>, spec: u32) -> Option<&'a [u8]> {
    chunk.columns.iter().find(|(it, _)| *it == spec).map(|(_, column)| *column)
}

fn malformed(check: u8) -> Refusal {
    Refusal::new(Reason::Malformed, check)
}

fn at_9(fault: Fault) -> Refusal {
    match fault {
        Fault::TooMany => Refusal::new(Reason::TooLarge, 9),
        Fault::Spelling => malformed(4),
        Fault::Short | Fault::Utf8 => malformed(9),
    }
}
