//! Foreign changes at the gate, for relay and device alike.
//!
//! 1. `gather` reads what the checks need: the bytes, the log, the records as they are stored.
//! 2. `note_applying` writes down durably what is about to be tried (check 19).
//! 3. `judge` loads and tries all groups on the trial's threads, several at a time: one group is one record, and
//!    no record's trial knows of another's.
//!
//! The caller holds the writer's lock over all three and over the transaction that follows, so the log
//! cannot change in between.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use crate::document::Document;
use crate::document::gate::{self, Facts, InlineTrial, Ledger, Reason, Refusal, Sender};
use crate::index::{self, IndexRow};
use crate::planted;
use crate::record::{ChangeHash, DeviceId, Record, RecordId, Timestamp};
use crate::schema::Schema;
use crate::store::{LogRow, QuarantineRow, Tx, View};
use crate::sync::{Received, Seq};

use super::cache::{Loaded, Stored};
use super::{Workspace, WorkspaceError, Writer, meta};

/// One foreign change.
pub(super) struct Item {
    pub record: RecordId,
    pub bytes: Vec<u8>,
    /// On a device: what the relay gave it.
    pub received: Option<Received>,
    /// Part of a whole record: the load was its canary.
    pub whole: bool,
}

/// What became of it.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// In the log already, with or without a seq.
    Known(Option<Seq>),
    Refused(Refusal),
    /// The same bytes stand earlier in the batch.
    Same(usize),
    Taken,
}

/// One record's new changes and what they met.
pub(super) struct Group {
    record: RecordId,
    standing: Option<Stored>,
    members: Vec<usize>,
}

/// A batch after checks A and B.
pub(super) struct Gathered {
    pub items: Vec<Item>,
    pub facts: Vec<Option<Facts>>,
    pub outcomes: Vec<Outcome>,
    groups: Vec<Group>,
    /// Documents that came as one chunk and were loaded already.
    ready: BTreeMap<RecordId, Document>,
}

/// A record as the accepted changes leave it.
pub(super) struct Landed {
    pub loaded: Loaded,
    pub row: IndexRow,
    pub before: Option<Arc<Record>>,
}

/// What one trial gave: the record after it, if any change was good, and a verdict per change.
type Tried = (Option<(Document, Record, IndexRow)>, Vec<Result<(), Refusal>>);

/// A group's trial with what stood before it; `None` if nothing stood.
struct Judged {
    standing: Option<Loaded>,
    tried: Tried,
}

impl Workspace {
    pub(super) fn gather(
        &self,
        view: &View<'_>,
        writer: &Writer,
        items: Vec<Item>,
        ready: BTreeMap<RecordId, Document>,
        sender: &Sender,
    ) -> Result<Gathered, WorkspaceError> {
        let mut ledgers: BTreeMap<RecordId, Ledger> = BTreeMap::new();
        // Bytes of each record's log as it stands.
        let mut sizes: BTreeMap<RecordId, u64> = BTreeMap::new();
        let mut first: BTreeMap<ChangeHash, usize> = BTreeMap::new();
        let mut members: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
        let (mut facts, mut outcomes) = (Vec::new(), Vec::new());
        for (at, item) in items.iter().enumerate() {
            let read = match gate::check_bytes(&item.bytes) {
                Ok(read) => read,
                Err(refusal) => {
                    facts.push(None);
                    outcomes.push(Outcome::Refused(refusal));
                    continue;
                }
            };
            let outcome = if let Some(seq) = view.seq_of(read.hash)? {
                Outcome::Known(seq)
            } else if let Some(twin) = first.get(&read.hash) {
                Outcome::Same(*twin)
            } else if writer.poison.contains(&read.hash) {
                Outcome::Refused(Refusal { reason: Reason::Unloadable, check: 19, missing: vec![] })
            } else {
                let ledger = match ledgers.entry(item.record) {
                    std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                    std::collections::btree_map::Entry::Vacant(entry) => {
                        let ledger = ledger_of(view, item.record)?;
                        sizes.insert(item.record, ledger.total_bytes);
                        entry.insert(ledger)
                    }
                };
                match ledger.check(item.record, &read, &item.bytes, sender) {
                    Ok(true) => Outcome::Known(None),
                    Ok(false) => {
                        ledger.add(&read, item.bytes.len());
                        first.insert(read.hash, at);
                        members.entry(item.record).or_default().push(at);
                        Outcome::Taken
                    }
                    Err(refusal) => Outcome::Refused(refusal),
                }
            };
            facts.push(Some(read));
            outcomes.push(outcome);
        }
        let mut groups = Vec::with_capacity(members.len());
        for (record, members) in members {
            let size = sizes.get(&record).copied();
            groups.push(Group { record, standing: self.stored(view, record, size)?, members });
        }
        Ok(Gathered { items, facts, outcomes, groups, ready })
    }

