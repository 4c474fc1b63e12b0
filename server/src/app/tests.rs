//! The joined server, over real sockets, with real devices.

use std::time::{Duration, Instant};

use farley_core::record::{DeviceId, Edit};
use farley_device::device::Device;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::backup::{backup, restore, verify};
use super::test_kit::{Browser, PASSWORD, eventually, office, phone, raw, run};
use super::{AppError, Config, DeskConfig, admin, desk, serve};
use crate::accounts::{Role, Use};

#[test]
fn a_contact_is_made_read_edited_stale_and_settled_over_rest() {
    run(async {
        let (_folder, running, browser) = office().await;
        let made =
            browser.post("/contacts", json!({"set": {"family_name": "Müller", "given_name": "Anna"}})).await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        let made = made.json();
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!((made["created"].as_bool(), made["seq"].as_u64().is_some()), (Some(true), true));
        let base = made["heads"][0].as_str().unwrap();
        let address = format!("/api/v1/contacts/{id}");

        let page = browser.send("GET", &address, "", None).await;
        assert_eq!(page.json()["values"]["family_name"], "Müller");
        assert_eq!(page.json()["at_office"], true);
        let tag = page.header("etag").unwrap().to_owned();
        let again = browser.send("GET", &address, &format!("if-none-match: {tag}\r\n"), None).await;
        assert_eq!((again.status, again.body.len()), (304, 0));

        // Two edits on the same heads: both are kept, one is shown.
        for name in ["Brandt", "Petersen"] {
            let edit = Some(json!({"set": {"family_name": name}}));
            let edited = browser.send("PATCH", &address, &format!("base-heads: {base}\r\n"), edit).await;
            assert_eq!(edited.status, 200, "{}", String::from_utf8_lossy(&edited.body));
        }
        let strict = browser
            .send(
                "PATCH",
                &address,
                &format!("if-match: {tag}\r\n"),
                Some(json!({"set": {"family_name": "X"}})),
            )
            .await;
        assert_eq!((strict.status, strict.json()["code"].as_str()), (412, Some("changed")));
        let review = browser.get("/conflicts").await.json();
        assert_eq!(review["count"], 1, "{review}");
        let conflict = &review["records"][0]["conflicts"][0];
        assert_eq!(conflict["versions"].as_array().unwrap().len(), 2);
        let take = json!({"key": conflict["key"], "take": {"version": conflict["versions"][1]["change"]}});
        let settled = browser.post(&format!("/contacts/{id}/settle"), take).await;
        assert_eq!(settled.status, 200, "{}", String::from_utf8_lossy(&settled.body));
        let page = browser.get(&format!("/contacts/{id}")).await.json();
        assert_eq!(page["values"]["family_name"], conflict["versions"][1]["value"]);
        assert_eq!(page["conflicts"], json!([]));

        let history = browser.get(&format!("/contacts/{id}/history?field=family_name")).await.json();
        let names: Vec<_> = history["steps"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step["fields"][0]["new"].clone())
            .collect();
        assert_eq!(names[0], "Müller");
        assert!(names.contains(&json!("Brandt")) && names.contains(&json!("Petersen")), "{history}");
        let old = browser.get(&format!("/contacts/{id}/at?heads={base}")).await.json();
        assert_eq!(old["values"]["family_name"], "Müller");

        let rows = browser.get("/contacts?search=muller%20anna").await;
        assert_eq!(rows.status, 200);
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 1);
        let vector = browser.send("GET", "/api/v1/contacts/index", "", None).await;
        assert_eq!(vector.body.len(), 4);
        let number = u32::from_le_bytes(vector.body[..].try_into().unwrap());
        let rows = browser.get(&format!("/contacts/rows?ids={number}")).await.json();
        assert_eq!(rows["rows"][0]["id"], id.as_str());
        assert!(rows["rows"][0]["cells"].is_object());
        let tag = vector.header("etag").unwrap();
        let same =
            browser.send("GET", "/api/v1/contacts/index", &format!("if-none-match: {tag}\r\n"), None).await;
        assert_eq!(same.status, 304);

        let trash = browser.send("DELETE", &address, "", None).await;
        assert_eq!(trash.status, 200);
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 0);
        assert_eq!(browser.get("/contacts/count?removed=true").await.json()["count"], 1);
        assert_eq!(browser.post(&format!("/contacts/{id}/restore"), json!({})).await.status, 200);
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 1);
        running.shutdown().await;
    });
}

