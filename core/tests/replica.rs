//! One replica: edits, undo, history, settings, limits, restarts.
mod common;

use std::sync::{Arc, Mutex};

use common::{Replica, company, options, settle};
use farley_core::query::Query;
use farley_core::record::{DeviceId, Edit, EditError, RecordId, Timestamp};
use farley_core::store::StoreError;
use farley_core::workspace::{Changed, Role, Workspace, WorkspaceError};
use serde_json::json;

#[test]
fn an_edit_is_there_after_a_restart_and_waits_in_the_outbox() {
    let anna = Replica::new(1, Role::Device);
    let made = anna.json(json!({"kind":"contact","set":{"family_name":"Müller"},"add":{"tags":["vip"]}}));
    assert!(made.created);
    assert_eq!(made.seq, None);
    let anna = anna.reopen();
    assert_eq!(anna.value(made.id, "family_name"), json!("Müller"));
    let page = anna.workspace.record(made.id).unwrap();
    assert!(!page.at_office);
    assert_eq!(page.view.heads, made.heads);
    assert_eq!(anna.workspace.outbox(10, 10_000).unwrap()[0].hash, made.hash.unwrap());
    let found = Query { search: Some("mueller".to_owned()), ..Query::default() };
    assert_eq!(anna.workspace.page(&found, None, 10).unwrap().rows[0].id, made.id);
    assert!(anna.workspace.outbox_since().unwrap().is_some());
}

#[test]
fn creating_the_same_record_twice_changes_nothing_and_another_kind_is_refused() {
    let anna = Replica::new(1, Role::Device);
    let id = RecordId([5; 16]);
    let line = json!({"kind":"contact","id":id,"set":{"family_name":"Brandt"}});
    assert!(anna.json(line.clone()).created);
    let again = anna.json(line);
    assert_eq!((again.hash, again.created), (None, false));
    let error = anna.workspace.edit(anna.id, &Edit { id: Some(id), ..Edit::create("company") }, anna.now());
    assert!(matches!(error, Err(WorkspaceError::Edit(EditError::Exists { .. }))));
    let error = anna.workspace.edit(anna.id, &Edit::default(), anna.now());
    assert!(matches!(error, Err(WorkspaceError::Edit(EditError::MissingKind))));
    let error = anna.workspace.edit(anna.id, &Edit::of(RecordId([6; 16])), anna.now());
    assert!(matches!(error, Err(WorkspaceError::Edit(EditError::UnknownRecord { .. }))));
    let error = anna.workspace.edit(anna.id, &Edit::create("spaceship"), anna.now());
    assert!(matches!(error, Err(WorkspaceError::Edit(EditError::UnknownKind { .. }))));
    let error = anna.workspace.edit(anna.id, &Edit::of(id).with("no_such_field", 1), anna.now());
    assert!(matches!(error, Err(WorkspaceError::Edit(EditError::UnknownField { .. }))));
    assert_eq!(anna.dump().len(), 1);
}

#[test]
fn many_edits_are_one_transaction_with_a_verdict_each() {
    let relay = Replica::new(200, Role::Relay);
    let id = RecordId([5; 16]);
    let told: Arc<Mutex<Vec<Changed>>> = Arc::default();
    let seen = Arc::clone(&told);
    let subscription = relay.workspace.subscribe(Box::new(move |changed| {
        seen.lock().unwrap().push(changed.clone());
    }));
    let edits = [
        Edit { id: Some(id), ..Edit::create("contact").with("family_name", "Brandt") },
        Edit::of(id).with("no_such_field", 1),
        Edit::of(id).with("given_name", "Lea"),
    ];
    let verdicts = relay.workspace.edit_many(relay.id, &edits, relay.now()).unwrap();
    assert_eq!(verdicts[0].as_ref().unwrap().seq, Some(1));
    assert!(verdicts[1].is_err());
    assert_eq!(verdicts[2].as_ref().unwrap().seq, Some(2));
    assert_eq!(relay.value(id, "given_name"), json!("Lea"));
    let told_once = told.lock().unwrap().clone();
    assert_eq!(told_once.len(), 1);
    assert_eq!(told_once[0].seq, 2);
    assert_eq!(told_once[0].records, [(id, "contact".to_owned())]);
    assert_eq!(told_once[0].entries[1].fields, ["given_name"]);
    assert_eq!(told_once[0].entries[1].device, Some(relay.id));
    drop(subscription);
    relay.edit(&Edit::of(id).with("given_name", "Lea-Marie"));
    assert_eq!(told.lock().unwrap().len(), 1, "a dropped subscription hears nothing");
}

