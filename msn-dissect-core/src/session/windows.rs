// SPDX-License-Identifier: GPL-2.0-or-later
//! Windows of large messages: the consumer keeps the pieces of a message in a list that it walks for each new one, so
//! many pieces are put together in steps, as messages of their own.
//!
//! A message is a tree of windows of 256 bytes, 64 KiB and 16 MiB, aligned to their sizes. The part of a piece that
//! fills whole windows goes to the window (or the message) above them, the ends go to the windows that they do not
//! fill. A window that is whole is a piece of the one above it. So no list has more than [`RADIX`] pieces that do not
//! overlap, in whatever order they come, and the place of a piece follows from its offset alone. Messages that begin
//! with a larger piece do without the smallest windows; whoever gives the pieces then counts those that are tiny.

use std::ops::Range;

use super::map::Map;

/// Windows that make one window of the next size.
pub const RADIX: u32 = 256;

/// Sizes of windows in bytes, smallest first.
const SIZES: [u32; 3] = [RADIX, RADIX * RADIX, RADIX * RADIX * RADIX];

/// Most pieces that a message without windows is expected to have.
const FEW: u64 = 512;

/// Most pieces that are put together without windows.
pub const MAX_PLAIN_PIECES: usize = 1 << 12;

/// Numbers of windows begin here; messages have the ones below.
pub const FIRST_ID: u32 = 1 << 28;

/// Most windows of a table; messages that would need more are not put together.
pub const MAX_WINDOWS: usize = 1 << 24;

/// How a message is cut into windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Bytes of the message.
    total: u32,
    /// Level of the smallest windows.
    finest: u8,
}

impl Cut {
    /// How a message is cut, if it has so many pieces that it is put together in windows; told by its size and the length
    /// of the piece that comes first. The smallest windows are left out where pieces are larger, which makes most pieces one part.
    pub fn of(total: u64, first: usize) -> Option<Self> {
        let needed = total > u64::from(RADIX) && (first as u64).saturating_mul(FEW) < total;
        let finest = u8::from(first >= RADIX as usize);
        u32::try_from(total).ok().filter(|_| needed).map(|total| Cut { total, finest })
    }

    /// All windows, for pieces of any size.
    pub fn finest(total: u32) -> Self {
        Cut { total, finest: 0 }
    }

    /// Whether many pieces smaller than [`RADIX`] make no long list.
    pub fn takes_tiny_pieces(self) -> bool {
        self.finest == 0
    }

    /// How many sizes of windows the message has; also the level of the message itself.
    fn levels(self) -> usize {
        SIZES.partition_point(|&size| size < self.total).max(usize::from(self.finest))
    }
}

/// A part of a piece, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Number of the message or window.
    pub id: u32,
    /// Its place there.
    pub offset: u32,
    /// More follows behind it there.
    pub more: bool,
    /// Which bytes of the piece (or of the whole window) it is.
    pub bytes: Range<u32>,
}

/// A window of a message. The level is that of its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Window {
    message: u32,
    level: u8,
    index: u32,
}

/// The windows of the messages of one table. They are made on the first pass, one for each end of a piece at most.
#[derive(Debug, Default)]
pub struct Windows {
    ids: Map<Window, u32>,
    /// The windows in the order of their numbers, and how their messages are cut.
    rows: Vec<(Window, Cut)>,
    /// Parts that were left out because there were too many windows.
    pub lost: u64,
}

impl Windows {
    /// Takes a piece of a message apart. It must not reach behind the end of the message.
    pub fn split(&mut self, message: u32, cut: Cut, offset: u32, len: u32) -> Vec<Part> {
        let mut parts = Vec::new();
        let Some(end) = offset.checked_add(len).filter(|&end| end <= cut.total) else { return parts };
        let id = &mut |window| self.id(window, cut);
        let mut split = Split { id, message, cut, piece: offset, parts: &mut parts };
        split.below(cut.levels(), offset, end);
        parts
    }