#[test]
fn a_repeated_creation_makes_one_record() {
    run(async {
        let (_folder, running, browser) = office().await;
        let body = || Some(json!({"set": {"family_name": "Kühn"}}));
        let key = "idempotency-key: k1\r\n";
        let first = browser.send("POST", "/api/v1/contacts", key, body()).await.json();
        let second = browser.send("POST", "/api/v1/contacts", key, body()).await.json();
        assert_eq!(first, second);
        let put = "/api/v1/contacts/0190b2a0-0000-7000-8000-000000000001";
        assert_eq!(browser.send("PUT", put, "", body()).await.status, 201);
        let again = browser.send("PUT", put, "", body()).await;
        assert_eq!((again.status, again.json()["created"].as_bool()), (200, Some(false)));
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 2);
        let batch =
            json!({"edits": [{"set": {"family_name": "Groß"}}, {"set": {"no_such": 1}}, {"wrong": 1}]});
        let results = browser.post("/contacts/batch", batch).await.json()["results"].clone();
        assert!(results[0]["hash"].is_string(), "{results}");
        assert_eq!(results[1]["error"]["code"], "unknown_field");
        assert_eq!(results[2]["error"]["code"], "bad_json");
        running.shutdown().await;
    });
}

#[test]
fn every_refusal_is_a_problem_with_a_trace_id() {
    run(async {
        let (_folder, running, browser) = office().await;
        let nobody = Browser { cookie: String::new(), ..browser.clone() };
        let huge = json!({"set": {"family_name": "x".repeat(1_100_000)}});
        let answers = [
            (nobody.get("/contacts").await, 401, "signed_out"),
            (browser.get("/nothing").await, 404, "unknown_kind"),
            (browser.get("/contacts?unknown=1").await, 400, "bad_query"),
            (browser.get("/contacts?filter=%7B").await, 400, "bad_filter"),
            (browser.get("/contacts?cursor=nonsense").await, 400, "bad_cursor"),
            (browser.get("/contacts/nonsense").await, 404, "record_not_found"),
            (browser.get("/contacts/0190b2a0-0000-7000-8000-000000000009").await, 404, "record_not_found"),
            (browser.post("/contacts", json!({"sets": {}})).await, 400, "bad_body"),
            (browser.post("/contacts", json!({"set": {"no_such": 1}})).await, 400, "unknown_field"),
            (browser.post("/contacts", huge).await, 413, "body_too_large"),
            (browser.send("PATCH", "/api/v1/contacts", "", None).await, 405, "method_not_allowed"),
            (
                browser.send("POST", "/api/v1/contacts", "content-type: text/plain\r\n", None).await,
                415,
                "not_json",
            ),
            (browser.post("/airplane", json!({"on": true})).await, 409, "no_airplane"),
            (
                nobody.post("/session", json!({"name": "Chefin", "password": "falsch falsch"})).await,
                401,
                "bad_credentials",
            ),
            (nobody.post("/session/link", json!({"token": "x"})).await, 401, "link_unknown"),
            (
                nobody.post("/setup", json!({"token": "x", "name": "y", "password": PASSWORD})).await,
                409,
                "already_set_up",
            ),
        ];
        for (answer, status, code) in answers {
            let json = answer.json();
            assert_eq!((answer.status, json["code"].as_str()), (status, Some(code)), "{json}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            assert_eq!(json["status"], status);
            assert_eq!(json["trace_id"].as_str().map(str::len), Some(12));
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        }
        let foreign = format!(
            "POST /api/v1/contacts HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\norigin: http://evil.example\r\n\
             content-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}",
            browser.address, browser.cookie
        );
        let refused = raw(browser.address, &foreign).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("foreign_site")));
        running.shutdown().await;
    });
}

