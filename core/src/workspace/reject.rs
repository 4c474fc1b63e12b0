//! What the relay did not take (sync.md section 6).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::gate::Reason;
use crate::document::{Document, Step};
use crate::record::{ChangeHash, Content, DeviceId, Nonce, RecordId, Timestamp, Write};
use crate::store::{LogRow, QuarantineRow, Tx};
use crate::sync::{Form, Verdict};

use super::apply::set_nonce;
use super::batch::{Batch, device_of_actor};
use super::cache::Loaded;
use super::edit::{clamped, text_keys};
use super::{Applied, Workspace, WorkspaceError, Writer, meta};

/// One refused change of this device.
struct Refused {
    reason: u8,
    missing: Vec<ChangeHash>,
}

impl Workspace {
    /// By reason: 1-4 quarantine and the same edits once more as new changes; 5 want; 6 not offered again;
    /// 8 forget; others keep, not offered again by themselves. Nothing of it holds back other entries.
    pub fn mark_rejected(
        &self,
        refused: &[(ChangeHash, Verdict)],
        nonce: Option<Nonce>,
        now: Timestamp,
    ) -> Result<Applied, WorkspaceError> {
        let now = clamped(now);
        self.transact(|tx, batch, writer| {
            set_nonce(tx, nonce)?;
            let mut applied = Applied::default();
            let mut want: BTreeMap<RecordId, Form> = BTreeMap::new();
            let mut by_record: BTreeMap<RecordId, BTreeMap<ChangeHash, Refused>> = BTreeMap::new();
            for (hash, verdict) in refused {
                let (Some(row), Verdict::Refused { reason, missing }) = (tx.log_entry(*hash)?, verdict)
                else {
                    continue;
                };
                // A verdict of an older session: the relay has it by now.
                if row.seq.is_some() {
                    continue;
                }
                let refused = Refused { reason: *reason, missing: missing.clone() };
                by_record.entry(row.record).or_default().insert(*hash, refused);
            }
            for (record, refused) in by_record {
                let kind = tx.kind_of(record)?.unwrap_or_default();
                if refused.values().any(|refused| refused.reason == Reason::Erased as u8) {
                    batch.forget(tx, record)?;
                    continue;
                }
                // Somebody else's change, offered after a restore, is not ours to make again: it stays as it is.
                let mut bad: BTreeMap<ChangeHash, u8> = BTreeMap::new();
                for (hash, refused) in refused.iter().filter(|(_, it)| it.reason <= Reason::Unloadable as u8)
                {
                    let row = tx.log_entry(*hash)?;
                    if row.is_some_and(|row| device_of_actor(&row.actor) == Some(self.device)) {
                        bad.insert(*hash, refused.reason);
                    }
                }
                if !bad.is_empty() {
                    applied.refused += self.remake(tx, batch, writer, record, &bad, now)?;
                    applied.records += 1;
                }
                for (hash, refused) in &refused {
                    // Remaking took what depends on a refused change out of the log.
                    if bad.contains_key(hash) || tx.seq_of(*hash)?.is_none() {
                        continue;
                    }
                    if refused.reason == Reason::Missing as u8 {
                        self.missing(tx, *hash, record, &refused.missing, &mut want)?;
                    } else {
                        tx.mark_not_offered(*hash)?;
                    }
                    batch.touch(record, kind.clone());
                }
            }
            applied.want = want.into_iter().collect();
            Ok(applied)
        })
    }

    /// The relay lacks what this change depends on.
    fn missing(
        &self,
        tx: &mut Tx<'_>,
        hash: ChangeHash,
        record: RecordId,
        missing: &[ChangeHash],
        want: &mut BTreeMap<RecordId, Form>,
    ) -> Result<(), WorkspaceError> {
        let mut held_back = false;
        for dependency in missing {
            match tx.seq_of(*dependency)? {
                // It was offered and refused: this one shares its fate instead of being offered for ever.
                Some(None) if !tx.is_offered(*dependency)? => held_back = true,
                // It is outbox again since the relay was restored, while this one was on the wire already:
                // it goes first next time.
                Some(None) => {}
                Some(Some(_)) | None => {
                    want.insert(record, Form::Changes);
                }
            }
        }
        if held_back {
            tx.mark_not_offered(hash)?;
        }
        Ok(())
    }

