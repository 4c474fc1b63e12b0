//! The invariants of sync.md section 18 that hold at rest.

use std::collections::BTreeSet;

use super::store::{DeviceStore, visible};
use super::{Failure, World};

/// All of them, after healing.
///
/// # Errors
/// The first that is broken.
pub(super) fn at_rest(world: &World) -> Result<(), Failure> {
    relay_log(world)?;
    world.devices.iter().flatten().try_for_each(|store| device(world, store))
}

/// 18.3: one hash, one seq, dense, dependencies first.
fn relay_log(world: &World) -> Result<(), Failure> {
    for (at, (change, ..)) in world.relay.log.iter().enumerate() {
        let seq = at as u64 + 1;
        let earlier = |dep| world.relay.seqs.get(dep).is_some_and(|dep| *dep < seq);
        if world.relay.seqs.get(&change.hash) != Some(&seq) || !change.deps.iter().all(earlier) {
            return broken(3, format!("seq {seq} stands twice or before its dependencies"));
        }
    }
    Ok(())
}

fn device(world: &World, store: &DeviceStore) -> Result<(), Failure> {
    let name = store.facts.device.0[0];
    let relay = &world.relay;
    if !store.outbox.is_empty() || store.facts.cursor != relay.head() || store.facts.low != 0 {
        return broken(1, format!("device {name}: outbox, cursor or low are not at rest"));
    }
    for (change, _, seq) in store.log.values() {
        if relay.seqs.get(&change.hash) != seq.as_ref() {
            return broken(6, format!("device {name} holds a change the relay lacks or numbers otherwise"));
        }
    }
    for (record, (held, _)) in relay.records.iter().filter(|(id, _)| visible(**id, store.facts.device)) {
        let heads = store.records.get(record).map(|held| &held.heads);
        let unreadable = record.0[14] != 0;
        if unreadable != heads.is_none() || !unreadable && heads != Some(&held.heads) {
            return broken(2, format!("device {name}: record {record} differs from the relay's"));
        }
    }
    if store.records.keys().any(|id| !visible(*id, store.facts.device)) {
        return broken(2, format!("device {name} holds a record it may not see"));
    }
    let here: BTreeSet<u64> = store.log.values().map(|(change, ..)| change.edit).collect();
    match store.acknowledged.difference(&here).next() {
        Some(edit) => broken(6, format!("device {name} lost edit {edit} of its person")),
        None => Ok(()),
    }
}

fn broken(invariant: u8, detail: String) -> Result<(), Failure> {
    Err(Failure { invariant, detail })
}
