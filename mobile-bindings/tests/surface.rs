//! The surface as an app uses it, against a real office over QUIC.
mod common;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::*;
use farley_core::record::{DeviceId, Edit};
use farley_mobile::*;
use serde_json::json;

#[test]
fn two_phones_edit_offline_and_see_both_versions() {
    run(async {
        let office = Office::open().await;
        let (anna, ben) = (office.phone("anna").await, office.phone("ben").await);
        let id = anna.add("contact", &[("family_name", text("Müller")), ("given_name", text("Jörg"))]).await;
        anna.sync().await;
        ben.sync().await;
        anna.set(&id, &[("nickname", text("Jörgi")), ("birthday", typed("4.5.1980"))]).await;
        ben.set(&id, &[("nickname", text("Joe"))]).await;
        for phone in [&anna, &ben, &anna] {
            phone.sync().await;
        }
        let (one, two) =
            (anna.workspace.conflicts(10).await.unwrap(), ben.workspace.conflicts(10).await.unwrap());
        assert_eq!(one.len(), 1);
        let values = |conflicts: &[ConflictData]| {
            conflicts[0].versions.iter().map(|version| version.value.clone()).collect::<Vec<_>>()
        };
        assert_eq!(values(&one), values(&two), "the same one is shown everywhere");
        let names: Vec<_> = one[0].versions.iter().map(|version| version.author.person.clone()).collect();
        assert!(names.contains(&Some("anna".into())) && names.contains(&Some("ben".into())), "{names:?}");
        assert_eq!(ben.value(&id, "birthday").await, Some(text("1980-05-04")));

        let joe = one[0].versions.iter().find(|version| version.value == text("Joe")).unwrap();
        anna.workspace.settle(id.clone(), one[0].key.clone(), joe.change.clone()).await.unwrap();
        assert_eq!(anna.workspace.conflict_count().await.unwrap(), 0);
        anna.workspace.undo(Some(id.clone())).await.unwrap();
        assert_eq!(
            anna.workspace.conflict_count().await.unwrap(),
            0,
            "taken back is a new edit, not two versions"
        );
        let history = anna.workspace.history(id, Some("nickname".into())).await.unwrap();
        assert!(history.len() >= 3 && history.iter().any(|step| step.arrived_at.is_none()));
    });
}

#[test]
fn a_visit_is_started_and_ended_by_events_and_a_task_follows() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        let customer = anna.add("contact", &[("family_name", text("Brandt"))]).await;
        let to = FieldValue::Links { links: vec![LinkTo { id: customer.clone(), title: String::new() }] };
        let visit = anna.add("visit", &[("contacts", to), ("purpose", text("maintenance"))]).await;
        let at = |at: i64| {
            let moment = FieldValue::Moment { at, zone: "Europe/Berlin".into() };
            FieldValue::Entries {
                entries: vec![EntryData { id: String::new(), values: named(&[("at", moment)]) }],
            }
        };
        let event = |field: &str, time: i64| EditData {
            id: Some(visit.clone()),
            add: named(&[(field, at(time))]),
            ..EditData::default()
        };
        anna.workspace.apply(event("check_in", 1_000)).await.unwrap();
        anna.workspace.apply(event("check_out", 61_000)).await.unwrap();
        let Some(FieldValue::Entries { entries }) = anna.value(&visit, "check_in").await else {
            panic!("an event")
        };
        let moment = FieldValue::Moment { at: 1_000, zone: "Europe/Berlin".into() };
        assert_eq!(entries[0].values, named(&[("at", moment)]));
        let timeline = anna.workspace.related(customer, 50).await.unwrap();
        assert_eq!(timeline.len(), 1);
        assert_eq!((timeline[0].row.kind.as_str(), timeline[0].author.here), ("visit", true));
    });
}

#[test]
fn lists_are_slim_rows_by_page_with_marks() {
    run(async {
        let office = Office::open().await;
        let (anna, ben) = (office.phone("anna").await, office.phone("ben").await);
        for at in 0..30 {
            anna.add("contact", &[("family_name", text(&format!("Name {at:02}")))]).await;
        }
        let query =
            RowQuery { kind: Some("contact".into()), list: Some("contacts".into()), ..RowQuery::default() };
        let first = anna.workspace.page(query.clone(), None, 20).await.unwrap();
        let rest = anna.workspace.page(query.clone(), first.next.clone(), 20).await.unwrap();
        assert_eq!((first.rows.len(), rest.rows.len(), rest.next), (20, 10, None));
        assert!(first.rows.iter().all(|row| row.transfer == Transfer::Waiting && !row.fresh));
        assert_eq!(first.rows[3].cells["family_name"], "Name 03");
        anna.sync().await;
        ben.sync().await;
        let page = anna.workspace.page(query.clone(), None, 5).await.unwrap();
        assert!(page.rows.iter().all(|row| row.transfer == Transfer::AtOffice));
        ben.workspace.mark_seen("contacts".into()).await.unwrap();
        anna.set(&first.rows[0].id, &[("nickname", text("Neu"))]).await;
        anna.sync().await;
        ben.sync().await;
        let page = ben.workspace.page(query.clone(), None, 30).await.unwrap();
        assert_eq!(page.rows.iter().filter(|row| row.fresh).count(), 1);
        assert_eq!(anna.workspace.count(query.clone()).await.unwrap(), 30);
        let everything = RowQuery { search: Some("name 07".into()), ..RowQuery::default() };
        let found = anna.workspace.page(everything, None, 50).await.unwrap();
        assert_eq!(found.rows.len(), 1);
        let by = |op: ConditionOp, value: &str| Condition {
            field: "family_name".into(),
            op,
            values: vec![value.into()],
        };
        let conditions = vec![by(ConditionOp::StartsWith, "name 1"), by(ConditionOp::Differs, "Name 15")];
        let some = RowQuery { conditions, ..query };
        assert_eq!(anna.workspace.count(some.clone()).await.unwrap(), 9);
        let refused = anna.workspace.page(some, Some("of another list".into()), 5).await;
        assert!(matches!(refused, Err(FarleyError::Invalid { .. })), "{refused:?}");
    });
}

