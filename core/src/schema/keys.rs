//! From flat keys to fields and back: `phones/a1/number` is the sub-field number of the field phones.

use super::{Field, Kind, Schema};
use crate::record::{Content, RecordId, Scalar, Value, ValueType};

/// What a flat key of a record is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyRole<'a> {
    /// `phones/a1/removed` and `phones/a1/position` (or `order`): field, entry id, which of the two.
    EntryMark(&'a Field, &'a str, &'a str),
    /// `points/e7`: field and event id.
    Event(&'a Field, &'a str),
    /// `extra/…`: a foreign property, kept for export.
    Extra,
    /// `tags/vip`, `about/<id>`: field and member.
    Member(&'a Field, &'a str),
    /// `p/…` of a setting.
    Property(&'a Field),
    /// A register or text.
    Plain(&'a Field),
    /// `phones/a1/number`: field, entry id, sub-field.
    Sub(&'a Field, &'a str, &'a Field),
    /// `kind`, `schema`.
    System,
    /// The record's trash flag: a time, or false.
    Trash(&'a Field),
    /// Not in the schema: kept and shown as it is.
    Unknown,
}

impl<'a> KeyRole<'a> {
    /// The field the key belongs to.
    pub fn field(self) -> Option<&'a Field> {
        match self {
            Self::EntryMark(field, ..)
            | Self::Event(field, _)
            | Self::Member(field, _)
            | Self::Plain(field)
            | Self::Property(field)
            | Self::Sub(field, ..)
            | Self::Trash(field) => Some(field),
            Self::Extra | Self::System | Self::Unknown => None,
        }
    }

    /// The type of what the key holds, where it holds one typed scalar.
    pub(super) fn value_type(self) -> Option<ValueType> {
        match self {
            Self::Plain(field) => Some(field.ty),
            Self::Sub(_, _, sub) => Some(sub.ty),
            Self::Extra | Self::Property(_) => Some(ValueType::String),
            _ => None,
        }
    }
}

impl Field {
    /// Key of its register, or prefix of its keys: its name, or `custom/<setting id>`.
    pub fn key(&self) -> String {
        match self.custom {
            Some(id) => format!("custom/{id}"),
            None => self.name.clone(),
        }
    }

    /// Whether each of its members is a key of its own.
    pub fn is_set(&self) -> bool {
        matches!(self.ty, ValueType::Links | ValueType::MultiChoice | ValueType::Tags)
    }

    /// The sub-field that an entry is about: the number of a phone, the company of an employment.
    pub fn main_sub(&self) -> Option<&Field> {
        let about = |sub: &&Field| {
            matches!(
                sub.ty,
                ValueType::Address | ValueType::Email | ValueType::Link | ValueType::Phone | ValueType::Url
            )
        };
        let words = |sub: &&Field| sub.ty == ValueType::String && sub.list.is_none();
        self.sub.iter().find(about).or_else(|| self.sub.iter().rfind(words)).or_else(|| self.sub.first())
    }

    /// The key of an entry's place among the others: `position`, or `order` where the entries have a
    /// sub-field position (that of an employment is what somebody does there).
    pub fn order_mark(&self) -> &'static str {
        if self.sub_field("position").is_some() { "order" } else { "position" }
    }

    pub(super) fn sub_field(&self, name: &str) -> Option<&Field> {
        self.sub.iter().find(|sub| sub.name == name)
    }
}

impl Kind {
    /// What `key` is in records of this kind. Any string may be asked; nothing fails.
    pub fn role<'a>(&'a self, key: &'a str) -> KeyRole<'a> {
        let Some((first, rest)) = key.split_once('/') else {
            return match (key, self.field(key)) {
                ("kind" | "schema", _) => KeyRole::System,
                ("removed", Some(field)) => KeyRole::Trash(field),
                (_, Some(field)) if self.holds_one(field) => KeyRole::Plain(field),
                _ => KeyRole::Unknown,
            };
        };
        match first {
            "extra" => return KeyRole::Extra,
            "custom" => return self.custom_role(rest),
            "p" if self.name == "setting" => {
                return self.field("p").map_or(KeyRole::Unknown, KeyRole::Property);
            }
            _ => {}
        }
        match self.field(first) {
            Some(field) if field.custom.is_none() => below(field, rest),
            _ => KeyRole::Unknown,
        }
    }

    /// The field a person named in an edit: by name, or by `custom/<id>`; with the rest of the path.
    pub(super) fn named<'a, 'p>(&'a self, path: &'p str) -> Option<(&'a Field, &'p str)> {
        if let Some(rest) = path.strip_prefix("custom/") {
            let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
            return self.custom_field(id).map(|field| (field, rest));
        }
        let (name, rest) = path.split_once('/').unwrap_or((path, ""));
        self.field(name).map(|field| (field, rest))
    }

    fn custom_role<'a>(&'a self, rest: &'a str) -> KeyRole<'a> {
        let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
        match self.custom_field(id) {
            Some(field) if !rest.is_empty() => below(field, rest),
            Some(field) if self.holds_one(field) => KeyRole::Plain(field),
            _ => KeyRole::Unknown,
        }
    }

    fn custom_field(&self, id: &str) -> Option<&Field> {
        let id: RecordId = id.parse().ok()?;
        self.fields.iter().find(|field| field.custom == Some(id))
    }

    fn holds_one(&self, field: &Field) -> bool {
        !field.is_set() && !matches!(field.ty, ValueType::Entries | ValueType::Events) && !field.computed
    }
}

fn below<'a>(field: &'a Field, rest: &'a str) -> KeyRole<'a> {
    match field.ty {
        ValueType::Events => KeyRole::Event(field, rest),
        ValueType::Entries => match rest.split_once('/') {
            Some((entry, mark)) if mark == "removed" || mark == field.order_mark() => {
                KeyRole::EntryMark(field, entry, mark)
            }
            Some((entry, name)) => {
                field.sub_field(name).map_or(KeyRole::Unknown, |sub| KeyRole::Sub(field, entry, sub))
            }
            None => KeyRole::Unknown,
        },
        _ if field.is_set() => KeyRole::Member(field, rest),
        _ => KeyRole::Unknown,
    }
}

/// The field that `key` belongs to and, for `phones/a1/number`, its sub-field.
pub fn field_of_key<'a>(kind: &'a Kind, key: &'a str) -> Option<(&'a Field, Option<&'a Field>)> {
    let role = kind.role(key);
    let sub = match role {
        KeyRole::Sub(_, _, sub) => Some(sub),
        _ => None,
    };
    role.field().map(|field| (field, sub))
}

impl Schema {
    /// What `key` of a record of `kind` holds, as typed JSON; what is ill-typed or unknown as it is.
    /// For history and conflicts.
    pub fn scalar_json(&self, kind: &Kind, key: &str, content: &Content) -> serde_json::Value {
        let scalar = match content {
            Content::Text(text) => return text.as_str().into(),
            Content::Scalar(scalar) => scalar,
        };
        let role = kind.role(key);
        if let (KeyRole::Event(..), Some(event)) = (role, super::view::event_fields(scalar)) {
            return event.into();
        }
        let typed = role.value_type().and_then(|ty| Value::from_scalar(ty, scalar).ok());
        typed.map_or_else(|| raw_json(scalar), |value| value.to_json())
    }
}

/// A scalar as JSON without a type: bytes as hex.
pub(super) fn raw_json(scalar: &Scalar) -> serde_json::Value {
    match scalar {
        Scalar::Null => serde_json::Value::Null,
        Scalar::Bool(yes) => (*yes).into(),
        Scalar::Int(number) => (*number).into(),
        Scalar::Str(text) => text.as_str().into(),
        Scalar::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_flat_key_leads_to_its_field() {
        let schema = Schema::builtin();
        let contact = schema.kind("contact").unwrap();
        let names = |key: &str| {
            field_of_key(contact, key)
                .map(|(field, sub)| (field.name.clone(), sub.map_or(String::new(), |sub| sub.name.clone())))
        };
        let found = |field: &str, sub: &str| Some((field.to_owned(), sub.to_owned()));
        assert_eq!(names("family_name"), found("family_name", ""));
        assert_eq!(names("phones/a1/number"), found("phones", "number"));
        assert_eq!(names("phones/a1/removed"), found("phones", ""));
        assert_eq!(names("employments/a1/position"), found("employments", "position"));
        assert_eq!(names("employments/a1/order"), found("employments", ""));
        assert_eq!(names("tags/vip"), found("tags", ""));
        assert_eq!(names("removed"), found("removed", ""));
        for unknown in [
            "kind",
            "score",
            "phones",
            "phones/a1",
            "phones/a1/x",
            "family_name/x",
            "extra/x",
            "p/x",
            "",
            "/",
        ] {
            assert_eq!(names(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn history_shows_typed_json_and_what_is_ill_typed_as_it_is() {
        let schema = Schema::builtin();
        let contact = schema.kind("contact").unwrap();
        let json = |key: &str, scalar: Scalar| schema.scalar_json(contact, key, &Content::Scalar(scalar));
        let money = json!({"amount": 123_450, "currency": "EUR"});
        assert_eq!(json("acquisition_cost", "123450 EUR".into()), money);
        assert_eq!(json("acquisition_cost", "a lot".into()), "a lot");
        assert_eq!(json("addresses/a1/address", r#"{"city":"Ulm"}"#.into()), json!({"city": "Ulm"}));
        assert_eq!(json("tags/vip", Scalar::Bool(false)), false);
        assert_eq!(json("unheard/of", Scalar::Bytes(vec![1, 255])), "01ff");
        assert_eq!(schema.scalar_json(contact, "description", &Content::Text("Hallo".into())), "Hallo");
    }
}
