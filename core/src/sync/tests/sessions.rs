use super::*;
use crate::record::{ChangeHash, DeviceId, WorkspaceId};

const DEVICE: DeviceId = DeviceId([2; 16]);
const WORKSPACE: WorkspaceId = WorkspaceId([1; 16]);
const EPOCH: Epoch = Epoch([7; 16]);
const KEY: [u8; 32] = [8; 32];

fn lineage() -> Vec<EpochStart> {
    vec![EpochStart { epoch: EPOCH, first: 1 }]
}

fn device_facts(cursor: Seq, outbox: u32) -> DeviceFacts {
    DeviceFacts {
        workspace: WORKSPACE,
        device: DEVICE,
        epoch: Some(EPOCH),
        cursor,
        low: 0,
        stamp: Stamp([5; 8]),
        nonce: Some(Nonce([3; 16])),
        lineage: lineage(),
        outbox,
    }
}

fn relay_facts(head: Seq) -> RelayFacts {
    RelayFacts {
        workspace: WORKSPACE,
        epoch: EPOCH,
        head,
        lineage: lineage(),
        recovery: false,
        stamp_at_cursor: Some(Stamp([5; 8])),
        left_records: 0,
        left_bytes: 0,
    }
}

fn nonces() -> NonceState {
    NonceState { nonce: Some(Nonce([3; 16])), ..NonceState::default() }
}

fn relay() -> RelaySession {
    let options = RelayOptions {
        device: DEVICE,
        workspace: WORKSPACE,
        attempt: [6; 16],
        registry_key: KEY,
        ticket: [9; 32],
    };
    RelaySession::new(options, at(0))
}

fn hello(facts: DeviceFacts) -> Message {
    match DeviceSession::new(facts, "Farley 0.1 Android", 1, at(0)).poll_effect() {
        Some(DeviceEffect::Send(message)) => message,
        other => panic!("{other:?}"),
    }
}

fn drain(session: &mut RelaySession) -> Vec<RelayEffect> {
    std::iter::from_fn(|| session.poll_effect()).collect()
}

fn drain_device(session: &mut DeviceSession) -> Vec<DeviceEffect> {
    std::iter::from_fn(|| session.poll_effect()).collect()
}

/// A relay session that has said `Welcome`.
fn serving(head: Seq, cursor: Seq) -> RelaySession {
    let mut session = relay();
    session.handle_message(hello(device_facts(cursor, 0)), at(0));
    assert_eq!(drain(&mut session), [RelayEffect::LoadFacts { cursor }]);
    session.handle_facts(relay_facts(head), nonces(), at(0));
    assert!(matches!(session.poll_effect(), Some(RelayEffect::Send(Message::Welcome(_)))));
    session
}

/// A device session that has heard `Welcome`.
fn following(facts: DeviceFacts, head: Seq) -> DeviceSession {
    let mut session = DeviceSession::new(facts, "Farley", 1, at(0));
    drain_device(&mut session);
    session.handle_message(
        Message::Welcome(Welcome { epoch: EPOCH, head, lineage: lineage(), ..welcome() }),
        at(10),
    );
    session
}

fn ended(effects: &[RelayEffect], reason: ByeReason) -> bool {
    let bye =
        |effect: &RelayEffect| matches!(effect, RelayEffect::Send(Message::Bye(bye)) if bye.reason == reason);
    effects.iter().any(bye) && matches!(effects.last(), Some(RelayEffect::Close { .. }))
}

fn push(entries: usize) -> Message {
    Message::Push(Push { batch: 1, entries: vec![(RecordId([1; 16]), vec![1]); entries] })
}

#[test]
fn an_idle_reconnect_is_one_round_trip_of_at_most_512_bytes_and_writes_nothing() {
    let challenge = Challenge {
        challenge: [1; 32],
        protocols: vec![PROTOCOL],
        now: at(0),
        proof: Some([2; 64]),
        next: None,
    };
    let proof = Proof { device: DEVICE, signature: [3; 64], bound: true, attempt: [6; 16] };
    let (mut device_wire, mut relay_wire) = (Wire::new(), Wire::new());
    let mut down = relay_wire.encode(&Message::Challenge(challenge)).expect("fits");
    let mut up = device_wire.encode(&Message::Proof(proof)).expect("fits");

    let mut device = DeviceSession::new(device_facts(1_234_567, 0), "Farley 0.1 Android", 1, at(0));
    let mut relay = relay();
    let Some(DeviceEffect::Send(hello)) = device.poll_effect() else { panic!("Hello comes first") };
    up.extend(device_wire.encode(&hello).expect("fits"));
    relay.handle_message(hello, at(0));
    assert_eq!(drain(&mut relay), [RelayEffect::LoadFacts { cursor: 1_234_567 }]);
    relay.handle_facts(relay_facts(1_234_567), nonces(), at(0));
    let effects = drain(&mut relay);
    let [RelayEffect::Send(welcome)] = effects.as_slice() else { panic!("{effects:?}") };
    down.extend(relay_wire.encode(welcome).expect("fits"));
    device.handle_message(welcome.clone(), at(40));
    let effects = drain_device(&mut device);
    let [DeviceEffect::Report(progress)] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(progress.settled && progress.round_trips == 1);
    assert!(relay.is_settled());
    assert!(up.len() <= 512 && down.len() <= 512, "{} up, {} down", up.len(), down.len());
    assert_eq!((device.poll_timeout(), relay.poll_timeout()), (None, None), "nothing wakes an idle pair");
}

