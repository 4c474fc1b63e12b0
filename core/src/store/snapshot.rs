//! Snapshots: a cache of documents. The log is the truth.

use super::log::unsigned;
use super::pack::{pack, unpack};
use super::{StoreError, Tx, View};
use crate::record::{ChangeHash, RecordId};

impl View<'_> {
    /// Snapshot and the log rows after it (bytes only), in order. `None` if neither is here.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn document(&self, record: RecordId) -> Result<Option<(Option<Vec<u8>>, Vec<Vec<u8>>)>, StoreError> {
        let packed = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, unsigned(row, 1)? as usize, row.get::<_, Vec<u8>>(2)?))
        };
        let id = record.0.as_slice();
        let snapshot =
            self.one("SELECT form, size, bytes, upto FROM snapshot WHERE record = ?1", [id], |row| {
                Ok((packed(row)?, row.get::<_, i64>(3)?))
            })?;
        let (snapshot, upto) = match snapshot {
            Some(((form, size, bytes), upto)) => (Some(unpack(form, size, bytes)?), upto),
            None => (None, 0),
        };
        let tail = "SELECT form, size, bytes FROM log WHERE record = ?1 AND n > ?2 ORDER BY n";
        let tail = self
            .all(tail, (id, upto), packed)?
            .into_iter()
            .map(|(form, size, bytes)| unpack(form, size, bytes))
            .collect::<Result<Vec<_>, _>>()?;
        Ok((snapshot.is_some() || !tail.is_empty()).then_some((snapshot, tail)))
    }
}

impl Tx<'_> {
    /// Replaces the snapshot; log rows of the record up to now are covered by it.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn put_snapshot(
        &mut self,
        record: RecordId,
        bytes: &[u8],
        heads: &[ChangeHash],
    ) -> Result<(), StoreError> {
        let (form, packed) = pack(bytes);
        let heads: Vec<u8> = heads.iter().flat_map(|head| head.0).collect();
        // Every row of the record that stands now, not the greatest of the whole log: rows of this record
        // that come later have a greater n all the same, and removing rows drops the snapshot.
        self.run(
            "INSERT OR REPLACE INTO snapshot (record, upto, heads, size, form, bytes)
             VALUES (?1, (SELECT coalesce(max(n), 0) FROM log WHERE record = ?1), ?2, ?3, ?4, ?5)",
            rusqlite::params![record.0, heads, bytes.len() as i64, form, packed],
        )?;
        Ok(())
    }

    /// Drops the snapshot: the document is read from the log again.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn drop_snapshot(&mut self, record: RecordId) -> Result<(), StoreError> {
        self.run("DELETE FROM snapshot WHERE record = ?1", [record.0.as_slice()])?;
        Ok(())
    }
}
