//! Who is behind a device, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use farley_core::record::DeviceId;
use farley_core::workspace::{Author, Workspace, WorkspaceError};

/// Who typed something, as the office knows them. Everything is empty for what nobody typed.
#[derive(Clone, Debug, Default, Eq, PartialEq, uniffi::Record)]
pub struct AuthorName {
    /// The device.
    pub device_id: Option<String>,
    /// Its name.
    pub device: Option<String>,
    /// Its person's name.
    pub person: Option<String>,
    /// It is this very device.
    pub here: bool,
}

/// All of them, read once and again after one changed.
#[derive(Default)]
pub(crate) struct Authors {
    known: Mutex<Option<Arc<BTreeMap<DeviceId, Author>>>>,
}

impl Authors {
    pub(crate) fn of(&self, workspace: &Workspace) -> Result<Names, WorkspaceError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let by_device = match &*known {
            Some(by_device) => by_device.clone(),
            None => known.insert(Arc::new(workspace.authors()?)).clone(),
        };
        Ok(Names { by_device, own: workspace.device() })
    }

    /// A setting changed.
    pub(crate) fn forget(&self) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Names at one moment.
pub(crate) struct Names {
    by_device: Arc<BTreeMap<DeviceId, Author>>,
    own: DeviceId,
}

impl Names {
    pub(crate) fn name(&self, device: Option<DeviceId>) -> AuthorName {
        let Some(device) = device else { return AuthorName::default() };
        let author = self.by_device.get(&device);
        AuthorName {
            device_id: Some(device.to_string()),
            device: author.and_then(|author| author.device.clone()),
            person: author.and_then(|author| author.person.clone()),
            here: device == self.own,
        }
    }
}
