//! One replica on a disk of its own: a real workspace that can lose power in the middle of anything.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::CString;
use std::path::PathBuf;
use std::sync::Arc;

use farley_core::document::gate::InlineTrial;
use farley_core::record::{ChangeHash, DeviceId, Timestamp, WorkspaceId};
use farley_core::store::StoreOptions;
use farley_core::workspace::{Role, Workspace, WorkspaceError, WorkspaceOptions};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, OpenFlags};

use crate::disk::{Disk, Image, SimFiles, Tear};
use crate::plan::{Header, Tier};
use crate::vfs::{self, DiskRef};

/// The company every simulated device works for.
pub const COMPANY: WorkspaceId = WorkspaceId([0xfa; 16]);

/// A fault that waits for its effect.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    Die { io: u64, tear: Tear },
    FailSync { at: u64, more: u64 },
}

/// One replica: 0 is the relay, devices count from 1.
pub struct Node {
    pub(crate) number: u32,
    /// Device id; the relay has one, too.
    pub id: DeviceId,
    /// `None` while the process is down.
    pub workspace: Option<Workspace>,
    pub(crate) disk: DiskRef,
    header: Header,
    boots: u64,
    /// (kind of effect, fault), oldest first.
    pub(crate) armed: VecDeque<(&'static str, Fault)>,
    dies: bool,
    /// It died inside foreign changes. Twice in a row looks like a change that kills (gate check 19): it would
    /// be quarantined, rightly as far as the node can know.
    died_applying: bool,
    /// Clock minus true time, in milliseconds.
    pub(crate) clock_off: i64,
    pub(crate) offline_until: Timestamp,
    /// Destroyed or revoked: counts no more.
    pub(crate) gone: bool,
    /// Changes acknowledged to the person here.
    pub(crate) acked: BTreeSet<ChangeHash>,
    /// A fault that may excuse errors has been set since the last rest.
    pub(crate) excused: bool,
    /// Hash over everything its disks did.
    pub(crate) trace: u64,
}

impl Node {
    pub(crate) fn new(number: u32, header: Header, now: Timestamp) -> Result<Self, WorkspaceError> {
        let mut id = [0xd0; 16];
        id[0] = number as u8;
        let disk = vfs::mount(number, Disk::new(u64::from(number)));
        let mut node = Self {
            number,
            id: DeviceId(id),
            workspace: None,
            disk,
            header,
            boots: 0,
            armed: VecDeque::new(),
            dies: false,
            died_applying: false,
            clock_off: 0,
            offline_until: now,
            gone: false,
            acked: BTreeSet::new(),
            excused: false,
            trace: 0,
        };
        let role = if number == 0 { Role::Relay } else { Role::Device };
        let options = node.options(true);
        node.workspace = Some(Workspace::create(&node.path(), COMPANY, node.id, role, options, now)?);
        Ok(node)
    }

    fn path(&self) -> PathBuf {
        PathBuf::from(format!("/{}/db", self.number))
    }

    fn options(&mut self, create: bool) -> WorkspaceOptions {
        self.boots += 1;
        let seed = u64::from(self.number) << 32 | self.boots;
        WorkspaceOptions {
            store: StoreOptions {
                vfs: Some(CString::from(vfs::NAME)),
                files: Arc::new(SimFiles),
                create,
                fts: self.header.tier == Tier::C,
                readers: 1,
                key: None,
            },
            trial: Arc::new(InlineTrial),
            rng: Box::new(ChaCha8Rng::seed_from_u64(seed)),
            canary: self.header.canary && (self.number == 0 || self.header.tier == Tier::C),
            cache: self.header.cache as usize,
            fold: self.header.fold.max(1) as usize,
        }
    }

