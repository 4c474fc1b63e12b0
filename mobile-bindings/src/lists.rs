//! Lists: slim rows by page, from the index alone.

use std::collections::{BTreeSet, HashMap};

use farley_core::query::{Filter, Op, Query, Sort};
use farley_core::record::RecordId;
use farley_core::schema::Schema;
use farley_core::store::ListRow;
use serde_json::{Value as Json, json};

use crate::errors::invalid;
use crate::runtime::blocking;
use crate::values::{Titles, linked, one_line};
use crate::workspace::{Open, record_id};
use crate::{FarleyError, Workspace};

/// Rows of a page at most.
const MOST: u32 = 200;

/// What to list. All conditions hold.
#[derive(Clone, Debug, Default, PartialEq, uniffi::Record)]
pub struct RowQuery {
    /// Kind; none = all that people make.
    pub kind: Option<String>,
    /// Found in titles, texts, numbers.
    pub search: Option<String>,
    /// Conditions.
    pub conditions: Vec<Condition>,
    /// Empty: by title; of a search: newest first.
    pub sort: Vec<SortKey>,
    /// The trash.
    pub removed: bool,
    /// Fields to bring along in `RecordRow.cells`; empty: the kind's own columns.
    pub columns: Vec<String>,
    /// Name under which `mark_seen` notes that this list was looked at.
    pub list: Option<String>,
}

/// One condition on a field.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Condition {
    /// The field.
    pub field: String,
    /// How.
    pub op: ConditionOp,
    /// With what; several mean any of them.
    pub values: Vec<String>,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq, uniffi::Enum)]
pub enum ConditionOp {
    /// One of its values is one of these.
    Equals,
    /// None of its values is.
    Differs,
    /// Contains this text, folded.
    Contains,
    /// Starts with it.
    StartsWith,
    /// Smaller, or earlier.
    Before,
    /// Greater, or later.
    After,
    /// Has no value.
    Missing,
    /// Has one.
    Present,
    /// Links to this record.
    LinksTo,
}

/// One sort key.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct SortKey {
    /// A field, or `title`, `changed`, `created`.
    pub field: String,
    /// Greatest first.
    pub descending: bool,
}

/// Whether the office has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, uniffi::Enum)]
pub enum Transfer {
    /// All of it.
    AtOffice,
    /// Something waits here.
    Waiting,
}

/// One row.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct RecordRow {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its title; may be empty.
    pub title: String,
    /// Field to text in its one spelling: days as `2026-11-23`, choices as keys, links as titles, minor units of money.
    pub cells: HashMap<String, String>,
    /// Whether the office has it.
    pub transfer: Transfer,
    /// How many values have two versions.
    pub conflicts: u32,
    /// Somebody else changed it since the list was looked at.
    pub fresh: bool,
    /// In the trash.
    pub removed: bool,
    /// When it was last edited, UTC milliseconds.
    pub changed_at: i64,
}

/// One page.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct RowPage {
    /// In the order asked.
    pub rows: Vec<RecordRow>,
    /// Cursor of the next page; none after the last.
    pub next: Option<String>,
}

/// One day's work.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct TodayRows {
    /// Open and late, oldest first.
    pub overdue: Vec<RecordRow>,
    /// Open and due this day.
    pub due: Vec<RecordRow>,
    /// Planned for this day, by the clock.
    pub visits: Vec<RecordRow>,
}

#[uniffi::export]
impl Workspace {
    /// One page of at most 200 rows. `cursor` is `next` of the page before.
    pub async fn page(
        &self,
        query: RowQuery,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<RowPage, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let limit = limit.clamp(1, MOST) as usize;
            let page = open.workspace().page(&asked(&query), cursor.as_deref(), limit)?;
            let rows = rows(&open, page.rows, &query.columns, query.list.as_deref())?;
            Ok(RowPage { rows, next: page.next })
        })
        .await
    }

    /// How many records match.
    pub async fn count(&self, query: RowQuery) -> Result<u64, FarleyError> {
        let open = self.open_now()?;
        blocking(move || Ok(open.workspace().count(&asked(&query))?)).await
    }

    /// Rows by id; what is not here is left out.
    pub async fn rows(&self, ids: Vec<String>) -> Result<Vec<RecordRow>, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let ids = ids.iter().map(|id| record_id(id)).collect::<Result<Vec<_>, _>>()?;
            let found = open.workspace().rows_of(&ids)?;
            rows(&open, found, &[], None)
        })
        .await
    }

    /// Work of `day`, the person's own, `YYYY-MM-DD`.
    pub async fn today(&self, day: String) -> Result<TodayRows, FarleyError> {
        if !is_day(&day) {
            return Err(invalid("day", "bad_value"));
        }
        let open = self.open_now()?;
        blocking(move || {
            let today = open.workspace().today(&day)?;
            Ok(TodayRows {
                overdue: rows(&open, today.overdue, &[], None)?,
                due: rows(&open, today.due, &[], None)?,
                visits: rows(&open, today.visits, &[], None)?,
            })
        })
        .await
    }

    /// Everything that is here now counts as looked at in the list of this name.
    pub async fn mark_seen(&self, list: String) -> Result<(), FarleyError> {
        let open = self.open_now()?;
        blocking(move || Ok(open.workspace().mark_seen(&list)?)).await
    }
}

