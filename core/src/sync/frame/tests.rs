use super::super::entry::{Entry, Form, Page, Received};
use super::super::tests::{sample_page, welcome};
use super::*;
use crate::record::{RecordId, Timestamp};

fn opened() -> Wire {
    let mut wire = Wire::new();
    wire.encode(&Message::Welcome(welcome())).expect("fits");
    wire
}

fn frame(form: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32 + 1).to_be_bytes().to_vec();
    frame.push(form);
    frame.extend_from_slice(payload);
    frame
}

fn refused(wire: &mut Wire, bytes: &[u8]) -> &'static str {
    let mut messages = Vec::new();
    match wire.decode(bytes, &mut messages) {
        Err(WireError::Malformed(why)) => why,
        other => panic!("{other:?}"),
    }
}

fn page_of(bytes: Vec<u8>) -> Message {
    let received = Received { seq: 1, at: Timestamp::from_millis(0) };
    let entry = Entry {
        record: RecordId([1; 16]),
        form: Form::Change,
        bytes,
        received,
        history: vec![],
        heads: vec![],
    };
    Message::Entries(Page { cursor: 1, entries: vec![entry], ..Page::default() })
}

#[test]
fn frames_cut_at_every_byte_come_together_again() {
    let (mut sender, mut receiver) = (opened(), opened());
    let messages =
        [sample_page(3), Message::Restarting(super::super::Restarting { after_ms: 5 }), sample_page(400)];
    let bytes: Vec<u8> = messages.iter().flat_map(|m| sender.encode(m).expect("fits")).collect();
    for chunk in [1, 2, 3, 7, 100, bytes.len()] {
        let mut got = Vec::new();
        for part in bytes.chunks(chunk) {
            receiver.decode(part, &mut got).expect("valid");
        }
        assert_eq!(got, messages, "in chunks of {chunk}");
    }
}

#[test]
fn short_pages_use_the_dictionary_and_long_ones_do_not() {
    let mut sender = opened();
    assert_eq!(sender.encode(&sample_page(5)).expect("fits")[4], 2);
    assert_eq!(sender.encode(&sample_page(900)).expect("fits")[4], 1);
    assert_eq!(sender.encode(&Message::Welcome(welcome())).expect("fits")[4], 0, "a secret stays plain");
    let mut without = Wire::new();
    without.encode(&Message::Welcome(super::super::Welcome { dictionary: None, ..welcome() })).expect("fits");
    assert_ne!(without.encode(&sample_page(5)).expect("fits")[4], 2);
}

#[test]
fn what_compresses_too_well_goes_plain_and_a_random_page_too() {
    let mut sender = opened();
    let blanks = sender.encode(&page_of(vec![b' '; 200_000])).expect("fits");
    assert_eq!((blanks[4], blanks.len() > 200_000), (0, true));
    // Too long for a plain frame: then it may be as small as it gets.
    let many = sender.encode(&page_of(vec![b' '; 3_000_000])).expect("fits");
    assert_eq!(many[4], 1);
    let mut got = Vec::new();
    opened().decode(&many, &mut got).expect("an honest run of blanks is read");
    assert_eq!(got, [page_of(vec![b' '; 3_000_000])]);
}

#[test]
fn until_welcome_frames_are_plain_and_at_most_4_kib() {
    let mut wire = Wire::new();
    let message = Message::Compare(super::super::Compare { payload: vec![7; MAX_FRAME_GREETING - 8] });
    let bytes = wire.encode(&message).expect("at the limit");
    assert_eq!(bytes.len(), 4 + MAX_FRAME_GREETING);
    let mut got = Vec::new();
    Wire::new().decode(&bytes, &mut got).expect("at the limit");
    assert_eq!(got, [message]);
    let longer = Message::Compare(super::super::Compare { payload: vec![7; MAX_FRAME_GREETING - 7] });
    assert_eq!(wire.encode(&longer), Err(WireError::TooLarge(MAX_FRAME_GREETING + 1)));
    let longer = opened().encode(&longer).expect("fits later");
    let compressed = opened().encode(&sample_page(30)).expect("fits");
    assert_eq!(refused(&mut Wire::new(), &compressed), "compressed before Welcome");
    let plain = frame(0, &Message::Compare(super::super::Compare { payload: vec![7; 5_000] }).encode());
    assert_eq!(refused(&mut Wire::new(), &plain), "a frame's length is out of range");
    let mut got = Vec::new();
    opened().decode(&longer, &mut got).expect("fits after Welcome");
}

