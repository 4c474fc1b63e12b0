//! The two stores as maps, with the page rules of sync.md 7.1 to 7.3 and 8.1 to 8.3.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use farley_core::planted;
use farley_core::record::{ChangeHash, DeviceId, Epoch, Nonce, RecordId, Stamp, Timestamp, WorkspaceId};
use farley_core::sync::{
    DeviceFacts, Entry, EpochStart, FillPage, Form, NonceState, Outgoing, Page, Received, RelayFacts, Seq,
    Verdict,
};

pub const WORKSPACE: WorkspaceId = WorkspaceId([0xfa; 16]);

/// A change: opaque to the sessions, a handful of numbers here.
#[derive(Debug, Eq, PartialEq)]
pub struct Change {
    pub hash: ChangeHash,
    pub record: RecordId,
    pub actor: DeviceId,
    pub actor_seq: u32,
    /// Which edit of a person it carries; an edit made again keeps it.
    pub edit: u64,
    /// 0 good, 1 refused by the relay, 2 refused by devices.
    pub poison: u8,
    pub deps: Vec<ChangeHash>,
    pub bytes: Vec<u8>,
}

impl Change {
    pub fn new(
        record: RecordId,
        actor: DeviceId,
        actor_seq: u32,
        edit: u64,
        poison: u8,
        deps: Vec<ChangeHash>,
    ) -> Rc<Self> {
        let mut bytes = Vec::with_capacity(45 + 32 * deps.len());
        bytes.extend_from_slice(&record.0);
        bytes.extend_from_slice(&actor.0);
        bytes.extend_from_slice(&actor_seq.to_be_bytes());
        bytes.extend_from_slice(&edit.to_be_bytes());
        bytes.push(poison);
        deps.iter().for_each(|dep| bytes.extend_from_slice(&dep.0));
        Rc::new(Self { hash: hash(&bytes), record, actor, actor_seq, edit, poison, deps, bytes })
    }

    pub fn read(bytes: &[u8]) -> Option<Rc<Self>> {
        let (record, rest) = bytes.split_first_chunk::<16>()?;
        let (actor, rest) = rest.split_first_chunk::<16>()?;
        let (actor_seq, rest) = rest.split_first_chunk::<4>()?;
        let (edit, rest) = rest.split_first_chunk::<8>()?;
        let (poison, rest) = rest.split_first()?;
        let deps = rest.chunks_exact(32).filter_map(ChangeHash::from_slice).collect();
        let (actor_seq, edit) = (u32::from_be_bytes(*actor_seq), u64::from_be_bytes(*edit));
        Some(Self::new(RecordId(*record), DeviceId(*actor), actor_seq, edit, *poison, deps))
    }
}

/// Good enough to tell changes apart: four rounds of a 64-bit mixer with different starts.
fn hash(bytes: &[u8]) -> ChangeHash {
    let mut hash = [0; 32];
    for (lane, out) in hash.chunks_exact_mut(8).enumerate() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(lane as u64 + 1);
        for word in bytes.chunks(8) {
            let mut padded = [0; 8];
            padded[..word.len()].copy_from_slice(word);
            state = (state ^ u64::from_le_bytes(padded)).wrapping_mul(0xff51_afd7_ed55_8ccd);
            state ^= state >> 32;
        }
        out.copy_from_slice(&state.to_le_bytes());
    }
    ChangeHash(hash)
}

/// The last byte of a record's id says which devices see it.
pub fn visible(record: RecordId, viewer: DeviceId) -> bool {
    record.0[15] & (1 << (viewer.0[0] & 7)) != 0
}

/// The same installation, whatever its branch.
pub fn same_device(one: DeviceId, other: DeviceId) -> bool {
    one.0[..15] == other.0[..15]
}

/// Changes of one record in order of commit, and those nothing depends on.
#[derive(Clone, Debug, Default)]
pub struct Held {
    pub order: Vec<ChangeHash>,
    pub heads: BTreeSet<ChangeHash>,
}

impl Held {
    pub fn add(&mut self, change: &Change) {
        change.deps.iter().for_each(|dep| {
            self.heads.remove(dep);
        });
        self.heads.insert(change.hash);
        self.order.push(change.hash);
    }
}

