//! SQLite: log, snapshots, index, meta, quarantine. Changes are opaque bytes here.

use std::ffi::CString;
use std::path::Path;
use std::sync::Arc;

use crate::index::IndexRow;
use crate::query::{Query, QueryError};
use crate::record::{ChangeHash, DeviceId, RecordId, Stamp, Timestamp};

/// How to open.
pub struct StoreOptions {
    /// Name of a registered VFS; none = the system's.
    pub vfs: Option<CString>,
    /// For the WAL refresh (simulation.md 4.4).
    pub files: Arc<dyn Files>,
    /// Create if missing.
    pub create: bool,
    /// Full text on (off in tier B of the simulation).
    pub fts: bool,
    /// Reader connections, 1 or more.
    pub readers: usize,
}

/// Files beside the database.
pub trait Files: Send + Sync {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>>;
    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
    fn sync(&self, path: &Path) -> std::io::Result<()>;
    fn rename(&self, from: &Path, to: &Path) -> std::io::Result<()>;
    fn remove(&self, path: &Path) -> std::io::Result<()>;
    fn list(&self, directory: &Path) -> std::io::Result<Vec<std::path::PathBuf>>;
    fn sync_directory(&self, directory: &Path) -> std::io::Result<()>;
}

/// The real file system.
pub struct SystemFiles;

/// What went wrong. After any of them nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no space left on the disk")]
    Full,
    #[error("the disk reported an error: {0}")]
    Io(String),
    #[error("the database is damaged: {0}")]
    Broken(String),
    #[error("the database was written by a newer Farley (version {found}, this one knows {known})")]
    Newer { found: u32, known: u32 },
    #[error("another Farley process uses this folder")]
    Locked,
    #[error("the folder or file cannot be written: {0}")]
    ReadOnly(String),
    #[error("there is no workspace in this folder")]
    Missing,
    #[error("the query took longer than 5 seconds")]
    Interrupted,
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// One row of the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogRow {
    /// Order of commit in this replica; 0 when not yet stored.
    pub n: i64,
    pub record: RecordId,
    pub hash: ChangeHash,
    pub actor: Vec<u8>,
    pub actor_seq: u64,
    pub start_op: u64,
    pub ops: u64,
    pub deps: Vec<ChangeHash>,
    pub typed_at: Timestamp,
    pub bytes: Vec<u8>,
    /// `None` = outbox.
    pub seq: Option<u64>,
    pub stamp: Option<Stamp>,
    /// When the relay received it.
    pub received_at: Option<Timestamp>,
    /// Who brought it, if not its author (recovery).
    pub brought_by: Option<DeviceId>,
}

/// The database of one replica: one writer, several readers.
pub struct Store {
    _todo: (),
}

/// A consistent view; derefs from [`Tx`].
pub struct View<'a> {
    _todo: std::marker::PhantomData<&'a ()>,
}

/// The one write transaction.
pub struct Tx<'a> {
    view: View<'a>,
}
impl<'a> std::ops::Deref for Tx<'a> {
    type Target = View<'a>;
    fn deref(&self) -> &View<'a> {
        &self.view
    }
}

impl Store {
    /// Opens or creates; refreshes the WAL first, takes the folder's lock, migrates.
    pub fn open(_path: &Path, _options: StoreOptions) -> Result<Self, StoreError> {
        todo!("store room")
    }
    /// Runs `f` in one transaction; `Ok` = committed and fsynced. `Err` = rolled back; on I/O errors
    /// connections are closed in order, the WAL refreshed, the file reopened before this returns.
    pub fn write<T, E: From<StoreError>>(
        &self,
        _f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        todo!("store room")
    }
    /// Runs `f` on a consistent read snapshot, beside the writer.
    pub fn read<T, E: From<StoreError>>(&self, _f: impl FnOnce(&View<'_>) -> Result<T, E>) -> Result<T, E> {
        todo!("store room")
    }
    /// Checkpoint and FTS merge, at most `budget` pages of work; returns whether more is left.
    pub fn tidy(&self, _budget: u32) -> Result<bool, StoreError> {
        todo!("store room")
    }
    /// A consistent copy while running.
    pub fn backup(&self, _to: &Path) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// `PRAGMA quick_check`.
    pub fn check(&self) -> Result<(), StoreError> {
        todo!("store room")
    }
}

impl View<'_> {
    pub fn meta(&self, _key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        todo!("store room")
    }

