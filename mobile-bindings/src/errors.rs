//! One error for everything, one case for each thing a person can do about it.

use farley_core::interop::ReadError;
use farley_core::record::EditError;
use farley_core::store::StoreError;
use farley_core::workspace::WorkspaceError;
use farley_device::device::{DeviceError, SyncError};
use farley_device::folder::{FolderError, Locked};
use farley_device::handshake::{EnrolError, HandshakeError};
use farley_device::keys::KeyError;
use farley_device::link::LinkError;
use farley_device::status::Trouble;

/// What went wrong. `reason` is a stable code for words and for support, never a sentence, never personal data.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, uniffi::Error)]
pub enum FarleyError {
    /// What was entered cannot be taken. Nothing was stored; the form keeps it.
    #[error("invalid {field}: {reason}")]
    Invalid {
        /// The field, or `link`, `file`, `filter`; empty if it is not one of them.
        field: String,
        /// `bad_value`, `unknown_field`, `too_large`, …
        reason: String,
    },
    /// No such record here (any more).
    #[error("not found: {id}")]
    NotFound {
        /// The record.
        id: String,
    },
    /// This folder holds no device yet.
    #[error("not enrolled")]
    NotEnrolled,
    /// The caller took the wish back.
    #[error("cancelled")]
    Cancelled,
    /// Keystore or Keychain failed, or its key is gone.
    #[error("secret store: {reason}")]
    Secret {
        /// `gone`, `locked`, or what the store said.
        reason: String,
    },
    /// The key does not belong to this database.
    #[error("wrong key")]
    WrongKey,
    /// The database or a file beside it is damaged. It was left as it is.
    #[error("corrupt: {reason}")]
    Corrupt {
        /// Which part.
        reason: String,
    },
    /// A newer app wrote the database: update this one.
    #[error("written by a newer app")]
    NewerDatabase,
    /// No space left. What was typed is still in the form.
    #[error("the disk is full")]
    DiskFull,
    /// Storage cannot be written.
    #[error("storage cannot be written: {reason}")]
    ReadOnly {
        /// What the system said.
        reason: String,
    },
    /// Another process has the workspace open.
    #[error("in use by another process")]
    InUse,
    /// The office's server said no.
    #[error("refused: {reason}")]
    Refused {
        /// `expired`, `used`, `withdrawn`, `wrong_server`, `revoked`, …
        reason: String,
    },
    /// The office was not reached.
    #[error("unreachable: {reason}")]
    Unreachable {
        /// `no_answer`, `airplane`, `timeout`.
        reason: String,
    },
    /// There is no edit to take back.
    #[error("nothing to undo")]
    NothingToUndo,
    /// Our mistake. The log has more.
    #[error("internal: {reason}")]
    Internal {
        /// `panic`, `closed`, or where.
        reason: String,
    },
}

pub(crate) fn invalid(field: &str, reason: &str) -> FarleyError {
    FarleyError::Invalid { field: field.to_owned(), reason: reason.to_owned() }
}

pub(crate) fn internal(reason: &str) -> FarleyError {
    FarleyError::Internal { reason: reason.to_owned() }
}

fn refused(reason: &str) -> FarleyError {
    FarleyError::Refused { reason: reason.to_owned() }
}

/// An exception of another type than ours in Kotlin or Swift.
impl From<uniffi::UnexpectedUniFFICallbackError> for FarleyError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        tracing::error!(reason = error.reason, "the app failed where it was called");
        internal("callback")
    }
}

impl From<WorkspaceError> for FarleyError {
    fn from(error: WorkspaceError) -> Self {
        match error {
            WorkspaceError::Edit(error) => error.into(),
            WorkspaceError::Store(error) => error.into(),
            WorkspaceError::Document { record, detail } => {
                tracing::error!(%record, detail, "a document failed");
                Self::Corrupt { reason: "record".into() }
            }
            WorkspaceError::NotFound(id) => Self::NotFound { id: id.to_string() },
            WorkspaceError::UnknownHeads(_) => invalid("base", "unknown_heads"),
            WorkspaceError::NothingToUndo => Self::NothingToUndo,
            WorkspaceError::NoConflict => invalid("key", "no_conflict"),
        }
    }
}

