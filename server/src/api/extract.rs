//! axum's extractors, wrapped once so that what they refuse is problem+json.

use std::net::SocketAddr;
use std::time::Duration;

use axum::RequestPartsExt;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use farley_core::record::{ChangeHash, Heads, RecordId};
use serde::de::DeserializeOwned;

use super::{Api, Caller};
use crate::problem::Problem;

/// How long a body of 1 MiB may take: 280 kbit/s, a poor mobile line.
const PATIENCE: Duration = if cfg!(test) { Duration::from_secs(1) } else { Duration::from_secs(30) };

/// A JSON body.
pub struct Json<T>(pub T);
/// Query parameters.
pub struct Query<T>(pub T);
/// Path segments, as texts.
pub struct Path<T>(pub T);
/// Somebody signed in.
pub struct Signed(pub Caller);
/// Where the request came from, for limits.
pub struct Address(pub String);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(415, "not_json", "Send the body as application/json."));
        }
        let bytes = bytes(request, state).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Problem::bad("bad_body", format!("The body is not what this address expects: {error}"))
        })
    }
}

/// The whole body, at most [`super::BODY_LIMIT`].
pub async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    bytes_within(request, state, PATIENCE).await
}

/// As [`bytes`], with another patience.
pub async fn bytes_within<S: Send + Sync>(
    request: Request,
    state: &S,
    patience: Duration,
) -> Result<Bytes, Problem> {
    let Ok(read) = tokio::time::timeout(patience, Bytes::from_request(request, state)).await else {
        let text = format!("The body did not come within {} s; nothing was done.", patience.as_secs());
        return Err(Problem::new(408, "body_too_slow", text));
    };
    read.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(413, "body_too_large", "The body is larger than 1 MiB.")
        }
        _ => Problem::bad("bad_body", "The body could not be read."),
    })
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // The decoder would put a replacement character in its place, and look for something nobody asked for.
        if !is_utf8(parts.uri.query().unwrap_or_default()) {
            return Err(Problem::bad("bad_query", "The query is not UTF-8 after percent-decoding."));
        }
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|query| Self(query.0))
            .map_err(|error| Problem::bad("bad_query", error.body_text()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send + 'static> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        parts
            .extract_with_state::<axum::extract::Path<T>, S>(state)
            .await
            .map(|path| Self(path.0))
            .map_err(|_| Problem::not_found("bad_path", "The address has a part that cannot be read."))
    }
}

impl FromRequestParts<Api> for Signed {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let signed_out = || Problem::new(401, "signed_out", "Sign in first.");
        let key = cookie(&parts.headers, &api.host().cookie()).ok_or_else(signed_out)?;
        let caller = api.run(move |api| api.host().caller(&key)).await?.ok_or_else(signed_out)?;
        api.0.limits.request(&caller.session)?;
        Ok(Self(caller))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
        Ok(Self(socket.unwrap_or_else(|| "unknown".to_owned())))
    }
}

/// Whether `query` is UTF-8 once percent-decoded.
fn is_utf8(query: &str) -> bool {
    let mut bytes = Vec::with_capacity(query.len());
    let mut rest = query.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (byte, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// The cookie `name`, if it was sent.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// A record id from the path.
pub fn record_id(text: &str) -> Result<RecordId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("record_not_found", "The address names no record: ids are UUIDs."))
}

/// Heads from a comma-separated list; `place` names it in the problem.
pub fn heads(text: &str, place: &str) -> Result<Heads, Problem> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut heads: Heads = parts.map(str::parse::<ChangeHash>).collect::<Result<_, _>>().map_err(|_| {
        let message = "Heads are hashes of 64 hex characters, separated by commas.";
        Problem::bad("bad_heads", message).at(place, "bad_heads", message)
    })?;
    heads.sort();
    heads.dedup();
    Ok(heads)
}

/// One header as text.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
