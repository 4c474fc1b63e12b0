//! Keys of a document as fields of a kind: for history, observers and dumps.

use crate::record::{Content, Scalar, Value, ValueType};
use crate::schema::{Field, Kind};

/// The field a key belongs to, as people know it, and the type of the value under the key.
pub(super) fn field_of_key(kind: Option<&Kind>, key: &str) -> (String, Option<ValueType>) {
    let mut parts = key.split('/');
    let mut root = parts.next().unwrap_or_default();
    let mut field = kind.and_then(|kind| kind.field(root));
    if root == "custom"
        && let Some(id) = parts.next()
    {
        field = kind.and_then(|kind| custom(kind, id));
        root = id;
    }
    let Some(field) = field else { return (root.to_owned(), None) };
    let sub = parts.nth(1);
    let ty = match (field.ty, sub) {
        (ValueType::Entries | ValueType::Events, Some(sub)) => {
            field.sub.iter().find(|field| field.name == sub).map(|field| field.ty)
        }
        (ValueType::Entries | ValueType::Events | ValueType::Tags, None) => None,
        (ValueType::Links | ValueType::MultiChoice, _) => None,
        (ty, _) => Some(ty),
    };
    (field.name.clone(), ty)
}

fn custom<'a>(kind: &'a Kind, id: &str) -> Option<&'a Field> {
    kind.fields.iter().find(|field| field.custom.is_some_and(|custom| custom.to_string() == id))
}

/// What a key holds, as JSON: typed if it fits its type, raw otherwise.
pub(super) fn to_json(ty: Option<ValueType>, content: &Content) -> Option<serde_json::Value> {
    match content {
        Content::Text(text) => Some(text.clone().into()),
        Content::Scalar(Scalar::Null) => None,
        Content::Scalar(scalar) => match ty.and_then(|ty| Value::from_scalar(ty, scalar).ok()) {
            Some(value) => Some(value.to_json()),
            None => serde_json::to_value(scalar).ok(),
        },
    }
}
