//! One test for each trap of automerge.md 4.1, 4.2 and 4.3 that is not the gate's own business.

use super::*;
use crate::document::DocumentError;
use crate::record::ChangeHash;

/// Two replicas of a note.
fn pair() -> (Document, Document) {
    let (anna, _) = note("Am Montag.");
    let ben = anna.clone();
    (anna, ben)
}

/// Each takes the other's changes.
fn meet(anna: &mut Document, a: &[Change], ben: &mut Document, b: &[Change]) {
    take(anna, b);
    take(ben, a);
    assert_eq!(anna.read(), ben.read());
}

#[test]
fn entries_made_by_two_people_are_both_there() {
    let (mut anna, mut ben) = pair();
    let a = edit(&mut anna, &[put("phones/a1/number", "1"), put("phones/a1/label", "mobile")], ANNA, 1);
    let b = edit(&mut ben, &[put("phones/b1/number", "2"), put("phones/b1/label", "home")], BEN, 1);
    meet(&mut anna, &a, &mut ben, &b);
    assert_eq!(anna.read().below("phones").count(), 4);
}

#[test]
fn keeping_the_winner_settles_a_conflict() {
    let (mut anna, mut ben) = pair();
    let a = edit(&mut anna, &[put("title", "Öl")], ANNA, 1);
    let b = edit(&mut ben, &[put("title", "Gas")], BEN, 2);
    meet(&mut anna, &a, &mut ben, &b);
    assert_eq!(others(&anna, "title").len(), 1);
    let winner = shown(&anna, "title");
    let settled = edit(&mut anna, &[put("title", winner.as_str())], ANNA, 3);
    assert_eq!(settled.len(), 1);
    assert!(others(&anna, "title").is_empty());
    take(&mut ben, &settled);
    assert_eq!((shown(&ben, "title"), others(&ben, "title").len()), (winner, 0));
}

#[test]
fn taking_the_other_value_settles_a_conflict_too() {
    let (mut anna, mut ben) = pair();
    let a = edit(&mut anna, &[put("title", "Öl")], ANNA, 1);
    let b = edit(&mut ben, &[put("title", "Gas")], BEN, 2);
    meet(&mut anna, &a, &mut ben, &b);
    let other = others(&anna, "title").remove(0);
    edit(&mut anna, &[put("title", other.as_str())], ANNA, 3);
    assert_eq!((shown(&anna, "title"), others(&anna, "title").len()), (other, 0));
}

#[test]
fn two_people_who_write_the_same_do_not_disagree() {
    let (mut anna, mut ben) = pair();
    let a = edit(&mut anna, &[put("tags/vip", Scalar::Bool(true))], ANNA, 1);
    let b = edit(&mut ben, &[put("tags/vip", Scalar::Bool(true))], BEN, 1);
    meet(&mut anna, &a, &mut ben, &b);
    assert!(anna.read().cells["tags/vip"].others.is_empty());
    assert!(edit(&mut anna, &[put("tags/vip", Scalar::Bool(true))], ANNA, 2).is_empty());
}

#[test]
fn the_clock_does_not_choose_the_winner() {
    let winner = |a_time: i64, b_time: i64| {
        let (mut anna, mut ben) = pair();
        let title = [put("title", "Öl")];
        let a = anna.edit(&title, &[], None, ANNA, Timestamp::from_millis(a_time)).expect("an edit");
        let title = [put("title", "Gas")];
        let b = ben.edit(&title, &[], None, BEN, Timestamp::from_millis(b_time)).expect("an edit");
        meet(&mut anna, &a, &mut ben, &b);
        (shown(&anna, "title"), others(&anna, "title"))
    };
    let year_2100 = 4_102_444_800_000;
    assert_eq!(winner(0, year_2100), winner(year_2100, 0));
}

#[test]
fn a_clock_before_1970_or_after_9999_makes_changes_the_gate_takes() {
    let (mut doc, _) = note("");
    for millis in [i64::MIN, -5, i64::MAX] {
        let writes = [put("title", format!("at {millis}").as_str())];
        let changes = doc.edit(&writes, &[], None, ANNA, Timestamp::from_millis(millis)).expect("an edit");
        gate::check_bytes(&changes[0].bytes).expect("good bytes");
    }
}

