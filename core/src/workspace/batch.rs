//! One write transaction: what lands in it, and what is known once it is committed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::Change;
use crate::index::{self, IndexRow};
use crate::planted;
use crate::record::{ChangeHash, Content, DeviceId, Record, RecordId, Stamp, Timestamp};
use crate::schema::Schema;
use crate::store::{LogRow, Tx, View};

use super::cache::Loaded;
use super::fields::field_name;
use super::intake::Landed;
use super::schemas::{SETTING, kinds_that_differ};
use super::{Changed, ChangedEntry, Role, Workspace, WorkspaceError, Writer, meta, rebuild};

/// What one transaction did, on its way to cache and observers.
pub(super) struct Batch<'w> {
    workspace: &'w Workspace,
    /// In force for what comes next in this transaction.
    pub schema: Arc<Schema>,
    /// Kinds whose rows must be derived again before the commit, or soon after.
    pub derive_again: BTreeSet<String>,
    /// Settings after this transaction, if one of them changed.
    settings: Option<BTreeMap<RecordId, Arc<Record>>>,
    /// Documents as this transaction leaves them; a bounded number, newest kept.
    fresh: BTreeMap<RecordId, Loaded>,
    dropped: BTreeSet<RecordId>,
    records: BTreeMap<RecordId, String>,
    entries: Vec<ChangedEntry>,
    stamp: Option<Stamp>,
    outbox: bool,
    /// Planted bug 24 only.
    late_rows: Vec<IndexRow>,
}

impl Workspace {
    /// Runs `work` in one transaction under the writer's lock, then tells the observers.
    pub(super) fn transact<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>, &mut Batch<'_>, &mut Writer) -> Result<T, WorkspaceError>,
    ) -> Result<T, WorkspaceError> {
        let mut writer = self.writer();
        let result = self.commit(&mut writer, work);
        drop(writer);
        self.bell.ring();
        result
    }

    /// The same for a caller that holds the lock, and rings the bell itself.
    pub(super) fn commit<T>(
        &self,
        writer: &mut Writer,
        work: impl FnOnce(&mut Tx<'_>, &mut Batch<'_>, &mut Writer) -> Result<T, WorkspaceError>,
    ) -> Result<T, WorkspaceError> {
        if writer.unsure {
            self.load_settings()?;
            writer.unsure = false;
        }
        let mut batch = Batch::new(self);
        let committed = self.store.write(|tx| {
            let value = work(tx, &mut batch, writer)?;
            batch.derive_kinds_again(tx)?;
            batch.note_settings(tx)?;
            let seq = match self.role {
                Role::Relay => tx.head()?.0,
                Role::Device => meta::number(tx, meta::CURSOR)?,
            };
            Ok::<_, WorkspaceError>((value, seq))
        });
        match committed {
            Ok((value, seq)) => {
                batch.committed(seq)?;
                Ok(value)
            }
            Err(error) => {
                if matches!(error, WorkspaceError::Store(_)) {
                    // Whether the commit reached the disk is not known; what is loaded may be wrong either way,
                    // and so may the schema: the office's new field may stand there after all.
                    self.cache().clear();
                    writer.unsure = self.load_settings().is_err();
                }
                Err(error)
            }
        }
    }
}

impl<'w> Batch<'w> {
    fn new(workspace: &'w Workspace) -> Self {
        Self {
            workspace,
            schema: workspace.schema(),
            derive_again: BTreeSet::new(),
            settings: None,
            fresh: BTreeMap::new(),
            dropped: BTreeSet::new(),
            records: BTreeMap::new(),
            entries: Vec::new(),
            stamp: None,
            outbox: false,
            late_rows: Vec::new(),
        }
    }

    /// The document as this transaction has it so far.
    pub(super) fn load(&self, tx: &View<'_>, id: RecordId) -> Result<Option<Loaded>, WorkspaceError> {
        match self.fresh.get(&id) {
            Some(loaded) => Ok(Some(loaded.clone())),
            None if self.dropped.contains(&id) => {
                // The cache still has what stood before this transaction.
                self.workspace.cache().remove(id);
                self.workspace.load(tx, id)
            }
            None => self.workspace.load(tx, id),
        }
    }

    /// Appends changes made or accepted here. On the relay they get their seqs now: same transaction,
    /// no gaps. On a device rows without a seq are the outbox.
    pub(super) fn append(
        &mut self,
        tx: &mut Tx<'_>,
        writer: &mut Writer,
        rows: &mut [LogRow],
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        if self.workspace.role == Role::Relay {
            let stamp = *self.stamp.get_or_insert_with(|| Stamp::random(&mut *writer.rng));
            let (head, _) = tx.head()?;
            for (row, seq) in rows.iter_mut().zip(head + 1..) {
                row.seq = Some(seq);
                row.stamp = Some(stamp);
                row.received_at = Some(now);
            }
        }
        self.outbox |= rows.iter().any(|row| row.seq.is_none());
        tx.append(rows)?;
        Ok(())
    }

