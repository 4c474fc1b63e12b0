//! Part A: every row of automerge.md 8.1 and transport-security.md 7.2 that bytes alone can show.

use super::super::gate::chunk::wrap;
use super::forge::{Forge, signed, unsigned};
use super::*;
use crate::document::gate::{Reason, check_bytes};

fn good() -> Vec<u8> {
    let (mut doc, _) = note("Am Montag.");
    edit(&mut doc, &[put("title", "Gas")], ANNA, 1).remove(0).bytes
}

fn refused(bytes: &[u8]) -> (Reason, u8) {
    let refusal = check_bytes(bytes).expect_err("must be refused");
    (refusal.reason, refusal.check)
}

fn forged(change: impl FnOnce(&mut Forge)) -> Vec<u8> {
    let mut forge = Forge::of(&good());
    change(&mut forge);
    forge.bytes()
}

fn one_op(columns: &[(u32, &[u8])]) -> Vec<u8> {
    Forge::one_op(&good(), columns).bytes()
}

#[test]
fn a_forge_that_changes_nothing_writes_the_same_bytes() {
    assert_eq!(forged(|_| ()), good());
    check_bytes(&one_op(&[])).expect("one null is a good change");
}

#[test]
fn every_flipped_bit_is_found() {
    let good = good();
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (reason, check) = refused(&bytes);
        assert!(reason == Reason::Malformed && check <= 4, "bit {bit}: check {check}");
    }
    let mut checksum = good.clone();
    checksum[5] ^= 1;
    assert_eq!(refused(&checksum), (Reason::Malformed, 3));
}

#[test]
fn too_short_and_too_long_are_refused_first() {
    assert_eq!(refused(&[]), (Reason::Malformed, 1));
    assert_eq!(refused(&good()[..23]), (Reason::Malformed, 1));
    assert_eq!(refused(&vec![0; 256 * 1024 + 1]), (Reason::TooLarge, 1));
}

#[test]
fn truncated_or_trailing_bytes_are_refused() {
    let good = good();
    for length in 24..good.len() {
        assert_eq!(refused(&good[..length]), (Reason::Malformed, 2));
    }
    assert_eq!(refused(&[good.as_slice(), &[0]].concat()), (Reason::Malformed, 2));
    assert_eq!(refused(&[good.as_slice(), &good].concat()), (Reason::Malformed, 2));
}

#[test]
fn only_plain_changes_are_chunks() {
    let body = &good()[10..];
    // 0 a document, 2 deflated (1 MB becomes 2 GB), 3 a bundle (a 4 GB allocation), 4 unknown.
    for kind in [0, 2, 3, 4, 255] {
        assert_eq!(refused(&wrap(kind, body)), (Reason::Malformed, 2));
    }
}

#[test]
fn a_number_has_one_spelling() {
    let good = good();
    // The length of the chunk, one byte longer than needed.
    assert!(good[9] < 0x80, "a small change");
    let hashed = [&[1, good[9] | 0x80, 0], &good[10..]].concat();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&hashed);
    let bytes = [&good[..4], &digest[..4], &hashed].concat();
    assert_eq!(refused(&bytes), (Reason::Malformed, 4));
    // Numbers in columns: 1 as 0x81 0x00; -1 as 0xff 0x7f.
    assert_eq!(refused(&one_op(&[(0x34, &[0x81, 0])])), (Reason::Malformed, 4));
    assert_eq!(refused(&one_op(&[(0x42, &[0xff, 0x7f, 1])])), (Reason::Malformed, 4));
    // A run of one, and two literal runs for one: other spellings of the same values.
    assert_eq!(refused(&one_op(&[(0x42, &[1, 1])])), (Reason::Malformed, 4));
    // More than 64 bits.
    assert_eq!(refused(&one_op(&[(0x56, &[0x7f, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2])])).1, 4);
}

#[test]
fn dependencies_are_few_and_ascending() {
    let deps = |number: u8| move |forge: &mut Forge| forge.deps = (0..number).map(|n| [n; 32]).collect();
    check_bytes(&forged(deps(64))).expect("64 are allowed");
    assert_eq!(refused(&forged(deps(65))), (Reason::Malformed, 5));
    assert_eq!(refused(&forged(|it| it.deps = vec![[2; 32], [1; 32]])), (Reason::Malformed, 5));
    assert_eq!(refused(&forged(|it| it.deps = vec![[1; 32], [1; 32]])), (Reason::Malformed, 5));
}

