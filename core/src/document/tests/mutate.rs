//! Changes mutated with their checksums put right: what the gate takes must do no harm afterwards.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::super::gate::chunk::wrap;
use super::forge::Forge;
use super::*;

const ROUNDS: usize = 20_000;

/// A record with conflicts, a text, a late text and a branch; and changes of several forms on top of it.
fn case() -> (Document, Vec<Vec<u8>>) {
    let (mut doc, _) = note("Wir kommen am Montag.");
    let there =
        edit(&mut doc.clone(), &[put("title", "Gas"), text("body", "Wir kommen am Freitag.")], BEN, 1);
    edit(&mut doc, &[put("title", "Öl"), text("report", "Bericht")], ANNA, 1);
    take(&mut doc, &there);
    let form = doc.heads();
    let mut forms = vec![
        vec![put("title", "Holz")],
        vec![put("a", Scalar::Int(-5)), put("b", Scalar::Bool(true)), put("c", Scalar::Bytes(vec![1, 2]))],
        vec![text("body", "Wir kommen am Dienstag, wenn es geht.")],
        vec![splice("report", 0, 7, "Notiz"), put("title", Scalar::Null)],
    ];
    let mut seeds: Vec<Vec<u8>> = forms
        .drain(..)
        .map(|writes| edit(&mut doc.clone(), &writes, CARL, 2).pop().expect("a change").bytes)
        .collect();
    let branch =
        doc.clone().edit_on_branch(&[put("title", "x")], &[], Some(&form), CARL, at(3)).expect("an edit");
    seeds.push(branch[0].bytes.clone());
    (doc, seeds)
}

fn mutate(rng: &mut ChaCha8Rng, seed: &[u8]) -> Vec<u8> {
    if rng.random_bool(0.6) {
        // One column: plain flips in the header rarely come further than its checks.
        let mut forge = Forge::of(seed);
        let at = rng.random_range(0..forge.columns.len());
        let column = &mut forge.columns[at].1;
        disturb(rng, column);
        return forge.bytes();
    }
    let mut body = Forge::of(seed).bytes()[10..].to_vec();
    disturb(rng, &mut body);
    wrap(1, &body)
}

fn disturb(rng: &mut ChaCha8Rng, bytes: &mut Vec<u8>) {
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..=bytes.len());
        let interesting = [0, 1, 2, 0x7e, 0x7f, 0x80, 0xff, rng.random()];
        let value = interesting[rng.random_range(0..interesting.len())];
        match rng.random_range(0..4) {
            0 if at < bytes.len() => bytes[at] = value,
            1 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            _ => bytes.insert(at, value),
        }
    }
}

#[test]
fn mutated_changes_are_refused_or_harmless() {
    let mut rng = ChaCha8Rng::seed_from_u64(20260923);
    let (doc, seeds) = case();
    let known = ledger(&doc);
    let mut counts = [0_usize; 4];
    for round in 0..ROUNDS {
        let bytes = mutate(&mut rng, &seeds[round % seeds.len()]);
        let Ok(facts) = gate::check_bytes(&bytes) else {
            counts[0] += 1;
            continue;
        };
        // The relay's changes pass 13, so that more reach the trial.
        if known.check(RECORD, &facts, &bytes, &Sender::Relay) != Ok(false) {
            counts[1] += 1;
            continue;
        }
        let (after, verdicts) = gate::trial(RECORD, Some(&doc), &[(facts, &bytes)], true, &InlineTrial);
        let mut after = after.expect("the document is always there");
        if verdicts[0].is_err() {
            counts[2] += 1;
            assert_eq!(after.heads(), doc.heads());
            continue;
        }
        counts[3] += 1;
        let writes = [put("title", "danach"), text("body", "Alles neu."), text("report", "Auch hier.")];
        after.edit(&writes, &[], None, BEN, at(9)).expect("an edit afterwards");
        assert_eq!(shown(&after, "title"), "danach", "round {round}");
        let saved = after.snapshot().expect("a snapshot afterwards");
        let again = Document::load(RECORD, Some(&saved), &[]).expect("a load afterwards");
        assert_eq!(again.read(), after.read());
        after.history();
        let log = after.changes();
        let tail: Vec<&[u8]> = log.iter().map(|change| change.bytes.as_slice()).collect();
        Document::load(RECORD, None, &tail).expect("its log loads");
    }
    // Were one of the ways never gone, the mutations would prove nothing about it.
    assert!(counts.iter().all(|count| *count > 20), "refused by A, B, C, taken: {counts:?}");
}
