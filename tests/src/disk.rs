//! A disk in two layers: what the process sees, and what survives a power cut.
//!
//! A write is *pending* until its file is synced. [`Disk::crash`] decides, from the disk's own seed, which
//! pending writes reached the platter and in what pieces, and leaves an [`Image`] a new disk starts from.
//! Death is a number: `Faults::die_at` names the I/O at which the image is taken; from then on everything
//! fails, so that the code above unwinds by its own error paths.
//!
//! What it proved about SQLite stands in `simulation.md` 4.3; the rows OFF, NORMAL and lying fsync are this
//! disk's negative controls and are tests.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use farley_core::store::Files;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a disk may keep of one write: a sector, by its place in the file.
const SECTOR: usize = 512;

/// How a crash tears the writes that were not synced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tear {
    /// Each 512-byte sector by a coin.
    BySector,
    /// Each write by a coin.
    ByWrite,
    /// Nothing pending survives.
    DropAll,
    /// Everything survives: the process died, the machine did not.
    KeepAll,
    /// The first few writes survive.
    Prefix,
}

impl Tear {
    /// All of them, for drawing one.
    pub const ALL: [Self; 5] = [Self::BySector, Self::ByWrite, Self::DropAll, Self::KeepAll, Self::Prefix];
}

/// What a disk is told to do wrong.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// I/O number at which the power goes.
    pub die_at: Option<u64>,
    /// Sync number that fails as on Linux: pages stay readable, count as clean, never reach the platter.
    pub fail_sync_at: Option<u64>,
    /// How many syncs after that one fail too.
    pub fail_sync_more: u64,
    /// Most bytes the disk may hold.
    pub full_at: Option<u64>,
    /// Sync says yes and does nothing. A control: everything must break.
    pub lying_sync: bool,
    /// No durable layer: for runs that never crash.
    pub untracked: bool,
}

/// What a disk did so far.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Opens, deletes, writes, truncates and syncs.
    pub operations: u64,
    /// Syncs.
    pub syncs: u64,
    /// Bytes written.
    pub bytes: u64,
}

#[derive(Clone)]
pub(crate) enum Pending {
    Truncate(usize),
    Write(usize, Vec<u8>),
}

impl Pending {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Truncate(length) => to.truncate(*length),
            Self::Write(at, bytes) => put(to, *at, bytes),
        }
    }
}

#[derive(Clone, Default)]
pub(crate) struct FileData {
    pub(crate) seen: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<Pending>,
    /// Its directory entry survives a power cut.
    named: bool,
}

/// What survived a crash, or a clean copy.
#[derive(Clone, Default)]
pub struct Image(BTreeMap<String, Rc<Vec<u8>>>);

/// One simulated disk.
pub struct Disk {
    pub(crate) files: BTreeMap<String, Rc<RefCell<FileData>>>,
    pub(crate) process: crate::vfs::Process,
    /// After its death every call fails.
    pub dead: bool,
    /// What it is told to do wrong.
    pub faults: Faults,
    /// How a crash tears.
    pub tear: Tear,
    /// What it did.
    pub counts: Counts,
    /// Hash over (operation, file, offset, length): equal for equal seeds.
    pub trace: u64,
    rng: ChaCha8Rng,
    image: Option<Image>,
}

impl Disk {
    /// An empty disk.
    pub fn new(seed: u64) -> Self {
        Self::from_image(&Image::default(), seed)
    }

    /// A disk that holds what `image` kept.
    pub fn from_image(image: &Image, seed: u64) -> Self {
        let file = |bytes: &Rc<Vec<u8>>| FileData {
            seen: bytes.to_vec(),
            durable: bytes.to_vec(),
            pending: Vec::new(),
            named: true,
        };
        Self {
            files: image
                .0
                .iter()
                .map(|(name, bytes)| (name.clone(), Rc::new(RefCell::new(file(bytes)))))
                .collect(),
            process: crate::vfs::Process::default(),
            dead: false,
            faults: Faults::default(),
            tear: Tear::BySector,
            counts: Counts::default(),
            trace: 0,
            rng: ChaCha8Rng::seed_from_u64(seed),
            image: None,
        }
    }

