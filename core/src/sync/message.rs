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
    /// 1, relay to device: prove who you are.
    Challenge(Challenge),
    /// 2, device to relay: signed answer to the challenge.
    Proof(Proof),
    /// 3, device to relay: in place of `Proof` from an installation the relay does not know.
    Enrol(Enrol),
    /// 4, relay to device: registered; the next connection may prove.
    Enrolled(Enrolled),
    /// 5, device to relay: receipt of a wipe.
    Wiped(Wiped),
    /// 16, device to relay: opens a session.
    Hello(Hello),
    /// 17, device to relay: part of the outbox.
    Push(Push),
    /// 18, device to relay: a page is on disk.
    Pulled(Pulled),
    /// 19, device to relay: send these records whole.
    Want(Want),
    /// 20, device to relay: receipt of a `Forget`. Reserved for erasure.
    Forgotten(Forgotten),
    /// 21, both ways. Reserved for repair: sessions answer it with `Bye{Unsupported}`.
    Compare(Compare),
    /// 22, both ways: nothing follows.
    Bye(Bye),
    /// 32, relay to device: the answer to `Hello`.
    Welcome(Welcome),
    /// 33, relay to device: together with `Rejected` names every index of a push once.
    Accepted(Accepted),
    /// 34, relay to device: see `Accepted`.
    Rejected(Rejected),
    /// Live page.
    Entries(Page),
    /// Fill page, or the answer to `Want`.
    Snapshots(FillPage),
    /// 37, relay to device: these records are no longer for this device.
    Forget(Forget),
    /// 38, relay to device: come back shortly; ends the session.
    Restarting(Restarting),
    /// 48, device to relay. Reserved: blob streams come with a later issue.
    BlobPut(BlobPut),
    /// 49, relay to device. Reserved.
    BlobHave(BlobHave),
    /// 50, device to relay. Reserved.
    BlobGet(BlobGet),
    /// 51, both ways. Reserved.
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
    /// Random, used once; the device signs it.
    pub challenge: [u8; 32],
    /// Protocols the relay speaks.
    pub protocols: Vec<u16>,
    /// The relay's clock.
    pub now: Timestamp,
    /// WebSocket only: the relay's signature.
    pub proof: Option<[u8; 64]>,
    /// The relay's next public key (32) and the current key's signature over it (64).
    pub next: Option<[u8; 96]>,
}

/// 2: who the device is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proof {
    /// Who claims to speak; must be registered with the key that signed.
    pub device: DeviceId,
    /// Ed25519 over the challenge, by the device's key.
    pub signature: [u8; 64],
    /// The signature covers the TLS exporter value.
    pub bound: bool,
    /// The same on all carriers of one wake-up.
    pub attempt: [u8; 16],
}

/// 3: a new installation introduces itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrol {
    /// From the invitation's link; works once.
    pub token: [u8; 16],
    /// The id the installation chose for itself: random, its actor for ever.
    pub device: DeviceId,
    /// Ed25519; what later proofs are checked with.
    pub public_key: [u8; 32],
    /// What people call the device, as its owner typed it.
    pub name: String,
    /// Operating system, for people: `linux`, `android`.
    pub platform: String,
    /// By the private half of `public_key`, over the challenge and the other fields.
    pub signature: [u8; 64],
}

/// 4: it is known now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enrolled {
    /// Whose device it is: the invitation's person.
    pub person: PersonId,
    /// The company's name, for people.
    pub workspace_name: String,
    /// To be presented in the first `Hello`.
    pub nonce: Nonce,
}

/// 5: the device has deleted its key and its files.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wiped {
    /// The device that is empty now.
    pub device: DeviceId,
    /// When, by the device's clock.
    pub at: Timestamp,
    /// By the device's key, made before the key was deleted.
    pub signature: [u8; 64],
}

/// 16: where the device stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hello {
    /// The protocol the device speaks: [`PROTOCOL`].
    pub protocol: u16,
    /// Must be the relay's, else `Bye{NotEnrolled}`.
    pub workspace: WorkspaceId,
    /// Must be the one that proved itself, else `Bye{NotEnrolled}`.
    pub device: DeviceId,
    /// Epoch of `cursor`; none on a device that was never welcomed.
    pub epoch: Option<Epoch>,
    /// Last seq walked and committed on the device; 0 = none.
    pub cursor: Seq,
    /// Lower end of what the first fill has brought; 0 = complete.
    pub low: Seq,
    /// Stamp at `cursor`; eight zeros = not known, not compared.
    pub stamp: Stamp,
    /// Given last by the relay; none on a device that was never given one.
    pub nonce: Option<Nonce>,
    /// The epochs the device knows, oldest first, at most [`MAX_LINEAGE`].
    pub lineage: Vec<EpochStart>,
    /// Changes that wait on the device: for people and progress, decides nothing.
    pub outbox: u32,
    /// The device's clock: a large difference is shown, and decides nothing.
    pub clock: Timestamp,
    /// Ids of the dictionaries it can read.
    pub dictionaries: Vec<u32>,
    /// App and version, for people.
    pub app: String,
    /// Number of the schema the device was built with, for support.
    pub schema: u32,
}

