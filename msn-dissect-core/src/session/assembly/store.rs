// SPDX-License-Identifier: GPL-2.0-or-later
//! The bytes of a message under way: each once, in the order in which they came, and which place each run of them has.
//!
//! What comes in order is one run, which is the message without another copy. Nothing is allocated for bytes that did not
//! come.

use std::collections::BTreeMap;

/// Bytes that follow each other in the message and in the store.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    /// Place of the first.
    start: u32,
    /// Place behind the last.
    end: u32,
    /// Where the bytes are in the store.
    at: u32,
}

/// What new bytes are to those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// All of them are new.
    New,
    /// Some of them were there, the same or others (`differ`).
    Overlap {
        /// The bytes there were others.
        differ: bool,
    },
    /// All of them were there; nothing was added.
    Covered,
}

/// The bytes of a message under way.
#[derive(Debug, Default)]
pub(super) struct Store {
    bytes: Vec<u8>,
    /// The run that began with the first bytes.
    first: Run,
    /// All other runs, by their first place.
    others: BTreeMap<u32, Run>,
}

impl Store {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The run at or before a place.
    fn before(&self, place: u32) -> Option<Run> {
        let other = self.others.range(..=place).next_back().map(|row| *row.1);
        let first = (!self.bytes.is_empty() && self.first.start <= place).then_some(self.first);
        [other, first].into_iter().flatten().max_by_key(|run| run.start)
    }

    /// The runs that have places from `start` up to, not including, `end`; in order.
    fn overlapping(&self, start: u32, end: u32) -> Vec<Run> {
        let mut found: Vec<Run> = self.before(start).filter(|run| run.end > start).into_iter().collect();
        let behind = start.saturating_add(1)..end.max(start.saturating_add(1));
        let has_first = !self.bytes.is_empty() && behind.contains(&self.first.start);
        found.extend(self.others.range(behind).map(|row| *row.1));
        if has_first {
            self.enter_first(&mut found);
        }
        found
    }

    /// Puts the first run in its place among others.
    fn enter_first(&self, runs: &mut Vec<Run>) {
        let at = runs.partition_point(|run| run.start < self.first.start);
        runs.insert(at, self.first);
    }

    /// Whether any place from `start` up to, not including, `end` has its bytes.
    pub fn touches(&self, start: u32, end: u32) -> bool {
        start < end && self.before(end - 1).is_some_and(|run| run.end > start)
    }

    /// Whether the bytes from the place `start` on are these.
    pub fn holds(&self, start: u32, data: &[u8]) -> bool {
        let end = start.saturating_add(data.len() as u32);
        let runs = self.overlapping(start, end);
        let there: u32 = runs.iter().map(|run| run.end.min(end) - run.start.max(start)).sum();
        there as usize == data.len() && !self.differ(start, data, &runs)
    }

    fn differ(&self, start: u32, data: &[u8], runs: &[Run]) -> bool {
        let end = start.saturating_add(data.len() as u32);
        runs.iter().any(|run| {
            let (from, to) = (run.start.max(start), run.end.min(end));
            let old = (run.at + (from - run.start)) as usize;
            let len = to.saturating_sub(from) as usize;
            let new = (from - start) as usize;
            self.bytes.get(old..old + len) != data.get(new..new + len)
        })
    }

    /// Adds bytes at a place, which they do not reach the end of all places from. No more room is kept than for `total`
    /// bytes.
    pub fn add(&mut self, start: u32, data: &[u8], total: Option<u32>) -> Fit {
        let end = start.saturating_add(data.len() as u32);
        if self.others.is_empty() && (self.bytes.is_empty() || start == self.first.end) {
            if self.bytes.is_empty() {
                self.first = Run { start, end: start, at: 0 };
            }
            self.first.end = end;
            self.append(data, total);
            return Fit::New;
        }
        let runs = self.overlapping(start, end);
        if runs.is_empty() {
            self.put(start, data, total);
            return Fit::New;
        }
        let (mut gaps, mut at) = (Vec::new(), start);
        for run in &runs {
            if run.start > at {
                gaps.push((at, run.start));
            }
            at = at.max(run.end);
        }
        if at < end {
            gaps.push((at, end));
        }
        if gaps.is_empty() {
            return Fit::Covered;
        }
        let differ = self.differ(start, data, &runs);
        for (from, to) in gaps {
            let part = data.get((from - start) as usize..(to - start) as usize).unwrap_or_default();
            self.put(from, part, total);
        }
        Fit::Overlap { differ }
    }

    /// Adds bytes of which none are there.
    fn put(&mut self, start: u32, data: &[u8], total: Option<u32>) {
        let (at, end) = (self.bytes.len() as u32, start.saturating_add(data.len() as u32));
        self.append(data, total);
        let goes_on = |run: &Run| run.end == start && run.at + (run.end - run.start) == at;
        if goes_on(&self.first) {
            self.first.end = end;
            return;
        }
        match self.others.range_mut(..start).next_back().map(|row| row.1).filter(|run| goes_on(run)) {
            Some(run) => run.end = end,
            None => {
                self.others.insert(start, Run { start, end, at });
            }
        }
    }

