// SPDX-License-Identifier: GPL-2.0-or-later
//! Header blocks: `Name: value` lines up to an empty line (fact base: mime 1).
//!
//! CRLF, bare LF and bare CR all end a line; a line that begins with a blank or TAB continues the one before.

use memchr::memchr2;

use crate::wire::{Span, work};

/// A header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name, without blanks around it.
    pub name: Span,
    /// The value, without blanks around it; may be empty, and holds line ends when it was continued.
    pub value: Span,
    /// Name to end of value, without the line end.
    pub whole: Span,
}

/// What a line of a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A header.
    Header(Header),
    /// A line without a colon.
    Odd(Span),
    /// The empty line that ends the block; the bytes behind it start at its end.
    Blank(Span),
}

/// Walks over the lines of a block and beyond: an empty line does not stop it.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    data: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Lines<'a> {
    /// The lines in `span` of `data`.
    pub fn new(data: &'a [u8], span: Span) -> Self {
        let end = span.end.min(data.len());
        Lines { data, at: span.start.min(end), end }
    }

    /// Where the next line begins.
    pub fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..self.end).unwrap_or_default()
    }

    /// Takes a line without its end.
    fn line(&mut self) -> Span {
        let rest = self.rest();
        let start = self.at;
        let Some(len) = memchr2(b'\r', b'\n', rest) else {
            self.at = self.end;
            work::done(rest.len());
            return Span::new(start, self.end);
        };
        let ending = if rest.get(len..len + 2) == Some(b"\r\n") { 2 } else { 1 };
        self.at = start + len + ending;
        work::done(len + ending);
        Span::new(start, start + len)
    }

    /// The next line with those that continue it, not looked into: empty where the block ends.
    pub fn whole(&mut self) -> Option<Span> {
        if self.at >= self.end {
            return None;
        }
        let mut line = self.line();
        if !line.is_empty() {
            while matches!(self.data.get(self.at), Some(b' ' | b'\t')) && self.at < self.end {
                line.end = self.line().end;
            }
        }
        Some(line)
    }

    /// Takes a line of [`Lines::whole`] apart; `None` if it has no colon.
    pub fn header(&self, line: Span) -> Option<Header> {
        let bytes = line.of(self.data);
        // A name holds no control characters.
        let stop = bytes.iter().position(|&byte| byte == b':' || byte < b' ');
        work::done(stop.unwrap_or(bytes.len()));
        let colon = line.start + stop.filter(|&at| bytes.get(at) == Some(&b':'))?;
        Some(Header {
            name: trim(self.data, Span::new(line.start, colon)),
            value: trim(self.data, Span::new(colon + 1, line.end)),
            whole: line,
        })
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        let line = self.whole()?;
        if line.is_empty() {
            return Some(Line::Blank(Span::new(line.start, self.at)));
        }
        Some(self.header(line).map_or(Line::Odd(line), Line::Header))
    }
}

/// The span without blanks and TABs at its ends.
pub fn trim(data: &[u8], span: Span) -> Span {
    let bytes = span.of(data);
    if let [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] = bytes {
        return span;
    }
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let lead = bytes.iter().take_while(|byte| blank(byte)).count();
    if lead == bytes.len() {
        return Span::new(span.start, span.start);
    }
    let trail = bytes.iter().rev().take_while(|byte| blank(byte)).count();
    Span::new(span.start + lead, span.end - trail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(data: &[u8]) -> Vec<String> {
        Lines::new(data, Span::new(0, data.len()))
            .map(|line| match line {
                Line::Header(header) => format!(
                    "{}={}",
                    String::from_utf8_lossy(header.name.of(data)),
                    String::from_utf8_lossy(header.value.of(data))
                ),
                Line::Odd(span) => format!("?{}", String::from_utf8_lossy(span.of(data))),
                Line::Blank(span) => format!("-{}", span.len()),
            })
            .collect()
    }

    #[test]
    fn headers_with_and_without_blanks() {
        assert_eq!(show(b"A: 1\r\nB:2\r\nC:   3 \r\nD:\r\n\r\n"), ["A=1", "B=2", "C=3", "D=", "-2"]);
    }

    #[test]
    fn every_line_end_counts() {
        assert_eq!(show(b"A: 1\nB: 2\rC: 3\r\n\nbody"), ["A=1", "B=2", "C=3", "-1", "?body"]);
    }

    #[test]
    fn continuation_lines_belong_to_the_value() {
        assert_eq!(show(b"A: 1;\r\n\tb=2\r\n c\r\nD: 3"), ["A=1;\r\n\tb=2\r\n c", "D=3"]);
    }

    #[test]
    fn lines_without_colon_and_cut_lines_are_told() {
        assert_eq!(show(b"nothing\r\n\x01: x\r\nA"), ["?nothing", "?\u{1}: x", "?A"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_walked_once(data in proptest::collection::vec(proptest::sample::select(&b"ab: \t\r\n\xff"[..]), 0..200)) {
            let mut lines = Lines::new(&data, Span::new(0, data.len()));
            let mut last = 0;
            while let Some(line) = lines.next() {
                let (start, end) = match line {
                    Line::Header(header) => {
                        assert!(header.whole.start <= header.name.start && header.name.end <= header.value.start);
                        assert!(header.value.end <= header.whole.end);
                        (header.whole.start, header.whole.end)
                    }
                    Line::Odd(span) | Line::Blank(span) => (span.start, span.end),
                };
                assert!(start == last && end <= lines.at() && lines.at() > last);
                last = lines.at();
            }
            assert_eq!(last, data.len());
        }
    }
}
