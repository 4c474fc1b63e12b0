//! `farley desk`: the page over this laptop's own replica, offline like a phone.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use farley_device::device::Device;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::device_host::DeviceHost;
use super::guard::Guard;
use super::{AppError, http};
use crate::api::{self, Mode};
use crate::page;

/// How `desk` listens.
#[derive(Clone, Debug)]
pub struct DeskConfig {
    /// Folder of the enrolled device.
    pub folder: PathBuf,
    /// Loopback only. Port 0 = any free one.
    pub http: SocketAddr,
}

/// A desk that runs.
pub struct Desk {
    /// Where.
    pub http_addr: SocketAddr,
    /// Opens the page once.
    pub link: String,
    device: Device,
    stop: CancellationToken,
    server: JoinHandle<()>,
}

/// Starts a desk over the device in the folder.
///
/// # Errors
/// `PlainHttp` if the address is not loopback, `PortInUse`, `Listen`, `Device`.
pub async fn desk(config: DeskConfig) -> Result<Desk, AppError> {
    if !config.http.ip().is_loopback() {
        return Err(AppError::PlainHttp(config.http));
    }
    let (listener, http_addr) = http::bind("the page", config.http).await?;
    let folder = config.folder.clone();
    let app = format!("farley {}", env!("CARGO_PKG_VERSION"));
    let opened = tokio::task::spawn_blocking(move || Device::open(&folder, &app)).await;
    let device = opened.map_err(|error| AppError::Other(error.to_string()))??;
    device.start();
    let stop = CancellationToken::new();
    let host = Arc::new(DeviceHost::new(device.clone(), Mode::Desk, "desk", stop.clone()));
    let link = format!("http://{http_addr}/link#{}", host.link());
    let guard = Guard { loopback_only: true, tls: false };
    let app = Router::new()
        .nest("/api/v1", api::router(device.workspace().clone(), host, stop.clone()))
        .merge(page::router(""))
        .layer(axum::middleware::from_fn(move |request, next| guard.pass(request, next)));
    let server = http::run(listener, http_addr, None, app, stop.clone());
    Ok(Desk { http_addr, link, device, stop, server })
}

impl Desk {
    /// The laptop's device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Stops; edits that wait stay in the folder.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        self.device.stop().await;
        if tokio::time::timeout(Duration::from_millis(1_500), &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}
