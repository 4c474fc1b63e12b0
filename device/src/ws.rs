//! The WebSocket carrier, device's side: TCP, TLS, upgrade of `GET /sync/v1` on the office page's port.
//!
//! Device and TLS are opened by hand because the exporter value of this very connection binds both proofs.
//! Without a pinned certificate any is taken, and only the relay's signature over the exporter value counts.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::carrier::{Carrier, EXPORTER_LABEL, PATIENCE};
use crate::connect::ConnectError;
use crate::encoding::base64url;
use crate::keys::random_bytes;
use crate::tls;
use crate::ws_bytes::{MAX_MESSAGE, WsFacts, WsMessage, ws_carrier};

/// Where the upgrade is asked for, behind the page's address.
pub const PATH: &str = "/sync/v1";
/// Request header: 32 bytes in base64url, for the relay's proof where TLS ends before it.
pub const NONCE_HEADER: &str = "Farley-Nonce";

/// Connects to the page at `page` (`https://host[:port][/mount]`, or `http://` on loopback).
///
/// # Errors
/// `PlainHttp`, `WrongCertificate`, `NotFarley`, or why there was no connection; `Timeout` after 8 s.
pub async fn connect(page: &str, certificate: Option<[u8; 32]>) -> Result<Carrier, ConnectError> {
    tokio::time::timeout(PATIENCE, connect_now(page, certificate)).await.unwrap_or(Err(ConnectError::Timeout))
}

/// Limits of this carrier for either end's WebSocket library.
pub fn settings() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(32 << 10)
        .write_buffer_size(32 << 10)
        .max_write_buffer_size(512 << 10)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
}

/// The carrier over a tungstenite socket, of either end.
pub fn tungstenite_carrier<T>(socket: WebSocketStream<T>, facts: WsFacts) -> Carrier
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let socket = socket
        .sink_map_err(io::Error::other)
        .with(|message| std::future::ready(Ok::<_, io::Error>(to_tungstenite(message))))
        .map(|message| message.map(from_tungstenite).map_err(io::Error::other));
    ws_carrier(socket, facts)
}

async fn connect_now(page: &str, certificate: Option<[u8; 32]>) -> Result<Carrier, ConnectError> {
    let address = PageAddress::parse(page)?;
    let (tcp, peer) = open(&address).await?;
    let nonce = random_bytes::<32>().map_err(|error| ConnectError::Lost(error.to_string()))?;
    let mut facts =
        WsFacts { peer: Some(peer), exporter: None, device_nonce: Some(nonce), host_is_known: false };
    if !address.tls {
        if !peer.ip().is_loopback() {
            return Err(ConnectError::PlainHttp);
        }
        facts.host_is_known = true;
        return upgrade(tcp, &address, facts).await;
    }
    let config =
        tls::device_certificate(certificate).map_err(|error| ConnectError::Tls(error.to_string()))?;
    let name = ServerName::try_from(address.host.clone())
        .map_err(|_| ConnectError::BadAddress(address.host.clone()))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(from_tls)?;
    let mut exporter = [0; 32];
    stream
        .get_ref()
        .1
        .export_keying_material(&mut exporter, EXPORTER_LABEL, Some(b""))
        .map_err(|error| ConnectError::Tls(error.to_string()))?;
    facts.exporter = Some(exporter);
    facts.host_is_known = certificate.is_some();
    upgrade(stream, &address, facts).await
}

async fn open(address: &PageAddress) -> Result<(TcpStream, SocketAddr), ConnectError> {
    let targets = tokio::net::lookup_host((address.host.as_str(), address.port))
        .await
        .map_err(|error| ConnectError::Unresolved(address.host.clone(), error.to_string()))?;
    let mut failure = ConnectError::Unresolved(address.host.clone(), "no address".into());
    for target in targets {
        match TcpStream::connect(target).await {
            Ok(stream) => {
                // A frame is a whole message: waiting for more to send only delays it.
                let _ = stream.set_nodelay(true);
                return Ok((stream, target));
            }
            Err(error) => failure = ConnectError::Lost(error.to_string()),
        }
    }
    Err(failure)
}

async fn upgrade<T>(stream: T, address: &PageAddress, facts: WsFacts) -> Result<Carrier, ConnectError>
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let url =
        format!("{}://{}{}{PATH}", if address.tls { "wss" } else { "ws" }, address.authority, address.mount);
    let mut request = url
        .as_str()
        .into_client_request()
        .map_err(|_| ConnectError::BadAddress(address.authority.clone()))?;
    let nonce = base64url(&facts.device_nonce.unwrap_or_default());
    let nonce = HeaderValue::try_from(nonce).map_err(|error| ConnectError::Lost(error.to_string()))?;
    request.headers_mut().insert(NONCE_HEADER, nonce);
    match client_async_with_config(request, stream, Some(settings())).await {
        Ok((socket, _)) => Ok(tungstenite_carrier(socket, facts)),
        Err(Error::Http(response)) => {
            Err(ConnectError::NotFarley(response.status().to_string(), address.authority.clone()))
        }
        Err(Error::Protocol(error)) => {
            Err(ConnectError::NotFarley(error.to_string(), address.authority.clone()))
        }
        Err(error) => Err(ConnectError::Lost(error.to_string())),
    }
}

fn from_tls(error: io::Error) -> ConnectError {
    use rustls::{CertificateError, Error};
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure)) => {
            ConnectError::WrongCertificate
        }
        Some(error) => ConnectError::Tls(error.to_string()),
        None => ConnectError::Lost(error.to_string()),
    }
}

