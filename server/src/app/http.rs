//! Listeners: plain TCP, and TLS with handshakes off the accepting task, so that one silent client stops nobody.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::pki_types::CertificateDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::AppError;

/// TCP and TLS together.
const HANDSHAKE: Duration = Duration::from_secs(8);
/// Finished handshakes that wait to be served.
const FINISHED: usize = 64;

/// Who is at the other end of a request.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    pub address: SocketAddr,
    /// Of the TLS connection, where it ends here.
    pub exporter: Option<[u8; 32]>,
}

impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self { address: *stream.remote_addr(), exporter: None }
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        let mut exporter = [0; 32];
        let label = farley_device::carrier::EXPORTER_LABEL;
        let exported = stream.io().get_ref().1.export_keying_material(&mut exporter, label, Some(b""));
        Self { address: *stream.remote_addr(), exporter: exported.is_ok().then_some(exporter) }
    }
}

/// Hands out finished TLS streams.
pub struct TlsListener {
    address: SocketAddr,
    finished: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.finished.recv().await {
            Some(stream) => stream,
            // The accepting task ended with the server: nothing more will come.
            None => std::future::pending().await,
        }
    }
    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl TlsListener {
    fn new(listener: TcpListener, address: SocketAddr, config: rustls::ServerConfig) -> Self {
        let (sender, finished) = mpsc::channel(FINISHED);
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = sender.closed() => return,
                    accepted = listener.accept() => accepted,
                };
                let Ok((stream, peer)) = accepted else {
                    // Out of file descriptors: waiting lets some go.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        let _ = sender.send((stream, peer)).await;
                    }
                });
            }
        });
        Self { address, finished }
    }
}

/// Binds `address`.
pub async fn bind(what: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), AppError> {
    let failed = |error: std::io::Error| listen_error(what, address, &error);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// The error of a port that cannot be listened on.
pub fn listen_error(what: &'static str, address: SocketAddr, error: &std::io::Error) -> AppError {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => AppError::PortInUse { what, address },
        _ => AppError::Listen { what, address, detail: error.to_string() },
    }
}

/// Serves `app` until `stop`, then waits for what is in work.
pub fn run(
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<rustls::ServerConfig>,
    app: Router,
    stop: CancellationToken,
) -> tokio::task::JoinHandle<()> {
    let app = app.into_make_service_with_connect_info::<Peer>();
    tokio::spawn(async move {
        let done = match tls {
            Some(config) => {
                let listener = TlsListener::new(listener, address, config);
                axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned()).await
            }
            None => axum::serve(listener, app).with_graceful_shutdown(stop.cancelled_owned()).await,
        };
        if let Err(error) = done {
            tracing::error!(%error, "the HTTP server ended");
        }
    })
}

/// TLS settings from PEM files, with the first certificate.
pub fn tls(chain: &Path, key: &Path) -> Result<(rustls::ServerConfig, CertificateDer<'static>), AppError> {
    let read = |path: &Path| {
        std::fs::read(path)
            .map_err(|error| AppError::Tls(format!("{} cannot be read: {error}", path.display())))
    };
    let certificates: Vec<_> = rustls_pemfile::certs(&mut &read(chain)?[..])
        .collect::<Result<_, _>>()
        .map_err(|error| AppError::Tls(format!("{} is not PEM: {error}", chain.display())))?;
    let Some(first) = certificates.first().cloned() else {
        return Err(AppError::Tls(format!("{} holds no certificate", chain.display())));
    };
    let private = rustls_pemfile::private_key(&mut &read(key)?[..])
        .ok()
        .flatten()
        .ok_or_else(|| AppError::Tls(format!("{} holds no private key", key.display())))?;
    let mut config = rustls::ServerConfig::builder_with_provider(farley_device::tls::provider())
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(certificates, private))
        .map_err(|error| AppError::Tls(error.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((config, first))
}