#[test]
fn actors_have_16_bytes_or_are_branches() {
    for length in [0, 1, 15, 17, 20, 21, 22, 255] {
        assert_eq!(refused(&forged(|it| it.actor = vec![5; length])), (Reason::Malformed, 6), "{length}");
    }
    let branch = |level| [&[0x13, 0xb2, 0x23, 0x09, level][..], ANNA.as_bytes()].concat();
    for level in 1..=8 {
        check_bytes(&forged(|it| it.actor = branch(level))).expect("a branch");
    }
    for level in [0, 9, 255] {
        assert_eq!(refused(&forged(|it| it.actor = branch(level))), (Reason::Malformed, 6));
    }
}

#[test]
fn other_actors_are_few_ascending_and_not_the_own() {
    let others = |number: u16| {
        move |it: &mut Forge| {
            it.others = (0..number).map(|n| [&n.to_be_bytes()[..], &[1; 14]].concat()).collect();
        }
    };
    check_bytes(&forged(others(256))).expect("256 are allowed");
    assert_eq!(refused(&forged(others(257))), (Reason::Malformed, 6));
    assert_eq!(refused(&forged(|it| it.others = vec![vec![2; 16], vec![1; 16]])), (Reason::Malformed, 6));
    assert_eq!(refused(&forged(|it| it.others = vec![vec![2; 16], vec![2; 16]])), (Reason::Malformed, 6));
    assert_eq!(refused(&forged(|it| it.others = vec![it.actor.clone()])), (Reason::Malformed, 6));
    assert_eq!(refused(&forged(|it| it.others = vec![vec![2; 15]])), (Reason::Malformed, 6));
}

#[test]
fn counters_stay_within_31_bits() {
    for wrong in [0, 1 << 31, u64::from(u32::MAX), u64::MAX] {
        assert_eq!(refused(&forged(|it| it.start = wrong)), (Reason::BadOrder, 7));
        assert_eq!(refused(&forged(|it| it.seq = wrong)), (Reason::BadOrder, 7));
    }
    assert_eq!(refused(&forged(|it| it.start = (1 << 31) - 1)), (Reason::BadOrder, 7));
}

#[test]
fn hidden_cargo_is_refused() {
    assert_eq!(refused(&forged(|it| it.message = b"hello".to_vec())), (Reason::Malformed, 7));
    assert_eq!(refused(&forged(|it| it.message = vec![0xff])), (Reason::Malformed, 7));
    assert_eq!(refused(&forged(|it| it.extra = b"author".to_vec())), (Reason::Malformed, 7));
    assert_eq!(refused(&forged(|it| it.time = -1)), (Reason::Malformed, 7));
    assert_eq!(refused(&forged(|it| it.time = 253_402_300_800_000)), (Reason::Malformed, 7));
    check_bytes(&forged(|it| it.time = 0)).expect("a clock at 1970 is no crime");
    check_bytes(&forged(|it| it.time = 4_102_444_800_000)).expect("nor one at 2100");
}

#[test]
fn columns_are_the_known_ones_ascending_and_not_deflated() {
    assert_eq!(refused(&one_op(&[(0x16, &[0x7f, 0])])), (Reason::Malformed, 8));
    assert_eq!(refused(&one_op(&[(0xb5, &[0x7f, 1, b'x'])])), (Reason::Malformed, 8));
    assert_eq!(refused(&one_op(&[(0x15 | 8, &[0x7f, 1, b'x'])])), (Reason::Malformed, 8));
    assert_eq!(refused(&forged(|it| it.columns.reverse())), (Reason::Malformed, 8));
    assert_eq!(refused(&forged(|it| it.columns.push(it.columns.last().expect("one").clone()))).1, 8);
    assert_eq!(refused(&forged(|it| it.columns.insert(0, (0x01, vec![])))), (Reason::Malformed, 8));
    // A column that claims more bytes than there are.
    let mut body = good()[10..].to_vec();
    let length = body.len();
    body.truncate(length - 1);
    assert!(matches!(refused(&wrap(1, &body)), (Reason::Malformed, 4 | 8 | 9)));
}

#[test]
fn a_million_ops_in_a_hundred_bytes_are_counted_not_made() {
    let good = good();
    check_bytes(&Forge::repeated(&good, 20_000).bytes()).expect("20,000 are allowed");
    for ops in [20_001, 1_000_000, 100_000_000, 1 << 40, i64::MAX as u64] {
        assert_eq!(refused(&Forge::repeated(&good, ops).bytes()), (Reason::TooLarge, 9));
    }
}

