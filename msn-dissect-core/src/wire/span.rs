// SPDX-License-Identifier: GPL-2.0-or-later
//! Byte ranges.

/// A byte range of the current source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to, not including, `end`; never negative.
    pub const fn new(start: usize, end: usize) -> Self {
        Span { start, end: if end < start { start } else { end } }
    }

    /// Bytes in the range.
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the range holds no byte.
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// The bytes of the range; empty where it leaves `data`.
    pub fn of(self, data: &[u8]) -> &[u8] {
        data.get(self.start..self.end).unwrap_or_default()
    }

    /// The same range counted from `by` bytes earlier.
    pub const fn shift(self, by: usize) -> Self {
        Span { start: self.start + by, end: self.end + by }
    }
}
