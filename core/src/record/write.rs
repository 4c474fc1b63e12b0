//! What an edit does to keys, once the schema has understood it.

use super::{Content, Scalar, Splice};

/// One write to one key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Write {
    /// Set a register. Null clears it; keys are never deleted.
    Put {
        /// Full key, e.g. `phones/a1/number`.
        key: String,
        /// The canonical value.
        value: Scalar,
    },
    /// Replace a whole text. Diffed by words against the text at the base heads, so that
    /// concurrent words survive.
    Text {
        /// Key of the text field.
        key: String,
        /// The whole new text, NFC.
        text: String,
    },
    /// Splices in a text, against the base heads, counted in UTF-16 units; widened to word borders.
    Splice {
        /// Key of the text field.
        key: String,
        /// In order; each counts in the text that the one before it left.
        splices: Vec<Splice>,
    },
}

impl Write {
    /// The key it writes.
    pub fn key(&self) -> &str {
        match self {
            Self::Put { key, .. } | Self::Text { key, .. } | Self::Splice { key, .. } => key,
        }
    }

    /// The write that makes `key` hold `content` again, as undo does.
    pub fn restore(key: &str, content: &Content) -> Self {
        match content {
            Content::Scalar(value) => Self::Put { key: key.to_owned(), value: value.clone() },
            Content::Text(text) => Self::Text { key: key.to_owned(), text: text.clone() },
        }
    }
}
