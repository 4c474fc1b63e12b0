use proptest::prelude::*;

use super::*;
use crate::query::Query;

fn found(store: &Store, typed: &str) -> Vec<u8> {
    let query = Query { search: Some(typed.to_owned()), ..Query::default() };
    let mut ids: Vec<u8> =
        read(store, |view| Ok(view.rows(&view.numbers(&query)?)?.iter().map(|row| row.id.0[0]).collect()));
    ids.sort();
    ids
}

fn waiting(store: &Store) -> i64 {
    read(store, |view| view.one("SELECT count(*) FROM search_pending", [], |row| row.get(0))).unwrap()
}

/// The fts5 check of its trigrams against the texts; true only when nothing waits.
fn check(store: &Store) {
    write(store, |tx| tx.run("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)", []));
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8, String),
    Forget(u8),
    Flush(u32),
    Tidy,
    Reopen,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1u8..12, "[ab]{0,4} ?[abc]{0,5}").prop_map(|(id, text)| Step::Put(id, text)),
        2 => (1u8..12).prop_map(Step::Forget),
        2 => (0u32..5).prop_map(Step::Flush),
        1 => Just(Step::Tidy),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn search_finds_what_a_plain_reading_finds_however_much_waits(
        steps in prop::collection::vec(any_step(), 1..40),
        typed in prop::collection::vec("[abc]{3,4}", 3),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut lived = Some(store(folder.path()));
        let mut texts = std::collections::BTreeMap::new();
        for step in steps {
            let now = lived.as_ref().unwrap();
            match step {
                Step::Put(id, text) => {
                    let row = IndexRow { search: text.clone(), ..row(record(id), "note", &text) };
                    put(now, &[row]);
                    texts.insert(id, text);
                }
                Step::Forget(id) => {
                    write(now, |tx| tx.forget(record(id)));
                    texts.remove(&id);
                }
                Step::Flush(limit) => {
                    write(now, |tx| tx.flush_search(limit));
                }
                Step::Tidy => {
                    now.tidy(100).unwrap();
                }
                Step::Reopen => {
                    drop(lived.take());
                    lived = Some(store(folder.path()));
                }
            }
            let now = lived.as_ref().unwrap();
            for word in &typed {
                let plain = texts.iter().filter(|(_, text)| text.contains(word.as_str()));
                prop_assert_eq!(found(now, word), plain.map(|(id, _)| *id).collect::<Vec<_>>());
            }
            for word in ["a", "b", "ca", "ab", "a b"] {
                let starts = |text: &str| {
                    word.split(' ').all(|typed| text.split(' ').any(|word| word.starts_with(typed)))
                };
                let plain = texts.iter().filter(|(_, text)| starts(text));
                prop_assert_eq!(found(now, word), plain.map(|(id, _)| *id).collect::<Vec<_>>(), "{}", word);
            }
        }
        let now = lived.as_ref().unwrap();
        let digest = read(now, |view| view.index_digest());
        while now.tidy(100).unwrap() {}
        prop_assert_eq!(waiting(now), 0);
        prop_assert_eq!(read(now, |view| view.index_digest()), digest);
        check(now);
    }
}

#[test]
fn an_edit_leaves_full_text_alone_and_bulk_work_leaves_nothing_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let rows: Vec<_> = (0..600u32)
        .map(|n| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_be_bytes());
            row(RecordId(id), "note", &format!("heizung {n}"))
        })
        .collect();
    put(&store, &rows);
    assert_eq!(waiting(&store), 0);
    check(&store);
    let mut edited = rows[5].clone();
    edited.search = "rückruf".into();
    put(&store, &[edited.clone()]);
    assert_eq!(waiting(&store), 1);
    edited.cells = "{}".into();
    put(&store, &[edited]);
    assert_eq!(waiting(&store), 1, "an equal text writes nothing");
    // One at a time and nobody tidies: a search must not read ever more texts.
    for row in &rows {
        let row = IndexRow { search: format!("{} undicht", row.search), ..row.clone() };
        put(&store, &[row]);
        assert!(waiting(&store) <= crate::store::search::PENDING_MOST);
    }
    let query = Query { search: Some("undicht".into()), ..Query::default() };
    assert_eq!(read(&store, |view| view.count(&query)), 600);
    while store.tidy(100).unwrap() {}
    assert_eq!(waiting(&store), 0);
    check(&store);
}

#[test]
fn a_transaction_that_fails_leaves_neither_text_nor_anything_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    put(&store, &[row(record(1), "note", "anlage")]);
    let failed: Result<(), StoreError> = store.write(|tx| {
        tx.put_row(&row(record(1), "note", "speicher"))?;
        tx.flush_search(9)?;
        Err(StoreError::Full)
    });
    assert!(failed.is_err());
    assert_eq!((found(&store, "anlage"), found(&store, "speicher")), (vec![1], vec![]));
    while store.tidy(100).unwrap() {}
    check(&store);
}

#[test]
fn a_phone_number_is_found_by_its_first_digits() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut anna = row(record(1), "contact", "Anna");
    anna.values = vec![value("~phone", "491715551234", None)];
    let mut ben = row(record(2), "contact", "Ben");
    ben.values = vec![value("~phone", "16502530000", None)];
    put(&store, &[anna.clone(), ben]);
    assert_eq!(found(&store, "01"), [1]);
    assert_eq!(found(&store, "+4"), [1]);
    assert_eq!(found(&store, "1"), [2]);
    assert_eq!(found(&store, "-"), [1, 2], "a sign alone is no search");
    anna.values.clear();
    put(&store, &[anna]);
    assert_eq!(found(&store, "01"), [0u8; 0]);
}

#[test]
fn tidy_does_not_hold_edits_behind_a_long_reader() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    put(&store, &[row(record(1), "note", "anlage")]);
    read(&store, |view| {
        view.index_version()?;
        let begun = std::time::Instant::now();
        put(&store, &[row(record(2), "note", "anlage")]);
        write(&store, |tx| tx.forget(record(1)));
        assert!(store.tidy(100).unwrap(), "the reader still needs the WAL");
        put(&store, &[row(record(3), "note", "anlage")]);
        assert!(begun.elapsed() < std::time::Duration::from_secs(3), "it waited for the reader");
        Ok(())
    });
    while store.tidy(100).unwrap() {}
}
