//! Ed25519 keys: a device's own, the relay's identity, and what a relay must keep beside it.
//!
//! A key file has mode 0600 and holds nothing else; one that others may read is refused, not repaired:
//! whoever could read it may have. Public keys are 32 raw bytes everywhere; TLS shows them as SPKI, 44 bytes.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use ring::{hkdf, hmac};
use serde::{Deserialize, Serialize};

use crate::encoding::{base64url, from_base64url, from_hex, hex};

/// An Ed25519 public key: 32 raw bytes.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PublicKey(pub [u8; 32]);

/// A device's key pair.
pub struct DeviceKey {
    pair: Ed25519KeyPair,
    pkcs8: Vec<u8>,
}

/// What a relay keeps for years in `relay.keys`.
pub struct RelayKeys {
    identity: DeviceKey,
    token_key: [u8; 32],
    reset_key: [u8; 32],
    cid_key: u64,
    nonce_key: [u8; 32],
}

/// Why a key file cannot be used. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("there is no key file {0}")]
    Missing(PathBuf),
    #[error("key file {path} cannot be read: {detail}")]
    Unreadable { path: PathBuf, detail: String },
    /// Others may have copied the key: the operator decides, not we.
    #[error("key file {path} can be read by other users (mode {mode:03o}); run `chmod 600` on it")]
    Exposed { path: PathBuf, mode: u32 },
    #[error("key file {path} is damaged: {detail}; restore it from a backup")]
    Damaged { path: PathBuf, detail: &'static str },
    #[error("key file {path} was written by a newer Farley (version {found}); update Farley")]
    Newer { path: PathBuf, found: u32 },
    #[error("key file {path} cannot be written: {detail}")]
    Unwritable { path: PathBuf, detail: String },
    #[error("the system has no randomness to give")]
    NoRandomness,
}

impl PublicKey {
    /// The key in `spki`, if that is an Ed25519 SubjectPublicKeyInfo.
    pub fn from_spki(spki: &[u8]) -> Option<Self> {
        spki.strip_prefix(&SPKI_PREFIX)?.try_into().ok().map(Self)
    }

    /// SubjectPublicKeyInfo, 44 bytes: what RFC 7250 presents.
    pub fn spki(&self) -> [u8; 44] {
        let mut spki = [0; 44];
        spki[..12].copy_from_slice(&SPKI_PREFIX);
        spki[12..].copy_from_slice(&self.0);
        spki
    }

    /// Whether `signature` (64 bytes) over `message` was made with this key's other half.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }

    /// First 8 bytes of the key's SHA-256 in hex: enough for two people to compare aloud.
    pub fn fingerprint(&self) -> String {
        hex(&ring::digest::digest(&ring::digest::SHA256, &self.0).as_ref()[..8])
    }
}

impl DeviceKey {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// `NoRandomness`.
    pub fn generate() -> Result<Self, KeyError> {
        let pkcs8 =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::NoRandomness)?;
        Self::from_pkcs8(pkcs8.as_ref()).ok_or(KeyError::NoRandomness)
    }

    /// The key in PKCS#8 `bytes`, if they are one with its public half.
    pub fn from_pkcs8(bytes: &[u8]) -> Option<Self> {
        Some(Self { pair: Ed25519KeyPair::from_pkcs8(bytes).ok()?, pkcs8: bytes.to_vec() })
    }

    /// Reads the key file at `path`.
    ///
    /// # Errors
    /// Each `KeyError` but `Unwritable` and `NoRandomness`.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let bytes = read_private(path)?;
        Self::from_pkcs8(&bytes)
            .ok_or_else(|| KeyError::Damaged { path: path.into(), detail: "it holds no Ed25519 key" })
    }

    /// Writes the key to a new file at `path`, mode 0600, on disk when this returns.
    ///
    /// # Errors
    /// `Unwritable`, also if the file exists: a key is never overwritten.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        write_private(path, &self.pkcs8)
    }

    /// The key as PKCS#8, for a store that keeps secrets.
    pub fn to_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(key)
    }

    /// Ed25519 signature over `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(message).as_ref());
        signature
    }

    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }
}

impl RelayKeys {
    /// New keys from the system's randomness.
    ///
    /// # Errors
    /// `NoRandomness`.
    pub fn generate() -> Result<Self, KeyError> {
        Ok(Self {
            identity: DeviceKey::generate()?,
            token_key: random_bytes()?,
            reset_key: random_bytes()?,
            cid_key: u64::from_be_bytes(random_bytes()?),
            nonce_key: random_bytes()?,
        })
    }

    /// Reads `relay.keys` at `path`; if there is none, generates and writes it.
    ///
    /// # Errors
    /// Each `KeyError` but `Missing`.
    pub fn open_or_create(path: &Path) -> Result<Self, KeyError> {
        match Self::read(path) {
            Err(KeyError::Missing(_)) => {
                let keys = Self::generate()?;
                keys.write(path)?;
                Ok(keys)
            }
            other => other,
        }
    }

