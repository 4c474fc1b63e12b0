//! What was refused, and trying it again after an upgrade.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::gate::Sender;
use crate::record::Timestamp;
use crate::store::{LogRow, QuarantineRow};

use super::batch::author_of;
use super::intake::{Item, Outcome, clear_notes};
use super::{Role, Workspace, WorkspaceError};

impl Workspace {
    /// Refused changes, oldest first.
    pub fn quarantine(&self, limit: usize) -> Result<Vec<QuarantineRow>, WorkspaceError> {
        self.store.read(|view| Ok(view.quarantine(limit)?))
    }

    /// Tries quarantined changes again (after an upgrade). Returns (taken, still refused). Own changes that
    /// the relay refused are not tried: their edits were made again under another hash.
    pub fn retry_quarantine(&self, now: Timestamp) -> Result<(usize, usize), WorkspaceError> {
        /// Each may be 256 KiB.
        const AT_ONCE: usize = 200;
        let (mut taken, mut refused, mut after) = (0, 0, 0);
        loop {
            let rows =
                self.store.read(|view| Ok::<_, WorkspaceError>(view.quarantine_after(after, AT_ONCE)?))?;
            let Some(last) = rows.last() else { return Ok((taken, refused)) };
            after = last.id;
            let own = |row: &QuarantineRow| self.role == Role::Device && row.device == Some(self.device);
            let rows: Vec<QuarantineRow> = rows.into_iter().filter(|row| !own(row)).collect();
            let counts = self.retry(&rows, now)?;
            taken += counts.0;
            refused += counts.1;
        }
    }

    /// Oldest first: what a change depends on was refused before it.
    fn retry(&self, rows: &[QuarantineRow], now: Timestamp) -> Result<(usize, usize), WorkspaceError> {
        let mut writer = self.writer();
        let schema = self.schema();
        let items = rows
            .iter()
            .map(|row| Item { record: row.record, bytes: row.bytes.clone(), received: None, whole: false })
            .collect();
        // An operator asks, and who sent it is on record: authorship was judged by the session then.
        let senders: BTreeSet<_> = rows.iter().filter_map(|row| row.device).collect();
        let sender = match self.role {
            Role::Device => Sender::Relay,
            Role::Relay => Sender::Recovery(senders),
        };
        let mut gathered =
            self.store.read(|view| self.gather(view, &writer, items, BTreeMap::new(), &sender))?;
        self.note_applying(&gathered)?;
        let landed = self.judge(&writer, &mut gathered, &schema)?;
        let counts = self.commit(&mut writer, |tx, batch, writer| {
            let mut new_rows: Vec<LogRow> = Vec::new();
            let (mut taken, mut refused) = (0, 0);
            for (at, row) in rows.iter().enumerate() {
                match gathered.outcomes[at] {
                    Outcome::Refused(_) => refused += 1,
                    Outcome::Taken => {
                        taken += 1;
                        new_rows.extend(gathered.row(at));
                        tx.drop_quarantine(row.id)?;
                    }
                    // It came by another way meanwhile.
                    Outcome::Known(_) | Outcome::Same(_) => tx.drop_quarantine(row.id)?,
                }
            }
            if self.role == Role::Relay {
                for row in &mut new_rows {
                    let brought = rows.iter().find(|kept| kept.hash == row.hash).and_then(|kept| kept.device);
                    row.brought_by =
                        brought.filter(|device| author_of(row).is_some_and(|author| author != *device));
                }
            }
            batch.append(tx, writer, &mut new_rows, now)?;
            batch.land_all(tx, &schema, landed, new_rows)?;
            clear_notes(tx)?;
            Ok((taken, refused))
        });
        writer.suspects.clear();
        drop(writer);
        self.bell.ring();
        counts
    }
}
