// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that come in pieces, of every kind: one place where they are put together, and where that is bounded.
//!
//! A message has the bytes that came, not those that were announced. When it is whole it is one piece of memory, which
//! stays as it is and where it is until the session ends: what is shown of it refers to it.

mod pieces;
mod store;
#[cfg(test)]
mod tests;

use super::{
    FrameId, Notes, Place,
    losses::{Loss, Losses},
    notes::NoteKey,
};
use std::num::NonZeroU32;

pub use pieces::Piece;
use pieces::Pieces;
use store::{Fit, Store};

/// Largest message that is put together, in bytes: Wireshark counts them with a sign.
pub const MAX_TOTAL: u32 = i32::MAX as u32;

/// Largest piece, in bytes.
pub const MAX_PIECE: usize = (1 << 30) - 1;

/// Most pieces of one message. Each takes 12 bytes here, and came in a packet that is longer.
pub const MAX_PIECES: usize = 1 << 22;

/// Most pieces of one message that overlap others.
pub const MAX_OVERLAPS: u32 = 256;

/// Messages of a capture, of every kind together.
pub const MAX_MESSAGES: usize = 1 << 28;

/// Number of a message, the same on every pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(NonZeroU32);

impl MessageId {
    /// The number, from 1.
    pub fn number(self) -> u32 {
        self.0.get()
    }

    /// The message of a number, which may be that of none.
    pub fn of(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(MessageId)
    }

    fn row(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// How a message is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Places are byte offsets.
    Bytes,
    /// Places are numbers of pieces, from 0.
    Pieces,
}

/// A piece that arrives.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Where it belongs: an offset, or its number.
    pub place: u32,
    /// Its bytes.
    pub data: &'a [u8],
    /// Bytes behind them that are of this piece but are missing; `u64::MAX` if nobody tells how many.
    pub missing: u64,
    /// Where it stands.
    pub at: NoteKey,
}

/// What became of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was added, and all of it is new.
    New,
    /// It was added, but some of it was there.
    Overlap,
    /// It was added: the same had come in this frame, without its end.
    Completed(FrameId),
    /// All of it was there, in other pieces.
    Covered,
    /// The same piece came before, in this frame.
    Repeated(FrameId),
    /// Other bytes came before at the same place, in this frame: the message is given up.
    Contradiction(FrameId),
    /// The message was given up before.
    GivenUp,
    /// There are too many pieces or overlaps: the message is given up.
    TooMany,
}

impl Fate {
    /// Whether the piece is one of the message's.
    pub fn is_added(self) -> bool {
        matches!(self, Fate::New | Fate::Overlap | Fate::Completed(_))
    }
}

/// A message that is whole.
#[derive(Debug)]
pub struct Whole {
    bytes: Box<[u8]>,
    pieces: Box<[Piece]>,
    at: NoteKey,
}

impl Whole {
    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its pieces in the order of their places.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Where the piece stands that made it whole.
    pub fn at(&self) -> NoteKey {
        self.at
    }

    /// Whether pieces contradict each other: which of them is right cannot be known, so such a message means nothing.
    pub fn is_ambiguous(&self) -> bool {
        self.pieces.iter().any(Piece::differs)
    }
}

/// A message under way.
#[derive(Debug)]
struct Open {
    order: Order,
    total: Option<u32>,
    store: Store,
    pieces: Pieces,
    overlaps: u32,
}

#[derive(Debug)]
enum State {
    Open(Box<Open>),
    Whole(Box<Whole>),
    GivenUp,
}

#[derive(Debug)]
struct Row {
    state: State,
    /// Places that have their bytes.
    filled: u32,
    /// Where the last piece stands.
    last: NoteKey,
}

/// All messages of a capture.
#[derive(Debug, Default)]
pub struct Assembly {
    rows: Vec<Row>,
    /// Messages by the place of the piece that made them whole.
    wholes: Notes<MessageId>,
    losses: Losses,
}

impl Assembly {
    /// No messages; that one more finds no room is reported.
    pub fn new(losses: &Losses) -> Self {
        Assembly { losses: losses.clone(), ..Assembly::default() }
    }

