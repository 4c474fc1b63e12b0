//! Everything that can be wrong from outside has its own message, exit code 1, and loses nothing.
mod common;

use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::Command;

use common::{Office, feed, json, ok, path, refused, run, text};
use serde_json::json;

/// A small file system that ends with it; none if this user may not mount.
struct Disk(tempfile::TempDir);

impl Disk {
    fn of_bytes(size: usize) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let size = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(folder))
    }

    fn read_only(&self) {
        let done = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(done.expect("mount runs").success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// Runs SQL in a database nobody has open.
fn sql(database: &Path, statement: &str) {
    let db = rusqlite::Connection::open(database).expect("a database");
    db.busy_timeout(std::time::Duration::from_secs(10)).expect("a timeout");
    db.execute_batch(statement).expect("SQL");
}

#[test]
fn every_bad_enrolment_link_has_its_own_message() {
    let office = Office::open();
    let dir = path(&office.folder.path().join("new"));
    let enrol = |link: &str| refused(&["device", "enrol", "--dir", &dir, link]);
    let link = office.invite("Maren");

    assert!(enrol("https://example.org/").contains("not an enrolment link"));
    assert!(enrol(&link[..link.len() - 9]).contains("cut off"), "cut off");
    assert!(enrol(&format!("{}%{}", &link[..60], &link[61..])).contains("character"), "a wrong character");
    let mut swapped: Vec<char> = link.chars().collect();
    swapped[80] = if swapped[80] == 'A' { 'B' } else { 'A' };
    assert!(enrol(&swapped.into_iter().collect::<String>()).contains("damaged"), "check digits");

    // Of another server, moved to this one's address: the key does not fit.
    let other = Office::open();
    let foreign = other.invite("Maren");
    drop(other);
    let said = enrol(&foreign);
    assert!(said.contains("not reached"), "nobody listens there any more: {said}");

    let data = office.folder.path().join("data/farley.db");
    let expired = office.invite("Maren");
    sql(&data, "UPDATE account_invitation SET expires_at = 1000 WHERE used_at IS NULL");
    assert!(enrol(&expired).contains("expired"), "expired");
    let withdrawn = office.invite("Jonas");
    sql(&data, "UPDATE account_invitation SET withdrawn_at = 1 WHERE expires_at > 1000 AND used_at IS NULL");
    assert!(enrol(&withdrawn).contains("withdrawn"), "withdrawn");
    let unknown = office.invite("Jonas");
    sql(&data, "DELETE FROM account_invitation WHERE withdrawn_at IS NULL AND expires_at > 1000");
    let said = enrol(&unknown);
    assert!(said.contains("does not know this invitation"), "unknown: {said}");

    let good = office.invite("Maren");
    ok(&["device", "enrol", "--dir", &dir, &good]);
    let second = path(&office.folder.path().join("second"));
    let said = refused(&["device", "enrol", "--dir", &second, &good]);
    assert!(said.contains("already used"), "{said}");
    let said = refused(&["device", "enrol", "--dir", &dir, &office.invite("Maren")]);
    assert!(said.contains("already holds a device"), "{said}");
    assert!(
        refused(&["admin", "invite", "--data", &office.data(), "--user", "Nobody"]).contains("no person")
    );
}

/// A library that shifts the real-time clock of a process by `CLOCK_AHEAD` seconds.
const SHIFT: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    const char *ahead = getenv("CLOCK_AHEAD");
    if (result == 0 && clock == CLOCK_REALTIME && ahead) now->tv_sec += atol(ahead);
    return result;
}
"#;

#[test]
fn a_clock_wrong_by_days_is_told_and_hinders_nothing() {
    let office = Office::open();
    let (source, library) = (office.folder.path().join("shift.c"), office.folder.path().join("shift.so"));
    std::fs::write(&source, SHIFT).expect("a file");
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").output();
    if !cfg!(target_os = "linux") || !compiled.is_ok_and(|output| output.status.success()) {
        println!("SKIPPED a_clock_wrong_by_days: there is no C compiler to shift the clock with");
        return;
    }
    let days = |count: i64| (count * 86_400).to_string();
    let dir = path(&office.folder.path().join("pixel"));
    let shifted = |args: &[&str], by: i64| {
        let mut command = common::farley(args);
        command.env("LD_PRELOAD", &library).env("CLOCK_AHEAD", days(by)).output().expect("farley runs")
    };
    let link = office.invite("Maren");
    let enrolled = shifted(&["device", "enrol", "--dir", &dir, &link], 3);
    assert!(enrolled.status.success(), "{}", text(&enrolled.stderr));
    let maren = common::Phone { dir: dir.into() };
    maren.edit(json!({"kind": "contact", "set": {"family_name": "Brandt"}}));
    for (by, words) in [(3, "3 days ahead"), (-400, "400 days behind")] {
        let synced = shifted(&maren.args(&["sync"]), by);
        let said = text(&synced.stderr);
        assert!(synced.status.success(), "{said}");
        assert!(said.contains("clock") && said.contains(words), "{said}");
    }
    let right = common::farley(&maren.args(&["sync"])).output().expect("farley runs");
    assert!(!text(&right.stderr).contains("clock"), "{}", text(&right.stderr));
    assert_eq!(office.dump(), maren.dump(), "it synced all the same");
}

#[test]
fn a_folder_of_a_newer_version_is_left_alone() {
    let mut office = Office::open();
    let maren = office.device("Maren", "pixel");
    office.stop();
    let newer = "PRAGMA user_version = 99";
    sql(&maren.dir.join("farley.db"), newer);
    sql(&office.folder.path().join("data/farley.db"), newer);
    for command in ["dump", "list", "status", "sync", "apply"] {
        let said = refused(&maren.args(&[command]));
        assert!(said.contains("newer Farley") && said.contains("99"), "{command}: {said}");
    }
    let data = office.data();
    for args in [
        &["serve", "--http", "127.0.0.1:0", "--quic", "127.0.0.1:0"][..],
        &["admin", "dump"],
        &["admin", "export"],
    ] {
        let mut args = args.to_vec();
        args.extend_from_slice(&["--data", &data]);
        let said = refused(&args);
        assert!(said.contains("newer Farley") && said.contains("99"), "{args:?}: {said}");
    }
    std::fs::write(maren.dir.join("device.json"), "{\"version\": 7}").expect("a file");
    assert!(refused(&maren.args(&["status"])).contains("newer Farley"));
    std::fs::write(maren.dir.join("device.json"), "{").expect("a file");
    assert!(refused(&maren.args(&["status"])).contains("damaged"));
}

#[test]
fn a_second_process_and_a_port_in_use_are_named() {
    let office = Office::open();
    let data = office.data();
    let any = "127.0.0.1:0";
    let said = refused(&["serve", "--data", &data, "--http", any, "--quic", any]);
    assert!(said.contains("another Farley process uses") && said.contains(&data), "{said}");

    let empty = path(&office.folder.path().join("other"));
    let taken = TcpListener::bind(any).expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = refused(&["serve", "--data", &empty, "--http", &address, "--quic", any]);
    assert!(said.contains("port is in use") && said.contains(&address), "{said}");
    let taken = UdpSocket::bind(any).expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let said = refused(&["serve", "--data", &empty, "--http", any, "--quic", &address]);
    assert!(said.contains("port is in use") && said.contains(&address), "{said}");
    let said = refused(&["serve", "--data", &empty, "--http", "0.0.0.0:0", "--quic", any]);
    assert!(said.contains("not loopback"), "{said}");

    let maren = office.device("Maren", "pixel");
    let watch = common::Running::start(&maren.args(&["sync", "--watch", "--json"]));
    for command in ["apply", "sync"] {
        let said = refused(&maren.args(&[command]));
        assert!(said.contains("another Farley process uses") && said.contains("pixel"), "{said}");
    }
    drop(watch);
    // A copy of a device is not that device.
    let copy = office.folder.path().join("copy");
    std::fs::create_dir(&copy).expect("a folder");
    for name in ["device.json", "device.key", "farley.db"] {
        std::fs::copy(maren.dir.join(name), copy.join(name)).expect("a copy");
    }
    let copy = common::Phone { dir: copy };
    for command in ["apply", "sync"] {
        let said = refused(&copy.args(&[command]));
        assert!(said.contains("copy of another device"), "{said}");
    }
    assert_eq!(copy.status()["locked"], "copied");
}

#[test]
fn missing_and_foreign_folders_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = path(&folder.path().join("nothing"));
    for command in ["dump", "status", "sync", "apply", "list"] {
        let said = refused(&["device", command, "--dir", &dir]);
        assert!(said.contains("no enrolled device") && said.contains(&dir), "{command}: {said}");
    }
    for args in [
        &["dump"][..],
        &["export"],
        &["devices"],
        &["user", "list"],
        &["backup", "/tmp/never.farley"],
        &["quarantine"],
    ] {
        let mut all = vec!["admin"];
        all.extend_from_slice(args);
        all.extend_from_slice(&["--data", &dir]);
        let said = refused(&all);
        assert!(said.contains("no workspace") && said.contains(&dir), "{args:?}: {said}");
    }
    assert!(!Path::new(&dir).exists(), "looking makes nothing");
    let mut file = std::fs::File::create(folder.path().join("farley.db")).expect("a file");
    file.write_all(b"this is a shopping list, not a database; milk, bread, and a good deal of butter")
        .expect("bytes");
    let said = refused(&["admin", "dump", "--data", &path(folder.path())]);
    assert!(said.contains("damaged"), "{said}");
    let junk = path(&folder.path().join("farley.db"));
    let said = refused(&["admin", "verify", "--data", &junk]);
    assert!(said.contains("no whole Farley backup"), "{said}");
    let said = refused(&["admin", "restore", "--data", &dir, &junk]);
    assert!(said.contains("no whole Farley backup"), "{said}");
}

