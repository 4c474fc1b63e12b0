//! One record: create, read, edit, trash. Every write goes through `Workspace::edit`, like a phone's.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use farley_core::record::{DeviceId, Edit, RecordId, Splice};
use farley_core::schema::Kind;
use farley_core::workspace::{Edited, RecordPage};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Json, Path, Signed, header, heads, record_id};
use super::lists::{MOST, matches, tag};
use super::{Api, Caller};
use crate::clock::{self, DAY};
use crate::problem::Problem;

/// What a person changed; kind and id are in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    #[serde(default)]
    set: BTreeMap<String, Value>,
    #[serde(default)]
    add: BTreeMap<String, Vec<Value>>,
    #[serde(default)]
    remove: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    text: BTreeMap<String, Vec<Splice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    edits: Vec<Value>,
}

/// Answers to `Idempotency-Key`s of the last 24 hours, at most [`KEYS`] of them.
#[derive(Default)]
pub struct Keys(Mutex<HashMap<(DeviceId, String), (i64, Value)>>);

/// Longest `Idempotency-Key`, in bytes.
pub const KEY: usize = 128;
/// Keys kept; the oldest go first.
const KEYS: usize = 10_000;

pub async fn create(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(plural): Path<String>,
    headers: HeaderMap,
    Json(fields): Json<Fields>,
) -> Result<Response, Problem> {
    let key = header(&headers, "idempotency-key").map(str::to_owned);
    if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > KEY) {
        return Err(Problem::bad("bad_key", "An Idempotency-Key has 1 to 128 characters."));
    }
    api.run(move |api| {
        let kind = api.kind(&plural)?;
        let make = || {
            let edited = save(api, &caller, fields.into_edit(Some(kind.name), None))?;
            serde_json::to_value(&edited).map_err(Problem::internal)
        };
        let answer = match key {
            None => make()?,
            Some(key) => api.0.keys.once(caller.author, key, make)?,
        };
        Ok((StatusCode::CREATED, Answer(answer)).into_response())
    })
    .await
}

/// Creates with the client's id; a second time it answers what stands, and changes nothing.
pub async fn put(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path((plural, id)): Path<(String, String)>,
    Json(fields): Json<Fields>,
) -> Result<Response, Problem> {
    api.run(move |api| {
        let kind = api.kind(&plural)?;
        let id: RecordId =
            id.parse().map_err(|_| Problem::bad("bad_id", "The id of a new record is a UUID."))?;
        if let Some(row) = api.workspace().rows_of(&[id])?.pop() {
            if row.kind != kind.name {
                return Err(Problem::new(
                    409,
                    "exists",
                    "A record with this id exists already as another kind.",
                ));
            }
            let view = api.workspace().record(id)?.view;
            let standing = Edited {
                id,
                hash: None,
                heads: view.heads,
                seq: None,
                conflicts: view.conflicts.into_iter().map(|conflict| conflict.key).collect(),
                created: false,
            };
            return Ok((StatusCode::OK, Answer(standing)).into_response());
        }
        let edited = save(api, &caller, fields.into_edit(Some(kind.name), Some(id)))?;
        Ok((StatusCode::CREATED, Answer(edited)).into_response())
    })
    .await
}

