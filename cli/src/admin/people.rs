//! People, invitations and devices.

use std::io::{self, BufRead};
use std::path::Path;

use anyhow::{Context, bail};
use farley_core::record::DeviceId;
use farley_server::accounts::{Role, Use};
use farley_server::app::{AppError, admin};
use serde_json::json;

use crate::args::RoleArg;
use crate::clock::{self, date};
use crate::output;
use crate::output::say;

pub fn add(data: &Path, name: &str, role: RoleArg, password_stdin: bool) -> anyhow::Result<()> {
    let role = match role {
        RoleArg::Admin => Role::Admin,
        RoleArg::Office => Role::Office,
        RoleArg::Field => Role::Field,
    };
    let password = if password_stdin { Some(password()?) } else { None };
    let person = admin::user_add(data, name, role, password.as_deref())?;
    say!("{}", person.id);
    Ok(())
}

pub fn list(data: &Path, json: bool) -> anyhow::Result<()> {
    let people = exists(data).and_then(|()| admin::accounts(data))?.people()?;
    if json {
        return people.iter().try_for_each(output::line);
    }
    let rows: Vec<Vec<String>> = people
        .into_iter()
        .map(|person| {
            vec![
                person.name,
                person.role.name().to_owned(),
                person.devices.to_string(),
                person.id.to_string(),
            ]
        })
        .collect();
    output::table(&["NAME", "ROLE", "DEVICES", "ID"], &rows);
    Ok(())
}

pub fn invite(data: &Path, user: &str, json: bool) -> anyhow::Result<()> {
    exists(data)?;
    let invited = admin::invite(data, user, Use::InPerson)?;
    let expires = clock::rfc3339(invited.expires);
    if json {
        return output::line(&json!({"link": invited.link.link(), "expires": expires}));
    }
    say!("{}", invited.link.qr_blocks()?);
    say!("{}\n\nGood for one device of {user}, until {}.", invited.link.link(), date(invited.expires));
    Ok(())
}

pub fn devices(data: &Path, json: bool) -> anyhow::Result<()> {
    exists(data)?;
    let devices = admin::devices(data)?;
    if json {
        return devices.iter().try_for_each(output::line);
    }
    let rows: Vec<Vec<String>> = devices
        .into_iter()
        .map(|device| {
            let state = match (device.revoked_at, device.last_seen) {
                (Some(at), _) => format!("revoked {}", date(at)),
                (None, Some(at)) => format!("seen {}", date(at)),
                (None, None) => "never seen".to_owned(),
            };
            let waits = device.pending.map_or_else(String::new, |count| count.to_string());
            vec![device.name, device.person_name, device.platform, state, waits, device.id.to_string()]
        })
        .collect();
    output::table(&["DEVICE", "PERSON", "PLATFORM", "STATE", "WAITING", "ID"], &rows);
    Ok(())
}

pub fn revoke(data: &Path, device: &str) -> anyhow::Result<()> {
    exists(data)?;
    let id = match device.parse::<DeviceId>() {
        Ok(id) => id,
        Err(_) => {
            let known = admin::devices(data)?;
            let named: Vec<_> =
                known.iter().filter(|known| known.name == device && known.revoked_at.is_none()).collect();
            match named[..] {
                [one] => one.id,
                [] => bail!("there is no device {device:?}; see `farley admin devices`"),
                _ => bail!("{} devices are called {device:?}; give the id", named.len()),
            }
        }
    };
    let device = admin::revoke(data, id)?;
    say!("{} of {} is locked out.", device.name, device.person_name);
    Ok(())
}

/// A folder nobody made yet is not made by looking at it.
pub fn exists(data: &Path) -> Result<(), AppError> {
    if super::database(data).exists() { Ok(()) } else { Err(AppError::Missing(data.to_owned())) }
}

fn password() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("the password cannot be read from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("the first line of standard input is empty; it must be the password");
    }
    Ok(password.to_owned())
}
