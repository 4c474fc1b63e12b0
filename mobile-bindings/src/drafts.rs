//! What stands in a form and is not saved yet: survives the death of the process.

use serde::{Deserialize, Serialize};

use crate::errors::internal;
use crate::runtime::blocking;
use crate::workspace::now;
use crate::{EditData, FarleyError, Workspace};

/// A form as it stands.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize, uniffi::Record)]
pub struct DraftData {
    /// `new:contact`, `edit:<id>`, `note:<about>`, …; at most 200 bytes.
    pub name: String,
    /// What it would save. What the core cannot read yet stands as `Typed`.
    pub edit: EditData,
    /// UTC milliseconds; set by the core.
    pub saved_at: i64,
}

#[uniffi::export]
impl Workspace {
    /// Keeps it in place of an older one of the same name. On the disk when it returns.
    pub async fn save_draft(&self, draft: DraftData) -> Result<(), FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let kept = DraftData { saved_at: now().millis(), ..draft };
            let bytes = serde_json::to_vec(&kept).map_err(|_| internal("draft"))?;
            Ok(open.workspace().save_draft(&kept.name, &bytes)?)
        })
        .await
    }

    /// The draft of this name.
    pub async fn draft(&self, name: String) -> Result<Option<DraftData>, FarleyError> {
        let open = self.open_now()?;
        blocking(move || Ok(open.workspace().draft(&name)?.and_then(|bytes| read(&name, &bytes)))).await
    }

    /// All of them, by name.
    pub async fn drafts(&self) -> Result<Vec<DraftData>, FarleyError> {
        let open = self.open_now()?;
        blocking(move || {
            let drafts = open.workspace().drafts()?;
            Ok(drafts.iter().filter_map(|(name, bytes)| read(name, bytes)).collect())
        })
        .await
    }

    /// Forgets it; none is fine too.
    pub async fn discard_draft(&self, name: String) -> Result<(), FarleyError> {
        let open = self.open_now()?;
        blocking(move || Ok(open.workspace().discard_draft(&name)?)).await
    }
}

/// A draft of a newer app is left where it is.
fn read(name: &str, bytes: &[u8]) -> Option<DraftData> {
    serde_json::from_slice(bytes)
        .inspect_err(|error| tracing::warn!(name, at = error.column(), "a draft cannot be read"))
        .ok()
}
