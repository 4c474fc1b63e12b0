//! What goes wrong on a phone, each with its own error and nothing lost.
mod common;

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::*;
use farley_mobile::*;

fn invalid(field: &str, reason: &str) -> FarleyError {
    FarleyError::Invalid { field: field.into(), reason: reason.into() }
}

#[test]
fn hostile_links_are_refused_before_anything_happens() {
    let truncated = "farley://enrol#AQ";
    for (link, reason) in [
        ("", "not_a_link"),
        ("https://evil.example/", "not_a_link"),
        ("farley:7/abc", "newer_version"),
        ("farley://enrol#AQ!?", "wrong_character"),
        (truncated, "truncated"),
        (&"A".repeat(1 << 20), "not_a_link"),
    ] {
        assert_eq!(read_link(link.into()).unwrap_err(), invalid("link", reason), "{link:.40}");
    }
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let vault = Arc::new(Vault::default());
        let refused = enrol(folder.path(), truncated, &vault).await.err();
        assert_eq!(refused, Some(invalid("link", "truncated")));
        assert!(vault.kept.lock().unwrap().is_empty(), "no key is made for a bad link");
        assert_eq!(open(folder.path(), &vault).await.err(), Some(FarleyError::NotEnrolled));
    });
}

#[test]
fn a_link_works_once_and_a_withdrawn_office_is_unreachable() {
    run(async {
        let office = Office::open().await;
        let link = office.invite("anna");
        assert!(read_link(link.clone()).unwrap().server.starts_with("127.0.0.1:"));
        let vault = Arc::new(Vault::default());
        let first = enrol(&office.folder("one"), &link, &vault).await.unwrap();
        let second = enrol(&office.folder("two"), &link, &Arc::new(Vault::default())).await.err();
        assert_eq!(second, Some(FarleyError::Refused { reason: "used".into() }));
        let again = enrol(&office.folder("one"), &link, &vault).await.err();
        assert_eq!(again, Some(invalid("folder", "already_enrolled")));
        let busy = open(&office.folder("one"), &vault).await.err();
        assert_eq!(busy, Some(FarleyError::InUse), "one workspace a process");
        first.close().await.unwrap();
        assert_eq!(first.status().err(), Some(FarleyError::Internal { reason: "closed".into() }));
        let unused = office.invite("ben");
        let (running, _kept) = office.into_parts();
        running.shutdown().await;
        let folder = tempfile::tempdir().unwrap();
        let nobody = enrol(folder.path(), &unused, &Arc::new(Vault::default())).await.err();
        assert_eq!(nobody, Some(FarleyError::Unreachable { reason: "no_answer".into() }));
    });
}

#[test]
fn a_lost_key_a_wrong_key_and_a_damaged_file_each_say_so_and_touch_nothing() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        let id = anna.add("contact", &[("family_name", text("Müller"))]).await;
        let Phone { workspace, folder, vault } = anna;
        workspace.close().await.unwrap();
        let database = folder.join("farley.db");
        let before = fs::read(&database).unwrap();

        let gone = open(&folder, &Arc::new(Vault::default())).await.err();
        assert_eq!(gone, Some(FarleyError::Secret { reason: "gone".into() }));
        let locked = Arc::new(Vault::default());
        *locked.fails.lock().unwrap() = Some(FarleyError::Secret { reason: "locked".into() });
        assert_eq!(open(&folder, &locked).await.err(), Some(FarleyError::Secret { reason: "locked".into() }));
        let wrong = Arc::new(Vault::default());
        let mut kept = vault.kept.lock().unwrap().clone();
        kept.insert("database".into(), vec![7; 48]);
        *wrong.kept.lock().unwrap() = kept;
        assert_eq!(open(&folder, &wrong).await.err(), Some(FarleyError::WrongKey));
        wrong.kept.lock().unwrap().insert("database".into(), vec![7; 3]);
        assert_eq!(
            open(&folder, &wrong).await.err(),
            Some(FarleyError::Secret { reason: "unusable".into() })
        );

        let mut torn = before.clone();
        torn[..64].fill(0xAA);
        fs::write(&database, &torn).unwrap();
        assert_eq!(
            open(&folder, &vault).await.err(),
            Some(FarleyError::Corrupt { reason: "database".into() })
        );
        assert_eq!(fs::read(&database).unwrap(), torn, "it was left as it is");
        fs::write(&database, &before).unwrap();
        let again = open(&folder, &vault).await.unwrap();
        assert_eq!(again.record(id).await.unwrap().title, "Müller");
    });
}

