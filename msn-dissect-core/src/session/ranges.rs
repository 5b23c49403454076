// SPDX-License-Identifier: GPL-2.0-or-later
//! Which bytes of a file or message have arrived.

use std::collections::BTreeMap;

/// What a new piece is to those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// All of it is new.
    New,
    /// Some of it was there.
    Overlap,
    /// All of it was there.
    Covered,
}

/// A set of byte ranges that do not touch each other; never more of them than pieces were added.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    rows: BTreeMap<u64, u64>,
    total: u64,
}

impl Ranges {
    /// How many bytes have arrived, each counted once.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether any of the bytes from `start` up to, not including, `end` have arrived.
    pub fn touches(&self, start: u64, end: u64) -> bool {
        self.rows.range(..end).next_back().is_some_and(|(_, &last)| last > start)
    }

    /// Adds the bytes from `start` up to, not including, `end`. No bytes are covered.
    pub fn add(&mut self, start: u64, end: u64) -> Fit {
        if start >= end {
            return Fit::Covered;
        }
        // In order is the rule: the last range grows.
        if let Some(mut last) = self.rows.last_entry().filter(|last| *last.get() == start) {
            last.insert(end);
            self.total += end - start;
            return Fit::New;
        }
        let before = self.rows.range(..=start).next_back().map(|(&from, &to)| (from, to)).filter(|row| row.1 >= start);
        if before.is_some_and(|row| row.1 >= end) {
            return Fit::Covered;
        }
        let (mut from, mut to) = (start, end);
        let mut there = 0;
        if let Some((first, last)) = before {
            there += last - start;
            from = first;
            self.rows.remove(&first);
        }
        // Every range is removed at most once for each time it was added, so this stays linear over all pieces.
        while let Some((&first, &last)) = self.rows.range(start..=end).next() {
            there += last.min(end) - first;
            to = to.max(last);
            self.rows.remove(&first);
        }
        self.rows.insert(from, to);
        self.total += end - start - there;
        if there == 0 { Fit::New } else { Fit::Overlap }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_join_and_overlaps_are_told() {
        let mut ranges = Ranges::default();
        assert_eq!(ranges.add(10, 20), Fit::New);
        assert_eq!(ranges.add(0, 10), Fit::New);
        assert_eq!((ranges.rows.len(), ranges.total()), (1, 20));
        assert_eq!(ranges.add(5, 15), Fit::Covered);
        assert_eq!(ranges.add(7, 7), Fit::Covered);
        assert!(ranges.touches(19, 30) && ranges.touches(0, 1) && ranges.touches(5, 6));
        assert!(!ranges.touches(20, 30) && !ranges.touches(0, 0) && !Ranges::default().touches(0, 9));
        assert_eq!(ranges.add(15, 25), Fit::Overlap);
        assert_eq!(ranges.add(30, 40), Fit::New);
        assert_eq!(ranges.add(20, 35), Fit::Overlap);
        assert_eq!((ranges.rows.len(), ranges.total()), (1, 40));
        assert_eq!(ranges.add(40, u64::MAX), Fit::New);
        assert_eq!((ranges.rows.len(), ranges.total()), (1, u64::MAX));
    }

    proptest! {
        #[test]
        fn bytes_are_counted_as_a_bitmap_would(pieces in proptest::collection::vec((0u64..200, 1u64..30), 0..60)) {
            let mut ranges = Ranges::default();
            let mut map = [false; 240];
            for (start, len) in pieces {
                let range = start as usize..(start + len) as usize;
                let there = map[range.clone()].iter().filter(|&&set| set).count();
                let expected = match there {
                    0 => Fit::New,
                    _ if there == len as usize => Fit::Covered,
                    _ => Fit::Overlap,
                };
                map[range].fill(true);
                prop_assert_eq!(ranges.add(start, start + len), expected);
                prop_assert_eq!(ranges.total(), map.iter().filter(|&&set| set).count() as u64);
            }
        }
    }
}