fn to_tungstenite(message: WsMessage) -> Message {
    match message {
        WsMessage::Data(bytes) => Message::Binary(bytes),
        WsMessage::Ping => Message::Ping(Bytes::new()),
        WsMessage::Alive => Message::Pong(Bytes::new()),
        WsMessage::Close(code) => {
            Message::Close(Some(CloseFrame { code: CloseCode::from(code), reason: "".into() }))
        }
        WsMessage::Text => Message::Text("".into()),
    }
}

fn from_tungstenite(message: Message) -> WsMessage {
    match message {
        Message::Binary(bytes) => WsMessage::Data(bytes),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => WsMessage::Alive,
        Message::Close(frame) => WsMessage::Close(frame.map_or(1005, |frame| frame.code.into())),
        Message::Text(_) => WsMessage::Text,
    }
}

/// The parts of a page's address that a connection needs.
#[derive(Debug, Eq, PartialEq)]
struct PageAddress {
    tls: bool,
    /// Without brackets.
    host: String,
    port: u16,
    /// Host and port as written, for the request.
    authority: String,
    /// Path the page is mounted under; empty or `/…`, without trailing slash.
    mount: String,
}

impl PageAddress {
    fn parse(page: &str) -> Result<Self, ConnectError> {
        let bad = || ConnectError::BadAddress(page.chars().take(80).collect());
        let (tls, rest) = match (page.strip_prefix("https://"), page.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(bad()),
        };
        let (authority, mount) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let bracket = authority.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match authority[bracket..].rfind(':') {
            Some(at) => (
                &authority[..bracket + at],
                authority[bracket + at + 1..].parse().ok().filter(|port| *port != 0).ok_or_else(bad)?,
            ),
            None => (authority, if tls { 443 } else { 80 }),
        };
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(host) if host.parse::<IpAddr>().is_ok() => host,
            Some(_) => return Err(bad()),
            None => host,
        };
        if host.is_empty() || authority.contains('@') || !authority.is_ascii() {
            return Err(bad());
        }
        Ok(Self {
            tls,
            host: host.to_owned(),
            port,
            authority: authority.to_owned(),
            mount: mount.trim_end_matches('/').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::CarrierKind;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_tungstenite::accept_async_with_config;

    async fn pair() -> (Carrier, Carrier) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let page = format!("http://{}", listener.local_addr().unwrap());
        let (relay, device) = tokio::join!(
            async {
                let (stream, peer) = listener.accept().await.unwrap();
                let socket = accept_async_with_config(stream, Some(settings())).await.unwrap();
                tungstenite_carrier(socket, WsFacts { peer: Some(peer), ..WsFacts::default() })
            },
            connect(&page, None)
        );
        (relay, device.unwrap())
    }

    #[tokio::test]
    async fn a_megabyte_crosses_in_messages_of_at_most_256_kib() {
        let (mut relay, mut device) = pair().await;
        let bytes: Vec<u8> = (0..1 << 20).map(|at: u32| (at % 251) as u8).collect();
        let sent = bytes.clone();
        let writer = tokio::spawn(async move {
            relay.outgoing.write_all(&sent).await.unwrap();
            relay.outgoing.flush().await.unwrap();
            relay
        });
        let mut received = vec![0; bytes.len()];
        device.incoming.read_exact(&mut received).await.unwrap();
        assert!(received == bytes);
        let relay = writer.await.unwrap();
        assert_eq!((relay.line.kind(), device.line.kind()), (CarrierKind::WebSocket, CarrierKind::WebSocket));
        assert!(device.line.device_nonce().is_some() && device.line.host_is_known());
        assert_eq!(device.line.exporter(), None);
    }

    #[tokio::test]
    async fn the_close_code_says_why() {
        let (mut relay, mut device) = pair().await;
        relay.outgoing.write_all(b"bye").await.unwrap();
        relay.line.close(3);
        relay.outgoing.shutdown().await.unwrap();
        let mut rest = Vec::new();
        device.incoming.read_to_end(&mut rest).await.unwrap();
        assert_eq!((rest.as_slice(), device.line.closed_with()), (b"bye".as_slice(), Some(3)));
        assert!(relay.outgoing.write_all(b"more").await.is_err());
    }

    #[tokio::test]
    async fn a_ping_brings_a_sign_of_life() {
        let (mut relay, mut device) = pair().await;
        tokio::spawn(async move { relay.incoming.read_u8().await });
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(device.line.silent_for() >= Duration::from_millis(50));
        device.line.ping();
        device.outgoing.flush().await.unwrap();
        let read = tokio::time::timeout(Duration::from_millis(200), device.incoming.read_u8()).await;
        assert!(read.is_err(), "a pong is not a byte of the stream");
        assert!(device.line.silent_for() < Duration::from_millis(240));
    }

    #[tokio::test]
    async fn a_web_server_that_is_not_farley_is_named() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let page = format!("http://{}", listener.local_addr().unwrap());
        let (_, failure) = tokio::join!(
            async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await.unwrap();
            },
            connect(&page, None)
        );
        assert!(matches!(failure, Err(ConnectError::NotFarley(status, _)) if status.contains("404")));
    }

    #[test]
    fn page_addresses_are_taken_apart() {
        let parsed = PageAddress::parse("https://crm.example.org").unwrap();
        assert_eq!((parsed.tls, parsed.host.as_str(), parsed.port), (true, "crm.example.org", 443));
        let parsed = PageAddress::parse("http://[::1]:8080/crm/").unwrap();
        assert_eq!((parsed.host.as_str(), parsed.port, parsed.mount.as_str()), ("::1", 8080, "/crm"));
        for wrong in
            ["", "crm.example.org", "https://", "https://a:0", "https://[x]:1", "https://u@h", "ftp://h"]
        {
            assert!(PageAddress::parse(wrong).is_err(), "{wrong}");
        }
    }
}