#[test]
fn a_database_of_a_newer_app_is_not_touched() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        anna.workspace.close().await.unwrap();
        let file = anna.folder.join("device.json");
        let text = fs::read_to_string(&file).unwrap().replace("\"version\": 1", "\"version\": 9");
        fs::write(&file, text).unwrap();
        assert_eq!(open(&anna.folder, &anna.vault).await.err(), Some(FarleyError::NewerDatabase));
    });
}

#[test]
fn cancelling_ends_the_wait_at_once_and_keeps_what_got_through() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        anna.add("contact", &[("family_name", text("Wartet"))]).await;
        let (running, _kept) = office.into_parts();
        running.shutdown().await;
        let cancel = CancelHandle::new();
        let waiting = anna.workspace.sync_once(60_000, cancel.clone());
        let start = Instant::now();
        let (outcome, ()) = tokio::join!(waiting, async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            cancel.cancel();
        });
        assert!(
            outcome == Err(FarleyError::Cancelled) || matches!(outcome, Err(FarleyError::Unreachable { .. }))
        );
        assert!(start.elapsed() < Duration::from_secs(20));
        assert!(cancel.is_cancelled());
        eventually(async || anna.workspace.status().unwrap().pending == 1).await;
        let already = CancelHandle::new();
        already.cancel();
        assert_eq!(anna.workspace.sync_once(60_000, already).await, Err(FarleyError::Cancelled));
    });
}

#[test]
fn files_that_are_no_address_books_are_refused_by_name() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        let folder = tempfile::tempdir().unwrap();
        let preview = async |path: &std::path::Path| {
            let path = path.to_str().unwrap().to_owned();
            anna.workspace.preview_import(path, "contact".into(), CancelHandle::new()).await
        };
        assert_eq!(preview(&folder.path().join("none.vcf")).await.err(), Some(invalid("file", "missing")));
        assert_eq!(preview(folder.path()).await.err(), Some(invalid("file", "unreadable")));
        let empty = folder.path().join("empty.vcf");
        fs::write(&empty, "").unwrap();
        assert_eq!(preview(&empty).await.err(), Some(invalid("file", "empty")));
        let huge = folder.path().join("huge.vcf");
        // Three gigabytes, none of them on the disk.
        fs::File::create(&huge).unwrap().set_len(3 << 30).unwrap();
        assert_eq!(preview(&huge).await.err(), Some(invalid("file", "too_large")));
        let cards = folder.path().join("cards.vcf");
        fs::write(
            &cards,
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Müller;Anna;;;\r\nFN:Anna Müller\r\nTEL:+49 171 5551234\r\nBDAY:gestern\r\nEND:VCARD\r\n",
        )
        .unwrap();
        assert_eq!(preview(&cards).await.unwrap().created, 1);
        let path = cards.to_str().unwrap().to_owned();
        let (cancel, quiet) = (CancelHandle::new(), Arc::new(Quiet));
        let batch = anna.workspace.import_file(path, "contact".into(), cancel, quiet).await.unwrap();
        let summary = batch.summary().unwrap();
        assert_eq!((summary.done.created, summary.ids.len()), (1, 1));
        assert!(summary.done.problems.iter().any(|problem| problem.field.contains("BDAY")), "{summary:?}");
        assert_eq!(preview(&cards).await.unwrap().created, 0, "a second time adds nothing");
        let out = folder.path().join("out.vcf");
        anna.workspace.export_records(summary.ids, out.to_str().unwrap().into()).await.unwrap();
        assert!(fs::read_to_string(&out).unwrap().contains("Müller"));
        assert_eq!(anna.workspace.undo_import(batch).await.unwrap(), 1);
    });
}

#[test]
fn diagnostics_hold_nothing_of_a_customer() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        anna.add("contact", &[("family_name", text("Geheimrat")), ("nickname", text("Spitzname"))]).await;
        let path = office.folder("diagnostics.txt");
        anna.workspace.write_diagnostics(path.to_str().unwrap().into()).await.unwrap();
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains("records of kind contact: 1") && text.contains("waiting: 1"), "{text}");
        assert!(!text.contains("Geheim") && !text.contains("Spitz") && !text.contains("anna"), "{text}");
    });
}

