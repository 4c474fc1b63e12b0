//! What happens in the demo: two days without network, and coming back.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use farley_core::record::{Edit, RecordId, Timestamp};
use farley_core::workspace::Workspace;
use farley_device::device::Device;
use serde_json::json;

use super::company::{HOUR, NOTE, Scene, period};
use super::phone::Phones;

/// What Maren Brandt adds to the note.
pub const MAREN: &str = "Aufstellort Innenhof, Schallgutachten liegt vor.";
/// What Jonas Petersen adds to the note.
pub const JONAS: &str = "Eigentümer kommt Dienstag zum Ortstermin.";
/// What Emre Yıldız reports.
pub const REPORT: &str =
    "Vorlauffühler getauscht, Anlage läuft wieder. Ausdehnungsgefäß beim nächsten Besuch prüfen.";
/// The number Maren Brandt adds to the customer.
pub const NUMBER: &str = "0176 040690 31";
/// The birthday Jonas Petersen corrects.
pub const BIRTHDAY: &str = "1979-03-18";
/// The tag he adds.
pub const TAG: &str = "Entscheiderin";

/// The steps, as the landing page tells them: German, English.
pub const STEPS: [(&str, &str); 8] = [
    (
        "Freitag: Maren Brandt, Jonas Petersen und Emre Yıldız sind ohne Netz unterwegs.",
        "Friday: Maren Brandt, Jonas Petersen and Emre Yıldız are on the road without network.",
    ),
    (
        "Maren ergänzt Anna Müller (Hotel Seeblick): neue Mobilnummer, bevorzugter Kanal Telefon.",
        "Maren completes Anna Müller (Hotel Seeblick): a new mobile number, preferred channel phone.",
    ),
    (
        "Jonas ändert dieselbe Kundin: Geburtstag, Schlagwort, bevorzugter Kanal E-Mail.",
        "Jonas changes the same customer: birthday, tag, preferred channel e-mail.",
    ),
    ("Beide schreiben in dieselbe Notiz.", "Both write in the same note."),
    (
        "Samstag: Emre meldet einen Notdienst mit Bericht.",
        "Saturday: Emre logs an emergency visit with its report.",
    ),
    ("Zwei Tage später: alle drei haben wieder Netz.", "Two days later: all three have network again."),
    (
        "Alles ist zusammengeführt: beide Sätze der Notiz, Nummer, Geburtstag, Schlagwort, Besuch.",
        "Everything is merged: both sentences of the note, number, birthday, tag, visit.",
    ),
    (
        "Eine Frage bleibt, in der Prüfliste: Telefon oder E-Mail? Und man sieht, wann was getippt wurde und wann es ankam.",
        "One question remains, in the review list: phone or e-mail? And one sees when each was typed and when it arrived.",
    ),
];

/// How many steps have been played.
#[derive(Clone, Default)]
pub struct Progress(Arc<Mutex<usize>>);

impl Progress {
    pub fn done(&self) -> usize {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    /// Nothing (more) is played.
    pub fn finish(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = STEPS.len();
    }
}

/// Plays the story; `pace` lies between two steps. Returns the visit that was logged.
///
/// # Errors
/// If an edit is refused, or the phones do not find back within half a minute.
pub async fn play(
    office: &Workspace,
    phones: &Phones,
    scene: &Scene,
    now: Timestamp,
    pace: Duration,
    progress: &Progress,
) -> anyhow::Result<RecordId> {
    let all = [&phones.maren, &phones.jonas, &phones.emre];
    all.iter().for_each(|phone| phone.set_airplane(true));
    until("the phones are off the network", || all.iter().all(|phone| !phone.status().connected)).await?;
    let next = async || {
        progress.step();
        tokio::time::sleep(pace).await;
    };
    next().await;
    // Their clocks stand two days back: what is typed "now" was typed on Friday and Saturday.
    let friday = now.plus_millis(-48 * HOUR);
    let at = |hours: i64| friday.plus_millis(hours * HOUR);
    let mut edit = Edit::of(scene.anna).with("preferred_channel", "phone");
    edit.add.insert("phones".into(), vec![json!({"label": "mobile", "number": NUMBER})]);
    type_in(&phones.maren, &edit, at(0))?;
    next().await;
    let mut edit = Edit::of(scene.anna).with("preferred_channel", "email").with("birthday", BIRTHDAY);
    edit.add.insert("tags".into(), vec![json!(TAG)]);
    type_in(&phones.jonas, &edit, at(1))?;
    next().await;
    type_in(&phones.maren, &Edit::of(scene.note).with("body", format!("{NOTE} {MAREN}")), at(2))?;
    type_in(&phones.jonas, &Edit::of(scene.note).with("body", format!("{JONAS} {NOTE}")), at(3))?;
    next().await;
    let visit = Edit::create("visit")
        .with("purpose", "repair")
        .with("outcome", "successful")
        .with("company", scene.hotel.to_string())
        .with("contacts", json!([scene.anna.to_string()]))
        .with("planned", period(at(18), 2))
        .with("report", REPORT);
    let visit = type_in(&phones.emre, &visit, at(20))?;
    next().await;
    // The relay counts an absence from one second on.
    tokio::time::sleep(Duration::from_millis(1_100).saturating_sub(pace)).await;
    all.iter().for_each(|phone| phone.set_airplane(false));
    progress.step();
    rest(office, &all).await?;
    tokio::time::sleep(pace).await;
    progress.finish();
    Ok(visit)
}

/// Waits until everybody has everything.
///
/// # Errors
/// After half a minute.
pub async fn rest(office: &Workspace, phones: &[&Device]) -> anyhow::Result<()> {
    until("every phone has sent and received everything", || {
        let head = office.head().unwrap_or(u64::MAX);
        phones.iter().all(|phone| {
            let facts = phone.workspace().device_facts();
            facts.is_ok_and(|facts| facts.outbox == 0 && facts.cursor == head && facts.low == 0)
        })
    })
    .await
}

async fn until(what: &str, holds: impl Fn() -> bool) -> anyhow::Result<()> {
    for _ in 0..600 {
        if holds() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("not within 30 seconds: {what}")
}

fn type_in(phone: &Device, edit: &Edit, at: Timestamp) -> anyhow::Result<RecordId> {
    let workspace = phone.workspace();
    let edited = workspace.edit(workspace.device(), edit, at).context("an edit of the story")?;
    Ok(edited.id)
}
