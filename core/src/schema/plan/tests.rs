use std::collections::BTreeMap;

use proptest::prelude::*;
use rand::SeedableRng;
use serde_json::json;

use super::super::position;
use super::*;
use crate::record::{Cell, ChangeHash, DeviceId, RecordId, Version};
use crate::schema::RecordView;

/// A record in memory: applies writes as a document would, without concurrency.
pub(crate) struct Desk {
    pub schema: Schema,
    pub record: Record,
    rng: rand_chacha::ChaCha8Rng,
    clock: i64,
}

pub(crate) fn version(content: Content, number: u8) -> Version {
    Version {
        content,
        change: ChangeHash([number; 32]),
        device: Some(DeviceId([number; 16])),
        at: Timestamp::from_millis(i64::from(number)),
    }
}

impl Desk {
    pub fn new(kind: &str) -> Self {
        Self::with(Schema::builtin(), kind)
    }

    pub fn with(schema: Schema, kind: &str) -> Self {
        let at = Timestamp::from_millis(1);
        let mut record = Record {
            id: RecordId([7; 16]),
            cells: BTreeMap::new(),
            heads: vec![],
            removed_entries: Default::default(),
            revived_entries: Default::default(),
            created_at: at,
            created_by: None,
            changed_at: at,
            changed_by: None,
            changes: 1,
        };
        let cell = |text: &str| Cell { shown: version(Content::Scalar(text.into()), 1), others: vec![] };
        record.cells.insert("kind".into(), cell(kind));
        Self { schema, record, rng: rand_chacha::ChaCha8Rng::seed_from_u64(1), clock: 1_000 }
    }

    pub fn plan(&mut self, edit: &Edit) -> Result<Vec<Write>, EditError> {
        self.clock += 1;
        let kind = self.schema.kind(self.record.kind()).unwrap();
        let now = Timestamp::from_millis(self.clock);
        self.schema.plan(kind, Some(&self.record), edit, now, &mut self.rng)
    }

    pub fn edit(&mut self, line: serde_json::Value) -> Result<Vec<Write>, EditError> {
        let edit = serde_json::from_value(line).unwrap();
        let writes = self.plan(&edit)?;
        for write in &writes {
            self.apply(write);
        }
        Ok(writes)
    }

    fn apply(&mut self, write: &Write) {
        let content = match write {
            Write::Put { value, .. } => Content::Scalar(value.clone()),
            Write::Text { text, .. } => Content::Text(text.clone()),
            Write::Splice { key, splices } => {
                let mut units: Vec<u16> = self.record.str(key).unwrap_or_default().encode_utf16().collect();
                for splice in splices {
                    units.splice(splice.at..splice.at + splice.delete, splice.insert.encode_utf16());
                }
                Content::Text(String::from_utf16(&units).unwrap())
            }
        };
        let key = write.key().to_owned();
        if content == Content::Scalar(Scalar::Null) {
            self.record.cells.remove(&key);
        } else {
            self.record.cells.insert(key, Cell { shown: version(content, 2), others: vec![] });
        }
    }

    /// Puts a concurrent value beside what `key` shows.
    pub fn beside(&mut self, key: &str, scalar: Scalar) {
        let other = version(Content::Scalar(scalar), 3);
        self.record.cells.get_mut(key).unwrap().others.push(other);
    }

    pub fn view(&self) -> RecordView {
        self.schema.view(&self.record)
    }
}

fn anna() -> Desk {
    let mut desk = Desk::new("contact");
    desk.edit(json!({
        "set": {"family_name": " Müller ", "given_name": "Anna", "birthday": "4.5.1980", "description": "Hallo"},
        "add": {
            "phones": [{"label": "mobil", "number": "+49 171 5551234", "id": "a1"}, "040 123456"],
            "tags": ["VIP", "Müller"],
            "buying_motives": ["Preis", "trust"],
        },
    }))
    .unwrap();
    desk
}

