//! The outbox: rows of the log without a seq that may be offered.

use super::log::{clamp, columns, unsigned};
use super::{LogRow, StoreError, Tx, View};
use crate::record::{ChangeHash, RecordId, Stamp, Timestamp};

impl View<'_> {
    /// Rows without a seq that may be offered, in order of commit, at most `entries` and `bytes` (at least one).
    ///
    /// # Errors
    /// `Io`, `Broken`, as all reading here.
    pub fn outbox(&self, entries: usize, bytes: usize) -> Result<Vec<LogRow>, StoreError> {
        // Uses log_outbox: sizes first, so that a full outbox is not read to send a part of it.
        let sizes = "SELECT n, size FROM log WHERE seq IS NULL AND offered = 1 ORDER BY n LIMIT ?1";
        let sizes: Vec<(i64, u64)> =
            self.all(sizes, [clamp(entries.max(1) as u64)], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        let mut total = 0;
        let mut last = None;
        for (n, size) in sizes {
            total += size;
            if last.is_some() && total > bytes as u64 {
                break;
            }
            last = Some(n);
        }
        let Some(last) = last else { return Ok(Vec::new()) };
        self.log_rows(Self::OUTBOX, [last])
    }

    pub(super) const OUTBOX: &'static str = concat!(
        "SELECT ",
        columns!("bytes"),
        " FROM log WHERE seq IS NULL AND offered = 1 AND n <= ?1 ORDER BY n"
    );

    /// How many rows wait.
    pub fn outbox_count(&self) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM log WHERE seq IS NULL AND offered = 1";
        Ok(self.one(sql, [], |row| row.get(0))?.unwrap_or(0))
    }

    /// Whether a row is offered to the relay, or was; `false`: taken out of the outbox for good, or not here.
    pub fn is_offered(&self, hash: ChangeHash) -> Result<bool, StoreError> {
        let sql = "SELECT offered FROM log WHERE hash = ?1";
        Ok(self.one(sql, [hash.0.as_slice()], |row| row.get(0))?.unwrap_or(false))
    }

    /// Whether the record has rows that wait.
    pub fn outbox_has(&self, record: RecordId) -> Result<bool, StoreError> {
        // Uses log_waiting.
        let sql = "SELECT 1 FROM log WHERE record = ?1 AND seq IS NULL AND offered = 1 LIMIT 1";
        Ok(self.one(sql, [record.0.as_slice()], |_| Ok(()))?.is_some())
    }
}

impl Tx<'_> {
    /// Gives rows of the outbox a seq (the relay said so). An unknown hash changes nothing.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`, as all writing here.
    pub fn mark(
        &mut self,
        hash: ChangeHash,
        seq: u64,
        stamp: Option<Stamp>,
        received_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.run(
            "UPDATE log SET seq = ?2, stamp = ?3, received_at = ?4 WHERE hash = ?1",
            (hash.0.as_slice(), clamp(seq), stamp.map(|stamp| stamp.0), received_at.millis()),
        )?;
        Ok(())
    }

    /// Takes a row out of the outbox for good: "not offered" (NotYours) keeps it in the log. A new epoch
    /// ([`Tx::clear_seqs_after`]) does not bring it back, since it has no seq to lose.
    pub fn mark_not_offered(&mut self, hash: ChangeHash) -> Result<(), StoreError> {
        self.run("UPDATE log SET offered = 0 WHERE hash = ?1", [hash.0.as_slice()])?;
        Ok(())
    }
}
