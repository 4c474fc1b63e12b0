//! A query as SQL over the index tables, every value bound.

use super::condition::filter;
use super::search::search;
use super::{Query, QueryError, Sort};

/// How text is folded: the same for what is stored and for what is searched.
#[derive(Clone, Copy)]
pub struct Folding {
    /// `index::fold`
    pub fold: fn(&str) -> String,
    /// `index::phone_digits`
    pub phone_digits: fn(&str) -> String,
    /// `index::short_words`
    pub short_words: fn(&str) -> Vec<String>,
}

/// What the compiler must know of the store.
pub struct Context<'a> {
    /// How text is folded.
    pub folding: Folding,
    /// Per kind: its name, first and last row number. Ascending by name.
    pub kinds: &'a [(String, i64, i64)],
    /// The full-text table is there.
    pub fts: bool,
}

/// A bound value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Param {
    /// Missing.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// One sort key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Key {
    /// SQL expression over `r` and the joins.
    pub expression: String,
    /// Greatest first.
    pub descending: bool,
    /// May be missing; then it comes last.
    pub nullable: bool,
    /// Mark of the bound field name, if it is not a column of the row.
    pub field: Option<String>,
}

/// Parts of a statement over `row r`. Parameters are numbered from 1 in the order of `params`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Compiled {
    /// Behind `FROM row r`; needed for keys only.
    pub joins: String,
    /// Behind `WHERE`.
    pub condition: String,
    /// Sort keys, without the record id that ends every order.
    pub keys: Vec<Key>,
    /// Mark of the bound kind, if one is asked for.
    pub kind: Option<String>,
    /// Mark of the bound flag.
    pub removed: String,
    /// Values of `?1`, `?2`, …
    pub params: Vec<Param>,
}

/// Longest text in a filter or search, in letters.
pub(super) const MAX_TEXT: usize = 256;
/// Most sort keys.
const MAX_SORT: usize = 4;
/// Longest name of a field.
const MAX_NAME: usize = 128;

/// Checks a query and compiles it.
///
/// # Errors
/// `TooComplex` beyond the limits, `UnknownField` for what cannot be a name, `BadValue` for a value that does not
/// fit its comparison.
pub fn compile(query: &Query, context: &Context<'_>) -> Result<Compiled, QueryError> {
    let mut out = Compiled::default();
    let mut conditions = Vec::new();
    if let Some(kind) = &query.kind {
        check_name(kind)?;
        let kind = out.bind(Param::Text(kind.clone()));
        conditions.push(format!("r.kind = {kind}"));
        out.kind = Some(kind);
    }
    out.removed = out.bind(Param::Int(query.removed.into()));
    conditions.push(format!("r.removed = {}", out.removed));
    if let Some(wanted) = &query.filter {
        conditions.push(filter(wanted, context, &mut out)?);
    }
    let mut searched = false;
    if let Some(typed) = &query.search
        && let Some(condition) = search(typed, query, context, &mut out)?
    {
        conditions.push(condition);
        searched = true;
    }
    if searched {
        // Few hits in many rows: read by number and sorted, never found by walking every row in order. The plus
        // keeps the indexes of lists out of it.
        for column in ["r.kind = ", "r.removed = "] {
            if let Some(condition) = conditions.iter_mut().take(2).find(|sql| sql.starts_with(column)) {
                condition.insert(0, '+');
            }
        }
    }
    out.condition = conditions.join(" AND ");
    let default = match searched {
        true => Sort { field: "changed".to_owned(), descending: true },
        false => Sort { field: "title".to_owned(), descending: false },
    };
    let sorts = if query.sort.is_empty() { std::slice::from_ref(&default) } else { &query.sort };
    if sorts.len() > MAX_SORT {
        return Err(QueryError::TooComplex);
    }
    for (at, sort) in sorts.iter().enumerate() {
        out.sort_by(at, sort)?;
    }
    Ok(out)
}

