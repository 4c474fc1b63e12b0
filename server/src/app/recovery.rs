//! Counts what comes back after a restore.
//!
//! Two know a part each: the commit tells who wrote a change and when, the session who brought it. Whichever speaks
//! last completes the pair. Only changes written before the restore count: later ones are ordinary work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use farley_core::record::{DeviceId, Timestamp};
use farley_core::sync::Seq;
use farley_core::workspace::{Subscription, Workspace};

use crate::accounts::Accounts;

/// Halves of pairs kept; a change whose other half never comes must not stay for ever.
const HALVES: usize = 100_000;

/// The count of the newest restore.
pub struct Recovery {
    accounts: Arc<Accounts>,
    /// When the restore was; none = there is nothing to count.
    since: Option<Timestamp>,
    halves: Arc<Mutex<Halves>>,
    _subscription: Option<Subscription>,
}

#[derive(Default)]
struct Halves {
    written: BTreeMap<Seq, DeviceId>,
    brought: BTreeMap<Seq, DeviceId>,
}

impl Recovery {
    /// Begins to count if a recovery lasts.
    pub fn new(accounts: Arc<Accounts>, workspace: &Workspace) -> Self {
        let since = accounts.restored_at().ok().flatten();
        let halves = Arc::new(Mutex::new(Halves::default()));
        let noted = halves.clone();
        let subscription = since.map(|since| {
            workspace.subscribe(Box::new(move |changed| {
                let mut halves = noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                for entry in changed.entries.iter().filter(|entry| entry.typed_at < since) {
                    if let (Some(seq), Some(author)) = (entry.seq, entry.device) {
                        note(&mut halves.written, seq, author);
                    }
                }
            }))
        });
        Self { accounts, since, halves, _subscription: subscription }
    }

    /// `from` brought the entries with these seqs.
    pub fn brought(&self, from: DeviceId, seqs: &[Seq]) -> Result<(), String> {
        if self.since.is_none() {
            return Ok(());
        }
        let mut halves = self.halves.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for seq in seqs {
            note(&mut halves.brought, *seq, from);
        }
        drop(halves);
        self.write()
    }

    /// Writes down every pair that is complete.
    pub fn write(&self) -> Result<(), String> {
        let Some(since) = self.since else { return Ok(()) };
        let mut halves = self.halves.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let pairs: Vec<_> = halves
            .written
            .iter()
            .filter_map(|(seq, author)| Some((*seq, *halves.brought.get(seq)?, *author)))
            .collect();
        if pairs.is_empty() {
            return Ok(());
        }
        self.accounts.recovered(since, &pairs).map_err(|error| error.to_string())?;
        for (seq, _, _) in pairs {
            halves.written.remove(&seq);
            halves.brought.remove(&seq);
        }
        Ok(())
    }
}

fn note(half: &mut BTreeMap<Seq, DeviceId>, seq: Seq, device: DeviceId) {
    half.insert(seq, device);
    if half.len() > HALVES {
        half.pop_first();
    }
}
