//! The device's end of a session.

mod effect;
mod messages;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::dictionary;
use super::entry::{DeviceFacts, EpochStart, FillPage, Form, Outgoing, Page, Seq, Verdict};
use super::frame::{MAX_FRAME_GREETING, WireError};
use super::lineage::cut;
use super::message::*;
use crate::planted;
use crate::record::{ChangeHash, Epoch, Nonce, RecordId, Stamp, Timestamp};

pub use effect::{DeviceEffect, EffectId, Progress};

/// Until `Welcome`, from the start of the session.
pub const GREETING_MS: i64 = 8_000;
/// Work is left and nothing was acknowledged for this long: connect anew.
pub const STALLED_MS: i64 = 60_000;
/// Records asked for a minute, at most.
pub const WANTS_PER_MINUTE: u32 = 60;
/// A push that took longer than this to be answered is not followed by a larger one.
const QUICK_MS: i64 = 5_000;
/// Bytes of the first pushes: half a minute at 20 kbit/s, well inside the watchdog.
const FIRST_PUSH_BYTES: usize = MAX_PUSH_BYTES / 2;
/// What surely fits a plain frame before `Welcome`: 30 heads of 20 bytes and these.
const GREETING_PUSH: (usize, usize) = (30, 3_000);
/// A change that misses dependencies is offered this often in a session.
const MAX_OFFERS: u8 = 3;
/// Records waiting to be asked for; more are left to the next session.
const MAX_WANTS: usize = 10_000;

/// The device's end: pushes the outbox, applies what comes, keeps nothing that must survive.
///
/// `now` is an argument everywhere and must not run backwards within a session: wall clock at its start
/// plus monotonic time since.
pub struct DeviceSession {
    phase: Phase,
    facts: DeviceFacts,
    effects: VecDeque<DeviceEffect>,
    /// The durable effect that was handed out and not yet reported.
    waiting: Option<(EffectId, Waiting)>,
    next_effect: u64,
    /// Offered by `Welcome`, written with every transaction until the first has committed.
    offered: Option<Nonce>,
    /// Something may wait in the outbox.
    more: bool,
    loading: bool,
    batch: u32,
    /// The push on the wire. One at a time: back-pressure without counting.
    push: Option<InFlight>,
    push_bytes: usize,
    /// Loaded before `Welcome` and too long for a frame then.
    held: Vec<Outgoing>,
    /// Changes refused in this session, and how often: the same answer would come again.
    refused: BTreeMap<ChangeHash, u8>,
    /// Where cursor and low will be once everything queued has committed.
    walked: (Seq, Seq),
    /// Pages received and not yet acknowledged.
    pages: u32,
    wants: BTreeMap<RecordId, Form>,
    asked: BTreeSet<(RecordId, u8)>,
    /// `Want`s on the wire.
    unanswered: u32,
    want_tokens: (u32, Timestamp),
    /// When work last moved on.
    moved_at: Timestamp,
    progress: Progress,
    report: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    Greeting,
    Following,
    Closed,
}

struct InFlight {
    sent_at: Timestamp,
    /// Hash, length, answered.
    entries: Vec<(ChangeHash, usize, bool)>,
}

enum Waiting {
    Enter { epoch: Epoch, lineage: Vec<EpochStart>, cut: Seq, first: Option<Seq> },
    Mark,
    Apply { cursor: Seq, stamp: Stamp, entries: usize, bytes: usize },
    Fill { low: Option<Seq>, entries: usize, bytes: usize, left: (u32, u64) },
    Forget { cursor: Seq, stamp: Stamp },
}

impl DeviceSession {
    /// A session on a connection that stands and is authenticated. `app` (name and version, cut at 32
    /// characters) and `schema` are for people and statistics.
    pub fn new(facts: DeviceFacts, app: &str, schema: u32, now: Timestamp) -> Self {
        let progress = Progress {
            pending: facts.outbox,
            cursor: facts.cursor,
            head: facts.cursor,
            low: facts.low,
            ..Progress::default()
        };
        let mut session = Self {
            phase: Phase::Greeting,
            effects: VecDeque::new(),
            waiting: None,
            next_effect: 1,
            offered: None,
            more: facts.outbox > 0,
            loading: false,
            batch: 0,
            push: None,
            push_bytes: FIRST_PUSH_BYTES,
            held: Vec::new(),
            refused: BTreeMap::new(),
            walked: (facts.cursor, facts.low),
            pages: 0,
            wants: BTreeMap::new(),
            asked: BTreeSet::new(),
            unanswered: 0,
            want_tokens: (WANTS_PER_MINUTE, now),
            moved_at: now,
            progress,
            report: false,
            facts,
        };
        session.say_hello(app, schema, now);
        session
    }

