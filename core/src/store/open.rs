//! Opening: existence, WAL refresh, settings, migrations, index version.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::errors::{from_io, from_sqlite};
use super::files::{exists, refresh_wal};
use super::{DatabaseKey, StoreError, StoreOptions};
use crate::index::INDEX_VERSION;

/// `Farl`: tells our files from other people's databases.
const APPLICATION_ID: i32 = 0x4661_726C;

/// Numbered, in order, never changed once released. A loop of our own instead of refinery: it is 20 lines,
/// uses the header's `user_version` instead of a table, and adds no checksums we would have to explain.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_first.sql")];

/// Raised whenever `index_tables.sql` changes.
const INDEX_LAYOUT: u32 = 2;

/// Meta key: which index the tables hold.
pub(super) const INDEX_TABLES: &str = "index.tables";
/// Meta key: present once every document stands in the index.
pub(super) const INDEX_BUILT: &str = "index.built";

/// All connections to one database. Dropped in this order: readers, checkpoint, writer.
pub(super) struct Connections {
    pub(super) readers: Vec<Connection>,
    pub(super) checkpoint: Connection,
    pub(super) writer: Connection,
}

/// Refreshes the WAL, opens every connection, migrates.
pub(super) fn connect(path: &Path, options: &StoreOptions) -> Result<Connections, StoreError> {
    let files = options.files.as_ref();
    if !exists(path, files)? {
        if !options.create {
            return Err(StoreError::Missing);
        }
        if options.vfs.is_none()
            && let Some(folder) = path.parent()
        {
            std::fs::create_dir_all(folder).map_err(from_io)?;
        }
    }
    refresh_wal(path, files)?;
    let mut writer = open(path, options, options.create)?;
    prepare(&mut writer, options)?;
    let checkpoint = open(path, options, false)?;
    // It holds the writers' turn while it cuts the WAL off: behind a long reader it comes again later.
    checkpoint.busy_timeout(std::time::Duration::from_millis(20)).map_err(from_sqlite)?;
    let readers = (0..options.readers.max(1))
        .map(|_| {
            let reader = open(path, options, false)?;
            set(&reader, "query_only", "ON")?;
            set(&reader, "synchronous", "NORMAL")?;
            Ok(reader)
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Connections { readers, checkpoint, writer })
}

/// Connections that only read, beside another process that writes. Nothing is made, refreshed or migrated.
pub(super) fn connect_reading(path: &Path, options: &StoreOptions) -> Result<Connections, StoreError> {
    if !exists(path, options.files.as_ref())? {
        return Err(StoreError::Missing);
    }
    let reader = || {
        let reader = open(path, options, false)?;
        set(&reader, "query_only", "ON")?;
        let found: u32 = number(&reader, "PRAGMA user_version")?;
        let sql = "SELECT value FROM meta WHERE key = ?1";
        let stands = reader.query_row(sql, [INDEX_TABLES], |row| row.get::<_, Vec<u8>>(0));
        let stands = stands.optional().map_err(from_sqlite)?;
        if (found as usize) < MIGRATIONS.len() || stands.as_deref() != Some(&*index_tables(options)) {
            return Err(StoreError::ReadOnly(
                "another version of Farley wrote it; open it once to update it".into(),
            ));
        }
        Ok(reader)
    };
    let readers = (0..options.readers.max(1)).map(|_| reader()).collect::<Result<_, StoreError>>()?;
    Ok(Connections { readers, checkpoint: reader()?, writer: reader()? })
}

/// Opens one connection with the settings that all share. A database of a newer version is not touched.
pub(super) fn open(path: &Path, options: &StoreOptions, create: bool) -> Result<Connection, StoreError> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
    let connection = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_c_str()),
        None => Connection::open_with_flags(path, flags),
    }
    .map_err(from_sqlite)?;
    if let Some(key) = &options.key {
        unlock(&connection, key)?;
    }
    connection.set_prepared_statement_cache_capacity(128);
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(from_sqlite)?;
    let found: u32 = number(&connection, "PRAGMA user_version")?;
    let ours: i32 = number(&connection, "PRAGMA application_id")?;
    let tables: u32 = number(&connection, "SELECT count(*) FROM sqlite_schema")?;
    if ours != APPLICATION_ID && (found > 0 || tables > 0) {
        return Err(StoreError::Broken("the file is a database of another program".to_owned()));
    }
    if found as usize > MIGRATIONS.len() {
        return Err(StoreError::Newer { found, known: MIGRATIONS.len() as u32 });
    }
    if found == 0 && !options.create {
        return Err(StoreError::Missing);
    }
    if connection.is_readonly("main").map_err(from_sqlite)? {
        return Err(StoreError::ReadOnly("the database file is write-protected".to_owned()));
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(from_sqlite)?;
    for (name, value) in [
        ("page_size", "4096"),
        ("temp_store", "MEMORY"),
        ("secure_delete", "ON"),
        ("mmap_size", "0"),
        ("cache_size", "-32000"),
        ("journal_mode", "WAL"),
        ("wal_autocheckpoint", "0"),
        ("synchronous", "FULL"),
    ] {
        set(&connection, name, value)?;
    }
    Ok(connection)
}

