use super::*;

/// Every byte of the database and its WAL.
fn bytes(folder: &Path) -> Vec<u8> {
    ["farley.db", "farley.db-wal"]
        .iter()
        .flat_map(|name| std::fs::read(folder.join(name)).unwrap_or_default())
        .collect()
}

fn holds(folder: &Path, word: &str) -> bool {
    bytes(folder).windows(word.len()).any(|window| window == word.as_bytes())
}

#[test]
fn a_forgotten_word_is_in_no_byte_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let others: Vec<_> =
        (2..60).map(|n| row(record(n), "note", &format!("wartung der anlage {n}"))).collect();
    put(&store, &others);
    let mut secret = row(record(1), "contact", "zyxmarkwort");
    secret.values = vec![value("family_name", "zyxmarkwort", None)];
    secret.cells = r#"{"name":"zyxmarkwort"}"#.to_owned();
    put(&store, &[secret.clone()]);
    while store.tidy(1_000).unwrap() {}
    secret.search = "qqqandere worte".to_owned();
    put(&store, &[secret.clone()]);
    write(&store, |tx| {
        tx.append(&[LogRow { bytes: b"zyxmarkwort".to_vec(), ..change(record(1), 1) }])?;
        tx.put_snapshot(record(1), b"zyxmarkwort", &[])?;
        tx.put_quarantine(&QuarantineRow {
            id: 0,
            record: record(1),
            hash: ChangeHash([1; 32]),
            reason: 1,
            check: 1,
            device: None,
            at: Timestamp::default(),
            bytes: b"zyxmarkwort".to_vec(),
        })
    });
    while store.tidy(1_000).unwrap() {}
    assert!(holds(folder.path(), "zyxmarkwort"));
    // Trigrams stand in the full text with common prefixes cut off: the rarest tail is what would stay.
    assert!(holds(folder.path(), "qqq"));
    write(&store, |tx| tx.forget(record(1)));
    while store.tidy(1_000).unwrap() {}
    for trace in ["zyxmarkwort", "zyx", "qqq", "qan"] {
        assert!(!holds(folder.path(), trace), "{trace} is still in the file");
    }
    store.check().unwrap();
    assert_eq!(read(&store, |view| view.numbers(&Default::default())).len(), 58);
}

#[test]
fn a_word_is_gone_whether_its_full_text_waited_or_not() {
    // How often the full text was brought over before the record is forgotten.
    for (first, second) in [(false, false), (true, false), (false, true), (true, true)] {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        put(&store, &(2..40).map(|n| row(record(n), "note", &format!("anlage {n}"))).collect::<Vec<_>>());
        let mut secret = row(record(1), "contact", "zyxmarkwort");
        put(&store, &[secret.clone()]);
        if first {
            while store.tidy(1_000).unwrap() {}
        }
        secret.search = "qqqandere worte".to_owned();
        put(&store, &[secret]);
        if second {
            while store.tidy(1_000).unwrap() {}
        }
        write(&store, |tx| tx.forget(record(1)));
        while store.tidy(1_000).unwrap() {}
        for trace in ["zyxmarkwort", "zyx", "qqq", "qan"] {
            assert!(!holds(folder.path(), trace), "{trace} is still in the file: {first} {second}");
        }
        write(&store, |tx| tx.run("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)", []));
    }
}
