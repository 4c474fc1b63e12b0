//! One-time links: the first start's setup link, and the ones that desk and demo print.

use farley_core::record::{PersonId, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

use super::people::{Person, Role};
use super::sessions::SessionKey;
use super::{AccountError, Accounts, Result};
use crate::clock::{self, DAY, sha256};

/// A link lives this long.
const LIFE: i64 = DAY;

/// What a one-time link is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Sets the first admin's name and password.
    Setup,
    /// Signs a person in.
    SignIn,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::SignIn => "sign_in",
        }
    }
}

impl Accounts {
    /// Token of a new setup link, in hex; older ones are void. `None` once there is an admin.
    pub fn setup_token(&self) -> Result<Option<String>> {
        if self.has_admin()? {
            return Ok(None);
        }
        self.write(|tx| {
            tx.execute("DELETE FROM account_link WHERE purpose = 'setup'", [])?;
            insert(tx, Purpose::Setup, None)
        })
        .map(Some)
    }

    /// Token of a new link that signs `person` in once.
    pub fn sign_in_token(&self, person: PersonId) -> Result<String> {
        self.write(|tx| insert(tx, Purpose::SignIn, Some(person)))
    }

    /// Makes the first admin with a setup link and signs them in. A refused name or password leaves the link good.
    ///
    /// # Errors
    /// `AlreadySetUp`, the link errors, `BadName`, `Password`, `TooMany`.
    pub fn set_up(
        &self,
        token: &str,
        name: &str,
        password: &str,
        address: &str,
    ) -> Result<(Person, SessionKey)> {
        self.limit_address(address)?;
        if self.has_admin()? {
            return Err(AccountError::AlreadySetUp);
        }
        let now = clock::now();
        self.write(|tx| look_up(tx, token, Purpose::Setup, now).map(drop))?;
        let person = self.add_person(name, Role::Admin, Some(password), None)?;
        self.write(|tx| spend(tx, token, now))?;
        let key = self.open_session(person.id, "setup_link")?;
        Ok((person, key))
    }

    /// Signs in with a one-time link, which is spent by it.
    ///
    /// # Errors
    /// The link errors, `TooMany`.
    pub fn sign_in_link(&self, token: &str, address: &str) -> Result<SessionKey> {
        self.limit_address(address)?;
        let now = clock::now();
        let person = self.write(|tx| {
            let person = look_up(tx, token, Purpose::SignIn, now)?.ok_or(AccountError::UnknownLink)?;
            spend(tx, token, now)?;
            Ok(person)
        })?;
        self.open_session(person, "link")
    }
}

fn insert(tx: &Transaction<'_>, purpose: Purpose, person: Option<PersonId>) -> Result<String> {
    let token = clock::hex(&clock::random::<32>());
    tx.execute(
        "INSERT INTO account_link (token, purpose, person, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![
            sha256(token.as_bytes()),
            purpose.name(),
            person.map(|id| id.0),
            clock::now().millis() + LIFE
        ],
    )?;
    Ok(token)
}

fn look_up(tx: &Transaction<'_>, token: &str, purpose: Purpose, now: Timestamp) -> Result<Option<PersonId>> {
    let (person, expires, used) = tx
        .query_row(
            "SELECT person, expires_at, used_at FROM account_link WHERE token = ?1 AND purpose = ?2",
            params![sha256(token.as_bytes()), purpose.name()],
            |row| {
                Ok((row.get::<_, Option<[u8; 16]>>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<i64>>(2)?))
            },
        )
        .optional()?
        .ok_or(AccountError::UnknownLink)?;
    match used {
        Some(_) => Err(AccountError::UsedLink),
        None if now.millis() > expires => Err(AccountError::ExpiredLink),
        None => Ok(person.map(PersonId)),
    }
}

fn spend(tx: &Transaction<'_>, token: &str, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE account_link SET used_at = ?2 WHERE token = ?1",
        params![sha256(token.as_bytes()), now.millis()],
    )?;
    Ok(())
}
