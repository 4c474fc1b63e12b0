//! The relay takes a push: gate, append, fsync, answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::gate::{Reason, Sender};
use crate::planted;
use crate::record::{ChangeHash, DeviceId, RecordId, Timestamp};
use crate::store::LogRow;
use crate::sync::{Seq, Verdict};

use super::batch::author_of;
use super::intake::{Gathered, Item, Outcome, clear_notes};
use super::{Workspace, WorkspaceError, meta};

impl Workspace {
    /// Gate, append, fsync. One verdict per entry, in order; the good ones get their seqs in batch order.
    /// `known` = devices whose changes recovery accepts; it counts only while the window is open.
    ///
    /// # Errors
    /// `Store`: nothing was appended, and nothing may be answered.
    pub fn ingest(
        &self,
        from: DeviceId,
        known: Option<&BTreeSet<DeviceId>>,
        entries: &[(RecordId, Vec<u8>)],
        now: Timestamp,
    ) -> Result<Vec<Verdict>, WorkspaceError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut writer = self.writer();
        let items = entries
            .iter()
            .map(|(record, bytes)| Item {
                record: *record,
                bytes: bytes.clone(),
                received: None,
                whole: false,
            })
            .collect();
        let schema = self.schema();
        let mut gathered = self.store.read(|view| {
            let open = meta::number(view, meta::RECOVERY_UNTIL)? > now.millis().max(0) as u64;
            let sender = match known.filter(|_| open) {
                Some(known) => Sender::Recovery(known.iter().copied().chain([from]).collect()),
                None => Sender::Device(from),
            };
            self.gather(view, &writer, items, BTreeMap::new(), &sender)
        })?;
        self.note_applying(&gathered)?;
        let tried = !gathered.is_quiet();
        let landed = self.judge(&writer, &mut gathered, &schema)?;
        if planted::on(15) {
            refuse_all(&mut gathered);
        }
        let worth_writing = tried || gathered.outcomes.iter().any(|o| matches!(o, Outcome::Refused(_)));
        let mut seqs: BTreeMap<usize, Seq> = BTreeMap::new();
        self.plant_unsynced(true)?;
        if worth_writing {
            seqs = self.commit(&mut writer, |tx, batch, writer| {
                let taken: Vec<usize> = (0..gathered.items.len())
                    .filter(|at| matches!(gathered.outcomes[*at], Outcome::Taken))
                    .collect();
                let mut rows: Vec<LogRow> = taken.iter().filter_map(|at| gathered.row(*at)).collect();
                for row in &mut rows {
                    row.brought_by = author_of(row).filter(|author| *author != from).map(|_| from);
                }
                batch.append(tx, writer, &mut rows, now)?;
                let seqs = taken.iter().copied().zip(rows.iter().filter_map(|row| row.seq)).collect();
                let in_log: BTreeSet<ChangeHash> = rows.iter().map(|row| row.hash).collect();
                batch.land_all(tx, &schema, landed, rows)?;
                for (at, outcome) in gathered.outcomes.iter().enumerate() {
                    // Offered too early and again in its place: nothing to look at.
                    let taken_later = gathered.facts[at].as_ref().is_some_and(|f| in_log.contains(&f.hash));
                    if let Outcome::Refused(refusal) = outcome
                        && !taken_later
                        && !matches!(refusal.reason, Reason::Missing | Reason::Erased | Reason::NoAccess)
                    {
                        gathered.quarantine(tx, at, refusal, Some(from), now)?;
                    }
                }
                clear_notes(tx)?;
                Ok(seqs)
            })?;
        }
        self.plant_unsynced(false)?;
        writer.suspects.clear();
        drop(writer);
        self.bell.ring();
        Ok((0..gathered.items.len()).map(|at| verdict(&gathered, &seqs, at)).collect())
    }
}

impl Workspace {
    /// Planted bug 3: the answer goes out although nothing was fsynced.
    #[cfg(feature = "planted")]
    fn plant_unsynced(&self, unsynced: bool) -> Result<(), WorkspaceError> {
        if planted::on(3) {
            self.store.set_unsynced(unsynced)?;
        }
        Ok(())
    }

    #[cfg(not(feature = "planted"))]
    fn plant_unsynced(&self, _unsynced: bool) -> Result<(), WorkspaceError> {
        Ok(())
    }
}

fn verdict(gathered: &Gathered, seqs: &BTreeMap<usize, Seq>, at: usize) -> Verdict {
    match &gathered.outcomes[at] {
        Outcome::Known(seq) => Verdict::Accepted(seq.unwrap_or(0)),
        Outcome::Same(first) => verdict(gathered, seqs, *first),
        Outcome::Taken => Verdict::Accepted(seqs.get(&at).copied().unwrap_or(0)),
        Outcome::Refused(refusal) => Verdict::Refused {
            reason: refusal.reason as u8,
            missing: refusal.missing.iter().take(16).copied().collect(),
        },
    }
}

/// Planted bug 15: one bad entry spoils the batch.
fn refuse_all(gathered: &mut Gathered) {
    let bad = gathered.outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Refused(refusal) => Some(refusal.clone()),
        _ => None,
    });
    if let Some(refusal) = bad {
        for outcome in &mut gathered.outcomes {
            if matches!(outcome, Outcome::Taken) {
                *outcome = Outcome::Refused(refusal.clone());
            }
        }
    }
}
