//! What a person has typed and not saved yet, and how far each list was looked at. Of this replica, never synced.

use crate::record::{EditError, RecordId};
use crate::store::StoreError;

use super::{Workspace, WorkspaceError};

/// Longest draft, in bytes: a form with two texts at their limit.
pub const MAX_DRAFT: usize = 1 << 20;
/// Longest name of a draft or a list, in bytes.
const MAX_NAME: usize = 200;

impl Workspace {
    /// Keeps what stands in a form under `name`; on the disk when it returns. The form alone knows what the bytes mean.
    ///
    /// # Errors
    /// `Edit` (`TooLarge`) beyond [`MAX_DRAFT`] or a name over 200 bytes; `Store`.
    pub fn save_draft(&self, name: &str, draft: &[u8]) -> Result<(), WorkspaceError> {
        if name.len() > MAX_NAME {
            return Err(too_large("name of a draft", MAX_NAME));
        }
        if draft.len() > MAX_DRAFT {
            return Err(too_large("draft", MAX_DRAFT));
        }
        self.keep(&draft_key(name), Some(draft))
    }

    /// What was kept under `name`.
    pub fn draft(&self, name: &str) -> Result<Option<Vec<u8>>, WorkspaceError> {
        self.store.read(|view| Ok(view.meta(&draft_key(name))?))
    }

    /// Every draft with its name, sorted by name.
    pub fn drafts(&self) -> Result<Vec<(String, Vec<u8>)>, WorkspaceError> {
        let drafts = self.store.read(|view| Ok::<_, WorkspaceError>(view.meta_below(DRAFTS)?))?;
        Ok(drafts.into_iter().map(|(key, draft)| (key[DRAFTS.len()..].to_owned(), draft)).collect())
    }

    /// Forgets the draft; none is fine too.
    pub fn discard_draft(&self, name: &str) -> Result<(), WorkspaceError> {
        self.keep(&draft_key(name), None)
    }

    /// Everything that is here now counts as looked at in `list`.
    pub fn mark_seen(&self, list: &str) -> Result<(), WorkspaceError> {
        if list.len() > MAX_NAME {
            return Err(too_large("name of a list", MAX_NAME));
        }
        let end = self.store.read(|view| Ok::<_, WorkspaceError>(view.last_entry()?))?;
        self.keep(&seen_key(list), Some(&end.to_be_bytes()))
    }

    /// Which of `records` somebody else has changed since `list` was last looked at; none if it never was.
    pub fn fresh_in(&self, list: &str, records: &[RecordId]) -> Result<Vec<RecordId>, WorkspaceError> {
        self.store.read(|view| {
            let Some(bytes) = view.meta(&seen_key(list))? else { return Ok(Vec::new()) };
            let odd = || StoreError::Broken("the mark of a list has another length than it should".into());
            let seen = bytes.as_slice().try_into().map(i64::from_be_bytes).map_err(|_| odd())?;
            Ok(view.changed_by_others_since(seen, &self.device.0, records)?)
        })
    }

    fn keep(&self, key: &str, value: Option<&[u8]>) -> Result<(), WorkspaceError> {
        let _writer = self.writer();
        self.store.write(|tx| Ok(tx.set_meta(key, value)?))
    }
}

const DRAFTS: &str = "draft/";

fn draft_key(name: &str) -> String {
    format!("{DRAFTS}{name}")
}

fn seen_key(list: &str) -> String {
    format!("seen/{list}")
}

fn too_large(what: &str, limit: usize) -> WorkspaceError {
    EditError::TooLarge { what: what.to_owned(), limit: limit as u64 }.into()
}
