//! Messages as bytes: `[type, {key: value}]`, keys in the order of sync.md section 5.
//!
//! [`Message::decode`] returns `None` for a type from 128 on that this version does not know: ignore it.
//! Whatever it returns has been checked against the limits of the protocol, so sessions need not.

use minicbor::Decoder;

use super::cbor::{Fields, Out, Wire};
use super::columns;
use super::entry::{EpochStart, Form};
use super::frame::WireError;
use super::message::*;

/// First type that a reader may ignore.
const OPTIONAL: u16 = 128;

impl Message {
    /// The payload's bytes. Equal messages are equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Challenge(body) => body.put(),
            Self::Proof(body) => body.put(),
            Self::Enrol(body) => body.put(),
            Self::Enrolled(body) => body.put(),
            Self::Wiped(body) => body.put(),
            Self::Hello(body) => body.put(),
            Self::Push(body) => columns::put_push(body),
            Self::Pulled(body) => body.put(),
            Self::Want(body) => put_want(body),
            Self::Forgotten(body) => body.put(),
            Self::Compare(body) => body.put(),
            Self::Bye(body) => body.put(),
            Self::Welcome(body) => body.put(),
            Self::Accepted(body) => body.put(),
            Self::Rejected(body) => put_rejected(body),
            Self::Entries(page) => columns::put_page(page),
            Self::Snapshots(page) => columns::put_fill(page),
            Self::Forget(body) => columns::put_forget(body),
            Self::Restarting(body) => body.put(),
            Self::BlobPut(body) => body.put(),
            Self::BlobHave(body) => body.put(),
            Self::BlobGet(body) => body.put(),
            Self::BlobEnd(body) => body.put(),
        }
    }

    /// The message in `payload`; `None` for an unknown one that may be ignored.
    ///
    /// # Errors
    /// `Malformed` for anything that is not deterministic CBOR within the limits, `Unsupported` for an
    /// unknown type that may not be ignored.
    pub fn decode(payload: &[u8]) -> Result<Option<Self>, WireError> {
        let fields = &Fields::read(payload)?;
        Ok(Some(match fields.kind {
            1 => Self::Challenge(Body::take(fields)?),
            2 => Self::Proof(Body::take(fields)?),
            3 => Self::Enrol(Body::take(fields)?),
            4 => Self::Enrolled(Body::take(fields)?),
            5 => Self::Wiped(Body::take(fields)?),
            16 => Self::Hello(Body::take(fields)?),
            17 => Self::Push(columns::take_push(fields)?),
            18 => Self::Pulled(Body::take(fields)?),
            19 => Self::Want(take_want(fields)?),
            20 => Self::Forgotten(Body::take(fields)?),
            21 => Self::Compare(Body::take(fields)?),
            22 => Self::Bye(Body::take(fields)?),
            32 => Self::Welcome(Body::take(fields)?),
            33 => Self::Accepted(Body::take(fields)?),
            34 => Self::Rejected(take_rejected(fields)?),
            35 => Self::Entries(columns::take_page(fields)?),
            36 => Self::Snapshots(columns::take_fill(fields)?),
            37 => Self::Forget(columns::take_forget(fields)?),
            38 => Self::Restarting(Body::take(fields)?),
            48 => Self::BlobPut(Body::take(fields)?),
            49 => Self::BlobHave(Body::take(fields)?),
            50 => Self::BlobGet(Body::take(fields)?),
            51 => Self::BlobEnd(Body::take(fields)?),
            OPTIONAL.. => return Ok(None),
            unknown => return Err(WireError::Unsupported(unknown)),
        }))
    }

    /// Whether its bytes may go through the compressor: bulk only, and never a secret.
    pub(super) fn compressible(&self) -> bool {
        matches!(
            self,
            Self::Push(_)
                | Self::Want(_)
                | Self::Compare(_)
                | Self::Accepted(_)
                | Self::Rejected(_)
                | Self::Entries(_)
                | Self::Snapshots(_)
                | Self::Forget(_)
        )
    }
}

