//! One record for its screen: values with their origin, versions, timeline, history.

use std::collections::BTreeMap;

use farley_core::record::{ChangeHash, RecordId, Timestamp};
use farley_core::schema::{ConflictView, Field, FieldView, Kind, Schema, field_of_key};
use farley_core::workspace::RecordPage;
use serde_json::Value as Json;

use crate::authors::Names;
use crate::lists::rows;
use crate::runtime::blocking;
use crate::values::{Titles, from_json, linked};
use crate::workspace::{Open, record_id};
use crate::{AuthorName, FarleyError, FieldValue, RecordRow, Transfer, Workspace};

/// Timeline rows and conflicts at most.
const MOST: u32 = 200;

/// Who wrote one key, when, and when it arrived.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Origin {
    /// `family_name`, `phones/a1/number`.
    pub key: String,
    /// The change, as `settle` names it.
    pub change: String,
    /// Who.
    pub author: AuthorName,
    /// By the clock of the device, UTC milliseconds.
    pub typed_at: i64,
    /// When the office received it; none: not yet.
    pub arrived_at: Option<i64>,
}

/// One field that holds something.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct FieldData {
    /// Its name.
    pub field: String,
    /// What it holds.
    pub value: FieldValue,
    /// Of each of its keys.
    pub origins: Vec<Origin>,
}

/// Something to look at; never blocks saving.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct ProblemData {
    /// The field.
    pub field: String,
    /// `missing_hint`, `ill_typed`, `too_long`.
    pub code: String,
}

/// One version of a value that has several.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct VersionData {
    /// What `settle` names to choose it.
    pub change: String,
    /// The value; empty: removed.
    pub value: FieldValue,
    /// Who.
    pub author: AuthorName,
    /// UTC milliseconds.
    pub typed_at: i64,
    /// When the office received it; none: not yet.
    pub arrived_at: Option<i64>,
    /// The one that is shown until a person settles it.
    pub shown: bool,
}

/// A value with several versions.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct ConflictData {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// The field.
    pub field: String,
    /// Its key, as `settle` names it.
    pub key: String,
    /// The shown one first.
    pub versions: Vec<VersionData>,
}

/// A record for its screen.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct RecordData {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// Its title; may be empty.
    pub title: String,
    /// Give them as `base` of an edit made from this view.
    pub heads: Vec<String>,
    /// In the trash.
    pub removed: bool,
    /// Whether the office has all of it.
    pub transfer: Transfer,
    /// UTC milliseconds.
    pub created_at: i64,
    /// Who.
    pub created_by: AuthorName,
    /// UTC milliseconds.
    pub changed_at: i64,
    /// Who.
    pub changed_by: AuthorName,
    /// Fields that hold something, in the order of the form.
    pub fields: Vec<FieldData>,
    /// Values with several versions.
    pub conflicts: Vec<ConflictData>,
    /// Hints.
    pub problems: Vec<ProblemData>,
}

/// One record of a timeline.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct RelatedRow {
    /// The field that links here.
    pub field: String,
    /// The record.
    pub row: RecordRow,
    /// Words of a note, comment, visit or task.
    pub text: Option<String>,
    /// When it was made, UTC milliseconds.
    pub at: i64,
    /// Who made it.
    pub author: AuthorName,
}

/// One change of a record.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct HistoryStep {
    /// The change.
    pub change: String,
    /// Who.
    pub author: AuthorName,
    /// UTC milliseconds.
    pub typed_at: i64,
    /// When the office received it; none: not yet.
    pub arrived_at: Option<i64>,
    /// What it wrote.
    pub fields: Vec<FieldStep>,
}

/// One field of a change.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct FieldStep {
    /// The field.
    pub field: String,
    /// Its key.
    pub key: String,
    /// What the author saw.
    pub old: FieldValue,
    /// What the author wrote.
    pub new: FieldValue,
}

