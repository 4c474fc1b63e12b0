//! Keys of a document as fields of a kind: for history and observers.

use crate::record::{Content, Scalar};
use crate::schema::{self, Kind, Schema};

/// The field a key belongs to, as people know it; for keys the schema does not know, their first part.
pub(super) fn field_name(kind: Option<&Kind>, key: &str) -> String {
    match kind.and_then(|kind| schema::field_of_key(kind, key)) {
        Some((field, _)) => field.name.clone(),
        None => key.split('/').next().unwrap_or_default().to_owned(),
    }
}

/// What a key holds, as JSON: typed if it fits its type, as it is otherwise.
pub(super) fn to_json(
    schema: &Schema,
    kind: Option<&Kind>,
    key: &str,
    content: &Content,
) -> Option<serde_json::Value> {
    match (kind, content) {
        (_, Content::Scalar(Scalar::Null)) => None,
        (Some(kind), content) => Some(schema.scalar_json(kind, key, content)),
        (None, Content::Text(text)) => Some(text.as_str().into()),
        (None, Content::Scalar(scalar)) => serde_json::to_value(scalar).ok(),
    }
}
