// SPDX-License-Identifier: GPL-2.0-or-later
//! Protocol versions of a connection that neither negotiated nor inherited one, as far as the shapes of its commands
//! tell (fact base: state 3). They are shown and never relied on.

use super::{connection::ConnId, map::Map};
use crate::session::FrameId;

/// First and last version that a connection may speak; none if the first is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// First.
    pub low: u8,
    /// Last.
    pub high: u8,
}

impl Range {
    /// Nothing is known: MSNP2 to MSNP21.
    pub const ALL: Range = Range { low: 2, high: 21 };
    /// Nothing is inferred any more: commands contradict each other, or the version is negotiated.
    pub const NONE: Range = Range { low: 1, high: 0 };
    /// Last version with switchboards and most commands; that a connection is not newer says nothing.
    const LAST_OF_MOST: u8 = 18;

    /// Whether there is no version in it.
    pub fn is_empty(self) -> bool {
        self.low > self.high
    }

    /// What both allow.
    pub fn and(self, (low, high): (u8, u8)) -> Range {
        Range { low: self.low.max(low), high: self.high.min(high) }
    }

    /// What a reader is told; nothing where that would be no news.
    pub fn wording(self) -> Option<String> {
        let Range { low, high } = self;
        let first = low <= Range::ALL.low;
        match high >= Range::ALL.high {
            _ if self.is_empty() || first && high >= Range::LAST_OF_MOST => None,
            true => Some(format!("{low} or later")),
            false if first => Some(format!("{high} or earlier")),
            false => Some(format!("between {low} and {high}")),
        }
    }
}

impl Default for Range {
    fn default() -> Self {
        Range::ALL
    }
}

/// What was known over time. Ranges only become narrower, so that a connection has some twenty rows at most.
#[derive(Debug, Default)]
pub struct Versions {
    rows: Map<ConnId, Vec<(FrameId, u32, Range)>>,
}

impl Versions {
    /// Keeps what is known since a unit.
    pub fn set(&mut self, conn: ConnId, frame: FrameId, unit: u32, range: Range) {
        self.rows.entry(conn).or_default().push((frame, unit, range));
    }

    /// What was known after a unit.
    pub fn at(&self, conn: ConnId, frame: FrameId, unit: u32) -> Range {
        let rows = self.rows.get(&conn).map(Vec::as_slice).unwrap_or_default();
        let end = rows.partition_point(|row| (row.0, row.1) <= (frame, unit));
        end.checked_sub(1).and_then(|at| rows.get(at)).map_or(Range::ALL, |row| row.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_known_then_is_found() {
        let mut versions = Versions::default();
        let (wide, narrow) = (Range { low: 8, high: 18 }, Range { low: 14, high: 17 });
        versions.set(ConnId(1), FrameId::nth(3), 1, wide);
        versions.set(ConnId(1), FrameId::nth(7), 0, narrow);
        let at = |frame, unit| versions.at(ConnId(1), frame, unit);
        assert_eq!(
            [at(FrameId::nth(3), 0), at(FrameId::nth(3), 1), at(FrameId::nth(6), 9), at(FrameId::nth(7), 0)],
            [Range::ALL, wide, wide, narrow]
        );
        assert_eq!(versions.at(ConnId(2), FrameId::nth(9), 0), Range::ALL);
    }

    #[test]
    fn only_news_are_told() {
        let wording = |low, high| Range { low, high }.wording().unwrap_or_default();
        assert_eq!([wording(2, 21), wording(2, 18), wording(1, 0)], [""; 3]);
        assert_eq!(
            [wording(2, 13), wording(15, 21), wording(14, 17)],
            ["13 or earlier", "15 or later", "between 14 and 17"]
        );
        assert_eq!(Range::ALL.and((14, 17)), Range { low: 14, high: 17 });
    }
}
