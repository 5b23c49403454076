// SPDX-License-Identifier: GPL-2.0-or-later
//! What becomes of pieces.

use super::*;
use crate::session::assembly::MAX_OVERLAPS;

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
        claimed: data.len() as u64,
        total: Some(total),
        remaining: 0,
        data,
        missing: 0,
        direct: leg >= DIRECT,
        note: (FrameId::nth(frame), 0, 0),
    }
}

/// Messages, where they are put together, and what is lost.
struct Both(Messages, Assembly, Losses);

impl Default for Both {
    fn default() -> Self {
        let losses = Losses::default();
        Both(Messages::new(&losses), Assembly::default(), losses)
    }
}

fn put(both: &mut Both, piece: Piece<'_>) -> Placed {
    both.0.place(&mut both.1, &piece, Purpose::default()).0
}

fn nth(number: u32) -> Option<P2pMessageId> {
    NonZeroU32::new(number + 1).map(P2pMessageId)
}

fn frame(number: u32) -> FrameId {
    FrameId::nth(number)
}

#[test]
fn pieces_make_a_message_in_any_order() {
    let mut messages = Both::default();
    let last = put(&mut messages, piece(0, 4, 6, b"ef"));
    assert_eq!((last.id, last.received, last.trouble), (nth(0), 2, trouble::NO_BEGIN));
    let again = put(&mut messages, piece(0, 4, 6, b"ef"));
    assert_eq!((again.id, again.trouble, again.repeats), (None, trouble::REPEATED, frame(5)));
    assert!(!put(&mut messages, piece(0, 0, 6, b"ab")).whole);
    let middle = put(&mut messages, piece(0, 2, 6, b"cd"));
    assert!(middle.whole && middle.received == 6);
    assert_eq!(messages.1.whole(messages.0.facts(nth(0).unwrap()).unwrap().message).unwrap().bytes(), b"abcdef");
    let late = put(&mut messages, piece(0, 2, 6, b"cd"));
    assert_eq!((late.trouble, late.id, late.repeats), (trouble::REPEATED, None, frame(3)));
}

#[test]
fn a_transfer_may_move_to_another_connection() {
    let mut messages = Both::default();
    let first = put(&mut messages, piece(0, 0, 6, b"abc"));
    let second = put(&mut messages, piece(5, 3, 6, b"def"));
    assert_eq!(first.id, second.id);
    assert!(second.whole && second.relayed.is_none());
}

/// Of cut packets each leg has another part, as their lines differ in length.
#[test]
fn what_is_passed_on_without_its_beginning_overlaps_nothing() {
    let mut messages = Both::default();
    for offset in [0, 10, 20] {
        assert_eq!(put(&mut messages, piece(0, offset, 30, b"abcde")).trouble, 0);
    }
    let first = put(&mut messages, piece(1, 25, 30, b"abc"));
    assert_eq!((first.id, first.trouble), (nth(1), trouble::NO_BEGIN));
    let second = put(&mut messages, piece(1, 10, 30, b"abc"));
    assert_eq!((second.id, second.trouble), (nth(1), 0));
    assert_eq!(put(&mut messages, piece(0, 25, 30, b"abcd")).trouble, 0);
    let direct = put(&mut messages, piece(DIRECT, 10, 30, b"abcd"));
    assert_eq!((direct.id, direct.trouble), (nth(2), trouble::NO_BEGIN));
}

#[test]
fn what_was_cut_is_repeated_when_its_place_and_length_are() {
    let mut messages = Both::default();
    let cut = |data: &'static [u8]| Piece { missing: 6 - data.len() as u64, ..piece(0, 10, 30, data) };
    put(&mut messages, cut(b"abcd"));
    for data in [&b"abc"[..], b"abcd", b"abcde"] {
        let again = put(&mut messages, cut(data));
        assert_eq!((again.id, again.trouble, again.repeats), (None, trouble::REPEATED, frame(11)));
    }
    let silent = put(&mut messages, Piece { missing: u64::MAX, ..cut(b"ab") });
    assert_eq!((silent.id, silent.trouble), (None, trouble::REPEATED));
    // All of it counts, as if it came late.
    let whole = put(&mut messages, cut(b"abcdef"));
    assert_eq!((whole.id, whole.trouble, whole.received), (nth(0), trouble::REPEATED, 6));
    assert_eq!(put(&mut messages, piece(0, 10, 30, b"abcdxx")).trouble, trouble::CONFLICT);
}

