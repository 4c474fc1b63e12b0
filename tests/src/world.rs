//! The full stack in one thread: real workspaces on simulated disks, real sessions, virtual time.
//!
//! Edits happen at once; messages take their time; `wait` lets it pass. The network is perfect unless a line
//! says otherwise. Effects are carried out one by one, so that a crash can lie inside any of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use farley_core::planted;
use farley_core::record::{ChangeHash, DeviceId, Nonce, RecordId, Timestamp};
use farley_core::sync::{ByeReason, DeviceSession, Message, NonceState, RelayOptions, RelaySession, Wire};
use farley_core::workspace::{Edited, WorkspaceError};

use crate::disk::Image;
use crate::model::Failure;
use crate::node::{COMPANY, Fault, Node};
use crate::plan::{EFFECTS, Header, Op, Verb};
use crate::stats::Stats;
use crate::{check, edits, vfs};

/// Monday morning.
const START: i64 = 1_790_000_000_000;
/// Things that may happen at one moment before it counts as never ending.
const MAX_TURNS: u32 = 100_000;
/// Connections a device may need after healing.
const MAX_ROUNDS: u32 = 3;
/// How long a connection may take until everything is done, in milliseconds. The relay takes a push a second.
const ROUND_MS: i64 = 10 * 60_000;

/// One connection.
pub(crate) struct Link {
    pub(crate) device: DeviceSession,
    pub(crate) relay: RelaySession,
    pub(crate) up: Line,
    pub(crate) down: Line,
    /// The device's and the relay's codec.
    pub(crate) wires: (Wire, Wire),
    pub(crate) delay: i64,
    /// Messages until one is lost.
    lose_in: Option<u32>,
    /// The relay hung up: what it said still arrives.
    pub(crate) hung_up: bool,
}

/// One direction: in order, each with the moment it arrives.
#[derive(Default)]
pub(crate) struct Line(VecDeque<(Timestamp, Message)>);

impl Line {
    pub(crate) fn put(&mut self, at: Timestamp, message: Message) {
        let last = self.0.back().map_or(at, |(last, _)| *last);
        self.0.push_back((at.max(last), message));
    }

    fn due(&mut self, now: Timestamp) -> Option<Message> {
        self.0.pop_front_if(|(at, _)| *at <= now).map(|(_, message)| message)
    }
}

struct Backup {
    image: Image,
    nonces: BTreeMap<DeviceId, NonceState>,
    log: BTreeSet<ChangeHash>,
}

/// Everything there is.
pub struct World {
    /// The relay, then the devices.
    pub nodes: Vec<Node>,
    pub(crate) header: Header,
    pub(crate) links: BTreeMap<usize, Link>,
    /// The relay's registry: a database of its own, outside the workspace.
    pub(crate) nonces: BTreeMap<DeviceId, NonceState>,
    pub(crate) known: BTreeSet<DeviceId>,
    office: DeviceId,
    backup: Option<Backup>,
    pub(crate) now: Timestamp,
    /// Records in the order in which they were first acknowledged; whether they are notes.
    records: Vec<(RecordId, bool)>,
    sessions: u64,
    /// Someone was told `Timeline`: the operator looks at it.
    pub(crate) alarm: bool,
    /// What devices were told the relay has.
    pub(crate) relayed: BTreeSet<ChangeHash>,
    /// What it did.
    pub stats: Stats,
}

impl World {
    /// A relay and devices that know nothing of each other yet.
    ///
    /// # Errors
    /// If a workspace cannot even be made.
    pub fn new(header: Header) -> Result<Self, Failure> {
        let now = Timestamp::from_millis(START);
        vfs::set_now(START);
        let mut world = Self {
            nodes: Vec::new(),
            header,
            links: BTreeMap::new(),
            nonces: BTreeMap::new(),
            known: BTreeSet::new(),
            office: office(0),
            backup: None,
            now,
            records: Vec::new(),
            sessions: 0,
            alarm: false,
            relayed: BTreeSet::new(),
            stats: Stats::default(),
        };
        world.known.insert(world.office);
        for _ in 0..=header.devices {
            world.join()?;
        }
        for device in 1..world.nodes.len() {
            world.connect(device);
        }
        Ok(world)
    }

