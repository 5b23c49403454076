// SPDX-License-Identifier: GPL-2.0-or-later
//! Control items of webcam and activity sessions: a short header and text in UTF-16 (fact base: p2p 8).

use nom::{
    IResult, Parser,
    bytes::complete::{tag, take},
    number::complete::{le_u16, le_u32},
};

use crate::wire::Span;

/// Bytes before the text.
pub const HEADER: usize = 10;

/// The type of text items.
pub const TEXT: u16 = 8;

/// A control item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Control {
    /// Type; [`TEXT`] is the only one known.
    pub kind: u16,
    /// Length of the text as it stands there: bytes with the final NUL, or letters without it (aMSN).
    pub length: u32,
    /// Place of the text, with its final NUL.
    pub text: Span,
}

fn header(input: &[u8]) -> IResult<&[u8], (u16, u32)> {
    (tag(&[0x80][..]), take(3usize), le_u16, le_u32).map(|(_, _, kind, length)| (kind, length)).parse(input)
}

/// The control item that these bytes are; `None` if they are none: the length must fit the text, counted in bytes with
/// the final NUL (fact base) or in letters without it (seen from aMSN).
pub fn parse(data: &[u8]) -> Option<Control> {
    let (rest, (kind, length)) = header(data).ok()?;
    let letters = (rest.len() / 2).checked_sub(1)?;
    let fits = length as usize == rest.len() || length as usize == letters || length as usize == letters + 1;
    (fits && kind == TEXT).then_some(Control { kind, length, text: Span::new(HEADER, data.len()) })
}

/// Whether the bytes can be the start of a control item.
pub fn starts(data: &[u8]) -> bool {
    matches!(header(data), Ok((_, (TEXT, _))))
}

#[cfg(test)]
mod tests {
    use super::{super::tests::hex, *};
    use proptest::prelude::*;

    #[test]
    fn lengths_count_bytes_or_letters() {
        for text in [
            "80 11 22 33 08 00 08 00 00 00 73 00 79 00 6e 00 00 00",
            "80 06 03 01 08 00 03 00 00 00 73 00 79 00 6e 00 00 00",
        ] {
            let bytes = hex(text);
            assert_eq!(parse(&bytes).unwrap().text, Span::new(10, 18));
            assert!(starts(&bytes));
        }
    }

    #[test]
    fn other_bytes_are_no_control_items() {
        assert_eq!(parse(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), None);
        assert_eq!(parse(&hex("80 11 22 33 08 00 99 00 00 00 73 00 79 00 6e 00 00 00")), None);
        assert_eq!(parse(&hex("80 11 22 33 08 00 00 00 00 00")), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(control) = parse(&bytes) {
                prop_assert_eq!(control.text.end, bytes.len());
            }
        }
    }
}
