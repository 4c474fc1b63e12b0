use super::*;
use crate::query::{Compiled, Param, Query, Sort};

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
            if n % 10 > 0 {
                row.values = vec![value("age", "", Some((n % 100).into()))];
            }
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
        let by_age = Query { sort: vec![Sort { field: "age".into(), descending: true }], ..contacts.clone() };
        let filter = serde_json::json!({"field": {"field": "age", "op": "is_not", "value": 3}});
        let filtered = Query { filter: Some(serde_json::from_value(filter).unwrap()), ..by_age.clone() };
        for query in [&by_age, &filtered] {
            let compiled = view.compile(query)?;
            let list = sorted::FieldList::of(query, &compiled).unwrap();
            let numbers = plan(view, &list.numbers_sql(), &compiled.params);
            assert!(
                numbers.starts_with("SEARCH s USING PRIMARY KEY (kind=? AND field=? AND removed=?)"),
                "{numbers}"
            );
            assert!(!numbers.contains("r USING") && !numbers.contains("TEMP B-TREE"), "{numbers}");
            let all = plan(view, &list.all_sql(), &compiled.params);
            assert!(all.contains("COVERING INDEX row_by_record"), "{all}");
            assert!(!all.contains("TEMP B-TREE"), "{all}");
            let mut later = Compiled { params: compiled.params.clone(), ..Compiled::default() };
            let (sort, last) = (later.bind(Param::Blob(vec![1])), later.bind(Param::Blob(vec![2])));
            let limit = later.bind(Param::Int(50));
            let page = plan(view, &list.page_sql(Some((&sort, &last)), &limit), &later.params);
            assert!(
                page.starts_with(
                    "SEARCH s USING PRIMARY KEY (kind=? AND field=? AND removed=? AND (sort,record)<(?,?))"
                ),
                "{page}"
            );
            assert!(!page.contains("TEMP B-TREE"), "{page}");
            let mut later = Compiled { params: compiled.params.clone(), ..Compiled::default() };
            let (last, limit) = (later.bind(Param::Blob(vec![2])), later.bind(Param::Int(50)));
            let rest = plan(view, &list.rest_sql(Some(&last), &limit), &later.params);
            assert!(
                rest.contains("SEARCH r USING INDEX row_by_record (kind=? AND removed=? AND record<?)"),
                "{rest}"
            );
            assert!(rest.contains("SEARCH m USING PRIMARY KEY") && !rest.contains("TEMP B-TREE"), "{rest}");
        }
        assert_eq!(view.numbers(&by_age)?.len(), 40_000);
        let everywhere = Query { search: Some("xyzzy".into()), ..Query::default() };
        let mut compiled = view.compile(&everywhere)?;
        let sql = rows::page_sql(&mut compiled, None, 50);
        let hits = plan(view, &sql, &compiled.params);
        assert!(hits.contains("SEARCH r USING INTEGER PRIMARY KEY"), "{hits}");
        let short = Query { search: Some("na".into()), ..contacts.clone() };
        let compiled = view.compile(&short)?;
        let plan_of_short = plan(view, &rows::numbers_sql(&compiled), &compiled.params);
        assert!(
            plan_of_short.contains("SEARCH s USING PRIMARY KEY (start=? AND row>? AND row<?)"),
            "{plan_of_short}"
        );
        let plan = plan(view, View::OUTBOX, &[Param::Int(99)]);
        assert!(plan.contains("INDEX log_outbox") && !plan.contains("TEMP B-TREE"), "{plan}");
        Ok(())
    });
}
