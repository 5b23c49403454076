// SPDX-License-Identifier: GPL-2.0-or-later
//! Where lines and blocks of MSNFTP begin and end (fact base: msnftp 2 and 3). In: bytes, and where in a file they belong
//! if they are blocks. Out: a line, or all blocks up to the end of the segment or of the file.

use crate::{
    dissect::framer::{Framer, Step},
    packet::Need,
    wire::{
        Span,
        ftp_blocks::{self, Block, Position},
    },
};

/// What an MSNFTP connection carries.
#[derive(Clone, Copy, Debug)]
pub enum Pdu<'a> {
    /// A command line.
    Line(Line<'a>),
    /// Blocks, or the parts of them that are there.
    Blocks(Blocks<'a>),
}

/// Blocks that follow each other.
#[derive(Clone, Copy, Debug)]
pub struct Blocks<'a> {
    /// Where the first byte belongs.
    pub first: Position,
    /// Where what follows them belongs.
    pub next: Position,
    /// The blocks; their spans count from the first byte.
    pub all: &'a [Block],
}

/// Finds lines and blocks; keeps room for the blocks.
#[derive(Debug, Default)]
pub struct FtpFramer {
    blocks: Vec<Block>,
}

impl Framer for FtpFramer {
    /// Where the first byte belongs, if blocks are due.
    type Context = Option<Position>;
    type Pdu<'a> = Pdu<'a>;

    fn next<'a>(&'a mut self, bytes: &'a [u8], known: &Option<Position>, more: bool) -> Step<Pdu<'a>> {
        if let Some(first) = *known {
            let (next, len) = self.read(first, bytes);
            if len > 0 {
                return Step::Unit(Pdu::Blocks(Blocks { first, next, all: &self.blocks }), len);
            }
        }
        match Line::parse(bytes) {
            Some(line) => Step::Unit(Pdu::Line(line), line.len),
            None if more && is_start(bytes) => Step::Partial(Need::Segment),
            None => Step::Noise(bytes.len()),
        }
    }
}

impl FtpFramer {
    /// Reads blocks as far as they go: where what follows belongs, and how many bytes they are.
    fn read(&mut self, first: Position, bytes: &[u8]) -> (Position, usize) {
        self.blocks.clear();
        let (mut position, mut at) = (first, 0);
        while at < bytes.len() {
            let Some(block) = ftp_blocks::next(&mut position, bytes, at) else { break };
            at = block.span().end;
            self.blocks.push(block);
            if block.is_end() {
                break;
            }
        }
        (position, at)
    }
}

/// Longest line waited for, in bytes.
const MAX_LINE: usize = 1024;

/// The commands (fact base: msnftp 2).
static COMMANDS: &[&str] = &["VER", "USR", "FIL", "TFR", "CCL", "BYE"];

/// A command line.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its bytes without the line ending.
    pub text: &'a [u8],
    /// Bytes of the line and its ending.
    pub len: usize,
    /// Command word.
    pub command: &'static str,
}

impl<'a> Line<'a> {
    /// The line at the start of `data`, if it is a command.
    pub fn parse(data: &'a [u8]) -> Option<Self> {
        let end = memchr::memchr(b'\n', data.get(..MAX_LINE).unwrap_or(data))?;
        let text = data.get(..end)?;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let command = COMMANDS.iter().find(|word| {
            text.strip_prefix(word.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.first() == Some(&b' '))
        })?;
        Some(Line { text, len: end + 1, command })
    }

    /// The parameters and their places.
    pub fn params(&self) -> impl Iterator<Item = Span> + use<'a> {
        let text = self.text;
        let mut at = 3;
        std::iter::from_fn(move || {
            let rest = text.get(at..)?;
            let skip = rest.iter().position(|&byte| byte != b' ')?;
            let start = at + skip;
            let len = text.get(start..)?.iter().position(|&byte| byte == b' ').unwrap_or(text.len() - start);
            at = start + len;
            Some(Span::new(start, at))
        })
    }

    /// A parameter.
    pub fn param(&self, index: usize) -> &'a [u8] {
        self.params().nth(index).map(|span| span.of(self.text)).unwrap_or_default()
    }

    /// A parameter as a number.
    pub fn number(&self, index: usize) -> Option<u64> {
        std::str::from_utf8(self.param(index)).ok()?.parse().ok()
    }
}

/// Whether bytes without a line ending may be the start of a command.
fn is_start(data: &[u8]) -> bool {
    data.len() < MAX_LINE
        && COMMANDS.iter().any(|word| {
            let len = data.len().min(3);
            data.get(..len) == word.as_bytes().get(..len) && data.get(3).is_none_or(|byte| b" \r".contains(byte))
        })
}

/// Whether a stream that begins with `data` is MSNFTP: `VER`, some words, `MSNFTP`.
pub fn heuristic(data: &[u8]) -> bool {
    let text = match Line::parse(data) {
        Some(line) => line.text,
        // aMSN sends the line feed in a segment of its own.
        None => data.strip_suffix(b"\r").filter(|text| text.len() < MAX_LINE).unwrap_or_default(),
    };
    let words = text.strip_prefix(b"VER ").unwrap_or_default();
    words.split(|&byte| byte == b' ').next_back() == Some(b"MSNFTP") && words.iter().all(u8::is_ascii_graphic_or_space)
}

/// One test for the letters of a line.
trait Printable {
    fn is_ascii_graphic_or_space(&self) -> bool;
}

impl Printable for u8 {
    fn is_ascii_graphic_or_space(&self) -> bool {
        self.is_ascii_graphic() || *self == b' '
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_blocks_and_blocks_end_lines() {
        let mut framer = FtpFramer::default();
        let bytes = b"\0\x02\0ab\x01\0\0BYE 1\r\n";
        match framer.next(bytes, &Some(Position::default()), true) {
            Step::Unit(Pdu::Blocks(blocks), 8) => {
                assert_eq!((blocks.all.len(), blocks.next.offset, blocks.all[1].is_end()), (2, 2, true));
            }
            other => panic!("{other:?}"),
        }
        for (bytes, known) in [(&bytes[8..], Some(Position::default())), (&bytes[8..], None)] {
            assert!(
                matches!(framer.next(bytes, &known, true), Step::Unit(Pdu::Line(line), 7) if line.command == "BYE")
            );
        }
        assert!(matches!(framer.next(b"BYE 1", &None, true), Step::Partial(Need::Segment)));
        assert!(matches!(framer.next(b"BYE 1", &None, false), Step::Noise(5)));
    }

    proptest! {
        #[test]
        fn any_bytes_advance(
            data in proptest::collection::vec(any::<u8>(), 1..200), word in "(BYE|FIL|VER)?( [0-9]{0,3})?\r?\n?",
            left in proptest::option::of(0u16..90), more: bool,
        ) {
            let data = [word.as_bytes(), &data].concat();
            let known = left.map(|left| Position { left, ..Position::default() });
            match FtpFramer::default().next(&data, &known, more) {
                Step::Unit(Pdu::Line(line), len) => prop_assert!(len == line.len && len <= data.len()),
                Step::Unit(Pdu::Blocks(blocks), len) => {
                    prop_assert!(known.is_some() && len > 0 && len <= data.len());
                    prop_assert_eq!(blocks.all.last().map(|block| block.span().end), Some(len));
                }
                Step::Noise(len) => prop_assert_eq!(len, data.len()),
                Step::Partial(_) => prop_assert!(more),
            }
        }
    }
}
