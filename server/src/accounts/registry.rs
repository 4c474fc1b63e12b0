//! The device registry: rows in the database, and a set in memory that is replaced as a whole on every change, so
//! that each message of each session is checked with one look-up.

use std::collections::BTreeMap;
use std::sync::Arc;

use farley_core::record::{DeviceId, Nonce, PersonId, Timestamp};
use farley_core::sync::{NonceState, Seq};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;

use super::ledger::LedgerLine;
use super::{AccountError, Accounts, Result};
use crate::clock;

/// What sessions need to know of one device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Registered {
    /// Whose it is.
    pub person: PersonId,
    /// Its public key.
    pub key: [u8; 32],
    /// Refused from now on.
    pub revoked: bool,
}

/// Every enrolled device, office actors left out.
#[derive(Debug, Default)]
pub struct Registry {
    devices: BTreeMap<DeviceId, Registered>,
    version: i64,
}

impl Registry {
    /// The device, revoked or not.
    pub fn device(&self, id: DeviceId) -> Option<&Registered> {
        self.devices.get(&id)
    }
    /// Whether `id` may speak.
    pub fn admits(&self, id: DeviceId) -> bool {
        self.device(id).is_some_and(|device| !device.revoked)
    }
    /// Every device id, revoked ones too: whose changes recovery accepts.
    pub fn known(&self) -> impl Iterator<Item = DeviceId> + '_ {
        self.devices.keys().copied()
    }
}

/// A row of the registry for people.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Device {
    /// Its id, and the actor of its changes.
    pub id: DeviceId,
    /// Whose it is.
    pub person: PersonId,
    /// That person's name.
    pub person_name: String,
    /// "Pixel 9".
    pub name: String,
    /// "android" …; "Büro" for what a person edits in the office.
    pub platform: String,
    /// Version of its app.
    pub app: String,
    /// The actor of office edits; no key, no sessions.
    #[serde(skip)]
    pub office: bool,
    /// When it was enrolled.
    pub enrolled_at: Timestamp,
    /// When it was last connected.
    pub last_seen: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Edits that waited on it when it last said so.
    pub pending: Option<u32>,
    /// Last seq it acknowledged.
    #[serde(skip)]
    pub cursor: Seq,
    /// Its clock minus ours.
    pub clock_skew_ms: Option<i64>,
    /// First 8 bytes of SHA-256 of its key, `9c:41:…`.
    pub fingerprint: String,
}

const DEVICE: &str =
    "SELECT d.id, d.person, COALESCE(p.name, ''), d.name, d.platform, d.app, d.office, d.enrolled_at,
    d.last_seen, d.revoked_at, d.pending, d.cursor, d.clock_skew, d.public_key
    FROM account_device d LEFT JOIN account_person p ON p.id = d.person";

impl Accounts {
    /// The registry as it is now; changes can be awaited.
    pub fn registry(&self) -> tokio::sync::watch::Receiver<Arc<Registry>> {
        self.registry.subscribe()
    }

    /// Reads the registry again if another process changed it. Whether it had.
    pub fn refresh(&self) -> Result<bool> {
        let version = self.registry_version()?;
        if version == self.registry.borrow().version {
            return Ok(false);
        }
        self.reload()?;
        Ok(true)
    }

    pub(super) fn reload(&self) -> Result<()> {
        let mut devices = BTreeMap::new();
        let db = self.db();
        let version = version(&db)?;
        let mut statement = db.prepare(
            "SELECT id, person, public_key, revoked_at FROM account_device WHERE office = 0 AND public_key IS NOT NULL",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let revoked = row.get::<_, Option<i64>>(3)?.is_some();
            let device = Registered { person: PersonId(row.get(1)?), key: row.get(2)?, revoked };
            devices.insert(DeviceId(row.get(0)?), device);
        }
        self.registry.send_replace(Arc::new(Registry { devices, version }));
        Ok(())
    }

    fn registry_version(&self) -> Result<i64> {
        version(&self.db())
    }