    /// Lets one line happen.
    ///
    /// # Errors
    /// An invariant that must hold at every step.
    pub fn execute(&mut self, op: &Op) -> Result<(), Failure> {
        let [a, b, c, _] = op.n;
        let node = a as usize;
        match op.verb {
            Verb::Office | Verb::Field => self.person(0, op)?,
            Verb::Create
            | Verb::Entry
            | Verb::Set
            | Verb::Settle
            | Verb::Tag
            | Verb::Text
            | Verb::Trash
            | Verb::Undo
            | Verb::Words => self.person(node, op)?,
            Verb::Backup => self.backup = Some(self.copy()?),
            Verb::Clock => {
                if let Some(node) = self.living(node) {
                    node.clock_off = if a % 2 == 1 { -i64::from(b) } else { i64::from(b) } * 70;
                }
            }
            Verb::Crash | Verb::FailSync => {
                let fault = match op.verb {
                    Verb::Crash => Fault::Die { io: u64::from(c.max(1)), tear: op.tear() },
                    _ => Fault::FailSync { at: u64::from(c.max(1)), more: u64::from(op.n[3] % 6) },
                };
                if let Some(node) = self.living(node) {
                    node.armed.push_back((EFFECTS[b as usize % EFFECTS.len()], fault));
                }
            }
            Verb::Cut => self.cut(node),
            Verb::Delay => {
                if let Some(link) = self.links.get_mut(&node) {
                    link.delay += i64::from(b);
                }
            }
            Verb::Destroy => self.lose(node)?,
            Verb::Drop => {
                if let Some(link) = self.links.get_mut(&node) {
                    link.lose_in = Some(b);
                }
            }
            Verb::Expect => {
                self.heal()?;
                check::conflicts(self, u64::from(a))?;
            }
            Verb::Full => {
                if let Some(node) = self.living(node) {
                    let mut disk = node.disk.borrow_mut();
                    disk.faults.full_at = Some(disk.held() + u64::from(b));
                    drop(disk);
                    node.excused = true;
                }
            }
            Verb::Join => {
                if self.nodes.len() < 9 {
                    self.join()?;
                }
            }
            Verb::Kill => {
                if self.living(node).is_some() {
                    self.hang_up(node);
                    self.stats.crashes += 1;
                    match self.nodes[node].kill() {
                        Ok(true) => self.after_boot(node)?,
                        Ok(false) => self.reboot(node)?,
                        Err(error) => return Err(unexpected(node, &error)),
                    }
                }
            }
            Verb::Partition => {
                self.cut(node);
                let until = self.now.plus_millis(i64::from(b));
                if let Some(node) = self.living(node) {
                    node.offline_until = until;
                }
            }
            Verb::Rest => {
                self.heal()?;
                check::at_rest(self, false)?;
            }
            Verb::PutBack => self.restore(false)?,
            Verb::Restore => self.restore(true)?,
            Verb::Revoke => {
                if let Some(link) = self.links.get_mut(&node) {
                    link.relay.handle_revoked(ByeReason::Revoked, None);
                    self.settle()?;
                }
                self.lose(node)?;
            }
            Verb::Sync => self.connect(node),
            Verb::Tidy => self.tidy(node, b)?,
            Verb::Wait => self.pass(self.now.plus_millis(i64::from(a)))?,
        }
        self.settle()
    }

