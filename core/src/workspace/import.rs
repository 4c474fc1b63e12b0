//! A file into the workspace: resolved row by row against what is here, written in batches, and taken back.
//!
//! CLI, REST and demo import through here. Rows of one batch see each other: a row that names a record which an
//! earlier row of the file makes waits until that one is written.

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;
use serde_json::Value as Json;

use crate::index::{company_name, e164_digits, person_name};
use crate::interop::{self, Directory, Draft, Problem, Source, Standing};
use crate::record::{ChangeHash, DeviceId, Edit, Heads, RecordId, Timestamp};
use crate::schema::RecordView;

use super::{Edited, Workspace, WorkspaceError};

/// Edits of one transaction. More gained nothing; a phone's writer is then busy for a noticeable time.
const BATCH: usize = 500;

/// What an import did, or would do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportReport {
    /// Rows looked at, broken ones included.
    pub rows: usize,
    /// Rows that became a new record.
    pub new: usize,
    /// Rows that changed a record.
    pub updated: usize,
    /// Rows that said nothing new.
    pub same: usize,
    /// New records that look like one that was here (counted in `new`, too).
    pub duplicates: usize,
    /// Rows that could not be read or written.
    pub failed: usize,
    /// What a person should look at, by row.
    pub errors: Vec<Problem>,
    /// Stopped before the end; what was written until then stays.
    pub cancelled: bool,
    /// What was written, in order: companies that were named included.
    #[serde(skip)]
    pub records: Vec<Imported>,
}

/// One record an import wrote.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The record.
    pub id: RecordId,
    /// It was not here before.
    pub created: bool,
    /// The import's change.
    pub change: ChangeHash,
    /// The record's heads right after it.
    pub heads: Heads,
}

/// How far an import is: rows done, rows in all. The answer `false` cancels.
pub type ImportProgress<'a> = &'a mut dyn FnMut(usize, usize) -> bool;

impl Directory for Workspace {
    fn find(&self, kind: &str, field: &str, texts: &[String]) -> Vec<(RecordId, String)> {
        self.records_with(kind, field, texts).unwrap_or_default()
    }

    fn view(&self, id: RecordId) -> Option<RecordView> {
        self.record(id).ok().map(|page| page.view)
    }
}

impl Workspace {
    /// Imports `source` as `author`, 500 edits a transaction. `kind` is what a CSV row becomes. A row that fails is
    /// named in the report; the others are written.
    ///
    /// # Errors
    /// `Store` if a batch did not reach the disk; batches before it stay, and importing again goes on from there.
    pub fn import(
        &self,
        author: DeviceId,
        source: &Source,
        kind: &str,
        now: Timestamp,
        progress: ImportProgress<'_>,
    ) -> Result<ImportReport, WorkspaceError> {
        let mut report = ImportReport::default();
        self.import_into(&mut report, author, source, kind, now, progress)?;
        Ok(report)
    }

    /// As [`Self::import`], into a new report of the caller's: after an error it tells what was written before, and
    /// [`Self::undo_import`] takes that back.
    ///
    /// # Errors
    /// As [`Self::import`].
    pub fn import_into(
        &self,
        report: &mut ImportReport,
        author: DeviceId,
        source: &Source,
        kind: &str,
        now: Timestamp,
        progress: ImportProgress<'_>,
    ) -> Result<(), WorkspaceError> {
        self.run_import(report, Some(author), source, kind, now, progress)
    }

    /// What [`Self::import`] would do. Nothing is written.
    pub fn preview_import(
        &self,
        source: &Source,
        kind: &str,
        now: Timestamp,
        progress: ImportProgress<'_>,
    ) -> Result<ImportReport, WorkspaceError> {
        let mut report = ImportReport::default();
        self.run_import(&mut report, None, source, kind, now, progress)?;
        Ok(report)
    }