    /// Every row, by person and name; office actors too.
    pub fn devices(&self) -> Result<Vec<Device>> {
        let db = self.db();
        let mut statement = db.prepare(&format!("{DEVICE} ORDER BY p.name COLLATE NOCASE, d.name, d.id"))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One row.
    pub fn device(&self, id: DeviceId) -> Result<Device> {
        self.db()
            .query_row(&format!("{DEVICE} WHERE d.id = ?1"), [id.0], read)
            .optional()?
            .ok_or(AccountError::UnknownDevice)
    }

    /// Shuts a device out: transaction, set, ledger. Live sessions see the new set at once. A second call changes
    /// nothing.
    pub fn revoke(&self, id: DeviceId, by: Option<PersonId>) -> Result<Device> {
        let now = clock::now();
        let newly = self.write(|tx| {
            let newly = tx.execute(
                "UPDATE account_device SET revoked_at = ?2 WHERE id = ?1 AND office = 0 AND revoked_at IS NULL",
                params![id.0, now.millis()],
            )? > 0;
            if newly {
                touch(tx)?;
                super::audit::append(tx, now, by, "device_revoked", &id.0, "")?;
            }
            Ok(newly)
        })?;
        let device = self.device(id)?;
        if device.office {
            return Err(AccountError::UnknownDevice);
        }
        if newly {
            self.reload()?;
            self.ledger().append(&LedgerLine::Revoked { at: now, device: id })?;
        }
        Ok(device)
    }

    /// What the registry holds of the device's nonces.
    pub fn nonces(&self, device: DeviceId) -> Result<NonceState> {
        let sql = "SELECT nonce, nonce_before, attempt, attempt_before FROM account_device WHERE id = ?1";
        let read = |row: &Row<'_>| {
            Ok(NonceState {
                nonce: row.get::<_, Option<[u8; 16]>>(0)?.map(Nonce),
                nonce_before: row.get::<_, Option<[u8; 16]>>(1)?.map(Nonce),
                attempt: row.get(2)?,
                attempt_before: row.get(3)?,
            })
        };
        self.db().query_row(sql, [device.0], read).optional()?.ok_or(AccountError::UnknownDevice)
    }

