//! What came back after a restore: how many changes, by whom, from which devices, and which devices are still missing
//! (sync.md 10.4). Ids and numbers only.

use farley_core::record::{DeviceId, Timestamp};
use farley_core::sync::Seq;
use rusqlite::{OptionalExtension, params};
use serde::Serialize;

use super::{Accounts, Result};
use crate::clock;

/// A restore, as the office is told of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RestoreReport {
    /// When the backup was put back.
    pub at: Timestamp,
    /// When the backup had been made.
    pub backup_at: Timestamp,
    /// Until when devices may bring back what the backup lacked.
    pub until: Timestamp,
    /// Changes written before the restore that came since.
    pub changes: u64,
    /// Devices they were written on; office edits count as one device for each person.
    pub authors: u64,
    /// Devices that brought them.
    pub devices: Vec<DeviceId>,
    /// When the last one came.
    pub last_at: Option<Timestamp>,
    /// Devices that have not been here since the restore.
    pub missing: Vec<Missing>,
}

/// A device that may still hold something.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Missing {
    /// Which.
    pub id: DeviceId,
    /// "Pixel 9".
    pub name: String,
    /// Whose.
    pub person_name: String,
    /// When it was last here, by what the backup knew.
    pub last_seen: Option<Timestamp>,
}

impl Accounts {
    /// A backup of `backup_at` was put back at `at`; devices bring back what it lacks until `until`.
    pub fn note_restore(&self, at: Timestamp, backup_at: Timestamp, until: Timestamp) -> Result<()> {
        self.db().execute(
            "INSERT OR REPLACE INTO account_restore (at, backup_at, until) VALUES (?1, ?2, ?3)",
            params![at.millis(), backup_at.millis(), until.millis()],
        )?;
        Ok(())
    }

    /// When the newest restore was, while its recovery lasts.
    pub fn restored_at(&self) -> Result<Option<Timestamp>> {
        Ok(self.newest(clock::now())?.map(|(at, _, _)| at))
    }

    /// Changes came that were written before the restore at `restore`: seq, who brought it, who wrote it.
    pub fn recovered(&self, restore: Timestamp, changes: &[(Seq, DeviceId, DeviceId)]) -> Result<()> {
        let now = clock::now().millis();
        self.write(|tx| {
            let mut insert =
                tx.prepare_cached("INSERT OR IGNORE INTO account_recovered VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for (seq, device, author) in changes {
                insert.execute(params![*seq as i64, restore.millis(), device.0, author.0, now])?;
            }
            Ok(())
        })
    }

    /// The newest restore; none if there was none, or its recovery has ended.
    pub fn restore_report(&self) -> Result<Option<RestoreReport>> {
        let Some((at, backup_at, until)) = self.newest(clock::now())? else { return Ok(None) };
        let db = self.db();
        let (changes, authors, last): (i64, i64, Option<i64>) = db.query_row(
            "SELECT COUNT(*), COUNT(DISTINCT author), MAX(came_at) FROM account_recovered WHERE restore = ?1",
            [at.millis()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let mut devices =
            db.prepare("SELECT DISTINCT device FROM account_recovered WHERE restore = ?1 ORDER BY device")?;
        let devices = devices.query_map([at.millis()], |row| row.get(0).map(DeviceId))?;
        let mut missing = db.prepare(
            "SELECT d.id, d.name, COALESCE(p.name, ''), d.last_seen FROM account_device d
             LEFT JOIN account_person p ON p.id = d.person
             WHERE d.office = 0 AND d.revoked_at IS NULL AND d.enrolled_at <= ?1
                AND (d.last_seen IS NULL OR d.last_seen <= ?1) ORDER BY d.id",
        )?;
        let missing = missing.query_map([at.millis()], |row| {
            Ok(Missing {
                id: DeviceId(row.get(0)?),
                name: row.get(1)?,
                person_name: row.get(2)?,
                last_seen: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis),
            })
        })?;
        Ok(Some(RestoreReport {
            at,
            backup_at,
            until,
            changes: changes.max(0) as u64,
            authors: authors.max(0) as u64,
            devices: devices.collect::<rusqlite::Result<_>>()?,
            last_at: last.map(Timestamp::from_millis),
            missing: missing.collect::<rusqlite::Result<_>>()?,
        }))
    }

    fn newest(&self, now: Timestamp) -> Result<Option<(Timestamp, Timestamp, Timestamp)>> {
        let db = self.db();
        let found = db
            .query_row(
                "SELECT at, backup_at, until FROM account_restore ORDER BY at DESC LIMIT 1",
                [],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)),
            )
            .optional()?;
        let found = found.filter(|(_, _, until)| now.millis() <= *until);
        let time = Timestamp::from_millis;
        Ok(found.map(|(at, backup_at, until)| (time(at), time(backup_at), time(until))))
    }
}
