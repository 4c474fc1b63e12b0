//! Who wrote what, on which device, when it was typed and when it arrived.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::{ChangeHash, DeviceId, RecordId, Timestamp};
use crate::store::LogRow;
use crate::sync::Seq;

use super::fields::{field_name, to_json};
use super::{Workspace, WorkspaceError};

/// One step of a record's history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HistoryStep {
    /// The change.
    pub change: ChangeHash,
    /// Who made it; none for a change every device makes alike.
    pub device: Option<DeviceId>,
    /// When it was typed, by that device's clock.
    pub typed_at: Timestamp,
    /// `None`: not yet at the office.
    pub arrived_at: Option<Timestamp>,
    /// Its seq, if it has one.
    pub seq: Option<Seq>,
    /// Who brought it, if not its author (recovery).
    pub brought_by: Option<DeviceId>,
    /// What it wrote.
    pub fields: Vec<FieldChange>,
}

/// One field in a history step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// The field, as the schema names it.
    pub field: String,
    /// The key it is stored under.
    pub key: String,
    /// What the author saw before.
    pub old: Option<serde_json::Value>,
    /// What the author wrote.
    pub new: Option<serde_json::Value>,
}

impl Workspace {
    /// Every change of a record, oldest first; `field` (a field or a key) limits to steps that wrote it.
    pub fn history(&self, id: RecordId, field: Option<&str>) -> Result<Vec<HistoryStep>, WorkspaceError> {
        let (loaded, ledger) = self.store.read(|view| {
            let loaded = self.load_existing(view, id)?;
            Ok::<_, WorkspaceError>((loaded, view.ledger_of(id)?))
        })?;
        let rows: BTreeMap<ChangeHash, LogRow> = ledger.into_iter().map(|row| (row.hash, row)).collect();
        let schema = self.schema();
        let kind = schema.kind(loaded.record.kind());
        let mut steps = Vec::new();
        for step in loaded.document.history() {
            let mut fields = Vec::new();
            for (key, before, written) in &step.keys {
                let name = field_name(kind, key);
                if field.is_some_and(|field| field != name && field != key) {
                    continue;
                }
                let old = before.as_ref().and_then(|content| to_json(&schema, kind, key, content));
                let new = to_json(&schema, kind, key, written);
                fields.push(FieldChange { field: name, key: key.clone(), old, new });
            }
            if field.is_some() && fields.is_empty() {
                continue;
            }
            let row = rows.get(&step.change);
            steps.push(HistoryStep {
                change: step.change,
                device: step.device,
                typed_at: step.typed_at,
                arrived_at: row.and_then(|row| row.received_at),
                seq: row.and_then(|row| row.seq),
                brought_by: row.and_then(|row| row.brought_by),
                fields,
            });
        }
        Ok(steps)
    }
}