/// What a device has on its disk.
#[derive(Clone, Debug)]
pub struct DeviceStore {
    pub facts: DeviceFacts,
    pub log: BTreeMap<ChangeHash, (Rc<Change>, u64, Option<Seq>)>,
    pub outbox: BTreeMap<u64, ChangeHash>,
    pub records: BTreeMap<RecordId, Held>,
    /// Next number of commit.
    next: u64,
    actor_seqs: BTreeMap<(RecordId, DeviceId), u32>,
    branches: BTreeMap<RecordId, u8>,
    pub quarantine: BTreeSet<ChangeHash>,
    /// Edits acknowledged to the person here.
    pub acknowledged: BTreeSet<u64>,
}

impl DeviceStore {
    pub fn new(device: DeviceId) -> Self {
        let facts = DeviceFacts {
            workspace: WORKSPACE,
            device,
            epoch: None,
            cursor: 0,
            low: 0,
            stamp: Stamp::default(),
            nonce: Some(Nonce(device.0)),
            lineage: Vec::new(),
            outbox: 0,
        };
        Self {
            facts,
            log: BTreeMap::new(),
            outbox: BTreeMap::new(),
            records: BTreeMap::new(),
            next: 1,
            actor_seqs: BTreeMap::new(),
            branches: BTreeMap::new(),
            quarantine: BTreeSet::new(),
            acknowledged: BTreeSet::new(),
        }
    }

    pub fn facts(&self) -> DeviceFacts {
        DeviceFacts { outbox: self.outbox.len() as u32, ..self.facts.clone() }
    }

    pub fn edit(&mut self, record: RecordId, edit: u64, poison: u8) {
        let mut actor = self.facts.device;
        actor.0[15] = self.branches.get(&record).copied().unwrap_or(0);
        let actor_seq = self.actor_seqs.entry((record, actor)).or_default();
        *actor_seq += 1;
        let heads = self.records.get(&record).map(|held| held.heads.iter().copied().collect());
        let change = Change::new(record, actor, *actor_seq, edit, poison, heads.unwrap_or_default());
        self.insert(change, None);
        if poison == 0 {
            self.acknowledged.insert(edit);
        }
    }

    fn insert(&mut self, change: Rc<Change>, seq: Option<Seq>) {
        let number = self.next;
        self.next += 1;
        if seq.is_none() {
            self.outbox.insert(number, change.hash);
        }
        self.records.entry(change.record).or_default().add(&change);
        self.log.insert(change.hash, (change, number, seq));
    }

    pub fn outbox(&self, entries: usize, bytes: usize) -> Vec<Outgoing> {
        let mut sum = 0;
        let rows = self.outbox.values().take(entries).map(|hash| &self.log[hash].0).enumerate();
        rows.take_while(|(at, change)| {
            sum += change.bytes.len();
            *at == 0 || sum <= bytes
        })
        .map(|(_, change)| Outgoing { record: change.record, hash: change.hash, bytes: change.bytes.clone() })
        .collect()
    }

    pub fn mark_accepted(&mut self, accepted: &[(ChangeHash, Seq)], nonce: Option<Nonce>) {
        for (hash, seq) in accepted {
            if let Some((_, number, mark)) = self.log.get_mut(hash) {
                *mark = Some(*seq);
                self.outbox.remove(number);
            }
        }
        self.facts.nonce = nonce.or(self.facts.nonce);
    }

    /// What is refused goes to quarantine; what stood on it is made again under a branch actor.
    pub fn mark_rejected(&mut self, refused: &[(ChangeHash, Verdict)], nonce: Option<Nonce>) {
        for (hash, verdict) in refused {
            let held = self.log.contains_key(hash);
            if held && !matches!(verdict, Verdict::Refused { reason: 5, .. }) {
                self.remake_without(*hash);
            }
        }
        self.facts.nonce = nonce.or(self.facts.nonce);
    }

