//! The workspace's planted bugs do the harm they stand for; without them the same scenes are green.
#![cfg(feature = "planted")]
mod common;

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use common::{Replica, company, options, settle};
use farley_core::planted;
use farley_core::record::{Edit, RecordId, Timestamp};
use farley_core::sync::Verdict;
use farley_core::workspace::{Role, Workspace};
use serde_json::json;

fn contact(replica: &Replica, name: &str) -> RecordId {
    replica.json(json!({"kind":"contact","set":{"family_name":name}})).id
}

fn is_red_only_with(bug: u32, scene: fn()) {
    planted::set(None);
    scene();
    planted::set(Some(bug));
    let red = catch_unwind(scene).is_err();
    planted::set(None);
    assert!(red, "planted bug {bug} went unnoticed");
}

fn own_edits_at_the_end_of_the_feed() {
    let (relay, devices) = company(1);
    contact(&relay, "Tom");
    contact(&devices[0], "Brandt");
    devices[0].push(&relay);
    let page = devices[0].next_page(&relay);
    devices[0].workspace.apply(&page, None, devices[0].now()).unwrap();
    let facts = devices[0].workspace.device_facts().unwrap();
    assert_eq!(facts.cursor, relay.workspace.head().unwrap());
}

fn a_bad_entry_among_good_ones() {
    let (relay, devices) = company(1);
    contact(&devices[0], "Brandt");
    let good = devices[0].workspace.outbox(1, 1).unwrap().remove(0);
    let entries = [(good.record, good.bytes), (good.record, vec![7; 50])];
    let verdicts = relay.workspace.ingest(devices[0].id, None, &entries, relay.now()).unwrap();
    assert_eq!(verdicts[0], Verdict::Accepted(1));
}

fn a_bad_entry_in_a_page() {
    let (relay, devices) = company(1);
    contact(&relay, "Brandt");
    let mut page = devices[0].next_page(&relay);
    page.entries[0].bytes[9] ^= 1;
    devices[0].workspace.apply(&page, None, devices[0].now()).unwrap();
    assert_eq!(devices[0].workspace.device_facts().unwrap().cursor, 1);
}

fn a_record_with_a_long_history() {
    let (relay, devices) = company(1);
    let lea = contact(&devices[0], "Brandt");
    for number in 0..20 {
        devices[0].edit(&Edit::of(lea).with("given_name", format!("Lea {number}")));
    }
    settle(&relay, &[&devices[0]]);
    assert_eq!(relay.workspace.history(lea, None).unwrap().iter().filter(|s| s.seq.is_some()).count(), 21);
}

fn a_restore_after_which_a_device_is_lost() {
    let (relay, devices) = company(2);
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    relay.workspace.backup(&backup).unwrap();
    let lea = contact(&devices[1], "Brandt");
    for number in 0..20 {
        devices[1].edit(&Edit::of(lea).with("given_name", format!("Lea {number}")));
    }
    settle(&relay, &[&devices[0], &devices[1]]);
    let mut restored = Replica::new(201, Role::Relay);
    restored.workspace = Workspace::open(&backup, options(77)).unwrap();
    let until = Timestamp::from_millis(restored.now().millis() + 86_400_000);
    restored.workspace.new_epoch(until, restored.now()).unwrap();
    devices[0].greet(&restored);
    let known = BTreeSet::from([devices[1].id]);
    devices[0].push_known(&restored, Some(&known));
    assert_eq!(restored.value(lea, "given_name"), json!("Lea 19"));
}

#[test]
fn bug_5_own_entries_only() {
    is_red_only_with(5, a_restore_after_which_a_device_is_lost);
}

#[test]
fn bug_6_entries_in_snapshots_forgotten() {
    is_red_only_with(6, a_restore_after_which_a_device_is_lost);
}

#[test]
fn bug_10_cursor_of_the_last_entry_sent() {
    is_red_only_with(10, own_edits_at_the_end_of_the_feed);
}

#[test]
fn bug_15_one_bad_entry_spoils_the_batch() {
    is_red_only_with(15, a_bad_entry_among_good_ones);
}

#[test]
fn bug_16_quarantine_stops_the_cursor() {
    is_red_only_with(16, a_bad_entry_in_a_page);
}

#[test]
fn bug_19_a_snapshot_instead_of_the_log() {
    is_red_only_with(19, a_record_with_a_long_history);
}
