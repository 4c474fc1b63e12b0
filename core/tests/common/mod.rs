//! Several replicas in one process, pages handed over directly: what a session would do, without one.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use farley_core::document::gate::InlineTrial;
use farley_core::record::{ChangeHash, DeviceId, Edit, RecordId, Timestamp, WorkspaceId};
use farley_core::store::{StoreOptions, SystemFiles};
use farley_core::sync::{Form, Page, Verdict};
use farley_core::workspace::{Edited, Role, Workspace, WorkspaceOptions};
use rand::SeedableRng as _;

pub const COMPANY: WorkspaceId = WorkspaceId([7; 16]);
const MONDAY: i64 = 1_790_000_000_000;

pub fn options(seed: u64) -> WorkspaceOptions {
    WorkspaceOptions {
        store: StoreOptions {
            vfs: None,
            files: Arc::new(SystemFiles),
            create: false,
            fts: true,
            readers: 1,
            key: None,
        },
        trial: Arc::new(InlineTrial),
        rng: Box::new(rand_chacha::ChaCha8Rng::seed_from_u64(seed)),
        canary: true,
        cache: 32,
        fold: 16,
    }
}

/// One replica in a folder of its own.
pub struct Replica {
    pub workspace: Workspace,
    pub path: PathBuf,
    pub id: DeviceId,
    seed: u64,
    clock: AtomicI64,
    _folder: tempfile::TempDir,
}

