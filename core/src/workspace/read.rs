//! Reading: lists from the index, one record from its document. Never waits for the writer.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::query::Query;
use crate::record::{ChangeHash, RecordId, Timestamp};
use crate::schema::RecordView;
use crate::store::{ListPage, ListRow, View};

use super::{Workspace, WorkspaceError};

/// A record for its screen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordPage {
    /// Values, origins, conflicts, problems.
    #[serde(flatten)]
    pub view: RecordView,
    /// Every change the record consists of has a seq.
    pub at_office: bool,
    /// Per change hash that the view names in origins and conflicts: when the relay received it.
    pub arrived: BTreeMap<ChangeHash, Timestamp>,
}

impl Workspace {
    /// One record as it is now.
    ///
    /// # Errors
    /// `NotFound`, or `Document` if it cannot be loaded; lists still show it then.
    pub fn record(&self, id: RecordId) -> Result<RecordPage, WorkspaceError> {
        self.store.read(|view| self.page_of(view, id))
    }

    /// One record as it was at `heads`.
    ///
    /// # Errors
    /// `UnknownHeads` if one of them is not a change of it.
    pub fn record_at(&self, id: RecordId, heads: &[ChangeHash]) -> Result<RecordView, WorkspaceError> {
        let loaded = self.store.read(|view| self.load_existing(view, id))?;
        let record = loaded.document.read_at(heads).map_err(WorkspaceError::of_document)?;
        Ok(self.schema().view(&record))
    }

    /// One page of a list. `after` is the cursor of the page before.
    pub fn page(&self, query: &Query, after: Option<&str>, limit: usize) -> Result<ListPage, WorkspaceError> {
        self.store.read(|view| Ok(view.page(query, after, limit)?))
    }

    /// Row numbers of the whole result in order, for virtual lists, and the version of the index they
    /// belong to.
    pub fn numbers(&self, query: &Query) -> Result<(Vec<u32>, u64), WorkspaceError> {
        self.store.read(|view| Ok((view.numbers(query)?, view.index_version()?)))
    }

    /// Rows by number, in the order asked; missing ones left out.
    pub fn rows(&self, numbers: &[u32]) -> Result<Vec<ListRow>, WorkspaceError> {
        self.store.read(|view| Ok(view.rows(numbers)?))
    }

    /// Rows by record; missing ones left out.
    pub fn rows_of(&self, records: &[RecordId]) -> Result<Vec<ListRow>, WorkspaceError> {
        self.store.read(|view| Ok(view.rows_of(records)?))
    }

    /// How many records match.
    pub fn count(&self, query: &Query) -> Result<u64, WorkspaceError> {
        self.store.read(|view| Ok(view.count(query)?))
    }

    /// (value, count) per value of `field`, most first.
    pub fn group(&self, query: &Query, field: &str) -> Result<Vec<(String, u64)>, WorkspaceError> {
        self.store.read(|view| Ok(view.group(query, field)?))
    }

    /// Records that link to `to`, newest changed first: (field, row).
    pub fn backlinks(&self, to: RecordId, limit: usize) -> Result<Vec<(String, ListRow)>, WorkspaceError> {
        self.store.read(|view| Ok(view.backlinks(to, limit)?))
    }

    /// Records with conflicts, each with its view; the latest conflict first.
    pub fn conflicts(&self, limit: usize) -> Result<Vec<RecordPage>, WorkspaceError> {
        self.store.read(|view| {
            let mut seen = BTreeSet::new();
            let mut pages = Vec::new();
            // A record may have several; asking for more rows than records finds them all but in odd cases.
            for (id, _) in view.conflicts(limit.saturating_mul(4))? {
                if pages.len() == limit {
                    break;
                }
                if seen.insert(id) {
                    match self.page_of(view, id) {
                        Ok(page) => pages.push(page),
                        Err(WorkspaceError::Store(error)) => return Err(WorkspaceError::Store(error)),
                        // The rest of the list must not vanish because of one record.
                        Err(error) => tracing::warn!(record = %id, %error, "left out of the review list"),
                    }
                }
            }
            Ok(pages)
        })
    }

    /// How many records have conflicts.
    pub fn conflict_count(&self) -> Result<u64, WorkspaceError> {
        self.store.read(|view| {
            let rows = view.conflicts(1_000_000)?;
            Ok(rows.iter().map(|(id, _)| *id).collect::<BTreeSet<RecordId>>().len() as u64)
        })
    }

    /// Records of `kind` having any of these normalised values in `field` (duplicate keys, match keys).
    pub fn records_with(
        &self,
        kind: &str,
        field: &str,
        texts: &[String],
    ) -> Result<Vec<(RecordId, String)>, WorkspaceError> {
        self.store.read(|view| Ok(view.records_with(kind, field, texts)?))
    }

    fn page_of(&self, view: &View<'_>, id: RecordId) -> Result<RecordPage, WorkspaceError> {
        let loaded = self.load_existing(view, id)?;
        let shown = self.schema().view(&loaded.record);
        let named: BTreeSet<ChangeHash> = shown
            .origins
            .values()
            .map(|origin| origin.change)
            .chain(
                shown.conflicts.iter().flat_map(|conflict| &conflict.versions).map(|version| version.change),
            )
            .collect();
        let ledger = view.ledger_of(id)?;
        let at_office = ledger.iter().all(|row| row.seq.is_some());
        let arrived = ledger
            .iter()
            .filter(|row| named.contains(&row.hash))
            .filter_map(|row| Some((row.hash, row.received_at?)))
            .collect();
        Ok(RecordPage { view: shown, at_office, arrived })
    }
}
