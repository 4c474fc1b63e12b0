//! Import and export of vCard and CSV: read, map, look, run, take back.
//!
//! An import lives in memory until its process ends or sixteen newer ones came; what it wrote are ordinary edits.
//! Running goes in transactions, can be cancelled between them, and is told again by asking.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use farley_core::interop::{
    Dialect, MAX_FILE_BYTES, ReadError, Source, Standing, Target, read, resolve, write_csv, write_vcard,
};
use farley_core::query::Query as ListQuery;
use farley_core::record::{DeviceId, RecordId};
use farley_core::schema::RecordView;
use farley_core::workspace::ImportReport;
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Json, Path, Query, Signed};
use super::lists::{self, MOST};
use super::{Api, Mode, extract};
use crate::clock::{self, hex, random};
use crate::problem::Problem;

/// Imports kept; the oldest finished one goes first.
const KEPT: usize = 16;
/// Rows shown before anything is written, and errors listed.
const PREVIEW: usize = 20;
/// See [`PREVIEW`].
const ERRORS: usize = 1_000;

/// How long a file of 100 MB may take to come.
const FILE_PATIENCE: Duration = Duration::from_secs(900);

/// Imports of this process.
#[derive(Default)]
pub struct Imports(Mutex<VecDeque<Arc<Import>>>);

struct Import {
    id: String,
    /// Only who made it sees it.
    author: DeviceId,
    kind: String,
    source: Mutex<Source>,
    progress: Mutex<Progress>,
}

#[derive(Clone, Default)]
struct Progress {
    state: Stage,
    done: usize,
    /// What would happen, and once it was run, what did.
    report: ImportReport,
    preview: Vec<Value>,
    /// After the undo: records taken back, and those left alone because somebody edited them since.
    taken_back: Option<(usize, usize)>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    #[default]
    Ready,
    Running,
    Done,
    Cancelled,
    Undone,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartParams {
    #[allow(dead_code, reason = "shown by the page; the content decides what the file is")]
    name: Option<String>,
    kind: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    columns: Vec<Option<Target>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportParams {
    filter: Option<String>,
    search: Option<String>,
    /// "excel" (default) or "programs".
    dialect: Option<String>,
}

/// Takes the file and says what would happen.
pub async fn start(
    State(api): State<Api>,
    Signed(caller): Signed,
    Query(params): Query<StartParams>,
    request: Request,
) -> Result<(StatusCode, Answer<Value>), Problem> {
    let bytes = extract::bytes_within(request, &api, FILE_PATIENCE).await.map_err(|problem| match problem
        .status
        .as_u16()
    {
        413 => Problem::new(413, "file_too_large", "A file to import has at most 100 MB; split it."),
        _ => problem,
    })?;
    api.run(move |api| {
        let schema = api.workspace().schema();
        let kind = params.kind.unwrap_or_else(|| "contact".into());
        if schema.kind(&kind).is_none() {
            return Err(Problem::bad("unknown_kind", "There is no kind with this name; see /schema."));
        }
        let source = read(&bytes, &schema, &kind).map_err(|error| match error {
            ReadError::TooLarge { .. } => Problem::new(413, "file_too_large", error.to_string()),
            other => Problem::bad("bad_file", other.to_string()),
        })?;
        let import = Arc::new(Import {
            id: hex(&random::<16>()),
            author: caller.author,
            kind,
            source: Mutex::new(source),
            progress: Mutex::default(),
        });
        look(api, &import)?;
        let mut kept = lock(&api.0.imports.0);
        if kept.len() >= KEPT
            && let Some(at) = kept.iter().position(|old| lock(&old.progress).state != Stage::Running)
        {
            kept.remove(at);
        }
        kept.push_back(import.clone());
        drop(kept);
        Ok((StatusCode::CREATED, Answer(import.json())))
    })
    .await
}

pub async fn show(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    Ok(Answer(find(&api, caller.author, &id)?.json()))
}

/// Another mapping; counted anew.
pub async fn map(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    Json(body): Json<Mapping>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let import = find(api, caller.author, &id)?;
        import.must_be(&[Stage::Ready])?;
        let mut source = lock(&import.source);
        if body.columns.len() != source.columns.len() {
            return Err(Problem::bad(
                "bad_mapping",
                "Give one target, or null, for every column of the file.",
            ));
        }
        for (column, target) in source.columns.iter_mut().zip(body.columns) {
            column.field = target;
        }
        drop(source);
        look(api, &import)?;
        Ok(Answer(import.json()))
    })
    .await
}

