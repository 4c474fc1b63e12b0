//! The frame of a chunk and the header of a change: numbers, hashes, actors, the table of columns.

use sha2::{Digest, Sha256};

use super::columns::{Fault, Reader};
use super::{Reason, Refusal};
use crate::record::ChangeHash;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Bytes before the length: magic, checksum, type.
const BEFORE_LENGTH: usize = 9;

/// A column: its specification and its bytes.
pub(crate) type Column<'a> = (u32, &'a [u8]);

/// A change, cut into its parts. Nothing is judged yet but the spelling of numbers.
pub(in crate::document) struct Chunk<'a> {
    pub hash: ChangeHash,
    pub deps: Vec<ChangeHash>,
    pub actor: &'a [u8],
    pub actor_seq: u64,
    pub start_op: u64,
    pub time: i64,
    pub message: &'a [u8],
    pub other_actors: Vec<&'a [u8]>,
    pub columns: Vec<Column<'a>>,
    pub extra: &'a [u8],
}

/// Puts a frame around the body of a chunk.
pub(crate) fn wrap(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    let mut length = body.len() as u64;
    while length > 0x7f {
        hashed.push(length as u8 | 0x80);
        length >>= 7;
    }
    hashed.push(length as u8);
    hashed.extend_from_slice(body);
    let digest = Sha256::digest(&hashed);
    [&MAGIC, &digest[..4], &hashed].concat()
}

/// Checks 2 and 3 and the frame's part of 4: the body of the one chunk in `bytes`, and its hash.
pub(super) fn unwrap(bytes: &[u8], kind: u8) -> Result<(&[u8], ChangeHash), Refusal> {
    let malformed = |check| Refusal::new(Reason::Malformed, check);
    if bytes.len() <= BEFORE_LENGTH || bytes[..4] != MAGIC || bytes[8] != kind {
        return Err(malformed(2));
    }
    let mut reader = Reader::new(&bytes[BEFORE_LENGTH..]);
    let length =
        reader.unsigned().map_err(|fault| malformed(if fault == Fault::Spelling { 4 } else { 2 }))?;
    if length != reader.rest().len() as u64 {
        return Err(malformed(2));
    }
    let digest: [u8; 32] = Sha256::digest(&bytes[8..]).into();
    if digest[..4] != bytes[4..8] {
        return Err(malformed(3));
    }
    Ok((reader.rest(), ChangeHash(digest)))
}

impl<'a> Chunk<'a> {
    /// Checks 2 to 4 and the number limits of 5 and 6, which bound what is kept here.
    pub(in crate::document) fn parse(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let malformed = |check| move |_: Fault| Refusal::new(Reason::Malformed, check);
        let (body, hash) = unwrap(bytes, 1)?;
        let mut reader = Reader::new(body);
        let number = reader.unsigned().map_err(malformed(4))?;
        if number > super::bytes::MAX_DEPS {
            return Err(Refusal::new(Reason::Malformed, 5));
        }
        let mut deps = Vec::with_capacity(number as usize);
        for _ in 0..number {
            let hash = reader.take(32).map_err(malformed(5))?;
            deps.extend(ChangeHash::from_slice(hash));
        }
        let actor = reader.prefixed().map_err(malformed(4))?;
        let actor_seq = reader.unsigned().map_err(malformed(4))?;
        let start_op = reader.unsigned().map_err(malformed(4))?;
        let time = reader.signed().map_err(malformed(4))?;
        let message = reader.prefixed().map_err(malformed(4))?;
        let number = reader.unsigned().map_err(malformed(4))?;
        if number > super::bytes::MAX_OTHER_ACTORS {
            return Err(Refusal::new(Reason::Malformed, 6));
        }
        let mut other_actors = Vec::new();
        for _ in 0..number {
            other_actors.push(reader.prefixed().map_err(malformed(4))?);
        }
        let table = table(&mut reader)?;
        let columns = columns(&mut reader, table)?;
        let extra = reader.rest();
        Ok(Self { hash, deps, actor, actor_seq, start_op, time, message, other_actors, columns, extra })
    }
}

/// A table of columns: specifications and lengths. Of check 8 here: ascending, no deflate bit, none empty, not
/// more than there can be.
pub(super) fn table(reader: &mut Reader<'_>) -> Result<Vec<(u32, usize)>, Refusal> {
    let malformed = |fault| Refusal::new(Reason::Malformed, if fault == Fault::Spelling { 4 } else { 8 });
    let number = reader.unsigned().map_err(malformed)?;
    if number > 32 {
        return Err(malformed(Fault::Short));
    }
    let mut table: Vec<(u32, usize)> = Vec::with_capacity(number as usize);
    for _ in 0..number {
        let spec = reader.unsigned().map_err(malformed)?;
        let length = reader.unsigned().map_err(malformed)?;
        let spec = u32::try_from(spec).map_err(|_| malformed(Fault::Short))?;
        let deflated = spec & 8 != 0;
        if deflated || length == 0 || table.last().is_some_and(|(before, _)| *before >= spec) {
            return Err(malformed(Fault::Short));
        }
        table.push((spec, usize::try_from(length).map_err(|_| malformed(Fault::Short))?));
    }
    Ok(table)
}

/// The bytes of the columns of a table.
pub(super) fn columns<'a>(
    reader: &mut Reader<'a>,
    table: Vec<(u32, usize)>,
) -> Result<Vec<Column<'a>>, Refusal> {
    let malformed = |_| Refusal::new(Reason::Malformed, 8);
    table.into_iter().map(|(spec, length)| Ok((spec, reader.take(length).map_err(malformed)?))).collect()
}
