//! Files by path: address books in, business cards and diagnostics out.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use farley_core::interop::{self, MAX_FILE_BYTES};
use farley_core::workspace::ImportReport;

use crate::errors::{internal, invalid, of_file};
use crate::runtime::blocking;
use crate::workspace::{Open, now, record_id};
use crate::{CancelHandle, FarleyError, Workspace};

/// Rows named as broken at most.
const PROBLEMS: usize = 200;

/// Told on a thread of this library, at most ten times a second.
#[uniffi::export(with_foreign)]
pub trait ProgressObserver: Send + Sync {
    /// So many of so many.
    fn progress(&self, done: u64, total: u64);
}

/// A row that needs a look.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct ImportProblem {
    /// Line (CSV) or number of the card, from 1.
    pub row: u64,
    /// Header or property.
    pub field: String,
    /// `bad_value`, `broken_row`, `unknown_choice`, `too_long`, `excel_truncated`, …
    pub reason: String,
}

/// What an import would do.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct ImportPreview {
    /// Rows in the file.
    pub rows: u64,
    /// New records.
    pub created: u64,
    /// Changed records.
    pub updated: u64,
    /// Nothing new in them.
    pub unchanged: u64,
    /// New ones that look like one that is here.
    pub duplicates: u64,
    /// Rows that need a look, at most 200.
    pub problems: Vec<ImportProblem>,
}

/// What an import did.
#[derive(Clone, Debug, Eq, PartialEq, uniffi::Record)]
pub struct ImportSummary {
    /// In numbers.
    pub done: ImportPreview,
    /// Stopped before the end; what was written until then stays.
    pub cancelled: bool,
    /// The records, in order.
    pub ids: Vec<String>,
}

/// A done import, to be taken back.
#[derive(uniffi::Object)]
pub struct ImportBatch {
    report: Mutex<ImportReport>,
}

#[uniffi::export]
impl ImportBatch {
    /// In numbers and ids.
    pub fn summary(&self) -> Result<ImportSummary, FarleyError> {
        let report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(ImportSummary {
            done: preview(&report),
            cancelled: report.cancelled,
            ids: report.records.iter().map(|record| record.id.to_string()).collect(),
        })
    }
}

#[uniffi::export]
impl Workspace {
    /// What importing the vCard or CSV file at `path` would do. `kind`: what a CSV row becomes.
    pub async fn preview_import(
        &self,
        path: String,
        kind: String,
        cancel: Arc<CancelHandle>,
    ) -> Result<ImportPreview, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let source = source(&open, &path, &kind)?;
            let mut go_on = |_, _| !cancel.is_cancelled();
            let report = open.workspace().preview_import(&source, &kind, now(), &mut go_on)?;
            if report.cancelled { Err(FarleyError::Cancelled) } else { Ok(preview(&report)) }
        })
        .await
    }

    /// Imports it. Broken rows are named, the others written; a second time changes nothing.
    pub async fn import_file(
        &self,
        path: String,
        kind: String,
        cancel: Arc<CancelHandle>,
        observer: Arc<dyn ProgressObserver>,
    ) -> Result<Arc<ImportBatch>, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let source = source(&open, &path, &kind)?;
            let mut told = std::time::Instant::now();
            let mut tell = |done: usize, total: usize| {
                if done == total || told.elapsed().as_millis() >= 100 {
                    told = std::time::Instant::now();
                    observer.progress(done as u64, total as u64);
                }
                !cancel.is_cancelled()
            };
            let (workspace, device) = (open.workspace(), open.workspace().device());
            let report = workspace.import(device, &source, &kind, now(), &mut tell)?;
            Ok(Arc::new(ImportBatch { report: Mutex::new(report) }))
        })
        .await
    }

    /// Takes an import back; records that somebody edited since are left alone. Answers how many were taken back.
    pub async fn undo_import(&self, batch: Arc<ImportBatch>) -> Result<u64, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let report = batch.report.lock().unwrap_or_else(PoisonError::into_inner);
            let (back, _) = open.workspace().undo_import(open.workspace().device(), &report, now())?;
            Ok(back as u64)
        })
        .await
    }

    /// Writes contacts and companies as one vCard file, to be shared.
    pub async fn export_records(&self, ids: Vec<String>, path: String) -> Result<(), FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let mut views = Vec::new();
            for id in &ids {
                views.push(open.workspace().record(record_id(id)?)?.view);
            }
            if let Some(other) = views.iter().find(|view| !matches!(&*view.kind, "contact" | "company")) {
                return Err(invalid("kind", if other.kind.is_empty() { "unknown" } else { "no_card" }));
            }
            let title = |id: &str| Some(open.workspace().record(id.parse().ok()?).ok()?.view.title);
            let mut text = String::new();
            interop::write_vcard(&mut text, &open.workspace().schema(), &views, &title)
                .map_err(|_| internal("vcard"))?;
            write(&path, text.as_bytes())
        })
        .await
    }

    /// Writes every record that is here, sorted by id, one JSON line each: values, versions, heads. Two devices at
    /// rest write the same bytes.
    pub async fn write_dump(&self, path: String) -> Result<(), FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let file = File::create(&path).map_err(|error| of_file(&error))?;
            let mut out = BufWriter::new(file);
            open.workspace().dump(&mut |line| writeln!(out, "{line}"))?;
            out.flush().map_err(|error| of_file(&error))
        })
        .await
    }

    /// Writes what support needs, without any personal data: versions, counts, states, sizes.
    pub async fn write_diagnostics(&self, path: String) -> Result<(), FarleyError> {
        let open = self.open_now()?;
        blocking(move || write(&path, diagnostics(&open)?.as_bytes())).await
    }
}

