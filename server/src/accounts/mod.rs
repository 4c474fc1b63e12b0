//! Who may do what: people, browser sessions, links, invitations, devices, audit and ledger.
//!
//! Own tables (`account_*`) in the workspace's SQLite file, over an own connection, so that `farley admin`
//! works beside a running server. Secrets are kept as SHA-256, passwords as argon2id. The device registry is
//! mirrored in memory and replaced as a whole on every change; [`Accounts::refresh`] notices what another
//! process changed.
//!
//! Every call blocks on SQLite: call it off the async threads. Knows nothing about HTTP, records or QUIC.

mod audit;
mod invitations;
mod ledger;
mod links;
mod orders;
mod passwords;
mod people;
mod presence;
mod registry;
mod restores;
mod sessions;
mod tables;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::{Mutex, MutexGuard};

use farley_core::record::PersonId;
use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use audit::AuditRow;
pub use invitations::{Enrolment, Invitation, Use};
pub use ledger::{Ledger, LedgerLine};
pub use links::Purpose;
pub use orders::Order;
pub use people::{Person, Role};
pub use presence::{Arrival, Connected};
pub use registry::{Device, Registered, Registry};
pub use restores::{Missing, RestoreReport};
pub use sessions::{Session, SessionKey};

/// Why an account operation is refused. Ids and names of rules only.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AccountError {
    /// Name or password is wrong: which of them is not said.
    #[error("name or password is wrong")]
    BadCredentials,
    /// Too many passwords are being checked.
    #[error("too many people sign in right now; try again in {0} seconds")]
    Busy(u64),
    /// A limit of section 9 is reached.
    #[error("too many tries; wait {0} seconds")]
    TooMany(u64),
    /// The password does not fit the rules.
    #[error("the password is refused: {0}")]
    Password(&'static str),
    /// Somebody has this name.
    #[error("there is already a person with this name")]
    NameTaken,
    /// Empty, too long, or with control characters.
    #[error("a name needs 1 to 200 characters on one line")]
    BadName,
    /// No such person.
    #[error("there is no person with this name or id")]
    UnknownPerson,
    /// No such device.
    #[error("there is no device with this id")]
    UnknownDevice,
    /// The link or invitation was never made here, or is garbled.
    #[error("this link is not known here; ask the office for a new one")]
    UnknownLink,
    /// Too old.
    #[error("this link has expired; ask the office for a new one")]
    ExpiredLink,
    /// Spent.
    #[error("this link was already used; ask the office for a new one")]
    UsedLink,
    /// Taken back by the office.
    #[error("this link was withdrawn; ask the office for a new one")]
    WithdrawnLink,
    /// Five tries.
    #[error("this link was tried too often and is void; ask the office for a new one")]
    TriedLink,
    /// The workspace has its first admin.
    #[error("this workspace is already set up")]
    AlreadySetUp,
    /// 10 per person, 5,000 per workspace.
    #[error("this person or workspace has as many devices as allowed; revoke one first")]
    TooManyDevices,
    /// The device id or key is in use.
    #[error("a device with this id is registered already")]
    DeviceTaken,
    /// No space left.
    #[error("no space left on the disk; nothing was changed")]
    Full,
    /// Not writable.
    #[error("the data folder cannot be written")]
    ReadOnly,
    /// Everything else of the database.
    #[error("the accounts cannot be read or written: {0}")]
    Storage(String),
}

/// Result of an account operation.
pub type Result<T> = std::result::Result<T, AccountError>;

impl From<rusqlite::Error> for AccountError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            // The code only: SQLite's text may quote a value.
            Some(code) => Self::Storage(format!("{code:?}")),
            None => Self::Storage(error.to_string()),
        }
    }
}

/// Accounts of one workspace.
pub struct Accounts {
    db: Mutex<Connection>,
    registry: tokio::sync::watch::Sender<std::sync::Arc<Registry>>,
    ledger: Ledger,
    lane: passwords::Lane,
    limits: sessions::Limits,
}

impl Accounts {
    /// Opens the account tables in the database file `path`, making them if missing; the ledger is the file
    /// `ledger`, made with its first line.
    ///
    /// # Errors
    /// `ReadOnly`, `Full` or `Storage`.
    pub fn open(path: &Path, ledger: &Path) -> Result<Self> {
        let db = tables::open(path)?;
        let accounts = Self {
            db: Mutex::new(db),
            registry: tokio::sync::watch::Sender::new(std::sync::Arc::default()),
            ledger: Ledger::at(ledger),
            lane: passwords::Lane::default(),
            limits: sessions::Limits::new(),
        };
        accounts.reload()?;
        Ok(accounts)
    }

    /// The append-only file of enrolments and revocations.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        // A panic while holding it has rolled its transaction back: the connection is good.
        self.db.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Runs `work` in one immediate transaction: durable when it returns `Ok`.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut db = self.db();
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }
}

fn person_of(bytes: &[u8]) -> Result<PersonId> {
    PersonId::from_slice(bytes).ok_or_else(|| AccountError::Storage("a person id is not 16 bytes".into()))
}