    /// The record's index rows, its snapshot if the tail is long, its place in cache and notice.
    /// `rows` are its new log rows, appended already.
    pub(super) fn land(
        &mut self,
        tx: &mut Tx<'_>,
        mut loaded: Loaded,
        row: Option<IndexRow>,
        rows: &[LogRow],
        before: Option<&Record>,
    ) -> Result<(), WorkspaceError> {
        let record = Arc::clone(&loaded.record);
        let id = record.id;
        if loaded.tail >= self.workspace.fold {
            self.fold(tx, &mut loaded)?;
        }
        if record.kind() == SETTING || before.is_some_and(|before| before.kind() == SETTING) {
            self.setting_changed(&record);
        }
        // A setting may have changed the schema within this very transaction.
        let row = row.unwrap_or_else(|| index::derive(&self.schema, &record));
        if planted::on(24) {
            self.late_rows.push(row);
        } else {
            tx.put_row(&row)?;
        }
        self.notice(&record, rows, before);
        self.keep(id, loaded);
        Ok(())
    }

    /// [`Batch::land`] for every record that passed the gate. `rows` are their new log rows, appended already;
    /// `schema` is the one their index rows were derived by.
    pub(super) fn land_all(
        &mut self,
        tx: &mut Tx<'_>,
        schema: &Arc<Schema>,
        landed: BTreeMap<RecordId, Landed>,
        rows: Vec<LogRow>,
    ) -> Result<(), WorkspaceError> {
        let mut by_record: BTreeMap<RecordId, Vec<LogRow>> = BTreeMap::new();
        for row in rows {
            by_record.entry(row.record).or_default().push(row);
        }
        for (record, landed) in landed {
            let rows = by_record.remove(&record).unwrap_or_default();
            let row = Arc::ptr_eq(schema, &self.schema).then_some(landed.row);
            self.land(tx, landed.loaded, row, &rows, landed.before.as_deref())?;
        }
        Ok(())
    }

    /// A record whose rows look different now although nobody edited it (marks, new schema).
    pub(super) fn touch(&mut self, id: RecordId, kind: String) {
        self.records.insert(id, kind);
    }

    /// The outbox has work although no change was made.
    pub(super) fn work_waits(&mut self) {
        self.outbox = true;
    }

    /// The record is gone from this replica.
    pub(super) fn forget(&mut self, tx: &mut Tx<'_>, id: RecordId) -> Result<(), WorkspaceError> {
        let kind = tx.kind_of(id)?.unwrap_or_default();
        tx.forget(id)?;
        for key in [meta::branch_key(id), super::undo::spent_key(id)] {
            tx.set_meta(&key, None)?;
        }
        if kind == SETTING {
            let mut settings = self.settings.take().unwrap_or_else(|| self.workspace.settings());
            settings.remove(&id);
            self.change_settings(settings);
        }
        self.fresh.remove(&id);
        self.dropped.insert(id);
        self.records.insert(id, kind);
        Ok(())
    }

    /// Rows and snapshot of a record whose log is empty now; its quarantine stays.
    pub(super) fn forget_document(&mut self, tx: &mut Tx<'_>, id: RecordId) -> Result<(), WorkspaceError> {
        let kept = tx.quarantine_of(id)?;
        self.forget(tx, id)?;
        kept.iter().try_for_each(|row| tx.put_quarantine(row))?;
        Ok(())
    }

    /// What is cached of the record is not what the log says any more.
    pub(super) fn drop_loaded(&mut self, id: RecordId) {
        self.fresh.remove(&id);
        self.dropped.insert(id);
    }

    fn fold(&self, tx: &mut Tx<'_>, loaded: &mut Loaded) -> Result<(), WorkspaceError> {
        let id = loaded.record.id;
        match loaded.document.snapshot() {
            Ok(bytes) => {
                tx.put_snapshot(id, &bytes, &loaded.record.heads)?;
                if planted::on(19) {
                    let hashes: Vec<ChangeHash> = tx.ledger_of(id)?.iter().map(|row| row.hash).collect();
                    tx.remove_log(&hashes)?;
                }
                loaded.tail = 0;
            }
            // The log has everything; a longer tail only costs time.
            Err(error) => tracing::warn!(record = %id, %error, "no snapshot could be made"),
        }
        Ok(())
    }

    fn setting_changed(&mut self, record: &Arc<Record>) {
        let mut settings = self.settings.take().unwrap_or_else(|| self.workspace.settings());
        settings.insert(record.id, Arc::clone(record));
        self.change_settings(settings);
    }

    fn change_settings(&mut self, settings: BTreeMap<RecordId, Arc<Record>>) {
        let schema = self.workspace.schema_with(&settings);
        self.derive_again.extend(kinds_that_differ(&self.schema, &schema));
        self.schema = Arc::new(schema);
        self.settings = Some(settings);
    }