/// 17: changes in the order of commit on the device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Push {
    /// Names this push in its answers; unique within the session.
    pub batch: u32,
    /// As `Workspace::ingest` takes them.
    pub entries: Vec<(RecordId, Vec<u8>)>,
}

/// 18: everything up to here is on the device's disk. Acknowledges one page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pulled {
    /// Last seq that is committed.
    pub cursor: Seq,
    /// Lower end of the fill that is committed; 0 = complete.
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
    /// Of the `Forget` it answers.
    pub order: [u8; 16],
    /// When, by the device's clock.
    pub at: Timestamp,
    /// By the device's key, over order and time.
    pub signature: [u8; 64],
}

/// 21: a step of repair.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Compare {
    /// Opaque to sessions.
    pub payload: Vec<u8>,
}

/// 22: the last message of a session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bye {
    /// Why; what the other end does follows from it alone.
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
    /// Another protocol, or a message this side does not serve: the app needs an update.
    Unsupported = 1,
    /// The relay does not know this device, or it is of another workspace: enrol again.
    NotEnrolled = 2,
    /// The office shut the device out. Nothing is deleted by it.
    Revoked = 3,
    /// Revoked, and `order` tells the device to delete everything.
    Wipe = 4,
    /// The person left: the outbox was taken, nothing is sent any more.
    Drain = 5,
    /// Two copies of this device live.
    Cloned = 6,
    /// Too much at once, or the relay cannot store now: come back after `after_ms`.
    SlowDown = 7,
    /// The relay was restored without a new epoch.
    Timeline = 8,
    /// What this side sent is not the protocol.
    Malformed = 9,
    /// Another session of the device is newer, or nothing moved.
    Stalled = 10,
    /// The other end stops in good order.
    Leaving = 11,
    /// A fault of the side that says so; try again later.
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
    /// The protocol of this session.
    pub protocol: u16,
    /// The relay's current epoch. Another than the device's: it enters this one before anything else.
    pub epoch: Epoch,
    /// Last seq the relay has given.
    pub head: Seq,
    /// Effective with the session's first durable transaction.
    pub nonce: Nonce,
    /// Opens blob streams of this session.
    pub ticket: [u8; 32],
    /// The relay's clock.
    pub now: Timestamp,
    /// The dictionary both ends hold.
    pub dictionary: Option<u32>,
    /// The epochs the relay knows, oldest first, at most [`MAX_LINEAGE`].
    pub lineage: Vec<EpochStart>,
    /// The recovery window is open.
    pub recovery: bool,
    /// Records the first fill will bring: told to a device that begins, 0 to one that goes on.
    pub left_records: u32,
    /// Bytes at rest of these records: for progress and the free-space check.
    pub left_bytes: u64,
}

/// 33: entries of a batch that are on the relay's disk.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Accepted {
    /// Of the push.
    pub batch: u32,
    /// First index, count, first seq: seqs are consecutive inside a run.
    pub runs: Vec<(u32, u32, Seq)>,
}

/// 34: entries of a batch that were not taken.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejected {
    /// Of the push.
    pub batch: u32,
    /// Index, reason (sync.md section 6), and for reason 5 the missing hashes.
    pub refused: Vec<(u32, u8, Vec<ChangeHash>)>,
}

/// 37: records to delete.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Forget {
    /// Last seq walked; committed with the deletion.
    pub cursor: Seq,
    /// Stamp at `cursor`.
    pub stamp: Stamp,
    /// Names this order in the receipt.
    pub order: [u8; 16],
    /// Deleted with their log, index rows, quarantine and unsent changes.
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
    /// Of the session's `Welcome`.
    pub ticket: [u8; 32],
    /// SHA-256 of the whole content: the blob's name.
    pub hash: [u8; 32],
    /// Bytes in all.
    pub size: u64,
    /// As in HTTP: `image/jpeg`.
    pub media_type: String,
}

/// 49: bytes of it that are safe.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BlobHave {
    /// Bytes fsynced; the sender goes on from there. Equal to the size: done.
    pub received: u64,
}

/// 50: a download.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlobGet {
    /// Of the session's `Welcome`.
    pub ticket: [u8; 32],
    /// SHA-256 of the whole content.
    pub hash: [u8; 32],
    /// First byte wanted: where an interrupted download stopped.
    pub offset: u64,
}

/// 51: all of it was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlobEnd {
    /// SHA-256 of the whole content; the receiver verifies before it keeps it.
    pub hash: [u8; 32],
}