#[test]
fn a_full_disk_and_a_read_only_folder_are_named_and_lose_nothing() {
    let office = Office::open();
    let Some(disk) = Disk::of_bytes(3 << 20) else {
        println!("SKIPPED a_full_disk_and_a_read_only_folder: this user may not mount");
        return;
    };
    let dir = disk.0.path().join("device");
    let text_of = |dir: &Path| path(dir);
    ok(&["device", "enrol", "--dir", &text_of(&dir), &office.invite("Maren")]);
    let phone = common::Phone { dir };
    let edit = |number: usize| {
        format!(
            "{}\n",
            json!({"kind": "note", "set": {"title": format!("Notiz {number}"), "body": "Wärmepumpe ".repeat(900)}})
        )
    };
    let input: String = (0..400).map(edit).collect();
    let output = feed(&phone.args(&["apply"]), input.as_bytes());
    assert_eq!(output.status.code(), Some(1), "400 notes fit into 3 MiB?");
    assert!(text(&output.stderr).contains("no space left"), "{}", text(&output.stderr));
    let answers: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("an answer")).collect();
    assert_eq!(answers.len(), 400, "every line is answered");
    let durable: Vec<&str> = answers.iter().filter_map(|answer| answer["id"].as_str()).collect();
    let full = answers.iter().filter(|answer| answer["error"]["code"] == "disk_full").count();
    assert!(!durable.is_empty() && full > 0 && durable.len() + full == 400, "{} + {full}", durable.len());
    let dump = phone.dump().join("\n");
    for id in &durable {
        assert!(dump.contains(id), "{id} was acknowledged and is gone");
    }

    disk.read_only();
    let output = feed(&phone.args(&["apply"]), edit(1).as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("cannot be written") && said.contains("read-only"), "{said}");
    let data = path(&disk.0.path().join("office"));
    let said = refused(&["serve", "--data", &data, "--http", "127.0.0.1:0", "--quic", "127.0.0.1:0"]);
    assert!(said.contains("cannot be written") && said.contains(&data), "{said}");
    let said =
        refused(&["device", "enrol", "--dir", &path(&disk.0.path().join("x")), &office.invite("Maren")]);
    assert!(said.contains("Read-only") || said.contains("read-only"), "{said}");
}

