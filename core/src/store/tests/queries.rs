use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::query::{Filter, Op, Query, QueryError, Sort};

fn field(field: &str, op: Op, value: serde_json::Value) -> Filter {
    Filter::Field { field: field.to_owned(), op, value }
}

fn ids(store: &Store, query: &Query) -> Vec<u8> {
    read(store, |view| Ok(view.rows(&view.numbers(query)?)?.iter().map(|row| row.id.0[0]).collect()))
}

fn found(store: &Store, kind: Option<&str>, typed: &str) -> Vec<u8> {
    ids(store, &Query { kind: kind.map(str::to_owned), search: Some(typed.to_owned()), ..Query::default() })
}

/// 20 records with values of every shape.
fn company(store: &Store) -> Vec<IndexRow> {
    let rows: Vec<_> = (1..=20u8)
        .map(|n| {
            let mut row = row(record(n), ["contact", "note"][usize::from(n % 2)], &format!("t{}", n % 7));
            row.changed_at = Timestamp::from_millis(i64::from(n % 5) * 86_400_000);
            row.removed = n % 9 == 0;
            row.values =
                (0..n % 3).map(|m| value("tag", ["a", "ab", "b"][usize::from((n + m) % 3)], None)).collect();
            if !n.is_multiple_of(4) {
                row.values.push(value("age", &(n % 6).to_string(), Some((n % 6).into())));
            }
            if n.is_multiple_of(5) {
                row.links = vec![LinkRow { field: "owner".into(), to: record(n % 3) }];
            }
            row
        })
        .collect();
    put(store, &rows);
    rows
}

/// The same meaning in Rust, without SQL.
fn holds(filter: &Filter, row: &IndexRow) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| holds(part, row)),
        Filter::Any(parts) => parts.iter().any(|part| holds(part, row)),
        Filter::Not(part) => !holds(part, row),
        Filter::Field { field, op, value } => {
            let mine: Vec<_> = row.values.iter().filter(|value| value.field == *field).collect();
            let linked: Vec<_> = row.links.iter().filter(|link| link.field == *field).collect();
            let text = value.as_str();
            let number = value.as_i64();
            let compare = |test: fn(std::cmp::Ordering) -> bool| {
                mine.iter().any(|value| match (text, number) {
                    (Some(text), _) => value.number.is_none() && test(value.text.as_str().cmp(text)),
                    (_, Some(number)) => value.number.is_some_and(|mine| test(mine.cmp(&number))),
                    _ => false,
                })
            };
            let is = || {
                mine.iter()
                    .any(|value| text == Some(&value.text) || number.is_some() && value.number == number)
            };
            match op {
                Op::Is => is(),
                Op::IsNot => !is(),
                Op::Contains => mine.iter().any(|value| value.text.contains(text.unwrap())),
                Op::StartsWith => mine.iter().any(|value| value.text.starts_with(text.unwrap())),
                Op::Before => compare(|o| o.is_lt()),
                Op::After => compare(|o| o.is_gt()),
                Op::AtLeast => compare(|o| o.is_ge()),
                Op::AtMost => compare(|o| o.is_le()),
                Op::Empty => mine.is_empty() && linked.is_empty(),
                Op::NotEmpty => !mine.is_empty() || !linked.is_empty(),
                Op::LinksTo => linked.iter().any(|link| Some(link.to.to_string().as_str()) == text),
            }
        }
    }
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let compared =
        prop::sample::select(vec![Op::Is, Op::IsNot, Op::Before, Op::After, Op::AtLeast, Op::AtMost]);
    let texts = prop::sample::select(vec!["a", "ab", "b", "c"]);
    let leaf = prop_oneof![
        (compared.clone(), 0i64..6).prop_map(|(op, n)| field("age", op, json!(n))),
        (compared, texts.clone()).prop_map(|(op, text)| field("tag", op, json!(text))),
        (prop::sample::select(vec![Op::Contains, Op::StartsWith]), texts).prop_map(|(op, text)| field(
            "tag",
            op,
            json!(text)
        )),
        (
            prop::sample::select(vec![Op::Empty, Op::NotEmpty]),
            prop::sample::select(vec!["age", "tag", "owner"])
        )
            .prop_map(|(op, name)| field(name, op, json!(null))),
        (0u8..3).prop_map(|n| field("owner", Op::LinksTo, json!(record(n).to_string()))),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

#[test]
fn any_filter_finds_what_a_plain_reading_finds() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let rows = company(&store);
    proptest!(ProptestConfig { cases: 150, ..ProptestConfig::default() }, |(filter in any_filter())| {
        let mut wanted: Vec<u8> =
            rows.iter().filter(|row| !row.removed && holds(&filter, row)).map(|row| row.record.0[0]).collect();
        wanted.sort();
        let query = Query { filter: Some(filter), ..Query::default() };
        let mut got = ids(&store, &query);
        got.sort();
        prop_assert_eq!(&got, &wanted);
        prop_assert_eq!(read(&store, |view| view.count(&query)), wanted.len() as u64);
    });
}

