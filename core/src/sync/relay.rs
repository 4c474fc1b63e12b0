//! The relay's end of a session.

use std::collections::VecDeque;

use super::dictionary;
use super::entry::{FillPage, Form, Page, RelayFacts, Seq, Verdict};
use super::frame::WireError;
use super::lineage::cut;
use super::message::*;
use super::nonce::{Judgement, NonceState, judge, used};
use super::pieces::{fill_pieces, live_pieces};
use crate::planted;
use crate::record::{DeviceId, Nonce, RecordId, Stamp, Timestamp, WorkspaceId};
use crate::sync::device::{GREETING_MS, MAX_PAGES};

/// A device whose line takes no byte for this long is dropped; it resumes at its cursor.
pub const NOT_READING_MS: i64 = 30_000;
/// Pushes of one device, sustained and in a burst. Beyond that a push waits for its turn.
pub const PUSHES_PER_MINUTE: u32 = 60;
/// Records a device may ask for, sustained; the burst is one full `Want`. Beyond that: `Bye{SlowDown}`.
pub const WANTS_PER_MINUTE: u32 = 60;
/// What a device is asked to wait after too many wishes or when the relay cannot store.
const SLOW_DOWN_MS: u64 = 60_000;
/// `Want`s that wait their turn.
const MAX_WANTS: usize = 8;

/// What a driver does for a relay session, in order, each finished before the next is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RelayEffect {
    /// Write this to the line, behind what was sent before.
    Send(Message),
    /// Close the connection.
    Close {
        /// Why, for logs and the device list.
        reason: ByeReason,
        /// Milliseconds the device was asked to wait; none = as it likes.
        after_ms: Option<u64>,
    },
    /// `Workspace::relay_facts(cursor)` and the registry's nonces; answer with `handle_facts`.
    LoadFacts {
        /// Of the `Hello`: its stamp is wanted with the facts.
        cursor: Seq,
    },
    /// `Workspace::ingest`; answer with `handle_ingested`.
    Ingest {
        /// Of the push; `handle_ingested` names it again.
        batch: u32,
        /// Record and bytes of one change each, in the order of commit on the device.
        entries: Vec<(RecordId, Vec<u8>)>,
    },
    /// `Workspace::page_after`; answer with `handle_page`. A whole record longer than `bytes` must come
    /// alone and as `Form::Changes`: the session cuts it to frames.
    LoadAfter {
        /// The page begins behind this seq.
        cursor: Seq,
        /// Decides between a change and a whole record: older parts at or below it are not on the device.
        low: Seq,
        /// At most so many entries.
        entries: usize,
        /// About so many entry bytes, but one entry always.
        bytes: usize,
    },
    /// `Workspace::page_fill`; answer with `handle_fill`. As for `LoadAfter`.
    LoadFill {
        /// The page goes downwards from this seq.
        low: Seq,
        /// What was touched behind it comes live and is left out here.
        cursor: Seq,
        /// At most so many records.
        entries: usize,
        /// About so many entry bytes, but one record always.
        bytes: usize,
    },
    /// `Workspace::load_records`; answer with `handle_records`.
    LoadRecords {
        /// Which, at most [`MAX_WANT_RECORDS`].
        records: Vec<RecordId>,
        /// How they come.
        form: Form,
    },
    /// The device has everything up to here: note it for "seen by".
    Seen {
        /// Committed on the device.
        cursor: Seq,
        /// Lower end of the fill on the device; 0 = complete.
        low: Seq,
    },
    /// Store this in the registry, durably, before anything behind it is done.
    NonceUsed(NonceState),
}

/// What the driver knows when a device has proved who it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RelayOptions {
    /// Authenticated.
    pub device: DeviceId,
    /// The relay's; a `Hello` for another is turned away.
    pub workspace: WorkspaceId,
    /// Of `Proof`.
    pub attempt: [u8; 16],
    /// Derives nonces; the same on all nodes.
    pub registry_key: [u8; 32],
    /// Random; opens this session's blob streams.
    pub ticket: [u8; 32],
}