    // --- log ---
    pub fn log_entry(&self, _hash: ChangeHash) -> Result<Option<LogRow>, StoreError> {
        todo!("store room")
    }
    /// Seq of a hash: None = unknown, Some(None) = outbox.
    pub fn seq_of(&self, _hash: ChangeHash) -> Result<Option<Option<u64>>, StoreError> {
        todo!("store room")
    }
    /// All rows of a record in order of commit here (which is causal).
    pub fn log_of(&self, _record: RecordId) -> Result<Vec<LogRow>, StoreError> {
        todo!("store room")
    }
    /// The same without `bytes` (cheap; for the ledger check).
    pub fn ledger_of(&self, _record: RecordId) -> Result<Vec<LogRow>, StoreError> {
        todo!("store room")
    }
    /// Sum of `bytes` lengths of a record.
    pub fn log_size_of(&self, _record: RecordId) -> Result<u64, StoreError> {
        todo!("store room")
    }
    /// Rows without a seq that may be offered, in order of commit, at most `entries` and `bytes` (at least one).
    pub fn outbox(&self, _entries: usize, _bytes: usize) -> Result<Vec<LogRow>, StoreError> {
        todo!("store room")
    }
    pub fn outbox_count(&self) -> Result<u32, StoreError> {
        todo!("store room")
    }
    /// Records that have rows in the outbox.
    pub fn outbox_has(&self, _record: RecordId) -> Result<bool, StoreError> {
        todo!("store room")
    }
    /// Rows with seq > after, ascending.
    pub fn log_after(&self, _after: u64, _limit: usize) -> Result<Vec<LogRow>, StoreError> {
        todo!("store room")
    }
    /// Rows with seq < before, descending, without bytes.
    pub fn log_before(&self, _before: u64, _limit: usize) -> Result<Vec<LogRow>, StoreError> {
        todo!("store room")
    }
    /// Greatest seq of a record that is <= at (0 = none).
    pub fn last_seq_of(&self, _record: RecordId, _at: u64) -> Result<u64, StoreError> {
        todo!("store room")
    }
    pub fn head(&self) -> Result<(u64, Stamp), StoreError> {
        todo!("store room")
    }
    pub fn stamp_at(&self, _seq: u64) -> Result<Option<Stamp>, StoreError> {
        todo!("store room")
    }
    /// Records and bytes in the log, for bootstrap progress: those whose last seq <= `below` (all: u64::MAX).
    pub fn totals(&self, _below: u64) -> Result<(u32, u64), StoreError> {
        todo!("store room")
    }

    // --- snapshots ---
    /// Snapshot and the log rows after it (bytes only), in order.
    pub fn document(&self, _record: RecordId) -> Result<Option<(Option<Vec<u8>>, Vec<Vec<u8>>)>, StoreError> {
        todo!("store room")
    }

    // --- index ---
    pub fn kind_of(&self, _record: RecordId) -> Result<Option<String>, StoreError> {
        todo!("store room")
    }
    /// Every record id, ascending.
    pub fn records(&self) -> Result<Vec<RecordId>, StoreError> {
        todo!("store room")
    }
    /// Records of a kind, ascending (settings at start).
    pub fn records_of_kind(&self, _kind: &str) -> Result<Vec<RecordId>, StoreError> {
        todo!("store room")
    }
    /// Row numbers of the query's result in order: the id vector for virtual lists.
    pub fn numbers(&self, _query: &Query) -> Result<Vec<u32>, StoreError> {
        todo!("store room")
    }
    /// Rows by number, in the order asked; missing ones left out.
    pub fn rows(&self, _numbers: &[u32]) -> Result<Vec<ListRow>, StoreError> {
        todo!("store room")
    }
    pub fn rows_of(&self, _records: &[RecordId]) -> Result<Vec<ListRow>, StoreError> {
        todo!("store room")
    }
    /// One page by key. `after` = cursor of the page before (opaque; carries sort key, id and query hash).
    pub fn page(&self, _query: &Query, _after: Option<&str>, _limit: usize) -> Result<ListPage, StoreError> {
        todo!("store room")
    }
    pub fn count(&self, _query: &Query) -> Result<u64, StoreError> {
        todo!("store room")
    }
    /// (value, count) per value of `field`, most first.
    pub fn group(&self, _query: &Query, _field: &str) -> Result<Vec<(String, u64)>, StoreError> {
        todo!("store room")
    }
    /// Records that link to `to`, newest changed first: (field, row).
    pub fn backlinks(&self, _to: RecordId, _limit: usize) -> Result<Vec<(String, ListRow)>, StoreError> {
        todo!("store room")
    }
    /// Records with conflicts, latest first.
    pub fn conflicts(&self, _limit: usize) -> Result<Vec<(RecordId, crate::index::ConflictRow)>, StoreError> {
        todo!("store room")
    }
    /// Records of `kind` having any of these normalised values in `field` (duplicate keys, match keys).
    pub fn records_with(
        &self,
        _kind: &str,
        _field: &str,
        _texts: &[String],
    ) -> Result<Vec<(RecordId, String)>, StoreError> {
        todo!("store room")
    }
    /// Changes as soon as any index row changed: part of ETags of id vectors.
    pub fn index_version(&self) -> Result<u64, StoreError> {
        todo!("store room")
    }
    /// Canonical dump of all index tables, for "index = rebuilt index".
    pub fn index_digest(&self) -> Result<[u8; 32], StoreError> {
        todo!("store room")
    }

