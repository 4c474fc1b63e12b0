//! Whatever three people do, in whatever order it arrives: the same record, and only changes the gate takes.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Act {
    Put { who: usize, key: u8, value: u8 },
    Text { who: usize, key: u8, words: Vec<u8> },
    Splice { who: usize, at: usize, delete: usize, words: u8 },
    Stale { who: usize, back: usize, value: u8 },
    Meet { from: usize, to: usize },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act =
        prop_oneof![
            (0..3_usize, 0..5_u8, 0..9_u8).prop_map(|(who, key, value)| Act::Put { who, key, value }),
            (0..3_usize, 0..3_u8, prop::collection::vec(0..20_u8, 0..9))
                .prop_map(|(who, key, words)| Act::Text { who, key, words }),
            (0..3_usize, 0..60_usize, 0..9_usize, 0..20_u8)
                .prop_map(|(who, at, delete, words)| Act::Splice { who, at, delete, words }),
            (0..3_usize, 0..9_usize, 0..9_u8).prop_map(|(who, back, value)| Act::Stale { who, back, value }),
            (0..3_usize, 0..3_usize).prop_map(|(from, to)| Act::Meet { from, to }),
        ];
    prop::collection::vec(act, 1..25)
}

const WORDS: [&str; 20] = [
    "Montag",
    "Dienstag",
    "Freitag",
    "ß",
    "😀",
    "👨‍👩‍👧",
    "é",
    "e\u{301}",
    ".",
    ",",
    "\n",
    "\r\n",
    "3,5",
    "und",
    "kommt",
    "Heizung",
    "naïve",
    "日本",
    "\u{200d}",
    "x",
];

fn words(chosen: &[u8]) -> String {
    chosen.iter().map(|word| WORDS[*word as usize]).collect::<Vec<_>>().join(" ")
}

fn value(value: u8) -> Scalar {
    match value {
        0 => Scalar::Null,
        1 => Scalar::Bool(true),
        2 => Scalar::Bytes(vec![0, 255]),
        3 => Scalar::Int(i64::MIN),
        4 => Scalar::Int(i64::from(value)),
        _ => Scalar::Str(words(&[value])),
    }
}

const PEOPLE: [DeviceId; 3] = [ANNA, BEN, CARL];
/// `body` is there from the beginning, the others are late.
const TEXTS: [&str; 3] = ["body", "report", "summary"];

fn missing(from: &Document, to: &Document) -> Vec<Change> {
    from.changes().into_iter().filter(|change| !to.has(&change.hash)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn everybody_sees_the_same_in_the_end(acts in acts()) {
        let (first, mut made) = note("Wir kommen am Montag.");
        let mut docs = [first.clone(), first.clone(), first];
        for (time, act) in acts.iter().enumerate() {
            let now = at(time as i64);
            let (who, writes, base) = match act {
                Act::Put { who, key, value: v } => (*who, vec![put(&format!("k{key}"), value(*v))], None),
                Act::Text { who, key, words: w } => (*who, vec![text(TEXTS[*key as usize], &words(w))], None),
                Act::Splice { who, at, delete, words: w } => {
                    (*who, vec![splice("body", *at, *delete, WORDS[*w as usize])], None)
                }
                Act::Stale { who, back, value: v } => {
                    let changes = docs[*who].changes();
                    let base = changes[changes.len().saturating_sub(1 + back)].hash;
                    (*who, vec![put("k0", value(*v)), text("body", &words(&[*v, 0]))], Some(vec![base]))
                }
                Act::Meet { from, to } => {
                    let news = missing(&docs[*from], &docs[*to]);
                    take(&mut docs[*to], &news);
                    continue;
                }
            };
            let known = ledger(&docs[who]);
            let changes = docs[who].edit(&writes, &[], base.as_deref(), PEOPLE[who], now).expect("an edit");
            let mut known = known;
            for change in &changes {
                let facts = gate::check_bytes(&change.bytes).expect("our own changes pass A");
                prop_assert_eq!(
                    (facts.hash, &facts.actor, facts.actor_seq, facts.start_op, facts.ops, facts.time, &facts.deps),
                    (change.hash, &change.actor, change.actor_seq, change.start_op, change.ops, change.time, &change.deps)
                );
                let parsed = automerge::Change::from_bytes(change.bytes.clone()).expect("automerge agrees");
                prop_assert_eq!(Change::from(&parsed), change.clone());
                let sender = Sender::Device(PEOPLE[who]);
                prop_assert_eq!(known.check(RECORD, &facts, &change.bytes, &sender), Ok(false));
                known.add(&facts, change.bytes.len());
            }
            made.extend(changes);
        }
        for (from, to) in [(0, 1), (1, 2), (2, 1), (1, 0)] {
            let news = missing(&docs[from], &docs[to]);
            take(&mut docs[to], &news);
        }
        prop_assert_eq!(docs[0].read(), docs[1].read());
        prop_assert_eq!(docs[1].read(), docs[2].read());
        prop_assert!(made.iter().all(|change| docs[0].has(&change.hash)), "nothing is lost");

        // The log alone makes the same record again, through B in causal order.
        let log = docs[0].changes();
        ledger(&docs[0]);
        let mut known = Ledger::default();
        for change in &log {
            prop_assert_eq!(weigh(&known, &change.bytes, &Sender::Relay), Ok(false));
            known.add(&gate::check_bytes(&change.bytes).expect("good"), change.bytes.len());
        }
        let (again, verdicts) = offer(None, log.iter().map(|change| change.bytes.as_slice()));
        prop_assert!(verdicts.iter().all(Result::is_ok));
        prop_assert_eq!(again.expect("a document").read(), docs[0].read());

        // History's last word on every key is what that change showed.
        let history = docs[0].history();
        prop_assert_eq!(history.len(), log.len());
        for step in &history {
            let then = docs[0].read_at(&[step.change]).expect("known");
            for (key, _, written) in &step.keys {
                let shown = then.content(key).cloned().unwrap_or(Content::Scalar(Scalar::Null));
                prop_assert_eq!(&shown, written);
            }
        }
    }
}
