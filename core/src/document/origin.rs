//! Who made which change, and when: what versions and history show beside a value.

use std::collections::BTreeMap;

use automerge::{Automerge, ChangeMetadata, ReadDoc};

use super::loaded::Change;
use super::{branch, engine, late};
use crate::record::{ChangeHash, DeviceId, RecordId, Timestamp};

/// The author of one change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    /// `None` for a change every device makes alike.
    pub device: Option<DeviceId>,
    pub at: Timestamp,
    /// Counter of its first op: less than those of all changes made on it.
    pub start_op: u64,
}

/// What a document remembers of its changes, so that reading and editing need not walk them all again: that costs
/// automerge 1 to 5 µs a change.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub origins: BTreeMap<ChangeHash, Origin>,
    /// Ops of all changes.
    pub ops: u64,
}

impl Known {
    pub(super) fn of(id: RecordId, doc: &Automerge) -> Self {
        let metas = doc.get_changes_meta(&[]);
        let ops = metas.iter().map(|meta| (meta.max_op + 1).saturating_sub(meta.start_op)).sum();
        let origins = metas.iter().map(|meta| origin(id, doc, meta)).collect();
        Self { origins, ops }
    }

    /// Takes in a change that was just made or applied.
    pub(super) fn add(&mut self, id: RecordId, change: &Change) {
        let form =
            change.actor_seq == 1 && change.ops == 1 && change.time.millis() == 0 && change.deps.is_empty();
        let late = form && late::is_late(id, &change.bytes);
        let device = if late { None } else { branch::device_of(&change.actor) };
        let origin = Origin { device, at: change.time, start_op: change.start_op };
        if self.origins.insert(change.hash, origin).is_none() {
            self.ops += change.ops;
        }
    }
}

/// The origins of the changes that `heads` had seen.
pub(super) fn origins_at(
    id: RecordId,
    doc: &Automerge,
    heads: &[automerge::ChangeHash],
) -> BTreeMap<ChangeHash, Origin> {
    let metas = doc.get_changes_meta(&[]);
    let seen = ancestors(&metas, heads);
    metas.iter().filter(|meta| seen.contains(&meta.hash)).map(|meta| origin(id, doc, meta)).collect()
}

fn origin(id: RecordId, doc: &Automerge, meta: &ChangeMetadata<'_>) -> (ChangeHash, Origin) {
    let device = if is_late(id, doc, meta) { None } else { branch::device_of(meta.actor.to_bytes()) };
    let at = Timestamp::from_millis(meta.timestamp);
    (engine::ours(meta.hash), Origin { device, at, start_op: meta.start_op })
}

/// Whether the change is a late text's: then no person wrote it. Its form is looked at first; the bytes are made
/// only for the few that have it.
fn is_late(id: RecordId, doc: &Automerge, meta: &ChangeMetadata<'_>) -> bool {
    let form = meta.seq == 1 && meta.max_op == 1 && meta.timestamp == 0 && meta.deps.is_empty();
    form && doc.get_change_by_hash(&meta.hash).is_some_and(|change| late::is_late(id, change.raw_bytes()))
}

fn ancestors(
    metas: &[ChangeMetadata<'_>],
    heads: &[automerge::ChangeHash],
) -> std::collections::BTreeSet<automerge::ChangeHash> {
    let deps: BTreeMap<_, _> = metas.iter().map(|meta| (meta.hash, &meta.deps)).collect();
    let mut seen = std::collections::BTreeSet::new();
    let mut open = heads.to_vec();
    while let Some(hash) = open.pop() {
        if seen.insert(hash) {
            open.extend(deps.get(&hash).into_iter().copied().flatten());
        }
    }
    seen
}
