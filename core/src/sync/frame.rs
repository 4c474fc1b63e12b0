//! Frames: `length (u32, big endian) ‖ form (u8) ‖ payload`.
//!
//! A [`Wire`] belongs to one connection. It starts narrow (plain frames of at most 4 KiB) and opens by
//! itself when a `Welcome` passes through it in either direction. Reading is incremental: bytes in as they
//! arrive, messages out; a frame is never held twice and never beyond its limit.
//!
//! Drivers with one task per direction take a [`FrameEncoder`] and a [`FrameDecoder`] and call `open` on
//! both at `Welcome`: on the relay before it writes the `Welcome`, on the device once it has read it.
//!
//! Knows nothing about: sessions, carriers.

use zstd::zstd_safe;

use super::dictionary;
use super::message::{ByeReason, Message};

/// Bytes behind the length, at most.
pub const MAX_FRAME: usize = 1024 * 1024;
/// The same until `Welcome`: nobody has proved who they are.
pub const MAX_FRAME_GREETING: usize = 4 * 1024;
/// Content of one compressed frame, at most. Declared in its header.
pub const MAX_CONTENT: usize = 4 * 1024 * 1024;
/// Window of one compressed frame, at most: what a decoder may have to keep.
pub const MAX_WINDOW: u64 = 2 * 1024 * 1024;
/// A sender whose payload compresses better than this sends it plain if it fits.
pub const MAX_RATIO: usize = 50;

/// 790 edits: level 3 74.8 KB in 0.6 ms, level 19 68.8 KB.
const LEVEL: i32 = 3;
const WINDOW_LOG: u32 = 21;
const HEAD: usize = 4;

/// Why bytes are not frames, or a message cannot be one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WireError {
    /// The bytes break a rule of the protocol: which one. The stream ends.
    #[error("malformed frame: {0}")]
    Malformed(&'static str),
    /// A type below 128 that this version does not know.
    #[error("message type {0} is not known to this version; update Farley")]
    Unsupported(u16),
    /// Our own message is beyond [`MAX_FRAME`]: its size in bytes.
    #[error("a message of {0} bytes does not fit a frame")]
    TooLarge(usize),
}

impl WireError {
    /// What to tell the other end.
    pub fn reason(&self) -> ByeReason {
        match self {
            Self::Malformed(_) => ByeReason::Malformed,
            Self::Unsupported(_) => ByeReason::Unsupported,
            Self::TooLarge(_) => ByeReason::Internal,
        }
    }
}

/// Both directions of one connection.
#[derive(Debug, Default)]
pub struct Wire {
    encoder: FrameEncoder,
    decoder: FrameDecoder,
}

impl Wire {
    /// Not yet greeted.
    pub fn new() -> Self {
        Self::default()
    }

    /// The frame of `message`.
    ///
    /// # Errors
    /// `TooLarge` if it does not fit.
    pub fn encode(&mut self, message: &Message) -> Result<Vec<u8>, WireError> {
        let frame = self.encoder.encode(message)?;
        self.opened_by(message);
        Ok(frame)
    }

    /// Takes what arrived and appends the messages it completed to `messages`.
    ///
    /// # Errors
    /// The first deviation; nothing of that frame was taken and nothing behind it will be.
    pub fn decode(&mut self, mut bytes: &[u8], messages: &mut Vec<Message>) -> Result<(), WireError> {
        loop {
            let taken = self.decoder.push(bytes);
            bytes = &bytes[taken..];
            while let Some(message) = self.decoder.poll()? {
                self.opened_by(&message);
                messages.push(message);
            }
            if bytes.is_empty() {
                return Ok(());
            }
        }
    }

    fn opened_by(&mut self, message: &Message) {
        if let Message::Welcome(welcome) = message {
            self.encoder.open(welcome.dictionary);
            self.decoder.open();
        }
    }
}

/// Messages to frames.
#[derive(Debug, Default)]
pub struct FrameEncoder {
    open: bool,
    dictionary: bool,
}

impl FrameEncoder {
    /// `Welcome` was said: long and compressed frames may go. `dictionary` as `Welcome` names it.
    pub fn open(&mut self, dictionary: Option<u32>) {
        self.open = true;
        self.dictionary = dictionary == Some(dictionary::ID);
    }

    /// The frame of `message`, in the form that suits it.
    ///
    /// # Errors
    /// `TooLarge` if it does not fit.
    pub fn encode(&mut self, message: &Message) -> Result<Vec<u8>, WireError> {
        let plain = message.encode();
        let compressed = if self.open && message.compressible() && plain.len() <= MAX_CONTENT {
            self.compress(&plain)
        } else {
            None
        };
        let (form, payload) = compressed.unwrap_or((0, plain));
        let length = payload.len() + 1;
        if length > if self.open { MAX_FRAME } else { MAX_FRAME_GREETING } {
            return Err(WireError::TooLarge(length));
        }
        let mut frame = Vec::with_capacity(HEAD + length);
        frame.extend_from_slice(&(length as u32).to_be_bytes());
        frame.push(form);
        frame.extend_from_slice(&payload);
        Ok(frame)
    }

