//! Devices, one relay, the lines between them, and one step after the other.

use std::collections::{BTreeMap, VecDeque};

use farley_core::record::{DeviceId, Epoch, RecordId, Stamp, Timestamp};
use farley_core::sync::{
    ByeReason, DeviceEffect, DeviceSession, Message, RelayEffect, RelayOptions, RelaySession, Wire,
};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::plan::{Op, Options};
use super::store::{DeviceStore, RelayStore, WORKSPACE};
use super::{Failure, Stats};

/// Steps of one session until it must have come to rest.
const MAX_STEPS: u32 = 200_000;
/// Entries of a page: few, so that fills are interrupted and live pages come between.
const PAGE: (usize, usize) = (7, 3);
/// Connections that a device may need after healing.
const MAX_ROUNDS: u32 = 3;

/// Everything there is.
pub struct World {
    pub(super) devices: Vec<Option<DeviceStore>>,
    pub(super) relay: RelayStore,
    links: BTreeMap<usize, Link>,
    backup: RelayStore,
    now: Timestamp,
    next_edit: u64,
    next_record: u64,
    /// Stamps, epochs, attempts: only their being different matters.
    rng: ChaCha8Rng,
    codec: bool,
    /// Someone was told `Timeline`: the operator looks at it.
    alarm: bool,
    pub(super) stats: Stats,
}

/// One connection.
struct Link {
    device: DeviceSession,
    relay: RelaySession,
    up: VecDeque<Message>,
    down: VecDeque<Message>,
    /// The device's and the relay's codec.
    wires: (Wire, Wire),
    closed: bool,
}

impl World {
    pub fn new(options: &Options) -> Self {
        let device = |number: u8| {
            let mut id = [0xd0; 16];
            (id[0], id[15]) = (number, 0);
            Some(DeviceStore::new(DeviceId(id)))
        };
        let devices: Vec<Option<DeviceStore>> = (0..options.devices.clamp(1, 8)).map(device).collect();
        let mut relay = RelayStore::new();
        relay.enrol(devices.iter().flatten());
        Self {
            devices,
            backup: relay.clone(),
            relay,
            links: BTreeMap::new(),
            now: Timestamp::from_millis(1_790_000_000_000),
            next_edit: 1,
            next_record: 1,
            rng: ChaCha8Rng::seed_from_u64(1),
            codec: options.codec,
            alarm: false,
            stats: Stats::default(),
        }
    }

    /// Lets one thing happen.
    ///
    /// # Errors
    /// An invariant that must hold at every step.
    pub fn execute(&mut self, op: &Op) -> Result<(), Failure> {
        match *op {
            Op::Create { device, mask } => self.create(device, mask),
            Op::Edit { device, r, count } => (0..u32::from(count)).for_each(|at| {
                self.edit(device, r.wrapping_add(at), 0);
            }),
            Op::Poison { device, r } => self.edit(device, r, 1),
            Op::Office { r } => self.office(r, 0),
            Op::OfficePoison => self.office(0, 2),
            Op::Connect { device } => self.connect(usize::from(device)),
            Op::Steps { device, n, r } => {
                let mut rng = ChaCha8Rng::seed_from_u64(u64::from(r));
                for _ in 0..n {
                    if !self.step(usize::from(device), &mut rng)? {
                        break;
                    }
                }
            }
            Op::Drop { device } => self.cut(usize::from(device)),
            Op::RelayCrash => self.links.clear(),
            Op::Wait { ms } => self.wait(i64::from(ms)),
            Op::Backup => self.backup = self.relay.clone(),
            Op::Restore { epoch } => self.restore(epoch),
            Op::Destroy { device } => {
                self.cut(usize::from(device));
                if let Some(place) = self.devices.get_mut(usize::from(device)) {
                    *place = None;
                }
            }
            Op::Settle => self.heal()?,
        }
        Ok(())
    }