#[test]
fn the_session_of_the_page_begins_and_ends() {
    run(async {
        let (_folder, running, browser) = office().await;
        let session = browser.get("/session").await.json();
        assert_eq!(
            (session["mode"].as_str(), session["person"]["name"].as_str()),
            (Some("serve"), Some("Chefin"))
        );
        let schema = browser.get("/schema").await;
        assert_eq!(schema.json()["kinds"]["contact"]["plural"], "contacts");
        assert!(schema.header("etag").is_some());
        assert_eq!(browser.get("/today").await.status, 200, "tasks and visits can be asked for");
        assert_eq!(browser.get("/search?q=m%C3%BCller").await.json()["rows"], json!([]));
        let authors = eventually(async || {
            let authors = browser.get("/authors").await.json()["authors"].clone();
            authors
                .as_object()
                .unwrap()
                .values()
                .any(|author| author["person"] == "Chefin")
                .then_some(authors)
        })
        .await;
        assert!(
            authors.as_object().unwrap().values().any(|author| author["platform"] == "Büro"),
            "{authors}"
        );
        let spec = browser.get("/openapi.json").await.json();
        assert!(spec["paths"]["/{plural}/{id}"]["patch"].is_object(), "{spec}");
        assert_eq!(browser.send("DELETE", "/api/v1/session", "", None).await.status, 204);
        assert_eq!(browser.get("/contacts").await.status, 401);
        running.shutdown().await;
    });
}

#[test]
fn a_phone_s_edit_reaches_the_office_and_a_revoked_phone_is_out_within_a_second() {
    run(async {
        let (folder, running, browser) = office().await;
        let phone = phone(&running, folder.path(), "M. Brandt").await;
        let own = phone.workspace().device();
        let edit = Edit::create("contact").with("family_name", "Yıldız");
        phone.workspace().edit(own, &edit, crate::clock::now()).unwrap();
        phone.start();
        eventually(async || (browser.get("/contacts/count").await.json()["count"] == 1).then_some(())).await;
        let devices = browser.get("/devices").await.json();
        assert_eq!(devices["devices"][0]["connected"], true, "{devices}");
        assert_eq!(devices["devices"][0]["carrier"], "quic");
        let arrivals = eventually(async || {
            let arrivals = browser.get("/arrivals").await.json()["arrivals"].clone();
            arrivals[0]["changes"].is_u64().then_some(arrivals)
        })
        .await;
        assert_eq!(
            (arrivals[0]["changes"].as_u64(), arrivals[0]["records"].as_array().map(Vec::len)),
            (Some(1), Some(1))
        );

        // The other way: live, without asking.
        browser.post("/contacts", json!({"set": {"family_name": "Groß"}})).await;
        let all = farley_core::query::Query { kind: Some("contact".into()), ..Default::default() };
        eventually(async || (phone.workspace().count(&all).unwrap() == 2).then_some(())).await;

        let before = Instant::now();
        assert_eq!(browser.post(&format!("/devices/{own}/revoke"), json!({})).await.status, 200);
        eventually(async || phone.status().locked.is_some().then_some(())).await;
        assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
        assert_eq!(browser.get("/devices").await.json()["devices"][0]["connected"], false);
        phone.stop().await;
        running.shutdown().await;
    });
}

#[test]
fn without_udp_a_phone_syncs_over_the_websocket_and_an_admin_command_beside_revokes_it() {
    run(async {
        let (folder, running, browser) = office().await;
        let data = folder.path().join("data");
        let person = admin::user_add(&data, "E. Yıldız", Role::Field, None).unwrap();
        let mut invited = admin::invite(&data, "E. Yıldız", Use::InPerson).unwrap();
        assert_eq!(person.name, "E. Yıldız");
        invited.link.quic.clear();
        let phone =
            Device::enrol(&folder.path().join("p"), &invited.link.link(), "Tablet", "android", "farley")
                .await
                .unwrap();
        let own = phone.workspace().device();
        phone
            .workspace()
            .edit(own, &Edit::create("contact").with("family_name", "Kühn"), crate::clock::now())
            .unwrap();
        phone.start();
        eventually(async || (browser.get("/contacts/count").await.json()["count"] == 1).then_some(())).await;
        assert_eq!(browser.get("/devices").await.json()["devices"][0]["carrier"], "websocket");
        let before = Instant::now();
        tokio::task::spawn_blocking(move || admin::revoke(&data, own).unwrap()).await.unwrap();
        eventually(async || phone.status().locked.is_some().then_some(())).await;
        assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
        phone.stop().await;
        running.shutdown().await;
    });
}

