//! A record as a document shows it: per key the value that is shown, and the others.

use std::collections::BTreeMap;

use super::{ChangeHash, Content, DeviceId, Heads, RecordId, Timestamp};

/// One value of one key, with its origin.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Version {
    /// The value.
    pub content: Content,
    /// The change that wrote it. For a text: the change that made the text object.
    pub change: ChangeHash,
    /// The installation that wrote it. `None` for a change every device makes alike (automerge.md 6).
    pub device: Option<DeviceId>,
    /// When it was typed, by that device's clock.
    pub at: Timestamp,
}

/// All values that stand in one key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cell {
    /// The one that is shown: the same on every replica, not necessarily the latest.
    pub shown: Version,
    /// Concurrent values that differ from it, in a stable order. Empty in the normal case.
    pub others: Vec<Version>,
}

/// One record, flat: keys as the document holds them, entries as `phones/<entry id>/number`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// Every key that holds something other than null, and null ones that have concurrent values.
    pub cells: BTreeMap<String, Cell>,
    /// The newest changes, ascending.
    pub heads: Heads,
    /// Entries (`phones/<entry id>`) whose removal stands, by automerge.md section 7 rule 2.
    pub removed_entries: std::collections::BTreeSet<String>,
    /// Entries that were removed but came back because somebody edited them concurrently: a conflict.
    pub revived_entries: std::collections::BTreeSet<String>,
    /// When the first change was typed.
    pub created_at: Timestamp,
    /// Who made the first change.
    pub created_by: Option<DeviceId>,
    /// The greatest typed time of any change.
    pub changed_at: Timestamp,
    /// Who made the change with that time.
    pub changed_by: Option<DeviceId>,
    /// Number of changes.
    pub changes: usize,
}

impl Record {
    /// What `key` shows, if anything.
    pub fn content(&self, key: &str) -> Option<&Content> {
        self.cells.get(key).map(|cell| &cell.shown.content)
    }

    /// The text that `key` shows, if it is a text or a string.
    pub fn str(&self, key: &str) -> Option<&str> {
        self.content(key).and_then(Content::as_str)
    }

    /// The record's kind, from its `kind` key; empty if the key is missing or not a string.
    pub fn kind(&self) -> &str {
        self.str("kind").unwrap_or_default()
    }

    /// Cells below `prefix/`, in key order.
    pub fn below<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a Cell)> + use<'a> {
        let start = format!("{prefix}/");
        let end = format!("{prefix}0"); // '0' is the character after '/'.
        self.cells.range(start..end).map(|(key, cell)| (key.as_str(), cell))
    }
}