#[test]
fn lengths_of_nothing_and_beyond_a_mebibyte_are_refused() {
    for length in [0_u32, 1, MAX_FRAME as u32 + 1, u32::MAX] {
        assert_eq!(refused(&mut opened(), &length.to_be_bytes()), "a frame's length is out of range");
    }
}

#[test]
fn forms_3_and_above_are_refused_on_a_session() {
    assert_eq!(refused(&mut opened(), &frame(3, b"x")), "blob bytes on a session's stream");
    assert_eq!(refused(&mut opened(), &frame(4, b"x")), "unknown form");
}

#[test]
fn after_an_error_nothing_is_read_any_more() {
    let mut wire = opened();
    refused(&mut wire, &frame(4, b"x"));
    let good = opened().encode(&sample_page(1)).expect("fits");
    assert_eq!(refused(&mut wire, &good), "unknown form");
}

#[test]
fn unknown_types_from_128_on_are_passed_over_and_lower_ones_are_unsupported() {
    let mut bytes = frame(0, &[0x82, 0x18, 200, 0xa0]);
    bytes.extend(opened().encode(&sample_page(1)).expect("fits"));
    let mut got = Vec::new();
    opened().decode(&bytes, &mut got).expect("valid");
    assert_eq!(got, [sample_page(1)]);
    let error = opened().decode(&frame(0, &[0x82, 0x18, 99, 0xa0]), &mut got);
    assert_eq!(error, Err(WireError::Unsupported(99)));
}

#[test]
fn bombs_and_crooked_zstd_frames_are_refused_before_anything_is_decompressed() {
    let plain = sample_page(40).encode();
    let good = zstd::bulk::compress(&plain, 3).expect("compresses");
    let mut got = Vec::new();
    opened().decode(&frame(1, &good), &mut got).expect("the frame itself is good");

    let bomb = zstd::bulk::compress(&vec![0; MAX_CONTENT + 1], 3).expect("compresses");
    refused(&mut opened(), &frame(1, &bomb));
    let undeclared = zstd::stream::encode_all(&plain[..], 3).expect("compresses");
    refused(&mut opened(), &frame(1, &undeclared));
    let twice = [good.clone(), good.clone()].concat();
    assert_eq!(refused(&mut opened(), &frame(1, &twice)), "not one zstd frame");
    let short = &good[..good.len() - 1];
    assert_eq!(refused(&mut opened(), &frame(1, short)), "not one zstd frame");
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0][..], &good].concat();
    assert_eq!(refused(&mut opened(), &frame(1, &skippable)), "not one zstd frame");

    let mut compressor = zstd::bulk::Compressor::new(3).expect("a compressor");
    compressor.set_parameter(zstd_safe::CParameter::WindowLog(22)).expect("a window");
    let wide = compressor.compress(&vec![7; MAX_CONTENT]).expect("compresses");
    assert_eq!(refused(&mut opened(), &frame(1, &wide)), "a zstd window is too large");
}

#[test]
fn a_wrong_size_in_the_header_is_refused() {
    let plain = sample_page(40).encode();
    let good = zstd::bulk::compress(&plain, 3).expect("compresses");
    // Single segment with two bytes of content size behind the descriptor.
    let mut lie = good.clone();
    lie[5] ^= 1;
    assert_eq!(refused(&mut opened(), &frame(1, &lie)), "not one zstd frame");
}
