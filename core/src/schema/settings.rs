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