#[test]
fn passwords_roles_and_revocations_that_cannot_be_are_refused() {
    let office = Office::open();
    let data = office.data();
    let add = ["admin", "user", "add", "Katrin", "--role", "admin", "--password-stdin", "--data", &data];
    let output = feed(&add, b"short\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("password"), "{}", text(&output.stderr));
    assert!(text(&feed(&add, b"").stderr).contains("first line"));
    assert!(feed(&add, "Wärmepumpe im Innenhof 38\n".as_bytes()).status.success());
    let said = refused(&["admin", "user", "add", "maren", "--role", "field", "--data", &data]);
    assert!(said.contains("already a person"), "{said}");
    assert!(refused(&["admin", "revoke", "nothing", "--data", &data]).contains("no device"));
    let people = json(&["admin", "user", "list", "--json", "--data", &data]);
    assert!(
        people.iter().any(|person| person["name"] == "Katrin" && person["role"] == "admin"),
        "{people:?}"
    );
    let invited = json(&["admin", "invite", "--user", "Maren", "--json", "--data", &data]);
    assert!(invited[0]["link"].as_str().unwrap().starts_with("farley://enrol"));
    assert!(invited[0]["expires"].as_str().unwrap().ends_with('Z'));
    assert!(ok(&["admin", "invite", "--user", "Maren", "--data", &data]).contains("█"), "a QR code");
}

#[test]
fn a_wrong_command_line_is_exit_code_two() {
    for args in [
        &[][..],
        &["fly"],
        &["serve"],
        &["serve", "--data", "/tmp/x", "--http", "here"],
        &["admin", "user", "add", "X", "--role", "king", "--data", "/tmp/x"],
        &["device", "settle", "--dir", "/tmp/x", "id", "field"],
        &["device", "apply"],
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", text(&output.stderr));
        assert!(!text(&output.stderr).is_empty());
    }
}
