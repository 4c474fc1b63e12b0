//! Fill, epochs, repetition, poison: what pages must survive.
mod common;

use std::collections::BTreeSet;

use common::{Replica, company, settle};
use farley_core::record::{ChangeHash, DeviceId, Edit, RecordId, Timestamp};
use farley_core::sync::{Form, Verdict};
use farley_core::workspace::Role;
use serde_json::json;

fn contact(replica: &Replica, name: &str) -> RecordId {
    replica.json(json!({"kind":"contact","set":{"family_name":name}})).id
}

#[test]
fn a_new_device_is_filled_from_the_most_recent_record_and_resumes_in_the_middle() {
    let (relay, devices) = company(1);
    let anna = &devices[0];
    let ids: Vec<RecordId> = (0..300).map(|number| contact(&relay, &format!("Kunde {number:03}"))).collect();
    // A record with a long history travels as one document.
    for number in 0..20 {
        relay.edit(&Edit::of(ids[7]).with("given_name", format!("Vorname {number}")));
    }
    anna.sync(&relay);

    let ben = Replica::new(9, Role::Device);
    ben.greet(&relay);
    let head = relay.workspace.head().unwrap();
    let facts = ben.workspace.device_facts().unwrap();
    assert_eq!((facts.cursor, facts.low), (head, head));
    assert!(ben.fill_step(&relay, 100));
    let page = ben.workspace.page(&Default::default(), None, 500).unwrap();
    assert_eq!(page.rows.len(), 100);
    assert!(page.rows.iter().any(|row| row.id == ids[7]), "the record touched last comes first");
    assert!(page.rows.iter().any(|row| row.id == ids[299]));
    assert!(page.rows.iter().all(|row| row.id != ids[0]));

    // Someone edits an old record that is not here yet, and one that is; then the app is closed.
    relay.edit(&Edit::of(ids[3]).with("given_name", "früh"));
    relay.edit(&Edit::of(ids[298]).with("given_name", "spät"));
    ben.pull(&relay);
    assert_eq!(ben.value(ids[3], "family_name"), json!("Kunde 003"));
    let ben = ben.reopen();
    while ben.fill_step(&relay, 40) {}
    assert_eq!(ben.value(ids[7], "given_name"), json!("Vorname 19"));
    assert_eq!(ben.workspace.page(&Default::default(), None, 500).unwrap().rows.len(), 300);
    settle(&relay, &[anna, &ben]);
}

#[test]
fn pages_delivered_twice_and_late_change_nothing() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = contact(anna, "Brandt");
    anna.sync(&relay);
    let first = ben.next_page(&relay);
    ben.sync(&relay);
    for number in 0..30 {
        anna.edit(&Edit::of(lea).with("given_name", format!("Lea {number}")));
    }
    anna.sync(&relay);
    let facts = ben.workspace.device_facts().unwrap();
    let small = relay.workspace.page_after(ben.id, facts.cursor, facts.low, 7, 512 * 1024).unwrap();
    assert_eq!((small.entries.len(), small.more), (7, true));
    settle(&relay, &[anna, ben]);
    let digest = ben.workspace.digest().unwrap();
    let facts = ben.workspace.device_facts().unwrap();
    for page in [&small, &first, &small] {
        let applied = ben.workspace.apply(page, None, ben.now()).unwrap();
        assert_eq!((applied.changes, applied.refused, applied.want.len()), (0, 0, 0));
    }
    let whole = relay.workspace.load_records(ben.id, &[lea], Form::Document).unwrap();
    assert_eq!(whole.entries[0].form, Form::Document);
    ben.workspace.fill(&whole, None, ben.now()).unwrap();
    assert_eq!(ben.workspace.digest().unwrap(), digest);
    assert_eq!(ben.workspace.device_facts().unwrap(), facts);

    // The same push again: the same seqs.
    let rows = relay.workspace.page_after(DeviceId([99; 16]), 0, 0, 1, 1).unwrap();
    let entries = vec![(lea, rows.entries[0].bytes.clone()); 2];
    let entries: Vec<_> = match rows.entries[0].form {
        Form::Change => entries,
        _ => return assert_eq!(rows.entries[0].record, lea),
    };
    let verdicts = relay.workspace.ingest(anna.id, None, &entries, relay.now()).unwrap();
    assert_eq!(verdicts, [Verdict::Accepted(1), Verdict::Accepted(1)]);
}