    /// Ends all faults and lets everybody sync until nothing is left to do.
    ///
    /// # Errors
    /// 18.9 if that takes more than a few connections, or a session does not come to rest.
    pub fn heal(&mut self) -> Result<(), Failure> {
        for node in &mut self.nodes {
            node.armed.clear();
            node.disk.borrow_mut().faults = Default::default();
            node.offline_until = self.now;
        }
        let mut rounds = 0;
        for _ in 0..2 * MAX_ROUNDS {
            (1..self.nodes.len()).for_each(|device| self.connect(device));
            let end = self.now.plus_millis(ROUND_MS);
            self.settle()?;
            while !self.is_done()? && !self.alarm {
                match self.next_event().filter(|at| *at <= end) {
                    Some(at) => self.pass(at)?,
                    None => break,
                }
            }
            rounds += 1;
            if std::mem::take(&mut self.alarm) {
                self.restore(true)?;
                rounds = 0;
            } else if self.is_done()? {
                for node in &mut self.nodes {
                    node.excused = false;
                }
                return Ok(());
            } else if rounds == MAX_ROUNDS {
                break;
            }
        }
        let detail = check::waiting(self)?;
        Err(Failure { invariant: 9, detail: format!("after {rounds} connections: {detail}") })
    }

    /// Everything is everywhere.
    fn is_done(&self) -> Result<bool, Failure> {
        if self.links.values().any(|link| !link.up.0.is_empty() || !link.down.0.is_empty()) {
            return Ok(false);
        }
        check::waiting(self).map(|waiting| waiting.is_empty())
    }

    fn living(&mut self, node: usize) -> Option<&mut Node> {
        self.nodes.get_mut(node).filter(|node| !node.gone)
    }

    fn join(&mut self) -> Result<(), Failure> {
        let number = self.nodes.len();
        let node =
            Node::new(number as u32, self.header, self.now).map_err(|error| unexpected(number, &error))?;
        self.known.insert(node.id);
        // As enrolment does: a first nonce for both ends.
        let nonce = Nonce(node.id.0);
        if let Some(workspace) = node.workspace.as_ref().filter(|_| number > 0) {
            workspace
                .mark_accepted(&[], Some(nonce), self.now)
                .map_err(|error| unexpected(number, &error))?;
            self.nonces.insert(node.id, NonceState { nonce: Some(nonce), ..NonceState::default() });
        }
        self.nodes.push(node);
        Ok(())
    }

    fn person(&mut self, number: usize, op: &Op) -> Result<(), Failure> {
        let pick = if op.verb == Verb::Office { op.n[0] } else { op.n[1] } as usize;
        let record = match self.records.len() {
            0 => None,
            count if number == 0 && pick.is_multiple_of(7) && count < 400 => None,
            count => Some(self.records[pick % count]),
        };
        let (office, now) = (self.office, self.now);
        let Some(node) = self.living(number) else { return Ok(()) };
        let author = if number == 0 { office } else { node.id };
        let clock = now.plus_millis(node.clock_off);
        node.begin("edit");
        let Some(workspace) = &node.workspace else { return Ok(()) };
        let made = edits::make(workspace, author, op, record, clock);
        // The person saw it saved, whatever happens to the power now.
        if let Ok(edited) = &made {
            node.acked.extend(edited.hash);
            self.note(op, edited);
        }
        let node = &mut self.nodes[number];
        if node.end() {
            return self.reboot(number);
        }
        match made {
            Ok(_) => {}
            Err(WorkspaceError::Store(_)) if node.excused => self.stats.disk_faults += 1,
            Err(error @ (WorkspaceError::Store(_) | WorkspaceError::Document { .. })) => {
                return Err(unexpected(number, &error));
            }
            // What a person may well try: a record that is not here, nothing to undo.
            Err(_) => return Ok(()),
        }
        if number == 0 {
            self.wake()?;
        } else if let Some(link) = self.links.get_mut(&number) {
            link.device.handle_local_change(now);
        }
        Ok(())
    }

    fn note(&mut self, op: &Op, edited: &Edited) {
        if edited.hash.is_some() {
            self.stats.edits += 1;
        }
        if edited.created && op.verb != Verb::Field {
            let pick = if op.verb == Verb::Office { op.n[0] } else { op.n[1] };
            self.records.push((edited.id, pick.is_multiple_of(3)));
        }
    }

    fn tidy(&mut self, number: usize, budget: u32) -> Result<(), Failure> {
        let Some(node) = self.living(number) else { return Ok(()) };
        node.begin("tidy");
        let tidied = node.workspace.as_ref().map(|workspace| workspace.tidy(budget));
        if node.end() {
            return self.reboot(number);
        }
        match tidied {
            Some(Err(error)) if !self.nodes[number].excused => Err(unexpected(number, &error)),
            _ => Ok(()),
        }
    }

