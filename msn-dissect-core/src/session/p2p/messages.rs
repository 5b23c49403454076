// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that span packets: which piece belongs where, and when a message is whole (fact base: p2p 3 and 4).
//!
//! The bytes themselves are kept by the consumer; here is only the account of them. A total is a claim: nothing is
//! allocated by it.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::{
    coverage::{Coverage, Fit},
    flow::{Flow, Leg},
};
use crate::session::{
    bounded::Bounded,
    map::Map,
    transfers::TransferId,
    windows::{Cut, MAX_PLAIN_PIECES, RADIX},
};

/// Largest message that is put together.
pub const MAX_TOTAL: u64 = 1 << 30;

/// Most pieces of one message.
pub const MAX_PIECES: usize = 1 << 19;

/// Most pieces behind a gap.
pub const MAX_BEHIND_GAP: u32 = 1 << 12;

/// Most messages under way at once.
pub const MAX_OPEN: usize = 1 << 14;

/// Most whole messages that are remembered, to tell their repetitions.
pub const MAX_WHOLE: usize = 1 << 16;

/// What was wrong with a piece, or remarkable; a sum of bits.
pub mod trouble {
    /// It was sent before.
    pub const REPEATED: u16 = 1;
    /// Some of it was sent before.
    pub const OVERLAP: u16 = 2;
    /// Other data was sent for the same place.
    pub const CONFLICT: u16 = 4;
    /// The total is not that of earlier pieces.
    pub const TOTAL_CHANGED: u16 = 8;
    /// The total is larger than [`super::MAX_TOTAL`].
    pub const TOTAL_FORGED: u16 = 16;
    /// It reaches behind the total.
    pub const BEYOND_TOTAL: u16 = 32;
    /// There are too many pieces or gaps.
    pub const TOO_MANY: u16 = 64;
    /// The begin was not seen.
    pub const NO_BEGIN: u16 = 128;
    /// Packets are missing before this one.
    pub const GAP: u16 = 256;
    /// The total is not what was offered.
    pub const SIZE_DIFFERS: u16 = 512;
    /// The message was given up because of an earlier piece.
    pub const GIVEN_UP: u16 = 2048;
    /// It acknowledges a packet that was not seen.
    pub const UNKNOWN_ACK: u16 = 1024;
}

/// What names a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageKey {
    /// Where it was seen.
    pub leg: Leg,
    /// From whom to whom.
    pub flow: Flow,
    /// Session.
    pub session_id: u32,
    /// Identifier (version 1) or package number (version 2).
    pub number: u32,
    /// Header version.
    pub version: u8,
}

/// A piece of a message.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// What names the message.
    pub key: MessageKey,
    /// What names it among messages of the same key: the identifier again, or the sequence number of its first packet.
    pub first: u32,
    /// Place of the bytes; `None` if it follows from how many bytes are still to come.
    pub offset: Option<u64>,
    /// Bytes of the whole message; version 2 says it in the first packet only.
    pub total: Option<u64>,
    /// Bytes behind this piece, where that is what the header says.
    pub remaining: u64,
    /// The data.
    pub data: &'a [u8],
    /// Frame.
    pub frame: u32,
}

/// What became of a piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Number of the message for the consumer's reassembly; `None` if the piece is not to be added.
    pub id: Option<u32>,
    /// Place in the message.
    pub offset: u32,
    /// More follows behind this piece's place.
    pub more: bool,
    /// The piece is the message: nothing has to be put together.
    pub single: bool,
    /// The message is whole with this piece.
    pub whole: bool,
    /// Sum of [`trouble`] bits.
    pub trouble: u16,
    /// Frame in which the same piece, or the same single message, was seen on this leg.
    pub repeats: Option<u32>,
    /// Frame in which the message was whole on another leg.
    pub relayed: Option<u32>,
    /// Bytes of the message so far.
    pub received: u64,
}

/// What must be known of a message when it is dissected, on any pass.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// What names it.
    pub key: MessageKey,
    /// Flags of version 1, or kind of data of version 2.
    pub flags: u32,
    /// Application of the footer.
    pub app_id: Option<u32>,
    /// What its session transfers.
    pub transfer: Option<TransferId>,
    /// How a message is cut that is put together in windows.
    pub windows: Option<Cut>,
    /// Frame in which the message was whole on another leg.
    pub relayed: Option<u32>,
}