/// Begins to write; answers at once.
pub async fn run(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let import = find(&api, caller.author, &id)?;
    import.must_be(&[Stage::Ready])?;
    // Before anything is written: whoever looks for what happened finds it also after a crash.
    let (by, kind) = (caller.clone(), import.kind.clone());
    api.run(move |api| api.host().audit(&by, "import_run", &kind)).await?;
    {
        let mut progress = lock(&import.progress);
        if progress.state != Stage::Ready {
            return Err(wrong_state());
        }
        progress.state = Stage::Running;
    }
    let (working, api) = (import.clone(), api.clone());
    tokio::task::spawn_blocking(move || {
        let source = lock(&working.source).clone();
        let mut report = ImportReport::default();
        let ended = api.workspace().import_into(
            &mut report,
            working.author,
            &source,
            &working.kind,
            clock::now(),
            &mut |done, _| working.goes_on(done),
        );
        let mut progress = lock(&working.progress);
        // A failed transaction (full disk) ends the import; what was written before it stays and can be taken back.
        progress.state = match &ended {
            Ok(()) if !report.cancelled => Stage::Done,
            _ => Stage::Cancelled,
        };
        progress.report = report;
        drop(progress);
        if let Err(error) = ended {
            tracing::error!(code = Problem::from(error).code, "an import ended early");
        }
    });
    Ok(Answer(import.json()))
}

/// Ends a running import after its transaction, or drops one that was not run.
pub async fn cancel(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    let import = find(&api, caller.author, &id)?;
    import.must_be(&[Stage::Ready, Stage::Running])?;
    lock(&import.progress).state = Stage::Cancelled;
    Ok(Answer(import.json()))
}

/// Takes back what the import wrote: new records go to the trash, changed ones get their values again.
pub async fn undo(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(id): Path<String>,
) -> Result<Answer<Value>, Problem> {
    api.run(move |api| {
        let import = find(api, caller.author, &id)?;
        import.must_be(&[Stage::Done, Stage::Cancelled])?;
        api.host().audit(&caller, "import_undone", &import.kind)?;
        let report = lock(&import.progress).report.clone();
        let taken_back = api.workspace().undo_import(caller.author, &report, clock::now())?;
        let mut progress = lock(&import.progress);
        progress.state = Stage::Undone;
        progress.taken_back = Some(taken_back);
        drop(progress);
        Ok(Answer(import.json()))
    })
    .await
}