#[test]
fn a_cleared_field_is_left_out_unless_somebody_filled_it_meanwhile() {
    let (mut anna, mut ben) = pair();
    let a = edit(&mut anna, &[put("title", Scalar::Null)], ANNA, 1);
    assert!(!anna.read().cells.contains_key("title"));
    let b = edit(&mut ben, &[put("title", "Gas")], BEN, 1);
    meet(&mut anna, &a, &mut ben, &b);
    let cell = anna.read().cells["title"].clone();
    let mut contents = vec![cell.shown.content, cell.others[0].content.clone()];
    contents.sort();
    assert_eq!(contents, [Content::Scalar(Scalar::Null), Content::Scalar("Gas".into())]);
}

#[test]
fn every_change_carries_the_time_it_was_typed() {
    let (mut doc, created) = note("");
    let edited = edit(&mut doc, &[text("body", "Worte")], BEN, 77);
    assert_eq!((created[0].time, edited[0].time), (at(0), at(77)));
    let record = doc.read();
    assert_eq!((record.changed_at, record.changed_by), (at(77), Some(BEN)));
    assert_eq!((record.created_at, record.created_by), (at(0), Some(ANNA)));
}

#[test]
fn merging_in_any_order_shows_the_same() {
    let (base, _) = note("Am Montag.");
    let edits: Vec<Vec<Change>> = [ANNA, BEN, CARL]
        .map(|who| {
            let mut own = base.clone();
            let words = [put("title", who.to_string().as_str()), text("body", &format!("Am Montag. {who}"))];
            [edit(&mut own, &words, who, 1), edit(&mut own, &[put("more", "x")], who, 2)].concat()
        })
        .to_vec();
    let merged = |order: [usize; 3]| {
        let mut doc = base.clone();
        order.iter().for_each(|at| take(&mut doc, &edits[*at]));
        doc
    };
    let first = merged([0, 1, 2]);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let other = merged(order);
        assert_eq!(other.read(), first.read());
        assert_eq!(other.history(), first.history(), "history reads the same everywhere");
        assert_eq!(other.changes(), first.changes());
    }
}

#[test]
fn a_changes_bytes_survive_merge_and_snapshot() {
    let (mut anna, mut ben) = pair();
    let a = edit(&mut anna, &[text("body", "Am Dienstag.")], ANNA, 1);
    let b = edit(&mut ben, &[text("body", "Am Freitag."), put("title", "Gas")], BEN, 1);
    meet(&mut anna, &a, &mut ben, &b);
    let again = Document::load(RECORD, Some(&anna.snapshot().expect("saves")), &[]).expect("loads");
    for change in a.iter().chain(&b) {
        assert!(again.changes().contains(change));
    }
}

#[test]
fn damaged_bytes_from_the_store_are_an_error() {
    let (doc, changes) = note("Am Montag.");
    let snapshot = doc.snapshot().expect("saves");
    assert!(matches!(Document::load(RECORD, None, &[]), Err(DocumentError::Unloadable(..))));
    assert!(matches!(Document::load(RECORD, Some(b"nonsense"), &[]), Err(DocumentError::Unloadable(..))));
    for place in 0..snapshot.len() {
        let mut damaged = snapshot.clone();
        damaged[place] ^= 0x55;
        assert!(Document::load(RECORD, Some(&damaged), &[]).is_err(), "byte {place}");
        let tail = [changes[0].bytes.as_slice(), &damaged[..place]];
        assert!(place == 0 || Document::load(RECORD, None, &tail).is_err());
    }
}

#[test]
fn a_tail_without_its_beginning_does_not_load() {
    let (mut doc, _) = note("Am Montag.");
    let later = edit(&mut doc, &[put("title", "Gas")], BEN, 1).remove(0);
    assert!(matches!(Document::load(RECORD, None, &[&later.bytes]), Err(DocumentError::Unloadable(..))));
}

#[test]
fn unknown_heads_are_an_error() {
    let (mut doc, _) = note("");
    let unknown = ChangeHash([9; 32]);
    let writes = [put("title", "x")];
    let failed = doc.edit(&writes, &[], Some(&[unknown]), ANNA, at(1)).expect_err("unknown");
    assert_eq!(failed, DocumentError::UnknownHeads(RECORD, unknown));
    assert_eq!(doc.read_at(&[unknown]).expect_err("unknown"), failed);
}