    /// The node comes back on what its disk kept.
    pub(crate) fn reboot(&mut self, number: usize) -> Result<(), Failure> {
        self.hang_up(number);
        self.stats.crashes += 1;
        self.nodes[number].reboot().map_err(|error| unexpected(number, &error))?;
        self.after_boot(number)
    }

    fn after_boot(&mut self, number: usize) -> Result<(), Failure> {
        if self.stats.crashes.is_multiple_of(4) { check::after_boot(self, number) } else { Ok(()) }
    }

    /// Sessions do not survive their process.
    fn hang_up(&mut self, number: usize) {
        match number {
            0 => self.links.clear(),
            _ => self.cut(number),
        }
    }

    pub(crate) fn cut(&mut self, device: usize) {
        self.links.remove(&device);
    }

    /// The device is no more; what only it had is lost.
    fn lose(&mut self, device: usize) -> Result<(), Failure> {
        let living = self.nodes.iter().skip(1).filter(|node| !node.gone).count();
        if device == 0 || living < 2 || self.living(device).is_none() {
            return Ok(());
        }
        self.cut(device);
        let node = &mut self.nodes[device];
        node.gone = true;
        node.power_off();
        let log = check::hashes(&self.nodes[0])?;
        self.expect_only(log)
    }

    /// What neither the relay (it has `relay`) nor a living device holds can never come back.
    fn expect_only(&mut self, relay: BTreeSet<ChangeHash>) -> Result<(), Failure> {
        let mut left = relay;
        for node in self.nodes.iter().skip(1).filter(|node| !node.gone) {
            left.extend(check::hashes(node)?);
        }
        self.relayed.retain(|hash| left.contains(hash));
        self.nodes[0].acked.retain(|hash| left.contains(hash));
        Ok(())
    }

    fn copy(&mut self) -> Result<Backup, Failure> {
        let log = check::hashes(&self.nodes[0])?;
        Ok(Backup { image: self.nodes[0].disk.borrow().copy(), nonces: self.nonces.clone(), log })
    }

    fn restore(&mut self, epoch: bool) -> Result<(), Failure> {
        let Some(backup) = self.backup.take() else {
            // Without a backup there is only what stands: a new epoch does no harm.
            return if epoch { self.new_epoch() } else { Ok(()) };
        };
        self.links.clear();
        self.nodes[0].armed.retain(|(on, _)| *on != "open" && *on != "any");
        self.nodes[0].start_from(&backup.image).map_err(|error| unexpected(0, &error))?;
        self.expect_only(backup.log.clone())?;
        if epoch {
            // A file copied back by hand leaves the registry alone; a proper restore brings its own.
            self.nonces = backup.nonces.clone();
        }
        self.backup = Some(backup);
        self.stats.restores += 1;
        // What the office's people wrote after the backup is unknown here: they go on as new devices.
        self.office = office(self.stats.restores);
        self.known.insert(self.office);
        if epoch { self.new_epoch() } else { Ok(()) }
    }

    fn new_epoch(&mut self) -> Result<(), Failure> {
        if planted::on(4) {
            return Ok(());
        }
        self.links.clear();
        let years = self.now.plus_millis(1_000 * 86_400_000);
        let Some(workspace) = &self.nodes[0].workspace else { return Ok(()) };
        match workspace.new_epoch(years, self.now) {
            Err(error) if !self.nodes[0].excused => Err(unexpected(0, &error)),
            _ => Ok(()),
        }
    }

