use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::record::{ChangeHash, DeviceId, PersonId, WorkspaceId};

fn ids() -> impl Strategy<Value = [u8; 16]> {
    any::<[u8; 16]>()
}

fn times() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp::from_millis)
}

fn seqs() -> impl Strategy<Value = Seq> {
    0..MAX_SEQ
}

fn received() -> impl Strategy<Value = Received> {
    (seqs(), times()).prop_map(|(seq, at)| Received { seq, at })
}

fn hashes(most: usize) -> impl Strategy<Value = Vec<ChangeHash>> {
    vec(any::<[u8; 32]>().prop_map(ChangeHash), 0..=most)
}

fn starts() -> impl Strategy<Value = Vec<EpochStart>> {
    vec((ids(), seqs()).prop_map(|(epoch, first)| EpochStart { epoch: Epoch(epoch), first }), 0..=MAX_LINEAGE)
}

fn entries(whole_only: bool) -> impl Strategy<Value = Vec<Entry>> {
    let form = if whole_only { 1_u8..3 } else { 0_u8..3 };
    let entry = (ids(), form, vec(any::<u8>(), 0..40), received(), vec(received(), 1..4), hashes(3))
        .prop_map(|(record, form, bytes, received, history, heads)| {
            let whole = form != 0;
            // On the wire a whole record's own seq is that of its newest change.
            let newest = history.iter().copied().max_by_key(|received| received.seq).unwrap_or(received);
            Entry {
                record: RecordId(record),
                form: [Form::Change, Form::Changes, Form::Document][usize::from(form)],
                bytes,
                received: if whole { newest } else { received },
                history: if whole { history } else { vec![] },
                heads: if form == 2 { heads } else { vec![] },
            }
        });
    vec(entry, 0..12)
}

fn bytes64() -> impl Strategy<Value = [u8; 64]> {
    vec(any::<u8>(), 64).prop_map(|bytes| bytes.try_into().expect("64"))
}

