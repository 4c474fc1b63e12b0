//! The office page, from the binary: under any mount path, without inline script, with a fresh nonce per answer.
//!
//! - `/assets/*` never change under their names: cached for good, `.br` where accepted.
//! - Every other path is `index.html`: the page routes by itself. Its `./assets/` addresses and the mount's name are
//!   written in; `lang` and `data-theme` come from cookies, so that nothing flashes.
//! - Without a built page there is one that says how to build it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::clock::{hex, random, sha256};
use crate::problem::Problem;

include!(concat!(env!("OUT_DIR"), "/page_files.rs"));

const MISSING: &str = include_str!("missing.html");

struct Asset {
    bytes: &'static [u8],
    packed: Option<&'static [u8]>,
    tag: String,
    kind: &'static str,
}

/// Whether the page was built into this binary.
pub fn is_built() -> bool {
    FILES.iter().any(|(name, _)| *name == "index.html")
}

/// The page under `mount` ("" or "/phone/anna"), for everything no other route takes. To be merged as a fallback.
pub fn router(mount: &str) -> Router {
    let mount = mount.to_owned();
    Router::new().fallback(move |request: Request| {
        let mount = mount.clone();
        async move { answer(&mount, request.method(), request.uri().path(), request.headers()) }
    })
}

/// The answer to a request for `path`, which still has its mount in front or not.
pub fn answer(mount: &str, method: &Method, path: &str, headers: &HeaderMap) -> Response {
    let path = path.strip_prefix(mount).unwrap_or(path);
    if path == "/api" || path.starts_with("/api/") {
        return Problem::not_found("no_such_route", "There is no such address.").into_response();
    }
    if !matches!(*method, Method::GET | Method::HEAD) {
        return Problem::new(405, "method_not_allowed", "The page is only read.").into_response();
    }
    if path.starts_with("/assets/") {
        return match assets().get(path.trim_start_matches('/')) {
            Some(asset) => asset.answer(headers),
            None => {
                Problem::not_found("no_such_file", "There is no such file; reload the page.").into_response()
            }
        };
    }
    document(mount, headers)
}

/// Headers every answer carries, the policy included. `nonce` is the one in the document. A pretend phone, which has
/// a mount, may stand in a frame of its own origin: the demo shows three of them side by side.
pub fn policy(mount: &str, nonce: &str) -> String {
    let ancestors = if mount.is_empty() { "'none'" } else { "'self'" };
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; \
         connect-src 'self'; font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
         base-uri 'self'; frame-ancestors {ancestors}"
    )
}

/// Headers that belong on every answer of the server, API included.
pub fn harden(headers: &mut HeaderMap, tls: bool) {
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    if tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(HeaderName::from_static("strict-transport-security"), year);
    }
}

fn document(mount: &str, headers: &HeaderMap) -> Response {
    let nonce = hex(&random::<16>());
    let index = FILES.iter().find(|(name, _)| *name == "index.html");
    let source = index.and_then(|(_, bytes)| std::str::from_utf8(bytes).ok()).unwrap_or(MISSING);
    let html = render(source, mount, &nonce, cookie(headers, "farley-lang"), cookie(headers, "farley-theme"));
    let answer = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-cache".to_owned()),
        (CONTENT_SECURITY_POLICY, policy(mount, &nonce)),
        (VARY, "Cookie".to_owned()),
    ];
    (answer, html).into_response()
}

