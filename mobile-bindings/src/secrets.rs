//! Where phones keep keys: Keystore or Keychain, behind one foreign trait.

use std::sync::Arc;

use farley_core::store::DatabaseKey;
use farley_device::keys::DeviceKey;
use farley_device::secrets::Secrets;

use crate::FarleyError;

/// Keeps two small secrets, `database` (48 bytes) and `device`. What was saved must still be there after a restart.
#[uniffi::export(with_foreign)]
#[async_trait::async_trait]
pub trait SecretStore: Send + Sync {
    /// The secret, or nothing if it was never saved. `Secret` if it was and cannot be had: never answer nothing then.
    async fn load(&self, name: String) -> Result<Option<Vec<u8>>, FarleyError>;
    /// Keeps it durably, in place of an older one.
    async fn save(&self, name: String, bytes: Vec<u8>) -> Result<(), FarleyError>;
    /// Forgets it; none is fine too.
    async fn forget(&self, name: String) -> Result<(), FarleyError>;
}

const DATABASE: &str = "database";
const DEVICE: &str = "device";

/// Those of an enrolled device.
pub(crate) async fn kept(store: &Arc<dyn SecretStore>) -> Result<Secrets, FarleyError> {
    let gone = || FarleyError::Secret { reason: "gone".into() };
    let device = store.load(DEVICE.into()).await?.ok_or_else(gone)?;
    let database = store.load(DATABASE.into()).await?.ok_or_else(gone)?;
    read(&device, &database)
}

/// Those of an enrolment: the ones an interrupted one has made already, else new ones, saved before they are used.
pub(crate) async fn kept_or_made(store: &Arc<dyn SecretStore>) -> Result<Secrets, FarleyError> {
    if let (Some(device), Some(database)) =
        (store.load(DEVICE.into()).await?, store.load(DATABASE.into()).await?)
    {
        return read(&device, &database);
    }
    let made = Secrets::generate()?;
    store.save(DEVICE.into(), made.device.to_pkcs8().to_vec()).await?;
    if let Some(key) = &made.database {
        store.save(DATABASE.into(), key.0.to_vec()).await?;
    }
    Ok(made)
}

fn read(device: &[u8], database: &[u8]) -> Result<Secrets, FarleyError> {
    let unusable = || FarleyError::Secret { reason: "unusable".into() };
    let device = DeviceKey::from_pkcs8(device).ok_or_else(unusable)?;
    let database = DatabaseKey(database.try_into().map_err(|_| unusable())?);
    Ok(Secrets { device, database: Some(database) })
}
