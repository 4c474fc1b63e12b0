//! A device takes what the relay sends: entries and cursor in one transaction.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::document::Document;
use crate::document::gate::{self, InlineTrial, Reason, Sender};
use crate::planted;
use crate::record::{ChangeHash, Nonce, RecordId, Stamp, Timestamp};
use crate::store::{LogRow, Tx, View};
use crate::sync::{DeviceFacts, Entry, FillPage, Form, Outgoing, Page, Received, Seq};

use super::intake::{Gathered, Item, Outcome, clear_notes};
use super::{Workspace, WorkspaceError, meta, whole};

/// What a page of foreign entries did.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Applied {
    /// Records that changed.
    pub records: usize,
    /// Changes that were new.
    pub changes: usize,
    /// Records to ask for whole (missing dependency, quarantined entry); with the form to ask for.
    pub want: Vec<(RecordId, Form)>,
    /// Went to quarantine.
    pub refused: usize,
}

/// What moves with the entries.
#[derive(Clone, Copy, Default)]
struct Marks {
    cursor: Option<(Seq, Stamp)>,
    low: Option<Seq>,
    nonce: Option<Nonce>,
}

/// A page taken apart.
#[derive(Default)]
struct Opened {
    items: Vec<Item>,
    ready: BTreeMap<RecordId, Document>,
    want: BTreeMap<RecordId, Form>,
}

impl Workspace {
    /// What this replica says in `Hello`.
    pub fn device_facts(&self) -> Result<DeviceFacts, WorkspaceError> {
        self.store.read(|view| {
            Ok(DeviceFacts {
                workspace: self.id,
                device: self.device,
                epoch: meta::epoch(view)?,
                cursor: meta::number(view, meta::CURSOR)?,
                low: meta::number(view, meta::LOW)?,
                stamp: meta::stamp(view)?,
                nonce: meta::nonce(view)?,
                lineage: meta::lineage(view)?,
                outbox: view.outbox_count()?,
            })
        })
    }

    /// Changes that wait for a seq, in order of commit: at most `entries` and `bytes`, at least one.
    pub fn outbox(&self, entries: usize, bytes: usize) -> Result<Vec<Outgoing>, WorkspaceError> {
        self.store.read(|view| {
            let rows = view.outbox(entries, bytes)?.into_iter();
            Ok(rows.map(|row| Outgoing { record: row.record, hash: row.hash, bytes: row.bytes }).collect())
        })
    }

    /// When the oldest waiting edit was typed.
    pub fn outbox_since(&self) -> Result<Option<Timestamp>, WorkspaceError> {
        self.store.read(|view| Ok(view.outbox(1, 1)?.first().map(|row| row.typed_at)))
    }

    /// The relay has these durably: they leave the outbox.
    pub fn mark_accepted(
        &self,
        accepted: &[(ChangeHash, Seq)],
        nonce: Option<Nonce>,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        self.transact(|tx, batch, _| {
            set_nonce(tx, nonce)?;
            for (hash, seq) in accepted {
                let Some((record, standing)) = tx.place_of(*hash)? else { continue };
                if standing != Some(*seq) {
                    tx.mark(*hash, *seq, None, now)?;
                    batch.touch(record, tx.kind_of(record)?.unwrap_or_default());
                }
            }
            Ok(())
        })
    }

    /// Live entries: every one through the gate, then entries, cursor and stamp in one transaction. What
    /// fails goes to quarantine and its record to `want`; the cursor moves on all the same.
    pub fn apply(
        &self,
        page: &Page,
        nonce: Option<Nonce>,
        now: Timestamp,
    ) -> Result<Applied, WorkspaceError> {
        let marks = Marks { cursor: Some((page.cursor, page.stamp)), low: None, nonce };
        self.take(&page.entries, marks, now)
    }

    /// Whole records: entries and `low` in one transaction. Own changes that wait stay on top.
    pub fn fill(
        &self,
        page: &FillPage,
        nonce: Option<Nonce>,
        now: Timestamp,
    ) -> Result<Applied, WorkspaceError> {
        self.take(&page.entries, Marks { cursor: None, low: page.low, nonce }, now)
    }

    /// These records may not be here any more: log, snapshot, index, quarantine.
    pub fn forget(
        &self,
        records: &[RecordId],
        cursor: Seq,
        stamp: Stamp,
        _now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        self.transact(|tx, batch, _| {
            for record in records {
                batch.forget(tx, *record)?;
            }
            set_marks(tx, Marks { cursor: Some((cursor, stamp)), low: None, nonce: None })
        })
    }

