//! Entries as columns: one byte string of ids, one of lengths, one of bytes. Compresses better than maps.
//!
//! Numbers that grow (seqs, receive times) are the first value, then differences. Differences wrap, so
//! every list of numbers can be written; what comes back is checked against the limits instead.

use super::cbor::{Fields, Out};
use super::codec::form;
use super::entry::{Entry, FillPage, Form, Page, Received};
use super::frame::WireError;
use super::message::*;
use crate::record::{ChangeHash, RecordId, Timestamp};

/// Seqs and times of the changes of one whole record, both as differences.
type History = (Vec<i64>, Vec<i64>);

/// Keys: 0 batch, 1 records, 2 lengths, 3 changes; 4 is reserved for signatures.
pub(super) fn put_push(push: &Push) -> Vec<u8> {
    let mut out = Out::new(17, 4);
    out.field(0, &push.batch);
    out.field(1, &join(push.entries.iter().map(|(record, _)| &record.0)));
    out.field(2, &push.entries.iter().map(|(_, bytes)| bytes.len() as u32).collect::<Vec<_>>());
    out.field(3, &push.entries.iter().flat_map(|(_, bytes)| bytes).copied().collect::<Vec<u8>>());
    out.finish()
}

pub(super) fn take_push(fields: &Fields<'_>) -> Result<Push, WireError> {
    let records = records(&fields.take::<Vec<u8>>(1)?, MAX_PUSH_ENTRIES)?;
    let bytes: Vec<u8> = fields.take(3)?;
    // A single change may be as long as a whole push, so the sum is the only limit needed here.
    if bytes.len() > MAX_PUSH_BYTES || records.is_empty() {
        return Err(WireError::Malformed("Push is empty or beyond its limits"));
    }
    let parts = cut(&bytes, &fields.take::<Vec<u32>>(2)?, records.len())?;
    Ok(Push { batch: fields.take(0)?, entries: records.into_iter().zip(parts).collect() })
}

/// Keys as in sync.md section 5, and 10 heads? for document chunks.
pub(super) fn put_page(page: &Page) -> Vec<u8> {
    let whole: Vec<&Entry> = page.entries.iter().filter(|entry| entry.form != Form::Change).collect();
    let mut out = Out::new(35, 11);
    out.field(0, &page.cursor);
    out.field(1, &page.stamp);
    put_entries(&mut out, 2, &page.entries);
    out.field(6, &differences(page.entries.iter().map(|entry| entry.received.seq as i64)));
    out.field(7, &differences(page.entries.iter().map(|entry| entry.received.at.millis())));
    let histories = whole.iter().map(|entry| history(&entry.history)).collect::<Vec<_>>();
    out.field(8, &(!whole.is_empty()).then_some(histories));
    out.field(9, &page.more);
    out.field(10, &(!whole.is_empty()).then(|| heads(&page.entries)));
    out.finish()
}

pub(super) fn take_page(fields: &Fields<'_>) -> Result<Page, WireError> {
    let mut entries = take_entries(fields, 2)?;
    let received = received(&(fields.take(6)?, fields.take(7)?), entries.len())?;
    let histories: Option<Vec<History>> = fields.take(8)?;
    let mut histories = histories.unwrap_or_default().into_iter();
    for (entry, received) in entries.iter_mut().zip(received) {
        entry.received = received;
        if entry.form != Form::Change {
            let history = histories.next().ok_or(WireError::Malformed("a whole record has no history"))?;
            entry.history = self::received(&history, history.0.len())?;
        }
    }
    if histories.next().is_some() {
        return Err(WireError::Malformed("more histories than whole records"));
    }
    take_heads(fields.take::<Option<_>>(10)?.unwrap_or_default(), &mut entries)?;
    let page = Page { cursor: fields.take(0)?, stamp: fields.take(1)?, entries, more: fields.take(9)? };
    if page.cursor >= MAX_SEQ {
        return Err(WireError::Malformed("Entries is beyond its limits"));
    }
    Ok(page)
}