#[test]
fn what_cannot_be_taken_names_its_field_and_stores_nothing() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        let id = anna.add("contact", &[("family_name", text("Müller"))]).await;
        let refused = async |edit: EditData| anna.workspace.apply(edit).await.unwrap_err();
        let of = |set: &[(&str, FieldValue)]| EditData {
            id: Some(id.clone()),
            set: named(set),
            ..EditData::default()
        };
        assert_eq!(refused(of(&[("birthday", typed("gestern"))])).await, invalid("birthday", "bad_value"));
        assert_eq!(refused(of(&[("no_such", text("x"))])).await, invalid("no_such", "unknown_field"));
        assert_eq!(
            refused(of(&[("customer_number", text("1"))])).await,
            invalid("customer_number", "read_only")
        );
        assert_eq!(
            refused(EditData { id: Some("x".into()), ..EditData::default() }).await,
            invalid("id", "bad_value")
        );
        let missing = anna.workspace.new_id().unwrap();
        assert_eq!(
            anna.workspace.record(missing.clone()).await.unwrap_err(),
            FarleyError::NotFound { id: missing }
        );
        assert_eq!(check_value(FieldType::Date, "31.12.26".into()).unwrap(), text("2026-12-31"));
        assert_eq!(check_value(FieldType::Date, " ".into()).unwrap(), FieldValue::Empty);
        assert_eq!(check_value(FieldType::Email, "anna@".into()).unwrap_err(), invalid("", "bad_value"));
        let money = FieldValue::Money { amount: 123_450, currency: "EUR".into() };
        assert_eq!(check_value(FieldType::Money, "1.234,50 €".into()).unwrap(), money);
        eventually(async || anna.workspace.status().unwrap().pending == 1).await;
    });
}

struct Quiet;

impl ProgressObserver for Quiet {
    fn progress(&self, _done: u64, _total: u64) {}
}

#[cfg(feature = "encrypted")]
#[test]
fn the_file_on_the_disk_tells_nothing_without_its_key() {
    run(async {
        let office = Office::open().await;
        let anna = office.phone("anna").await;
        let id = anna.add("contact", &[("family_name", text("Geheimrat"))]).await;
        let draft = EditData {
            kind: Some("note".into()),
            set: named(&[("body", text("Vertraulich"))]),
            ..EditData::default()
        };
        anna.workspace.save_draft(DraftData { name: "n".into(), edit: draft, saved_at: 0 }).await.unwrap();
        let read = |name: &str| fs::read(anna.folder.join(name)).unwrap_or_default();
        for file in ["farley.db", "farley.db-wal"] {
            let bytes = read(file);
            for word in ["Geheimrat", "geheimrat", "Vertraulich", "SQLite format 3"] {
                let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                assert!(!found, "{word} stands in {file}");
            }
        }
        assert!(read("farley.db-wal").len() > 4096, "the words are in there, encrypted");
        anna.workspace.close().await.unwrap();
        // The check value lost: another key meets a file it cannot read. It is left as it is.
        let file = anna.folder.join("device.json");
        let json: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let mut json = json.as_object().unwrap().clone();
        let mut other = anna.vault.kept.lock().unwrap().clone();
        other.insert("database".into(), vec![7; 48]);
        let wrong = Arc::new(Vault::default());
        *wrong.kept.lock().unwrap() = other;
        assert_eq!(open(&anna.folder, &wrong).await.err(), Some(FarleyError::WrongKey));
        let check = json.remove("key_check").unwrap();
        fs::write(&file, serde_json::to_vec(&json).unwrap()).unwrap();
        let before = read("farley.db");
        assert_eq!(open(&anna.folder, &wrong).await.err(), Some(FarleyError::WrongKey));
        assert_eq!(read("farley.db"), before);
        json.insert("key_check".into(), check);
        fs::write(&file, serde_json::to_vec(&json).unwrap()).unwrap();
        let again = open(&anna.folder, &anna.vault).await.unwrap();
        assert_eq!(again.record(id).await.unwrap().title, "Geheimrat");
    });
}

#[test]
fn an_app_that_closes_in_the_middle_of_work_opens_again_at_once() {
    run(async {
        let office = Office::open().await;
        let mut anna = office.phone("anna").await;
        for round in 0..8 {
            anna.workspace.start_sync().unwrap();
            let name = text(&format!("Name {round}"));
            let edit = EditData {
                kind: Some("contact".into()),
                set: named(&[("family_name", name)]),
                ..EditData::default()
            };
            // Begun, and nobody waits for it any more.
            let begun = anna.workspace.apply(edit);
            tokio::select! {
                biased;
                _ = begun => {}
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
            anna = anna.restart().await;
        }
        let all = RowQuery { kind: Some("contact".into()), ..RowQuery::default() };
        eventually(async || anna.workspace.count(all.clone()).await.unwrap() == 8).await;
    });
}
