//! Small values beside the data, and the version of the index.

use std::path::Path;

use super::open::INDEX_BUILT;
use super::{StoreError, Tx, View};

const INDEX_VERSION: &str = "index.version";

impl View<'_> {
    /// The value of a key; none if it was never set.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn meta(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.one("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Every key that starts with `prefix`, with its value, sorted.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn meta_below(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let sql =
            "SELECT key, value FROM meta WHERE key >= ?1 AND substr(key, 1, length(?1)) = ?1 ORDER BY key";
        self.all(sql, [prefix], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Changes as soon as any index row changed: part of ETags of id vectors.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn index_version(&self) -> Result<u64, StoreError> {
        let bytes = self.meta(INDEX_VERSION)?;
        Ok(bytes.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes))
    }

    /// Copies what this view sees into a new file and waits for the disk.
    pub(super) fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        // VACUUM INTO would refuse to run inside the read transaction; the backup steps run on the same
        // connection, so they copy exactly this snapshot, and in one step nothing can come between.
        let run = || -> rusqlite::Result<()> {
            let mut target = rusqlite::Connection::open(to)?;
            let backup = rusqlite::backup::Backup::new(self.connection, &mut target)?;
            backup.step(-1)?;
            drop(backup);
            target.close().map_err(|(_, error)| error)
        };
        run().map_err(super::errors::from_sqlite)?;
        let file = std::fs::OpenOptions::new().write(true).open(to).map_err(super::errors::from_io)?;
        file.sync_all().map_err(super::errors::from_io)
    }
}

impl Tx<'_> {
    /// Sets a key, or removes it.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn set_meta(&mut self, key: &str, value: Option<&[u8]>) -> Result<(), StoreError> {
        match value {
            Some(value) => {
                self.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", (key, value))?
            }
            None => self.run("DELETE FROM meta WHERE key = ?1", [key])?,
        };
        Ok(())
    }

    /// Every document stands in the index: the rebuild is done.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn set_index_built(&mut self) -> Result<(), StoreError> {
        self.set_meta(INDEX_BUILT, Some(b"1"))
    }

    pub(super) fn bump_index_version(&mut self) -> Result<(), StoreError> {
        let next = self.index_version()?.wrapping_add(1);
        self.set_meta(INDEX_VERSION, Some(&next.to_be_bytes()))
    }
}
