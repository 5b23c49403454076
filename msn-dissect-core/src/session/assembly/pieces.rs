// SPDX-License-Identifier: GPL-2.0-or-later
//! Which pieces a message came in.

use super::MAX_PIECE;
use crate::session::{FrameId, map::Map};

/// Bytes of the piece were there before.
const OVERLAP: u32 = 1 << 31;
/// They were others.
const DIFFERS: u32 = 1 << 30;

/// A piece that was added to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    place: u32,
    /// Bytes, and marks.
    len: u32,
    frame: FrameId,
}

impl Piece {
    pub(super) fn new(place: u32, len: usize, frame: FrameId, overlaps: bool, differs: bool) -> Self {
        let mark = |is: bool, mark| if is { mark } else { 0 };
        let len = len.min(MAX_PIECE) as u32;
        Piece { place, len: len | mark(overlaps, OVERLAP) | mark(differs, DIFFERS), frame }
    }

    /// Place of its first byte in the whole message.
    pub fn offset(&self) -> u32 {
        self.place
    }

    /// Bytes.
    pub fn len(&self) -> u32 {
        self.len & !(OVERLAP | DIFFERS)
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Frame in which it came.
    pub fn frame(&self) -> FrameId {
        self.frame
    }

    /// Some of its bytes were there before.
    pub fn overlaps(&self) -> bool {
        self.len & OVERLAP != 0
    }

    /// Some of its bytes contradict those that were there before.
    pub fn differs(&self) -> bool {
        self.len & DIFFERS != 0
    }
}

/// Stands for the length of a piece whose end was cut off and whose header does not tell it.
const UNKNOWN: u32 = u32::MAX;

/// A piece that came before at some place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    /// Frame.
    pub frame: FrameId,
    /// Its end was missing.
    pub cut: bool,
    /// Bytes, those that were missing included, or [`UNKNOWN`].
    len: u32,
}

impl Before {
    /// Whether a piece of that many bytes and so many missing ones is as long, as far as is known.
    pub fn is_as_long(&self, len: usize, missing: u64) -> bool {
        let len = full(len, missing);
        self.len == len || self.len == UNKNOWN || len == UNKNOWN
    }
}

fn full(len: usize, missing: u64) -> u32 {
    u32::try_from((len as u64).saturating_add(missing)).unwrap_or(UNKNOWN)
}

/// The pieces of a message under way.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    rows: Vec<Piece>,
    /// Row of each place; empty as long as the rows are in the order of their places.
    index: Map<u32, u32>,
    /// Lengths of the pieces whose end is missing, by place.
    cut: Map<u32, u32>,
}

impl Pieces {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The piece of a place that came last.
    pub fn at(&self, place: u32) -> Option<Before> {
        let row = match self.index.is_empty() {
            true => self.rows.binary_search_by_key(&place, |row| row.place).ok(),
            false => self.index.get(&place).map(|&row| row as usize),
        };
        let row = self.rows.get(row?)?;
        let cut = self.cut.get(&place).copied();
        Some(Before { frame: row.frame, cut: cut.is_some(), len: cut.unwrap_or(row.len()) })
    }

    /// Adds a piece, of which so many bytes are missing.
    pub fn push(&mut self, piece: Piece, missing: u64) {
        let in_order = self.rows.last().is_none_or(|last| last.place < piece.place);
        if !in_order && self.index.is_empty() {
            self.index = self.rows.iter().map(|row| row.place).zip(0..).collect();
        }
        if !self.index.is_empty() {
            self.index.insert(piece.place, self.rows.len() as u32);
        }
        match missing {
            0 => self.cut.remove(&piece.place),
            _ => self.cut.insert(piece.place, full(piece.len() as usize, missing)),
        };
        self.rows.push(piece);
    }

    /// Whether there is a piece of each number below `total`.
    pub fn are_all(&self, total: u32) -> bool {
        self.rows.len() >= total as usize && self.rows.iter().filter(|row| row.place < total).count() == total as usize
    }

    /// All pieces in the order of their places.
    pub fn in_order(mut self) -> Box<[Piece]> {
        self.rows.sort_by_key(|row| row.place);
        self.rows.into_boxed_slice()
    }

    /// Forgets the pieces whose numbers are not below `total`.
    pub fn keep_below(&mut self, total: u32) {
        self.rows.retain(|row| row.place < total);
    }
}

/// Turns numbers of pieces into byte offsets.
pub(super) fn number(pieces: &mut [Piece]) {
    let mut offset = 0;
    for piece in pieces {
        piece.place = offset;
        offset += piece.len();
    }
}