    /// Takes an import back: what it made goes into the trash, what it changed gets its old values. Records that
    /// somebody edited since are left alone. Returns (taken back, left alone).
    ///
    /// # Errors
    /// `Store`; it can be called again.
    pub fn undo_import(
        &self,
        author: DeviceId,
        report: &ImportReport,
        now: Timestamp,
    ) -> Result<(usize, usize), WorkspaceError> {
        let (mut back, mut left) = (0, 0);
        let mut made = Vec::new();
        // A record written twice stands at the heads of the second time, which is taken back first.
        for imported in report.records.iter().rev() {
            let heads = match self.record(imported.id) {
                Ok(page) => page.view.heads,
                Err(WorkspaceError::Store(error)) => return Err(error.into()),
                Err(_) => continue,
            };
            if heads != imported.heads {
                left += 1;
            } else if imported.created {
                made.push(Edit::of(imported.id).with("removed", true));
            } else {
                match self.undo(author, Some(imported.id), now) {
                    Ok(_) => back += 1,
                    Err(WorkspaceError::Store(error)) => return Err(error.into()),
                    Err(_) => left += 1,
                }
            }
        }
        for batch in made.chunks(BATCH) {
            for verdict in self.edit_many(author, batch, now)? {
                match verdict {
                    Ok(_) => back += 1,
                    Err(_) => left += 1,
                }
            }
        }
        Ok((back, left))
    }

    fn run_import(
        &self,
        report: &mut ImportReport,
        author: Option<DeviceId>,
        source: &Source,
        kind: &str,
        now: Timestamp,
        progress: ImportProgress<'_>,
    ) -> Result<(), WorkspaceError> {
        let schema = self.schema();
        let mut seed = [0; 32];
        self.writer().rng.fill_bytes(&mut seed);
        let mut rng = StdRng::from_seed(seed);
        let mut made = BTreeMap::new();
        let mut batch = Batch::new(self, author, now, report);
        batch.report.errors.clone_from(&source.broken);
        batch.report.failed = source.broken.len();
        batch.report.rows = source.broken.len();
        for at in 0..source.len() {
            if at.is_multiple_of(50) && !progress(at, source.len()) {
                batch.report.cancelled = true;
                break;
            }
            let Some(draft) = source.draft(at, &schema, kind) else { continue };
            batch.report.rows += 1;
            if author.is_some() && batch.has(&draft) {
                batch.write()?;
            }
            batch.report.errors.extend(draft.problems.iter().cloned());
            if author.is_none() && batch.has(&draft) {
                batch.report.same += 1;
                continue;
            }
            let (row, uid) = (draft.row, draft.uid.clone());
            let resolved = interop::resolve(draft, &schema, &batch, &mut made, now, &mut rng);
            match resolved.standing {
                Standing::New => batch.report.new += 1,
                Standing::Duplicate { .. } => {
                    batch.report.new += 1;
                    batch.report.duplicates += 1;
                }
                Standing::Same { .. } => batch.report.same += 1,
                Standing::Update { .. } => batch.report.updated += 1,
            }
            let new = matches!(resolved.standing, Standing::New | Standing::Duplicate { .. });
            batch.add(row, &uid, new, resolved.edits);
            if batch.edits.len() >= BATCH {
                batch.write()?;
            }
        }
        batch.write()?;
        batch.report.errors.sort_by_key(|problem| problem.row);
        progress(source.len(), source.len());
        Ok(())
    }
}

/// Edits that wait for their transaction, and what they will be found by.
struct Batch<'a> {
    workspace: &'a Workspace,
    /// `None`: a preview.
    author: Option<DeviceId>,
    now: Timestamp,
    edits: Vec<Edit>,
    /// Per edit: its row, and whether it is the row's own (not a company it names) and new.
    rows: Vec<(usize, bool, bool)>,
    keys: BTreeMap<String, Vec<RecordId>>,
    uids: BTreeSet<String>,
    ids: BTreeSet<RecordId>,
    report: &'a mut ImportReport,
}

impl Directory for Batch<'_> {
    fn find(&self, kind: &str, field: &str, texts: &[String]) -> Vec<(RecordId, String)> {
        let mut found = self.workspace.find(kind, field, texts);
        for (key, text) in texts.iter().map(|text| (key_of(kind, field, text), text)) {
            let ids = self.keys.get(&key).into_iter().flatten();
            found.extend(ids.map(|id| (*id, text.clone())));
        }
        found
    }

    fn view(&self, id: RecordId) -> Option<RecordView> {
        self.workspace.view(id)
    }
}

