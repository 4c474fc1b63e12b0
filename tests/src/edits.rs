//! What people do in a simulated run: every number of a line becomes one edit through the real `Workspace`.

use farley_core::record::{DeviceId, Edit, RecordId, Timestamp};
use farley_core::schema::RecordView;
use farley_core::workspace::{Edited, Take, Workspace, WorkspaceError};
use serde_json::json;

use crate::plan::{Op, Verb};

const NAMES: [&str; 8] = ["Müller", "Brandt", "Öztürk", "Weiß", "Lange", "Nowak", "Dubois", "van Dyk"];
const WORDS: [&str; 12] = [
    "ruft",
    "zurück",
    "Wärmepumpe",
    "Angebot",
    "Freitag",
    "Dienstag",
    "offen",
    "und",
    "Herr",
    "Termin",
    "\n",
    "ß",
];
const STRINGS: [&str; 4] = ["family_name", "given_name", "middle_names", "nickname"];

/// Name of the `n`-th custom text field.
fn custom(n: u32) -> String {
    format!("free_text_{}", n % 3)
}

/// The edit of a line, made on `workspace` as `author`; `record` is the one the line picks, and whether it is
/// a note.
pub(crate) fn make(
    workspace: &Workspace,
    author: DeviceId,
    op: &Op,
    record: Option<(RecordId, bool)>,
    now: Timestamp,
) -> Result<Edited, WorkspaceError> {
    let (pick, value) = match op.verb {
        Verb::Office => (op.n[0], op.n[1]),
        _ => (op.n[1], op.n[2]),
    };
    let edit = match (op.verb, record) {
        (Verb::Field, _) => field(op.n[0]),
        (Verb::Create, _) | (_, None) => create(pick),
        (Verb::Undo, _) => return workspace.undo(author, None, now),
        (Verb::Settle, Some((record, _))) => return settle(workspace, author, record, pick, now),
        (Verb::Trash, Some((record, _))) => {
            return workspace.set_removed(author, record, pick % 3 != 0, now);
        }
        (verb, Some((record, note))) => change(verb, record, note, value, || {
            let page = workspace.record(record)?;
            Ok(page.view)
        })?,
    };
    workspace.edit(author, &edit, now)
}

fn create(n: u32) -> Edit {
    if n.is_multiple_of(3) {
        return Edit::create("note").with("title", phrase(n, 3)).with("body", phrase(n, 20));
    }
    let name = NAMES[n as usize % NAMES.len()];
    let mut edit = Edit::create("contact").with("family_name", name).with("given_name", phrase(n, 1));
    if n.is_multiple_of(2) {
        edit.add.insert("tags".to_owned(), vec![json!(format!("t{}", n % 5))]);
        edit.add.insert("phones".to_owned(), vec![json!({ "label": "mobile", "number": phone(n) })]);
    }
    edit
}

fn field(n: u32) -> Edit {
    let name = custom(n);
    Edit::create("setting")
        .with("type", "custom_field")
        .with("key", name.as_str())
        .with("label_de", name.as_str())
        .with("label_en", name.as_str())
        .with("p/kind", "contact")
        .with("p/field_type", "text")
}

fn change(
    verb: Verb,
    record: RecordId,
    note: bool,
    value: u32,
    look: impl FnOnce() -> Result<RecordView, WorkspaceError>,
) -> Result<Edit, WorkspaceError> {
    let mut edit = Edit::of(record);
    Ok(match verb {
        Verb::Tag => {
            let tag = format!("t{}", value % 5);
            let view = look()?;
            let held = view.values.get("tags").and_then(|tags| tags.as_array());
            if held.is_some_and(|held| held.iter().any(|held| *held == json!(tag))) {
                edit.remove.insert("tags".to_owned(), vec![tag]);
            } else {
                edit.add.insert("tags".to_owned(), vec![json!(tag)]);
            }
            edit
        }
        Verb::Entry if !note => {
            let held: Vec<String> = look()?.values.get("phones").map(entry_ids).unwrap_or_default();
            match held.get(value as usize % (held.len() + 1)) {
                None => {
                    edit.add.insert("phones".to_owned(), vec![json!({ "number": phone(value) })]);
                    edit
                }
                Some(id) if value.is_multiple_of(3) => {
                    edit.remove.insert("phones".to_owned(), vec![id.clone()]);
                    edit
                }
                Some(id) => edit.with(&format!("phones/{id}/number"), phone(value)),
            }
        }
        Verb::Text | Verb::Words => {
            let key = match (verb, note) {
                (Verb::Words, false) => custom(value),
                (_, true) => "body".to_owned(),
                (_, false) => "description".to_owned(),
            };
            let view = look()?;
            let text = view.values.get(&key).and_then(|text| text.as_str()).unwrap_or_default();
            edit.with(&key, rewritten(text, value))
        }
        _ if note => edit.with("title", phrase(value, 3)),
        _ => edit.with(STRINGS[value as usize % STRINGS.len()], phrase(value, 2)),
    })
}

/// A conflict of the record, if it has one; otherwise nothing to settle.
fn settle(
    workspace: &Workspace,
    author: DeviceId,
    record: RecordId,
    n: u32,
    now: Timestamp,
) -> Result<Edited, WorkspaceError> {
    let page = workspace.record(record)?;
    let conflicts = &page.view.conflicts;
    if conflicts.is_empty() {
        return Err(WorkspaceError::NoConflict);
    }
    let conflict = &conflicts[n as usize % conflicts.len()];
    if conflict.versions.is_empty() {
        return Err(WorkspaceError::NoConflict);
    }
    let version = &conflict.versions[n as usize % conflict.versions.len()];
    workspace.settle(author, record, &conflict.key, Take::Version(version.change), now)
}

fn entry_ids(entries: &serde_json::Value) -> Vec<String> {
    let ids = entries.as_array().map(|entries| {
        entries.iter().filter_map(|entry| Some(entry.get("id")?.as_str()?.to_owned())).collect()
    });
    ids.unwrap_or_default()
}

fn phone(n: u32) -> String {
    format!("+49 171 5{:06}", n % 1_000_000)
}

fn phrase(mut n: u32, words: u32) -> String {
    let mut text = String::new();
    for _ in 0..words {
        text.push_str(WORDS[n as usize % WORDS.len()]);
        text.push(' ');
        n = n.rotate_right(5).wrapping_mul(0x9e37_79b9);
    }
    text.trim_end().to_owned()
}

/// The text with a few words replaced, put in or taken out.
fn rewritten(text: &str, n: u32) -> String {
    let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let at = n as usize % (words.len() + 1);
    let gone = (n >> 8) as usize % 4;
    let new = phrase(n >> 3, 1 + n % 4);
    words.drain(at..(at + gone).min(words.len()));
    // Long texts slow every run down and show nothing new.
    words.truncate(120);
    words.insert(at.min(words.len()), &new);
    words.join(" ")
}
