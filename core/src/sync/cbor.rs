//! The subset of CBOR that is on the wire: deterministic, definite, shallow.
//!
//! [`Fields::read`] walks a payload once and refuses everything outside the subset. What comes behind it
//! can rely on lengths that lie inside the payload, so no list is ever reserved beyond what has arrived.
//!
//! Knows nothing about: what the fields of a message mean.

use minicbor::{Decoder, Encoder};

use super::frame::WireError;
use crate::record::{ChangeHash, DeviceId, Epoch, Nonce, PersonId, RecordId, Stamp, Timestamp, WorkspaceId};

/// Containers inside the outermost array, at most: `histories` needs four.
const MAX_NESTING: u32 = 4;
/// Keys a message of this protocol may have; higher ones are skipped.
const MAX_KEYS: usize = 24;

/// A payload taken apart: its type and the raw bytes of each field.
pub(super) struct Fields<'a> {
    pub(super) kind: u16,
    fields: [Option<&'a [u8]>; MAX_KEYS],
}

impl<'a> Fields<'a> {
    /// Checks `payload` as a whole and indexes its fields.
    pub(super) fn read(payload: &'a [u8]) -> Result<Self, WireError> {
        if payload.first() != Some(&0x82) {
            return Err(WireError::Malformed("a payload is an array of two"));
        }
        let mut at = 1;
        let (major, kind) = head(payload, &mut at)?;
        let kind = match (major, u16::try_from(kind)) {
            (0, Ok(kind)) => kind,
            _ => return Err(WireError::Malformed("a message type is a small number")),
        };
        let (major, count) = head(payload, &mut at)?;
        if major != 5 {
            return Err(WireError::Malformed("fields are a map"));
        }
        let mut fields = [None; MAX_KEYS];
        let mut last = None;
        for _ in 0..count {
            let key = map_key(payload, &mut at, &mut last)?;
            let start = at;
            skip(payload, &mut at, 2)?;
            if let Some(field) = usize::try_from(key).ok().and_then(|key| fields.get_mut(key)) {
                *field = Some(&payload[start..at]);
            }
        }
        if at != payload.len() {
            return Err(WireError::Malformed("bytes behind the payload"));
        }
        Ok(Self { kind, fields })
    }

    /// The field `key`; a missing one is an error unless it may be null.
    pub(super) fn take<T: Wire>(&self, key: usize) -> Result<T, WireError> {
        match self.fields.get(key).copied().flatten() {
            Some(bytes) => T::take(&mut Decoder::new(bytes)),
            None => T::missing(),
        }
    }
}

/// Writes one payload.
pub(super) struct Out(Encoder<Vec<u8>>);

// Writing to a Vec has no error to return: minicbor's error type for it is uninhabited.
const NEVER: &str = "a Vec takes every byte";

impl Out {
    /// Begins `[kind, {` with `fields` fields.
    pub(super) fn new(kind: u16, fields: u64) -> Self {
        let mut out = Encoder::new(Vec::new());
        out.array(2).and_then(|e| e.u16(kind)).and_then(|e| e.map(fields)).expect(NEVER);
        Self(out)
    }

    /// Field `key`. Keys must come in ascending order.
    pub(super) fn field<T: Wire>(&mut self, key: u64, value: &T) {
        self.uint(key);
        value.put(self);
    }

    pub(super) fn uint(&mut self, value: u64) {
        self.0.u64(value).expect(NEVER);
    }

    pub(super) fn int(&mut self, value: i64) {
        self.0.i64(value).expect(NEVER);
    }

    pub(super) fn bytes(&mut self, value: &[u8]) {
        self.0.bytes(value).expect(NEVER);
    }

    pub(super) fn array(&mut self, count: usize) {
        self.0.array(count as u64).expect(NEVER);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0.into_writer()
    }
}

/// One kind of value on the wire.
pub(super) trait Wire: Sized {
    fn put(&self, out: &mut Out);
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError>;
    fn missing() -> Result<Self, WireError> {
        Err(WireError::Malformed("a field is missing"))
    }
}