/// The relay's end: takes pushes, walks the feed, fills, acknowledges; keeps nothing that must survive.
///
/// Revocation is the driver's to notice (before every message in and out): it calls `handle_revoked`.
pub struct RelaySession {
    options: RelayOptions,
    phase: Phase,
    effects: VecDeque<RelayEffect>,
    /// Ends the session if it comes before `Hello` did.
    greet_by: Timestamp,
    hello: Option<Hello>,
    /// Came behind `Hello`, before the facts; or waits for its turn.
    held: Option<Push>,
    /// In the store.
    ingesting: Option<(u32, usize)>,
    push_bucket: Bucket,
    want_bucket: Bucket,
    /// To be written with the first durable transaction.
    nonce: Option<NonceState>,
    head: Seq,
    /// Last seq walked and sent, and its stamp.
    cursor: (Seq, Stamp),
    low: Seq,
    /// Sent and not yet acknowledged by `Pulled`.
    unacknowledged: u32,
    loading: Option<Load>,
    /// Frames of pages that were loaded and wait for an acknowledgement.
    pieces: VecDeque<Message>,
    /// Whose turn it is when both live and fill have work.
    fill_next: bool,
    wants: VecDeque<(Vec<RecordId>, Form)>,
    /// Since when the line takes no byte.
    blocked_since: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// Waits for `Hello`.
    Greeting,
    /// `Hello` came; waits for the facts.
    Judging,
    Serving,
    Closed,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Load {
    Live,
    Fill,
    Records,
}

impl RelaySession {
    /// A session with an authenticated device.
    pub fn new(options: RelayOptions, now: Timestamp) -> Self {
        Self {
            options,
            phase: Phase::Greeting,
            effects: VecDeque::new(),
            greet_by: now.plus_millis(GREETING_MS),
            hello: None,
            held: None,
            ingesting: None,
            push_bucket: Bucket::new(PUSHES_PER_MINUTE, PUSHES_PER_MINUTE, now),
            want_bucket: Bucket::new(MAX_WANT_RECORDS as u32, WANTS_PER_MINUTE, now),
            nonce: None,
            head: 0,
            cursor: (0, Stamp::default()),
            low: 0,
            unacknowledged: 0,
            loading: None,
            pieces: VecDeque::new(),
            fill_next: true,
            wants: VecDeque::new(),
            blocked_since: None,
        }
    }

    /// A message came.
    pub fn handle_message(&mut self, message: Message, now: Timestamp) {
        match (self.phase, message) {
            (Phase::Closed, _) => {}
            (_, Message::Bye(bye)) => self.shut(bye.reason, None),
            (Phase::Greeting, Message::Hello(hello)) => self.hello(hello),
            (Phase::Judging | Phase::Serving, Message::Push(push)) => self.push(push, now),
            (Phase::Serving, Message::Pulled(pulled)) => self.pulled(pulled),
            (Phase::Serving, Message::Want(want)) => self.want(want, now),
            // Known numbers whose work comes with a later protocol.
            (Phase::Serving, Message::Compare(_) | Message::Forgotten(_)) => {
                self.close(ByeReason::Unsupported, None);
            }
            (_, _) => self.close(ByeReason::Malformed, None),
        }
        self.pump();
    }

    /// The bytes that came are no message.
    pub fn handle_wire_error(&mut self, error: &WireError) {
        self.close(error.reason(), None);
    }

    /// Answer to `LoadFacts`. `facts.stamp_at_cursor` belongs to the cursor asked for.
    pub fn handle_facts(&mut self, facts: RelayFacts, nonces: NonceState, now: Timestamp) {
        if self.phase != Phase::Judging {
            return;
        }
        let Some(hello) = self.hello.take() else { return };
        let older_epoch = hello.epoch.is_some_and(|epoch| epoch != facts.epoch);
        let RelayOptions { device, attempt, registry_key, .. } = self.options;
        let offered = match judge(&registry_key, device, &nonces, hello.nonce, attempt, older_epoch) {
            Judgement::Go { offered } => offered,
            Judgement::Late => return self.shut(ByeReason::Stalled, None),
            Judgement::Cloned => return self.close(ByeReason::Cloned, None),
        };
        if hello.epoch == Some(facts.epoch) && !same_timeline(&hello, &facts) && !planted::on(7) {
            // Restored without a new epoch: seqs are given twice. Nothing may change on either side.
            return self.close(ByeReason::Timeline, None);
        }
        self.nonce = Some(used(&nonces, hello.nonce, offered, attempt));
        self.welcome(&hello, &facts, offered, now);
        if self.held.is_some() {
            self.ingest(now);
        }
        self.pump();
    }