fn messages() -> BoxedStrategy<Message> {
    let b32 = any::<[u8; 32]>;
    prop_oneof![
        (b32(), vec(any::<u16>(), 0..4), times(), proptest::option::of(bytes64())).prop_map(
            |(challenge, protocols, now, proof)| {
                let next = proof.map(|proof| {
                    let mut next = [1; 96];
                    next[..64].copy_from_slice(&proof);
                    next
                });
                Message::Challenge(Challenge { challenge, protocols, now, proof, next })
            }
        ),
        (ids(), bytes64(), any::<bool>(), ids()).prop_map(|(device, signature, bound, attempt)| {
            Message::Proof(Proof { device: DeviceId(device), signature, bound, attempt })
        }),
        (ids(), ids(), b32(), ".{0,40}", "[a-z]{0,9}", bytes64()).prop_map(
            |(token, device, public_key, name, platform, signature)| {
                let device = DeviceId(device);
                Message::Enrol(Enrol { token, device, public_key, name, platform, signature })
            }
        ),
        (ids(), ".{0,40}", ids()).prop_map(|(person, workspace_name, nonce)| {
            Message::Enrolled(Enrolled { person: PersonId(person), workspace_name, nonce: Nonce(nonce) })
        }),
        (ids(), times(), bytes64()).prop_map(|(device, at, signature)| {
            Message::Wiped(Wiped { device: DeviceId(device), at, signature })
        }),
        (
            (any::<u16>(), ids(), ids(), proptest::option::of(ids()), seqs(), any::<[u8; 8]>()),
            (proptest::option::of(ids()), starts(), any::<u32>(), times(), vec(any::<u32>(), 0..5)),
            (".{0,32}", any::<u32>()),
        )
            .prop_map(
                |((protocol, workspace, device, epoch, cursor, stamp), rest, (app, schema))| {
                    let (nonce, lineage, outbox, clock, dictionaries) = rest;
                    Message::Hello(Hello {
                        protocol,
                        workspace: WorkspaceId(workspace),
                        device: DeviceId(device),
                        epoch: epoch.map(Epoch),
                        cursor,
                        low: cursor / 2,
                        stamp: Stamp(stamp),
                        nonce: nonce.map(Nonce),
                        lineage,
                        outbox,
                        clock,
                        dictionaries,
                        app,
                        schema,
                    })
                }
            ),
        (any::<u32>(), vec((ids().prop_map(RecordId), vec(any::<u8>(), 0..50)), 1..20))
            .prop_map(|(batch, entries)| Message::Push(Push { batch, entries })),
        seqs().prop_map(|cursor| Message::Pulled(Pulled { cursor, low: cursor / 3 })),
        (vec(ids().prop_map(RecordId), 0..=MAX_WANT_RECORDS), 0..4_u8).prop_map(|(records, form)| {
            let form = [None, Some(Form::Change), Some(Form::Changes), Some(Form::Document)][form as usize];
            Message::Want(Want::Records(records, form))
        }),
        hashes(20).prop_map(|hashes| Message::Want(Want::Hashes(hashes, None))),
        (ids(), times(), bytes64())
            .prop_map(|(order, at, signature)| { Message::Forgotten(Forgotten { order, at, signature }) }),
        vec(any::<u8>(), 0..300).prop_map(|payload| Message::Compare(Compare { payload })),
        (1_u16..13, any::<Option<u64>>(), any::<Option<Vec<u8>>>()).prop_map(|(reason, after_ms, order)| {
            Message::Bye(Bye { reason: ByeReason::from_number(reason), after_ms, order })
        }),
        ((ids(), seqs(), ids(), b32(), times()), any::<Option<u32>>(), starts(), any::<(bool, u32, u64)>())
            .prop_map(|((epoch, head, nonce, ticket, now), dictionary, lineage, last)| {
                let (recovery, left_records, left_bytes) = last;
                Message::Welcome(Welcome {
                    protocol: PROTOCOL,
                    epoch: Epoch(epoch),
                    head,
                    nonce: Nonce(nonce),
                    ticket,
                    now,
                    dictionary,
                    lineage,
                    recovery,
                    left_records,
                    left_bytes,
                })
            }),
        (any::<u32>(), vec((0_u32..250, 1_u32..250, 1..MAX_SEQ - 1_000), 0..20))
            .prop_map(|(batch, runs)| Message::Accepted(Accepted { batch, runs })),
        (any::<u32>(), vec((any::<u32>(), any::<u8>(), hashes(MAX_MISSING)), 0..20))
            .prop_map(|(batch, refused)| Message::Rejected(Rejected { batch, refused })),
        (seqs(), any::<[u8; 8]>(), entries(false), any::<bool>()).prop_map(
            |(cursor, stamp, entries, more)| {
                Message::Entries(Page { cursor, stamp: Stamp(stamp), entries, more })
            }
        ),
        (proptest::option::of(seqs()), entries(true), any::<u32>(), any::<u64>()).prop_map(
            |(low, entries, left_records, left_bytes)| {
                Message::Snapshots(FillPage { low, entries, left_records, left_bytes })
            }
        ),
        (seqs(), any::<[u8; 8]>(), ids(), vec(ids().prop_map(RecordId), 0..9), any::<u8>()).prop_map(
            |(cursor, stamp, order, records, reason)| {
                Message::Forget(Forget { cursor, stamp: Stamp(stamp), order, records, reason })
            }
        ),
        any::<u64>().prop_map(|after_ms| Message::Restarting(Restarting { after_ms })),
        (b32(), b32(), any::<u64>(), "[a-z/]{0,20}").prop_map(|(ticket, hash, size, media_type)| {
            Message::BlobPut(BlobPut { ticket, hash, size, media_type })
        }),
        any::<u64>().prop_map(|received| Message::BlobHave(BlobHave { received })),
        (b32(), b32(), any::<u64>()).prop_map(|(ticket, hash, offset)| Message::BlobGet(BlobGet {
            ticket,
            hash,
            offset
        })),
        b32().prop_map(|hash| Message::BlobEnd(BlobEnd { hash })),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_message_reads_back_what_was_written(message in messages()) {
        prop_assert_eq!(Message::decode(&message.encode()), Ok(Some(message)));
    }

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..400)) {
        let _ = Message::decode(&bytes);
        let mut bytes = bytes;
        bytes.splice(0..0, [0x82, 0x18, 35, 0xab]);
        let _ = Message::decode(&bytes);
    }

    #[test]
    fn what_is_read_from_mutated_bytes_has_exactly_one_spelling(
        message in messages(),
        flips in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = message.encode();
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(Some(read)) = Message::decode(&bytes) {
            let again = read.encode();
            prop_assert_eq!(Message::decode(&again), Ok(Some(read)));
        }
    }

    #[test]
    fn mutated_frames_never_panic(
        message in messages(),
        flips in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        chunk in 1_usize..50,
    ) {
        let (mut sender, mut receiver) = (Wire::new(), Wire::new());
        let greeting = sender.encode(&Message::Welcome(welcome())).expect("fits");
        let mut bytes = sender.encode(&message).expect("fits");
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let mut got = Vec::new();
        receiver.decode(&greeting, &mut got).expect("valid");
        for part in bytes.chunks(chunk) {
            let _ = receiver.decode(part, &mut got);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The format of protocol 1. A change here is a new protocol, not a new expectation.
#[test]
fn bytes_on_the_wire_are_those_of_protocol_1() {
    let golden = include_str!("golden.txt");
    let mut expected = golden.lines().filter(|line| !line.starts_with('#'));
    for message in golden_messages() {
        let line = format!("{} {}", message.name(), hex(&message.encode()));
        assert_eq!(expected.next(), Some(line.as_str()), "{}", message.name());
    }
    assert_eq!(expected.next(), None);
}

fn golden_messages() -> Vec<Message> {
    let record = |byte| RecordId([byte; 16]);
    let change = Entry {
        record: record(1),
        form: Form::Change,
        bytes: vec![0xaa; 3],
        received: Received { seq: 300, at: at(0) },
        history: vec![],
        heads: vec![],
    };
    let whole = Entry {
        record: record(2),
        form: Form::Document,
        bytes: vec![0xbb; 2],
        received: Received { seq: 301, at: at(5) },
        history: vec![Received { seq: 7, at: at(-5) }, Received { seq: 301, at: at(5) }],
        heads: vec![ChangeHash([6; 32])],
    };
    vec![
        Message::Challenge(Challenge {
            challenge: [1; 32],
            protocols: vec![1],
            now: at(0),
            proof: None,
            next: None,
        }),
        Message::Proof(Proof {
            device: DeviceId([2; 16]),
            signature: [3; 64],
            bound: true,
            attempt: [4; 16],
        }),
        Message::Hello(Hello {
            protocol: 1,
            workspace: WorkspaceId([1; 16]),
            device: DeviceId([2; 16]),
            epoch: None,
            cursor: 0,
            low: 0,
            stamp: Stamp([0; 8]),
            nonce: Some(Nonce([5; 16])),
            lineage: vec![EpochStart { epoch: Epoch([7; 16]), first: 1 }],
            outbox: 24,
            clock: at(-1),
            dictionaries: vec![1],
            app: "Farley".to_owned(),
            schema: 1,
        }),
        Message::Push(Push { batch: 1, entries: vec![(record(1), vec![0xcc; 4]), (record(2), vec![0xdd])] }),
        Message::Pulled(Pulled { cursor: 70_000, low: 0 }),
        Message::Want(Want::Records(vec![record(1)], Some(Form::Changes))),
        Message::Bye(Bye { reason: ByeReason::SlowDown, after_ms: Some(60_000), order: None }),
        Message::Welcome(Welcome { dictionary: None, ..welcome() }),
        Message::Accepted(Accepted { batch: 1, runs: vec![(0, 2, 300)] }),
        Message::Rejected(Rejected {
            batch: 1,
            refused: vec![(0, 5, vec![ChangeHash([6; 32])]), (1, 7, vec![])],
        }),
        Message::Entries(Page {
            cursor: 301,
            stamp: Stamp([8; 8]),
            entries: vec![change, whole.clone()],
            more: true,
        }),
        Message::Snapshots(FillPage { low: None, entries: vec![whole], left_records: 3, left_bytes: 999 }),
        Message::Forget(Forget {
            cursor: 302,
            stamp: Stamp([8; 8]),
            order: [9; 16],
            records: vec![record(1)],
            reason: 1,
        }),
        Message::Restarting(Restarting { after_ms: 2_000 }),
    ]
}

#[test]
fn limits_hold_at_the_limit_and_break_one_above() {
    let read = |message: Message| Message::decode(&message.encode()).map(|_| ());
    let push = |count: usize, size: usize| {
        Message::Push(Push { batch: 1, entries: vec![(RecordId([1; 16]), vec![0; size]); count] })
    };
    assert!(read(push(MAX_PUSH_ENTRIES, 1)).is_ok());
    assert!(read(push(MAX_PUSH_ENTRIES + 1, 1)).is_err());
    assert!(read(push(1, MAX_PUSH_BYTES)).is_ok());
    assert!(read(push(1, MAX_PUSH_BYTES + 1)).is_err());
    assert!(read(push(0, 0)).is_err());
    let want = |count| Message::Want(Want::Records(vec![RecordId([1; 16]); count], None));
    assert!(read(want(MAX_WANT_RECORDS)).is_ok());
    assert!(read(want(MAX_WANT_RECORDS + 1)).is_err());
    assert!(read(sample_page(MAX_PAGE_ENTRIES as u64)).is_ok());
    assert!(read(sample_page(MAX_PAGE_ENTRIES as u64 + 1)).is_err());
    let missing = |count| {
        Message::Rejected(Rejected { batch: 1, refused: vec![(0, 5, vec![ChangeHash([1; 32]); count])] })
    };
    assert!(read(missing(MAX_MISSING)).is_ok());
    assert!(read(missing(MAX_MISSING + 1)).is_err());
    let start = EpochStart { epoch: Epoch([1; 16]), first: 1 };
    let lineage = |count| Message::Welcome(Welcome { lineage: vec![start; count], ..welcome() });
    assert!(read(lineage(MAX_LINEAGE)).is_ok());
    assert!(read(lineage(MAX_LINEAGE + 1)).is_err());
    let head = |head| Message::Welcome(Welcome { head, ..welcome() });
    assert!(read(head(MAX_SEQ - 1)).is_ok());
    assert!(read(head(MAX_SEQ)).is_err());
}
