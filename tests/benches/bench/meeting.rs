//! `noop` and `merge`: devices that come back, over QUIC and with the sessions alone.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use farley_core::document::gate::{InlineTrial, ThreadTrial, Trial};
use farley_core::record::{DeviceId, Edit, RecordId};
use farley_core::workspace::Workspace;

use super::filled::{ANNA, BEN, START, Scratch, contact_ids, open_at, open_with};
use super::measure::{Figure, both, figure, millis};
use super::office::Office;
use super::pair::Pair;

const RECONNECTS: u32 = 50;
/// Of each device.
const EDITS: usize = 500;
/// Records that both edit.
const SHARED: usize = 100;

/// Reconnecting with nothing new.
pub fn noop(data: &Path) -> anyhow::Result<Vec<Figure>> {
    let alone = noop_alone(data)?;
    let scratch = Scratch::of(data, &["relay", "anna"])?;
    let office = Office::open(&scratch)?;
    let anna = office.enrol(&scratch, "anna")?;
    // The first session spends the nonce of the enrolment; what it costs is not what a reconnect costs.
    office.sync(&anna)?;
    let (mut times, mut trips, mut up, mut down) = (Vec::new(), 0, 0, 0);
    for _ in 0..RECONNECTS {
        let start = Instant::now();
        let report = office.sync(&anna)?;
        times.push(start.elapsed());
        anyhow::ensure!((report.entries_up, report.entries_down) == (0, 0), "something moved: {report:?}");
        trips = trips.max(report.round_trips);
        up = up.max(report.bytes_up);
        down = down.max(report.bytes_down);
    }
    office.close(vec![anna])?;
    let (worst, median) = both(&mut times);
    let time = format!("{median:.1} ms with TLS handshake, worst {worst:.1}");
    let mut figures = vec![
        figure(
            "noop.trips",
            trips.into(),
            "trips",
            1.0,
            format!("QUIC on loopback, after the handshake; {time}"),
        ),
        figure(
            "noop.bytes",
            up.max(down) as f64,
            "bytes",
            512.0,
            format!("QUIC on loopback: up {up}, down {down}; challenge and proof included, packets not"),
        ),
    ];
    figures.extend(alone);
    Ok(figures)
}

fn noop_alone(data: &Path) -> anyhow::Result<Vec<Figure>> {
    let scratch = Scratch::of(data, &["relay", "anna"])?;
    let (relay, anna) = (open_at(&scratch.path("relay"), 1)?, open_at(&scratch.path("anna"), 2)?);
    let mut pair = Pair::new(&relay, START);
    pair.sync(&anna)?;
    pair.bytes = (0, 0);
    let (mut times, mut trips) = (Vec::new(), 0);
    for _ in 0..RECONNECTS {
        let start = Instant::now();
        trips = trips.max(pair.sync(&anna)?);
        times.push(start.elapsed());
    }
    anyhow::ensure!(trips == 1, "{trips} round trips");
    let (up, down) = (pair.bytes.0 / RECONNECTS as usize, pair.bytes.1 / RECONNECTS as usize);
    let (worst, median) = both(&mut times);
    let note =
        format!("sessions alone, both ends: Hello up {up}, Welcome down {down} bytes; worst {worst:.2} ms");
    Ok(vec![figure("noop.alone", median, "ms", 5.0, note)])
}

