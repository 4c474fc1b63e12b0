//! The demo company: Deichwärme Haustechnik GmbH, Hamburg. Everything in it is invented.
//!
//! Customers come from files, through the importer a customer uses. Visits and tasks lie around the moment the demo
//! starts; they are edits like any other.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Weekday};
use chrono_tz::Europe::Berlin;
use farley_core::interop;
use farley_core::query::Query;
use farley_core::record::{DeviceId, Edit, PersonId, RecordId, Timestamp};
use farley_core::workspace::Workspace;
use farley_server::accounts::{Accounts, Role};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value as Json, json};

/// Name of the workspace.
pub const NAME: &str = "Deichwärme Haustechnik GmbH";
/// Who looks at the office page.
pub const OFFICE: &str = "Katrin Lohse";
/// Milliseconds.
pub const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The nine of them.
const PEOPLE: [(&str, Role); 9] = [
    (OFFICE, Role::Admin),
    ("Heike Schröder", Role::Office),
    ("Ole Jansen", Role::Office),
    ("Maren Brandt", Role::Field),
    ("Jonas Petersen", Role::Field),
    ("Emre Yıldız", Role::Field),
    ("Sabine Groß", Role::Field),
    ("Piotr Łukasiewicz", Role::Field),
    ("Tim Müller", Role::Field),
];

/// What the story plays on.
#[derive(Clone, Copy)]
pub struct Scene {
    /// Anna Müller, director of the hotel.
    pub anna: RecordId,
    /// Hotel Seeblick.
    pub hotel: RecordId,
    /// What is known about its heat pump.
    pub note: RecordId,
}

/// What the note says before the story begins.
pub const NOTE: &str = "Heizlast mit 86 kW gerechnet. Frau Müller entscheidet gemeinsam mit dem Eigentümer.";

/// Whether the company stands in `workspace` already.
///
/// # Errors
/// If the workspace cannot be read.
pub fn stands(workspace: &Workspace) -> anyhow::Result<bool> {
    Ok(workspace.count(&of("contact"))? > 0)
}

/// Makes the company.
///
/// # Errors
/// If the disk refuses, or a file of the demo is not what it should be.
pub fn found(workspace: &Workspace, accounts: &Accounts, now: Timestamp) -> anyhow::Result<Scene> {
    let mut people = BTreeMap::new();
    for (name, role) in PEOPLE {
        people.insert(name, accounts.add_person(name, role, None, None)?.id);
    }
    let heike = accounts.office_device(people["Heike Schröder"])?;
    let files: [(&[u8], &str); 3] = [
        (include_bytes!("../../demo/firmen.csv"), "company"),
        (include_bytes!("../../demo/kontakte.csv"), "contact"),
        (include_bytes!("../../demo/kontakte.vcf"), "contact"),
    ];
    for (bytes, kind) in files {
        let source = interop::read(bytes, &workspace.schema(), kind)?;
        let report = workspace.import(heike, &source, kind, now.plus_millis(-21 * DAY), &mut |_, _| true)?;
        if report.failed > 0 {
            bail!("the demo's file of {kind} records has {} bad rows", report.failed);
        }
    }
    let scene = scene(workspace)?;
    write(workspace, heike, &visits(workspace, &people, now)?, now.plus_millis(-5 * DAY))?;
    write(workspace, heike, &tasks(workspace, &people, &scene, now)?, now.plus_millis(-4 * DAY))?;
    let maren = accounts.office_device(people["Maren Brandt"])?;
    let note = Edit { id: Some(scene.note), ..Edit::create("note") }
        .with("title", "Wärmepumpe Hotel Seeblick")
        .with("body", NOTE)
        .with("about", json!([scene.hotel.to_string(), scene.anna.to_string()]))
        .with("owner", people["Maren Brandt"].to_string());
    write(workspace, maren, &[note], now.plus_millis(-3 * DAY))?;
    Ok(scene)
}

/// The records of the story in a company that stands.
///
/// # Errors
/// If one of them is missing.
pub fn scene(workspace: &Workspace) -> anyhow::Result<Scene> {
    let find = |kind: &str, title: &str| -> anyhow::Result<RecordId> {
        let rows = rows(workspace, kind)?;
        rows.into_iter()
            .find(|(_, known)| known == title)
            .map(|(id, _)| id)
            .with_context(|| format!("the demo company has no {kind} {title:?}"))
    };
    // One id for the note of every demo: it is made after the scene is known.
    let note = RecordId::new(Timestamp::from_millis(1_790_000_000_000), &mut StdRng::seed_from_u64(8));
    Ok(Scene { anna: find("contact", "Anna Müller")?, hotel: find("company", "Hotel Seeblick")?, note })
}