#[test]
fn a_billion_in_any_single_column_is_refused() {
    let billion = signed(1_000_000_000);
    let nulls = [&[0][..], &unsigned(1_000_000_000)].concat();
    for spec in [0x01, 0x02, 0x11, 0x13, 0x42, 0x56, 0x70, 0x71, 0x73] {
        assert_eq!(
            refused(&one_op(&[(spec, &[&billion[..], &[1]].concat())])),
            (Reason::TooLarge, 9),
            "{spec:x}"
        );
        assert_eq!(refused(&one_op(&[(spec, &nulls)])), (Reason::TooLarge, 9), "{spec:x}");
    }
    assert_eq!(refused(&one_op(&[(0x15, &[&billion[..], &[1, b'k']].concat())])), (Reason::TooLarge, 9));
    assert_eq!(refused(&one_op(&[(0x34, &unsigned(1_000_000_000))])), (Reason::TooLarge, 9));
    assert_eq!(refused(&one_op(&[(0x94, &unsigned(1_000_000_000))])), (Reason::TooLarge, 9));
    // Two runs whose sum overflows.
    let most = signed(i64::MAX);
    assert_eq!(refused(&one_op(&[(0x42, &[&most[..], &[1], &most, &[2]].concat())])), (Reason::TooLarge, 9));
    // A literal run of the most negative length.
    assert_eq!(refused(&one_op(&[(0x42, &[&signed(i64::MIN)[..], &[1]].concat())])), (Reason::TooLarge, 9));
}

#[test]
fn columns_must_agree() {
    let two: &[u8] = &[2, 1];
    for (spec, column) in [(0x42, two), (0x56, &[2, 0]), (0x70, &[2, 0]), (0x15, &[2, 1, b'k']), (0x34, &[2])]
    {
        assert_eq!(refused(&one_op(&[(spec, column)])), (Reason::Malformed, 9), "{spec:x}");
    }
    for spec in [0x34, 0x42, 0x56, 0x70] {
        assert_eq!(refused(&one_op(&[(spec, &[])])), (Reason::Malformed, 9), "{spec:x} left out");
    }
    // No ops at all, and a null where there must be a value.
    assert_eq!(refused(&forged(|it| it.columns.clear())), (Reason::Malformed, 9));
    assert_eq!(refused(&one_op(&[(0x42, &[0, 1])])), (Reason::Malformed, 9));
    assert_eq!(refused(&one_op(&[(0x56, &[0, 1])])), (Reason::Malformed, 9));
}

#[test]
fn groups_and_lengths_must_sum_exactly() {
    // One predecessor promised, none or two there.
    assert_eq!(refused(&one_op(&[(0x70, &[0x7f, 1])])), (Reason::Malformed, 9));
    let one = (0x70, &[0x7f, 1][..]);
    assert_eq!(refused(&one_op(&[one, (0x71, &[2, 0]), (0x73, &[2, 1])])), (Reason::Malformed, 9));
    assert_eq!(refused(&one_op(&[(0x71, &[0x7f, 0]), (0x73, &[0x7f, 1])])), (Reason::Malformed, 9));
    assert_eq!(
        refused(&one_op(&[(0x70, &[&[0x7f][..], &unsigned(u64::MAX)].concat())])),
        (Reason::Malformed, 9)
    );
    check_bytes(&one_op(&[one, (0x71, &[0x7f, 0]), (0x73, &[0x7f, 1])])).expect("exactly one");
    // A string of three bytes with two, four and 2^40 promised.
    let meta = |length: u64| [vec![0x7f], unsigned(length << 4 | 6)].concat();
    check_bytes(&one_op(&[(0x56, &meta(3)), (0x57, b"abc")])).expect("exactly three");
    for length in [0, 2, 4, 1 << 40, u64::MAX >> 4] {
        assert_eq!(refused(&one_op(&[(0x56, &meta(length)), (0x57, b"abc")])), (Reason::Malformed, 9));
    }
}

#[test]
fn strings_are_utf8_and_keys_short() {
    assert_eq!(refused(&one_op(&[(0x15, &[0x7f, 1, 0xff])])), (Reason::Malformed, 9));
    assert_eq!(refused(&one_op(&[(0x56, &[0x7f, 0x16]), (0x57, &[0xff])])), (Reason::Malformed, 9));
    let key = |length: usize| [vec![0x7f], unsigned(length as u64), vec![b'k'; length]].concat();
    check_bytes(&one_op(&[(0x15, &key(256))])).expect("256 bytes are allowed");
    assert_eq!(refused(&one_op(&[(0x15, &key(257))])), (Reason::Malformed, 9));
    assert_eq!(refused(&one_op(&[(0x15, &key(200_000))])), (Reason::Malformed, 9));
    assert_eq!(refused(&one_op(&[(0x15, &key(0))])), (Reason::Malformed, 9));
}

