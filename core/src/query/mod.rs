//! Filter, sort, group and search as data, compiled to SQL. One grammar for page, views, REST and CLI.

use serde::{Deserialize, Serialize};

/// What to list.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// Kind; none = all kinds.
    pub kind: Option<String>,
    pub filter: Option<Filter>,
    /// Full-text search, folded like the index.
    pub search: Option<String>,
    /// Default: title, ascending.
    pub sort: Vec<Sort>,
    /// Records in the trash instead of the others.
    pub removed: bool,
}

/// A condition.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// `{"field":{"field":"state","op":"is","value":"customer"}}`
    Field {
        field: String,
        op: Op,
        #[serde(default)]
        value: serde_json::Value,
    },
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    Is,
    IsNot,
    Contains,
    StartsWith,
    Before,
    After,
    AtLeast,
    AtMost,
    Empty,
    NotEmpty,
    LinksTo,
}

/// One sort key: a field, or `title`, `changed`, `created`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sort {
    pub field: String,
    #[serde(default)]
    pub descending: bool,
}

/// Why a query is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum QueryError {
    #[error("the filter is deeper than 8 or has more than 64 terms")]
    TooComplex,
    #[error("there is no field {0}")]
    UnknownField(String),
    #[error("field {0}: {1}")]
    BadValue(String, String),
    #[error("the cursor belongs to another query")]
    BadCursor,
}
