//! Names of people and devices as `setting` records, so that every replica can name authors without network.

use farley_core::record::{DeviceId, Edit, PersonId, RecordId};
use farley_core::workspace::Workspace;

use crate::accounts::Accounts;
use crate::clock;

/// Writes what is not yet in the workspace. Idempotent: a crash between edit and mark repeats an equal edit.
pub fn publish(accounts: &Accounts, workspace: &Workspace) -> Result<(), String> {
    let own = workspace.device();
    if workspace.rows_of(&[RecordId(own.0)]).map_err(text)?.is_empty() {
        save(workspace, device(own, "Server", None, "Server"))?;
    }
    for person in accounts.unpublished_people().map_err(text)? {
        save(workspace, setting(RecordId::from(person.id), "person", &person.name))?;
        accounts.mark_person_published(person.id).map_err(text)?;
    }
    for row in accounts.unpublished_devices().map_err(text)? {
        save(workspace, device(row.id, &row.name, Some(row.person), &row.platform))?;
        accounts.mark_device_published(row.id).map_err(text)?;
    }
    Ok(())
}

fn device(id: DeviceId, name: &str, person: Option<PersonId>, platform: &str) -> Edit {
    let mut edit = setting(RecordId(id.0), "device", name).with("p/platform", platform);
    if let Some(person) = person {
        edit = edit.with("p/person", person.to_string());
    }
    edit
}

fn setting(id: RecordId, what: &str, name: &str) -> Edit {
    let edit = Edit { id: Some(id), ..Edit::create("setting") };
    edit.with("type", what).with("label_de", name).with("label_en", name)
}

fn save(workspace: &Workspace, edit: Edit) -> Result<(), String> {
    use farley_core::record::EditError;
    use farley_core::workspace::WorkspaceError;
    match workspace.edit(workspace.device(), &edit, clock::now()) {
        Ok(_) | Err(WorkspaceError::Edit(EditError::Empty)) => Ok(()),
        Err(error) => Err(text(error)),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
