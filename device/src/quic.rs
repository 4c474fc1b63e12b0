//! QUIC: both ends' settings, raw public keys, and the one stream of a session.
//!
//! The relay proves itself inside TLS with its Ed25519 key (RFC 7250): no certificate, name or expiry date.
//! It opens the session's stream and speaks first, as 0.5-RTT data, so that its challenge travels with the handshake.
//! Session tickets and 0-RTT are off on both ends: every connection proves the key anew.

use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{
    Connection, ConnectionError, EndpointConfig, MtuDiscoveryConfig, RecvStream, SendStream, TransportConfig,
    VarInt,
};
use quinn_proto::HashedConnectionIdGenerator;
use tokio::task::JoinSet;

use crate::carrier::{Carrier, CarrierKind, EXPORTER_LABEL, Line, PATIENCE};
use crate::connect::ConnectError;
use crate::keys::{PublicKey, RelayKeys};
use crate::link::host_and_port;
use crate::tls;

/// Opens the relay's QUIC endpoint on `socket`.
///
/// # Errors
/// Those of the operating system, for example "address in use".
pub fn relay_endpoint(keys: &RelayKeys, socket: UdpSocket) -> std::io::Result<quinn::Endpoint> {
    quinn::Endpoint::new(
        relay_endpoint_config(keys),
        Some(relay_config(keys)?),
        socket,
        Arc::new(quinn::TokioRuntime),
    )
}

/// The endpoint's part that must survive a restart: with the same reset and CID keys a device learns of a
/// restarted relay in a millisecond instead of waiting 30 s.
pub fn relay_endpoint_config(keys: &RelayKeys) -> EndpointConfig {
    let cid_key = keys.cid_key();
    let mut config = EndpointConfig::new(Arc::new(keys.reset_key()));
    config.cid_generator(move || Box::new(HashedConnectionIdGenerator::from_key(cid_key)));
    config.max_udp_payload_size(MAX_UDP_PAYLOAD).expect("1472 lies above QUIC's minimum of 1200");
    config
}

/// The relay's settings for every connection.
///
/// # Errors
/// `InvalidInput` if the TLS library refuses its own settings.
pub fn relay_config(keys: &RelayKeys) -> std::io::Result<quinn::ServerConfig> {
    let crypto = tls::relay_raw_key(keys).map_err(std::io::Error::other)?;
    let crypto = QuicServerConfig::try_from(crypto).map_err(std::io::Error::other)?;
    let mut transport = transport();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(4))
        .receive_window(VarInt::from_u32(WINDOW_BEFORE_PROOF))
        .send_window(u64::from(WINDOW));
    let mut config = quinn::ServerConfig::new(Arc::new(crypto), Arc::new(keys.token_key()));
    config
        .transport_config(Arc::new(transport))
        .max_incoming(256)
        .incoming_buffer_size(64 << 10)
        .incoming_buffer_size_total(8 << 20);
    Ok(config)
}

/// Takes a connection that knocked and opens its session's stream. Answers before the handshake has ended,
/// so that the first bytes written travel with it.
///
/// # Errors
/// `Lost` or `Timeout`: the peer went away.
pub async fn accept(incoming: quinn::Incoming) -> Result<Carrier, ConnectError> {
    let connecting = incoming.accept().map_err(from_quinn)?;
    let (connection, _) = match connecting.into_0rtt() {
        Ok(early) => early,
        Err(_) => return Err(ConnectError::Lost("0.5-RTT data is not possible".into())),
    };
    let (send, receive) = tokio::time::timeout(PATIENCE, connection.open_bi())
        .await
        .map_err(|_| ConnectError::Timeout)?
        .map_err(from_quinn)?;
    Ok(carrier(connection, None, send, receive))
}