#[test]
fn an_edit_on_heads_of_before_lunch_merges() {
    let relay = Replica::new(200, Role::Relay);
    let made = relay.json(json!({"kind":"note","set":{"body":"Besuch am Montag."}}));
    relay.edit(&Edit::of(made.id).with("body", "Besuch am Montag. Heizung kalt."));
    let stale = Edit { base: Some(made.heads.clone()), ..Edit::of(made.id) };
    relay.edit(&stale.with("body", "Langer Besuch am Montag."));
    assert_eq!(relay.value(made.id, "body"), json!("Langer Besuch am Montag. Heizung kalt."));
    let unknown = Edit { base: Some(vec![farley_core::record::ChangeHash([9; 32])]), ..Edit::of(made.id) };
    let error = relay.workspace.edit(relay.id, &unknown.with("body", "x"), relay.now());
    assert!(matches!(error, Err(WorkspaceError::UnknownHeads(_))));
    let then = relay.workspace.record_at(made.id, &made.heads).unwrap();
    assert_eq!(then.values["body"], json!("Besuch am Montag."));
}

#[test]
fn undo_takes_back_own_edits_one_by_one_also_after_a_restart() {
    let anna = Replica::new(1, Role::Device);
    let lea = anna.json(json!({"kind":"contact","set":{"family_name":"Brandt"}})).id;
    anna.edit(&Edit::of(lea).with("given_name", "Lea"));
    anna.edit(&Edit::of(lea).with("family_name", "Brand"));
    anna.workspace.undo(anna.id, None, anna.now()).unwrap();
    assert_eq!(anna.value(lea, "family_name"), json!("Brandt"));
    let anna = anna.reopen();
    anna.workspace.undo(anna.id, Some(lea), anna.now()).unwrap();
    assert_eq!(anna.value(lea, "given_name"), json!(null));
    assert_eq!(anna.value(lea, "family_name"), json!("Brandt"));
    anna.workspace.undo(anna.id, Some(lea), anna.now()).unwrap();
    assert!(anna.workspace.record(lea).unwrap().view.removed, "a creation taken back is in the trash");
    let nothing = anna.workspace.undo(anna.id, Some(lea), anna.now());
    assert!(matches!(nothing, Err(WorkspaceError::NothingToUndo)));
    anna.workspace.set_removed(anna.id, lea, false, anna.now()).unwrap();
    assert!(!anna.workspace.record(lea).unwrap().view.removed);
}

#[test]
fn undo_leaves_what_others_wrote_since() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let note = anna.json(json!({"kind":"note","set":{"body":"Heizung kalt."}})).id;
    settle(&relay, &[anna, ben]);
    anna.edit(&Edit::of(note).with("body", "Heizung kalt. Termin?"));
    settle(&relay, &[anna, ben]);
    ben.edit(&Edit::of(note).with("body", "Dringend: Heizung kalt. Termin?"));
    settle(&relay, &[anna, ben]);
    anna.workspace.undo(anna.id, None, anna.now()).unwrap();
    assert_eq!(anna.value(note, "body"), json!("Dringend: Heizung kalt."));
    let lea = anna.json(json!({"kind":"contact","set":{"family_name":"Brandt"}})).id;
    anna.edit(&Edit::of(lea).with("family_name", "Brand"));
    settle(&relay, &[anna, ben]);
    ben.edit(&Edit::of(lea).with("family_name", "Brandl"));
    settle(&relay, &[anna, ben]);
    assert!(matches!(anna.workspace.undo(anna.id, None, anna.now()), Err(WorkspaceError::NothingToUndo)));
    assert_eq!(anna.value(lea, "family_name"), json!("Brandl"));
    // What cannot be taken back does not stand in the way of what was before it.
    assert!(matches!(anna.workspace.undo(anna.id, Some(lea), anna.now()), Ok(edited) if edited.id == lea));
    assert!(anna.workspace.record(lea).unwrap().view.removed);
}

#[test]
fn history_says_who_typed_when_and_when_it_arrived() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = anna.json(json!({"kind":"contact","set":{"family_name":"Brandt"}})).id;
    settle(&relay, &[anna, ben]);
    ben.edit(&Edit::of(lea).with("family_name", "Brand"));
    let here = ben.workspace.history(lea, Some("family_name")).unwrap();
    assert_eq!(here.len(), 2);
    assert_eq!((here[1].device, here[1].arrived_at, here[1].seq), (Some(ben.id), None, None));
    assert_eq!(here[1].fields[0].old, Some(json!("Brandt")));
    assert_eq!(here[1].fields[0].new, Some(json!("Brand")));
    settle(&relay, &[anna, ben]);
    let there = anna.workspace.history(lea, Some("family_name")).unwrap();
    assert_eq!(there[1].seq, Some(2));
    assert!(there[1].arrived_at.is_some());
    let page = anna.workspace.record(lea).unwrap();
    assert!(page.at_office);
    let change = page.view.origins["family_name"].change;
    assert_eq!(Some(page.arrived[&change]), there[1].arrived_at);
}

