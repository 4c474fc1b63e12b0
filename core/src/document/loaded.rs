//! A record's document and what can be done with it; the doing is in the files beside.

use std::sync::{Arc, OnceLock};

use automerge::Automerge;

use super::origin::Known;
use super::{create, edit, engine, history, read};
use crate::record::{ChangeHash, Content, DeviceId, Heads, Record, RecordId, Timestamp, Write};

/// One record's document, loaded. 20 to 40 KiB: keep few. A clone costs a tenth of a load.
#[derive(Clone)]
pub struct Document {
    pub(super) id: RecordId,
    pub(super) doc: Automerge,
    /// Made at the first read, kept up to date by edits and trials.
    known: OnceLock<Arc<Known>>,
}

/// A change that was just made here, ready for the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// SHA-256 of `bytes` from the 9th on.
    pub hash: ChangeHash,
    /// 16 bytes, or 21 of a branch actor.
    pub actor: Vec<u8>,
    /// 1 for the actor's first change in this record.
    pub actor_seq: u64,
    /// Counter of its first op.
    pub start_op: u64,
    /// Number of ops, at least 1.
    pub ops: u64,
    /// The changes it was made on, ascending.
    pub deps: Vec<ChangeHash>,
    /// When it was typed.
    pub time: Timestamp,
    /// `Change::raw_bytes()`.
    pub bytes: Vec<u8>,
}

/// One step in a record's history.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The change.
    pub change: ChangeHash,
    /// Who made it. `None` for a change every device makes alike.
    pub device: Option<DeviceId>,
    /// When, by that device's clock.
    pub typed_at: Timestamp,
    /// What it was made on.
    pub deps: Vec<ChangeHash>,
    /// Keys it wrote: (key, shown before at its dependencies, written value). Texts whole.
    pub keys: Vec<(String, Option<Content>, Content)>,
}

/// Why a document cannot do what was asked. Ids and numbers only.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DocumentError {
    /// The bytes in the store are damaged; the changes in the log may still be good.
    #[error("record {0} cannot be loaded: {1}")]
    Unloadable(RecordId, String),
    /// Too many ops or keys, a text of more than 100,000 characters or a value of more than 256 KiB.
    #[error("record {0} is at its limits")]
    Full(RecordId),
    /// A base or a moment was named that this replica does not hold.
    #[error("record {0} has no change {1}")]
    UnknownHeads(RecordId, ChangeHash),
    /// A fault of automerge or of this module; the document is as it was.
    #[error("automerge failed in record {0}: {1}")]
    Internal(RecordId, String),
}

impl Document {
    /// A new record: `kind` and `writes` in one first change (more if texts are long), and a text object
    /// for every key in `texts`.
    ///
    /// # Errors
    /// `Full` if a text has more than 100,000 characters or a value more than 256 KiB.
    pub fn create(
        id: RecordId,
        kind: &str,
        schema: u32,
        texts: &[String],
        writes: &[Write],
        actor: DeviceId,
        now: Timestamp,
    ) -> Result<(Self, Vec<Change>), DocumentError> {
        let (doc, changes) = guarded(id, || create::create(id, kind, schema, texts, writes, actor, now))??;
        Ok((Self::new(id, doc), changes))
    }

    /// From our own store: a snapshot (if any) and the changes that came after it, in log order.
    /// Panics inside automerge become `Unloadable`.
    ///
    /// # Errors
    /// `Unloadable` if the bytes are damaged, empty or lack a dependency.
    pub fn load(id: RecordId, snapshot: Option<&[u8]>, tail: &[&[u8]]) -> Result<Self, DocumentError> {
        let unloadable = |why| DocumentError::Unloadable(id, why);
        // One call for all of it: applying change by change costs four times as much.
        let mut bytes =
            Vec::with_capacity(snapshot.map_or(0, <[u8]>::len) + tail.iter().map(|c| c.len()).sum::<usize>());
        bytes.extend_from_slice(snapshot.unwrap_or_default());
        tail.iter().for_each(|change| bytes.extend_from_slice(change));
        if bytes.is_empty() {
            return Err(unloadable("there is nothing to load".to_owned()));
        }
        let doc = engine::guarded(|| engine::load(&bytes)).and_then(|loaded| loaded).map_err(unloadable)?;
        Ok(Self::new(id, doc))
    }

    /// Edits at `base` (`None` = current heads) as `actor`; automerge.md section 5. No op made: empty list.
    /// `late_texts` = keys of custom text fields that may have to be made first (section 6).
    ///
    /// # Errors
    /// `UnknownHeads` if `base` names a change that is not here; `Full` at the record's limits. The document
    /// is then as it was.
    pub fn edit(
        &mut self,
        writes: &[Write],
        late_texts: &[String],
        base: Option<&[ChangeHash]>,
        actor: DeviceId,
        now: Timestamp,
    ) -> Result<Vec<Change>, DocumentError> {
        let edit =
            edit::Edit { id: self.id, writes, late_texts, base, device: actor, own_refused: false, now };
        self.make(&edit)
    }