pub async fn show(
    State(api): State<Api>,
    _: Signed,
    Path((plural, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = api.run(move |api| of_kind(api, &plural, record_id(&id)?)).await?;
    let tag = page_tag(&page);
    if matches(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    Ok(([(ETAG, tag), (CACHE_CONTROL, "no-cache".to_owned())], Answer(page)).into_response())
}

pub async fn patch(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path((plural, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(fields): Json<Fields>,
) -> Result<Answer<Edited>, Problem> {
    let base = header(&headers, "base-heads").map(|text| heads(text, "Base-Heads")).transpose()?;
    let strict = header(&headers, "if-match").map(str::to_owned);
    api.run(move |api| {
        let id = record_id(&id)?;
        let page = of_kind(api, &plural, id)?;
        if let Some(wanted) = strict {
            let standing = page_tag(&page);
            if wanted.trim() != "*" && !wanted.split(',').any(|tag| tag.trim() == standing) {
                return Err(Problem::new(
                    412,
                    "changed",
                    "The record was changed in between; read it again.",
                )
                .with("heads", json!(page.view.heads))
                .with("etag", standing));
            }
        }
        let mut edit = fields.into_edit(None, Some(id));
        edit.base = base.filter(|heads| !heads.is_empty());
        save(api, &caller, edit).map(Answer)
    })
    .await
}

pub async fn remove(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path((plural, id)): Path<(String, String)>,
) -> Result<Answer<Edited>, Problem> {
    set_removed(api, caller, plural, id, true).await
}

pub async fn restore(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path((plural, id)): Path<(String, String)>,
) -> Result<Answer<Edited>, Problem> {
    set_removed(api, caller, plural, id, false).await
}

async fn set_removed(
    api: Api,
    caller: Caller,
    plural: String,
    id: String,
    removed: bool,
) -> Result<Answer<Edited>, Problem> {
    api.run(move |api| {
        let id = record_id(&id)?;
        of_kind(api, &plural, id)?;
        Ok(Answer(api.workspace().set_removed(caller.author, id, removed, clock::now())?))
    })
    .await
}

/// Up to 200 edits; each line is answered by itself, in order.
pub async fn batch(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(plural): Path<String>,
    Json(body): Json<Batch>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let kind = api.kind(&plural)?;
        if body.edits.len() > MOST {
            return Err(Problem::bad("batch_too_long", "A batch has at most 200 edits."));
        }
        let mut read: Vec<Result<Edit, Problem>> =
            body.edits.into_iter().map(|json| edit_of(&kind, json)).collect();
        let good: Vec<Edit> = read.iter().filter_map(|edit| edit.as_ref().ok().cloned()).collect();
        let mut made = api.workspace().edit_many(caller.author, &good, clock::now())?.into_iter();
        let results = read.drain(..).map(|edit| {
            let result = edit.and_then(|_| match made.next() {
                Some(edited) => edited.map_err(Problem::from),
                None => Err(Problem::internal("the workspace answered fewer edits than it was given")),
            });
            match result {
                Ok(edited) => json!(edited),
                Err(problem) => json!({"error": problem.to_json()}),
            }
        });
        Ok(Answer(json!({"results": results.collect::<Vec<_>>()})))
    })
    .await
}

fn edit_of(kind: &Kind, json: Value) -> Result<Edit, Problem> {
    let mut edit: Edit =
        serde_json::from_value(json).map_err(|error| Problem::bad("bad_json", error.to_string()))?;
    match &edit.kind {
        Some(named) if *named != kind.name => {
            return Err(Problem::bad("other_kind", "The edit names another kind than the address."));
        }
        Some(_) => {}
        None if edit.id.is_none() => edit.kind = Some(kind.name.clone()),
        None => {}
    }
    Ok(edit)
}

impl Fields {
    fn into_edit(self, kind: Option<String>, id: Option<RecordId>) -> Edit {
        Edit { kind, id, base: None, set: self.set, add: self.add, remove: self.remove, text: self.text }
    }
}

impl Keys {
    /// The answer that `key` had, or `make`'s, which is then kept.
    fn once(
        &self,
        author: DeviceId,
        key: String,
        make: impl FnOnce() -> Result<Value, Problem>,
    ) -> Result<Value, Problem> {
        // Held while making: a second request with the same key waits for the first one's answer.
        let mut kept = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = clock::now().millis();
        let name = (author, key);
        if let Some((_, answer)) = kept.get(&name).filter(|(at, _)| now - at < DAY) {
            return Ok(answer.clone());
        }
        let answer = make()?;
        if kept.len() >= KEYS {
            kept.retain(|_, (at, _)| now - *at < DAY);
            while kept.len() >= KEYS {
                let oldest = kept.iter().min_by_key(|(_, (at, _))| *at).map(|(name, _)| name.clone());
                oldest.and_then(|name| kept.remove(&name));
            }
        }
        kept.insert(name, (now, answer.clone()));
        Ok(answer)
    }
}

fn save(api: &Api, caller: &Caller, edit: Edit) -> Result<Edited, Problem> {
    Ok(api.workspace().edit(caller.author, &edit, clock::now())?)
}

/// The record, if it is of the kind the address says.
pub fn of_kind(api: &Api, plural: &str, id: RecordId) -> Result<RecordPage, Problem> {
    let kind = api.kind(plural)?;
    let page = api.workspace().record(id)?;
    if page.view.kind != kind.name {
        return Err(Problem::not_found("record_not_found", "There is no record of this kind with this id."));
    }
    Ok(page)
}

/// Hash of the heads; and of what else the page shows that moves without them.
fn page_tag(page: &RecordPage) -> String {
    let mut bytes: Vec<u8> = page.view.heads.iter().flat_map(|head| head.0).collect();
    bytes.push(u8::from(page.at_office));
    tag(&bytes)
}