    /// Adds the bytes of a piece that has a number, which is new.
    pub fn number(&mut self, number: u32, data: &[u8]) {
        let at = self.bytes.len() as u32;
        self.others.insert(number, Run { start: number, end: number, at });
        self.append(data, None);
    }

    fn append(&mut self, data: &[u8], total: Option<u32>) {
        let (len, wanted) = (self.bytes.len(), self.bytes.len() + data.len());
        if wanted > self.bytes.capacity() {
            let most = total.map_or(usize::MAX, |total| total as usize).max(wanted);
            self.bytes.reserve_exact((len * 2).clamp(wanted, most) - len);
        }
        self.bytes.extend_from_slice(data);
    }

    /// The bytes of the pieces that have these numbers and lengths, in this order.
    pub fn numbered(self, pieces: impl Iterator<Item = (u32, u32)> + Clone) -> Box<[u8]> {
        let find =
            |(number, len): (u32, u32)| (self.others.get(&number).map_or(0, |run| run.at as usize), len as usize);
        let places = pieces.map(find);
        let (mut next, mut in_order) = (0, true);
        for (at, len) in places.clone() {
            in_order &= at == next;
            next = at + len;
        }
        if in_order && next == self.bytes.len() {
            return self.bytes.into_boxed_slice();
        }
        let mut whole = Vec::new();
        for (at, len) in places {
            whole.extend_from_slice(self.bytes.get(at..at + len).unwrap_or_default());
        }
        whole.into_boxed_slice()
    }

    /// The bytes in the order of their places.
    pub fn in_order(self) -> Box<[u8]> {
        if self.others.is_empty() {
            return self.bytes.into_boxed_slice();
        }
        let mut runs: Vec<Run> = self.others.values().copied().collect();
        self.enter_first(&mut runs);
        let mut whole = Vec::with_capacity(self.bytes.len());
        for run in runs {
            let end = run.at + (run.end - run.start);
            whole.extend_from_slice(self.bytes.get(run.at as usize..end as usize).unwrap_or_default());
        }
        whole.into_boxed_slice()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn add(store: &mut Store, start: u32, data: &[u8]) -> Fit {
        store.add(start, data, None)
    }

    #[test]
    fn bytes_come_in_any_order_and_once() {
        let mut store = Store::default();
        assert_eq!(add(&mut store, 4, b"ef"), Fit::New);
        assert_eq!(add(&mut store, 0, b"ab"), Fit::New);
        assert_eq!(add(&mut store, 4, b"ef"), Fit::Covered);
        assert!(store.holds(0, b"ab") && store.holds(4, b"ef") && !store.holds(0, b"abc") && !store.holds(4, b"ex"));
        assert!(store.touches(1, 3) && !store.touches(2, 4) && !store.touches(0, 0) && !store.touches(6, 9));
        assert_eq!(add(&mut store, 1, b"bcd"), Fit::Overlap { differ: false });
        assert_eq!(store.len(), 6);
        assert_eq!(add(&mut store, 0, b"xbcdefgh"), Fit::Overlap { differ: true });
        assert_eq!(*store.in_order(), *b"abcdefgh");
    }

    #[test]
    fn in_order_nothing_is_copied_twice_and_no_room_is_left() {
        let mut store = Store::default();
        for start in 0..1000 {
            assert_eq!(store.add(start, b"x", Some(1000)), Fit::New);
        }
        assert_eq!((store.others.len(), store.bytes.capacity()), (0, 1000));
        let at = store.bytes.as_ptr();
        let whole = store.in_order();
        assert_eq!(whole.as_ptr(), at);
    }

    #[test]
    fn claims_cost_nothing() {
        let mut store = Store::default();
        store.add(u32::MAX - 1, b"x", Some(u32::MAX));
        assert!(store.bytes.capacity() < 100);
    }

    proptest! {
        #[test]
        fn a_map_of_bytes_would_do_the_same(pieces in proptest::collection::vec((0u32..200, 1u32..30, any::<u8>()), 1..60)) {
            let (mut store, mut map) = (Store::default(), [None; 240]);
            for (start, len, byte) in pieces {
                let data: Vec<u8> = (0..len).map(|at| (at as u8).wrapping_mul(byte / 128)).collect();
                let places = start as usize..(start + len) as usize;
                let there = map[places.clone()].iter().flatten().count();
                let differ = map[places.clone()].iter().zip(&data).any(|(old, new)| old.is_some_and(|old| old != *new));
                let expected = match there {
                    0 => Fit::New,
                    _ if there == len as usize => Fit::Covered,
                    _ => Fit::Overlap { differ },
                };
                prop_assert_eq!(store.touches(start, start + len), there > 0);
                prop_assert_eq!(store.holds(start, &data), there == len as usize && !differ);
                prop_assert_eq!(store.add(start, &data, None), expected);
                for (slot, byte) in map[places].iter_mut().zip(data) {
                    slot.get_or_insert(byte);
                }
                prop_assert_eq!(store.len(), map.iter().flatten().count());
            }
            let expected: Vec<u8> = map.into_iter().flatten().collect();
            prop_assert_eq!(&store.in_order()[..], &expected[..]);
        }
    }
}
