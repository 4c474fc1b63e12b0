//! What one key of a record holds.

use serde::{Deserialize, Serialize};

/// A scalar register. No floats: they print differently by platform.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// Cleared, or never set.
    Null,
    /// True or false.
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// A text without co-editing.
    Str(String),
    /// Opaque bytes.
    Bytes(Vec<u8>),
}

/// A scalar, or a text that several people write in at once.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Content {
    /// A register: concurrent writes are kept side by side.
    Scalar(Scalar),
    /// A co-edited text: every word of both people survives.
    Text(String),
}

impl Scalar {
    /// The text in it, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Str(text.to_owned())
    }
}

impl Content {
    /// The scalar, if it is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match self {
            Self::Scalar(scalar) => Some(scalar),
            Self::Text(_) => None,
        }
    }

    /// The text of a co-edited text or of a string register.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Scalar(scalar) => scalar.as_str(),
            Self::Text(text) => Some(text),
        }
    }
}
