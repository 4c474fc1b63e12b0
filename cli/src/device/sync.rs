//! What uses the network: enrolment, one sync, staying connected; and the status that both leave behind.

use std::path::Path;
use std::time::Duration;

use anyhow::bail;
use farley_core::record::Timestamp;
use farley_core::workspace::Workspace;
use farley_device::carrier::CarrierKind;
use farley_device::device::Device;
use farley_device::device::SyncError;
use farley_device::folder::{DeviceFile, FolderError, Locked, is_instance};
use farley_device::status::Status;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{APP, explained, open, reading};
use crate::clock::{date, now};
use crate::output::say;
use crate::{output, runtime};

/// Meta key of the workspace: [`Last`] as JSON.
const LAST: &str = "last_session";

/// How the last session went: what `status` says in a process of its own.
#[derive(Deserialize, Serialize)]
struct Last {
    at: Timestamp,
    /// What carried it; none: it came to nothing.
    carrier: Option<CarrierKind>,
    /// Why not QUIC, or why not at all.
    reason: Option<String>,
}

pub fn enrol(dir: &Path, link: &str, name: &str) -> anyhow::Result<()> {
    let platform = std::env::consts::OS;
    let enrolled = runtime::runtime()?.block_on(Device::enrol(dir, link, name, platform, APP));
    let device = enrolled.map_err(|error| explained(dir, error))?;
    let file = device.file();
    say!("{} is now device {} of {}.", dir.display(), file.device, file.workspace_name);
    say!("Next: farley device sync --dir {}", dir.display());
    Ok(())
}

pub fn sync(dir: &Path, watch: bool, json: bool, timeout: u64) -> anyhow::Result<()> {
    runtime::runtime()?.block_on(async {
        let device = open(dir)?;
        if watch {
            return stay(&device, json).await;
        }
        let outcome = device.sync_once(Duration::from_secs(timeout)).await;
        let status = device.status();
        let (report, error) = match outcome {
            Ok(report) => (report, None),
            Err(SyncError::Timeout(report, reason)) => (report, Some(SyncError::Timeout(report, reason))),
            Err(SyncError::Failed(report, text)) => (report, Some(SyncError::Failed(report, text))),
            Err(error) => bail!("{error}"),
        };
        let reason = error.as_ref().map_or(status.reason, |error| Some(error.to_string()));
        remember(&device, report.carrier, reason.clone());
        if json {
            output::line(&report)?;
        } else {
            let carrier = report.carrier.map_or("no connection", word);
            say!(
                "{} up, {} down, {} + {} bytes, {} round trips, {} ms, {carrier}.",
                report.entries_up,
                report.entries_down,
                report.bytes_up,
                report.bytes_down,
                report.round_trips,
                report.milliseconds
            );
            if let (None, Some(reason)) = (&error, reason) {
                say!("{reason}.");
            }
        }
        if let Some(warning) = clock_warning(status.clock_skew_ms) {
            eprintln!("{warning}");
        }
        match error {
            Some(error) => bail!("{error}"),
            None => Ok(()),
        }
    })
}

/// What to say about a clock that is `skew_ms` ahead of the office's; nothing up to two minutes.
fn clock_warning(skew_ms: i64) -> Option<String> {
    let minutes = skew_ms.unsigned_abs() / 60_000;
    if minutes < 2 {
        return None;
    }
    let by = match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2_880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", (minutes + 720) / 1_440),
    };
    let side = if skew_ms > 0 { "ahead of" } else { "behind" };
    Some(format!(
        "This device's clock is {by} {side} the office's; set it right. Nothing is lost: edits only show a wrong time."
    ))
}

