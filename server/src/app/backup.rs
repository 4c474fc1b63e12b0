//! Backup, verify, restore.
//!
//! A backup is one file: `farley backup 1\n`, then one zstd stream of: length of the manifest (u32, big endian), the
//! manifest (JSON: when, which workspace, and per file name, size and SHA-256), and the files one behind the other:
//! `farley.db` (a copy of one moment) and `relay.keys`. It holds the relay's private key: keep it as carefully.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use farley_core::record::{DeviceId, Timestamp, WorkspaceId};
use farley_core::workspace::Workspace;
use serde::{Deserialize, Serialize};

use super::{AppError, Folder, admin, options};
use crate::accounts::{Accounts, Ledger};
use crate::clock::{self, DAY, hex};

const MAGIC: &[u8] = b"farley backup 1\n";
/// Larger manifests are not ours.
const MANIFEST: u32 = 64 * 1024;
/// How long devices may offer again what the backup lacks.
const RECOVERY: i64 = 14 * DAY;

/// What a backup says of itself.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Manifest {
    /// When it was made.
    pub made_at: Timestamp,
    /// Of which workspace.
    pub workspace: WorkspaceId,
    /// In order.
    pub files: Vec<Member>,
}

/// One file of a backup.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Member {
    /// Its name in the data folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// What a restore did.
#[derive(Clone, Debug, Serialize)]
pub struct Restored {
    /// The backup's own words.
    pub manifest: Manifest,
    /// Devices the ledger knew and the backup did not.
    pub devices_added: usize,
    /// Devices the ledger had revoked since.
    pub devices_revoked: usize,
    /// What stood in the folder before, if anything.
    pub moved_to: Option<PathBuf>,
}

/// Writes a backup of the folder to `file`, while its server runs or not. Durable and complete when it returns.
pub fn backup(data: &Path, file: &Path) -> Result<Manifest, AppError> {
    let folder = Folder(data.to_owned());
    if !folder.database().exists() {
        return Err(AppError::Missing(data.to_owned()));
    }
    let unfinished = file.with_extension("unfinished");
    let copy = file.with_extension("copying");
    let result = write(&folder, &copy, &unfinished).and_then(|manifest| {
        std::fs::rename(&unfinished, file).map_err(|error| AppError::io(file, &error))?;
        Ok(manifest)
    });
    let _ = std::fs::remove_file(&copy);
    let _ = std::fs::remove_file(&unfinished);
    result
}

fn write(folder: &Folder, copy: &Path, to: &Path) -> Result<Manifest, AppError> {
    let failed = |error: std::io::Error| AppError::io(to, &error);
    let _ = std::fs::remove_file(copy);
    let source = admin::reading(&folder.0)?;
    source.backup(copy).map_err(|error| AppError::store(copy, error))?;
    let workspace = source.id();
    let sources = [("farley.db", copy.to_owned()), ("relay.keys", folder.keys())];
    let mut files = Vec::new();
    for (name, path) in sources.iter().filter(|(_, path)| path.exists()) {
        let (size, sha256) = measure(File::open(path).map_err(failed)?).map_err(failed)?;
        files.push(Member { name: (*name).to_owned(), size, sha256 });
    }
    let manifest = Manifest { made_at: clock::now(), workspace, files };
    let text = serde_json::to_vec(&manifest).map_err(|error| AppError::Other(error.to_string()))?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(to).map_err(failed)?;
    file.write_all(MAGIC).map_err(failed)?;
    let mut stream = zstd::Encoder::new(BufWriter::new(file), 3).map_err(failed)?;
    stream.write_all(&(text.len() as u32).to_be_bytes()).map_err(failed)?;
    stream.write_all(&text).map_err(failed)?;
    for (_, path) in sources.iter().filter(|(_, path)| path.exists()) {
        std::io::copy(&mut File::open(path).map_err(failed)?, &mut stream).map_err(failed)?;
    }
    let file = stream.finish().map_err(failed)?.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(manifest)
}

/// Opens a backup in an empty place and checks everything; findings, one line each. Empty = good.
pub fn verify(file: &Path) -> Result<(Manifest, Vec<String>), AppError> {
    let place = file.with_extension(format!("verify-{}", hex(&clock::random::<4>())));
    let result = (|| {
        std::fs::create_dir(&place).map_err(|error| AppError::io(&place, &error))?;
        let manifest = unpack(file, &place)?;
        Ok((manifest, findings(&place)?))
    })();
    let _ = std::fs::remove_dir_all(&place);
    result
}

/// Checks the data folder itself, beside a running server or not.
pub fn verify_folder(data: &Path) -> Result<Vec<String>, AppError> {
    let verify = |workspace: &Workspace| workspace.verify().map_err(|error| AppError::store(data, error));
    let mut found = match Folder(data.to_owned()).open() {
        Ok(workspace) => verify(&workspace)?,
        // Verifying derives the index again and rolls that back, which a reader may not: a copy may.
        Err(AppError::InUse(_)) => with_copy(data, verify)?,
        Err(other) => return Err(other),
    };
    if let Some(n) = admin::accounts(data)?.verify_audit()? {
        found.push(format!("audit: line {n} does not follow from the one before it"));
    }
    Ok(found)
}

/// Runs `work` over a copy of the folder's workspace; nothing of it is left.
fn with_copy<T>(data: &Path, work: impl FnOnce(&Workspace) -> Result<T, AppError>) -> Result<T, AppError> {
    let beside = data.join(format!(".copy-{}", hex(&clock::random::<6>())));
    let result = (|| {
        std::fs::create_dir(&beside).map_err(|error| AppError::io(data, &error))?;
        let copied = beside.join("farley.db");
        let failed = |error| AppError::store(&beside, error);
        admin::reading(data)?.backup(&copied).map_err(failed)?;
        work(&Workspace::open(&copied, options(false)).map_err(failed)?)
    })();
    let _ = std::fs::remove_dir_all(&beside);
    result
}

