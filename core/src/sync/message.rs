//! The messages of one session, as values. How they look as bytes is in `codec`.

use super::entry::{EpochStart, FillPage, Form, Page, Seq};
use crate::record::{ChangeHash, DeviceId, Epoch, Nonce, PersonId, RecordId, Stamp, Timestamp, WorkspaceId};

/// The protocol this code speaks; a relay also speaks the one before.
pub const PROTOCOL: u16 = 1;
/// Entries of one `Push`.
pub const MAX_PUSH_ENTRIES: usize = 500;
/// Change bytes of one `Push`.
pub const MAX_PUSH_BYTES: usize = 256 * 1024;
/// Bytes of one change.
pub const MAX_CHANGE: usize = 256 * 1024;
/// Entries of one `Entries` or `Snapshots`.
pub const MAX_PAGE_ENTRIES: usize = 1_000;
/// Entry bytes asked for per page, before compression. Half a frame, so that a page of photos' hashes,
/// which does not compress, still fits.
pub const MAX_PAGE_BYTES: usize = 512 * 1024;
/// Epochs in a lineage.
pub const MAX_LINEAGE: usize = 16;
/// Records in one `Want`.
pub const MAX_WANT_RECORDS: usize = 100;
/// Hashes in one `Want`.
pub const MAX_WANT_HASHES: usize = 1_000;
/// Hashes that a refusal names.
pub const MAX_MISSING: usize = 16;
/// Characters of the app's name and version in `Hello`.
pub const MAX_APP: usize = 32;
/// Seqs stay below this: every JSON reader holds them exactly.
pub const MAX_SEQ: Seq = 1 << 53;

/// One message. Numbers 1 to 5 are the carrier's; sessions never see them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Message {
    Challenge(Challenge),
    Proof(Proof),
    Enrol(Enrol),
    Enrolled(Enrolled),
    Wiped(Wiped),
    Hello(Hello),
    Push(Push),
    Pulled(Pulled),
    Want(Want),
    Forgotten(Forgotten),
    Compare(Compare),
    Bye(Bye),
    Welcome(Welcome),
    Accepted(Accepted),
    Rejected(Rejected),
    /// Live page.
    Entries(Page),
    /// Fill page, or the answer to `Want`.
    Snapshots(FillPage),
    Forget(Forget),
    Restarting(Restarting),
    BlobPut(BlobPut),
    BlobHave(BlobHave),
    BlobGet(BlobGet),
    BlobEnd(BlobEnd),
}

impl Message {
    /// For logs: the name only.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Challenge(_) => "Challenge",
            Self::Proof(_) => "Proof",
            Self::Enrol(_) => "Enrol",
            Self::Enrolled(_) => "Enrolled",
            Self::Wiped(_) => "Wiped",
            Self::Hello(_) => "Hello",
            Self::Push(_) => "Push",
            Self::Pulled(_) => "Pulled",
            Self::Want(_) => "Want",
            Self::Forgotten(_) => "Forgotten",
            Self::Compare(_) => "Compare",
            Self::Bye(_) => "Bye",
            Self::Welcome(_) => "Welcome",
            Self::Accepted(_) => "Accepted",
            Self::Rejected(_) => "Rejected",
            Self::Entries(_) => "Entries",
            Self::Snapshots(_) => "Snapshots",
            Self::Forget(_) => "Forget",
            Self::Restarting(_) => "Restarting",
            Self::BlobPut(_) => "BlobPut",
            Self::BlobHave(_) => "BlobHave",
            Self::BlobGet(_) => "BlobGet",
            Self::BlobEnd(_) => "BlobEnd",
        }
    }
}

/// 1: the relay's first word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Challenge {
    pub challenge: [u8; 32],
    /// Protocols the relay speaks.
    pub protocols: Vec<u16>,
    pub now: Timestamp,
    /// WebSocket only: the relay's signature.
    pub proof: Option<[u8; 64]>,
    /// The relay's next public key (32) and the current key's signature over it (64).
    pub next: Option<[u8; 96]>,
}

/// 2: who the device is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proof {
    pub device: DeviceId,
    pub signature: [u8; 64],
    /// The signature covers the TLS exporter value.
    pub bound: bool,
    /// The same on all carriers of one wake-up.
    pub attempt: [u8; 16],
}

/// 3: a new installation introduces itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrol {
    pub token: [u8; 16],
    pub device: DeviceId,
    pub public_key: [u8; 32],
    pub name: String,
    pub platform: String,
    pub signature: [u8; 64],
}

/// 4: it is known now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrolled {
    pub person: PersonId,
    pub workspace_name: String,
    pub nonce: Nonce,
}

/// 5: the device has deleted its key and its files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wiped {
    pub device: DeviceId,
    pub at: Timestamp,
    pub signature: [u8; 64],
}