    /// A clean copy of what is visible now: a backup, a cloned phone.
    pub fn copy(&self) -> Image {
        Image(
            self.files
                .iter()
                .map(|(name, file)| (name.clone(), Rc::new(file.borrow().seen.clone())))
                .collect(),
        )
    }

    /// Power cut now (or the image of the one that happened).
    pub fn crash(&mut self) -> Image {
        self.die();
        self.image.clone().expect("a dead disk has an image")
    }

    /// `kill -9`: locks and shared memory go; what was written stays visible, synced or not.
    pub fn kill_process(&mut self) {
        self.process = crate::vfs::Process::default();
    }

    /// Bytes visible in all files.
    pub fn held(&self) -> u64 {
        self.files.values().map(|file| file.borrow().seen.len() as u64).sum()
    }

    /// Whether `marker` stands anywhere on the platter.
    pub fn contains(&self, marker: &[u8]) -> bool {
        self.files
            .values()
            .any(|file| file.borrow().seen.windows(marker.len()).any(|window| window == marker))
    }

    fn die(&mut self) {
        if self.dead {
            return;
        }
        self.dead = true;
        let mut image = Image::default();
        let Self { files, rng, tear, .. } = self;
        for (name, file) in files.iter() {
            let file = file.borrow();
            let mut left = file.durable.clone();
            let prefix = rng.random_range(0..=file.pending.len());
            for (number, pending) in file.pending.iter().enumerate() {
                let keep = match tear {
                    Tear::BySector => {
                        tear_sectors(&mut left, pending, rng);
                        false
                    }
                    Tear::ByWrite => rng.random_bool(0.5),
                    Tear::DropAll => false,
                    Tear::KeepAll => true,
                    Tear::Prefix => number < prefix,
                };
                if keep {
                    pending.apply(&mut left);
                }
            }
            if file.named || *tear == Tear::KeepAll || rng.random_bool(0.5) {
                image.0.insert(name.clone(), Rc::new(left));
            }
        }
        self.image = Some(image);
    }

    /// Counts one operation; `false` if the disk is dead or dies of it.
    pub(crate) fn operation(&mut self, code: u64, a: u64, b: u64) -> bool {
        if self.dead {
            return false;
        }
        self.counts.operations += 1;
        self.trace =
            (self.trace ^ code ^ (a << 8) ^ (b << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
        if self.faults.die_at == Some(self.counts.operations) {
            self.die();
        }
        !self.dead
    }

    pub(crate) fn file(&mut self, name: &str, create: bool) -> Option<Rc<RefCell<FileData>>> {
        if create {
            return Some(self.files.entry(name.to_owned()).or_default().clone());
        }
        self.files.get(name).cloned()
    }

    pub(crate) fn write(
        &mut self,
        file: &Rc<RefCell<FileData>>,
        name: &str,
        at: usize,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        let grows = (at + bytes.len()).saturating_sub(file.borrow().seen.len()) as u64;
        // The write in flight when the power goes is pending too: it may be torn.
        if self.faults.die_at == Some(self.counts.operations + 1) && !self.dead {
            file.borrow_mut().pending.push(Pending::Write(at, bytes.to_vec()));
        }
        if !self.operation(3, name.len() as u64, at as u64 ^ (bytes.len() as u64) << 32) {
            return Err(Failure::Io);
        }
        if self.faults.full_at.is_some_and(|most| grows > 0 && self.held() + grows > most) {
            return Err(Failure::Full);
        }
        self.counts.bytes += bytes.len() as u64;
        let mut file = file.borrow_mut();
        put(&mut file.seen, at, bytes);
        if !self.faults.untracked {
            file.pending.push(Pending::Write(at, bytes.to_vec()));
        }
        Ok(())
    }

    pub(crate) fn truncate(
        &mut self,
        file: &Rc<RefCell<FileData>>,
        name: &str,
        length: usize,
    ) -> Result<(), Failure> {
        if !self.operation(4, name.len() as u64, length as u64) {
            return Err(Failure::Io);
        }
        let mut file = file.borrow_mut();
        file.seen.truncate(length);
        if !self.faults.untracked {
            file.pending.push(Pending::Truncate(length));
        }
        Ok(())
    }

    pub(crate) fn sync(&mut self, file: &Rc<RefCell<FileData>>, name: &str) -> Result<(), Failure> {
        if !self.operation(5, name.len() as u64, 0) {
            return Err(Failure::Io);
        }
        self.counts.syncs += 1;
        if self.faults.untracked || self.faults.lying_sync {
            return Ok(());
        }
        let mut file = file.borrow_mut();
        let fails = |first: u64| (first..=first + self.faults.fail_sync_more).contains(&self.counts.syncs);
        if self.faults.fail_sync_at.is_some_and(fails) {
            // Visible, marked clean, never written: what Linux does after a failed fsync.
            file.pending.clear();
            return Err(Failure::Io);
        }
        let FileData { durable, pending, named, .. } = &mut *file;
        for write in pending.drain(..) {
            write.apply(durable);
        }
        // SQLite's own VFS syncs the directory at the first sync of a new file.
        *named = true;
        Ok(())
    }

    pub(crate) fn delete(&mut self, name: &str) -> Result<bool, Failure> {
        if !self.operation(2, name.len() as u64, 0) {
            return Err(Failure::Io);
        }
        Ok(self.files.remove(name).is_some())
    }
}

/// Why a disk did not do it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Failure {
    Full,
    Io,
}

impl From<Failure> for io::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Full => Self::new(io::ErrorKind::StorageFull, "simulated disk is full"),
            Failure::Io => Self::other("simulated disk failed"),
        }
    }
}

