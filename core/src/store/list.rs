//! Rows as lists show them.

use rusqlite::Row;

use super::log::clamp;
use super::{StoreError, View};
use crate::record::{RecordId, Timestamp};

/// A row as lists show it.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct ListRow {
    /// Number in this replica's index; means nothing elsewhere.
    pub number: u32,
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// When it was last edited.
    pub changed_at: Timestamp,
    /// In the trash.
    pub removed: bool,
    /// How many keys have two versions.
    pub conflicts: u32,
    /// Has rows in the outbox.
    pub pending: bool,
    /// JSON object as `IndexRow::cells`.
    pub cells: String,
}

/// One page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListPage {
    /// In the order of the query.
    pub rows: Vec<ListRow>,
    /// Cursor of the next page; none after the last.
    pub next: Option<String>,
}

impl ListRow {
    /// All in row_list; pending reads log_waiting, which holds the outbox only.
    pub(super) const COLUMNS: &str =
        "r.number, r.record, r.kind, r.title, r.changed_at, r.removed, r.conflicts,
        EXISTS (SELECT 1 FROM log w INDEXED BY log_waiting WHERE w.record = r.record AND w.seq IS NULL AND w.offered = 1), r.cells";

    /// From [`Self::COLUMNS`].
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            id: RecordId(row.get(1)?),
            kind: row.get(2)?,
            title: row.get(3)?,
            changed_at: Timestamp::from_millis(row.get(4)?),
            removed: row.get(5)?,
            conflicts: row.get(6)?,
            pending: row.get(7)?,
            cells: row.get(8)?,
        })
    }
}

impl View<'_> {
    /// Rows by number, in the order asked; missing ones left out.
    ///
    /// # Errors
    /// `Io`, `Broken`, as all reading here.
    pub fn rows(&self, numbers: &[u32]) -> Result<Vec<ListRow>, StoreError> {
        let sql = format!("SELECT {} FROM row r WHERE r.number = ?1", ListRow::COLUMNS);
        let mut rows = Vec::with_capacity(numbers.len());
        for number in numbers {
            rows.extend(self.one(&sql, [clamp((*number).into())], ListRow::read)?);
        }
        Ok(rows)
    }

    /// Rows by record, in the order asked; missing ones left out.
    pub fn rows_of(&self, records: &[RecordId]) -> Result<Vec<ListRow>, StoreError> {
        let sql = format!("SELECT {} FROM row r WHERE r.record = ?1", ListRow::COLUMNS);
        let mut rows = Vec::with_capacity(records.len());
        for record in records {
            rows.extend(self.one(&sql, [record.0.as_slice()], ListRow::read)?);
        }
        Ok(rows)
    }
}
