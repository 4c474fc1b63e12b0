//! Errors over HTTP: RFC 9457 `application/problem+json`, always, with an id to quote.
//!
//! `code` is what programs and the page act on; `detail` says what, where and what to do, without values
//! that a person typed.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// One problem.
#[derive(Clone, Debug)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable word in snake case.
    pub code: String,
    /// What happened and what to do.
    pub detail: String,
    /// Places in the request, as JSON pointers.
    pub errors: Vec<Place>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
    /// More members, such as the current heads of a 412.
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// One place in a request that is wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    /// Stable word.
    pub code: String,
    /// What was expected.
    pub message: String,
}

impl Problem {
    /// A problem with `status` and `code`.
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code: code.to_owned(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            more: serde_json::Map::new(),
        }
    }
    /// 400.
    pub fn bad(code: &str, detail: impl Into<String>) -> Self {
        Self::new(400, code, detail)
    }
    /// 404.
    pub fn not_found(code: &str, detail: impl Into<String>) -> Self {
        Self::new(404, code, detail)
    }
    /// 500: logged here, said to the caller without its cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let problem =
            Self::new(500, "internal", "Something failed on the server. Nothing was saved by this request.");
        tracing::error!(%cause, "request failed");
        problem
    }
    /// The same problem, at `pointer`.
    pub fn at(mut self, pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        self.errors.push(Place { pointer: pointer.into(), code: code.to_owned(), message: message.into() });
        self
    }
    /// The same problem, worth another try after `seconds`.
    pub fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
    /// The same problem with one more member.
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// The document, with a fresh trace id.
    pub fn to_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({
            "type": format!("/problems/{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "code": self.code,
            "trace_id": crate::clock::hex(&crate::clock::random::<6>()),
        });
        if !self.errors.is_empty() {
            json["errors"] = serde_json::json!(self.errors);
        }
        if let Some(object) = json.as_object_mut() {
            object.extend(self.more.clone());
        }
        json
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let json = self.to_json();
        tracing::debug!(status = self.status.as_u16(), code = self.code, trace = %json["trace_id"], "problem");
        let mut response = (self.status, json.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