/// Rows for the app: cells as text, linked records by title.
pub(crate) fn rows(
    open: &Open,
    found: Vec<ListRow>,
    columns: &[String],
    list: Option<&str>,
) -> Result<Vec<RecordRow>, FarleyError> {
    let schema = open.workspace().schema();
    let fresh: BTreeSet<RecordId> = match list {
        Some(list) => {
            let ids: Vec<_> = found.iter().map(|row| row.id).collect();
            open.workspace().fresh_in(list, &ids)?.into_iter().collect()
        }
        None => BTreeSet::new(),
    };
    let parsed: Vec<(ListRow, Json)> = found
        .into_iter()
        .map(|row| {
            let cells = serde_json::from_str(&row.cells).unwrap_or_default();
            (row, cells)
        })
        .collect();
    let titles = titles(open, &schema, &parsed, columns)?;
    let row = |(row, cells): (ListRow, Json)| RecordRow {
        cells: texts(&schema, &row, &cells, columns, &titles),
        id: row.id.to_string(),
        kind: row.kind,
        title: row.title,
        transfer: if row.pending { Transfer::Waiting } else { Transfer::AtOffice },
        conflicts: row.conflicts,
        fresh: fresh.contains(&row.id),
        removed: row.removed,
        changed_at: row.changed_at.millis(),
    };
    Ok(parsed.into_iter().map(row).collect())
}

fn shown<'a>(
    schema: &'a Schema,
    row: &ListRow,
    columns: &'a [String],
) -> impl Iterator<Item = &'a farley_core::schema::Field> {
    let kind = schema.kind(&row.kind);
    let names = if columns.is_empty() { kind.map_or(&[][..], |kind| &kind.columns) } else { columns };
    names.iter().filter_map(move |name| kind?.field(name))
}

fn titles(
    open: &Open,
    schema: &Schema,
    rows: &[(ListRow, Json)],
    columns: &[String],
) -> Result<Titles, FarleyError> {
    let mut ids = Vec::new();
    for (row, cells) in rows {
        for field in shown(schema, row, columns) {
            if let Some(json) = cells.get(&field.name) {
                linked(field, json, &mut ids);
            }
        }
    }
    open.titles(ids)
}

fn texts(
    schema: &Schema,
    row: &ListRow,
    cells: &Json,
    columns: &[String],
    titles: &Titles,
) -> HashMap<String, String> {
    shown(schema, row, columns)
        .filter_map(|field| {
            let text = one_line(field, cells.get(&field.name)?, titles);
            (!text.is_empty()).then(|| (field.name.clone(), text))
        })
        .collect()
}

fn asked(query: &RowQuery) -> Query {
    let mut all: Vec<Filter> = query.conditions.iter().map(condition).collect();
    if query.kind.is_none() {
        // Settings are the office's; people do not look for them.
        all.push(Filter::Field { field: "kind".into(), op: Op::IsNot, value: json!("setting") });
    }
    Query {
        kind: query.kind.clone(),
        filter: (!all.is_empty()).then_some(Filter::All(all)),
        search: query.search.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
        sort: query
            .sort
            .iter()
            .map(|key| Sort { field: key.field.clone(), descending: key.descending })
            .collect(),
        removed: query.removed,
    }
}

fn condition(condition: &Condition) -> Filter {
    let op = match condition.op {
        ConditionOp::Equals => Op::Is,
        ConditionOp::Differs => Op::IsNot,
        ConditionOp::Contains => Op::Contains,
        ConditionOp::StartsWith => Op::StartsWith,
        ConditionOp::Before => Op::Before,
        ConditionOp::After => Op::After,
        ConditionOp::Missing => Op::Empty,
        ConditionOp::Present => Op::NotEmpty,
        ConditionOp::LinksTo => Op::LinksTo,
    };
    let field = |value: Json| Filter::Field { field: condition.field.clone(), op, value };
    match (op, condition.values.as_slice()) {
        (Op::Empty | Op::NotEmpty, _) | (_, []) => field(Json::Null),
        (_, [one]) => field(json!(one)),
        (Op::Is, several) => field(json!(several)),
        (Op::IsNot, several) => Filter::All(several.iter().map(|value| field(json!(value))).collect()),
        (_, several) => Filter::Any(several.iter().map(|value| field(json!(value))).collect()),
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
