//! Epochs: what a device does when the relay was restored, and what the relay says of itself.

use std::collections::BTreeSet;

use crate::planted;
use crate::record::{ChangeHash, DeviceId, Epoch, Stamp, Timestamp};
use crate::store::{LogRow, Tx};
use crate::sync::{EpochStart, RelayFacts, Seq};

use super::batch::device_of_actor;
use super::{Workspace, WorkspaceError, meta};

impl Workspace {
    /// A device takes the relay's epoch and lineage, in one transaction. `first` is the relay's head for a
    /// device that had no epoch: everything up to it comes by the fill. Otherwise cursor and low sink to
    /// `cut`, and every row above it, own or foreign, is outbox again: the relay may have lost it, and
    /// this device may be the only one left that holds it.
    pub fn enter(
        &self,
        epoch: Epoch,
        lineage: &[EpochStart],
        cut: Seq,
        first: Option<Seq>,
        now: Timestamp,
    ) -> Result<(), WorkspaceError> {
        self.transact(|tx, batch, _| {
            let known = meta::epoch(tx)?;
            tx.set_meta(meta::EPOCH, Some(&epoch.0))?;
            meta::set_lineage(tx, lineage)?;
            match (known, first) {
                (None, Some(head)) => {
                    meta::set_number(tx, meta::CURSOR, head)?;
                    meta::set_number(tx, meta::LOW, head)?;
                    tx.set_meta(meta::STAMP, None)?;
                }
                _ => {
                    let (cursor, low) = (meta::number(tx, meta::CURSOR)?, meta::number(tx, meta::LOW)?);
                    if cursor > cut {
                        meta::set_number(tx, meta::CURSOR, cut)?;
                        // Unknown until the next page; a wrong one would raise the alarm of rule 10.6.
                        let stamp = tx.stamp_at(cut)?.unwrap_or_default();
                        tx.set_meta(meta::STAMP, Some(&stamp.0))?;
                    }
                    meta::set_number(tx, meta::LOW, low.min(cut))?;
                    let spared = self.spared_by_plants(tx, cut)?;
                    let cleared = tx.clear_seqs_after(cut)?;
                    for row in spared {
                        if let Some(seq) = row.seq {
                            tx.mark(row.hash, seq, row.stamp, row.received_at.unwrap_or(now))?;
                        }
                    }
                    if cleared > 0 {
                        batch.work_waits();
                    }
                }
            }
            Ok(())
        })
    }

    /// What the relay says of itself to a device at `cursor`.
    pub fn relay_facts(&self, cursor: Seq) -> Result<RelayFacts, WorkspaceError> {
        self.store.read(|view| {
            let (head, _) = view.head()?;
            let stamp_at_cursor = match cursor {
                0 => Some(Stamp::default()),
                _ => view.stamp_at(cursor)?,
            };
            // Only a new device asks what it will get; everybody else must not pay for the sum.
            let (left_records, left_bytes) = if cursor == 0 { view.totals(u64::MAX)? } else { (0, 0) };
            Ok(RelayFacts {
                workspace: self.id,
                epoch: meta::epoch(view)?.unwrap_or(Epoch([0; 16])),
                head,
                lineage: meta::lineage(view)?,
                recovery: meta::number(view, meta::RECOVERY_UNTIL)? > 0,
                stamp_at_cursor,
                left_records,
                left_bytes,
            })
        })
    }

    /// Last seq given.
    pub fn head(&self) -> Result<Seq, WorkspaceError> {
        self.store.read(|view| Ok(view.head()?.0))
    }

    /// When the recovery window closes. `None`: it was never opened, or was closed.
    pub fn recovery_until(&self) -> Result<Option<Timestamp>, WorkspaceError> {
        let until = self.store.read(|view| meta::number(view, meta::RECOVERY_UNTIL))?;
        Ok((until > 0).then(|| Timestamp::from_millis(until as i64)))
    }

    /// New epoch at head + 1 (restore); recovery window until `recovery_until`.
    pub fn new_epoch(&self, recovery_until: Timestamp, _now: Timestamp) -> Result<Epoch, WorkspaceError> {
        self.transact(|tx, _, writer| {
            let epoch = Epoch::random(&mut *writer.rng);
            let mut lineage = meta::lineage(tx)?;
            lineage.push(EpochStart { epoch, first: tx.head()?.0 + 1 });
            tx.set_meta(meta::EPOCH, Some(&epoch.0))?;
            meta::set_lineage(tx, &lineage)?;
            meta::set_number(tx, meta::RECOVERY_UNTIL, recovery_until.millis().max(0) as u64)?;
            Ok(epoch)
        })
    }

    /// Gives a restored relay a device id of its own, from the next opening on. Under the old one it would write
    /// other changes with numbers it gave away after the backup; devices hold those, and neither would ever pass.
    pub fn become_device(&self, device: DeviceId) -> Result<(), WorkspaceError> {
        self.transact(|tx, _, _| Ok(tx.set_meta(meta::DEVICE, Some(&device.0))?))
    }

    /// Closes the recovery window before its time.
    pub fn close_recovery(&self) -> Result<(), WorkspaceError> {
        self.transact(|tx, _, _| Ok(meta::set_number(tx, meta::RECOVERY_UNTIL, 0)?))
    }

    /// Planted bugs 5 (only own rows are offered again) and 6 (rows in snapshots are forgotten).
    fn spared_by_plants(&self, tx: &Tx<'_>, cut: Seq) -> Result<Vec<LogRow>, WorkspaceError> {
        if !planted::on(5) && !planted::on(6) {
            return Ok(Vec::new());
        }
        let mut rows = tx.log_after(cut, usize::MAX >> 1)?;
        if planted::on(5) {
            let own = |actor: &[u8]| device_of_actor(actor) == Some::<DeviceId>(self.device);
            rows.retain(|row| !own(&row.actor));
        } else {
            let mut folded: BTreeSet<ChangeHash> = BTreeSet::new();
            for record in rows.iter().map(|row| row.record).collect::<BTreeSet<_>>() {
                let tail = tx.document(record)?.map_or(0, |(_, tail)| tail.len());
                let ledger = tx.ledger_of(record)?;
                folded.extend(ledger[..ledger.len() - tail.min(ledger.len())].iter().map(|row| row.hash));
            }
            rows.retain(|row| folded.contains(&row.hash));
        }
        Ok(rows)
    }
}
