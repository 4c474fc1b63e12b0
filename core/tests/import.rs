//! Files into a real workspace, twice, and taken back; reading beside the process that writes.
mod common;

use common::{Replica, options};
use farley_core::interop;
use farley_core::query::Query;
use farley_core::record::Edit;
use farley_core::store::StoreError;
use farley_core::workspace::{ImportReport, Role, Workspace, WorkspaceError};

const FILE: &str = "Vorname;Nachname;Firma;Mobiltelefon;E-Mail-Adresse;Geburtstag\r\n\
    Käthe;Größler;Bäckerei Öhlers GmbH;0171 39200 12;kaethe@oehlers.example;04.05.1980\r\n\
    Jörg;Müller;Bäckerei Öhlers;0176 040690 07;joerg@post.example;31.02.1980\r\n\
    Kaethe;Groessler;;0171 3920012;kaethe@oehlers.example;\r\n\
    Käthe;Größler;Bäckerei Öhlers GmbH;0171 39200 12;kaethe@oehlers.example;04.05.1980\r\n";

fn import(replica: &Replica, file: &str) -> ImportReport {
    let source = interop::read(file.as_bytes(), &replica.workspace.schema(), "contact").unwrap();
    replica.workspace.import(replica.id, &source, "contact", replica.now(), &mut |_, _| true).unwrap()
}

fn count(replica: &Replica, kind: &str) -> u64 {
    replica.workspace.count(&Query { kind: Some(kind.to_owned()), ..Query::default() }).unwrap()
}

#[test]
fn rows_of_one_file_see_each_other_and_a_second_import_adds_nothing() {
    let office = Replica::new(1, Role::Relay);
    let preview = {
        let source = interop::read(FILE.as_bytes(), &office.workspace.schema(), "contact").unwrap();
        office.workspace.preview_import(&source, "contact", office.now(), &mut |_, _| true).unwrap()
    };
    assert_eq!((preview.new, preview.same, preview.duplicates), (3, 1, 1));
    assert_eq!(office.workspace.head().unwrap(), 0, "a preview writes nothing");
    let report = import(&office, FILE);
    assert_eq!((report.rows, report.new, report.same, report.duplicates, report.failed), (4, 3, 1, 1, 0));
    assert_eq!((count(&office, "contact"), count(&office, "company")), (3, 1), "{:?}", report.errors);
    let error = &report.errors[0];
    assert_eq!((error.row, error.column.as_str(), error.code), (3, "Geburtstag", "bad_value"));
    let before = office.dump();
    let again = import(&office, FILE);
    assert_eq!((again.new, again.updated, again.same), (0, 0, 4), "{again:?}");
    assert_eq!(office.dump(), before);
}

#[test]
fn an_import_taken_back_leaves_what_was_edited_since() {
    let office = Replica::new(1, Role::Relay);
    let joerg = office.json(serde_json::json!({"kind":"contact","set":{"family_name":"Alt"}})).id;
    let first = import(&office, FILE);
    let file = format!("Farley-ID;Nachname\r\n{joerg};Neu\r\n");
    let second = import(&office, &file);
    assert_eq!(second.updated, 1, "{second:?}");
    assert_eq!(office.workspace.undo_import(office.id, &second, office.now()).unwrap(), (1, 0));
    assert_eq!(office.value(joerg, "family_name"), "Alt");
    let edited = first.records.iter().find(|imported| imported.created).unwrap().id;
    office.edit(&Edit::of(edited).with("description", "inzwischen angerufen"));
    let (back, left) = office.workspace.undo_import(office.id, &first, office.now()).unwrap();
    assert_eq!((back, left), (3, 1));
    assert!(!office.workspace.record(edited).unwrap().view.removed);
}

#[test]
fn a_cancelled_import_keeps_what_was_written_and_goes_on_the_next_time() {
    let office = Replica::new(1, Role::Relay);
    let rows: String = (0..700).map(|n| format!("Name{n};n{n}@post.example\r\n")).collect();
    let file = format!("Nachname;E-Mail-Adresse\r\n{rows}");
    let source = interop::read(file.as_bytes(), &office.workspace.schema(), "contact").unwrap();
    let now = office.now();
    let report =
        office.workspace.import(office.id, &source, "contact", now, &mut |done, _| done < 600).unwrap();
    assert!(report.cancelled);
    assert_eq!(count(&office, "contact"), 600);
    let report = import(&office, &file);
    assert_eq!((report.new, report.same), (100, 600));
}

#[test]
fn a_reader_beside_the_writer_sees_every_commit_and_writes_nothing() {
    let office = Replica::new(1, Role::Relay);
    let reader = Workspace::open_reading(&office.path, options(9)).unwrap();
    office.json(serde_json::json!({"kind":"contact","set":{"family_name":"Brandt"}}));
    let mut lines = Vec::new();
    reader
        .dump(&mut |line| {
            lines.push(line.to_owned());
            Ok(())
        })
        .unwrap();
    assert_eq!(lines, office.dump());
    let refused = reader.edit(office.id, &Edit::create("contact").with("family_name", "X"), office.now());
    assert!(matches!(refused, Err(WorkspaceError::Store(StoreError::ReadOnly(_)))), "{refused:?}");
    assert!(matches!(reader.tidy(10), Err(WorkspaceError::Store(StoreError::ReadOnly(_)))));
    office.json(serde_json::json!({"kind":"contact","set":{"family_name":"Petersen"}}));
    drop(reader);
    assert_eq!(office.reopen().dump().len(), 2);
}