#[test]
fn op_ids_point_backwards_to_known_actors() {
    let pred = |actor: u8, ctr: u64| {
        one_op(&[
            (0x70, &[0x7f, 1]),
            (0x71, &[0x7f, actor]),
            (0x73, &[vec![0x7f], signed(ctr as i64)].concat()),
        ])
    };
    assert_eq!(refused(&pred(0, 0)), (Reason::Malformed, 9));
    assert_eq!(refused(&pred(0, 1 << 30)), (Reason::Malformed, 9), "the future");
    assert_eq!(refused(&pred(1, 1)), (Reason::Malformed, 9), "an actor that is not listed");
    assert_eq!(refused(&one_op(&[(0x01, &[0x7f, 0])])), (Reason::Malformed, 9), "half an object id");
}

#[test]
fn what_would_nest_or_delete_or_count_is_refused() {
    // Make map, make list, delete of a key, increment, table, mark, unknown.
    for action in [0, 2, 3, 5, 6, 7, 8, 99] {
        assert_eq!(refused(&one_op(&[(0x42, &[0x7f, action])])), (Reason::Malformed, 10), "action {action}");
    }
    // Unsigned, counter and timestamp values, a float, a type of the future.
    for code in [0x13, 0x18, 0x19, 0x1a, 0x1f] {
        assert_eq!(
            refused(&one_op(&[(0x56, &[0x7f, code]), (0x57, &[1])])),
            (Reason::Malformed, 10),
            "{code:x}"
        );
    }
    assert_eq!(refused(&one_op(&[(0x56, &[0x7f, 0x85, 1]), (0x57, &[0; 8])])), (Reason::Malformed, 10));
    // Marks, and expand without one.
    assert_eq!(refused(&one_op(&[(0xa5, &[0x7f, 1, b'b'])])), (Reason::Malformed, 10));
    assert_eq!(refused(&one_op(&[(0x94, &[0, 1])])), (Reason::Malformed, 10));
}

#[test]
fn in_a_text_only_single_characters_come_and_go() {
    let object = [(0x01, &[0x7f, 0][..]), (0x02, &[0x7f, 1])];
    let in_text = |columns: &[(u32, &[u8])]| {
        let mut all = object.to_vec();
        all.extend([(0x15, &[][..]), (0x13, &[0x7f, 0])]);
        all.extend(columns);
        one_op(&all)
    };
    let character = [(0x34, &[0, 1][..]), (0x56, &[0x7f, 0x16]), (0x57, b"a")];
    check_bytes(&in_text(&character)).expect("a character at the front");
    let two = [(0x34, &[0, 1][..]), (0x56, &[0x7f, 0x26]), (0x57, b"ab")];
    assert_eq!(refused(&in_text(&two)), (Reason::Malformed, 10));
    assert_eq!(refused(&in_text(&[(0x34, &[0, 1])])), (Reason::Malformed, 10), "null is no character");
    assert_eq!(refused(&in_text(&character[1..])), (Reason::Malformed, 10), "put over a character");
    assert_eq!(refused(&in_text(&[(0x42, &[0x7f, 3])])), (Reason::Malformed, 10), "delete of the front");
    let nested = [(0x34, &[0, 1][..]), (0x42, &[0x7f, 4])];
    assert_eq!(refused(&in_text(&nested)), (Reason::Malformed, 10), "a text in a text");
    // A key in an object: a nested map.
    assert_eq!(refused(&one_op(&object)), (Reason::Malformed, 10));
}

#[test]
fn a_late_texts_change_is_what_automerge_would_make() {
    use crate::document::{engine, late};
    use automerge::transaction::{CommitOptions, Transactable};
    let mut doc = engine::empty().with_actor(engine::actor(&late::actor(RECORD, "body")));
    let mut tx = doc.transaction();
    tx.put_object(automerge::ROOT, "body", automerge::ObjType::Text).expect("a text");
    tx.commit_with(CommitOptions::default().with_time(0));
    let made = doc.get_last_local_change().expect("a change");
    assert_eq!(late::change_bytes(RECORD, "body"), made.raw_bytes());
    assert_eq!(made.raw_bytes().len(), 57);
    check_bytes(made.raw_bytes()).expect("good bytes");
}