    /// Begins a message of `total` bytes (or pieces, going by `order`), if that is known. Nothing if there are too many.
    pub fn begin(&mut self, order: Order, total: Option<u32>) -> Option<MessageId> {
        if self.rows.len() >= MAX_MESSAGES {
            self.losses.report(Loss::Assembled);
            return None;
        }
        let open = Open { order, total, store: Store::default(), pieces: Pieces::default(), overlaps: 0 };
        self.rows.push(Row { state: State::Open(Box::new(open)), filled: 0, last: NoteKey::default() });
        MessageId::of(self.rows.len() as u32)
    }

    /// How many were given up, for whatever reason.
    #[cfg(test)]
    pub fn given_up(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.state, State::GivenUp)).count()
    }

    fn row_mut(&mut self, id: MessageId) -> Option<&mut Row> {
        self.rows.get_mut(id.row())
    }

    /// Adds a piece. See [`Assembly::whole`] for whether that made the message whole.
    pub fn add(&mut self, id: MessageId, piece: &Arrival<'_>) -> Fate {
        let Some(row) = self.row_mut(id) else { return Fate::GivenUp };
        let State::Open(open) = &mut row.state else { return Fate::GivenUp };
        let fate = open.add(piece);
        match fate {
            Fate::Contradiction(_) | Fate::TooMany => row.state = State::GivenUp,
            fate if fate.is_added() => {
                row.filled = open.filled();
                row.last = piece.at;
                self.finish(id, piece.at);
            }
            _ => {}
        }
        fate
    }

    /// Notes where a message became whole, if it did.
    fn finish(&mut self, id: MessageId, at: NoteKey) {
        if self.row_mut(id).is_some_and(Row::finish) {
            self.wholes.keep(at, id);
        }
    }

    /// The messages that a PDU makes whole.
    pub fn whole_in(&self, place: Place) -> impl Iterator<Item = &Whole> {
        self.wholes.of_unit(place.frame, place.unit).filter_map(|&id| self.whole(id))
    }

    /// Tells how many bytes (or pieces) a message has, once that is known.
    pub fn set_total(&mut self, id: MessageId, total: u32, at: NoteKey) {
        let Some(row) = self.row_mut(id) else { return };
        if let State::Open(open) = &mut row.state {
            open.total = Some(total);
            row.last = at;
            self.finish(id, at);
        }
    }

    /// Gives a message up because too many are under way.
    pub fn drop_open(&mut self, id: MessageId) {
        let Some(row) = self.row_mut(id) else { return };
        if matches!(row.state, State::Open(_)) {
            row.state = State::GivenUp;
        }
    }

    /// Gives a message up that gets no more pieces, because another one took its name. Where its last piece stands stays known.
    pub fn abandon(&mut self, id: MessageId) {
        if let Some(Row { state: State::Open(open), .. }) = self.row_mut(id) {
            (open.store, open.pieces) = Default::default();
            open.total = None;
        }
    }

    /// Whether any of these places of a message under way have their bytes.
    pub fn touches(&self, id: MessageId, start: u32, end: u32) -> bool {
        self.open(id).is_some_and(|open| open.store.touches(start, end))
    }

    /// Whether a message under way has these bytes at that place.
    pub fn holds(&self, id: MessageId, place: u32, data: &[u8]) -> bool {
        self.open(id).is_some_and(|open| open.store.holds(place, data))
    }

    /// Whether a piece of that place and length came before.
    pub fn has_same(&self, id: MessageId, place: u32, len: usize, missing: u64) -> bool {
        self.open(id).and_then(|open| open.pieces.at(place)).is_some_and(|before| before.is_as_long(len, missing))
    }

    fn open(&self, id: MessageId) -> Option<&Open> {
        match &self.rows.get(id.row())?.state {
            State::Open(open) => Some(open),
            _ => None,
        }
    }

    /// How many bytes (or pieces) of a message arrived, each counted once.
    pub fn received(&self, id: MessageId) -> u32 {
        self.rows.get(id.row()).map_or(0, |row| row.filled)
    }

    /// Where the last piece of a message stands that is still under way.
    pub fn pending(&self, id: MessageId) -> Option<NoteKey> {
        self.rows.get(id.row()).filter(|row| matches!(row.state, State::Open(_))).map(|row| row.last)
    }

    /// The message, if it is whole.
    pub fn whole(&self, id: MessageId) -> Option<&Whole> {
        match &self.rows.get(id.row())?.state {
            State::Whole(whole) => Some(whole),
            _ => None,
        }
    }

    /// Lends the bytes of a message that is whole, to learn from them; until they are given back they are not to be had here.
    pub(crate) fn lend(&mut self, id: MessageId) -> Option<Box<[u8]>> {
        match &mut self.row_mut(id)?.state {
            State::Whole(whole) => Some(std::mem::take(&mut whole.bytes)),
            _ => None,
        }
    }

    /// Takes back what was lent.
    pub(crate) fn give_back(&mut self, id: MessageId, bytes: Box<[u8]>) {
        if let Some(Row { state: State::Whole(whole), .. }) = self.row_mut(id) {
            whole.bytes = bytes;
        }
    }
}

