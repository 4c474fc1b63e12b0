//! The log: every change, in order of commit here.

use rusqlite::Row;

use super::pack::{pack, unpack};
use super::{StoreError, Tx, View};
use crate::record::{ChangeHash, DeviceId, RecordId, Stamp, Timestamp};

/// One row of the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogRow {
    /// Order of commit in this replica; 0 when not yet stored.
    pub n: i64,
    /// The record it changes.
    pub record: RecordId,
    /// Identity of the change.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: Vec<u8>,
    /// Which of the actor's changes to the record, from 1.
    pub actor_seq: u64,
    /// Number of its first operation.
    pub start_op: u64,
    /// How many operations.
    pub ops: u64,
    /// Changes it builds on.
    pub deps: Vec<ChangeHash>,
    /// When the person typed it.
    pub typed_at: Timestamp,
    /// The change itself; empty where a call leaves it out.
    pub bytes: Vec<u8>,
    /// `None` = outbox.
    pub seq: Option<u64>,
    /// Drawn by the relay with the seq.
    pub stamp: Option<Stamp>,
    /// When the relay received it.
    pub received_at: Option<Timestamp>,
    /// Who brought it, if not its author (recovery).
    pub brought_by: Option<DeviceId>,
}

/// What the gate's ledger holds of one row (checks 14 to 18).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LedgerRow {
    /// Identity of the change.
    pub hash: ChangeHash,
    /// Who made it.
    pub actor: Vec<u8>,
    /// Which of the actor's changes to the record, from 1.
    pub actor_seq: u64,
    /// Number of its first operation.
    pub start_op: u64,
    /// How many operations.
    pub ops: u64,
    /// Length of its bytes.
    pub size: u64,
}

/// Columns in the order of [`read_row`]. `{bytes}` is the last.
macro_rules! columns {
    ($bytes:literal) => {
        concat!(
            "n, record, hash, actor, actor_seq, start_op, ops, deps, typed_at, seq, stamp, received_at, ",
            "brought_by, form, size, ",
            $bytes
        )
    };
}
pub(super) use columns;