/// A message whose fields are written one by one.
trait Body: Sized {
    fn put(&self) -> Vec<u8>;
    fn take(fields: &Fields<'_>) -> Result<Self, WireError>;
}

macro_rules! body {
    ($($name:ident $kind:literal [$count:literal] { $($key:literal $field:ident),* } $(checked $check:expr)?;)*) => {$(
        impl Body for $name {
            fn put(&self) -> Vec<u8> {
                let mut out = Out::new($kind, $count);
                $(out.field($key, &self.$field);)*
                out.finish()
            }
            fn take(fields: &Fields<'_>) -> Result<Self, WireError> {
                let body = Self { $($field: fields.take($key)?),* };
                $(let check: fn(&Self) -> bool = $check;
                if !check(&body) {
                    return Err(WireError::Malformed(concat!(stringify!($name), " is beyond its limits")));
                })?
                Ok(body)
            }
        }
    )*};
}

body! {
    Challenge 1 [5] { 0 challenge, 1 protocols, 2 now, 3 proof, 4 next } checked |m| m.protocols.len() <= 16;
    Proof 2 [4] { 0 device, 1 signature, 2 bound, 3 attempt };
    Enrol 3 [6] { 0 token, 1 device, 2 public_key, 3 name, 4 platform, 5 signature }
        checked |m| m.name.chars().count() <= 100 && m.platform.chars().count() <= 100;
    Enrolled 4 [3] { 0 person, 1 workspace_name, 2 nonce };
    Wiped 5 [3] { 0 device, 1 at, 2 signature };
    Hello 16 [14] { 0 protocol, 1 workspace, 2 device, 3 epoch, 4 cursor, 5 low, 6 stamp, 7 nonce, 8 lineage,
        9 outbox, 10 clock, 11 dictionaries, 12 app, 13 schema }
        checked |m| m.cursor < MAX_SEQ && m.low <= m.cursor && m.lineage.len() <= MAX_LINEAGE
            && m.dictionaries.len() <= 16 && m.app.chars().count() <= MAX_APP;
    Pulled 18 [2] { 0 cursor, 1 low } checked |m| m.cursor < MAX_SEQ && m.low <= m.cursor;
    Forgotten 20 [3] { 0 order, 1 at, 2 signature };
    Compare 21 [1] { 0 payload };
    Bye 22 [3] { 0 reason, 1 after_ms, 2 order };
    Welcome 32 [11] { 0 protocol, 1 epoch, 2 head, 3 nonce, 4 ticket, 5 now, 6 dictionary, 7 lineage,
        8 recovery, 9 left_records, 10 left_bytes }
        checked |m| m.head < MAX_SEQ && m.lineage.len() <= MAX_LINEAGE;
    Accepted 33 [2] { 0 batch, 1 runs }
        checked |m| m.runs.len() <= MAX_PUSH_ENTRIES && m.runs.iter().all(|&(first, count, seq)|
            count >= 1 && (first as usize).saturating_add(count as usize) <= MAX_PUSH_ENTRIES
                && seq >= 1 && seq < MAX_SEQ - u64::from(count));
    Restarting 38 [1] { 0 after_ms };
    BlobPut 48 [4] { 0 ticket, 1 hash, 2 size, 3 media_type };
    BlobHave 49 [1] { 0 received };
    BlobGet 50 [3] { 0 ticket, 1 hash, 2 offset };
    BlobEnd 51 [1] { 0 hash };
}

impl Wire for ByeReason {
    fn put(&self, out: &mut Out) {
        out.uint(*self as u64);
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        u16::take(input).map(Self::from_number)
    }
}

impl Wire for EpochStart {
    fn put(&self, out: &mut Out) {
        (self.epoch, self.first).put(out);
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        let (epoch, first) = Wire::take(input)?;
        Ok(Self { epoch, first })
    }
}

impl Wire for Form {
    fn put(&self, out: &mut Out) {
        out.uint(*self as u64);
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        u16::take(input).and_then(form)
    }
}

/// The form with this number.
pub(super) fn form(number: u16) -> Result<Form, WireError> {
    match number {
        0 => Ok(Form::Change),
        1 => Ok(Form::Changes),
        2 => Ok(Form::Document),
        _ => Err(WireError::Malformed("an entry has an unknown form")),
    }
}

/// Keys: 0 records, 1 hashes, 2 form; of the first two one is null.
fn put_want(want: &Want) -> Vec<u8> {
    let mut out = Out::new(19, 3);
    let (records, hashes, form) = match want {
        Want::Records(records, form) => (Some(columns::join(records.iter().map(|id| &id.0))), None, form),
        Want::Hashes(hashes, form) => (None, Some(columns::join(hashes.iter().map(|hash| &hash.0))), form),
    };
    out.field(0, &records);
    out.field(1, &hashes);
    out.field(2, form);
    out.finish()
}

fn take_want(fields: &Fields<'_>) -> Result<Want, WireError> {
    let (records, hashes): (Option<Vec<u8>>, Option<Vec<u8>>) = (fields.take(0)?, fields.take(1)?);
    let form = fields.take(2)?;
    match (records, hashes) {
        (Some(records), None) => Ok(Want::Records(columns::records(&records, MAX_WANT_RECORDS)?, form)),
        (None, Some(hashes)) => Ok(Want::Hashes(columns::hashes(&hashes, MAX_WANT_HASHES)?, form)),
        _ => Err(WireError::Malformed("Want names either records or hashes")),
    }
}

/// Detail of a refusal: the missing hashes one behind the other, or null.
fn put_rejected(body: &Rejected) -> Vec<u8> {
    let refused: Vec<(u32, u16, Option<Vec<u8>>)> = body
        .refused
        .iter()
        .map(|(index, reason, missing)| {
            let detail = (!missing.is_empty()).then(|| columns::join(missing.iter().map(|hash| &hash.0)));
            (*index, u16::from(*reason), detail)
        })
        .collect();
    let mut out = Out::new(34, 2);
    out.field(0, &body.batch);
    out.field(1, &refused);
    out.finish()
}

fn take_rejected(fields: &Fields<'_>) -> Result<Rejected, WireError> {
    let refused: Vec<(u32, u16, Option<Vec<u8>>)> = fields.take(1)?;
    if refused.len() > MAX_PUSH_ENTRIES {
        return Err(WireError::Malformed("Rejected is beyond its limits"));
    }
    let refused = refused
        .into_iter()
        .map(|(index, reason, detail)| {
            let reason = u8::try_from(reason).map_err(|_| WireError::Malformed("a reason is a byte"))?;
            Ok((index, reason, columns::hashes(&detail.unwrap_or_default(), MAX_MISSING)?))
        })
        .collect::<Result<_, WireError>>()?;
    Ok(Rejected { batch: fields.take(0)?, refused })
}