pub(super) fn check_name(name: &str) -> Result<(), QueryError> {
    if name.is_empty() || name.len() > MAX_NAME {
        return Err(QueryError::UnknownField(name.chars().take(MAX_NAME).collect()));
    }
    Ok(())
}

pub(super) fn check_text(text: &str) -> Result<(), QueryError> {
    if text.chars().count() > MAX_TEXT { Err(QueryError::TooComplex) } else { Ok(()) }
}

impl Compiled {
    /// Binds a value and answers its mark.
    pub fn bind(&mut self, param: Param) -> String {
        self.params.push(param);
        format!("?{}", self.params.len())
    }

    /// Behind `ORDER BY`. The record id ends it, in the direction of the last key, so that an index on
    /// (key, record) can be read either way.
    pub fn order(&self) -> String {
        let mut order = String::new();
        for key in &self.keys {
            if key.nullable {
                order += &format!("{} IS NULL, ", key.expression);
            }
            order += &format!("{}{}, ", key.expression, direction(key.descending));
        }
        order + "r.record" + direction(self.last_descending())
    }

    /// The condition "after the row with these keys and this record", binding them.
    ///
    /// # Errors
    /// `BadCursor` if the keys are not those of this order.
    pub fn after(&mut self, keys: Vec<Param>, record: [u8; 16]) -> Result<String, QueryError> {
        if keys.len() != self.keys.len() {
            return Err(QueryError::BadCursor);
        }
        let record = self.bind(Param::Blob(record.to_vec()));
        if let [Key { expression, descending, nullable: false, .. }] = &self.keys[..] {
            let (expression, sign) = (expression.clone(), if *descending { "<" } else { ">" });
            let [key] = keys.try_into().map_err(|_| QueryError::BadCursor)?;
            if key == Param::Null {
                return Err(QueryError::BadCursor);
            }
            // One comparison of pairs, so that the page starts inside the index instead of skipping.
            let key = self.bind(key);
            return Ok(format!("({expression}, r.record) {sign} ({key}, {record})"));
        }
        let sign = if self.last_descending() { "<" } else { ">" };
        let mut condition = format!("r.record {sign} {record}");
        for (at, value) in keys.into_iter().enumerate().rev() {
            let Key { expression, descending, nullable, .. } = self.keys[at].clone();
            let sign = if descending { "<" } else { ">" };
            condition = match (value, nullable) {
                (Param::Null, true) => format!("({expression} IS NULL AND {condition})"),
                (Param::Null, false) => return Err(QueryError::BadCursor),
                (value, nullable) => {
                    let value = self.bind(value);
                    let missing = if nullable { format!(" OR {expression} IS NULL") } else { String::new() };
                    format!(
                        "({expression} {sign} {value}{missing} OR ({expression} = {value} AND {condition}))"
                    )
                }
            };
        }
        Ok(condition)
    }

    fn last_descending(&self) -> bool {
        self.keys.last().is_some_and(|key| key.descending)
    }

    fn sort_by(&mut self, at: usize, sort: &Sort) -> Result<(), QueryError> {
        check_name(&sort.field)?;
        let column = match sort.field.as_str() {
            "title" => Some("r.sort_key"),
            "changed" => Some("r.changed_at"),
            "created" => Some("r.created_at"),
            "kind" => Some("r.kind"),
            "conflicts" => Some("r.conflicts"),
            _ => None,
        };
        let (expression, field) = match column {
            Some(column) => (column.to_owned(), None),
            None => {
                // The first value of a field is its smallest.
                let field = self.bind(Param::Text(sort.field.clone()));
                self.joins += &format!(
                    " LEFT JOIN value s{at} ON s{at}.row = r.number AND s{at}.field = {field} AND s{at}.at = 0"
                );
                (format!("s{at}.sort"), Some(field))
            }
        };
        let nullable = field.is_some();
        self.keys.push(Key { expression, descending: sort.descending, nullable, field });
        Ok(())
    }
}

fn direction(descending: bool) -> &'static str {
    if descending { " DESC" } else { "" }
}