#[derive(Debug)]
struct Open {
    id: u32,
    total: u64,
    first: u32,
    coverage: Coverage,
    pieces: Map<u32, (u32, u64, u32)>,
    behind_gap: u32,
    max_pieces: usize,
    /// Pieces that are shorter than the finest window.
    tiny: usize,
    /// How many of these there may be.
    max_tiny: usize,
    broken: bool,
}

/// What names a whole message, over all legs.
type WholeKey = (Flow, u32, u32, u8, u64);

/// All messages.
#[derive(Debug, Default)]
pub struct Messages {
    facts: Vec<Facts>,
    open: Bounded<MessageKey, Open, MAX_OPEN>,
    latest: Bounded<MessageKey, MessageKey, MAX_OPEN>,
    whole: Bounded<WholeKey, [(u32, u32); 2], MAX_WHOLE>,
    hasher: RandomState,
}

/// Ids stay below this.
const MAX_IDS: usize = 1 << 28;

/// No leg, in a pair of leg and frame.
const NOWHERE: (u32, u32) = (u32::MAX, 0);

impl Messages {
    /// Finds the place of a piece. `flags` and `app_id` are kept for a message that begins.
    pub fn place(&mut self, piece: &Piece<'_>, flags: u32, app_id: Option<u32>) -> Placed {
        let len = piece.data.len() as u64;
        let refused = |trouble| Placed { trouble, ..Placed::default() };
        if let Some(total) = piece.total {
            if total > MAX_TOTAL {
                return refused(trouble::TOTAL_FORGED);
            }
            let offset = piece.offset.unwrap_or(0);
            if offset.checked_add(len).is_none_or(|end| end > total) {
                return refused(trouble::BEYOND_TOTAL);
            }
            if offset == 0 && len == total {
                return self.single(piece, total);
            }
        }
        if len == 0 {
            return Placed::default();
        }
        let key = match self.find(piece) {
            Some(key) => key,
            None => match self.begin(piece, flags, app_id) {
                Ok(key) => key,
                Err(placed) => return placed,
            },
        };
        let no_begin = piece.offset.is_some_and(|offset| offset > 0);
        let Some(open) = self.open.get_mut(&key) else { return refused(trouble::NO_BEGIN) };
        let fresh = open.coverage.bytes() == 0;
        let mut placed = open.add(piece, self.hasher.hash_one(piece.data));
        if fresh && no_begin {
            placed.trouble |= trouble::NO_BEGIN;
        }
        if placed.whole {
            let (first, total, id) = (open.first, open.total, open.id);
            self.open.remove(&key);
            placed.relayed = self.finish(key, first, total, piece.frame).1;
            if let Some(facts) = self.facts.get_mut(id as usize) {
                facts.relayed = placed.relayed;
            }
        }
        placed
    }

    /// A message in one packet.
    fn single(&mut self, piece: &Piece<'_>, total: u64) -> Placed {
        let (repeats, relayed) = self.finish(piece.key, piece.first, total, piece.frame);
        let trouble = if repeats.is_some() { trouble::REPEATED } else { 0 };
        Placed { single: true, whole: true, repeats, relayed, trouble, received: total, ..Placed::default() }
    }

    /// Notes that a message is whole: where it was so before, on the same leg and on another.
    fn finish(&mut self, key: MessageKey, first: u32, total: u64, frame: u32) -> (Option<u32>, Option<u32>) {
        let name = (key.flow, key.session_id, first, key.version, total);
        let Some(seen) = self.whole.get_mut(&name) else {
            self.whole.insert(name, [(key.leg.0, frame), NOWHERE]);
            return (None, None);
        };
        let same = seen.iter().find(|row| row.0 == key.leg.0).map(|row| row.1);
        let other = seen.iter().find(|row| row.0 != key.leg.0 && **row != NOWHERE).map(|row| row.1);
        if same.is_none() {
            // The two legs seen last are kept.
            let [first, second] = *seen;
            *seen = if second == NOWHERE { [first, (key.leg.0, frame)] } else { [second, (key.leg.0, frame)] };
        }
        (same, other)
    }

