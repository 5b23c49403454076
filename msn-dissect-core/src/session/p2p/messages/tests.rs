// SPDX-License-Identifier: GPL-2.0-or-later
//! What becomes of pieces.

use super::*;

/// The first leg that is a direct connection.
const DIRECT: u32 = 5;

fn key(leg: u32) -> MessageKey {
    MessageKey { leg: Leg(leg), flow: Flow::default(), session_id: 7, number: 9, version: 1 }
}

fn piece(leg: u32, offset: u64, total: u64, data: &[u8]) -> Piece<'_> {
    let frame = (offset as u32).wrapping_add(1);
    Piece {
        key: key(leg),
        first: 9,
        offset: Some(offset),
        total: Some(total),
        remaining: 0,
        data,
        missing: 0,
        direct: leg >= DIRECT,
        frame: FrameId::nth(frame),
        note: (FrameId::nth(frame), 0, 0),
    }
}

fn put(messages: &mut Messages, piece: Piece<'_>) -> Placed {
    messages.place(&piece, 0, None)
}

#[test]
fn pieces_make_a_message_in_any_order() {
    let mut messages = Messages::default();
    let last = put(&mut messages, piece(0, 4, 6, b"ef"));
    assert_eq!((last.id, last.offset, last.more, last.trouble), (Some(0), 4, false, trouble::NO_BEGIN));
    let again = put(&mut messages, piece(0, 4, 6, b"ef"));
    assert_eq!((again.id, again.trouble, again.repeats), (None, trouble::REPEATED, Some(FrameId::nth(5))));
    assert!(!put(&mut messages, piece(0, 0, 6, b"ab")).whole);
    let middle = put(&mut messages, piece(0, 2, 6, b"cd"));
    assert!(middle.whole && middle.more && middle.received == 6);
    let late = put(&mut messages, piece(0, 2, 6, b"cd"));
    assert_eq!((late.trouble, late.id, late.repeats), (trouble::REPEATED, None, Some(FrameId::nth(3))));
}

#[test]
fn a_transfer_may_move_to_another_connection() {
    let mut messages = Messages::default();
    let first = put(&mut messages, piece(0, 0, 6, b"abc"));
    let second = put(&mut messages, piece(5, 3, 6, b"def"));
    assert_eq!(first.id, second.id);
    assert!(second.whole && second.relayed.is_none());
}

/// Of cut packets each leg has another part, as their lines differ in length.
#[test]
fn what_is_passed_on_without_its_beginning_overlaps_nothing() {
    let mut messages = Messages::default();
    for offset in [0, 10, 20] {
        assert_eq!(put(&mut messages, piece(0, offset, 30, b"abcde")).trouble, 0);
    }
    let first = put(&mut messages, piece(1, 25, 30, b"abc"));
    assert_eq!((first.id, first.trouble), (Some(1), trouble::NO_BEGIN));
    let second = put(&mut messages, piece(1, 10, 30, b"abc"));
    assert_eq!((second.id, second.trouble), (Some(1), 0));
    assert_eq!(put(&mut messages, piece(0, 25, 30, b"abcd")).trouble, 0);
    let direct = put(&mut messages, piece(DIRECT, 10, 30, b"abcd"));
    assert_eq!((direct.id, direct.trouble), (Some(2), trouble::NO_BEGIN));
}

#[test]
fn what_was_cut_is_repeated_when_its_place_and_length_are() {
    let mut messages = Messages::default();
    let cut = |data: &'static [u8]| Piece { missing: 6 - data.len() as u64, ..piece(0, 10, 30, data) };
    put(&mut messages, cut(b"abcd"));
    for data in [&b"abc"[..], b"abcd", b"abcde"] {
        let again = put(&mut messages, cut(data));
        assert_eq!((again.id, again.trouble, again.repeats), (None, trouble::REPEATED, Some(FrameId::nth(11))));
    }
    let silent = put(&mut messages, Piece { missing: u64::MAX, ..cut(b"ab") });
    assert_eq!((silent.id, silent.trouble), (None, trouble::REPEATED));
    // All of it counts, as if it came late.
    let whole = put(&mut messages, cut(b"abcdef"));
    assert_eq!((whole.id, whole.trouble, whole.received), (Some(0), trouble::REPEATED, 6));
    assert_eq!(put(&mut messages, piece(0, 10, 30, b"abcdxx")).trouble, trouble::CONFLICT);
}

#[test]
fn both_sides_of_a_switchboard_are_told_apart() {
    let mut messages = Messages::default();
    for leg in [0, 1] {
        let first = put(&mut messages, piece(leg, 0, 4, b"ab"));
        assert_eq!(first.id, Some(leg));
    }
    assert_eq!(put(&mut messages, piece(0, 2, 4, b"cd")).relayed, None);
    assert_eq!(put(&mut messages, piece(1, 2, 4, b"cd")).relayed, Some(FrameId::nth(3)));
    assert_eq!(messages.facts(1).unwrap().relayed, Some(FrameId::nth(3)));
    let single = put(&mut messages, Piece { first: 10, ..piece(0, 0, 2, b"xy") });
    assert!(single.single && single.repeats.is_none());
    let same = put(&mut messages, Piece { first: 10, ..piece(0, 0, 2, b"xy") });
    assert_eq!((same.repeats, same.relayed), (Some(FrameId::nth(1)), None));
    let other = put(&mut messages, Piece { first: 10, ..piece(1, 0, 2, b"xy") });
    assert_eq!((other.repeats, other.relayed), (None, Some(FrameId::nth(1))));
}