/// Keys: 0 low?, 1 forms, 2 records, 3 lengths, 4 bytes, 5 heads, 6 histories, 7 left records, 8 left bytes.
pub(super) fn put_fill(page: &FillPage) -> Vec<u8> {
    let mut out = Out::new(36, 9);
    out.field(0, &page.low);
    put_entries(&mut out, 1, &page.entries);
    out.field(5, &heads(&page.entries));
    out.field(6, &page.entries.iter().map(|entry| history(&entry.history)).collect::<Vec<_>>());
    out.field(7, &page.left_records);
    out.field(8, &page.left_bytes);
    out.finish()
}

pub(super) fn take_fill(fields: &Fields<'_>) -> Result<FillPage, WireError> {
    let mut entries = take_entries(fields, 1)?;
    let histories: Vec<History> = fields.take(6)?;
    if histories.len() != entries.len() {
        return Err(WireError::Malformed("one history per record"));
    }
    for (entry, history) in entries.iter_mut().zip(&histories) {
        entry.history = received(history, history.0.len())?;
        let newest = entry.history.iter().copied().max_by_key(|received| received.seq);
        entry.received = newest.ok_or(WireError::Malformed("a history is empty"))?;
    }
    take_heads(fields.take(5)?, &mut entries)?;
    let page = FillPage {
        low: fields.take(0)?,
        entries,
        left_records: fields.take(7)?,
        left_bytes: fields.take(8)?,
    };
    if page.low.is_some_and(|low| low >= MAX_SEQ) {
        return Err(WireError::Malformed("Snapshots is beyond its limits"));
    }
    Ok(page)
}

/// Keys: 0 cursor, 1 stamp, 2 order, 3 records, 4 reason.
pub(super) fn put_forget(body: &Forget) -> Vec<u8> {
    let mut out = Out::new(37, 5);
    out.field(0, &body.cursor);
    out.field(1, &body.stamp);
    out.field(2, &body.order);
    out.field(3, &join(body.records.iter().map(|id| &id.0)));
    out.field(4, &u16::from(body.reason));
    out.finish()
}

pub(super) fn take_forget(fields: &Fields<'_>) -> Result<Forget, WireError> {
    let reason: u16 = fields.take(4)?;
    let body = Forget {
        cursor: fields.take(0)?,
        stamp: fields.take(1)?,
        order: fields.take(2)?,
        records: records(&fields.take::<Vec<u8>>(3)?, MAX_PAGE_ENTRIES)?,
        reason: u8::try_from(reason).map_err(|_| WireError::Malformed("a reason is a byte"))?,
    };
    if body.cursor >= MAX_SEQ {
        return Err(WireError::Malformed("Forget is beyond its limits"));
    }
    Ok(body)
}

/// Ids or hashes one behind the other.
pub(super) fn join<'a, const N: usize>(parts: impl Iterator<Item = &'a [u8; N]>) -> Vec<u8> {
    parts.flatten().copied().collect()
}

/// Record ids one behind the other, at most `limit`.
pub(super) fn records(bytes: &[u8], limit: usize) -> Result<Vec<RecordId>, WireError> {
    split(bytes, limit).map(|ids| ids.map(RecordId).collect())
}

/// Hashes one behind the other, at most `limit`.
pub(super) fn hashes(bytes: &[u8], limit: usize) -> Result<Vec<ChangeHash>, WireError> {
    split(bytes, limit).map(|hashes| hashes.map(ChangeHash).collect())
}

