//! The schema in force: built in, plus what this process added, plus what the settings say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use crate::record::{Record, RecordId};
use crate::schema::{Kind, Schema};

use super::Workspace;

/// Kind of the records that describe the schema.
pub(super) const SETTING: &str = "setting";

/// Where the schema comes from.
pub(super) struct Schemas {
    base: Schema,
    settings: BTreeMap<RecordId, Arc<Record>>,
    current: Arc<Schema>,
}

impl Workspace {
    /// Adds a kind to this process's schema (tests; kinds of settings come by themselves). Rows of that
    /// kind that are here already are derived again.
    pub fn add_kind(&self, kind: Kind) {
        let name = kind.name.clone();
        let mut writer = self.writer();
        {
            let mut schemas = self.schema.write().unwrap_or_else(PoisonError::into_inner);
            let base = schemas.base.clone().with_kind(kind);
            *schemas = Schemas::new(base, schemas.settings.clone());
        }
        let derived = self.commit(&mut writer, |_, batch, _| {
            batch.derive_again.insert(name);
            Ok(())
        });
        drop(writer);
        if let Err(error) = derived {
            tracing::warn!(%error, "rows of an added kind could not be derived again; tidy will");
        }
        self.bell.ring();
    }

    pub(super) fn settings(&self) -> BTreeMap<RecordId, Arc<Record>> {
        self.schema.read().unwrap_or_else(PoisonError::into_inner).settings.clone()
    }

    /// The schema with these settings instead of the present ones.
    pub(super) fn schema_with(&self, settings: &BTreeMap<RecordId, Arc<Record>>) -> Schema {
        let schemas = self.schema.read().unwrap_or_else(PoisonError::into_inner);
        schemas.base.with_settings(settings.values().map(Arc::as_ref))
    }

    pub(super) fn install(&self, settings: BTreeMap<RecordId, Arc<Record>>) {
        let mut schemas = self.schema.write().unwrap_or_else(PoisonError::into_inner);
        *schemas = Schemas::new(schemas.base.clone(), settings);
    }
}

impl Schemas {
    pub(super) fn new(base: Schema, settings: BTreeMap<RecordId, Arc<Record>>) -> Self {
        let current = Arc::new(base.with_settings(settings.values().map(Arc::as_ref)));
        Self { base, settings, current }
    }

    pub(super) fn current(&self) -> Arc<Schema> {
        Arc::clone(&self.current)
    }
}

/// Kinds whose rows may differ between two schemas: their own definition, or a list they use.
pub(super) fn kinds_that_differ(old: &Schema, new: &Schema) -> BTreeSet<String> {
    let names: BTreeSet<&String> = old.kinds.keys().chain(new.kinds.keys()).collect();
    names
        .into_iter()
        .filter(|name| {
            let (before, after) = (old.kinds.get(*name), new.kinds.get(*name));
            let lists_differ = || {
                after.is_some_and(|kind| {
                    kind.fields.iter().chain(kind.fields.iter().flat_map(|field| &field.sub)).any(|field| {
                        field.list.as_ref().is_some_and(|list| old.lists.get(list) != new.lists.get(list))
                    })
                })
            };
            before != after || lists_differ()
        })
        .cloned()
        .collect()
}
