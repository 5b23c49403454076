// SPDX-License-Identifier: GPL-2.0-or-later
//! Which frame is which, on every pass.
//!
//! Numbers of frames do not tell: while a read filter is at work, a frame that it rejects and the next one are both given
//! the same number on the first pass. The place in the capture file tells, so each frame gets an identity by that.

use super::map::Map;
use crate::packet::FrameId;

/// A frame that was seen.
#[derive(Clone, Copy, Debug)]
struct Row {
    place: u64,
    number: u32,
}

/// All frames that were seen, in the order of the first pass; the first one has identity 1.
#[derive(Debug, Default)]
pub struct Frames {
    rows: Vec<Row>,
    /// Identities by place, from the first frame on that did not come in the order of the places.
    odd: Map<u64, FrameId>,
}

impl Frames {
    /// The identity of the frame that stands at `place` of the capture file. A new one is made on the first pass only.
    pub fn enter(&mut self, place: u64, number: u32, first_pass: bool) -> FrameId {
        let id = match self.rows.last() {
            Some(last) if last.place == place => FrameId::nth(self.rows.len() as u32),
            Some(last) if place < last.place => self.at(place),
            _ => FrameId::NONE,
        };
        if let Some(row) = (id.index() as usize).checked_sub(1).and_then(|at| self.rows.get_mut(at)) {
            row.number = number;
            return id;
        }
        if !first_pass {
            return FrameId::NONE;
        }
        let in_order = self.rows.last().is_none_or(|last| last.place < place);
        if let Some(last) = self.rows.last_mut().filter(|last| last.number == number) {
            // A read filter rejected it, so that its number went on to this frame.
            last.number = 0;
        }
        self.rows.push(Row { place, number });
        let id = FrameId::nth(self.rows.len() as u32);
        if !in_order && self.odd.is_empty() {
            self.odd = self.rows.iter().zip(1..).map(|(row, nth)| (row.place, FrameId::nth(nth))).collect();
        }
        if !self.odd.is_empty() {
            self.odd.insert(place, id);
        }
        id
    }

    /// The frame that stands at `place` of the capture file, if it was seen.
    pub fn at(&self, place: u64) -> FrameId {
        if !self.odd.is_empty() {
            return self.odd.get(&place).copied().unwrap_or(FrameId::NONE);
        }
        let at = self.rows.binary_search_by_key(&place, |row| row.place);
        at.map_or(FrameId::NONE, |at| FrameId::nth(at as u32 + 1))
    }

    /// The number that people know the frame by; none if a read filter rejected it.
    pub fn number(&self, id: FrameId) -> Option<u32> {
        let row = self.rows.get((id.index() as usize).checked_sub(1)?)?;
        (row.number != 0).then_some(row.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart_by_their_place() {
        let mut frames = Frames::default();
        // The second frame is rejected, so the third has its number, too.
        let first: Vec<_> = [(24, 1), (24, 1), (100, 2), (300, 2), (500, 3)]
            .map(|(place, number)| frames.enter(place, number, true))
            .into();
        assert_eq!(first, [1, 1, 2, 3, 4].map(FrameId::nth));
        let numbers: Vec<_> = first.iter().map(|&id| frames.number(id)).collect();
        assert_eq!(numbers, [Some(1), Some(1), None, Some(2), Some(3)]);
        // Later passes visit the frames that stay, in any order.
        assert_eq!(
            [(500, 3), (24, 1), (300, 2)].map(|(place, number)| frames.enter(place, number, false)),
            [4, 1, 3].map(FrameId::nth)
        );
        assert_eq!(frames.enter(77, 9, false), FrameId::NONE);
        assert_eq!((frames.number(FrameId::NONE), frames.number(FrameId::nth(9))), (None, None));
    }

    #[test]
    fn places_out_of_order_are_found_again() {
        let mut frames = Frames::default();
        assert_eq!(
            [(50, 1), (20, 2), (70, 3)].map(|(place, number)| frames.enter(place, number, true)),
            [1, 2, 3].map(FrameId::nth)
        );
        assert_eq!(
            [(20, 2), (70, 3), (50, 1)].map(|(place, number)| frames.enter(place, number, false)),
            [2, 3, 1].map(FrameId::nth)
        );
    }
}