/// Connects to the first of `addresses` (`host:port`) that answers as one of `pinned` and opens the session's
/// stream. Several addresses are tried 250 ms apart. `live`: keep the line open while nothing is said.
///
/// # Errors
/// `WrongRelay` if somebody else answered; otherwise why the last address failed.
pub async fn connect(
    addresses: &[String],
    pinned: &[PublicKey],
    live: bool,
) -> Result<Carrier, ConnectError> {
    let config = device_config(pinned, live)?;
    let mut targets = Vec::new();
    let mut failure = ConnectError::NoAddress;
    for address in addresses {
        let (host, port) = host_and_port(address).map_err(|_| ConnectError::BadAddress(address.clone()))?;
        match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await {
            Ok(Ok(found)) => targets.extend(found),
            Ok(Err(error)) => failure = ConnectError::Unresolved(host.to_owned(), error.to_string()),
            Err(_) => failure = ConnectError::Unresolved(host.to_owned(), "no answer".into()),
        }
    }
    let mut tries = JoinSet::new();
    for (at, target) in targets.into_iter().enumerate() {
        let config = config.clone();
        tries.spawn(async move {
            tokio::time::sleep(STAGGER * at as u32).await;
            tokio::time::timeout(PATIENCE, connect_to(target, config))
                .await
                .unwrap_or(Err(ConnectError::Timeout))
        });
    }
    while let Some(outcome) = tries.join_next().await {
        match outcome {
            Ok(Ok(carrier)) => return Ok(carrier),
            // Somebody else behind one address is worth more to a person than silence behind another.
            Ok(Err(error)) if !matches!(failure, ConnectError::WrongRelay) => failure = error,
            _ => {}
        }
    }
    Err(failure)
}

/// A device's settings.
///
/// # Errors
/// `Tls` if the TLS library refuses its own settings.
pub fn device_config(pinned: &[PublicKey], live: bool) -> Result<quinn::ClientConfig, ConnectError> {
    let crypto = tls::device_raw_key(pinned).map_err(|error| ConnectError::Tls(error.to_string()))?;
    let crypto = QuicClientConfig::try_from(crypto).map_err(|error| ConnectError::Tls(error.to_string()))?;
    let mut transport = transport();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .receive_window(VarInt::from_u32(DEVICE_WINDOW))
        .keep_alive_interval(live.then_some(KEEP_ALIVE));
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    config.transport_config(Arc::new(transport));
    Ok(config)
}

