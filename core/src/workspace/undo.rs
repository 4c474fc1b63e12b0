//! Taking back the last edit, as a new edit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::Step;
use crate::record::{ChangeHash, Content, DeviceId, RecordId, Scalar, Timestamp, Write};
use crate::store::{Tx, View};

use super::batch::Batch;
use super::cache::Loaded;
use super::edit::{Made, clamped};
use super::{Edited, Workspace, WorkspaceError, Writer, meta};

/// Edits remembered per author in this process.
pub(super) const REMEMBERED: usize = 100;

/// An edit made in this process.
#[derive(Clone)]
pub(super) struct Done {
    pub record: RecordId,
    /// Its changes, in order.
    pub changes: Vec<ChangeHash>,
}

impl Workspace {
    /// Takes back `author`'s last edit (of `record`, or of all) as a new edit; what was edited since stays.
    /// Of one record also edits of earlier runs can be taken back, one by one. A creation taken back is a
    /// record in the trash.
    ///
    /// # Errors
    /// `NothingToUndo` if there is no such edit, or everything it wrote was written over since.
    pub fn undo(
        &self,
        author: DeviceId,
        record: Option<RecordId>,
        now: Timestamp,
    ) -> Result<Edited, WorkspaceError> {
        let now = clamped(now);
        let taken_back = self.transact(|tx, batch, writer| {
            let done = match record {
                Some(record) => self.last_edit_of(tx, batch, author, record)?,
                None => writer.undo.get(&author).and_then(|edits| edits.last().cloned()),
            };
            let Some(done) = done else { return Ok(None) };
            // Also if nothing was left to take back: that is committed, so that the next call goes on before it.
            let edited = self.take_back(tx, batch, writer, author, &done, now)?;
            writer.undo.entry(author).or_default().retain(|edit| edit.changes != done.changes);
            Ok(edited)
        })?;
        taken_back.ok_or(WorkspaceError::NothingToUndo)
    }

    /// From the record's history: the author's newest edit that was neither taken back nor is itself a
    /// taking back.
    fn last_edit_of(
        &self,
        tx: &View<'_>,
        batch: &Batch<'_>,
        author: DeviceId,
        record: RecordId,
    ) -> Result<Option<Done>, WorkspaceError> {
        let loaded = batch.load(tx, record)?.ok_or(WorkspaceError::NotFound(record))?;
        let spent: BTreeSet<ChangeHash> = meta::hashes(tx, &spent_key(record))?.into_iter().collect();
        let steps = loaded.document.history();
        let mut own = steps.iter().rev().filter(|step| step.device == Some(author));
        let Some(last) = own.find(|step| !spent.contains(&step.change)) else { return Ok(None) };
        // A long text is several changes, one built on the other in one moment.
        let mut changes = vec![last.change];
        let mut deps = &last.deps;
        for step in own {
            if step.typed_at != last.typed_at
                || deps.as_slice() != [step.change]
                || spent.contains(&step.change)
            {
                break;
            }
            changes.insert(0, step.change);
            deps = &step.deps;
        }
        Ok(Some(Done { record, changes }))
    }

    fn take_back(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch<'_>,
        writer: &mut Writer,
        author: DeviceId,
        done: &Done,
        now: Timestamp,
    ) -> Result<Option<Edited>, WorkspaceError> {
        let Some(loaded) = batch.load(tx, done.record)? else { return Ok(None) };
        let steps = loaded.document.history();
        let steps: Vec<&Step> = steps.iter().filter(|step| done.changes.contains(&step.change)).collect();
        let made = self.restore(batch, loaded, &steps, author, now)?;
        let mut spent = meta::hashes(tx, &spent_key(done.record))?;
        spent.extend(&done.changes);
        let mut result = None;
        if let Some(made) = made {
            let (edited, changes) = self.store_made(tx, batch, writer, made, now)?;
            spent.extend(changes);
            result = Some(edited);
        }
        // Only the newest matter: nobody takes back a thousand edits of one record.
        let newest = &spent[spent.len().saturating_sub(10 * REMEMBERED)..];
        meta::set_hashes(tx, &spent_key(done.record), newest)?;
        Ok(result)
    }

    /// Puts back what the keys held before `steps`, where they still show what `steps` wrote.
    fn restore(
        &self,
        batch: &Batch<'_>,
        loaded: Loaded,
        steps: &[&Step],
        author: DeviceId,
        now: Timestamp,
    ) -> Result<Option<Made>, WorkspaceError> {
        let mut keys: BTreeMap<&str, (Option<&Content>, &Content)> = BTreeMap::new();
        for (key, before, written) in steps.iter().flat_map(|step| &step.keys) {
            keys.entry(key).and_modify(|known| known.1 = written).or_insert((before.as_ref(), written));
        }
        let record = Arc::clone(&loaded.record);
        let kind = batch.schema.kind(record.kind());
        if keys.contains_key("kind") {
            let already = record.content("removed").is_some_and(is_set);
            let removed = Write::Put { key: "removed".to_owned(), value: Scalar::Int(now.millis()) };
            let writes = if already { vec![] } else { vec![removed] };
            return self.write(loaded, kind, &writes, None, author, now);
        }
        let null = Content::Scalar(Scalar::Null);
        let (mut writes, mut texts) = (Vec::new(), Vec::new());
        for (key, (before, written)) in keys {
            let shown = record.content(key).unwrap_or(&null);
            match written {
                _ if shown == written => match (before, written) {
                    (None, Content::Text(_)) => {
                        writes.push(Write::Text { key: key.to_owned(), text: String::new() });
                    }
                    _ => writes.push(Write::restore(key, before.unwrap_or(&null))),
                },
                // Ben wrote on in the text: Anna's words go, his stay.
                Content::Text(_) => {
                    let text = before.and_then(Content::as_str).unwrap_or_default().to_owned();
                    texts.push(Write::Text { key: key.to_owned(), text });
                }
                // Somebody wrote the field again; that stands.
                Content::Scalar(_) => {}
            }
        }
        let mut made = self.write(loaded.clone(), kind, &writes, None, author, now)?;
        if let (false, Some(last)) = (texts.is_empty(), steps.last()) {
            let standing = made.as_ref().map_or(loaded, |made| made.loaded.clone());
            let more = self.write(standing, kind, &texts, Some(&[last.change]), author, now)?;
            made = match (made, more) {
                (Some(first), Some(second)) => Some(Made {
                    rows: first.rows.into_iter().chain(second.rows).collect(),
                    before: first.before,
                    loaded: second.loaded,
                }),
                (first, second) => first.or(second),
            };
        }
        Ok(made)
    }
}

fn is_set(content: &Content) -> bool {
    !matches!(content, Content::Scalar(Scalar::Null | Scalar::Bool(false)))
}

/// Changes of a record that were taken back, or took something back.
pub(super) fn spent_key(record: RecordId) -> String {
    format!("undone/{record}")
}
