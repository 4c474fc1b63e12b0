//! Co-edited texts: automerge.md 4.4 and section 6.

use super::super::text::{diff, splice as splice_words};
use super::*;

/// Two edits of one text, met in both orders.
fn merged(old: &str, a: &[Write], b: &[Write]) -> String {
    let (mut anna, _) = note(old);
    let mut ben = anna.clone();
    let (a, b) = (edit(&mut anna, a, ANNA, 1), edit(&mut ben, b, BEN, 1));
    take(&mut anna, &b);
    take(&mut ben, &a);
    assert_eq!(anna.read(), ben.read());
    shown(&anna, "body")
}

/// The old text with the replacements in it.
fn replay(old: &str, replaced: &[super::super::text::Replace]) -> String {
    let mut units: Vec<u16> = old.encode_utf16().collect();
    for replace in replaced {
        let gone: Vec<u16> =
            units.splice(replace.at..replace.at + replace.delete(), replace.insert.encode_utf16()).collect();
        assert_eq!(String::from_utf16_lossy(&gone), replace.gone);
    }
    String::from_utf16(&units).expect("whole characters")
}

#[test]
fn freitag_and_dienstag_are_both_readable() {
    let both = merged(
        "Treffen am Montag.",
        &[text("body", "Treffen am Dienstag.")],
        &[text("body", "Treffen am Freitag.")],
    );
    assert!(
        ["Treffen am FreitagDienstag.", "Treffen am DienstagFreitag."].contains(&both.as_str()),
        "{both}"
    );
}

#[test]
fn splices_from_a_screen_replace_whole_words_too() {
    // Mon -> Diens, Mon -> Frei: the keyboard said only that.
    let both = merged("am Montag.", &[splice("body", 3, 3, "Diens")], &[splice("body", 3, 3, "Frei")]);
    assert!(["am FreitagDienstag.", "am DienstagFreitag."].contains(&both.as_str()), "{both}");
}

#[test]
fn edits_in_different_sentences_do_not_touch() {
    let both = merged("Eins. Zwei. Drei.", &[splice("body", 0, 4, "Uno")], &[splice("body", 12, 4, "Tre")]);
    assert_eq!(both, "Uno. Zwei. Tre.");
}

#[test]
fn splices_of_one_edit_count_in_what_the_one_before_left() {
    let (mut doc, _) = note("abc def");
    let splices = vec![
        Splice { at: 0, delete: 3, insert: "x".to_owned() },
        Splice { at: 2, delete: 3, insert: "yz".to_owned() },
    ];
    edit(&mut doc, &[Write::Splice { key: "body".to_owned(), splices }], ANNA, 1);
    assert_eq!(shown(&doc, "body"), "x yz");
}

#[test]
fn positions_are_utf16_units_also_after_a_load() {
    let (mut doc, _) = note("a👨‍👩‍👧é");
    doc = Document::load(RECORD, Some(&doc.snapshot().expect("saves")), &[]).expect("loads");
    // 1 + 8 units are the letter and the family.
    edit(&mut doc, &[splice("body", 9, 0, " x ")], ANNA, 1);
    assert_eq!(shown(&doc, "body"), "a👨‍👩‍👧 x é");
}

#[test]
fn half_a_surrogate_is_the_whole_character() {
    let splice = |at, delete| splice_words("a😀b", &[Splice { at, delete, insert: "-".to_owned() }]).0;
    assert_eq!(splice(2, 0), "a-😀b", "inside the pair: before it");
    assert_eq!(splice(1, 1), "a-b");
    assert_eq!(splice(2, 1), "a-b");
    assert_eq!(splice(99, 99), "a😀b-", "behind the end: the end");
    assert_eq!(splice(0, usize::MAX), "-");
}

#[test]
fn a_widened_splice_still_makes_the_text_that_was_meant() {
    let old = "Er kam, sah — und ging.\r\nDann: nichts mehr, 3,5 Stunden lang. 😀😀 Ende\n";
    let units = old.encode_utf16().count();
    for at in 0..=units {
        for (delete, insert) in [(0, "x"), (1, ""), (3, "Wort "), (7, "\n"), (2, ",")] {
            let splices = [Splice { at, delete, insert: insert.to_owned() }];
            let (new, replaced) = splice_words(old, &splices);
            assert_eq!(replay(old, &replaced), new);
        }
    }
}

#[test]
fn a_long_paste_becomes_changes_of_sixteen_thousand_ops() {
    let long: String = "Wörter und 😀 mehr. ".repeat(2_200);
    let (mut doc, _) = note("kurz");
    let changes = edit(&mut doc, &[text("body", &long)], ANNA, 1);
    assert_eq!(shown(&doc, "body"), long);
    assert!(changes.len() >= 3 && changes.iter().all(|change| change.ops <= 16_000));
    let gone = edit(&mut doc, &[text("body", "")], BEN, 2);
    assert_eq!(shown(&doc, "body"), "");
    assert!(gone.len() >= 3 && gone.iter().all(|change| change.ops <= 16_000));
    let (created, changes) = note(&long);
    assert_eq!(shown(&created, "body"), long);
    assert!(changes.len() >= 3 && changes.iter().all(|change| change.ops <= 16_000));
}