fn source(open: &Open, path: &str, kind: &str) -> Result<interop::Source, FarleyError> {
    let file = File::open(path).map_err(|error| of_file(&error))?;
    let length = file.metadata().map_err(|error| of_file(&error))?;
    if !length.is_file() {
        return Err(invalid("file", "unreadable"));
    }
    // Before a byte is read: three gigabytes are refused at once.
    if length.len() > MAX_FILE_BYTES as u64 {
        return Err(invalid("file", "too_large"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| of_file(&error))?;
    let schema = open.workspace().schema();
    if schema.kind(kind).is_none() {
        return Err(invalid("kind", "unknown_kind"));
    }
    Ok(interop::read(&bytes, &schema, kind)?)
}

fn write(path: &str, bytes: &[u8]) -> Result<(), FarleyError> {
    let run = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    run().map_err(|error| of_file(&error))
}

fn preview(report: &ImportReport) -> ImportPreview {
    ImportPreview {
        rows: report.rows as u64,
        created: report.new as u64,
        updated: report.updated as u64,
        unchanged: report.same as u64,
        duplicates: report.duplicates as u64,
        problems: report
            .errors
            .iter()
            .take(PROBLEMS)
            .map(|problem| ImportProblem {
                row: problem.row as u64,
                field: problem.column.clone(),
                reason: problem.code.to_owned(),
            })
            .collect(),
    }
}

fn diagnostics(open: &Open) -> Result<String, FarleyError> {
    use std::fmt::Write as _;
    let (status, facts) = (open.device().status(), open.workspace().device_facts()?);
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name}: {value}");
    };
    line("farley", env!("CARGO_PKG_VERSION").into());
    line("encrypted", cfg!(feature = "encrypted").to_string());
    line("written at", now().rfc3339());
    line("connected", status.connected.to_string());
    line("trouble", format!("{:?}", status.trouble));
    line("locked", format!("{:?}", status.locked));
    line("waiting", facts.outbox.to_string());
    line("waiting since", status.pending_since.map(|at| at.rfc3339()).unwrap_or_default());
    line("last contact", status.last_contact.map(|at| at.rfc3339()).unwrap_or_default());
    line("cursor", facts.cursor.to_string());
    line("low", facts.low.to_string());
    line("clock skew ms", status.clock_skew_ms.to_string());
    line("conflicts", open.workspace().conflict_count()?.to_string());
    line("drafts", open.workspace().drafts()?.len().to_string());
    line("quarantined", open.workspace().quarantine(1_000)?.len().to_string());
    for kind in open.workspace().schema().kinds.keys() {
        let query = farley_core::query::Query { kind: Some(kind.clone()), ..Default::default() };
        line(&format!("records of kind {kind}"), open.workspace().count(&query)?.to_string());
    }
    for name in ["farley.db", "farley.db-wal"] {
        let bytes = std::fs::metadata(open.folder().join(name)).map_or(0, |file| file.len());
        line(&format!("bytes of {name}"), bytes.to_string());
    }
    Ok(text)
}
