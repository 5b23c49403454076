// SPDX-License-Identifier: GPL-2.0-or-later
//! What becomes of pieces.

use super::*;
use proptest::prelude::*;

fn arrival(frame: u32, place: u32, data: &[u8]) -> Arrival<'_> {
    Arrival { place, data, missing: 0, at: (FrameId::nth(frame), 0, 0) }
}

fn frames(whole: &Whole) -> Vec<(u32, u32, u32)> {
    whole.pieces().iter().map(|piece| (piece.frame().index(), piece.offset(), piece.len())).collect()
}

#[test]
fn pieces_make_a_message_in_any_order() {
    let mut all = Assembly::default();
    let id = all.begin(Order::Bytes, Some(6)).unwrap();
    assert_eq!(all.add(id, &arrival(1, 4, b"ef")), Fate::New);
    assert_eq!(all.add(id, &arrival(2, 4, b"ef")), Fate::Repeated(FrameId::nth(1)));
    assert_eq!(all.add(id, &arrival(3, 0, b"ab")), Fate::New);
    assert!(all.has_same(id, 0, 2, 0) && !all.has_same(id, 0, 3, 0) && all.touches(id, 5, 9) && !all.touches(id, 2, 4));
    assert!(all.whole(id).is_none() && all.pending(id) == Some((FrameId::nth(3), 0, 0)));
    assert_eq!(all.add(id, &arrival(4, 2, b"cd")), Fate::New);
    let whole = all.whole(id).unwrap();
    assert_eq!((whole.bytes(), whole.at().0, whole.is_ambiguous()), (&b"abcdef"[..], FrameId::nth(4), false));
    assert_eq!(frames(whole), [(3, 0, 2), (4, 2, 2), (1, 4, 2)]);
    assert_eq!((all.received(id), all.pending(id)), (6, None));
    assert_eq!(all.add(id, &arrival(5, 0, b"ab")), Fate::GivenUp);
}

#[test]
fn numbered_pieces_have_the_places_that_their_lengths_give() {
    let mut all = Assembly::default();
    let id = all.begin(Order::Pieces, None).unwrap();
    for (frame, number, data) in [(1, 2, &b"cc"[..]), (2, 1, b""), (3, 0, b"aaa")] {
        assert_eq!(all.add(id, &arrival(frame, number, data)), Fate::New);
        assert!(matches!(all.add(id, &arrival(9, number, b"other")), Fate::Repeated(_)));
    }
    assert!(all.whole(id).is_none());
    all.set_total(id, 3, (FrameId::nth(4), 0, 0));
    let whole = all.whole(id).unwrap();
    assert_eq!((whole.bytes(), whole.at().0), (&b"aaacc"[..], FrameId::nth(4)));
    assert_eq!(frames(whole), [(3, 0, 3), (2, 3, 0), (1, 3, 2)]);
}

#[test]
fn what_contradicts_itself_is_given_up_or_marked() {
    let mut all = Assembly::default();
    let id = all.begin(Order::Bytes, Some(6)).unwrap();
    all.add(id, &arrival(1, 0, b"abc"));
    assert_eq!(all.add(id, &arrival(2, 0, b"abx")), Fate::Contradiction(FrameId::nth(1)));
    assert_eq!((all.add(id, &arrival(3, 3, b"def")), all.received(id)), (Fate::GivenUp, 3));
    let id = all.begin(Order::Bytes, Some(6)).unwrap();
    all.add(id, &arrival(1, 0, b"abc"));
    assert_eq!(all.add(id, &arrival(2, 1, b"bc")), Fate::Covered);
    assert_eq!(all.add(id, &arrival(3, 1, b"xcdef")), Fate::Overlap);
    let whole = all.whole(id).unwrap();
    assert!(whole.is_ambiguous() && whole.pieces()[1].overlaps() && whole.pieces()[1].differs());
    assert_eq!(whole.bytes(), b"abcdef");
    assert_eq!(all.given_up(), 1);
}

