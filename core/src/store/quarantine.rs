//! What the gate refused, kept for people to look at.

use super::log::clamp;
use super::{StoreError, Tx, View};
use crate::record::{ChangeHash, DeviceId, RecordId, Timestamp};

/// Something refused, kept for people to look at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct QuarantineRow {
    /// 0 when not yet stored.
    pub id: i64,
    /// The record it was meant for.
    pub record: RecordId,
    /// Identity of the change.
    pub hash: ChangeHash,
    /// Why, as on the wire.
    pub reason: u8,
    /// Which check of the gate.
    pub check: u8,
    /// Who brought it.
    pub device: Option<DeviceId>,
    /// When it was refused.
    pub at: Timestamp,
    /// The change.
    pub bytes: Vec<u8>,
}

impl View<'_> {
    /// What was refused, oldest first.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn quarantine(&self, limit: usize) -> Result<Vec<QuarantineRow>, StoreError> {
        self.quarantine_after(0, limit)
    }

    /// What was refused after the row `after`, oldest first.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn quarantine_after(&self, after: i64, limit: usize) -> Result<Vec<QuarantineRow>, StoreError> {
        let sql = "SELECT id, record, hash, reason, failed_check, device, at, bytes FROM quarantine
                   WHERE id > ?1 ORDER BY id LIMIT ?2";
        self.all(sql, (after, clamp(limit as u64)), read_row)
    }

    /// What was refused of one record, oldest first.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn quarantine_of(&self, record: RecordId) -> Result<Vec<QuarantineRow>, StoreError> {
        let sql = "SELECT id, record, hash, reason, failed_check, device, at, bytes FROM quarantine
                   WHERE record = ?1 ORDER BY id";
        self.all(sql, [record.0.as_slice()], read_row)
    }

    /// Whether this change of this record was refused.
    ///
    /// # Errors
    /// `Io`, `Broken`.
    pub fn is_quarantined(&self, record: RecordId, hash: ChangeHash) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM quarantine WHERE record = ?1 AND hash = ?2";
        Ok(self.one(sql, (record.0.as_slice(), hash.0.as_slice()), |_| Ok(()))?.is_some())
    }
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<QuarantineRow> {
    Ok(QuarantineRow {
        id: row.get(0)?,
        record: RecordId(row.get(1)?),
        hash: ChangeHash(row.get(2)?),
        reason: row.get(3)?,
        check: row.get(4)?,
        device: row.get::<_, Option<[u8; 16]>>(5)?.map(DeviceId),
        at: Timestamp::from_millis(row.get(6)?),
        bytes: row.get(7)?,
    })
}

impl Tx<'_> {
    /// Keeps a refused change; the same change of the same record takes the newer reason. `row.id` is given here.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn put_quarantine(&mut self, row: &QuarantineRow) -> Result<(), StoreError> {
        self.run(
            "INSERT INTO quarantine (record, hash, reason, failed_check, device, at, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (record, hash) DO UPDATE SET reason = excluded.reason,
                 failed_check = excluded.failed_check, device = excluded.device, at = excluded.at",
            rusqlite::params![
                row.record.0,
                row.hash.0,
                row.reason,
                row.check,
                row.device.map(|device| device.0),
                row.at.millis(),
                row.bytes,
            ],
        )?;
        Ok(())
    }

    /// Removes one.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn drop_quarantine(&mut self, id: i64) -> Result<(), StoreError> {
        self.run("DELETE FROM quarantine WHERE id = ?1", [id])?;
        Ok(())
    }
}
