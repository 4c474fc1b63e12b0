//! The compression dictionary: 16 KiB that both ends hold, for frames too short to compress by themselves.
//!
//! It ships inside the program. Rows at rest may use it for ever, so a new one gets a new id and the old
//! one stays. Trained by [`train`] from generated changes of the built-in kinds.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// Payloads from this length on compress as well without.
pub const WORTH_BELOW: usize = 16 * 1024;
/// Within 3 % of 110 KiB from batches of 2 changes on.
pub const SIZE: usize = 16 * 1024;
/// First 4 bytes of its SHA-256, big endian.
pub const ID: u32 = 808_089_499;

const BYTES: &[u8] = include_bytes!("dictionary.bin");
const LEVEL: i32 = 3;

/// The id of a dictionary: first 4 bytes of its SHA-256, big endian.
pub fn id(dictionary: &[u8]) -> u32 {
    let hash = Sha256::digest(dictionary);
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// Prepared once: digesting 16 KiB costs more than compressing a short frame with it.
pub(super) fn encoder() -> &'static EncoderDictionary<'static> {
    static PREPARED: OnceLock<EncoderDictionary<'static>> = OnceLock::new();
    PREPARED.get_or_init(|| EncoderDictionary::copy(BYTES, LEVEL))
}

/// See [`encoder`].
pub(super) fn decoder() -> &'static DecoderDictionary<'static> {
    static PREPARED: OnceLock<DecoderDictionary<'static>> = OnceLock::new();
    PREPARED.get_or_init(|| DecoderDictionary::copy(BYTES))
}

/// A dictionary of at most [`SIZE`] bytes for payloads like `samples` (some hundred or more).
///
/// # Errors
/// If the samples are too few or too short to learn from.
#[cfg(feature = "train")]
pub fn train(samples: &[Vec<u8>]) -> std::io::Result<Vec<u8>> {
    zstd::dict::from_samples(samples, SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_ships_is_the_one_the_id_names() {
        assert_eq!(id(BYTES), ID);
        assert!(BYTES.len() <= SIZE);
    }
}
