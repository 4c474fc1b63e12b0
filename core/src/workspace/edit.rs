//! An edit on its way down: planned by the schema, made by the document, checked, landed.

use std::sync::Arc;

use serde::Serialize;

use crate::document::{Change, Document};
use crate::record::{
    ChangeHash, DeviceId, Edit, EditError, Heads, Record, RecordId, Timestamp, ValueType, Write,
};
use crate::schema::{Kind, Schema};
use crate::store::{LogRow, Tx, View};
use crate::sync::Seq;

use super::batch::{Batch, row_of};
use super::cache::Loaded;
use super::{Role, Workspace, WorkspaceError, Writer, undo};

/// Ops a record may have (gate check 18); edits stop at nine tenths of it, so that what other devices
/// wrote meanwhile still fits.
pub(super) const MAX_OPS: u64 = 200_000;
/// Bytes of changes a record may have.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
/// 9999-12-31T23:59:59.999Z, the last moment a change may carry (gate check 7).
const LAST_MOMENT: i64 = 253_402_300_799_999;

/// An edit that is durable.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Edited {
    /// The record.
    pub id: RecordId,
    /// The (last) change; `None` if nothing differed.
    pub hash: Option<ChangeHash>,
    /// The record's heads after it.
    pub heads: Heads,
    /// On the relay, the seq of the last change.
    pub seq: Option<Seq>,
    /// Keys that now have two versions.
    pub conflicts: Vec<String>,
    /// Whether the record was created by this edit.
    pub created: bool,
}

/// An edit that was made but not stored yet.
pub(super) struct Made {
    pub loaded: Loaded,
    pub rows: Vec<LogRow>,
    /// What the record was before; `None`: it is new.
    pub before: Option<Arc<Record>>,
}

impl Workspace {
    /// Makes an edit as `author` (own device id; on the relay the device row of a person). Durable when it
    /// returns. Creating a record that is here already, with the same kind, edits it.
    ///
    /// # Errors
    /// `Edit` if the edit cannot be made, `UnknownHeads` if its base is not known here, `Store` if it did
    /// not reach the disk. Nothing is stored then.
    pub fn edit(&self, author: DeviceId, edit: &Edit, now: Timestamp) -> Result<Edited, WorkspaceError> {
        self.transact(|tx, batch, writer| self.edit_in(tx, batch, writer, author, edit, clamped(now)))
    }

    /// Several edits in one transaction (import): each verdict by itself, one fsync.
    ///
    /// # Errors
    /// `Store` if the transaction did not reach the disk; then none of the edits was made.
    pub fn edit_many(
        &self,
        author: DeviceId,
        edits: &[Edit],
        now: Timestamp,
    ) -> Result<Vec<Result<Edited, WorkspaceError>>, WorkspaceError> {
        let now = clamped(now);
        self.transact(|tx, batch, writer| {
            let mut verdicts = Vec::with_capacity(edits.len());
            for edit in edits {
                match self.edit_in(tx, batch, writer, author, edit, now) {
                    Err(WorkspaceError::Store(error)) => return Err(WorkspaceError::Store(error)),
                    verdict => verdicts.push(verdict),
                }
            }
            Ok(verdicts)
        })
    }

    /// Into the trash, and out of it.
    pub fn set_removed(
        &self,
        author: DeviceId,
        record: RecordId,
        removed: bool,
        now: Timestamp,
    ) -> Result<Edited, WorkspaceError> {
        self.edit(author, &Edit::of(record).with("removed", removed), now)
    }

    fn edit_in(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch<'_>,
        writer: &mut Writer,
        author: DeviceId,
        edit: &Edit,
        now: Timestamp,
    ) -> Result<Edited, WorkspaceError> {
        let standing = match edit.id {
            Some(id) => batch.load(tx, id)?,
            None => None,
        };
        let made = match standing {
            Some(loaded) => self.change(batch, writer, loaded, author, edit, now)?,
            None => Some(self.create_record(tx, batch, writer, author, edit, now)?),
        };
        match made {
            Some(made) => {
                let edited = self.store_made(tx, batch, writer, made, now)?;
                writer.remember(author, edited.0.id, edited.1);
                Ok(edited.0)
            }
            None => {
                let id = edit.id.unwrap_or(RecordId([0; 16]));
                let loaded = batch.load(tx, id)?.ok_or(WorkspaceError::NotFound(id))?;
                Ok(unchanged(&loaded, &batch.schema))
            }
        }
    }