/// Stays connected until Ctrl+C, or until the office locks the device out.
async fn stay(device: &Device, json: bool) -> anyhow::Result<()> {
    device.start();
    let mut watch = device.watch();
    let mut stop = std::pin::pin!(runtime::stop_signal());
    let mut said: Option<(bool, Option<CarrierKind>, Option<String>)> = None;
    let end = loop {
        let status = watch.borrow_and_update().clone();
        let now = (status.connected, status.carrier, status.reason.clone());
        if said.as_ref() != Some(&now) {
            remember(device, status.carrier, status.reason.clone());
            said = Some(now);
        }
        if json {
            output::line(&status)?;
        } else {
            say!("{}", sentence(&status));
        }
        if let Some(locked) = status.locked {
            break Err(anyhow::anyhow!("{}", locked.text()));
        }
        tokio::select! {
            () = &mut stop => break Ok(()),
            changed = watch.changed() => if changed.is_err() { break Ok(()) },
        }
    };
    device.stop().await;
    end
}

pub fn status(dir: &Path, json: bool) -> anyhow::Result<()> {
    let file = DeviceFile::read(dir).map_err(|error| explained(dir, error.into()))?;
    let Some(file) = file.filter(|file| file.person.is_some()) else {
        return Err(FolderError::NotEnrolled(dir.into()).into());
    };
    let workspace = reading(dir)?;
    let own = is_instance(dir, file.device).map_err(|error| explained(dir, error.into()))?;
    let locked = if own { file.locked } else { Some(Locked::Copied) };
    let facts = workspace.device_facts()?;
    let since = workspace.outbox_since()?;
    let contact = last_contact(&workspace)?;
    let last: Option<Last> = workspace.meta(LAST)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let (carrier, reason, at) =
        last.map_or((None, None, None), |last| (last.carrier, last.reason, Some(last.at)));
    if json {
        return output::line(&json!({
            "device": file.device, "workspace": file.workspace, "workspace_name": file.workspace_name,
            "person": file.person, "pending": facts.outbox, "pending_since": since, "cursor": facts.cursor,
            "low": facts.low, "last_contact": contact, "carrier": carrier, "reason": reason, "tried_at": at,
            "locked": locked, "conflicts": workspace.conflict_count()?,
        }));
    }
    say!("Device {} of {}.", file.device, file.workspace_name);
    match (facts.outbox, since) {
        (0, _) => say!("Everything here is at the office."),
        (count, Some(since)) => {
            say!("{count} changes wait for the office, the oldest since {}.", date(since))
        }
        (count, None) => say!("{count} changes wait for the office."),
    }
    match contact {
        Some(at) => say!("The office was last reached {}.", date(at)),
        None => say!("The office was never reached yet."),
    }
    match (carrier, &reason) {
        (Some(carrier), None) => say!("Last carrier: {}.", word(carrier)),
        (Some(carrier), Some(reason)) => say!("Last carrier: {}. {reason}.", word(carrier)),
        (None, Some(reason)) => say!("The last try came to nothing: {reason}."),
        (None, None) => {}
    }
    if let Some(locked) = locked {
        say!("LOCKED: {}.", locked.text());
    }
    Ok(())
}

fn remember(device: &Device, carrier: Option<CarrierKind>, reason: Option<String>) {
    let last = Last { at: now(), carrier, reason };
    let bytes = serde_json::to_vec(&last).unwrap_or_default();
    // Only what `status` will say; the sync itself is not worth failing for it.
    if let Err(error) = device.workspace().set_meta(LAST, Some(&bytes)) {
        tracing::warn!(%error, "the outcome of the session was not noted");
    }
}

/// When the engine last heard of the relay.
fn last_contact(workspace: &Workspace) -> anyhow::Result<Option<Timestamp>> {
    let bytes = workspace.meta("last_contact")?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(|bytes| Timestamp::from_millis(i64::from_be_bytes(bytes))))
}

fn word(carrier: CarrierKind) -> &'static str {
    match carrier {
        CarrierKind::Quic => "QUIC",
        CarrierKind::WebSocket => "WebSocket",
    }
}

fn sentence(status: &Status) -> String {
    let state = match (status.connected, status.carrier) {
        (true, carrier) => format!("connected by {}", carrier.map_or("?", word)),
        (false, _) => "not connected".to_owned(),
    };
    let reason = status.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{state}{reason}; {} to send, seq {}", status.pending, status.cursor)
}