impl From<EditError> for FarleyError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::BadJson { .. } => invalid("", "bad_json"),
            EditError::BadValue { field, .. } => invalid(&field, "bad_value"),
            EditError::Empty => invalid("", "empty"),
            EditError::Exists { .. } => invalid("kind", "exists"),
            EditError::MissingKind => invalid("kind", "missing_kind"),
            EditError::ReadOnly { field } => invalid(&field, "read_only"),
            EditError::TooLarge { what, .. } => invalid(&what, "too_large"),
            EditError::UnknownField { field, .. } => invalid(&field, "unknown_field"),
            EditError::UnknownKind { kind } => invalid(&kind, "unknown_kind"),
            EditError::UnknownRecord { id } => Self::NotFound { id: id.to_string() },
        }
    }
}

impl From<StoreError> for FarleyError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::DiskFull,
            StoreError::Io(detail) => {
                tracing::error!(detail, "the disk failed");
                Self::ReadOnly { reason: "io".into() }
            }
            StoreError::Broken(detail) => {
                tracing::error!(detail, "the database is damaged");
                Self::Corrupt { reason: "database".into() }
            }
            StoreError::Newer { .. } => Self::NewerDatabase,
            StoreError::Locked => Self::InUse,
            StoreError::ReadOnly(_) => Self::ReadOnly { reason: "permission".into() },
            StoreError::Missing => Self::Corrupt { reason: "database_missing".into() },
            StoreError::Interrupted => internal("slow_query"),
            StoreError::Query(_) => invalid("filter", "bad_query"),
        }
    }
}

impl From<FolderError> for FarleyError {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::NotEnrolled(_) => Self::NotEnrolled,
            FolderError::AlreadyEnrolled(_) => invalid("folder", "already_enrolled"),
            FolderError::Io { detail, .. } => {
                tracing::error!(detail, "the folder failed");
                Self::ReadOnly { reason: "folder".into() }
            }
            FolderError::Damaged { .. } => Self::Corrupt { reason: "device_file".into() },
            FolderError::Newer { .. } => Self::NewerDatabase,
            FolderError::Key(error) => error.into(),
        }
    }
}

impl From<KeyError> for FarleyError {
    fn from(error: KeyError) -> Self {
        tracing::error!(%error, "a key failed");
        match error {
            KeyError::Missing(_) => Self::Secret { reason: "gone".into() },
            KeyError::Newer { .. } => Self::NewerDatabase,
            _ => Self::Secret { reason: "unusable".into() },
        }
    }
}

impl From<LinkError> for FarleyError {
    fn from(error: LinkError) -> Self {
        invalid(
            "link",
            match error {
                LinkError::NotALink => "not_a_link",
                LinkError::UnknownVersion(_) | LinkError::UnknownFlags(_) => "newer_version",
                LinkError::Truncated(_) => "truncated",
                LinkError::WrongCharacter(_) => "wrong_character",
                LinkError::TrailingJunk => "trailing",
                LinkError::Damaged => "damaged",
                LinkError::NoAddress => "no_address",
                LinkError::Invalid(_) => "damaged",
            },
        )
    }
}

impl From<DeviceError> for FarleyError {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::Folder(error) => error.into(),
            DeviceError::Link(error) => error.into(),
            DeviceError::Workspace(error) => error.into(),
            DeviceError::WrongKey => Self::WrongKey,
            DeviceError::Unreachable(detail) => {
                tracing::info!(detail, "the office was not reached");
                Self::Unreachable { reason: "no_answer".into() }
            }
            DeviceError::Refused(error) => of_handshake(&error),
            DeviceError::Internal => internal("device"),
        }
    }
}

