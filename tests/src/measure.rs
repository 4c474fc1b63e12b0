//! The measurements behind `bench`: what is timed, against what.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use farley_core::document::gate::InlineTrial;
use farley_core::query::Query;
use farley_core::record::{DeviceId, Edit, Nonce, RecordId, Timestamp};
use farley_core::store::{StoreOptions, SystemFiles};
use farley_core::workspace::{Role, Workspace, WorkspaceOptions};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::json;

use crate::node::COMPANY;
use crate::pair::Pair;

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Name in the table.
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// Of `value` and `target`.
    pub unit: &'static str,
    /// At most this.
    pub target: f64,
    /// Whether it is.
    pub met: bool,
    /// How it came about; the baseline of the same run.
    pub note: String,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, unit, target, met, note } = self;
        let met = if *met { "met" } else { "MISSED" };
        write!(f, "{name:<16} {value:>9.2} {unit:<6} target {target:>7.2}  {met:<6}  {note}")
    }
}

fn figure(name: &str, value: f64, unit: &'static str, target: f64, note: String) -> Figure {
    Figure { name: name.to_owned(), value, unit, target, met: value <= target, note }
}

type Measure = fn(&Path) -> anyhow::Result<Vec<Figure>>;

/// Every figure by name.
pub const FIGURES: [(&str, Measure); 5] =
    [("edit", edit), ("open", open), ("search", search), ("noop", noop), ("merge", merge)];

/// Raised when filled databases of an earlier version must not be used again.
const DATA_VERSION: u32 = 1;
const CONTACTS: usize = 40_000;
const NOTES: usize = 200_000;
const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

const RELAY: DeviceId = DeviceId([0xee; 16]);
const ANNA: DeviceId = DeviceId([0xa0; 16]);
const BEN: DeviceId = DeviceId([0xb0; 16]);

fn edit(data: &Path) -> anyhow::Result<Vec<Figure>> {
    const EDITS: usize = 2_000;
    let scratch = Scratch::of(data, &["relay"])?;
    let workspace = open_at(&scratch.path("relay"), 1)?;
    let ids = contact_ids(&workspace)?;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let wal = scratch.path("relay").with_extension("db-wal");
    let length = || std::fs::metadata(&wal).map_or(0, |data| data.len());
    let one = |n: usize, rng: &mut ChaCha8Rng| -> anyhow::Result<Duration> {
        let id = ids[rng.random_range(0..ids.len())];
        let edit = Edit::of(id).with("nickname", format!("Spitzname {n}"));
        let start = Instant::now();
        workspace.edit(RELAY, &edit, START.plus_millis(n as i64))?;
        Ok(start.elapsed())
    };
    // How many bytes an edit writes; the baseline writes as many.
    workspace.tidy(0)?;
    for n in 0..100 {
        one(n, &mut rng)?;
    }
    let pages = (length() / 4_120 / 100).max(2) as usize;
    let bare = rusqlite::Connection::open(scratch.folder.path().join("bare.db"))?;
    bare.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;
         CREATE TABLE page(id INTEGER PRIMARY KEY, bytes BLOB);",
    )?;
    let blob = vec![0x5a_u8; (pages - 1) * 4_090];
    let (mut edits, mut commits) = (Vec::new(), Vec::new());
    for n in 0..EDITS {
        if n % 250 == 0 {
            workspace.tidy(0)?;
            bare.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        edits.push(one(n, &mut rng)?);
        let start = Instant::now();
        bare.execute("INSERT INTO page(bytes) VALUES (?1)", [&blob])?;
        commits.push(start.elapsed());
    }
    let ((edit, edit_p50), (commit, commit_p50)) = (both(&mut edits), both(&mut commits));
    let note = format!(
        "p99 {edit:.2} ms (p50 {edit_p50:.2}) against a bare commit of {pages} pages: p99 {commit:.2} ms (p50 \
         {commit_p50:.2}); {EDITS} of each in turn; median ratio {:.2}",
        edit_p50 / commit_p50
    );
    Ok(vec![figure("edit", edit / commit, "x", 2.0, note)])
}

