//! `cargo xtask bench phone`: what the apps feel, with 40,000 contacts on the phone.
//!
//! `phone_bench --folder DIR --jvm COMMAND --library FILE [--json]`. The folder is filled once, through the surface the apps
//! use (enrolment, import of a CSV file), and kept. Figures come from a JVM that runs the Android models
//! (`android/model/src/test/kotlin/org/farley/model/PhoneBench.kt`), with the same call measured in Rust beside it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use farley_mobile::{CancelHandle, FarleyError, ProgressObserver, RowQuery, SecretStore, SortKey, Workspace};
use farley_server::accounts::Role;
use farley_server::app::{Config, runtime, serve};
use serde::Serialize;

const CONTACTS: usize = 40_000;
const APP: &str = "Farley bench";

#[derive(Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    target: f64,
    met: bool,
    note: String,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read()?;
    if cfg!(debug_assertions) {
        eprintln!("warning: not a release build, the numbers mean nothing");
    }
    let runtime = runtime()?;
    if arguments.memory {
        return runtime.block_on(print_memory(&arguments.folder));
    }
    if !arguments.folder.join("filled").exists() {
        runtime.block_on(fill(&arguments.folder))?;
    }
    let rust = runtime.block_on(page_in_rust(&arguments.folder))?;
    let jvm = Jvm::run(&arguments)?;
    let memory = memory_of_the_library(&arguments.folder)?;
    let size = stripped(&arguments.library)?;

    let crossing = (jvm.of("page")? - rust).max(0.0);
    let figures = [
        figure(
            "phone.boundary",
            crossing,
            "µs",
            150.0,
            format!(
                "50 rows on the JVM {:.0} µs, the same call in Rust {rust:.0} µs; medians",
                jvm.of("page")?
            ),
        ),
        figure(
            "phone.start",
            jvm.of("start")?,
            "ms",
            300.0,
            "open 40,000 contacts and the first page in the model, median of 9".into(),
        ),
        figure(
            "phone.search",
            jvm.of("search")?,
            "ms",
            50.0,
            "a keystroke to its rows in the model, p95".into(),
        ),
        figure(
            "phone.scroll",
            jvm.of("scroll")?,
            "ms",
            10.0,
            format!("slowest of 400 pages of 100 rows; median {:.2}", jvm.of("scroll_median")?),
        ),
        figure(
            "phone.memory",
            memory,
            "MB",
            60.0,
            "resident set of a process that opened, scrolled and searched".into(),
        ),
        figure("phone.size", size, "MB", 12.0, format!("{} stripped", arguments.library.display())),
    ];
    for figure in figures {
        if arguments.json {
            println!("{}", serde_json::to_string(&figure)?);
        } else {
            let met = if figure.met { "met" } else { "MISSED" };
            println!(
                "{:<16} {:>9.2} {:<3} target {:>6} {met}  {}",
                figure.name, figure.value, figure.unit, figure.target, figure.note
            );
        }
    }
    Ok(())
}

fn figure(name: &'static str, value: f64, unit: &'static str, target: f64, note: String) -> Figure {
    Figure { name, value, unit, target, met: value <= target, note }
}

/// Enrols a phone and imports an address book; kept for the next run.
async fn fill(folder: &Path) -> anyhow::Result<()> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let running = serve(Config::local(&folder.join("relay"))).await?;
    let person = running.accounts().add_person("Anna Brandt", Role::Field, None, None)?;
    let link = running.invite(person.id)?;
    let workspace = Workspace::enrol(
        text(&folder.join("phone")),
        link,
        "Pixel 9".into(),
        "android".into(),
        APP.into(),
        vault(folder),
        CancelHandle::new(),
    )
    .await?;
    let file = folder.join("contacts.csv");
    std::fs::write(&file, address_book())?;
    eprintln!("filling {CONTACTS} contacts …");
    let import = workspace.import_file(text(&file), "contact".into(), CancelHandle::new(), Arc::new(Quiet));
    let done = import.await?.summary()?.done;
    if done.created != CONTACTS as u64 {
        bail!("{} of {CONTACTS} contacts were imported: {:?}", done.created, done.problems.first());
    }
    workspace.close().await?;
    running.shutdown().await;
    std::fs::write(folder.join("filled"), "")?;
    Ok(())
}

/// Names that repeat as names do.
fn address_book() -> String {
    const GIVEN: [&str; 12] = [
        "Anna", "Jörg", "Sabine", "Mehmet", "Ulrike", "Piotr", "Änne", "Lars", "Käthe", "Ruth", "Emil", "Zoë",
    ];
    const FAMILY: [&str; 16] = [
        "Müller", "Brandt", "Yildiz", "Petersen", "Groß", "Öztürk", "Schäfer", "Wagner", "Kowalski",
        "Hofmann", "Vogt", "Lühr", "Jansen", "Meißner", "Albrecht", "Thiel",
    ];
    let mut csv = String::from("Vorname;Nachname;Telefon;E-Mail;Ort\r\n");
    for at in 0..CONTACTS {
        let (given, family) = (GIVEN[at % GIVEN.len()], FAMILY[at / GIVEN.len() % FAMILY.len()]);
        csv.push_str(&format!(
            "{given};{family}-{at};+49 171 {:07};kontakt{at}@example.org;Musterstadt {}\r\n",
            at * 37 % 10_000_000,
            at % 300
        ));
    }
    csv
}

