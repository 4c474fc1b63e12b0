//! Entries that were removed, and those that came back (automerge.md section 7 rule 2).
//!
//! Anna removed a phone number while Ben, offline, corrected it. Ben's work wins: the entry is back, and listed
//! as a conflict. Had Ben only seen the removal and done nothing, it would stay away.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{Automerge, ObjId, ROOT, ReadDoc};

use crate::record::{Cell, Content, Scalar, Version};

use super::engine;

const FLAG: &str = "removed";

/// Entries (`field/entry`) whose removal stands, and those that somebody's edit brought back.
pub(super) fn entries(
    doc: &Automerge,
    cells: &BTreeMap<String, Cell>,
    at: Option<&[automerge::ChangeHash]>,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut removed, mut revived) = (BTreeSet::new(), BTreeSet::new());
    for (key, flag) in cells {
        let Some(entry) = key.strip_suffix(FLAG).and_then(|rest| rest.strip_suffix('/')) else { continue };
        if entry.split('/').count() != 2 || !is_removal(&flag.shown) {
            continue;
        }
        let now: Vec<(&str, Vec<ObjId>)> =
            fields(cells, entry, key).map(|field| (field, ops(doc, field, at))).collect();
        // Of several removals one that knew everything is enough.
        let removals = std::iter::once(&flag.shown).chain(&flag.others).filter(|flag| is_removal(flag));
        let stands = removals.into_iter().any(|flag| {
            let then = [engine::theirs(&flag.change)];
            now.iter().all(|(field, ops_now)| ops(doc, field, Some(&then)) == *ops_now)
        });
        let side = if stands { &mut removed } else { &mut revived };
        side.insert(entry.to_owned());
    }
    (removed, revived)
}

fn is_removal(flag: &Version) -> bool {
    matches!(flag.content, Content::Scalar(Scalar::Int(_)))
}

fn fields<'a>(
    cells: &'a BTreeMap<String, Cell>,
    entry: &str,
    flag: &'a str,
) -> impl Iterator<Item = &'a str> {
    let range = format!("{entry}/")..format!("{entry}0");
    cells.range(range).map(|(key, _)| key.as_str()).filter(move |key| *key != flag)
}

fn ops(doc: &Automerge, key: &str, at: Option<&[automerge::ChangeHash]>) -> Vec<ObjId> {
    let values = match at {
        None => doc.get_all(ROOT, key),
        Some(heads) => doc.get_all_at(ROOT, key, heads),
    };
    values.unwrap_or_default().into_iter().map(|(_, op)| op).collect()
}