#[test]
fn texts_of_thousands_of_other_words_are_compared_in_time() {
    let old: String = (0..30_000).map(|n| format!("a{n} ")).collect();
    let new: String = (0..30_000).map(|n| format!("b{n} ")).collect();
    assert_eq!(replay(&old, &diff(&old, &new)), new);
    let lines: String = (0..5_000).map(|n| format!("Zeile {n}\n")).collect();
    let other = lines.replace("Zeile 77\n", "Zeile sieben\n").replace("Zeile 4000\n", "");
    let replaced = diff(&lines, &other);
    assert_eq!(replay(&lines, &replaced), other);
    assert!(replaced.iter().map(|replace| replace.ops()).sum::<usize>() < 60);
}

#[test]
fn late_texts_meet_with_edits_before_between_and_after() {
    let (mut anna, _) = note("");
    let mut ben = anna.clone();
    let mut log_a = edit(&mut anna, &[put("title", "before")], ANNA, 1);
    log_a.extend(edit(&mut anna, &[text("report", "erstens ")], ANNA, 2));
    log_a.extend(edit(&mut anna, &[put("title", "after")], ANNA, 3));
    let mut log_b = edit(&mut ben, &[text("report", "zweitens ")], BEN, 1);
    log_b.extend(edit(&mut ben, &[text("report", "zweitens und drittens ")], BEN, 2));
    take(&mut anna, &log_b);
    take(&mut ben, &log_a);
    assert_eq!(anna.read(), ben.read());
    let report = shown(&anna, "report");
    assert!(["erstens", "zweitens", "drittens"].iter().all(|word| report.contains(word)), "{report}");
    let record = anna.read();
    assert_eq!(record.cells["report"].shown.device, None, "nobody in particular made the text");
    assert_eq!((record.created_by, record.created_at), (Some(ANNA), at(0)));
    Document::load(RECORD, Some(&anna.snapshot().expect("saves")), &[]).expect("loads");
}

#[test]
fn a_late_text_can_be_begun_on_a_stale_form() {
    let (mut doc, _) = note("");
    let form = doc.heads();
    edit(&mut doc, &[text("report", "Ben ")], BEN, 1);
    let late = ["report".to_owned()];
    let made = doc.edit(&[text("report", "Anna ")], &late, Some(&form), CARL, at(2)).expect("an edit");
    assert_eq!(made.len(), 1, "the text was there already");
    let report = shown(&doc, "report");
    assert!(report.contains("Ben") && report.contains("Anna"), "{report}");
}

#[test]
fn two_texts_in_one_key_show_one_and_report_the_other() {
    use automerge::transaction::{CommitOptions, Transactable};
    let (doc, _) = note("");
    let version = |who: DeviceId, words: &str| {
        let mut own = doc.doc.clone().with_actor(crate::document::engine::actor(who.as_bytes()));
        let mut tx = own.transaction();
        let made = tx.put_object(automerge::ROOT, "report", automerge::ObjType::Text).expect("a text");
        tx.splice_text(&made, 0, 0, words).expect("words");
        tx.commit_with(CommitOptions::default().with_time(at(1).millis()));
        Change::from(&own.get_last_local_change().expect("a change"))
    };
    let (a, b) = (version(ANNA, "von Anna"), version(BEN, "von Ben"));
    let mut both = doc.clone();
    take(&mut both, &[a, b]);
    let mut words = [shown(&both, "report"), others(&both, "report").remove(0)];
    words.sort();
    assert_eq!(words, ["von Anna", "von Ben"]);
    let settled = shown(&both, "report");
    edit(&mut both, &[text("report", &settled)], CARL, 2);
    assert_eq!((shown(&both, "report"), others(&both, "report").len()), (settled, 0));
}

#[cfg(feature = "planted")]
#[test]
fn the_planted_late_text_on_current_heads_wedges_a_record() {
    crate::planted::set(Some(20));
    let (mut anna, _) = note("");
    let mut ben = anna.clone();
    edit(&mut anna, &[put("title", "Gas")], ANNA, 1);
    let a = edit(&mut anna, &[text("report", "erstens ")], ANNA, 2);
    let b = edit(&mut ben, &[text("report", "zweitens ")], BEN, 1);
    crate::planted::set(None);
    assert_ne!(a[0].hash, b[0].hash);
    assert_eq!((&a[0].actor, a[0].actor_seq), (&b[0].actor, b[0].actor_seq), "two changes with one number");
    let news = b.iter().map(|change| change.bytes.as_slice());
    assert!(offer(Some(&anna), news).1.iter().all(Result::is_err));
}
