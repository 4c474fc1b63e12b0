//! SQLite: log, snapshots, index, meta, quarantine of one replica. Changes are opaque bytes here.
//!
//! One connection writes, several read beside it, one checkpoints when told to ([`Store::tidy`]). An edit is
//! one transaction: log row, snapshot or tail, index rows. `Ok` from [`Store::write`] means on the disk.
//!
//! | Setting | Value | Reason |
//! |---|---|---|
//! | before opening | the WAL's bytes are rewritten and fsynced | a failed fsync, a restart and a power cut otherwise lose acknowledged commits |
//! | `journal_mode` | WAL | one fsync an edit instead of four; readers beside the writer |
//! | `synchronous` | FULL; NORMAL on readers | an own change that was pushed and then lost is a fork |
//! | `wal_autocheckpoint` | 0 | p99 of an edit 6.1 → 1.4 ms; `tidy` checkpoints |
//! | FTS5 `automerge` | 0 | the same; `tidy` merges |
//! | `mmap_size` | 0 | mapping drags in pages that nobody asked for: cold list 7 against 95 ms |
//! | `page_size` | 4096 | larger gained nothing and costs under SQLCipher |
//! | `cache_size` | 32 MB | SQLCipher decrypts a page once instead of at each list |
//! | QPSG | on | STAT4 otherwise prepares a cached statement again at every binding |
//! | `secure_delete` | ON | erased rows are overwritten |
//! | `temp_store` | MEMORY | sorting leaves no file; Android has no folder for it |
//!
//! Always true:
//! 1. After an error nothing of the transaction stands, whatever the closure answered.
//! 2. After an I/O error every connection is closed, the WAL refreshed and the file opened again.
//! 3. Every change of an index row changes [`View::index_version`].
//!
//! Not here: automerge, sync, the clock. Nothing in here starts a thread; the 5 s limit of a query is kept by
//! the caller through [`Store::interrupt_handles`].
//!
//! Never call `write` inside `read` or `write`: the second waits for the first.

mod errors;
mod files;
mod forget;
mod index;
mod list;
mod log;
mod meta;
mod open;
mod outbox;
mod pack;
mod put_row;
mod quarantine;
mod rows;
mod search;
mod snapshot;
mod sorted;
#[cfg(test)]
mod tests;
mod transaction;

use std::ffi::CString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use rusqlite::Connection;

pub use errors::StoreError;
pub use files::{Files, SystemFiles};
pub use list::{ListPage, ListRow};
pub use log::{LedgerRow, LogRow};
pub use quarantine::QuarantineRow;
pub use transaction::{Tx, View};

use errors::from_sqlite;
use open::{Connections, connect, connect_reading};

/// A WAL of so many pages is cut off after its checkpoint; cutting a short one only makes commits extend it again.
const LONG_WAL: i64 = 1_024;
/// Rows that one transaction of [`Store::tidy`] brings over into full text: an edit waits no longer.
const FLUSH_STEP: u32 = 8;
/// Pages that one of its transactions merges.
const MERGE_STEP: u32 = 128;
/// Pages of full text that one row touches, about.
const PAGES_A_ROW: u32 = 4;

/// How to open.
pub struct StoreOptions {
    /// Name of a registered VFS; none = the system's.
    pub vfs: Option<CString>,
    /// For the WAL refresh (simulation.md 4.4).
    pub files: Arc<dyn Files>,
    /// Create if missing.
    pub create: bool,
    /// Full text on (off in tier B of the simulation: search then reads every text).
    pub fts: bool,
    /// Reader connections, 1 or more.
    pub readers: usize,
    /// Encrypts the file (SQLCipher). Needs the feature `encrypted`; without it a key is refused, not ignored.
    pub key: Option<DatabaseKey>,
}

/// Key (32 bytes) and salt (16) of an encrypted database.
#[derive(Clone, Eq, PartialEq)]
pub struct DatabaseKey(pub [u8; 48]);

impl std::fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

/// Whether nobody has the database at `path` open, this process included: whoever closed it waits for that.
pub fn is_free(path: &Path) -> bool {
    !matches!(files::lock(path), Err(StoreError::Locked))
}

/// The database of one replica: one writer, several readers.
pub struct Store {
    path: PathBuf,
    options: StoreOptions,
    /// One writer at a time, also through a reopening.
    turn: Mutex<()>,
    /// Shared by everything that runs; exclusive while reopening. `None` after a reopening that failed.
    open: RwLock<Option<Open>>,
    /// A reader met an I/O error: reopen before the next write.
    suspect: AtomicBool,
    /// Something was erased and may still stand in the WAL. True after opening: nobody knows what it holds.
    erased: AtomicBool,
    /// Beside another process that writes: nothing is written or refreshed here.
    reading: bool,
    /// Held until the store is dropped. `None` on a VFS, and for one that only reads.
    _lock: Option<std::fs::File>,
}

/// Connections as threads take them. Fields drop in order: readers, checkpoint, writer.
struct Open {
    readers: Mutex<Vec<Connection>>,
    returned: Condvar,
    checkpoint: Mutex<Connection>,
    writer: Mutex<Connection>,
    interrupts: Vec<rusqlite::InterruptHandle>,
}

