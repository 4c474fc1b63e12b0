//! One company: the Android models in a JVM and the iOS models in a Swift process, with one relay over QUIC on loopback.
//!
//! `company --jvm COMMAND --swift COMMAND [--rounds N]`. Every round is a new company: both enrol, edit one contact and
//! one note offline, come back (every second round through a line that is cut in mid-sync), and all three dumps are the
//! same bytes, with the conflict listed on both phones. Started by `cargo xtask test company`.

mod line;
mod phone;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use farley_core::record::{Edit, Timestamp};
use farley_device::link::EnrolLink;
use farley_server::accounts::Role;
use farley_server::app::{Config, Running, runtime, serve};
use line::Line;
use phone::Phone;

/// Notes that go with the customer, so that a sync takes long enough to be cut.
const NOTES: usize = 40;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read()?;
    let mut phones = [Phone::start("android", &arguments.jvm)?, Phone::start("ios", &arguments.swift)?];
    for round in 1..=arguments.rounds {
        let cut = round % 2 == 0;
        let folder = arguments.folder.join(round.to_string());
        let report = runtime()?
            .block_on(play(&mut phones, &folder, cut))
            .with_context(|| format!("round {round}{}", if cut { ", line cut" } else { "" }))?;
        println!("round {round}: {report}{}", if cut { ", line cut in mid-sync" } else { "" });
    }
    println!("one company: {} rounds, every dump the same on relay, Android and iOS", arguments.rounds);
    Ok(())
}