    // --- quarantine ---
    pub fn quarantine(&self, _limit: usize) -> Result<Vec<QuarantineRow>, StoreError> {
        todo!("store room")
    }
}

/// A row as lists show it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct ListRow {
    pub number: u32,
    pub id: RecordId,
    pub kind: String,
    pub title: String,
    pub changed_at: Timestamp,
    pub removed: bool,
    pub conflicts: u32,
    /// Has rows in the outbox.
    pub pending: bool,
    /// JSON object as `IndexRow::cells`.
    pub cells: String,
}

/// One page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListPage {
    pub rows: Vec<ListRow>,
    pub next: Option<String>,
}

/// Something refused, kept for people to look at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QuarantineRow {
    pub id: i64,
    pub record: RecordId,
    pub hash: ChangeHash,
    pub reason: u8,
    pub check: u8,
    pub device: Option<DeviceId>,
    pub at: Timestamp,
    pub bytes: Vec<u8>,
}

impl Tx<'_> {
    pub fn set_meta(&mut self, _key: &str, _value: Option<&[u8]>) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// Appends in the order given; a known hash is skipped. Returns how many were new.
    pub fn append(&mut self, _rows: &[LogRow]) -> Result<usize, StoreError> {
        todo!("store room")
    }
    /// Gives rows of the outbox a seq (the relay said so).
    pub fn mark(
        &mut self,
        _hash: ChangeHash,
        _seq: u64,
        _stamp: Option<Stamp>,
        _received_at: Timestamp,
    ) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// Takes a row out of the outbox for good: "not offered" (NotYours) keeps it in the log.
    pub fn mark_not_offered(&mut self, _hash: ChangeHash) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// Removes rows from the log (rejected changes and what depends on them).
    pub fn remove_log(&mut self, _hashes: &[ChangeHash]) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// Every row with seq > cut loses its seq (new epoch).
    pub fn clear_seqs_after(&mut self, _cut: u64) -> Result<u64, StoreError> {
        todo!("store room")
    }
    /// Replaces the snapshot; log rows up to now are covered by it.
    pub fn put_snapshot(
        &mut self,
        _record: RecordId,
        _bytes: &[u8],
        _heads: &[ChangeHash],
    ) -> Result<(), StoreError> {
        todo!("store room")
    }
    pub fn drop_snapshot(&mut self, _record: RecordId) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// Replaces everything the index holds of the record.
    pub fn put_row(&mut self, _row: &IndexRow) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// Forgets a record: log, snapshot, index, full text, conflicts, quarantine.
    pub fn forget(&mut self, _record: RecordId) -> Result<(), StoreError> {
        todo!("store room")
    }
    /// Empties the index tables (rebuild).
    pub fn clear_index(&mut self) -> Result<(), StoreError> {
        todo!("store room")
    }
    pub fn put_quarantine(&mut self, _row: &QuarantineRow) -> Result<(), StoreError> {
        todo!("store room")
    }
    pub fn drop_quarantine(&mut self, _id: i64) -> Result<(), StoreError> {
        todo!("store room")
    }
}