    /// Answer to `Ingest`: one verdict per entry, in order; all of it is on disk.
    pub fn handle_ingested(&mut self, batch: u32, verdicts: &[Verdict], now: Timestamp) {
        if self.phase != Phase::Serving {
            return;
        }
        let expected = self.ingesting.take();
        debug_assert_eq!(expected, Some((batch, verdicts.len())), "verdicts of another batch");
        let mut runs: Vec<(u32, u32, Seq)> = Vec::new();
        let mut refused = Vec::new();
        for (index, verdict) in (0_u32..).zip(verdicts) {
            match verdict {
                Verdict::Accepted(seq) => {
                    self.head = self.head.max(*seq);
                    match runs.last_mut() {
                        Some((first, count, start))
                            if *first + *count == index && *start + u64::from(*count) == *seq =>
                        {
                            *count += 1;
                        }
                        _ => runs.push((index, 1, *seq)),
                    }
                }
                Verdict::Refused { reason, missing } => {
                    let named = missing.iter().take(MAX_MISSING).copied().collect();
                    refused.push((index, *reason, named));
                }
            }
        }
        if !runs.is_empty() {
            self.send(Message::Accepted(Accepted { batch, runs }));
        }
        if !refused.is_empty() {
            self.send(Message::Rejected(Rejected { batch, refused }));
        }
        if self.held.is_some() {
            self.ingest(now);
        }
        self.pump();
    }

    /// Something was appended to the log. One bit, however often it is said.
    pub fn handle_head(&mut self, head: Seq) {
        self.head = self.head.max(head);
        self.pump();
    }

    /// Answer to `LoadAfter`.
    pub fn handle_page(&mut self, page: Page) {
        if self.loading.take_if(|load| *load == Load::Live).is_none() || self.phase != Phase::Serving {
            return;
        }
        if page.cursor <= self.cursor.0 && page.entries.is_empty() {
            // The store has not reached what it announced: wait for the next announcement.
            self.head = self.cursor.0;
            return self.pump();
        }
        self.head = self.head.max(page.cursor);
        let before = self.cursor;
        self.cursor = (page.cursor, page.stamp);
        self.pieces.extend(live_pieces(page, before).into_iter().map(Message::Entries));
        self.fill_next = true;
        self.pump();
    }

    /// Answer to `LoadFill`.
    pub fn handle_fill(&mut self, page: FillPage) {
        if self.loading.take_if(|load| *load == Load::Fill).is_none() || self.phase != Phase::Serving {
            return;
        }
        let before = self.low;
        match page.low {
            Some(low) if low < before => self.low = low,
            // Asking again would bring the same page for ever.
            _ => return self.close(ByeReason::Internal, None),
        }
        self.pieces.extend(fill_pieces(page, Some(before)).into_iter().map(Message::Snapshots));
        self.fill_next = false;
        self.pump();
    }

    /// Answer to `LoadRecords`. Records the device may not see are simply not in it.
    pub fn handle_records(&mut self, page: FillPage) {
        if self.loading.take_if(|load| *load == Load::Records).is_none() || self.phase != Phase::Serving {
            return;
        }
        self.pieces
            .extend(fill_pieces(FillPage { low: None, ..page }, None).into_iter().map(Message::Snapshots));
        self.pump();
    }

    /// A durable effect or a load failed. Nothing was acknowledged.
    pub fn handle_failed(&mut self) {
        self.close(ByeReason::SlowDown, Some(SLOW_DOWN_MS));
    }

    /// The line takes no more bytes for now.
    pub fn handle_write_blocked(&mut self, now: Timestamp) {
        self.blocked_since.get_or_insert(now);
    }

    /// The line took bytes.
    pub fn handle_written(&mut self) {
        self.blocked_since = None;
    }

