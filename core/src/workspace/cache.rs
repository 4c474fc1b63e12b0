//! Documents kept loaded, the least recently used ones dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Document;
use crate::record::{Record, RecordId};
use crate::store::{LogRow, StoreError, View};

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

/// One record as the store has it.
pub(super) enum Stored {
    /// It was loaded already.
    Loaded(Loaded),
    /// Bytes, to be loaded where that can do no harm.
    Bytes(StoredBytes),
}

/// A snapshot, if there is one, and the changes behind it.
pub(super) struct StoredBytes {
    snapshot: Option<Vec<u8>>,
    tail: Vec<Vec<u8>>,
    /// Of all its changes.
    size: u64,
    branch: bool,
}

impl Workspace {
    /// The document as the store has it, from the cache if possible. `None`: no such record.
    pub(super) fn load(&self, view: &View<'_>, id: RecordId) -> Result<Option<Loaded>, WorkspaceError> {
        if let Some(loaded) = self.cache().find(id) {
            return Ok(Some(loaded));
        }
        let Some(bytes) = self.stored_bytes(view, id, None)? else { return Ok(None) };
        load_bytes(id, &bytes, || view.log_of(id)).map(Some)
    }

    /// The same without loading it. `size`: the bytes of all its changes, if they are known.
    pub(super) fn stored(
        &self,
        view: &View<'_>,
        id: RecordId,
        size: Option<u64>,
    ) -> Result<Option<Stored>, WorkspaceError> {
        match self.cache().find(id) {
            Some(loaded) => Ok(Some(Stored::Loaded(loaded))),
            None => Ok(self.stored_bytes(view, id, size)?.map(Stored::Bytes)),
        }
    }

    /// What [`Workspace::stored`] found, loaded. Not within a read of the store.
    pub(super) fn load_stored(&self, id: RecordId, stored: &Stored) -> Result<Loaded, WorkspaceError> {
        match stored {
            Stored::Loaded(loaded) => Ok(loaded.clone()),
            Stored::Bytes(bytes) => load_bytes(id, bytes, || self.store.read(|view| view.log_of(id))),
        }
    }

    fn stored_bytes(
        &self,
        view: &View<'_>,
        id: RecordId,
        size: Option<u64>,
    ) -> Result<Option<StoredBytes>, WorkspaceError> {
        let Some((snapshot, tail)) = view.document(id)? else { return Ok(None) };
        let size = match size {
            Some(size) => size,
            None => view.log_size_of(id)?,
        };
        let branch = view.meta(&meta::branch_key(id))?.is_some();
        Ok(Some(StoredBytes { snapshot, tail, size, branch }))
    }
}

/// `log`: every change of the record, should its snapshot not load.
fn load_bytes(
    id: RecordId,
    stored: &StoredBytes,
    log: impl FnOnce() -> Result<Vec<LogRow>, StoreError>,
) -> Result<Loaded, WorkspaceError> {
    let StoredBytes { snapshot, tail, size, branch } = stored;
    let slices: Vec<&[u8]> = tail.iter().map(Vec::as_slice).collect();
    let (document, tail) = match Document::load(id, snapshot.as_deref(), &slices) {
        Ok(document) => (document, tail.len()),
        // The snapshot is a cache. The log is the truth.
        Err(error) if snapshot.is_some() => {
            tracing::warn!(record = %id, %error, "snapshot does not load; replaying the log");
            let rows = log()?;
            let all: Vec<&[u8]> = rows.iter().map(|row| row.bytes.as_slice()).collect();
            (Document::load(id, None, &all).map_err(WorkspaceError::of_document)?, rows.len())
        }
        Err(error) => return Err(WorkspaceError::of_document(error)),
    };
    let record = Arc::new(document.read());
    Ok(Loaded { document: Arc::new(document), record, tail, bytes: *size, branch: *branch })
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
