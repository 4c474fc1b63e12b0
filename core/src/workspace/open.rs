//! Making and opening a workspace. Opening reads the settings and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock};

use crate::record::{DeviceId, Epoch, Record, RecordId, Timestamp, WorkspaceId};
use crate::schema::Schema;
use crate::store::{Store, StoreError};
use crate::sync::EpochStart;

use super::cache::Cache;
use super::schemas::Schemas;
use super::{Role, Workspace, WorkspaceError, WorkspaceOptions, Writer, meta, rebuild};

impl Workspace {
    /// Makes a new workspace at `path` (a database file). A relay starts its first epoch.
    ///
    /// # Errors
    /// If there is one already, or the file cannot be written.
    pub fn create(
        path: &Path,
        id: WorkspaceId,
        device: DeviceId,
        role: Role,
        mut options: WorkspaceOptions,
        _now: Timestamp,
    ) -> Result<Self, WorkspaceError> {
        options.store.create = true;
        let first_epoch = Epoch::random(&mut *options.rng);
        let (store, parts) = Parts::of(path, options)?;
        store.write(|tx| {
            if meta::workspace(tx)?.is_some() {
                return Err(StoreError::ReadOnly("a workspace is there already".to_owned()));
            }
            tx.set_meta(meta::WORKSPACE, Some(&id.0))?;
            tx.set_meta(meta::DEVICE, Some(&device.0))?;
            tx.set_meta(meta::ROLE, Some(&[role as u8]))?;
            if role == Role::Relay {
                tx.set_meta(meta::EPOCH, Some(&first_epoch.0))?;
                meta::set_lineage(tx, &[EpochStart { epoch: first_epoch, first: 1 }])?;
            }
            Ok(())
        })?;
        parts.start(store)
    }

    /// Opens what `create` made.
    ///
    /// # Errors
    /// `StoreError::Missing` if there is none; otherwise what the store found.
    pub fn open(path: &Path, options: WorkspaceOptions) -> Result<Self, WorkspaceError> {
        let (store, parts) = Parts::of(path, options)?;
        parts.start(store)
    }

    /// Opens for reading beside the process that has it open. Edits answer `ReadOnly`.
    ///
    /// # Errors
    /// `StoreError::Missing` if there is none; otherwise what the store found.
    pub fn open_reading(path: &Path, options: WorkspaceOptions) -> Result<Self, WorkspaceError> {
        let WorkspaceOptions { store, trial, rng, canary, cache, fold } = options;
        let parts = Parts { trial, rng, canary, cache, fold: fold.max(1), reading: true };
        parts.start(Store::open_reading(path, store)?)
    }
}

/// What the options hold besides the store.
struct Parts {
    trial: Arc<dyn crate::document::gate::Trial>,
    rng: Box<dyn rand::RngCore + Send>,
    canary: bool,
    cache: usize,
    fold: usize,
    /// Nothing may be written.
    reading: bool,
}

/// What opening reads.
struct Facts {
    id: WorkspaceId,
    device: DeviceId,
    role: Role,
    applying: bool,
    trying: bool,
}

impl Parts {
    fn of(path: &Path, options: WorkspaceOptions) -> Result<(Store, Self), WorkspaceError> {
        let WorkspaceOptions { store, trial, rng, canary, cache, fold } = options;
        Ok((Store::open(path, store)?, Self { trial, rng, canary, cache, fold: fold.max(1), reading: false }))
    }

    fn start(self, store: Store) -> Result<Workspace, WorkspaceError> {
        let facts: Facts = store.read(|view| {
            let (Some(id), Some(device)) = (meta::workspace(view)?, meta::device(view)?) else {
                return Err(StoreError::Missing);
            };
            let role = match view.meta(meta::ROLE)?.as_deref() {
                Some([1]) => Role::Relay,
                _ => Role::Device,
            };
            let applying = view.meta(meta::APPLYING)?.is_some();
            let trying = view.meta(meta::TRYING)?.is_some();
            Ok(Facts { id, device, role, applying, trying })
        })?;
        let mut workspace = Workspace {
            id: facts.id,
            device: facts.device,
            role: facts.role,
            store,
            trial: self.trial,
            canary: self.canary,
            fold: self.fold,
            writer: Mutex::new(Writer {
                rng: self.rng,
                undo: BTreeMap::new(),
                suspects: BTreeSet::new(),
                poison: BTreeSet::new(),
                unsure: false,
            }),
            cache: Mutex::new(Cache::new(self.cache)),
            schema: RwLock::new(Schemas::new(Schema::builtin(), BTreeMap::new())),
            bell: Arc::default(),
        };
        workspace.load_settings()?;
        if self.reading {
            return Ok(workspace);
        }
        if facts.applying || facts.trying {
            workspace.remember_abort(facts.trying)?;
        }
        workspace.read_poison()?;
        if workspace.store.needs_rebuild()? {
            // From the first record, however far an earlier run was: the tables may be newer than its mark.
            workspace.store.write(rebuild::remember_all)?;
        }
        Ok(workspace)
    }
}

impl Workspace {
    /// Reads the settings that are on the disk into the schema.
    pub(super) fn load_settings(&self) -> Result<(), WorkspaceError> {
        let settings: BTreeMap<RecordId, Arc<Record>> = self.store.read(|view| {
            let mut settings = BTreeMap::new();
            for id in meta::settings(view)? {
                match self.load(view, id) {
                    Ok(Some(loaded)) => {
                        settings.insert(id, loaded.record);
                    }
                    Ok(None) => {}
                    Err(WorkspaceError::Store(error)) => return Err(WorkspaceError::Store(error)),
                    // One unreadable setting must not lock everybody out.
                    Err(error) => tracing::error!(record = %id, %error, "a setting cannot be read"),
                }
            }
            Ok(settings)
        })?;
        self.install(settings);
        Ok(())
    }

    /// The process ended while foreign changes were being tried (gate check 19). The next batch tries
    /// those one by one, each noted first and struck out after. One that is noted now is doubted; it is poison
    /// when that happens again: once, the power may have gone just between the note and its end.
    fn remember_abort(&mut self, alone: bool) -> Result<(), WorkspaceError> {
        if alone {
            self.store.write(|tx| {
                let trying = meta::hashes(tx, meta::TRYING)?;
                let mut poison = meta::hashes(tx, meta::POISON)?;
                let mut doubted = meta::hashes(tx, meta::DOUBTED)?;
                for hash in trying {
                    if doubted.contains(&hash) {
                        poison.push(hash);
                    } else {
                        doubted.push(hash);
                    }
                }
                meta::set_hashes(tx, meta::POISON, &poison)?;
                meta::set_hashes(tx, meta::DOUBTED, &doubted)?;
                tx.set_meta(meta::TRYING, None)
            })?;
        }
        let suspects = self.store.read(|view| meta::hashes(view, meta::APPLYING))?;
        self.writer().suspects.extend(suspects);
        Ok(())
    }

    fn read_poison(&self) -> Result<(), WorkspaceError> {
        let poison = self.store.read(|view| meta::hashes(view, meta::POISON))?;
        self.writer().poison.extend(poison);
        Ok(())
    }
}
