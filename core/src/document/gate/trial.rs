//! Part C: the change in a copy of the document, where it can do no harm. Automerge may panic there.

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};

use automerge::{Automerge, ObjId};

use super::{Facts, Reason, Refusal, Trial};
use crate::document::{Change, Document, engine, read};
use crate::planted;
use crate::record::{ChangeHash, Content, RecordId};

/// A document nested 300 deep overflowed the usual 2 MiB and ended the process.
const STACK_BYTES: usize = 8 * 1024 * 1024;
/// A record's trial takes a quarter of a millisecond; starting a thread for fewer than these gains nothing.
const WORTH_A_THREAD: usize = 8;
/// A phone's slow cores would only heat it.
const MOST_THREADS: usize = 4;

type Offered<'a> = (usize, &'a Facts, &'a [u8]);

pub(super) fn trial(
    id: RecordId,
    document: Option<&Document>,
    changes: &[(Facts, &[u8])],
    canary: bool,
    trial: &dyn Trial,
) -> (Option<Document>, Vec<Result<(), Refusal>>) {
    let here = planted::here();
    let mut verdicts = vec![Err(Refusal::new(Reason::Unloadable, 21)); changes.len()];
    let mut doc: Option<Automerge> = None;
    trial.run(&mut || {
        planted::set(here);
        let mut bench = Bench {
            doc: document
                .map_or_else(|| Cow::Owned(engine::empty()), |document| Cow::Borrowed(&document.doc)),
            canary: canary && !planted::on(174),
            verdicts: &mut verdicts,
        };
        let offered = changes.iter().enumerate().map(|(at, (facts, bytes))| (at, facts, *bytes));
        bench.apply(&offered.collect::<Vec<_>>());
        if let Cow::Owned(changed) = bench.doc {
            doc = Some(changed);
        }
    });
    // A record none of whose changes stands is no record.
    let any = document.is_some() || verdicts.iter().any(Result::is_ok);
    let after = doc.filter(|_| any).map(|doc| match document {
        Some(before) => before.after(doc, &taken(changes, &verdicts)),
        None => Document::new(id, doc),
    });
    (after.or_else(|| document.cloned()), verdicts)
}

fn taken(changes: &[(Facts, &[u8])], verdicts: &[Result<(), Refusal>]) -> Vec<Change> {
    let good = changes.iter().zip(verdicts).filter(|(_, verdict)| verdict.is_ok());
    good.map(|((facts, bytes), _)| Change {
        hash: facts.hash,
        actor: facts.actor.clone(),
        actor_seq: facts.actor_seq,
        start_op: facts.start_op,
        ops: facts.ops,
        deps: facts.deps.clone(),
        time: facts.time,
        bytes: bytes.to_vec(),
    })
    .collect()
}

pub(super) fn run_on_own_thread(job: &mut (dyn FnMut() + Send)) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("trial".to_owned()).stack_size(STACK_BYTES);
        // Without a thread the verdict stays "not taken": the caller's stack may be too small for what is in
        // there, and overflowing it could not be caught.
        if let Ok(thread) = thread.spawn_scoped(scope, job) {
            drop(thread.join());
        }
    });
}

/// [`super::Trial::run_each`] on as many threads as the machine runs at a time.
pub(super) fn run_on_own_threads(count: usize, job: &(dyn Fn(usize) + Sync)) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = count.div_ceil(WORTH_A_THREAD).min(cores).min(MOST_THREADS);
    // Each takes the next one: records differ in size by a thousand.
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                break;
            }
            job(at);
        }
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .filter_map(|_| {
                let thread = std::thread::Builder::new().name("trial".to_owned()).stack_size(STACK_BYTES);
                // With one fewer the others do its work; without any nothing is done, and the caller notices.
                thread.spawn_scoped(scope, work).ok()
            })
            .collect();
        threads.into_iter().for_each(|thread| drop(thread.join()));
    });
}

struct Bench<'a> {
    doc: Cow<'a, Automerge>,
    canary: bool,
    verdicts: &'a mut [Result<(), Refusal>],
}