    /// Aborts cannot be caught: what is being tried is on disk before it is tried.
    pub(super) fn note_applying(&self, gathered: &Gathered) -> Result<(), WorkspaceError> {
        let hashes: Vec<ChangeHash> = gathered.tried().collect();
        if hashes.is_empty() {
            return Ok(());
        }
        self.store.write(|tx| Ok(meta::set_hashes(tx, meta::APPLYING, &hashes)?))
    }

    /// Part C for all groups. Fills in the outcomes; returns what the records are now.
    pub(super) fn judge(
        &self,
        writer: &Writer,
        gathered: &mut Gathered,
        schema: &Schema,
    ) -> Result<BTreeMap<RecordId, Landed>, WorkspaceError> {
        let groups = std::mem::take(&mut gathered.groups);
        let (careful, usual): (Vec<Group>, Vec<Group>) = groups.into_iter().partition(|group| {
            group.members.iter().any(|at| {
                gathered.facts[*at].as_ref().is_some_and(|facts| writer.suspects.contains(&facts.hash))
            })
        });
        let ready = std::mem::take(&mut gathered.ready);
        let judged: Vec<OnceLock<Result<Judged, WorkspaceError>>> =
            usual.iter().map(|_| OnceLock::new()).collect();
        if !usual.is_empty() {
            let (gathered, here) = (&*gathered, planted::here());
            self.trial.run_each(usual.len(), &|at| {
                planted::set(here);
                let group = &usual[at];
                let outcome = self.judge_group(gathered, group, ready.get(&group.record), schema);
                // Each number is given once.
                let _ = judged[at].set(outcome);
            });
        }
        let mut landed = BTreeMap::new();
        for (group, judged) in usual.into_iter().zip(judged) {
            let Judged { standing, tried: (document, verdicts) } =
                judged.into_inner().ok_or_else(|| did_not_end(group.record))??;
            gathered.note_verdicts(&group.members, verdicts);
            if let Some(parts) = document {
                landed.insert(group.record, gathered.landed(&group.members, standing, parts));
            }
        }
        for group in careful {
            if let Some((standing, parts)) = self.try_one_by_one(gathered, &group, schema)? {
                landed.insert(group.record, gathered.landed(&group.members, standing, parts));
            }
        }
        Ok(landed)
    }

    /// Loads the record and tries the group on it. On a trial's thread.
    fn judge_group(
        &self,
        gathered: &Gathered,
        group: &Group,
        ready: Option<&Document>,
        schema: &Schema,
    ) -> Result<Judged, WorkspaceError> {
        let standing = match self.load_standing(group)? {
            Ok(standing) => standing,
            Err(refusal) => {
                let verdicts = group.members.iter().map(|_| Err(refusal.clone())).collect();
                return Ok(Judged { standing: None, tried: (None, verdicts) });
            }
        };
        let document = standing.as_ref().map(|loaded| &*loaded.document);
        let tried = self.try_group(gathered, group.record, &group.members, ready, document, schema);
        Ok(Judged { standing, tried })
    }

    /// What stands of the group's record. Inside: a record of ours that does not load takes nothing more.
    fn load_standing(&self, group: &Group) -> Result<Result<Option<Loaded>, Refusal>, WorkspaceError> {
        let loaded = group.standing.as_ref().map(|stored| self.load_stored(group.record, stored));
        match loaded.transpose() {
            Ok(standing) => Ok(Ok(standing)),
            Err(WorkspaceError::Store(error)) => Err(error.into()),
            Err(error) => {
                // Ours is broken, not theirs; the other records go on.
                tracing::error!(record = %group.record, %error, "changes refused: the record does not load");
                Ok(Err(Refusal { reason: Reason::Unloadable, check: 21, missing: vec![] }))
            }
        }
    }