#[test]
fn after_a_restore_devices_offer_own_and_foreign_changes_again() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = contact(anna, "Brandt");
    settle(&relay, &[anna, ben]);
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup.db");
    relay.workspace.backup(&backup).unwrap();
    anna.edit(&Edit::of(lea).with("given_name", "Lea"));
    for number in 0..20 {
        ben.edit(&Edit::of(lea).with("nickname", format!("b{number}")));
    }
    let tom = contact(ben, "Tom");
    settle(&relay, &[anna, ben]);
    let before = relay.dump();

    // The server burns down with Ben's phone in it; yesterday's backup is all there is, and Anna.
    let mut restored = Replica::new(201, Role::Relay);
    drop(std::mem::replace(
        &mut restored.workspace,
        farley_core::workspace::Workspace::open(&backup, common::options(77)).unwrap(),
    ));
    let until = Timestamp::from_millis(restored.now().millis() + 14 * 86_400_000);
    restored.workspace.new_epoch(until, restored.now()).unwrap();
    let carl = Replica::new(3, Role::Device);
    let paul = contact(&restored, "Paul");
    anna.greet(&restored);
    let facts = anna.workspace.device_facts().unwrap();
    assert_eq!(facts.cursor, 1);
    let known = BTreeSet::from([anna.id, ben.id, relay.id]);
    assert_eq!(anna.push_known(&restored, Some(&known)), []);
    anna.sync(&restored);
    carl.sync(&restored);
    settle(&restored, &[anna, &carl]);
    assert_eq!(restored.value(lea, "given_name"), json!("Lea"));
    assert_eq!(restored.value(lea, "nickname"), json!("b19"));
    assert_eq!(restored.value(tom, "family_name"), json!("Tom"));
    assert_eq!(carl.value(paul, "family_name"), json!("Paul"));
    let after: BTreeSet<String> = restored.dump().into_iter().collect();
    assert!(before.iter().all(|line| after.contains(line)), "everything from before is there again");
    let step = restored.workspace.history(lea, Some("nickname")).unwrap();
    assert_eq!(step[0].device, Some(ben.id));
    assert_eq!(step[0].brought_by, Some(anna.id));
}

#[test]
fn without_an_open_window_foreign_changes_stay_on_the_device() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    contact(anna, "Brandt");
    settle(&relay, &[anna, ben]);
    let other = Replica::new(201, Role::Relay);
    ben.greet(&other);
    let refused = ben.push(&other);
    assert_eq!(refused.len(), 1);
    assert!(matches!(refused[0].1, Verdict::Refused { reason: 6, .. }));
    assert_eq!(ben.dump().len(), 1);
    assert_eq!(ben.workspace.outbox(10, 1_000).unwrap(), [], "it is not offered by itself again");
}

#[test]
fn one_poisoned_change_in_a_batch_hits_only_itself() {
    let (relay, devices) = company(1);
    let anna = &devices[0];
    let (lea, tom) = (contact(anna, "Brandt"), contact(anna, "Tom"));
    anna.edit(&Edit::of(lea).with("given_name", "Lea"));
    let outbox = anna.workspace.outbox(10, 100_000).unwrap();
    let first = outbox[0].hash;
    let entries: Vec<(RecordId, Vec<u8>)> = outbox.into_iter().map(|o| (o.record, o.bytes)).collect();
    assert_eq!(entries.len(), 3);
    let mut poisoned =
        vec![entries[0].clone(), (tom, vec![0x85; 60]), entries[1].clone(), entries[2].clone()];
    // A forged one under another device's name.
    let ben = Replica::new(5, Role::Device);
    contact(&ben, "Fremd");
    let forged = ben.workspace.outbox(1, 1).unwrap().remove(0);
    poisoned.push((forged.record, forged.bytes));
    // And one that comes before the one it continues.
    poisoned.insert(0, entries[2].clone());
    let verdicts = relay.workspace.ingest(anna.id, None, &poisoned, relay.now()).unwrap();
    assert!(
        matches!(&verdicts[0], Verdict::Refused { reason: 5, missing } if *missing == [first]),
        "{verdicts:?}"
    );
    assert_eq!(verdicts[1], Verdict::Accepted(1));
    assert!(matches!(verdicts[2], Verdict::Refused { reason: 1, .. }));
    assert_eq!(verdicts[3], Verdict::Accepted(2));
    assert_eq!(verdicts[4], Verdict::Accepted(3));
    assert!(matches!(verdicts[5], Verdict::Refused { reason: 6, .. }));
    assert_eq!(relay.dump().len(), 2);
    assert_eq!(relay.workspace.quarantine(10).unwrap().len(), 2);
    settle(&relay, &[anna]);
}