#[test]
fn paging_visits_every_row_once_in_the_order_of_the_id_vector_for_any_sort() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    company(&store);
    let sort = |field: &str, descending| Sort { field: field.to_owned(), descending };
    for first in ["title", "changed", "created", "kind", "conflicts", "tag", "age", "nothing"] {
        for (a, b) in [(false, false), (true, false), (false, true), (true, true)] {
            for sorts in [
                vec![sort(first, a)],
                vec![sort(first, a), sort("age", b)],
                vec![sort("tag", b), sort(first, a)],
            ] {
                let query = Query { sort: sorts, ..Query::default() };
                let all = read(&store, |view| view.numbers(&query));
                assert_eq!(all.len(), 18);
                let (mut seen, mut cursor) = (Vec::new(), None);
                loop {
                    let page = read(&store, |view| view.page(&query, cursor.as_deref(), 4));
                    seen.extend(page.rows.iter().map(|row| row.number));
                    cursor = page.next;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, all, "{query:?}");
            }
        }
    }
}

#[test]
fn a_list_of_one_kind_by_a_field_stands_as_a_plain_sort_has_it_whatever_happened_to_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut rows = company(&store);
    // Into the trash and out of it, other values, another kind, forgotten.
    for row in &mut rows {
        let n = row.record.0[0];
        match n % 6 {
            0 => row.removed = !row.removed,
            1 => row.values = vec![value("tag", "0", None), value("age", &n.to_string(), Some(n.into()))],
            2 => row.values.clear(),
            3 => row.kind = "note".into(),
            _ => {}
        }
    }
    put(&store, &rows);
    let gone = rows.pop().unwrap();
    write(&store, |tx| tx.forget(gone.record));
    for (name, descending, removed, filtered) in ["tag", "age", "nothing"]
        .into_iter()
        .flat_map(|name| [0, 1, 2, 3, 4, 5].map(|n| (name, n % 2 == 1, n / 2 == 1, n / 2 == 2)))
    {
        let query = Query {
            kind: Some("note".into()),
            sort: vec![Sort { field: name.into(), descending }],
            filter: filtered.then(|| Filter::Not(Box::new(field("age", Op::Is, json!(3))))),
            removed,
            ..Query::default()
        };
        let (mut valued, mut rest) = (Vec::new(), Vec::new());
        for row in rows.iter().filter(|row| {
            row.kind == "note"
                && row.removed == removed
                && query.filter.as_ref().is_none_or(|filter| holds(filter, row))
        }) {
            let least = row.values.iter().filter(|value| value.field == name).map(|value| &value.sort).min();
            match least {
                Some(sort) => valued.push((sort.clone(), row.record.0[0])),
                None => rest.push(row.record.0[0]),
            }
        }
        valued.sort();
        rest.sort();
        if descending {
            valued.reverse();
            rest.reverse();
        }
        let wanted: Vec<u8> = valued.into_iter().map(|(_, id)| id).chain(rest).collect();
        assert!(removed || wanted.len() > 5);
        assert_eq!(ids(&store, &query), wanted, "{query:?}");
        for limit in [1, 3, wanted.len().max(1), 100] {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = read(&store, |view| view.page(&query, cursor.as_deref(), limit));
                seen.extend(page.rows.iter().map(|row| row.id.0[0]));
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, wanted, "{query:?} by {limit}");
        }
    }
}

#[test]
fn missing_values_come_last_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut rows: Vec<_> = (1..=3).map(|n| row(record(n), "contact", "x")).collect();
    rows[1].values = vec![value("age", "5", Some(5))];
    rows[2].values = vec![value("age", "-7", Some(-7))];
    put(&store, &rows);
    let by = |descending| Query { sort: vec![Sort { field: "age".into(), descending }], ..Query::default() };
    assert_eq!(ids(&store, &by(false)), [3, 2, 1]);
    assert_eq!(ids(&store, &by(true)), [2, 3, 1]);
}

