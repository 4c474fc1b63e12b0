//! Text fields that a record gains after its creation (automerge.md section 6).
//!
//! Anna and Ben are both offline when a custom text field appears, and both type into it. Had each made a text
//! object of their own, one person's words would be hidden. So both make the very same change: no dependencies,
//! an actor computed from record and field, one op. Its bytes are written here, without automerge, which is what
//! lets the gate compare them byte for byte.

use automerge::Automerge;
use sha2::{Digest, Sha256};

use super::{engine, gate};
use crate::planted;
use crate::record::RecordId;

/// The actor of the change that makes the text `field`.
pub(super) fn actor(id: RecordId, field: &str) -> [u8; 16] {
    let digest = Sha256::new().chain_update(b"farley text").chain_update(id.0).chain_update(field).finalize();
    std::array::from_fn(|at| digest[at])
}

/// The change, the same on every device for ever.
pub(super) fn change_bytes(id: RecordId, field: &str) -> Vec<u8> {
    let mut name = vec![0x7f]; // one value that is not repeated
    unsigned(&mut name, field.len() as u64);
    name.extend_from_slice(field.as_bytes());
    // Key, insert, action (4 makes a text), type of the value (null), number of predecessors.
    let columns: [(u8, &[u8]); 5] =
        [(0x15, &name), (0x34, &[1]), (0x42, &[0x7f, 4]), (0x56, &[0x7f, 0]), (0x70, &[0x7f, 0])];

    let mut body = vec![0, 16];
    body.extend_from_slice(&actor(id, field));
    body.extend_from_slice(&[1, 1, 0, 0, 0]); // actor_seq, start_op, time, message, other actors
    body.push(columns.len() as u8);
    for (spec, data) in columns {
        body.push(spec);
        unsigned(&mut body, data.len() as u64);
    }
    columns.iter().for_each(|(_, data)| body.extend_from_slice(data));
    gate::chunk::wrap(1, &body)
}

/// Makes the text `field` in `doc`, which has none, and returns the change.
pub(super) fn make(doc: &mut Automerge, id: RecordId, field: &str) -> Result<automerge::Change, String> {
    if planted::on(20) {
        return make_on_current_heads(doc, id, field);
    }
    let change = automerge::Change::from_bytes(change_bytes(id, field)).map_err(|error| error.to_string())?;
    doc.apply_changes([change.clone()]).map_err(|error| error.to_string())?;
    Ok(change)
}

/// Whether these are the bytes of a late text change of this record.
pub(super) fn is_late(id: RecordId, bytes: &[u8]) -> bool {
    gate::bytes::text_made(bytes).is_some_and(|field| change_bytes(id, &field) == bytes)
}

/// Planted bug 20: the hashes then differ between devices.
fn make_on_current_heads(
    doc: &mut Automerge,
    id: RecordId,
    field: &str,
) -> Result<automerge::Change, String> {
    use automerge::transaction::{CommitOptions, Transactable};
    doc.set_actor(engine::actor(&actor(id, field)));
    let mut tx = doc.transaction();
    tx.put_object(automerge::ROOT, field, automerge::ObjType::Text).map_err(|error| error.to_string())?;
    tx.commit_with(CommitOptions::default().with_time(0));
    doc.get_last_local_change().ok_or_else(|| "the text was not made".to_owned())
}

fn unsigned(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
