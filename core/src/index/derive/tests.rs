use serde_json::json;

use super::*;
use crate::record::Scalar;
use crate::schema::tests_support::Desk;

fn anna() -> Desk {
    let mut desk = Desk::new("contact");
    desk.edit(json!({
        "set": {"family_name": "Müller", "given_name": "Anna", "birthday": "1980-05-04", "state": "Kunde",
                "owner": "0190b2a0-0000-7000-8000-000000000001", "description": "Wärmepumpenwartung im Mai",
                "acquisition_cost": "12,50 €", "extra/uid": "urn:1"},
        "add": {
            "phones": [{"label": "mobile", "number": "+49 171 5551234"}],
            "emails": [{"address": "Anna@Example.org"}],
            "addresses": [{"label": "work", "address": "Lange Straße 5, 20095 Hamburg"}],
            "employments": [{"company": "0190b2a0-0000-7000-8000-000000000002", "position": "Leiterin"}],
            "tags": ["VIP"],
        },
    }))
    .unwrap();
    desk
}

fn texts<'a>(row: &'a IndexRow, field: &str) -> Vec<&'a str> {
    row.values.iter().filter(|value| value.field == field).map(|value| value.text.as_str()).collect()
}

#[test]
fn a_contact_is_found_by_name_number_town_and_compound() {
    let desk = anna();
    let row = derive(&desk.schema, &desk.record);
    for query in ["Mueller", "0171 555", "lange strasse", "WARTUNG", "example.org", "leiterin", "vip"] {
        let folded = match query.starts_with('0') {
            true => phone::phone_digits(query),
            false => fold(query),
        };
        assert!(row.search.contains(&folded), "{query}: {}", row.search);
    }
    assert!(row.search.contains("491715551234"));
}

#[test]
fn values_are_canonical_and_the_title_sorts_by_family_name() {
    let desk = anna();
    let row = derive(&desk.schema, &desk.record);
    assert_eq!(row.title, "Anna Müller");
    assert_eq!(row.sort_key, collation_key("Müller, Anna"));
    assert_eq!(texts(&row, "family_name"), ["muller"]);
    assert_eq!(texts(&row, "state"), ["customer"]);
    assert_eq!(texts(&row, "birthday"), ["1980-05-04"]);
    assert_eq!(texts(&row, "phones"), ["491715551234"]);
    assert_eq!(texts(&row, "phones/label"), ["mobile"]);
    assert_eq!(texts(&row, "emails"), ["anna@example.org"]);
    assert_eq!(texts(&row, "tags"), ["vip"]);
    assert_eq!(texts(&row, "acquisition_cost"), [""; 0], "not indexed");
    assert_eq!(texts(&row, "~email"), ["anna@example.org"]);
    assert_eq!(texts(&row, "~phone"), ["491715551234"]);
    assert_eq!(texts(&row, "~name"), ["anna muller"]);
    assert_eq!(texts(&row, "~uid"), ["urn:1"]);
}

#[test]
fn links_lead_from_fields_and_entries() {
    let desk = anna();
    let row = derive(&desk.schema, &desk.record);
    let links: Vec<_> = row.links.iter().map(|link| (link.field.as_str(), link.to.to_string())).collect();
    let expected = [
        ("employments", "0190b2a0-0000-7000-8000-000000000002".to_owned()),
        ("owner", "0190b2a0-0000-7000-8000-000000000001".to_owned()),
    ];
    assert_eq!(links, expected);
}

#[test]
fn cells_hold_the_columns_as_the_view_shows_them() {
    let desk = anna();
    let row = derive(&desk.schema, &desk.record);
    let cells: Json = serde_json::from_str(&row.cells).unwrap();
    let view = desk.view();
    for column in &desk.schema.kind("contact").unwrap().columns {
        assert_eq!(cells[column], view.values[column], "{column}");
    }
    assert_eq!(cells["birthday"], "1980-05-04");
    assert!(cells.get("description").is_none());
}

#[test]
fn a_removed_number_is_found_no_more_and_a_conflict_is_a_row() {
    let mut desk = anna();
    let id = desk.view().values["phones"][0]["id"].as_str().unwrap().to_owned();
    desk.edit(json!({"remove": {"phones": [id]}, "set": {"removed": true}})).unwrap();
    desk.beside("birthday", "1980-05-05".into());
    desk.beside("given_name", Scalar::Null);
    let row = derive(&desk.schema, &desk.record);
    assert!(row.removed);
    assert!(texts(&row, "phones").is_empty() && !row.search.contains("1715551234"));
    let keys: Vec<_> =
        row.conflicts.iter().map(|conflict| (conflict.key.as_str(), conflict.versions)).collect();
    assert_eq!(keys, [("birthday", 2), ("given_name", 2)]);
    assert_eq!(row.conflicts[0].at, Timestamp::from_millis(3));
}

#[test]
fn a_record_of_an_unknown_kind_has_an_empty_row() {
    let mut desk = anna();
    desk.schema.kinds.remove("contact");
    let row = derive(&desk.schema, &desk.record);
    assert_eq!((row.kind.as_str(), row.cells.as_str(), row.values.len()), ("contact", "{}", 0));
}

#[test]
fn the_hidden_keys_of_a_row_are_the_match_keys_of_its_record() {
    let desk = anna();
    let row = derive(&desk.schema, &desk.record);
    let kind = desk.schema.kind("contact").unwrap();
    let hidden = row.values.iter().filter(|value| value.field.starts_with('~'));
    let hidden: Vec<_> = hidden.map(|value| (value.field.as_str(), value.text.clone())).collect();
    assert_eq!(hidden, super::super::match_keys(kind, &desk.record));
}

#[test]
fn what_somebody_does_in_a_company_is_no_place_in_a_list() {
    let mut desk = anna();
    let id = desk.view().values["employments"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(desk.view().values["employments"][0]["order"], "001");
    desk.edit(json!({"set": {format!("employments/{id}/position"): "Inhaberin"}})).unwrap();
    let row = derive(&desk.schema, &desk.record);
    assert_eq!(texts(&row, "employments/position"), ["inhaberin"]);
}
