//! Invitations: what a new device proves its right to enrol with. One person, single use, five tries.

use farley_core::record::{DeviceId, Nonce, PersonId, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};

use super::ledger::LedgerLine;
use super::people::Person;
use super::{AccountError, Accounts, Result};
use crate::clock::{self, HOUR, MINUTE, sha256};

/// Life of an invitation shown in person, and of one that is sent.
const IN_PERSON: i64 = 15 * MINUTE;
/// See [`IN_PERSON`].
const TO_SEND: i64 = 72 * HOUR;
/// Wrong uses before a token is void.
const TRIES: i64 = 5;
/// A lost answer is repeated to the same device for this long.
const REPEAT: i64 = 10 * MINUTE;
/// Devices of one person, and of a workspace.
const DEVICES: (i64, i64) = (10, 5_000);

/// How an invitation reaches the person.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Use {
    /// Shown on a screen: 15 minutes.
    InPerson,
    /// Sent: 72 hours.
    ToSend,
}

/// A fresh invitation. The token is shown once and kept only as its SHA-256.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invitation {
    /// 16 random bytes, for the link.
    pub token: [u8; 16],
    /// For whom.
    pub person: PersonId,
    /// Until when.
    pub expires: Timestamp,
}

/// What a device says of itself when it enrols. Its signature has been verified.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// From the link.
    pub token: [u8; 16],
    /// Its new id.
    pub device: DeviceId,
    /// Its public key.
    pub key: [u8; 32],
    /// "Pixel 9".
    pub name: String,
    /// "android", "ios", "linux" …
    pub platform: String,
}

impl Accounts {
    /// Makes an invitation for `person`. `by` = who made it; none = an admin command.
    ///
    /// # Errors
    /// `UnknownPerson`, `TooManyDevices`.
    pub fn invite(&self, person: PersonId, how: Use, by: Option<PersonId>) -> Result<Invitation> {
        self.person(person)?;
        let now = clock::now();
        let token = clock::random::<16>();
        let expires = now.plus_millis(if how == Use::InPerson { IN_PERSON } else { TO_SEND });
        self.write(|tx| {
            check_room(tx, person)?;
            tx.execute(
                "INSERT INTO account_invitation (token, person, made_by, made_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![sha256(&token), person.0, by.map(|id| id.0), now.millis(), expires.millis()],
            )?;
            super::audit::append(tx, now, by, "invited", &person.0, "")
        })?;
        Ok(Invitation { token, person, expires })
    }

    /// Takes back every unused invitation of `person`.
    pub fn withdraw_invitations(&self, person: PersonId, by: Option<PersonId>) -> Result<usize> {
        let now = clock::now();
        self.write(|tx| {
            let count = tx.execute(
                "UPDATE account_invitation SET withdrawn_at = ?2 WHERE person = ?1 AND used_at IS NULL AND withdrawn_at IS NULL",
                params![person.0, now.millis()],
            )?;
            super::audit::append(tx, now, by, "invitations_withdrawn", &person.0, "")?;
            Ok(count)
        })
    }

    /// Spends the token and registers the device: one transaction, then the ledger. The same device with the same
    /// key is answered again for ten minutes.
    ///
    /// # Errors
    /// The link errors, `TooManyDevices`, `DeviceTaken`, `TooMany`.
    pub fn enrol(&self, enrolment: &Enrolment, address: &str) -> Result<(Person, Nonce)> {
        self.limit_enrolment(address)?;
        self.enrol_at(enrolment, clock::now())
    }

