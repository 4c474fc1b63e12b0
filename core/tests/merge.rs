//! Two devices and a relay: what was typed apart meets, and looks the same everywhere.
mod common;

use common::{company, settle};
use farley_core::query::Query;
use farley_core::record::Edit;
use farley_core::workspace::{Take, WorkspaceError};
use serde_json::json;

#[test]
fn two_names_typed_offline_are_both_kept_and_one_is_shown_everywhere() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = anna.json(json!({"kind":"contact","set":{"family_name":"Brandt","given_name":"Lea"}})).id;
    settle(&relay, &[anna, ben]);

    anna.edit(&Edit::of(lea).with("family_name", "Brand"));
    ben.edit(&Edit::of(lea).with("family_name", "Brandl"));
    ben.edit(&Edit::of(lea).with("given_name", "Lea-Marie"));
    settle(&relay, &[anna, ben]);

    let shown = relay.value(lea, "family_name");
    let page = relay.workspace.record(lea).unwrap();
    assert_eq!(page.view.conflicts.len(), 1);
    let mut versions: Vec<_> =
        page.view.conflicts[0].versions.iter().map(|version| version.value.clone()).collect();
    assert_eq!(versions[0], shown);
    versions.sort_by_key(ToString::to_string);
    assert_eq!(versions, [json!("Brand"), json!("Brandl")]);
    for replica in [&relay, anna, ben] {
        assert_eq!(replica.value(lea, "family_name"), shown);
        assert_eq!(replica.value(lea, "given_name"), json!("Lea-Marie"));
        assert_eq!(replica.workspace.conflict_count().unwrap(), 1);
        assert_eq!(replica.workspace.conflicts(10).unwrap()[0].view.id, lea);
    }
}

#[test]
fn settling_leaves_one_version_everywhere_and_can_be_undone() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = anna.json(json!({"kind":"contact","set":{"family_name":"Brandt"}})).id;
    settle(&relay, &[anna, ben]);
    let no_conflict = anna.workspace.settle(anna.id, lea, "family_name", Take::Value(json!("X")), anna.now());
    assert!(matches!(no_conflict, Err(WorkspaceError::NoConflict)));
    let brand = anna.edit(&Edit::of(lea).with("family_name", "Brand")).hash.unwrap();
    ben.edit(&Edit::of(lea).with("family_name", "Brandl"));
    settle(&relay, &[anna, ben]);

    relay.workspace.settle(relay.id, lea, "family_name", Take::Version(brand), relay.now()).unwrap();
    settle(&relay, &[anna, ben]);
    for replica in [&relay, anna, ben] {
        assert_eq!(replica.value(lea, "family_name"), json!("Brand"));
        assert_eq!(replica.conflicts(lea), Vec::<String>::new());
    }

    anna.edit(&Edit::of(lea).with("family_name", "Brandner"));
    ben.edit(&Edit::of(lea).with("family_name", "Brandauer"));
    settle(&relay, &[anna, ben]);
    let shown = ben.value(lea, "family_name");
    // The shown one is a choice, too.
    ben.workspace.settle(ben.id, lea, "family_name", Take::Value(shown.clone()), ben.now()).unwrap();
    settle(&relay, &[anna, ben]);
    assert_eq!(anna.value(lea, "family_name"), shown);
    assert_eq!(anna.conflicts(lea), Vec::<String>::new());
}

#[test]
fn words_of_both_survive_in_one_note() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let note = anna.json(json!({"kind":"note","set":{"body":"Besuch am Montag."}})).id;
    settle(&relay, &[anna, ben]);
    anna.edit(&Edit::of(note).with("body", "Besuch am Montag. Heizung kalt."));
    ben.edit(&Edit::of(note).with("body", "Langer Besuch am Montag."));
    settle(&relay, &[anna, ben]);
    for replica in [&relay, anna, ben] {
        assert_eq!(replica.value(note, "body"), json!("Langer Besuch am Montag. Heizung kalt."));
        assert_eq!(replica.conflicts(note), Vec::<String>::new());
    }
}

#[test]
fn edit_made_during_removal_brings_the_number_back() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = anna
        .json(json!({"kind":"contact","set":{"family_name":"Brandt"},
            "add":{"phones":[{"id":"a1","label":"mobile","number":"+49 171 5551234"}]}}))
        .id;
    settle(&relay, &[anna, ben]);
    anna.edit(&Edit::of(lea).with("phones/a1/number", "+49 171 5559999"));
    ben.json(json!({"id":lea,"remove":{"phones":["a1"]}}));
    assert_eq!(ben.value(lea, "phones"), json!(null));
    settle(&relay, &[anna, ben]);
    for replica in [&relay, anna, ben] {
        let phones = replica.value(lea, "phones");
        assert_eq!(phones[0]["id"], json!("a1"), "{phones}");
        assert!(phones[0]["number"].to_string().contains("5559999"), "{phones}");
        assert!(!replica.conflicts(lea).is_empty());
    }
    let key = relay.conflicts(lea)[0].clone();
    relay.workspace.settle(relay.id, lea, &key, Take::Value(json!(null)), relay.now()).unwrap();
    settle(&relay, &[anna, ben]);
    assert_eq!(anna.value(lea, "phones"), json!(null));
    assert_eq!(anna.conflicts(lea), Vec::<String>::new());
}

#[test]
fn a_kind_added_at_run_time_is_edited_on_two_devices_and_found() {
    let machine: farley_core::schema::Kind = serde_json::from_value(json!({
        "name":"machine","plural":"machines",
        "label":{"de":"Maschine","en":"Machine"},"labels":{"de":"Maschinen","en":"Machines"},
        "fields":[
            {"name":"name","label":{"de":"Name","en":"Name"},"type":"string","indexed":true,"searched":true},
            {"name":"report","label":{"de":"Bericht","en":"Report"},"type":"text","searched":true}],
        "title":[["name"]],"columns":["name"]
    }))
    .unwrap();
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    for replica in [&relay, anna, ben] {
        replica.workspace.add_kind(machine.clone());
    }
    let id = anna.json(json!({"kind":"machine","set":{"name":"Wärmepumpe","report":"läuft"}})).id;
    settle(&relay, &[anna, ben]);
    anna.edit(&Edit::of(id).with("name", "Wärmepumpe Keller"));
    ben.edit(&Edit::of(id).with("report", "läuft wieder"));
    settle(&relay, &[anna, ben]);
    for replica in [&relay, anna, ben] {
        let query = Query { search: Some("waermepumpe".to_owned()), ..Query::default() };
        let page = replica.workspace.page(&query, None, 10).unwrap();
        assert_eq!(page.rows.len(), 1);
        assert_eq!((page.rows[0].id, page.rows[0].title.as_str()), (id, "Wärmepumpe Keller"));
        assert_eq!(replica.value(id, "report"), json!("läuft wieder"));
    }
}
