//! Changes that no honest device makes, with lengths and checksums put right.

use super::super::gate::chunk::{Chunk, wrap};

/// A change in its parts, to be changed and written again.
#[derive(Clone, Debug)]
pub struct Forge {
    pub deps: Vec<[u8; 32]>,
    pub actor: Vec<u8>,
    pub seq: u64,
    pub start: u64,
    pub time: i64,
    pub message: Vec<u8>,
    pub others: Vec<Vec<u8>>,
    pub columns: Vec<(u32, Vec<u8>)>,
    pub extra: Vec<u8>,
}

impl Forge {
    /// The parts of a good change.
    pub fn of(bytes: &[u8]) -> Self {
        let chunk = Chunk::parse(bytes).expect("a good change");
        Self {
            deps: chunk.deps.iter().map(|hash| hash.0).collect(),
            actor: chunk.actor.to_vec(),
            seq: chunk.actor_seq,
            start: chunk.start_op,
            time: chunk.time,
            message: chunk.message.to_vec(),
            others: chunk.other_actors.iter().map(|actor| actor.to_vec()).collect(),
            columns: chunk.columns.iter().map(|(spec, column)| (*spec, column.to_vec())).collect(),
            extra: chunk.extra.to_vec(),
        }
    }

    /// `ops` times null into the key `k`, in some 20 bytes.
    pub fn repeated(of: &[u8], ops: u64) -> Self {
        let mut forge = Self::of(of);
        let run = |value: &[u8]| [signed(ops as i64), value.to_vec()].concat();
        forge.others.clear();
        forge.columns = vec![
            (0x15, run(&[1, b'k'])),
            (0x34, unsigned(ops)),
            (0x42, run(&[1])),
            (0x56, run(&[0])),
            (0x70, run(&[0])),
        ];
        forge
    }

    /// One op of one row: its columns, of which the missing five are those of a put of null into the key `k`.
    pub fn one_op(of: &[u8], columns: &[(u32, &[u8])]) -> Self {
        let mut forge = Self::of(of);
        forge.others.clear();
        forge.columns = vec![
            (0x15, vec![0x7f, 1, b'k']),
            (0x34, vec![1]),
            (0x42, vec![0x7f, 1]),
            (0x56, vec![0x7f, 0]),
            (0x70, vec![0x7f, 0]),
        ];
        columns.iter().for_each(|(spec, column)| forge.set(*spec, column));
        forge
    }

    /// Replaces a column; an empty one goes.
    pub fn set(&mut self, spec: u32, column: &[u8]) {
        self.columns.retain(|(it, _)| *it != spec);
        if !column.is_empty() {
            self.columns.push((spec, column.to_vec()));
            self.columns.sort_by_key(|(spec, _)| *spec);
        }
    }

    /// The change, its checksum right.
    pub fn bytes(&self) -> Vec<u8> {
        let mut body = unsigned(self.deps.len() as u64);
        self.deps.iter().for_each(|dep| body.extend_from_slice(dep));
        let prefixed = |body: &mut Vec<u8>, bytes: &[u8]| {
            body.extend(unsigned(bytes.len() as u64));
            body.extend_from_slice(bytes);
        };
        prefixed(&mut body, &self.actor);
        body.extend(unsigned(self.seq));
        body.extend(unsigned(self.start));
        body.extend(signed(self.time));
        prefixed(&mut body, &self.message);
        body.extend(unsigned(self.others.len() as u64));
        self.others.iter().for_each(|actor| prefixed(&mut body, actor));
        body.extend(unsigned(self.columns.len() as u64));
        for (spec, column) in &self.columns {
            body.extend(unsigned(u64::from(*spec)));
            body.extend(unsigned(column.len() as u64));
        }
        self.columns.iter().for_each(|(_, column)| body.extend_from_slice(column));
        body.extend_from_slice(&self.extra);
        wrap(1, &body)
    }
}

/// Unsigned LEB128.
pub fn unsigned(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

/// Signed LEB128.
pub fn signed(mut number: i64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = number as u8 & 0x7f;
        number >>= 7;
        if (number == 0 && byte & 0x40 == 0) || (number == -1 && byte & 0x40 != 0) {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}
