//! Choosing between two versions: an ordinary edit, so it can be undone.

use crate::record::{ChangeHash, DeviceId, Edit, EditError, RecordId, Timestamp, Write};

use super::edit::clamped;
use super::{Edited, Workspace, WorkspaceError};

/// Which version a person takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Take {
    /// The one this change wrote.
    Version(ChangeHash),
    /// A new value.
    Value(serde_json::Value),
}

impl Workspace {
    /// Makes one version of `key` the only one. For an entry that came back (`phones/a1`) any version
    /// keeps it, and the value `null` removes it for good.
    ///
    /// # Errors
    /// `NoConflict` if the key has one value, or none of its values is by the change named.
    pub fn settle(
        &self,
        author: DeviceId,
        record: RecordId,
        key: &str,
        take: Take,
        now: Timestamp,
    ) -> Result<Edited, WorkspaceError> {
        let now = clamped(now);
        self.transact(|tx, batch, writer| {
            let loaded = batch.load(tx, record)?.ok_or(WorkspaceError::NotFound(record))?;
            let shown = std::sync::Arc::clone(&loaded.record);
            let schema = std::sync::Arc::clone(&batch.schema);
            let kind = schema.kind(shown.kind());
            let writes = if shown.revived_entries.contains(key) {
                let removed = match &take {
                    Take::Value(value) if value.is_null() || value == &serde_json::Value::Bool(false) => {
                        crate::record::Scalar::Int(now.millis())
                    }
                    _ => crate::record::Scalar::Bool(false),
                };
                vec![Write::Put { key: format!("{key}/removed"), value: removed }]
            } else {
                let cell = shown
                    .cells
                    .get(key)
                    .filter(|cell| !cell.others.is_empty())
                    .ok_or(WorkspaceError::NoConflict)?;
                match take {
                    Take::Version(change) => {
                        let mut versions = std::iter::once(&cell.shown).chain(&cell.others);
                        let version = versions.find(|version| version.change == change);
                        let version = version.ok_or(WorkspaceError::NoConflict)?;
                        vec![Write::restore(key, &version.content)]
                    }
                    Take::Value(value) => {
                        let kind =
                            kind.ok_or_else(|| EditError::UnknownKind { kind: shown.kind().to_owned() })?;
                        let edit = Edit::of(record).with(key, value);
                        match schema.plan(kind, Some(&shown), &edit, now, &mut *writer.rng) {
                            // The person typed what is shown: that is a choice too.
                            Ok(writes) if writes.is_empty() => {
                                vec![Write::restore(key, &cell.shown.content)]
                            }
                            Err(EditError::Empty) => vec![Write::restore(key, &cell.shown.content)],
                            Ok(writes) => writes,
                            Err(error) => return Err(error.into()),
                        }
                    }
                }
            };
            match self.write(loaded, kind, &writes, None, author, now)? {
                None => Err(WorkspaceError::NoConflict),
                Some(made) => {
                    let (edited, changes) = self.store_made(tx, batch, writer, made, now)?;
                    writer.remember(author, record, changes);
                    Ok(edited)
                }
            }
        })
    }
}
