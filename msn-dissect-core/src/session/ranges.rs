// SPDX-License-Identifier: GPL-2.0-or-later
//! Which bytes of a file have arrived.

/// Most separate ranges kept; a file that arrives in more pieces is not followed further.
pub const MAX_RANGES: usize = 4096;

/// A set of byte ranges, sorted and apart from each other.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    rows: Vec<(u64, u64)>,
    total: u64,
}

impl Ranges {
    /// Adds `start..end`; returns how many bytes are new. Nothing is added beyond [`MAX_RANGES`] separate ranges.
    pub fn add(&mut self, start: u64, end: u64) -> u64 {
        if start >= end {
            return 0;
        }
        // In order is the rule: the last range grows.
        if let Some(last) = self.rows.last_mut().filter(|last| last.1 == start) {
            last.1 = end;
            self.total += end - start;
            return end - start;
        }
        let from = self.rows.partition_point(|row| row.1 < start);
        let to = self.rows.partition_point(|row| row.0 <= end);
        let touched = self.rows.get(from..to).unwrap_or_default();
        if touched.is_empty() {
            if self.rows.len() >= MAX_RANGES {
                return 0;
            }
            self.rows.insert(from, (start, end));
            self.total += end - start;
            return end - start;
        }
        let old: u64 = touched.iter().map(|row| row.1 - row.0).sum();
        let start = touched.first().map_or(start, |row| row.0.min(start));
        let end = touched.last().map_or(end, |row| row.1.max(end));
        self.rows.splice(from..to, [(start, end)]);
        let new = (end - start).saturating_sub(old);
        self.total += new;
        new
    }

    /// How many bytes have arrived.
    pub fn total(&self) -> u64 {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn separate_ranges_are_bounded() {
        let mut ranges = Ranges::default();
        for number in 0..=MAX_RANGES as u64 {
            ranges.add(number * 2, number * 2 + 1);
        }
        assert_eq!(ranges.total(), MAX_RANGES as u64);
    }

    proptest! {
        #[test]
        fn counts_like_a_bit_set(pieces in proptest::collection::vec((0u64..200, 0u64..30), 0..60)) {
            let (mut ranges, mut bits) = (Ranges::default(), [false; 256]);
            for (start, len) in pieces {
                let mut new = 0;
                for bit in &mut bits[start as usize..(start + len) as usize] {
                    new += u64::from(!*bit);
                    *bit = true;
                }
                prop_assert_eq!(ranges.add(start, start + len), new);
            }
            prop_assert_eq!(ranges.total(), bits.iter().filter(|&&bit| bit).count() as u64);
        }
    }
}
