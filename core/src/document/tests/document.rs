//! Create, load, edit, read, snapshot, history.

use super::*;

#[test]
fn what_was_written_is_read() {
    let (doc, changes) = note("Am Montag.");
    assert_eq!(changes.len(), 1);
    let record = doc.read();
    assert_eq!(record.kind(), "note");
    assert_eq!(record.content("schema"), Some(&int(1)));
    assert_eq!(record.content("body"), Some(&Content::Text("Am Montag.".to_owned())));
    assert_eq!((record.created_by, record.created_at), (Some(ANNA), at(0)));
    assert_eq!((record.heads.clone(), record.changes), (vec![changes[0].hash], 1));
}

#[test]
fn a_loaded_document_is_the_same() {
    let (mut doc, mut changes) = note("Am Montag.");
    let snapshot = doc.snapshot().expect("saves");
    changes.extend(edit(&mut doc, &[put("title", "Gas"), text("body", "Am Dienstag.")], BEN, 1));
    let tail: Vec<&[u8]> = changes.iter().map(|change| change.bytes.as_slice()).collect();
    let from_log = Document::load(RECORD, None, &tail).expect("loads");
    let from_snapshot = Document::load(RECORD, Some(&snapshot), &tail[1..]).expect("loads");
    assert_eq!(from_log.read(), doc.read());
    assert_eq!(from_snapshot.read(), doc.read());
    assert_eq!(from_snapshot.changes(), changes);
    assert_eq!(doc.size().0, 2);
}

#[test]
fn a_value_that_stands_already_makes_no_change() {
    let (mut doc, _) = note("Am Montag.");
    let none = edit(
        &mut doc,
        &[put("title", "Heizung"), text("body", "Am Montag."), put("new", Scalar::Null)],
        BEN,
        1,
    );
    assert!(none.is_empty());
}

#[test]
fn two_peoples_words_both_survive() {
    let (mut anna, _) = note("Wir kommen am Montag.");
    let mut ben = anna.clone();
    let a = edit(&mut anna, &[text("body", "Wir kommen am Dienstag.")], ANNA, 1);
    let b = edit(&mut ben, &[text("body", "Wir kommen am Freitag.")], BEN, 1);
    take(&mut anna, &b);
    take(&mut ben, &a);
    assert_eq!(anna.read(), ben.read());
    let merged = shown(&anna, "body");
    assert!(merged.contains("Dienstag") && merged.contains("Freitag"), "{merged}");
}

#[test]
fn first_words_of_two_people_in_a_late_text_both_survive_in_both_orders() {
    let (mut anna, _) = note("");
    let mut ben = anna.clone();
    let a = edit(&mut anna, &[text("report", "erstens ")], ANNA, 1);
    let b = edit(&mut ben, &[text("report", "zweitens ")], BEN, 1);
    assert_eq!(a[0], b[0], "the text itself is made alike");
    take(&mut anna, &b);
    take(&mut ben, &a);
    assert_eq!(anna.read(), ben.read());
    let merged = shown(&anna, "report");
    assert!(merged.contains("erstens") && merged.contains("zweitens"), "{merged}");
    assert!(others(&anna, "report").is_empty());
}

#[test]
fn an_edit_on_a_stale_form_meets_what_came_between() {
    let (mut doc, _) = note("am Montag.");
    let form = doc.heads();
    edit(&mut doc, &[text("body", "am Montag. Heizung kalt.")], BEN, 1);
    edit(&mut doc, &[put("title", "Boiler")], ANNA, 2);
    let changes = doc
        .edit(&[text("body", "am Dienstag."), put("title", "Ofen")], &[], Some(&form), ANNA, at(3))
        .expect("an edit on old heads");
    assert_eq!(shown(&doc, "body"), "am Dienstag. Heizung kalt.");
    assert_eq!(changes[0].actor.len(), 21, "Anna's own actor had gone on");
    assert_eq!(changes[0].deps, form);
    assert_eq!(changes[0].start_op, gate::check_bytes(&changes[0].bytes).expect("good").start_op);
    let record = doc.read();
    let title = &record.cells["title"];
    assert_eq!(title.others.len(), 1);
    assert_eq!((title.shown.device, title.others[0].device), (Some(ANNA), Some(ANNA)));
}

#[test]
fn history_tells_what_was_before() {
    let (mut doc, _) = note("Am Montag.");
    edit(&mut doc, &[put("title", "Gas"), text("body", "Am Dienstag.")], BEN, 1);
    let steps = doc.history();
    assert_eq!(steps.len(), 2);
    assert_eq!((steps[1].device, steps[1].typed_at), (Some(BEN), at(1)));
    let body = Content::Text("Am Dienstag.".to_owned());
    assert_eq!(steps[1].keys[0], ("body".to_owned(), Some(Content::Text("Am Montag.".to_owned())), body));
    assert_eq!(steps[1].keys[1].0, "title");
}
