//! What every request passes: `Host` on loopback-only servers, no writes from other sites, headers on every answer.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request};
use axum::http::header::{COOKIE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::http::Peer;
use crate::page;
use crate::problem::Problem;
use crate::relay::Tls;

/// How strict.
#[derive(Clone, Copy)]
pub struct Guard {
    /// `Host` must be loopback: desk and demo, against DNS rebinding.
    pub loopback_only: bool,
    /// TLS ends here or in a proxy.
    pub tls: bool,
}

impl Guard {
    pub async fn pass(self, mut request: Request, next: Next) -> Response {
        if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<Peer>>().copied() {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer.address));
            request.extensions_mut().insert(Tls { exporter: peer.exporter });
        }
        let refused = if self.loopback_only && !loopback_host(request.headers()) {
            Some(Problem::new(403, "foreign_host", "Open this page by the address that was printed."))
        } else if !own_site(request.method(), request.headers()) {
            Some(Problem::new(403, "foreign_site", "Changes are only taken from this server's own page."))
        } else {
            None
        };
        let mut response = match refused {
            Some(problem) => problem.into_response(),
            None => next.run(request).await,
        };
        page::harden(response.headers_mut(), self.tls);
        response
    }
}

/// transport-security.md 4.3.
fn own_site(method: &Method, headers: &HeaderMap) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    if let Some(origin) = text(ORIGIN.as_str()) {
        let host = text(HOST.as_str()).unwrap_or_default();
        return origin.split_once("://").is_some_and(|(_, authority)| authority == host);
    }
    // Neither: no browser. Without a cookie there is nothing a foreign page could ride on.
    !headers.contains_key(COOKIE)
}

fn loopback_host(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "127.0.0.1" | "::1" | "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn writes_from_other_sites_are_refused_in_every_shape() {
        let allowed = |pairs| own_site(&Method::POST, &headers(pairs));
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site"), ("cookie", "a=b")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site")]));
        assert!(!allowed(&[("sec-fetch-site", "none")]));
        assert!(allowed(&[("origin", "http://10.0.0.1:80"), ("host", "10.0.0.1:80"), ("cookie", "a=b")]));
        assert!(!allowed(&[("origin", "http://evil.example"), ("host", "10.0.0.1:80"), ("cookie", "a=b")]));
        assert!(!allowed(&[("origin", "null"), ("host", "10.0.0.1:80")]));
        assert!(!allowed(&[("cookie", "a=b")]), "neither header, but a cookie");
        assert!(allowed(&[]), "a program without any authority");
        assert!(own_site(&Method::GET, &headers(&[("sec-fetch-site", "cross-site")])));
    }

    #[test]
    fn only_names_of_this_computer_pass_on_a_loopback_server() {
        for good in ["127.0.0.1:80", "localhost", "[::1]:8080"] {
            assert!(loopback_host(&[("host".parse().unwrap(), good.parse().unwrap())].into_iter().collect()));
        }
        for bad in ["127.0.0.1.evil.example", "evil.example:80", "", "[::2]:80"] {
            assert!(!loopback_host(&[("host".parse().unwrap(), bad.parse().unwrap())].into_iter().collect()));
        }
    }
}
