//! Lists: pages, counts, the id vector, rows, groups, and what links to a record. All from the index.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use farley_core::query::{Filter, Query as ListQuery, Sort};
use farley_core::record::RecordId;
use farley_core::store::ListRow;
use farley_core::workspace::Workspace;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Api;
use super::extract::{Path, Query, Signed, header, record_id};
use crate::clock::{hex, sha256};
use crate::problem::Problem;

/// Rows of one page or one request by id.
pub const MOST: usize = 200;
/// Rows of a page nobody sized.
const USUAL: usize = 50;
/// Longest search text, in characters.
pub const SEARCH: usize = 256;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListParams {
    filter: Option<String>,
    sort: Option<String>,
    search: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
    #[serde(default)]
    removed: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowsParams {
    ids: Option<String>,
    records: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupParams {
    field: String,
    filter: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitParams {
    limit: Option<usize>,
}

pub async fn page(
    State(api): State<Api>,
    _: Signed,
    Path(plural): Path<String>,
    Query(mut params): Query<ListParams>,
) -> Result<Answer<Value>, Problem> {
    let (cursor, limit) = (params.cursor.take(), clamp(params.limit));
    read(api, plural, params, move |workspace, query| {
        let page = workspace.page(query, cursor.as_deref(), limit)?;
        Ok(json!({"rows": rows_json(page.rows), "next_cursor": page.next}))
    })
    .await
}

pub async fn count(
    State(api): State<Api>,
    _: Signed,
    Path(plural): Path<String>,
    Query(params): Query<ListParams>,
) -> Result<Answer<Value>, Problem> {
    read(api, plural, params, |workspace, query| Ok(json!({"count": workspace.count(query)?}))).await
}

pub async fn index(
    State(api): State<Api>,
    _: Signed,
    Path(plural): Path<String>,
    Query(params): Query<ListParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (numbers, tag) = api
        .run(move |api| {
            let query = params.query(api, &plural)?;
            let (numbers, version) = api.workspace().numbers(&query)?;
            let name = serde_json::to_string(&query).map_err(Problem::internal)?;
            Ok((numbers, tag(format!("{version} {} {name}", api.workspace().id()).as_bytes())))
        })
        .await?;
    if matches(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let kind = (CONTENT_TYPE, "application/octet-stream".to_owned());
    Ok(([kind, (ETAG, tag), (CACHE_CONTROL, "no-cache".to_owned())], bytes).into_response())
}

pub async fn rows(
    State(api): State<Api>,
    _: Signed,
    Path(plural): Path<String>,
    Query(params): Query<RowsParams>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let kind = api.kind(&plural)?;
        let mut rows = match (&params.ids, &params.records) {
            (Some(ids), None) => api.workspace().rows(&list::<u32>(ids, "ids")?)?,
            (None, Some(records)) => api.workspace().rows_of(&list::<RecordId>(records, "records")?)?,
            _ => return Err(Problem::bad("bad_query", "Give either ids or records.")),
        };
        rows.retain(|row| row.kind == kind.name);
        Ok(Answer(json!({"rows": rows_json(rows)})))
    })
    .await
}

pub async fn groups(
    State(api): State<Api>,
    _: Signed,
    Path(plural): Path<String>,
    Query(GroupParams { field, filter }): Query<GroupParams>,
) -> Result<Answer<Value>, Problem> {
    let params = ListParams { filter, ..ListParams::default() };
    read(api, plural, params, move |workspace, query| {
        let groups = workspace.group(query, &field)?.into_iter();
        let groups: Vec<_> = groups.map(|(value, count)| json!({"value": value, "count": count})).collect();
        Ok(json!({"groups": groups}))
    })
    .await
}

/// Records that link here, newest first, with the words of notes, comments and visits.
pub async fn related(
    State(api): State<Api>,
    _: Signed,
    Path((plural, id)): Path<(String, String)>,
    Query(params): Query<LimitParams>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let id = record_id(&id)?;
        super::records::of_kind(api, &plural, id)?;
        let found = api.workspace().backlinks(id, clamp(params.limit))?;
        let rows = found.into_iter().map(|(field, row)| {
            let words = match row.kind.as_str() {
                "note" => Some("body"),
                "comment" => Some("body"),
                "visit" => Some("report"),
                _ => None,
            };
            // A record whose document fails still stands in the timeline, without its words.
            let page = words.and_then(|words| Some((words, api.workspace().record(row.id).ok()?)));
            let at = page.as_ref().map(|(_, page)| page.view.created_at);
            let text = page.and_then(|(words, mut page)| {
                page.view.values.remove(words).or_else(|| page.view.values.remove("text"))
            });
            let mut line = json!({"field": field, "row": row_json(row)});
            if let Some(text) = text {
                line["text"] = text;
            }
            if let Some(at) = at {
                line["at"] = json!(at);
            }
            line
        });
        Ok(Answer(json!({"rows": rows.collect::<Vec<_>>()})))
    })
    .await
}

