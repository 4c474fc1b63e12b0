//! What a device shows: lists, one record, conflicts, history.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use farley_core::query::{Filter, Query};
use farley_core::record::{DeviceId, RecordId};
use farley_core::store::ListRow;
use farley_core::workspace::Workspace;
use serde_json::{Value as Json, json};

use crate::clock::date;
use crate::output;
use crate::output::say;

pub fn list(
    workspace: &Workspace,
    kind: &str,
    filter: Option<&str>,
    limit: usize,
    json: bool,
) -> anyhow::Result<()> {
    let schema = workspace.schema();
    if schema.kind(kind).is_none() {
        let known: Vec<&str> = schema.kinds.keys().map(String::as_str).collect();
        bail!("there is no kind {kind:?}; kinds are {}", known.join(", "));
    }
    let filter =
        filter.map(serde_json::from_str::<Filter>).transpose().context("--filter is not a filter")?;
    let query = Query { kind: Some(kind.to_owned()), filter, ..Query::default() };
    rows(workspace, &query, limit, json)
}

pub fn search(workspace: &Workspace, text: &str, json: bool) -> anyhow::Result<()> {
    let query = Query { search: Some(text.to_owned()), ..Query::default() };
    rows(workspace, &query, 50, json)
}

pub fn show(workspace: &Workspace, id: RecordId, json: bool) -> anyhow::Result<()> {
    let page = workspace.record(id)?;
    if json {
        return output::line(&page);
    }
    let (view, schema) = (page.view, workspace.schema());
    say!("{}  ({}, {})", view.title, view.kind, view.id);
    let fields = schema.kind(&view.kind).map(|kind| kind.fields.as_slice()).unwrap_or_default();
    for (field, value) in fields.iter().filter_map(|field| Some((field, view.values.get(&field.name)?))) {
        say!("{:<22} {}", field.label.en, plain(value));
    }
    for (key, value) in &view.extra {
        say!("{key:<22} {}", plain(value));
    }
    for conflict in &view.conflicts {
        let values: Vec<String> = conflict.versions.iter().map(|version| plain(&version.value)).collect();
        say!("Two versions of {}: {}", conflict.field, values.join(" | "));
    }
    for problem in &view.problems {
        say!("Look at {}: {} {}", problem.field, problem.code, problem.detail);
    }
    if !page.at_office {
        say!("Not everything of this is at the office yet.");
    }
    Ok(())
}

pub fn conflicts(workspace: &Workspace, json: bool) -> anyhow::Result<()> {
    let authors = authors(workspace)?;
    for page in workspace.conflicts(10_000)? {
        let view = page.view;
        for conflict in view.conflicts {
            let versions: Vec<Json> = conflict
                .versions
                .iter()
                .map(|version| {
                    let by = version.device.and_then(|device| authors.get(&device));
                    json!({"value": version.value, "change": version.change, "device": version.device, "by": by,
                        "typed_at": version.typed_at, "arrived_at": page.arrived.get(&version.change)})
                })
                .collect();
            if json {
                let line = json!({"id": view.id, "kind": view.kind, "title": view.title, "field": conflict.field,
                    "key": conflict.key, "versions": versions});
                output::line(&line)?;
                continue;
            }
            say!("{} ({}): {}", view.title, view.id, conflict.key);
            for (version, json) in conflict.versions.iter().zip(&versions) {
                let by = json["by"].as_str().unwrap_or("?");
                say!("  {:<30} {by}, typed {}", plain(&version.value), date(version.typed_at));
                say!("  {:<30} --take {}", "", version.change);
            }
        }
    }
    Ok(())
}

pub fn history(workspace: &Workspace, id: RecordId, field: Option<&str>, json: bool) -> anyhow::Result<()> {
    let steps = workspace.history(id, field)?;
    let authors = authors(workspace)?;
    for step in steps {
        if json {
            output::line(&step)?;
            continue;
        }
        let by = step.device.and_then(|device| authors.get(&device)).map_or("?", String::as_str);
        let arrived = match (step.arrived_at, step.seq) {
            (Some(at), Some(_)) => format!("arrived {}", date(at)),
            (None, Some(_)) => "at the office".to_owned(),
            _ => "not yet at the office".to_owned(),
        };
        say!("{by}, typed {}, {arrived}", date(step.typed_at));
        for change in step.fields {
            let word =
                |value: Option<Json>| value.map_or_else(|| "nothing".to_owned(), |value| plain(&value));
            say!("  {}: {} -> {}", change.key, word(change.old), word(change.new));
        }
    }
    Ok(())
}

fn rows(workspace: &Workspace, query: &Query, limit: usize, json: bool) -> anyhow::Result<()> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = workspace.page(query, after.as_deref(), (limit - rows.len()).clamp(1, 1_000))?;
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() || rows.len() >= limit {
            break;
        }
    }
    rows.truncate(limit);
    if json {
        return rows.iter().try_for_each(|row| output::line(&row_json(row)));
    }
    let mark = |row: &ListRow| match (row.conflicts, row.pending) {
        (0, false) => String::new(),
        (0, true) => "not sent".to_owned(),
        (count, false) => format!("{count} to review"),
        (count, true) => format!("{count} to review, not sent"),
    };
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![row.kind.clone(), row.title.clone(), date(row.changed_at), mark(row), row.id.to_string()]
        })
        .collect();
    output::table(&["KIND", "TITLE", "CHANGED", "", "ID"], &cells);
    Ok(())
}

fn row_json(row: &ListRow) -> Json {
    let cells: Json = serde_json::from_str(&row.cells).unwrap_or_default();
    json!({"id": row.id, "kind": row.kind, "title": row.title, "changed_at": row.changed_at,
        "removed": row.removed, "conflicts": row.conflicts, "pending": row.pending, "cells": cells})
}

/// Device to "Pixel 9 (Maren Brandt)", from the setting records that are here.
fn authors(workspace: &Workspace) -> anyhow::Result<BTreeMap<DeviceId, String>> {
    let query = Query { kind: Some("setting".to_owned()), ..Query::default() };
    let (mut people, mut devices, mut after) = (BTreeMap::new(), Vec::new(), None);
    loop {
        let page = workspace.page(&query, after.as_deref(), 1_000)?;
        for row in page.rows {
            let view = workspace.record(row.id)?.view;
            let text = |field: &str| {
                let value = view.values.get(field).or_else(|| view.extra.get(field))?;
                value.as_str().map(str::to_owned)
            };
            match text("type").as_deref() {
                Some("person") => {
                    people.insert(row.id.to_string(), text("label_de").unwrap_or_default());
                }
                Some("device") => {
                    devices.push((
                        DeviceId(row.id.0),
                        text("label_de").unwrap_or_default(),
                        text("p/person"),
                    ));
                }
                _ => {}
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let named = devices.into_iter().map(|(id, device, person)| {
        let person = person.and_then(|person| people.get(&person));
        (id, person.map_or(device.clone(), |person| format!("{device} ({person})")))
    });
    Ok(named.collect())
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => "nothing".to_owned(),
        Json::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join("; "),
        Json::Object(parts) => {
            let parts =
                parts.iter().filter(|(name, value)| *name != "id" && !value.is_null() && *value != "");
            parts.map(|(_, value)| plain(value)).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