    fn take(&self, entries: &[Entry], marks: Marks, now: Timestamp) -> Result<Applied, WorkspaceError> {
        let mut writer = self.writer();
        let Opened { items, ready, want } = self.open_entries(entries);
        let schema = self.schema();
        let mut gathered =
            self.store.read(|view| self.gather(view, &writer, items, ready, &Sender::Relay))?;
        self.note_applying(&gathered)?;
        let landed = self.judge(&writer, &mut gathered, &schema)?;
        if planted::on(2) {
            self.store.write(|tx| set_marks(tx, marks))?;
        }
        let applied = self.commit(&mut writer, |tx, batch, writer| {
            let mut applied = Applied { records: landed.len(), ..Applied::default() };
            let mut want = want;
            let mut rows: Vec<LogRow> = Vec::new();
            for at in 0..gathered.items.len() {
                match &gathered.outcomes[at] {
                    Outcome::Taken => rows.extend(gathered.row(at)),
                    Outcome::Known(seq) => self.fill_in_seq(tx, batch, &gathered, at, *seq)?,
                    Outcome::Same(_) => {}
                    Outcome::Refused(refusal) => {
                        let item = &gathered.items[at];
                        let whole_helps = !item.whole
                            && (refusal.reason != Reason::Missing
                                || !all_in_quarantine(tx, item.record, &refusal.missing)?);
                        if whole_helps {
                            want.entry(item.record).or_insert(Form::Document);
                        }
                        if refusal.reason != Reason::Missing || !whole_helps {
                            gathered.quarantine(tx, at, refusal, None, now)?;
                            applied.refused += 1;
                        }
                    }
                }
            }
            applied.changes = rows.len();
            batch.append(tx, writer, &mut rows, now)?;
            batch.land_all(tx, &schema, landed, rows)?;
            if !(planted::on(16) && applied.refused > 0) {
                set_marks(tx, marks)?;
            }
            clear_notes(tx)?;
            applied.want = want.into_iter().collect();
            Ok(applied)
        })?;
        writer.suspects.clear();
        drop(writer);
        self.bell.ring();
        Ok(applied)
    }

    /// Something of ours or of an earlier page. Its seq may be news: `Accepted` was lost.
    fn fill_in_seq(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut super::batch::Batch<'_>,
        gathered: &Gathered,
        at: usize,
        seq: Option<Seq>,
    ) -> Result<(), WorkspaceError> {
        let (Some(received), Some(facts)) = (gathered.items[at].received, &gathered.facts[at]) else {
            return Ok(());
        };
        if seq != Some(received.seq) && received.seq != 0 {
            tx.mark(facts.hash, received.seq, None, received.at)?;
            let record = gathered.items[at].record;
            batch.touch(record, tx.kind_of(record)?.unwrap_or_default());
        }
        Ok(())
    }

    /// Entries as single changes. Document chunks are loaded here, on the trial's threads; one that fails
    /// is asked for again as changes.
    fn open_entries(&self, entries: &[Entry]) -> Opened {
        let mut opened = Opened::default();
        let chunks: Vec<&Entry> = entries.iter().filter(|entry| entry.form == Form::Document).collect();
        let documents: Vec<OnceLock<Result<Document, gate::Refusal>>> =
            chunks.iter().map(|_| OnceLock::new()).collect();
        if !chunks.is_empty() {
            self.trial.run_each(chunks.len(), &|at| {
                let Entry { record, bytes, heads, .. } = chunks[at];
                let _ = documents[at].set(gate::check_document(*record, bytes, heads, &InlineTrial));
            });
        }
        let mut documents = documents.into_iter().map(OnceLock::into_inner);
        for entry in entries {
            match entry.form {
                Form::Change => opened.items.push(Item {
                    record: entry.record,
                    bytes: entry.bytes.clone(),
                    received: Some(entry.received),
                    whole: false,
                }),
                Form::Changes => match whole::unpack(&entry.bytes) {
                    Some(changes) if changes.len() == entry.history.len() => {
                        let changes = changes.into_iter().map(<[u8]>::to_vec);
                        opened.push_whole(entry.record, changes, &entry.history);
                    }
                    // It cannot be asked for in a simpler form.
                    _ => opened.items.push(Item {
                        record: entry.record,
                        bytes: entry.bytes.clone(),
                        received: Some(entry.received),
                        whole: true,
                    }),
                },
                Form::Document => match documents.next().flatten() {
                    Some(Ok(document)) if document.size().0 == entry.history.len() => {
                        let changes = document.changes().into_iter().map(|change| change.bytes);
                        opened.push_whole(entry.record, changes, &entry.history);
                        opened.ready.insert(entry.record, document);
                    }
                    _ => {
                        opened.want.insert(entry.record, Form::Changes);
                    }
                },
            }
        }
        opened
    }
}

impl Opened {
    fn push_whole(&mut self, record: RecordId, changes: impl Iterator<Item = Vec<u8>>, history: &[Received]) {
        self.items.extend(changes.zip(history).map(|(bytes, received)| Item {
            record,
            bytes,
            received: Some(*received),
            whole: true,
        }));
    }
}

/// The cursor only grows and low only sinks: a page that comes late or twice changes nothing.
fn set_marks(tx: &mut Tx<'_>, marks: Marks) -> Result<(), WorkspaceError> {
    if let Some((cursor, stamp)) = marks.cursor {
        let standing = meta::number(tx, meta::CURSOR)?;
        if cursor > standing {
            meta::set_number(tx, meta::CURSOR, cursor)?;
        }
        if cursor >= standing && stamp != meta::stamp(tx)? {
            tx.set_meta(meta::STAMP, Some(&stamp.0))?;
        }
    }
    if let Some(low) = marks.low
        && low < meta::number(tx, meta::LOW)?
    {
        meta::set_number(tx, meta::LOW, low)?;
    }
    set_nonce(tx, marks.nonce)
}

pub(super) fn set_nonce(tx: &mut Tx<'_>, nonce: Option<Nonce>) -> Result<(), WorkspaceError> {
    if let Some(nonce) = nonce
        && meta::nonce(tx)? != Some(nonce)
    {
        tx.set_meta(meta::NONCE, Some(&nonce.0))?;
    }
    Ok(())
}

/// Asking for a whole record again does not help against a change that was refused already.
fn all_in_quarantine(
    view: &View<'_>,
    record: RecordId,
    missing: &[ChangeHash],
) -> Result<bool, WorkspaceError> {
    for hash in missing {
        if !view.is_quarantined(record, *hash)? {
            return Ok(false);
        }
    }
    Ok(!missing.is_empty())
}
