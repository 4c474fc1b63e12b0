//! Two devices edit offline, are killed at random moments, and lose nothing; UDP blocked; revoked.
mod common;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Dice, Office, Phone, Running, farley, ok, settle};
use serde_json::{Value as Json, json};

/// SIGKILLs of each device.
const KILLS: usize = 10;

/// What `apply` acknowledged: record, field and value of every line.
type Acknowledged = Vec<(String, String, Json)>;

/// Feeds edits until the process is killed; goes on in the next one. Ends after [`KILLS`] kills.
fn type_and_be_killed(phone: &Phone, who: &str, customer: &str) -> Acknowledged {
    let mut dice = Dice::new(who);
    let mut acknowledged = Vec::new();
    let mut number = 0;
    for _ in 0..KILLS {
        let mut child = farley(&phone.args(&["apply"]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("apply starts");
        let mut stdin = child.stdin.take().expect("piped");
        let mut edits = Vec::new();
        let mut input = String::new();
        for _ in 0..200 {
            number += 1;
            let (field, value) = match number % 3 {
                0 => ("family_name", json!(format!("{who} {number}"))),
                1 => ("description", json!(format!("{who} wrote {number}"))),
                _ => ("nickname", json!(format!("{who}-{number}"))),
            };
            // Some edits touch the customer both know, some make records of their own.
            let edit = match number % 4 {
                0 => json!({"id": customer, "set": {"nickname": format!("{who}-{number}")}}),
                _ => {
                    json!({"kind": "contact", "set": {"family_name": format!("{who} {number}"), field: value}})
                }
            };
            input.push_str(&format!("{edit}\n"));
            edits.push(edit);
        }
        let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let until = Instant::now() + Duration::from_millis(60 + dice.below(700));
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (send, answers) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            out.lines().map_while(Result::ok).for_each(|line| drop(send.send(line)));
        });
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        child.kill().expect("SIGKILL");
        child.wait().expect("it is gone");
        writer.join().expect("the writer ends");
        reader.join().expect("the reader ends");
        for line in answers.try_iter() {
            // The last line may be cut off in the middle: then nobody was told.
            let Ok(answer) = serde_json::from_str::<Json>(&line) else { continue };
            let edit = &edits[answer["line"].as_u64().expect("a number") as usize - 1];
            let id = answer["id"].as_str().unwrap_or_else(|| panic!("refused: {answer}")).to_owned();
            for (field, value) in edit["set"].as_object().expect("a set") {
                acknowledged.push((id.clone(), field.clone(), value.clone()));
            }
        }
    }
    acknowledged
}

/// Record, to field, to the last value acknowledged.
fn last_of(acknowledged: &Acknowledged) -> BTreeMap<(String, String), Json> {
    acknowledged.iter().map(|(id, field, value)| ((id.clone(), field.clone()), value.clone())).collect()
}

