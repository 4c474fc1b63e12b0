//! What a device must not lose and nobody else may read: its key, and the key of its database.
//!
//! A laptop keeps the first in a key file and encrypts nothing by itself. A phone keeps both in its Keystore or
//! Keychain and hands them over; the folder then holds neither, only a check value that tells a wrong key from a
//! damaged database.

use std::path::Path;

use farley_core::store::DatabaseKey;
use ring::hmac;

use crate::encoding::hex;
use crate::folder::{self, FolderError};
use crate::keys::{DeviceKey, KeyError, random_bytes};

/// Keys of one installation.
pub struct Secrets {
    /// Proves to the relay who we are.
    pub device: DeviceKey,
    /// Opens the database; `None`: it is not encrypted.
    pub database: Option<DatabaseKey>,
}

impl Secrets {
    /// Of a device whose key lies beside its data; made, if `create` and there is none.
    ///
    /// # Errors
    /// `Key`.
    pub fn in_folder(folder: &Path, create: bool) -> Result<Self, FolderError> {
        Ok(Self { device: folder::device_key(folder, create)?, database: None })
    }

    /// New ones, for a store that keeps them.
    ///
    /// # Errors
    /// `NoRandomness`.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self { device: DeviceKey::generate()?, database: Some(DatabaseKey(random_bytes()?)) })
    }

    /// What the folder keeps of the database's key. Says nothing about it.
    pub(crate) fn check(&self) -> Option<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.database.as_ref()?.0);
        Some(hex(&hmac::sign(&key, b"farley key check 1").as_ref()[..16]))
    }

    /// What the store opens the file with. A build without cipher keeps the file in the clear, as on a laptop.
    pub(crate) fn cipher(&self) -> Option<DatabaseKey> {
        if cfg!(feature = "encrypted") { self.database.clone() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_tells_two_keys_apart_and_is_not_the_key() {
        let (one, two) = (Secrets::generate().unwrap(), Secrets::generate().unwrap());
        assert_eq!(one.check(), one.check());
        assert_ne!(one.check(), two.check());
        let check = one.check().unwrap();
        assert!(!hex(&one.database.as_ref().unwrap().0).contains(&check));
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Secrets::in_folder(folder.path(), true).unwrap().check(), None);
    }
}