async fn open(folder: &Path) -> Result<Arc<Workspace>, FarleyError> {
    Workspace::open(text(&folder.join("phone")), APP.into(), vault(folder)).await
}

fn contacts() -> RowQuery {
    let sort = vec![SortKey { field: "title".into(), descending: false }];
    RowQuery { kind: Some("contact".into()), sort, ..RowQuery::default() }
}

/// Median of a page of 50 rows, in microseconds.
async fn page_in_rust(folder: &Path) -> anyhow::Result<f64> {
    let workspace = open(folder).await?;
    let mut times = Vec::new();
    for _ in 0..400 {
        let start = Instant::now();
        let page = workspace.page(contacts(), None, 50).await?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
        anyhow::ensure!(page.rows.len() == 50, "a page of {} rows", page.rows.len());
    }
    workspace.close().await?;
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

async fn print_memory(folder: &Path) -> anyhow::Result<()> {
    let workspace = open(folder).await?;
    let mut cursor = None;
    loop {
        let page = workspace.page(contacts(), cursor, 100).await?;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    for search in ["mü", "brandt", "0171", "kontakt39", "yildiz ruth", "musterstadt"] {
        let query = RowQuery { search: Some(search.into()), ..RowQuery::default() };
        workspace.page(query, None, 50).await?;
    }
    let status =
        std::fs::read_to_string("/proc/self/status").context("/proc says how much memory is used")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).context("VmHWM")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("a number")?.parse()?;
    println!("{}", kilobytes / 1024.0);
    Ok(())
}

/// In a process of its own: nothing of the filling is in it.
fn memory_of_the_library(folder: &Path) -> anyhow::Result<f64> {
    let output =
        Command::new(std::env::current_exe()?).args(["--memory", "--folder"]).arg(folder).output()?;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse()?)
}

fn stripped(library: &Path) -> anyhow::Result<f64> {
    let copy = library.with_extension("stripped");
    let status =
        Command::new("strip").arg("-s").arg("-o").arg(&copy).arg(library).status().context("strip")?;
    anyhow::ensure!(status.success(), "strip ended with {status}");
    Ok(std::fs::metadata(&copy)?.len() as f64 / 1e6)
}

/// What the JVM printed: a name and a number a line.
struct Jvm(Vec<(String, f64)>);

impl Jvm {
    fn run(arguments: &Arguments) -> anyhow::Result<Self> {
        let command = format!(
            "exec {} '{}' '{}'",
            arguments.jvm,
            text(&arguments.folder.join("phone")),
            text(&arguments.folder.join("secrets"))
        );
        let output = Command::new("sh").args(["-c", &command]).output().context("the JVM")?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout);
        let read = |line: &str| {
            let (name, value) = line.split_once(' ')?;
            Some((name.to_owned(), value.trim().parse().ok()?))
        };
        Ok(Self(text.lines().filter_map(read).collect()))
    }

    fn of(&self, name: &str) -> anyhow::Result<f64> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| *value).with_context(|| format!("the JVM measured no {name}"))
    }
}

/// Secrets as files, as the JVM's fixture reads them too.
struct FileVault(PathBuf);

fn vault(folder: &Path) -> Arc<FileVault> {
    Arc::new(FileVault(folder.join("secrets")))
}

#[async_trait::async_trait]
impl SecretStore for FileVault {
    async fn load(&self, name: String) -> Result<Option<Vec<u8>>, FarleyError> {
        Ok(std::fs::read(self.0.join(name)).ok())
    }
    async fn save(&self, name: String, bytes: Vec<u8>) -> Result<(), FarleyError> {
        let write = || {
            std::fs::create_dir_all(&self.0)?;
            std::fs::write(self.0.join(name), bytes)
        };
        write().map_err(|_: std::io::Error| FarleyError::Secret { reason: "folder".into() })
    }
    async fn forget(&self, name: String) -> Result<(), FarleyError> {
        let _ = std::fs::remove_file(self.0.join(name));
        Ok(())
    }
}

struct Quiet;

impl ProgressObserver for Quiet {
    fn progress(&self, done: u64, total: u64) {
        eprint!("\r{done} of {total}");
        if done == total {
            eprintln!();
        }
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[derive(Default)]
struct Arguments {
    folder: PathBuf,
    jvm: String,
    library: PathBuf,
    json: bool,
    memory: bool,
}

impl Arguments {
    fn read() -> anyhow::Result<Self> {
        let mut read = Self::default();
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let mut value = || words.next().with_context(|| format!("{name} needs a value"));
            match name.as_str() {
                "--folder" => read.folder = value()?.into(),
                "--jvm" => read.jvm = value()?,
                "--library" => read.library = value()?.into(),
                "--json" => read.json = true,
                "--memory" => read.memory = true,
                other => bail!("unknown {other}; use --folder, --jvm, --library and --json"),
            }
        }
        anyhow::ensure!(!read.folder.as_os_str().is_empty(), "--folder is missing");
        Ok(read)
    }
}
