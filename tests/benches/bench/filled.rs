//! Filled databases: made once, kept, copied for each figure.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use farley_core::document::gate::{InlineTrial, Trial};
use farley_core::query::Query;
use farley_core::record::{DeviceId, Edit, Nonce, RecordId, Timestamp};
use farley_core::store::{StoreOptions, SystemFiles};
use farley_core::workspace::{Role, Workspace, WorkspaceOptions};
use farley_tests::node::COMPANY;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::pair::Pair;

/// Raised when filled databases of an earlier version must not be used again.
const DATA_VERSION: u32 = 1;
pub const CONTACTS: usize = 40_000;
pub const NOTES: usize = 200_000;
pub const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

pub const RELAY: DeviceId = DeviceId([0xee; 16]);
pub const ANNA: DeviceId = DeviceId([0xa0; 16]);
pub const BEN: DeviceId = DeviceId([0xb0; 16]);

/// Filled databases, copied: a figure may write.
pub struct Scratch {
    /// Removed with it.
    pub folder: tempfile::TempDir,
}

impl Scratch {
    pub fn of(data: &Path, names: &[&str]) -> anyhow::Result<Self> {
        for name in names {
            ready(data, name)?;
        }
        let folder = tempfile::tempdir_in(data)?;
        for name in names {
            std::fs::copy(data_path(data, name), folder.path().join(format!("{name}.db")))?;
        }
        Ok(Self { folder })
    }

    /// The database of this name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.db"))
    }
}

fn data_path(data: &Path, name: &str) -> PathBuf {
    data.join(format!("v{DATA_VERSION}-{name}.db"))
}

/// The filled database of this name, made if it is not there yet.
pub fn ready(data: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let path = data_path(data, name);
    if path.exists() {
        return Ok(path);
    }
    std::fs::create_dir_all(data)?;
    eprintln!("  filling {name}, once");
    let folder = tempfile::tempdir_in(data)?;
    let making = folder.path().join("making.db");
    match name {
        "relay" => {
            let relay = create(&making, RELAY, Role::Relay)?;
            fill(&relay, CONTACTS, contact)?;
        }
        "search" => {
            std::fs::copy(ready(data, "relay")?, &making)?;
            fill(&open_at(&making, 9)?, NOTES, note)?;
        }
        _ => {
            let relay = open_at(&copied(&ready(data, "relay")?, folder.path())?, 5)?;
            let device = create(&making, if name == "anna" { ANNA } else { BEN }, Role::Device)?;
            device.mark_accepted(&[], Some(Nonce([9; 16])), START)?;
            Pair::new(&relay, START).sync(&device)?;
            while device.tidy(100)? {}
        }
    }
    std::fs::rename(&making, &path).context("the filled database")?;
    Ok(path)
}

fn copied(from: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let to = folder.join("copy.db");
    std::fs::copy(from, &to)?;
    Ok(to)
}

fn fill(workspace: &Workspace, count: usize, edit: fn(usize, &mut ChaCha8Rng) -> Edit) -> anyhow::Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(count as u64);
    for from in (0..count).step_by(1_000) {
        let edits: Vec<Edit> = (from..from + 1_000).map(|n| edit(n, &mut rng)).collect();
        for made in workspace.edit_many(RELAY, &edits, START)? {
            made?;
        }
        workspace.tidy(50)?;
    }
    while workspace.tidy(1_000)? {}
    Ok(())
}

fn options(seed: u64, trial: Arc<dyn Trial>) -> WorkspaceOptions {
    WorkspaceOptions {
        store: StoreOptions {
            vfs: None,
            files: Arc::new(SystemFiles),
            create: false,
            fts: true,
            readers: 2,
            key: None,
        },
        trial,
        rng: Box::new(ChaCha8Rng::seed_from_u64(seed)),
        canary: true,
        cache: 32,
        fold: 16,
    }
}