    /// The parts of a piece that [`Windows::split`] took apart before.
    pub fn parts(&self, message: u32, cut: Cut, offset: u32, len: u32) -> Vec<Part> {
        let mut parts = Vec::new();
        let Some(end) = offset.checked_add(len).filter(|&end| end <= cut.total) else { return parts };
        let id = &mut |window| self.ids.get(&window).copied();
        let mut split = Split { id, message, cut, piece: offset, parts: &mut parts };
        split.below(cut.levels(), offset, end);
        parts
    }

    /// What a whole window is for the window or the message above it; nothing if the number is not a window's.
    pub fn whole(&mut self, id: u32) -> Option<Part> {
        let (window, cut) = *self.rows.get(id.checked_sub(FIRST_ID)? as usize)?;
        let size = *SIZES.get(usize::from(window.level))?;
        let start = window.index.checked_mul(size)?;
        let end = start.saturating_add(size).min(cut.total);
        let mut parts = Vec::new();
        let id = &mut |window| self.id(window, cut);
        let mut split = Split { id, message: window.message, cut, piece: start, parts: &mut parts };
        split.give(usize::from(window.level) + 1, start, end);
        parts.pop()
    }

    fn id(&mut self, window: Window, cut: Cut) -> Option<u32> {
        if let Some(&id) = self.ids.get(&window) {
            return Some(id);
        }
        if self.rows.len() >= MAX_WINDOWS {
            self.lost += 1;
            return None;
        }
        let next = FIRST_ID + self.rows.len() as u32;
        self.ids.insert(window, next);
        self.rows.push((window, cut));
        Some(next)
    }
}

struct Split<'a> {
    id: &'a mut dyn FnMut(Window) -> Option<u32>,
    message: u32,
    cut: Cut,
    piece: u32,
    parts: &'a mut Vec<Part>,
}