impl Bench<'_> {
    /// The whole group; if that fails, each half, so that in the end exactly the bad ones are refused.
    fn apply(&mut self, group: &[Offered<'_>]) {
        let fresh: Vec<Offered<'_>> = group
            .iter()
            .copied()
            .filter(|(at, facts, _)| {
                let known = engine::has(&self.doc, &facts.hash);
                if known {
                    self.verdicts[*at] = Ok(());
                }
                !known
            })
            .collect();
        let refusal = match self.applied(&fresh) {
            Ok(None) => return,
            Ok(Some(doc)) => {
                self.doc = Cow::Owned(doc);
                fresh.iter().for_each(|(at, ..)| self.verdicts[*at] = Ok(()));
                return;
            }
            Err(refusal) => refusal,
        };
        match fresh.as_slice() {
            [] => {}
            [(at, facts, _)] => self.verdicts[*at] = Err(self.missing(facts).unwrap_or(refusal)),
            _ => {
                let (first, second) = fresh.split_at(fresh.len() / 2);
                self.apply(first);
                self.apply(second);
            }
        }
    }

    /// What the change needs and does not find, because it was refused before.
    fn missing(&self, facts: &Facts) -> Option<Refusal> {
        let missing: Vec<ChangeHash> =
            facts.deps.iter().filter(|dep| !engine::has(&self.doc, dep)).take(16).copied().collect();
        (!missing.is_empty()).then_some(Refusal { reason: Reason::Missing, check: 16, missing })
    }

    /// Checks 20 to 23 on a copy, which is thrown away if anything fails. `None`: there was nothing to apply.
    fn applied(&self, group: &[Offered<'_>]) -> Result<Option<Automerge>, Refusal> {
        if group.is_empty() {
            return Ok(None);
        }
        let unloadable = |check| Refusal::new(Reason::Unloadable, check);
        if let [(_, facts, _)] = group
            && let Some(missing) = self.missing(facts)
        {
            return Err(missing);
        }
        engine::guarded(|| {
            let mut parsed = Vec::with_capacity(group.len());
            for (_, facts, bytes) in group {
                parsed.push(parse(facts, bytes).ok_or_else(|| unloadable(20))?);
            }
            let mut doc = Automerge::clone(&self.doc);
            let expected = expected_heads(engine::heads(&doc), group);
            doc.apply_changes(parsed).map_err(|_| unloadable(21))?;
            if engine::heads(&doc) != expected {
                return Err(unloadable(21));
            }
            let values = check_values(&doc)?;
            if self.canary {
                check_canary(&doc, &values)?;
            }
            Ok(Some(doc))
        })
        .unwrap_or_else(|_| Err(unloadable(21)))
    }
}

/// Check 20: automerge's parser and ours agree.
fn parse(facts: &Facts, bytes: &[u8]) -> Option<automerge::Change> {
    let change = automerge::Change::from_bytes(bytes.to_vec()).ok()?;
    let agree = engine::ours(change.hash()) == facts.hash
        && change.len() as u64 == facts.ops
        && change.seq() == facts.actor_seq
        && change.start_op().get() == facts.start_op
        && change.actor_id().to_bytes() == facts.actor
        && change.deps().iter().copied().map(engine::ours).eq(facts.deps.iter().copied());
    agree.then_some(change)
}

/// Check 21: nothing may be queued in silence.
fn expected_heads(mut heads: Vec<ChangeHash>, group: &[Offered<'_>]) -> Vec<ChangeHash> {
    heads.extend(group.iter().map(|(_, facts, _)| facts.hash));
    heads.sort_unstable();
    heads.dedup();
    let seen: std::collections::BTreeSet<_> = group.iter().flat_map(|(_, facts, _)| &facts.deps).collect();
    heads.retain(|hash| !seen.contains(hash));
    heads
}

/// Every value of every key, and the op that wrote it.
type Values = Vec<(String, Vec<(Content, ObjId)>)>;

/// Check 22: everything can be read, and is not too much. Returns what was read.
pub(super) fn check_values(doc: &Automerge) -> Result<Values, Refusal> {
    let values = read::values(doc);
    let too_long = |content: &Content| {
        matches!(content, Content::Text(text)
            if text.len() > engine::TEXT_CHARS && text.chars().count() > engine::TEXT_CHARS)
    };
    if values.len() > engine::RECORD_KEYS
        || values.iter().flat_map(|(_, all)| all).any(|(it, _)| too_long(it))
    {
        return Err(Refusal::new(Reason::Full, 22));
    }
    // A key without a readable value holds something that no record may hold.
    if values.iter().any(|(_, all)| all.is_empty()) {
        return Err(Refusal::new(Reason::Unloadable, 22));
    }
    Ok(values)
}

/// Check 23: what was saved can be loaded and is the same.
fn check_canary(doc: &Automerge, values: &Values) -> Result<(), Refusal> {
    let same = engine::load(&doc.save_nocompress())
        .is_ok_and(|again| engine::heads(&again) == engine::heads(doc) && read::values(&again) == *values);
    if same { Ok(()) } else { Err(Refusal::new(Reason::Unloadable, 23)) }
}