#[test]
fn an_edit_of_every_sort_of_field_comes_back_in_the_view() {
    let view = anna().view();
    assert_eq!(view.title, "Anna Müller");
    assert_eq!(view.values["family_name"], "Müller");
    assert_eq!(view.values["birthday"], "1980-05-04");
    assert_eq!(view.values["tags"], json!(["Müller", "VIP"]));
    assert_eq!(view.values["buying_motives"], json!(["price", "trust"]));
    assert_eq!(view.values["description"], "Hallo");
    let phones = view.values["phones"].as_array().unwrap();
    assert_eq!(phones[0]["label"], "mobile", "a label in German is its key");
    assert_eq!(phones[0]["id"], "a1");
    assert_eq!(phones[1]["number"], "040 123456");
    assert_eq!(phones[1]["id"].as_str().unwrap().len(), 8);
    assert!(view.conflicts.is_empty());
}

#[test]
fn what_stands_already_in_any_spelling_makes_no_write() {
    let mut desk = anna();
    let again = json!({
        "set": {"family_name": "Mu\u{308}ller", "birthday": "1980-05-04", "description": "Hallo", "nickname": "",
                "phones/a1/number": "+49 171 5551234"},
        "add": {"tags": ["vip", "mueller"], "phones": [{"id": "a1", "label": "mobile"}], "buying_motives": ["price"]},
        "remove": {"tags": ["neu"], "phones": ["zz"]},
    });
    assert_eq!(desk.edit(again), Ok(vec![]));
}

#[test]
fn a_tag_is_removed_by_a_flag_and_comes_back_when_added_again() {
    let mut desk = anna();
    let writes = desk.edit(json!({"remove": {"tags": ["vip"]}})).unwrap();
    assert_eq!(writes, [Write::Put { key: "tags/vip".into(), value: Scalar::Bool(false) }]);
    assert_eq!(desk.view().values["tags"], json!(["Müller"]));
    desk.edit(json!({"add": {"tags": ["Vip"]}})).unwrap();
    assert_eq!(desk.view().values["tags"], json!(["Müller", "Vip"]));
}

#[test]
fn adding_a_tag_wins_over_a_concurrent_removal_and_shows_as_a_conflict() {
    let mut desk = anna();
    desk.edit(json!({"remove": {"tags": ["vip"]}})).unwrap();
    desk.beside("tags/vip", "VIP".into());
    let view = desk.view();
    assert_eq!(view.values["tags"], json!(["Müller", "VIP"]));
    assert_eq!(view.conflicts[0].key, "tags/vip");
    let versions: Vec<_> = view.conflicts[0].versions.iter().map(|v| v.value.clone()).collect();
    assert_eq!(versions, [json!("VIP"), json!(false)], "the one that is shown first");
    let writes = desk.edit(json!({"remove": {"tags": ["vip"]}})).unwrap();
    assert_eq!(writes.len(), 1, "a removal that is meant settles it");
}

#[test]
fn two_spellings_of_one_tag_and_two_removals_are_no_conflict() {
    let mut desk = anna();
    desk.beside("tags/vip", "vip".into());
    assert!(desk.view().conflicts.is_empty());
    desk.edit(json!({"set": {"removed": true}})).unwrap();
    desk.beside("removed", Scalar::Int(77));
    assert!(desk.view().conflicts.is_empty());
    assert!(desk.view().removed);
}

#[test]
fn different_values_are_a_conflict_and_equal_ones_in_two_spellings_are_not() {
    let mut desk = anna();
    desk.beside("birthday", "1980-05-05".into());
    desk.beside("family_name", " Müller".into());
    let view = desk.view();
    let keys: Vec<_> = view.conflicts.iter().map(|c| c.key.as_str()).collect();
    assert_eq!(keys, ["birthday"]);
    assert_eq!(view.conflicts[0].versions[0].value, "1980-05-04");
    assert_eq!(view.conflicts[0].versions[1].value, "1980-05-05");
}

#[test]
fn removing_an_entry_is_a_time_and_editing_it_brings_it_back() {
    let mut desk = anna();
    let writes = desk.edit(json!({"remove": {"phones": ["a1"]}})).unwrap();
    assert!(matches!(&writes[..], [Write::Put { key, value: Scalar::Int(_) }] if key == "phones/a1/removed"));
    assert_eq!(desk.view().values["phones"].as_array().unwrap().len(), 1);
    assert_eq!(desk.edit(json!({"remove": {"phones": ["a1"]}})), Ok(vec![]));
    let writes = desk.edit(json!({"set": {"phones/a1/label": "privat"}})).unwrap();
    assert_eq!(
        writes,
        [
            Write::Put { key: "phones/a1/label".into(), value: "home".into() },
            Write::Put { key: "phones/a1/removed".into(), value: Scalar::Bool(false) },
        ]
    );
    assert_eq!(desk.view().values["phones"].as_array().unwrap().len(), 2);
}