fn split<const N: usize>(bytes: &[u8], limit: usize) -> Result<impl Iterator<Item = [u8; N]>, WireError> {
    let (parts, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() || parts.len() > limit {
        return Err(WireError::Malformed("a list of ids is beyond its limits"));
    }
    Ok(parts.iter().copied())
}

/// Four fields from `key` on: forms, records, lengths, bytes.
fn put_entries(out: &mut Out, key: u64, entries: &[Entry]) {
    out.field(key, &entries.iter().map(|entry| entry.form as u8).collect::<Vec<u8>>());
    out.field(key + 1, &join(entries.iter().map(|entry| &entry.record.0)));
    out.field(key + 2, &entries.iter().map(|entry| entry.bytes.len() as u32).collect::<Vec<_>>());
    out.field(key + 3, &entries.iter().flat_map(|entry| &entry.bytes).copied().collect::<Vec<u8>>());
}

fn take_entries(fields: &Fields<'_>, key: usize) -> Result<Vec<Entry>, WireError> {
    let records = records(&fields.take::<Vec<u8>>(key + 1)?, MAX_PAGE_ENTRIES)?;
    let forms: Vec<u8> = fields.take(key)?;
    if forms.len() != records.len() {
        return Err(WireError::Malformed("one form per entry"));
    }
    let parts = cut(&fields.take::<Vec<u8>>(key + 3)?, &fields.take::<Vec<u32>>(key + 2)?, records.len())?;
    let none = Received { seq: 0, at: Timestamp::from_millis(0) };
    let entry = |((record, number), bytes): ((RecordId, u8), Vec<u8>)| {
        let form = form(u16::from(number))?;
        Ok(Entry { record, form, bytes, received: none, history: Vec::new(), heads: Vec::new() })
    };
    records.into_iter().zip(forms).zip(parts).map(entry).collect()
}

/// `bytes` cut at `lengths`, which must cover them exactly.
fn cut(mut bytes: &[u8], lengths: &[u32], count: usize) -> Result<Vec<Vec<u8>>, WireError> {
    const WRONG: WireError = WireError::Malformed("lengths and bytes do not match");
    if lengths.len() != count {
        return Err(WRONG);
    }
    let mut parts = Vec::with_capacity(count);
    for &length in lengths {
        let (part, rest) = bytes.split_at_checked(length as usize).ok_or(WRONG)?;
        parts.push(part.to_vec());
        bytes = rest;
    }
    if bytes.is_empty() { Ok(parts) } else { Err(WRONG) }
}

/// Heads of the document chunks, in order.
fn heads(entries: &[Entry]) -> Vec<Vec<ChangeHash>> {
    entries.iter().filter(|entry| entry.form == Form::Document).map(|entry| entry.heads.clone()).collect()
}

fn take_heads(heads: Vec<Vec<ChangeHash>>, entries: &mut [Entry]) -> Result<(), WireError> {
    let mut heads = heads.into_iter();
    for entry in entries.iter_mut().filter(|entry| entry.form == Form::Document) {
        entry.heads = heads.next().ok_or(WireError::Malformed("a document chunk has no heads"))?;
    }
    match heads.next() {
        None => Ok(()),
        Some(_) => Err(WireError::Malformed("more heads than document chunks")),
    }
}

fn history(changes: &[Received]) -> History {
    (
        differences(changes.iter().map(|change| change.seq as i64)),
        differences(changes.iter().map(|change| change.at.millis())),
    )
}

fn received(history: &History, count: usize) -> Result<Vec<Received>, WireError> {
    if history.0.len() != count || history.1.len() != count {
        return Err(WireError::Malformed("one seq and one time per change"));
    }
    let received = |(seq, at): (i64, i64)| match u64::try_from(seq) {
        Ok(seq) if seq < MAX_SEQ => Ok(Received { seq, at: Timestamp::from_millis(at) }),
        _ => Err(WireError::Malformed("a seq is out of range")),
    };
    sums(&history.0).zip(sums(&history.1)).map(received).collect()
}

fn differences(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut last = 0_i64;
    values.map(|value| value.wrapping_sub(std::mem::replace(&mut last, value))).collect()
}

fn sums(differences: &[i64]) -> impl Iterator<Item = i64> {
    differences.iter().scan(0_i64, |sum, difference| {
        *sum = sum.wrapping_add(*difference);
        Some(*sum)
    })
}
