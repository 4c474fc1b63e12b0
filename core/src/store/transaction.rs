//! One transaction: a consistent view, and on it the one writer.

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, Params, Row, Transaction, TransactionBehavior};

use super::StoreError;
use super::errors::from_sqlite;

/// A consistent view; derefs from [`Tx`].
pub struct View<'a> {
    pub(super) connection: &'a Connection,
    pub(super) fts: bool,
    /// First failure of the disk in this transaction. It decides, whatever the closure makes of it.
    failure: RefCell<Option<StoreError>>,
}

/// The one write transaction.
pub struct Tx<'a> {
    view: View<'a>,
    /// An index row changed: the index version moves at commit.
    pub(super) touched: Cell<bool>,
    /// How many search texts were written.
    pub(super) texts: Cell<u32>,
    /// Something was removed that must leave the WAL too.
    pub(super) erased: Cell<bool>,
}

impl<'a> Deref for Tx<'a> {
    type Target = View<'a>;
    fn deref(&self) -> &View<'a> {
        &self.view
    }
}

/// Runs `f` in a write transaction. The flag says that the connection must not be used again.
pub(super) fn run<T, E: From<StoreError>>(
    connection: &Connection,
    fts: bool,
    erased: &AtomicBool,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> (Result<T, E>, bool) {
    let begun = Transaction::new_unchecked(connection, TransactionBehavior::Immediate);
    let transaction = match begun.map_err(from_sqlite) {
        Ok(transaction) => transaction,
        Err(error) => {
            let failed = error.is_io();
            return (Err(error.into()), failed);
        }
    };
    let mut tx = Tx {
        view: View::new(connection, fts),
        touched: Cell::new(false),
        texts: Cell::new(0),
        erased: Cell::new(false),
    };
    let mut result = f(&mut tx);
    if result.is_ok() && tx.touched.get() {
        let ended = tx.bound_pending().and_then(|()| tx.bump_index_version());
        result = result.and_then(|value| ended.map(|()| value).map_err(E::from));
    }
    let failure = tx.view.failure.take();
    // SQLite itself rolls back on a full disk or an I/O error. A closure that swallowed the error would
    // then "commit" nothing, and we would acknowledge it.
    if let Some(error) = failure {
        let failed = error.is_io();
        let rolled_back = transaction.rollback().is_ok();
        return (result.and(Err(error.into())), failed || !rolled_back);
    }
    if result.is_ok() && tx.erased.get() {
        erased.store(true, Ordering::Release);
    }
    match result {
        Ok(value) => match commit(transaction) {
            Ok(()) => (Ok(value), false),
            Err(error) => {
                let failed = error.is_io() || !connection.is_autocommit();
                (Err(error.into()), failed)
            }
        },
        Err(error) => {
            let failed = transaction.rollback().is_err();
            (Err(error), failed)
        }
    }
}

/// A failed commit leaves the transaction open; it must not be committed by a later attempt.
fn commit(transaction: Transaction<'_>) -> Result<(), StoreError> {
    match transaction.execute_batch("COMMIT") {
        Ok(()) => Ok(()),
        Err(error) => {
            let _ = transaction.rollback();
            Err(from_sqlite(error))
        }
    }
}

/// Runs `f` in a read transaction. The flag says that the disk failed.
pub(super) fn look<T, E: From<StoreError>>(
    connection: &Connection,
    fts: bool,
    f: impl FnOnce(&View<'_>) -> Result<T, E>,
) -> (Result<T, E>, bool) {
    let begun = Transaction::new_unchecked(connection, TransactionBehavior::Deferred);
    let transaction = match begun.map_err(from_sqlite) {
        Ok(transaction) => transaction,
        Err(error) => {
            let failed = error.is_io();
            return (Err(error.into()), failed);
        }
    };
    let view = View::new(connection, fts);
    let result = f(&view);
    let failure = view.failure.take();
    let ended = transaction.rollback().map_err(from_sqlite);
    let failed = failure.as_ref().is_some_and(StoreError::is_io) || ended.is_err();
    (result, failed)
}

impl<'a> View<'a> {
    fn new(connection: &'a Connection, fts: bool) -> Self {
        Self { connection, fts, failure: RefCell::new(None) }
    }

    /// Maps SQLite's error and remembers the first that concerns the disk.
    pub(super) fn fail(&self, error: rusqlite::Error) -> StoreError {
        let error = from_sqlite(error);
        if matches!(error, StoreError::Full | StoreError::Io(_) | StoreError::Broken(_)) {
            self.failure.borrow_mut().get_or_insert_with(|| error.again());
        }
        error
    }

    /// The first row, if there is one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(params)?;
            rows.next()?.map(read).transpose()
        };
        run().map_err(|error| self.fail(error))
    }

    /// Every row.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let run =
            || self.connection.prepare_cached(sql)?.query_map(params, read)?.collect::<rusqlite::Result<_>>();
        run().map_err(|error| self.fail(error))
    }

    /// Runs a statement without rows; returns how many rows it changed.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        let run = || self.connection.prepare_cached(sql)?.execute(params);
        run().map_err(|error| self.fail(error))
    }
}