#[test]
fn a_stop_with_an_open_stream_and_a_connected_phone_takes_less_than_five_seconds() {
    run(async {
        let (folder, running, browser) = office().await;
        let phone = phone(&running, folder.path(), "J. Petersen").await;
        phone.start();
        eventually(async || phone.status().connected.then_some(())).await;
        let mut stream = TcpStream::connect(browser.address).await.unwrap();
        let ask = format!(
            "GET /api/v1/events HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\r\n",
            browser.address, browser.cookie
        );
        stream.write_all(ask.as_bytes()).await.unwrap();
        let mut seen = String::new();
        let mut buffer = [0; 4096];
        browser.post("/contacts", json!({"set": {"family_name": "Weiß"}})).await;
        while !seen.contains("event: change") || !seen.contains("event: status") {
            let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut buffer))
                .await
                .unwrap()
                .unwrap();
            seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
        assert!(seen.contains("\"fields\":[") && seen.contains("\nid: "), "{seen}");
        let admin = running.admin_addr;
        let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        assert_eq!(raw(admin, &ask("/readyz")).await.json()["ready"], true);
        assert_eq!(raw(admin, &ask("/healthz")).await.status, 200);
        let metrics = raw(admin, &ask("/metrics")).await;
        assert!(String::from_utf8_lossy(&metrics.body).contains("farley_sessions"));
        let before = Instant::now();
        running.shutdown().await;
        assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
        phone.stop().await;
    });
}

#[test]
fn a_mounted_phone_has_its_own_page_session_and_airplane_switch() {
    run(async {
        let (folder, running, browser) = office().await;
        let phone = phone(&running, folder.path(), "anna").await;
        phone.start();
        let link = running.mount("anna", &phone);
        let token = link.split('#').nth(1).unwrap();
        let mut visitor = Browser { address: browser.address, cookie: browser.cookie.clone() };
        let at = |path: &str| format!("/phone/anna/api/v1{path}");
        assert_eq!(
            visitor.send("GET", &at("/contacts"), "", None).await.status,
            401,
            "the office's cookie opens no phone"
        );
        let opened = visitor.send("POST", &at("/session/link"), "", Some(json!({"token": token}))).await;
        assert_eq!(opened.status, 200);
        assert_eq!(opened.json()["mode"], "phone");
        visitor.cookie = opened.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        assert!(visitor.cookie.starts_with("__Host-farley-phone-anna="));
        let again = visitor.send("POST", &at("/session/link"), "", Some(json!({"token": token}))).await;
        assert_eq!(again.json()["code"], "link_unknown");
        let off = visitor.send("POST", &at("/airplane"), "", Some(json!({"on": true}))).await.json();
        assert_eq!((off["airplane"].as_bool(), off["mode"].as_str()), (Some(true), Some("phone")));
        let made = visitor
            .send("POST", &at("/contacts"), "", Some(json!({"set": {"family_name": "Offline"}})))
            .await;
        assert_eq!((made.status, made.json()["seq"].is_null()), (201, true));
        assert_eq!(visitor.send("GET", &at("/status"), "", None).await.json()["pending"], 1);
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 0);
        visitor.send("POST", &at("/airplane"), "", Some(json!({"on": false}))).await;
        eventually(async || (browser.get("/contacts/count").await.json()["count"] == 1).then_some(())).await;
        let refused =
            visitor.send("POST", &at("/invitations"), "", Some(json!({"person": DeviceId([0; 16])}))).await;
        assert!(refused.status == 403 || refused.status == 409);
        let page = visitor.send("GET", "/phone/anna/contacts", "", None).await;
        assert!(String::from_utf8_lossy(&page.body).contains("content=\"/phone/anna\""));
        phone.stop().await;
        running.shutdown().await;
    });
}

