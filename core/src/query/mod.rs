//! Filter, sort, group and search as data, compiled to SQL. One grammar for page, views, REST and CLI.
//!
//! 1. A [`Query`] comes as JSON from wherever.
//! 2. [`compile()`] checks its size and turns it into conditions over the index tables, every value bound.
//! 3. The store puts these behind `SELECT … FROM row r` and reads.
//!
//! Fields named `title`, `kind`, `changed`, `created`, `removed` and `conflicts` belong to the row; any other name
//! is an indexed field. Whether a kind has it, the schema knows: an unknown one finds nothing.
//!
//! Knows nothing about: SQLite, the schema, how text is folded (that comes in as [`Folding`]).

mod compile;
mod condition;
mod cursor;
mod search;

pub use compile::{Compiled, Context, Folding, Key, Param, compile};
pub use cursor::{decode_cursor, encode_cursor};

use serde::{Deserialize, Serialize};

/// What to list.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// Kind; none = all kinds.
    pub kind: Option<String>,
    /// Which of them.
    pub filter: Option<Filter>,
    /// Full-text search, folded like the index.
    pub search: Option<String>,
    /// Default: title, ascending; of a search: newest change first. Missing values come last either way. What is
    /// equal in all keys stands by record id, in the direction of the last key.
    pub sort: Vec<Sort>,
    /// Records in the trash instead of the others.
    pub removed: bool,
}

/// A condition.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Every one holds; true if there is none.
    All(Vec<Filter>),
    /// At least one holds; false if there is none.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// `{"field":{"field":"state","op":"is","value":"customer"}}`
    Field {
        /// Name of the field.
        field: String,
        /// How it is compared.
        op: Op,
        /// With what; nothing for `empty` and `not_empty`.
        #[serde(default)]
        value: serde_json::Value,
    },
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// One of its values is this one, or one of these (an array). A date covers its whole day in UTC.
    Is,
    /// No value of it is this one; also without any value.
    IsNot,
    /// One of its folded texts contains this one, folded.
    Contains,
    /// One of its folded texts starts with this one, folded.
    StartsWith,
    /// Smaller, or before the moment or day.
    Before,
    /// Greater, or after the moment or day.
    After,
    /// Not smaller.
    AtLeast,
    /// Not greater; of a day: until its end.
    AtMost,
    /// Has no value.
    Empty,
    /// Has a value.
    NotEmpty,
    /// Links to the record with this id.
    LinksTo,
}

/// One sort key: a field, or `title`, `changed`, `created`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Sort {
    /// Name of the field.
    pub field: String,
    /// Greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// Why a query is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum QueryError {
    /// Too deep, too many terms, too many sort keys, or a text over 256 letters.
    #[error("the filter is deeper than 8 or has more than 64 terms")]
    TooComplex,
    /// Not a name a field can have.
    #[error("there is no field {0}")]
    UnknownField(String),
    /// The value does not fit the comparison: (field, what was expected).
    #[error("field {0}: {1}")]
    BadValue(String, String),
    /// Of another query, or altered.
    #[error("the cursor belongs to another query")]
    BadCursor,
}
