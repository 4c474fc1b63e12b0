//! The demo: checked without a browser, and started for one.
mod common;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use common::{farley, http, run, text};

#[test]
fn the_demo_is_as_it_must_be_on_every_replica() {
    let output = run(&["demo", "--check"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}\n{}", text(&output.stderr));
    assert!(said.contains("The demo is as it must be.") && said.matches("ok  ").count() > 50, "{said}");
}

#[cfg(feature = "planted")]
#[test]
fn a_planted_lossy_merge_is_found() {
    let output = farley(&["demo", "--check"]).env("FARLEY_PLANTED", "100").output().expect("farley runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("NOT TRUE"), "{}", text(&output.stderr));
}

#[test]
fn the_printed_link_leads_to_office_and_phones_and_plays_the_story() {
    let mut demo =
        farley(&["demo", "--http", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().expect("farley starts");
    // Kept to the end: what the demo prints after the link must not meet a closed pipe.
    let mut lines = BufReader::new(demo.stdout.take().expect("piped")).lines();
    let link = lines.by_ref().map_while(Result::ok).find(|line| line.contains("http://")).expect("a link");
    let (address, path) = link.trim().trim_start_matches("http://").split_once('/').expect("a path");
    let address: SocketAddr = address.parse().expect("an address");
    let path = format!("/{path}");
    let (status, head, page) = http(address, "GET", &path, &[], "");
    assert_eq!(status, 200);
    assert!(head.to_lowercase().contains("content-security-policy: default-src 'none'"), "{head}");
    assert!(page.contains("Pixel 9") && page.contains("iPhone 16") && page.contains("Tablet"), "{page}");
    let english = http(address, "GET", &path, &[("Accept-Language", "en-GB,en")], "").2;
    assert!(english.contains("lang=\"en\"") && english.contains("Office"));
    for (what, wanted) in
        [("office", "/link#"), ("brandt", "/phone/brandt/link#"), ("yildiz", "/phone/yildiz/link#")]
    {
        let (status, head, _) = http(address, "GET", &format!("{path}/open/{what}"), &[], "");
        assert!(status == 303 && head.contains(wanted), "{what}: {head}");
    }
    assert_eq!(http(address, "GET", &format!("{path}/open/nobody"), &[], "").0, 404);
    assert_eq!(
        http(address, "GET", "/phone/petersen/contacts", &[], "").0,
        200,
        "the page over a phone's replica"
    );
    let played = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(300));
        !http(address, "GET", &format!("{path}/story"), &[], "").2.contains("http-equiv=\"refresh\"")
    });
    assert!(played, "the story did not come to its end within 30 s");
    let stopped = std::process::Command::new("kill").arg("-TERM").arg(demo.id().to_string()).status();
    assert!(stopped.expect("kill runs").success());
    assert_eq!(demo.wait().expect("it ends").code(), Some(0));
    assert!(lines.all(|line| line.is_ok()));
}
