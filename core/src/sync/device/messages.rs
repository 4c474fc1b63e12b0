//! The session's half that speaks with the relay: hello, and what each message of the relay leads to.

use super::*;

impl DeviceSession {
    pub(super) fn say_hello(&mut self, app: &str, schema: u32, now: Timestamp) {
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

    pub(super) fn welcome(&mut self, welcome: Welcome, now: Timestamp) {
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

    pub(super) fn send_push(&mut self, entries: Vec<Outgoing>, now: Timestamp) {
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

    pub(super) fn accepted(&mut self, message: Accepted, now: Timestamp) {
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

    pub(super) fn rejected(&mut self, message: Rejected, now: Timestamp) {
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
    pub(super) fn answers(
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

    pub(super) fn live(&mut self, page: Page) {
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

    pub(super) fn fill(&mut self, page: FillPage) {
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

    pub(super) fn forget(&mut self, forget: Forget) {
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
    pub(super) fn page_may_come(&mut self) -> bool {
        self.pages += 1;
        if self.pages > MAX_PAGES {
            self.close(ByeReason::Malformed);
        }
        self.pages <= MAX_PAGES
    }
}
