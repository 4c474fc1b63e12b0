use super::*;
use crate::query::{Param, Query, Sort};

/// What SQLite intends, one line a step.
fn plan(view: &View<'_>, sql: &str, params: &[Param]) -> String {
    let lines: Vec<String> = view
        .all(&format!("EXPLAIN QUERY PLAN {sql}"), rusqlite::params_from_iter(params), |row| row.get(3))
        .unwrap();
    lines.join("\n")
}

#[test]
fn lists_the_id_vector_and_the_outbox_of_40_000_rows_read_indexes_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        Store::open(&folder.path().join("farley.db"), StoreOptions { fts: false, ..options() }).unwrap();
    write(&store, |tx| {
        for n in 0..40_000u32 {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
            let mut row = row(RecordId(id), "contact", &format!("Name {n:05}"));
            row.changed_at = Timestamp::from_millis(n.into());
            tx.put_row(&row)?;
        }
        tx.append(
            &(1..=9).map(|n| LogRow { seq: Some(n.into()), ..change(record(n), n) }).collect::<Vec<_>>(),
        )?;
        tx.append(&[change(record(10), 10)])
    });
    let contacts = Query { kind: Some("contact".into()), ..Query::default() };
    let changed =
        Query { sort: vec![Sort { field: "changed".into(), descending: true }], ..contacts.clone() };
    assert_eq!(read(&store, |view| view.numbers(&contacts)).len(), 40_000);
    read(&store, |view| {
        for (query, numbers_index) in [(&contacts, "row_by_title"), (&changed, "row_by_changed")] {
            let compiled = view.compile(query)?;
            let plan = plan(view, &rows::numbers_sql(&compiled), &compiled.params);
            assert!(plan.contains(&format!("COVERING INDEX {numbers_index}")), "{plan}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
        for (query, index, key) in [
            (&contacts, "COVERING INDEX row_list", Param::Blob(b"name 20000".to_vec())),
            (&changed, "INDEX row_by_changed", Param::Int(20_000)),
        ] {
            for later in [false, true] {
                let mut compiled = view.compile(query)?;
                let after = later.then(|| compiled.after(vec![key.clone()], [0; 16]).unwrap());
                let sql = rows::page_sql(&mut compiled, after.as_deref(), 50);
                let plan = plan(view, &sql, &compiled.params);
                assert!(plan.contains(index), "{plan}");
                assert!(plan.contains("COVERING INDEX log_waiting"), "{plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{plan}");
            }
        }
        let plan = plan(view, View::OUTBOX, &[Param::Int(99)]);
        assert!(plan.contains("INDEX log_outbox") && !plan.contains("TEMP B-TREE"), "{plan}");
        Ok(())
    });
}