/// 500 + 500 edits made offline, 100 records edited by both, until all three replicas are equal.
pub fn merge(data: &Path) -> anyhow::Result<Vec<Figure>> {
    let one_thread = merge_alone(data, Arc::new(InlineTrial))?;
    let threads = merge_alone(data, Arc::new(ThreadTrial))?;
    let scratch = Scratch::of(data, &["relay", "anna", "ben"])?;
    let office = Office::open(&scratch)?;
    let devices = vec![office.enrol(&scratch, "anna")?, office.enrol(&scratch, "ben")?];
    let relay = office.workspace();
    for device in &devices {
        office.sync(device)?;
    }
    let ids = contact_ids(relay)?;
    for (device, from) in devices.iter().zip([0, EDITS - SHARED]) {
        edit_offline(device.workspace(), device.workspace().device(), &ids, from)?;
    }
    let head = relay.head()? + 2 * EDITS as u64;
    let cpu = cpu_seconds();
    let start = Instant::now();
    office.meet(&devices, head)?;
    let took = start.elapsed();
    let cpu = cpu_seconds()
        .zip(cpu)
        .map_or(String::new(), |(after, before)| format!(", {:.2} s of CPU in all three", after - before));
    let mut bytes = (0, 0);
    for device in &devices {
        let report = office.sync(device)?;
        bytes = (bytes.0 + report.bytes_up, bytes.1 + report.bytes_down);
    }
    let conflicts = equal(relay, &devices.iter().map(|device| &**device.workspace()).collect::<Vec<_>>())?;
    office.close(devices)?;
    Ok(vec![
        figure(
            "merge.time",
            took.as_secs_f64(),
            "s",
            0.25,
            format!("QUIC on loopback, both at once, from the first packet{cpu}"),
        ),
        figure(
            "merge.bytes",
            (bytes.0 + bytes.1) as f64 / 1_000.0,
            "KB",
            250.0,
            format!("up {}, down {}, both devices", bytes.0, bytes.1),
        ),
        figure(
            "merge.lost",
            SHARED as f64 - conflicts as f64,
            "edits",
            0.0,
            format!("{conflicts} of {SHARED} conflicts kept, digests of all three are equal"),
        ),
        figure(
            "merge.alone",
            threads.as_secs_f64(),
            "s",
            0.25,
            format!(
                "sessions alone, Anna, Ben, Anna; trials on all cores. On one thread {:.2} s",
                one_thread.as_secs_f64()
            ),
        ),
    ])
}

fn merge_alone(data: &Path, trial: Arc<dyn Trial>) -> anyhow::Result<Duration> {
    let scratch = Scratch::of(data, &["relay", "anna", "ben"])?;
    let [relay, anna, ben] =
        ["relay", "anna", "ben"].map(|name| open_with(&scratch.path(name), 1, trial.clone()));
    let (relay, anna, ben) = (relay?, anna?, ben?);
    let mut pair = Pair::new(&relay, START);
    pair.sync(&anna)?;
    pair.sync(&ben)?;
    let ids = contact_ids(&relay)?;
    edit_offline(&anna, ANNA, &ids, 0)?;
    edit_offline(&ben, BEN, &ids, EDITS - SHARED)?;
    let start = Instant::now();
    // Anna pulls again once Ben has pushed, as a live session would.
    for device in [&anna, &ben, &anna] {
        pair.sync(device)?;
    }
    let took = start.elapsed();
    eprintln!("  (sessions alone: {:.0} ms)", millis(took));
    equal(&relay, &[&anna, &ben])?;
    Ok(took)
}

fn edit_offline(device: &Workspace, author: DeviceId, ids: &[RecordId], from: usize) -> anyhow::Result<()> {
    for n in 0..EDITS {
        let edit = Edit::of(ids[(from + n) * 40]).with("nickname", format!("von {author} {n}"));
        device.edit(author, &edit, START.plus_millis(n as i64))?;
    }
    Ok(())
}

/// That nothing was lost: how many conflicts there are.
fn equal(relay: &Workspace, devices: &[&Workspace]) -> anyhow::Result<u64> {
    let digest = relay.digest()?;
    for device in devices {
        anyhow::ensure!(device.digest()? == digest, "the three are not equal");
    }
    let conflicts = relay.conflict_count()?;
    anyhow::ensure!(
        conflicts == SHARED as u64,
        "{conflicts} conflicts instead of {SHARED}: something was lost"
    );
    Ok(conflicts)
}

/// CPU time of this process so far, all threads; only where Linux tells it.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which may hold blanks: user and system time are fields 14 and 15, in hundredths.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(ticks as f64 / 100.0)
}
