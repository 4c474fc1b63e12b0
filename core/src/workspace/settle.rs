//! Choosing between two versions: an ordinary edit, so it can be undone.

use crate::record::{
    Cell, ChangeHash, Content, DeviceId, Edit, EditError, Record, RecordId, Scalar, Timestamp, Write,
};
use crate::schema::Schema;

use super::edit::clamped;
use super::{Edited, Workspace, WorkspaceError, Writer};

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
            let writes = match shown.cells.get(&format!("{key}/removed")) {
                Some(flag) if !shown.cells.contains_key(key) => {
                    let versions = versions_of(&schema, &shown, key)?;
                    vec![settled_entry(key, flag, &versions, &take, now)?]
                }
                _ => self.settled_field(&schema, &shown, key, take, now, writer)?,
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

    fn settled_field(
        &self,
        schema: &Schema,
        shown: &Record,
        key: &str,
        take: Take,
        now: Timestamp,
        writer: &mut Writer,
    ) -> Result<Vec<Write>, WorkspaceError> {
        let contested = |cell: &&Cell| !cell.others.is_empty();
        let cell = shown.cells.get(key).filter(contested).ok_or(WorkspaceError::NoConflict)?;
        match take {
            Take::Version(change) => {
                let mut versions = std::iter::once(&cell.shown).chain(&cell.others);
                let version = versions.find(|version| version.change == change);
                Ok(vec![Write::restore(key, &version.ok_or(WorkspaceError::NoConflict)?.content)])
            }
            Take::Value(value) => {
                let unknown = || EditError::UnknownKind { kind: shown.kind().to_owned() };
                let kind = schema.kind(shown.kind()).ok_or_else(unknown)?;
                let edit = Edit::of(shown.id).with(key, value);
                match schema.plan(kind, Some(shown), &edit, now, &mut *writer.rng) {
                    Ok(writes) if !writes.is_empty() => Ok(writes),
                    // The person typed what is shown: that is a choice, too.
                    Ok(_) | Err(EditError::Empty) => Ok(vec![Write::restore(key, &cell.shown.content)]),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }
}

/// Changes of the versions that stand against each other in `key`.
fn versions_of(schema: &Schema, shown: &Record, key: &str) -> Result<Vec<ChangeHash>, WorkspaceError> {
    let conflicts = schema.view(shown).conflicts;
    let conflict = conflicts.iter().find(|conflict| conflict.key == key).ok_or(WorkspaceError::NoConflict)?;
    Ok(conflict.versions.iter().map(|version| version.change).collect())
}

/// An entry that was removed and came back stays, or goes for good.
fn settled_entry(
    key: &str,
    flag: &Cell,
    versions: &[ChangeHash],
    take: &Take,
    now: Timestamp,
) -> Result<Write, WorkspaceError> {
    let removed = match take {
        Take::Value(value) => value.is_null(),
        Take::Version(change) if !versions.contains(change) => return Err(WorkspaceError::NoConflict),
        Take::Version(change) => std::iter::once(&flag.shown).chain(&flag.others).any(|version| {
            version.change == *change && matches!(version.content, Content::Scalar(Scalar::Int(_)))
        }),
    };
    let value = match &flag.shown.content {
        _ if !removed => Scalar::Bool(false),
        // The same value again would be no change, and the entry would stay.
        Content::Scalar(Scalar::Int(then)) if *then == now.millis() => Scalar::Int(then + 1),
        _ => Scalar::Int(now.millis()),
    };
    Ok(Write::Put { key: format!("{key}/removed"), value })
}
