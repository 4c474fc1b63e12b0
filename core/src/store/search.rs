//! Full text behind the edit.
//!
//! The trigrams of a text stand in some two hundred places of the full text; taking the old ones out and putting
//! the new ones in costs an edit more than everything else together. So an edit writes the text, and remembers
//! in `search_pending` that the full text of the row is behind and what it still holds. Every search reads those
//! rows beside the hits and verifies both against the text, so nobody sees the difference. `tidy` brings them
//! over, many in one transaction. A transaction that finds too many waiting brings some over itself.
//!
//! Always true: full text holds for each row `held` if it is pending, its text otherwise.

use std::collections::BTreeSet;

use super::{StoreError, Tx, View};
use crate::index::{IndexRow, starts};

/// More rows than this wait only within a transaction: a search reads the text of each.
/// Smaller in unit tests, so that they get there.
pub(super) const PENDING_MOST: i64 = if cfg!(test) { 512 } else { 4_096 };
/// A transaction that wrote this many texts is bulk work: it leaves none waiting.
const BULK: u32 = if cfg!(test) { 256 } else { 2_048 };
/// Rows brought over by an edit that finds too many waiting.
const SLICE: u32 = 16;

impl View<'_> {
    /// Whether the full text of any row is behind.
    pub(super) fn has_pending(&self) -> Result<bool, StoreError> {
        Ok(self.one("SELECT 1 FROM search_pending LIMIT 1", [], |_| Ok(()))?.is_some())
    }
}

impl Tx<'_> {
    /// Brings at most `limit` waiting rows over into full text; whether more wait.
    ///
    /// # Errors
    /// `Full`, `Io`, `Broken`.
    pub fn flush_search(&mut self, limit: u32) -> Result<bool, StoreError> {
        if !self.fts {
            return Ok(false);
        }
        // By number: full text keeps what it is given in order in memory, and writes it out at each step back.
        let sql =
            "SELECT p.row, p.held, t.text FROM search_pending p LEFT JOIN search_text t ON t.row = p.row
                   WHERE p.row > ?1 ORDER BY p.row LIMIT ?2";
        let (mut after, mut left) = (i64::MIN, limit);
        while left > 0 {
            // In pieces, so that bulk work does not hold every text twice.
            let piece = left.min(BULK);
            let rows: Vec<(i64, Option<String>, Option<String>)> =
                self.all(sql, (after, piece), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let Some((last, ..)) = rows.last() else { break };
            after = *last;
            let complete = rows.len() < piece as usize;
            for (number, held, text) in rows {
                if held != text {
                    self.unsearch(number, held)?;
                    if let Some(text) = text {
                        self.run("INSERT INTO search (rowid, text) VALUES (?1, ?2)", (number, text))?;
                    }
                }
            }
            if complete {
                break;
            }
            left -= piece;
        }
        self.run("DELETE FROM search_pending WHERE row <= ?1", [after])?;
        self.has_pending()
    }

    /// Before the commit: what this transaction wrote must not make searches slow.
    pub(super) fn bound_pending(&mut self) -> Result<(), StoreError> {
        let wrote = self.texts.get();
        if wrote == 0 || !self.fts {
            return Ok(());
        }
        let waiting: i64 =
            self.one("SELECT count(*) FROM search_pending", [], |row| row.get(0))?.unwrap_or(0);
        if waiting > PENDING_MOST {
            self.flush_search(if wrote >= BULK { u32::MAX } else { wrote.saturating_mul(2).max(SLICE) })?;
        }
        Ok(())
    }

    /// Merges full text, at most `budget` pages; whether more is left.
    pub(super) fn merge_full_text(&mut self, budget: u32) -> Result<bool, StoreError> {
        let before = self.connection.total_changes();
        self.run("INSERT INTO search (search, rank) VALUES ('merge', ?1)", [budget])?;
        // FTS5: fewer than two changes means that the merge found nothing to do.
        Ok(self.connection.total_changes() - before >= 2)
    }

    /// The text of a row; an equal one writes nothing.
    pub(super) fn put_search(&mut self, number: i64, new: bool, text: &str) -> Result<(), StoreError> {
        let text = Some(text).filter(|text| !text.is_empty());
        let old: Option<String> = if new { None } else { self.text_of(number)? };
        if old.as_deref() == text {
            return Ok(());
        }
        self.touched.set(true);
        self.texts.set(self.texts.get().saturating_add(1));
        match text {
            Some(text) => self.run(
                "INSERT INTO search_text (row, text) VALUES (?1, ?2) ON CONFLICT (row) DO UPDATE SET text = ?2",
                (number, text),
            )?,
            None => self.run("DELETE FROM search_text WHERE row = ?1", [number])?,
        };
        if self.fts {
            // A row that waits already keeps what full text really holds.
            let sql = "INSERT INTO search_pending (row, held) VALUES (?1, ?2) ON CONFLICT (row) DO NOTHING";
            self.run(sql, (number, old))?;
        }
        Ok(())
    }

    /// Takes a row out of text and full text at once: nothing of a forgotten record waits.
    pub(super) fn drop_search(&mut self, number: i64) -> Result<(), StoreError> {
        if self.fts {
            let sql = "SELECT held FROM search_pending WHERE row = ?1";
            let held: Option<Option<String>> = self.one(sql, [number], |row| row.get(0))?;
            let held = match held {
                Some(held) => held,
                None => self.text_of(number)?,
            };
            self.unsearch(number, held)?;
            self.run("DELETE FROM search_pending WHERE row = ?1", [number])?;
        }
        self.run("DELETE FROM search_text WHERE row = ?1", [number])?;
        Ok(())
    }

    /// How the row's words and numbers begin; `old` is what stands.
    pub(super) fn put_starts(
        &mut self,
        number: i64,
        old: &BTreeSet<String>,
        row: &IndexRow,
    ) -> Result<(), StoreError> {
        let phones = row.values.iter().filter(|value| value.field == "~phone");
        let folded = (super::rows::folding().fold)(&row.title);
        let new = starts(&folded, phones.map(|value| value.text.as_str()));
        for start in old.difference(&new) {
            self.run("DELETE FROM start WHERE start = ?1 AND row = ?2", (start, number))?;
        }
        for start in new.difference(old) {
            self.run("INSERT OR IGNORE INTO start (start, row) VALUES (?1, ?2)", (start, number))?;
        }
        Ok(())
    }

    /// The same as the tables have it.
    pub(super) fn starts_of(&self, number: i64) -> Result<BTreeSet<String>, StoreError> {
        let folded: Option<String> =
            self.one("SELECT folded FROM row WHERE number = ?1", [number], |row| row.get(0))?;
        let sql = "SELECT text FROM value WHERE row = ?1 AND field = '~phone'";
        let phones: Vec<String> = self.all(sql, [number], |row| row.get(0))?;
        Ok(starts(&folded.unwrap_or_default(), phones.iter().map(String::as_str)))
    }

    fn text_of(&self, number: i64) -> Result<Option<String>, StoreError> {
        self.one("SELECT text FROM search_text WHERE row = ?1", [number], |row| row.get(0))
    }

    /// The words of a text are taken out by that text. Without it they would stay in the file.
    fn unsearch(&mut self, number: i64, held: Option<String>) -> Result<(), StoreError> {
        if let Some(held) = held {
            self.run("INSERT INTO search (search, rowid, text) VALUES ('delete', ?1, ?2)", (number, held))?;
        }
        Ok(())
    }
}
