// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that span packets: which piece belongs to which message, and what is known of each (fact base: p2p 3 and 4).
//!
//! The bytes are put together in the [`Assembly`]. A total is a claim: nothing is allocated by it.

use std::num::NonZeroU32;

use super::flow::{Flow, Leg};
pub use super::trouble;
use crate::{
    p2p::Purpose,
    session::{
        FrameId,
        assembly::{Arrival, Assembly, Fate, MAX_TOTAL, MessageId, Order},
        bounded::Bounded,
        losses::{Loss, Losses},
        notes::NoteKey,
        transfers::TransferId,
    },
};

/// Most messages under way at once; beyond, the oldest is given up. One more would double the table, which is an eighth
/// emptier than a power of two.
pub const MAX_OPEN: usize = (1 << 14) / 8 * 7 - 1;

/// Most whole messages that are remembered, to tell their repetitions; chosen as [`MAX_OPEN`].
pub const MAX_WHOLE: usize = (1 << 16) / 8 * 7 - 1;

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
    /// Bytes of data by the header of version 1. Where the first piece has none of them although data follows, headers
    /// lag by one packet: place and length are those of the piece before.
    pub claimed: u64,
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
    /// Where the note of its packet is.
    pub note: NoteKey,
}

/// What became of a piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// The message, if the piece was added to it.
    pub id: Option<P2pMessageId>,
    /// The piece is the message: nothing has to be put together.
    pub single: bool,
    /// The message is whole with this piece.
    pub whole: bool,
    /// Sum of [`trouble`] bits.
    pub trouble: u16,
    /// Frame in which the same piece, or the same single message, was seen on this leg.
    pub repeats: FrameId,
    /// Frame in which the message was whole on another leg.
    pub relayed: FrameId,
    /// Bytes of the message so far.
    pub received: u32,
}

/// Number of a message that spans packets, the same on every pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct P2pMessageId(NonZeroU32);

/// What is known of a message that spans packets, on any pass.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Its pieces.
    pub message: MessageId,
    /// What the header of the piece that came first says of it.
    pub purpose: Purpose,
    /// What its session transfers.
    pub transfer: Option<TransferId>,
    /// Frame in which the message was whole on another leg.
    pub relayed: FrameId,
    /// Bytes of the message.
    pub total: u32,
}

/// A message under way.
#[derive(Clone, Copy, Debug)]
struct Open {
    id: P2pMessageId,
    message: MessageId,
    total: u32,
    first: u32,
    /// It began on a direct connection.
    direct: bool,
    /// Headers lag by one packet.
    lags: bool,
}

/// What names a whole message, over all legs.
type WholeKey = (Flow, u32, u32, u8, u64);

/// All messages.
#[derive(Debug)]
pub struct Messages {
    facts: Vec<Facts>,
    open: Bounded<MessageKey, Open, MAX_OPEN>,
    latest: Bounded<MessageKey, MessageKey, MAX_OPEN>,
    whole: Bounded<WholeKey, [(u32, FrameId); 2], MAX_WHOLE>,
}

/// No leg, in a pair of leg and frame.
const NOWHERE: (u32, FrameId) = (u32::MAX, FrameId::NONE);

fn refused(trouble: u16) -> Placed {
    Placed { trouble, ..Placed::default() }
}