    /// The open message that a piece belongs to: on its own leg, or on the one the transfer moved from.
    fn find(&self, piece: &Piece<'_>) -> Option<MessageKey> {
        let begins = piece.offset == Some(0);
        if let Some(open) = self.open.get(&piece.key) {
            let other = piece.key.version == 2 && begins && open.first != piece.first;
            return (!other).then_some(piece.key);
        }
        if begins {
            return None;
        }
        let latest = self.latest.get(&MessageKey { leg: Leg::ANY, ..piece.key })?;
        let open = self.open.get(latest)?;
        piece.total.is_none_or(|total| total == open.total).then_some(*latest)
    }

    fn begin(&mut self, piece: &Piece<'_>, flags: u32, app_id: Option<u32>) -> Result<MessageKey, Placed> {
        let key = piece.key;
        let Some(total) = piece.total else {
            return Err(Placed { trouble: trouble::NO_BEGIN, ..Placed::default() });
        };
        let name = (key.flow, key.session_id, piece.first, key.version, total);
        let again = self.whole.get(&name).and_then(|seen| seen.iter().find(|row| row.0 == key.leg.0));
        if let Some(&(_, frame)) = again {
            return Err(Placed { trouble: trouble::REPEATED, repeats: Some(frame), ..Placed::default() });
        }
        if self.facts.len() >= MAX_IDS {
            return Err(Placed { trouble: trouble::TOO_MANY, ..Placed::default() });
        }
        let id = self.facts.len() as u32;
        let windows = Cut::of(total, piece.data.len());
        self.facts.push(Facts { key, flags, app_id, transfer: None, windows, relayed: None });
        self.latest.insert(MessageKey { leg: Leg::ANY, ..key }, key);
        let open = Open {
            id,
            total,
            first: piece.first,
            coverage: Coverage::default(),
            pieces: Map::default(),
            behind_gap: 0,
            max_pieces: if windows.is_some() { MAX_PIECES } else { MAX_PLAIN_PIECES },
            tiny: 0,
            max_tiny: if windows.is_some_and(Cut::takes_tiny_pieces) { MAX_PIECES } else { MAX_PLAIN_PIECES },
            broken: false,
        };
        self.open.insert(key, open);
        Ok(key)
    }

    /// What is known of a message by its number.
    pub fn facts(&self, id: u32) -> Option<&Facts> {
        self.facts.get(id as usize)
    }

    /// What is known of a message by its number, to be completed.
    pub fn facts_mut(&mut self, id: u32) -> Option<&mut Facts> {
        self.facts.get_mut(id as usize)
    }

    /// Messages given up because too many were under way.
    pub fn evicted(&self) -> u64 {
        self.open.evicted
    }
}

impl Open {
    fn give_up(&mut self) {
        self.broken = true;
        self.pieces = Map::default();
    }