#[test]
fn a_custom_field_is_a_record_that_travels_and_works_everywhere() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = anna.json(json!({"kind":"contact","set":{"family_name":"Brandt"}})).id;
    settle(&relay, &[anna, ben]);
    let field = |name: &str, ty: &str| {
        let extra = [("p/kind", "contact"), ("p/field_type", ty), ("p/searched", "true")];
        let mut set = serde_json::Map::new();
        for (key, value) in [("type", "custom_field"), ("key", name), ("label_de", name), ("label_en", name)]
            .into_iter()
            .chain(extra)
        {
            set.insert(key.to_owned(), json!(value));
        }
        json!({"kind":"setting","set":set})
    };
    relay.json(field("boiler", "string"));
    relay.json(field("remarks", "text"));
    assert!(relay.workspace.schema().kind("contact").unwrap().field("boiler").is_some());
    let early = anna.workspace.edit(anna.id, &Edit::of(lea).with("boiler", "x"), anna.now());
    assert!(matches!(early, Err(WorkspaceError::Edit(EditError::UnknownField { .. }))));
    settle(&relay, &[anna, ben]);
    // Both type first words into the new text, offline; both are kept.
    anna.edit(&Edit::of(lea).with("boiler", "Vitodens").with("remarks", "Schlüssel beim Nachbarn."));
    ben.edit(&Edit::of(lea).with("remarks", "Hund im Garten."));
    let tom = ben.json(json!({"kind":"contact","set":{"family_name":"Tom","remarks":"Neu mit Text"}})).id;
    settle(&relay, &[anna, ben]);
    for replica in [&relay, anna, ben] {
        assert_eq!(replica.value(lea, "boiler"), json!("Vitodens"));
        let words = replica.value(lea, "remarks").to_string();
        assert!(words.contains("Schlüssel beim Nachbarn.") && words.contains("Hund im Garten."), "{words}");
        assert_eq!(replica.value(tom, "remarks"), json!("Neu mit Text"));
        let found = Query { search: Some("vitodens".to_owned()), ..Query::default() };
        assert_eq!(replica.workspace.page(&found, None, 10).unwrap().rows[0].id, lea);
    }
    let ben = devices.into_iter().next_back().unwrap().reopen();
    assert!(ben.workspace.schema().kind("contact").unwrap().field("boiler").is_some());
    assert_eq!(ben.value(lea, "boiler"), json!("Vitodens"));
}

#[test]
fn a_clock_of_1960_or_of_the_year_12000_loses_no_edit() {
    let anna = Replica::new(1, Role::Device);
    for millis in [-300_000_000_000, 316_000_000_000_000, i64::MIN, i64::MAX] {
        let edit = Edit::create("contact").with("family_name", "Brandt");
        anna.workspace.edit(anna.id, &edit, Timestamp::from_millis(millis)).unwrap();
    }
    assert_eq!(anna.dump().len(), 4);
    assert_eq!(anna.workspace.verify().unwrap(), Vec::<String>::new());
}

#[test]
fn opening_nothing_says_missing_and_making_it_twice_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("workspace.db");
    assert!(matches!(Workspace::open(&path, options(1)), Err(WorkspaceError::Store(StoreError::Missing))));
    let make = || {
        Workspace::create(
            &path,
            common::COMPANY,
            DeviceId([1; 16]),
            Role::Device,
            options(1),
            Timestamp::default(),
        )
    };
    drop(make().unwrap());
    assert!(make().is_err());
    assert_eq!(Workspace::open(&path, options(2)).unwrap().device(), DeviceId([1; 16]));
}

#[test]
fn the_index_is_what_its_rebuild_is_and_metas_are_kept_apart() {
    let anna = Replica::new(1, Role::Device);
    for number in 0..40 {
        let id = anna.json(json!({"kind":"contact","set":{"family_name":format!("K {number}")}})).id;
        if number % 4 == 0 {
            for again in 0..20 {
                anna.edit(&Edit::of(id).with("given_name", format!("V {again}")));
            }
        }
    }
    let digest = anna.workspace.digest().unwrap();
    anna.workspace.rebuild_index(anna.now()).unwrap();
    assert_eq!(anna.workspace.digest().unwrap(), digest);
    assert_eq!(anna.workspace.verify().unwrap(), Vec::<String>::new());
    anna.workspace.set_meta("cursor", Some(b"mine")).unwrap();
    assert_eq!(anna.workspace.device_facts().unwrap().cursor, 0);
    let anna = anna.reopen();
    assert_eq!(anna.workspace.meta("cursor").unwrap().as_deref(), Some(&b"mine"[..]));
    assert_eq!(anna.workspace.digest().unwrap(), digest);
    while anna.workspace.tidy(1_000).unwrap() {}
}

#[test]
fn records_that_are_alike_to_the_millisecond_are_several_records() {
    let anna = Replica::new(1, Role::Device);
    let edits = vec![Edit::create("contact").with("family_name", "Brandt"); 40];
    let verdicts = anna.workspace.edit_many(anna.id, &edits, anna.now()).unwrap();
    let hashes: std::collections::BTreeSet<_> =
        verdicts.iter().map(|verdict| verdict.as_ref().unwrap().hash.unwrap()).collect();
    assert_eq!(hashes.len(), 40);
    assert_eq!(anna.workspace.outbox(100, 1_000_000).unwrap().len(), 40);
    assert_eq!(anna.workspace.verify().unwrap(), Vec::<String>::new());
}