    /// Which records are settings is written down beside the index, which may be empty after an upgrade.
    fn note_settings(&self, tx: &mut Tx<'_>) -> Result<(), WorkspaceError> {
        let Some(settings) = &self.settings else { return Ok(()) };
        let bytes: Vec<u8> = settings.keys().flat_map(|id| id.0).collect();
        if tx.meta(meta::SETTINGS)?.unwrap_or_default() != bytes {
            tx.set_meta(meta::SETTINGS, Some(&bytes))?;
        }
        Ok(())
    }

    fn keep(&mut self, id: RecordId, loaded: Loaded) {
        const KEPT: usize = 64;
        if self.fresh.len() >= KEPT
            && !self.fresh.contains_key(&id)
            && let Some((oldest, _)) = self.fresh.pop_first()
        {
            // It is in the transaction; the cache must not answer with what stood before.
            self.dropped.insert(oldest);
        }
        self.dropped.remove(&id);
        self.fresh.insert(id, loaded);
    }

    fn derive_kinds_again(&mut self, tx: &mut Tx<'_>) -> Result<(), WorkspaceError> {
        let kinds = std::mem::take(&mut self.derive_again);
        if kinds.is_empty() {
            return Ok(());
        }
        rebuild::derive_kinds(self.workspace, tx, self, kinds)
    }

    fn notice(&mut self, record: &Record, rows: &[LogRow], before: Option<&Record>) {
        let kind = record.kind().to_owned();
        self.records.insert(record.id, kind.clone());
        if rows.is_empty() {
            return;
        }
        let conflict =
            !record.revived_entries.is_empty() || record.cells.values().any(|cell| !cell.others.is_empty());
        let written = written_keys(record, before);
        let of_kind = self.schema.kind(&kind);
        for row in rows {
            let mut fields: Vec<String> = written
                .iter()
                .filter(|(_, change)| change.is_none_or(|change| change == row.hash))
                .map(|(key, _)| field_name(of_kind, key))
                .collect();
            fields.sort();
            fields.dedup();
            self.entries.push(ChangedEntry {
                record: record.id,
                kind: kind.clone(),
                hash: row.hash,
                device: author_of(row),
                seq: row.seq,
                typed_at: row.typed_at,
                fields,
                conflict,
            });
        }
    }

    fn committed(mut self, seq: u64) -> Result<(), WorkspaceError> {
        {
            let mut cache = self.workspace.cache();
            for id in &self.dropped {
                cache.remove(*id);
            }
            for (id, loaded) in std::mem::take(&mut self.fresh) {
                cache.put(id, loaded);
            }
        }
        if let Some(settings) = self.settings.take() {
            self.workspace.install(settings);
        }
        if !self.late_rows.is_empty() {
            let rows = std::mem::take(&mut self.late_rows);
            self.workspace.store.write(|tx| rows.iter().try_for_each(|row| tx.put_row(row)))?;
        }
        if !self.records.is_empty() || self.outbox {
            self.workspace.bell.note(Changed {
                records: self.records.into_iter().collect(),
                seq,
                entries: self.entries,
                outbox: self.outbox,
            });
        }
        Ok(())
    }
}

/// The log row of a change made here.
pub(super) fn row_of(record: RecordId, change: Change) -> LogRow {
    LogRow {
        n: 0,
        record,
        hash: change.hash,
        actor: change.actor,
        actor_seq: change.actor_seq,
        start_op: change.start_op,
        ops: change.ops,
        deps: change.deps,
        typed_at: change.time,
        bytes: change.bytes,
        seq: None,
        stamp: None,
        received_at: None,
        brought_by: None,
    }
}

/// Who made a change; none for one that every device makes alike (automerge.md section 6).
pub(super) fn author_of(row: &LogRow) -> Option<DeviceId> {
    let computed = row.deps.is_empty() && row.actor_seq == 1 && row.ops == 1 && row.typed_at.millis() == 0;
    if computed { None } else { device_of_actor(&row.actor) }
}

/// The installation an actor belongs to: itself, or the end of a branch actor.
pub(super) fn device_of_actor(actor: &[u8]) -> Option<DeviceId> {
    match actor.len() {
        16 => DeviceId::from_slice(actor),
        21 if actor.starts_with(&[0x13, 0xb2, 0x23, 0x09]) => DeviceId::from_slice(&actor[5..]),
        _ => None,
    }
}

/// Keys that differ from before. With the change that wrote them where it is known; a text is written by
/// many changes at once, so it counts for all of them.
fn written_keys<'a>(record: &'a Record, before: Option<&Record>) -> Vec<(&'a str, Option<ChangeHash>)> {
    let mut written = Vec::new();
    for (key, cell) in &record.cells {
        let old = before.and_then(|before| before.cells.get(key));
        if old == Some(cell) || key == "schema" {
            continue;
        }
        match &cell.shown.content {
            Content::Text(_) => written.push((key.as_str(), None)),
            Content::Scalar(_) => {
                let versions = std::iter::once(&cell.shown).chain(&cell.others);
                written.extend(versions.map(|version| (key.as_str(), Some(version.change))));
            }
        }
    }
    written
}
