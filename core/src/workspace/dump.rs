//! Every record as one line: two replicas at rest print identical bytes.

use serde::Serialize;

use crate::record::{ChangeHash, DeviceId, Heads, RecordId, Timestamp};
use crate::schema::RecordView;

use super::{Workspace, WorkspaceError};

/// One line. Nothing in it is known to one replica only: no arrival times, no marks, no row numbers.
#[derive(Serialize)]
struct Line {
    id: RecordId,
    kind: String,
    values: std::collections::BTreeMap<String, serde_json::Value>,
    conflicts: Vec<Conflict>,
    heads: Heads,
}

#[derive(Serialize)]
struct Conflict {
    field: String,
    key: String,
    versions: Vec<Version>,
}

#[derive(Serialize)]
struct Version {
    value: serde_json::Value,
    change: ChangeHash,
    device: Option<DeviceId>,
    typed_at: Timestamp,
}

impl Workspace {
    /// Every record, sorted by id, one JSON line each: id, kind, all values, all conflicts, heads.
    ///
    /// # Errors
    /// `Document` if a record cannot be loaded, `Store` with what `line` reported.
    pub fn dump(&self, line: &mut dyn FnMut(&str) -> std::io::Result<()>) -> Result<(), WorkspaceError> {
        let schema = self.schema();
        // One record at a time: a long read snapshot would keep the WAL from being checkpointed.
        let ids = self.store.read(|view| Ok::<_, WorkspaceError>(view.records()?))?;
        for id in ids {
            let Some(loaded) = self.store.read(|view| self.load(view, id))? else { continue };
            let text = text_of(schema.view(&loaded.record));
            line(&text).map_err(|error| crate::store::StoreError::Io(error.kind().to_string()))?;
        }
        Ok(())
    }
}

/// The line of a record as it is shown.
pub(super) fn text_of(view: RecordView) -> String {
    let mut values = view.values;
    // What a newer app wrote is data, too.
    for (key, value) in view.extra {
        values.entry(key).or_insert(value);
    }
    let mut conflicts: Vec<Conflict> = view
        .conflicts
        .into_iter()
        .map(|conflict| {
            let mut versions: Vec<Version> = conflict
                .versions
                .into_iter()
                .map(|version| Version {
                    value: version.value,
                    change: version.change,
                    device: version.device,
                    typed_at: version.typed_at,
                })
                .collect();
            // The shown one first, the others by hash: their order in the document is nobody's business.
            if let Some((_, others)) = versions.split_first_mut() {
                others.sort_by_key(|version| version.change);
            }
            Conflict { field: conflict.field, key: conflict.key, versions }
        })
        .collect();
    conflicts.sort_by(|a, b| a.key.cmp(&b.key));
    let line = Line { id: view.id, kind: view.kind, values, conflicts, heads: view.heads };
    serde_json::to_string(&line).unwrap_or_default()
}