    fn connect(&mut self, device: usize) {
        let now = self.now;
        let Some(node) = self.living(device).filter(|node| node.number > 0 && node.offline_until <= now)
        else {
            return;
        };
        let Some(Ok(facts)) = node.workspace.as_ref().map(|workspace| workspace.device_facts()) else {
            return;
        };
        self.sessions += 1;
        let mut attempt = [0; 16];
        attempt[..8].copy_from_slice(&self.sessions.to_be_bytes());
        let options = RelayOptions {
            device: facts.device,
            workspace: COMPANY,
            attempt,
            registry_key: [7; 32],
            ticket: [8; 32],
        };
        let link = Link {
            device: DeviceSession::new(facts, "sim", 1, now),
            relay: RelaySession::new(options, now),
            up: Line::default(),
            down: Line::default(),
            wires: (Wire::new(), Wire::new()),
            delay: 15 + device as i64,
            lose_in: None,
            hung_up: false,
        };
        // The newer session wins; what the older one still had on the line is gone.
        self.links.insert(device, link);
    }

    /// Lets time pass until `until`.
    fn pass(&mut self, until: Timestamp) -> Result<(), Failure> {
        loop {
            self.settle()?;
            let next = self.next_event().filter(|next| *next <= until);
            self.now = next.unwrap_or(until).max(self.now);
            vfs::set_now(self.now.millis());
            let now = self.now;
            for link in self.links.values_mut() {
                if link.device.poll_timeout().is_some_and(|at| at <= now) {
                    link.device.handle_timeout(now);
                }
                if link.relay.poll_timeout().is_some_and(|at| at <= now) {
                    link.relay.handle_timeout(now);
                }
            }
            if next.is_none() {
                return self.settle();
            }
        }
    }

    /// The next moment at which something happens by itself.
    fn next_event(&self) -> Option<Timestamp> {
        let of_link = |link: &Link| {
            let lines = [&link.up, &link.down].map(|line| line.0.front().map(|(at, _)| *at));
            let sessions = [link.device.poll_timeout(), link.relay.poll_timeout()];
            // A timer that has passed was given its turn already.
            let later = sessions.into_iter().flatten().filter(|at| *at > self.now);
            lines.into_iter().flatten().chain(later).min()
        };
        self.links.values().filter_map(of_link).min()
    }

    /// Everything that can happen now, happens.
    fn settle(&mut self) -> Result<(), Failure> {
        for _ in 0..MAX_TURNS {
            let devices: Vec<usize> = self.links.keys().copied().collect();
            let mut moved = false;
            for device in devices {
                while self.step(device)? {
                    moved = true;
                }
            }
            if !moved {
                return Ok(());
            }
        }
        Err(Failure { invariant: 9, detail: "sessions never come to rest".to_owned() })
    }

    /// One thing on one connection. `false`: there is nothing to do now.
    fn step(&mut self, device: usize) -> Result<bool, Failure> {
        let now = self.now;
        let Some(link) = self.links.get_mut(&device) else { return Ok(false) };
        if let Some(effect) = link.device.poll_effect() {
            self.device_effect(device, effect)?;
        } else if let Some(effect) = link.relay.poll_effect() {
            self.relay_effect(device, effect)?;
        } else if let Some(message) = link.up.due(now) {
            if !self.lost(device) {
                self.stats.messages += 1;
                if let Some(link) = self.links.get_mut(&device) {
                    link.relay.handle_message(message, now);
                }
            }
        } else if let Some(message) = link.down.due(now) {
            if !self.lost(device) {
                self.stats.messages += 1;
                if let Some(link) = self.links.get_mut(&device) {
                    link.device.handle_message(message, now);
                }
            }
        } else if link.hung_up && link.down.0.is_empty() {
            self.cut(device);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// A stream does not lose its middle: a lost message ends the connection.
    fn lost(&mut self, device: usize) -> bool {
        let Some(link) = self.links.get_mut(&device) else { return true };
        match &mut link.lose_in {
            Some(0 | 1) => {
                self.cut(device);
                true
            }
            Some(left) => {
                *left -= 1;
                false
            }
            None => false,
        }
    }
}

/// The office's people after the `n`-th restore.
fn office(n: u64) -> DeviceId {
    let mut id = [0x0f; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    DeviceId(id)
}

/// An error nothing in the plan asked for.
pub(crate) fn unexpected(node: usize, error: &WorkspaceError) -> Failure {
    Failure { invariant: 0, detail: format!("node {node}: {error}") }
}
