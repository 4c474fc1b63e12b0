//! A laptop without network: the page's interface works, edits survive a restart, and merge on reconnect.
mod common;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use common::{Office, Running, http, refused};
use serde_json::{Value as Json, json};

/// A desk and a signed-in browser.
struct Browser {
    desk: Running,
    address: SocketAddr,
    cookie: String,
}

impl Browser {
    fn open(dir: &str) -> Self {
        let desk = Running::start(&["desk", "--dir", dir, "--json"]);
        let address: SocketAddr = desk.ready["http"]
            .as_str()
            .expect("a page")
            .trim_start_matches("http://")
            .parse()
            .expect("an address");
        assert!(address.ip().is_loopback());
        let token =
            desk.ready["link"].as_str().and_then(|link| link.split_once('#')).expect("a link").1.to_owned();
        let body = json!({"token": token}).to_string();
        let (status, head, answer) = http(address, "POST", "/api/v1/session/link", &[], &body);
        assert_eq!(status, 200, "{answer}");
        let cookie = head
            .lines()
            .find_map(|line| {
                line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            })
            .and_then(|(_, value)| value.split(';').next())
            .expect("a cookie")
            .to_owned();
        // The link opens the page once.
        assert_eq!(http(address, "POST", "/api/v1/session/link", &[], &body).0, 401);
        Self { desk, address, cookie }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Json {
        let key = format!("{:?}", Instant::now());
        let headers = [("Cookie", self.cookie.as_str()), ("Idempotency-Key", key.as_str())];
        let (status, _, answer) = http(self.address, method, &format!("/api/v1{path}"), &headers, body);
        assert!(status < 300, "{method} {path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    fn wait_until(&self, what: &str, holds: impl Fn(&Json) -> bool) -> Json {
        for _ in 0..200 {
            let status = self.ask("GET", "/status", "");
            if holds(&status) {
                return status;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("not within 20 s: {what}");
    }
}

#[test]
fn a_desk_without_network_edits_keeps_and_merges_later() {
    let mut office = Office::open();
    let (laptop, phone) = (office.device("Heike", "laptop"), office.device("Jonas", "iphone"));
    let customer =
        phone.edit(json!({"kind": "contact", "set": {"family_name": "Müller", "given_name": "Anna"}}));
    common::settle(&office, &[&laptop, &phone]);
    office.stop();

    let dir = common::path(&laptop.dir);
    let browser = Browser::open(&dir);
    let (status, head, page) = http(browser.address, "GET", "/contacts", &[], "");
    assert_eq!(status, 200);
    assert!(head.to_lowercase().contains("text/html") && page.contains("<html"), "{head}");
    assert_eq!(http(browser.address, "GET", "/api/v1/contacts", &[], "").0, 401, "nobody else looks in");
    let session = browser.ask("GET", "/session", "");
    assert_eq!((&session["mode"], &session["signed_in"]), (&json!("desk"), &json!(true)));
    let found = browser.ask("GET", "/search?q=mueller", "");
    assert_eq!(found["rows"][0]["id"], customer.as_str());
    browser.ask("PATCH", &format!("/contacts/{customer}"), &json!({"set": {"nickname": "Anni"}}).to_string());
    let made = browser.ask(
        "POST",
        "/notes",
        &json!({"set": {"title": "Vom Laptop", "body": "Ohne Netz."}}).to_string(),
    );
    let note = made["id"].as_str().expect("an id").to_owned();
    let said = refused(&laptop.args(&["apply"]));
    assert!(said.contains("another Farley process uses"), "{said}");
    assert_eq!(laptop.status()["pending"], 2, "looking works beside it");
    let (code, took) = browser.desk.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");

    // Killed and started again: everything is still there.
    let mut browser = Browser::open(&dir);
    browser.ask(
        "PATCH",
        &format!("/contacts/{customer}"),
        &json!({"set": {"birthday": "1979-03-17"}}).to_string(),
    );
    browser.desk.kill();
    let browser = Browser::open(&dir);
    let record = browser.ask("GET", &format!("/contacts/{customer}"), "");
    assert_eq!(record["values"]["nickname"], "Anni");
    assert_eq!(record["values"]["birthday"], "1979-03-17");
    assert_eq!(record["at_office"], false);
    let status = browser.ask("GET", "/status", "");
    assert_eq!((&status["connected"], &status["pending"]), (&json!(false), &json!(3)), "{status}");

    // Meanwhile Jonas changed the same field, also offline. Then the office is back.
    phone.edit(json!({"id": customer, "set": {"nickname": "Änne"}}));
    office.start();
    phone.sync();
    browser.ask("POST", "/sync", "{}");
    browser.wait_until("the laptop has sent everything", |status| {
        status["connected"] == true && status["pending"] == 0
    });
    phone.sync();
    browser.wait_until("the conflict is on the laptop", |status| status["conflicts"] == 1);
    let review = browser.ask("GET", "/conflicts", "");
    let mut versions: Vec<&str> = review["records"][0]["conflicts"][0]["versions"]
        .as_array()
        .expect("versions")
        .iter()
        .filter_map(|version| version["value"].as_str())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, ["Anni", "Änne"]);
    drop(browser);
    common::settle(&office, &[&laptop, &phone]);
    assert!(office.dump().iter().any(|line| line.contains(&note) && line.contains("Ohne Netz.")));

    // One version is taken, and the review list is empty everywhere.
    let conflicts = phone.json(&["conflicts", "--json"]);
    let take = conflicts[0]["versions"][1]["change"].as_str().expect("a hash");
    phone.ok(&["settle", &customer, "nickname", "--take", take]);
    common::settle(&office, &[&laptop, &phone]);
    assert!(laptop.json(&["conflicts", "--json"]).is_empty());
    let said = refused(&phone.args(&["settle", &customer, "nickname", "--take", take]));
    assert!(said.contains("one version only"), "{said}");
}

#[test]
fn a_desk_listens_on_loopback_only_and_needs_an_enrolled_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = common::path(folder.path());
    assert!(refused(&["desk", "--dir", &dir]).contains("no enrolled device"));
    assert!(refused(&["desk", "--dir", &dir, "--http", "0.0.0.0:0"]).contains("not loopback"));
}