#[test]
fn every_acknowledged_line_survives_sigkill_and_reaches_everybody() {
    let office = Office::open();
    let (maren, jonas) = (office.device("Maren", "pixel"), office.device("Jonas", "iphone"));
    let customer =
        maren.edit(json!({"kind": "contact", "set": {"family_name": "Müller", "given_name": "Anna"}}));
    settle(&office, &[&maren, &jonas]);
    let before = office.dump().len();

    let (by_maren, by_jonas) = std::thread::scope(|scope| {
        let maren = scope.spawn(|| type_and_be_killed(&maren, "Maren", &customer));
        let jonas = scope.spawn(|| type_and_be_killed(&jonas, "Jonas", &customer));
        (maren.join().expect("Maren"), jonas.join().expect("Jonas"))
    });
    assert!(by_maren.len() > 50 && by_jonas.len() > 50, "{} and {}", by_maren.len(), by_jonas.len());
    // Both wrote at least once after the last kill, so that the customer's field has two versions for sure.
    maren.edit(json!({"id": customer, "set": {"nickname": "Anni"}}));
    jonas.edit(json!({"id": customer, "set": {"nickname": "Änne"}}));
    let words = "Ruft nach Weihnachten an.";
    maren.edit(json!({"id": customer, "set": {"description": words}}));
    settle(&office, &[&maren, &jonas]);

    let dump: BTreeMap<String, Json> = office
        .dump()
        .iter()
        .map(|line| serde_json::from_str::<Json>(line).expect("a line"))
        .map(|line| (line["id"].as_str().expect("an id").to_owned(), line))
        .collect();
    assert!(dump.len() > before);
    for ((id, field), value) in last_of(&by_maren).into_iter().chain(last_of(&by_jonas)) {
        let record = dump.get(&id).unwrap_or_else(|| panic!("record {id} is missing"));
        // The customer's nickname was written again by both at the end.
        if id != customer {
            assert_eq!(record["values"][&field], value, "{field} of {id}");
        }
    }
    let conflicts = dump[&customer]["conflicts"].as_array().expect("conflicts");
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    let mut versions: Vec<&str> = conflicts[0]["versions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|version| version["value"].as_str())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, ["Anni", "Änne"]);
    assert_eq!(dump[&customer]["values"]["description"], words);
    // A history line of every acknowledged write to the customer is at the office as well.
    let steps = jonas.json(&["history", &customer, "--field", "nickname", "--json"]);
    let written: Vec<&Json> =
        steps.iter().flat_map(|step| step["fields"].as_array().unwrap()).map(|field| &field["new"]).collect();
    for (id, _, value) in
        by_maren.iter().chain(&by_jonas).filter(|(id, field, _)| *id == customer && field == "nickname")
    {
        assert!(written.contains(&value), "{value} of {id} is not in the history");
    }
}

#[test]
fn bad_lines_are_answered_and_the_next_one_is_read() {
    let office = Office::open();
    let maren = office.device("Maren", "pixel");
    // Never synced: works all the same.
    let long = format!("{{\"kind\":\"note\",\"set\":{{\"title\":\"{}\"}}}}", "x".repeat(1 << 20));
    let id = "0190b2a0-0000-7000-8000-000000000001";
    let input = format!(
        "{}\n{}\nnot json\n{long}\n\n{}\n{}\n{}\n{}\n",
        json!({"kind": "contact", "id": id, "set": {"family_name": "Müller"}, "add": {"tags": ["vip"]}}),
        json!({"id": id, "set": {"no_such_field": 1}}),
        json!({"id": id, "set": {"birthday": "31.02.1980"}}),
        json!({"kind": "spaceship", "set": {}}),
        json!({"id": "0190b2a0-0000-7000-8000-00000000ffff", "set": {"family_name": "X"}}),
        json!({"id": id, "set": {"birthday": "1980-05-04"}, "remove": {"tags": ["vip"]}}),
    );
    let output = common::feed(&maren.args(&["apply"]), input.as_bytes());
    assert!(output.status.success());
    let answers: Vec<Json> =
        common::text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<(u64, &str)> = answers
        .iter()
        .map(|answer| (answer["line"].as_u64().unwrap(), answer["error"]["code"].as_str().unwrap_or("ok")))
        .collect();
    assert_eq!(
        said,
        [
            (1, "ok"),
            (2, "unknown_field"),
            (3, "bad_json"),
            (4, "too_large"),
            (6, "bad_value"),
            (7, "unknown_kind"),
            (8, "unknown_record"),
            (9, "ok"),
        ]
    );
    assert_eq!(answers[1]["error"]["field"], "no_such_field");
    assert!(answers[7]["hash"].as_str().is_some_and(|hash| hash.len() == 64));
    let shown = maren.show(id);
    assert_eq!(
        (&shown["values"]["birthday"], &shown["values"]["family_name"]),
        (&json!("1980-05-04"), &json!("Müller"))
    );
    assert!(shown["values"]["tags"].as_array().is_none_or(Vec::is_empty));
    assert!(maren.ok(&["search", "mueller"]).contains("Müller"));
    assert_eq!(maren.status()["pending"], 2);
}

#[test]
fn with_udp_swallowed_it_syncs_over_the_websocket_within_two_seconds_and_says_so() {
    let mut office = Office::open();
    let maren = office.device("Maren", "pixel");
    maren.sync();
    assert_eq!(maren.status()["carrier"], "quic");
    maren.edit(json!({"kind": "contact", "set": {"family_name": "Brandt"}}));
    // The relay moves to another UDP port; the one the device knows takes packets and answers none.
    office.stop();
    let quic = office.quic();
    let _swallows = UdpSocket::bind(quic).expect("the relay's port");
    let data = office.data();
    let http = office.http().to_string();
    let server =
        Running::start(&["serve", "--data", &data, "--http", &http, "--quic", "127.0.0.1:0", "--json"]);
    office.server = Some(server);

    let began = Instant::now();
    let report = maren.sync();
    let took = began.elapsed();
    assert_eq!(report["carrier"], "websocket", "{report}");
    assert_eq!(report["entries_up"], 1, "{report}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    let status = maren.status();
    assert_eq!((&status["carrier"], &status["pending"]), (&json!("websocket"), &json!(0)));
    assert!(status["reason"].as_str().is_some_and(|reason| reason.contains("UDP")), "{status}");
    assert!(maren.ok(&["status"]).contains("UDP seems to be blocked"));
    assert_eq!(office.dump(), maren.dump());
}

#[test]
fn a_revoked_device_is_refused_within_a_second_on_an_open_connection() {
    let office = Office::open();
    let maren = office.device("Maren", "pixel");
    maren.sync();
    let watch = Running::start(&maren.args(&["sync", "--watch", "--json"]));
    watch.wait_for(Duration::from_secs(10), |status| status["settled"] == true);
    let revoked = Instant::now();
    office.admin(&["revoke", "pixel"]);
    let status = watch.wait_for(Duration::from_secs(5), |status| status["locked"] == "revoked");
    let took = revoked.elapsed();
    assert!(took < Duration::from_secs(1), "{took:?}: {status}");
    let mut watch = watch;
    assert_eq!(watch.child.wait().expect("it ends").code(), Some(1));
    // And it stays out, with what it has.
    let said = common::refused(&maren.args(&["sync"]));
    assert!(said.contains("revoked this device"), "{said}");
    maren.edit(json!({"kind": "contact", "set": {"family_name": "Brandt"}}));
    let devices = common::json(&["admin", "devices", "--data", &office.data(), "--json"]);
    assert!(devices[0]["revoked_at"].is_i64(), "{devices:?}");
    assert!(ok(&["admin", "devices", "--data", &office.data()]).contains("revoked"));
}