#[test]
fn edit_made_during_removal_shows_the_entry_and_a_conflict() {
    let mut desk = anna();
    desk.edit(json!({"remove": {"phones": ["a1"]}})).unwrap();
    // What the document says after Ben's concurrent edit of the number came in.
    desk.record.revived_entries.insert("phones/a1".into());
    let view = desk.view();
    assert_eq!(view.values["phones"].as_array().unwrap().len(), 2);
    assert_eq!(view.conflicts.len(), 1);
    assert_eq!(view.conflicts[0].key, "phones/a1");
    assert_eq!(view.conflicts[0].versions[0].value["number"], "+49 171 5551234");
    assert_eq!(view.conflicts[0].versions[1].value, json!(null));
    let writes = desk.edit(json!({"set": {"phones/a1/removed": false}})).unwrap();
    assert_eq!(writes, [Write::Put { key: "phones/a1/removed".into(), value: Scalar::Bool(false) }]);
}

#[test]
fn a_whole_list_as_value_adds_edits_and_removes() {
    let mut desk = anna();
    desk.edit(json!({"set": {
        "phones": [{"id": "a1", "label": "work"}, {"number": "1234"}],
        "tags": ["neu", "vip"],
    }}))
    .unwrap();
    let view = desk.view();
    let numbers: Vec<_> =
        view.values["phones"].as_array().unwrap().iter().map(|p| p["number"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["+49 171 5551234", "1234"]);
    assert_eq!(view.values["tags"], json!(["VIP", "neu"]));
}

#[test]
fn errors_name_the_first_field_of_the_kind_and_never_a_value() {
    let mut desk = anna();
    let line = json!({"set": {"birthday": "geheim", "given_name": "ok", "state": "geheim", "zzz": 1}});
    let error = desk.edit(line).unwrap_err();
    assert!(matches!(&error, EditError::BadValue { field, .. } if field == "birthday"), "{error}");
    assert!(!error.to_string().contains("geheim"));
    for (line, expected) in [
        (json!({"set": {"zzz": 1}}), "kind contact has no field zzz"),
        (json!({"set": {"phones/a1/zzz": 1}}), "kind contact has no field phones/a1/zzz"),
        (json!({"set": {"family_name/x": 1}}), "kind contact has no field family_name/x"),
        (
            json!({"set": {"customer_number": "K-1"}}),
            "field customer_number is assigned by the office server",
        ),
        (json!({"set": {"score": 1}}), "field score is assigned by the office server"),
        (json!({"add": {"merges": [1]}}), "field merges is assigned by the office server"),
        (json!({"add": {"points": ["geheim"]}}), "field points: an object of sub-fields"),
    ] {
        assert_eq!(desk.edit(line).unwrap_err().to_string(), expected);
    }
    assert!(desk.edit(json!({"set": {"phones/a b/number": "1"}})).is_err());
    assert!(desk.edit(json!({"add": {"family_name": ["x"]}})).is_err());
    assert!(desk.edit(json!({"set": {"state": "unheard of"}})).is_err());
}

#[test]
fn only_the_relay_writes_numbers() {
    let desk = anna();
    let edit = Edit::default().with("customer_number", "K-10042");
    let kind = desk.schema.kind("contact").unwrap();
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(2);
    let now = Timestamp::from_millis(1);
    let writes = desk.schema.plan_as_relay(kind, Some(&desk.record), &edit, now, &mut rng);
    assert_eq!(writes, Ok(vec![Write::Put { key: "customer_number".into(), value: "K-10042".into() }]));
}

#[test]
fn limits_hold_at_the_limit_and_fail_one_above() {
    let mut desk = anna();
    let fits = "ä".repeat(MAX_TEXT);
    assert!(desk.edit(json!({"set": {"description": fits}})).is_ok());
    let over = desk.edit(json!({"text": {"description": [{"at": 0, "insert": "x"}]}}));
    assert_eq!(over, Err(EditError::TooLarge { what: "description".into(), limit: 100_000 }));
    assert!(desk.edit(json!({"text": {"description": [{"at": 0, "delete": 1, "insert": "x"}]}})).is_ok());
    assert!(desk.edit(json!({"text": {"description": [{"at": 100_001, "insert": ""}]}})).is_err());
    let fits = "a".repeat(MAX_SCALAR);
    assert!(desk.edit(json!({"set": {"nickname": fits}})).is_ok());
    let over = desk.edit(json!({"set": {"nickname": format!("{fits}a")}}));
    assert_eq!(over, Err(EditError::TooLarge { what: "nickname".into(), limit: 65_536 }));
    let tag = "t".repeat(MAX_KEY - "tags/".len());
    assert!(desk.edit(json!({"add": {"tags": [tag]}})).is_ok());
    assert!(matches!(desk.edit(json!({"add": {"tags": [tag + "t"]}})), Err(EditError::TooLarge { .. })));
}

#[test]
fn ill_typed_and_unknown_values_are_shown_raw_beside_their_problem() {
    let mut desk = anna();
    for (key, scalar) in
        [("birthday", Scalar::Int(5)), ("kept_by_a_newer_app", "x".into()), ("phones/a1/new", "y".into())]
    {
        desk.apply(&Write::Put { key: key.into(), value: scalar });
    }
    let view = desk.view();
    assert_eq!(view.values["birthday"], 5);
    assert!(view.problems.iter().any(|p| p.field == "birthday" && p.code == "ill_typed"));
    assert!(view.problems.iter().any(|p| p.field == "emails" && p.code == "missing_hint"));
    assert_eq!(view.extra["kept_by_a_newer_app"], "x");
    assert_eq!(view.extra["phones/a1/new"], "y");
    let mut unknown = Desk::with(Schema::builtin(), "contact");
    unknown.apply(&Write::Put { key: "kind".into(), value: "spaceship".into() });
    unknown.apply(&Write::Put { key: "engine".into(), value: "ion".into() });
    assert_eq!(unknown.view().extra["engine"], "ion");
}

#[test]
fn foreign_and_setting_properties_are_written_as_text() {
    let mut desk = anna();
    desk.edit(json!({"set": {"extra/X-SKYPE": "anna.m"}})).unwrap();
    assert_eq!(desk.view().extra["extra/X-SKYPE"], "anna.m");
    assert!(desk.edit(json!({"set": {"p/role": "admin"}})).is_err());
    let mut desk = Desk::new("setting");
    desk.edit(json!({"set": {"type": "person", "label_de": "Ines Kaya", "p/role": "office", "p/rank": 3}}))
        .unwrap();
    let view = desk.view();
    assert_eq!(view.values["p/role"], "office");
    assert_eq!(view.values["p/rank"], "3");
    assert_eq!(view.title, "Ines Kaya");
}

#[test]
fn a_kind_and_a_field_added_at_run_time_are_planned_and_shown() {
    let kind: Kind = serde_json::from_value(json!({
        "name": "boat", "plural": "boats",
        "label": {"de": "Boot", "en": "Boat"}, "labels": {"de": "Boote", "en": "Boats"},
        "fields": [
            {"name": "name", "label": {"de": "Name", "en": "Name"}, "type": "string", "indexed": true, "searched": true},
            {"name": "length", "label": {"de": "Länge", "en": "Length"}, "type": "decimal", "indexed": true},
            {"name": "log", "label": {"de": "Logbuch", "en": "Log"}, "type": "text"},
        ],
        "title": [["name"]], "columns": ["name", "length"],
    }))
    .unwrap();
    let mut desk = Desk::with(Schema::builtin().with_kind(kind), "boat");
    desk.edit(json!({"set": {"name": "Möwe", "length": "7,5"}, "add": {"tags": ["segeln"]}})).unwrap();
    let view = desk.view();
    assert_eq!((view.title.as_str(), &view.values["length"]), ("Möwe", &json!("7.5")));
    let row = crate::index::derive(&desk.schema, &desk.record);
    assert!(row.values.iter().any(|v| v.field == "length" && v.text == "7.5"));
    assert!(row.search.contains("mowe"));
}

#[test]
fn positions_keep_entries_in_the_order_they_were_added() {
    let mut desk = Desk::new("contact");
    for number in 0..50 {
        desk.edit(json!({"add": {"phones": [format!("{number}")]}})).unwrap();
    }
    let view = desk.view();
    let numbers: Vec<usize> = view.values["phones"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phone| phone["number"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert_eq!(position::after(None), "001");
}

fn field_edit() -> impl Strategy<Value = serde_json::Value> {
    let path = prop_oneof![
        "phones/[a-c]1/(number|label|removed|position|x)",
        "(family_name|birthday|tags|phones|state|removed|description|about|custom/x|extra/y|owner|points)",
        "\\PC{0,8}(/\\PC{0,5}){0,2}",
    ];
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!([])),
        Just(json!([{"id": "a1", "number": "1"}, "x", 3, null])),
        Just(json!({"number": "2", "label": {}})),
        any::<i64>().prop_map(|n| json!(n)),
        any::<f64>().prop_map(|n| json!(n)),
        "\\PC{0,12}".prop_map(|text| json!(text)),
    ];
    let members = prop::collection::vec("\\PC{0,6}", 0..3);
    let section = prop::sample::select(vec!["set", "add", "remove", "text"]);
    (section, path, value, members, 0usize..9, 0usize..9).prop_map(
        |(section, path, value, members, at, delete)| match section {
            "set" => json!({"set": {path: value}}),
            "add" => json!({"add": {path: [value]}}),
            "remove" => json!({"remove": {path: members}}),
            _ => json!({"text": {path: [{"at": at, "delete": delete, "insert": "ä"}]}}),
        },
    )
}

proptest! {
    #[test]
    fn no_edit_panics_and_every_accepted_one_is_done_after_one_time(lines in prop::collection::vec(field_edit(), 1..8)) {
        let mut desk = anna();
        for line in lines {
            let is_new = line.to_string().contains("\"add\"") || line["set"]["phones"].is_array();
            let is_splice = line["text"].is_object();
            if desk.edit(line.clone()).is_ok() && !is_new && !is_splice {
                let again = desk.edit(line.clone()).unwrap();
                prop_assert!(again.is_empty(), "{} {:?}", line, again);
            }
            let view = desk.view();
            let row = crate::index::derive(&desk.schema, &desk.record);
            prop_assert_eq!(view.title, row.title);
        }
    }
}

#[test]
fn events_are_added_once_and_stay() {
    let mut desk = Desk::new("visit");
    let started =
        json!({ "add": { "check_in": [{ "id": "one", "at": { "at": 1_000, "zone": "Europe/Berlin" } }] } });
    assert_eq!(desk.edit(started.clone()).unwrap().len(), 1);
    let shown = &desk.view().values["check_in"];
    assert_eq!(*shown, json!([{ "id": "one", "at": { "at": 1_000, "zone": "Europe/Berlin" } }]));
    assert_eq!(desk.edit(started).unwrap(), [], "the same event again is no change");
    let other =
        json!({ "add": { "check_in": [{ "id": "one", "at": { "at": 2_000, "zone": "Europe/Berlin" } }] } });
    assert!(matches!(desk.edit(other).unwrap_err(), EditError::BadValue { .. }));
    for bad in [
        json!({ "set": { "check_in": [] } }),
        json!({ "set": { "check_in/one": null } }),
        json!({ "remove": { "check_in": ["one"] } }),
        json!({ "add": { "check_in": ["now"] } }),
        json!({ "add": { "check_in": [{}] } }),
    ] {
        assert!(matches!(desk.edit(bad).unwrap_err(), EditError::BadValue { .. }));
    }
    let odd = json!({ "add": { "check_in": [{ "mood": "good" }] } });
    assert!(matches!(desk.edit(odd).unwrap_err(), EditError::UnknownField { .. }));
    let mut contact = Desk::new("contact");
    let merged = json!({ "add": { "merges": [{ "from": "x" }] } });
    assert!(matches!(contact.edit(merged).unwrap_err(), EditError::ReadOnly { .. }));
}