#[test]
fn a_piece_without_its_end_is_completed() {
    let mut all = Assembly::default();
    let id = all.begin(Order::Bytes, Some(6)).unwrap();
    let cut = |frame, data, missing| Arrival { missing, ..arrival(frame, 0, data) };
    assert_eq!(all.add(id, &cut(1, b"abcd", 2)), Fate::New);
    assert_eq!(all.add(id, &cut(2, b"abc", 3)), Fate::Repeated(FrameId::nth(1)));
    assert_eq!(all.add(id, &cut(3, b"ab", u64::MAX)), Fate::Repeated(FrameId::nth(1)));
    assert_eq!(all.add(id, &cut(4, b"abcdef", 0)), Fate::Completed(FrameId::nth(1)));
    assert_eq!(all.whole(id).unwrap().bytes(), b"abcdef");
}

#[test]
fn overlaps_are_bounded_and_what_is_dropped_is_told() {
    let mut all = Assembly::default();
    let id = all.begin(Order::Bytes, Some(100_000)).unwrap();
    let fates: Vec<Fate> = (0..400).map(|at| all.add(id, &arrival(at, at, b"xxxxxxxx"))).collect();
    assert_eq!(fates.iter().filter(|fate| fate.is_added()).count(), 1 + MAX_OVERLAPS as usize);
    assert_eq!((fates[MAX_OVERLAPS as usize + 1], fates[399]), (Fate::TooMany, Fate::GivenUp));
    let other = all.begin(Order::Bytes, Some(10)).unwrap();
    all.drop_open(other);
    all.drop_open(other);
    assert_eq!((all.given_up(), all.add(other, &arrival(1, 0, b"a"))), (2, Fate::GivenUp));
}

#[test]
fn bytes_stay_where_they_are() {
    let mut all = Assembly::default();
    let first = all.begin(Order::Bytes, Some(3)).unwrap();
    all.add(first, &arrival(1, 0, b"abc"));
    let at = all.whole(first).unwrap().bytes().as_ptr();
    for _ in 0..1000 {
        let id = all.begin(Order::Bytes, Some(1)).unwrap();
        all.add(id, &arrival(1, 0, b"x"));
    }
    let lent = all.lend(first).unwrap();
    assert!(all.whole(first).unwrap().bytes().is_empty());
    all.give_back(first, lent);
    assert_eq!(all.whole(first).unwrap().bytes().as_ptr(), at);
}

/// A million pieces of one byte, in order and far from it.
#[test]
fn time_grows_with_the_number_of_pieces() {
    for step in [1, 999_983] {
        let mut all = Assembly::default();
        let id = all.begin(Order::Bytes, Some(1_000_000)).unwrap();
        let start = std::time::Instant::now();
        for at in 0..1_000_000u64 {
            let place = (at * step % 1_000_000) as u32;
            assert_eq!(all.add(id, &arrival(1, place, &[place as u8])), Fate::New);
        }
        assert!(all.whole(id).unwrap().bytes().iter().enumerate().all(|(at, &byte)| byte == at as u8));
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn messages_survive_any_cut_and_order(
        total in 1usize..20_000, cuts in proptest::collection::vec(1usize..9_000, 1..12), seed in any::<u64>(),
    ) {
        let file: Vec<u8> = (0..total).map(|at| (at * 31 + at / 251) as u8).collect();
        let (mut pieces, mut at) = (Vec::new(), 0);
        for cut in cuts.iter().cycle() {
            let end = (at + cut).min(total);
            pieces.push(at..end);
            at = end;
            if at == total {
                break;
            }
        }
        pieces.sort_by_key(|piece| (piece.start as u64 + 1).wrapping_mul(seed | 1) >> 7);
        let mut all = Assembly::default();
        let id = all.begin(Order::Bytes, Some(total as u32)).unwrap();
        for piece in &pieces {
            prop_assert!(all.whole(id).is_none());
            all.add(id, &arrival(1, piece.start as u32, &file[piece.clone()]));
        }
        let whole = all.whole(id).unwrap();
        prop_assert_eq!(whole.bytes(), &file[..]);
        prop_assert_eq!(whole.pieces().len(), pieces.len());
    }
}
