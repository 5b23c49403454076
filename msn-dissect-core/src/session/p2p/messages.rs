// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that span packets: which piece belongs where, and when a message is whole (fact base: p2p 3 and 4).
//!
//! The bytes themselves are kept by the consumer; here is only the account of them. A total is a claim: nothing is
//! allocated by it.

use crate::session::FrameId;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::flow::{Flow, Leg};
pub use super::trouble;
use crate::session::{
    bounded::Bounded,
    map::Map,
    notes::NoteKey,
    ranges::{Fit, Ranges},
    transfers::TransferId,
    windows::{Cut, MAX_PLAIN_PIECES, RADIX},
};

/// Largest message that is put together.
pub const MAX_TOTAL: u64 = 1 << 30;

/// Most pieces of one message. Each takes some 40 bytes here, and came in a packet that is longer.
pub const MAX_PIECES: usize = 1 << 22;

/// Most pieces that overlap others: the consumer's lists are as long as pieces cover the same bytes.
pub const MAX_OVERLAPS: u32 = 256;

/// Most messages under way at once.
pub const MAX_OPEN: usize = 1 << 14;

/// Most whole messages that are remembered, to tell their repetitions.
pub const MAX_WHOLE: usize = 1 << 16;

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
    /// Bytes behind the data that are of this piece but were cut off; `u64::MAX` if the header does not tell how many.
    pub missing: u64,
    /// It came over a direct connection.
    pub direct: bool,
    /// Frame.
    pub frame: FrameId,
    /// Where the note of its packet is.
    pub note: NoteKey,
}

impl Piece<'_> {
    /// Bytes, those that were cut off included, or [`UNKNOWN`].
    fn len(&self) -> u32 {
        u32::try_from((self.data.len() as u64).saturating_add(self.missing)).unwrap_or(UNKNOWN)
    }
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
    pub repeats: Option<FrameId>,
    /// Frame in which the message was whole on another leg.
    pub relayed: Option<FrameId>,
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
    pub relayed: Option<FrameId>,
    /// It is whole.
    pub whole: bool,
    /// Where the last packet stands that had a piece of it.
    pub last: NoteKey,
    /// Bytes of the message.
    pub total: u64,
}

/// A piece that arrived.
#[derive(Clone, Copy, Debug)]
struct Arrived {
    /// Bytes, those that were cut off included, or [`UNKNOWN`].
    len: u32,
    /// Of its data; [`CUT`] where some were cut off.
    hash: u32,
    frame: FrameId,
}

/// Stands for the length of a piece that was cut and whose header does not tell it.
const UNKNOWN: u32 = u32::MAX;

/// Stands for the hash of data that is not all there.
const CUT: u32 = 0;

#[derive(Debug)]
struct Open {
    id: u32,
    total: u64,
    first: u32,
    /// It began on a direct connection.
    direct: bool,
    arrived: Ranges,
    pieces: Map<u32, Arrived>,
    overlaps: u32,
    cut: Option<Cut>,
    /// Pieces that are shorter than the smallest window can be.
    tiny: usize,
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
    whole: Bounded<WholeKey, [(u32, FrameId); 2], MAX_WHOLE>,
    hasher: RandomState,
}

/// Ids stay below this.
const MAX_IDS: usize = 1 << 28;