fn wrong<E>(_: E) -> WireError {
    WireError::Malformed("a field has another type or range")
}

macro_rules! wire_number {
    ($($ty:ty, $get:ident, $put:ident as $wide:ty);*) => {$(
        impl Wire for $ty {
            fn put(&self, out: &mut Out) {
                out.$put(<$wide>::from(*self));
            }
            fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
                input.$get().map_err(wrong)
            }
        }
    )*};
}
wire_number!(u16, u16, uint as u64; u32, u32, uint as u64; u64, u64, uint as u64; i64, i64, int as i64);

impl Wire for bool {
    fn put(&self, out: &mut Out) {
        out.0.bool(*self).expect(NEVER);
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        input.bool().map_err(wrong)
    }
}

impl Wire for Timestamp {
    fn put(&self, out: &mut Out) {
        out.int(self.millis());
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        input.i64().map(Timestamp::from_millis).map_err(wrong)
    }
}

impl Wire for String {
    fn put(&self, out: &mut Out) {
        out.0.str(self).expect(NEVER);
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        input.str().map(str::to_owned).map_err(wrong)
    }
}

impl<const N: usize> Wire for [u8; N] {
    fn put(&self, out: &mut Out) {
        out.bytes(self);
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        input.bytes().map_err(wrong)?.try_into().map_err(wrong)
    }
}

macro_rules! wire_id {
    ($($ty:ident),*) => {$(
        impl Wire for $ty {
            fn put(&self, out: &mut Out) {
                self.0.put(out);
            }
            fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
                Wire::take(input).map($ty)
            }
        }
    )*};
}
wire_id!(ChangeHash, DeviceId, Epoch, Nonce, PersonId, RecordId, Stamp, WorkspaceId);

impl Wire for Vec<u8> {
    fn put(&self, out: &mut Out) {
        out.bytes(self);
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        input.bytes().map(<[u8]>::to_vec).map_err(wrong)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Out) {
        out.array(self.len());
        for value in self {
            value.put(out);
        }
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        let count = input.array().map_err(wrong)?.ok_or(WireError::Malformed("indefinite length"))?;
        (0..count).map(|_| T::take(input)).collect()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Out) {
        match self {
            Some(value) => value.put(out),
            None => {
                out.0.null().expect(NEVER);
            }
        }
    }
    fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
        if input.datatype().map_err(wrong)? == minicbor::data::Type::Null {
            return input.null().map(|()| None).map_err(wrong);
        }
        T::take(input).map(Some)
    }
    fn missing() -> Result<Self, WireError> {
        Ok(None)
    }
}

macro_rules! wire_tuple {
    ($count:literal: $($ty:ident $at:tt),*) => {
        impl<$($ty: Wire),*> Wire for ($($ty,)*) {
            fn put(&self, out: &mut Out) {
                out.array($count);
                $(self.$at.put(out);)*
            }
            fn take(input: &mut Decoder<'_>) -> Result<Self, WireError> {
                if input.array().map_err(wrong)? != Some($count) {
                    return Err(WireError::Malformed("a group has another size"));
                }
                Ok(($($ty::take(input)?,)*))
            }
        }
    };
}
wire_tuple!(2: A 0, B 1);
wire_tuple!(3: A 0, B 1, C 2);

/// Major type and argument of the item at `at`; shortest form only.
fn head(bytes: &[u8], at: &mut usize) -> Result<(u8, u64), WireError> {
    let first = *bytes.get(*at).ok_or(WireError::Malformed("the payload ends early"))?;
    *at += 1;
    let (size, least) = match first & 31 {
        small @ 0..=23 => return Ok((first >> 5, u64::from(small))),
        24 => (1, 24),
        25 => (2, 1 << 8),
        26 => (4, 1 << 16),
        27 => (8, 1 << 32),
        _ => return Err(WireError::Malformed("indefinite length")),
    };
    let digits = bytes.get(*at..*at + size).ok_or(WireError::Malformed("the payload ends early"))?;
    *at += size;
    let value = digits.iter().fold(0_u64, |value, digit| value << 8 | u64::from(*digit));
    if value < least && first >> 5 != 7 {
        return Err(WireError::Malformed("a number is not in its shortest form"));
    }
    Ok((first >> 5, value))
}

