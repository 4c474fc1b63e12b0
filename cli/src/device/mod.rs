//! `farley device`: one device on the command line. Only `enrol` and `sync` use the network.
//!
//! What only reads works beside `sync --watch` or `desk` on the same folder; what writes takes the folder's lock.

mod apply;
mod read;
mod sync;

use std::path::Path;

use anyhow::{Context, bail};
use farley_core::record::RecordId;
use farley_core::store::StoreError;
use farley_core::workspace::{Take, Workspace, WorkspaceError};
use farley_device::device::{Device, DeviceError, workspace_options};
use farley_device::folder::{self, DeviceFile, FolderError};

use crate::args::{self, DeviceCommand};
use crate::{clock, export, import};

/// Shown to the office beside the device's name.
const APP: &str = concat!("farley-cli ", env!("CARGO_PKG_VERSION"));

/// Runs one `farley device` command.
///
/// # Errors
/// A sentence that says what and where, and what to do.
pub fn run(args: args::Device) -> anyhow::Result<()> {
    match args.command {
        DeviceCommand::Enrol { dir, link, name } => sync::enrol(&dir.dir, &link, &name),
        DeviceCommand::Apply { dir } => apply::run(&open(&dir.dir)?),
        DeviceCommand::Sync { dir, watch, json, timeout } => sync::sync(&dir.dir, watch, json, timeout),
        DeviceCommand::List { dir, kind, filter, limit, json } => {
            read::list(&reading(&dir.dir)?, &kind, filter.as_deref(), limit, json)
        }
        DeviceCommand::Show { dir, id, json } => read::show(&reading(&dir.dir)?, parse(&id)?, json),
        DeviceCommand::Search { dir, text, json } => read::search(&reading(&dir.dir)?, &text, json),
        DeviceCommand::Conflicts { dir, json } => read::conflicts(&reading(&dir.dir)?, json),
        DeviceCommand::Settle { dir, id, field, take, value } => {
            settle(&dir.dir, parse(&id)?, &field, take.as_deref(), value.as_deref())
        }
        DeviceCommand::History { dir, id, field, json } => {
            read::history(&reading(&dir.dir)?, parse(&id)?, field.as_deref(), json)
        }
        DeviceCommand::Import { dir, import } if import.dry_run => {
            import::preview(&reading(&dir.dir)?, &import)
        }
        DeviceCommand::Import { dir, import } => {
            let device = open(&dir.dir)?;
            import::run(device.workspace(), device.workspace().device(), &import)
        }
        DeviceCommand::Dump { dir } => export::dump(&reading(&dir.dir)?),
        DeviceCommand::Status { dir, json } => sync::status(&dir.dir, json),
    }
}

/// The device of a folder, to edit or to sync with.
fn open(dir: &Path) -> anyhow::Result<Device> {
    let device = Device::open(dir, APP).map_err(|error| explained(dir, error))?;
    if device.status().locked == Some(folder::Locked::Copied) {
        bail!("{}: {}", dir.display(), folder::Locked::Copied.text());
    }
    Ok(device)
}

/// The workspace of a folder, to look at; also while another process has it open.
fn reading(dir: &Path) -> anyhow::Result<Workspace> {
    let enrolled = DeviceFile::read(dir).map_err(|error| explained(dir, error.into()))?;
    if enrolled.is_none_or(|file| file.person.is_none()) {
        return Err(FolderError::NotEnrolled(dir.into()).into());
    }
    let path = folder::database(dir);
    match Workspace::open_reading(&path, workspace_options(false)) {
        // Of another version: whoever has the lock brings it up to date.
        Err(WorkspaceError::Store(StoreError::ReadOnly(_))) => {
            Workspace::open(&path, workspace_options(false)).map_err(|error| explained(dir, error.into()))
        }
        other => other.map_err(|error| explained(dir, error.into())),
    }
}

fn settle(
    dir: &Path,
    id: RecordId,
    field: &str,
    take: Option<&str>,
    value: Option<&str>,
) -> anyhow::Result<()> {
    let device = open(dir)?;
    let workspace = device.workspace();
    let view = workspace.record(id)?.view;
    let found = view.conflicts.iter().find(|conflict| conflict.key == field || conflict.field == field);
    let key = found.with_context(|| format!("field {field} of {id} has one version only"))?.key.clone();
    let take = match (take, value) {
        (Some(hash), _) => Take::Version(hash.parse()?),
        (None, Some(value)) => Take::Value(serde_json::from_str(value).unwrap_or_else(|_| value.into())),
        (None, None) => bail!("give --take or --value"),
    };
    let edited = workspace.settle(workspace.device(), id, &key, take, clock::now())?;
    crate::output::line(&edited)
}

fn parse(id: &str) -> anyhow::Result<RecordId> {
    Ok(id.parse()?)
}

/// The error with the folder it is about and what to do.
fn explained(dir: &Path, error: DeviceError) -> anyhow::Error {
    let shown = dir.display();
    match error {
        DeviceError::Workspace(WorkspaceError::Store(error)) => store_error(dir, error),
        DeviceError::Folder(FolderError::Io { path, detail }) => {
            anyhow::anyhow!("{} cannot be read or written: {detail}", path.display())
        }
        DeviceError::Workspace(error) => anyhow::anyhow!("{shown}: {error}"),
        other => other.into(),
    }
}

/// What is wrong with the database of a folder.
pub fn store_error(dir: &Path, error: StoreError) -> anyhow::Error {
    let shown = dir.display();
    match error {
        StoreError::Locked => anyhow::anyhow!(
            "another Farley process uses {shown}; stop it first (sync --watch, desk or serve), or use another folder"
        ),
        StoreError::ReadOnly(detail) => anyhow::anyhow!(
            "{shown} cannot be written ({detail}); check who owns it and that it is not mounted read-only"
        ),
        StoreError::Full => anyhow::anyhow!("no space left on the disk of {shown}; free some and try again"),
        StoreError::Newer { found, known } => anyhow::anyhow!(
            "{shown} was written by a newer Farley (data version {found}, this one knows {known}); update this one. \
             Nothing was changed"
        ),
        other => anyhow::anyhow!("{shown}: {other}"),
    }
}