    fn remake_without(&mut self, bad: ChangeHash) {
        let record = self.log[&bad].0.record;
        let mut gone = BTreeSet::from([bad]);
        let mut again = Vec::new();
        let old = self.records.remove(&record).unwrap_or_default();
        let mut held = Held::default();
        for hash in old.order {
            let change = self.log[&hash].0.clone();
            if hash != bad && !change.deps.iter().any(|dep| gone.contains(dep)) {
                held.add(&change);
                continue;
            }
            gone.insert(hash);
            if let Some((change, number, _)) = self.log.remove(&hash) {
                self.outbox.remove(&number);
                if hash != bad {
                    again.push((change.edit, change.poison));
                }
            }
        }
        self.quarantine.insert(bad);
        if !held.order.is_empty() {
            self.records.insert(record, held);
        }
        *self.branches.entry(record).or_default() += 1;
        again.into_iter().for_each(|(edit, poison)| self.edit(record, edit, poison));
    }

    pub fn enter(&mut self, epoch: Epoch, lineage: Vec<EpochStart>, cut: Seq, first: Option<Seq>) {
        let (cursor, low) =
            first.map_or((self.facts.cursor.min(cut), self.facts.low.min(cut)), |head| (head, head));
        let own = self.facts.device;
        for (hash, (change, number, seq)) in &mut self.log {
            let ours = !planted::on(5) || same_device(change.actor, own);
            if seq.is_some_and(|seq| seq > cut) && ours {
                *seq = None;
                self.outbox.insert(*number, *hash);
            }
        }
        let facts = self.facts.clone();
        let stamp = Stamp::default();
        self.facts = DeviceFacts { epoch: Some(epoch), lineage, cursor, low, stamp, ..facts };
    }

    /// Takes a page; what misses a dependency is named.
    pub fn apply(&mut self, page: &Page, nonce: Option<Nonce>) -> Vec<(RecordId, Form)> {
        let want = self.take(&page.entries);
        let stopped = planted::on(16) && !self.quarantine.is_empty();
        if page.cursor >= self.facts.cursor && !stopped {
            (self.facts.cursor, self.facts.stamp) = (page.cursor, page.stamp);
        }
        self.facts.nonce = nonce.or(self.facts.nonce);
        want
    }

    pub fn fill(&mut self, page: &FillPage, nonce: Option<Nonce>) -> Vec<(RecordId, Form)> {
        let want = self.take(&page.entries);
        self.facts.low = page.low.unwrap_or(self.facts.low);
        self.facts.nonce = nonce.or(self.facts.nonce);
        want
    }

    fn take(&mut self, entries: &[Entry]) -> Vec<(RecordId, Form)> {
        let mut want = Vec::new();
        for entry in entries {
            let changes = if entry.form == Form::Change {
                vec![(entry.bytes.as_slice(), entry.received)]
            } else {
                split(&entry.bytes).into_iter().zip(entry.history.iter().copied()).collect()
            };
            for (bytes, received) in changes {
                let Some(change) = Change::read(bytes) else { continue };
                if let Some((_, number, seq)) = self.log.get_mut(&change.hash) {
                    *seq = Some(received.seq);
                    self.outbox.remove(number);
                } else if change.poison == 2 {
                    self.quarantine.insert(change.hash);
                } else if change.deps.iter().any(|dep| !self.log.contains_key(dep)) {
                    want.push((change.record, Form::Changes));
                } else {
                    self.insert(change, Some(received.seq));
                }
            }
        }
        want
    }
}

/// Changes of a whole record: each length and bytes.
pub fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut changes = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let Some((change, rest)) = rest.split_at_checked(u32::from_be_bytes(*length) as usize) else { break };
        changes.push(change);
        bytes = rest;
    }
    changes
}

/// What the relay has on its disk.
#[derive(Clone, Debug)]
pub struct RelayStore {
    pub epoch: Epoch,
    pub lineage: Vec<EpochStart>,
    pub recovery: bool,
    /// Seq n at n - 1.
    pub log: Vec<(Rc<Change>, Stamp, Timestamp)>,
    pub seqs: BTreeMap<ChangeHash, Seq>,
    pub records: BTreeMap<RecordId, (Held, Vec<Seq>)>,
    actor_seqs: BTreeMap<(RecordId, DeviceId), u32>,
    pub nonces: BTreeMap<DeviceId, NonceState>,
    pub seen: BTreeMap<DeviceId, Seq>,
}