/// Opens it as products do, but with randomness from a seed, and trials on the caller's thread.
pub fn open_at(path: &Path, seed: u64) -> anyhow::Result<Workspace> {
    open_with(path, seed, Arc::new(InlineTrial))
}

/// The same with trials where `trial` runs them.
pub fn open_with(path: &Path, seed: u64, trial: Arc<dyn Trial>) -> anyhow::Result<Workspace> {
    Ok(Workspace::open(path, options(seed, trial))?)
}

fn create(path: &Path, device: DeviceId, role: Role) -> anyhow::Result<Workspace> {
    Ok(Workspace::create(
        path,
        COMPANY,
        device,
        role,
        options(u64::from(device.0[0]), Arc::new(InlineTrial)),
        START,
    )?)
}

/// All contacts by name.
pub fn contacts() -> Query {
    Query { kind: Some("contact".to_owned()), ..Query::default() }
}

/// Ids of all contacts, by name.
pub fn contact_ids(workspace: &Workspace) -> anyhow::Result<Vec<RecordId>> {
    let (numbers, _) = workspace.numbers(&contacts())?;
    let rows = workspace.rows(&numbers)?;
    Ok(rows.iter().map(|row| row.id).collect())
}

pub const NAMES: [&str; 12] = [
    "Müller", "Schmidt", "Brandt", "Öztürk", "Weiß", "Lange", "Nowak", "Dubois", "Krüger", "Hofmann", "Böhm",
    "van Dyk",
];
pub const FIRST: [&str; 8] = ["Anna", "Jürgen", "Leonie", "Mehmet", "Petra", "Tomasz", "Inés", "Søren"];
pub const PLACES: [&str; 8] =
    ["Hamburg", "Köln", "Lübeck", "Zürich", "Graz", "Bad Tölz", "Gießen", "Frankfurt am Main"];
pub const PARTS: [&str; 10] = [
    "wartung",
    "pumpe",
    "Heizung",
    "Angebot",
    "Rückruf",
    "Termin",
    "Ersatzteil",
    "Kessel",
    "Rechnung",
    "undicht",
];
const COMPOUNDS: [&str; 8] = [
    "Wärmepumpenwartung",
    "Heizungsanlage",
    "Ersatzteillieferung",
    "Kesseltausch",
    "Umwälzpumpe",
    "Terminwunsch",
    "Rechnungskopie",
    "Angebotsprüfung",
];

/// One of them.
pub fn pick<'a>(rng: &mut ChaCha8Rng, of: &[&'a str]) -> &'a str {
    of[rng.random_range(0..of.len())]
}

fn contact(n: usize, rng: &mut ChaCha8Rng) -> Edit {
    let (first, last, place) = (pick(rng, &FIRST), pick(rng, &NAMES), pick(rng, &PLACES));
    let mut edit = Edit::create("contact")
        .with("given_name", first)
        .with("family_name", format!("{last}{}", if n.is_multiple_of(3) { "-Meier" } else { "" }))
        .with("description", format!("{} in {place}, {}", pick(rng, &COMPOUNDS), pick(rng, &PARTS)));
    let number = format!("+49 171 {:07}", rng.random_range(1_000_000..9_999_999));
    edit.add.insert("phones".to_owned(), vec![json!({ "label": "mobile", "number": number })]);
    edit.add.insert("tags".to_owned(), vec![json!(place)]);
    edit
}

fn note(n: usize, rng: &mut ChaCha8Rng) -> Edit {
    let words: Vec<String> = (0..16)
        .map(|at| match at % 4 {
            0 => pick(rng, &COMPOUNDS).to_owned(),
            1 => pick(rng, &NAMES).to_owned(),
            2 => pick(rng, &PARTS).to_owned(),
            _ => format!("Nr. {}", rng.random_range(1_000..99_999)),
        })
        .collect();
    Edit::create("note").with("title", format!("Besuch {n}")).with("body", words.join(" "))
}
