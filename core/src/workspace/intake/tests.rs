//! Foreign changes on records that stand, some of them badly.

use std::sync::Arc;

use rand::SeedableRng as _;

use super::*;
use crate::document::gate::{ThreadTrial, Trial};
use crate::record::{Edit, WorkspaceId};
use crate::store::{StoreOptions, SystemFiles};
use crate::sync::Verdict;
use crate::workspace::{Role, WorkspaceOptions};

const ANNA: DeviceId = DeviceId([1; 16]);
const MONDAY: Timestamp = Timestamp::from_millis(1_790_000_000_000);

fn replica(device: DeviceId, role: Role, trial: Arc<dyn Trial>) -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let options = WorkspaceOptions {
        store: StoreOptions {
            vfs: None,
            files: Arc::new(SystemFiles),
            create: true,
            fts: true,
            readers: 1,
            key: None,
        },
        trial,
        rng: Box::new(rand_chacha::ChaCha8Rng::seed_from_u64(u64::from(device.0[0]))),
        canary: true,
        cache: 8,
        fold: 16,
    };
    let path = folder.path().join("workspace.db");
    let made = Workspace::create(&path, WorkspaceId([7; 16]), device, role, options, MONDAY);
    (folder, made.unwrap())
}

fn relay(trial: Arc<dyn Trial>) -> (tempfile::TempDir, Workspace) {
    replica(DeviceId([200; 16]), Role::Relay, trial)
}

/// What Anna has to send, and which verdicts the relay gives.
fn push(anna: &Workspace, relay: &Workspace, spoil: impl Fn(&mut Vec<(RecordId, Vec<u8>)>)) -> Vec<Verdict> {
    let waiting = anna.outbox(500, 256 * 1024).unwrap();
    let mut entries = waiting.iter().map(|entry| (entry.record, entry.bytes.clone())).collect();
    spoil(&mut entries);
    relay.ingest(ANNA, None, &entries, MONDAY).unwrap()
}

fn mark(anna: &Workspace, verdicts: &[Verdict]) {
    let hashes = anna.outbox(500, 256 * 1024).unwrap().into_iter().map(|entry| entry.hash);
    let accepted: Vec<_> = hashes
        .zip(verdicts)
        .filter_map(|(hash, verdict)| match verdict {
            Verdict::Accepted(seq) => Some((hash, *seq)),
            Verdict::Refused { .. } => None,
        })
        .collect();
    anna.mark_accepted(&accepted, None, MONDAY).unwrap();
}

fn contact(anna: &Workspace, name: &str) -> RecordId {
    anna.edit(ANNA, &Edit::create("contact").with("family_name", name), MONDAY).unwrap().id
}

fn shown(replica: &Workspace, id: RecordId, field: &str) -> serde_json::Value {
    replica.record(id).unwrap().view.values.get(field).cloned().unwrap_or_default()
}

#[test]
fn records_tried_on_all_cores_end_as_those_tried_one_after_the_other() {
    let (_anna_folder, anna) = replica(ANNA, Role::Device, Arc::new(InlineTrial));
    let (_one_folder, one) = relay(Arc::new(InlineTrial));
    let (_all_folder, all) = relay(Arc::new(ThreadTrial));
    let ids: Vec<_> = (0..60).map(|n| contact(&anna, &format!("Brandt {n}"))).collect();
    let nothing = |_: &mut Vec<_>| {};
    let verdicts = push(&anna, &one, nothing);
    assert_eq!(verdicts, push(&anna, &all, nothing));
    mark(&anna, &verdicts);
    // Two edits each on records that stand; one change in the middle is damaged, so what follows it lacks it.
    for round in 0..2 {
        for id in &ids {
            anna.edit(ANNA, &Edit::of(*id).with("given_name", format!("Lea {round}")), MONDAY).unwrap();
        }
    }
    let damage = |entries: &mut Vec<(RecordId, Vec<u8>)>| {
        let last = entries[30].1.len() - 1;
        entries[30].1[last] ^= 1;
    };
    let verdicts = push(&anna, &one, damage);
    assert_eq!(verdicts, push(&anna, &all, damage));
    let refused: Vec<_> =
        (0..verdicts.len()).filter(|at| matches!(verdicts[*at], Verdict::Refused { .. })).collect();
    assert_eq!(refused, [30, 90]);
    assert_eq!(one.digest().unwrap(), all.digest().unwrap());
    assert_eq!(shown(&all, ids[59], "given_name"), "Lea 1");
    assert_eq!(all.quarantine(9).unwrap().len(), 1);
}

#[test]
fn a_snapshot_that_does_not_load_keeps_no_change_away() {
    let (_anna_folder, anna) = replica(ANNA, Role::Device, Arc::new(InlineTrial));
    let (_folder, relay) = relay(Arc::new(ThreadTrial));
    let lea = contact(&anna, "Brandt");
    mark(&anna, &push(&anna, &relay, |_| {}));
    relay.store.write(|tx| tx.put_snapshot(lea, b"no document", &[])).unwrap();
    relay.cache().clear();
    anna.edit(ANNA, &Edit::of(lea).with("given_name", "Lea"), MONDAY).unwrap();
    assert_eq!(push(&anna, &relay, |_| {}), [Verdict::Accepted(2)]);
    assert_eq!(shown(&relay, lea, "given_name"), "Lea");
}

#[test]
fn a_record_of_ours_that_does_not_load_takes_nothing_and_the_others_go_on() {
    let (_anna_folder, anna) = replica(ANNA, Role::Device, Arc::new(InlineTrial));
    let (_folder, relay) = relay(Arc::new(ThreadTrial));
    let (lea, tom) = (contact(&anna, "Brandt"), contact(&anna, "Lange"));
    let first = anna.outbox(1, 1).unwrap()[0].hash;
    anna.edit(ANNA, &Edit::of(lea).with("given_name", "Lea"), MONDAY).unwrap();
    mark(&anna, &push(&anna, &relay, |_| {}));
    // The disk ate the beginning of Lea's record.
    relay.store.write(|tx| tx.remove_log(&[first])).unwrap();
    relay.cache().clear();
    for id in [lea, tom] {
        anna.edit(ANNA, &Edit::of(id).with("nickname", "x"), MONDAY).unwrap();
    }
    let verdicts = push(&anna, &relay, |_| {});
    let unloadable = Verdict::Refused { reason: Reason::Unloadable as u8, missing: vec![] };
    assert_eq!(verdicts, [unloadable, Verdict::Accepted(4)]);
    assert_eq!(shown(&relay, tom, "nickname"), "x");
}
