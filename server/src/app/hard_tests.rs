//! Bad input, slow and greedy clients: each gets a problem, and the server goes on for everybody else.

use std::time::{Duration, Instant};

use farley_core::record::Edit;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::test_kit::{Answer, Browser, office, raw, run};
use crate::clock;

fn problem(answer: &Answer, status: u16, code: &str) {
    let said = String::from_utf8_lossy(&answer.body);
    assert_eq!(answer.status, status, "{} {said}", answer.head);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{} {said}", answer.head);
    let json = answer.json();
    assert_eq!((json["code"].as_str(), json["status"].as_u64()), (Some(code), Some(status.into())));
    assert!(json["trace_id"].is_string() && json["detail"].is_string());
}

#[test]
fn addresses_and_methods_that_do_not_exist_are_problems() {
    run(async {
        let (_folder, running, browser) = office().await;
        let ask = async |method: &str, path: &str| browser.send(method, path, "", None).await;
        problem(&ask("GET", "/api/v1/a/b/c/d").await, 404, "no_such_route");
        problem(&ask("GET", "/api/v1").await, 404, "no_such_route");
        problem(&ask("GET", "/api/v1/").await, 404, "no_such_route");
        problem(&ask("GET", "/api/v2/contacts").await, 404, "no_such_route");
        problem(&ask("GET", "/api").await, 404, "no_such_route");
        problem(&ask("PUT", "/api/v1/status").await, 405, "method_not_allowed");
        problem(&ask("OPTIONS", "/api/v1/contacts").await, 405, "method_not_allowed");
        problem(&ask("TRACE", "/api/v1/contacts").await, 405, "method_not_allowed");
        problem(&ask("GET", "/api/v1/%ff/x").await, 404, "bad_path");
        problem(&ask("GET", "/api/v1/contacts/%ff%fe").await, 404, "bad_path");
        problem(&ask("GET", "/api/v1/contacts?search=%ff").await, 400, "bad_query");
        problem(&ask("GET", "/api/v1/contacts?limit=-1").await, 400, "bad_query");
        problem(&ask("GET", "/api/v1/contacts?limit=99999999999999999999999").await, 400, "bad_query");
        problem(&ask("GET", "/api/v1/contacts/count?removed=perhaps").await, 400, "bad_query");
        running.shutdown().await;
    });
}

#[test]
fn deep_broken_and_greedy_bodies_are_problems() {
    run(async {
        let (_folder, running, browser) = office().await;
        let send = async |kind: &str, body: &[u8]| {
            let head = format!(
                "POST /api/v1/contacts HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\n\
                 sec-fetch-site: same-origin\r\n{kind}content-length: {}\r\n\r\n",
                browser.address,
                browser.cookie,
                body.len()
            );
            let mut stream = TcpStream::connect(browser.address).await.unwrap();
            stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).await.unwrap();
            Answer::read(&bytes)
        };
        let json = "content-type: application/json\r\n";
        problem(&send("", b"{}").await, 415, "not_json");
        problem(&send("content-type: text/json\r\n", b"{}").await, 415, "not_json");
        problem(&send(json, b"").await, 400, "bad_body");
        problem(&send(json, b"{\"set\": {\"family_name\": \"\xff\xfe\"}}").await, 400, "bad_body");
        let deep = format!("{{\"set\": {{\"family_name\": {}1{}}}}}", "[".repeat(5_000), "]".repeat(5_000));
        problem(&send(json, deep.as_bytes()).await, 400, "bad_body");
        problem(&send(json, b"{\"set\": {\"family_name\": 1e999}}").await, 400, "bad_body");
        assert_eq!(send("content-type: application/JSON; charset=utf-8\r\n", b"{}").await.status, 201);

        let filter = |depth: usize| {
            let open = "%7B%22not%22%3A".repeat(depth);
            format!("/contacts?filter={open}%7B%22all%22%3A%5B%5D%7D{}", "%7D".repeat(depth))
        };
        assert_eq!(browser.get(&filter(200)).await.status, 400);
        let ids = |count: usize| vec!["1"; count].join(",");
        problem(&browser.get(&format!("/contacts/rows?ids={}", ids(201))).await, 400, "too_many_ids");
        assert_eq!(browser.get(&format!("/contacts/rows?ids={}", ids(200))).await.status, 200);
        let edits = vec![json!({}); 201];
        problem(&browser.post("/contacts/batch", json!({"edits": edits})).await, 400, "batch_too_long");
        let ids = vec![1; 550_000];
        problem(&browser.post("/contacts/batch", json!({"edits": ids})).await, 413, "body_too_large");
        running.shutdown().await;
    });
}

/// A million ids do not fit into an address: the connection is refused or cut, and nobody else notices.
#[test]
fn a_million_ids_in_an_address_cost_one_connection() {
    run(async {
        let (_folder, running, browser) = office().await;
        let head = format!(
            "GET /api/v1/contacts/rows?ids={} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n",
            vec!["123456"; 1_000_000].join(","),
            browser.address,
            browser.cookie
        );
        let mut stream = TcpStream::connect(browser.address).await.unwrap();
        // The server may hang up in the middle of it.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut bytes = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut bytes)).await.unwrap();
        if !bytes.is_empty() {
            assert!(bytes.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&bytes));
        }
        assert_eq!(browser.get("/contacts/count").await.status, 200);
        running.shutdown().await;
    });
}

