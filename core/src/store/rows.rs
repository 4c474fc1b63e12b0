//! Queries over the index: pages, the id vector, counts, groups.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, Value as Sql, ValueRef};

use super::log::{clamp, unsigned};
use super::put_row::range_of;
use super::sorted::FieldList;
use super::{ListPage, ListRow, StoreError, View};
use crate::query::{Compiled, Context, Folding, Param, Query, compile, decode_cursor, encode_cursor};

/// Most rows of one page.
const MAX_PAGE: usize = 1_000;

impl View<'_> {
    /// Row numbers of the query's result in order: the id vector for virtual lists.
    ///
    /// # Errors
    /// `Query` for a query that is refused, `Interrupted`, `Io`, `Broken`, as all queries here.
    pub fn numbers(&self, query: &Query) -> Result<Vec<u32>, StoreError> {
        let compiled = self.compile(query)?;
        if let Some(list) = FieldList::of(query, &compiled) {
            return self.field_numbers(&list);
        }
        let params = rusqlite::params_from_iter(&compiled.params);
        self.all(&numbers_sql(&compiled), params, |row| row.get(0))
    }

    /// One page by key. `after` = cursor of the page before (opaque; carries sort key, id and query hash).
    /// `limit` is clamped to `1..=1_000`.
    ///
    /// # Errors
    /// As [`Self::numbers`]; `BadCursor` for the cursor of another query.
    pub fn page(&self, query: &Query, after: Option<&str>, limit: usize) -> Result<ListPage, StoreError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let mut compiled = self.compile(query)?;
        let after = after.map(|cursor| decode_cursor(query, cursor)).transpose()?;
        let mut rows = if let Some(list) = FieldList::of(query, &compiled) {
            self.field_page(&list, after, limit + 1)?
        } else {
            let after = after.map(|(keys, record)| compiled.after(keys, record)).transpose()?;
            let sql = page_sql(&mut compiled, after.as_deref(), limit);
            let keys = compiled.keys.len();
            let params = rusqlite::params_from_iter(&compiled.params);
            self.all(&sql, params, |row| read_with_keys(row, keys))?
        };
        // One more than asked tells whether there is a next page.
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(row, keys)| encode_cursor(query, keys, row.id.0));
        Ok(ListPage { rows: rows.into_iter().map(|(row, _)| row).collect(), next })
    }

    /// How many records the query finds (of a search: at most its candidates).
    ///
    /// # Errors
    /// As [`Self::numbers`].
    pub fn count(&self, query: &Query) -> Result<u64, StoreError> {
        // Order does not count, and its joins cost.
        let compiled = self.compile(&Query { sort: Vec::new(), ..query.clone() })?;
        let sql = format!("SELECT count(*) FROM row r{} WHERE {}", compiled.joins, compiled.condition);
        let params = rusqlite::params_from_iter(&compiled.params);
        Ok(self.one(&sql, params, |row| unsigned(row, 0))?.unwrap_or(0))
    }

    /// (value, count) per value of `field`, most first, then by value. The value is the indexed text, of a link
    /// the record's id; records without a value are not counted.
    ///
    /// # Errors
    /// As [`Self::numbers`].
    pub fn group(&self, query: &Query, field: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let mut compiled = self.compile(&Query { sort: Vec::new(), ..query.clone() })?;
        let name = compiled.bind(Param::Text(field.to_owned()));
        let (joins, condition) = (&compiled.joins, &compiled.condition);
        let params = || rusqlite::params_from_iter(&compiled.params);
        let pair = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, unsigned(row, 1)?));
        if field == "kind" {
            let sql = format!(
                "SELECT r.kind, count(*) FROM row r{joins} WHERE {condition} AND {name} IS NOT NULL GROUP BY 1
                 ORDER BY 2 DESC, 1"
            );
            return self.all(&sql, params(), pair);
        }
        let sql = format!(
            "SELECT g.text, count(DISTINCT r.number) FROM row r{joins} JOIN value g ON g.row = r.number AND g.field = {name}
             WHERE {condition} GROUP BY 1 ORDER BY 2 DESC, 1"
        );
        let mut groups: Vec<(String, u64)> = self.all(&sql, params(), pair)?;
        if groups.is_empty() {
            let sql = format!(
                "SELECT g.target, count(*) FROM row r{joins} JOIN link g ON g.row = r.number AND g.field = {name}
                 WHERE {condition} GROUP BY 1 ORDER BY 2 DESC, 1"
            );
            groups = self.all(&sql, params(), |row| {
                Ok((crate::record::RecordId(row.get(0)?).to_string(), unsigned(row, 1)?))
            })?;
        }
        Ok(groups)
    }

    pub(super) fn compile(&self, query: &Query) -> Result<Compiled, StoreError> {
        let kinds = self.all("SELECT name, slot FROM kind ORDER BY name", [], |row| {
            let (first, last) = range_of(row.get(1)?);
            Ok((row.get(0)?, first, last))
        })?;
        let context = Context { folding: folding(), kinds: &kinds, fts: self.fts };
        Ok(compile(query, &context)?)
    }
}

/// Folding as the index does it.
pub(super) fn folding() -> Folding {
    Folding {
        fold: crate::index::fold,
        phone_digits: crate::index::phone_digits,
        short_words: crate::index::short_words,
    }
}

/// A row and its sort keys, for the cursor behind it.
pub(super) type RowAndKeys = (ListRow, Vec<Param>);

/// [`ListRow::COLUMNS`] and behind them as many sort keys.
pub(super) fn read_with_keys(row: &rusqlite::Row<'_>, keys: usize) -> rusqlite::Result<RowAndKeys> {
    let keys = (0..keys)
        .map(|at| {
            Ok(match row.get(9 + at)? {
                Sql::Null | Sql::Real(_) => Param::Null,
                Sql::Integer(number) => Param::Int(number),
                Sql::Text(text) => Param::Text(text),
                Sql::Blob(bytes) => Param::Blob(bytes),
            })
        })
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok((ListRow::read(row)?, keys))
}

/// Reads one covering index when nothing but kind and sort is asked.
pub(super) fn numbers_sql(compiled: &Compiled) -> String {
    format!(
        "SELECT r.number FROM row r{} WHERE {} ORDER BY {}",
        compiled.joins,
        compiled.condition,
        compiled.order()
    )
}

pub(super) fn page_sql(compiled: &mut Compiled, after: Option<&str>, limit: usize) -> String {
    let limit = compiled.bind(Param::Int(clamp(limit as u64 + 1)));
    let keys: String = compiled.keys.iter().map(|key| format!(", {}", key.expression)).collect();
    let after = after.map(|after| format!(" AND {after}")).unwrap_or_default();
    format!(
        "SELECT {}{keys} FROM row r{} WHERE {}{after} ORDER BY {} LIMIT {limit}",
        ListRow::COLUMNS,
        compiled.joins,
        compiled.condition,
        compiled.order()
    )
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Blob(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}