#[test]
fn ports_and_folders_in_use_and_plain_http_say_what_to_do() {
    run(async {
        let (folder, running, _) = office().await;
        let config = Config { http: running.http_addr, ..Config::local(&folder.path().join("other")) };
        let error = serve(config).await.err().unwrap();
        assert!(matches!(error, AppError::PortInUse { what: "the page", .. }), "{error}");
        let config = Config { quic: running.quic_addr, ..Config::local(&folder.path().join("other")) };
        let error = serve(config).await.err().unwrap();
        assert!(error.to_string().contains("choose another port"), "{error}");
        let error = serve(Config::local(&folder.path().join("data"))).await.err().unwrap();
        assert!(matches!(error, AppError::InUse(_)), "{error}");
        let config =
            Config { http: "0.0.0.0:0".parse().unwrap(), ..Config::local(&folder.path().join("other")) };
        assert!(matches!(serve(config).await.err().unwrap(), AppError::PlainHttp(_)));
        let missing =
            desk(DeskConfig { folder: folder.path().join("none"), http: "127.0.0.1:0".parse().unwrap() })
                .await;
        assert!(matches!(missing.err().unwrap(), AppError::Device(_)));
        running.shutdown().await;
    });
}

#[test]
fn a_desk_works_offline_and_takes_only_its_own_host() {
    run(async {
        let (folder, running, _) = office().await;
        let laptop = phone(&running, folder.path(), "laptop").await;
        drop(laptop);
        running.shutdown().await;
        let config =
            DeskConfig { folder: folder.path().join("laptop"), http: "127.0.0.1:0".parse().unwrap() };
        let desk = desk(config).await.unwrap();
        let mut browser = Browser { address: desk.http_addr, cookie: String::new() };
        let token = desk.link.split('#').nth(1).unwrap();
        let opened = browser.post("/session/link", json!({"token": token})).await;
        browser.cookie = opened.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let made = browser.post("/contacts", json!({"set": {"family_name": "Ohne Netz"}})).await;
        assert_eq!(made.status, 201);
        let status = browser.get("/status").await.json();
        assert_eq!((status["mode"].as_str(), status["pending"].as_u64()), (Some("desk"), Some(1)));
        assert_eq!(browser.get("/devices").await.status, 403);
        let foreign = "GET /api/v1/session HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
        assert_eq!(raw(desk.http_addr, foreign).await.json()["code"], "foreign_host");
        desk.shutdown().await;
    });
}

#[test]
fn a_restored_server_gets_back_what_a_living_device_held_and_keeps_the_revoked_out() {
    run(async {
        let (folder, running, browser) = office().await;
        let data = folder.path().join("data");
        let (http, quic) = (running.http_addr, running.quic_addr);
        let anna = phone(&running, folder.path(), "anna").await;
        let own = anna.workspace().device();
        anna.start();
        browser.post("/contacts", json!({"set": {"family_name": "Früh"}})).await;
        eventually(async || (anna.status().settled && anna.status().cursor > 0).then_some(())).await;
        let file = folder.path().join("farley.backup");
        let (from, to) = (data.clone(), file.clone());
        tokio::task::spawn_blocking(move || backup(&from, &to)).await.unwrap().unwrap();

        anna.workspace()
            .edit(own, &Edit::create("contact").with("family_name", "Spät"), crate::clock::now())
            .unwrap();
        eventually(async || (browser.get("/contacts/count").await.json()["count"] == 2).then_some(())).await;
        let _carla = phone(&running, folder.path(), "carla").await;
        let ben = phone(&running, folder.path(), "ben").await;
        running.accounts().revoke(ben.workspace().device(), None).unwrap();
        let (from, to) = (data.clone(), file.clone());
        let busy = tokio::task::spawn_blocking(move || restore(&from, &to, None)).await.unwrap();
        assert!(matches!(busy, Err(AppError::InUse(_))), "a server runs on it");
        running.shutdown().await;
        anna.stop().await;

        let (_, findings) = verify(&file).unwrap();
        assert_eq!(findings, Vec::<String>::new());
        let ledger = data.join("ledger.jsonl");
        let restored = restore(&data, &file, Some(&ledger)).unwrap();
        assert_eq!((restored.devices_added, restored.devices_revoked), (2, 1));
        let running = serve(Config { http, quic, ..Config::local(&data) }).await.unwrap();
        assert!(running.setup_link.is_none());
        assert!(!running.accounts().registry().borrow().admits(ben.workspace().device()));
        let all = farley_core::query::Query { kind: Some("contact".into()), ..Default::default() };
        assert_eq!(
            running.workspace().count(&all).unwrap(),
            1,
            "the backup is older than the second contact"
        );
        anna.start();
        eventually(async || (running.workspace().count(&all).unwrap() == 2).then_some(())).await;
        let office = Browser { address: running.http_addr, cookie: browser.cookie.clone() };
        let told = eventually(async || {
            let told = office.get("/status").await.json()["restored"].clone();
            (told["changes"].as_u64() >= Some(1)).then_some(told)
        })
        .await;
        // Anna's late contact, and with it the names of carla and ben, which the office had written.
        assert_eq!(told["devices"], json!([own]), "{told}");
        assert!((1..=2).contains(&told["authors"].as_u64().unwrap()), "{told}");
        assert!(told["backup_at"].as_i64() < told["at"].as_i64() && told["last_at"].is_i64(), "{told}");
        // Ben's phone was revoked: nobody waits for it. Carla's is still out there.
        let missing = told["missing"].as_array().unwrap();
        let names: Vec<_> = missing.iter().map(|one| one["person_name"].as_str().unwrap()).collect();
        assert_eq!(names, ["carla"], "{told}");
        anna.stop().await;

        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::write(folder.path().join("damaged"), &bytes).unwrap();
        assert!(verify(&folder.path().join("damaged")).is_err());
        running.shutdown().await;
    });
}