#[test]
fn a_change_the_device_refuses_goes_to_quarantine_and_the_cursor_moves_on() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let (lea, tom) = (contact(anna, "Brandt"), contact(anna, "Tom"));
    settle(&relay, &[anna, ben]);
    anna.edit(&Edit::of(lea).with("given_name", "Lea"));
    anna.edit(&Edit::of(tom).with("given_name", "Thomas"));
    anna.sync(&relay);
    let mut page = ben.next_page(&relay);
    assert_eq!(page.entries.len(), 2);
    let good = page.entries[0].bytes.clone();
    let last = page.entries[0].bytes.len() - 1;
    page.entries[0].bytes[last] ^= 1;
    let applied = ben.workspace.apply(&page, None, ben.now()).unwrap();
    assert_eq!((applied.changes, applied.refused), (1, 1));
    assert_eq!(applied.want.iter().map(|(record, _)| *record).collect::<Vec<_>>(), [lea]);
    assert_eq!(ben.workspace.device_facts().unwrap().cursor, page.cursor);
    assert_eq!(ben.value(tom, "given_name"), json!("Thomas"));
    assert_eq!(ben.workspace.retry_quarantine(ben.now()).unwrap(), (0, 1), "it is still bad");
    let whole = relay.workspace.load_records(ben.id, &[lea], Form::Document).unwrap();
    let applied = ben.workspace.fill(&whole, None, ben.now()).unwrap();
    assert_eq!((applied.changes, applied.refused), (1, 0));
    assert!(!good.is_empty());
    settle(&relay, &[anna, ben]);
}

#[test]
fn quarantined_changes_are_taken_once_they_are_fit() {
    let (relay, devices) = company(1);
    let anna = &devices[0];
    let lea = contact(anna, "Brandt");
    anna.edit(&Edit::of(lea).with("given_name", "Lea"));
    let entries = anna.workspace.outbox(10, 100_000).unwrap();
    // Ben's relay session brought Anna's changes: refused, and kept.
    let pushed: Vec<_> = entries.iter().map(|entry| (entry.record, entry.bytes.clone())).collect();
    let ben = DeviceId([66; 16]);
    let verdicts = relay.workspace.ingest(ben, None, &pushed[..1], relay.now()).unwrap();
    assert!(matches!(verdicts[0], Verdict::Refused { reason: 6, .. }));
    assert_eq!(relay.workspace.quarantine(10).unwrap().len(), 1);
    assert_eq!(relay.workspace.retry_quarantine(relay.now()).unwrap(), (0, 1));
    // It came by its own device meanwhile.
    anna.sync(&relay);
    assert_eq!(relay.workspace.retry_quarantine(relay.now()).unwrap(), (0, 0));
    assert_eq!(relay.workspace.quarantine(10).unwrap(), []);
}

#[test]
fn a_refused_edit_is_made_again_and_arrives() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let lea = contact(anna, "Brandt");
    settle(&relay, &[anna, ben]);
    let refused = anna.edit(&Edit::of(lea).with("given_name", "Lea")).hash.unwrap();
    anna.edit(&Edit::of(lea).with("nickname", "Leni"));
    let answer = Verdict::Refused { reason: 4, missing: vec![] };
    let applied = anna.workspace.mark_rejected(&[(refused, answer)], None, anna.now()).unwrap();
    assert_eq!(applied.refused, 2, "the change and what depends on it");
    assert_eq!(anna.workspace.quarantine(10).unwrap().len(), 2);
    assert_eq!(anna.value(lea, "given_name"), json!("Lea"));
    let again: Vec<ChangeHash> =
        anna.workspace.outbox(10, 100_000).unwrap().iter().map(|entry| entry.hash).collect();
    assert_eq!(again.len(), 1);
    assert_ne!(again[0], refused);
    anna.edit(&Edit::of(lea).with("given_name", "Lea-Marie"));
    settle(&relay, &[anna, ben]);
    assert_eq!(ben.value(lea, "given_name"), json!("Lea-Marie"));
    assert_eq!(ben.value(lea, "nickname"), json!("Leni"));
}

