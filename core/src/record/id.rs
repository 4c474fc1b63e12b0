//! Identities: one newtype each, shown as UUID or hex, never as bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that is not an id of the kind asked for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is not a valid {1}")]
pub struct IdError(pub String, pub &'static str);

macro_rules! id16 {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// 16 random bytes from `rng`.
            pub fn random(rng: &mut dyn rand::RngCore) -> Self {
                let mut bytes = [0; 16];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }

            /// The id in `bytes`, if there are exactly 16.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The 16 bytes.
            pub fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                uuid::Uuid::try_parse(text)
                    .map(|id| Self(*id.as_bytes()))
                    .map_err(|_| IdError(text.chars().take(60).collect(), $what))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id16!(
    /// One record. UUIDv7: sorts by time of creation, carries no personal data.
    RecordId, "record id"
);
id16!(
    /// One installation in one workspace, and its Automerge actor. Never reused, never copied.
    DeviceId, "device id"
);
id16!(
    /// One workspace: the data of one company.
    WorkspaceId, "workspace id"
);
id16!(
    /// One person with an account; also the id of that person's `setting` record.
    PersonId, "person id"
);
id16!(
    /// One life of the relay's log between two restores (sync.md section 10).
    Epoch, "epoch"
);
id16!(
    /// Rolls with every session that writes; tells a copied device from the original.
    Nonce, "nonce"
);

impl RecordId {
    /// A new UUIDv7 for the moment `now`, its random part from `rng`.
    pub fn new(now: super::Timestamp, rng: &mut dyn rand::RngCore) -> Self {
        let mut random = [0; 10];
        rng.fill_bytes(&mut random);
        let millis = now.millis().max(0) as u64;
        Self(*uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_bytes())
    }
}

impl From<PersonId> for RecordId {
    fn from(id: PersonId) -> Self {
        Self(id.0)
    }
}

/// 8 random bytes drawn per sequencing transaction; two histories that reuse a seq differ in it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Stamp(pub [u8; 8]);

impl Stamp {
    /// 8 random bytes from `rng`.
    pub fn random(rng: &mut dyn rand::RngCore) -> Self {
        let mut bytes = [0; 8];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// Identity of one change: SHA-256 of its bytes from the 9th on.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ChangeHash(pub [u8; 32]);

/// The newest changes of a record: those no other change depends on. Ascending.
pub type Heads = Vec<ChangeHash>;

impl ChangeHash {
    /// The hash in `bytes`, if there are exactly 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ChangeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ChangeHash {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError(text.chars().take(70).collect(), "change hash");
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for ChangeHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChangeHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn ids_read_back_what_they_show() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let id = RecordId::new(super::super::Timestamp::from_millis(1_790_000_000_000), &mut rng);
        assert_eq!(id.to_string().parse::<RecordId>(), Ok(id));
        assert_eq!(id.0[6] >> 4, 7, "version 7");
        let hash = ChangeHash([0xab; 32]);
        assert_eq!(hash.to_string().parse::<ChangeHash>(), Ok(hash));
        assert!("xyz".parse::<ChangeHash>().is_err());
        assert!("é".repeat(32).parse::<ChangeHash>().is_err());
    }

    #[test]
    fn later_records_sort_behind_earlier_ones() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let early = RecordId::new(super::super::Timestamp::from_millis(1_000), &mut rng);
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let late = RecordId::new(super::super::Timestamp::from_millis(1_001), &mut rng);
        assert!(early < late);
    }
}