fn open(data: &Path) -> anyhow::Result<Vec<Figure>> {
    let scratch = Scratch::of(data, &["relay"])?;
    let path = scratch.path("relay");
    let (mut opened, mut bare) = (Vec::new(), Vec::new());
    for round in 0..21 {
        let start = Instant::now();
        let workspace = open_at(&path, round)?;
        let page = workspace.page(&contacts(), None, 50)?;
        opened.push(start.elapsed());
        anyhow::ensure!(page.rows.len() == 50, "the first page has {} rows", page.rows.len());
        drop(workspace);
        let start = Instant::now();
        let connection = rusqlite::Connection::open(&path)?;
        let mut statement = connection.prepare("SELECT * FROM row LIMIT 50")?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        bare.push(start.elapsed());
    }
    let ((worst, median), (_, bare)) = (both(&mut opened), both(&mut bare));
    let note =
        format!("median of 21, worst {worst:.1}; SQLite alone, unsorted: {bare:.1} ms; file in the cache");
    Ok(vec![figure("open", median, "ms", 50.0, note)])
}

fn search(data: &Path) -> anyhow::Result<Vec<Figure>> {
    const QUERIES: usize = 1_000;
    let path = ready(data, "search")?;
    let workspace = open_at(&path, 1)?;
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut times = Vec::new();
    let (mut slowest, mut hits) = ((Duration::ZERO, String::new()), 0);
    for n in 0..QUERIES {
        let text = match n % 6 {
            0 => pick(&mut rng, &NAMES).to_owned(),
            1 => format!("{} {}", pick(&mut rng, &FIRST), pick(&mut rng, &NAMES)),
            2 => pick(&mut rng, &PARTS).to_owned(),
            3 => format!("{} {}", pick(&mut rng, &PARTS), pick(&mut rng, &PLACES)),
            4 => format!("0171 {:05}", rng.random_range(10_000..99_999)),
            _ => format!("{} {}", pick(&mut rng, &NAMES), pick(&mut rng, &PLACES)),
        };
        let query = Query { search: Some(text.clone()), ..Query::default() };
        let start = Instant::now();
        let page = workspace.page(&query, None, 50)?;
        let took = start.elapsed();
        hits += page.rows.len();
        times.push(took);
        if took > slowest.0 {
            slowest = (took, text);
        }
    }
    let (p99, p50) = both(&mut times);
    let note = format!(
        "p50 {p50:.2} ms, slowest {:.1} ms ({}); {QUERIES} queries, {hits} rows found in {} texts",
        millis(slowest.0),
        slowest.1,
        CONTACTS + NOTES
    );
    Ok(vec![figure("search", p99, "ms", 20.0, note)])
}

fn noop(data: &Path) -> anyhow::Result<Vec<Figure>> {
    let scratch = Scratch::of(data, &["relay", "anna"])?;
    let (relay, anna) = (open_at(&scratch.path("relay"), 1)?, open_at(&scratch.path("anna"), 2)?);
    let mut pair = Pair::new(&relay, START);
    pair.sync(&anna)?;
    pair.bytes = (0, 0);
    let (mut times, mut trips) = (Vec::new(), 0);
    for _ in 0..50 {
        let start = Instant::now();
        trips = trips.max(pair.sync(&anna)?);
        times.push(start.elapsed());
    }
    let (up, down) = (pair.bytes.0 / 50, pair.bytes.1 / 50);
    let (worst, median) = both(&mut times);
    let how = "frames counted, carrier and handshake not";
    Ok(vec![
        figure("noop.trips", trips as f64, "trips", 1.0, format!("Hello, Welcome; {how}")),
        figure("noop.bytes", up.max(down) as f64, "bytes", 512.0, format!("up {up}, down {down}; {how}")),
        figure(
            "noop.time",
            median,
            "ms",
            5.0,
            format!("both ends' work, worst {worst:.2} ms, no line between"),
        ),
    ])
}

