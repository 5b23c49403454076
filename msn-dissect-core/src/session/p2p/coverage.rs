// SPDX-License-Identifier: GPL-2.0-or-later
//! Which bytes of a message arrived.

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

/// Ranges that do not touch each other.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    ranges: BTreeMap<u32, u32>,
    bytes: u64,
}

impl Coverage {
    /// Bytes that arrived, each counted once.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many separate ranges there are.
    pub fn ranges(&self) -> usize {
        self.ranges.len()
    }

    /// Adds the range from `start` up to, not including, `end`.
    pub fn add(&mut self, start: u32, end: u32) -> Fit {
        let before =
            self.ranges.range(..=start).next_back().map(|(&from, &to)| (from, to)).filter(|row| row.1 >= start);
        if before.is_some_and(|row| row.1 >= end) {
            return Fit::Covered;
        }
        let (mut from, mut to) = (start, end);
        let mut there = 0;
        if let Some((first, last)) = before {
            there += u64::from(last - start);
            from = first;
            self.ranges.remove(&first);
        }
        // Every range is removed at most once for each time it was added, so this stays linear over all pieces.
        while let Some((&first, &last)) = self.ranges.range(start..=end).next() {
            there += u64::from(last.min(end) - first);
            to = to.max(last);
            self.ranges.remove(&first);
        }
        self.ranges.insert(from, to);
        self.bytes += u64::from(end - start) - there;
        if there == 0 { Fit::New } else { Fit::Overlap }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_join_and_overlaps_are_told() {
        let mut coverage = Coverage::default();
        assert_eq!(coverage.add(10, 20), Fit::New);
        assert_eq!(coverage.add(0, 10), Fit::New);
        assert_eq!((coverage.ranges(), coverage.bytes()), (1, 20));
        assert_eq!(coverage.add(5, 15), Fit::Covered);
        assert_eq!(coverage.add(15, 25), Fit::Overlap);
        assert_eq!(coverage.add(30, 40), Fit::New);
        assert_eq!(coverage.add(20, 35), Fit::Overlap);
        assert_eq!((coverage.ranges(), coverage.bytes()), (1, 40));
    }

    proptest! {
        #[test]
        fn bytes_are_counted_as_a_bitmap_would(pieces in proptest::collection::vec((0u32..60, 1u32..20), 0..40)) {
            let mut coverage = Coverage::default();
            let mut map = [false; 80];
            for (start, len) in pieces {
                let range = start as usize..(start + len) as usize;
                let there = map[range.clone()].iter().filter(|&&set| set).count();
                let expected = match there {
                    0 => Fit::New,
                    _ if there == len as usize => Fit::Covered,
                    _ => Fit::Overlap,
                };
                map[range].fill(true);
                prop_assert_eq!(coverage.add(start, start + len), expected);
                prop_assert_eq!(coverage.bytes(), map.iter().filter(|&&set| set).count() as u64);
            }
        }
    }
}