impl Row {
    /// Turns a message that has all of its places into one that is whole; tells whether it did.
    fn finish(&mut self) -> bool {
        let State::Open(open) = &mut self.state else { return false };
        let Some(total) = open.total.filter(|&total| match open.order {
            Order::Bytes => open.store.len() as u64 >= u64::from(total),
            Order::Pieces => open.pieces.are_all(total),
        }) else {
            return false;
        };
        let (store, mut pieces) = (std::mem::take(&mut open.store), std::mem::take(&mut open.pieces));
        let (bytes, pieces) = match open.order {
            Order::Bytes => (store.in_order(), pieces.in_order()),
            Order::Pieces => {
                pieces.keep_below(total);
                let mut pieces = pieces.in_order();
                let bytes = store.numbered(pieces.iter().map(|piece| (piece.offset(), piece.len())));
                pieces::number(&mut pieces);
                (bytes, pieces)
            }
        };
        self.state = State::Whole(Box::new(Whole { bytes, pieces, at: self.last }));
        true
    }
}

impl Open {
    fn add(&mut self, piece: &Arrival<'_>) -> Fate {
        let (place, data) = (piece.place, piece.data);
        let most = (MAX_TOTAL as usize).saturating_sub(self.store.len()).min(MAX_PIECE);
        if data.len() > most || place.checked_add(data.len() as u32).is_none() {
            return Fate::TooMany;
        }
        let before = self.pieces.at(place);
        if self.order == Order::Pieces {
            return before.map_or_else(|| self.number(piece), |before| Fate::Repeated(before.frame));
        }
        let before = before.filter(|before| before.is_as_long(data.len(), piece.missing));
        if let Some(before) = before {
            // Of what is missing nobody knows whether it was the same.
            if piece.missing > 0 || (!before.cut && self.store.holds(place, data)) {
                return Fate::Repeated(before.frame);
            }
            if !before.cut {
                return Fate::Contradiction(before.frame);
            }
        }
        let (fate, differs) = match (self.store.add(place, data, self.total), before) {
            (Fit::New, _) => (Fate::New, false),
            (Fit::Covered, _) => return Fate::Covered,
            (Fit::Overlap { differ }, Some(before)) => (Fate::Completed(before.frame), differ),
            (Fit::Overlap { differ }, None) => (Fate::Overlap, differ),
        };
        let overlaps = fate != Fate::New;
        self.overlaps += u32::from(overlaps);
        self.pieces.push(Piece::new(place, data.len(), piece.at.0, overlaps, differs), piece.missing);
        if self.pieces.len() > MAX_PIECES || self.overlaps > MAX_OVERLAPS {
            return Fate::TooMany;
        }
        fate
    }

    /// Adds a piece whose number is new.
    fn number(&mut self, piece: &Arrival<'_>) -> Fate {
        self.store.number(piece.place, piece.data);
        self.pieces.push(Piece::new(piece.place, piece.data.len(), piece.at.0, false, false), 0);
        if self.pieces.len() > MAX_PIECES { Fate::TooMany } else { Fate::New }
    }

    /// How many bytes (or pieces) there are.
    fn filled(&self) -> u32 {
        match self.order {
            Order::Bytes => self.store.len() as u32,
            Order::Pieces => self.pieces.len() as u32,
        }
    }
}
