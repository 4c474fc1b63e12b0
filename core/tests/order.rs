//! Whatever the order, whatever comes twice: the same in the end.
mod common;

use common::{Replica, company, settle};
use farley_core::record::{Edit, RecordId};
use farley_core::sync::{Entry, Form, Page};
use farley_core::workspace::Role;
use proptest::prelude::*;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;

/// Random edits of a few records by three devices, each syncing when it likes.
fn play(seed: u64, steps: usize) -> (Replica, Vec<Replica>) {
    let (relay, devices) = company(3);
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut ids: Vec<RecordId> = Vec::new();
    for step in 0..steps {
        let device = &devices[rng.random_range(0..devices.len())];
        let held: Vec<RecordId> =
            ids.iter().copied().filter(|id| device.workspace.record(*id).is_ok()).collect();
        match (rng.random_range(0..10), held.choose(&mut rng)) {
            (0 | 1, _) | (_, None) => {
                let line = json!({"kind":"contact","set":{"family_name":format!("K{step}"),
                    "description":"Am Montag."},"add":{"phones":[{"id":"a1","number":"+49 171 5551234"}]}});
                ids.push(device.json(line).id);
            }
            (2, Some(_)) => device.sync(&relay),
            (3, Some(id)) => {
                let words = format!("{step} Am Montag. {step}");
                device.edit(&Edit::of(*id).with("description", words));
            }
            (4, Some(id)) => {
                device.edit(&Edit::of(*id).with("phones/a1/number", format!("+49 171 555{step:04}")));
            }
            (5, Some(id)) => {
                let line = json!({"id":id,"remove":{"phones":["a1"]}});
                let _ = device.workspace.edit(
                    device.id,
                    &Edit::from_json(&line.to_string()).unwrap(),
                    device.now(),
                );
            }
            (6, Some(id)) => {
                let _ = device.workspace.undo(device.id, Some(*id), device.now());
            }
            (_, Some(id)) => {
                device.edit(&Edit::of(*id).with("given_name", format!("V{step}")));
            }
        }
    }
    (relay, devices)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn three_devices_that_sync_when_they_like_end_equal(seed in any::<u64>()) {
        let (relay, devices) = play(seed, 60);
        let all: Vec<&Replica> = devices.iter().collect();
        settle(&relay, &all);
        prop_assert!(devices.iter().all(|device| device.workspace.quarantine(1).unwrap().is_empty()));
    }

    #[test]
    fn entries_in_any_order_and_twice_leave_the_same_replica(seed in any::<u64>()) {
        let (relay, devices) = play(seed, 40);
        let all: Vec<&Replica> = devices.iter().collect();
        settle(&relay, &all);
        let late = Replica::new(9, Role::Device);
        late.greet(&relay);
        // As single changes, which a live walk from the beginning would hand out.
        let mut entries: Vec<Entry> = Vec::new();
        for id in relay.dump().iter().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
            let id: RecordId = id["id"].as_str().unwrap().parse().unwrap();
            for whole in relay.workspace.load_records(late.id, &[id], Form::Changes).unwrap().entries {
                let mut rest = whole.bytes.as_slice();
                for received in &whole.history {
                    let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
                    let bytes = rest[4..4 + length].to_vec();
                    rest = &rest[4 + length..];
                    let (history, heads) = (vec![], vec![]);
                    let (record, received) = (id, *received);
                    entries.push(Entry { record, form: Form::Change, bytes, received, history, heads });
                }
            }
        }
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let twice: Vec<Entry> = entries.iter().filter(|_| rng.random_bool(0.3)).cloned().collect();
        entries.extend(twice);
        entries.shuffle(&mut rng);
        // What comes before its dependency is refused and comes again.
        for _ in 0..60 {
            for part in entries.chunks(7) {
                let page = Page { entries: part.to_vec(), ..Page::default() };
                late.workspace.apply(&page, None, late.now()).unwrap();
            }
            if late.dump() == relay.dump() {
                break;
            }
        }
        prop_assert_eq!(late.dump(), relay.dump());
        prop_assert_eq!(late.workspace.digest().unwrap(), relay.workspace.digest().unwrap());
        // Everything refused on the way is known by now.
        late.workspace.retry_quarantine(late.now()).unwrap();
        prop_assert_eq!(late.workspace.quarantine(10).unwrap().len(), 0);
    }
}

#[test]
fn five_hundred_edits_on_each_side_meet() {
    let (relay, devices) = company(2);
    let [anna, ben] = &devices[..] else { unreachable!() };
    let edits: Vec<Edit> =
        (0..900).map(|n| Edit::create("contact").with("family_name", format!("K{n}"))).collect();
    let made = relay.workspace.edit_many(relay.id, &edits, relay.now()).unwrap();
    let ids: Vec<RecordId> = made.into_iter().map(|edited| edited.unwrap().id).collect();
    settle(&relay, &[anna, ben]);
    for (device, range) in [(anna, 0..500), (ben, 400..900)] {
        let edits: Vec<Edit> =
            ids[range].iter().map(|id| Edit::of(*id).with("given_name", device.id.to_string())).collect();
        for verdict in device.workspace.edit_many(device.id, &edits, device.now()).unwrap() {
            verdict.unwrap();
        }
    }
    // No clock in tests of the core that decides anything: printed for people.
    let begun = std::time::Instant::now();
    for device in [anna, ben, anna] {
        device.sync(&relay);
    }
    println!("500 + 500 edits met after {:?} (debug build)", begun.elapsed());
    settle(&relay, &[anna, ben]);
    assert_eq!(relay.workspace.conflict_count().unwrap(), 100);
}