    /// A batch during which the process ended is in it: each change alone, noted first.
    fn try_one_by_one(
        &self,
        gathered: &mut Gathered,
        group: &Group,
        schema: &Schema,
    ) -> Result<Option<(Option<Loaded>, (Document, Record, IndexRow))>, WorkspaceError> {
        let mut loaded: Option<Result<Result<Option<Loaded>, Refusal>, WorkspaceError>> = None;
        self.trial.run(&mut || loaded = Some(self.load_standing(group)));
        let standing = match loaded.ok_or_else(|| did_not_end(group.record))?? {
            Ok(standing) => standing,
            Err(refusal) => {
                gathered.note_verdicts(
                    &group.members,
                    group.members.iter().map(|_| Err(refusal.clone())).collect(),
                );
                return Ok(None);
            }
        };
        let mut best: Option<(Document, Record, IndexRow)> = None;
        let mut refused: BTreeSet<ChangeHash> = BTreeSet::new();
        for at in &group.members {
            let Some(facts) = gathered.facts[*at].clone() else { continue };
            let missing: Vec<ChangeHash> =
                facts.deps.iter().filter(|dep| refused.contains(dep)).copied().collect();
            if !missing.is_empty() {
                refused.insert(facts.hash);
                gathered.outcomes[*at] =
                    Outcome::Refused(Refusal { reason: Reason::Missing, check: 16, missing });
                continue;
            }
            self.store.write(|tx| meta::set_hashes(tx, meta::TRYING, &[facts.hash]))?;
            let mut tried: Option<Tried> = None;
            self.trial.run(&mut || {
                let before = standing.as_ref().map(|loaded| &*loaded.document);
                let document = best.as_ref().map(|(document, ..)| document).or(before);
                tried = Some(self.try_group(gathered, group.record, &[*at], None, document, schema));
            });
            // Not with the commit that follows: a disk that fails there must not count against the change.
            self.store.write(|tx| meta::set_hashes(tx, meta::TRYING, &[]))?;
            let Some((document, verdicts)) = tried else { continue };
            if verdicts.iter().any(Result::is_err) {
                refused.insert(facts.hash);
            }
            gathered.note_verdicts(&[*at], verdicts);
            best = document.or(best);
        }
        Ok(best.map(|parts| (standing, parts)))
    }

    fn try_group(
        &self,
        gathered: &Gathered,
        record: RecordId,
        members: &[usize],
        ready: Option<&Document>,
        standing: Option<&Document>,
        schema: &Schema,
    ) -> Tried {
        let changes: Vec<(Facts, &[u8])> = members
            .iter()
            .filter_map(|at| Some((gathered.facts[*at].clone()?, gathered.items[*at].bytes.as_slice())))
            .collect();
        let canary = self.canary && members.iter().any(|at| !gathered.items[*at].whole);
        // It came as one chunk, was loaded and compared, and nothing of it was here.
        let as_it_came = ready.filter(|document| standing.is_none() && document.size().0 == changes.len());
        let (document, verdicts) = match as_it_came {
            Some(document) => (Some(document.clone()), changes.iter().map(|_| Ok(())).collect()),
            None => gate::trial(record, standing, &changes, canary, &InlineTrial),
        };
        if verdicts.iter().all(|verdict: &Result<(), Refusal>| verdict.is_err()) {
            return (None, verdicts);
        }
        let Some(document) = document else { return (None, verdicts) };
        // Check 22: what cannot be read and indexed must not get into the log.
        let read = catch_unwind(AssertUnwindSafe(|| {
            let record = document.read();
            let row = index::derive(schema, &record);
            (record, row)
        }));
        match read {
            Ok((record, row)) => (Some((document, record, row)), verdicts),
            Err(_) => {
                let refusal = Refusal { reason: Reason::Unloadable, check: 22, missing: vec![] };
                (None, verdicts.iter().map(|_| Err(refusal.clone())).collect())
            }
        }
    }
}

