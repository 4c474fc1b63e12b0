//! A WebSocket as two byte streams. Message borders mean nothing; a message is at most 256 KiB.
//!
//! Works over any WebSocket that is a stream and a sink of `WsMessage`: tungstenite's on the device, axum's on the relay.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use futures_util::stream::{SplitSink, SplitStream, StreamExt};
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::Bytes;

use crate::carrier::{Carrier, CarrierKind, Line};

/// What matters of a WebSocket's messages.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WsMessage {
    /// Binary: bytes of the stream.
    Data(Bytes),
    /// Asks the other end for a sign of life; the library answers by itself.
    Ping,
    /// A sign of life: ping or pong.
    Alive,
    /// The last message, with its close code (1005 if there is none).
    Close(u16),
    /// Text has no place here: the stream ends.
    Text,
}

/// What the two ends know of the socket when it is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct WsFacts {
    /// The other end's address.
    pub peer: Option<SocketAddr>,
    /// Exporter value, where TLS ends in this process.
    pub exporter: Option<[u8; 32]>,
    /// The header `Farley-Nonce`: device's own on the device, received on the relay.
    pub device_nonce: Option<[u8; 32]>,
    /// Device: the certificate is pinned, or the address is loopback.
    pub host_is_known: bool,
}

/// The carrier over an open WebSocket.
pub fn ws_carrier<S>(socket: S, facts: WsFacts) -> Carrier
where
    S: Stream<Item = io::Result<WsMessage>> + Sink<WsMessage, Error = io::Error> + Send + 'static,
{
    let (sink, stream) = Box::pin(socket).split();
    let shared = Arc::new(Shared {
        facts,
        since: Instant::now(),
        heard_ms: AtomicI64::new(0),
        ping: AtomicBool::new(false),
        close: AtomicU32::new(0),
        closed_with: AtomicU32::new(NOT_CLOSED),
        cut: AtomicBool::new(false),
    });
    Carrier {
        incoming: Box::new(Reader { stream, rest: Bytes::new(), shared: shared.clone() }),
        outgoing: Box::new(Writer { sink, said_goodbye: false, shared: shared.clone() }),
        line: shared,
    }
}

struct Shared {
    facts: WsFacts,
    since: Instant,
    /// Milliseconds after `since` at which the last message came.
    heard_ms: AtomicI64,
    ping: AtomicBool,
    /// The code to close with.
    close: AtomicU32,
    closed_with: AtomicU32,
    /// `close` was called: both halves end at their next use.
    cut: AtomicBool,
}

impl Shared {
    fn now_ms(&self) -> i64 {
        i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Line for Shared {
    fn kind(&self) -> CarrierKind {
        CarrierKind::WebSocket
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.facts.peer
    }

    fn exporter(&self) -> Option<[u8; 32]> {
        self.facts.exporter
    }

    fn device_nonce(&self) -> Option<[u8; 32]> {
        self.facts.device_nonce
    }

    fn host_is_known(&self) -> bool {
        self.facts.host_is_known
    }

    fn ping(&self) {
        self.ping.store(true, Ordering::Release);
    }

    fn silent_for(&self) -> Duration {
        let silent = self.now_ms() - self.heard_ms.load(Ordering::Acquire);
        Duration::from_millis(u64::try_from(silent).unwrap_or(0))
    }

    fn goodbye(&self, code: u16) {
        let _ = self.close.compare_exchange(0, u32::from(code), Ordering::AcqRel, Ordering::Acquire);
    }

    fn close(&self, code: u16) {
        self.goodbye(code);
        self.cut.store(true, Ordering::Release);
    }

    fn closed_with(&self) -> Option<u16> {
        let code = self.closed_with.load(Ordering::Acquire);
        // 4000 + n is ours; 1000 and its like say nothing about why.
        u16::try_from(code.checked_sub(CLOSE_CODES)?).ok().filter(|code| *code < 1_000)
    }
}

struct Reader<S> {
    stream: SplitStream<Pin<Box<S>>>,
    rest: Bytes,
    shared: Arc<Shared>,
}

impl<S> AsyncRead for Reader<S>
where
    S: Stream<Item = io::Result<WsMessage>> + Sink<WsMessage, Error = io::Error> + Send + 'static,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            let message = ready!(self.stream.poll_next_unpin(context));
            self.shared.heard_ms.store(self.shared.now_ms(), Ordering::Release);
            match message {
                None => return Poll::Ready(Ok(())),
                Some(Err(error)) => return Poll::Ready(Err(error)),
                Some(Ok(WsMessage::Data(bytes))) => self.rest = bytes,
                Some(Ok(WsMessage::Ping | WsMessage::Alive)) => {}
                Some(Ok(WsMessage::Close(code))) => {
                    self.shared.closed_with.store(code.into(), Ordering::Release);
                    return Poll::Ready(Ok(()));
                }
                Some(Ok(WsMessage::Text)) => {
                    return Poll::Ready(Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "a text message on a binary stream",
                    )));
                }
            }
        }
        let length = self.rest.len().min(buffer.remaining());
        buffer.put_slice(&self.rest.split_to(length));
        Poll::Ready(Ok(()))
    }
}

struct Writer<S> {
    sink: SplitSink<Pin<Box<S>>, WsMessage>,
    said_goodbye: bool,
    shared: Arc<Shared>,
}

impl<S> AsyncWrite for Writer<S>
where
    S: Stream<Item = io::Result<WsMessage>> + Sink<WsMessage, Error = io::Error> + Send + 'static,
{
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.shared.cut.load(Ordering::Acquire) {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        }
        ready!(Pin::new(&mut self.sink).poll_ready(context))?;
        let length = bytes.len().min(MAX_MESSAGE);
        let message = WsMessage::Data(Bytes::copy_from_slice(&bytes[..length]));
        Pin::new(&mut self.sink).start_send(message)?;
        Poll::Ready(Ok(length))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.shared.ping.load(Ordering::Acquire) {
            ready!(Pin::new(&mut self.sink).poll_ready(context))?;
            self.shared.ping.store(false, Ordering::Release);
            Pin::new(&mut self.sink).start_send(WsMessage::Ping)?;
        }
        Pin::new(&mut self.sink).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.said_goodbye {
            ready!(Pin::new(&mut self.sink).poll_ready(context))?;
            self.said_goodbye = true;
            let code = self.shared.close.load(Ordering::Acquire);
            let code = u16::try_from(CLOSE_CODES + code).unwrap_or(u16::MAX);
            Pin::new(&mut self.sink).start_send(WsMessage::Close(code))?;
        }
        Pin::new(&mut self.sink).poll_flush(context)
    }
}

/// Bytes of one message: tungstenite writes one message as one frame, and the other end refuses larger ones.
pub const MAX_MESSAGE: usize = 256 << 10;
/// A close code is this plus the number of the `Bye` reason (4000 to 4999 are free for applications).
const CLOSE_CODES: u32 = 4_000;
const NOT_CLOSED: u32 = 0;
