//! Passwords: argon2id, two at a time, and the same work for people who do not exist.

use std::sync::{Condvar, Mutex, OnceLock};

use argon2::{Algorithm, Argon2, Params, Version};

use super::{AccountError, Result};
use crate::clock::{hex, random};

/// Memory in KiB, passes, lanes: 136 ms (transport-security.md 4.1).
const COST: (u32, u32, u32) = (65_536, 3, 1);
/// Hashes at once: 128 MiB.
const AT_ONCE: usize = 2;
/// Callers that may wait for a turn; more are sent away.
const WAITING: usize = 20;
/// Shortest and longest password in bytes.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=1_024;
/// Frequent passwords of 12 characters and more, folded.
const COMMON: &[&str] = &[
    "123456789012",
    "1234567890123",
    "111111111111",
    "000000000000",
    "passwordpassword",
    "password1234",
    "password12345",
    "passwort1234",
    "passwort12345",
    "passwortpasswort",
    "qwertyuiopas",
    "qwertzuiopas",
    "qwertyuiop123",
    "qwertzuiop123",
    "iloveyou1234",
    "administrator",
    "farleyfarley",
    "letmeinletmein",
    "hallohallohallo",
    "changemechangeme",
];

/// Lets two hashes run and twenty callers wait.
#[derive(Default)]
pub struct Lane {
    state: Mutex<(usize, usize)>,
    free: Condvar,
}

/// Refuses what is too short, too long or known to everybody.
pub fn check(password: &str) -> Result<()> {
    if !LENGTH.contains(&password.len()) {
        return Err(AccountError::Password("it needs 12 to 1,024 bytes"));
    }
    let folded = password.to_lowercase();
    let first = folded.chars().next();
    if COMMON.contains(&folded.as_str()) || folded.chars().all(|character| Some(character) == first) {
        return Err(AccountError::Password("it is one of the most common passwords"));
    }
    Ok(())
}

impl Lane {
    /// `argon2id$m$t$p$salt$hash` of `password`.
    pub fn hash(&self, password: &str) -> Result<String> {
        let salt: [u8; 16] = random();
        let hash = self.run(password, &salt, COST)?;
        Ok(format!("argon2id${}${}${}${}${}", COST.0, COST.1, COST.2, hex(&salt), hex(&hash)))
    }

    /// Whether `password` is the one that `stored` was made from. `None` = unknown person: the same work, then no.
    pub fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        static DUMMY: OnceLock<[u8; 16]> = OnceLock::new();
        let Some((cost, salt, hash)) = stored.and_then(parse) else {
            self.run(password, DUMMY.get_or_init(random), COST)?;
            return Ok(false);
        };
        let found = self.run(password, &salt, cost)?;
        // Equal lengths, compared without an early end.
        Ok(found.iter().zip(&hash).fold(found.len() ^ hash.len(), |seen, (a, b)| seen | usize::from(a ^ b))
            == 0)
    }

    fn run(&self, password: &str, salt: &[u8], cost: (u32, u32, u32)) -> Result<[u8; 32]> {
        let _turn = self.turn()?;
        let broken = |_| AccountError::Storage("a stored password has impossible parameters".into());
        let params = Params::new(cost.0, cost.1, cost.2, Some(32)).map_err(broken)?;
        let mut out = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), salt, &mut out)
            .map_err(broken)?;
        Ok(out)
    }

    fn turn(&self) -> Result<Turn<'_>> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if state.0 >= AT_ONCE {
            if state.1 >= WAITING {
                return Err(AccountError::Busy(3));
            }
            state.1 += 1;
            while state.0 >= AT_ONCE {
                state = self.free.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
            }
            state.1 -= 1;
        }
        state.0 += 1;
        Ok(Turn(self))
    }
}

struct Turn<'a>(&'a Lane);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.0 -= 1;
        self.0.free.notify_one();
    }
}

fn parse(stored: &str) -> Option<((u32, u32, u32), Vec<u8>, Vec<u8>)> {
    let mut parts = stored.split('$');
    if parts.next()? != "argon2id" {
        return None;
    }
    let cost = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some((cost, unhex(parts.next()?)?, unhex(parts.next()?)?))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (text.is_ascii() && text.len().is_multiple_of(2)).then(|| {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_passes() {
        let lane = Lane::default();
        let stored = lane.hash("Heizung und Sanitär").unwrap();
        assert!(lane.verify("Heizung und Sanitär", Some(&stored)).unwrap());
        assert!(!lane.verify("Heizung und Sanitar", Some(&stored)).unwrap());
        assert!(!lane.verify("Heizung und Sanitär", None).unwrap());
        assert_ne!(stored, lane.hash("Heizung und Sanitär").unwrap(), "every hash has its own salt");
    }

    #[test]
    fn short_long_and_common_passwords_are_refused() {
        assert!(check("elf Zeichen").is_err());
        assert!(check("zwölf Zeich").is_ok(), "12 bytes, counted as bytes");
        assert!(check(&"ab".repeat(512)).is_ok());
        assert!(check(&"ab".repeat(513)).is_err());
        assert!(check("Passwort1234").is_err());
        assert!(check("aaaaaaaaaaaaaa").is_err());
    }

    #[test]
    fn the_twenty_third_caller_is_sent_away() {
        let lane = Lane::default();
        *lane.state.lock().unwrap() = (AT_ONCE, WAITING);
        assert_eq!(lane.hash("Heizung und Sanitär"), Err(AccountError::Busy(3)));
    }
}
