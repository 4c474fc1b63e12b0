//! Tests of the document room, by subject; and the people and devices they are told with.

mod bytes;
mod document;
mod forge;
mod ledger;
mod merge;
mod mutate;
mod removal;
mod trap;
mod trial;
mod words;

use super::gate::{self, Facts, InlineTrial, Ledger, Refusal, Sender};
use super::{Change, Document};
use crate::record::{Content, DeviceId, RecordId, Scalar, Splice, Timestamp, Write};

/// The record of most tests.
pub(super) const RECORD: RecordId = RecordId([7; 16]);
pub(super) const ANNA: DeviceId = DeviceId([0xa1; 16]);
pub(super) const BEN: DeviceId = DeviceId([0xb2; 16]);
pub(super) const CARL: DeviceId = DeviceId([0xc3; 16]);

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000)
}

pub(super) fn put(key: &str, value: impl Into<Scalar>) -> Write {
    Write::Put { key: key.to_owned(), value: value.into() }
}

pub(super) fn text(key: &str, text: &str) -> Write {
    Write::Text { key: key.to_owned(), text: text.to_owned() }
}

pub(super) fn splice(key: &str, at: usize, delete: usize, insert: &str) -> Write {
    Write::Splice { key: key.to_owned(), splices: vec![Splice { at, delete, insert: insert.to_owned() }] }
}

/// A note of Anna's with a text `body`.
pub(super) fn note(body: &str) -> (Document, Vec<Change>) {
    let writes = [put("title", "Heizung"), text("body", body)];
    Document::create(RECORD, "note", 1, &["body".to_owned()], &writes, ANNA, at(0)).expect("a small note")
}

/// Edits at the current heads.
pub(super) fn edit(doc: &mut Document, writes: &[Write], who: DeviceId, when: i64) -> Vec<Change> {
    doc.edit(writes, &[], None, who, at(when)).expect("a small edit")
}

/// What a key shows, as text.
pub(super) fn shown(doc: &Document, key: &str) -> String {
    doc.read().str(key).unwrap_or("-").to_owned()
}

/// The other values of a key, as text.
pub(super) fn others(doc: &Document, key: &str) -> Vec<String> {
    let record = doc.read();
    let others = record.cells.get(key).map(|cell| cell.others.clone()).unwrap_or_default();
    others.iter().map(|version| version.content.as_str().unwrap_or("?").to_owned()).collect()
}

/// The changes go into the document as the gate lets them: A, then C.
pub(super) fn take(doc: &mut Document, changes: &[Change]) {
    let (after, verdicts) = offer(Some(doc), changes.iter().map(|change| change.bytes.as_slice()));
    assert!(verdicts.iter().all(Result::is_ok), "{verdicts:?}");
    *doc = after.expect("a document");
}

pub(super) fn offer<'a>(
    doc: Option<&Document>,
    changes: impl Iterator<Item = &'a [u8]>,
) -> (Option<Document>, Vec<Result<(), Refusal>>) {
    let changes: Vec<(Facts, &[u8])> =
        changes.map(|bytes| (gate::check_bytes(bytes).expect("good bytes"), bytes)).collect();
    gate::trial(RECORD, doc, &changes, true, &InlineTrial)
}

/// The ledger of a document.
pub(super) fn ledger(doc: &Document) -> Ledger {
    let mut ledger = Ledger::default();
    for change in doc.changes() {
        ledger.add(&gate::check_bytes(&change.bytes).expect("good bytes"), change.bytes.len());
    }
    ledger
}

pub(super) fn weigh(ledger: &Ledger, bytes: &[u8], sender: &Sender) -> Result<bool, Refusal> {
    ledger.check(RECORD, &gate::check_bytes(bytes).expect("good bytes"), bytes, sender)
}

pub(super) fn int(value: i64) -> Content {
    Content::Scalar(Scalar::Int(value))
}