/// No leg, in a pair of leg and frame.
const NOWHERE: (u32, FrameId) = (u32::MAX, FrameId::NONE);

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
        let fresh = open.arrived.total() == 0;
        let hash = if piece.missing == 0 { self.hasher.hash_one(piece.data) as u32 | 1 } else { CUT };
        let mut placed = open.add(piece, hash);
        let open_id = open.id;
        if fresh && no_begin {
            placed.trouble |= trouble::NO_BEGIN;
        }
        if placed.whole {
            let (first, total, id) = (open.first, open.total, open.id);
            self.open.remove(&key);
            placed.relayed = self.finish(key, first, total, piece.frame).1;
            if let Some(facts) = self.facts.get_mut(id as usize) {
                facts.relayed = placed.relayed;
                facts.whole = true;
            }
        } else if let Some(facts) = self.facts.get_mut(open_id as usize) {
            facts.last = piece.note;
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
    fn finish(
        &mut self,
        key: MessageKey,
        first: u32,
        total: u64,
        frame: FrameId,
    ) -> (Option<FrameId>, Option<FrameId>) {
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
        // Transfers move to direct connections and back. On another connection to a switchboard a message is passed on,
        // as are bytes that arrived already, and its beginning was not seen.
        let moved = (piece.direct || open.direct) && !open.has_other(piece);
        (moved && piece.total.is_none_or(|total| total == open.total)).then_some(*latest)
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
        let (whole, last) = (false, piece.note);
        self.facts.push(Facts { key, flags, app_id, transfer: None, windows, relayed: None, whole, last, total });
        self.latest.insert(MessageKey { leg: Leg::ANY, ..key }, key);
        let open = Open {
            id,
            total,
            first: piece.first,
            direct: piece.direct,
            arrived: Ranges::default(),
            pieces: Map::default(),
            overlaps: 0,
            cut: windows,
            tiny: 0,
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

    /// Whether pieces of this message arrived, but not all.
    pub fn is_open(&self, key: &MessageKey) -> bool {
        self.open.get(key).is_some()
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

    /// Whether the consumer's lists might become long. Windows keep them short in whatever order pieces come.
    fn is_too_much(&self) -> bool {
        let max = if self.cut.is_some() { MAX_PIECES } else { MAX_PLAIN_PIECES };
        let max_tiny = if self.cut.is_some_and(Cut::takes_tiny_pieces) { MAX_PIECES } else { MAX_PLAIN_PIECES };
        self.pieces.len() > max || self.tiny > max_tiny || self.overlaps > MAX_OVERLAPS
    }

    /// Where the bytes of a piece belong; `None` where that lies outside of the message.
    fn offset(&self, piece: &Piece<'_>) -> Option<u64> {
        let end = || self.total.checked_sub(piece.remaining)?.checked_sub(piece.data.len() as u64);
        piece.offset.or_else(end)
    }

    /// The piece of the same place and length that arrived before.
    fn same(&self, piece: &Piece<'_>, start: u64) -> Option<Arrived> {
        let len = piece.len();
        let fits = |other: &Arrived| other.len == len || other.len == UNKNOWN || len == UNKNOWN;
        self.pieces.get(&(start as u32)).copied().filter(fits)
    }

    /// Whether bytes of the piece arrived before, but not as the same piece.
    fn has_other(&self, piece: &Piece<'_>) -> bool {
        let Some(start) = self.offset(piece) else { return false };
        self.same(piece, start).is_none() && self.arrived.touches(start, start.saturating_add(piece.data.len() as u64))
    }

    /// Finds the place of a piece; `hashed` tells it from others of the same place and length.
    fn add(&mut self, piece: &Piece<'_>, hashed: u32) -> Placed {
        let len = piece.data.len() as u64;
        let received = self.arrived.total();
        let refused = |trouble| Placed { trouble, received, ..Placed::default() };
        if piece.total.is_some_and(|total| total != self.total) {
            return refused(trouble::TOTAL_CHANGED);
        }
        let Some(offset) = self.offset(piece) else { return refused(trouble::BEYOND_TOTAL) };
        if self.broken {
            return refused(trouble::GIVEN_UP);
        }
        let (start, end) = (offset as u32, (offset + len) as u32);
        let same = self.same(piece, offset);
        if let Some(Arrived { hash, frame, .. }) = same {
            // Of what was cut off nobody knows whether it was the same.
            if hash == hashed || hashed == CUT {
                return Placed { repeats: Some(frame), ..refused(trouble::REPEATED) };
            }
            if hash != CUT {
                // Which of the two is right cannot be known, so the message is not put together at all.
                self.give_up();
                return Placed { repeats: Some(frame), ..refused(trouble::CONFLICT) };
            }
        }
        self.tiny += usize::from(len < u64::from(RADIX));
        let trouble = match self.arrived.add(u64::from(start), u64::from(end)) {
            Fit::New => 0,
            Fit::Overlap if same.is_some() => trouble::REPEATED,
            Fit::Overlap => trouble::OVERLAP,
            Fit::Covered => return refused(trouble::OVERLAP),
        };
        self.pieces.insert(start, Arrived { len: piece.len(), hash: hashed, frame: piece.frame });
        self.overlaps += u32::from(trouble != 0);
        if self.is_too_much() {
            self.give_up();
            return refused(trouble::TOO_MANY);
        }
        Placed {
            id: Some(self.id),
            offset: start,
            more: u64::from(end) < self.total,
            whole: self.arrived.total() == self.total,
            trouble,
            repeats: same.map(|same| same.frame),
            received: self.arrived.total(),
            ..Placed::default()
        }
    }
}

#[cfg(test)]
mod tests;