    /// An effect of this kind begins: a fault that waited for it is set.
    pub(crate) fn begin(&mut self, effect: &str) {
        let due = |on: &str| on == "any" || on == effect;
        let spared = self.died_applying && matches!(effect, "apply" | "ingest");
        let due =
            |(on, fault): &(&'static str, Fault)| due(on) && !(spared && matches!(fault, Fault::Die { .. }));
        let Some(at) = self.armed.iter().position(due) else {
            self.died_applying &= !spared;
            return;
        };
        let Some((_, fault)) = self.armed.remove(at) else { return };
        let mut disk = self.disk.borrow_mut();
        match fault {
            Fault::Die { io, tear } => {
                disk.tear = tear;
                disk.faults.die_at = Some(disk.counts.operations + io);
                self.dies = true;
                self.died_applying |= matches!(effect, "apply" | "ingest");
            }
            Fault::FailSync { at, more } => {
                self.excused = true;
                disk.faults.fail_sync_at = Some(disk.counts.syncs + at);
                disk.faults.fail_sync_more = more;
            }
        }
    }

    /// The effect is over. Whether the node has lost its power: inside it, or, if it had fewer I/Os than the
    /// fault asked for, right behind it.
    pub(crate) fn end(&mut self) -> bool {
        if std::mem::take(&mut self.dies) {
            self.disk.borrow_mut().crash();
        }
        self.disk.borrow().dead
    }

    /// Comes back on what the crash left. Crashes again as often as it was told to.
    pub(crate) fn reboot(&mut self) -> Result<(), WorkspaceError> {
        loop {
            let image = self.disk.borrow_mut().crash();
            if self.start_from(&image)? {
                return Ok(());
            }
        }
    }

    /// Takes `image` as its disk and opens it. `false`: it died of that.
    pub(crate) fn start_from(&mut self, image: &Image) -> Result<bool, WorkspaceError> {
        self.power_off();
        let seed = u64::from(self.number) << 32 | self.boots;
        self.disk = vfs::mount(self.number, Disk::from_image(image, seed));
        self.open()
    }

    /// The process dies, the machine does not.
    pub(crate) fn kill(&mut self) -> Result<bool, WorkspaceError> {
        {
            let mut disk = self.disk.borrow_mut();
            disk.kill_process();
            disk.faults = Default::default();
            // Dead while the handles go, so that closing them writes nothing.
            disk.dead = true;
        }
        self.workspace = None;
        self.disk.borrow_mut().dead = false;
        self.open()
    }

    fn open(&mut self) -> Result<bool, WorkspaceError> {
        self.begin("open");
        let options = self.options(false);
        let opened = Workspace::open(&self.path(), options);
        if self.end() {
            return Ok(false);
        }
        self.workspace = Some(match opened {
            Ok(workspace) => workspace,
            Err(WorkspaceError::Store(_)) if self.excused => {
                // A sync failed while it opened: the person starts it again.
                self.disk.borrow_mut().faults = Default::default();
                let options = self.options(false);
                Workspace::open(&self.path(), options)?
            }
            Err(error) => return Err(error),
        });
        Ok(true)
    }

    /// Ends the process without a word to the disk.
    pub(crate) fn power_off(&mut self) {
        {
            let mut disk = self.disk.borrow_mut();
            disk.dead = true;
            self.trace = self.trace.rotate_left(7) ^ disk.trace;
        }
        self.workspace = None;
        vfs::unmount(self.number);
    }

    /// The log as it stands: hash and seq.
    pub(crate) fn log(&self) -> Result<BTreeMap<ChangeHash, Option<u64>>, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags_and_vfs(self.path(), flags, vfs::NAME)?;
        let mut statement = connection.prepare("SELECT hash, seq FROM log")?;
        let rows = statement.query_map([], |row| {
            let hash: Vec<u8> = row.get(0)?;
            let seq: Option<i64> = row.get(1)?;
            Ok((ChangeHash::from_slice(&hash).unwrap_or(ChangeHash([0; 32])), seq.map(i64::unsigned_abs)))
        })?;
        rows.collect()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.workspace.is_some() {
            self.power_off();
        }
    }
}
