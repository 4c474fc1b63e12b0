//! What the simulated disk proves about SQLite, and the controls that prove the disk (simulation.md 4.3).

use farley_core::store::Files as _;
use farley_tests::disk::{Disk, SimFiles, Tear};
use farley_tests::vfs;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, OpenFlags};

/// Settings and faults of one row of the table.
#[derive(Clone, Copy, Default)]
struct Row {
    synchronous: &'static str,
    lying: bool,
    full: bool,
    failing_syncs: u64,
    /// After a failed fsync: the process dies, the WAL is refreshed (or not) before the next opening.
    restart_after_failure: bool,
    refresh: bool,
}

/// What a row did: crashes, acknowledged rows, runs that lost or broke something.
#[derive(Debug, Default)]
struct Outcome {
    crashes: u64,
    acknowledged: u64,
    losses: u64,
}

fn open(disk: u32, synchronous: &str) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags_and_vfs(format!("/{disk}/db"), flags, vfs::NAME)?;
    connection.execute_batch(&format!(
        "PRAGMA temp_store=MEMORY; PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};
         PRAGMA wal_autocheckpoint=20; CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, v BLOB);"
    ))?;
    Ok(connection)
}

/// Reads the WAL, writes the same bytes over it, syncs: what recovery then reads is on the platter.
/// `false`: the disk failed meanwhile, and the database must not be opened.
fn refresh(disk: u32) -> bool {
    let path = format!("/{disk}/db-wal");
    match SimFiles.read(path.as_ref()) {
        Ok(bytes) => {
            SimFiles.write(path.as_ref(), &bytes).and_then(|()| SimFiles.sync(path.as_ref())).is_ok()
        }
        Err(_) => true,
    }
}

fn run(seed: u64, row: Row, outcome: &mut Outcome) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut disk = Disk::new(seed);
    let mut acknowledged = Vec::new();
    let mut next = 0i64;
    for life in 0..5 {
        disk.tear = Tear::ALL[rng.random_range(0..5)];
        disk.faults.lying_sync = row.lying;
        let mounted = vfs::mount(1, disk);
        assert!(!row.refresh || refresh(1), "no fault is armed yet");
        let operations = mounted.borrow().counts.operations;
        if life < 4 {
            mounted.borrow_mut().faults.die_at = Some(operations + rng.random_range(1..400));
            if row.full {
                let held = mounted.borrow().held();
                mounted.borrow_mut().faults.full_at = Some(held + rng.random_range(20_000..120_000));
            }
            if row.failing_syncs > 0 {
                let first = mounted.borrow().counts.syncs + rng.random_range(2..20);
                let mut disk = mounted.borrow_mut();
                disk.faults.fail_sync_at = Some(first);
                disk.faults.fail_sync_more = row.failing_syncs - 1;
            }
        }
        let mut connection = open(1, row.synchronous).ok();
        for _ in 0..40 {
            let Some(open_connection) = connection.as_mut() else { break };
            let count = rng.random_range(1..=5);
            let written = (|| -> rusqlite::Result<()> {
                let transaction = open_connection.transaction()?;
                for id in next..next + count {
                    let value = vec![id as u8; rng.random_range(20..600)];
                    transaction.execute("INSERT INTO t VALUES(?1, ?2)", (id, value))?;
                }
                transaction.commit()
            })();
            match written {
                Ok(()) => acknowledged.extend(next..next + count),
                Err(_) if row.restart_after_failure && !mounted.borrow().dead => {
                    // kill -9: nothing is closed in order, the page cache stays.
                    {
                        let mut disk = mounted.borrow_mut();
                        disk.kill_process();
                        disk.faults.fail_sync_at = None;
                        // Dead while the handles go, so that closing them writes nothing.
                        disk.dead = true;
                    }
                    drop(connection.take());
                    mounted.borrow_mut().dead = false;
                    connection =
                        (!row.refresh || refresh(1)).then(|| open(1, row.synchronous).ok()).flatten();
                }
                Err(_) => {}
            }
            next += count;
        }
        // The image is taken before a connection closes: closing checkpoints and deletes the WAL.
        let image = mounted.borrow_mut().crash();
        drop(connection);
        vfs::unmount(1);
        outcome.crashes += 1;
        disk = Disk::from_image(&image, seed ^ life);
    }
    outcome.acknowledged += acknowledged.len() as u64;
    vfs::mount(1, disk);
    let whole = (|| -> rusqlite::Result<bool> {
        let connection = open(1, row.synchronous)?;
        let check: String = connection.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
        let mut statement = connection.prepare("SELECT 1 FROM t WHERE id = ?1")?;
        for id in &acknowledged {
            if !statement.exists([id])? {
                return Ok(false);
            }
        }
        Ok(check == "ok")
    })();
    vfs::unmount(1);
    outcome.losses += u64::from(!whole.unwrap_or(false));
}

fn runs(seeds: u64, row: Row) -> Outcome {
    let mut outcome = Outcome::default();
    (0..seeds).for_each(|seed| run(seed, row, &mut outcome));
    println!("{outcome:?}");
    assert!(outcome.acknowledged > seeds * 20, "the runs must acknowledge something to lose: {outcome:?}");
    outcome
}

#[test]
fn full_synchronous_loses_nothing_in_any_crash() {
    assert_eq!(runs(150, Row { synchronous: "FULL", ..Row::default() }).losses, 0);
}

#[test]
fn a_full_disk_loses_nothing() {
    assert_eq!(runs(80, Row { synchronous: "FULL", full: true, ..Row::default() }).losses, 0);
}

#[test]
fn a_failed_fsync_loses_nothing_while_the_connection_stays() {
    assert_eq!(runs(80, Row { synchronous: "FULL", failing_syncs: 1, ..Row::default() }).losses, 0);
}

#[test]
fn a_refreshed_wal_makes_restart_after_a_failed_fsync_safe() {
    let row = Row {
        synchronous: "FULL",
        failing_syncs: 1,
        restart_after_failure: true,
        refresh: true,
        ..Row::default()
    };
    assert_eq!(runs(150, row).losses, 0);
}

#[test]
fn control_restart_after_a_failed_fsync_without_refresh_loses() {
    let row = Row { synchronous: "FULL", failing_syncs: 1, restart_after_failure: true, ..Row::default() };
    assert!(runs(150, row).losses > 0, "the disk forgives what Linux does not");
}

#[test]
fn control_normal_synchronous_loses() {
    assert!(runs(40, Row { synchronous: "NORMAL", ..Row::default() }).losses > 10);
}

#[test]
fn control_no_synchronous_loses() {
    assert!(runs(40, Row { synchronous: "OFF", ..Row::default() }).losses > 20);
}

#[test]
fn control_a_lying_fsync_loses() {
    assert!(runs(40, Row { synchronous: "FULL", lying: true, ..Row::default() }).losses > 20);
}

#[test]
fn the_same_seed_leaves_the_same_trace() {
    let trace = |seed| {
        let disk = vfs::mount(2, Disk::new(seed));
        let connection = open(2, "FULL").unwrap();
        for id in 0..50 {
            connection.execute("INSERT INTO t VALUES(?1, ?2)", (id, vec![1u8; 300])).unwrap();
        }
        let trace = disk.borrow().trace;
        drop(connection);
        vfs::unmount(2);
        trace
    };
    let here = trace(5);
    assert_eq!(here, std::thread::spawn(move || trace(5)).join().unwrap());
}