/// `contacts.csv` or `contacts.vcf`, of all records that fit the filter.
pub async fn export(
    State(api): State<Api>,
    Signed(caller): Signed,
    Path(file): Path<String>,
    Query(params): Query<ExportParams>,
) -> Result<Response, Problem> {
    api.run(move |api| {
        let (plural, form) = file.rsplit_once('.').unwrap_or((&file, ""));
        let kind = api.kind(plural)?;
        if !["csv", "vcf"].contains(&form) {
            return Err(Problem::not_found("unknown_format", "Exports end in .csv or .vcf."));
        }
        let query = ListQuery {
            kind: Some(kind.name.clone()),
            filter: params
                .filter
                .as_deref()
                .filter(|text| !text.is_empty())
                .map(lists::filter)
                .transpose()?,
            search: params.search.as_deref().map(lists::search).transpose()?.flatten(),
            ..ListQuery::default()
        };
        let full = query.filter.is_none() && query.search.is_none();
        if full && api.host().mode() == Mode::Serve {
            api.0.limits.export(&caller).inspect_err(|_| {
                if let Err(problem) = api.host().audit(&caller, "export_refused", &file) {
                    tracing::error!(code = problem.code, "a refused export was not written down");
                }
            })?;
        }
        // Before the data leaves, not after.
        let scope = if full { "all" } else { "filtered" };
        api.host().audit(&caller, "exported", &format!("{} {form} {scope}", kind.name))?;
        let (workspace, schema) = (api.workspace(), api.workspace().schema());
        let mut records: Vec<RecordView> = Vec::new();
        let mut after = None;
        loop {
            let page = workspace.page(&query, after.as_deref(), MOST)?;
            for row in page.rows {
                records.push(workspace.record(row.id)?.view);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let (bytes, media) = match form {
            "csv" => {
                let dialect = match params.dialect.as_deref() {
                    None | Some("excel") => Dialect::Excel,
                    Some("programs") => Dialect::Programs,
                    Some(_) => return Err(Problem::bad("bad_query", "A dialect is excel or programs.")),
                };
                let mut out = Vec::new();
                write_csv(&mut out, &schema, &kind, &records, dialect).map_err(Problem::internal)?;
                (out, "text/csv; charset=utf-8")
            }
            "vcf" => {
                let title =
                    |id: &str| workspace.rows_of(&[id.parse().ok()?]).ok()?.pop().map(|row| row.title);
                let mut out = String::new();
                write_vcard(&mut out, &schema, &records, &title).map_err(Problem::internal)?;
                (out.into_bytes(), "text/vcard; charset=utf-8")
            }
            _ => return Err(Problem::not_found("unknown_format", "Exports end in .csv or .vcf.")),
        };
        // A plural comes from the schema, which people extend: nothing of it may end the header or the name.
        let safe: String =
            plural.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect();
        let name = format!("attachment; filename=\"{safe}.{form}\"");
        Ok(([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
    })
    .await
}

/// Counts what would happen, without writing.
fn look(api: &Api, import: &Import) -> Result<(), Problem> {
    let (workspace, source) = (api.workspace(), lock(&import.source));
    let report = workspace.preview_import(&source, &import.kind, clock::now(), &mut |_, _| true)?;
    let schema = workspace.schema();
    let (mut made, mut rng) = (BTreeMap::new(), clock::generator());
    let preview = source.drafts(&schema, &import.kind).take(PREVIEW).enumerate().map(|(at, draft)| {
        let row = draft.row;
        let resolved = resolve(draft, &schema, &**workspace, &mut made, clock::now(), &mut *rng);
        let (standing, records) = standing_json(&resolved.standing);
        json!({"row": row, "cells": source.raw(at), "standing": standing, "records": records})
    });
    *lock(&import.progress) = Progress { report, preview: preview.collect(), ..Progress::default() };
    Ok(())
}

impl Import {
    fn must_be(&self, states: &[Stage]) -> Result<(), Problem> {
        if states.contains(&lock(&self.progress).state) { Ok(()) } else { Err(wrong_state()) }
    }

    /// Notes how far it is; false once it was cancelled.
    fn goes_on(&self, done: usize) -> bool {
        let mut progress = lock(&self.progress);
        if progress.state == Stage::Cancelled {
            return false;
        }
        progress.done = done;
        true
    }

    fn json(&self) -> Value {
        let progress = lock(&self.progress).clone();
        let source = lock(&self.source);
        let report = &progress.report;
        let errors: Vec<_> = report.errors.iter().take(ERRORS).collect();
        json!({
            "id": self.id, "kind": self.kind, "state": progress.state, "done": progress.done, "total": source.len(),
            "format": source.format, "encoding": source.encoding, "delimiter": source.delimiter, "rows": source.len(),
            "columns": source.columns, "preview": progress.preview, "errors": errors,
            "counts": {
                "new": report.new.saturating_sub(report.duplicates), "duplicate": report.duplicates,
                "update": report.updated, "skip": report.same, "error": report.errors.len(),
            },
            "taken_back": progress.taken_back.map(|(back, _)| back),
            "left_alone": progress.taken_back.map(|(_, left)| left),
        })
    }
}

fn standing_json(standing: &Standing) -> (&'static str, Vec<RecordId>) {
    match standing {
        Standing::New => ("new", Vec::new()),
        Standing::Duplicate { of } => ("duplicate", of.clone()),
        Standing::Same { id } => ("skip", vec![*id]),
        Standing::Update { id } => ("update", vec![*id]),
    }
}

fn find(api: &Api, author: DeviceId, id: &str) -> Result<Arc<Import>, Problem> {
    let kept = lock(&api.0.imports.0);
    let found = kept.iter().find(|import| import.id == id && import.author == author).cloned();
    found.ok_or_else(|| {
        Problem::not_found("import_not_found", "There is no such import; choose the file again.")
    })
}

fn wrong_state() -> Problem {
    Problem::new(409, "import_state", "The import is not at the point where this can be done.")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Largest body of [`start`].
pub const FILE_LIMIT: usize = MAX_FILE_BYTES;