/// 16: where the device stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hello {
    pub protocol: u16,
    pub workspace: WorkspaceId,
    pub device: DeviceId,
    pub epoch: Option<Epoch>,
    pub cursor: Seq,
    pub low: Seq,
    /// Stamp at `cursor`; eight zeros = not known, not compared.
    pub stamp: Stamp,
    pub nonce: Option<Nonce>,
    pub lineage: Vec<EpochStart>,
    pub outbox: u32,
    pub clock: Timestamp,
    /// Ids of the dictionaries it can read.
    pub dictionaries: Vec<u32>,
    /// App and version, for people.
    pub app: String,
    pub schema: u32,
}

/// 17: changes in the order of commit on the device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Push {
    pub batch: u32,
    /// As `Workspace::ingest` takes them.
    pub entries: Vec<(RecordId, Vec<u8>)>,
}

/// 18: everything up to here is on the device's disk. Acknowledges one page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pulled {
    pub cursor: Seq,
    pub low: Seq,
}

/// 19: records to send whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Want {
    /// These records, in this form (none = the relay chooses).
    Records(Vec<RecordId>, Option<Form>),
    /// The records of these changes. Reserved for repair.
    Hashes(Vec<ChangeHash>, Option<Form>),
}

/// 20: the bytes of an order's records are gone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Forgotten {
    pub order: [u8; 16],
    pub at: Timestamp,
    pub signature: [u8; 64],
}

/// 21: a step of repair.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Compare {
    pub payload: Vec<u8>,
}

/// 22: the last message of a session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bye {
    pub reason: ByeReason,
    /// Milliseconds to wait before the next try.
    pub after_ms: Option<u64>,
    /// Signed order to wipe.
    pub order: Option<Vec<u8>>,
}

/// Why a session ends. The numbers are on the wire: never reused, never changed.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[repr(u16)]
pub enum ByeReason {
    Unsupported = 1,
    NotEnrolled = 2,
    Revoked = 3,
    Wipe = 4,
    Drain = 5,
    /// Two copies of this device live.
    Cloned = 6,
    SlowDown = 7,
    /// The relay was restored without a new epoch.
    Timeline = 8,
    Malformed = 9,
    /// Another session of the device is newer, or nothing moved.
    Stalled = 10,
    Leaving = 11,
    Internal = 12,
}

impl ByeReason {
    /// The reason with this number. Numbers of later protocols count as `Internal`.
    pub fn from_number(number: u16) -> Self {
        match number {
            1 => Self::Unsupported,
            2 => Self::NotEnrolled,
            3 => Self::Revoked,
            4 => Self::Wipe,
            5 => Self::Drain,
            6 => Self::Cloned,
            7 => Self::SlowDown,
            8 => Self::Timeline,
            9 => Self::Malformed,
            10 => Self::Stalled,
            11 => Self::Leaving,
            _ => Self::Internal,
        }
    }
}

/// 32: where the relay stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Welcome {
    pub protocol: u16,
    pub epoch: Epoch,
    pub head: Seq,
    /// Effective with the session's first durable transaction.
    pub nonce: Nonce,
    /// Opens blob streams of this session.
    pub ticket: [u8; 32],
    pub now: Timestamp,
    /// The dictionary both ends hold.
    pub dictionary: Option<u32>,
    pub lineage: Vec<EpochStart>,
    /// The recovery window is open.
    pub recovery: bool,
    pub left_records: u32,
    pub left_bytes: u64,
}

/// 33: entries of a batch that are on the relay's disk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Accepted {
    pub batch: u32,
    /// First index, count, first seq: seqs are consecutive inside a run.
    pub runs: Vec<(u32, u32, Seq)>,
}

/// 34: entries of a batch that were not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejected {
    pub batch: u32,
    /// Index, reason (sync.md section 6), and for reason 5 the missing hashes.
    pub refused: Vec<(u32, u8, Vec<ChangeHash>)>,
}

/// 37: records to delete.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Forget {
    pub cursor: Seq,
    pub stamp: Stamp,
    pub order: [u8; 16],
    pub records: Vec<RecordId>,
    /// 1 AccessLost, 2 Erased, 3 Retention, 4 Superseded.
    pub reason: u8,
}

/// 38: the relay goes away for a moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Restarting {
    /// Milliseconds; the device adds jitter of the same length.
    pub after_ms: u64,
}

/// 48: an upload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlobPut {
    pub ticket: [u8; 32],
    pub hash: [u8; 32],
    pub size: u64,
    pub media_type: String,
}

/// 49: bytes of it that are safe.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BlobHave {
    pub received: u64,
}

/// 50: a download.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlobGet {
    pub ticket: [u8; 32],
    pub hash: [u8; 32],
    pub offset: u64,
}

/// 51: all of it was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlobEnd {
    pub hash: [u8; 32],
}