fn merge(data: &Path) -> anyhow::Result<Vec<Figure>> {
    let scratch = Scratch::of(data, &["relay", "anna", "ben"])?;
    let relay = open_at(&scratch.path("relay"), 1)?;
    let (anna, ben) = (open_at(&scratch.path("anna"), 2)?, open_at(&scratch.path("ben"), 3)?);
    let mut pair = Pair::new(&relay, START);
    pair.sync(&anna)?;
    pair.sync(&ben)?;
    let ids = contact_ids(&relay)?;
    // 100 records are both people's.
    for (device, author, from) in [(&anna, ANNA, 0_usize), (&ben, BEN, 400)] {
        for n in 0..500 {
            let edit = Edit::of(ids[(from + n) * 40]).with("nickname", format!("von {author} {n}"));
            device.edit(author, &edit, START.plus_millis(n as i64))?;
        }
    }
    pair.bytes = (0, 0);
    let start = Instant::now();
    // Anna pulls again once Ben has pushed, as a live session would.
    for device in [&anna, &ben, &anna] {
        pair.sync(device)?;
    }
    let took = start.elapsed();
    let digest = relay.digest()?;
    anyhow::ensure!(anna.digest()? == digest && ben.digest()? == digest, "the three are not equal");
    let conflicts = relay.conflict_count()?;
    anyhow::ensure!(conflicts == 100, "{conflicts} conflicts instead of 100: something was lost");
    let bytes = (pair.bytes.0 + pair.bytes.1) as f64 / 1_000.0;
    let note = format!("500 + 500 edits, 100 records edited by both, {conflicts} conflicts kept");
    Ok(vec![
        figure(
            "merge.time",
            took.as_secs_f64(),
            "s",
            0.25,
            format!("{note}; one after the other, one thread"),
        ),
        figure("merge.bytes", bytes, "KB", 250.0, format!("up {}, down {}", pair.bytes.0, pair.bytes.1)),
        figure(
            "merge.lost",
            100.0 - conflicts as f64,
            "edits",
            0.0,
            "digests of all three are equal".to_owned(),
        ),
    ])
}

/// Filled databases, copied: a figure may write.
struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    fn of(data: &Path, names: &[&str]) -> anyhow::Result<Self> {
        for name in names {
            ready(data, name)?;
        }
        let folder = tempfile::tempdir_in(data)?;
        for name in names {
            std::fs::copy(data_path(data, name), folder.path().join(format!("{name}.db")))?;
        }
        Ok(Self { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.db"))
    }
}

fn data_path(data: &Path, name: &str) -> PathBuf {
    data.join(format!("v{DATA_VERSION}-{name}.db"))
}

/// The filled database of this name, made if it is not there yet.
fn ready(data: &Path, name: &str) -> anyhow::Result<PathBuf> {
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

fn options(seed: u64) -> WorkspaceOptions {
    WorkspaceOptions {
        store: StoreOptions { vfs: None, files: Arc::new(SystemFiles), create: false, fts: true, readers: 2, key: None },
        trial: Arc::new(InlineTrial),
        rng: Box::new(ChaCha8Rng::seed_from_u64(seed)),
        canary: true,
        cache: 32,
        fold: 16,
    }
}

fn open_at(path: &Path, seed: u64) -> anyhow::Result<Workspace> {
    Ok(Workspace::open(path, options(seed))?)
}

fn create(path: &Path, device: DeviceId, role: Role) -> anyhow::Result<Workspace> {
    Ok(Workspace::create(path, COMPANY, device, role, options(u64::from(device.0[0])), START)?)
}

fn contacts() -> Query {
    Query { kind: Some("contact".to_owned()), ..Query::default() }
}

fn contact_ids(workspace: &Workspace) -> anyhow::Result<Vec<RecordId>> {
    let (numbers, _) = workspace.numbers(&contacts())?;
    let rows = workspace.rows(&numbers)?;
    Ok(rows.iter().map(|row| row.id).collect())
}

const NAMES: [&str; 12] = [
    "Müller", "Schmidt", "Brandt", "Öztürk", "Weiß", "Lange", "Nowak", "Dubois", "Krüger", "Hofmann", "Böhm",
    "van Dyk",
];
const FIRST: [&str; 8] = ["Anna", "Jürgen", "Leonie", "Mehmet", "Petra", "Tomasz", "Inés", "Søren"];
const PLACES: [&str; 8] =
    ["Hamburg", "Köln", "Lübeck", "Zürich", "Graz", "Bad Tölz", "Gießen", "Frankfurt am Main"];
const PARTS: [&str; 10] = [
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

fn pick<'a>(rng: &mut ChaCha8Rng, of: &[&'a str]) -> &'a str {
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

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// 99th percentile and median, in milliseconds.
fn both(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: usize| millis(times[(times.len() * share / 100).min(times.len() - 1)]);
    (at(99), at(50))
}
