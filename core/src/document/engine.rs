//! How automerge is set up and how its panics are held: one function each, used by everything else here.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use automerge::{ActorId, Automerge, LoadOptions, ReadDoc, TextEncoding};

use crate::record::{ChangeHash, Heads, Timestamp};

/// Most ops in one change: longer texts are split.
pub(super) const OPS_PER_CHANGE: usize = 16_000;
/// Most characters in one text field.
pub(super) const TEXT_CHARS: usize = 100_000;
/// Most ops in one record.
pub(super) const RECORD_OPS: u64 = 200_000;
/// Most keys in one record.
pub(super) const RECORD_KEYS: usize = 2_000;
/// 31 December 9999, 23:59:59.999 UTC.
pub(super) const LAST_MILLI: i64 = 253_402_300_799_999;

/// An empty document that counts text in UTF-16 units, as Kotlin, Swift's `utf16` view and JavaScript do.
pub(super) fn empty() -> Automerge {
    Automerge::new_with_encoding(TextEncoding::Utf16CodeUnit)
}

/// The document in `bytes`: a snapshot and the changes behind it, or changes alone.
///
/// # Errors
/// In automerge's words, which name no keys and no values; also if a dependency is missing.
pub(super) fn load(bytes: &[u8]) -> Result<Automerge, String> {
    let options = LoadOptions::new().text_encoding(TextEncoding::Utf16CodeUnit);
    let doc = Automerge::load_with_options(bytes, options).map_err(|error| error.to_string())?;
    // Automerge keeps changes whose dependencies it lacks in a queue and says nothing.
    if doc.get_missing_deps(&[]).is_empty() { Ok(doc) } else { Err("a dependency is missing".to_owned()) }
}

/// The newest changes, ascending.
pub(super) fn heads(doc: &Automerge) -> Heads {
    let mut heads: Heads = doc.get_heads().into_iter().map(ours).collect();
    heads.sort_unstable();
    heads
}

/// Automerge's name for a change, as ours.
pub(super) fn ours(hash: automerge::ChangeHash) -> ChangeHash {
    ChangeHash(hash.0)
}

/// Our name for a change, as automerge's.
pub(super) fn theirs(hash: &ChangeHash) -> automerge::ChangeHash {
    automerge::ChangeHash(hash.0)
}

/// The same for several.
pub(super) fn all_theirs(hashes: &[ChangeHash]) -> Vec<automerge::ChangeHash> {
    hashes.iter().map(theirs).collect()
}

/// Whether `doc` holds the change.
pub(super) fn has(doc: &Automerge, hash: &ChangeHash) -> bool {
    doc.get_change_meta_by_hash(&theirs(hash)).is_some()
}

/// An actor of these bytes.
pub(super) fn actor(bytes: &[u8]) -> ActorId {
    ActorId::from(bytes)
}

/// A clock that is wrong by centuries must not make a change the gate refuses.
pub(super) fn commit_time(now: Timestamp) -> i64 {
    now.millis().clamp(0, LAST_MILLI)
}

/// Runs `job`; a panic inside comes back as an error and prints nothing.
///
/// What `job` worked on must be dropped after a panic: automerge's state is then undefined.
pub(super) fn guarded<T>(job: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    // The hook passes on everything that is not ours to silence, so that it may stay for good.
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
    let outer = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(job));
    QUIET.set(outer);
    // The payload may quote a value: it goes no further.
    result.map_err(|_| "it panicked".to_owned())
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}
