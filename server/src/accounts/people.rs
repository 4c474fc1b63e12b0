//! People with an account, each with a device row for what they edit in the office.

use farley_core::record::{DeviceId, PersonId, RecordId};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{AccountError, Accounts, Result, passwords, person_of};
use crate::clock;

/// What a person may do.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, people and devices included.
    Admin,
    /// Every record, invitations, devices; not people.
    Office,
    /// Records.
    Field,
}

impl Role {
    /// The word in database, REST and CLI.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Office => "office",
            Self::Field => "field",
        }
    }
    /// The role of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Admin, Self::Office, Self::Field].into_iter().find(|role| role.name() == word)
    }
}

/// One person.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Person {
    /// Also the id of the person's `setting` record.
    pub id: PersonId,
    /// As shown.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Devices that are not revoked.
    pub devices: u32,
}

const PERSON: &str = "SELECT id, name, role,
    (SELECT COUNT(*) FROM account_device d WHERE d.person = p.id AND d.office = 0 AND d.revoked_at IS NULL)
    FROM account_person p";

impl Accounts {
    /// Adds a person; without a password they cannot sign in on the page, only enrol a device.
    ///
    /// # Errors
    /// `BadName`, `NameTaken`, `Password`, `Busy`.
    pub fn add_person(
        &self,
        name: &str,
        role: Role,
        password: Option<&str>,
        by: Option<PersonId>,
    ) -> Result<Person> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(AccountError::BadName);
        }
        let hash = match password {
            None => None,
            Some(password) => {
                passwords::check(password)?;
                Some(self.lane.hash(password)?)
            }
        };
        let now = clock::now();
        // Version 7, as every record id: the person's name is also a setting record.
        let record = RecordId::new(now, &mut *clock::generator());
        let id = PersonId(record.0);
        let person = self.write(|tx| {
            let taken: Option<i64> = tx
                .query_row("SELECT 1 FROM account_person WHERE name = ?1 COLLATE NOCASE", [name], |row| row.get(0))
                .optional()?;
            if taken.is_some() {
                return Err(AccountError::NameTaken);
            }
            tx.execute(
                "INSERT INTO account_person (id, name, role, password, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id.0, name, role.name(), hash, now.millis()],
            )?;
            tx.execute(
                "INSERT INTO account_device (id, person, name, platform, office, enrolled_at)
                 VALUES (?1, ?2, 'Büro', 'Büro', 1, ?3)",
                params![clock::random::<16>(), id.0, now.millis()],
            )?;
            super::registry::touch(tx)?;
            super::audit::append(tx, now, by, "person_added", &id.0, role.name())?;
            Ok(Person { id, name: name.to_owned(), role, devices: 0 })
        })?;
        self.reload()?;
        Ok(person)
    }

    /// Sets a new password and ends all browser sessions of the person.
    pub fn set_password(&self, person: PersonId, password: &str) -> Result<()> {
        passwords::check(password)?;
        let hash = self.lane.hash(password)?;
        self.write(|tx| {
            if tx.execute("UPDATE account_person SET password = ?2 WHERE id = ?1", params![person.0, hash])?
                == 0
            {
                return Err(AccountError::UnknownPerson);
            }
            tx.execute("DELETE FROM account_session WHERE person = ?1", [person.0])?;
            super::audit::append(tx, clock::now(), Some(person), "password_set", &person.0, "")
        })
    }

    /// Everybody, by name.
    pub fn people(&self) -> Result<Vec<Person>> {
        let db = self.db();
        let mut statement = db.prepare(&format!("{PERSON} ORDER BY name COLLATE NOCASE"))?;
        let rows = statement.query_map([], read)?;
        rows.map(|row| row?).collect()
    }

    /// The person with this id.
    pub fn person(&self, id: PersonId) -> Result<Person> {
        self.db()
            .query_row(&format!("{PERSON} WHERE id = ?1"), [id.0], read)
            .optional()?
            .ok_or(AccountError::UnknownPerson)?
    }

    /// The person with this name, in any case, or with this id.
    pub fn find_person(&self, name: &str) -> Result<Person> {
        if let Ok(id) = name.parse::<PersonId>() {
            return self.person(id);
        }
        self.db()
            .query_row(&format!("{PERSON} WHERE name = ?1 COLLATE NOCASE"), [name.trim()], read)
            .optional()?
            .ok_or(AccountError::UnknownPerson)?
    }

    /// Whether an admin can sign in; if not, the first start's setup link is shown.
    pub fn has_admin(&self) -> Result<bool> {
        let count: i64 = self.db().query_row(
            "SELECT COUNT(*) FROM account_person WHERE role = 'admin' AND password IS NOT NULL",
            [],
            |row| row.get(0),
        )?;
        Ok(count > 0)
    }

    /// Actor of what `person` edits in the office.
    pub fn office_device(&self, person: PersonId) -> Result<DeviceId> {
        self.db()
            .query_row("SELECT id FROM account_device WHERE person = ?1 AND office = 1", [person.0], |row| {
                row.get(0)
            })
            .optional()?
            .map(DeviceId)
            .ok_or(AccountError::UnknownPerson)
    }

    /// People whose name no replica has been told yet.
    pub fn unpublished_people(&self) -> Result<Vec<Person>> {
        let db = self.db();
        let mut statement = db.prepare(&format!("{PERSON} WHERE published = 0 ORDER BY id"))?;
        let rows = statement.query_map([], read)?;
        rows.map(|row| row?).collect()
    }

    /// The name of `person` is in the workspace now.
    pub fn mark_person_published(&self, person: PersonId) -> Result<()> {
        self.db().execute("UPDATE account_person SET published = 1 WHERE id = ?1", [person.0])?;
        Ok(())
    }
}

/// The stored password hash of a name, with the person's id.
pub fn credentials(tx: &Transaction<'_>, name: &str) -> Result<Option<(PersonId, Option<String>)>> {
    tx.query_row("SELECT id, password FROM account_person WHERE name = ?1 COLLATE NOCASE", [name], |row| {
        Ok((row.get::<_, [u8; 16]>(0)?, row.get(1)?))
    })
    .optional()
    .map(|found| found.map(|(id, password)| (PersonId(id), password)))
    .map_err(Into::into)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Person>> {
    let (id, role): (Vec<u8>, String) = (row.get(0)?, row.get(2)?);
    let name = row.get(1)?;
    let devices = row.get(3)?;
    Ok((|| {
        let role = Role::parse(&role).ok_or_else(|| AccountError::Storage("unknown role".into()))?;
        Ok(Person { id: person_of(&id)?, name, role, devices })
    })())
}