fn of_handshake(error: &HandshakeError) -> FarleyError {
    match error {
        HandshakeError::Enrol(verdict) => refused(match verdict {
            EnrolError::Expired => "expired",
            EnrolError::Used => "used",
            EnrolError::Withdrawn => "withdrawn",
            EnrolError::TooManyTries | EnrolError::TooManyEnrolments => "too_many_tries",
            EnrolError::TooManyDevices => "too_many_devices",
            EnrolError::DeviceExists => "device_exists",
            EnrolError::Internal => "server_error",
            EnrolError::Unknown => "unknown",
        }),
        error => refused(match error.trouble() {
            Trouble::WrongServer => "wrong_server",
            Trouble::NewerServer => "newer_server",
            Trouble::Storage => "storage",
            Trouble::Busy => "busy",
            Trouble::Unreachable | Trouble::UdpBlocked => "no_answer",
        }),
    }
}

pub(crate) fn of_sync(error: &SyncError) -> FarleyError {
    let unreachable = |reason: &str| FarleyError::Unreachable { reason: reason.to_owned() };
    match error {
        SyncError::Airplane => unreachable("airplane"),
        SyncError::Locked(locked) => refused(locked_code(*locked)),
        SyncError::Timeout(..) => unreachable("timeout"),
        SyncError::Failed(_, detail) => {
            tracing::info!(detail, "sync failed");
            unreachable("no_answer")
        }
        SyncError::Stopped => FarleyError::Cancelled,
    }
}

fn locked_code(locked: Locked) -> &'static str {
    match locked {
        Locked::NotEnrolled => "not_enrolled",
        Locked::Revoked => "revoked",
        Locked::Wipe => "wipe",
        Locked::Drain => "drain",
        Locked::Cloned => "cloned",
        Locked::Copied => "copied",
    }
}

impl From<ReadError> for FarleyError {
    fn from(error: ReadError) -> Self {
        invalid(
            "file",
            match error {
                ReadError::Empty => "empty",
                ReadError::Unknown => "unknown_format",
                ReadError::TooLarge { .. } => "too_large",
            },
        )
    }
}

/// Of a file a person chose.
pub(crate) fn of_file(error: &std::io::Error) -> FarleyError {
    match error.kind() {
        std::io::ErrorKind::NotFound => invalid("file", "missing"),
        std::io::ErrorKind::StorageFull => FarleyError::DiskFull,
        _ => invalid("file", "unreadable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_a_person_can_do_something_about_has_its_own_case() {
        let store = |error: StoreError| FarleyError::from(WorkspaceError::Store(error));
        assert_eq!(store(StoreError::Full), FarleyError::DiskFull);
        assert_eq!(store(StoreError::Locked), FarleyError::InUse);
        assert_eq!(store(StoreError::Newer { found: 9, known: 1 }), FarleyError::NewerDatabase);
        assert_eq!(
            store(StoreError::Broken("page 7".into())),
            FarleyError::Corrupt { reason: "database".into() }
        );
        assert_eq!(
            store(StoreError::ReadOnly("chmod".into())),
            FarleyError::ReadOnly { reason: "permission".into() }
        );
    }

    #[test]
    fn no_reason_repeats_what_a_person_typed_or_where_it_lies() {
        let typed = "Frau Geheimrat";
        let errors = [
            FarleyError::from(EditError::BadJson { detail: typed.into() }),
            FarleyError::from(EditError::BadValue { field: "birthday".into(), detail: typed.into() }),
            FarleyError::from(StoreError::Broken(typed.into())),
            FarleyError::from(StoreError::Io(typed.into())),
            FarleyError::from(FolderError::Io { path: typed.into(), detail: typed.into() }),
            FarleyError::from(DeviceError::Unreachable(typed.into())),
        ];
        for error in errors {
            assert!(!format!("{error} {error:?}").contains("Geheim"), "{error:?}");
        }
    }

    #[test]
    fn a_foreign_exception_becomes_internal() {
        let strange = uniffi::UnexpectedUniFFICallbackError::new("kotlin.NullPointerException");
        assert_eq!(FarleyError::from(strange), FarleyError::Internal { reason: "callback".into() });
    }
}