async fn connect_to(target: SocketAddr, config: quinn::ClientConfig) -> Result<Carrier, ConnectError> {
    let any: SocketAddr = match target {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let endpoint = quinn::Endpoint::client(any).map_err(|error| ConnectError::Lost(error.to_string()))?;
    connect_on(&endpoint, target, config).await
}

/// Connects from `endpoint` to the relay at `target` and waits for its first byte. For endpoints over sockets of
/// one's own; lives as long as the carrier.
///
/// # Errors
/// As `connect`.
pub async fn connect_on(
    endpoint: &quinn::Endpoint,
    target: SocketAddr,
    config: quinn::ClientConfig,
) -> Result<Carrier, ConnectError> {
    // The name is a constant: the key is the identity, and an address would tell an onlooker which company this is.
    let connecting = endpoint
        .connect_with(config, target, "relay.farley")
        .map_err(|error| ConnectError::BadAddress(error.to_string()))?;
    let connection = connecting.await.map_err(from_quinn)?;
    let (send, receive) = connection.accept_bi().await.map_err(from_quinn)?;
    Ok(carrier(connection, Some(endpoint.clone()), send, receive))
}

fn carrier(
    connection: Connection,
    endpoint: Option<quinn::Endpoint>,
    send: SendStream,
    receive: RecvStream,
) -> Carrier {
    let stopped = send.stopped();
    let delivered: Delivered = Box::pin(async move {
        let _ = stopped.await;
    });
    let line = QuicLine { connection, _endpoint: endpoint, delivered: Mutex::new(Some(delivered)) };
    Carrier { incoming: Box::new(receive), outgoing: Box::new(send), line: Arc::new(line) }
}

fn from_quinn(error: ConnectionError) -> ConnectError {
    match error {
        ConnectionError::TransportError(error)
            if error.code == quinn_proto::TransportErrorCode::crypto(ACCESS_DENIED) =>
        {
            ConnectError::WrongRelay
        }
        ConnectionError::ConnectionClosed(close)
            if close.error_code == quinn_proto::TransportErrorCode::crypto(ACCESS_DENIED) =>
        {
            ConnectError::WrongRelay
        }
        ConnectionError::TimedOut => ConnectError::Timeout,
        ConnectionError::ApplicationClosed(close) => {
            ConnectError::Closed(u16::try_from(close.error_code.into_inner()).unwrap_or(u16::MAX))
        }
        other => ConnectError::Lost(other.to_string()),
    }
}

fn transport() -> TransportConfig {
    let mut discovery = MtuDiscoveryConfig::default();
    discovery
        .upper_bound(1452)
        .interval(Duration::from_secs(600))
        .black_hole_cooldown(Duration::from_secs(60));
    let mut transport = TransportConfig::default();
    transport
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .datagram_receive_buffer_size(None)
        .max_idle_timeout(Some(VarInt::from_u32(IDLE_MILLISECONDS).into()))
        // First retransmission after 360 ms instead of 1 s.
        .initial_rtt(Duration::from_millis(120))
        .initial_mtu(1200)
        .min_mtu(1200)
        .mtu_discovery_config(Some(discovery))
        .ack_frequency_config(None);
    transport
}

type Delivered = Pin<Box<dyn Future<Output = ()> + Send>>;

struct QuicLine {
    connection: Connection,
    /// A device's endpoint lives as long as its one connection.
    _endpoint: Option<quinn::Endpoint>,
    delivered: Mutex<Option<Delivered>>,
}

impl Line for QuicLine {
    fn kind(&self) -> CarrierKind {
        CarrierKind::Quic
    }

    fn peer(&self) -> Option<SocketAddr> {
        Some(self.connection.remote_address())
    }

    fn exporter(&self) -> Option<[u8; 32]> {
        let mut value = [0; 32];
        self.connection.export_keying_material(&mut value, EXPORTER_LABEL, b"").ok()?;
        Some(value)
    }

    fn host_is_known(&self) -> bool {
        true
    }

    fn relay_key(&self) -> Option<PublicKey> {
        let shown =
            self.connection.peer_identity()?.downcast::<Vec<rustls::pki_types::CertificateDer<'static>>>();
        PublicKey::from_spki(shown.ok()?.first()?)
    }

    fn authenticated(&self) {
        self.connection.set_receive_window(VarInt::from_u32(WINDOW));
    }

    fn delivered(&self) -> Delivered {
        let waiting = self.delivered.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        waiting.unwrap_or_else(|| Box::pin(std::future::ready(())))
    }

    fn closed(&self) -> Delivered {
        let connection = self.connection.clone();
        Box::pin(async move {
            connection.closed().await;
        })
    }

    fn close(&self, code: u16) {
        self.connection.close(VarInt::from_u32(code.into()), b"");
    }

    fn closed_with(&self) -> Option<u16> {
        match self.connection.close_reason()? {
            ConnectionError::ApplicationClosed(close) => u16::try_from(close.error_code.into_inner()).ok(),
            _ => None,
        }
    }
}

impl Drop for QuicLine {
    fn drop(&mut self) {
        // Nobody reads any more. Code 11, Leaving, is what a dropped stream means; after `close` it changes nothing.
        self.connection.close(VarInt::from_u32(11), b"");
    }
}

/// TLS alert of a refused public key; QUIC shows it as 0x131.
const ACCESS_DENIED: u8 = 49;
/// IPv4 on Ethernet without headers; more would be fragments.
const MAX_UDP_PAYLOAD: u16 = 1472;
/// What a stranger may make the relay hold: four frames of 4 KiB and room.
const WINDOW_BEFORE_PROOF: u32 = 64 << 10;
/// Per device after its proof: 41 Mbit/s at 100 ms; also what a stalled phone may cost to send.
const WINDOW: u32 = 512 << 10;
/// A device holds two pages in flight.
const DEVICE_WINDOW: u32 = 1 << 20;
const STREAM_WINDOW: u32 = 256 << 10;
const IDLE_MILLISECONDS: u32 = 30_000;
/// NAT bindings live about 30 s (RFC 9308).
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// Between two addresses of one relay (RFC 8305).
const STAGGER: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// A relay that greets each connection with `hi` and reads one line back.
    async fn relay(keys: &RelayKeys) -> (quinn::Endpoint, String) {
        let endpoint = relay_endpoint(keys, UdpSocket::bind("127.0.0.1:0").unwrap()).unwrap();
        let address = endpoint.local_addr().unwrap().to_string();
        (endpoint, address)
    }

    #[tokio::test]
    async fn both_ends_of_a_quic_line_export_the_same_value_and_no_two_lines_do() {
        let keys = RelayKeys::generate().unwrap();
        let (endpoint, address) = relay(&keys).await;
        let (addresses, pinned) = ([address], [keys.public()]);
        let mut values = Vec::new();
        for _ in 0..2 {
            let (relay, device) = tokio::join!(
                async {
                    let mut carrier = accept(endpoint.accept().await.unwrap()).await.unwrap();
                    carrier.outgoing.write_all(b"hi").await.unwrap();
                    let mut answer = [0; 3];
                    carrier.incoming.read_exact(&mut answer).await.unwrap();
                    carrier
                },
                async {
                    let mut carrier = connect(&addresses, &pinned, false).await.unwrap();
                    let mut greeting = [0; 2];
                    carrier.incoming.read_exact(&mut greeting).await.unwrap();
                    carrier.outgoing.write_all(b"you").await.unwrap();
                    carrier
                }
            );
            assert_eq!(relay.line.exporter(), device.line.exporter());
            values.push(device.line.exporter().unwrap());
            relay.line.close(3);
            let mut rest = Vec::new();
            let mut device = device;
            assert!(device.incoming.read_to_end(&mut rest).await.is_err());
            assert_eq!(device.line.closed_with(), Some(3));
        }
        assert_ne!(values[0], values[1]);
    }

    #[tokio::test]
    async fn a_relay_with_another_key_is_not_your_company_s() {
        let keys = RelayKeys::generate().unwrap();
        let other = RelayKeys::generate().unwrap().public();
        let (endpoint, address) = relay(&keys).await;
        let (addresses, wrong, both) = ([address], [other], [other, keys.public()]);
        let (_, failure) = tokio::join!(
            async {
                if let Ok(mut carrier) = accept(endpoint.accept().await.unwrap()).await {
                    let _ = carrier.outgoing.write_all(b"hi").await;
                    let _ = carrier.incoming.read_u8().await;
                }
            },
            connect(&addresses, &wrong, false)
        );
        let error = failure.unwrap_err();
        assert!(matches!(error, ConnectError::WrongRelay), "{error}");
        assert!(error.to_string().contains("not your company's relay"));
        // The key it will switch to is as good as the present one.
        let (_, again) = tokio::join!(
            async {
                let mut carrier = accept(endpoint.accept().await.unwrap()).await.unwrap();
                carrier.outgoing.write_all(b"hi").await.unwrap();
                carrier
            },
            connect(&addresses, &both, false)
        );
        assert!(again.is_ok());
    }

    #[tokio::test]
    async fn addresses_that_are_none_are_named() {
        let key = RelayKeys::generate().unwrap().public();
        assert!(matches!(connect(&[], &[key], false).await, Err(ConnectError::NoAddress)));
        let error = connect(&["nowhere".into()], &[key], false).await.unwrap_err();
        assert!(matches!(error, ConnectError::BadAddress(_)), "{error}");
    }

    #[test]
    fn a_relay_killed_and_started_again_is_noticed_at_once() {
        let keys = Arc::new(RelayKeys::generate().unwrap());
        let own = tokio::runtime::Runtime::new().unwrap();
        let (first, same) = (keys.clone(), keys.clone());
        let (told, address) = std::sync::mpsc::channel();
        own.spawn(async move {
            let (endpoint, address) = relay(&first).await;
            told.send(address).unwrap();
            let mut carrier = accept(endpoint.accept().await.unwrap()).await.unwrap();
            carrier.outgoing.write_all(b"hi").await.unwrap();
            std::future::pending::<()>().await;
        });
        let address = address.recv().unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut device = connect(std::slice::from_ref(&address), &[same.public()], false).await.unwrap();
            let mut greeting = [0; 2];
            device.incoming.read_exact(&mut greeting).await.unwrap();
            // No runtime, no goodbye: as SIGKILL would do.
            own.shutdown_background();
            let socket = loop {
                match UdpSocket::bind(&address) {
                    Ok(socket) => break socket,
                    Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            };
            let _again = relay_endpoint(&same, socket).unwrap();
            let start = std::time::Instant::now();
            device.outgoing.write_all(b"still there?").await.unwrap();
            let mut rest = Vec::new();
            assert!(device.incoming.read_to_end(&mut rest).await.is_err());
            // With random keys the new process drops the packet and the device waits 30 s; a busy machine must not
            // be taken for that.
            assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
        });
    }
}
