//! The figures, and those of one workspace alone: what is timed, against what.

use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use farley_core::query::Query;
use farley_core::record::Edit;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::filled::{
    CONTACTS, FIRST, NAMES, NOTES, PARTS, PLACES, RELAY, START, Scratch, contact_ids, contacts, open_at,
    pick, ready,
};
use super::meeting::{merge, noop};

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

/// A figure, met if it is not above its target.
pub fn figure(name: &str, value: f64, unit: &'static str, target: f64, note: String) -> Figure {
    Figure { name: name.to_owned(), value, unit, target, met: value <= target, note }
}

type Measure = fn(&Path) -> anyhow::Result<Vec<Figure>>;

/// Every figure by name.
pub const FIGURES: [(&str, Measure); 5] =
    [("edit", edit), ("open", open), ("search", search), ("noop", noop), ("merge", merge)];

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

pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// 99th percentile and median, in milliseconds.
pub fn both(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let at = |share: usize| millis(times[(times.len() * share / 100).min(times.len() - 1)]);
    (at(99), at(50))
}
