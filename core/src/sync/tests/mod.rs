//! Messages as bytes, and what both sessions do.

mod messages;
mod sessions;

use super::*;
use crate::record::{Epoch, Nonce, RecordId, Stamp, Timestamp};

pub(super) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + millis)
}

pub(super) fn welcome() -> Welcome {
    Welcome {
        protocol: PROTOCOL,
        epoch: Epoch([2; 16]),
        head: 1_234_567,
        nonce: Nonce([3; 16]),
        ticket: [4; 32],
        now: at(0),
        dictionary: Some(dictionary::ID),
        lineage: vec![EpochStart { epoch: Epoch([2; 16]), first: 1 }],
        recovery: false,
        left_records: 0,
        left_bytes: 0,
    }
}

/// A page of changes that look like one-field edits: a little text in much that never repeats.
pub(super) fn sample_page(entries: u64) -> Message {
    let noise = |seed: u64| {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        (0..70).map(move |_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
    };
    let entry = |seq: u64| {
        let bytes =
            noise(seq).chain(*b"family_namegiven_namephones/number+49 171 5551234label mobile").collect();
        let mut record = [0; 16];
        record.iter_mut().zip(noise(seq / 3)).for_each(|(to, from)| *to = from);
        Entry {
            record: RecordId(record),
            form: Form::Change,
            bytes,
            received: Received { seq, at: at(seq as i64 * 7) },
            history: vec![],
            heads: vec![],
        }
    };
    Message::Entries(Page {
        cursor: entries,
        stamp: Stamp([9; 8]),
        entries: (1..=entries).map(entry).collect(),
        more: false,
    })
}
