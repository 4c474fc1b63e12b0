//! Pages cut to frames: a whole record may be longer than one.
//!
//! Cursor and low move with the last piece only, so a device that loses the connection in between begins
//! again at the first. Each piece of a record is its next changes in causal order: complete by itself.

use super::entry::{Entry, FillPage, Form, Page, Seq};
use super::message::{MAX_PAGE_BYTES, MAX_PAGE_ENTRIES};
use crate::record::Stamp;

/// The frames of a live page. `before` = cursor and stamp that all but the last carry.
pub(super) fn live_pieces(page: Page, before: (Seq, Stamp)) -> Vec<Page> {
    let Page { cursor, stamp, entries, more } = page;
    let (cursor_before, stamp_before) = before;
    let mut pieces: Vec<Page> = groups(entries)
        .into_iter()
        .map(|entries| Page { cursor: cursor_before, stamp: stamp_before, entries, more: true })
        .collect();
    if let Some(last) = pieces.last_mut() {
        (last.cursor, last.stamp, last.more) = (cursor, stamp, more);
    }
    pieces
}

/// The frames of a fill page; all but the last carry `before`. In the answer to a `Want` (`before` is none)
/// `left_records` counts the frames that follow.
pub(super) fn fill_pieces(page: FillPage, before: Option<Seq>) -> Vec<FillPage> {
    let FillPage { low, entries, left_records, left_bytes } = page;
    let groups = groups(entries);
    let count = groups.len();
    let piece = |(at, entries): (usize, Vec<Entry>)| {
        let last = at + 1 == count;
        let left_records = if before.is_none() { (count - at - 1) as u32 } else { left_records };
        FillPage { low: if last { low } else { before }, entries, left_records, left_bytes }
    };
    groups.into_iter().enumerate().map(piece).collect()
}

/// Entries in groups that fit a frame; one group at least.
fn groups(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut groups = vec![Vec::new()];
    let mut bytes = 0;
    for entry in entries.into_iter().flat_map(parts) {
        let full = bytes + entry.bytes.len() > MAX_PAGE_BYTES
            || groups.last().is_some_and(|group| group.len() >= MAX_PAGE_ENTRIES);
        if full && bytes > 0 {
            groups.push(Vec::new());
            bytes = 0;
        }
        bytes += entry.bytes.len();
        if let Some(group) = groups.last_mut() {
            group.push(entry);
        }
    }
    groups
}

/// A record that is too long, as several entries with some of its changes each.
fn parts(entry: Entry) -> Vec<Entry> {
    if entry.form != Form::Changes || entry.bytes.len() <= MAX_PAGE_BYTES {
        return vec![entry];
    }
    let mut parts: Vec<Entry> = Vec::new();
    let mut rest = entry.bytes.as_slice();
    for received in entry.history.iter().copied() {
        let Some(length) = rest.first_chunk::<4>().map(|head| u32::from_be_bytes(*head) as usize) else {
            break;
        };
        let Some((change, behind)) = rest.split_at_checked(4 + length) else { break };
        rest = behind;
        match parts.last_mut().filter(|part| part.bytes.len() + change.len() <= MAX_PAGE_BYTES) {
            Some(part) => {
                part.bytes.extend_from_slice(change);
                part.history.push(received);
                if received.seq > part.received.seq {
                    part.received = received;
                }
            }
            None => parts.push(Entry {
                record: entry.record,
                form: Form::Changes,
                bytes: change.to_vec(),
                received,
                history: vec![received],
                heads: Vec::new(),
            }),
        }
    }
    // Bytes that are no list of changes go as they are: the device's gate names what is wrong.
    if rest.is_empty() && !parts.is_empty() { parts } else { vec![entry] }
}