#[test]
fn a_german_excel_file_is_looked_at_mapped_run_and_imported_once() {
    run(async {
        let (_folder, running, browser) = office().await;
        let csv = "Nachname;Vorname;Geburtstag\r\nMüller;Anna;04.05.1980\r\nKühn;Jörg;31.02.1980\r\n";
        let send = async || {
            let text = format!(
                "POST /api/v1/imports?name=k.csv&kind=contact HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: {}\r\n\
                 sec-fetch-site: same-origin\r\ncontent-type: text/csv\r\ncontent-length: {}\r\n\r\n{csv}",
                browser.address,
                browser.cookie,
                csv.len()
            );
            raw(browser.address, &text).await
        };
        let looked = send().await;
        assert_eq!(looked.status, 201, "{}", String::from_utf8_lossy(&looked.body));
        let looked = looked.json();
        assert_eq!(
            (looked["rows"].as_u64(), looked["counts"]["new"].as_u64()),
            (Some(2), Some(2)),
            "{looked}"
        );
        assert_eq!(looked["columns"][0]["field"], "family_name");
        assert_eq!(looked["errors"][0]["row"], 3, "the broken row is named: {looked}");
        let id = looked["id"].as_str().unwrap();
        let fields: Vec<_> =
            looked["columns"].as_array().unwrap().iter().map(|column| column["field"].clone()).collect();
        let path = format!("/api/v1/imports/{id}/mapping");
        let mapped = browser.send("PUT", &path, "", Some(json!({"columns": fields}))).await.json();
        assert_eq!(mapped["counts"], looked["counts"]);
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 0, "looking writes nothing");
        browser.post(&format!("/imports/{id}/run"), json!({})).await;
        let done = eventually(async || {
            let import = browser.get(&format!("/imports/{id}")).await.json();
            (import["state"] == "done").then_some(import)
        })
        .await;
        assert_eq!((done["done"].as_u64(), done["total"].as_u64()), (Some(2), Some(2)));
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 2);
        assert_eq!(send().await.json()["counts"]["skip"], 2, "the same file again adds nothing");
        let file = browser.get("/exports/contacts.csv").await;
        let text = String::from_utf8_lossy(&file.body);
        assert!(text.contains("Müller") && text.contains("Kühn"), "{text}");
        let cards = browser.get("/exports/contacts.vcf").await;
        assert!(String::from_utf8_lossy(&cards.body).contains("BEGIN:VCARD"));
        assert_eq!(browser.post(&format!("/imports/{id}/undo"), json!({})).await.json()["state"], "undone");
        assert_eq!(browser.get("/contacts/count").await.json()["count"], 0);
        running.shutdown().await;
    });
}
