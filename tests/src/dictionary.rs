//! Samples from which the compression dictionary is trained: real changes of invented records.
//!
//! `farley_core::sync::dictionary::train(&samples(1, 4_000))` (feature `train`) gives the file
//! `core/src/sync/dictionary.bin`. A new one needs a new id; the old one stays readable.

use farley_core::document::{Change, Document};
use farley_core::record::{DeviceId, RecordId, Scalar, Timestamp, Write};
use farley_core::sync::{Message, Push};
use rand::seq::IndexedRandom;
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Kinds, their texts, and registers with some values each.
const KINDS: &[(&str, &[&str], &[(&str, &[&str])])] = &[
    (
        "contact",
        &["notes"],
        &[
            ("family_name", &["Müller", "Schmidt", "Huber", "Wagner", "Brandt", "Bauer"]),
            ("given_name", &["Anna", "Ben", "Lea", "Thomas", "Sabine", "Jürgen"]),
            ("title", &["Dr.", "Prof.", "Ing."]),
            ("job_title", &["Geschäftsführer", "Einkauf", "Technik", "Buyer", "Owner"]),
            ("phones/a1b2c3d4/number", &["+491715551234", "+43664555123", "+41795551234"]),
            ("phones/a1b2c3d4/label", &["mobile", "work", "private"]),
            ("emails/e1f2a3b4/address", &["info@example.de", "buero@example.at"]),
            (
                "address",
                &[
                    "{\"street\":\"Hauptstraße 1\",\"postal_code\":\"80331\",\"city\":\"München\",\"country\":\"DE\"}",
                ],
            ),
            ("birthday", &["1980-05-04", "1975-11-23"]),
            ("tags/vip", &["vip"]),
        ],
    ),
    (
        "company",
        &["notes"],
        &[
            ("name", &["Müller GmbH", "Huber & Söhne KG", "Brandt AG", "Smith Ltd"]),
            ("industry", &["Heizung", "Sanitär", "Elektro", "Construction"]),
            ("website", &["https://www.example.de/", "https://example.com/"]),
            (
                "address",
                &[
                    "{\"street\":\"Ringstraße 12\",\"postal_code\":\"1010\",\"city\":\"Wien\",\"country\":\"AT\"}",
                ],
            ),
        ],
    ),
    (
        "visit",
        &["report"],
        &[
            ("subject", &["Wartung", "Angebot besprochen", "Erstgespräch", "Service"]),
            (
                "period",
                &["{\"start\":\"2026-05-04T09:00\",\"end\":\"2026-05-04T10:00\",\"zone\":\"Europe/Berlin\"}"],
            ),
            ("status", &["planned", "done", "cancelled"]),
            ("outcome", &["order", "follow_up", "none"]),
        ],
    ),
    (
        "task",
        &["description"],
        &[
            ("subject", &["Rückruf", "Angebot schicken", "Call back", "Termin vereinbaren"]),
            ("due", &["2026-06-01", "2026-07-15"]),
            ("status", &["open", "done"]),
            ("priority", &["high", "normal", "low"]),
        ],
    ),
    ("note", &["body"], &[("subject", &["Notiz", "Telefonat", "Note"]), ("pinned", &["true"])]),
];
const WORDS: &[&str] = &[
    "Kunde",
    "wünscht",
    "Rückruf",
    "am",
    "Montag",
    "Wärmepumpe",
    "Wartung",
    "Angebot",
    "über",
    "die",
    "und",
    "customer",
    "asked",
    "for",
    "the",
    "offer",
    "next",
    "week",
    "Termin",
    "mit",
    "Heizung",
    "nicht",
    "bitte",
];

/// `count` pushes of one to ten changes each, the same for the same seed.
pub fn samples(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count as u32)
        .map(|batch| {
            let changes = rng.random_range(1..=10);
            let mut entries = Vec::new();
            while entries.len() < changes {
                entries.extend(record(&mut rng).into_iter().map(|(id, change)| (id, change.bytes)));
            }
            entries.truncate(changes);
            Message::Push(Push { batch, entries }).encode()
        })
        .collect()
}

/// A record and some edits of it: all its changes, or only the later ones.
fn record(rng: &mut ChaCha8Rng) -> Vec<(RecordId, Change)> {
    let now = Timestamp::from_millis(1_780_000_000_000 + i64::from(rng.next_u32()));
    let (id, actor) = (RecordId::new(now, rng), DeviceId::random(rng));
    let Some((kind, texts, fields)) = KINDS.choose(rng) else { return Vec::new() };
    let put = |rng: &mut ChaCha8Rng| {
        let (key, values) = fields.choose(rng)?;
        let value = Scalar::Str((*values.choose(rng)?).to_owned());
        Some(Write::Put { key: (*key).to_owned(), value })
    };
    let mut first: Vec<Write> = (0..4).filter_map(|_| put(rng)).collect();
    first.sort_by(|one, other| one.key().cmp(other.key()));
    first.dedup_by(|one, other| one.key() == other.key());
    let keys: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let Ok((mut document, mut changes)) = Document::create(id, kind, 1, &keys, &first, actor, now) else {
        return Vec::new();
    };
    if rng.random_bool(0.7) {
        changes.clear();
    }
    for at in 1..rng.random_range(2..5) {
        let write = if rng.random_bool(0.3) {
            let words: Vec<&str> =
                (0..rng.random_range(3..20)).filter_map(|_| WORDS.choose(rng).copied()).collect();
            texts.choose(rng).map(|key| Write::Text { key: (*key).to_owned(), text: words.join(" ") })
        } else {
            put(rng)
        };
        let author = if rng.random_bool(0.5) { actor } else { DeviceId::random(rng) };
        let edit = document.edit(write.as_slice(), &[], None, author, now.plus_millis(at * 60_000));
        changes.extend(edit.unwrap_or_default());
    }
    changes.into_iter().map(|change| (id, change)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use farley_core::record::{Epoch, Nonce};
    use farley_core::sync::{PROTOCOL, Welcome, Wire, dictionary};

    fn frames(dictionary: Option<u32>) -> usize {
        let mut wire = Wire::new();
        let welcome = Welcome {
            protocol: PROTOCOL,
            epoch: Epoch([1; 16]),
            head: 0,
            nonce: Nonce([1; 16]),
            ticket: [1; 32],
            now: Timestamp::from_millis(0),
            dictionary,
            lineage: Vec::new(),
            recovery: false,
            left_records: 0,
            left_bytes: 0,
        };
        wire.encode(&Message::Welcome(welcome)).expect("fits");
        let messages = samples(99, 60).into_iter().filter_map(|bytes| Message::decode(&bytes).ok().flatten());
        messages.map(|message| wire.encode(&message).expect("fits").len()).sum()
    }

    #[test]
    fn the_dictionary_that_ships_saves_a_fifth_of_short_pushes_it_has_not_seen() {
        let (with, without) = (frames(Some(dictionary::ID)), frames(None));
        assert!(with * 5 < without * 4, "{with} bytes with, {without} without");
    }

    #[cfg(feature = "train")]
    #[test]
    fn training_again_gives_a_dictionary_of_the_right_size() {
        let trained = dictionary::train(&samples(1, 4_000)).expect("enough samples");
        assert!(trained.len() <= dictionary::SIZE);
        if let Some(path) = std::env::var_os("FARLEY_DICTIONARY") {
            std::fs::write(path, &trained).expect("written");
        }
        assert_eq!(dictionary::id(&trained), dictionary::ID, "retrained: the shipped file is another");
    }
}