async fn play(phones: &mut [Phone; 2], folder: &Path, cut: bool) -> anyhow::Result<String> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let running = serve(Config::local(&folder.join("relay"))).await?;
    let line = Line::to(running.quic_addr).await?;
    for phone in phones.iter_mut() {
        let link = invite(&running, &line, phone.name)?;
        let place = path(&folder.join(phone.name))?;
        phone.ask(&["enrol", &place, &link, phone.name])?;
    }
    let [android, ios] = phones;

    // At the office's network: both know the customer and its note.
    let customer = word(android.ask(&["create", "contact", "family_name", "Müller"])?)?;
    let note = word(android.ask(&["note", &customer, "Termin am Dienstag um zehn."])?)?;
    android.ask(&["sync"])?;
    ios.ask(&["sync"])?;

    // The office makes a field of its own: both forms have it after a sync, without an update of the app.
    let field = own_field(&running)?;
    for phone in [&mut *android, &mut *ios] {
        ensure!(
            !phone.ask(&["fields", "contact"])?.contains(&field),
            "{} knows {field} too early",
            phone.name
        );
        phone.ask(&["sync"])?;
        // The app hears of it a moment after the sync.
        let mut there = false;
        for _ in 0..50 {
            there = phone.ask(&["fields", "contact"])?.contains(&field);
            if there {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        ensure!(there, "{}'s form lacks {field}", phone.name);
    }

    // Two days without network.
    android.ask(&["set", "contact", &customer, "nickname", "Mülli"])?;
    ios.ask(&["set", "contact", &customer, "nickname", "Mü"])?;
    android.ask(&["set", "contact", &customer, "given_name", "Jörg"])?;
    ios.ask(&["set", "contact", &customer, "birthday", "4.5.1980"])?;
    android.ask(&["write", &note, "Dienstag", "Freitag"])?;
    ios.ask(&["write", &note, "zehn", "elf"])?;
    for phone in [&mut *android, &mut *ios] {
        for at in 0..NOTES {
            phone.ask(&[
                "note",
                &customer,
                &format!("{}: Notiz {at}, aufgeschrieben ohne Netz.", phone.name),
            ])?;
        }
    }

    // Back: side by side, then until both have everything.
    if cut {
        in_mid_sync(android, ios, &line, &running).await?;
    } else {
        android.send(&["sync"])?;
        ios.send(&["sync"])?;
        android.answer()?;
        ios.answer()?;
    }
    android.ask(&["sync"])?;
    ios.ask(&["sync"])?;
    android.ask(&["sync"])?;

    let office = dump_of(&running)?;
    ensure!(
        office.lines().filter(|line| line.contains("\"kind\":\"note\"")).count() == 2 * NOTES + 1,
        "notes are missing"
    );
    for phone in [&mut *android, &mut *ios] {
        let file = folder.join(format!("{}.jsonl", phone.name));
        phone.ask(&["dump", &path(&file)?])?;
        let dump = fs::read_to_string(&file)?;
        ensure!(
            dump == office,
            "the dump of {} is not the office's; both are in {}",
            phone.name,
            keep(folder, &office)?
        );
        let conflicts = phone.ask(&["conflicts"])?;
        ensure!(conflicts.len() == 1, "{} lists {} conflicts", phone.name, conflicts.len());
        ensure!(
            conflicts[0].contains("nickname")
                && conflicts[0].contains("Mülli")
                && conflicts[0].contains("Mü"),
            "{} shows {:?}",
            phone.name,
            conflicts[0]
        );
        let text = phone.ask(&["read", &note])?;
        ensure!(text == ["Termin am Freitag um elf."], "{} reads {text:?}", phone.name);
    }
    for phone in [android, ios] {
        phone.ask(&["close"])?;
    }
    running.shutdown().await;
    fs::remove_dir_all(folder)?;
    Ok(format!("{} records, {} datagrams", office.lines().count(), line.carried()))
}

/// Both sync; the line is cut once some datagrams have gone through, and joined again.
async fn in_mid_sync(
    android: &mut Phone,
    ios: &mut Phone,
    line: &Line,
    running: &Running,
) -> anyhow::Result<()> {
    let before = line.carried();
    android.send(&["sync"])?;
    ios.send(&["sync"])?;
    // The handshake alone is some ten datagrams: beyond them the session has begun.
    for _ in 0..2_000 {
        if line.carried() > before + 24 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    line.set_cut(true);
    let there = dump_of(running)?.lines().filter(|line| line.contains("\"kind\":\"note\"")).count();
    ensure!(there < 2 * NOTES + 1, "the line was cut too late: everything was at the office already");
    tokio::time::sleep(Duration::from_millis(400)).await;
    line.set_cut(false);
    // Either is fine: the session outlived the tunnel, or it says that it did not get through.
    for phone in [android, ios] {
        if let Err(error) = phone.answer() {
            eprintln!("{}: {error:#}", phone.name);
        }
    }
    Ok(())
}

/// Makes a custom field of contacts, as the office page's settings do; its German label.
fn own_field(running: &Running) -> anyhow::Result<String> {
    let label = "Heizungsart".to_owned();
    let edit = Edit::create("setting")
        .with("type", "custom_field")
        .with("key", "heating")
        .with("label_de", label.as_str())
        .with("label_en", "Heating")
        .with("p/kind", "contact")
        .with("p/field_type", "string");
    let workspace = running.workspace();
    workspace.edit(workspace.device(), &edit, Timestamp::from_millis(1_795_000_000_000))?;
    Ok(label)
}

/// A link that leads through the line, over QUIC alone.
fn invite(running: &Running, line: &Line, name: &str) -> anyhow::Result<String> {
    let person = running.accounts().add_person(name, Role::Field, None, None)?;
    let link = EnrolLink::parse(&running.invite(person.id)?)?;
    Ok(EnrolLink { quic: vec![line.address.to_string()], page: None, certificate: None, ..link }.link())
}

fn dump_of(running: &Running) -> anyhow::Result<String> {
    let mut text = String::new();
    running.workspace().dump(&mut |line| {
        text.push_str(line);
        text.push('\n');
        Ok(())
    })?;
    Ok(text)
}

/// Leaves the office's dump beside the others, for whoever looks into it.
fn keep(folder: &Path, office: &str) -> anyhow::Result<String> {
    fs::write(folder.join("office.jsonl"), office)?;
    path(folder)
}

fn word(words: Vec<String>) -> anyhow::Result<String> {
    words.into_iter().next().context("an answer without words")
}

fn path(path: &Path) -> anyhow::Result<String> {
    Ok(path.to_str().context("a path in UTF-8")?.to_owned())
}

struct Arguments {
    jvm: String,
    swift: String,
    folder: PathBuf,
    rounds: u32,
}

impl Arguments {
    fn read() -> anyhow::Result<Self> {
        let (mut jvm, mut swift, mut folder, mut rounds) = (None, None, None, 20);
        let mut words = std::env::args().skip(1);
        while let Some(name) = words.next() {
            let value = words.next().with_context(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--jvm" => jvm = Some(value),
                "--swift" => swift = Some(value),
                "--folder" => folder = Some(PathBuf::from(value)),
                "--rounds" => rounds = value.parse().context("--rounds needs a number")?,
                other => bail!("unknown {other}; use --jvm, --swift, --folder and --rounds"),
            }
        }
        Ok(Self {
            jvm: jvm.context("--jvm is missing: the command that starts the Android models")?,
            swift: swift.context("--swift is missing: the command that starts the iOS models")?,
            folder: folder.context("--folder is missing: inside the repository, for the phones' data")?,
            rounds,
        })
    }
}
