//! Custom fields, list entries and kinds: what the office arranged, as records of kind `setting`.
//!
//! | Setting | Reads | Makes |
//! |---|---|---|
//! | `custom_field` | `key`, labels, `p/kind`, `p/field_type`, `p/list`, `p/section`, `p/to`, `p/indexed`, `p/searched`, `p/hint` | a field of the kind, stored under `custom/<setting id>` |
//! | `list_entry` | `key`, labels, `p/list`, `active` | an entry of the list, or in place of the one with this key |
//! | `kind` | `key`, labels, `p/plural`, `p/label_de_plural`, `p/label_en_plural` | a kind with a title and the common fields |
//!
//! Ill-formed, inactive (except list entries) and removed settings are skipped. All in the order of
//! position, then id, so that every device builds the same schema.

use super::{Choice, Field, Kind, Label, Schema, builtin};
use crate::record::{Content, Record, Scalar, ValueType};

/// Longest name of a custom field or kind, in bytes.
const MAX_NAME: usize = 64;

pub(super) fn apply<'a>(mut schema: Schema, settings: impl Iterator<Item = &'a Record>) -> Schema {
    let mut settings: Vec<&Record> =
        settings.filter(|record| record.kind() == "setting" && !super::view::is_removed(record)).collect();
    settings.sort_by_key(|record| (record.str("position").unwrap_or_default(), record.id));
    settings.dedup_by_key(|record| record.id);
    let of_type = |ty: &'static str| settings.iter().filter(move |record| record.str("type") == Some(ty));
    // Kinds first: fields may be of them.
    for record in of_type("kind").filter(|record| is_active(record)) {
        if let Some(kind) = kind(&schema, record) {
            schema = schema.with_kind(kind);
        }
    }
    for record in of_type("list_entry") {
        list_entry(&mut schema, record);
    }
    for record in of_type("custom_field").filter(|record| is_active(record)) {
        custom_field(&mut schema, record);
    }
    schema
}

fn kind(schema: &Schema, record: &Record) -> Option<Kind> {
    let name = name(record.str("key")?)?;
    let plural = record.str("p/plural").map_or_else(|| Some(format!("{name}s")), self::name)?;
    if builtin::builtin().kind(&name).is_some() || schema.kind_by_plural(&plural).is_some() {
        return None;
    }
    let label = label(record)?;
    let plurals = Label {
        de: record.str("p/label_de_plural").unwrap_or(&label.de).to_owned(),
        en: record.str("p/label_en_plural").unwrap_or(&label.en).to_owned(),
    };
    let title = Field {
        name: "title".to_owned(),
        label: Label { de: "Titel".to_owned(), en: "Title".to_owned() },
        hint: true,
        section: "custom".to_owned(),
        searched: true,
        indexed: true,
        ..empty_field(ValueType::String)
    };
    Some(Kind {
        name,
        plural,
        label,
        labels: plurals,
        fields: vec![title],
        title: vec![vec!["title".to_owned()]],
        columns: vec!["title".to_owned(), "owner".to_owned()],
    })
}

fn list_entry(schema: &mut Schema, record: &Record) {
    let (Some(list), Some(key), Some(label)) = (record.str("p/list"), record.str("key"), label(record))
    else {
        return;
    };
    if list.is_empty() || key.is_empty() || key.contains('/') || key.len() > MAX_NAME {
        return;
    }
    let list = schema.lists.entry(list.to_owned()).or_default();
    let choice = Choice { key: key.to_owned(), label, inactive: !is_active(record) };
    match list.iter_mut().find(|known| known.key == key) {
        Some(known) => *known = choice,
        None => list.push(choice),
    }
}

fn custom_field(schema: &mut Schema, record: &Record) {
    let Some(field) = read_field(record) else { return };
    let Some(kind) = record.str("p/kind").and_then(|name| schema.kinds.get_mut(name)) else { return };
    let is_choice = matches!(field.ty, ValueType::Choice | ValueType::MultiChoice);
    if is_choice && field.list.is_none() {
        return;
    }
    if let Some(list) = &field.list {
        schema.lists.entry(list.clone()).or_default();
    }
    // Two people made a field of one name, or a later version brought one: the id tells them apart.
    let field = if kind.field(&field.name).is_some() {
        let id = record.id.to_string();
        Field { name: format!("{}_{}", field.name, &id[id.len() - 8..]), ..field }
    } else {
        field
    };
    kind.fields.push(field);
}

