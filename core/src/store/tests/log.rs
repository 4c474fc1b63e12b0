use super::*;

#[test]
fn rows_come_back_as_they_were_appended_and_a_known_hash_is_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let (a, b) = (change(record(1), 1), change(record(1), 2));
    assert_eq!(write(&store, |tx| tx.append(&[a.clone(), b.clone(), a.clone()])), 2);
    let rows = read(&store, |view| view.log_of(record(1)));
    assert_eq!(rows, [LogRow { n: 1, ..a.clone() }, LogRow { n: 2, ..b.clone() }]);
    let ledger = read(&store, |view| view.ledger_of(record(1)));
    assert!(ledger.iter().all(|row| row.bytes.is_empty()) && ledger[1].hash == b.hash);
    let weighed = read(&store, |view| view.ledger(record(1)));
    let weighed: Vec<_> =
        weighed.iter().map(|row| (row.hash, row.actor_seq, row.start_op, row.ops, row.size)).collect();
    assert_eq!(weighed, [(a.hash, 1, 1, 3, 300), (b.hash, 2, 1, 3, 300)]);
    assert_eq!(read(&store, |view| view.log_size_of(record(1))), 600);
    write(&store, |tx| tx.mark(b.hash, 9, None, Timestamp::from_millis(7)));
    assert_eq!(read(&store, |view| view.place_of(a.hash)), Some((record(1), None)));
    assert_eq!(read(&store, |view| view.place_of(b.hash)), Some((record(1), Some(9))));
    assert_eq!(read(&store, |view| view.place_of(ChangeHash([77; 32]))), None);
    assert_eq!(read(&store, |view| view.log_entry(a.hash)), Some(LogRow { n: 1, ..a }));
    assert_eq!(read(&store, |view| view.seq_of(change(record(1), 1).hash)), Some(None));
    assert_eq!(read(&store, |view| view.seq_of(b.hash)), Some(Some(9)));
    assert_eq!(read(&store, |view| view.seq_of(ChangeHash([77; 32]))), None);
}

#[test]
fn the_outbox_holds_what_has_no_seq_in_order_of_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let rows: Vec<_> = (1..=5).map(|n| change(record(n % 2), n)).collect();
    write(&store, |tx| tx.append(&rows));
    let hashes = |entries, bytes| {
        read(&store, |view| view.outbox(entries, bytes)).iter().map(|row| row.hash.0[0]).collect::<Vec<_>>()
    };
    assert_eq!(hashes(9, 10_000), [1, 2, 3, 4, 5]);
    assert_eq!(hashes(2, 10_000), [1, 2]);
    assert_eq!(hashes(9, 600), [1, 2], "two of 300 bytes fit");
    assert_eq!(hashes(9, 0), [1], "one at least");
    write(&store, |tx| {
        tx.mark(ChangeHash([1; 32]), 10, Some(Stamp([6; 8])), Timestamp::from_millis(7))?;
        tx.mark_not_offered(ChangeHash([2; 32]))
    });
    assert_eq!(hashes(9, 10_000), [3, 4, 5]);
    assert_eq!(read(&store, |view| view.outbox_count()), 3);
    assert!(read(&store, |view| view.outbox_has(record(0))), "4 waits");
    let marked = read(&store, |view| view.log_entry(ChangeHash([1; 32]))).unwrap();
    assert_eq!(
        (marked.seq, marked.stamp, marked.received_at.unwrap().millis()),
        (Some(10), Some(Stamp([6; 8])), 7)
    );
    write(&store, |tx| tx.remove_log(&[ChangeHash([4; 32])]));
    assert!(!read(&store, |view| view.outbox_has(record(0))));
}

#[test]
fn the_head_is_the_greatest_seq_and_outlives_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    assert_eq!(read(&store, |view| view.head()), (0, Stamp::default()));
    let rows: Vec<_> = (1..=4)
        .map(|n| LogRow { seq: Some(n.into()), stamp: Some(Stamp([n; 8])), ..change(record(n % 2), n) })
        .collect();
    write(&store, |tx| tx.append(&rows));
    assert_eq!(read(&store, |view| view.head()), (4, Stamp([4; 8])));
    let seqs = |rows: Vec<LogRow>| rows.iter().map(|row| row.seq.unwrap()).collect::<Vec<_>>();
    assert_eq!(seqs(read(&store, |view| view.log_after(1, 2))), [2, 3]);
    assert_eq!(seqs(read(&store, |view| view.log_before(4, 2))), [3, 2]);
    assert_eq!(read(&store, |view| view.last_seq_of(record(0), 3)), 2);
    assert_eq!(read(&store, |view| view.last_seq_of(record(0), 1)), 0);
    assert_eq!(read(&store, |view| view.totals(u64::MAX)), (2, 1_200));
    assert_eq!(read(&store, |view| view.totals(3)), (1, 600), "record 1 ends at 3, record 0 at 4");
    write(&store, |tx| tx.forget(record(0)));
    assert_eq!(read(&store, |view| view.head()), (4, Stamp([4; 8])), "4 is never given again");
    assert_eq!(read(&store, |view| view.stamp_at(2)), Some(Stamp([2; 8])));
    assert_eq!(read(&store, |view| view.log_of(record(0))), []);
    assert_eq!(write(&store, |tx| tx.clear_seqs_after(1)), 1, "3 waits again");
    assert_eq!(read(&store, |view| view.head()), (1, Stamp([1; 8])));
    assert_eq!(read(&store, |view| view.outbox_count()), 1);
}

