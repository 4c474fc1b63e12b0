//! Verifies the end of the story from the dumps of every replica, value by value.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use farley_core::record::RecordId;
use farley_core::workspace::Workspace;
use farley_server::app::Running;
use serde_json::Value as Json;

use super::company::{HOUR, NOTE, Scene};
use super::phone::{PHONES, Phones};
use super::story::{BIRTHDAY, JONAS, MAREN, NUMBER, REPORT, TAG};
use crate::output::say;

/// Prints every line it verified.
///
/// # Errors
/// The first value that is not what it must be, by name.
pub fn check(office: &Running, phones: &Phones, scene: &Scene, visit: RecordId) -> anyhow::Result<()> {
    let relay = dump(office.workspace())?;
    let mut replicas = vec![("the office", relay.clone())];
    for (device, (_, _, title, _)) in phones.all().into_iter().zip(PHONES) {
        let own = dump(device.workspace())?;
        verify(
            own == relay,
            &format!("{title}: its dump of {} records is the office's, byte for byte", own.lines().count()),
        )?;
        let facts = device.workspace().device_facts()?;
        verify(facts.outbox == 0, &format!("{title}: nothing waits in its outbox"))?;
        replicas.push((title, own));
    }
    for (name, dump) in &replicas {
        values(name, dump, scene, visit)?;
    }
    arrivals(office, phones, scene, visit)
}

fn values(name: &str, dump: &str, scene: &Scene, visit: RecordId) -> anyhow::Result<()> {
    let mut records = BTreeMap::new();
    let mut in_conflict = Vec::new();
    for line in dump.lines() {
        let record: Json =
            serde_json::from_str(line).with_context(|| format!("{name}: a line of its dump"))?;
        let id = record["id"].as_str().unwrap_or_default().to_owned();
        for conflict in record["conflicts"].as_array().into_iter().flatten() {
            in_conflict.push((id.clone(), conflict.clone()));
        }
        records.insert(id, record);
    }
    let of =
        |id: RecordId| records.get(&id.to_string()).map(|record| &record["values"]).unwrap_or(&Json::Null);

    let anna = of(scene.anna);
    let numbers: Vec<&str> = anna["phones"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|phone| phone["number"].as_str())
        .collect();
    verify(numbers.contains(&NUMBER), &format!("{name}: Anna Müller has the number Maren added"))?;
    verify(numbers.len() >= 3, &format!("{name}: and those she had before"))?;
    verify(anna["birthday"] == BIRTHDAY, &format!("{name}: the birthday Jonas corrected"))?;
    let tags: Vec<&str> = anna["tags"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    verify(tags.contains(&TAG) && tags.len() > 1, &format!("{name}: the tag Jonas added, and the old ones"))?;

    verify(in_conflict.len() == 1, &format!("{name}: exactly one conflict in the whole company"))?;
    let (of_record, conflict) = &in_conflict[0];
    verify(
        *of_record == scene.anna.to_string() && conflict["key"] == "preferred_channel",
        &format!("{name}: it is Anna Müller's preferred channel"),
    )?;
    let versions: BTreeSet<&str> = conflict["versions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|version| version["value"].as_str())
        .collect();
    verify(
        versions == BTreeSet::from(["email", "phone"]),
        &format!("{name}: both versions are there, phone and e-mail"),
    )?;
    verify(
        conflict["versions"][0]["value"] == anna["preferred_channel"],
        &format!("{name}: the one that is shown comes first"),
    )?;

    let body = of(scene.note)["body"].as_str().unwrap_or_default();
    for (whose, sentence) in [("before", NOTE), ("of Maren", MAREN), ("of Jonas", JONAS)] {
        verify(body.contains(sentence), &format!("{name}: the note's words {whose} are all there"))?;
    }
    let expected: usize =
        [NOTE, MAREN, JONAS].iter().map(|sentence| sentence.split_whitespace().count()).sum();
    verify(
        body.split_whitespace().count() == expected,
        &format!("{name}: and no others ({expected} words)"),
    )?;

    let visit = of(visit);
    verify(visit["report"] == REPORT, &format!("{name}: Emre's visit with its report"))?;
    verify(
        visit["company"] == scene.hotel.to_string() && visit["outcome"] == "successful",
        &format!("{name}: at Hotel Seeblick, successful"),
    )
}

/// What was typed on Friday arrived today, and the office can tell.
fn arrivals(office: &Running, phones: &Phones, scene: &Scene, visit: RecordId) -> anyhow::Result<()> {
    let workspace = office.workspace();
    let devices: Vec<_> = phones.all().iter().map(|phone| phone.workspace().device()).collect();
    let mut late = 0;
    for record in [scene.anna, scene.note, visit] {
        for step in workspace.history(record, None)? {
            if !step.device.is_some_and(|device| devices.contains(&device)) {
                continue;
            }
            let arrived = step.arrived_at.context("a change from the field has no time of arrival")?;
            let hours = arrived.since(step.typed_at) / HOUR;
            verify(hours >= 24, &format!("the office: a change was typed {hours} hours before it arrived"))?;
            late += 1;
        }
    }
    verify(late >= 5, &format!("the office: {late} changes came late"))?;
    let arrivals = office.accounts().arrivals(100)?;
    for (device, (_, _, title, _)) in devices.iter().zip(PHONES) {
        let brought = arrivals.iter().find(|arrival| arrival.device == *device);
        verify(
            brought.is_some_and(|arrival| arrival.changes > 0 && !arrival.records.is_empty()),
            &format!("the office: knows what {title} brought when it came back"),
        )?;
    }
    Ok(())
}

fn dump(workspace: &Workspace) -> anyhow::Result<String> {
    let mut text = String::new();
    workspace.dump(&mut |line| {
        text.push_str(line);
        text.push('\n');
        Ok(())
    })?;
    Ok(text)
}

fn verify(holds: bool, what: &str) -> anyhow::Result<()> {
    if !holds {
        bail!("NOT TRUE: {what}");
    }
    say!("ok  {what}");
    Ok(())
}