fn read_field(record: &Record) -> Option<Field> {
    let ty: ValueType = serde_json::from_value(record.str("p/field_type")?.into()).ok()?;
    if matches!(ty, ValueType::Entries | ValueType::Events | ValueType::Blob) {
        return None;
    }
    let is_set = |property: &str| matches!(record.str(property), Some("true" | "ja" | "yes" | "1"));
    let words = |property: &str| record.str(property).filter(|text| !text.is_empty()).map(str::to_owned);
    let kinds = |text: &str| text.split([',', ' ']).filter(|k| !k.is_empty()).map(str::to_owned).collect();
    Some(Field {
        name: name(record.str("key")?)?,
        label: label(record)?,
        list: words("p/list"),
        to: record.str("p/to").map(kinds).unwrap_or_default(),
        indexed: is_set("p/indexed") && ty != ValueType::Text,
        searched: is_set("p/searched"),
        hint: is_set("p/hint"),
        custom: Some(record.id),
        section: words("p/section").unwrap_or_else(|| "custom".to_owned()),
        ..empty_field(ty)
    })
}

fn empty_field(ty: ValueType) -> Field {
    Field {
        name: String::new(),
        label: Label::default(),
        ty,
        list: None,
        to: Vec::new(),
        sub: Vec::new(),
        indexed: false,
        searched: false,
        hint: false,
        relay_only: false,
        computed: false,
        custom: None,
        section: String::new(),
    }
}

fn is_active(record: &Record) -> bool {
    !matches!(record.content("active"), Some(Content::Scalar(Scalar::Bool(false))))
}

/// A name that can stand in a path: lower-case letters, digits and underscores, a letter first. Words that
/// are paths or columns already are none.
fn name(key: &str) -> Option<String> {
    let plain = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let starts = key.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let taken = matches!(key, "changed" | "created" | "custom" | "extra" | "id" | "kind" | "p" | "schema");
    (plain && starts && !taken && key.len() <= MAX_NAME).then(|| key.to_owned())
}

