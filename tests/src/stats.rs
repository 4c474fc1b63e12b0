//! What a run did, for people and for comparing runs.

/// What a run did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stats {
    /// Edits that were made and acknowledged.
    pub edits: u64,
    /// Power cuts and killed processes.
    pub crashes: u64,
    /// Sync failures and full disks that were met.
    pub disk_faults: u64,
    /// Messages that arrived.
    pub messages: u64,
    /// Times the relay came back from a backup.
    pub restores: u64,
    /// Hash over everything every disk did: equal for equal plans.
    pub trace: u64,
}

impl Stats {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.edits += other.edits;
        self.crashes += other.crashes;
        self.disk_faults += other.disk_faults;
        self.messages += other.messages;
        self.restores += other.restores;
        self.trace = self.trace.rotate_left(5) ^ other.trace;
    }
}
