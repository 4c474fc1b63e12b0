use super::*;

fn error(path: &Path, options: StoreOptions) -> StoreError {
    Store::open(path, options).err().expect("opening must fail")
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    write(&first, |tx| tx.append(&[change(record(1), 1)]));
    drop(first);
    let again =
        Store::open(&folder.path().join("farley.db"), StoreOptions { create: false, ..options() }).unwrap();
    assert_eq!(read(&again, |view| view.outbox_count()), 1);
    again.check().unwrap();
}

#[test]
fn a_missing_workspace_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let absent = StoreOptions { create: false, ..options() };
    assert!(matches!(error(&folder.path().join("farley.db"), absent), StoreError::Missing));
    let absent = StoreOptions { create: false, ..options() };
    assert!(matches!(error(&folder.path().join("no/such/farley.db"), absent), StoreError::Missing));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "asking leaves nothing behind");
}

#[test]
fn a_second_store_on_the_folder_is_locked_out() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    assert!(matches!(error(&folder.path().join("farley.db"), options()), StoreError::Locked));
    drop(first);
    store(folder.path());
}

#[test]
fn another_file_is_broken_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("farley.db");
    let letter = b"Dear Anna, this is no database at all.".repeat(200);
    std::fs::write(&path, &letter).unwrap();
    assert!(matches!(error(&path, options()), StoreError::Broken(_)));
    assert_eq!(std::fs::read(&path).unwrap(), letter);
    std::fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    assert!(matches!(error(&path, options()), StoreError::Broken(_)));
}

#[test]
fn a_newer_version_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("farley.db");
    drop(store(folder.path()));
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    assert!(matches!(error(&path, options()), StoreError::Newer { found: 7, known: 1 }));
}

#[test]
fn a_folder_that_cannot_be_written_is_read_only() {
    // The tests may run as root, whom no permission stops; the kernel's own tree stops it.
    let path = Path::new("/sys/kernel/farley.db");
    if path.parent().unwrap().is_dir() {
        assert!(matches!(error(path, options()), StoreError::ReadOnly(_)));
    }
}

#[test]
fn an_older_index_is_laid_out_anew_and_asks_for_its_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    assert!(!first.needs_rebuild().unwrap());
    write(&first, |tx| {
        tx.append(&[change(record(1), 1)])?;
        tx.put_row(&row(record(1), "contact", "Anna"))?;
        tx.set_meta("index.tables", Some(b"0.0.0"))
    });
    drop(first);
    let again = store(folder.path());
    assert!(again.needs_rebuild().unwrap());
    assert_eq!(read(&again, |view| view.kind_of(record(1))), None);
    assert_eq!(read(&again, |view| view.records()), [record(1)], "the rebuild finds it in the log");
    write(&again, |tx| tx.set_index_built());
    assert!(!again.needs_rebuild().unwrap());
}

#[test]
fn a_backup_is_whole_and_never_replaces_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    write(&first, |tx| tx.append(&[change(record(1), 1)]));
    let copy = folder.path().join("copy/farley.db");
    assert!(first.backup(&copy).is_err(), "no folder to write to");
    std::fs::create_dir(folder.path().join("copy")).unwrap();
    first.backup(&copy).unwrap();
    assert!(matches!(first.backup(&copy), Err(StoreError::ReadOnly(_))));
    let second = Store::open(&copy, options()).unwrap();
    assert_eq!(read(&second, |view| view.log_of(record(1))), read(&first, |view| view.log_of(record(1))));
}

/// Fails the fsync of a WAL as often as told.
struct FailingSync(std::sync::atomic::AtomicU32);

impl Files for FailingSync {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        SystemFiles.read(path)
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        SystemFiles.write(path, bytes)
    }
    fn sync(&self, path: &Path) -> std::io::Result<()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        assert!(path.to_string_lossy().ends_with("-wal"));
        Err(std::io::Error::other("fsync failed"))
    }
    fn rename(&self, from: &Path, to: &Path) -> std::io::Result<()> {
        SystemFiles.rename(from, to)
    }
    fn remove(&self, path: &Path) -> std::io::Result<()> {
        SystemFiles.remove(path)
    }
    fn list(&self, directory: &Path) -> std::io::Result<Vec<PathBuf>> {
        SystemFiles.list(directory)
    }
    fn sync_directory(&self, directory: &Path) -> std::io::Result<()> {
        SystemFiles.sync_directory(directory)
    }
}

#[test]
fn a_wal_that_cannot_be_refreshed_keeps_the_file_closed() {
    let folder = tempfile::tempdir().unwrap();
    let first = store(folder.path());
    write(&first, |tx| tx.append(&[change(record(1), 1)]));
    // As after the death of the process: the WAL is still there.
    let copy = tempfile::tempdir().unwrap();
    for name in ["farley.db", "farley.db-wal"] {
        std::fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    let files = Arc::new(FailingSync(0.into()));
    let failing = StoreOptions { files: files.clone(), ..options() };
    assert!(matches!(error(&copy.path().join("farley.db"), failing), StoreError::Io(_)));
    assert_eq!(files.0.load(Ordering::Relaxed), 1);
    let recovered = store(copy.path());
    assert_eq!(read(&recovered, |view| view.outbox_count()), 1);
}
