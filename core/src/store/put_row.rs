//! Writing index rows: compares with what stands and writes only what differs.

use std::collections::BTreeSet;

use rusqlite::types::Value as Sql;

use super::open::lay_out_index;
use super::{StoreError, Tx};
use crate::index::{ConflictRow, IndexRow, LinkRow, ValueRow};
use crate::record::RecordId;

/// Row numbers of one kind: `slot << 24 ..`, so 16 million records a kind. Kinds beyond the last slot share it.
pub(super) const SLOT_BITS: u32 = 24;
const LAST_SLOT: u32 = 254;

/// Takes a first value out of the lists sorted by its field.
const UNSORT: &str =
    "DELETE FROM sorted WHERE kind = ?1 AND field = ?2 AND removed = ?3 AND sort = ?4 AND record = ?5";
/// Puts it in.
const SORT: &str =
    "INSERT OR REPLACE INTO sorted (kind, field, removed, sort, record, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

impl Tx<'_> {
    /// Replaces everything the index holds of the record. What is equal already is not written.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn put_row(&mut self, row: &IndexRow) -> Result<(), StoreError> {
        let stands: Option<(i64, String, bool)> = self.one(
            "SELECT number, kind, removed FROM row WHERE record = ?1",
            [row.record.0.as_slice()],
            |found| Ok((found.get(0)?, found.get(1)?, found.get(2)?)),
        )?;
        let mut old_starts = BTreeSet::new();
        let (number, was_removed) = match stands {
            Some((number, kind, was_removed)) if kind == row.kind => {
                old_starts = self.starts_of(number)?;
                self.update_row(number, row)?;
                (number, Some(was_removed))
            }
            Some(_) => {
                self.drop_row(row.record)?;
                (self.insert_row(row)?, None)
            }
            None => (self.insert_row(row)?, None),
        };
        self.put_values(number, was_removed, row)?;
        self.put_links(number, was_removed.is_none(), &row.links)?;
        self.put_conflicts(number, was_removed.is_none(), &row.conflicts)?;
        self.put_starts(number, &old_starts, row)?;
        self.put_search(number, was_removed.is_none(), &row.search)
    }

    /// Empties the index tables (rebuild). Until [`Tx::set_index_built`] the store says that it needs one.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn clear_index(&mut self) -> Result<(), StoreError> {
        self.connection.flush_prepared_statement_cache();
        lay_out_index(self.connection, self.fts).map_err(|error| self.fail(error))?;
        self.touched.set(true);
        self.set_meta(super::open::INDEX_BUILT, None)
    }

    /// Removes everything the index holds of the record.
    pub(super) fn drop_row(&mut self, record: RecordId) -> Result<(), StoreError> {
        let found: Option<(i64, String, bool)> = self.one(
            "SELECT number, kind, removed FROM row WHERE record = ?1",
            [record.0.as_slice()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let Some((number, kind, removed)) = found else { return Ok(()) };
        self.drop_search(number)?;
        for start in self.starts_of(number)? {
            self.run("DELETE FROM start WHERE start = ?1 AND row = ?2", (start, number))?;
        }
        for (_, value) in self.values_of(number)?.into_iter().filter(|(at, _)| *at == 0) {
            self.run(UNSORT, (&kind, &value.field, removed, &value.sort, record.0.as_slice()))?;
        }
        for table in ["value", "link", "conflict"] {
            self.run(&format!("DELETE FROM {table} WHERE row = ?1"), [number])?;
        }
        self.run("DELETE FROM row WHERE number = ?1", [number])?;
        self.touched.set(true);
        Ok(())
    }

    fn insert_row(&mut self, row: &IndexRow) -> Result<i64, StoreError> {
        let number = self.next_number(&row.kind)?;
        let mut columns = vec!["number", "record", "kind"];
        let mut values =
            vec![Sql::Integer(number), Sql::Blob(row.record.0.to_vec()), Sql::Text(row.kind.clone())];
        for (column, value) in shown(row) {
            columns.push(column);
            values.push(value);
        }
        let marks = vec!["?"; columns.len()].join(", ");
        let sql = format!("INSERT INTO row ({}) VALUES ({marks})", columns.join(", "));
        self.run(&sql, rusqlite::params_from_iter(values))?;
        self.touched.set(true);
        Ok(number)
    }

    /// Sets only the columns that differ: SQLite rewrites an index as soon as one of its columns is named.
    fn update_row(&mut self, number: i64, row: &IndexRow) -> Result<(), StoreError> {
        let new = shown(row);
        let names: Vec<_> = new.iter().map(|(column, _)| *column).collect();
        let sql = format!("SELECT {} FROM row WHERE number = ?1", names.join(", "));
        let old: Vec<Sql> = self
            .one(&sql, [number], |row| (0..names.len()).map(|at| row.get(at)).collect())?
            .unwrap_or_default();
        let changed: Vec<_> =
            new.into_iter().zip(old).filter(|((_, new), old)| new != old).map(|(new, _)| new).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let sets: Vec<_> = changed.iter().map(|(column, _)| format!("{column} = ?")).collect();
        let sql = format!("UPDATE row SET {} WHERE number = ?", sets.join(", "));
        let values = changed.into_iter().map(|(_, value)| value).chain([Sql::Integer(number)]);
        self.run(&sql, rusqlite::params_from_iter(values))?;
        self.touched.set(true);
        Ok(())
    }

    fn next_number(&self, kind: &str) -> Result<i64, StoreError> {
        let slot = "SELECT slot FROM kind WHERE name = ?1";
        let found: Option<u32> = self.one(slot, [kind], |row| row.get(0))?;
        let slot = match found {
            Some(slot) => slot,
            None => {
                self.run("INSERT INTO kind (name) VALUES (?1)", [kind])?;
                self.connection.last_insert_rowid() as u32
            }
        };
        let (first, last) = range_of(slot);
        let sql = "SELECT max(number) FROM row WHERE number BETWEEN ?1 AND ?2";
        let greatest: Option<i64> = self.one(sql, (first, last), |row| row.get(0))?.flatten();
        let next = greatest.map_or(first, |number| number + 1);
        if next > last {
            return Err(StoreError::Broken("a kind has more than 16 million records".to_owned()));
        }
        Ok(next)
    }

    fn values_of(&self, number: i64) -> Result<Vec<(i64, ValueRow)>, StoreError> {
        let sql = "SELECT at, field, sort, text, number FROM value WHERE row = ?1 ORDER BY field, at";
        self.all(sql, [number], |row| {
            let value =
                ValueRow { field: row.get(1)?, sort: row.get(2)?, text: row.get(3)?, number: row.get(4)? };
            Ok((row.get(0)?, value))
        })
    }

    /// `was_removed`: none of a row that is new.
    fn put_values(
        &mut self,
        number: i64,
        was_removed: Option<bool>,
        row: &IndexRow,
    ) -> Result<(), StoreError> {
        let mut sorted: Vec<&ValueRow> = row.values.iter().collect();
        sorted.sort_by(|a, b| {
            (&a.field, &a.sort, &a.text, a.number).cmp(&(&b.field, &b.sort, &b.text, b.number))
        });
        let mut new: Vec<(i64, ValueRow)> = Vec::with_capacity(sorted.len());
        for value in sorted {
            let at = new.last().filter(|(_, last)| last.field == value.field).map_or(0, |(at, _)| at + 1);
            new.push((at, value.clone()));
        }
        let old = if was_removed.is_some() { self.values_of(number)? } else { Vec::new() };
        let record = row.record.0.as_slice();
        let moved = was_removed.is_some_and(|was_removed| was_removed != row.removed);
        if moved {
            // Into the trash or out of it: every first value changes its place in the lists.
            for (_, value) in old.iter().filter(|(at, _)| *at == 0) {
                self.run(UNSORT, (&row.kind, &value.field, !row.removed, &value.sort, record))?;
            }
            for (_, value) in new.iter().filter(|(at, _)| *at == 0) {
                self.run(SORT, (&row.kind, &value.field, row.removed, &value.sort, record, number))?;
            }
        }
        let (gone, come) = difference(old, new);
        for (at, value) in gone {
            let sql = "DELETE FROM value WHERE row = ?1 AND field = ?2 AND at = ?3";
            self.run(sql, (number, &value.field, at))?;
            if at == 0 && !moved {
                self.run(UNSORT, (&row.kind, &value.field, row.removed, &value.sort, record))?;
            }
            self.touched.set(true);
        }
        for (at, value) in come {
            if at == 0 && !moved {
                self.run(SORT, (&row.kind, &value.field, row.removed, &value.sort, record, number))?;
            }
            self.run(
                "INSERT INTO value (row, field, at, kind, sort, text, number) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (number, value.field, at, &row.kind, value.sort, value.text, value.number),
            )?;
            self.touched.set(true);
        }
        Ok(())
    }

    fn put_links(&mut self, number: i64, new: bool, links: &[LinkRow]) -> Result<(), StoreError> {
        let sql = "SELECT field, target FROM link WHERE row = ?1 ORDER BY field, target";
        let read = |row: &rusqlite::Row<'_>| Ok(LinkRow { field: row.get(0)?, to: RecordId(row.get(1)?) });
        let old = if new { Vec::new() } else { self.all(sql, [number], read)? };
        let (gone, come) = difference(old, sorted(links));
        for link in gone {
            let sql = "DELETE FROM link WHERE row = ?1 AND field = ?2 AND target = ?3";
            self.run(sql, (number, link.field, link.to.0))?;
            self.touched.set(true);
        }
        for link in come {
            let sql = "INSERT INTO link (row, field, target) VALUES (?1, ?2, ?3)";
            self.run(sql, (number, link.field, link.to.0))?;
            self.touched.set(true);
        }
        Ok(())
    }

    fn put_conflicts(&mut self, number: i64, new: bool, conflicts: &[ConflictRow]) -> Result<(), StoreError> {
        let sql = "SELECT field, key, versions, at FROM conflict WHERE row = ?1 ORDER BY field, key";
        let old = if new { Vec::new() } else { self.all(sql, [number], super::index::read_conflict)? };
        let (gone, come) = difference(old, sorted(conflicts));
        for conflict in gone {
            let sql = "DELETE FROM conflict WHERE row = ?1 AND field = ?2 AND key = ?3";
            self.run(sql, (number, conflict.field, conflict.key))?;
            self.touched.set(true);
        }
        for conflict in come {
            self.run(
                "INSERT OR REPLACE INTO conflict (row, field, key, versions, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                (number, conflict.field, conflict.key, conflict.versions, conflict.at.millis()),
            )?;
            self.touched.set(true);
        }
        Ok(())
    }
}

/// First and last row number of a slot (from 1).
pub(super) fn range_of(slot: u32) -> (i64, i64) {
    let first = i64::from(slot.min(LAST_SLOT)) << SLOT_BITS;
    (first, first + (1 << SLOT_BITS) - 1)
}

/// Columns that an edit may change, with their values.
fn shown(row: &IndexRow) -> Vec<(&'static str, Sql)> {
    vec![
        ("title", Sql::Text(row.title.clone())),
        ("folded", Sql::Text((super::rows::folding().fold)(&row.title))),
        ("sort_key", Sql::Blob(row.sort_key.clone())),
        ("removed", Sql::Integer(row.removed.into())),
        ("created_at", Sql::Integer(row.created_at.millis())),
        ("changed_at", Sql::Integer(row.changed_at.millis())),
        ("changed_by", row.changed_by.map_or(Sql::Null, |device| Sql::Blob(device.0.to_vec()))),
        ("conflicts", Sql::Integer(row.conflicts.len() as i64)),
        ("cells", Sql::Text(row.cells.clone())),
    ]
}

fn sorted<T: Clone + Ord>(rows: &[T]) -> Vec<T> {
    let mut rows = rows.to_vec();
    rows.sort();
    rows.dedup();
    rows
}

/// What is only in `old`, and what is only in `new`; both sorted in one and the same order.
fn difference<T: Ord>(mut old: Vec<T>, mut new: Vec<T>) -> (Vec<T>, Vec<T>) {
    if old == new {
        return (Vec::new(), Vec::new());
    }
    old.sort();
    new.sort();
    let gone_from = |from: &[T], of: Vec<T>| -> Vec<T> {
        of.into_iter().filter(|row| from.binary_search(row).is_err()).collect()
    };
    let mut kept = Vec::new();
    let mut gone = Vec::new();
    for row in old {
        if new.binary_search(&row).is_ok() { kept.push(row) } else { gone.push(row) }
    }
    let come = gone_from(&kept, new);
    (gone, come)
}