impl RelayStore {
    pub fn new() -> Self {
        let epoch = Epoch([1; 16]);
        Self {
            epoch,
            lineage: vec![EpochStart { epoch, first: 1 }],
            recovery: false,
            log: Vec::new(),
            seqs: BTreeMap::new(),
            records: BTreeMap::new(),
            actor_seqs: BTreeMap::new(),
            nonces: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Enters devices with the nonce that enrolment gave them.
    pub fn enrol<'a>(&mut self, devices: impl Iterator<Item = &'a DeviceStore>) {
        for DeviceFacts { device, nonce, .. } in devices.map(|store| &store.facts) {
            self.nonces.insert(*device, NonceState { nonce: *nonce, ..NonceState::default() });
        }
    }

    pub fn head(&self) -> Seq {
        self.log.len() as Seq
    }

    pub fn facts(&self, cursor: Seq) -> RelayFacts {
        let stamp = match cursor.checked_sub(1) {
            None => Some(Stamp::default()),
            Some(at) => self.log.get(at as usize).map(|row| row.1),
        };
        RelayFacts {
            workspace: WORKSPACE,
            epoch: self.epoch,
            head: self.head(),
            lineage: self.lineage.clone(),
            recovery: self.recovery,
            stamp_at_cursor: stamp,
            left_records: self.records.len() as u32,
            left_bytes: 0,
        }
    }

    pub fn new_epoch(&mut self, epoch: Epoch) {
        self.epoch = epoch;
        self.lineage.push(EpochStart { epoch, first: self.head() + 1 });
        if self.lineage.len() > 16 {
            self.lineage.remove(0);
        }
        self.recovery = true;
    }

    pub fn office_edit(&mut self, record: RecordId, edit: u64, poison: u8, stamp: Stamp, now: Timestamp) {
        // A restored relay has forgotten its own last changes: it goes on under a new actor.
        let mut actor = DeviceId(self.epoch.0);
        actor.0[0] = 0xee;
        let actor_seq = self.actor_seqs.get(&(record, actor)).copied().unwrap_or(0) + 1;
        let heads = self.records.get(&record).map(|(held, _)| held.heads.iter().copied().collect());
        let change = Change::new(record, actor, actor_seq, edit, poison, heads.unwrap_or_default());
        self.append(change, stamp, now);
    }

    fn append(&mut self, change: Rc<Change>, stamp: Stamp, now: Timestamp) -> Seq {
        let seq = self.head() + 1;
        let (held, seqs) = self.records.entry(change.record).or_default();
        held.add(&change);
        seqs.push(seq);
        self.seqs.insert(change.hash, seq);
        let last = self.actor_seqs.entry((change.record, change.actor)).or_default();
        *last = (*last).max(change.actor_seq);
        self.log.push((change, stamp, now));
        seq
    }

    pub fn ingest(
        &mut self,
        from: DeviceId,
        entries: &[(RecordId, Vec<u8>)],
        stamp: Stamp,
        now: Timestamp,
    ) -> Vec<Verdict> {
        let refused = |reason| Verdict::Refused { reason, missing: Vec::new() };
        if planted::on(15)
            && entries.iter().any(|(_, bytes)| Change::read(bytes).is_none_or(|c| c.poison == 1))
        {
            return entries.iter().map(|_| refused(4)).collect();
        }
        let mut verdict = |(record, bytes): &(RecordId, Vec<u8>)| {
            let Some(change) = Change::read(bytes).filter(|change| change.record == *record) else {
                return refused(1);
            };
            if let Some(seq) = self.seqs.get(&change.hash) {
                return Verdict::Accepted(*seq);
            }
            let missing: Vec<ChangeHash> =
                change.deps.iter().filter(|dep| !self.seqs.contains_key(dep)).copied().collect();
            let last = self.actor_seqs.get(&(change.record, change.actor)).copied().unwrap_or(0);
            if change.poison == 1 {
                refused(4)
            } else if !missing.is_empty() {
                Verdict::Refused { reason: 5, missing }
            } else if !self.recovery && !same_device(change.actor, from) {
                refused(6)
            } else if change.actor_seq <= last {
                refused(7)
            } else if change.actor_seq != last + 1 {
                refused(3)
            } else {
                Verdict::Accepted(self.append(change, stamp, now))
            }
        };
        entries.iter().map(&mut verdict).collect()
    }

    /// Sync.md 7.1 to 7.3.
    pub fn page_after(&self, viewer: DeviceId, cursor: Seq, low: Seq, limit: usize, bytes: usize) -> Page {
        let mut page = Page { cursor, ..Page::default() };
        let (mut walked, mut size) = (cursor, 0);
        for seq in cursor + 1..=self.head() {
            if page.entries.len() >= limit || size >= bytes {
                page.more = true;
                break;
            }
            walked = seq;
            let change = &self.log[seq as usize - 1].0;
            if !visible(change.record, viewer) {
                continue;
            }
            let seqs = &self.records[&change.record].1;
            let earlier = seqs[..seqs.partition_point(|at| *at < seq)].last().copied().unwrap_or(0);
            // An own entry is skipped only if what others wrote before it is there: the fill will not send the
            // record any more, since its greatest seq is now above `low` (docs/adr/0015).
            if same_device(change.actor, viewer) && (earlier == 0 || earlier > low) {
                continue;
            }
            let whole = earlier == 0 || (earlier <= low && !planted::on(9));
            let entry = if whole { self.whole(change.record, seq) } else { self.one(seq) };
            size += entry.bytes.len();
            page.entries.push(entry);
        }
        if planted::on(10) {
            // The cursor stays where the last entry was sent from.
            walked = page.entries.last().map_or(cursor, |entry| entry.received.seq);
        }
        page.cursor = walked;
        page.stamp = walked.checked_sub(1).map_or(Stamp::default(), |at| self.log[at as usize].1);
        page
    }

    /// Sync.md 8.1.
    pub fn page_fill(&self, viewer: DeviceId, low: Seq, cursor: Seq, limit: usize, bytes: usize) -> FillPage {
        let mut page = FillPage { low: Some(0), ..FillPage::default() };
        let mut size = 0;
        for seq in (1..=low).rev() {
            if page.entries.len() >= limit || size >= bytes {
                page.low = Some(seq);
                break;
            }
            let record = self.log[seq as usize - 1].0.record;
            let seqs = &self.records[&record].1;
            let until = if planted::on(8) { self.head() } else { cursor };
            let last = seqs[..seqs.partition_point(|at| *at <= until)].last();
            if last == Some(&seq) && visible(record, viewer) {
                let entry = self.whole(record, cursor);
                size += entry.bytes.len();
                page.entries.push(entry);
            }
        }
        page
    }

    pub fn load_records(&self, viewer: DeviceId, records: &[RecordId]) -> FillPage {
        let held = records.iter().filter(|id| self.records.contains_key(id) && visible(**id, viewer));
        FillPage { entries: held.map(|id| self.whole(*id, self.head())).collect(), ..FillPage::default() }
    }

    fn one(&self, seq: Seq) -> Entry {
        let (change, _, at) = &self.log[seq as usize - 1];
        Entry {
            record: change.record,
            form: Form::Change,
            bytes: change.bytes.clone(),
            received: Received { seq, at: *at },
            history: Vec::new(),
            heads: Vec::new(),
        }
    }

    fn whole(&self, record: RecordId, until: Seq) -> Entry {
        let mut entry = Entry { form: Form::Changes, ..self.one(self.records[&record].1[0]) };
        entry.bytes.clear();
        for seq in self.records[&record].1.iter().take_while(|seq| **seq <= until) {
            let (change, _, at) = &self.log[*seq as usize - 1];
            entry.bytes.extend_from_slice(&(change.bytes.len() as u32).to_be_bytes());
            entry.bytes.extend_from_slice(&change.bytes);
            entry.received = Received { seq: *seq, at: *at };
            entry.history.push(entry.received);
        }
        entry
    }
}

impl Default for RelayStore {
    fn default() -> Self {
        Self::new()
    }
}
