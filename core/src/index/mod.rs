//! Document to rows, links and search text. Derived, disposable, rebuildable.
//!
//! [`derive`] turns a record into everything that lists, filters and search need of it, so that none of
//! them opens a document. It depends on the record and the schema only: two replicas with the same record
//! derive the same row.
//!
//! Beside the fields of the schema each contact and company has hidden fields for finding it again
//! ([`match_keys`]): `~email`, `~phone`, `~name`, `~uid`.
//!
//! Knows nothing about: SQLite, documents, the clock.

mod collate;
mod derive;
mod matching;
mod phone;
mod sort;
mod starts;

use crate::record::{DeviceId, RecordId, Timestamp};
pub use crate::schema::fold;
pub use collate::collation_key;
pub use derive::derive;
pub use matching::{company_name, match_keys, person_name};
pub use phone::{e164_digits, phone_digits};
pub use sort::value_row;
pub use starts::{short_words, starts};

/// Raised whenever [`derive`] would give other rows: the index is then rebuilt in the background.
pub const INDEX_VERSION: u32 = 1;

/// Everything the index holds of one record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IndexRow {
    /// Which record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// As pages show it ("Anna Müller").
    pub title: String,
    /// ICU collation key of the title as lists sort it ("Müller, Anna").
    pub sort_key: Vec<u8>,
    /// In the trash.
    pub removed: bool,
    /// Typed time of the first change.
    pub created_at: Timestamp,
    /// Greatest typed time of any change.
    pub changed_at: Timestamp,
    /// Who made the change with that time.
    pub changed_by: Option<DeviceId>,
    /// JSON object: list columns as shown (field -> typed JSON), small.
    pub cells: String,
    /// Values for filter, sort and group, ascending, each once.
    pub values: Vec<ValueRow>,
    /// Links, ascending, each once.
    pub links: Vec<LinkRow>,
    /// Keys in conflict, ascending.
    pub conflicts: Vec<ConflictRow>,
    /// Folded search text (see [`fold`]).
    pub search: String,
}

/// One value of an indexed field; several per field for sets and entries.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ValueRow {
    /// `state`; of a sub-field that is not what the entry is about: `phones/label`.
    pub field: String,
    /// Sorts as the value should: collation key, big-endian number with flipped sign, ISO date, key of a choice.
    pub sort: Vec<u8>,
    /// Folded text for "contains" and prefix filters; E.164 digits for phones; canonical form otherwise.
    pub text: String,
    /// For numbers, money (minor units), instants (ms), booleans.
    pub number: Option<i64>,
}

/// One link to another record.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct LinkRow {
    /// The field, or `employments` of the entry it stands in.
    pub field: String,
    /// The other record.
    pub to: RecordId,
}

/// One key with two or more values.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ConflictRow {
    /// The field of the key.
    pub field: String,
    /// The key, or the entry (`phones/a1`).
    pub key: String,
    /// How many different values.
    pub versions: u32,
    /** latest typed time among them */
    pub at: Timestamp,
}
