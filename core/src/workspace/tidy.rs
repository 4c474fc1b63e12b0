//! Upkeep when nobody waits.

use std::path::Path;

use super::{Workspace, WorkspaceError};

impl Workspace {
    /// Rows that wait to be derived again, checkpoint, merge of the full-text index: at most about `budget`
    /// pages of work. Returns whether more is left. Never started by itself; tails are folded by edits.
    pub fn tidy(&self, budget: u32) -> Result<bool, WorkspaceError> {
        let rows_left = self.derive_a_step()?;
        let pages_left = self.store.tidy(budget)?;
        Ok(rows_left || pages_left)
    }

    /// A consistent copy while running. It carries this replica's identity: whoever opens it as a relay
    /// starts a new epoch first.
    pub fn backup(&self, to: &Path) -> Result<(), WorkspaceError> {
        Ok(self.store.backup(to)?)
    }
}