impl Store {
    /// Opens or creates; refreshes the WAL first, takes the folder's lock, migrates.
    ///
    /// # Errors
    /// `Missing`, `Locked`, `ReadOnly`, `Newer`, `Broken` (not a database, or another program's), `Full`, `Io`.
    pub fn open(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let lock = match options.vfs {
            Some(_) => None,
            None => {
                if !files::exists(path, options.files.as_ref())? && !options.create {
                    return Err(StoreError::Missing);
                }
                if options.create
                    && let Some(folder) = path.parent()
                {
                    std::fs::create_dir_all(folder).map_err(errors::from_io)?;
                }
                Some(files::lock(path)?)
            }
        };
        let open = Open::new(connect(path, &options)?);
        Ok(Self {
            path: path.to_owned(),
            options,
            turn: Mutex::new(()),
            open: RwLock::new(Some(open)),
            suspect: AtomicBool::new(false),
            erased: AtomicBool::new(true),
            reading: false,
            _lock: lock,
        })
    }

    /// Opens for reading beside another process that has the store open: takes no lock, writes nothing, and
    /// leaves the WAL to its owner. `write` and `tidy` answer `ReadOnly`.
    ///
    /// # Errors
    /// `Missing`, `Newer`, `Broken`, `Io`; `ReadOnly` if it has to be migrated first.
    pub fn open_reading(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let open = Open::new(connect_reading(path, &options)?);
        Ok(Self {
            path: path.to_owned(),
            options,
            turn: Mutex::new(()),
            open: RwLock::new(Some(open)),
            suspect: AtomicBool::new(false),
            erased: AtomicBool::new(false),
            reading: true,
            _lock: None,
        })
    }

