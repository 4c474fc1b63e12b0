//! Records and files of a server's folder: import, backup, restore, verify, quarantine.

use std::path::Path;

use anyhow::bail;
use farley_server::app::orders::{self, Order};
use farley_server::app::{admin, backup as backups};
use serde_json::json;

use super::{people, reading};
use crate::args::{AdminImport, ImportArgs};
use crate::clock::date;
use crate::output::say;
use crate::{import as importing, output};

pub fn import(args: &AdminImport) -> anyhow::Result<()> {
    let data = &args.data.data;
    people::exists(data)?;
    let author = match &args.user {
        Some(name) => {
            let accounts = admin::accounts(data)?;
            Some(accounts.office_device(accounts.find_person(name)?.id)?)
        }
        None => None,
    };
    if args.import.dry_run {
        return importing::preview(&reading(data)?, &args.import);
    }
    let bytes = importing::bytes(&args.import)?;
    // Looked at here first: what is wrong with the file is said before anybody is asked to write it.
    importing::source(&reading(data)?, &args.import, &bytes)?;
    let ImportArgs { kind, map, .. } = args.import.clone();
    let report = orders::carry_out(data, &Order::Import { kind, map, author }, &bytes)?;
    importing::show(&report, &args.import)
}

pub fn backup(data: &Path, file: &Path) -> anyhow::Result<()> {
    if file.exists() {
        bail!("{} exists already; choose another name", file.display());
    }
    let manifest = backups::backup(data, file)?;
    let bytes: u64 = manifest.files.iter().map(|member| member.size).sum();
    say!(
        "{} holds {bytes} bytes of {}. Keep it secret: the relay's key is in it.",
        file.display(),
        date(manifest.made_at)
    );
    say!("Check it with: farley admin verify --data {}", file.display());
    Ok(())
}

pub fn restore(data: &Path, file: &Path, ledger: Option<&Path>) -> anyhow::Result<()> {
    let restored = backups::restore(data, file, ledger)?;
    say!("{} is as it was {}.", data.display(), date(restored.manifest.made_at));
    say!(
        "From the ledger: {} devices enrolled since, {} revoked since.",
        restored.devices_added,
        restored.devices_revoked
    );
    if let Some(aside) = restored.moved_to {
        say!("What stood there before is in {}.", aside.display());
    }
    say!("Start the server: for 14 days every device offers again what the backup lacks.");
    Ok(())
}

pub fn verify(what: &Path) -> anyhow::Result<()> {
    let findings = if what.is_dir() {
        people::exists(what)?;
        backups::verify_folder(what)?
    } else {
        let (manifest, findings) = backups::verify(what)?;
        say!("Backup of workspace {}, made {}.", manifest.workspace, date(manifest.made_at));
        findings
    };
    findings.iter().for_each(|finding| say!("{finding}"));
    match findings.len() {
        0 => {
            say!("Everything is in order.");
            Ok(())
        }
        count => bail!("{}: {count} findings", what.display()),
    }
}

pub fn quarantine(data: &Path, retry: bool, json: bool) -> anyhow::Result<()> {
    people::exists(data)?;
    if retry {
        let answer = orders::carry_out(data, &Order::RetryQuarantine, &[])?;
        say!("{} changes are taken now, {} are still refused.", answer["taken"], answer["refused"]);
        return Ok(());
    }
    let rows = reading(data)?.quarantine(10_000)?;
    if json {
        return rows.iter().try_for_each(|row| {
            output::line(
                &json!({"record": row.record, "hash": row.hash, "reason": row.reason, "check": row.check,
                "device": row.device, "at": row.at, "bytes": row.bytes.len()}),
            )
        });
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let device = row.device.map_or_else(String::new, |device| device.to_string());
            vec![
                date(row.at),
                row.check.to_string(),
                row.record.to_string(),
                device,
                row.bytes.len().to_string(),
            ]
        })
        .collect();
    output::table(&["REFUSED", "CHECK", "RECORD", "FROM DEVICE", "BYTES"], &cells);
    Ok(())
}