impl Gathered {
    fn tried(&self) -> impl Iterator<Item = ChangeHash> + use<'_> {
        let members = self.groups.iter().flat_map(|group| &group.members);
        members.filter_map(|at| self.facts[*at].as_ref().map(|facts| facts.hash))
    }

    /// Nothing in it is new.
    pub(super) fn is_quiet(&self) -> bool {
        self.groups.is_empty()
    }

    fn note_verdicts(&mut self, members: &[usize], verdicts: Vec<Result<(), Refusal>>) {
        for (at, verdict) in members.iter().zip(verdicts) {
            if let Err(refusal) = verdict {
                self.outcomes[*at] = Outcome::Refused(refusal);
            }
        }
    }

    fn landed(
        &self,
        members: &[usize],
        standing: Option<Loaded>,
        (document, record, row): (Document, Record, IndexRow),
    ) -> Landed {
        let taken = members.iter().filter(|at| matches!(self.outcomes[**at], Outcome::Taken));
        let (mut tail, mut bytes, mut branch) = (0, 0, false);
        if let Some(standing) = &standing {
            (tail, bytes, branch) = (standing.tail, standing.bytes, standing.branch);
        }
        for at in taken {
            tail += 1;
            bytes += self.items[*at].bytes.len() as u64;
        }
        let before = standing.map(|standing| standing.record);
        let loaded = Loaded { document: Arc::new(document), record: Arc::new(record), tail, bytes, branch };
        Landed { loaded, row, before }
    }

    /// The log row of a change that was taken.
    pub(super) fn row(&self, at: usize) -> Option<LogRow> {
        let (item, facts) = (&self.items[at], self.facts[at].as_ref()?);
        Some(LogRow {
            n: 0,
            record: item.record,
            hash: facts.hash,
            actor: facts.actor.clone(),
            actor_seq: facts.actor_seq,
            start_op: facts.start_op,
            ops: facts.ops,
            deps: facts.deps.clone(),
            typed_at: facts.time,
            bytes: item.bytes.clone(),
            seq: item.received.map(|received| received.seq),
            stamp: None,
            received_at: item.received.map(|received| received.at),
            brought_by: None,
        })
    }

    /// Keeps what was refused for people to look at.
    pub(super) fn quarantine(
        &self,
        tx: &mut Tx<'_>,
        at: usize,
        refusal: &Refusal,
        device: Option<DeviceId>,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        /// A change is at most this long; of something longer its beginning tells enough.
        const KEPT: usize = 256 * 1024;
        let item = &self.items[at];
        let bytes = &item.bytes[..item.bytes.len().min(KEPT)];
        tx.put_quarantine(&QuarantineRow {
            id: 0,
            record: item.record,
            hash: self.facts[at].as_ref().map_or_else(|| hash_of(&item.bytes), |facts| facts.hash),
            reason: refusal.reason as u8,
            check: refusal.check,
            device,
            at: now,
            bytes: bytes.to_vec(),
        })?;
        Ok(())
    }
}

fn did_not_end(record: RecordId) -> WorkspaceError {
    WorkspaceError::Document { record, detail: "the trial of a batch did not come to its end".to_owned() }
}

/// What check B needs to know of a record.
pub(super) fn ledger_of(view: &View<'_>, record: RecordId) -> Result<Ledger, WorkspaceError> {
    let mut ledger = Ledger::default();
    for row in view.ledger(record)? {
        ledger.changes.insert(row.hash, (row.start_op, row.ops));
        ledger.actor_seqs.insert((row.actor, row.actor_seq), row.hash);
        ledger.total_ops += row.ops;
        ledger.total_bytes += row.size;
    }
    Ok(ledger)
}

/// The identity of a change, whatever its bytes are: SHA-256 from the 9th byte on.
pub(super) fn hash_of(bytes: &[u8]) -> ChangeHash {
    use sha2::Digest as _;
    ChangeHash(sha2::Sha256::digest(bytes.get(8..).unwrap_or_default()).into())
}

/// What was tried is decided: the notes of check 19 are done with.
pub(super) fn clear_notes(tx: &mut Tx<'_>) -> Result<(), WorkspaceError> {
    for key in [meta::APPLYING, meta::TRYING, meta::DOUBTED] {
        if tx.meta(key)?.is_some() {
            tx.set_meta(key, None)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
