//! The product's server and devices in this process, over QUIC on loopback, on filled databases.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use farley_core::workspace::Workspace;
use farley_device::carrier::CarrierKind;
use farley_device::device::Device;
use farley_device::status::{Status, SyncReport};
use farley_server::accounts::Role;
use farley_server::app::{Config, Running, runtime, serve};

use super::filled::{START, Scratch, open_at};

const PATIENCE: Duration = Duration::from_secs(60);
/// What a device calls itself.
const APP: &str = "bench";

/// A server on loopback. End it with [`Office::close`].
pub struct Office {
    runtime: tokio::runtime::Runtime,
    running: Running,
}

impl Office {
    /// Serves the scratch's `relay`.
    pub fn open(scratch: &Scratch) -> anyhow::Result<Self> {
        let data = scratch.folder.path().join("office");
        std::fs::create_dir(&data)?;
        std::fs::rename(scratch.path("relay"), data.join("farley.db"))?;
        let runtime = runtime()?;
        let running = runtime.block_on(serve(Config::local(&data)))?;
        Ok(Self { runtime, running })
    }

    /// The relay's replica.
    pub fn workspace(&self) -> &Arc<Workspace> {
        self.running.workspace()
    }

    /// A device, enrolled over the wire, that has been in use: with the scratch's database of this name.
    pub fn enrol(&self, scratch: &Scratch, name: &str) -> anyhow::Result<Device> {
        let home = scratch.folder.path().join(format!("home-{name}"));
        let person = self.running.accounts().add_person(name, Role::Field, None, None)?;
        let link = self.running.invite(person.id)?;
        let device = self.runtime.block_on(Device::enrol(&home, &link, name, "bench", APP))?;
        let (id, nonce) = (device.workspace().device(), device.workspace().device_facts()?.nonce);
        drop(device);
        let database = home.join("farley.db");
        for suffix in ["", "-wal", "-shm"] {
            let part = home.join(format!("farley.db{suffix}"));
            if part.exists() {
                std::fs::remove_file(part)?;
            }
        }
        std::fs::rename(scratch.path(name), &database)?;
        take_over(&database, id, nonce)?;
        Ok(Device::open(&home, APP)?)
    }

    /// One session of a device, to its end; or, of one that is connected, what its session has moved.
    pub fn sync(&self, device: &Device) -> anyhow::Result<SyncReport> {
        let report = self.runtime.block_on(device.sync_once(PATIENCE))?;
        anyhow::ensure!(report.carrier == Some(CarrierKind::Quic), "not over QUIC: {report:?}");
        Ok(report)
    }

    /// All come back at once and stay connected: until each has sent everything and holds everything up to `head`.
    pub fn meet(&self, devices: &[Device], head: u64) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            devices.iter().for_each(Device::start);
            for device in devices {
                let mut watch = device.watch();
                let there = |status: &Status| status.settled && status.pending == 0 && status.cursor == head;
                let met = tokio::time::timeout(PATIENCE, watch.wait_for(there)).await;
                met.with_context(|| format!("they did not meet: {:?}", device.status()))??;
            }
            Ok(())
        })
    }

    /// Ends devices and server.
    pub fn close(self, devices: Vec<Device>) -> anyhow::Result<()> {
        self.runtime.block_on(async {
            for device in &devices {
                device.stop().await;
            }
            drop(devices);
            self.running.shutdown().await;
        });
        Ok(())
    }
}

/// The filled database becomes that of the device just enrolled.
fn take_over(
    database: &Path,
    id: farley_core::record::DeviceId,
    nonce: Option<farley_core::record::Nonce>,
) -> anyhow::Result<()> {
    let workspace = open_at(database, 7)?;
    workspace.become_device(id)?;
    workspace.mark_accepted(&[], nonce, START)?;
    Ok(())
}
