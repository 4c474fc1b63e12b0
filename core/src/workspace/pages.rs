//! The relay's feed in pages: forward from a cursor, downward from `low`, and single records on request.
//!
//! Which of change or whole record is due follows from seqs alone: with p = the record's greatest earlier
//! seq, p = 0 or p ≤ low means that the device does not hold the older part.

use std::collections::BTreeMap;

use crate::planted;
use crate::record::{DeviceId, RecordId};
use crate::store::View;
use crate::sync::{Entry, FillPage, Form, Page, Seq};

use super::batch::device_of_actor;
use super::{Workspace, WorkspaceError, whole};

/// Rows read at a time.
const CHUNK: usize = 256;
/// Rows walked per page at most, sent or not: a device whose own thousand edits lie ahead gets a page
/// that only moves its cursor.
const WALK: usize = 16 * 1024;

/// What fits in a page.
struct Budget {
    entries: usize,
    bytes: usize,
    taken: usize,
}

impl Workspace {
    /// What lies after `cursor`, in seq order; the viewer's own changes are passed over. At most `entries`
    /// and `bytes`, at least one; a record larger than that comes alone.
    pub fn page_after(
        &self,
        viewer: DeviceId,
        cursor: Seq,
        low: Seq,
        entries: usize,
        bytes: usize,
    ) -> Result<Page, WorkspaceError> {
        self.store.read(|view| {
            let (head, _) = view.head()?;
            let mut page = Page { cursor, ..Page::default() };
            let mut budget = Budget { entries, bytes, taken: 0 };
            // Records sent whole in this page, with the greatest seq they contain.
            let mut sent_whole: BTreeMap<RecordId, Seq> = BTreeMap::new();
            let mut walked = 0;
            'walk: while page.cursor < head && walked < WALK {
                let rows = view.log_after(page.cursor, CHUNK)?;
                if rows.is_empty() {
                    // Only events and stubs lie before the head.
                    page.cursor = head;
                    break;
                }
                walked += rows.len();
                for row in rows {
                    let Some(seq) = row.seq else { continue };
                    let own = device_of_actor(&row.actor) == Some(viewer);
                    let contained = sent_whole.get(&row.record).is_some_and(|newest| seq <= *newest);
                    let earlier = match own && low == 0 {
                        true => 0,
                        false => view.last_seq_of(row.record, seq - 1)?,
                    };
                    // Own entries need no sending, with one exception: Anna is still being filled and edits a
                    // record whose older part, by Ben, has not come yet. Her entry lifts the record's greatest
                    // seq above `low`, so no fill page will send it any more; it is due here (docs/adr/0015).
                    let passed_over = own && (earlier == 0 || earlier > low);
                    if !passed_over && !contained {
                        let whole_due = earlier == 0 || (earlier <= low && !planted::on(9));
                        // A record of one change is that change.
                        let single = || {
                            Ok::<_, WorkspaceError>(
                                row.deps.is_empty() && view.last_seq_of(row.record, Seq::MAX >> 1)? == seq,
                            )
                        };
                        let due = if whole_due && !(earlier == 0 && single()?) {
                            let due = self.whole(view, row.record, Form::Document)?;
                            let newest = due.iter().map(|entry| entry.received.seq).max().unwrap_or(seq);
                            sent_whole.insert(row.record, newest);
                            due
                        } else {
                            let received = whole::received(&row);
                            let (record, bytes) = (row.record, row.bytes);
                            let (history, heads) = (Vec::new(), Vec::new());
                            vec![Entry { record, form: Form::Change, bytes, received, history, heads }]
                        };
                        if !budget.admits(&due) {
                            page.more = true;
                            break 'walk;
                        }
                        page.entries.extend(due);
                    }
                    page.cursor = seq;
                }
            }
            if planted::on(10) {
                // The cursor of a page without entries stays; otherwise it is that of its last entry.
                page.cursor = page.entries.iter().map(|entry| entry.received.seq).max().unwrap_or(cursor);
            }
            page.more |= page.cursor < head && !planted::on(10);
            page.stamp = view.stamp_at(page.cursor)?.unwrap_or_default();
            Ok(page)
        })
    }

    /// Whole records whose greatest seq ≤ `cursor` lies at or below `low`, most recently touched first.
    pub fn page_fill(
        &self,
        _viewer: DeviceId,
        low: Seq,
        cursor: Seq,
        entries: usize,
        bytes: usize,
    ) -> Result<FillPage, WorkspaceError> {
        self.store.read(|view| {
            let mut page = FillPage::default();
            let mut budget = Budget { entries, bytes, taken: 0 };
            let mut reached = low;
            let newest_up_to = if planted::on(8) { Seq::MAX >> 1 } else { cursor };
            'walk: while reached > 0 {
                let rows = view.log_before(reached + 1, CHUNK)?;
                if rows.is_empty() {
                    reached = 0;
                    break;
                }
                for row in rows {
                    let Some(seq) = row.seq else { continue };
                    if view.last_seq_of(row.record, newest_up_to)? == seq {
                        let due = self.whole(view, row.record, Form::Document)?;
                        if !budget.admits(&due) {
                            break 'walk;
                        }
                        page.entries.extend(due);
                    }
                    reached = seq - 1;
                }
            }
            page.low = Some(reached);
            (page.left_records, page.left_bytes) = left(view, reached)?;
            Ok(page)
        })
    }

    /// Records a device asked for, whole; those that are not here are left out. `Form::Changes` asks for
    /// changes, whatever their number.
    pub fn load_records(
        &self,
        _viewer: DeviceId,
        records: &[RecordId],
        form: Form,
    ) -> Result<FillPage, WorkspaceError> {
        self.store.read(|view| {
            let mut page = FillPage::default();
            for record in records {
                page.entries.extend(self.whole(view, *record, form)?);
            }
            Ok(page)
        })
    }
}

fn left(view: &View<'_>, low: Seq) -> Result<(u32, u64), WorkspaceError> {
    if low == 0 {
        return Ok((0, 0));
    }
    Ok(view.totals(low)?)
}

impl Budget {
    /// Whether these still fit; the first ones always do.
    fn admits(&mut self, due: &[Entry]) -> bool {
        let size: usize = due.iter().map(|entry| entry.bytes.len()).sum();
        if self.taken > 0 && (self.entries < due.len() || self.bytes < size) {
            return false;
        }
        self.taken += due.len();
        self.entries = self.entries.saturating_sub(due.len());
        self.bytes = self.bytes.saturating_sub(size);
        true
    }
}
