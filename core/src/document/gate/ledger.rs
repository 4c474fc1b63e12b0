//! Part B: the change against what this record's log holds. No automerge; the workspace reads the ledger from
//! the store once per record and batch.

use super::{Facts, Ledger, Reason, Refusal, Sender};
use crate::document::{branch, engine, late};
use crate::planted;
use crate::record::{ChangeHash, DeviceId, RecordId};

const RECORD_BYTES: u64 = 8 * 1024 * 1024;
/// Most missing dependencies that are named.
const NAMED: usize = 16;

impl Ledger {
    /// Part B: checks 11 and 13 to 18 (12, erasure and access, is the workspace's). `Ok(true)` = known already.
    /// `record` is needed for changes of section 6.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn check(
        &self,
        record: RecordId,
        facts: &Facts,
        bytes: &[u8],
        sender: &Sender,
    ) -> Result<bool, Refusal> {
        if self.changes.contains_key(&facts.hash) {
            return Ok(true);
        }
        let refused = |reason, check| Err(Refusal::new(reason, check));
        let computed = is_computed(record, facts, bytes);
        if !computed && !sender.may_write_as(&facts.actor) && !planted::on(171) {
            return refused(Reason::NotYours, 13);
        }
        if self.actor_seqs.contains_key(&(facts.actor.clone(), facts.actor_seq)) {
            return refused(Reason::Forked, 14);
        }
        if facts.actor_seq != self.last_seq(&facts.actor) + 1 && !planted::on(172) {
            // A restored relay has forgotten Anna's last change; her next one names it. Called out of order
            // it would be made again as another change; called incomplete it comes again behind the other.
            self.check_known(facts)?;
            return refused(Reason::BadOrder, 15);
        }
        self.check_ancestry(facts, computed)?;
        let next_op =
            1 + facts.deps.iter().filter_map(|dep| self.changes.get(dep)).map(last_op).max().unwrap_or(0);
        if facts.start_op != next_op && !planted::on(173) {
            return refused(Reason::BadOrder, 17);
        }
        let (ops, size) =
            (self.total_ops.saturating_add(facts.ops), self.total_bytes.saturating_add(bytes.len() as u64));
        if ops > engine::RECORD_OPS || size > RECORD_BYTES {
            return refused(Reason::Full, 18);
        }
        Ok(false)
    }

    /// Takes an accepted change into account for the rest of the batch.
    pub fn add(&mut self, facts: &Facts, bytes: usize) {
        if self.changes.insert(facts.hash, (facts.start_op, facts.ops)).is_none() {
            self.actor_seqs.insert((facts.actor.clone(), facts.actor_seq), facts.hash);
            self.total_ops = self.total_ops.saturating_add(facts.ops);
            self.total_bytes = self.total_bytes.saturating_add(bytes as u64);
        }
    }

    /// The first half of check 16.
    fn check_known(&self, facts: &Facts) -> Result<(), Refusal> {
        let unknown = |dep: &&ChangeHash| !self.changes.contains_key(*dep);
        let missing: Vec<ChangeHash> = facts.deps.iter().filter(unknown).take(NAMED).copied().collect();
        if missing.is_empty() { Ok(()) } else { Err(Refusal { reason: Reason::Missing, check: 16, missing }) }
    }

    /// Check 16.
    fn check_ancestry(&self, facts: &Facts, computed: bool) -> Result<(), Refusal> {
        self.check_known(facts)?;
        if facts.other_actors.iter().any(|actor| self.last_seq(actor) == 0) {
            return Err(Refusal::new(Reason::Malformed, 16));
        }
        // A record begins once. Late texts, of one op, may be there before its beginning is.
        let begun = self.changes.values().any(|change| *change != (1, 1));
        if facts.deps.is_empty() && begun && !computed {
            return Err(Refusal::new(Reason::BadOrder, 16));
        }
        Ok(())
    }

    /// The last number of an actor; 0 if it never wrote here.
    fn last_seq(&self, actor: &[u8]) -> u64 {
        let all = (actor.to_vec(), 0)..=(actor.to_vec(), u64::MAX);
        self.actor_seqs.range(all).next_back().map_or(0, |((_, seq), _)| *seq)
    }
}

impl Sender {
    /// Check 13, but for the computed actors of section 6.
    fn may_write_as(&self, actor: &[u8]) -> bool {
        let device: Option<DeviceId> = branch::device_of(actor);
        match self {
            Self::Device(own) => device == Some(*own),
            Self::Recovery(known) => device.is_some_and(|device| known.contains(&device)),
            Self::Relay => true,
        }
    }
}

/// Whether the change is one that every device makes alike: a late text's, byte for byte.
fn is_computed(record: RecordId, facts: &Facts, bytes: &[u8]) -> bool {
    let form = facts.deps.is_empty() && facts.actor_seq == 1 && facts.ops == 1 && facts.time.millis() == 0;
    form && late::is_late(record, bytes)
}

fn last_op((start_op, ops): &(u64, u64)) -> u64 {
    (start_op + ops).saturating_sub(1)
}