impl Messages {
    /// No messages; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Messages {
            facts: Vec::new(),
            open: Bounded::new(Loss::Message, losses),
            latest: Bounded::new(Loss::MessageBegun, losses),
            whole: Bounded::new(Loss::MessageWhole, losses),
        }
    }

    /// Finds the place of a piece, and adds it to its message. Also gives what names the message, if it is whole now.
    pub fn place(
        &mut self,
        assembly: &mut Assembly,
        piece: &Piece<'_>,
        purpose: Purpose,
    ) -> (Placed, Option<MessageKey>) {
        let len = piece.data.len() as u64;
        if let Some(total) = piece.total {
            if total > u64::from(MAX_TOTAL) {
                return (refused(trouble::TOTAL_FORGED), None);
            }
            let offset = piece.offset.unwrap_or(0);
            if offset.checked_add(len).is_none_or(|end| end > total) {
                return (refused(trouble::BEYOND_TOTAL), None);
            }
            if offset == 0 && len == total {
                return (self.single(piece, total), None);
            }
        }
        if len == 0 {
            return (Placed::default(), None);
        }
        let found = match self.find(assembly, piece) {
            Some(key) => Ok(key),
            None => self.begin(assembly, piece, purpose),
        };
        let (placed, key) = match found {
            Ok(key) => (self.add(assembly, piece, &key), Some(key)),
            Err(placed) => (placed, None),
        };
        (placed, key.filter(|_| placed.whole))
    }

    /// Adds a piece to the message of a key.
    fn add(&mut self, assembly: &mut Assembly, piece: &Piece<'_>, key: &MessageKey) -> Placed {
        let Some(&Open { id, message, total, first, lags, .. }) = self.open.get(key) else {
            return refused(trouble::NO_BEGIN);
        };
        let before = assembly.received(message);
        // A client that sends the first piece again, with its length now, counts from then on as everybody does.
        let again = lags && piece.claimed > 0 && piece.offset == Some(0) && assembly.holds(message, 0, piece.data);
        if let Some(open) = self.open.get_mut(key).filter(|_| again) {
            open.lags = false;
        }
        let lag = if lags && !again { piece.claimed } else { 0 };
        let piece = &Piece { offset: piece.offset.map(|offset| offset.saturating_add(lag)), ..*piece };
        let mut placed = Placed { received: before, ..Placed::default() };
        if piece.total.is_some_and(|other| other != u64::from(total)) {
            return Placed { trouble: trouble::TOTAL_CHANGED, ..placed };
        }
        let Some(place) = place_of(piece, total) else {
            return Placed { trouble: trouble::BEYOND_TOTAL, ..placed };
        };
        let fate = assembly.add(message, &Arrival { place, data: piece.data, missing: piece.missing, at: piece.note });
        placed.received = assembly.received(message);
        (placed.trouble, placed.repeats) = match fate {
            Fate::New => (0, FrameId::NONE),
            Fate::Overlap | Fate::Covered => (trouble::OVERLAP, FrameId::NONE),
            Fate::Completed(frame) | Fate::Repeated(frame) => (trouble::REPEATED, frame),
            Fate::Contradiction(frame) => (trouble::CONFLICT, frame),
            Fate::GivenUp => (trouble::GIVEN_UP, FrameId::NONE),
            Fate::TooMany => (trouble::TOO_MANY, FrameId::NONE),
        };
        placed.id = fate.is_added().then_some(id);
        if lag > 0 {
            placed.trouble |= trouble::LAGS;
        }
        if before == 0 && piece.offset.is_some_and(|offset| offset > 0) {
            placed.trouble |= trouble::NO_BEGIN;
        }
        if placed.received == total && fate.is_added() {
            placed.whole = true;
            self.open.remove(key);
            placed.relayed = self.finish(key, first, u64::from(total), piece.note.0).1;
            if let Some(facts) = self.facts_mut(id) {
                facts.relayed = placed.relayed;
            }
        }
        placed
    }

    /// A message in one packet.
    fn single(&mut self, piece: &Piece<'_>, total: u64) -> Placed {
        let (repeats, relayed) = self.finish(&piece.key, piece.first, total, piece.note.0);
        let trouble = if repeats.is_none() { 0 } else { trouble::REPEATED };
        Placed { id: None, single: true, whole: true, repeats, relayed, trouble, received: total as u32 }
    }

    /// Notes that a message is whole: where it was so before, on the same leg and on another.
    fn finish(&mut self, key: &MessageKey, first: u32, total: u64, frame: FrameId) -> (FrameId, FrameId) {
        let name = (key.flow, key.session_id, first, key.version, total);
        let Some(seen) = self.whole.get_mut(&name) else {
            self.whole.insert(name, [(key.leg.0, frame), NOWHERE]);
            return (FrameId::NONE, FrameId::NONE);
        };
        let at = |found: Option<&(u32, FrameId)>| found.map_or(FrameId::NONE, |row| row.1);
        let same = at(seen.iter().find(|row| row.0 == key.leg.0));
        let other = at(seen.iter().find(|row| row.0 != key.leg.0 && **row != NOWHERE));
        if same.is_none() {
            // The two legs seen last are kept.
            let [first, second] = *seen;
            *seen = if second == NOWHERE { [first, (key.leg.0, frame)] } else { [second, (key.leg.0, frame)] };
        }
        (same, other)
    }

    /// The open message that a piece belongs to: on its own leg, or on the one the transfer moved from.
    fn find(&self, assembly: &Assembly, piece: &Piece<'_>) -> Option<MessageKey> {
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
        let moved = (piece.direct || open.direct) && !has_other(assembly, open, piece);
        (moved && piece.total.is_none_or(|total| total == u64::from(open.total))).then_some(*latest)
    }

    /// Begins a message, or tells why none begins.
    fn begin(&mut self, assembly: &mut Assembly, piece: &Piece<'_>, purpose: Purpose) -> Result<MessageKey, Placed> {
        let key = piece.key;
        let total = piece.total.ok_or(refused(trouble::NO_BEGIN))?;
        let name = (key.flow, key.session_id, piece.first, key.version, total);
        let again = self.whole.get(&name).and_then(|seen| seen.iter().find(|row| row.0 == key.leg.0));
        if let Some(&(_, repeats)) = again {
            return Err(Placed { repeats, ..refused(trouble::REPEATED) });
        }
        let total = total as u32;
        let message = assembly.begin(Order::Bytes, Some(total)).ok_or(refused(trouble::EVICTED))?;
        self.facts.push(Facts { message, purpose, transfer: None, relayed: FrameId::NONE, total });
        let id = NonZeroU32::new(self.facts.len() as u32).map(P2pMessageId).ok_or(refused(trouble::EVICTED))?;
        self.latest.insert(MessageKey { leg: Leg::ANY, ..key }, key);
        let before = self.open.get(&key).map(|open| open.message);
        let lags = key.version == 1 && piece.offset == Some(0) && piece.claimed == 0;
        let open = Open { id, message, total, first: piece.first, direct: piece.direct, lags };
        let oldest = self.open.insert(key, open);
        if let Some((_, oldest)) = oldest {
            assembly.drop_open(oldest.message);
        }
        // One of the same name that was not whole gets no more pieces.
        if let Some(before) = before {
            assembly.abandon(before);
        }
        Ok(key)
    }

    /// What is known of a message by its number.
    pub fn facts(&self, id: P2pMessageId) -> Option<&Facts> {
        self.facts.get(id.0.get() as usize - 1)
    }

    /// What is known of a message by its number, to be completed.
    pub fn facts_mut(&mut self, id: P2pMessageId) -> Option<&mut Facts> {
        self.facts.get_mut(id.0.get() as usize - 1)
    }

    /// Whether pieces of this message arrived, but not all.
    pub fn is_open(&self, key: &MessageKey) -> bool {
        self.open.get(key).is_some()
    }
}

/// Where the bytes of a piece belong; `None` where that lies outside of the message.
fn place_of(piece: &Piece<'_>, total: u32) -> Option<u32> {
    let behind = || u64::from(total).checked_sub(piece.remaining)?.checked_sub(piece.data.len() as u64);
    piece.offset.or_else(behind).and_then(|place| u32::try_from(place).ok())
}

/// Whether bytes of the piece arrived before, but not as the same piece.
fn has_other(assembly: &Assembly, open: &Open, piece: &Piece<'_>) -> bool {
    let Some(place) = place_of(piece, open.total) else { return false };
    let len = piece.data.len();
    !assembly.has_same(open.message, place, len, piece.missing)
        && assembly.touches(open.message, place, place.saturating_add(len as u32))
}

#[cfg(test)]
mod tests;