#[test]
fn forgotten_records_leave_nothing_and_an_erased_one_takes_its_outbox_along() {
    let (relay, devices) = company(1);
    let anna = &devices[0];
    let (lea, tom) = (contact(anna, "Brandt"), contact(anna, "Tom"));
    anna.sync(&relay);
    let facts = anna.workspace.device_facts().unwrap();
    anna.workspace.forget(&[lea], facts.cursor, facts.stamp, anna.now()).unwrap();
    assert!(anna.workspace.record(lea).is_err());
    let waiting = anna.edit(&Edit::of(tom).with("given_name", "Thomas")).hash.unwrap();
    let erased = Verdict::Refused { reason: 8, missing: vec![] };
    anna.workspace.mark_rejected(&[(waiting, erased)], None, anna.now()).unwrap();
    assert_eq!(anna.dump(), Vec::<String>::new());
    assert_eq!(anna.workspace.outbox(10, 1_000).unwrap(), []);
}

/// Ends the process, as far as the workspace can tell, at the n-th trial.
struct Dying(std::sync::atomic::AtomicI64);

impl farley_core::document::gate::Trial for Dying {
    fn run(&self, job: &mut (dyn FnMut() + Send)) {
        if self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 1 {
            panic!("the process ends here");
        }
        job();
    }
}

/// Dies in the trial of a batch, then of its second change alone, once or twice: (taken, refused, checks).
fn deaths_in_trial(again: bool) -> (usize, usize, Vec<u8>) {
    let (relay, devices) = company(2);
    let anna = &devices[0];
    for name in ["Brandt", "Tom", "Paul"] {
        contact(anna, name);
    }
    anna.sync(&relay);
    let ben = &devices[1];
    let page = ben.next_page(&relay);
    assert_eq!(page.entries.len(), 3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carl.db");
    let with_trial = |dies_at: i64| {
        let trial = std::sync::Arc::new(Dying(dies_at.into()));
        farley_core::workspace::WorkspaceOptions { trial, ..common::options(31) }
    };
    let carl = farley_core::workspace::Workspace::create(
        &path,
        common::COMPANY,
        DeviceId([31; 16]),
        Role::Device,
        with_trial(1),
        Timestamp::default(),
    )
    .unwrap();
    let die = |workspace: &farley_core::workspace::Workspace| {
        let tried = std::panic::AssertUnwindSafe(|| workspace.apply(&page, None, Timestamp::default()));
        assert!(std::panic::catch_unwind(tried).is_err());
    };
    die(&carl);
    drop(carl);
    // One by one now; the second of them ends it again. That may have been a power cut: it is only doubted.
    let carl = farley_core::workspace::Workspace::open(&path, with_trial(2)).unwrap();
    die(&carl);
    drop(carl);
    if again {
        let carl = farley_core::workspace::Workspace::open(&path, with_trial(2)).unwrap();
        die(&carl);
        drop(carl);
    }
    let carl = farley_core::workspace::Workspace::open(&path, with_trial(0)).unwrap();
    let applied = carl.apply(&page, None, Timestamp::default()).unwrap();
    assert_eq!(carl.device_facts().unwrap().cursor, page.cursor);
    assert_eq!(carl.count(&Default::default()).unwrap(), applied.changes as u64);
    let checks = carl.quarantine(10).unwrap().iter().map(|row| row.check).collect();
    (applied.changes, applied.refused, checks)
}

#[test]
fn a_change_that_ends_the_process_whenever_it_is_tried_is_quarantined_and_the_others_are_taken() {
    assert_eq!(deaths_in_trial(true), (2, 1, vec![19]));
}

#[test]
fn a_process_that_ended_by_chance_while_a_change_was_tried_alone_loses_nothing() {
    assert_eq!(deaths_in_trial(false), (3, 0, vec![]));
}
