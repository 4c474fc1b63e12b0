//! History, earlier states, conflicts, settling and taking back.

use axum::Json as Answer;
use axum::extract::State;
use farley_core::record::{ChangeHash, RecordId};
use farley_core::schema::RecordView;
use farley_core::workspace::{Edited, Take};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Api;
use super::extract::{Json, Path, Query, Signed, heads, record_id};
use super::records::of_kind;
use crate::clock;
use crate::problem::Problem;

/// Records of the review list in one answer.
const CONFLICTS: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryParams {
    field: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtParams {
    heads: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    key: String,
    take: Taken,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Taken {
    Version(ChangeHash),
    Value(Value),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    #[serde(default)]
    id: Option<RecordId>,
}

pub async fn history(
    State(api): State<Api>,
    _: Signed,
    Path((plural, id)): Path<(String, String)>,
    Query(params): Query<HistoryParams>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let id = record_id(&id)?;
        of_kind(api, &plural, id)?;
        Ok(Answer(json!({"steps": api.workspace().history(id, params.field.as_deref())?})))
    })
    .await
}

pub async fn at(
    State(api): State<Api>,
    _: Signed,
    Path((plural, id)): Path<(String, String)>,
    Query(params): Query<AtParams>,
) -> Result<Answer<RecordView>, Problem> {
    api.run(move |api| {
        let id = record_id(&id)?;
        of_kind(api, &plural, id)?;
        let heads = heads(&params.heads, "heads")?;
        if heads.is_empty() {
            return Err(Problem::bad("bad_heads", "Name at least one head."));
        }
        Ok(Answer(api.workspace().record_at(id, &heads)?))
    })
    .await
}

pub async fn conflicts(State(api): State<Api>, _: Signed) -> Result<Answer<Value>, Problem> {
    api.run(|api| {
        let records = api.workspace().conflicts(CONFLICTS)?;
        Ok(Answer(json!({"records": records, "count": api.workspace().conflict_count()?})))
    })
    .await
}

pub async fn settle(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path((plural, id)): Path<(String, String)>,
    Json(body): Json<Settle>,
) -> Result<Answer<Edited>, Problem> {
    api.run(move |api| {
        let id = record_id(&id)?;
        of_kind(api, &plural, id)?;
        let take = match body.take {
            Taken::Version(hash) => Take::Version(hash),
            Taken::Value(value) => Take::Value(value),
        };
        Ok(Answer(api.workspace().settle(caller.author, id, &body.key, take, clock::now())?))
    })
    .await
}

pub async fn undo(
    State(api): State<Api>,
    Signed(caller): Signed,
    Json(body): Json<Undo>,
) -> Result<Answer<Edited>, Problem> {
    api.run(move |api| Ok(Answer(api.workspace().undo(caller.author, body.id, clock::now())?))).await
}
