//! Part B: transport-security.md 7.2 rows 13 to 20, automerge.md 4.2.

use std::collections::BTreeSet;

use super::forge::Forge;
use super::*;
use crate::document::gate::Reason;
use crate::document::late;
use crate::record::ChangeHash;

/// A note, its ledger, and a change of Ben's that is not in it.
fn case() -> (Document, Ledger, Vec<u8>) {
    let (doc, _) = note("Am Montag.");
    let ledger = ledger(&doc);
    let change = edit(&mut doc.clone(), &[put("title", "Gas")], BEN, 1).remove(0);
    (doc, ledger, change.bytes)
}

fn refused(ledger: &Ledger, bytes: &[u8], sender: &Sender) -> (Reason, u8) {
    let refusal = weigh(ledger, bytes, sender).expect_err("must be refused");
    (refusal.reason, refusal.check)
}

#[test]
fn a_change_is_new_once_and_known_afterwards() {
    let (_, mut ledger, bytes) = case();
    assert_eq!(weigh(&ledger, &bytes, &Sender::Device(BEN)), Ok(false));
    ledger.add(&gate::check_bytes(&bytes).expect("good"), bytes.len());
    for _ in 0..5 {
        assert_eq!(weigh(&ledger, &bytes, &Sender::Device(BEN)), Ok(true));
    }
    let ops = ledger.total_ops;
    ledger.add(&gate::check_bytes(&bytes).expect("good"), bytes.len());
    assert_eq!(ledger.total_ops, ops, "a repeated change counts once");
}

#[test]
fn nobody_writes_as_somebody_else() {
    let (_, ledger, bytes) = case();
    assert_eq!(refused(&ledger, &bytes, &Sender::Device(ANNA)), (Reason::NotYours, 13));
    let mut branch = Forge::of(&bytes);
    branch.actor = [&[0x13, 0xb2, 0x23, 0x09, 1][..], BEN.as_bytes()].concat();
    assert_eq!(weigh(&ledger, &branch.bytes(), &Sender::Device(BEN)), Ok(false));
    assert_eq!(refused(&ledger, &branch.bytes(), &Sender::Device(ANNA)), (Reason::NotYours, 13));
    assert_eq!(weigh(&ledger, &bytes, &Sender::Relay), Ok(false));
}

#[test]
fn in_recovery_known_devices_may_be_brought_by_others() {
    let (_, ledger, bytes) = case();
    let known = |device| Sender::Recovery(BTreeSet::from([device]));
    assert_eq!(weigh(&ledger, &bytes, &known(BEN)), Ok(false));
    assert_eq!(refused(&ledger, &bytes, &known(CARL)), (Reason::NotYours, 13));
}

#[test]
fn a_number_used_twice_is_a_fork_and_only_that() {
    let (doc, mut ledger, bytes) = case();
    // Ben's database was copied, and both copies wrote.
    let copy = edit(&mut doc.clone(), &[put("title", "Öl")], BEN, 2).remove(0).bytes;
    ledger.add(&gate::check_bytes(&bytes).expect("good"), bytes.len());
    assert_eq!(refused(&ledger, &copy, &Sender::Device(BEN)), (Reason::Forked, 14));
}

#[test]
fn a_gap_in_an_actors_numbers_is_refused() {
    let (_, ledger, bytes) = case();
    for seq in [2, 5, 1000] {
        let mut gap = Forge::of(&bytes);
        gap.seq = seq;
        assert_eq!(refused(&ledger, &gap.bytes(), &Sender::Device(BEN)), (Reason::BadOrder, 15));
    }
}

/// A restored relay has forgotten Ben's last change and gets his next: it is incomplete, not out of order.
#[test]
fn a_gap_in_front_of_an_unknown_dependency_is_a_missing_change() {
    let (_, ledger, bytes) = case();
    let mut next = Forge::of(&bytes);
    next.seq = 2;
    next.deps = vec![[7; 32]];
    let refusal = weigh(&ledger, &next.bytes(), &Sender::Device(BEN)).expect_err("missing");
    assert_eq!((refusal.reason, refusal.check), (Reason::Missing, 16));
    assert_eq!(refusal.missing, [ChangeHash([7; 32])]);
}

#[test]
fn unknown_dependencies_are_named_up_to_sixteen() {
    let (_, ledger, bytes) = case();
    let mut orphan = Forge::of(&bytes);
    orphan.deps = (0..40).map(|n| [n; 32]).collect();
    let refusal = weigh(&ledger, &orphan.bytes(), &Sender::Device(BEN)).expect_err("missing");
    assert_eq!((refusal.reason, refusal.check, refusal.missing.len()), (Reason::Missing, 16, 16));
    assert_eq!(refusal.missing[3], ChangeHash([3; 32]));
}

#[test]
fn sixteen_thousand_orphans_leave_nothing_behind() {
    let (_, ledger, bytes) = case();
    let mut orphan = Forge::of(&bytes);
    for n in 0..16_000_u32 {
        orphan.deps[0][..4].copy_from_slice(&n.to_be_bytes());
        assert_eq!(refused(&ledger, &orphan.bytes(), &Sender::Device(BEN)), (Reason::Missing, 16));
    }
}