    /// A message came.
    pub fn handle_message(&mut self, message: Message, now: Timestamp) {
        match (self.phase, message) {
            (Phase::Closed, _) => {}
            (_, Message::Bye(bye)) => self.end(bye.reason, bye.after_ms),
            (_, Message::Restarting(restart)) => self.end(ByeReason::Leaving, Some(restart.after_ms)),
            (Phase::Greeting, Message::Welcome(welcome)) => self.welcome(welcome, now),
            (Phase::Following, Message::Accepted(accepted)) => self.accepted(accepted, now),
            (Phase::Following, Message::Rejected(rejected)) => self.rejected(rejected, now),
            (Phase::Following, Message::Entries(page)) => self.live(page),
            (Phase::Following, Message::Snapshots(page)) => self.fill(page),
            (Phase::Following, Message::Forget(forget)) => self.forget(forget),
            (_, Message::Compare(_)) => self.close(ByeReason::Unsupported),
            (_, _) => self.close(ByeReason::Malformed),
        }
        self.pump(now);
    }

    /// The bytes that came are no message.
    pub fn handle_wire_error(&mut self, error: &WireError) {
        self.close(error.reason());
    }

    /// Part of a frame came: on a slow line a page takes longer than the watchdog waits.
    pub fn handle_arriving(&mut self, now: Timestamp) {
        self.moved_at = now;
    }

    /// Something was committed to the outbox. A hint: the store knows what.
    pub fn handle_local_change(&mut self, now: Timestamp) {
        if !self.busy() {
            self.moved_at = now;
        }
        self.more = true;
        self.progress.pending = self.progress.pending.saturating_add(1);
        self.report = true;
        self.pump(now);
    }

    /// Answer to `LoadOutbox`: the oldest changes that wait.
    pub fn handle_outbox(&mut self, mut entries: Vec<Outgoing>, now: Timestamp) {
        self.loading = false;
        if self.phase == Phase::Closed {
            return;
        }
        entries.retain(|entry| self.refused.get(&entry.hash).is_none_or(|&times| times < MAX_OFFERS));
        if entries.is_empty() {
            self.more = false;
            if self.refused.is_empty() {
                self.progress.pending = 0;
            }
            self.report = true;
        } else if self.phase == Phase::Greeting && !fits_greeting(&entries) {
            self.held = entries;
        } else {
            self.send_push(entries, now);
        }
        self.pump(now);
    }

    /// The durable effect is on disk and there is nothing to ask for.
    pub fn handle_committed(&mut self, effect: EffectId, now: Timestamp) {
        self.handle_applied(effect, Vec::new(), now);
    }

    /// The durable effect is on disk; these records are to be asked for whole, in this form.
    pub fn handle_applied(&mut self, effect: EffectId, want: Vec<(RecordId, Form)>, now: Timestamp) {
        // Reported after the session ended: the store has it, the next session goes on from there.
        let Some((_, waiting)) = self.waiting.take_if(|(id, _)| *id == effect) else { return };
        self.moved_at = now;
        self.report = true;
        match waiting {
            Waiting::Enter { epoch, lineage, cut, first } => {
                let (cursor, low) = entered(&self.facts, cut, first);
                self.facts = DeviceFacts {
                    epoch: Some(epoch),
                    lineage,
                    cursor,
                    low,
                    stamp: Stamp::default(),
                    ..self.facts.clone()
                };
                // Entries above the cut are outbox again.
                self.more = true;
            }
            Waiting::Mark => self.offered = None,
            Waiting::Apply { cursor, stamp, entries, bytes } => {
                self.offered = None;
                (self.facts.cursor, self.facts.stamp) = (cursor, stamp);
                self.count_down(entries, bytes);
                self.pulled();
            }
            Waiting::Fill { low, entries, bytes, left } => {
                self.offered = None;
                if let Some(low) = low {
                    self.facts.low = low;
                    (self.progress.left_records, self.progress.left_bytes) = left;
                }
                self.count_down(entries, bytes);
                self.pulled();
            }
            Waiting::Forget { cursor, stamp } => {
                (self.facts.cursor, self.facts.stamp) = (cursor, stamp);
                self.pulled();
            }
        }
        for (record, form) in want {
            if self.wants.len() < MAX_WANTS && self.asked.insert((record, form as u8)) {
                self.wants.insert(record, form);
            }
        }
        self.pump(now);
    }

