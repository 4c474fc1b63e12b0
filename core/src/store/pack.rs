//! How bytes lie at rest.

use std::cell::RefCell;

use zstd::bulk::Compressor;

use super::StoreError;

/// As they are.
const PLAIN: u8 = 0;
/// One zstd frame without a dictionary. 2 is reserved for one with.
const ZSTD: u8 = 1;
/// Of zstd.
const LEVEL: i32 = 3;
/// Shorter bytes gain less than the frame costs.
const WORTH_PACKING: usize = 200;
/// No change or snapshot is larger (transport-security.md section 9); a damaged size must not take all memory.
const MAX_SIZE: usize = 64 << 20;

thread_local! {
    /// Making one costs more than packing a change with it.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// The form and the bytes to store.
pub(super) fn pack(bytes: &[u8]) -> (u8, std::borrow::Cow<'_, [u8]>) {
    if bytes.len() > WORTH_PACKING
        && let Ok(packed) = compress(bytes)
        && packed.len() < bytes.len()
    {
        return (ZSTD, packed.into());
    }
    (PLAIN, bytes.into())
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| match packer {
        Some(packer) => packer.compress(bytes),
        None => packer.insert(Compressor::new(LEVEL)?).compress(bytes),
    })
}

/// What [`pack`] was given. `size` is its length.
pub(super) fn unpack(form: u8, size: usize, stored: Vec<u8>) -> Result<Vec<u8>, StoreError> {
    let bytes = match form {
        PLAIN => stored,
        ZSTD => zstd::bulk::decompress(&stored, size.min(MAX_SIZE))
            .map_err(|_| StoreError::Broken("stored bytes do not decompress".to_owned()))?,
        _ => return Err(StoreError::Broken(format!("stored bytes have the unknown form {form}"))),
    };
    if bytes.len() != size {
        return Err(StoreError::Broken("stored bytes have another length than noted".to_owned()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_packed_or_not() {
        for bytes in [vec![], vec![7; 200], vec![7; 5_000], (0..=255).collect::<Vec<u8>>()] {
            let (form, stored) = pack(&bytes);
            assert!(stored.len() <= bytes.len());
            assert_eq!(unpack(form, bytes.len(), stored.into_owned()).unwrap(), bytes);
        }
        assert_eq!(pack(&[7; 5_000]).0, ZSTD);
    }

    #[test]
    fn damaged_bytes_are_reported() {
        let (form, stored) = pack(&[7; 5_000]);
        let stored = stored.into_owned();
        assert!(matches!(unpack(9, 1, vec![0]), Err(StoreError::Broken(_))));
        assert!(matches!(unpack(PLAIN, 2, vec![0]), Err(StoreError::Broken(_))));
        assert!(matches!(unpack(form, 4_999, stored.clone()), Err(StoreError::Broken(_))));
        assert!(matches!(unpack(form, 5_000, stored[1..].to_vec()), Err(StoreError::Broken(_))));
    }
}