#[test]
fn the_first_push_follows_hello_without_waiting() {
    let mut device = DeviceSession::new(device_facts(0, 1), "Farley", 1, at(0));
    let effects = drain_device(&mut device);
    assert!(matches!(effects[..], [DeviceEffect::Send(Message::Hello(_)), DeviceEffect::LoadOutbox { .. }]));
    let change =
        |size| Outgoing { record: RecordId([1; 16]), hash: ChangeHash([4; 32]), bytes: vec![1; size] };
    device.handle_outbox(vec![change(100)], at(0));
    assert!(matches!(device.poll_effect(), Some(DeviceEffect::Send(Message::Push(_)))));

    let mut device = DeviceSession::new(device_facts(0, 1), "Farley", 1, at(0));
    drain_device(&mut device);
    device.handle_outbox(vec![change(5_000)], at(0));
    assert_eq!(device.poll_effect(), None, "too long for a frame before Welcome");
    device.handle_message(Message::Welcome(Welcome { epoch: EPOCH, head: 0, ..welcome() }), at(10));
    assert!(matches!(device.poll_effect(), Some(DeviceEffect::Send(Message::Push(_)))));
}

#[test]
fn nothing_is_marked_before_the_relay_accepted_and_nothing_pulled_before_the_commit() {
    let mut device = following(device_facts(5, 0), 5);
    drain_device(&mut device);
    device.handle_local_change(at(20));
    assert!(matches!(device.poll_effect(), Some(DeviceEffect::LoadOutbox { .. })));
    let change = Outgoing { record: RecordId([1; 16]), hash: ChangeHash([4; 32]), bytes: vec![1] };
    device.handle_outbox(vec![change], at(20));
    let effects = drain_device(&mut device);
    assert!(matches!(effects[..], [DeviceEffect::Send(Message::Push(_)), DeviceEffect::Report(_)]));
    device.handle_message(Message::Accepted(Accepted { batch: 1, runs: vec![(0, 1, 6)] }), at(30));
    let Some(DeviceEffect::MarkAccepted { effect, accepted, nonce }) = device.poll_effect() else { panic!() };
    assert_eq!((accepted, nonce), (vec![(ChangeHash([4; 32]), 6)], Some(welcome().nonce)));
    assert_eq!(device.poll_effect(), None, "the next effect waits for the commit");
    device.handle_committed(effect, at(40));
    let Some(DeviceEffect::LoadOutbox { .. }) = device.poll_effect() else { panic!() };
    device.handle_outbox(vec![], at(40));

    device.handle_message(Message::Entries(Page { cursor: 6, ..Page::default() }), at(50));
    let Some(DeviceEffect::Apply { effect, nonce, .. }) = device.poll_effect() else { panic!() };
    assert_eq!((nonce, device.poll_effect()), (None, None), "the nonce was written once");
    device.handle_applied(effect, vec![], at(60));
    assert_eq!(device.poll_effect(), Some(DeviceEffect::Send(Message::Pulled(Pulled { cursor: 6, low: 0 }))));
    assert!(device.is_settled());
}

#[test]
fn a_failed_commit_acknowledges_nothing_and_ends_the_session() {
    let mut device = following(device_facts(5, 0), 9);
    drain_device(&mut device);
    device.handle_message(Message::Entries(Page { cursor: 9, ..Page::default() }), at(50));
    let Some(DeviceEffect::Apply { effect, .. }) = device.poll_effect() else { panic!() };
    device.handle_failed(effect);
    let effects = drain_device(&mut device);
    assert!(matches!(effects[..], [DeviceEffect::Send(Message::Bye(_)), DeviceEffect::Close { .. }]));
    assert_eq!(device.progress().cursor, 5);
}