#[test]
fn search_finds_within_words_newest_change_first_and_within_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    for fts in [true, false] {
        let path = folder.path().join(format!("{fts}.db"));
        let store = Store::open(&path, StoreOptions { fts, ..options() }).unwrap();
        let mut rows = vec![
            row(record(1), "note", "Wärmepumpenwartung"),
            row(record(2), "contact", "muller anna 01715551234"),
            row(record(3), "note", "wartung bei muller \"dringend\""),
        ];
        rows[0].changed_at = Timestamp::from_millis(99);
        put(&store, &rows);
        assert_eq!(found(&store, None, "wartung"), [1, 3]);
        assert_eq!(found(&store, None, "Müller"), [3, 2]);
        assert_eq!(found(&store, Some("contact"), "mueller"), [2]);
        assert_eq!(found(&store, None, "muller wartung"), [3]);
        assert_eq!(found(&store, None, "muller be"), [3], "a short word is verified too");
        assert_eq!(found(&store, None, "mu"), [3, 2], "below three letters: start of any word of the title");
        assert_eq!(found(&store, None, "\"dringend\""), [3]);
        assert_eq!(found(&store, None, "zzz OR muller"), [0u8; 0], "no operators");
        for number in ["+49 171 5551234", "0171/555 1234", "0049-171-5551234", "5551234", "171 555"] {
            assert_eq!(found(&store, None, number), [2], "{number}");
        }
        assert_eq!(found(&store, None, "   ").len(), 3, "nothing typed is no search");
        assert_eq!(found(&store, Some("nothing"), "muller"), [0u8; 0]);
    }
}

#[test]
fn groups_count_values_and_links() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let mut rows: Vec<_> = (1..=3).map(|n| row(record(n), "contact", "x")).collect();
    rows[0].values = vec![value("tag", "a", None), value("tag", "b", None)];
    rows[1].values = vec![value("tag", "b", None)];
    rows[2].links = vec![LinkRow { field: "owner".into(), to: record(7) }];
    put(&store, &rows);
    let group = |field: &str| read(&store, |view| view.group(&Query::default(), field));
    assert_eq!(group("tag"), [("b".to_owned(), 2), ("a".to_owned(), 1)]);
    assert_eq!(group("owner"), [(record(7).to_string(), 1)]);
    assert_eq!(group("kind"), [("contact".to_owned(), 3)]);
}

#[test]
fn a_day_means_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    company(&store);
    let count = |op, value: &str| {
        let filter = Some(field("changed", op, json!(value)));
        read(&store, |view| view.count(&Query { filter, ..Query::default() }))
    };
    let (before, is, after) =
        (count(Op::Before, "1970-01-03"), count(Op::Is, "1970-01-03"), count(Op::After, "1970-01-03"));
    assert_eq!(before + is + after, 18);
    assert!(is > 0 && before > 0 && after > 0);
    assert_eq!(count(Op::AtMost, "1970-01-03"), before + is);
    assert_eq!(count(Op::Is, "1970-01-03T00:00:00Z"), is);
}

#[test]
fn queries_beyond_the_limits_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path());
    let refused = |query: Query| match store.read(|view| view.numbers(&query)) {
        Err(StoreError::Query(error)) => Some(error),
        other => other.map(|_| None).unwrap(),
    };
    let filter = |filter| Query { filter: Some(filter), ..Query::default() };
    let term = || field("age", Op::Is, json!(1));
    let deep = |levels| (1..levels).fold(term(), |inner, _| Filter::Not(Box::new(inner)));
    assert_eq!(refused(filter(deep(8))), None);
    assert_eq!(refused(filter(deep(9))), Some(QueryError::TooComplex));
    assert_eq!(refused(filter(Filter::All(vec![term(); 63]))), None);
    assert_eq!(refused(filter(Filter::All(vec![term(); 64]))), Some(QueryError::TooComplex));
    let text = |letters| field("tag", Op::Is, json!("ü".repeat(letters)));
    assert_eq!(refused(filter(text(256))), None);
    assert_eq!(refused(filter(text(257))), Some(QueryError::TooComplex));
    let long = Query { search: Some("a".repeat(257)), ..Query::default() };
    assert_eq!(refused(long), Some(QueryError::TooComplex));
    assert!(matches!(refused(filter(field("", Op::Empty, json!(null)))), Some(QueryError::UnknownField(_))));
    for (name, op, value) in [
        ("age", Op::Is, json!(1.5)),
        ("age", Op::Contains, json!(1)),
        ("owner", Op::LinksTo, json!("nobody")),
        ("changed", Op::Before, json!("tomorrow")),
        ("title", Op::LinksTo, json!("x")),
        ("kind", Op::Before, json!("x")),
        ("removed", Op::Is, json!("yes")),
        ("tag", Op::Before, json!(["a"])),
    ] {
        assert!(
            matches!(refused(filter(field(name, op, value))), Some(QueryError::BadValue(..))),
            "{name} {op:?}"
        );
    }
    let cursor = store.read(|view| view.page(&Query::default(), Some("00"), 5));
    assert!(matches!(cursor, Err(StoreError::Query(QueryError::BadCursor))));
}