    /// Reads `relay.keys` at `path`.
    ///
    /// # Errors
    /// Each `KeyError` but `Unwritable` and `NoRandomness`.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let bytes = read_private(path)?;
        let damaged = |detail| KeyError::Damaged { path: path.into(), detail };
        let file: KeyFile =
            serde_json::from_slice(&bytes).map_err(|_| damaged("it is not the JSON Farley writes"))?;
        if file.version != KEY_FILE_VERSION {
            return Err(KeyError::Newer { path: path.into(), found: file.version });
        }
        let identity = from_base64url(&file.identity).ok().and_then(|bytes| DeviceKey::from_pkcs8(&bytes));
        Ok(Self {
            identity: identity.ok_or(damaged("`identity` holds no Ed25519 key"))?,
            token_key: from_hex(&file.token_key).ok_or(damaged("`token_key` is not 32 bytes in hex"))?,
            reset_key: from_hex(&file.reset_key).ok_or(damaged("`reset_key` is not 32 bytes in hex"))?,
            cid_key: from_hex(&file.cid_key)
                .map(u64::from_be_bytes)
                .ok_or(damaged("`cid_key` is not 8 bytes in hex"))?,
            nonce_key: from_hex(&file.nonce_key).ok_or(damaged("`nonce_key` is not 32 bytes in hex"))?,
        })
    }

    /// Writes a new `relay.keys` at `path`, mode 0600, on disk when this returns.
    ///
    /// # Errors
    /// `Unwritable`, also if the file exists.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let file = KeyFile {
            version: KEY_FILE_VERSION,
            identity: base64url(self.identity.pkcs8()),
            token_key: hex(&self.token_key),
            reset_key: hex(&self.reset_key),
            cid_key: hex(&self.cid_key.to_be_bytes()),
            nonce_key: hex(&self.nonce_key),
        };
        let text = serde_json::to_string_pretty(&file).expect("strings and a number are always JSON");
        write_private(path, text.as_bytes())
    }

    /// The relay's identity: what devices pin.
    pub fn public(&self) -> PublicKey {
        self.identity.public()
    }

    /// The relay's identity with its private half.
    pub fn identity(&self) -> &DeviceKey {
        &self.identity
    }

    /// Key of `farley_core::sync`'s nonce judgement; the same on every node of one relay.
    pub fn nonce_key(&self) -> &[u8; 32] {
        &self.nonce_key
    }

    pub(crate) fn token_key(&self) -> hkdf::Prk {
        hkdf::Prk::new_less_safe(hkdf::HKDF_SHA256, &self.token_key)
    }

    pub(crate) fn reset_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.reset_key)
    }

    pub(crate) fn cid_key(&self) -> u64 {
        self.cid_key
    }
}

/// `N` bytes of the system's randomness.
///
/// # Errors
/// `NoRandomness`.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
    Ok(bytes)
}

/// SHA-256 of the parts, one after the other.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[derive(Deserialize, Serialize)]
struct KeyFile {
    version: u32,
    identity: String,
    token_key: String,
    reset_key: String,
    cid_key: String,
    nonce_key: String,
}

fn read_private(path: &Path) -> Result<Vec<u8>, KeyError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => KeyError::Missing(path.into()),
        _ => KeyError::Unreadable { path: path.into(), detail: error.to_string() },
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path: path.into(), mode });
        }
    }
    std::fs::read(path).map_err(unreadable)
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| match path.parent() {
            // Without it a power cut may take the name away, and with it the company's identity.
            Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => {
                std::fs::File::open(folder)?.sync_all()
            }
            _ => Ok(()),
        })
        .map_err(|error| KeyError::Unwritable { path: path.into(), detail: error.to_string() })
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex(&self.0))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey({})", self.public().fingerprint())
    }
}

impl fmt::Debug for RelayKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RelayKeys({})", self.public().fingerprint())
    }
}

/// SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING of 32 bytes } (RFC 8410 section 4).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const KEY_FILE_VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_key_reads_back_and_signs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.key");
        let key = DeviceKey::generate().unwrap();
        key.write(&path).unwrap();
        let again = DeviceKey::read(&path).unwrap();
        assert_eq!(again.public(), key.public());
        assert!(key.public().verifies(b"visit", &again.sign(b"visit")));
        assert!(!key.public().verifies(b"visits", &again.sign(b"visit")));
        assert!(!key.public().verifies(b"visit", &[0; 5]));
        assert_eq!(PublicKey::from_spki(&key.public().spki()), Some(key.public()));
        assert_eq!(PublicKey::from_spki(&key.public().spki()[1..]), None);
    }

    #[test]
    fn relay_keys_stay_the_same_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        let first = RelayKeys::open_or_create(&path).unwrap();
        let second = RelayKeys::open_or_create(&path).unwrap();
        assert_eq!(first.public(), second.public());
        assert_eq!(
            (first.token_key, first.reset_key, first.cid_key, first.nonce_key),
            (second.token_key, second.reset_key, second.cid_key, second.nonce_key)
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        RelayKeys::generate().unwrap().write(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = RelayKeys::open_or_create(&path).unwrap_err();
        assert!(matches!(error, KeyError::Exposed { mode: 0o644, .. }));
        assert!(error.to_string().contains("chmod 600"));
    }

    #[test]
    fn a_damaged_or_newer_key_file_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("relay.keys");
        write_private(&path, b"{\"version\":1}").unwrap();
        assert!(matches!(RelayKeys::open_or_create(&path), Err(KeyError::Damaged { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"{\"version\":1}");
        std::fs::remove_file(&path).unwrap();
        RelayKeys::generate().unwrap().write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap().replace("\"version\": 1", "\"version\": 2");
        std::fs::remove_file(&path).unwrap();
        write_private(&path, text.as_bytes()).unwrap();
        assert!(matches!(RelayKeys::open_or_create(&path), Err(KeyError::Newer { found: 2, .. })));
        assert!(matches!(RelayKeys::generate().unwrap().write(&path), Err(KeyError::Unwritable { .. })));
    }
}