fn put(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if to.len() < at + bytes.len() {
        to.resize(at + bytes.len(), 0);
    }
    to[at..at + bytes.len()].copy_from_slice(bytes);
}

fn tear_sectors(left: &mut Vec<u8>, pending: &Pending, rng: &mut ChaCha8Rng) {
    match pending {
        Pending::Truncate(_) if rng.random_bool(0.5) => pending.apply(left),
        Pending::Truncate(_) => {}
        Pending::Write(at, bytes) => {
            let mut done = 0;
            while done < bytes.len() {
                // Borders are the file's, not the write's: a WAL frame has 4,120 bytes.
                let length = (SECTOR - (at + done) % SECTOR).min(bytes.len() - done);
                if rng.random_bool(0.5) {
                    put(left, at + done, &bytes[done..done + length]);
                }
                done += length;
            }
        }
    }
}

/// The [`Files`] of simulated disks: paths are `/<disk>/<name>`, the same files SQLite sees.
pub struct SimFiles;

impl SimFiles {
    fn with<T>(path: &Path, act: impl FnOnce(&mut Disk, &str) -> io::Result<T>) -> io::Result<T> {
        let (disk, name) = crate::vfs::find(path).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut disk = disk.borrow_mut();
        act(&mut disk, &name)
    }
}

impl Files for SimFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Self::with(path, |disk, name| {
            if disk.dead {
                return Err(Failure::Io.into());
            }
            let file = disk.file(name, false).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
            let bytes = file.borrow().seen.clone();
            Ok(bytes)
        })
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Self::with(path, |disk, name| {
            let file = disk.file(name, true).expect("created");
            if file.borrow().seen.len() > bytes.len() {
                disk.truncate(&file, name, bytes.len())?;
            }
            Ok(disk.write(&file, name, 0, bytes)?)
        })
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        Self::with(path, |disk, name| {
            let file = disk.file(name, false).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
            Ok(disk.sync(&file, name)?)
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let bytes = self.read(from)?;
        self.write(to, &bytes)?;
        self.sync(to)?;
        self.remove(from)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        Self::with(path, |disk, name| match disk.delete(name)? {
            true => Ok(()),
            false => Err(io::ErrorKind::NotFound.into()),
        })
    }

    fn list(&self, directory: &Path) -> io::Result<Vec<PathBuf>> {
        Self::with(&directory.join("x"), |disk, _| {
            Ok(disk.files.keys().map(|name| directory.join(name)).collect())
        })
    }

    fn sync_directory(&self, _directory: &Path) -> io::Result<()> {
        Ok(())
    }
}
