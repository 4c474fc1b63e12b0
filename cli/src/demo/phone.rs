//! Three pretend phones: real devices with their own replicas, enrolled and synced over QUIC.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use farley_device::device::Device;
use farley_device::folder::DeviceFile;
use farley_server::app::Running;

/// Shown to the office.
const APP: &str = concat!("farley-demo ", env!("CARGO_PKG_VERSION"));

/// Path, person, device, platform.
pub const PHONES: [(&str, &str, &str, &str); 3] = [
    ("brandt", "Maren Brandt", "Pixel 9", "Android"),
    ("petersen", "Jonas Petersen", "iPhone 16", "iOS"),
    ("yildiz", "Emre Yıldız", "Tablet", "Android"),
];

/// The devices of the story.
pub struct Phones {
    /// Pixel 9.
    pub maren: Device,
    /// iPhone 16.
    pub jonas: Device,
    /// Tablet.
    pub emre: Device,
}

impl Phones {
    /// Enrols them, or opens those that are there, and fills them.
    ///
    /// # Errors
    /// If one cannot be enrolled or filled.
    pub async fn connect(folder: &Path, office: &Running) -> anyhow::Result<Self> {
        let [maren, jonas, emre] = PHONES.map(|phone| connect(folder, office, phone));
        let (maren, jonas, emre) = tokio::try_join!(maren, jonas, emre)?;
        Ok(Self { maren, jonas, emre })
    }

    /// In the order of [`PHONES`].
    pub fn all(&self) -> [&Device; 3] {
        [&self.maren, &self.jonas, &self.emre]
    }
}

async fn connect(
    folder: &Path,
    office: &Running,
    (name, person, title, platform): (&str, &str, &str, &str),
) -> anyhow::Result<Device> {
    let folder = folder.join(name);
    let enrolled = DeviceFile::read(&folder)?.is_some_and(|file| file.person.is_some());
    let device = if enrolled {
        Device::open(&folder, APP)?
    } else {
        let person = office.accounts().find_person(person)?;
        let link = office.invite(person.id)?;
        Device::enrol(&folder, &link, title, platform, APP)
            .await
            .with_context(|| format!("enrolling {title}"))?
    };
    device.sync_once(Duration::from_secs(30)).await.with_context(|| format!("filling {title}"))?;
    device.start();
    office.mount(name, &device);
    Ok(device)
}
