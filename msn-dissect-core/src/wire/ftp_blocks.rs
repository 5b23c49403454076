// SPDX-License-Identifier: GPL-2.0-or-later
//! Data blocks of MSNFTP (fact base: msnftp 3): one byte kind, u16 LE length, bytes of the file.

use crate::wire::Span;

/// Length of all blocks but the last, as every known sender chooses it.
pub const USUAL_BLOCK: u16 = 2045;

/// Bytes of a block's header.
pub const HEADER: usize = 3;

/// Where in the blocks of a file the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
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
pub struct Piece {
    /// Bytes of the header that are there; empty where the block began earlier.
    pub header: Span,
    /// First byte and length, if the header ends here.
    pub begins: Option<(u8, u16)>,
    /// Bytes of data that are there.
    pub data: Span,
    /// Their place in the file.
    pub offset: u64,
}

impl Piece {
    /// Whether this ends the transfer.
    pub fn is_end(&self) -> bool {
        self.begins.is_some_and(|(kind, _)| kind == 1)
    }

    /// The whole piece.
    pub fn span(&self) -> Span {
        Span::new(self.header.start, self.data.end)
    }
}

/// The piece at `at`, which lies inside `bytes`, and the place behind it; nothing where no block can begin.
pub fn next(place: &mut Place, bytes: &[u8], at: usize) -> Option<Piece> {
    let mut header = Span::new(at, at);
    let mut begins = None;
    if place.left == 0 {
        while let (Some(slot), Some(&byte)) = (place.head.get_mut(place.have as usize), bytes.get(header.end)) {
            if place.have == 0 && byte > 1 {
                return None;
            }
            *slot = byte;
            place.have += 1;
            header.end += 1;
        }
        if usize::from(place.have) < HEADER {
            let data = Span::new(header.end, header.end);
            return Some(Piece { header, begins, data, offset: place.offset });
        }
        let [kind, low, high] = place.head;
        let len = u16::from_le_bytes([low, high]);
        begins = Some((kind, len));
        place.have = 0;
        place.left = if kind == 0 { len } else { 0 };
    }
    let data = Span::new(header.end, (header.end + place.left as usize).min(bytes.len()));
    let piece = Piece { header, begins, data, offset: place.offset };
    place.left -= data.len() as u16;
    place.offset += data.len() as u64;
    Some(piece)
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
        assert_eq!(next(&mut Place::default(), b"BYE 16777989\r\n", 0), None);
        let piece = next(&mut Place::default(), &[1, 0, 0], 0).unwrap();
        assert!(piece.is_end() && piece.data.is_empty());
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_file(
            file in proptest::collection::vec(any::<u8>(), 0..4000), len in 1usize..2046,
            cuts in proptest::collection::vec(1usize..900, 1..30),
        ) {
            let bytes = blocks(&file, len);
            let (mut got, mut place, mut rest, mut ended) = (Vec::new(), Place::default(), &bytes[..], false);
            for cut in cuts.iter().cycle() {
                let (segment, tail) = rest.split_at((*cut).min(rest.len()));
                let mut at = 0;
                while at < segment.len() {
                    let piece = next(&mut place, segment, at).unwrap();
                    prop_assert!(piece.span().end > at);
                    prop_assert_eq!(piece.offset, got.len() as u64);
                    got.extend_from_slice(piece.data.of(segment));
                    ended |= piece.is_end();
                    at = piece.span().end;
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
            let mut place = Place { left, have: if left == 0 { have } else { 0 }, ..Place::default() };
            let mut at = 0;
            while at < bytes.len() {
                let Some(piece) = next(&mut place, &bytes, at) else { break };
                prop_assert!(piece.span().end > at && piece.span().end <= bytes.len());
                at = piece.span().end;
            }
        }
    }
}