/// Before anything else is read: pages are decrypted from here on. Whether the key fits shows at the first read.
fn unlock(connection: &Connection, key: &DatabaseKey) -> Result<(), StoreError> {
    let hex: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
    connection.pragma_update(None, "key", format!("x'{hex}'")).map_err(from_sqlite)?;
    // A SQLite without cipher ignores the key and would write the file in the clear.
    let version = connection.query_row("PRAGMA cipher_version", [], |row| row.get::<_, String>(0));
    match version.optional().map_err(from_sqlite)? {
        Some(version) if !version.is_empty() => Ok(()),
        _ => Err(StoreError::ReadOnly("this build of Farley cannot encrypt".to_owned())),
    }
}

/// Migrates, then lays out the index tables if they belong to another index version.
fn prepare(writer: &mut Connection, options: &StoreOptions) -> Result<(), StoreError> {
    let mut version: u32 = number(writer, "PRAGMA user_version")?;
    let fresh = version == 0;
    while let Some(migration) = MIGRATIONS.get(version as usize) {
        version += 1;
        let tx = writer.transaction().map_err(from_sqlite)?;
        tx.execute_batch(migration).map_err(from_sqlite)?;
        set(&tx, "application_id", &APPLICATION_ID.to_string())?;
        set(&tx, "user_version", &version.to_string())?;
        tx.commit().map_err(from_sqlite)?;
    }
    let wanted = index_tables(options);
    let stands: Option<Vec<u8>> = writer
        .query_row("SELECT value FROM meta WHERE key = ?1", [INDEX_TABLES], |row| row.get(0))
        .optional()
        .map_err(from_sqlite)?;
    if stands.as_ref() == Some(&wanted) {
        return Ok(());
    }
    let tx = writer.transaction().map_err(from_sqlite)?;
    lay_out_index(&tx, options.fts).map_err(from_sqlite)?;
    tx.execute("DELETE FROM meta WHERE key = ?1", [INDEX_BUILT]).map_err(from_sqlite)?;
    let put = "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)";
    tx.execute(put, (INDEX_TABLES, &wanted)).map_err(from_sqlite)?;
    let empty: bool =
        tx.query_row("SELECT NOT EXISTS (SELECT 1 FROM log)", [], |row| row.get(0)).map_err(from_sqlite)?;
    if fresh || empty {
        // Nothing to derive from: an empty index is complete.
        tx.execute(put, (INDEX_BUILT, b"1".as_slice())).map_err(from_sqlite)?;
    }
    tx.commit().map_err(from_sqlite)
}

/// Which index these options and this program want.
fn index_tables(options: &StoreOptions) -> Vec<u8> {
    format!("{INDEX_VERSION}.{INDEX_LAYOUT}.{}", u8::from(options.fts)).into_bytes()
}

/// Drops the index tables and makes them anew, empty.
pub(super) fn lay_out_index(connection: &Connection, fts: bool) -> rusqlite::Result<()> {
    connection.execute_batch(include_str!("index_drop.sql"))?;
    connection.execute_batch(include_str!("index_tables.sql"))?;
    if fts {
        // case_sensitive: the text is folded already. secure-delete must stand from the first row on, and
        // the table must have content outside, or deleted words stay in the file (automerge.md 10.3).
        connection.execute_batch(
            "CREATE VIRTUAL TABLE search USING fts5(text, content = 'search_text', content_rowid = 'row',
                 tokenize = 'trigram case_sensitive 1');
             INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
             INSERT INTO search (search, rank) VALUES ('automerge', 0);",
        )?;
    }
    Ok(())
}

fn number<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> Result<T, StoreError> {
    connection.query_row(sql, [], |row| row.get(0)).map_err(from_sqlite)
}

fn set(connection: &Connection, pragma: &str, value: &str) -> Result<(), StoreError> {
    // Some pragmas answer with a row, some do not.
    connection.pragma_update_and_check(None, pragma, value, |_| Ok(())).or_else(|error| match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(from_sqlite(error)),
    })
}
