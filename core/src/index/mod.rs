//! Document to rows, links and search text. Derived, disposable, rebuildable.

use crate::record::{DeviceId, Record, RecordId, Timestamp};
use crate::schema::Schema;

/// Raised whenever [`derive`] would give other rows: the index is then rebuilt in the background.
pub const INDEX_VERSION: u32 = 1;

/// Everything the index holds of one record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IndexRow {
    pub record: RecordId,
    pub kind: String,
    pub title: String,
    /// ICU collation key of the title as lists sort it ("Müller, Anna").
    pub sort_key: Vec<u8>,
    pub removed: bool,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    pub changed_by: Option<DeviceId>,
    /// JSON object: list columns as shown (field -> typed JSON), small.
    pub cells: String,
    pub values: Vec<ValueRow>,
    pub links: Vec<LinkRow>,
    pub conflicts: Vec<ConflictRow>,
    /// Folded search text (see [`fold`]).
    pub search: String,
}

/// One value of an indexed field; several per field for sets and entries.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ValueRow {
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
    pub field: String,
    pub to: RecordId,
}

/// One key with two or more values.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct ConflictRow {
    pub field: String,
    pub key: String,
    pub versions: u32,
    /** latest typed time among them */
    pub at: Timestamp,
}

/// Everything the index should hold of `record`.
pub fn derive(_schema: &Schema, _record: &Record) -> IndexRow {
    todo!("schema room")
}

/// Lower case, ß→ss, ı→i, NFKD without marks, ae/oe/ue→a/o/u. The same for text and for what is searched.
pub fn fold(_text: &str) -> String {
    todo!("schema room")
}

/// Collation key in German order (Ä beside A, ß as ss). Compares bytewise.
pub fn collation_key(_text: &str) -> Vec<u8> {
    todo!("schema room")
}

/// Digits of a phone number in any spelling, national form, for search: "+49 171 5551234" -> "01715551234".
pub fn phone_digits(_typed: &str) -> String {
    todo!("schema room")
}
