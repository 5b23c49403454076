// SPDX-License-Identifier: GPL-2.0-or-later
//! Protocol versions of a connection that neither negotiated nor inherited one, as far as the shapes of its commands
//! tell (fact base: state 3). They are shown and never relied on.

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

#[cfg(test)]
mod tests {
    use super::*;

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
