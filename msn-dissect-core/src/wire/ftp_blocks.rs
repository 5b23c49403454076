// SPDX-License-Identifier: GPL-2.0-or-later
//! Data blocks of MSNFTP (fact base: msnftp 3): one byte kind, u16 LE length, bytes of the file.

use crate::wire::Span;

/// Length of all blocks but the last, as every known sender chooses it.
pub const USUAL_BLOCK: u16 = 2045;

/// Bytes of a block's header.
pub const HEADER: usize = 3;

/// Where in the blocks of a file the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Offset in the file of the next byte of data.
    pub offset: u64,
    /// Bytes of data left in the block; 0 = a header comes.
    pub left: u16,
    /// Bytes of the header that were seen.
    pub head: [u8; 3],
    /// How many.
    pub have: u8,
}

/// A block, or the part of it that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Bytes of the header that are there; empty where the block began earlier.
    pub header: Span,
    /// First byte and length, if the header ends here.
    pub begins: Option<(u8, u16)>,
    /// Bytes of data that are there.
    pub data: Span,
    /// Their place in the file.
    pub offset: u64,
}

impl Block {
    /// Whether this ends the transfer.
    pub fn is_end(&self) -> bool {
        self.begins.is_some_and(|(kind, _)| kind == 1)
    }

    /// All of it that is there.
    pub fn span(&self) -> Span {
        Span::new(self.header.start, self.data.end)
    }
}

/// The block at `at`, which lies inside `bytes`; `position` is moved behind it. Nothing where no block can begin.
pub fn next(position: &mut Position, bytes: &[u8], at: usize) -> Option<Block> {
    let mut header = Span::new(at, at);
    let mut begins = None;
    if position.left == 0 {
        while let (Some(slot), Some(&byte)) = (position.head.get_mut(position.have as usize), bytes.get(header.end)) {
            if position.have == 0 && byte > 1 {
                return None;
            }
            *slot = byte;
            position.have += 1;
            header.end += 1;
        }
        if usize::from(position.have) < HEADER {
            let data = Span::new(header.end, header.end);
            return Some(Block { header, begins, data, offset: position.offset });
        }
        let [kind, low, high] = position.head;
        let len = u16::from_le_bytes([low, high]);
        begins = Some((kind, len));
        position.have = 0;
        position.left = if kind == 0 { len } else { 0 };
    }
    let data = Span::new(header.end, (header.end + position.left as usize).min(bytes.len()));
    let block = Block { header, begins, data, offset: position.offset };
    position.left -= data.len() as u16;
    position.offset += data.len() as u64;
    Some(block)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn blocks(file: &[u8], len: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for chunk in file.chunks(len) {
            bytes.push(0);
            bytes.extend_from_slice(&(chunk.len() as u16).to_le_bytes());
            bytes.extend_from_slice(chunk);
        }
        bytes.extend_from_slice(&[1, 0, 0]);
        bytes
    }

    #[test]
    fn other_bytes_are_no_block() {
        assert_eq!(next(&mut Position::default(), b"BYE 16777989\r\n", 0), None);
        let block = next(&mut Position::default(), &[1, 0, 0], 0).unwrap();
        assert!(block.is_end() && block.data.is_empty());
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_file(
            file in proptest::collection::vec(any::<u8>(), 0..4000), len in 1usize..2046,
            cuts in proptest::collection::vec(1usize..900, 1..30),
        ) {
            let bytes = blocks(&file, len);
            let (mut got, mut position, mut rest, mut ended) = (Vec::new(), Position::default(), &bytes[..], false);
            for cut in cuts.iter().cycle() {
                let (segment, tail) = rest.split_at((*cut).min(rest.len()));
                let mut at = 0;
                while at < segment.len() {
                    let block = next(&mut position, segment, at).unwrap();
                    prop_assert!(block.span().end > at);
                    prop_assert_eq!(block.offset, got.len() as u64);
                    got.extend_from_slice(block.data.of(segment));
                    ended |= block.is_end();
                    at = block.span().end;
                }
                rest = tail;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert!(ended);
            prop_assert_eq!(got, file);
        }

        #[test]
        fn any_bytes_advance(bytes in proptest::collection::vec(any::<u8>(), 1..300), left in any::<u16>(), have in 0u8..3) {
            let mut position = Position { left, have: if left == 0 { have } else { 0 }, ..Position::default() };
            let mut at = 0;
            while at < bytes.len() {
                let Some(block) = next(&mut position, &bytes, at) else { break };
                prop_assert!(block.span().end > at && block.span().end <= bytes.len());
                at = block.span().end;
            }
        }
    }
}
