//! Forgetting a record: the one list of every table that knows it.

use super::{StoreError, Tx};
use crate::record::RecordId;

impl Tx<'_> {
    /// Forgets a record: log, snapshot, index, full text, conflicts, quarantine. Seqs of its entries stay
    /// known as stubs (seq and stamp), so that the head never goes back. The bytes leave the file with the
    /// next complete [`super::Store::tidy`].
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn forget(&mut self, record: RecordId) -> Result<(), StoreError> {
        let id = record.0.as_slice();
        self.erased.set(true);
        self.run(
            "INSERT INTO event (seq, stamp, what) SELECT seq, stamp, 0 FROM log WHERE record = ?1 AND seq IS NOT NULL
             ON CONFLICT (seq) DO NOTHING",
            [id],
        )?;
        self.run("DELETE FROM log WHERE record = ?1", [id])?;
        self.run("DELETE FROM snapshot WHERE record = ?1", [id])?;
        self.run("DELETE FROM quarantine WHERE record = ?1", [id])?;
        self.run("DELETE FROM access WHERE record = ?1", [id])?;
        self.run("DELETE FROM blob WHERE record = ?1", [id])?;
        self.run("UPDATE event SET record = NULL WHERE record = ?1", [id])?;
        self.drop_row(record)
    }
}
