//! Under which actor an edit is made (automerge.md section 5).
//!
//! Ben opened a form, then his phone saved something else in the same record; now he saves the form. That edit
//! belongs at the heads the form showed, but his own actor has already written past them. A branch actor, made
//! from a level and his device id, writes in its place; nobody needs a table to know that it is Ben.

use automerge::Automerge;

use super::engine;
use crate::record::DeviceId;

const PREFIX: [u8; 4] = [0x13, 0xb2, 0x23, 0x09];
const LEVELS: std::ops::RangeInclusive<u8> = 1..=8;

/// The branch actor of `device` at `level`.
pub(super) fn branch(device: DeviceId, level: u8) -> Vec<u8> {
    let mut actor = PREFIX.to_vec();
    actor.push(level);
    actor.extend_from_slice(device.as_bytes());
    actor
}

/// The device whose actor or branch actor this is; for a computed actor of section 6, those 16 bytes.
/// `None` for actors of any other form.
pub(super) fn device_of(actor: &[u8]) -> Option<DeviceId> {
    match actor.split_first_chunk::<5>() {
        Some(([a, b, c, d, level], device)) if device.len() == 16 => {
            if [*a, *b, *c, *d] == PREFIX && LEVELS.contains(level) {
                DeviceId::from_slice(device)
            } else {
                None
            }
        }
        _ => DeviceId::from_slice(actor),
    }
}

/// The first actor of `device` that may write on `base`, a document at the base heads, without using one of its
/// numbers twice in `doc`: its own, then the branches. `None` if all have written past the base.
pub(super) fn free_actor(
    doc: &Automerge,
    base: &Automerge,
    device: DeviceId,
    own_refused: bool,
) -> Option<Vec<u8>> {
    let own = (!own_refused).then(|| device.as_bytes().to_vec());
    let metas = doc.get_changes_meta(&[]);
    own.into_iter().chain(LEVELS.map(|level| branch(device, level))).find(|actor| {
        let last = metas.iter().filter(|meta| meta.actor.to_bytes() == actor).max_by_key(|meta| meta.seq);
        last.is_none_or(|meta| engine::has(base, &engine::ours(meta.hash)))
    })
}