#[test]
fn a_body_that_does_not_come_is_given_up() {
    run(async {
        let (_folder, running, browser) = office().await;
        let head = format!(
            "POST /api/v1/contacts HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\n\
             sec-fetch-site: same-origin\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{{\"set\"",
            browser.address, browser.cookie
        );
        let before = Instant::now();
        let answer = raw(browser.address, &head).await;
        problem(&answer, 408, "body_too_slow");
        assert!(before.elapsed() < Duration::from_secs(8), "{:?}", before.elapsed());
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 0);
        running.shutdown().await;
    });
}

#[test]
fn exports_are_written_down_limited_and_their_names_end_no_header() {
    run(async {
        let (_folder, running, browser) = office().await;
        browser.post("/contacts", json!({"set": {"family_name": "Müller"}})).await;
        for path in ["contacts%0d%0aset-cookie:%20a=b.csv", "contacts%22;x=%22.csv", "..%2f..%2fetc.csv"] {
            let answer = browser.get(&format!("/exports/{path}")).await;
            problem(&answer, 404, "unknown_kind");
            assert_eq!(answer.header("set-cookie"), None);
        }
        problem(&browser.get("/exports/contacts.exe").await, 404, "unknown_format");
        problem(&browser.get("/exports/contacts").await, 404, "unknown_format");
        for path in ["contacts.csv", "contacts.vcf", "companies.csv"] {
            let file = browser.get(&format!("/exports/{path}")).await;
            assert_eq!(file.status, 200, "{path}: {}", String::from_utf8_lossy(&file.body));
            let name = format!("attachment; filename=\"{path}\"");
            assert_eq!(file.header("content-disposition"), Some(name.as_str()));
        }
        let fourth = browser.get("/exports/contacts.csv").await;
        problem(&fourth, 429, "too_many_exports");
        assert!(fourth.header("retry-after").unwrap().parse::<u64>().unwrap() > 3_600);
        let part = browser.get("/exports/contacts.csv?search=m%C3%BCller").await;
        assert_eq!(part.status, 200, "a part of the list is no full export");
        let rows = running.accounts().audit_rows(20).unwrap();
        let told: Vec<_> = rows.iter().map(|row| (row.verb.as_str(), row.reason.as_str())).collect();
        assert_eq!(
            told[..5],
            [
                ("exported", "contact csv filtered"),
                ("export_refused", "contacts.csv"),
                ("exported", "company csv all"),
                ("exported", "contact vcf all"),
                ("exported", "contact csv all"),
            ]
        );
        assert!(rows[..5].iter().all(|row| row.who.is_some()));
        assert_eq!(running.accounts().verify_audit().unwrap(), None);
        running.shutdown().await;
    });
}

#[test]
fn a_stream_that_nobody_reads_holds_up_neither_edits_nor_the_stop() {
    run(async {
        let (_folder, running, browser) = office().await;
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let mut stream = socket.connect(browser.address).await.unwrap();
        let ask = format!(
            "GET /api/v1/events HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n",
            browser.address, browser.cookie
        );
        stream.write_all(ask.as_bytes()).await.unwrap();
        let author = running.workspace().device();
        let workspace = running.workspace().clone();
        let made = tokio::task::spawn_blocking(move || {
            for number in 0..20 {
                let edits: Vec<_> = (0..50)
                    .map(|at| Edit::create("contact").with("family_name", format!("Name {number} {at}")))
                    .collect();
                workspace.edit_many(author, &edits, clock::now()).unwrap();
            }
        });
        tokio::time::timeout(Duration::from_secs(60), made)
            .await
            .expect("nobody waits for a reader")
            .unwrap();
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 1_000);
        let before = Instant::now();
        running.shutdown().await;
        assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
        drop(stream);
    });
}

#[test]
fn readiness_names_each_check_and_metrics_have_the_names_alerts_use() {
    run(async {
        let (_folder, running, browser) = office().await;
        let made = browser.post("/contacts", json!({"set": {"family_name": "A"}})).await.json();
        let base = format!("base-heads: {}\r\n", made["heads"][0].as_str().unwrap());
        for name in ["B", "C"] {
            let path = format!("/api/v1/contacts/{}", made["id"].as_str().unwrap());
            browser.send("PATCH", &path, &base, Some(json!({"set": {"family_name": name}}))).await;
        }
        let admin = Browser { address: running.admin_addr, cookie: String::new() };
        let ready = admin.send("GET", "/readyz", "", None).await.json();
        let names: Vec<_> = ready["checks"].as_object().unwrap().keys().cloned().collect();
        for name in ["clock", "disk", "migrations", "quic", "registry", "serving", "writer"] {
            assert!(names.iter().any(|known| known == name), "{ready}");
        }
        for name in ["clock", "migrations", "quic", "registry", "serving", "writer"] {
            assert_eq!(ready["checks"][name], "ok", "{ready}");
        }
        let metrics = admin.send("GET", "/metrics", "", None).await;
        let text = String::from_utf8_lossy(&metrics.body).into_owned();
        let value = |name: &str| -> f64 {
            let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
            line.unwrap_or_else(|| panic!("{name} is missing:\n{text}"))
                .rsplit(' ')
                .next()
                .unwrap()
                .parse()
                .unwrap()
        };
        // The recorder is the process's: other tests of this process count too.
        assert!(value("farley_conflicts_total") >= 1.0);
        assert!(value("farley_db_bytes") > 10_000.0);
        for name in ["farley_conflicts", "farley_quarantine_entries", "farley_device_last_seen_seconds"] {
            value(name);
        }
        running.shutdown().await;
    });
}