#[test]
fn what_contradicts_itself_is_not_put_together() {
    let mut messages = Messages::default();
    put(&mut messages, piece(0, 0, 6, b"ab"));
    assert_eq!(put(&mut messages, piece(0, 2, 8, b"cd")).trouble, trouble::TOTAL_CHANGED);
    assert_eq!(put(&mut messages, piece(0, 5, 6, b"xyz")).trouble, trouble::BEYOND_TOTAL);
    assert_eq!(put(&mut messages, piece(0, 1, 6, b"bc")).trouble, trouble::OVERLAP);
    assert_eq!(put(&mut messages, piece(0, 0, 6, b"xx")).trouble, trouble::CONFLICT);
    let after = put(&mut messages, piece(0, 2, 6, b"cdef"));
    assert_eq!((after.id, after.whole), (None, false));
}

#[test]
fn totals_are_claims() {
    let mut messages = Messages::default();
    assert_eq!(put(&mut messages, piece(0, 0, 1 << 63, b"ab")).trouble, trouble::TOTAL_FORGED);
    assert_eq!(put(&mut messages, piece(0, u64::MAX, 10, b"ab")).trouble, trouble::BEYOND_TOTAL);
    assert_eq!(put(&mut messages, piece(0, 0, MAX_TOTAL, b"ab")).id, Some(0));
}

#[test]
fn version_2_counts_down() {
    let mut messages = Messages::default();
    let base = Piece { key: MessageKey { version: 2, ..key(0) }, first: 100, ..piece(0, 0, 6, b"abc") };
    let lost = put(&mut messages, Piece { offset: None, total: None, ..base });
    assert_eq!((lost.id, lost.trouble), (None, trouble::NO_BEGIN));
    put(&mut messages, base);
    let last = put(&mut messages, Piece { offset: None, total: None, data: b"def", first: 103, ..base });
    assert_eq!((last.offset, last.whole, last.more), (3, true, false));
    let forged = Piece { first: 200, ..base };
    put(&mut messages, forged);
    let beyond = put(&mut messages, Piece { offset: None, total: None, remaining: 99, first: 203, ..base });
    assert_eq!(beyond.trouble, trouble::BEYOND_TOTAL);
    let next = put(&mut messages, Piece { first: 300, ..base });
    assert_eq!(next.id, Some(2));
}

#[test]
fn a_million_tiny_pieces_are_put_together_in_any_order() {
    let mut messages = Messages::default();
    let start = std::time::Instant::now();
    for (leg, step) in [(0, 1), (1, 999_983)] {
        let place = |at: u64| at * step % 1_000_000;
        for at in 0..999_999 {
            let placed = put(&mut messages, piece(leg, place(at), 1_000_000, b"x"));
            assert!(placed.id == Some(leg) && !placed.whole);
        }
        assert!(put(&mut messages, piece(leg, place(999_999), 1_000_000, b"x")).whole);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn what_would_make_long_lists_is_given_up() {
    let mut messages = Messages::default();
    let refused = |messages: &mut Messages, leg, total, pieces: &mut dyn Iterator<Item = (u64, &'static [u8])>| {
        pieces.filter(|&(at, data)| put(messages, piece(leg, at, total, data)).id.is_none()).count()
    };
    // Windows are not needed, going by the first piece.
    let first = (0u64, &[7u8; 200][..]);
    let tiny = |at: u64| (at, &b"x"[..]);
    let mut behind = std::iter::once(first).chain((0..5000).map(|at| tiny(201 + at)));
    assert_eq!(refused(&mut messages, 0, 60_000, &mut behind), 5001 - MAX_PLAIN_PIECES);
    let mut many = std::iter::once(first).chain((0..5000).map(|at| tiny(200 + at)));
    assert_eq!(refused(&mut messages, 1, 60_000, &mut many), 5001 - MAX_PLAIN_PIECES);
    let mut overlapping = (0..1000).map(|at| (at, &b"xxxxxxxx"[..]));
    assert_eq!(refused(&mut messages, 2, 4_000_000, &mut overlapping), 999 - MAX_OVERLAPS as usize);
}

#[test]
fn the_last_packet_of_a_message_is_remembered() {
    let mut messages = Messages::default();
    put(&mut messages, piece(0, 0, 6, b"ab"));
    put(&mut messages, piece(0, 4, 6, b"ef"));
    let facts = *messages.facts(0).unwrap();
    assert_eq!((facts.whole, facts.last, facts.total), (false, (FrameId::nth(5), 0, 0), 6));
    put(&mut messages, piece(0, 2, 6, b"cd"));
    assert!(messages.facts(0).unwrap().whole);
}