fn findings(place: &Path) -> Result<Vec<String>, AppError> {
    let folder = Folder(place.to_owned());
    let workspace = folder.open()?;
    let mut found = workspace.verify().map_err(|error| AppError::store(place, error))?;
    if let Some(n) = Accounts::open(&folder.database(), &folder.ledger())?.verify_audit()? {
        found.push(format!("audit: line {n} does not follow from the one before it"));
    }
    Ok(found)
}

/// Puts a backup into the folder: ledger replayed, new epoch, recovery window open. What stood there is moved aside.
///
/// # Errors
/// `InUse` while a server runs on the folder; anything wrong with backup or ledger. The folder is then as before.
pub fn restore(data: &Path, file: &Path, ledger: Option<&Path>) -> Result<Restored, AppError> {
    let folder = Folder(data.to_owned());
    if folder.database().exists() {
        // Taking the lock is the test; it is let go of before the files move.
        match folder.open() {
            Err(AppError::InUse(path)) => return Err(AppError::InUse(path)),
            opened => drop(opened),
        }
    }
    let lines = match ledger {
        Some(ledger) => Ledger::read(ledger).map_err(AppError::Other)?,
        None => Vec::new(),
    };
    let stamp = clock::now().millis();
    let place = data.with_extension(format!("restoring-{stamp}"));
    let prepared = (|| {
        std::fs::create_dir_all(&place).map_err(|error| AppError::io(&place, &error))?;
        let manifest = unpack(file, &place)?;
        let (added, revoked) = renew(&Folder(place.clone()), &lines, manifest.made_at)?;
        Ok((manifest, added, revoked))
    })();
    let (manifest, devices_added, devices_revoked) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&place);
            return Err(error);
        }
    };
    let moved_to = if data.exists() {
        let aside = data.with_extension(format!("before-restore-{stamp}"));
        std::fs::rename(data, &aside).map_err(|error| AppError::io(data, &error))?;
        Some(aside)
    } else {
        None
    };
    std::fs::rename(&place, data).map_err(|error| AppError::io(data, &error))?;
    // The ledger goes on where it was: the next restore needs all of it.
    let given = ledger.map(Path::to_owned).filter(|given| given.exists());
    let before = moved_to.as_ref().map(|aside| aside.join("ledger.jsonl")).filter(|before| before.exists());
    if let Some(source) = before.or(given) {
        std::fs::copy(source, folder.ledger()).map_err(|error| AppError::io(data, &error))?;
    }
    Ok(Restored { manifest, devices_added, devices_revoked, moved_to })
}

/// Makes unpacked files a new life of the workspace.
fn renew(
    folder: &Folder,
    lines: &[crate::accounts::LedgerLine],
    made_at: Timestamp,
) -> Result<(usize, usize), AppError> {
    let now = clock::now();
    let failed = |error| AppError::store(&folder.0, error);
    let workspace = Workspace::open(&folder.database(), options(false)).map_err(failed)?;
    workspace.new_epoch(now.plus_millis(RECOVERY), now).map_err(failed)?;
    let former = workspace.device();
    workspace.become_device(DeviceId(clock::random())).map_err(failed)?;
    let accounts = Accounts::open(&folder.database(), &folder.ledger())?;
    let counts = accounts.replay(lines)?;
    accounts.renew_actors(former)?;
    accounts.note_restore(now, made_at, now.plus_millis(RECOVERY))?;
    Ok(counts)
}

fn unpack(file: &Path, to: &Path) -> Result<Manifest, AppError> {
    let wrong =
        |detail: &str| AppError::Other(format!("{} is no whole Farley backup: {detail}", file.display()));
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => AppError::Full(to.to_owned()),
        _ => wrong(&error.to_string()),
    };
    let mut packed = BufReader::new(File::open(file).map_err(failed)?);
    let mut magic = [0; MAGIC.len()];
    packed.read_exact(&mut magic).map_err(failed)?;
    if magic != MAGIC {
        return Err(wrong("it begins differently"));
    }
    let mut stream = zstd::Decoder::new(packed).map_err(failed)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length).map_err(failed)?;
    let length = u32::from_be_bytes(length);
    if length > MANIFEST {
        return Err(wrong("its manifest is too long"));
    }
    let mut text = vec![0; length as usize];
    stream.read_exact(&mut text).map_err(failed)?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|_| wrong("its manifest cannot be read"))?;
    for member in &manifest.files {
        // Names are never paths: only ours are taken.
        if !["farley.db", "relay.keys"].contains(&member.name.as_str()) {
            return Err(wrong("it holds a file that is not ours"));
        }
        let path = to.join(&member.name);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut target = options.open(&path).map_err(failed)?;
        let copied = std::io::copy(&mut (&mut stream).take(member.size), &mut target).map_err(failed)?;
        target.sync_all().map_err(failed)?;
        let (_, sha256) = measure(File::open(&path).map_err(failed)?).map_err(failed)?;
        if copied != member.size || sha256 != member.sha256 {
            return Err(wrong(&format!("{} is damaged", member.name)));
        }
    }
    Ok(manifest)
}

fn measure(file: File) -> std::io::Result<(u64, String)> {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut reader = BufReader::new(file);
    let (mut buffer, mut size) = (vec![0; 64 * 1024], 0);
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok((size, hex(context.finish().as_ref()))),
            read => {
                context.update(&buffer[..read]);
                size += read as u64;
            }
        }
    }
}
