//! What went wrong, and how SQLite and the file system say it.

use rusqlite::ErrorCode;

use crate::query::QueryError;

/// What went wrong. After any of them nothing was acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No space left.
    #[error("no space left on the disk")]
    Full,
    /// Reading, writing or fsync failed.
    #[error("the disk reported an error: {0}")]
    Io(String),
    /// Not a database, not ours, or damaged. The file is left as it is.
    #[error("the database is damaged: {0}")]
    Broken(String),
    /// Update Farley; the file is left as it is.
    #[error("the database was written by a newer Farley (version {found}, this one knows {known})")]
    Newer {
        /// Version of the database.
        found: u32,
        /// Newest version this program knows.
        known: u32,
    },
    /// A second process on the same folder.
    #[error("another Farley process uses this folder")]
    Locked,
    /// The folder, the lock file or the database is read-only.
    #[error("the folder or file cannot be written: {0}")]
    ReadOnly(String),
    /// Nothing here, and creating was not asked for.
    #[error("there is no workspace in this folder")]
    Missing,
    /// Stopped from outside (see `Store::interrupt_handles`).
    #[error("the query took longer than 5 seconds")]
    Interrupted,
    /// The query itself is refused.
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl StoreError {
    /// Whether the disk failed under us: the connections cannot be trusted any more (simulation.md 4.4).
    pub fn is_io(&self) -> bool {
        matches!(self, Self::Io(_))
    }

    /// The same error again, for those who come later.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Full => Self::Full,
            Self::Io(text) => Self::Io(text.clone()),
            Self::Broken(text) => Self::Broken(text.clone()),
            Self::Newer { found, known } => Self::Newer { found: *found, known: *known },
            Self::Locked => Self::Locked,
            Self::ReadOnly(text) => Self::ReadOnly(text.clone()),
            Self::Missing => Self::Missing,
            Self::Interrupted => Self::Interrupted,
            Self::Query(error) => Self::Query(error.clone()),
        }
    }
}

/// Only SQLite's own words reach the text: its messages name tables and files, never values.
pub(super) fn from_sqlite(error: rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(failure, _) = &error else {
        // A column of another type than we wrote, a row that must be there: somebody else wrote this file.
        return StoreError::Broken(describe(&error));
    };
    let code = failure.extended_code;
    match failure.code {
        ErrorCode::DiskFull => StoreError::Full,
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Broken(failure.to_string()),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Locked,
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly(failure.to_string()),
        ErrorCode::OperationInterrupted => StoreError::Interrupted,
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::FileLockingProtocolFailed => {
            StoreError::Io(format!("{failure} (code {code})"))
        }
        _ => StoreError::Broken(format!("{failure} (code {code})")),
    }
}

fn describe(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::QueryReturnedNoRows => "a row is missing".to_owned(),
        rusqlite::Error::InvalidColumnType(at, name, kind) => format!("column {at} ({name}) holds {kind}"),
        rusqlite::Error::FromSqlConversionFailure(at, kind, _) => format!("column {at} holds an odd {kind}"),
        rusqlite::Error::IntegralValueOutOfRange(at, _) => format!("column {at} is out of range"),
        _ => "a value does not fit its column".to_owned(),
    }
}

pub(super) fn from_io(error: std::io::Error) -> StoreError {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly(error.to_string())
        }
        ErrorKind::NotFound => StoreError::Missing,
        _ => StoreError::Io(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi;

    fn mapped(code: i32) -> StoreError {
        from_sqlite(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
    }

    #[test]
    fn every_failure_of_sqlite_has_its_own_name() {
        assert!(matches!(mapped(ffi::SQLITE_FULL), StoreError::Full));
        assert!(matches!(mapped(ffi::SQLITE_IOERR_FSYNC), StoreError::Io(_)));
        assert!(matches!(mapped(ffi::SQLITE_CANTOPEN), StoreError::Io(_)));
        assert!(matches!(mapped(ffi::SQLITE_CORRUPT), StoreError::Broken(_)));
        assert!(matches!(mapped(ffi::SQLITE_NOTADB), StoreError::Broken(_)));
        assert!(matches!(mapped(ffi::SQLITE_READONLY), StoreError::ReadOnly(_)));
        assert!(matches!(mapped(ffi::SQLITE_BUSY), StoreError::Locked));
        assert!(matches!(mapped(ffi::SQLITE_INTERRUPT), StoreError::Interrupted));
    }

    #[test]
    fn a_folder_without_rights_is_read_only_and_a_full_disk_is_full() {
        use std::io::{Error, ErrorKind};
        assert!(matches!(from_io(Error::from(ErrorKind::PermissionDenied)), StoreError::ReadOnly(_)));
        assert!(matches!(from_io(Error::from(ErrorKind::ReadOnlyFilesystem)), StoreError::ReadOnly(_)));
        assert!(matches!(from_io(Error::from(ErrorKind::StorageFull)), StoreError::Full));
        assert!(matches!(from_io(Error::from(ErrorKind::NotFound)), StoreError::Missing));
        assert!(matches!(from_io(Error::other("x")), StoreError::Io(_)));
    }
}