    pub(super) fn enrol_at(&self, enrolment: &Enrolment, now: Timestamp) -> Result<(Person, Nonce)> {
        let hash = sha256(&enrolment.token);
        // A refused try is counted in a transaction of its own: rolling it back would make five tries endless.
        let outcome = self.write(|tx| {
            let outcome = self.enrol_in(tx, &hash, enrolment, now);
            match outcome {
                Ok(done) => Ok(Ok(done)),
                Err(refusal @ (AccountError::UsedLink | AccountError::DeviceTaken)) => {
                    tx.execute("UPDATE account_invitation SET tries = tries + 1 WHERE token = ?1", [hash])?;
                    Ok(Err(refusal))
                }
                Err(other) => Err(other),
            }
        })?;
        let (person, nonce, fresh) = outcome?;
        let person = self.person(person)?;
        if fresh {
            self.ledger().append(&LedgerLine::Enrolled {
                at: now,
                device: enrolment.device,
                key: clock::hex(&enrolment.key),
                person: person.id,
                person_name: person.name.clone(),
                role: person.role,
                name: enrolment.name.clone(),
                platform: enrolment.platform.clone(),
            })?;
            self.reload()?;
        }
        Ok((person, nonce))
    }

    fn enrol_in(
        &self,
        tx: &Transaction<'_>,
        hash: &[u8; 32],
        enrolment: &Enrolment,
        now: Timestamp,
    ) -> Result<(PersonId, Nonce, bool)> {
        let Enrolment { device, key, name, platform, .. } = enrolment;
        let found = tx
            .query_row(
                "SELECT person, expires_at, tries, used_at, used_by, used_key, withdrawn_at
                 FROM account_invitation WHERE token = ?1",
                [hash],
                |row| {
                    let used: (Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>) =
                        (row.get(3)?, row.get(4)?, row.get(5)?);
                    let withdrawn: Option<i64> = row.get(6)?;
                    Ok((PersonId(row.get(0)?), row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, used, withdrawn))
                },
            )
            .optional()?;
        let (person, expires, tries, used, withdrawn) = found.ok_or(AccountError::UnknownLink)?;
        if withdrawn.is_some() {
            return Err(AccountError::WithdrawnLink);
        }
        if tries >= TRIES {
            return Err(AccountError::TriedLink);
        }
        if let (Some(at), by, used_key) = used {
            let same =
                by.as_deref() == Some(device.0.as_slice()) && used_key.as_deref() == Some(key.as_slice());
            if !same || now.millis() - at > REPEAT {
                return Err(AccountError::UsedLink);
            }
            let nonce =
                tx.query_row("SELECT nonce FROM account_device WHERE id = ?1", [device.0], |row| row.get(0))?;
            return Ok((person, Nonce(nonce), false));
        }
        if now.millis() > expires {
            return Err(AccountError::ExpiredLink);
        }
        check_room(tx, person)?;
        let taken = "SELECT COUNT(*) FROM account_device WHERE id = ?1 OR public_key = ?2";
        if tx.query_row(taken, params![device.0, key], |row| row.get::<_, i64>(0))? > 0 {
            return Err(AccountError::DeviceTaken);
        }
        let nonce = Nonce(clock::random());
        tx.execute(
            "UPDATE account_invitation SET used_at = ?2, used_by = ?3, used_key = ?4 WHERE token = ?1",
            params![hash, now.millis(), device.0, key],
        )?;
        tx.execute(
            "INSERT INTO account_device (id, person, public_key, name, platform, enrolled_at, nonce)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![device.0, person.0, key, short(name), short(platform), now.millis(), nonce.0],
        )?;
        super::registry::touch(tx)?;
        super::audit::append(tx, now, Some(person), "device_enrolled", &device.0, "")?;
        Ok((person, nonce, true))
    }
}

fn check_room(tx: &Transaction<'_>, person: PersonId) -> Result<()> {
    let count = "SELECT COALESCE(SUM(person = ?1), 0), COUNT(*) FROM account_device
                 WHERE office = 0 AND revoked_at IS NULL";
    let (own, all): (i64, i64) = tx.query_row(count, [person.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if own >= DEVICES.0 || all >= DEVICES.1 {
        return Err(AccountError::TooManyDevices);
    }
    Ok(())
}

/// Names come from devices: one line of at most 80 characters.
fn short(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(80).collect()
}