/// 105 visits of the last twelve months, three of them missed, and 15 of today and tomorrow.
fn visits(
    workspace: &Workspace,
    people: &BTreeMap<&str, PersonId>,
    now: Timestamp,
) -> anyhow::Result<Vec<Edit>> {
    const TEXTS: [(&str, &str, &str); 6] = [
        (
            "maintenance",
            "successful",
            "Brenner gereinigt, Abgas 92 °C, Wasserdruck 1,6 bar. Nächste Wartung in einem Jahr.",
        ),
        (
            "consultation",
            "follow_up_needed",
            "Förderung erklärt, Unterlagen fehlen noch. Angebot bis Ende nächster Woche.",
        ),
        ("repair", "successful", "Umwälzpumpe getauscht, Anlage entlüftet, Heizkreise warm."),
        (
            "measuring",
            "successful",
            "Räume aufgenommen, Heizkörper gezählt, Fotos vom Heizungskeller gemacht.",
        ),
        ("acceptance", "successful", "Abnahme ohne Mängel, Einweisung gegeben, Unterlagen übergeben."),
        (
            "first_talk",
            "follow_up_needed",
            "Interesse an einer Wärmepumpe; Verbrauch der letzten drei Jahre kommt per Mail.",
        ),
    ];
    const CREW: [&str; 6] =
        ["Emre Yıldız", "Maren Brandt", "Sabine Groß", "Jonas Petersen", "Piotr Łukasiewicz", "Tim Müller"];
    let companies = rows(workspace, "company")?;
    let today = day_of(now);
    let mut edits = Vec::new();
    for number in 0..120_usize {
        let (company, title) = &companies[number * 7 % companies.len()];
        let (purpose, outcome, report) = TEXTS[number % TEXTS.len()];
        let person = people[CREW[number % CREW.len()]].to_string();
        let (day, done) = match number {
            0..12 => (today + Duration::days(number as i64 / 7), false),
            12..15 => (workday(today - Duration::days(number as i64 - 9)), false),
            _ => (workday(today - Duration::days(number as i64 * 3 - 40)), true),
        };
        let hour = 8 + number % 7;
        let mut edit = Edit::create("visit")
            .with("purpose", purpose)
            .with("company", company.to_string())
            .with("people", json!([person]))
            .with("owner", person)
            .with(
                "planned",
                json!({"start": format!("{day}T{hour:02}:00"), "end": format!("{day}T{:02}:30", hour + 1),
                "zone": "Europe/Berlin"}),
            );
        if done {
            edit = edit.with("outcome", outcome).with("report", format!("{title}: {report}"));
        }
        edits.push(edit);
    }
    Ok(edits)
}

/// Two dozen things to do: three overdue, six today, the others soon.
fn tasks(
    workspace: &Workspace,
    people: &BTreeMap<&str, PersonId>,
    scene: &Scene,
    now: Timestamp,
) -> anyhow::Result<Vec<Edit>> {
    const WORDS: [(&str, &str); 6] = [
        ("call_back", "Zurückrufen wegen Terminwunsch"),
        ("follow_up", "Angebot nachfassen"),
        ("call", "Wartungsvertrag ansprechen"),
        ("follow_up", "Fördermittelbescheid erfragen"),
        ("call_back", "Rückfrage zur Rechnung klären"),
        ("follow_up", "Ersatzteil bestellt? Liefertermin melden"),
    ];
    const CREW: [&str; 4] = ["Maren Brandt", "Jonas Petersen", "Heike Schröder", "Ole Jansen"];
    let companies = rows(workspace, "company")?;
    let today = day_of(now);
    let tasks = (0..24_usize).map(|number| {
        let (kind, words) = WORDS[number % WORDS.len()];
        let (company, title) = &companies[number * 5 % companies.len()];
        let due = match number {
            0..3 => today - Duration::days(number as i64 + 1),
            3..9 => today,
            _ => today + Duration::days(number as i64 - 8),
        };
        let about = if number == 3 { scene.hotel } else { *company };
        let named = if number == 3 { "Hotel Seeblick" } else { title };
        Edit::create("task")
            .with("summary", format!("{words}: {named}"))
            .with("type", kind)
            .with("status", "open")
            .with("priority", if number % 5 == 0 { "high" } else { "normal" })
            .with("due", due.to_string())
            .with("about", json!([about.to_string()]))
            .with("owner", people[CREW[number % CREW.len()]].to_string())
    });
    Ok(tasks.collect())
}

fn write(workspace: &Workspace, author: DeviceId, edits: &[Edit], now: Timestamp) -> anyhow::Result<()> {
    for verdict in workspace.edit_many(author, edits, now)? {
        verdict.context("an edit of the demo company")?;
    }
    Ok(())
}

fn of(kind: &str) -> Query {
    Query { kind: Some(kind.to_owned()), ..Query::default() }
}

/// Id and title of every record of `kind`, by title.
fn rows(workspace: &Workspace, kind: &str) -> anyhow::Result<Vec<(RecordId, String)>> {
    let page = workspace.page(&of(kind), None, 1_000)?;
    Ok(page.rows.into_iter().map(|row| (row.id, row.title)).collect())
}

/// The day it is in Hamburg.
fn day_of(now: Timestamp) -> NaiveDate {
    let moment = DateTime::from_timestamp_millis(now.millis()).unwrap_or_default();
    moment.with_timezone(&Berlin).date_naive()
}

/// Nobody is visited on a Sunday.
fn workday(day: NaiveDate) -> NaiveDate {
    if day.weekday() == Weekday::Sun { day - Duration::days(1) } else { day }
}

/// The period of `hours` that begins at `from`, as a visit stores it.
pub fn period(from: Timestamp, hours: i64) -> Json {
    let local = |at: Timestamp| {
        let moment = DateTime::from_timestamp_millis(at.millis()).unwrap_or_default();
        moment.with_timezone(&Berlin).format("%Y-%m-%dT%H:%M").to_string()
    };
    json!({"start": local(from), "end": local(from.plus_millis(hours * HOUR)), "zone": "Europe/Berlin"})
}
