use proptest::prelude::*;

use super::*;
use crate::query::Query;

#[test]
fn equal_rows_write_nothing_and_keep_the_version() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut anna = row(record(1), "contact", "Anna");
    anna.values =
        vec![value("tags", "vip", None), value("tags", "messe", None), value("age", "41", Some(41))];
    anna.links = vec![LinkRow { field: "company".into(), to: record(2) }];
    anna.conflicts = vec![ConflictRow {
        field: "city".into(),
        key: "city".into(),
        versions: 2,
        at: Timestamp::from_millis(5),
    }];
    put(&store, &[anna.clone()]);
    let version = read(&store, |view| view.index_version());
    let written = store
        .write(|tx| {
            let before = tx.connection.total_changes();
            tx.put_row(&anna)?;
            Ok::<_, StoreError>(tx.connection.total_changes() - before)
        })
        .unwrap();
    assert_eq!(written, 0);
    assert_eq!(read(&store, |view| view.index_version()), version);
    anna.values.pop();
    put(&store, &[anna]);
    assert_ne!(read(&store, |view| view.index_version()), version);
}

#[test]
fn links_conflicts_and_keys_are_found_by_what_they_point_to() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let conflict =
        |at| ConflictRow { field: "f".into(), key: "f".into(), versions: 2, at: Timestamp::from_millis(at) };
    let rows: Vec<_> = (1..=3)
        .map(|n| {
            let mut row = row(record(n), "contact", "x");
            row.changed_at = Timestamp::from_millis(n.into());
            row.links = vec![LinkRow { field: "company".into(), to: record(9) }];
            row.conflicts = vec![conflict(10 - i64::from(n))];
            row.values = vec![value("phone", "491715551234", None)];
            row
        })
        .collect();
    put(&store, &rows);
    let links = read(&store, |view| view.backlinks(record(9), 2));
    assert_eq!(
        links.iter().map(|(field, row)| (field.as_str(), row.id)).collect::<Vec<_>>(),
        [("company", record(3)), ("company", record(2))]
    );
    assert_eq!(read(&store, |view| view.conflicts(2)), [(record(1), conflict(9)), (record(2), conflict(8))]);
    let keys = ["491715551234".to_owned(), "0".to_owned()];
    let found = read(&store, |view| view.records_with("contact", "phone", &keys));
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], (record(1), "491715551234".to_owned()));
    assert_eq!(read(&store, |view| view.records_with("company", "phone", &keys)), []);
    assert_eq!(read(&store, |view| view.records_of_kind("contact")), [record(1), record(2), record(3)]);
}

#[test]
fn a_row_is_pending_while_its_record_waits_in_the_outbox() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    put(&store, &[row(record(1), "contact", "Anna"), row(record(2), "contact", "Ben")]);
    write(&store, |tx| tx.append(&[change(record(2), 1)]));
    let page = read(&store, |view| view.page(&Query::default(), None, 9));
    assert_eq!(page.rows.iter().map(|row| row.pending).collect::<Vec<_>>(), [false, true]);
    let numbers: Vec<_> = page.rows.iter().rev().map(|row| row.number).chain([77]).collect();
    let rows = read(&store, |view| view.rows(&numbers));
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [record(2), record(1)]);
    assert_eq!(read(&store, |view| view.rows_of(&[record(2), record(8)])), rows[..1]);
}

prop_compose! {
    fn any_row()(
        id in 1u8..6,
        kind in prop::sample::select(vec!["contact", "company"]),
        title in "[a-c]{0,3}",
        search in "[a-d ]{0,12}",
        removed: bool,
        values in prop::collection::vec(("[fg]", "[a-c]{0,2}", prop::option::of(-2i64..3)), 0..4),
        links in prop::collection::vec(("[lm]", 1u8..4), 0..3),
        conflicts in prop::collection::vec(("[fg]", 1i64..3), 0..2),
    ) -> IndexRow {
        let mut row = row(record(id), kind, &title);
        row.search = search;
        row.removed = removed;
        row.values = values.iter().map(|(field, text, number)| value(field, text, *number)).collect();
        row.links = links.into_iter().map(|(field, to)| LinkRow { field, to: record(to) }).collect();
        row.conflicts = conflicts
            .into_iter()
            .map(|(field, at)| ConflictRow { key: field.clone(), field, versions: 2, at: Timestamp::from_millis(at) })
            .collect();
        row.conflicts.dedup_by(|a, b| a.key == b.key);
        row
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn any_history_of_the_index_equals_a_fresh_one(steps in prop::collection::vec((any_row(), 0u8..5), 1..25)) {
        let folder = tempfile::tempdir().unwrap();
        let lived = store(folder.path());
        let mut last = std::collections::BTreeMap::new();
        for (row, action) in steps {
            if action == 0 {
                write(&lived, |tx| tx.forget(row.record));
                last.remove(&row.record);
            } else {
                put(&lived, std::slice::from_ref(&row));
                last.insert(row.record, row);
            }
        }
        let other = tempfile::tempdir().unwrap();
        let fresh = store(other.path());
        put(&fresh, &last.values().rev().cloned().collect::<Vec<_>>());
        let digest = read(&fresh, |view| view.index_digest());
        prop_assert_eq!(read(&lived, |view| view.index_digest()), digest);
        // Whether full text is behind is nobody's business; once it is not, FTS5 compares its trigrams with the texts.
        for store in [&lived, &fresh] {
            prop_assert!(!write(store, |tx| tx.flush_search(u32::MAX)));
            prop_assert_eq!(read(store, |view| view.index_digest()), digest);
            write(store, |tx| tx.run("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)", []));
        }
        write(&lived, |tx| tx.clear_index());
        prop_assert!(lived.needs_rebuild().unwrap());
        put(&lived, &last.values().cloned().collect::<Vec<_>>());
        prop_assert_eq!(read(&lived, |view| view.index_digest()), digest);
    }
}