/// `source` under `mount`. Language and theme are taken from a closed list: cookies are foreign input.
fn render(source: &str, mount: &str, nonce: &str, lang: Option<&str>, theme: Option<&str>) -> String {
    let mut html = source
        .replace("\"./assets/", &format!("\"{mount}/assets/"))
        .replace(
            "<meta name=\"farley-mount\" content=\"\"",
            &format!("<meta name=\"farley-mount\" content=\"{mount}\""),
        )
        .replace("nonce=\"\"", &format!("nonce=\"{nonce}\""));
    // Language first: the theme goes in front of it.
    if let Some(lang @ ("de" | "en")) = lang {
        html = html.replacen("<html lang=\"de\"", &format!("<html lang=\"{lang}\""), 1);
    }
    if let Some(theme @ ("light" | "dark")) = theme {
        html = html.replacen("<html ", &format!("<html data-theme=\"{theme}\" "), 1);
    }
    html
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all("cookie").iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

impl Asset {
    fn answer(&self, headers: &HeaderMap) -> Response {
        let text =
            |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let packed = self
            .packed
            .filter(|_| text(ACCEPT_ENCODING).split(',').any(|coding| coding.trim().starts_with("br")));
        let tag = match packed {
            Some(_) => format!("\"{}-br\"", self.tag),
            None => format!("\"{}\"", self.tag),
        };
        let fixed = [
            (ETAG, tag.clone()),
            (CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
            (VARY, "Accept-Encoding".to_owned()),
        ];
        if text(IF_NONE_MATCH).split(',').any(|held| held.trim() == tag) {
            return (StatusCode::NOT_MODIFIED, fixed).into_response();
        }
        let mut response = (fixed, packed.unwrap_or(self.bytes)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        if packed.is_some() {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        response
    }
}

fn assets() -> &'static BTreeMap<&'static str, Asset> {
    static ASSETS: OnceLock<BTreeMap<&'static str, Asset>> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let find = |name: &str| FILES.iter().find(|(other, _)| *other == name).map(|(_, bytes)| *bytes);
        let plain = FILES.iter().filter(|(name, _)| !name.ends_with(".br"));
        plain
            .map(|&(name, bytes)| {
                let tag = hex(&sha256(bytes)[..12]);
                (name, Asset { bytes, packed: find(&format!("{name}.br")), tag, kind: kind(name) })
            })
            .collect()
    })
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = "<html lang=\"de\"><meta name=\"farley-mount\" content=\"\" /><meta property=\"csp-nonce\" nonce=\"\" />\
        <script type=\"module\" src=\"./assets/a.js\"></script>";

    #[test]
    fn the_mount_is_written_into_addresses_and_meta() {
        let html = render(INDEX, "/phone/anna", "n0", Some("en"), Some("dark"));
        assert!(html.contains("src=\"/phone/anna/assets/a.js\""), "{html}");
        assert!(html.contains("content=\"/phone/anna\""));
        assert!(html.contains("nonce=\"n0\""));
        assert!(html.contains("<html data-theme=\"dark\" lang=\"en\""), "{html}");
    }

    #[test]
    fn a_cookie_cannot_write_into_the_document() {
        let html = render(INDEX, "", "n0", Some("\"><script>"), Some("x\" onload=\"y"));
        assert!(html.starts_with("<html lang=\"de\">"), "{html}");
    }

    #[test]
    fn every_answer_of_the_page_has_its_own_nonce_and_a_closed_policy() {
        let once = || answer("", &Method::GET, "/contacts/1", &HeaderMap::new());
        let (first, second) = (once(), once());
        let policy = first.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-"));
        assert!(policy.ends_with("frame-ancestors 'none'"), "the office stands in no frame: {policy}");
        let phone = answer("/phone/anna", &Method::GET, "/phone/anna/", &HeaderMap::new());
        let framed = phone.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            framed.ends_with("frame-ancestors 'self'"),
            "a pretend phone only in its own origin's: {framed}"
        );
        assert_ne!(policy, second.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap());
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(
            answer("", &Method::GET, "/assets/none.js", &HeaderMap::new()).status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            answer("", &Method::POST, "/contacts", &HeaderMap::new()).status(),
            StatusCode::METHOD_NOT_ALLOWED
        );
        assert_eq!(
            answer("/m", &Method::GET, "/m/api/v1/x", &HeaderMap::new()).status(),
            StatusCode::NOT_FOUND
        );
    }
}
