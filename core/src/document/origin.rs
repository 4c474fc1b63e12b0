//! Who made which change, and when: what versions and history show beside a value.

use std::collections::BTreeMap;

use automerge::{Automerge, ChangeMetadata, ReadDoc};

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

/// The origins of all changes of a document, or of those its `heads` had seen.
pub(super) fn origins(
    id: RecordId,
    doc: &Automerge,
    heads: Option<&[automerge::ChangeHash]>,
) -> BTreeMap<ChangeHash, Origin> {
    let metas = doc.get_changes_meta(&[]);
    let seen = heads.map(|heads| ancestors(&metas, heads));
    metas
        .iter()
        .filter(|meta| seen.as_ref().is_none_or(|seen| seen.contains(&meta.hash)))
        .map(|meta| {
            let device = if is_late(id, doc, meta) { None } else { branch::device_of(meta.actor.to_bytes()) };
            let at = Timestamp::from_millis(meta.timestamp);
            (engine::ours(meta.hash), Origin { device, at, start_op: meta.start_op })
        })
        .collect()
}

/// Whether the change is a late text's: then no person wrote it. Its form is looked at first; the bytes are made
/// only for the few that have it.
pub(super) fn is_late(id: RecordId, doc: &Automerge, meta: &ChangeMetadata<'_>) -> bool {
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
