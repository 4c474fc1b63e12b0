//! Reading the index by record: kinds, links, conflicts, keys, and its canonical digest.

use rusqlite::Row;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use super::log::clamp;
use super::{ListRow, StoreError, View};
use crate::index::ConflictRow;
use crate::record::{RecordId, Timestamp};

impl View<'_> {
    /// Kind of a record, if the index holds it.
    ///
    /// # Errors
    /// `Io`, `Broken`, as all reading here.
    pub fn kind_of(&self, record: RecordId) -> Result<Option<String>, StoreError> {
        self.one("SELECT kind FROM row WHERE record = ?1", [record.0.as_slice()], |row| row.get(0))
    }

    /// Every record id in log or index, ascending.
    pub fn records(&self) -> Result<Vec<RecordId>, StoreError> {
        // Both in order: a record whose document fails stands in the log alone, and a rebuild must find it.
        let sql = "SELECT record FROM log UNION SELECT record FROM row ORDER BY 1";
        self.all(sql, [], |row| row.get(0).map(RecordId))
    }

    /// Records of a kind, ascending, also removed ones (settings at start).
    pub fn records_of_kind(&self, kind: &str) -> Result<Vec<RecordId>, StoreError> {
        // Uses row_by_record, or row_by_title, covering.
        self.all("SELECT record FROM row WHERE kind = ?1 ORDER BY record", [kind], |row| {
            row.get(0).map(RecordId)
        })
    }

    /// Records that link to `to`, newest changed first: (field, row).
    pub fn backlinks(&self, to: RecordId, limit: usize) -> Result<Vec<(String, ListRow)>, StoreError> {
        // Uses link_by_target.
        let sql = format!(
            "SELECT {}, l.field FROM link l JOIN row r ON r.number = l.row
             WHERE l.target = ?1 ORDER BY r.changed_at DESC, r.record DESC, l.field LIMIT ?2",
            ListRow::COLUMNS
        );
        self.all(&sql, (to.0.as_slice(), clamp(limit as u64)), |row| Ok((row.get(9)?, ListRow::read(row)?)))
    }

    /// Conflicts with their records, latest first.
    pub fn conflicts(&self, limit: usize) -> Result<Vec<(RecordId, ConflictRow)>, StoreError> {
        // Uses conflict_by_time; ties of one millisecond are few.
        let sql =
            "SELECT c.field, c.key, c.versions, c.at, r.record FROM conflict c JOIN row r ON r.number = c.row
                   ORDER BY c.at DESC, r.record DESC, c.field, c.key LIMIT ?1";
        self.all(sql, [clamp(limit as u64)], |row| Ok((RecordId(row.get(4)?), read_conflict(row)?)))
    }

    /// Records of `kind` having any of these normalised values in `field` (duplicate keys, match keys), with
    /// the value; ascending by value and record. Records in the trash are among them.
    pub fn records_with(
        &self,
        kind: &str,
        field: &str,
        texts: &[String],
    ) -> Result<Vec<(RecordId, String)>, StoreError> {
        // Uses value_by_text.
        let sql = "SELECT DISTINCT r.record FROM value v JOIN row r ON r.number = v.row
                   WHERE v.field = ?1 AND v.text = ?2 AND v.kind = ?3 ORDER BY r.record";
        let texts: std::collections::BTreeSet<_> = texts.iter().collect();
        let mut found = Vec::new();
        for text in texts {
            for record in self.all(sql, (field, text, kind), |row| row.get(0).map(RecordId))? {
                found.push((record, text.clone()));
            }
        }
        Ok(found)
    }

    /// Canonical dump of all index tables, hashed, for "index = rebuilt index". Row numbers and the order of
    /// arrival do not enter it, nor whether full text waits: it follows from the texts.
    pub fn index_digest(&self) -> Result<[u8; 32], StoreError> {
        let mut hash = Sha256::new();
        for sql in [
            "SELECT record, kind, title, folded, sort_key, removed, created_at, changed_at, changed_by, conflicts,
                 cells FROM row ORDER BY record",
            "SELECT r.record, v.field, v.at, v.kind, v.sort, v.text, v.number
             FROM value v JOIN row r ON r.number = v.row ORDER BY r.record, v.field, v.at",
            "SELECT r.record, l.field, l.target
             FROM link l JOIN row r ON r.number = l.row ORDER BY r.record, l.field, l.target",
            "SELECT r.record, c.field, c.key, c.versions, c.at
             FROM conflict c JOIN row r ON r.number = c.row ORDER BY r.record, c.field, c.key",
            "SELECT r.record, t.text FROM search_text t JOIN row r ON r.number = t.row ORDER BY r.record",
            "SELECT record, kind, field, removed, sort FROM sorted ORDER BY record, kind, field, removed, sort",
            "SELECT r.record, s.start FROM start s JOIN row r ON r.number = s.row ORDER BY r.record, s.start",
            // Rows that belong to no record: an index that is right has none.
            "SELECT count(*) FROM value WHERE row NOT IN (SELECT number FROM row)",
            "SELECT count(*) FROM link WHERE row NOT IN (SELECT number FROM row)",
            "SELECT count(*) FROM conflict WHERE row NOT IN (SELECT number FROM row)",
            "SELECT count(*) FROM search_text WHERE row NOT IN (SELECT number FROM row)",
            "SELECT count(*) FROM start WHERE row NOT IN (SELECT number FROM row)",
            "SELECT count(*) FROM sorted s LEFT JOIN row r ON r.number = s.row WHERE r.record IS NOT s.record",
        ] {
            self.hash_rows(sql, &mut hash).map_err(|error| self.fail(error))?;
            hash.update([0xff]);
        }
        Ok(hash.finalize().into())
    }

    fn hash_rows(&self, sql: &str, hash: &mut Sha256) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for at in 0..columns {
                // Tag and length before each value, so that no two dumps run into the same bytes.
                let (tag, bytes) = match row.get_ref(at)? {
                    ValueRef::Null => (0, Vec::new()),
                    ValueRef::Integer(number) => (1, number.to_be_bytes().to_vec()),
                    ValueRef::Real(number) => (2, number.to_be_bytes().to_vec()),
                    ValueRef::Text(text) => (3, text.to_vec()),
                    ValueRef::Blob(blob) => (4, blob.to_vec()),
                };
                hash.update([tag]);
                hash.update((bytes.len() as u64).to_be_bytes());
                hash.update(&bytes);
            }
        }
        Ok(())
    }
}

/// A conflict from its first four columns: field, key, versions, at.
pub(super) fn read_conflict(row: &Row<'_>) -> rusqlite::Result<ConflictRow> {
    Ok(ConflictRow {
        field: row.get(0)?,
        key: row.get(1)?,
        versions: row.get(2)?,
        at: Timestamp::from_millis(row.get(3)?),
    })
}