    /// Reconnects everybody until nothing is left to do.
    ///
    /// # Errors
    /// 18.9 if that takes more than a few connections, or a session does not come to rest.
    pub(super) fn heal(&mut self) -> Result<(), Failure> {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for _ in 0..MAX_ROUNDS {
            for device in 0..self.devices.len() {
                if self.links.get(&device).is_none_or(|link| link.closed) {
                    self.connect(device);
                }
            }
            self.quiet(&mut rng)?;
            if std::mem::take(&mut self.alarm) {
                self.restore(true);
            } else if self.at_rest() {
                return Ok(());
            }
        }
        let waiting = self.devices.iter().flatten().filter(|store| !self.is_done(store)).count();
        let detail = format!("{waiting} devices are not done after {MAX_ROUNDS} connections");
        Err(Failure { invariant: 9, detail })
    }

    fn at_rest(&self) -> bool {
        self.devices.iter().flatten().all(|store| self.is_done(store))
    }

    fn is_done(&self, store: &DeviceStore) -> bool {
        store.outbox.is_empty() && store.facts.cursor == self.relay.head() && store.facts.low == 0
    }

    /// Runs all sessions until no step is left.
    fn quiet(&mut self, rng: &mut ChaCha8Rng) -> Result<(), Failure> {
        let mut steps = 0;
        loop {
            let mut moved = false;
            for device in 0..self.devices.len() {
                while self.step(device, rng)? {
                    moved = true;
                    steps += 1;
                    if steps > MAX_STEPS {
                        return Err(Failure { invariant: 9, detail: "sessions never come to rest".into() });
                    }
                }
            }
            if !moved && !self.next_push_turn() {
                return Ok(());
            }
        }
    }

    /// A push that waits for its turn under the rate limit is work to come, not rest.
    fn next_push_turn(&mut self) -> bool {
        let next = self.links.values().filter_map(|link| link.relay.poll_timeout()).min();
        match next {
            Some(at) if at.since(self.now) <= 1_000 => {
                self.wait(at.since(self.now).max(0));
                true
            }
            _ => false,
        }
    }

