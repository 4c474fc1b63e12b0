//! Browser sessions: 256 random bits in a cookie, SHA-256 in the table, idle 12 h, at most 7 days.

use std::num::NonZeroU32;
use std::time::Duration;

use farley_core::record::{DeviceId, PersonId, Timestamp};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use rusqlite::{OptionalExtension, params};

use super::people::{Role, credentials};
use super::{AccountError, Accounts, Result};
use crate::clock::{self, DAY, HOUR, MINUTE, sha256};

/// A session nobody used for this long ends.
const IDLE: i64 = 12 * HOUR;
/// A session ends after this long in any case.
const ABSOLUTE: i64 = 7 * DAY;
/// Sign-in counts as fresh for this long.
const FRESH: i64 = 10 * MINUTE;
/// How often a session in use is written: not with every request.
const TOUCH: i64 = MINUTE;

/// The secret in the cookie, 64 hex characters.
#[derive(Clone, Eq, PartialEq)]
pub struct SessionKey(pub String);

/// A signed-in browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Session {
    /// SHA-256 of the key, in hex: names the session, opens nothing.
    pub id: String,
    /// Whose it is.
    pub person: PersonId,
    /// As shown.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Actor of this person's office edits.
    pub author: DeviceId,
    /// Signed in within the last ten minutes.
    pub fresh: bool,
}

/// Tries to sign in: 10 a minute and address, 5 in 15 minutes and account.
pub struct Limits {
    address: DefaultKeyedRateLimiter<String>,
    account: DefaultKeyedRateLimiter<[u8; 32]>,
    enrolment: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    pub fn new() -> Self {
        let quota = |burst: u32, each: Duration| {
            let burst = NonZeroU32::new(burst).expect("limits are not zero");
            RateLimiter::keyed(Quota::with_period(each).expect("periods are not zero").allow_burst(burst))
        };
        Self {
            address: quota(10, Duration::from_secs(6)),
            account: {
                let burst = NonZeroU32::new(5).expect("five is not zero");
                let each = Duration::from_secs(180);
                RateLimiter::keyed(Quota::with_period(each).expect("180 s is not zero").allow_burst(burst))
            },
            enrolment: quota(20, Duration::from_secs(180)),
        }
    }
}

fn wait<K: Clone + Eq + std::hash::Hash>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<()> {
    limiter.check_key(key).map_err(|until| {
        AccountError::TooMany(until.wait_time_from(DefaultClock::default().now()).as_secs().max(1))
    })
}

impl Accounts {
    /// Signs `name` in. Unknown names cost the same time and give the same answer as wrong passwords.
    ///
    /// # Errors
    /// `BadCredentials`, `TooMany`, `Busy`.
    pub fn sign_in(&self, name: &str, password: &str, address: &str) -> Result<SessionKey> {
        self.limit_address(address)?;
        wait(&self.limits.account, &sha256(name.trim().to_lowercase().as_bytes()))?;
        if password.len() > 1_024 {
            return Err(AccountError::BadCredentials);
        }
        let found = self.write(|tx| credentials(tx, name.trim()))?;
        let stored = found.as_ref().and_then(|(_, stored)| stored.as_deref());
        let right = self.lane.verify(password, stored)?;
        match found {
            Some((person, _)) if right => self.open_session(person, "password"),
            _ => Err(AccountError::BadCredentials),
        }
    }

    /// Counts a try to sign in, by password or link, against `address`.
    pub fn limit_address(&self, address: &str) -> Result<()> {
        wait(&self.limits.address, &address.to_owned())
    }

    /// Counts a try to enrol against `address`: 20 an hour.
    pub fn limit_enrolment(&self, address: &str) -> Result<()> {
        wait(&self.limits.enrolment, &address.to_owned())
    }

    /// A new session of `person`; `by` says how they proved themselves.
    pub fn open_session(&self, person: PersonId, by: &str) -> Result<SessionKey> {
        let key = SessionKey(clock::hex(&clock::random::<32>()));
        let now = clock::now().millis();
        self.write(|tx| {
            tx.execute(
                "INSERT INTO account_session (token, person, created_at, used_at, fresh_at) VALUES (?1, ?2, ?3, ?3, ?3)",
                params![sha256(key.0.as_bytes()), person.0, now],
            )?;
            super::audit::append(tx, Timestamp::from_millis(now), Some(person), "signed_in", &person.0, by)
        })?;
        Ok(key)
    }

    /// The session that `key` opens; none if it is unknown or has ended.
    pub fn session(&self, key: &str) -> Result<Option<Session>> {
        self.session_at(key, clock::now())
    }

    pub(super) fn session_at(&self, key: &str, now: Timestamp) -> Result<Option<Session>> {
        let token = sha256(key.as_bytes());
        let db = self.db();
        let found = db
            .query_row(
                "SELECT p.id, p.name, p.role, d.id, s.created_at, s.used_at, s.fresh_at
                 FROM account_session s JOIN account_person p ON p.id = s.person
                 JOIN account_device d ON d.person = p.id AND d.office = 1 WHERE s.token = ?1",
                [token],
                |row| {
                    let times = (row.get::<_, i64>(4)?, row.get::<_, i64>(5)?, row.get::<_, i64>(6)?);
                    Ok((
                        row.get::<_, [u8; 16]>(0)?,
                        row.get(1)?,
                        row.get::<_, String>(2)?,
                        row.get(3)?,
                        times,
                    ))
                },
            )
            .optional()?;
        let Some((person, name, role, author, (created, used, fresh))) = found else { return Ok(None) };
        let Some(role) = Role::parse(&role) else { return Ok(None) };
        let now = now.millis();
        if now - used > IDLE || now - created > ABSOLUTE {
            db.execute("DELETE FROM account_session WHERE token = ?1", [token])?;
            return Ok(None);
        }
        if now - used > TOUCH {
            db.execute("UPDATE account_session SET used_at = ?2 WHERE token = ?1", params![token, now])?;
        }
        Ok(Some(Session {
            id: clock::hex(&token),
            person: PersonId(person),
            name,
            role,
            author: DeviceId(author),
            fresh: now - fresh <= FRESH,
        }))
    }

    /// Ends the session that `key` opens, if there is one.
    pub fn sign_out(&self, key: &str) -> Result<()> {
        self.db().execute("DELETE FROM account_session WHERE token = ?1", [sha256(key.as_bytes())])?;
        Ok(())
    }

    /// Removes sessions and links that have ended.
    pub fn tidy(&self) -> Result<()> {
        let now = clock::now().millis();
        let db = self.db();
        db.execute(
            "DELETE FROM account_session WHERE used_at < ?1 OR created_at < ?2",
            params![now - IDLE, now - ABSOLUTE],
        )?;
        db.execute("DELETE FROM account_link WHERE expires_at < ?1", [now - DAY])?;
        db.execute("DELETE FROM account_invitation WHERE expires_at < ?1", [now - 30 * DAY])?;
        Ok(())
    }
}