#[test]
fn a_field_made_at_the_office_appears_and_takes_values() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        anna.sync().await;
        let workspace = office.running.workspace();
        let line = json!({"kind":"setting","set":{"type":"custom_field","key":"heating","label_de":"Heizungsart","label_en":"Heating",
            "p/kind":"contact","p/field_type":"string"}});
        let made = workspace
            .edit(
                workspace.device(),
                &Edit::from_json(&line.to_string()).unwrap(),
                farley_core::record::Timestamp::from_millis(1_800_000_000_000),
            )
            .unwrap();
        anna.sync().await;
        let schema = anna.workspace.schema().unwrap();
        let contact = schema.kinds.iter().find(|kind| kind.name == "contact").unwrap();
        let field = contact.fields.iter().find(|field| field.custom).unwrap();
        assert_eq!((field.label.de.as_str(), field.field_type), ("Heizungsart", FieldType::Line));
        let id = anna.add("contact", &[(&field.name, text("Wärmepumpe"))]).await;
        assert_eq!(anna.value(&id, &field.name).await, Some(text("Wärmepumpe")));
        let _ = made;
    });
}

#[test]
fn drafts_outlive_the_process_with_what_cannot_be_read_yet() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        let edit = EditData {
            kind: Some("contact".into()),
            set: named(&[("family_name", text("Meiß")), ("birthday", typed("31.1"))]),
            ..EditData::default()
        };
        let draft = DraftData { name: "new:contact".into(), edit, saved_at: 0 };
        anna.workspace.save_draft(draft.clone()).await.unwrap();
        let anna = anna.restart().await;
        let kept = anna.workspace.draft("new:contact".into()).await.unwrap().unwrap();
        assert_eq!(kept.edit, draft.edit);
        assert!(kept.saved_at > 0);
        assert_eq!(anna.workspace.drafts().await.unwrap().len(), 1);
        anna.workspace.discard_draft("new:contact".into()).await.unwrap();
        assert_eq!(anna.workspace.draft("new:contact".into()).await.unwrap(), None);
    });
}

#[derive(Default)]
struct Told {
    changes: Mutex<Vec<ChangeNotice>>,
    states: Mutex<Vec<StatusData>>,
}

impl Observer for Told {
    fn changed(&self, notice: ChangeNotice) {
        self.changes.lock().unwrap().push(notice);
    }
    fn status(&self, status: StatusData) {
        self.states.lock().unwrap().push(status);
    }
}

#[test]
fn a_storm_of_edits_is_told_at_most_ten_times_a_second() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        let told = Arc::new(Told::default());
        let subscription = anna.workspace.observe(told.clone()).unwrap();
        let start = Instant::now();
        for at in 0..150 {
            anna.add("contact", &[("family_name", text(&format!("Name {at}")))]).await;
        }
        eventually(async || {
            told.changes.lock().unwrap().iter().map(|notice| notice.ids.len()).sum::<usize>() > 0
        })
        .await;
        tokio::time::sleep(Duration::from_millis(250)).await;
        let most = start.elapsed().as_millis() as usize / 100 + 2;
        let count = told.changes.lock().unwrap().len();
        assert!(count <= most, "{count} notices, at most {most}");
        assert!(told.changes.lock().unwrap().iter().all(|notice| notice.kinds == ["contact"]));
        assert!(!told.states.lock().unwrap().is_empty(), "the status comes at once");
        subscription.close();
        let before = told.changes.lock().unwrap().len();
        anna.add("contact", &[("family_name", text("Später"))]).await;
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(told.changes.lock().unwrap().len(), before);
    });
}

#[test]
fn live_sync_brings_an_edit_of_the_office_and_a_revoked_phone_says_so() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        anna.workspace.start_sync().unwrap();
        eventually(async || anna.workspace.status().unwrap().settled).await;
        let workspace = office.running.workspace();
        let edit = Edit::create("contact").with("family_name", "Vom Büro");
        let at = farley_core::record::Timestamp::from_millis(1_800_000_000_000);
        let id = workspace.edit(workspace.device(), &edit, at).unwrap().id.to_string();
        eventually(async || anna.workspace.record(id.clone()).await.is_ok()).await;
        let device: DeviceId = anna.workspace.identity().unwrap().device_id.parse().unwrap();
        office.running.accounts().revoke(device, None).unwrap();
        eventually(async || anna.workspace.status().unwrap().trouble == Some(TroubleCode::Revoked)).await;
        anna.workspace.stop_sync().await.unwrap();
        let again = anna.workspace.sync_once(5_000, CancelHandle::new()).await;
        assert_eq!(again, Err(FarleyError::Refused { reason: "revoked".into() }));
        assert!(anna.workspace.record(id).await.is_ok(), "what is here stays readable");
    });
}