#[test]
fn old_heads_show_what_stood_then() {
    let (mut doc, created) = note("Am Montag.");
    edit(&mut doc, &[put("title", "Gas"), text("body", "Am Freitag.")], BEN, 1);
    let then = doc.read_at(&[created[0].hash]).expect("known heads");
    assert_eq!((then.str("title"), then.str("body")), (Some("Heizung"), Some("Am Montag.")));
    assert_eq!((then.changes, then.changed_by), (1, Some(ANNA)));
}

#[test]
fn oversized_values_and_keys_are_full() {
    let (mut doc, _) = note("");
    let before = doc.read();
    let huge = put("title", "x".repeat(300_000).as_str());
    let long_key = put(&"k".repeat(257), "x");
    for write in [huge, long_key, put("", "x"), text("body", &"ä".repeat(100_001))] {
        let failed = doc.edit(&[write], &[], None, ANNA, at(1)).expect_err("too much");
        assert_eq!(failed, DocumentError::Full(RECORD));
    }
    assert_eq!(doc.read(), before, "a failed edit leaves everything as it was");
}

#[test]
fn many_large_values_become_several_changes() {
    let (mut doc, _) = note("");
    let writes: Vec<Write> = (0..5).map(|n| put(&format!("k{n}"), "x".repeat(100_000).as_str())).collect();
    let changes = edit(&mut doc, &writes, ANNA, 1);
    assert_eq!(changes.len(), 5);
    let (other, changes) = Document::create(RECORD, "note", 1, &[], &writes, ANNA, at(0)).expect("created");
    assert!(changes.len() >= 4);
    assert_eq!(other.read().below("k0").count() + other.read().cells.len(), 7);
}

#[test]
fn nine_stale_edits_at_once_end_on_the_current_heads() {
    let (mut doc, _) = note("");
    let form = doc.heads();
    let mut actors = Vec::new();
    for n in 0..10 {
        let writes = [put(&format!("k{n}"), "x")];
        let change = doc.edit(&writes, &[], Some(&form), ANNA, at(n)).expect("an edit").remove(0);
        actors.push((change.actor.len(), change.deps.len()));
    }
    // The first is hers: she made the record, so her last change is the form itself.
    assert_eq!(actors[0], (16, 1));
    assert!(actors[1..9].iter().all(|it| *it == (21, 1)));
    assert_eq!(actors[9].0, 16, "no branch is free");
    assert!(actors[9].1 > 1, "made on what stands now");
    assert_eq!(doc.heads().len(), 1);
}

#[test]
fn after_a_refusal_the_device_goes_on_under_a_branch() {
    let (mut doc, _) = note("");
    let first = doc.edit_on_branch(&[put("a", "1")], &[], None, ANNA, at(1)).expect("an edit").remove(0);
    let second = doc.edit_on_branch(&[put("a", "2")], &[], None, ANNA, at(2)).expect("an edit").remove(0);
    assert_eq!((first.actor.len(), first.actor_seq), (21, 1));
    assert_eq!((second.actor, second.actor_seq), (first.actor, 2));
    assert_eq!(doc.read().cells["a"].shown.device, Some(ANNA), "a branch is still Anna");
}

#[test]
fn of_two_writes_to_one_key_the_later_stands() {
    let big = "x".repeat(200_000);
    let texts = ["body".to_owned()];
    let writes = [
        put("k", big.as_str()),
        put("k", "small"),
        splice("body", 0, 0, "first"),
        text("body", "second"),
        put("body", "third"),
    ];
    let (mut doc, _) = Document::create(RECORD, "note", 1, &texts, &writes, ANNA, at(0)).expect("created");
    assert_eq!((shown(&doc, "k"), shown(&doc, "body")), ("small".to_owned(), "third".to_owned()));
    edit(&mut doc, &[put("k", "a"), put("k", "b"), text("late", "eins"), text("late", "zwei")], BEN, 1);
    assert_eq!((shown(&doc, "k"), shown(&doc, "late")), ("b".to_owned(), "zwei".to_owned()));
    assert!(matches!(doc.read().content("body"), Some(Content::Text(_))), "a text stays a text");
}