    /// Form and bytes, if compressing helps and is allowed.
    fn compress(&self, plain: &[u8]) -> Option<(u8, Vec<u8>)> {
        let with_dictionary = self.dictionary && plain.len() < dictionary::WORTH_BELOW;
        let mut compressor = if with_dictionary {
            zstd::bulk::Compressor::with_prepared_dictionary(dictionary::encoder()).ok()?
        } else {
            let mut compressor = zstd::bulk::Compressor::new(LEVEL).ok()?;
            compressor.set_parameter(zstd_safe::CParameter::WindowLog(WINDOW_LOG)).ok()?;
            compressor
        };
        // The form says which dictionary: its id inside every frame would be 4 bytes for nothing.
        compressor.set_parameter(zstd_safe::CParameter::DictIdFlag(false)).ok()?;
        let compressed = compressor.compress(plain).ok()?;
        let too_well = compressed.len() * MAX_RATIO < plain.len() && plain.len() < MAX_FRAME;
        (compressed.len() < plain.len() && !too_well)
            .then_some((if with_dictionary { 2 } else { 1 }, compressed))
    }
}

/// Bytes to messages.
#[derive(Debug, Default)]
pub struct FrameDecoder {
    open: bool,
    /// Never longer than one frame.
    buffer: Vec<u8>,
    failed: Option<WireError>,
}

impl FrameDecoder {
    /// `Welcome` was said: long and compressed frames may come.
    pub fn open(&mut self) {
        self.open = true;
    }

    /// Takes bytes up to the end of the current frame and returns how many. Call `poll` between pushes
    /// until everything is taken. After an error everything is taken and dropped.
    pub fn push(&mut self, bytes: &[u8]) -> usize {
        if self.failed.is_some() {
            return bytes.len();
        }
        let mut taken = 0;
        if self.buffer.len() < HEAD {
            taken = bytes.len().min(HEAD - self.buffer.len());
            self.buffer.extend_from_slice(&bytes[..taken]);
        }
        if let Some(Ok(length)) = self.length() {
            let more = (HEAD + length).saturating_sub(self.buffer.len()).min(bytes.len() - taken);
            self.buffer.extend_from_slice(&bytes[taken..taken + more]);
            taken += more;
        }
        taken
    }

    /// The next message that is complete. Unknown ones that may be ignored are passed over.
    ///
    /// # Errors
    /// The first deviation, again and again.
    pub fn poll(&mut self) -> Result<Option<Message>, WireError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.read().inspect_err(|error| {
            self.failed = Some(*error);
            self.buffer = Vec::new();
        })
    }

    fn read(&mut self) -> Result<Option<Message>, WireError> {
        let Some(length) = self.length().transpose()? else { return Ok(None) };
        if self.buffer.len() < HEAD + length {
            return Ok(None);
        }
        let (form, payload) = (self.buffer[HEAD], &self.buffer[HEAD + 1..]);
        let message = match form {
            0 => Message::decode(payload)?,
            1 | 2 if !self.open => return Err(WireError::Malformed("compressed before Welcome")),
            1 | 2 => Message::decode(&decompress(payload, form == 2)?)?,
            3 => return Err(WireError::Malformed("blob bytes on a session's stream")),
            _ => return Err(WireError::Malformed("unknown form")),
        };
        if self.buffer.capacity() > 64 * 1024 {
            // A live session sees a long frame rarely and then sits for hours: give the memory back.
            self.buffer = Vec::new();
        }
        self.buffer.clear();
        Ok(message)
    }

    /// Bytes behind the head of the current frame; `None` while the head is not complete.
    fn length(&self) -> Option<Result<usize, WireError>> {
        let head: [u8; HEAD] = self.buffer.get(..HEAD)?.try_into().ok()?;
        let length = u32::from_be_bytes(head) as usize;
        let limit = if self.open { MAX_FRAME } else { MAX_FRAME_GREETING };
        Some(if (2..=limit).contains(&length) {
            Ok(length)
        } else {
            Err(WireError::Malformed("a frame's length is out of range"))
        })
    }
}

/// The content of exactly one zstd frame that declares its size and keeps to the limits.
fn decompress(payload: &[u8], with_dictionary: bool) -> Result<Vec<u8>, WireError> {
    const WRONG: WireError = WireError::Malformed("not one zstd frame");
    if window(payload).ok_or(WRONG)? > MAX_WINDOW {
        return Err(WireError::Malformed("a zstd window is too large"));
    }
    let content = match zstd_safe::get_frame_content_size(payload) {
        Ok(Some(size)) => usize::try_from(size).unwrap_or(usize::MAX),
        _ => return Err(WireError::Malformed("a zstd frame does not declare its size")),
    };
    if content > MAX_CONTENT {
        return Err(WireError::Malformed("a zstd frame declares too large a size"));
    }
    if zstd_safe::find_frame_compressed_size(payload) != Ok(payload.len()) {
        return Err(WRONG);
    }
    let mut plain = vec![0; content];
    let written = if with_dictionary {
        zstd::bulk::Decompressor::with_prepared_dictionary(dictionary::decoder())
            .and_then(|mut decompressor| decompressor.decompress_to_buffer(payload, &mut plain[..]))
    } else {
        zstd::bulk::decompress_to_buffer(payload, &mut plain[..])
    };
    match written {
        Ok(written) if written == content => Ok(plain),
        _ => Err(WRONG),
    }
}

/// Window size in the header of a zstd frame (RFC 8878 section 3.1.1); `None` if it is none.
fn window(frame: &[u8]) -> Option<u64> {
    let rest = frame.strip_prefix(&[0x28, 0xb5, 0x2f, 0xfd])?;
    let descriptor = *rest.first()?;
    let single_segment = descriptor & 0x20 != 0;
    if single_segment {
        return zstd_safe::get_frame_content_size(frame).ok()?;
    }
    let window = *rest.get(1)?;
    let base = 1_u64 << (10 + (window >> 3));
    Some(base + base / 8 * u64::from(window & 7))
}

#[cfg(test)]
mod tests;
