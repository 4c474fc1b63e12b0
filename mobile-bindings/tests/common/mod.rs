//! An office in this process, and phones as an app holds them: nothing but the exported surface.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use farley_mobile::*;
use farley_server::accounts::Role;
use farley_server::app::{Config, Running, serve};

pub const APP: &str = "Farley 0.1 test";

/// Keeps secrets in memory; can lose them or fail.
#[derive(Default)]
pub struct Vault {
    pub kept: Mutex<BTreeMap<String, Vec<u8>>>,
    pub fails: Mutex<Option<FarleyError>>,
}

#[async_trait::async_trait]
impl SecretStore for Vault {
    async fn load(&self, name: String) -> Result<Option<Vec<u8>>, FarleyError> {
        match self.fails.lock().unwrap().clone() {
            Some(error) => Err(error),
            None => Ok(self.kept.lock().unwrap().get(&name).cloned()),
        }
    }
    async fn save(&self, name: String, bytes: Vec<u8>) -> Result<(), FarleyError> {
        self.kept.lock().unwrap().insert(name, bytes);
        Ok(())
    }
    async fn forget(&self, name: String) -> Result<(), FarleyError> {
        self.kept.lock().unwrap().remove(&name);
        Ok(())
    }
}

pub struct Office {
    pub running: Running,
    folder: tempfile::TempDir,
}

impl Office {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let running = serve(Config::local(&folder.path().join("data"))).await.unwrap();
        Self { running, folder }
    }

    pub fn invite(&self, name: &str) -> String {
        let person = self.running.accounts().add_person(name, Role::Field, None, None).unwrap();
        self.running.invite(person.id).unwrap()
    }

    /// For a test that outlives its server.
    pub fn into_parts(self) -> (Running, tempfile::TempDir) {
        (self.running, self.folder)
    }

    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub async fn phone(&self, name: &str) -> Phone {
        let (folder, vault) = (self.folder(name), Arc::new(Vault::default()));
        let workspace = enrol(&folder, &self.invite(name), &vault).await.unwrap();
        Phone { workspace, folder, vault }
    }
}

pub struct Phone {
    pub workspace: Arc<Workspace>,
    pub folder: PathBuf,
    pub vault: Arc<Vault>,
}

impl Phone {
    pub async fn sync(&self) -> SyncSummary {
        self.workspace.sync_once(20_000, CancelHandle::new()).await.unwrap()
    }

    pub async fn restart(self) -> Self {
        self.workspace.close().await.unwrap();
        let workspace = open(&self.folder, &self.vault).await.unwrap();
        Self { workspace, ..self }
    }

    pub async fn add(&self, kind: &str, set: &[(&str, FieldValue)]) -> String {
        let edit = EditData { kind: Some(kind.into()), set: named(set), ..EditData::default() };
        self.workspace.apply(edit).await.unwrap().id
    }

    pub async fn set(&self, id: &str, set: &[(&str, FieldValue)]) -> EditResult {
        let edit = EditData { id: Some(id.into()), set: named(set), ..EditData::default() };
        self.workspace.apply(edit).await.unwrap()
    }

    pub async fn value(&self, id: &str, field: &str) -> Option<FieldValue> {
        let record = self.workspace.record(id.into()).await.unwrap();
        record.fields.into_iter().find(|data| data.field == field).map(|data| data.value)
    }
}

pub async fn enrol(folder: &Path, link: &str, vault: &Arc<Vault>) -> Result<Arc<Workspace>, FarleyError> {
    let folder = folder.to_str().unwrap().to_owned();
    Workspace::enrol(
        folder,
        link.into(),
        "Pixel 9".into(),
        "android".into(),
        APP.into(),
        vault.clone(),
        CancelHandle::new(),
    )
    .await
}

pub async fn open(folder: &Path, vault: &Arc<Vault>) -> Result<Arc<Workspace>, FarleyError> {
    Workspace::open(folder.to_str().unwrap().to_owned(), APP.into(), vault.clone()).await
}

pub fn named(values: &[(&str, FieldValue)]) -> Vec<NamedValue> {
    let named =
        |(field, value): &(&str, FieldValue)| NamedValue { field: (*field).into(), value: value.clone() };
    values.iter().map(named).collect()
}

pub fn text(text: &str) -> FieldValue {
    FieldValue::Text { text: text.into() }
}

pub fn typed(text: &str) -> FieldValue {
    FieldValue::Typed { text: text.into() }
}

pub async fn eventually(mut look: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !look().await {
        assert!(Instant::now() < end, "it did not happen within 20 s");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// As the server runs: stacks of 8 MiB.
pub fn run(test: impl Future<Output = ()>) {
    farley_server::app::runtime().unwrap().block_on(test);
}