/// What `find` says about the list that `params` ask for.
async fn read(
    api: Api,
    plural: String,
    params: ListParams,
    find: impl FnOnce(&Workspace, &ListQuery) -> Result<Value, Problem> + Send + 'static,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| find(api.workspace(), &params.query(api, &plural)?).map(Answer)).await
}

impl ListParams {
    fn query(&self, api: &Api, plural: &str) -> Result<ListQuery, Problem> {
        let kind = api.kind(plural)?;
        Ok(ListQuery {
            kind: Some(kind.name),
            filter: self.filter.as_deref().filter(|text| !text.is_empty()).map(filter).transpose()?,
            search: self.search.as_deref().map(search).transpose()?.flatten(),
            sort: self.sort.as_deref().map(sort).unwrap_or_default(),
            removed: self.removed,
        })
    }
}

/// A filter as JSON.
pub fn filter(text: &str) -> Result<Filter, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let message = format!("The filter is not a filter: {error}");
        Problem::bad("bad_filter", message.clone()).at("filter", "bad_filter", message)
    })
}

/// The search text; none if it is blank.
pub fn search(text: &str) -> Result<Option<String>, Problem> {
    if text.chars().count() > SEARCH {
        return Err(Problem::bad("search_too_long", "A search has at most 256 characters.").at(
            "search",
            "search_too_long",
            "at most 256 characters",
        ));
    }
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

fn sort(text: &str) -> Vec<Sort> {
    let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
    keys.map(|key| Sort { field: key.trim_start_matches('-').to_owned(), descending: key.starts_with('-') })
        .collect()
}

/// A page size as asked, within its limits.
pub fn clamp(limit: Option<usize>) -> usize {
    limit.unwrap_or(USUAL).clamp(1, MOST)
}

fn list<T: std::str::FromStr>(text: &str, name: &str) -> Result<Vec<T>, Problem> {
    let parts: Vec<_> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > MOST {
        return Err(Problem::bad("too_many_ids", "At most 200 ids in one request."));
    }
    let read = parts.into_iter().map(|part| {
        part.parse().map_err(|_| {
            Problem::bad("bad_query", "An id in the list cannot be read.").at(name, "bad_id", "an id")
        })
    });
    read.collect()
}

/// Rows as the contract shows them: `cells` is an object.
pub fn rows_json(rows: Vec<ListRow>) -> Vec<Value> {
    rows.into_iter().map(row_json).collect()
}

/// See [`rows_json`].
pub fn row_json(row: ListRow) -> Value {
    let cells: Value = serde_json::from_str(&row.cells).unwrap_or_else(|_| json!({}));
    json!({
        "number": row.number, "id": row.id, "kind": row.kind, "title": row.title, "changed_at": row.changed_at,
        "removed": row.removed, "conflicts": row.conflicts, "pending": row.pending, "cells": cells,
    })
}

/// A strong entity tag.
pub fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex(&sha256(bytes)[..16]))
}

/// Whether the client holds what `tag` names.
pub fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let held = header(headers, IF_NONE_MATCH.as_str()).unwrap_or_default();
    held.split(',').any(|held| held.trim() == tag || held.trim() == "*")
}