    fn add(&mut self, piece: &Piece<'_>, hashed: u64) -> Placed {
        let len = piece.data.len() as u64;
        let received = self.coverage.bytes();
        let refused = |trouble| Placed { trouble, received, ..Placed::default() };
        if piece.total.is_some_and(|total| total != self.total) {
            return refused(trouble::TOTAL_CHANGED);
        }
        let offset = match piece.offset {
            Some(offset) => offset,
            None => match self.total.checked_sub(piece.remaining).and_then(|end| end.checked_sub(len)) {
                Some(offset) => offset,
                None => return refused(trouble::BEYOND_TOTAL),
            },
        };
        if self.broken {
            return refused(trouble::GIVEN_UP);
        }
        let (start, end) = (offset as u32, (offset + len) as u32);
        if let Some(&(other_len, other_hash, frame)) = self.pieces.get(&start) {
            if u64::from(other_len) == len {
                if other_hash == hashed {
                    return Placed { repeats: Some(frame), ..refused(trouble::REPEATED) };
                }
                // Which of the two is right cannot be known, so the message is not put together at all.
                self.give_up();
                return Placed { repeats: Some(frame), ..refused(trouble::CONFLICT) };
            }
        }
        self.tiny += usize::from(len < u64::from(RADIX));
        let many = self.pieces.len() >= self.max_pieces || self.tiny > self.max_tiny;
        let fit = if many { Fit::TooMany } else { self.coverage.add(start, end) };
        let trouble = match fit {
            Fit::New => 0,
            Fit::Overlap => trouble::OVERLAP,
            Fit::Covered => return refused(trouble::OVERLAP),
            Fit::TooMany => {
                self.give_up();
                return refused(trouble::TOO_MANY);
            }
        };
        self.pieces.insert(start, (len as u32, hashed, piece.frame));
        self.behind_gap = if self.coverage.is_prefix() { 0 } else { self.behind_gap + 1 };
        if self.behind_gap > MAX_BEHIND_GAP {
            self.give_up();
            return refused(trouble::TOO_MANY);
        }
        Placed {
            id: Some(self.id),
            offset: start,
            more: u64::from(end) < self.total,
            whole: self.coverage.bytes() == self.total,
            trouble,
            received: self.coverage.bytes(),
            ..Placed::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(leg: u32) -> MessageKey {
        MessageKey { leg: Leg(leg), flow: Flow::default(), session_id: 7, number: 9, version: 1 }
    }

    fn piece(leg: u32, offset: u64, total: u64, data: &[u8]) -> Piece<'_> {
        let frame = (offset as u32).wrapping_add(1);
        Piece { key: key(leg), first: 9, offset: Some(offset), total: Some(total), remaining: 0, data, frame }
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
        assert_eq!((again.id, again.trouble, again.repeats), (None, trouble::REPEATED, Some(5)));
        assert!(!put(&mut messages, piece(0, 0, 6, b"ab")).whole);
        let middle = put(&mut messages, piece(0, 2, 6, b"cd"));
        assert!(middle.whole && middle.more && middle.received == 6);
        let late = put(&mut messages, piece(0, 2, 6, b"cd"));
        assert_eq!((late.trouble, late.id, late.repeats), (trouble::REPEATED, None, Some(3)));
    }

    #[test]
    fn a_transfer_may_move_to_another_connection() {
        let mut messages = Messages::default();
        let first = put(&mut messages, piece(0, 0, 6, b"abc"));
        let second = put(&mut messages, piece(5, 3, 6, b"def"));
        assert_eq!(first.id, second.id);
        assert!(second.whole && second.relayed.is_none());
    }

    #[test]
    fn both_sides_of_a_switchboard_are_told_apart() {
        let mut messages = Messages::default();
        for leg in [0, 1] {
            let first = put(&mut messages, piece(leg, 0, 4, b"ab"));
            assert_eq!(first.id, Some(leg));
        }
        assert_eq!(put(&mut messages, piece(0, 2, 4, b"cd")).relayed, None);
        assert_eq!(put(&mut messages, piece(1, 2, 4, b"cd")).relayed, Some(3));
        assert_eq!(messages.facts(1).unwrap().relayed, Some(3));
        let single = put(&mut messages, Piece { first: 10, ..piece(0, 0, 2, b"xy") });
        assert!(single.single && single.repeats.is_none());
        let same = put(&mut messages, Piece { first: 10, ..piece(0, 0, 2, b"xy") });
        assert_eq!((same.repeats, same.relayed), (Some(1), None));
        let other = put(&mut messages, Piece { first: 10, ..piece(1, 0, 2, b"xy") });
        assert_eq!((other.repeats, other.relayed), (None, Some(1)));
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
    fn a_million_tiny_pieces_stay_linear() {
        let mut messages = Messages::default();
        let start = std::time::Instant::now();
        let mut refused = 0;
        for at in 0..1_000_000u64 {
            refused += u32::from(put(&mut messages, piece(0, at, 2_000_000, b"x")).id.is_none());
        }
        assert_eq!(refused, 1_000_000 - MAX_PIECES as u32);
        let mut refused = 0;
        for at in 0..1_000_000u64 {
            refused += u32::from(put(&mut messages, piece(1, at + 1, 3_000_000, b"x")).id.is_none());
        }
        assert_eq!(refused, 1_000_000 - MAX_BEHIND_GAP);
        let mut refused = 0;
        for at in 0..100_000u64 {
            refused += u32::from(put(&mut messages, piece(2, at * 2, 4_000_000, b"x")).id.is_none());
        }
        assert!(refused > 90_000, "{refused}");
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}