impl<'a> Batch<'a> {
    fn new(
        workspace: &'a Workspace,
        author: Option<DeviceId>,
        now: Timestamp,
        report: &'a mut ImportReport,
    ) -> Self {
        Self {
            workspace,
            author,
            now,
            edits: Vec::new(),
            rows: Vec::new(),
            keys: BTreeMap::new(),
            uids: BTreeSet::new(),
            ids: BTreeSet::new(),
            report,
        }
    }

    /// Whether the draft's record is one that waits here.
    fn has(&self, draft: &Draft) -> bool {
        self.uids.contains(&draft.uid) || draft.own_id.is_some_and(|id| self.ids.contains(&id))
    }

    fn add(&mut self, row: usize, uid: &str, new: bool, edits: Vec<Edit>) {
        let last = edits.len().saturating_sub(1);
        for (at, edit) in edits.into_iter().enumerate() {
            if let (Some(id), Some(kind)) = (edit.id, &edit.kind) {
                for (field, text) in keys_of(kind, &edit) {
                    self.keys.entry(key_of(kind, field, &text)).or_default().push(id);
                }
            }
            self.ids.extend(edit.id);
            self.rows.push((row, at == last, new));
            self.edits.push(edit);
        }
        self.uids.insert(uid.to_owned());
    }

    fn write(&mut self) -> Result<(), WorkspaceError> {
        let Some(author) = self.author else { return Ok(()) };
        let edits = std::mem::take(&mut self.edits);
        let rows = std::mem::take(&mut self.rows);
        self.keys.clear();
        self.uids.clear();
        self.ids.clear();
        if edits.is_empty() {
            return Ok(());
        }
        let verdicts = self.workspace.edit_many(author, &edits, self.now).inspect_err(|_| {
            for (_, _, new) in rows.iter().filter(|(_, own, _)| *own) {
                self.report.not_written(*new);
            }
        })?;
        for ((row, own, new), verdict) in rows.into_iter().zip(verdicts) {
            match verdict {
                Ok(Edited { id, hash: Some(change), heads, created, .. }) => {
                    self.report.records.push(Imported { id, created, change, heads });
                }
                Ok(_) => {}
                Err(error) => {
                    if own {
                        self.report.not_written(new);
                    }
                    self.report.errors.push(refused(row, &error));
                }
            }
        }
        Ok(())
    }
}

impl ImportReport {
    /// A row that was counted when it was resolved did not reach the store.
    fn not_written(&mut self, new: bool) {
        self.failed += 1;
        let counted = if new { &mut self.new } else { &mut self.updated };
        *counted = counted.saturating_sub(1);
    }
}

fn key_of(kind: &str, field: &str, text: &str) -> String {
    format!("{kind}/{field}/{text}")
}

/// What the index will know the record by, as far as a duplicate check asks for it.
fn keys_of(kind: &str, edit: &Edit) -> Vec<(&'static str, String)> {
    let set = |field: &str| edit.set.get(field).and_then(Json::as_str).unwrap_or_default();
    let parts = |field: &str, part: &str| -> Vec<String> {
        let entries = edit.add.get(field).into_iter().flatten();
        entries.filter_map(|entry| entry[part].as_str().map(str::to_owned)).collect()
    };
    let name = match kind {
        "company" => company_name(set("name")),
        _ => person_name(set("given_name"), set("family_name")),
    };
    let emails = parts("emails", "address").into_iter().map(|email| ("~email", email.to_lowercase()));
    let phones = parts("phones", "number").into_iter().map(|number| ("~phone", e164_digits(&number)));
    let keys = std::iter::once(("~name", name)).chain(emails).chain(phones);
    keys.filter(|(_, text)| !text.is_empty()).collect()
}

fn refused(row: usize, error: &WorkspaceError) -> Problem {
    let (code, column) = match error {
        WorkspaceError::Edit(crate::record::EditError::BadValue { field, .. }) => {
            ("bad_value", field.clone())
        }
        WorkspaceError::Edit(crate::record::EditError::TooLarge { what, .. }) => ("too_long", what.clone()),
        _ => ("broken_row", String::new()),
    };
    Problem { row, column, value: String::new(), code, reason: error.to_string() }
}