    /// The durable effect is not on disk (full, I/O). Nothing of it may be acknowledged.
    pub fn handle_failed(&mut self, effect: EffectId) {
        if self.waiting.take_if(|(id, _)| *id == effect).is_some() {
            self.close(ByeReason::Internal);
        }
    }

    /// `poll_timeout` has come.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.close(ByeReason::Stalled);
        }
        self.pump(now);
    }

    /// The connection is gone. What is still queued is dropped: the next session goes on from the store.
    pub fn handle_disconnected(&mut self) {
        self.phase = Phase::Closed;
        self.effects.clear();
        self.waiting = None;
        self.report = false;
    }

    /// The person wants to stop (airplane switch, app closes).
    pub fn leave(&mut self) {
        self.close(ByeReason::Leaving);
    }

    /// Next thing to do, in order. Ask until `None` after every `handle_*`.
    pub fn poll_effect(&mut self) -> Option<DeviceEffect> {
        if self.waiting.is_some() {
            return None;
        }
        let Some(mut effect) = self.effects.pop_front() else {
            return std::mem::take(&mut self.report).then(|| DeviceEffect::Report(self.progress()));
        };
        self.hand_out(&mut effect);
        Some(effect)
    }

    /// When to call `handle_timeout`.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let wants = (self.phase == Phase::Following && !self.wants.is_empty() && self.want_tokens.0 == 0)
            .then(|| self.want_tokens.1.plus_millis(60_000 / i64::from(WANTS_PER_MINUTE)));
        [self.deadline(), wants].into_iter().flatten().min()
    }

    /// How far it is now.
    pub fn progress(&self) -> Progress {
        Progress {
            settled: self.is_settled(),
            cursor: self.facts.cursor,
            low: self.facts.low,
            ..self.progress.clone()
        }
    }

    /// Nothing is left to do in either direction: outbox empty, cursor = head, fill complete.
    pub fn is_settled(&self) -> bool {
        self.phase == Phase::Following && !self.busy() && self.effects.is_empty() && self.waiting.is_none()
    }

    /// Ended: after the effects that are left nothing more will come.
    pub fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    fn busy(&self) -> bool {
        self.more
            || self.loading
            || self.push.is_some()
            || self.facts.cursor < self.progress.head
            || self.facts.low > 0
            || !self.wants.is_empty()
            || self.unanswered > 0
    }

    fn deadline(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Greeting => Some(self.moved_at.plus_millis(GREETING_MS)),
            Phase::Following if self.busy() => Some(self.moved_at.plus_millis(STALLED_MS)),
            _ => None,
        }
    }

    fn pulled(&mut self) {
        self.pages = self.pages.saturating_sub(1);
        let pulled = Pulled { cursor: self.facts.cursor, low: self.facts.low };
        // In front of what is queued: the relay may send the next page while this one's neighbour commits.
        self.effects.push_front(DeviceEffect::Send(Message::Pulled(pulled)));
    }

    fn count_down(&mut self, entries: usize, bytes: usize) {
        self.progress.entries_down += entries as u64;
        self.progress.bytes_down += bytes as u64;
    }

    fn pump(&mut self, now: Timestamp) {
        if self.phase != Phase::Following {
            return;
        }
        if self.more && self.push.is_none() && !self.loading {
            self.load(MAX_PUSH_ENTRIES, self.push_bytes);
        }
        self.ask(now);
    }

    fn load(&mut self, entries: usize, bytes: usize) {
        self.loading = true;
        self.effects.push_back(DeviceEffect::LoadOutbox { entries, bytes });
    }

    /// Asks for whole records, not faster than the relay answers.
    fn ask(&mut self, now: Timestamp) {
        let (tokens, at) = self.want_tokens;
        let refill = now.since(at).max(0) / (60_000 / i64::from(WANTS_PER_MINUTE));
        if refill > 0 {
            let tokens = (i64::from(tokens).saturating_add(refill)).min(i64::from(WANTS_PER_MINUTE));
            self.want_tokens = (tokens as u32, now);
        }
        while let Some((_, &form)) = self.wants.first_key_value() {
            let room = (self.want_tokens.0 as usize).min(MAX_WANT_RECORDS);
            let same = self.wants.iter().filter(|(_, other)| **other == form).map(|(record, _)| *record);
            let records: Vec<RecordId> = same.take(room).collect();
            if records.is_empty() {
                break;
            }
            self.want_tokens.0 -= records.len() as u32;
            self.unanswered += 1;
            records.iter().for_each(|record| {
                self.wants.remove(record);
            });
            let form = (form != Form::Change).then_some(form);
            self.effects.push_back(DeviceEffect::Send(Message::Want(Want::Records(records, form))));
        }
    }

    fn number(&mut self) -> EffectId {
        self.next_effect += 1;
        EffectId(self.next_effect)
    }

    /// Gives a durable effect the nonce and remembers what its commit will mean.
    fn hand_out(&mut self, effect: &mut DeviceEffect) {
        let offered = self.offered;
        let waiting = match effect {
            DeviceEffect::Send(_)
            | DeviceEffect::Close { .. }
            | DeviceEffect::Report(_)
            | DeviceEffect::LoadOutbox { .. } => return,
            DeviceEffect::Enter { effect, epoch, lineage, cut, first } => (
                *effect,
                Waiting::Enter { epoch: *epoch, lineage: lineage.clone(), cut: *cut, first: *first },
            ),
            DeviceEffect::MarkAccepted { effect, nonce, .. }
            | DeviceEffect::MarkRejected { effect, nonce, .. } => {
                *nonce = offered;
                (*effect, Waiting::Mark)
            }
            DeviceEffect::Apply { effect, page, nonce } => {
                *nonce = offered;
                let bytes = page.entries.iter().map(|entry| entry.bytes.len()).sum();
                let (cursor, stamp, entries) = (page.cursor, page.stamp, page.entries.len());
                (*effect, Waiting::Apply { cursor, stamp, entries, bytes })
            }
            DeviceEffect::Fill { effect, page, nonce } => {
                *nonce = offered;
                let bytes = page.entries.iter().map(|entry| entry.bytes.len()).sum();
                let (low, entries, left) =
                    (page.low, page.entries.len(), (page.left_records, page.left_bytes));
                (*effect, Waiting::Fill { low, entries, bytes, left })
            }
            DeviceEffect::Forget { effect, cursor, stamp, .. } => {
                (*effect, Waiting::Forget { cursor: *cursor, stamp: *stamp })
            }
        };
        self.waiting = Some(waiting);
    }

    /// Says why and ends.
    fn close(&mut self, reason: ByeReason) {
        if self.phase == Phase::Closed {
            return;
        }
        self.effects.clear();
        self.effects.push_back(DeviceEffect::Send(Message::Bye(Bye { reason, after_ms: None, order: None })));
        self.shut(reason, None);
    }

    /// The relay has ended it. What is queued is dropped: the store knows where to go on.
    fn end(&mut self, reason: ByeReason, after_ms: Option<u64>) {
        self.effects.clear();
        self.shut(reason, after_ms);
    }

    fn shut(&mut self, reason: ByeReason, after_ms: Option<u64>) {
        self.phase = Phase::Closed;
        self.waiting = None;
        self.report = false;
        self.effects.push_back(DeviceEffect::Close { reason, after_ms });
    }
}

/// Unacknowledged pages, at most: 2 × 512 KiB fill 80 Mbit/s at 100 ms.
pub const MAX_PAGES: u32 = 2;

/// Cursor and low behind `Enter`. A first `Welcome` puts both at the head and fills from there.
fn entered(facts: &DeviceFacts, cut: Seq, first: Option<Seq>) -> (Seq, Seq) {
    first.map_or((facts.cursor.min(cut), facts.low.min(cut)), |head| (head, head))
}

/// Whether a plain frame before `Welcome` takes these changes.
fn fits_greeting(entries: &[Outgoing]) -> bool {
    const PER_ENTRY: usize = 16 + 5;
    let bytes: usize = entries.iter().map(|entry| entry.bytes.len() + PER_ENTRY).sum();
    bytes + 64 < MAX_FRAME_GREETING
}