impl View<'_> {
    /// The change with this hash.
    ///
    /// # Errors
    /// `Io`, `Broken`, as all reading here.
    pub fn log_entry(&self, hash: ChangeHash) -> Result<Option<LogRow>, StoreError> {
        let sql = concat!("SELECT ", columns!("bytes"), " FROM log WHERE hash = ?1");
        self.one(sql, [hash.0.as_slice()], read_row)?.transpose()
    }

    /// Seq of a hash: None = unknown, Some(None) = outbox.
    pub fn seq_of(&self, hash: ChangeHash) -> Result<Option<Option<u64>>, StoreError> {
        self.one("SELECT seq FROM log WHERE hash = ?1", [hash.0.as_slice()], |row| {
            row.get::<_, Option<i64>>(0)?.map(|_| unsigned(row, 0)).transpose()
        })
    }

    /// Record and seq of a hash, if it is in the log.
    pub fn place_of(&self, hash: ChangeHash) -> Result<Option<(RecordId, Option<u64>)>, StoreError> {
        self.one("SELECT record, seq FROM log WHERE hash = ?1", [hash.0.as_slice()], |row| {
            let seq = row.get::<_, Option<i64>>(1)?.map(|_| unsigned(row, 1)).transpose()?;
            Ok((RecordId(row.get(0)?), seq))
        })
    }

    /// All rows of a record in order of commit here (which is causal).
    pub fn log_of(&self, record: RecordId) -> Result<Vec<LogRow>, StoreError> {
        let sql = concat!("SELECT ", columns!("bytes"), " FROM log WHERE record = ?1 ORDER BY n");
        self.log_rows(sql, [record.0.as_slice()])
    }

    /// The same without `bytes` (cheap; for the ledger check).
    pub fn ledger_of(&self, record: RecordId) -> Result<Vec<LogRow>, StoreError> {
        let sql = concat!("SELECT ", columns!("NULL"), " FROM log WHERE record = ?1 ORDER BY n");
        self.log_rows(sql, [record.0.as_slice()])
    }

    /// Number of the newest row; 0 in an empty log.
    pub fn last_entry(&self) -> Result<i64, StoreError> {
        Ok(self.one("SELECT max(n) FROM log", [], |row| row.get::<_, Option<i64>>(0))?.flatten().unwrap_or(0))
    }

    /// Which of `records` have a row behind `n` that another device than `own` wrote; in the order asked.
    pub fn changed_by_others_since(
        &self,
        n: i64,
        own: &[u8; 16],
        records: &[RecordId],
    ) -> Result<Vec<RecordId>, StoreError> {
        let sql = "SELECT 1 FROM log WHERE record = ?1 AND n > ?2 AND substr(actor, 1, 16) <> ?3 LIMIT 1";
        let mut changed = Vec::new();
        for record in records {
            if self.one(sql, (record.0.as_slice(), n, own.as_slice()), |_| Ok(()))?.is_some() {
                changed.push(*record);
            }
        }
        Ok(changed)
    }

    /// The same with only what the gate weighs a change against.
    pub fn ledger(&self, record: RecordId) -> Result<Vec<LedgerRow>, StoreError> {
        let sql = "SELECT hash, actor, actor_seq, start_op, ops, size FROM log WHERE record = ?1 ORDER BY n";
        self.all(sql, [record.0.as_slice()], |row| {
            Ok(LedgerRow {
                hash: ChangeHash(row.get(0)?),
                actor: row.get(1)?,
                actor_seq: unsigned(row, 2)?,
                start_op: unsigned(row, 3)?,
                ops: unsigned(row, 4)?,
                size: unsigned(row, 5)?,
            })
        })
    }

    /// Sum of `bytes` lengths of a record.
    pub fn log_size_of(&self, record: RecordId) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(size), 0) FROM log WHERE record = ?1";
        Ok(self.one(sql, [record.0.as_slice()], |row| unsigned(row, 0))?.unwrap_or(0))
    }

    /// Rows with seq > after, ascending.
    pub fn log_after(&self, after: u64, limit: usize) -> Result<Vec<LogRow>, StoreError> {
        // Uses log_by_seq.
        let sql = concat!(
            "SELECT ",
            columns!("bytes"),
            " FROM log WHERE seq IS NOT NULL AND seq > ?1 ORDER BY seq, n LIMIT ?2"
        );
        self.log_rows(sql, (clamp(after), clamp(limit as u64)))
    }

    /// Rows with seq < before, descending, without bytes.
    pub fn log_before(&self, before: u64, limit: usize) -> Result<Vec<LogRow>, StoreError> {
        // Uses log_by_seq.
        let sql = concat!(
            "SELECT ",
            columns!("NULL"),
            " FROM log WHERE seq IS NOT NULL AND seq < ?1 ORDER BY seq DESC, n DESC LIMIT ?2"
        );
        self.log_rows(sql, (clamp(before), clamp(limit as u64)))
    }

    /// Greatest seq of a record that is <= at (0 = none).
    pub fn last_seq_of(&self, record: RecordId, at: u64) -> Result<u64, StoreError> {
        let sql = "SELECT seq FROM log WHERE record = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT 1";
        Ok(self.one(sql, (record.0.as_slice(), clamp(at)), |row| unsigned(row, 0))?.unwrap_or(0))
    }

    /// Greatest seq ever given here and its stamp, also when its entry was erased; (0, zeros) before the first.
    pub fn head(&self) -> Result<(u64, Stamp), StoreError> {
        let sql = "SELECT max(coalesce((SELECT max(seq) FROM log WHERE seq IS NOT NULL), 0),
                              coalesce((SELECT max(seq) FROM event), 0))";
        let seq: u64 = self.one(sql, [], |row| unsigned(row, 0))?.unwrap_or(0);
        Ok((seq, self.stamp_at(seq)?.unwrap_or_default()))
    }

    /// The stamp of a seq, if it is known.
    pub fn stamp_at(&self, seq: u64) -> Result<Option<Stamp>, StoreError> {
        let sql = "SELECT stamp FROM log WHERE seq IS NOT NULL AND seq = ?1 AND stamp IS NOT NULL
                   UNION ALL SELECT stamp FROM event WHERE seq = ?1 AND stamp IS NOT NULL LIMIT 1";
        self.one(sql, [clamp(seq)], |row| row.get::<_, [u8; 8]>(0).map(Stamp))
    }

    /// Records and bytes in the log, for bootstrap progress: those whose last seq <= `below` (all: u64::MAX).
    pub fn totals(&self, below: u64) -> Result<(u32, u64), StoreError> {
        let pair = |row: &Row<'_>| Ok((row.get(0)?, unsigned(row, 1)?));
        // Uses log_by_record, covering.
        let found = if below == u64::MAX {
            self.one("SELECT count(DISTINCT record), coalesce(sum(size), 0) FROM log", [], pair)?
        } else {
            let sql = "SELECT count(*), coalesce(sum(bytes), 0) FROM
                       (SELECT sum(size) AS bytes, max(seq) AS last FROM log GROUP BY record) WHERE last <= ?1";
            self.one(sql, [clamp(below)], pair)?
        };
        Ok(found.unwrap_or((0, 0)))
    }

    /// Rows as [`columns!`] gives them.
    pub(super) fn log_rows(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<LogRow>, StoreError> {
        self.all(sql, params, read_row)?.into_iter().collect()
    }
}

