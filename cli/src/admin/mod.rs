//! `farley admin`: people, devices, data and backups of a server's folder, also while it serves.
//!
//! Looking goes through a reader of its own. Accounts have their own transactions, which a running server notices
//! within 500 ms. What writes records is done here if nobody serves the folder, or handed to whoever does.

mod data;
mod people;

use std::path::Path;

use farley_core::store::StoreError;
use farley_core::workspace::{Workspace, WorkspaceError};
use farley_server::app;

use crate::args::{self, AdminCommand, UserCommand};
use crate::output::say;
use crate::{device, export};

/// Runs one `farley admin` command.
///
/// # Errors
/// A sentence that says what and where, and what to do.
pub fn run(args: args::Admin) -> anyhow::Result<()> {
    match args.command {
        AdminCommand::User { command: UserCommand::Add { data, name, role, password_stdin } } => {
            people::add(&data.data, &name, role, password_stdin)
        }
        AdminCommand::User { command: UserCommand::List { data, json } } => people::list(&data.data, json),
        AdminCommand::Invite { data, user, json } => people::invite(&data.data, &user, json),
        AdminCommand::Devices { data, json } => people::devices(&data.data, json),
        AdminCommand::Revoke { data, device } => people::revoke(&data.data, &device),
        AdminCommand::Import(args) => data::import(&args),
        AdminCommand::Export { data, kind, form } => export::export(&reading(&data.data)?, &kind, form),
        AdminCommand::Dump { data } => export::dump(&reading(&data.data)?),
        AdminCommand::Backup { data, file } => data::backup(&data.data, &file),
        AdminCommand::Restore { data, file, ledger } => data::restore(&data.data, &file, ledger.as_deref()),
        AdminCommand::Verify { data } => data::verify(&data),
        AdminCommand::Quarantine { data, retry, json } => data::quarantine(&data.data, retry, json),
        AdminCommand::Openapi => {
            say!("{}", farley_server::api::openapi());
            Ok(())
        }
    }
}

/// The workspace of a folder, to look at; also while a server runs on it.
fn reading(data: &Path) -> anyhow::Result<Workspace> {
    let path = database(data);
    match Workspace::open_reading(&path, app::options(false)) {
        Err(WorkspaceError::Store(StoreError::Missing)) => {
            Err(app::AppError::Missing(data.to_owned()).into())
        }
        // Of another version: whoever has the lock brings it up to date.
        Err(WorkspaceError::Store(StoreError::ReadOnly(_))) => {
            Workspace::open(&path, app::options(false)).map_err(|error| explained(data, error))
        }
        other => other.map_err(|error| explained(data, error)),
    }
}

fn database(data: &Path) -> std::path::PathBuf {
    data.join("farley.db")
}

fn explained(data: &Path, error: WorkspaceError) -> anyhow::Error {
    match error {
        WorkspaceError::Store(StoreError::Missing) => app::AppError::Missing(data.to_owned()).into(),
        WorkspaceError::Store(error) => device::store_error(data, error),
        error => anyhow::anyhow!("{}: {error}", data.display()),
    }
}
