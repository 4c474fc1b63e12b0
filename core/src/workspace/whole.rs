//! A whole record as bytes: its changes in causal order, or one document chunk.

use std::collections::BTreeMap;

use crate::document::Document;
use crate::record::{ChangeHash, RecordId};
use crate::store::{LogRow, View};
use crate::sync::{Entry, Form, Received};

use super::{Workspace, WorkspaceError};

/// Up to this many changes travel as changes: at two changes per record, bytes and CPU equal a chunk's.
const FEW: usize = 10;
/// A chunk above this travels as changes in pieces, so that no entry needs a frame of its own size.
const PIECE: usize = 256 * 1024;

impl Workspace {
    /// The record's entries for a page: one, or several pieces of changes if it is large. Empty: not here.
    pub(super) fn whole(
        &self,
        view: &View<'_>,
        record: RecordId,
        form: Form,
    ) -> Result<Vec<Entry>, WorkspaceError> {
        let rows = view.log_of(record)?;
        let bytes: usize = rows.iter().map(|row| row.bytes.len()).sum();
        if form != Form::Changes && rows.len() > FEW && bytes <= 4 * PIECE {
            match self.chunk(view, record, &rows) {
                Ok(entry) if entry.bytes.len() <= PIECE => return Ok(vec![entry]),
                Ok(_) => {}
                Err(WorkspaceError::Store(error)) => return Err(WorkspaceError::Store(error)),
                // The log is the truth; the device checks each change.
                Err(error) => tracing::warn!(record = %record, %error, "sent as changes, not as a document"),
            }
        }
        Ok(pieces(record, &rows))
    }

    fn chunk(&self, view: &View<'_>, record: RecordId, rows: &[LogRow]) -> Result<Entry, WorkspaceError> {
        let loaded = self.load_existing(view, record)?;
        let bytes = loaded.document.snapshot().map_err(WorkspaceError::of_document)?;
        // The receiver lists the changes as a loaded chunk does; this document may have met them in another order.
        let reloaded = Document::load(record, Some(&bytes), &[]).map_err(WorkspaceError::of_document)?;
        let by_hash: BTreeMap<ChangeHash, Received> =
            rows.iter().map(|row| (row.hash, received(row))).collect();
        let history: Option<Vec<Received>> =
            reloaded.changes().iter().map(|change| by_hash.get(&change.hash).copied()).collect();
        let history = history.filter(|history| history.len() == rows.len()).ok_or_else(|| {
            WorkspaceError::Document { record, detail: "document and log hold other changes".to_owned() }
        })?;
        let heads = reloaded.heads();
        Ok(Entry { record, form: Form::Document, bytes, received: newest(&history), history, heads })
    }
}

fn pieces(record: RecordId, rows: &[LogRow]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for row in rows {
        let start_new = entries.last().is_none_or(|entry| entry.bytes.len() + row.bytes.len() + 4 > PIECE);
        if start_new {
            entries.push(Entry {
                record,
                form: Form::Changes,
                bytes: Vec::new(),
                received: received(row),
                history: Vec::new(),
                heads: Vec::new(),
            });
        }
        let Some(entry) = entries.last_mut() else { continue };
        entry.bytes.extend_from_slice(&(row.bytes.len() as u32).to_be_bytes());
        entry.bytes.extend_from_slice(&row.bytes);
        entry.history.push(received(row));
    }
    for entry in &mut entries {
        entry.received = newest(&entry.history);
    }
    entries
}

/// The changes in the bytes of a `Form::Changes` entry; `None` if the lengths do not add up.
pub(super) fn unpack(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut changes = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        let (change, rest) = rest.split_at_checked(length)?;
        changes.push(change);
        bytes = rest;
    }
    Some(changes)
}

pub(super) fn received(row: &LogRow) -> Received {
    Received { seq: row.seq.unwrap_or(0), at: row.received_at.unwrap_or_default() }
}

fn newest(history: &[Received]) -> Received {
    let none = Received { seq: 0, at: crate::record::Timestamp::default() };
    history.iter().copied().max_by_key(|received| received.seq).unwrap_or(none)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(seq: u64, length: usize) -> LogRow {
        LogRow {
            n: 0,
            record: RecordId([1; 16]),
            hash: ChangeHash([seq as u8; 32]),
            actor: vec![1; 16],
            actor_seq: seq,
            start_op: 1,
            ops: 1,
            deps: vec![],
            typed_at: Default::default(),
            bytes: vec![seq as u8; length],
            seq: Some(seq),
            stamp: None,
            received_at: None,
            brought_by: None,
        }
    }

    #[test]
    fn a_large_record_travels_in_pieces_that_keep_the_order() {
        let rows: Vec<LogRow> = (1..=5).map(|seq| row(seq, 100 * 1024)).collect();
        let entries = pieces(RecordId([1; 16]), &rows);
        assert_eq!(entries.len(), 3);
        let seqs: Vec<u64> = entries.iter().flat_map(|entry| &entry.history).map(|r| r.seq).collect();
        assert_eq!(seqs, [1, 2, 3, 4, 5]);
        let back: Vec<&[u8]> = entries.iter().flat_map(|entry| unpack(&entry.bytes).unwrap()).collect();
        assert_eq!(back, rows.iter().map(|row| row.bytes.as_slice()).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_whose_lengths_do_not_add_up_are_not_unpacked() {
        assert_eq!(unpack(&[0, 0, 0, 2, 7]), None);
        assert_eq!(unpack(&[0, 0]), None);
        assert_eq!(unpack(&[0, 0, 0, 1, 7]), Some(vec![&[7][..]]));
    }
}
