//! Cursors: where a page ended. Opaque, bound to the query, and noticed when altered.
//!
//! Hex of a JSON object and eight bytes of its hash. A cursor grants nothing (access is decided elsewhere),
//! so the checksum guards against accidents, not against people.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Param, Query, QueryError};

/// No sort key is longer; more is not ours.
const MAX_CURSOR: usize = 16 * 1024;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    /// Hash of the query.
    q: String,
    /// Sort keys of the last row.
    k: Vec<WireKey>,
    /// Its record.
    r: String,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum WireKey {
    Null,
    Int(i64),
    Text(String),
    Blob(String),
}

/// The cursor behind a row with these sort keys.
pub fn encode_cursor(query: &Query, keys: &[Param], record: [u8; 16]) -> String {
    let k = keys
        .iter()
        .map(|key| match key {
            Param::Null => WireKey::Null,
            Param::Int(number) => WireKey::Int(*number),
            Param::Text(text) => WireKey::Text(text.clone()),
            Param::Blob(bytes) => WireKey::Blob(hex(bytes)),
        })
        .collect();
    let wire = Wire { q: hex(&hash_of(query)), k, r: hex(&record) };
    let mut bytes = serde_json::to_vec(&wire).unwrap_or_default();
    let sum = checksum(&bytes);
    bytes.extend(sum);
    hex(&bytes)
}

/// Sort keys and record of a cursor.
///
/// # Errors
/// `BadCursor` if it is of another query, or not one.
pub fn decode_cursor(query: &Query, cursor: &str) -> Result<(Vec<Param>, [u8; 16]), QueryError> {
    read(query, cursor).ok_or(QueryError::BadCursor)
}

fn read(query: &Query, cursor: &str) -> Option<(Vec<Param>, [u8; 16])> {
    if cursor.len() > MAX_CURSOR {
        return None;
    }
    let bytes = unhex(cursor)?;
    let (json, sum) = bytes.split_at_checked(bytes.len().checked_sub(8)?)?;
    if sum != checksum(json) {
        return None;
    }
    let wire: Wire = serde_json::from_slice(json).ok()?;
    if wire.q != hex(&hash_of(query)) {
        return None;
    }
    let keys = wire.k.into_iter().map(|key| {
        Some(match key {
            WireKey::Null => Param::Null,
            WireKey::Int(number) => Param::Int(number),
            WireKey::Text(text) => Param::Text(text),
            WireKey::Blob(bytes) => Param::Blob(unhex(&bytes)?),
        })
    });
    Some((keys.collect::<Option<Vec<_>>>()?, unhex(&wire.r)?.try_into().ok()?))
}

fn hash_of(query: &Query) -> [u8; 8] {
    checksum(&serde_json::to_vec(query).unwrap_or_default())
}

fn checksum(bytes: &[u8]) -> [u8; 8] {
    let mut hash = Sha256::new();
    hash.update(b"farley cursor 1");
    hash.update(bytes);
    let mut sum = [0; 8];
    sum.copy_from_slice(&hash.finalize()[..8]);
    sum
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|c| c.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_only_to_its_query() {
        let query = Query { kind: Some("contact".into()), ..Query::default() };
        let keys = vec![Param::Null, Param::Int(-5), Param::Text("ä\"".into()), Param::Blob(vec![0, 255])];
        let cursor = encode_cursor(&query, &keys, [7; 16]);
        assert_eq!(decode_cursor(&query, &cursor), Ok((keys, [7; 16])));
        let other = Query { kind: Some("company".into()), ..Query::default() };
        assert_eq!(decode_cursor(&other, &cursor), Err(QueryError::BadCursor));
    }

    #[test]
    fn an_altered_cursor_is_refused() {
        let query = Query::default();
        let cursor = encode_cursor(&query, &[Param::Int(1)], [7; 16]);
        for at in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let altered = String::from_utf8(bytes).unwrap();
            if altered != cursor {
                assert_eq!(decode_cursor(&query, &altered), Err(QueryError::BadCursor), "at {at}");
            }
        }
        for bad in ["", "00", "zz", "é", &"00".repeat(20_000), &cursor[2..], &cursor[..cursor.len() - 1]] {
            assert_eq!(decode_cursor(&query, bad), Err(QueryError::BadCursor));
        }
    }
}