#[test]
fn what_is_asked_for_becomes_one_want_and_only_once() {
    let mut device = following(device_facts(5, 0), 7);
    drain_device(&mut device);
    let wish = vec![(RecordId([1; 16]), Form::Changes), (RecordId([2; 16]), Form::Changes)];
    for cursor in [6, 7] {
        device.handle_message(Message::Entries(Page { cursor, ..Page::default() }), at(50));
        let Some(DeviceEffect::Apply { effect, .. }) = device.poll_effect() else { panic!() };
        device.handle_applied(effect, wish.clone(), at(60));
        let wants = drain_device(&mut device).into_iter().filter(|effect| {
            *effect
                == DeviceEffect::Send(Message::Want(Want::Records(
                    vec![RecordId([1; 16]), RecordId([2; 16])],
                    Some(Form::Changes),
                )))
        });
        assert_eq!(wants.count(), if cursor == 6 { 1 } else { 0 });
    }
    assert!(!device.is_settled(), "the answer is still to come");
    device.handle_message(Message::Snapshots(FillPage::default()), at(70));
    let Some(DeviceEffect::Fill { effect, .. }) = device.poll_effect() else { panic!() };
    device.handle_committed(effect, at(80));
    drain_device(&mut device);
    assert!(device.is_settled());
}

#[test]
fn work_that_does_not_move_for_a_minute_ends_the_session_and_idleness_does_not() {
    let mut device = following(device_facts(5, 0), 9);
    drain_device(&mut device);
    let deadline = device.poll_timeout().expect("cursor < head");
    assert_eq!(deadline.since(at(10)), STALLED_MS);
    device.handle_timeout(deadline.plus_millis(-1));
    assert!(!device.is_closed());
    device.handle_timeout(deadline);
    assert!(device.is_closed());
    assert_eq!(following(device_facts(9, 0), 9).poll_timeout(), None);
}

#[test]
fn a_head_below_the_cursor_or_another_stamp_is_a_timeline_and_changes_nothing() {
    let mut device = following(device_facts(5, 0), 4);
    let effects = drain_device(&mut device);
    assert!(matches!(
        effects[..],
        [DeviceEffect::Send(Message::Bye(_)), DeviceEffect::Close { reason: ByeReason::Timeline, .. }]
    ));
    for facts in [
        RelayFacts { stamp_at_cursor: Some(Stamp([6; 8])), ..relay_facts(9) },
        RelayFacts { stamp_at_cursor: None, ..relay_facts(4) },
    ] {
        let mut session = relay();
        session.handle_message(hello(device_facts(5, 0)), at(0));
        drain(&mut session);
        session.handle_facts(facts, nonces(), at(0));
        assert!(ended(&drain(&mut session), ByeReason::Timeline));
    }
}

#[test]
fn a_copy_is_told_and_late_bytes_are_closed_without_a_word() {
    let other = |attempt| NonceState { nonce: Some(Nonce([4; 16])), attempt, ..NonceState::default() };
    let mut session = relay();
    session.handle_message(hello(device_facts(5, 0)), at(0));
    session.handle_message(push(1), at(0));
    drain(&mut session);
    session.handle_facts(relay_facts(9), other(None), at(0));
    assert!(ended(&drain(&mut session), ByeReason::Cloned), "and the push was not taken");
    let mut session = relay();
    session.handle_message(hello(device_facts(5, 0)), at(0));
    drain(&mut session);
    session.handle_facts(relay_facts(9), other(Some([6; 16])), at(0));
    assert_eq!(drain(&mut session), [RelayEffect::Close { reason: ByeReason::Stalled, after_ms: None }]);
}

#[test]
fn at_most_two_pages_are_on_the_way_and_the_nonce_is_stored_before_the_first() {
    let mut session = serving(100, 0);
    for cursor in [10, 20] {
        let effects = drain(&mut session);
        assert!(matches!(effects.last(), Some(RelayEffect::LoadAfter { .. })), "{effects:?}");
        session.handle_page(Page { cursor, more: true, ..Page::default() });
    }
    let effects = drain(&mut session);
    assert_eq!(effects.len(), 1, "{effects:?}");
    session.handle_message(Message::Pulled(Pulled { cursor: 10, low: 0 }), at(5));
    let effects = drain(&mut session);
    assert!(matches!(
        effects[..],
        [RelayEffect::Seen { cursor: 10, .. }, RelayEffect::LoadAfter { cursor: 20, .. }]
    ));

    let mut session = serving(100, 0);
    drain(&mut session);
    session.handle_page(Page { cursor: 10, ..Page::default() });
    assert!(matches!(session.poll_effect(), Some(RelayEffect::NonceUsed(_))));
    assert!(matches!(session.poll_effect(), Some(RelayEffect::Send(Message::Entries(_)))));
}

