//! Devices, invitations, people and arrivals: only where the API is mounted over the relay's replica.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use farley_core::record::PersonId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Json, Path, Signed};
use super::{Api, Caller, Office};
use crate::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    person: PersonId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    name: String,
    role: String,
    #[serde(default)]
    password: Option<String>,
}

pub async fn devices(State(api): State<Api>, Signed(caller): Signed) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        allow(&caller, &["admin", "office"])?;
        Ok(Answer(json!({"devices": office(api)?.devices()?})))
    })
    .await
}

pub async fn revoke(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        allow(&caller, &["admin", "office"])?;
        let id =
            id.parse().map_err(|_| Problem::not_found("device_not_found", "There is no such device."))?;
        Ok(Answer(office(api)?.revoke(&caller, id)?))
    })
    .await
}

pub async fn invite(
    State(api): State<Api>,
    Signed(caller): Signed,
    Json(body): Json<Invite>,
) -> Result<(StatusCode, Answer<Value>), Problem> {
    api.run(move |api| {
        allow(&caller, &["admin", "office"])?;
        fresh(&caller)?;
        Ok((StatusCode::CREATED, Answer(office(api)?.invite(&caller, body.person)?)))
    })
    .await
}

pub async fn people(State(api): State<Api>, Signed(caller): Signed) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        allow(&caller, &["admin", "office"])?;
        Ok(Answer(json!({"people": office(api)?.people()?})))
    })
    .await
}

pub async fn add_person(
    State(api): State<Api>,
    Signed(caller): Signed,
    Json(body): Json<NewPerson>,
) -> Result<(StatusCode, Answer<Value>), Problem> {
    api.run(move |api| {
        allow(&caller, &["admin"])?;
        fresh(&caller)?;
        let person = office(api)?.add_person(&caller, &body.name, &body.role, body.password.as_deref())?;
        Ok((StatusCode::CREATED, Answer(person)))
    })
    .await
}

/// What devices brought after being away, newest first, with how many of the records have two versions now.
pub async fn arrivals(State(api): State<Api>, _: Signed) -> Result<Answer<Value>, Problem> {
    api.run(|api| Ok(Answer(json!({"arrivals": arrivals_json(api)?})))).await
}

/// Empty where the relay's record of connections is not at hand.
pub fn arrivals_json(api: &Api) -> Result<Vec<Value>, Problem> {
    let Some(office) = api.host().office() else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for (device, from, until, changes, records) in office.arrivals()? {
        let mut conflicts = 0;
        for part in records.chunks(super::lists::MOST) {
            conflicts += api.workspace().rows_of(part)?.iter().filter(|row| row.conflicts > 0).count();
        }
        lines.push(json!({
            "device": device, "from": from, "until": until, "changes": changes, "records": records, "conflicts": conflicts,
        }));
    }
    Ok(lines)
}

fn office(api: &Api) -> Result<&dyn Office, Problem> {
    let needs = "This needs the office's server; open its page to do it.";
    api.host().office().ok_or_else(|| Problem::new(409, "needs_office", needs))
}

fn allow(caller: &Caller, roles: &[&str]) -> Result<(), Problem> {
    if roles.contains(&caller.role.as_str()) {
        return Ok(());
    }
    Err(Problem::new(403, "forbidden", "Your role does not allow this; ask an administrator."))
}

fn fresh(caller: &Caller) -> Result<(), Problem> {
    if caller.fresh {
        return Ok(());
    }
    Err(Problem::new(
        403,
        "sign_in_again",
        "This needs a sign-in within the last ten minutes: enter your password again.",
    ))
}
