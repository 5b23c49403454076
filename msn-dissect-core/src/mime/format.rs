// SPDX-License-Identifier: GPL-2.0-or-later
//! `X-MMS-IM-Format`: how the sender wants the text to look (fact base: mime 3, values 9.1).

use super::{
    media_type::{pair, split},
    values::hexadecimal,
};
use crate::wire::Span;

/// Bold.
pub const BOLD: u32 = 1;
/// Italic.
pub const ITALIC: u32 = 2;
/// Underlined.
pub const UNDERLINE: u32 = 4;
/// Struck out.
pub const STRIKE: u32 = 8;

/// One part of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// FN: font name, percent-encoded.
    Font(Span),
    /// EF: letters, and the sum of [`BOLD`] … they stand for; `None` when one is unknown.
    Effects(Span, Option<u32>),
    /// CO: colour as 0xRRGGBB; on the wire red is the low byte.
    Color(Span, Option<u32>),
    /// CS: Windows character set.
    Charset(Span, Option<u32>),
    /// PF: family and pitch.
    Family(Span, Option<(u32, u32)>),
    /// RL: right to left.
    RightToLeft(Span, Option<bool>),
    /// Anything else.
    Unknown(Span),
}

/// The parts of a value in their order, each with where it stands.
pub fn parts(data: &[u8], value: Span) -> impl Iterator<Item = (Span, Part)> {
    split(data, value, b';').filter(|part| !part.is_empty()).take(32).map(|part| {
        let (name, at) = pair(data, part);
        let bytes = at.of(data);
        let found = match name.of(data).to_ascii_uppercase().as_slice() {
            b"FN" => Part::Font(at),
            b"EF" => Part::Effects(at, effects(bytes)),
            b"CO" => Part::Color(at, hexadecimal(bytes, 6).map(color)),
            b"CS" => Part::Charset(at, hexadecimal(bytes, 2)),
            b"PF" => Part::Family(at, hexadecimal(bytes, 2).map(|both| (both >> 4, both & 0xf))),
            b"RL" => Part::RightToLeft(
                at,
                match bytes {
                    b"0" => Some(false),
                    b"1" => Some(true),
                    _ => None,
                },
            ),
            _ => Part::Unknown(part),
        };
        (part, found)
    })
}

fn effects(letters: &[u8]) -> Option<u32> {
    letters.iter().try_fold(0, |sum, letter| {
        Some(
            sum | match letter {
                b'B' => BOLD,
                b'I' => ITALIC,
                b'U' => UNDERLINE,
                b'S' => STRIKE,
                _ => return None,
            },
        )
    })
}

/// 0xBBGGRR turned to 0xRRGGBB.
fn color(wire: u32) -> u32 {
    (wire & 0xff) << 16 | wire & 0xff00 | wire >> 16 & 0xff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parts() {
        let data = b"FN=Segoe%20UI; EF=BU;CO=8040 ; CS=cc; PF=22; RL=1; X=1";
        let found: Vec<_> = parts(data, Span::new(0, data.len())).map(|part| part.1).collect();
        let Part::Font(font) = found[0] else { panic!("{found:?}") };
        assert_eq!(font.of(data), b"Segoe%20UI");
        assert!(matches!(found[1], Part::Effects(_, Some(5))));
        assert!(matches!(found[2], Part::Color(_, Some(0x408000))));
        assert!(matches!(found[3], Part::Charset(_, Some(0xcc))));
        assert!(matches!(found[4], Part::Family(_, Some((2, 2)))));
        assert!(matches!(found[5], Part::RightToLeft(_, Some(true))));
        assert!(matches!(found[6], Part::Unknown(_)));
        assert_eq!(found.len(), 7);
    }

    #[test]
    fn colours_of_the_fact_base() {
        for (wire, rgb) in [(0xff, 0xff0000), (0xff00, 0xff00), (0xff0000, 0xff), (0x8040, 0x408000)] {
            assert_eq!(color(wire), rgb);
        }
    }

    #[test]
    fn wrong_values_are_told() {
        let data = b"EF=BX; CO=1234567; CS=; PF=g; RL=2; FN";
        for (_, part) in parts(data, Span::new(0, data.len())) {
            assert!(matches!(
                part,
                Part::Effects(_, None)
                    | Part::Color(_, None)
                    | Part::Charset(_, None)
                    | Part::Family(_, None)
                    | Part::RightToLeft(_, None)
                    | Part::Font(_)
            ));
        }
    }
}
