//! Entries are removed by a flag, and come back when somebody was working in them.

use super::*;

const FLAG: &str = "phones/a1/removed";

fn pair() -> (Document, Document) {
    let writes = [put("phones/a1/number", "1"), put("phones/a1/label", "mobile")];
    let (anna, _) = Document::create(RECORD, "contact", 1, &[], &writes, ANNA, at(0)).expect("created");
    (anna.clone(), anna)
}

fn remove(doc: &mut Document, who: DeviceId, when: i64) -> Vec<Change> {
    edit(doc, &[put(FLAG, Scalar::Int(at(when).millis()))], who, when)
}

fn state(doc: &Document) -> (bool, bool) {
    let record = doc.read();
    (record.removed_entries.contains("phones/a1"), record.revived_entries.contains("phones/a1"))
}

#[test]
fn a_removed_entry_stays_removed() {
    let (mut anna, _) = pair();
    remove(&mut anna, ANNA, 1);
    assert_eq!(state(&anna), (true, false));
}

#[test]
fn an_edit_elsewhere_leaves_it_removed() {
    let (mut anna, mut ben) = pair();
    remove(&mut anna, ANNA, 1);
    take(&mut anna, &edit(&mut ben, &[put("name", "x")], BEN, 1));
    assert_eq!(state(&anna), (true, false));
}

#[test]
fn an_edit_of_the_entry_by_someone_who_did_not_know_brings_it_back_whole() {
    let (mut anna, mut ben) = pair();
    let a = remove(&mut anna, ANNA, 1);
    let b = edit(&mut ben, &[put("phones/a1/number", "2")], BEN, 1);
    take(&mut anna, &b);
    take(&mut ben, &a);
    assert_eq!(state(&anna), (false, true));
    assert_eq!(anna.read(), ben.read());
    assert_eq!(
        (shown(&anna, "phones/a1/number"), shown(&anna, "phones/a1/label")),
        ("2".into(), "mobile".into())
    );
}

#[test]
fn a_new_sub_field_brings_it_back_too() {
    let (mut anna, mut ben) = pair();
    remove(&mut anna, ANNA, 1);
    take(&mut anna, &edit(&mut ben, &[put("phones/a1/note", "nur abends")], BEN, 1));
    assert_eq!(state(&anna), (false, true));
}

#[test]
fn two_concurrent_removals_stay_removed() {
    let (mut anna, mut ben) = pair();
    remove(&mut anna, ANNA, 1);
    take(&mut anna, &remove(&mut ben, BEN, 2));
    assert_eq!(state(&anna), (true, false));
}

#[test]
fn a_removal_by_someone_who_saw_the_edit_holds() {
    let (mut anna, mut ben) = pair();
    let seen = edit(&mut ben, &[put("phones/a1/number", "2")], BEN, 1);
    take(&mut anna, &seen);
    remove(&mut anna, ANNA, 2);
    assert_eq!(state(&anna), (true, false));
}

#[test]
fn of_two_removals_the_one_that_saw_the_edit_is_enough() {
    for (first, second) in [(ANNA, BEN), (BEN, ANNA)] {
        let (mut blind, mut seeing) = pair();
        let mut carl = seeing.clone();
        let a = remove(&mut blind, first, 1);
        take(&mut seeing, &edit(&mut carl, &[put("phones/a1/number", "2")], CARL, 1));
        remove(&mut seeing, second, 2);
        take(&mut seeing, &a);
        assert_eq!(state(&seeing), (true, false));
    }
}

#[test]
fn an_entry_that_came_back_can_be_removed_again() {
    let (mut anna, mut ben) = pair();
    remove(&mut anna, ANNA, 1);
    take(&mut anna, &edit(&mut ben, &[put("phones/a1/number", "2")], BEN, 1));
    assert_eq!(state(&anna), (false, true));
    assert_eq!(remove(&mut anna, ANNA, 3).len(), 1, "a later time is another value");
    assert_eq!(state(&anna), (true, false));
}

#[test]
fn an_entry_put_back_by_hand_is_simply_there() {
    let (mut anna, _) = pair();
    remove(&mut anna, ANNA, 1);
    edit(&mut anna, &[put(FLAG, Scalar::Bool(false))], ANNA, 2);
    assert_eq!(state(&anna), (false, false));
}