    fn create_record(
        &self,
        tx: &View<'_>,
        batch: &Batch<'_>,
        writer: &mut Writer,
        author: DeviceId,
        edit: &Edit,
        now: Timestamp,
    ) -> Result<Made, WorkspaceError> {
        let name = match (&edit.kind, edit.id) {
            (Some(name), _) => name,
            (None, Some(id)) => return Err(EditError::UnknownRecord { id }.into()),
            (None, None) => return Err(EditError::MissingKind.into()),
        };
        let kind = batch
            .schema
            .kind(name)
            .ok_or_else(|| EditError::UnknownKind { kind: name.chars().take(60).collect() })?;
        let id = match edit.id {
            Some(id) => id,
            None => RecordId::new(now, &mut *writer.rng),
        };
        let writes = match self.plan(&batch.schema, kind, None, (author, edit), now, writer) {
            Ok(writes) => writes,
            Err(EditError::Empty) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        // A custom text must be the same text object on every device, so it cannot be part of this change.
        let texts = kind.texts();
        let (late, writes): (Vec<Write>, Vec<Write>) = writes.into_iter().partition(|write| {
            !matches!(write, Write::Put { .. }) && !texts.iter().any(|t| t == write.key())
        });
        let create = |now| {
            Document::create(id, name, batch.schema.version, &texts, &writes, author, now)
                .map_err(WorkspaceError::of_document)
        };
        let (mut document, mut changes) = create(now)?;
        // A change does not name its record: two alike, made by one author in one millisecond, would be one
        // change, and the second record would not exist. A moment earlier it is another change.
        let mut reach = 64;
        while changes.iter().any(|change| !matches!(tx.seq_of(change.hash), Ok(None))) {
            let earlier = i64::from(writer.rng.next_u32() % reach) + 1;
            let shifted =
                if now.millis() > earlier { now.plus_millis(-earlier) } else { now.plus_millis(earlier) };
            (document, changes) = create(shifted)?;
            tx.seq_of(changes[0].hash)?;
            reach = reach.saturating_mul(2);
        }
        if !late.is_empty() {
            let more = document.edit(&late, &text_keys(kind), None, author, now);
            changes.extend(more.map_err(WorkspaceError::of_document)?);
        }
        Ok(Self::made(document, changes, None))
    }

    /// `None` if nothing differs.
    fn change(
        &self,
        batch: &Batch<'_>,
        writer: &mut Writer,
        loaded: Loaded,
        author: DeviceId,
        edit: &Edit,
        now: Timestamp,
    ) -> Result<Option<Made>, WorkspaceError> {
        let id = loaded.record.id;
        let name = loaded.record.kind();
        if edit.kind.as_ref().is_some_and(|kind| kind != name) {
            return Err(EditError::Exists { id }.into());
        }
        let kind = batch.schema.kind(name).ok_or_else(|| EditError::UnknownKind { kind: name.to_owned() })?;
        let base = edit.base.as_ref().map(|heads| {
            let mut heads = heads.clone();
            heads.sort();
            heads.dedup();
            heads
        });
        let base = base.filter(|heads| *heads != loaded.record.heads);
        let at_base = match &base {
            Some(heads) => Some(loaded.document.read_at(heads).map_err(WorkspaceError::of_document)?),
            None => None,
        };
        let current = at_base.as_ref().unwrap_or(&loaded.record);
        let writes = match self.plan(&batch.schema, kind, Some(current), (author, edit), now, writer) {
            Ok(writes) => writes,
            Err(EditError::Empty) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        self.write(loaded, Some(kind), &writes, base.as_deref(), author, now)
    }

    /// The relay's own device assigns what only the relay may assign (numbers).
    fn plan(
        &self,
        schema: &Schema,
        kind: &Kind,
        current: Option<&Record>,
        (author, edit): (DeviceId, &Edit),
        now: Timestamp,
        writer: &mut Writer,
    ) -> Result<Vec<Write>, EditError> {
        if self.role == Role::Relay && author == self.device {
            schema.plan_as_relay(kind, current, edit, now, &mut *writer.rng)
        } else {
            schema.plan(kind, current, edit, now, &mut *writer.rng)
        }
    }

    /// Writes to keys of a record, at `base` or at its current heads. `None` if no op was made.
    pub(super) fn write(
        &self,
        loaded: Loaded,
        kind: Option<&Kind>,
        writes: &[Write],
        base: Option<&[ChangeHash]>,
        author: DeviceId,
        now: Timestamp,
    ) -> Result<Option<Made>, WorkspaceError> {
        if writes.is_empty() {
            return Ok(None);
        }
        if loaded.bytes >= MAX_BYTES / 10 * 9 {
            return Err(EditError::TooLarge { what: "record in bytes".to_owned(), limit: MAX_BYTES }.into());
        }
        if loaded.document.size().1 >= MAX_OPS / 10 * 9 {
            return Err(EditError::TooLarge { what: "record".to_owned(), limit: MAX_OPS }.into());
        }
        let late = kind.map(text_keys).unwrap_or_default();
        // On a copy: what is cached is what is on disk.
        let mut document = Document::clone(&loaded.document);
        let changes = if loaded.branch {
            document.edit_on_branch(writes, &late, base, author, now)
        } else {
            document.edit(writes, &late, base, author, now)
        };
        let changes = changes.map_err(WorkspaceError::of_document)?;
        if changes.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self::made(document, changes, Some(loaded))))
    }