#[uniffi::export]
impl Workspace {
    /// One record as it is now.
    pub async fn record(&self, id: String) -> Result<RecordData, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let page = open.workspace().record(record_id(&id)?)?;
            record(&open, page)
        })
        .await
    }

    /// Records that link to this one, newest change first, at most 200.
    pub async fn related(&self, id: String, limit: u32) -> Result<Vec<RelatedRow>, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let links = open.workspace().backlinks(record_id(&id)?, limit.clamp(1, MOST) as usize)?;
            let (fields, found): (Vec<_>, Vec<_>) = links.into_iter().unzip();
            let ids: Vec<RecordId> = found.iter().map(|row| row.id).collect();
            let names = open.names()?;
            let rows = rows(&open, found, &[], None)?;
            let related = |((field, row), id): ((String, RecordRow), RecordId)| {
                // A record whose document fails still stands in the timeline, without its words.
                let page = open.workspace().record(id).ok();
                let text = page.as_ref().and_then(|page| {
                    let words = ["body", "report", "description"];
                    words.iter().find_map(|field| page.view.values.get(*field)?.as_str()).map(str::to_owned)
                });
                RelatedRow {
                    field,
                    text,
                    at: page.as_ref().map_or(row.changed_at, |page| page.view.created_at.millis()),
                    author: names.name(page.and_then(|page| page.view.created_by)),
                    row,
                }
            };
            Ok(fields.into_iter().zip(rows).zip(ids).map(related).collect())
        })
        .await
    }

    /// Every change of a record, oldest first; of one field or key, if it is named.
    pub async fn history(&self, id: String, field: Option<String>) -> Result<Vec<HistoryStep>, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let id = record_id(&id)?;
            let steps = open.workspace().history(id, field.as_deref())?;
            let kind = open.workspace().rows_of(&[id])?.into_iter().next().map(|row| row.kind);
            let schema = open.workspace().schema();
            let kind = kind.as_deref().and_then(|kind| schema.kind(kind));
            let mut ids = Vec::new();
            for change in steps.iter().flat_map(|step| &step.fields) {
                for json in [&change.old, &change.new].into_iter().flatten() {
                    if let Some(field) = typed_by(kind, &change.key) {
                        linked(field, json, &mut ids);
                    }
                }
            }
            let (names, titles) = (open.names()?, open.titles(ids)?);
            let value = |key: &str, json: &Option<Json>| {
                from_json(typed_by(kind, key), json.as_ref().unwrap_or(&Json::Null), &titles)
            };
            let step = |step: farley_core::workspace::HistoryStep| HistoryStep {
                change: step.change.to_string(),
                author: names.name(step.device),
                typed_at: step.typed_at.millis(),
                arrived_at: step.arrived_at.map(Timestamp::millis),
                fields: step
                    .fields
                    .into_iter()
                    .map(|change| FieldStep {
                        old: value(&change.key, &change.old),
                        new: value(&change.key, &change.new),
                        field: change.field,
                        key: change.key,
                    })
                    .collect(),
            };
            Ok(steps.into_iter().map(step).collect())
        })
        .await
    }

    /// Values with several versions, the latest first, of at most 200 records.
    pub async fn conflicts(&self, limit: u32) -> Result<Vec<ConflictData>, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let pages = open.workspace().conflicts(limit.clamp(1, MOST) as usize)?;
            let records = pages.into_iter().map(|page| record(&open, page));
            let mut all = Vec::new();
            for record in records {
                all.extend(record?.conflicts);
            }
            Ok(all)
        })
        .await
    }

    /// How many records have such values.
    pub async fn conflict_count(&self) -> Result<u64, FarleyError> {
        let open = self.open_now()?;
        blocking(move || Ok(open.workspace().conflict_count()?)).await
    }
}

