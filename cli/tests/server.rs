//! The server killed in mid-sync, restored from an older backup, and stopped politely.
mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{Dice, Office, Phone, Running, farley, json, ok, refused, settle};
use serde_json::{Value as Json, json};

fn contacts(who: &str, from: usize, count: usize) -> Vec<Json> {
    (from..from + count)
        .map(|number| json!({"kind": "contact", "set": {"family_name": format!("{who} {number}"), "description": "x".repeat(300)}}))
        .collect()
}

fn ids(answers: &[Json]) -> Vec<String> {
    answers.iter().map(|answer| answer["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_server_killed_ten_times_in_mid_sync_loses_nothing_it_accepted() {
    let mut office = Office::open();
    let (maren, jonas) = (office.device("Maren", "pixel"), office.device("Jonas", "iphone"));
    settle(&office, &[&maren, &jonas]);
    let mut dice = Dice::new("server");
    let mut made = Vec::new();
    // Jonas stays connected through all of it: he comes back by himself.
    let watch = Running::start(&jonas.args(&["sync", "--watch", "--json"]));
    for round in 0..10 {
        made.extend(ids(&maren.apply(&contacts("Maren", round * 40, 40))));
        let mut syncing = farley(&maren.args(&["sync", "--timeout", "20"]))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sync starts");
        std::thread::sleep(Duration::from_millis(30 + dice.below(400)));
        office.kill();
        syncing.wait().expect("sync ends");
        // What the device believes to be at the office is there.
        let believed = accepted(&maren, &made);
        let held = office.dump();
        for id in believed {
            assert!(held.iter().any(|line| line.contains(&id)), "{id} was accepted and is gone");
        }
        office.start();
    }
    let report = maren.sync();
    assert!(report["entries_up"].is_u64());
    let back = watch
        .wait_for(Duration::from_secs(60), |status| status["settled"] == true && status["connected"] == true);
    assert_eq!(back["locked"], Json::Null);
    drop(watch);
    settle(&office, &[&maren, &jonas]);
    let dump = office.dump();
    for id in &made {
        assert!(dump.iter().any(|line| line.contains(id)), "{id} never arrived");
    }
    assert!(ok(&["admin", "verify", "--data", &office.data()]).contains("Everything is in order"));
}

/// Records of `ids` that the device no longer counts as waiting.
fn accepted(phone: &Phone, ids: &[String]) -> Vec<String> {
    let rows = phone.json(&["list", "contact", "--limit", "100000", "--json"]);
    let sent =
        rows.iter().filter(|row| row["pending"] == false).map(|row| row["id"].as_str().expect("an id"));
    sent.filter(|id| ids.iter().any(|known| known == id)).map(str::to_owned).collect()
}

#[test]
fn a_server_restored_from_yesterday_gets_everything_back_from_the_devices() {
    let mut office = Office::open();
    let (maren, jonas) = (office.device("Maren", "pixel"), office.device("Jonas", "iphone"));
    let old = ids(&maren.apply(&contacts("Maren", 0, 5)));
    settle(&office, &[&maren, &jonas]);
    let backup = common::path(&office.folder.path().join("yesterday.farley"));
    assert!(office.admin(&["backup", &backup]).contains("bytes"));
    assert!(ok(&["admin", "verify", "--data", &backup]).contains("Everything is in order"));
    assert!(refused(&["admin", "backup", "--data", &office.data(), &backup]).contains("exists already"));

    // After the backup: edits of both, a new device, one revoked.
    let new = ids(&maren.apply(&contacts("Maren neu", 0, 5)));
    jonas.edit(json!({"id": old[0], "set": {"nickname": "Änne"}}));
    let tablet = office.device("Jonas", "tablet");
    let lost = office.device("Maren", "lost");
    tablet.edit(json!({"kind": "note", "set": {"title": "Vom Tablet"}}));
    settle(&office, &[&maren, &jonas, &tablet]);
    office.admin(&["revoke", "lost"]);
    let before = office.dump();

    // Nobody restores under a running server.
    let data = office.data();
    let ledger = format!("{data}/ledger.jsonl");
    let said = refused(&["admin", "restore", "--data", &data, &backup, "--ledger", &ledger]);
    assert!(said.contains("another Farley process uses"), "{said}");
    office.stop();
    let said = office.admin(&["restore", &backup, "--ledger", &ledger]);
    assert!(said.contains("2 devices enrolled since, 1 revoked since"), "{said}");
    assert!(office.dump().len() < before.len());

    office.start();
    settle(&office, &[&maren, &jonas, &tablet]);
    let after = office.dump();
    for id in old.iter().chain(&new) {
        assert!(after.iter().any(|line| line.contains(id)), "{id} is missing");
    }
    // Names of people and devices are written again by the restored server; everything else is as it was.
    let all = |dump: &[String]| {
        dump.iter().filter(|line| !line.contains("\"kind\":\"setting\"")).cloned().collect::<Vec<_>>()
    };
    assert_eq!(all(&after), all(&before), "everything is as it was before the disaster");
    assert!(refused(&lost.args(&["sync"])).contains("revoked"), "the revoked one stays out");
    let quarantine = json(&["admin", "quarantine", "--data", &data, "--json"]);
    assert!(quarantine.is_empty(), "{quarantine:?}");
    // The office is told: the restore stands in the audit, the audit is whole.
    assert!(ok(&["admin", "verify", "--data", &data]).contains("Everything is in order"));
}

#[test]
fn a_server_with_connected_devices_stops_within_five_seconds() {
    let mut office = Office::open();
    let maren = office.device("Maren", "pixel");
    let watch = Running::start(&maren.args(&["sync", "--watch", "--json"]));
    watch.wait_for(Duration::from_secs(10), |status| status["settled"] == true);
    let (code, took) = office.stop();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    watch.wait_for(Duration::from_secs(5), |status| status["connected"] == false);
    office.start();
    let back = Instant::now();
    watch.wait_for(Duration::from_secs(20), |status| status["connected"] == true);
    println!("reconnected by itself after {:?}", back.elapsed());
    let (code, took) = watch.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
}
