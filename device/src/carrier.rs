//! A carrier: two byte streams between one device and the relay, and what both ends must know of the line.
//!
//! QUIC and WebSocket carry the same bytes; whoever holds a `Carrier` need not know which it is. What
//! differs is in `Line`: how the channel is bound to a proof, how it is closed, whether it still lives.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::keys::PublicKey;

/// How the bytes travel.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CarrierKind {
    /// UDP; first choice.
    Quic,
    /// TCP on the office page's port; where UDP is blocked.
    WebSocket,
}

/// Half a carrier: bytes that come in.
pub type Incoming = Box<dyn AsyncRead + Send + Unpin>;
/// Half a carrier: bytes that go out. Nothing leaves for sure before a flush.
pub type Outgoing = Box<dyn AsyncWrite + Send + Unpin>;

/// One open connection with its one session stream.
pub struct Carrier {
    /// Bytes from the other end.
    pub incoming: Incoming,
    /// Bytes to the other end.
    pub outgoing: Outgoing,
    /// The connection itself.
    pub line: Arc<dyn Line>,
}

/// What both ends know and do beside reading and writing. Every call is short.
pub trait Line: Send + Sync {
    /// How the bytes travel.
    fn kind(&self) -> CarrierKind;
    /// The other end's address; after a proxy, the proxy's.
    fn peer(&self) -> Option<SocketAddr>;
    /// The TLS exporter value of this connection under `EXPORTER_LABEL`. `None`: TLS ends elsewhere, or there is none,
    /// or (QUIC, relay) the handshake has not ended yet.
    fn exporter(&self) -> Option<[u8; 32]>;
    /// The device's nonce from the request header `Farley-Nonce`; WebSocket only.
    fn device_nonce(&self) -> Option<[u8; 32]> {
        None
    }
    /// Device: the certificate, or the loopback address, proves the host without the exporter.
    fn host_is_known(&self) -> bool {
        false
    }
    /// The peer has proved who it is: QUIC opens the receive window.
    fn authenticated(&self) {}
    /// Asks for a sign of life with the next flush; QUIC does so by itself.
    fn ping(&self) {}
    /// Since when nothing was heard. Zero where the carrier itself notices a dead line.
    fn silent_for(&self) -> Duration {
        Duration::ZERO
    }
    /// Resolves when the other end has what was written before the outgoing half was shut down.
    fn delivered(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
    /// The code that a closing message will carry; for carriers whose end is a message. The first one counts.
    fn goodbye(&self, _code: u16) {}
    /// QUIC, device: which key the relay proved.
    fn relay_key(&self) -> Option<PublicKey> {
        None
    }
    /// Resolves when the connection has ended: where the end of the bytes comes before the reason.
    fn closed(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
    /// Ends the connection now, with this code (a `Bye` number, or one of `close_code`). What was not yet delivered is lost.
    fn close(&self, code: u16);
    /// The code with which the other end closed, if it did.
    fn closed_with(&self) -> Option<u16>;
}

impl fmt::Debug for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").field("kind", &self.line.kind()).finish_non_exhaustive()
    }
}

/// Label of the exporter value that a proof is bound to; the context is empty.
pub const EXPORTER_LABEL: &[u8] = b"EXPORTER-farley-1";
/// Time to connect on one carrier, and from there to `Welcome`: quinn has no handshake limit besides idle.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// Close codes beside the `Bye` numbers (1 to 12): why an enrolment was refused. On the wire: never reused.
pub mod close_code {
    /// Everything was said; nothing is wrong.
    pub const DONE: u16 = 0;
    /// The token was never given out, or was mistyped.
    pub const TOKEN_UNKNOWN: u16 = 32;
    /// The invitation's time is over.
    pub const TOKEN_EXPIRED: u16 = 33;
    /// Another device has used the invitation.
    pub const TOKEN_USED: u16 = 34;
    /// The office took the invitation back.
    pub const TOKEN_WITHDRAWN: u16 = 35;
    /// Five tries were wrong.
    pub const TOO_MANY_TRIES: u16 = 36;
    /// The person, or the workspace, has as many devices as it may.
    pub const TOO_MANY_DEVICES: u16 = 37;
    /// Too many enrolments from this address: wait.
    pub const TOO_MANY_ENROLMENTS: u16 = 38;
    /// The device id exists already with another key.
    pub const DEVICE_EXISTS: u16 = 39;
}
