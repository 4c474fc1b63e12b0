//! Messages over a carrier: both ends of both carriers drive their session over a `Channel`.
//!
//! Reading runs in a task of its own: two ends that both write a long frame before they read would
//! otherwise wait for each other. At most `AHEAD` messages are read ahead; then the carrier's own flow
//! control holds the other end back. Writing happens in the caller, so effects keep their order.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use farley_core::sync::{FrameDecoder, FrameEncoder, Message, WireError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::carrier::{Carrier, Incoming, Line, Outgoing};
use crate::connect::meaning;

/// Messages in both directions over one carrier.
pub struct Channel {
    line: Arc<dyn Line>,
    outgoing: Outgoing,
    encoder: FrameEncoder,
    arrivals: mpsc::Receiver<Result<Message, WireError>>,
    reader: JoinHandle<()>,
    shared: Arc<Shared>,
}

/// Why a channel ends.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ChannelError {
    /// The other end, or the network, closed it; with the code if one was given.
    #[error("the connection ended{}", .0.map(|code| format!(": {}", meaning(code))).unwrap_or_default())]
    Closed(Option<u16>),
    /// What came is not a message. Tell the other end.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The other end does not read.
    #[error("the other end has not read for {} s", WRITE_PATIENCE.as_secs())]
    Stuck,
}

/// Bytes of both directions, frames included.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Traffic {
    /// Written.
    pub sent: u64,
    /// Read.
    pub received: u64,
}

impl Channel {
    /// Begins to read from `carrier`. Frames are narrow until a `Welcome` is sent or received.
    pub fn new(carrier: Carrier) -> Self {
        let Carrier { incoming, outgoing, line } = carrier;
        let (sender, arrivals) = mpsc::channel(AHEAD);
        let shared = Arc::new(Shared::default());
        let reader = tokio::spawn(read(incoming, sender, shared.clone(), line.clone()));
        Self { line, outgoing, encoder: FrameEncoder::default(), arrivals, reader, shared }
    }

    /// The connection.
    pub fn line(&self) -> &Arc<dyn Line> {
        &self.line
    }

    /// Bytes so far. `received` moves with every packet: a page that is still coming shows here.
    pub fn traffic(&self) -> Traffic {
        Traffic {
            sent: self.shared.sent.load(Ordering::Acquire),
            received: self.shared.received.load(Ordering::Acquire),
        }
    }

