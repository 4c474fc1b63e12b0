//! The account tables and how their connection is set.
//!
//! | pragma | value | why |
//! |---|---|---|
//! | busy_timeout | 10 s | the workspace's writer, or an admin command, holds the file for moments |
//! | synchronous | FULL | a revocation that was answered must survive a power cut |
//! | foreign_keys | ON | a session never outlives its person |
//!
//! `account_device.office`: 0 = a device, 1 = what a person edits with in the office, 2 = the same before a restore.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{AccountError, Result};

/// Raised with every change of the tables; each step from n to n + 1 is one entry of `STEPS`.
pub const VERSION: u32 = STEPS.len() as u32;

const STEPS: &[&str] = &[
    "
    CREATE TABLE account_person (
        id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, password TEXT,
        created_at INTEGER NOT NULL, published INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE TABLE account_session (
        token BLOB PRIMARY KEY, person BLOB NOT NULL REFERENCES account_person(id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL, used_at INTEGER NOT NULL, fresh_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE account_link (
        token BLOB PRIMARY KEY, purpose TEXT NOT NULL, person BLOB,
        expires_at INTEGER NOT NULL, used_at INTEGER) WITHOUT ROWID;
    CREATE TABLE account_invitation (
        token BLOB PRIMARY KEY, person BLOB NOT NULL, made_by BLOB, made_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
        used_at INTEGER, used_by BLOB, used_key BLOB, withdrawn_at INTEGER) WITHOUT ROWID;
    CREATE TABLE account_device (
        id BLOB PRIMARY KEY, person BLOB NOT NULL, public_key BLOB, name TEXT NOT NULL, platform TEXT NOT NULL,
        app TEXT NOT NULL DEFAULT '', office INTEGER NOT NULL DEFAULT 0,
        enrolled_at INTEGER NOT NULL, last_seen INTEGER, revoked_at INTEGER,
        nonce BLOB, nonce_before BLOB, attempt BLOB, attempt_before BLOB, replaces BLOB,
        cursor INTEGER NOT NULL DEFAULT 0, pending INTEGER, clock_skew INTEGER,
        published INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
    CREATE INDEX account_device_of ON account_device(person);
    CREATE TABLE account_connection (
        id INTEGER PRIMARY KEY, device BLOB NOT NULL, connected_at INTEGER NOT NULL, away_since INTEGER,
        disconnected_at INTEGER, carrier TEXT NOT NULL, changes INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX account_connection_of ON account_connection(device, id);
    CREATE TABLE account_connection_record (
        connection INTEGER NOT NULL, record BLOB NOT NULL, PRIMARY KEY (connection, record)) WITHOUT ROWID;
    CREATE TABLE account_audit (
        n INTEGER PRIMARY KEY, at INTEGER NOT NULL, who BLOB, verb TEXT NOT NULL, subject BLOB,
        reason TEXT NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL);
    CREATE TABLE account_meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    INSERT INTO account_meta VALUES ('registry_version', 1);
",
    // Work that `farley admin` leaves for the server that has the workspace open.
    "
    CREATE TABLE account_order (
        id INTEGER PRIMARY KEY, what TEXT NOT NULL, body BLOB, taken INTEGER NOT NULL DEFAULT 0, answer TEXT,
        failed INTEGER NOT NULL DEFAULT 0);
",
    "
    -- What came back after a restore: the office is told (sync.md 10.4).
    CREATE TABLE account_restore (at INTEGER PRIMARY KEY, backup_at INTEGER NOT NULL, until INTEGER NOT NULL);
    CREATE TABLE account_recovered (
        seq INTEGER PRIMARY KEY, restore INTEGER NOT NULL REFERENCES account_restore(at) ON DELETE CASCADE,
        device BLOB NOT NULL, author BLOB NOT NULL, came_at INTEGER NOT NULL);
",
];

/// Opens `path` and brings the tables to [`VERSION`].
pub fn open(path: &Path) -> Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(Duration::from_secs(10))?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    migrate(&mut db)?;
    Ok(db)
}

/// Whether the tables are those of this version: another process may have brought them further.
pub fn is_current(db: &Connection) -> Result<bool> {
    let found: u32 = db.query_row("SELECT MAX(version) FROM account_version", [], |row| row.get(0))?;
    Ok(found == VERSION)
}

fn migrate(db: &mut Connection) -> Result<()> {
    let transaction = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    // Own version row: `user_version` belongs to the workspace's tables.
    transaction.execute_batch("CREATE TABLE IF NOT EXISTS account_version (version INTEGER NOT NULL)")?;
    let found: u32 =
        transaction
            .query_row("SELECT COALESCE(MAX(version), 0) FROM account_version", [], |row| row.get(0))?;
    if found > VERSION {
        return Err(AccountError::Storage(format!(
            "written by a newer Farley (account tables {found}, this one knows {VERSION}); update Farley"
        )));
    }
    for step in &STEPS[found as usize..] {
        transaction.execute_batch(step)?;
    }
    if found < VERSION {
        transaction.execute("DELETE FROM account_version", [])?;
        transaction.execute("INSERT INTO account_version VALUES (?1)", [VERSION])?;
    }
    transaction.commit()?;
    Ok(())
}
