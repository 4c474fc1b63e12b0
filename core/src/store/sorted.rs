//! Lists of one kind sorted by one of its fields: read from `sorted` in order, and behind them the rows without
//! a value, by record. Nothing is joined but what is shown, and nothing is sorted.

use super::log::clamp;
use super::rows::{RowAndKeys, read_with_keys};
use super::{ListRow, StoreError, View};
use crate::query::{Compiled, Param, Query, QueryError};

/// Parts of the statements over a list sorted by a field.
pub(super) struct FieldList<'a> {
    compiled: &'a Compiled,
    /// Marks of the bound kind and field.
    kind: &'a str,
    field: &'a str,
    direction: &'static str,
    /// Greater or smaller than the cursor.
    sign: &'static str,
}

impl<'a> FieldList<'a> {
    /// None if the query is not such a list. A search is not: its few hits are sorted as they come.
    pub(super) fn of(query: &Query, compiled: &'a Compiled) -> Option<Self> {
        let ([key], Some(kind), None) = (&compiled.keys[..], &compiled.kind, &query.search) else {
            return None;
        };
        let (direction, sign) = if key.descending { (" DESC", "<") } else { ("", ">") };
        Some(Self { compiled, kind, field: key.field.as_deref()?, direction, sign })
    }

    /// Numbers of the rows with a value. Reads `sorted` alone, unless a filter asks for more of the row.
    pub(super) fn numbers_sql(&self) -> String {
        let Self { compiled, kind, field, direction, .. } = self;
        let (removed, condition) = (&compiled.removed, &compiled.condition);
        let order = format!("ORDER BY s.sort{direction}, s.record{direction}");
        let of_list = [("r.number", "s.row"), ("r.kind", "s.kind"), ("r.removed", "s.removed")];
        let alone = of_list.iter().fold(condition.clone(), |sql, (of_row, here)| sql.replace(of_row, here));
        if alone.contains("r.") {
            format!(
                "SELECT s.row FROM sorted s CROSS JOIN row r ON r.number = s.row WHERE s.kind = {kind}
                 AND s.field = {field} AND s.removed = {removed} AND {condition} {order}"
            )
        } else {
            format!("SELECT s.row FROM sorted s WHERE s.field = {field} AND {alone} {order}")
        }
    }

    /// Numbers of all rows by record.
    pub(super) fn all_sql(&self) -> String {
        let Self { compiled, field, direction, .. } = self;
        // The field is bound, so it must stand here.
        format!(
            "SELECT r.number FROM row r WHERE {} AND {field} IS NOT NULL ORDER BY r.record{direction}",
            compiled.condition
        )
    }

    /// One page of rows with a value. `after`: marks of sort and record.
    pub(super) fn page_sql(&self, after: Option<(&str, &str)>, limit: &str) -> String {
        let Self { compiled, kind, field, direction, sign } = self;
        let after = after.map_or_else(String::new, |(sort, record)| {
            format!("AND (s.sort, s.record) {sign} ({sort}, {record})")
        });
        format!(
            "SELECT {}, s.sort FROM sorted s CROSS JOIN row r ON r.number = s.row WHERE s.kind = {kind}
             AND s.field = {field} AND s.removed = {} {after} AND {} ORDER BY s.sort{direction}, s.record{direction}
             LIMIT {limit}",
            ListRow::COLUMNS,
            compiled.removed,
            compiled.condition
        )
    }

    /// One page of rows without. `after`: mark of the record.
    pub(super) fn rest_sql(&self, after: Option<&str>, limit: &str) -> String {
        let Self { compiled, field, direction, sign, .. } = self;
        let after = after.map_or_else(String::new, |record| format!("AND r.record {sign} {record}"));
        format!(
            "SELECT {}, NULL FROM row r WHERE {} {after} AND NOT EXISTS
                 (SELECT 1 FROM value m WHERE m.row = r.number AND m.field = {field} AND m.at = 0)
             ORDER BY r.record{direction} LIMIT {limit}",
            ListRow::COLUMNS,
            compiled.condition
        )
    }
}

impl View<'_> {
    /// The id vector of such a list.
    pub(super) fn field_numbers(&self, list: &FieldList<'_>) -> Result<Vec<u32>, StoreError> {
        let params = || rusqlite::params_from_iter(&list.compiled.params);
        let mut numbers: Vec<u32> = self.all(&list.numbers_sql(), params(), |row| row.get(0))?;
        let all: Vec<u32> = self.all(&list.all_sql(), params(), |row| row.get(0))?;
        if all.len() > numbers.len() {
            let mut valued = numbers.clone();
            valued.sort_unstable();
            numbers.extend(all.into_iter().filter(|number| valued.binary_search(number).is_err()));
        }
        Ok(numbers)
    }

    /// At most `limit` rows of such a list behind a row with this key and record.
    pub(super) fn field_page(
        &self,
        list: &FieldList<'_>,
        after: Option<(Vec<Param>, [u8; 16])>,
        limit: usize,
    ) -> Result<Vec<RowAndKeys>, StoreError> {
        let mut bound = Compiled { params: list.compiled.params.clone(), ..Compiled::default() };
        let mut rows = Vec::new();
        let mut rest_after = None;
        let (key, record) = match after {
            Some((keys, record)) => match <[Param; 1]>::try_from(keys) {
                Ok([key]) => (Some(key), Some(record)),
                Err(_) => return Err(QueryError::BadCursor.into()),
            },
            None => (None, None),
        };
        let record = record.map(|record| bound.bind(Param::Blob(record.to_vec())));
        if key == Some(Param::Null) {
            rest_after = record;
        } else {
            let mut bound = Compiled { params: bound.params.clone(), ..Compiled::default() };
            let key = key.map(|key| bound.bind(key));
            let wanted = bound.bind(Param::Int(clamp(limit as u64)));
            let sql = list.page_sql(key.as_deref().zip(record.as_deref()), &wanted);
            rows = self.all(&sql, rusqlite::params_from_iter(&bound.params), |row| read_with_keys(row, 1))?;
        }
        if rows.len() < limit {
            let mut bound = match rest_after {
                Some(_) => bound,
                None => Compiled { params: list.compiled.params.clone(), ..Compiled::default() },
            };
            let wanted = bound.bind(Param::Int(clamp((limit - rows.len()) as u64)));
            let sql = list.rest_sql(rest_after.as_deref(), &wanted);
            let params = rusqlite::params_from_iter(&bound.params);
            rows.extend(self.all(&sql, params, |row| read_with_keys(row, 1))?);
        }
        Ok(rows)
    }
}