#[test]
fn a_document_is_its_snapshot_and_what_came_after() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let document = || read(&store, |view| view.document(record(1)));
    assert_eq!(document(), None);
    write(&store, |tx| tx.append(&[change(record(1), 1), change(record(2), 2)]));
    assert_eq!(document(), Some((None, vec![vec![1; 300]])));
    write(&store, |tx| {
        tx.put_snapshot(record(1), &[5; 400], &[ChangeHash([1; 32])])?;
        tx.append(&[change(record(1), 3)])
    });
    assert_eq!(document(), Some((Some(vec![5; 400]), vec![vec![3; 300]])));
    // Anna's last change is refused and goes; the next one gets its place in the log, and must not count as covered.
    write(&store, |tx| tx.put_snapshot(record(1), &[6; 400], &[]));
    write(&store, |tx| tx.remove_log(&[ChangeHash([3; 32])]));
    write(&store, |tx| tx.append(&[change(record(1), 4)]));
    assert_eq!(document(), Some((None, vec![vec![1; 300], vec![4; 300]])));
    write(&store, |tx| tx.put_snapshot(record(1), &[7; 4], &[]));
    write(&store, |tx| tx.drop_snapshot(record(1)));
    assert_eq!(document().unwrap().0, None);
}

#[test]
fn quarantine_keeps_a_change_once_with_its_last_reason() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let refused = QuarantineRow {
        id: 0,
        record: record(1),
        hash: ChangeHash([1; 32]),
        reason: 3,
        check: 17,
        device: Some(DeviceId([2; 16])),
        at: Timestamp::from_millis(9),
        bytes: vec![1, 2, 3],
    };
    write(&store, |tx| tx.put_quarantine(&refused));
    write(&store, |tx| tx.put_quarantine(&QuarantineRow { reason: 4, ..refused.clone() }));
    let rows = read(&store, |view| view.quarantine(9));
    assert_eq!(rows, [QuarantineRow { id: 1, reason: 4, ..refused }]);
    write(&store, |tx| tx.drop_quarantine(1));
    assert_eq!(read(&store, |view| view.quarantine(9)), []);
}

#[test]
fn an_error_takes_everything_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let result: Result<(), StoreError> = store.write(|tx| {
        tx.set_meta("a", Some(b"1"))?;
        Err(StoreError::Interrupted)
    });
    assert!(matches!(result, Err(StoreError::Interrupted)));
    assert_eq!(read(&store, |view| view.meta("a")), None);
    write(&store, |tx| tx.set_meta("a", Some(b"2")));
    assert_eq!(read(&store, |view| view.meta("a")).as_deref(), Some(b"2".as_slice()));
    write(&store, |tx| tx.set_meta("a", None));
    assert_eq!(read(&store, |view| view.meta("a")), None);
}

#[test]
fn a_swallowed_failure_of_the_disk_is_reported_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let result: Result<(), StoreError> = store.write(|tx| {
        tx.set_meta("a", Some(b"1"))?;
        let _ = tx.fail(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR),
            None,
        ));
        Ok(())
    });
    assert!(matches!(result, Err(StoreError::Io(_))));
    assert_eq!(read(&store, |view| view.meta("a")), None);
    write(&store, |tx| tx.set_meta("a", Some(b"2")));
}

#[test]
fn a_full_disk_is_full_and_the_store_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let result: Result<(), StoreError> = store.write(|tx| {
        let pages: i64 = tx.one("PRAGMA page_count", [], |row| row.get(0))?.unwrap();
        tx.one(&format!("PRAGMA max_page_count = {}", pages + 3), [], |_| Ok(()))?;
        tx.set_meta("big", Some(&vec![1; 100_000]))
    });
    assert!(matches!(result, Err(StoreError::Full)), "{result:?}");
    assert_eq!(read(&store, |view| view.meta("big")), None);
    write(&store, |tx| tx.set_meta("a", Some(b"2")));
}