impl Tx<'_> {
    /// Appends in the order given; a known hash is skipped. Returns how many were new.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`, as all writing here.
    pub fn append(&mut self, rows: &[LogRow]) -> Result<usize, StoreError> {
        let sql =
            "INSERT INTO log (record, hash, actor, actor_seq, start_op, ops, deps, typed_at, size, form, seq,
                       stamp, received_at, brought_by, bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
                   ON CONFLICT (hash) DO NOTHING";
        let mut new = 0;
        for row in rows {
            let (form, bytes) = pack(&row.bytes);
            let deps: Vec<u8> = row.deps.iter().flat_map(|dep| dep.0).collect();
            new += self.run(
                sql,
                rusqlite::params![
                    row.record.0,
                    row.hash.0,
                    row.actor,
                    clamp(row.actor_seq),
                    clamp(row.start_op),
                    clamp(row.ops),
                    deps,
                    row.typed_at.millis(),
                    row.bytes.len() as i64,
                    form,
                    row.seq.map(clamp),
                    row.stamp.map(|stamp| stamp.0),
                    row.received_at.map(Timestamp::millis),
                    row.brought_by.map(|device| device.0),
                    bytes,
                ],
            )?;
        }
        Ok(new)
    }

    /// Removes rows from the log (rejected changes and what depends on them). Snapshots of their records go
    /// too: they contain the removed changes, and `n` may be given again.
    pub fn remove_log(&mut self, hashes: &[ChangeHash]) -> Result<(), StoreError> {
        self.erased.set(true);
        for hash in hashes {
            let hash = hash.0.as_slice();
            self.run(
                "DELETE FROM snapshot WHERE record IN (SELECT record FROM log WHERE hash = ?1)",
                [hash],
            )?;
            self.run("DELETE FROM log WHERE hash = ?1", [hash])?;
        }
        Ok(())
    }

    /// Every row with seq > cut loses its seq (new epoch) and is in the outbox again. Returns how many.
    pub fn clear_seqs_after(&mut self, cut: u64) -> Result<u64, StoreError> {
        self.run("DELETE FROM event WHERE seq > ?1", [clamp(cut)])?;
        let sql = "UPDATE log SET seq = NULL, stamp = NULL, received_at = NULL, offered = 1
                   WHERE seq IS NOT NULL AND seq > ?1";
        Ok(self.run(sql, [clamp(cut)])? as u64)
    }
}

/// SQLite's integers are signed; seqs are below 2^53, and `u64::MAX` means "all".
pub(super) fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The other way: a negative number in such a column is damage.
pub(super) fn unsigned(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(at)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, number))
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<Result<LogRow, StoreError>> {
    let deps: Vec<u8> = row.get(7)?;
    let form: u8 = row.get(13)?;
    let size = unsigned(row, 14)? as usize;
    let stored: Option<Vec<u8>> = row.get(15)?;
    let entry = LogRow {
        n: row.get(0)?,
        record: RecordId(row.get(1)?),
        hash: ChangeHash(row.get(2)?),
        actor: row.get(3)?,
        actor_seq: unsigned(row, 4)?,
        start_op: unsigned(row, 5)?,
        ops: unsigned(row, 6)?,
        deps: deps.chunks_exact(32).filter_map(ChangeHash::from_slice).collect(),
        typed_at: Timestamp::from_millis(row.get(8)?),
        bytes: Vec::new(),
        seq: row.get::<_, Option<i64>>(9)?.map(|_| unsigned(row, 9)).transpose()?,
        stamp: row.get::<_, Option<[u8; 8]>>(10)?.map(Stamp),
        received_at: row.get::<_, Option<i64>>(11)?.map(Timestamp::from_millis),
        brought_by: row.get::<_, Option<[u8; 16]>>(12)?.map(DeviceId),
    };
    Ok(match stored {
        Some(stored) => unpack(form, size, stored).map(|bytes| LogRow { bytes, ..entry }),
        None => Ok(entry),
    })
}