#[test]
fn other_actors_must_have_written_here() {
    let (_, ledger, bytes) = case();
    let mut stranger = Forge::of(&bytes);
    stranger.others = vec![ANNA.as_bytes().to_vec(), CARL.as_bytes().to_vec()];
    assert_eq!(refused(&ledger, &stranger.bytes(), &Sender::Device(BEN)), (Reason::Malformed, 16));
}

#[test]
fn a_record_begins_once() {
    let (_, ledger, bytes) = case();
    let mut second = Forge::one_op(&bytes, &[]);
    second.deps.clear();
    second.start = 1;
    assert_eq!(refused(&ledger, &second.bytes(), &Sender::Device(BEN)), (Reason::BadOrder, 16));
    assert_eq!(weigh(&Ledger::default(), &second.bytes(), &Sender::Device(BEN)), Ok(false));
}

#[test]
fn op_counters_follow_from_the_dependencies() {
    let (_, ledger, bytes) = case();
    let right = Forge::of(&bytes).start;
    for start in [1, right - 1, right + 1, (1 << 31) - 10] {
        // One null, which refers to nothing: otherwise its references would give it away before.
        let mut forged = Forge::one_op(&bytes, &[]);
        forged.start = start;
        assert_eq!(
            refused(&ledger, &forged.bytes(), &Sender::Device(BEN)),
            (Reason::BadOrder, 17),
            "{start}"
        );
    }
}

#[test]
fn a_stale_edit_keeps_the_counter_rule() {
    let (mut doc, _) = note("Am Montag.");
    let form = doc.heads();
    edit(&mut doc, &[text("body", "Am Montag und am Dienstag, wenn es geht.")], BEN, 1);
    let before = ledger(&doc);
    let stale = doc.edit(&[put("title", "Ofen")], &[], Some(&form), CARL, at(2)).expect("an edit");
    assert_eq!(weigh(&before, &stale[0].bytes, &Sender::Device(CARL)), Ok(false));
}

#[test]
fn a_record_has_an_end() {
    let (_, mut ledger, bytes) = case();
    ledger.total_ops = 200_000;
    assert_eq!(refused(&ledger, &bytes, &Sender::Device(BEN)), (Reason::Full, 18));
    ledger.total_ops = 0;
    ledger.total_bytes = 8 * 1024 * 1024 - 10;
    assert_eq!(refused(&ledger, &bytes, &Sender::Device(BEN)), (Reason::Full, 18));
}

#[test]
fn a_late_texts_change_may_come_from_anyone_but_not_with_one_byte_different() {
    let (_, ledger, _) = case();
    let honest = late::change_bytes(RECORD, "report");
    assert_eq!(weigh(&ledger, &honest, &Sender::Device(CARL)), Ok(false));
    let forged = |change: &dyn Fn(&mut Forge)| {
        let mut forge = Forge::of(&honest);
        change(&mut forge);
        refused(&ledger, &forge.bytes(), &Sender::Device(CARL))
    };
    assert_eq!(forged(&|it| it.time = 1), (Reason::NotYours, 13));
    assert_eq!(forged(&|it| it.actor[3] ^= 1), (Reason::NotYours, 13));
    assert_eq!(forged(&|it| it.seq = 2), (Reason::NotYours, 13));
    assert_eq!(
        forged(&|it| it.set(0x15, &[0x7f, 6, b'r', b'e', b'p', b'o', b'r', b'u'])),
        (Reason::NotYours, 13)
    );
    assert_eq!(forged(&|it| it.set(0x42, &[0x7f, 1])), (Reason::NotYours, 13), "null instead of a text");
    assert_eq!(forged(&|it| it.deps = vec![[1; 32]]), (Reason::NotYours, 13));
    // The honest change of another record.
    let elsewhere = late::change_bytes(RecordId([8; 16]), "report");
    assert_eq!(refused(&ledger, &elsewhere, &Sender::Device(CARL)), (Reason::NotYours, 13));
}

#[cfg(feature = "planted")]
#[test]
fn planted_bugs_open_the_checks_they_name() {
    use crate::planted;
    let (_, ledger, bytes) = case();
    planted::set(Some(171));
    assert_eq!(weigh(&ledger, &bytes, &Sender::Device(ANNA)), Ok(false));
    planted::set(Some(172));
    let mut gap = Forge::of(&bytes);
    gap.seq = 5;
    assert_eq!(weigh(&ledger, &gap.bytes(), &Sender::Device(BEN)), Ok(false));
    planted::set(Some(173));
    let mut future = Forge::one_op(&bytes, &[]);
    future.start = 1_000_000;
    assert_eq!(weigh(&ledger, &future.bytes(), &Sender::Device(BEN)), Ok(false));
    planted::set(None);
    assert_eq!(refused(&ledger, &bytes, &Sender::Device(ANNA)), (Reason::NotYours, 13));
}