    /// Like `edit`, but never under the device's own actor: for a record in which the relay refused a change of
    /// this device, whose number must not be used again (sync.md section 6).
    ///
    /// # Errors
    /// As `edit`; `Full` if all eight branch actors are taken by edits the base has not seen.
    pub fn edit_on_branch(
        &mut self,
        writes: &[Write],
        late_texts: &[String],
        base: Option<&[ChangeHash]>,
        actor: DeviceId,
        now: Timestamp,
    ) -> Result<Vec<Change>, DocumentError> {
        let edit =
            edit::Edit { id: self.id, writes, late_texts, base, device: actor, own_refused: true, now };
        self.make(&edit)
    }

    fn make(&mut self, edit: &edit::Edit<'_>) -> Result<Vec<Change>, DocumentError> {
        let (doc, changes) = guarded(self.id, || edit.make(&self.doc, self.known().ops))??;
        self.doc = doc;
        self.learn(&changes);
        Ok(changes)
    }

    pub(super) fn new(id: RecordId, doc: Automerge) -> Self {
        Self { id, doc, known: OnceLock::new() }
    }

    /// This document after `changes` were applied to it in `doc`.
    pub(super) fn after(&self, doc: Automerge, changes: &[Change]) -> Self {
        let mut after = Self { id: self.id, doc, known: self.known.clone() };
        after.learn(changes);
        after
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| Arc::new(Known::of(self.id, &self.doc)))
    }

    fn learn(&mut self, changes: &[Change]) {
        // What is not known yet will be read from the document, these changes included.
        if let Some(known) = self.known.get_mut() {
            let known = Arc::make_mut(known);
            changes.iter().for_each(|change| known.add(self.id, change));
        }
    }

    /// Its record's id.
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// The newest changes, ascending.
    pub fn heads(&self) -> Heads {
        engine::heads(&self.doc)
    }

    /// Whether the change is in this document.
    pub fn has(&self, change: &ChangeHash) -> bool {
        engine::has(&self.doc, change)
    }

    /// What the document shows now.
    pub fn read(&self) -> Record {
        read::read(self.id, &self.doc, self.known(), None)
    }

    /// What it showed at `heads`.
    ///
    /// # Errors
    /// `UnknownHeads` if one of them is not here.
    pub fn read_at(&self, heads: &[ChangeHash]) -> Result<Record, DocumentError> {
        if let Some(unknown) = heads.iter().find(|hash| !self.has(hash)) {
            return Err(DocumentError::UnknownHeads(self.id, *unknown));
        }
        guarded(self.id, || read::read(self.id, &self.doc, self.known(), Some(&engine::all_theirs(heads))))
    }

    /// Every change in causal order with what it wrote.
    pub fn history(&self) -> Vec<Step> {
        history::steps(self.id, &self.doc)
    }

    /// `save_nocompress()`, loaded back and compared (heads and values) first.
    ///
    /// # Errors
    /// `Unloadable` if what automerge saved does not load as the same document: keep the log.
    pub fn snapshot(&self) -> Result<Vec<u8>, DocumentError> {
        engine::guarded(|| {
            let bytes = self.doc.save_nocompress();
            let again = engine::load(&bytes)?;
            let same =
                engine::heads(&again) == self.heads() && read::values(&again) == read::values(&self.doc);
            if same { Ok(bytes) } else { Err("its snapshot shows something else".to_owned()) }
        })
        .and_then(|saved| saved)
        .map_err(|why| DocumentError::Unloadable(self.id, why))
    }

    /// All changes in causal order, byte for byte what was applied.
    pub fn changes(&self) -> Vec<Change> {
        history::in_order(&self.doc).iter().map(Change::from).collect()
    }

    /// Total number of changes and ops, for limits.
    pub fn size(&self) -> (usize, u64) {
        (self.known().origins.len(), self.known().ops)
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never its values: they are somebody's data.
        f.debug_struct("Document").field("id", &self.id).field("heads", &self.heads()).finish()
    }
}

impl From<&automerge::Change> for Change {
    fn from(change: &automerge::Change) -> Self {
        Self {
            hash: engine::ours(change.hash()),
            actor: change.actor_id().to_bytes().to_vec(),
            actor_seq: change.seq(),
            start_op: change.start_op().get(),
            ops: change.len() as u64,
            deps: change.deps().iter().copied().map(engine::ours).collect(),
            time: Timestamp::from_millis(change.timestamp()),
            bytes: change.raw_bytes().to_vec(),
        }
    }
}

fn guarded<T>(id: RecordId, job: impl FnOnce() -> T) -> Result<T, DocumentError> {
    engine::guarded(job).map_err(|why| DocumentError::Internal(id, why))
}