    /// Runs `f` in one transaction; `Ok` = committed and fsynced. `Err` = rolled back; on I/O errors
    /// connections are closed in order, the WAL refreshed, the file reopened before this returns.
    ///
    /// # Errors
    /// What `f` answers; `Full`, `Io`, `Broken` of the disk, also if `f` swallowed them.
    pub fn write<T, E: From<StoreError>>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let _turn = guard(&self.turn);
        self.reopen_if_needed()?;
        let (result, failed) = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            let open = open.as_ref().ok_or_else(closed)?;
            let writer = guard(&open.writer);
            transaction::run(&writer, self.options.fts, &self.erased, f)
        };
        if failed {
            self.reopen();
        }
        result
    }

    /// Planted bug 3: what is committed until the next call with `false` is not fsynced.
    #[cfg(feature = "planted")]
    pub fn set_unsynced(&self, unsynced: bool) -> Result<(), StoreError> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let writer = guard(&open.as_ref().ok_or_else(closed)?.writer);
        let value = if unsynced { "NORMAL" } else { "FULL" };
        writer.pragma_update(None, "synchronous", value).map_err(from_sqlite)
    }

    /// Runs `f` on a consistent read snapshot, beside the writer. Waits while every reader is out on loan, so a
    /// closure must never call `read` itself.
    ///
    /// # Errors
    /// What `f` answers; `Io`, `Broken`; `Interrupted` if stopped through [`Store::interrupt_handles`].
    pub fn read<T, E: From<StoreError>>(&self, f: impl FnOnce(&View<'_>) -> Result<T, E>) -> Result<T, E> {
        if let Ok(_turn) = self.turn.try_lock() {
            self.reopen_if_needed()?;
        }
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let open = open.as_ref().ok_or_else(closed)?;
        let reader = open.take_reader();
        let (result, failed) = transaction::look(reader.connection(), self.options.fts, f);
        if failed {
            self.suspect.store(true, Ordering::Release);
        }
        result
    }

    /// Brings waiting texts over into full text, merges it, and checkpoints: at most about `budget` pages of full
    /// text. Returns whether more is left. Edits get their turn between its steps; readers are never waited for.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`. Nothing is lost by any of them.
    pub fn tidy(&self, budget: u32) -> Result<bool, StoreError> {
        if self.reading {
            return Err(StoreError::ReadOnly("it is open for reading only".to_owned()));
        }
        let mut more = false;
        if self.options.fts && budget > 0 {
            more = self.read(|view| view.has_pending())?;
            let mut rows = budget.div_ceil(PAGES_A_ROW);
            while more && rows > 0 {
                let step = rows.min(FLUSH_STEP);
                more = self.write(|tx| tx.flush_search(step))?;
                rows -= step;
            }
            let (mut pages, mut unmerged) = (budget, true);
            while unmerged && pages > 0 {
                let step = pages.min(MERGE_STEP);
                unmerged = self.write(|tx| tx.merge_full_text(step))?;
                pages -= step;
            }
            more |= unmerged;
        }
        // The long part runs beside writer and readers.
        let (rest, frames) = self.checkpoint("PASSIVE")?;
        if rest || (frames < LONG_WAL && !self.erased.load(Ordering::Acquire)) {
            // The next commit begins the WAL anew by itself once everything of it is in the file.
            return Ok(rest || more);
        }
        let _turn = guard(&self.turn);
        // A later erasure needs the next one; before it, so that none is missed.
        let erased = self.erased.swap(false, Ordering::AcqRel);
        let cut = self.checkpoint("TRUNCATE");
        if erased && !matches!(cut, Ok((false, _))) {
            self.erased.store(true, Ordering::Release);
        }
        Ok(cut?.0 || more)
    }

    /// A consistent copy while running, complete in one file.
    ///
    /// # Errors
    /// `Full`, `Io`, `ReadOnly` of the target; a target that exists is refused (`ReadOnly`).
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::ReadOnly("the target of the backup exists already".to_owned()));
        }
        let made = self.read(|view| view.copy_to(to));
        if made.is_err() {
            // Half a backup must not be taken for one.
            let _ = std::fs::remove_file(to);
        }
        made
    }

    /// `PRAGMA quick_check`.
    ///
    /// # Errors
    /// `Broken` with SQLite's first finding.
    pub fn check(&self) -> Result<(), StoreError> {
        // A connection of its own: full text on one that has checked before compares with what it
        // remembers of the index then, and reports damage where there is none.
        let connection = open::open(&self.path, &self.options, false)?;
        let answer: String =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(from_sqlite)?;
        if answer == "ok" { Ok(()) } else { Err(StoreError::Broken(answer)) }
    }

    /// Whether the index was laid out anew and documents must be derived again; ends with `Tx::set_index_built`.
    ///
    /// # Errors
    /// As `read`.
    pub fn needs_rebuild(&self) -> Result<bool, StoreError> {
        self.read(|view| Ok(view.meta(open::INDEX_BUILT)?.is_none()))
    }

    /// Handles of the readers: [`Store::interrupt`] with one ends whatever that reader runs with `Interrupted`.
    /// The core has no clock, so whoever has one keeps the 5 s. Which reader a call of [`Store::read`] gets is not
    /// known outside: to end one call, interrupt all of them; the others report `Interrupted` too and may be
    /// asked again. Handles stay good when the file is opened again.
    pub fn interrupt_handles(&self) -> Vec<InterruptHandle> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = open.as_ref() else { return Vec::new() };
        (0..open.interrupts.len()).map(InterruptHandle).collect()
    }

    /// Ends what a reader runs now.
    pub fn interrupt(&self, handle: &InterruptHandle) {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(interrupt) = open.as_ref().and_then(|open| open.interrupts.get(handle.0)) {
            interrupt.interrupt();
        }
    }

    /// Whether something is left in the WAL, and how many frames it had.
    fn checkpoint(&self, mode: &str) -> Result<(bool, i64), StoreError> {
        let result = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            let open = open.as_ref().ok_or_else(closed)?;
            let connection = guard(&open.checkpoint);
            connection
                .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
                    let (busy, log, done): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    Ok((busy != 0 || done < log, log))
                })
                .map_err(from_sqlite)
        };
        if result.as_ref().is_err_and(StoreError::is_io) {
            self.suspect.store(true, Ordering::Release);
        }
        result
    }

    /// Only with the turn in hand.
    fn reopen_if_needed(&self) -> Result<(), StoreError> {
        let closed = self.open.read().unwrap_or_else(PoisonError::into_inner).is_none();
        if closed || self.suspect.load(Ordering::Acquire) {
            self.try_reopen()?;
        }
        Ok(())
    }

    fn reopen(&self) {
        // What is reported is the error that led here; a reopening that fails is tried again at the next call.
        if self.try_reopen().is_err() {
            self.suspect.store(true, Ordering::Release);
        }
    }

    fn try_reopen(&self) -> Result<(), StoreError> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        *open = None;
        let connect = if self.reading { connect_reading } else { connect };
        *open = Some(Open::new(connect(&self.path, &self.options)?));
        self.suspect.store(false, Ordering::Release);
        Ok(())
    }
}

/// One reader of the store, for [`Store::interrupt`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InterruptHandle(usize);

/// A reader on loan; goes back when dropped.
struct Reader<'a> {
    connection: Option<Connection>,
    open: &'a Open,
}

impl Reader<'_> {
    fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("taken only by drop")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            guard(&self.open.readers).push(connection);
            self.open.returned.notify_one();
        }
    }
}

impl Open {
    fn new(connections: Connections) -> Self {
        let interrupts = connections.readers.iter().map(Connection::get_interrupt_handle).collect();
        Self {
            readers: Mutex::new(connections.readers),
            returned: Condvar::new(),
            checkpoint: Mutex::new(connections.checkpoint),
            writer: Mutex::new(connections.writer),
            interrupts,
        }
    }

    fn take_reader(&self) -> Reader<'_> {
        let mut free = guard(&self.readers);
        loop {
            if let Some(connection) = free.pop() {
                return Reader { connection: Some(connection), open: self };
            }
            free = self.returned.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A panic while the lock was held leaves nothing half done: the transaction rolled back when it unwound.
fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn closed() -> StoreError {
    StoreError::Io("the database is closed after an earlier error of the disk".to_owned())
}