    /// What is to be stored. The document has passed its own changes through part A of the gate.
    pub(super) fn made(document: Document, changes: Vec<Change>, before: Option<Loaded>) -> Made {
        let id = document.id();
        let branch = before.as_ref().is_some_and(|before| before.branch);
        let tail = before.as_ref().map_or(0, |before| before.tail) + changes.len();
        let bytes = before.as_ref().map_or(0, |before| before.bytes)
            + changes.iter().map(|change| change.bytes.len() as u64).sum::<u64>();
        let record = Arc::new(document.read());
        let rows = changes.into_iter().map(|change| row_of(id, change)).collect();
        let loaded = Loaded { document: Arc::new(document), record, tail, bytes, branch };
        Made { loaded, rows, before: before.map(|before| before.record) }
    }

    /// Stores what was made. Returns it with the hashes of its changes.
    pub(super) fn store_made(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch<'_>,
        writer: &mut Writer,
        made: Made,
        now: Timestamp,
    ) -> Result<(Edited, Vec<ChangeHash>), WorkspaceError> {
        let Made { loaded, mut rows, before } = made;
        batch.append(tx, writer, &mut rows, now)?;
        let hashes: Vec<ChangeHash> = rows.iter().map(|row| row.hash).collect();
        let edited = Edited {
            hash: hashes.last().copied(),
            seq: rows.last().and_then(|row| row.seq),
            created: before.is_none(),
            ..unchanged(&loaded, &batch.schema)
        };
        batch.land(tx, loaded, None, &rows, before.as_deref())?;
        Ok((edited, hashes))
    }

    /// The record as stored, or `NotFound`.
    pub(super) fn load_existing(&self, view: &View<'_>, id: RecordId) -> Result<Loaded, WorkspaceError> {
        self.load(view, id)?.ok_or(WorkspaceError::NotFound(id))
    }
}

impl Writer {
    pub(super) fn remember(&mut self, author: DeviceId, record: RecordId, changes: Vec<ChangeHash>) {
        let edits = self.undo.entry(author).or_default();
        edits.push(undo::Done { record, changes });
        if edits.len() > undo::REMEMBERED {
            edits.remove(0);
        }
    }
}

/// A clock before 1970 or after 9999 is wrong, but no reason to lose an edit.
pub(super) fn clamped(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.millis().clamp(0, LAST_MOMENT))
}

/// Keys of every co-edited text of a kind, built in or made by the office: any of them may be younger
/// than the record.
pub(super) fn text_keys(kind: &Kind) -> Vec<String> {
    let custom = kind.fields.iter().filter(|field| field.ty == ValueType::Text);
    let custom = custom.filter_map(|field| field.custom.map(|id| format!("custom/{id}")));
    kind.texts().into_iter().chain(custom).collect()
}

/// The record as it stands, with nothing made.
pub(super) fn unchanged(loaded: &Loaded, schema: &Schema) -> Edited {
    let record = &loaded.record;
    let contested =
        !record.revived_entries.is_empty() || record.cells.values().any(|cell| !cell.others.is_empty());
    let conflicts = if contested { schema.view(record).conflicts } else { Vec::new() };
    Edited {
        id: record.id,
        hash: None,
        heads: record.heads.clone(),
        seq: None,
        conflicts: conflicts.into_iter().map(|conflict| conflict.key).collect(),
        created: false,
    }
}