/// Both labels; one stands in for the other. Without either there is nothing to show.
fn label(record: &Record) -> Option<Label> {
    let words = |key: &str| record.str(key).filter(|text| !text.is_empty());
    let de = words("label_de").or_else(|| words("label_en"))?;
    let en = words("label_en").unwrap_or(de);
    Some(Label { de: de.to_owned(), en: en.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::plan::tests::Desk;
    use super::*;
    use crate::record::RecordId;

    fn setting(number: u8, edit: serde_json::Value) -> Record {
        let mut desk = Desk::new("setting");
        desk.edit(json!({ "set": edit })).unwrap();
        Record { id: RecordId([number; 16]), ..desk.record }
    }

    fn heating(number: u8) -> Record {
        setting(
            number,
            json!({"type": "custom_field", "key": "heating", "label_de": "Heizung", "label_en": "Heating",
                   "p/kind": "contact", "p/field_type": "string", "p/indexed": true, "p/searched": "true"}),
        )
    }

    #[test]
    fn a_custom_field_is_edited_shown_and_found_under_its_setting_s_id() {
        let record = heating(9);
        let schema = Schema::builtin().with_settings([&record].into_iter());
        let field = schema.kind("contact").unwrap().field("heating").unwrap();
        assert_eq!(field.label, Label { de: "Heizung".into(), en: "Heating".into() });
        let key = format!("custom/{}", record.id);
        let mut desk = Desk::with(schema, "contact");
        let writes = desk.edit(json!({"set": {"heating": "Wärmepumpe"}})).unwrap();
        assert_eq!(writes[0].key(), key);
        assert_eq!(desk.edit(json!({"set": {&key: "Wärmepumpe"}})), Ok(vec![]), "its key is a name too");
        assert_eq!(desk.view().values["heating"], "Wärmepumpe");
        let row = crate::index::derive(&desk.schema, &desk.record);
        assert!(row.values.iter().any(|value| value.field == "heating" && value.text == "warmepumpe"));
        assert!(row.search.contains("warmepumpe"));
        // On a device that does not have the setting yet nothing is lost.
        assert_eq!(Schema::builtin().view(&desk.record).extra[&key], "Wärmepumpe");
    }

    #[test]
    fn a_custom_set_keeps_its_members_below_its_key() {
        let record = setting(
            8,
            json!({"type": "custom_field", "key": "skills", "label_de": "Können", "p/kind": "contact",
                   "p/field_type": "tags", "p/indexed": true}),
        );
        let mut desk = Desk::with(Schema::builtin().with_settings([&record].into_iter()), "contact");
        let writes = desk.edit(json!({"add": {"skills": ["Löten"]}})).unwrap();
        assert_eq!(writes[0].key(), format!("custom/{}/loten", record.id));
        assert_eq!(desk.view().values["skills"], json!(["Löten"]));
        desk.edit(json!({"remove": {"skills": ["löten"]}})).unwrap();
        assert_eq!(desk.view().values.get("skills"), None);
        assert!(desk.view().extra.is_empty());
    }

    #[test]
    fn two_fields_of_one_name_are_both_there_in_any_order() {
        let (one, two) = (heating(1), heating(2));
        let schema = Schema::builtin().with_settings([&one, &two].into_iter());
        assert_eq!(schema, Schema::builtin().with_settings([&two, &one].into_iter()));
        let kind = schema.kind("contact").unwrap();
        assert!(kind.field("heating").is_some() && kind.field("heating_02020202").is_some());
    }

    #[test]
    fn list_entries_extend_a_list_and_rename_or_switch_off_what_is_there() {
        let new = setting(
            1,
            json!({"type": "list_entry", "p/list": "source", "key": "radio", "label_de": "Radio", "label_en": "Radio"}),
        );
        let off = setting(
            2,
            json!({"type": "list_entry", "p/list": "source", "key": "fair", "label_de": "Messe", "active": false}),
        );
        let schema = Schema::builtin().with_settings([&new, &off].into_iter());
        assert!(schema.lists["source"].iter().any(|choice| choice.key == "radio"));
        assert!(schema.lists["source"].iter().any(|choice| choice.key == "fair" && choice.inactive));
        let mut desk = Desk::with(schema, "contact");
        assert!(desk.edit(json!({"set": {"source": "radio"}})).is_ok());
    }

    #[test]
    fn an_own_kind_has_a_title_and_fields_of_its_own() {
        let boat =
            setting(1, json!({"type": "kind", "key": "boat", "label_de": "Boot", "p/plural": "boats"}));
        let length = setting(
            2,
            json!({"type": "custom_field", "key": "length", "label_de": "Länge", "p/kind": "boat", "p/field_type": "decimal"}),
        );
        let schema = Schema::builtin().with_settings([&length, &boat].into_iter());
        let mut desk = Desk::with(schema, "boat");
        desk.edit(json!({"set": {"title": "Möwe", "length": "7,5"}})).unwrap();
        assert_eq!((desk.view().title.as_str(), &desk.view().values["length"]), ("Möwe", &json!("7.5")));
    }

    #[test]
    fn ill_formed_removed_and_inactive_settings_are_skipped() {
        let bad = [
            json!({"type": "custom_field"}),
            json!({"type": "custom_field", "key": "a/b", "label_de": "x", "p/kind": "contact", "p/field_type": "string"}),
            json!({"type": "custom_field", "key": "a", "label_de": "x", "p/kind": "nothing", "p/field_type": "string"}),
            json!({"type": "custom_field", "key": "a", "label_de": "x", "p/kind": "contact", "p/field_type": "entries"}),
            json!({"type": "custom_field", "key": "a", "label_de": "x", "p/kind": "contact", "p/field_type": "choice"}),
            json!({"type": "custom_field", "key": "a", "p/kind": "contact", "p/field_type": "string"}),
            json!({"type": "custom_field", "key": "a", "label_de": "x", "p/kind": "contact", "p/field_type": "string", "active": false}),
            json!({"type": "custom_field", "key": "a", "label_de": "x", "p/kind": "contact", "p/field_type": "string", "removed": true}),
            json!({"type": "kind", "key": "contact", "label_de": "x"}),
            json!({"type": "list_entry", "key": "x", "label_de": "x"}),
        ];
        let records: Vec<_> = bad.into_iter().map(|edit| setting(1, edit)).collect();
        for record in &records {
            assert_eq!(Schema::builtin().with_settings([record].into_iter()), Schema::builtin());
        }
    }
}
