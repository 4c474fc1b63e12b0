//! The kinds this version brings: one TOML file a kind, embedded, read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{Choice, Field, Kind, Label, Schema};

/// Raised when a built-in kind or field changes its meaning. Written into each record's `schema` key.
const SCHEMA_VERSION: u32 = 1;

const KINDS: [&str; 7] = [
    include_str!("kinds/comment.toml"),
    include_str!("kinds/company.toml"),
    include_str!("kinds/contact.toml"),
    include_str!("kinds/note.toml"),
    include_str!("kinds/setting.toml"),
    include_str!("kinds/task.toml"),
    include_str!("kinds/visit.toml"),
];

const BLOCKS: [(&str, &str); 3] = [
    ("care", include_str!("kinds/block-care.toml")),
    ("origin", include_str!("kinds/block-origin.toml")),
    ("reach", include_str!("kinds/block-reach.toml")),
];

const COMMON: &str = include_str!("kinds/common.toml");
const LISTS: &str = include_str!("kinds/lists.toml");

/// A kind as its file says it: blocks are named, not written out.
#[derive(Deserialize)]
struct KindFile {
    name: String,
    plural: String,
    label: Label,
    labels: Label,
    title: Vec<Vec<String>>,
    columns: Vec<String>,
    blocks: Vec<String>,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct FieldsFile {
    fields: Vec<Field>,
}

/// The built-in schema, read from its files at the first call.
pub(super) fn builtin() -> &'static Schema {
    static BUILTIN: OnceLock<Schema> = OnceLock::new();
    BUILTIN.get_or_init(|| {
        // The files are part of the binary; a test reads them all, so a bad one never ships.
        let kinds = KINDS.iter().map(|file| {
            let kind: KindFile = read(file);
            let blocks = kind.blocks.iter().flat_map(|block| {
                let (_, file) = BLOCKS.iter().find(|(name, _)| name == block).expect("a block of this list");
                read::<FieldsFile>(file).fields
            });
            let fields = kind.fields.into_iter().chain(blocks).collect();
            let KindFile { name, plural, label, labels, title, columns, .. } = kind;
            with_common(Kind { name, plural, label, labels, fields, title, columns })
        });
        let kinds: BTreeMap<_, _> = kinds.map(|kind| (kind.name.clone(), kind)).collect();
        let lists: BTreeMap<String, Vec<Choice>> = read(LISTS);
        Schema { version: SCHEMA_VERSION, kinds, lists }
    })
}

/// The kind with the fields that every record has, behind its own.
pub(super) fn with_common(mut kind: Kind) -> Kind {
    static COMMON_FIELDS: OnceLock<Vec<Field>> = OnceLock::new();
    for field in COMMON_FIELDS.get_or_init(|| read::<FieldsFile>(COMMON).fields) {
        if kind.field(&field.name).is_none() {
            kind.fields.push(field.clone());
        }
    }
    kind
}

fn read<T: serde::de::DeserializeOwned>(file: &str) -> T {
    toml::from_str(file).unwrap_or_else(|error| panic!("a built-in schema file is broken: {error}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::record::ValueType;

    fn check_label(label: &Label, of: &str) {
        assert!(!label.de.trim().is_empty(), "{of} has no German label");
        assert!(!label.en.trim().is_empty(), "{of} has no English label");
    }

    fn check_field(schema: &Schema, field: &Field, of: &str) {
        let of = format!("{of}.{}", field.name);
        check_label(&field.label, &of);
        if let Some(list) = &field.list {
            assert!(schema.lists.contains_key(list), "{of}: no list {list}");
        }
        let is_choice = matches!(field.ty, ValueType::Choice | ValueType::MultiChoice);
        assert!(!is_choice || field.list.is_some(), "{of} is a choice without a list");
        let has_subs = matches!(field.ty, ValueType::Entries);
        assert!(!has_subs || field.main_sub().is_some(), "{of} has no main sub-field");
        assert!(!field.name.contains('/'), "{of} contains a slash");
        for sub in &field.sub {
            assert!(sub.sub.is_empty(), "{of}: entries do not nest");
            check_field(schema, sub, &of);
        }
    }

    #[test]
    fn every_label_list_column_and_title_field_exists() {
        let schema = builtin();
        let mut plurals = BTreeSet::new();
        for kind in schema.kinds.values() {
            check_label(&kind.label, &kind.name);
            check_label(&kind.labels, &kind.name);
            assert!(plurals.insert(&kind.plural), "{} is no unique plural", kind.plural);
            let mut names = BTreeSet::new();
            for field in &kind.fields {
                assert!(names.insert(&field.name), "{}.{} is there twice", kind.name, field.name);
                check_field(schema, field, &kind.name);
                assert!(
                    schema.lists["section"].iter().any(|section| section.key == field.section),
                    "{}.{}: no section {}",
                    kind.name,
                    field.name,
                    field.section
                );
            }
            for name in kind.title.iter().flatten().chain(&kind.columns) {
                assert!(names.contains(name), "{} has no field {name}", kind.name);
            }
        }
        for (name, list) in &schema.lists {
            let mut keys = BTreeSet::new();
            for choice in list {
                check_label(&choice.label, &format!("{name}.{}", choice.key));
                assert!(keys.insert(&choice.key), "{name}.{} is there twice", choice.key);
            }
        }
    }

    #[test]
    fn the_kinds_of_this_version_are_there_with_their_blocks_and_common_fields() {
        let schema = builtin();
        let names: Vec<_> = schema.kinds.keys().collect();
        assert_eq!(names, ["comment", "company", "contact", "note", "setting", "task", "visit"]);
        for field in ["phones", "journey", "campaign", "family_name", "tags", "owner", "removed"] {
            assert!(schema.kinds["contact"].field(field).is_some(), "contact.{field}");
        }
        assert_eq!(schema.kinds["note"].texts(), ["body"]);
    }
}
