//! Telling whoever wants to know, after the commit.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::record::{ChangeHash, DeviceId, RecordId, Timestamp};
use crate::sync::Seq;

use super::Workspace;

/// Told after each commit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changed {
    /// Records whose rows changed, and their kinds.
    pub records: Vec<(RecordId, String)>,
    /// Head (relay) or cursor (device) after the commit.
    pub seq: Seq,
    /// Log entries of this commit: who typed what.
    pub entries: Vec<ChangedEntry>,
    /// Something new waits in the outbox.
    pub outbox: bool,
}

/// One log entry of a commit, without values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChangedEntry {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// The change.
    pub hash: ChangeHash,
    /// Who made it; none for a change every device makes alike.
    pub device: Option<DeviceId>,
    /// Its seq, if it has one already.
    pub seq: Option<Seq>,
    /// When it was typed.
    pub typed_at: Timestamp,
    /// Fields the change wrote.
    pub fields: Vec<String>,
    /// The record has two versions of something after it.
    pub conflict: bool,
}

type Observer = Arc<dyn Fn(&Changed) + Send + Sync>;

/// Observers, and what they have not been told yet.
#[derive(Default)]
pub(super) struct Bell {
    observers: Mutex<Observers>,
    waiting: Mutex<VecDeque<Changed>>,
    /// Held by the one thread that is telling.
    telling: Mutex<()>,
}

#[derive(Default)]
struct Observers {
    next: u64,
    by_number: BTreeMap<u64, Observer>,
}

/// Ends when dropped.
pub struct Subscription {
    bell: Arc<Bell>,
    number: u64,
}

impl Workspace {
    /// Observers are called after each commit, on the committing thread; they must be quick. Dropping the
    /// handle ends it. An observer may edit; it is told of that edit after it has returned.
    pub fn subscribe(&self, observer: Box<dyn Fn(&Changed) + Send + Sync>) -> Subscription {
        let mut observers = lock(&self.bell.observers);
        let number = observers.next;
        observers.next += 1;
        observers.by_number.insert(number, Arc::from(observer));
        Subscription { bell: Arc::clone(&self.bell), number }
    }
}

impl Bell {
    /// Notes a commit; called by the writer, so that the order is that of the commits.
    pub(super) fn note(&self, changed: Changed) {
        lock(&self.waiting).push_back(changed);
    }

    /// Tells what was noted; called without the writer's lock.
    pub(super) fn ring(&self) {
        // Two threads committed: one tells both commits, in order. The other finds the lock taken and goes
        // on; what it noted is either taken by the loop or seen by the check after it.
        while !lock(&self.waiting).is_empty() {
            let Ok(_telling) = self.telling.try_lock() else { return };
            loop {
                let Some(changed) = lock(&self.waiting).pop_front() else { break };
                let observers: Vec<Observer> = lock(&self.observers).by_number.values().cloned().collect();
                observers.iter().for_each(|observer| observer(&changed));
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        lock(&self.bell.observers).by_number.remove(&self.number);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