    fn create(&mut self, device: u8, mask: u8) {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.next_record.to_be_bytes());
        id[15] = mask | 1 << (device & 7);
        self.next_record += 1;
        self.person_edits(device, RecordId(id), 0);
    }

    fn edit(&mut self, device: u8, r: u32, poison: u8) {
        let Some(Some(store)) = self.devices.get(usize::from(device)) else { return };
        let count = store.records.len();
        match store.records.keys().nth(r as usize % count.max(1)).copied() {
            Some(record) => self.person_edits(device, record, poison),
            None => self.create(device, u8::MAX),
        }
    }

    fn person_edits(&mut self, device: u8, record: RecordId, poison: u8) {
        let Some(Some(store)) = self.devices.get_mut(usize::from(device)) else { return };
        store.edit(record, self.next_edit, poison);
        self.next_edit += 1;
        self.stats.edits += 1;
        if let Some(link) = self.links.get_mut(&usize::from(device)) {
            link.device.handle_local_change(self.now);
        }
    }

    fn office(&mut self, r: u32, poison: u8) {
        let known = self.relay.records.len();
        let chosen = self.relay.records.keys().nth(r as usize % (known + 1)).copied();
        // Nobody else builds on what devices cannot read.
        let readable = |id: &RecordId| id.0[14] == 0;
        let record = chosen.filter(readable).filter(|_| poison == 0).unwrap_or_else(|| {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&self.next_record.to_be_bytes());
            (id[14], id[15]) = (poison, u8::MAX);
            self.next_record += 1;
            RecordId(id)
        });
        let stamp = Stamp::random(&mut self.rng);
        self.relay.office_edit(record, self.next_edit, poison, stamp, self.now);
        self.next_edit += 1;
        self.stats.edits += 1;
        self.wake();
    }

    fn wake(&mut self) {
        let head = self.relay.head();
        self.links.values_mut().for_each(|link| link.relay.handle_head(head));
    }

    fn connect(&mut self, device: usize) {
        let Some(Some(store)) = self.devices.get(device) else { return };
        let facts = store.facts();
        let mut attempt = [0; 16];
        self.rng.fill_bytes(&mut attempt);
        let options = RelayOptions {
            device: facts.device,
            workspace: WORKSPACE,
            attempt,
            registry_key: [7; 32],
            ticket: [8; 32],
        };
        let link = Link {
            device: DeviceSession::new(facts, "model", 1, self.now),
            relay: RelaySession::new(options, self.now),
            up: VecDeque::new(),
            down: VecDeque::new(),
            wires: (Wire::new(), Wire::new()),
            closed: false,
        };
        // The newer session wins; what the older one still had on the line is gone.
        self.links.insert(device, link);
        self.stats.sessions += 1;
    }

    fn cut(&mut self, device: usize) {
        self.links.remove(&device);
    }

    fn wait(&mut self, ms: i64) {
        self.now = self.now.plus_millis(ms);
        for link in self.links.values_mut() {
            if link.device.poll_timeout().is_some_and(|at| at <= self.now) {
                link.device.handle_timeout(self.now);
            }
            if link.relay.poll_timeout().is_some_and(|at| at <= self.now) {
                link.relay.handle_timeout(self.now);
            }
        }
    }

    fn restore(&mut self, epoch: bool) {
        self.links.clear();
        self.relay = self.backup.clone();
        if epoch && !farley_core::planted::on(4) {
            let epoch = Epoch::random(&mut self.rng);
            self.relay.new_epoch(epoch);
        }
        self.stats.restores += 1;
    }

    /// One thing on one line: an effect on either side, or an arrival. `false` if there is nothing.
    fn step(&mut self, device: usize, rng: &mut ChaCha8Rng) -> Result<bool, Failure> {
        let first = rng.random_range(0..4);
        for kind in (0..4).map(|at| (first + at) % 4) {
            let Some(link) = self.links.get_mut(&device).filter(|link| !link.closed) else {
                return Ok(false);
            };
            match kind {
                0 => {
                    if let Some(effect) = link.device.poll_effect() {
                        self.device_effect(device, effect)?;
                        return Ok(true);
                    }
                }
                1 => {
                    if let Some(effect) = link.relay.poll_effect() {
                        self.relay_effect(device, effect)?;
                        return Ok(true);
                    }
                }
                2 => {
                    if let Some(message) = link.up.pop_front() {
                        self.stats.messages += 1;
                        link.relay.handle_message(message, self.now);
                        return Ok(true);
                    }
                }
                _ => {
                    if let Some(message) = link.down.pop_front() {
                        self.stats.messages += 1;
                        link.device.handle_message(message, self.now);
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    fn device_effect(&mut self, device: usize, effect: DeviceEffect) -> Result<(), Failure> {
        let now = self.now;
        let Some(link) = self.links.get_mut(&device) else { return Ok(()) };
        let Some(Some(store)) = self.devices.get_mut(device) else { return Ok(()) };
        match effect {
            DeviceEffect::Send(message) => {
                let (from, to) = (&mut link.wires.0, &mut link.wires.1);
                return carry(self.codec, from, to, message, &mut link.up);
            }
            DeviceEffect::Close { reason, .. } => {
                link.closed = true;
                return self.closed(reason);
            }
            DeviceEffect::Report(_) => {}
            DeviceEffect::LoadOutbox { entries, bytes } => {
                link.device.handle_outbox(store.outbox(entries, bytes), now);
            }
            DeviceEffect::Enter { effect, epoch, lineage, cut, first } => {
                store.enter(epoch, lineage, cut, first);
                link.device.handle_committed(effect, now);
            }
            DeviceEffect::MarkAccepted { effect, accepted, nonce } => {
                store.mark_accepted(&accepted, nonce);
                link.device.handle_committed(effect, now);
            }
            DeviceEffect::MarkRejected { effect, refused, nonce } => {
                store.mark_rejected(&refused, nonce);
                link.device.handle_committed(effect, now);
            }
            DeviceEffect::Apply { effect, page, nonce } => {
                let want = store.apply(&page, nonce);
                complete(&want)?;
                link.device.handle_applied(effect, want, now);
            }
            DeviceEffect::Fill { effect, page, nonce } => {
                let want = store.fill(&page, nonce);
                complete(&want)?;
                link.device.handle_applied(effect, want, now);
            }
            DeviceEffect::Forget { .. } => {
                return Err(Failure { invariant: 2, detail: "Forget without a loss of sight".into() });
            }
        }
        Ok(())
    }

    fn relay_effect(&mut self, device: usize, effect: RelayEffect) -> Result<(), Failure> {
        let now = self.now;
        let Some(link) = self.links.get_mut(&device) else { return Ok(()) };
        let viewer = link.relay.device();
        match effect {
            RelayEffect::Send(message) => {
                let (to, from) = (&mut link.wires.0, &mut link.wires.1);
                return carry(self.codec, from, to, message, &mut link.down);
            }
            // What was said before it still arrives: the device closes when it has read it.
            RelayEffect::Close { .. } => {}
            RelayEffect::LoadFacts { cursor } => {
                let nonces = self.relay.nonces.get(&viewer).copied().unwrap_or_default();
                link.relay.handle_facts(self.relay.facts(cursor), nonces, now);
            }
            RelayEffect::Ingest { batch, entries } => {
                let stamp = Stamp::random(&mut self.rng);
                let verdicts = self.relay.ingest(viewer, &entries, stamp, now);
                link.relay.handle_ingested(batch, &verdicts, now);
                self.wake();
            }
            RelayEffect::LoadAfter { cursor, low, entries, bytes } => {
                link.relay.handle_page(self.relay.page_after(
                    viewer,
                    cursor,
                    low,
                    entries.min(PAGE.0),
                    bytes,
                ));
            }
            RelayEffect::LoadFill { low, cursor, entries, bytes } => {
                link.relay.handle_fill(self.relay.page_fill(viewer, low, cursor, entries.min(PAGE.1), bytes));
            }
            RelayEffect::LoadRecords { records, .. } => {
                link.relay.handle_records(self.relay.load_records(viewer, &records));
            }
            RelayEffect::Seen { cursor, .. } => {
                self.relay.seen.insert(viewer, cursor);
            }
            RelayEffect::NonceUsed(state) => {
                self.relay.nonces.insert(viewer, state);
            }
        }
        Ok(())
    }

    /// Honest ends never accuse each other.
    fn closed(&mut self, reason: ByeReason) -> Result<(), Failure> {
        match reason {
            ByeReason::Timeline => self.alarm = true,
            ByeReason::Stalled | ByeReason::Leaving | ByeReason::SlowDown => {}
            other => {
                return Err(Failure { invariant: 9, detail: format!("a session ended with {other:?}") });
            }
        }
        Ok(())
    }
}

/// The relay never sends a change whose dependencies the device cannot have.
fn complete<T>(want: &[T]) -> Result<(), Failure> {
    match want.len() {
        0 => Ok(()),
        count => Err(Failure { invariant: 2, detail: format!("{count} changes miss a dependency") }),
    }
}

fn carry(
    codec: bool,
    from: &mut Wire,
    to: &mut Wire,
    message: Message,
    line: &mut VecDeque<Message>,
) -> Result<(), Failure> {
    if !codec {
        line.push_back(message);
        return Ok(());
    }
    let broken = |error| Failure { invariant: 9, detail: format!("codec: {error}") };
    let bytes = from.encode(&message).map_err(broken)?;
    let mut messages = Vec::new();
    to.decode(&bytes, &mut messages).map_err(broken)?;
    line.extend(messages);
    Ok(())
}