impl Split<'_> {
    /// Takes bytes apart that lie in one window of this level, or in the message.
    fn below(&mut self, level: usize, start: u32, end: u32) {
        if start >= end {
            return;
        }
        let below = level.checked_sub(1).filter(|&below| below >= usize::from(self.cut.finest));
        let Some(&size) = below.and_then(|below| SIZES.get(below)) else {
            return self.give(level, start, end);
        };
        let first = start.div_ceil(size).saturating_mul(size);
        let last = if end == self.cut.total { end } else { end / size * size };
        if first > last {
            return self.below(level - 1, start, end);
        }
        self.below(level - 1, start, first.min(end));
        self.give(level, first, last);
        self.below(level - 1, last, end);
    }

    /// Gives bytes to the window of this level that they lie in, or to the message.
    fn give(&mut self, level: usize, start: u32, end: u32) {
        if start >= end {
            return;
        }
        let bytes = start - self.piece..end - self.piece;
        let Some(&size) = SIZES.get(level).filter(|_| level < self.cut.levels()) else {
            let part = Part { id: self.message, offset: start, more: end < self.cut.total, bytes };
            return self.parts.push(part);
        };
        let index = start / size;
        let border = (index * size).saturating_add(size).min(self.cut.total);
        let window = Window { message: self.message, level: level as u8, index };
        if let Some(id) = (self.id)(window) {
            self.parts.push(Part { id, offset: start - index * size, more: end < border, bytes });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What Wireshark's reassembly does: lists of pieces that become whole when nothing is missing.
    #[derive(Default)]
    struct Consumer {
        windows: Windows,
        lists: Map<u32, List>,
        whole: Vec<Vec<u8>>,
        longest: usize,
        /// Length of the first piece.
        first: usize,
    }

    #[derive(Default)]
    struct List {
        pieces: std::collections::BTreeMap<u32, Vec<u8>>,
        have: usize,
        end: Option<u32>,
    }

    impl Consumer {
        fn piece(&mut self, total: usize, offset: usize, bytes: &[u8]) {
            let cut = Cut::of(total as u64, self.first).unwrap_or(Cut::finest(total as u32));
            for part in self.windows.split(7, cut, offset as u32, bytes.len() as u32) {
                self.add(&part, &bytes[part.bytes.start as usize..part.bytes.end as usize]);
            }
        }

        fn add(&mut self, part: &Part, bytes: &[u8]) {
            assert!(!bytes.is_empty());
            let list = self.lists.entry(part.id).or_default();
            if !part.more {
                list.end = Some(part.offset + bytes.len() as u32);
            }
            list.have += bytes.len();
            assert!(list.pieces.insert(part.offset, bytes.to_vec()).is_none(), "the same place twice");
            self.longest = self.longest.max(list.pieces.len());
            if list.end != Some(list.have as u32) {
                return;
            }
            let list = self.lists.remove(&part.id).unwrap();
            let bytes: Vec<u8> = list.pieces.into_values().flatten().collect();
            match self.windows.whole(part.id) {
                Some(part) => {
                    assert_eq!(part.bytes, 0..bytes.len() as u32);
                    self.add(&part, &bytes);
                }
                None => self.whole.push(bytes),
            }
        }
    }

    fn bytes(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at * 31 + at / 251) as u8).collect()
    }

    /// The order in which pieces come: as they stand, or as far from it as can be.
    fn shuffled(count: usize, step: usize) -> impl Iterator<Item = usize> {
        (0..count).map(move |at| at * step % count)
    }

    #[test]
    fn no_list_is_long_whatever_the_pieces_and_their_order() {
        for (total, len, step) in
            [(300_007, 1, 1), (300_007, 1, 777_777), (20_000_000, 2045, 1), (20_000_000, 2045, 4099)]
        {
            let file = bytes(total);
            let mut consumer = Consumer { first: len, ..Consumer::default() };
            for number in shuffled(total.div_ceil(len), step) {
                let start = number * len;
                consumer.piece(total, start, &file[start..(start + len).min(total)]);
            }
            assert!(consumer.whole == [file], "{total} bytes in pieces of {len}");
            assert!(consumer.lists.is_empty());
            assert!(consumer.longest <= RADIX as usize, "{}", consumer.longest);
        }
    }

    #[test]
    fn windows_are_for_large_messages_and_tiny_pieces() {
        let finest = |total, first| Cut::of(total, first).map(|cut| cut.finest);
        assert_eq!([finest(0, 0), finest(256, 1), finest(512 * 1202, 1202)], [None; 3]);
        assert_eq!([finest(257, 0), finest(1 << 16, 1), finest(1 << 17, 255)], [Some(0); 3]);
        assert_eq!([finest(512 * 1202 + 1, 1202), finest(u64::from(u32::MAX), 1 << 20)], [Some(1); 2]);
        assert_eq!(finest(u64::MAX, 1202), None);
    }

    #[test]
    fn claims_cost_nothing() {
        let mut windows = Windows::default();
        assert!(windows.split(0, Cut::finest(u32::MAX), 5, u32::MAX).is_empty());
        assert!(windows.split(0, Cut::finest(10), 5, 6).is_empty());
        let parts = windows.split(0, Cut::finest(u32::MAX), u32::MAX - 3, 3);
        assert_eq!((parts.len(), parts[0].more, windows.rows.len()), (1, false, 1));
        assert_eq!((windows.whole(0), windows.whole(FIRST_ID + 1), windows.whole(u32::MAX)), (None, None, None));
    }

    proptest! {
        #[test]
        fn messages_survive_any_cut_and_order(
            total in 1usize..400_000, cuts in proptest::collection::vec(1usize..90_000, 1..12), seed in any::<u64>(),
            first in 0usize..512,
        ) {
            let file = bytes(total);
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
            let mut consumer = Consumer { first, ..Consumer::default() };
            for piece in pieces {
                prop_assert!(consumer.whole.is_empty());
                consumer.piece(total, piece.start, &file[piece]);
            }
            prop_assert!(consumer.whole == [file]);
            prop_assert!(consumer.lists.is_empty());
        }

        #[test]
        fn numbers_are_the_same_on_every_pass(
            total in 1u32.., finest in 0u8..2, places in proptest::collection::vec((any::<u32>(), 1u32..5000), 1..20)) {
            let mut windows = Windows::default();
            let cut = Cut { total, finest };
            let places: Vec<_> = places.into_iter().map(|(start, len)| (start % total, len)).collect();
            let mut pass = || -> Vec<_> {
                let split = |&(start, len): &(u32, u32)| windows.split(1, cut, start, len.min(total - start));
                places.iter().map(split).collect()
            };
            let first = pass();
            prop_assert_eq!(first, pass());
        }
    }
}