    /// Takes refused changes, and own ones that depend on them, out of the record and makes what they
    /// wrote again as a new change. Returns how many changes went to quarantine.
    ///
    /// Once per record: what was made again and refused again stays in quarantine, where people see it.
    fn remake(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch<'_>,
        writer: &mut Writer,
        record: RecordId,
        bad: &BTreeMap<ChangeHash, u8>,
        now: Timestamp,
    ) -> Result<usize, WorkspaceError> {
        let rows = tx.log_of(record)?;
        let (leaving, staying): (Vec<LogRow>, Vec<LogRow>) = {
            let mut gone: BTreeSet<ChangeHash> = BTreeSet::new();
            for row in &rows {
                if bad.contains_key(&row.hash) || row.deps.iter().any(|dep| gone.contains(dep)) {
                    gone.insert(row.hash);
                }
            }
            rows.into_iter().partition(|row| gone.contains(&row.hash))
        };
        let again_before = tx
            .quarantine_of(record)?
            .iter()
            .any(|row| row.device == Some(self.device) && row.reason <= Reason::Unloadable as u8);
        let standing = batch.load(tx, record)?;
        let steps = standing.as_ref().map(|standing| standing.document.history()).unwrap_or_default();
        let lost: BTreeSet<ChangeHash> = leaving.iter().map(|row| row.hash).collect();
        for row in &leaving {
            tx.put_quarantine(&QuarantineRow {
                id: 0,
                record,
                hash: row.hash,
                reason: bad.get(&row.hash).copied().unwrap_or(Reason::Missing as u8),
                check: 0,
                device: device_of_actor(&row.actor),
                at: now,
                bytes: row.bytes.clone(),
            })?;
        }
        tx.remove_log(&leaving.iter().map(|row| row.hash).collect::<Vec<_>>())?;
        tx.drop_snapshot(record)?;
        batch.drop_loaded(record);
        tx.set_meta(&meta::branch_key(record), Some(&[1]))?;
        let author = leaving.iter().find_map(|row| device_of_actor(&row.actor)).unwrap_or(self.device);
        let lost_steps: Vec<&Step> = steps.iter().filter(|step| lost.contains(&step.change)).collect();
        if staying.is_empty() {
            let texts_and_kind = standing.as_ref().map(|standing| Arc::clone(&standing.record));
            batch.forget_document(tx, record)?;
            tx.set_meta(&meta::branch_key(record), Some(&[1]))?;
            if let (false, Some(shown)) = (again_before, texts_and_kind) {
                self.create_again(tx, batch, writer, &shown, author, now)?;
            }
            return Ok(leaving.len());
        }
        let slices: Vec<&[u8]> = staying.iter().map(|row| row.bytes.as_slice()).collect();
        let document = Document::load(record, None, &slices).map_err(WorkspaceError::of_document)?;
        let shown = Arc::new(document.read());
        let loaded = Loaded {
            document: Arc::new(document),
            record: shown,
            tail: staying.len(),
            bytes: staying.iter().map(|row| row.bytes.len() as u64).sum(),
            // A number the relay has refused is never used for something else.
            branch: true,
        };
        batch.land(tx, loaded.clone(), None, &[], standing.as_ref().map(|standing| &*standing.record))?;
        if !again_before {
            self.write_again(tx, batch, writer, loaded, &lost_steps, author, now)?;
        }
        Ok(leaving.len())
    }

    /// The last value each lost change left in each key, written at the heads they were written on, so that
    /// what others wrote meanwhile merges instead of being overwritten.
    fn write_again(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch<'_>,
        writer: &mut Writer,
        loaded: Loaded,
        lost: &[&Step],
        author: DeviceId,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        let mut last: BTreeMap<&str, &Content> = BTreeMap::new();
        for (key, _, written) in lost.iter().flat_map(|step| &step.keys) {
            last.insert(key, written);
        }
        let writes: Vec<Write> = last.iter().map(|(key, content)| Write::restore(key, content)).collect();
        let standing: BTreeSet<ChangeHash> =
            loaded.document.changes().iter().map(|change| change.hash).collect();
        let base = lost.first().map(|step| step.deps.clone()).unwrap_or_default();
        let usable = !base.is_empty() && base.iter().all(|dep| standing.contains(dep));
        let base = (usable && base != loaded.record.heads).then_some(base);
        let schema = Arc::clone(&batch.schema);
        let kind = schema.kind(loaded.record.kind());
        if let Some(made) = self.write(loaded, kind, &writes, base.as_deref(), author, now)? {
            self.store_made(tx, batch, writer, made, now)?;
        }
        Ok(())
    }

    /// The creation itself was refused: a new first change with what the record showed.
    fn create_again(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch<'_>,
        writer: &mut Writer,
        shown: &crate::record::Record,
        author: DeviceId,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        let schema = Arc::clone(&batch.schema);
        let kind = schema.kind(shown.kind());
        let texts = kind.map(crate::schema::Kind::texts).unwrap_or_default();
        let late_texts = kind.map(text_keys).unwrap_or_default();
        let (late, writes): (Vec<Write>, Vec<Write>) = shown
            .cells
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "kind" | "schema"))
            .map(|(key, cell)| Write::restore(key, &cell.shown.content))
            .partition(|write| matches!(write, Write::Text { key, .. } if !texts.contains(key)));
        let (mut document, mut changes) =
            Document::create(shown.id, shown.kind(), schema.version, &texts, &writes, author, now)
                .map_err(WorkspaceError::of_document)?;
        if !late.is_empty() {
            let more = document.edit(&late, &late_texts, None, author, now);
            changes.extend(more.map_err(WorkspaceError::of_document)?);
        }
        let mut made = Self::made(document, changes, None);
        made.loaded.branch = true;
        self.store_made(tx, batch, writer, made, now)?;
        Ok(())
    }
}
