//! Schema, authors, search, today, status: what a page needs around the records.

use std::collections::BTreeMap;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use farley_core::query::{Query as ListQuery, Sort};
use farley_core::record::Timestamp;
use farley_core::workspace::Role;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Json, Query, Signed};
use super::lists::{clamp, matches, rows_json, search as search_text, tag};
use super::{Api, Mode};
use crate::clock;
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchParams {
    q: String,
    limit: Option<usize>,
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TodayParams {
    /// The page's own day, `YYYY-MM-DD`; missing: today in UTC.
    day: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Airplane {
    on: bool,
}

pub async fn schema(State(api): State<Api>, _: Signed, headers: HeaderMap) -> Result<Response, Problem> {
    let json = json!(&*api.workspace().schema()).to_string();
    let tag = tag(json.as_bytes());
    if matches(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    let kind = ("content-type".parse().map_err(Problem::internal)?, "application/json".to_owned());
    Ok(([kind, (ETAG, tag), (CACHE_CONTROL, "no-cache".to_owned())], json).into_response())
}

/// Who is behind each device id: from `setting` records, so that it works offline.
pub async fn authors(State(api): State<Api>, _: Signed) -> Result<Answer<Value>, Problem> {
    api.run(|api| {
        let authors = api.workspace().authors()?;
        let authors: BTreeMap<_, _> = authors.iter().map(|(id, author)| (id.to_string(), author)).collect();
        Ok(Answer(json!({"authors": authors})))
    })
    .await
}

pub async fn search(
    State(api): State<Api>,
    _: Signed,
    Query(params): Query<SearchParams>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let Some(text) = search_text(&params.q)? else { return Ok(Answer(json!({"rows": []}))) };
        if let Some(kind) = &params.kind
            && api.workspace().schema().kind(kind).is_none()
        {
            return Err(Problem::bad("unknown_kind", "There is no kind with this name; see /schema."));
        }
        // Newest first: ranking by relevance takes a hundred times longer on common words.
        let sort = vec![Sort { field: "changed".into(), descending: true }];
        let query = ListQuery { kind: params.kind, search: Some(text), sort, ..ListQuery::default() };
        let mut rows = api.workspace().page(&query, None, clamp(params.limit))?.rows;
        rows.retain(|row| row.kind != "setting");
        Ok(Answer(json!({"rows": rows_json(rows)})))
    })
    .await
}

/// Tasks by `due`, visits by `planned`, and what came from the field.
pub async fn today(
    State(api): State<Api>,
    _: Signed,
    Query(params): Query<TodayParams>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let day = match params.day {
            Some(day) if is_day(&day) => day,
            Some(_) => {
                return Err(Problem::bad("bad_query", "A day is written YYYY-MM-DD.").at(
                    "day",
                    "bad_day",
                    "YYYY-MM-DD",
                ));
            }
            None => clock::now().rfc3339()[..10].to_owned(),
        };
        let today = api.workspace().today(&day)?;
        Ok(Answer(json!({
            "overdue": rows_json(today.overdue),
            "due": rows_json(today.due),
            "visits": rows_json(today.visits),
            "arrivals": super::office::arrivals_json(api)?.into_iter().take(10).collect::<Vec<_>>(),
        })))
    })
    .await
}

fn is_day(text: &str) -> bool {
    let shape: Vec<bool> = text.chars().map(|character| character.is_ascii_digit()).collect();
    text.len() == 10
        && text
            .char_indices()
            .all(|(at, character)| if at == 4 || at == 7 { character == '-' } else { shape[at] })
}

pub async fn status(State(api): State<Api>, _: Signed) -> Result<Answer<Value>, Problem> {
    api.run(status_json).await.map(Answer)
}

pub async fn airplane(
    State(api): State<Api>,
    _: Signed,
    Json(body): Json<Airplane>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        if api.host().mode() != Mode::Phone {
            return Err(Problem::new(409, "no_airplane", "Only a phone has an airplane switch."));
        }
        api.host().set_airplane(body.on)?;
        status_json(api).map(Answer)
    })
    .await
}

pub async fn sync_now(State(api): State<Api>, _: Signed) -> Result<Answer<Value>, Problem> {
    api.run(|api| {
        if api.host().mode() == Mode::Serve {
            return Err(Problem::new(
                409,
                "is_office",
                "This is the office itself; there is nothing to sync with.",
            ));
        }
        api.host().sync_now()?;
        status_json(api).map(Answer)
    })
    .await
}

/// The body of `GET /status` and of `status` events.
pub fn status_json(api: &Api) -> Result<Value, Problem> {
    let (host, workspace) = (api.host(), api.workspace());
    let connection = host.connection();
    let (head, cursor, low, pending, since) = match workspace.role() {
        Role::Relay => {
            let head = workspace.head()?;
            (head, head, 0, 0, None)
        }
        Role::Device => {
            let facts = workspace.device_facts()?;
            // The device does not know the relay's head while it is behind: its cursor is the best it knows.
            (facts.cursor, facts.cursor, facts.low, facts.outbox, workspace.outbox_since()?)
        }
    };
    let since: Option<Timestamp> = since;
    let restored = host.office().map(super::Office::restored).transpose()?.flatten();
    Ok(json!({
        "mode": host.mode(),
        "connected": connection.connected,
        "carrier": connection.carrier,
        "reason": connection.reason,
        "pending": pending,
        "pending_since": since,
        "last_contact": connection.last_contact,
        "head": head,
        "cursor": cursor,
        "low": low,
        "records": workspace.count(&ListQuery::default())?,
        "left_records": connection.left_records,
        "airplane": connection.airplane,
        "conflicts": workspace.conflict_count()?,
        "devices_online": connection.devices_online,
        "restored": restored,
    }))
}