    /// Writes `message` and hands it to the carrier. A `Welcome` widens both directions.
    /// Not to be cancelled, except to `cut` the channel.
    ///
    /// # Errors
    /// `Wire` if the message does not fit a frame; nothing was written. `Stuck` after 30 s; `Closed`.
    pub async fn send(&mut self, message: &Message) -> Result<(), ChannelError> {
        let frame = self.encoder.encode(message)?;
        if let Message::Welcome(welcome) = message {
            self.encoder.open(welcome.dictionary);
            // Before the bytes leave: the answer may be a long frame.
            self.shared.open.store(true, Ordering::Release);
        }
        self.shared.sent.fetch_add(frame.len() as u64, Ordering::AcqRel);
        let write = async {
            self.outgoing.write_all(&frame).await?;
            self.outgoing.flush().await
        };
        match timeout(WRITE_PATIENCE, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ChannelError::Closed(self.line.closed_with())),
            Err(_) => Err(ChannelError::Stuck),
        }
    }

    /// The next message. May be cancelled.
    ///
    /// # Errors
    /// `Closed` at the end, `Wire` if what came is no message.
    pub async fn receive(&mut self) -> Result<Message, ChannelError> {
        match self.arrivals.recv().await {
            Some(Ok(message)) => {
                if let Message::Welcome(welcome) = &message {
                    self.encoder.open(welcome.dictionary);
                }
                Ok(message)
            }
            Some(Err(error)) => Err(error.into()),
            None => Err(ChannelError::Closed(self.line.closed_with())),
        }
    }

    /// Asks the carrier for a sign of life. Call in front every 25 s, and end the session when
    /// `line().silent_for()` exceeds `SILENCE`.
    ///
    /// # Errors
    /// As `send`.
    pub async fn ping(&mut self) -> Result<(), ChannelError> {
        self.line.ping();
        match timeout(WRITE_PATIENCE, self.outgoing.flush()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ChannelError::Closed(self.line.closed_with())),
            Err(_) => Err(ChannelError::Stuck),
        }
    }

    /// Says `last`, waits until the other end has it (under a second in all), and closes with `code`.
    pub async fn end(mut self, last: Option<&Message>, code: u16) {
        self.line.goodbye(code);
        // What the other end still says is read and dropped: a TCP socket closed over unread bytes
        // is reset, and the reset would overtake our last message.
        self.arrivals.close();
        let farewell = async {
            if let Some(last) = last
                && let Ok(frame) = self.encoder.encode(last)
            {
                self.outgoing.write_all(&frame).await?;
            }
            self.outgoing.shutdown().await?;
            self.line.delivered().await;
            std::io::Result::Ok(())
        };
        let _ = timeout(FAREWELL, farewell).await;
        if self.line.kind() == crate::carrier::CarrierKind::WebSocket {
            let _ = timeout(FAREWELL, &mut self.reader).await;
        }
        self.line.close(code);
    }

    /// Closes at once with `code`; what was not yet delivered is lost. For a revoked device, a cancelled `send`.
    pub fn cut(self, code: u16) {
        self.line.close(code);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("kind", &self.line.kind()).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Shared {
    open: AtomicBool,
    sent: AtomicU64,
    received: AtomicU64,
}

async fn read(
    mut incoming: Incoming,
    sender: mpsc::Sender<Result<Message, WireError>>,
    shared: Arc<Shared>,
    line: Arc<dyn Line>,
) {
    let mut decoder = FrameDecoder::default();
    let mut buffer = vec![0; READ];
    // Every error of the carrier is an end; why is the line's to say.
    while let Ok(length @ 1..) = incoming.read(&mut buffer).await {
        shared.received.fetch_add(length as u64, Ordering::AcqRel);
        let mut bytes = &buffer[..length];
        loop {
            if shared.open.load(Ordering::Acquire) {
                decoder.open();
            }
            let taken = decoder.push(bytes);
            bytes = &bytes[taken..];
            match decoder.poll() {
                Ok(Some(message)) => {
                    if matches!(message, Message::Welcome(_)) {
                        decoder.open();
                    }
                    if sender.send(Ok(message)).await.is_err() {
                        return drop_rest(incoming, buffer).await;
                    }
                }
                Ok(None) if bytes.is_empty() => break,
                Ok(None) => {}
                Err(error) => {
                    let _ = sender.send(Err(error)).await;
                    return drop_rest(incoming, buffer).await;
                }
            }
        }
    }
    // The reason for the end may be one packet behind it.
    let _ = timeout(FAREWELL, line.closed()).await;
}

async fn drop_rest(mut incoming: Incoming, mut buffer: Vec<u8>) {
    while let Ok(1..) = incoming.read(&mut buffer).await {}
}

/// Messages read ahead: two pages, two verdicts.
const AHEAD: usize = 4;
/// Bytes of one read.
const READ: usize = 32 << 10;
/// A peer that does not read for so long is dropped; it resumes at its cursor (sync.md 7.8).
pub const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// A line that gave no sign of life for so long is dead.
pub const SILENCE: Duration = Duration::from_secs(40);
/// For the last message to arrive: a revoked device must be out within a second.
const FAREWELL: Duration = Duration::from_millis(400);

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    use farley_core::record::{Epoch, Nonce, RecordId, Timestamp};
    use farley_core::sync::{Bye, ByeReason, MAX_FRAME_GREETING, Push, Welcome};
    use tokio::io::{DuplexStream, duplex, split};

    use crate::carrier::CarrierKind;

    /// A line with nothing to say.
    struct Mute;

    impl Line for Mute {
        fn kind(&self) -> CarrierKind {
            CarrierKind::WebSocket
        }
        fn peer(&self) -> Option<SocketAddr> {
            None
        }
        fn exporter(&self) -> Option<[u8; 32]> {
            None
        }
        fn close(&self, _code: u16) {}
        fn closed_with(&self) -> Option<u16> {
            None
        }
    }

    fn channel(stream: DuplexStream) -> Channel {
        let (incoming, outgoing) = split(stream);
        Channel::new(Carrier {
            incoming: Box::new(incoming),
            outgoing: Box::new(outgoing),
            line: Arc::new(Mute),
        })
    }

    fn welcome() -> Message {
        Message::Welcome(Welcome {
            protocol: 1,
            epoch: Epoch([1; 16]),
            head: 0,
            nonce: Nonce([2; 16]),
            ticket: [3; 32],
            now: Timestamp::from_millis(0),
            dictionary: None,
            lineage: Vec::new(),
            recovery: false,
            left_records: 0,
            left_bytes: 0,
        })
    }

    /// Bytes that no compression shortens.
    fn long(batch: u32) -> Message {
        let mut state = u64::from(batch) + 1;
        let bytes = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        });
        Message::Push(Push { batch, entries: vec![(RecordId([4; 16]), bytes.take(200_000).collect())] })
    }

    #[tokio::test]
    async fn two_ends_that_write_long_frames_at_once_do_not_wait_for_each_other() {
        let (one, two) = duplex(16 << 10);
        let (mut relay, mut device) = (channel(one), channel(two));
        relay.send(&welcome()).await.unwrap();
        assert_eq!(device.receive().await.unwrap(), welcome());
        let (page, push) = (long(1), long(2));
        let both = async {
            let (sent, answered) = tokio::join!(relay.send(&page), device.send(&push));
            sent.and(answered)
        };
        timeout(Duration::from_secs(5), both).await.expect("a deadlock").unwrap();
        assert_eq!(device.receive().await.unwrap(), long(1));
        assert_eq!(relay.receive().await.unwrap(), long(2));
        assert!(relay.traffic().received > 200_000 && relay.traffic().sent > 200_000);
        assert_eq!(relay.traffic().sent, device.traffic().received);
    }

    #[tokio::test]
    async fn before_welcome_a_long_frame_is_neither_sent_nor_taken() {
        let (one, mut two) = duplex(64 << 10);
        let mut relay = channel(one);
        assert!(matches!(relay.send(&long(1)).await, Err(ChannelError::Wire(WireError::TooLarge(_)))));
        assert_eq!(relay.traffic().sent, 0);
        let length = MAX_FRAME_GREETING as u32 + 1;
        two.write_all(&length.to_be_bytes()).await.unwrap();
        assert!(matches!(relay.receive().await, Err(ChannelError::Wire(WireError::Malformed(_)))));
    }

    #[tokio::test]
    async fn what_was_sent_before_the_end_is_read_before_the_end() {
        let (one, two) = duplex(64 << 10);
        let (relay, mut device) = (channel(one), channel(two));
        let bye = Message::Bye(Bye { reason: ByeReason::Revoked, after_ms: None, order: None });
        let (_, received) = tokio::join!(relay.end(Some(&bye), 3), device.receive());
        assert_eq!(received.unwrap(), bye);
        assert_eq!(device.receive().await, Err(ChannelError::Closed(None)));
    }

    #[tokio::test]
    async fn a_peer_that_reads_nothing_holds_the_writer_back() {
        let (one, mut two) = duplex(4 << 10);
        let mut device = channel(one);
        // Hand-made: nobody takes bytes from the pipe.
        let greeting = FrameEncoder::default().encode(&welcome()).unwrap();
        two.write_all(&greeting).await.unwrap();
        device.receive().await.unwrap();
        let stuck = timeout(Duration::from_millis(200), device.send(&long(1))).await;
        assert!(stuck.is_err(), "the pipe holds 4 KiB of 200");
    }
}
