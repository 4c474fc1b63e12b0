//! The device's end of a session.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::dictionary;
use super::entry::{DeviceFacts, EpochStart, FillPage, Form, Outgoing, Page, Seq, Verdict};
use super::frame::{MAX_FRAME_GREETING, WireError};
use super::lineage::cut;
use super::message::*;
use crate::planted;
use crate::record::{ChangeHash, Epoch, Nonce, RecordId, Stamp, Timestamp};

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

/// Names a durable effect until the driver has reported it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct EffectId(pub u64);

/// What a driver does for a device session, in order, each finished before the next is asked for.
///
/// Effects with an [`EffectId`] are one durable transaction each; the method of `Workspace` with the same
/// name takes exactly their fields. Report them with `handle_committed`, `handle_applied` or
/// `handle_failed`; until then `poll_effect` returns `None`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeviceEffect {
    Send(Message),
    /// Close the connection; `after_ms` is what the relay asked to wait, see `Backoff`.
    Close {
        reason: ByeReason,
        after_ms: Option<u64>,
    },
    /// For status lines and progress bars.
    Report(Progress),
    /// `Workspace::outbox`; answer with `handle_outbox`.
    LoadOutbox {
        entries: usize,
        bytes: usize,
    },
    Enter {
        effect: EffectId,
        epoch: Epoch,
        lineage: Vec<EpochStart>,
        cut: Seq,
        first: Option<Seq>,
    },
    MarkAccepted {
        effect: EffectId,
        accepted: Vec<(ChangeHash, Seq)>,
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    MarkRejected {
        effect: EffectId,
        refused: Vec<(ChangeHash, Verdict)>,
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    Apply {
        effect: EffectId,
        page: Page,
        nonce: Option<Nonce>,
    },
    /// Answer with `handle_applied`.
    Fill {
        effect: EffectId,
        page: FillPage,
        nonce: Option<Nonce>,
    },
    Forget {
        effect: EffectId,
        records: Vec<RecordId>,
        reason: u8,
        cursor: Seq,
        stamp: Stamp,
    },
}

/// How far a session is. Numbers are since its start unless said otherwise.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// `Welcome` came.
    pub welcomed: bool,
    /// Nothing is left to do in either direction.
    pub settled: bool,
    /// Changes that wait in the outbox, as far as known.
    pub pending: u32,
    pub cursor: Seq,
    /// The relay's last seq, as far as known.
    pub head: Seq,
    /// First fill: 0 = complete.
    pub low: Seq,
    /// First fill: still to come.
    pub left_records: u32,
    /// See `left_records`.
    pub left_bytes: u64,
    /// Changes the relay accepted, and their bytes.
    pub entries_up: u64,
    pub bytes_up: u64,
    /// Changes the relay refused.
    pub refused: u64,
    /// Entries committed here, and their bytes.
    pub entries_down: u64,
    pub bytes_down: u64,
    /// Answers waited for.
    pub round_trips: u32,
    /// Device clock minus relay clock at `Welcome`; beyond two minutes it is worth telling.
    pub skew_ms: i64,
    /// The relay's recovery window is open.
    pub recovery: bool,
}

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

    fn say_hello(&mut self, app: &str, schema: u32, now: Timestamp) {
        let facts = &self.facts;
        self.effects.push_back(DeviceEffect::Send(Message::Hello(Hello {
            protocol: PROTOCOL,
            workspace: facts.workspace,
            device: facts.device,
            epoch: facts.epoch,
            cursor: facts.cursor,
            low: facts.low,
            stamp: facts.stamp,
            nonce: facts.nonce,
            lineage: facts.lineage.clone(),
            outbox: facts.outbox,
            clock: now,
            dictionaries: vec![dictionary::ID],
            app: app.chars().take(MAX_APP).collect(),
            schema,
        })));
        if self.more {
            // The first push goes with the first flight: it is idempotent, and `Welcome` precedes its answer.
            let (entries, bytes) = GREETING_PUSH;
            self.load(entries, bytes);
        }
    }

    fn welcome(&mut self, welcome: Welcome, now: Timestamp) {
        if welcome.protocol != PROTOCOL {
            return self.close(ByeReason::Unsupported);
        }
        let same = self.facts.epoch == Some(welcome.epoch);
        if same && welcome.head < self.facts.cursor && !planted::on(7) {
            return self.close(ByeReason::Timeline);
        }
        self.phase = Phase::Following;
        self.offered = Some(welcome.nonce);
        self.moved_at = now;
        self.report = true;
        self.progress = Progress {
            welcomed: true,
            head: welcome.head,
            left_records: welcome.left_records,
            left_bytes: welcome.left_bytes,
            skew_ms: now.since(welcome.now),
            recovery: welcome.recovery,
            round_trips: 1,
            ..self.progress.clone()
        };
        if !same {
            let first = self.facts.epoch.is_none().then_some(welcome.head);
            let cut = cut(&self.facts.lineage, &welcome.lineage);
            let effect = self.number();
            self.walked = entered(&self.facts, cut, first);
            let (epoch, lineage) = (welcome.epoch, welcome.lineage);
            self.effects.push_back(DeviceEffect::Enter { effect, epoch, lineage, cut, first });
        }
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            self.send_push(held, now);
        }
    }

    fn send_push(&mut self, entries: Vec<Outgoing>, now: Timestamp) {
        self.batch = self.batch.wrapping_add(1);
        let sent = entries.iter().map(|entry| (entry.hash, entry.bytes.len(), false)).collect();
        self.push = Some(InFlight { sent_at: now, entries: sent });
        let hashes: Vec<ChangeHash> = entries.iter().map(|entry| entry.hash).collect();
        let entries = entries.into_iter().map(|entry| (entry.record, entry.bytes)).collect();
        self.effects.push_back(DeviceEffect::Send(Message::Push(Push { batch: self.batch, entries })));
        if planted::on(1) {
            let accepted = hashes.into_iter().zip(self.progress.head + 1..).collect();
            let effect = self.number();
            self.effects.push_back(DeviceEffect::MarkAccepted { effect, accepted, nonce: None });
        }
    }

    fn accepted(&mut self, message: Accepted, now: Timestamp) {
        let indexes = message.runs.iter().flat_map(|&(first, count, seq)| {
            (0..count).map(move |at| (first.saturating_add(at), Verdict::Accepted(seq + u64::from(at))))
        });
        let Some(answers) = self.answers(message.batch, indexes.collect(), now) else {
            return self.close(ByeReason::Malformed);
        };
        let mut accepted = Vec::new();
        for (hash, bytes, verdict) in answers {
            if let Verdict::Accepted(seq) = verdict {
                self.progress.head = self.progress.head.max(seq);
                self.progress.entries_up += 1;
                self.progress.bytes_up += bytes as u64;
                accepted.push((hash, seq));
            }
        }
        self.progress.pending = self.progress.pending.saturating_sub(accepted.len() as u32);
        let effect = self.number();
        self.effects.push_back(DeviceEffect::MarkAccepted { effect, accepted, nonce: None });
    }

    fn rejected(&mut self, message: Rejected, now: Timestamp) {
        let indexes = message
            .refused
            .into_iter()
            .map(|(index, reason, missing)| (index, Verdict::Refused { reason, missing }))
            .collect();
        let Some(answers) = self.answers(message.batch, indexes, now) else {
            return self.close(ByeReason::Malformed);
        };
        const MISSING: u8 = 5;
        let mut refused = Vec::with_capacity(answers.len());
        for (hash, _, verdict) in answers {
            let again = matches!(verdict, Verdict::Refused { reason: MISSING, .. });
            let times = self.refused.entry(hash).or_default();
            *times = if again { times.saturating_add(1) } else { MAX_OFFERS };
            refused.push((hash, verdict));
        }
        self.progress.refused += refused.len() as u64;
        self.progress.pending = self.progress.pending.saturating_sub(refused.len() as u32);
        let effect = self.number();
        self.effects.push_back(DeviceEffect::MarkRejected { effect, refused, nonce: None });
    }

    /// What the answered indexes were. `None` if the answer does not fit the push on the wire.
    fn answers(
        &mut self,
        batch: u32,
        verdicts: Vec<(u32, Verdict)>,
        now: Timestamp,
    ) -> Option<Vec<(ChangeHash, usize, Verdict)>> {
        let push = self.push.as_mut().filter(|_| batch == self.batch)?;
        let mut answers = Vec::with_capacity(verdicts.len());
        for (index, verdict) in verdicts {
            let (hash, bytes, answered) = push.entries.get_mut(index as usize)?;
            if std::mem::replace(answered, true) {
                return None;
            }
            answers.push((*hash, *bytes, verdict));
        }
        if answers.is_empty() {
            return None;
        }
        if push.entries.iter().all(|(_, _, answered)| *answered) {
            if now.since(push.sent_at) <= QUICK_MS {
                self.push_bytes = MAX_PUSH_BYTES;
            }
            self.push = None;
            self.progress.round_trips += 1;
        }
        self.moved_at = now;
        self.report = true;
        Some(answers)
    }

    fn live(&mut self, page: Page) {
        if !self.page_may_come() {
            return;
        }
        if page.cursor < self.walked.0 {
            // Seen already: acknowledged again, changes nothing.
            return self.pulled();
        }
        self.walked.0 = page.cursor;
        self.progress.head = self.progress.head.max(page.cursor);
        let effect = self.number();
        self.effects.push_back(DeviceEffect::Apply { effect, page, nonce: None });
    }

    fn fill(&mut self, page: FillPage) {
        if !self.page_may_come() {
            return;
        }
        match page.low {
            Some(low) if low > self.walked.1 => return self.pulled(),
            Some(low) => self.walked.1 = low,
            // The answer to a `Want`; `left_records` frames of it are still to come.
            None if page.left_records == 0 => self.unanswered = self.unanswered.saturating_sub(1),
            None => {}
        }
        let effect = self.number();
        self.effects.push_back(DeviceEffect::Fill { effect, page, nonce: None });
    }

    fn forget(&mut self, forget: Forget) {
        if !self.page_may_come() {
            return;
        }
        let Forget { cursor, stamp, records, reason, .. } = forget;
        let (cursor, stamp) =
            if cursor < self.walked.0 { (self.walked.0, self.facts.stamp) } else { (cursor, stamp) };
        self.walked.0 = cursor;
        self.progress.head = self.progress.head.max(cursor);
        let effect = self.number();
        self.effects.push_back(DeviceEffect::Forget { effect, records, reason, cursor, stamp });
    }

    /// At most two pages are on their way or in work.
    fn page_may_come(&mut self) -> bool {
        self.pages += 1;
        if self.pages > MAX_PAGES {
            self.close(ByeReason::Malformed);
        }
        self.pages <= MAX_PAGES
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