    /// `poll_timeout` has come.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.phase == Phase::Greeting && now >= self.greet_by {
            self.close(ByeReason::Stalled, None);
        }
        if self.blocked_since.is_some_and(|since| now.since(since) >= NOT_READING_MS) {
            // No `Bye`: it would not be read either.
            self.effects.clear();
            self.shut(ByeReason::Stalled, None);
        }
        if self.phase == Phase::Serving && self.held.is_some() && self.ingesting.is_none() {
            self.ingest(now);
        }
        self.pump();
    }

    /// The connection is gone.
    pub fn handle_disconnected(&mut self) {
        self.effects.clear();
        self.phase = Phase::Closed;
    }

    /// The relay stops; it asks the device to come back after this long, which the device spreads.
    pub fn handle_shutdown(&mut self, after_ms: u64) {
        if self.phase != Phase::Closed {
            self.effects.clear();
            self.send(Message::Restarting(Restarting { after_ms }));
            self.shut(ByeReason::Leaving, Some(after_ms));
        }
    }

    /// Ends at once with this reason: revoked, a newer session of the device, too many sessions. `order` is
    /// the signed order to wipe. Nothing that was queued is done or sent.
    pub fn handle_revoked(&mut self, reason: ByeReason, order: Option<Vec<u8>>) {
        if self.phase != Phase::Closed {
            self.effects.clear();
            self.send(Message::Bye(Bye { reason, after_ms: None, order }));
            self.shut(reason, None);
        }
    }

    /// Next thing to do, in order. Ask until `None` after every `handle_*`.
    pub fn poll_effect(&mut self) -> Option<RelayEffect> {
        self.effects.pop_front()
    }

    /// When to call `handle_timeout`.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        if self.phase == Phase::Closed {
            return None;
        }
        let greeting = (self.phase == Phase::Greeting).then_some(self.greet_by);
        let blocked = self.blocked_since.map(|since| since.plus_millis(NOT_READING_MS));
        let turn = (self.phase == Phase::Serving && self.held.is_some() && self.ingesting.is_none())
            .then(|| self.push_bucket.next());
        [greeting, blocked, turn].into_iter().flatten().min()
    }

    /// The device this session is with.
    pub fn device(&self) -> DeviceId {
        self.options.device
    }

    /// Everything the device may see is on its way and acknowledged, and no push is in work.
    pub fn is_settled(&self) -> bool {
        self.phase == Phase::Serving
            && self.effects.is_empty()
            && self.held.is_none()
            && self.ingesting.is_none()
            && self.loading.is_none()
            && self.pieces.is_empty()
            && self.wants.is_empty()
            && self.unacknowledged == 0
            && self.low == 0
            && self.cursor.0 >= self.head
    }

    /// Ended: after the effects that are left nothing more will come.
    pub fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    fn hello(&mut self, hello: Hello) {
        if hello.protocol != PROTOCOL {
            return self.close(ByeReason::Unsupported, None);
        }
        if hello.device != self.options.device || hello.workspace != self.options.workspace {
            return self.close(ByeReason::NotEnrolled, None);
        }
        self.phase = Phase::Judging;
        self.effects.push_back(RelayEffect::LoadFacts { cursor: hello.cursor });
        self.hello = Some(hello);
    }

    fn welcome(&mut self, hello: &Hello, facts: &RelayFacts, nonce: Nonce, now: Timestamp) {
        self.phase = Phase::Serving;
        self.head = facts.head;
        let stamp = facts.stamp_at_cursor.unwrap_or_default();
        (self.cursor, self.low) = match hello.epoch {
            None => ((facts.head, Stamp::default()), facts.head),
            Some(epoch) if epoch == facts.epoch => ((hello.cursor, stamp), hello.low),
            Some(_) => {
                let cut = cut(&hello.lineage, &facts.lineage);
                ((hello.cursor.min(cut), Stamp::default()), hello.low.min(cut))
            }
        };
        if hello.epoch != Some(facts.epoch) {
            // The device enters the epoch durably as soon as it has read this. Were it cut off then, its next
            // `Hello` would name this epoch with a nonce that a restored registry does not know.
            self.nonce_used();
        }
        let filling = self.low > 0;
        self.send(Message::Welcome(Welcome {
            protocol: PROTOCOL,
            epoch: facts.epoch,
            head: facts.head,
            nonce,
            ticket: self.options.ticket,
            now,
            dictionary: hello.dictionaries.contains(&dictionary::ID).then_some(dictionary::ID),
            lineage: facts.lineage.clone(),
            recovery: facts.recovery,
            left_records: if filling { facts.left_records } else { 0 },
            left_bytes: if filling { facts.left_bytes } else { 0 },
        }));
    }

    fn push(&mut self, push: Push, now: Timestamp) {
        if self.held.is_some() || self.ingesting.is_some() {
            // One at a time; a second one is no back-pressure but misuse.
            return self.close(ByeReason::Malformed, None);
        }
        self.held = Some(push);
        if self.phase == Phase::Serving {
            self.ingest(now);
        }
    }

    /// Hands the push that waits to the store, if its turn has come.
    fn ingest(&mut self, now: Timestamp) {
        if self.ingesting.is_some() || !self.push_bucket.take(1, now) {
            return;
        }
        let Some(Push { batch, entries }) = self.held.take() else { return };
        self.nonce_used();
        self.ingesting = Some((batch, entries.len()));
        self.effects.push_back(RelayEffect::Ingest { batch, entries });
    }

    fn pulled(&mut self, pulled: Pulled) {
        if self.unacknowledged == 0 || pulled.cursor > self.cursor.0 {
            return self.close(ByeReason::Malformed, None);
        }
        self.unacknowledged -= 1;
        self.effects.push_back(RelayEffect::Seen { cursor: pulled.cursor, low: pulled.low });
    }

    fn want(&mut self, want: Want, now: Timestamp) {
        // Wishes by hash belong to repair.
        let Want::Records(records, form) = want else { return self.close(ByeReason::Unsupported, None) };
        if records.is_empty() {
            return self.close(ByeReason::Malformed, None);
        }
        if self.wants.len() >= MAX_WANTS || !self.want_bucket.take(records.len() as u32, now) {
            return self.close(ByeReason::SlowDown, Some(SLOW_DOWN_MS));
        }
        self.wants.push_back((records, form.unwrap_or(Form::Document)));
    }

    /// Sends what may be sent and loads what may be loaded.
    fn pump(&mut self) {
        if self.phase != Phase::Serving {
            return;
        }
        while self.unacknowledged < MAX_PAGES
            && let Some(piece) = self.pieces.pop_front()
        {
            // Before the device can hear the offered nonce's first page: it may store it and lose us.
            self.nonce_used();
            self.unacknowledged += 1;
            self.send(piece);
        }
        if self.loading.is_some() || self.unacknowledged >= MAX_PAGES {
            return;
        }
        let (entries, bytes) = (MAX_PAGE_ENTRIES, MAX_PAGE_BYTES);
        let (cursor, low) = (self.cursor.0, self.low);
        let (fill, live) = (low > 0, cursor < self.head);
        let (load, effect) = if let Some((records, form)) = self.wants.pop_front() {
            (Load::Records, RelayEffect::LoadRecords { records, form })
        } else if fill && (self.fill_next || !live) {
            (Load::Fill, RelayEffect::LoadFill { low, cursor, entries, bytes })
        } else if live {
            (Load::Live, RelayEffect::LoadAfter { cursor, low, entries, bytes })
        } else {
            return;
        };
        self.loading = Some(load);
        self.effects.push_back(effect);
    }

    fn nonce_used(&mut self) {
        if let Some(state) = self.nonce.take() {
            self.effects.push_back(RelayEffect::NonceUsed(state));
        }
    }

    fn send(&mut self, message: Message) {
        self.effects.push_back(RelayEffect::Send(message));
    }

    /// Says why and ends. What is queued to be sent is dropped.
    fn close(&mut self, reason: ByeReason, after_ms: Option<u64>) {
        if self.phase == Phase::Closed {
            return;
        }
        self.effects.clear();
        self.send(Message::Bye(Bye { reason, after_ms, order: None }));
        self.shut(reason, after_ms);
    }

    fn shut(&mut self, reason: ByeReason, after_ms: Option<u64>) {
        self.phase = Phase::Closed;
        self.effects.push_back(RelayEffect::Close { reason, after_ms });
    }
}

/// Whether the device's cursor lies in the relay's history. Eight zeros are a stamp that is not known.
fn same_timeline(hello: &Hello, facts: &RelayFacts) -> bool {
    hello.cursor <= facts.head
        && (hello.cursor == 0
            || hello.stamp == Stamp::default()
            || facts.stamp_at_cursor == Some(hello.stamp))
}

/// Tokens that come back evenly.
struct Bucket {
    tokens: u32,
    size: u32,
    every_ms: i64,
    at: Timestamp,
}

impl Bucket {
    fn new(size: u32, per_minute: u32, now: Timestamp) -> Self {
        Self { tokens: size, size, every_ms: 60_000 / i64::from(per_minute), at: now }
    }

    fn take(&mut self, count: u32, now: Timestamp) -> bool {
        let came = now.since(self.at).max(0) / self.every_ms;
        self.tokens = (i64::from(self.tokens).saturating_add(came)).min(i64::from(self.size)) as u32;
        self.at = self.at.plus_millis(came.saturating_mul(self.every_ms));
        let enough = self.tokens >= count;
        if enough {
            self.tokens -= count;
        }
        enough
    }

    /// When the next token comes.
    fn next(&self) -> Timestamp {
        self.at.plus_millis(self.every_ms)
    }
}