#[test]
fn both_sides_of_a_switchboard_are_told_apart() {
    let mut messages = Both::default();
    for leg in [0, 1] {
        let first = put(&mut messages, piece(leg, 0, 4, b"ab"));
        assert_eq!(first.id, nth(leg));
    }
    assert_eq!(put(&mut messages, piece(0, 2, 4, b"cd")).relayed, FrameId::NONE);
    assert_eq!(put(&mut messages, piece(1, 2, 4, b"cd")).relayed, frame(3));
    assert_eq!(messages.0.facts(nth(1).unwrap()).unwrap().relayed, frame(3));
    let single = put(&mut messages, Piece { first: 10, ..piece(0, 0, 2, b"xy") });
    assert!(single.single && single.repeats.is_none());
    let same = put(&mut messages, Piece { first: 10, ..piece(0, 0, 2, b"xy") });
    assert_eq!((same.repeats, same.relayed), (frame(1), FrameId::NONE));
    let other = put(&mut messages, Piece { first: 10, ..piece(1, 0, 2, b"xy") });
    assert_eq!((other.repeats, other.relayed), (FrameId::NONE, frame(1)));
}

#[test]
fn what_contradicts_itself_is_not_put_together() {
    let mut messages = Both::default();
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
    let mut messages = Both::default();
    assert_eq!(put(&mut messages, piece(0, 0, 1 << 63, b"ab")).trouble, trouble::TOTAL_FORGED);
    assert_eq!(put(&mut messages, piece(0, u64::MAX, 10, b"ab")).trouble, trouble::BEYOND_TOTAL);
    assert_eq!(put(&mut messages, piece(0, 0, u64::from(MAX_TOTAL), b"ab")).id, nth(0));
}

#[test]
fn version_2_counts_down() {
    let mut messages = Both::default();
    let base = Piece { key: MessageKey { version: 2, ..key(0) }, first: 100, ..piece(0, 0, 6, b"abc") };
    let lost = put(&mut messages, Piece { offset: None, total: None, ..base });
    assert_eq!((lost.id, lost.trouble), (None, trouble::NO_BEGIN));
    put(&mut messages, base);
    let last = put(&mut messages, Piece { offset: None, total: None, data: b"def", first: 103, ..base });
    assert_eq!((last.received, last.whole), (6, true));
    let forged = Piece { first: 200, ..base };
    put(&mut messages, forged);
    let beyond = put(&mut messages, Piece { offset: None, total: None, remaining: 99, first: 203, ..base });
    assert_eq!(beyond.trouble, trouble::BEYOND_TOTAL);
    let next = put(&mut messages, Piece { first: 300, ..base });
    assert_eq!(next.id, nth(2));
}

#[test]
fn tiny_pieces_behind_a_large_one_are_put_together_and_overlaps_are_bounded() {
    let mut messages = Both::default();
    put(&mut messages, piece(0, 0, 6000, &[7; 200]));
    let tiny = |at| Piece { note: (FrameId::nth(2), 0, 0), ..piece(0, at, 6000, b"x") };
    assert!((200..5999).all(|at| !put(&mut messages, tiny(at)).whole));
    assert!(put(&mut messages, tiny(5999)).whole);
    let refused = (0..1000).filter(|&at| put(&mut messages, piece(2, at, 4_000_000, b"xxxxxxxx")).id.is_none());
    assert_eq!(refused.count(), 999 - MAX_OVERLAPS as usize);
}

#[test]
fn the_last_packet_of_a_message_under_way_is_remembered() {
    let mut messages = Both::default();
    put(&mut messages, piece(0, 0, 6, b"ab"));
    put(&mut messages, piece(0, 4, 6, b"ef"));
    let facts = *messages.0.facts(nth(0).unwrap()).unwrap();
    assert_eq!((messages.1.pending(facts.message), facts.total), (Some((FrameId::nth(5), 0, 0)), 6));
    put(&mut messages, piece(0, 2, 6, b"cd"));
    assert_eq!(messages.1.pending(facts.message), None);
}

/// Only messages that are under way count: one stays while any number of others begin and end.
#[test]
fn messages_under_way_are_bounded_and_the_loss_is_told() {
    let mut messages = Both::default();
    let begin = |number| Piece { key: MessageKey { number, ..key(0) }, first: number, ..piece(0, 0, 4, b"ab") };
    let end = |number| Piece { offset: Some(2), ..begin(number) };
    put(&mut messages, begin(0));
    for number in 1..2 * MAX_OPEN as u32 {
        assert_eq!(put(&mut messages, begin(number)).trouble, 0);
        assert!(put(&mut messages, end(number)).whole);
    }
    assert!(put(&mut messages, end(0)).whole);
    let base = 4 * MAX_OPEN as u32;
    messages.2.take();
    let told = (0..MAX_OPEN as u32 + 3).filter(|number| {
        put(&mut messages, begin(base + number));
        messages.2.take().iter().any(|loss| loss == Loss::Message)
    });
    assert_eq!(told.count(), 3);
    assert_eq!(messages.1.given_up(), 3);
}