#[test]
fn verdicts_come_back_as_runs_and_refusals_that_name_every_index_once() {
    let mut session = serving(5, 5);
    session.handle_message(push(4), at(0));
    let effects = drain(&mut session);
    assert!(matches!(effects[..], [RelayEffect::NonceUsed(_), RelayEffect::Ingest { batch: 1, .. }]));
    let refused = Verdict::Refused { reason: 5, missing: vec![ChangeHash([1; 32]); 20] };
    session.handle_ingested(
        1,
        &[Verdict::Accepted(6), Verdict::Accepted(7), refused, Verdict::Accepted(3)],
        at(1),
    );
    let effects = drain(&mut session);
    let accepted = Message::Accepted(Accepted { batch: 1, runs: vec![(0, 2, 6), (3, 1, 3)] });
    let missing = vec![ChangeHash([1; 32]); MAX_MISSING];
    let rejected = Message::Rejected(Rejected { batch: 1, refused: vec![(2, 5, missing)] });
    assert_eq!(effects[..2], [RelayEffect::Send(accepted), RelayEffect::Send(rejected)]);
}

#[test]
fn misuse_ends_with_malformed_and_storms_with_slow_down() {
    let misuse: [&dyn Fn(&mut RelaySession); 4] = [
        &|session| (0..2).for_each(|_| session.handle_message(push(1), at(0))),
        &|session| session.handle_message(Message::Pulled(Pulled { cursor: 1, low: 0 }), at(0)),
        &|session| session.handle_message(hello(device_facts(0, 0)), at(0)),
        &|session| session.handle_wire_error(&WireError::Malformed("test")),
    ];
    for misuse in misuse {
        let mut session = serving(5, 5);
        misuse(&mut session);
        assert!(ended(&drain(&mut session), ByeReason::Malformed));
    }
    let mut session = serving(5, 5);
    let want = || Message::Want(Want::Records(vec![RecordId([1; 16]); MAX_WANT_RECORDS], None));
    session.handle_message(want(), at(0));
    assert!(!session.is_closed());
    session.handle_message(want(), at(0));
    assert!(ended(&drain(&mut session), ByeReason::SlowDown));
}

#[test]
fn the_61st_push_of_a_minute_waits_for_its_turn() {
    let mut session = serving(5, 5);
    for batch in 0..PUSHES_PER_MINUTE {
        session.handle_message(push(1), at(0));
        let taken = drain(&mut session).iter().any(|effect| matches!(effect, RelayEffect::Ingest { .. }));
        assert!(taken, "push {batch}");
        session.handle_ingested(1, &[Verdict::Accepted(5)], at(0));
    }
    drain(&mut session);
    session.handle_message(push(1), at(0));
    assert_eq!(drain(&mut session), []);
    let turn = session.poll_timeout().expect("a turn");
    assert_eq!(turn.since(at(0)), 1_000);
    session.handle_timeout(turn);
    assert!(matches!(drain(&mut session)[..], [RelayEffect::Ingest { .. }]));
}

#[test]
fn revocation_drops_what_was_queued() {
    let mut session = serving(5, 5);
    session.handle_message(push(1), at(0));
    session.handle_revoked(ByeReason::Revoked, None);
    let effects = drain(&mut session);
    assert_eq!(effects.len(), 2);
    assert!(ended(&effects, ByeReason::Revoked));
    session.handle_message(push(1), at(0));
    assert_eq!(drain(&mut session), []);
}

#[test]
fn a_device_that_does_not_read_for_half_a_minute_is_dropped() {
    let mut session = serving(5, 5);
    session.handle_write_blocked(at(0));
    session.handle_written();
    session.handle_timeout(at(NOT_READING_MS));
    assert!(!session.is_closed());
    session.handle_write_blocked(at(0));
    session.handle_timeout(at(NOT_READING_MS - 1));
    assert!(!session.is_closed());
    session.handle_timeout(at(NOT_READING_MS));
    assert!(session.is_closed());
}

#[test]
fn fill_comes_before_live_and_then_they_take_turns() {
    let mut session = relay();
    session.handle_message(hello(DeviceFacts { low: 5, ..device_facts(5, 0) }), at(0));
    drain(&mut session);
    session.handle_facts(relay_facts(50), nonces(), at(0));
    let mut order = Vec::new();
    let mut cursor = 5;
    for low in [4, 3, 2] {
        for effect in drain(&mut session) {
            match effect {
                RelayEffect::LoadFill { .. } => order.push("fill"),
                RelayEffect::LoadAfter { .. } => order.push("live"),
                _ => {}
            }
        }
        if order.last() == Some(&"fill") {
            session.handle_fill(FillPage { low: Some(low), ..FillPage::default() });
        } else {
            cursor += 1;
            session.handle_page(Page { cursor, more: true, ..Page::default() });
        }
        session.handle_message(Message::Pulled(Pulled { cursor: 5, low }), at(0));
    }
    assert_eq!(order, ["fill", "live", "fill"]);
}
