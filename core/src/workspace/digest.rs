//! Whether two replicas hold the same, and whether one holds what it should.

use sha2::{Digest as _, Sha256};

use crate::document::Document;
use crate::index;
use crate::record::RecordId;
use crate::store::StoreError;

use super::intake::hash_of;
use super::{Workspace, WorkspaceError};

/// Equal on two replicas at rest.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Digest {
    /// Hash and seq of every log entry, by record and hash.
    pub log: [u8; 32],
    /// Rows, values, links, conflicts.
    pub index: [u8; 32],
}

/// Ends a transaction that only wanted to know.
enum Verified {
    Done([u8; 32], [u8; 32]),
    Failed(WorkspaceError),
}

impl From<StoreError> for Verified {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Workspace {
    /// Log hashes with seq, rows, values, conflicts in canonical order, hashed.
    pub fn digest(&self) -> Result<Digest, WorkspaceError> {
        self.store.read(|view| {
            let mut log = Sha256::new();
            for record in view.records()? {
                let mut rows = view.ledger_of(record)?;
                rows.sort_by_key(|row| row.hash);
                log.update(record.0);
                for row in rows {
                    log.update(row.hash.0);
                    log.update(row.seq.unwrap_or(0).to_be_bytes());
                }
            }
            Ok(Digest { log: log.finalize().into(), index: view.index_digest()? })
        })
    }

    /// Integrity, log hashes, every record loads, index equals its rebuild. One line per finding; empty =
    /// good. Reads everything: minutes on a large workspace; edits wait for its last part.
    pub fn verify(&self) -> Result<Vec<String>, WorkspaceError> {
        let mut findings = Vec::new();
        match self.store.check() {
            Ok(()) => {}
            Err(StoreError::Broken(detail)) => findings.push(format!("database: {detail}")),
            Err(error) => return Err(error.into()),
        }
        let ids = self.store.read(|view| Ok::<_, WorkspaceError>(view.records()?))?;
        for id in &ids {
            self.verify_record(*id, &mut findings)?;
        }
        if !findings.is_empty() {
            return Ok(findings);
        }
        let schema = self.schema();
        let _writer = self.writer();
        let rebuilt = self.store.write(|tx| {
            let before = tx.index_digest()?;
            for id in &ids {
                match self.load(tx, *id) {
                    Ok(Some(loaded)) => tx.put_row(&index::derive(&schema, &loaded.record))?,
                    Ok(None) => findings.push(format!("record {id}: in the index, but not in the log")),
                    Err(error) => return Err(Verified::Failed(error)),
                }
            }
            // Rolled back: this was a question. The tables are not made anew for it, because full text does
            // not survive the rollback of that.
            Err::<(), _>(Verified::Done(before, tx.index_digest()?))
        });
        match rebuilt {
            Err(Verified::Done(before, after)) if before != after => {
                findings.push("index: differs from what the documents say; rebuild it".to_owned());
            }
            Err(Verified::Failed(error)) => return Err(error),
            _ => {}
        }
        Ok(findings)
    }

    fn verify_record(&self, id: RecordId, findings: &mut Vec<String>) -> Result<(), WorkspaceError> {
        let (rows, parts) =
            self.store.read(|view| Ok::<_, WorkspaceError>((view.log_of(id)?, view.document(id)?)))?;
        for row in rows.iter().filter(|row| hash_of(&row.bytes) != row.hash) {
            findings.push(format!("record {id}: the bytes of change {} are damaged", row.hash));
        }
        let all: Vec<&[u8]> = rows.iter().map(|row| row.bytes.as_slice()).collect();
        let replayed = match Document::load(id, None, &all) {
            Ok(document) => document.read(),
            Err(error) => {
                findings.push(format!("record {id}: its log does not load: {error}"));
                return Ok(());
            }
        };
        let Some((Some(snapshot), tail)) = parts else { return Ok(()) };
        let tail: Vec<&[u8]> = tail.iter().map(Vec::as_slice).collect();
        match Document::load(id, Some(&snapshot), &tail) {
            Ok(document) if document.read() == replayed => {}
            Ok(_) => findings.push(format!("record {id}: its snapshot differs from its log")),
            Err(error) => findings.push(format!("record {id}: its snapshot does not load: {error}")),
        }
        Ok(())
    }
}
