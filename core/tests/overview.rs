//! What a person looks at first, what stands in a form, and what is new in a list.
mod common;

use common::{Replica, settle};
use farley_core::record::EditError;
use farley_core::workspace::{MAX_DRAFT, Role, WorkspaceError};
use serde_json::json;

#[test]
fn a_draft_survives_a_restart_until_it_is_discarded() {
    let anna = Replica::new(1, Role::Device);
    anna.workspace.save_draft("new:contact", b"Mei").unwrap();
    anna.workspace.save_draft("new:contact", "Meißner".as_bytes()).unwrap();
    anna.workspace.save_draft("note:1", b"x").unwrap();
    let anna = anna.reopen();
    assert_eq!(anna.workspace.draft("new:contact").unwrap().unwrap(), "Meißner".as_bytes());
    let names: Vec<_> = anna.workspace.drafts().unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["new:contact", "note:1"]);
    anna.workspace.discard_draft("new:contact").unwrap();
    anna.workspace.discard_draft("new:contact").unwrap();
    assert_eq!(anna.workspace.draft("new:contact").unwrap(), None);
    assert!(anna.dump().is_empty(), "a draft is no record");
    let large = vec![0; MAX_DRAFT + 1];
    let refused = anna.workspace.save_draft("x", &large);
    assert!(matches!(refused, Err(WorkspaceError::Edit(EditError::TooLarge { .. }))));
}

#[test]
fn a_list_shows_what_others_changed_since_it_was_looked_at() {
    let relay = Replica::new(200, Role::Relay);
    let (anna, ben) = (Replica::new(1, Role::Device), Replica::new(2, Role::Device));
    let one = anna.json(json!({"kind":"contact","set":{"family_name":"Brandt"}})).id;
    let two = anna.json(json!({"kind":"contact","set":{"family_name":"Yildiz"}})).id;
    settle(&relay, &[&anna, &ben]);
    let both = [one, two];
    assert!(
        ben.workspace.fresh_in("contact", &both).unwrap().is_empty(),
        "never looked at: nothing stands out"
    );
    ben.workspace.mark_seen("contact").unwrap();
    assert!(ben.workspace.fresh_in("contact", &both).unwrap().is_empty());
    ben.json(json!({"id":one,"set":{"nickname":"own"}}));
    anna.json(json!({"id":two,"set":{"nickname":"Zil"}}));
    settle(&relay, &[&anna, &ben]);
    assert_eq!(ben.workspace.fresh_in("contact", &both).unwrap(), [two], "own edits are not news");
    assert!(ben.workspace.fresh_in("company", &both).unwrap().is_empty());
    ben.workspace.mark_seen("contact").unwrap();
    assert!(ben.workspace.fresh_in("contact", &both).unwrap().is_empty());
}

#[test]
fn today_is_what_is_open_and_due_and_planned() {
    let anna = Replica::new(1, Role::Device);
    let task = |summary: &str, due: &str, status: &str| {
        anna.json(json!({"kind":"task","set":{"summary":summary,"due":due,"status":status}})).id
    };
    let late = task("Angebot nachfassen", "2026-11-20", "open");
    let due = task("Rückruf", "2026-11-23", "in_progress");
    task("Erledigt", "2026-11-20", "done");
    task("Später", "2026-11-24", "open");
    let period = json!({"start":"2026-11-23T14:00","end":"2026-11-23T15:00","zone":"Europe/Berlin"});
    let visit = anna.json(json!({"kind":"visit","set":{"purpose":"maintenance","planned":period}})).id;
    let today = anna.workspace.today("2026-11-23").unwrap();
    let ids = |rows: &[farley_core::store::ListRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&today.overdue), [late]);
    assert_eq!(ids(&today.due), [due]);
    assert_eq!(ids(&today.visits), [visit]);
}

#[test]
fn authors_are_known_without_network() {
    let anna = Replica::new(1, Role::Device);
    let person = "00000000-0000-7000-8000-000000000009";
    anna.json(json!({"kind":"setting","id":person,"set":{"type":"person","label_de":"Anna Brandt"}}));
    let device = anna.workspace.device().to_string();
    anna.json(json!({"kind":"setting","id":device,"set":{
        "type":"device","label_de":"Pixel 9","p/person":person,"p/platform":"android"}}));
    let authors = anna.workspace.authors().unwrap();
    let author = &authors[&anna.workspace.device()];
    assert_eq!((author.person.as_deref(), author.device.as_deref()), (Some("Anna Brandt"), Some("Pixel 9")));
    assert_eq!(author.platform.as_deref(), Some("android"));
}
