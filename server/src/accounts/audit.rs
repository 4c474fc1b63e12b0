//! Who did what, append-only and hash-chained. Verbs and ids, never values.

use farley_core::record::{PersonId, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;

use super::{Accounts, Result};
use crate::clock::{hex, sha256};

/// One line.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AuditRow {
    /// Number, without gaps.
    pub n: i64,
    /// When.
    pub at: Timestamp,
    /// Who; none = an admin command on the server, or the server itself.
    pub who: Option<PersonId>,
    /// What: `device_revoked`, `signed_in` …
    pub verb: String,
    /// Id of what it was done to, in hex.
    pub subject: String,
    /// Reason code.
    pub reason: String,
}

/// Appends one line in the caller's transaction.
pub fn append(
    tx: &Transaction<'_>,
    at: Timestamp,
    who: Option<PersonId>,
    verb: &str,
    subject: &[u8],
    reason: &str,
) -> Result<()> {
    let last: Option<(i64, Vec<u8>)> = tx
        .query_row("SELECT n, hash FROM account_audit ORDER BY n DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (n, previous) = last.map_or((1, vec![0; 32]), |(n, hash)| (n + 1, hash));
    let hash = link(
        &previous,
        n,
        at.millis(),
        who.map(|who| who.0).as_ref().map(|id| id.as_slice()),
        verb,
        subject,
        reason,
    );
    tx.execute(
        "INSERT INTO account_audit (n, at, who, verb, subject, reason, previous, hash) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
        params![n, at.millis(), who.map(|who| who.0), verb, subject, reason, previous, hash],
    )?;
    Ok(())
}

impl Accounts {
    /// Appends one line by itself.
    pub fn audit(&self, who: Option<PersonId>, verb: &str, subject: &[u8], reason: &str) -> Result<()> {
        self.write(|tx| append(tx, crate::clock::now(), who, verb, subject, reason))
    }

    /// When the newest line was written; none before the first one.
    pub fn last_audit(&self) -> Result<Option<Timestamp>> {
        let at: Option<i64> =
            self.db().query_row("SELECT MAX(at) FROM account_audit", [], |row| row.get(0))?;
        Ok(at.map(Timestamp::from_millis))
    }

    /// Whether the account tables are those of this version.
    pub fn is_migrated(&self) -> Result<bool> {
        super::tables::is_current(&self.db())
    }

    /// The newest `limit` lines, newest first.
    pub fn audit_rows(&self, limit: u32) -> Result<Vec<AuditRow>> {
        let db = self.db();
        let mut statement = db.prepare(
            "SELECT n, at, who, verb, subject, reason FROM account_audit ORDER BY n DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |row| {
            Ok(AuditRow {
                n: row.get(0)?,
                at: Timestamp::from_millis(row.get(1)?),
                who: row.get::<_, Option<[u8; 16]>>(2)?.map(PersonId),
                verb: row.get(3)?,
                subject: hex(&row.get::<_, Option<Vec<u8>>>(4)?.unwrap_or_default()),
                reason: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Walks the chain; the first line that does not follow from the one before, if any.
    pub fn verify_audit(&self) -> Result<Option<i64>> {
        let db = self.db();
        let mut statement = db.prepare(
            "SELECT n, at, who, verb, subject, reason, previous, hash FROM account_audit ORDER BY n",
        )?;
        let mut rows = statement.query([])?;
        let (mut expected, mut before) = (1, vec![0; 32]);
        while let Some(row) = rows.next()? {
            let n: i64 = row.get(0)?;
            let (who, subject): (Option<Vec<u8>>, Option<Vec<u8>>) = (row.get(2)?, row.get(4)?);
            let (verb, reason): (String, String) = (row.get(3)?, row.get(5)?);
            let (previous, hash): (Vec<u8>, Vec<u8>) = (row.get(6)?, row.get(7)?);
            let computed =
                link(&before, n, row.get(1)?, who.as_deref(), &verb, &subject.unwrap_or_default(), &reason);
            if n != expected || previous != before || hash != computed {
                return Ok(Some(expected));
            }
            (expected, before) = (n + 1, hash);
        }
        Ok(None)
    }
}

fn link(
    previous: &[u8],
    n: i64,
    at: i64,
    who: Option<&[u8]>,
    verb: &str,
    subject: &[u8],
    reason: &str,
) -> Vec<u8> {
    let mut bytes = previous.to_vec();
    bytes.extend(n.to_be_bytes());
    bytes.extend(at.to_be_bytes());
    // Lengths first, so that no two rows have the same bytes.
    for part in [who.unwrap_or_default(), verb.as_bytes(), subject, reason.as_bytes()] {
        bytes.extend((part.len() as u32).to_be_bytes());
        bytes.extend(part);
    }
    sha256(&bytes).to_vec()
}
