//! When each device was connected and what it brought: arrivals, last seen, offline spans. Taken from the relay's
//! clock, never from the device's.

use farley_core::record::{DeviceId, RecordId, Timestamp};
use farley_core::sync::Seq;
use rusqlite::{OptionalExtension, params};

use super::{Accounts, Result};
use crate::clock;

/// Away for less than this is a change of network, not an absence.
const AWAY: i64 = 1_000;
/// Records an arrival lists; more are counted.
const LISTED: usize = 1_000;

/// What a device says when it connects.
#[derive(Clone, Debug, Default)]
pub struct Connected {
    /// "quic" or "websocket".
    pub carrier: String,
    /// Version of its app.
    pub app: String,
    /// Changes waiting on it.
    pub pending: u32,
    /// Its clock minus ours.
    pub clock_skew_ms: i64,
    /// Last seq it has.
    pub cursor: Seq,
}

/// What a device brought after being away.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Arrival {
    /// The device.
    pub device: DeviceId,
    /// Since when it was away; none = its first connection.
    pub from: Option<Timestamp>,
    /// When it came.
    pub until: Timestamp,
    /// Changes it brought.
    pub changes: u64,
    /// Records they belong to.
    pub records: Vec<RecordId>,
}

impl Accounts {
    /// Notes a new session; returns its number for [`Accounts::brought`] and [`Accounts::disconnected`].
    pub fn connected(&self, device: DeviceId, facts: &Connected) -> Result<i64> {
        let now = clock::now().millis();
        self.write(|tx| {
            let before: Option<(Option<i64>, Option<i64>)> = tx
                .query_row(
                    "SELECT c.disconnected_at, d.last_seen FROM account_device d
                     LEFT JOIN account_connection c ON c.device = d.id WHERE d.id = ?1 ORDER BY c.id DESC LIMIT 1",
                    [device.0],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            // A relay that was killed wrote no end: the last time it saw the device is the best it knows.
            let away = before.and_then(|(ended, seen)| ended.or(seen));
            let short: String = facts.app.chars().filter(|character| !character.is_control()).take(32).collect();
            tx.execute(
                "UPDATE account_device SET last_seen = ?2, app = ?3, pending = ?4, clock_skew = ?5,
                    cursor = MAX(cursor, ?6) WHERE id = ?1",
                params![device.0, now, short, facts.pending, facts.clock_skew_ms, facts.cursor as i64],
            )?;
            tx.execute(
                "INSERT INTO account_connection (device, connected_at, away_since, carrier) VALUES (?1, ?2, ?3, ?4)",
                params![device.0, now, away, facts.carrier],
            )?;
            Ok(tx.last_insert_rowid())
        })
    }

    /// Changes that had waited on the device arrived in this session.
    pub fn brought(&self, connection: i64, changes: u64, records: &[RecordId]) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "UPDATE account_connection SET changes = changes + ?2 WHERE id = ?1",
                params![connection, changes as i64],
            )?;
            let mut insert =
                tx.prepare_cached("INSERT OR IGNORE INTO account_connection_record VALUES (?1, ?2)")?;
            for record in records {
                insert.execute(params![connection, record.0])?;
            }
            Ok(())
        })
    }

    /// What the device has and still holds back, as of now.
    pub fn progress(&self, device: DeviceId, cursor: Seq, pending: Option<u32>) -> Result<()> {
        self.db().execute(
            "UPDATE account_device SET cursor = ?2, pending = COALESCE(?3, pending), last_seen = ?4 WHERE id = ?1",
            params![device.0, cursor as i64, pending, clock::now().millis()],
        )?;
        Ok(())
    }

    /// Notes the end of a session.
    pub fn disconnected(&self, device: DeviceId, connection: i64) -> Result<()> {
        let now = clock::now().millis();
        self.write(|tx| {
            tx.execute(
                "UPDATE account_connection SET disconnected_at = ?2 WHERE id = ?1",
                params![connection, now],
            )?;
            tx.execute("UPDATE account_device SET last_seen = ?2 WHERE id = ?1", params![device.0, now])?;
            Ok(())
        })
    }

    /// Sessions that brought changes after an absence, newest first.
    pub fn arrivals(&self, limit: u32) -> Result<Vec<Arrival>> {
        let db = self.db();
        let mut statement = db.prepare(
            "SELECT id, device, away_since, connected_at, changes FROM account_connection
             WHERE changes > 0 AND (away_since IS NULL OR connected_at - away_since >= ?1)
             ORDER BY id DESC LIMIT ?2",
        )?;
        let mut records =
            db.prepare("SELECT record FROM account_connection_record WHERE connection = ?1 LIMIT ?2")?;
        let mut rows = statement.query(params![AWAY, limit])?;
        let mut arrivals = Vec::new();
        while let Some(row) = rows.next()? {
            let connection: i64 = row.get(0)?;
            let ids =
                records.query_map(params![connection, LISTED as i64], |row| row.get(0).map(RecordId))?;
            arrivals.push(Arrival {
                device: DeviceId(row.get(1)?),
                from: row.get::<_, Option<i64>>(2)?.map(Timestamp::from_millis),
                until: Timestamp::from_millis(row.get(3)?),
                changes: row.get::<_, i64>(4)?.max(0) as u64,
                records: ids.collect::<rusqlite::Result<_>>()?,
            });
        }
        Ok(arrivals)
    }
}
