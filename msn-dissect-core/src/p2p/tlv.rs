// SPDX-License-Identifier: GPL-2.0-or-later
//! Options of version 2, at both levels: type, length, value; type 0 ends them and pads (fact base: p2p 4).

use nom::{IResult, Parser, bytes::complete::take, number::complete::u8};

use crate::wire::Span;

/// An option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv {
    /// Type.
    pub kind: u8,
    /// Place of type, length and value.
    pub span: Span,
    /// Place of the value.
    pub value: Span,
}

/// What stands between two headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// An option.
    Tlv(Tlv),
    /// Bytes that fill up, from a type 0 on.
    Padding(Span),
    /// An option whose length leaves the header.
    Cut(Span),
}

fn option(input: &[u8]) -> IResult<&[u8], (u8, &[u8])> {
    let (rest, (kind, len)) = (u8, u8).parse(input)?;
    let (rest, value) = take(len).parse(rest)?;
    Ok((rest, (kind, value)))
}

/// The options in `span` of `packet`, in order.
pub fn pieces(packet: &[u8], span: Span) -> impl Iterator<Item = Piece> + '_ {
    let mut at = span.start;
    std::iter::from_fn(move || {
        let rest = Span::new(at, span.end);
        let bytes = rest.of(packet);
        let &kind = bytes.first()?;
        if kind == 0 {
            at = span.end;
            return Some(Piece::Padding(rest));
        }
        let Ok((_, (kind, value))) = option(bytes) else {
            at = span.end;
            return Some(Piece::Cut(rest));
        };
        let value = Span::new(at + 2, at + 2 + value.len());
        let span = Span::new(at, value.end);
        at = value.end;
        Some(Piece::Tlv(Tlv { kind, span, value }))
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::hex, *};
    use proptest::prelude::*;

    #[test]
    fn options_end_in_padding() {
        let bytes = hex("02 04 10 00 00 30 00 00");
        let found: Vec<_> = pieces(&bytes, Span::new(0, 8)).collect();
        let ack = Tlv { kind: 2, span: Span::new(0, 6), value: Span::new(2, 6) };
        assert_eq!(found, [Piece::Tlv(ack), Piece::Padding(Span::new(6, 8))]);
    }

    #[test]
    fn an_option_that_is_too_long_is_cut() {
        let bytes = [9, 0, 3, 5, 1];
        let found: Vec<_> = pieces(&bytes, Span::new(0, 5)).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], Piece::Cut(Span::new(2, 5)));
        assert_eq!(pieces(&[7], Span::new(0, 1)).collect::<Vec<_>>(), [Piece::Cut(Span::new(0, 1))]);
    }

    proptest! {
        #[test]
        fn pieces_cover_their_range_once(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut at = 0;
            for piece in pieces(&bytes, Span::new(0, bytes.len())) {
                let span = match piece {
                    Piece::Tlv(tlv) => tlv.span,
                    Piece::Padding(span) | Piece::Cut(span) => span,
                };
                prop_assert_eq!(span.start, at);
                prop_assert!(span.end > at);
                at = span.end;
            }
            prop_assert_eq!(at, bytes.len());
        }
    }
}