    /// The nonce that was offered takes effect; durable when it returns.
    pub fn use_nonces(&self, device: DeviceId, state: NonceState) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "UPDATE account_device SET nonce = ?2, nonce_before = ?3, attempt = ?4, attempt_before = ?5 WHERE id = ?1",
                params![
                    device.0,
                    state.nonce.map(|nonce| nonce.0),
                    state.nonce_before.map(|nonce| nonce.0),
                    state.attempt,
                    state.attempt_before,
                ],
            )?;
            Ok(())
        })
    }

    /// Devices, office actors included, whose name no replica has been told yet.
    pub fn unpublished_devices(&self) -> Result<Vec<Device>> {
        let db = self.db();
        let mut statement = db.prepare(&format!("{DEVICE} WHERE d.published = 0 ORDER BY d.id"))?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The name of `device` is in the workspace now.
    pub fn mark_device_published(&self, device: DeviceId) -> Result<()> {
        self.db().execute("UPDATE account_device SET published = 1 WHERE id = ?1", [device.0])?;
        Ok(())
    }

    /// Brings the registry up to date with ledger lines (after a restore); people the backup lacks are added without
    /// a password. Returns (devices added, devices revoked).
    pub fn replay(&self, lines: &[LedgerLine]) -> Result<(usize, usize)> {
        let counts = self.write(|tx| {
            let (mut added, mut revoked) = (0, 0);
            for line in lines {
                match line {
                    // `published`: their names were written after the backup, and come back from the devices. Writing
                    // them again would begin those records a second time, and no device could offer the first.
                    LedgerLine::Enrolled { at, device, key, person, person_name, role, name, platform } => {
                        tx.execute(
                            "INSERT OR IGNORE INTO account_person (id, name, role, created_at, published) VALUES (?1, ?2, ?3, ?4, 1)",
                            params![person.0, person_name, role.name(), at.millis()],
                        )?;
                        tx.execute(
                            "INSERT INTO account_device (id, person, name, platform, office, enrolled_at)
                             SELECT ?1, ?2, 'Büro', 'Büro', 1, ?3 WHERE NOT EXISTS
                                (SELECT 1 FROM account_device WHERE person = ?2 AND office = 1)",
                            params![clock::random::<16>(), person.0, at.millis()],
                        )?;
                        let key = hex_bytes(key).ok_or_else(|| AccountError::Storage("ledger: a key is not hex".into()))?;
                        added += tx.execute(
                            "INSERT OR IGNORE INTO account_device
                                (id, person, public_key, name, platform, enrolled_at, published)
                             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
                            params![device.0, person.0, key, name, platform, at.millis()],
                        )?;
                    }
                    LedgerLine::Revoked { at, device } => {
                        revoked += tx.execute(
                            "UPDATE account_device SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL",
                            params![device.0, at.millis()],
                        )?;
                    }
                }
            }
            // Nonces of a backup are old: every device's first Hello passes.
            tx.execute("UPDATE account_device SET nonce = NULL, nonce_before = NULL", [])?;
            touch(tx)?;
            super::audit::append(tx, clock::now(), None, "restored", &[], "")?;
            Ok((added, revoked))
        })?;
        self.reload()?;
        Ok(counts)
    }

    /// After a restore: everybody writes in the office under a new actor, and so does the relay, which was `former`.
    /// The old ones stay known: devices bring back what was written under them after the backup.
    pub fn renew_actors(&self, former: DeviceId) -> Result<()> {
        let now = clock::now().millis();
        self.write(|tx| {
            let people: Vec<Vec<u8>> = {
                let mut statement = tx.prepare("SELECT person FROM account_device WHERE office = 1")?;
                let rows = statement.query_map([], |row| row.get(0))?;
                rows.collect::<rusqlite::Result<_>>()?
            };
            tx.execute("UPDATE account_device SET office = 2 WHERE office = 1", [])?;
            for person in people {
                tx.execute(
                    "INSERT INTO account_device (id, person, name, platform, office, enrolled_at)
                     VALUES (?1, ?2, 'Büro', 'Büro', 1, ?3)",
                    params![clock::random::<16>(), person, now],
                )?;
            }
            // Its name is in the workspace already.
            tx.execute(
                "INSERT OR IGNORE INTO account_device (id, person, name, platform, office, enrolled_at, published)
                 VALUES (?1, zeroblob(16), 'Server', 'Server', 2, ?2, 1)",
                params![former.0, now],
            )?;
            touch(tx)
        })?;
        self.reload()
    }
}

/// Tells other processes that the registry changed.
pub fn touch(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("UPDATE account_meta SET value = value + 1 WHERE key = 'registry_version'", [])?;
    Ok(())
}

fn version(db: &rusqlite::Connection) -> Result<i64> {
    Ok(db.query_row("SELECT value FROM account_meta WHERE key = 'registry_version'", [], |row| row.get(0))?)
}

fn hex_bytes(text: &str) -> Option<[u8; 32]> {
    text.parse::<farley_core::record::ChangeHash>().ok().map(|hash| hash.0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Device> {
    let time = |at: Option<i64>| at.map(Timestamp::from_millis);
    let key: Option<Vec<u8>> = row.get(13)?;
    let fingerprint =
        key.map(|key| clock::sha256(&key)[..8].iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>());
    Ok(Device {
        id: DeviceId(row.get(0)?),
        person: PersonId(row.get(1)?),
        person_name: row.get(2)?,
        name: row.get(3)?,
        platform: row.get(4)?,
        app: row.get(5)?,
        office: row.get(6)?,
        enrolled_at: Timestamp::from_millis(row.get(7)?),
        last_seen: time(row.get(8)?),
        revoked_at: time(row.get(9)?),
        pending: row.get(10)?,
        cursor: row.get::<_, i64>(11)?.max(0) as Seq,
        clock_skew_ms: row.get(12)?,
        fingerprint: fingerprint.map(|parts| parts.join(":")).unwrap_or_default(),
    })
}
