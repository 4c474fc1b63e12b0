//! Documents kept loaded, the least recently used ones dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Document;
use crate::record::{Record, RecordId};
use crate::store::View;

use super::{Workspace, WorkspaceError, meta};

/// One document as the log on disk has it, with what it shows.
#[derive(Clone)]
pub(super) struct Loaded {
    pub document: Arc<Document>,
    pub record: Arc<Record>,
    /// Changes since the last snapshot.
    pub tail: usize,
    /// Bytes of all its changes.
    pub bytes: u64,
    /// The relay refused a change of this device here: its own actor must not write in it any more.
    pub branch: bool,
}

/// A few dozen documents; a list never opens one.
pub(super) struct Cache {
    capacity: usize,
    clock: u64,
    documents: BTreeMap<RecordId, (u64, Loaded)>,
    ages: BTreeMap<u64, RecordId>,
}

impl Workspace {
    /// The document as the store has it, from the cache if possible. `None`: no such record.
    pub(super) fn load(&self, view: &View<'_>, id: RecordId) -> Result<Option<Loaded>, WorkspaceError> {
        if let Some(loaded) = self.cache().find(id) {
            return Ok(Some(loaded));
        }
        let Some((snapshot, tail)) = view.document(id)? else { return Ok(None) };
        let bytes = view.log_size_of(id)?;
        let slices: Vec<&[u8]> = tail.iter().map(Vec::as_slice).collect();
        let (document, tail) = match Document::load(id, snapshot.as_deref(), &slices) {
            Ok(document) => (document, tail.len()),
            // The snapshot is a cache. The log is the truth.
            Err(error) if snapshot.is_some() => {
                tracing::warn!(record = %id, %error, "snapshot does not load; replaying the log");
                let rows = view.log_of(id)?;
                let all: Vec<&[u8]> = rows.iter().map(|row| row.bytes.as_slice()).collect();
                (Document::load(id, None, &all).map_err(WorkspaceError::of_document)?, rows.len())
            }
            Err(error) => return Err(WorkspaceError::of_document(error)),
        };
        let record = Arc::new(document.read());
        let branch = view.meta(&meta::branch_key(id))?.is_some();
        Ok(Some(Loaded { document: Arc::new(document), record, tail, bytes, branch }))
    }
}

impl Cache {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, clock: 0, documents: BTreeMap::new(), ages: BTreeMap::new() }
    }

    pub(super) fn find(&mut self, id: RecordId) -> Option<Loaded> {
        let (age, loaded) = self.documents.get_mut(&id)?;
        self.ages.remove(age);
        self.clock += 1;
        *age = self.clock;
        self.ages.insert(self.clock, id);
        Some(loaded.clone())
    }

    pub(super) fn put(&mut self, id: RecordId, loaded: Loaded) {
        self.remove(id);
        if self.capacity == 0 {
            return;
        }
        self.clock += 1;
        self.documents.insert(id, (self.clock, loaded));
        self.ages.insert(self.clock, id);
        while self.documents.len() > self.capacity {
            let Some((_, oldest)) = self.ages.pop_first() else { break };
            self.documents.remove(&oldest);
        }
    }

    pub(super) fn remove(&mut self, id: RecordId) {
        if let Some((age, _)) = self.documents.remove(&id) {
            self.ages.remove(&age);
        }
    }

    pub(super) fn clear(&mut self) {
        self.documents.clear();
        self.ages.clear();
    }
}
