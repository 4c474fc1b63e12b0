//! An edit at the heads its author saw (automerge.md section 5).

use automerge::Automerge;

use super::gate::{self, Reason};
use super::loaded::Change;
use super::plan::{self, Plan};
use super::{DocumentError, branch, engine, late, read};
use crate::record::{ChangeHash, DeviceId, RecordId, Timestamp, Write};

/// What is to be written, by whom, on what.
pub(super) struct Edit<'a> {
    pub id: RecordId,
    pub writes: &'a [Write],
    pub late_texts: &'a [String],
    /// The heads the author saw; `None` for the current ones.
    pub base: Option<&'a [ChangeHash]>,
    pub device: DeviceId,
    /// The device's own actor must not be used in this record any more.
    pub own_refused: bool,
    pub now: Timestamp,
}

impl Edit<'_> {
    /// `source`, which has `ops` ops, with the edit in it; and the changes that were made, in order.
    pub(super) fn make(
        &self,
        source: &Automerge,
        ops: u64,
    ) -> Result<(Automerge, Vec<Change>), DocumentError> {
        let mut doc = source.clone();
        let base = self.stale_base(&doc)?;
        let mut made = self.make_late_texts(&mut doc)?;

        let plan_of = |on: &Automerge| Plan::of(self.id, on, self.writes);
        let fork = match base {
            Some(base) => self.fork(&doc, base)?,
            None => None,
        };
        match fork {
            Some((mut fork, actor)) => {
                fork.set_actor(engine::actor(&actor));
                let written = plan_of(&fork)?.carry_out(self.id, &mut fork, self.now)?;
                doc.apply_changes(written.iter().cloned())
                    .map_err(|error| self.internal(error.to_string()))?;
                made.extend(written);
            }
            None => {
                let actor = self.actor_on_top(&doc).ok_or(DocumentError::Full(self.id))?;
                doc.set_actor(engine::actor(&actor));
                made.extend(plan_of(&doc)?.carry_out(self.id, &mut doc, self.now)?);
            }
        }
        let more: usize = made.iter().map(automerge::Change::len).sum();
        if more > 0 && ops + more as u64 > engine::RECORD_OPS {
            return Err(DocumentError::Full(self.id));
        }
        let made = checked(self.id, &made)?;
        if made.iter().any(|change| !engine::has(&doc, &change.hash)) {
            return Err(self.internal("a change made here did not arrive".to_owned()));
        }
        Ok((doc, made))
    }

    /// The base, if it is not simply the current heads.
    fn stale_base(&self, doc: &Automerge) -> Result<Option<Vec<ChangeHash>>, DocumentError> {
        let mut base = match self.base {
            Some(base) if !base.is_empty() => base.to_vec(),
            _ => return Ok(None),
        };
        if let Some(unknown) = base.iter().find(|hash| !engine::has(doc, hash)) {
            return Err(DocumentError::UnknownHeads(self.id, *unknown));
        }
        base.sort_unstable();
        base.dedup();
        Ok((base != engine::heads(doc)).then_some(base))
    }

    /// Every text to be written that the record has not: schemas gain text fields after records were made.
    fn make_late_texts(&self, doc: &mut Automerge) -> Result<Vec<automerge::Change>, DocumentError> {
        let mut made = Vec::new();
        for write in self.writes {
            let key = write.key();
            let wanted = match write {
                Write::Put { .. } => false,
                Write::Text { text, .. } => {
                    !text.is_empty() || self.late_texts.iter().any(|late| late == key)
                }
                Write::Splice { splices, .. } => splices.iter().any(|splice| !splice.insert.is_empty()),
            };
            // A key that held a scalar gets its text in the edit itself: a change without dependencies would
            // lose against what stands there.
            if wanted && read::shown(doc, key).is_none() {
                plan::check_keys([key]).map_err(|()| DocumentError::Full(self.id))?;
                made.push(late::make(doc, self.id, key).map_err(|why| self.internal(why))?);
            }
        }
        Ok(made)
    }

    /// The document at the base heads and the actor that may write there. `None` if the base is the current heads
    /// after all, or every branch actor is taken: the edit is then made on the current heads.
    fn fork(
        &self,
        doc: &Automerge,
        base: Vec<ChangeHash>,
    ) -> Result<Option<(Automerge, Vec<u8>)>, DocumentError> {
        let mut base = base;
        for write in self.writes.iter().filter(|write| !matches!(write, Write::Put { .. })) {
            // A late text is older than everything, but not an ancestor of the base.
            if let Some(made) = read::shown(doc, write.key()).and_then(|(_, op)| doc.hash_for_opid(&op)) {
                base.push(engine::ours(made));
            }
        }
        let fork =
            doc.fork_at(&engine::all_theirs(&base)).map_err(|error| self.internal(error.to_string()))?;
        if engine::heads(&fork) == engine::heads(doc) {
            return Ok(None);
        }
        Ok(branch::free_actor(doc, &fork, self.device, self.own_refused).map(|actor| (fork, actor)))
    }

    fn actor_on_top(&self, doc: &Automerge) -> Option<Vec<u8>> {
        if self.own_refused {
            return branch::free_actor(doc, doc, self.device, true);
        }
        Some(self.device.as_bytes().to_vec())
    }

    fn internal(&self, why: String) -> DocumentError {
        DocumentError::Internal(self.id, why)
    }
}

/// What was made here, if part A of the gate takes it: a fault of ours must not leave the device.
pub(super) fn checked(id: RecordId, made: &[automerge::Change]) -> Result<Vec<Change>, DocumentError> {
    for change in made {
        gate::check_bytes(change.raw_bytes()).map_err(|refusal| match refusal.reason {
            Reason::TooLarge => DocumentError::Full(id),
            _ => DocumentError::Internal(id, format!("a change made here fails check {}", refusal.check)),
        })?;
    }
    Ok(made.iter().map(Change::from).collect())
}