impl Replica {
    pub fn new(number: u8, role: Role) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("workspace.db");
        let id = DeviceId([number; 16]);
        let seed = u64::from(number);
        let workspace =
            Workspace::create(&path, COMPANY, id, role, options(seed), Timestamp::from_millis(MONDAY))
                .expect("a new workspace");
        Self { workspace, path, id, seed, clock: AtomicI64::new(MONDAY), _folder: folder }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.fetch_add(1_000, Ordering::Relaxed))
    }

    /// Closes and opens again, as after a restart.
    pub fn reopen(self) -> Self {
        let Self { workspace, path, id, seed, clock, _folder } = self;
        drop(workspace);
        let workspace = Workspace::open(&path, options(seed + 1_000)).expect("the workspace opens again");
        Self { workspace, path, id, seed: seed + 1_000, clock, _folder }
    }

    pub fn edit(&self, edit: &Edit) -> Edited {
        self.workspace.edit(self.id, edit, self.now()).expect("an edit that can be made")
    }

    pub fn json(&self, line: serde_json::Value) -> Edited {
        self.edit(&Edit::from_json(&line.to_string()).expect("an edit"))
    }

    pub fn value(&self, record: RecordId, field: &str) -> serde_json::Value {
        let page = self.workspace.record(record).expect("a record");
        page.view.values.get(field).cloned().unwrap_or_default()
    }

    pub fn conflicts(&self, record: RecordId) -> Vec<String> {
        let page = self.workspace.record(record).expect("a record");
        page.view.conflicts.iter().map(|conflict| conflict.key.clone()).collect()
    }

    pub fn dump(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.workspace
            .dump(&mut |line| {
                lines.push(line.to_owned());
                Ok(())
            })
            .expect("a dump");
        lines
    }

    /// Pushes the outbox. Returns the refusals.
    pub fn push(&self, relay: &Self) -> Vec<(ChangeHash, Verdict)> {
        self.push_known(relay, None)
    }

    pub fn push_known(&self, relay: &Self, known: Option<&BTreeSet<DeviceId>>) -> Vec<(ChangeHash, Verdict)> {
        let mut refusals = Vec::new();
        loop {
            let waiting = self.workspace.outbox(500, 256 * 1024).expect("the outbox");
            if waiting.is_empty() {
                return refusals;
            }
            let entries: Vec<_> = waiting.iter().map(|entry| (entry.record, entry.bytes.clone())).collect();
            let verdicts = relay.workspace.ingest(self.id, known, &entries, relay.now()).expect("verdicts");
            assert_eq!(verdicts.len(), waiting.len());
            let (mut accepted, mut refused) = (Vec::new(), Vec::new());
            for (entry, verdict) in waiting.iter().zip(verdicts) {
                match verdict {
                    Verdict::Accepted(seq) => accepted.push((entry.hash, seq)),
                    verdict => refused.push((entry.hash, verdict)),
                }
            }
            self.workspace.mark_accepted(&accepted, None, self.now()).expect("marks");
            if !refused.is_empty() {
                let applied = self.workspace.mark_rejected(&refused, None, self.now()).expect("marks");
                self.ask(relay, &applied.want);
                refusals.extend(refused);
            }
        }
    }

    pub fn next_page(&self, relay: &Self) -> Page {
        let facts = self.workspace.device_facts().expect("facts");
        relay.workspace.page_after(self.id, facts.cursor, facts.low, 1_000, 512 * 1024).expect("a page")
    }

    /// Live entries up to the head.
    pub fn pull(&self, relay: &Self) {
        loop {
            let page = self.next_page(relay);
            let applied = self.workspace.apply(&page, None, self.now()).expect("an applied page");
            self.ask(relay, &applied.want);
            if !page.more {
                return;
            }
        }
    }

    fn ask(&self, relay: &Self, want: &[(RecordId, Form)]) {
        let mut want = want.to_vec();
        for _ in 0..3 {
            let mut next = Vec::new();
            for (record, form) in want.drain(..) {
                let page = relay.workspace.load_records(self.id, &[record], form).expect("records");
                next.extend(self.workspace.fill(&page, None, self.now()).expect("a fill").want);
            }
            want = next;
        }
        assert!(want.is_empty(), "asking does not end: {want:?}");
    }

    pub fn fill_step(&self, relay: &Self, entries: usize) -> bool {
        let facts = self.workspace.device_facts().expect("facts");
        if facts.low == 0 {
            return false;
        }
        let page =
            relay.workspace.page_fill(self.id, facts.low, facts.cursor, entries, 512 * 1024).expect("a page");
        let applied = self.workspace.fill(&page, None, self.now()).expect("a fill");
        self.ask(relay, &applied.want);
        page.low != Some(0)
    }

    /// Takes the relay's epoch if it is another one than ours.
    pub fn greet(&self, relay: &Self) {
        let ours = self.workspace.device_facts().expect("facts");
        let theirs = relay.workspace.relay_facts(ours.cursor).expect("facts");
        if ours.epoch == Some(theirs.epoch) {
            return;
        }
        let first = ours.epoch.is_none().then_some(theirs.head);
        let end = |lineage: &[farley_core::sync::EpochStart], at: usize| {
            lineage.get(at + 1).map_or(u64::MAX, |next| next.first - 1)
        };
        let mut cut = 0;
        for (at, start) in ours.lineage.iter().enumerate() {
            if let Some(there) = theirs.lineage.iter().position(|other| other == start) {
                cut = end(&ours.lineage, at).min(end(&theirs.lineage, there));
            }
        }
        self.workspace.enter(theirs.epoch, &theirs.lineage, cut, first, self.now()).expect("the epoch");
    }

    /// Everything a session does, until nothing is left.
    pub fn sync(&self, relay: &Self) {
        self.greet(relay);
        assert_eq!(self.push(relay), [], "nothing should be refused");
        self.pull(relay);
        while self.fill_step(relay, 1_000) {}
        assert_eq!(self.workspace.outbox(1, 1).expect("the outbox"), []);
    }
}

/// A relay and `count` devices that know its epoch.
pub fn company(count: u8) -> (Replica, Vec<Replica>) {
    let relay = Replica::new(200, Role::Relay);
    let devices: Vec<Replica> = (1..=count).map(|number| Replica::new(number, Role::Device)).collect();
    for device in &devices {
        device.greet(&relay);
    }
    (relay, devices)
}

/// Two rounds: what the last one pushed reaches the first one.
pub fn settle(relay: &Replica, devices: &[&Replica]) {
    for _ in 0..2 {
        for device in devices {
            device.sync(relay);
        }
    }
    let dump = relay.dump();
    let digest = relay.workspace.digest().expect("a digest");
    for device in devices {
        assert_eq!(device.dump(), dump, "dump of device {}", device.id);
        assert_eq!(device.workspace.digest().expect("a digest"), digest, "digest of device {}", device.id);
    }
    assert_eq!(relay.workspace.verify().expect("verified"), Vec::<String>::new());
}