/// Steps over one item that lies inside `nesting - 1` containers below the outermost.
fn skip(bytes: &[u8], at: &mut usize, nesting: u32) -> Result<(), WireError> {
    let first = bytes.get(*at).copied();
    let (major, value) = head(bytes, at)?;
    if matches!(major, 4 | 5) && nesting > MAX_NESTING {
        return Err(WireError::Malformed("nested too deeply"));
    }
    match major {
        0 | 1 => Ok(()),
        2 | 3 => {
            let left = (bytes.len() - *at) as u64;
            if value > left {
                return Err(WireError::Malformed("the payload ends early"));
            }
            *at += value as usize;
            Ok(())
        }
        4 => (0..value).try_for_each(|_| skip(bytes, at, nesting + 1)),
        5 => {
            let mut last = None;
            (0..value).try_for_each(|_| {
                map_key(bytes, at, &mut last)?;
                skip(bytes, at, nesting + 1)
            })
        }
        // false, true, null; floats, tags and other simple values are not part of the subset.
        _ if matches!(first, Some(0xf4..=0xf6)) => Ok(()),
        _ => Err(WireError::Malformed("a tag, float or simple value")),
    }
}

/// A map key: a number greater than the one before.
fn map_key(bytes: &[u8], at: &mut usize, last: &mut Option<u64>) -> Result<u64, WireError> {
    let (major, key) = head(bytes, at)?;
    if major != 0 || last.is_some_and(|last| last >= key) {
        return Err(WireError::Malformed("keys are ascending numbers"));
    }
    *last = Some(key);
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(payload: &[u8]) -> bool {
        matches!(Fields::read(payload), Err(WireError::Malformed(_)))
    }

    #[test]
    fn only_the_deterministic_subset_is_read() {
        assert!(Fields::read(&[0x82, 18, 0xa1, 0, 1]).is_ok());
        assert!(refused(&[0x82, 0x18, 18, 0xa0]), "18 fits the first byte");
        assert!(refused(&[0x9f, 18, 0xa0, 0xff]), "indefinite array");
        assert!(refused(&[0x82, 18, 0xbf, 0xff]), "indefinite map");
        assert!(refused(&[0x82, 18, 0xa2, 1, 0, 0, 0]), "keys out of order");
        assert!(refused(&[0x82, 18, 0xa2, 0, 0, 0, 0]), "a key twice");
        assert!(refused(&[0x82, 18, 0xa0, 0]), "bytes behind");
        assert!(refused(&[0x82, 18, 0xa1, 0, 0xfa, 0, 0, 0, 0]), "a float");
        assert!(refused(&[0x82, 18, 0xa1, 0, 0xc0, 0]), "a tag");
        assert!(refused(&[0x82, 18, 0xa1, 0, 0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
        assert!(refused(&[0x82, 18, 0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    }

    #[test]
    fn four_containers_inside_the_payload_are_the_limit() {
        assert!(Fields::read(&[0x82, 18, 0xa1, 0, 0x81, 0x81, 0x81, 0]).is_ok());
        assert!(refused(&[0x82, 18, 0xa1, 0, 0x81, 0x81, 0x81, 0x81, 0]));
    }

    #[test]
    fn unknown_keys_are_skipped() {
        let fields = Fields::read(&[0x82, 18, 0xa2, 0, 7, 0x18, 99, 0x43, 1, 2, 3]).expect("valid");
        assert_eq!(fields.take::<u32>(0), Ok(7));
        assert_eq!(fields.take::<Option<u32>>(1), Ok(None));
        assert!(fields.take::<u32>(1).is_err());
    }
}
