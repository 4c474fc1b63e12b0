//! Signing in and out. `GET /session` answers everybody.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Address, Json, cookie};
use super::{Api, Mode};
use crate::problem::Problem;

/// Longest life of the cookie: the session's own limit, in seconds.
const MAX_AGE: u32 = 7 * 24 * 3_600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    name: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    token: String,
    name: String,
    password: String,
}

pub async fn show(State(api): State<Api>, headers: HeaderMap) -> Result<Answer<Value>, Problem> {
    let key = cookie(&headers, &api.host().cookie());
    api.run(move |api| describe(api, key.as_deref())).await.map(Answer)
}

pub async fn sign_in(
    State(api): State<Api>,
    Address(address): Address,
    Json(body): Json<SignIn>,
) -> Result<Response, Problem> {
    open(api, move |api| api.host().sign_in(&body.name, &body.password, &address)).await
}

pub async fn sign_in_link(
    State(api): State<Api>,
    Address(address): Address,
    Json(body): Json<Link>,
) -> Result<Response, Problem> {
    open(api, move |api| api.host().sign_in_link(&body.token, &address)).await
}

pub async fn set_up(
    State(api): State<Api>,
    Address(address): Address,
    Json(body): Json<SetUp>,
) -> Result<Response, Problem> {
    open(api, move |api| api.host().set_up(&body.token, &body.name, &body.password, &address)).await
}

pub async fn sign_out(State(api): State<Api>, headers: HeaderMap) -> Result<Response, Problem> {
    let name = api.host().cookie();
    if let Some(key) = cookie(&headers, &name) {
        api.run(move |api| api.host().sign_out(&key)).await?;
    }
    let secure = if api.host().secure() { " Secure;" } else { "" };
    let gone = format!("{name}=; Path=/;{secure} HttpOnly; SameSite=Lax; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, gone)]).into_response())
}

async fn open(
    api: Api,
    prove: impl FnOnce(&Api) -> Result<String, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let (key, session) = api
        .run(move |api| {
            let key = prove(api)?;
            let session = describe(api, Some(&key))?;
            Ok((key, session))
        })
        .await?;
    let secure = if api.host().secure() { " Secure;" } else { "" };
    let name = api.host().cookie();
    let set = format!("{name}={key}; Path=/;{secure} HttpOnly; SameSite=Lax; Max-Age={MAX_AGE}");
    Ok(([(SET_COOKIE, set)], Answer(session)).into_response())
}

fn describe(api: &Api, key: Option<&str>) -> Result<Value, Problem> {
    let host = api.host();
    let caller = match key {
        Some(key) => host.caller(key)?,
        None => None,
    };
    let signed_in = caller.is_some();
    let workspace = signed_in.then(|| json!({"id": api.workspace().id(), "name": host.workspace_name()}));
    let device = (signed_in && host.mode() != Mode::Serve).then(|| api.workspace().device());
    Ok(json!({
        "mode": host.mode(),
        "signed_in": signed_in,
        "person": caller.map(|caller| json!({"id": caller.person, "name": caller.name, "role": caller.role})),
        "workspace": workspace,
        "needs_setup": host.needs_setup()?,
        "device": device,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}