fn record(open: &Open, page: RecordPage) -> Result<RecordData, FarleyError> {
    let RecordPage { view, at_office, arrived } = page;
    let schema = open.workspace().schema();
    let kind = schema.kind(&view.kind);
    let mut ids = Vec::new();
    for (name, json) in &view.values {
        if let Some(field) = kind.and_then(|kind| kind.field(name)) {
            linked(field, json, &mut ids);
        }
    }
    for conflict in &view.conflicts {
        if let Some(field) = typed_by(kind, &conflict.key) {
            conflict.versions.iter().for_each(|version| linked(field, &version.value, &mut ids));
        }
    }
    let (names, titles) = (open.names()?, open.titles(ids)?);
    let facts = Facts { schema: &schema, names: &names, titles: &titles, arrived: &arrived };
    let mut origins: BTreeMap<String, Vec<Origin>> = BTreeMap::new();
    for (key, origin) in &view.origins {
        let field = kind.and_then(|kind| field_of_key(kind, key)).map_or(key, |(field, _)| &field.name);
        origins.entry(field.clone()).or_default().push(facts.origin(key, origin));
    }
    let in_order = kind.map_or(&[][..], |kind| &kind.fields);
    let fields = in_order
        .iter()
        .filter_map(|field| {
            let json = view.values.get(&field.name)?;
            Some(FieldData {
                field: field.name.clone(),
                value: from_json(Some(field), json, &titles),
                origins: origins.remove(&field.name).unwrap_or_default(),
            })
        })
        .collect();
    Ok(RecordData {
        conflicts: view
            .conflicts
            .iter()
            .map(|conflict| facts.conflict(view.id, &view.kind, &view.title, conflict))
            .collect(),
        id: view.id.to_string(),
        kind: view.kind,
        title: view.title,
        heads: view.heads.iter().map(ToString::to_string).collect(),
        removed: view.removed,
        transfer: if at_office { Transfer::AtOffice } else { Transfer::Waiting },
        created_at: view.created_at.millis(),
        created_by: names.name(view.created_by),
        changed_at: view.changed_at.millis(),
        changed_by: names.name(view.changed_by),
        fields,
        problems: view
            .problems
            .into_iter()
            .map(|problem| ProblemData { field: problem.field, code: problem.code })
            .collect(),
    })
}

/// The field or sub-field that types what stands under `key`.
fn typed_by<'a>(kind: Option<&'a Kind>, key: &'a str) -> Option<&'a Field> {
    let (field, sub) = field_of_key(kind?, key)?;
    Some(sub.unwrap_or(field))
}

struct Facts<'a> {
    schema: &'a Schema,
    names: &'a Names,
    titles: &'a Titles,
    arrived: &'a BTreeMap<ChangeHash, Timestamp>,
}

impl Facts<'_> {
    fn origin(&self, key: &str, origin: &FieldView) -> Origin {
        Origin {
            key: key.to_owned(),
            change: origin.change.to_string(),
            author: self.names.name(origin.device),
            typed_at: origin.typed_at.millis(),
            arrived_at: self.arrived_at(origin.change),
        }
    }

    fn conflict(&self, id: RecordId, kind: &str, title: &str, conflict: &ConflictView) -> ConflictData {
        let field = typed_by(self.schema.kind(kind), &conflict.key);
        ConflictData {
            id: id.to_string(),
            kind: kind.to_owned(),
            title: title.to_owned(),
            field: conflict.field.clone(),
            key: conflict.key.clone(),
            versions: conflict
                .versions
                .iter()
                .enumerate()
                .map(|(at, version)| VersionData {
                    change: version.change.to_string(),
                    value: from_json(field, &version.value, self.titles),
                    author: self.names.name(version.device),
                    typed_at: version.typed_at.millis(),
                    arrived_at: self.arrived_at(version.change),
                    shown: at == 0,
                })
                .collect(),
        }
    }

    fn arrived_at(&self, change: ChangeHash) -> Option<i64> {
        self.arrived.get(&change).map(|at| at.millis())
    }
}
