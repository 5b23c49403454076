// SPDX-License-Identifier: GPL-2.0-or-later
//! The Context of an invitation or of a BYE, decoded (fact base: p2p 5 and 7).

use nom::{
    IResult, Parser,
    number::complete::{le_u32, le_u64},
};

pub use crate::view::base64 as decode;
use crate::wire::Span;

/// UTF-16LE up to a NUL or the end: the text, and where its letters end (before the NUL).
pub fn utf16(data: &[u8], span: Span) -> (String, usize) {
    let units =
        span.of(data).chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).take_while(|&unit| unit != 0);
    let mut len = 0;
    let counted = units.inspect(|_| len += 2);
    let text = char::decode_utf16(counted).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    (text, span.start + len)
}

/// Places in the context of a file transfer.
pub mod file {
    use super::Span;

    /// Bytes before the preview.
    pub const HEADER_LENGTH: Span = Span { start: 0, end: 4 };
    /// 2 or 3.
    pub const VERSION: Span = Span { start: 4, end: 8 };
    /// Bytes of the file.
    pub const SIZE: Span = Span { start: 8, end: 16 };
    /// Whether a preview follows.
    pub const TYPE: Span = Span { start: 16, end: 20 };
    /// Name, UTF-16LE, 260 units.
    pub const NAME: Span = Span { start: 20, end: 540 };
    /// Background sharing.
    pub const BACKGROUND: Span = Span { start: 540, end: 570 };
    /// All ones.
    pub const UNKNOWN: Span = Span { start: 570, end: 574 };
    /// Where version 2 ends.
    pub const END_2: usize = 574;
    /// Longest header of version 3.
    pub const END_3: usize = 638;
}

/// Context of a file transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileContext {
    /// Bytes before the preview; a claim.
    pub header_length: u32,
    /// 2 or 3.
    pub version: u32,
    /// Bytes of the file; a claim.
    pub size: u64,
    /// Whether a preview follows.
    pub kind: u32,
    /// Name; not safe as the name of a file.
    pub name: String,
    /// Where the letters of the name end.
    pub name_end: usize,
    /// Zeros of version 3.
    pub reserved: Span,
    /// Preview picture; may be empty.
    pub preview: Span,
    /// The header length is one that is known for the version.
    pub length_known: bool,
}

/// Least bytes of a file context: up to the name. Shorter ones are something else.
pub const MIN_FILE: usize = 22;

fn file_head(input: &[u8]) -> IResult<&[u8], (u32, u32, u64, u32)> {
    (le_u32, le_u32, le_u64, le_u32).parse(input)
}

/// The context of a file transfer; `None` if the bytes are too short to be one.
pub fn file_context(data: &[u8]) -> Option<FileContext> {
    if data.len() < MIN_FILE {
        return None;
    }
    let (_, (header_length, version, size, kind)) = file_head(data).ok()?;
    let within = |at: usize| at.min(data.len());
    let (name, name_end) = utf16(data, Span::new(file::NAME.start, within(file::NAME.end)));
    // Header lengths are not to be trusted: some senders write other numbers.
    let length_known = match version {
        2 => header_length == 574,
        3 => matches!(header_length, 637 | 638),
        _ => false,
    };
    let least = within(file::END_2);
    let end = (header_length as usize).clamp(least, within(file::END_3.max(least)));
    Some(FileContext {
        header_length,
        version,
        size,
        kind,
        name,
        name_end,
        reserved: Span::new(least, end),
        preview: Span::new(end, data.len()),
        length_known,
    })
}

/// Context of an activity: `id;flag;name`.
pub fn activity(text: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = text.split_once(';')?;
    let (flag, name) = rest.split_once(';')?;
    Some((id, flag, name))
}

/// The status code that a BYE's context of four bytes is.
pub fn code(data: &[u8]) -> Option<u32> {
    <[u8; 4]>::try_from(data).ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::p2p::tests::hex;
    use proptest::prelude::*;

    fn photo() -> Vec<u8> {
        let mut bytes = hex(
            "3e 02 00 00 02 00 00 00 00 10 00 00 00 00 00 00 01 00 00 00 70 00 68 00 6f 00 74 00 6f 00 2e 00 70 00 6e 00 67 00",
        );
        bytes.resize(570, 0);
        bytes.extend([0xff; 4]);
        bytes
    }

    #[test]
    fn file_contexts_of_both_versions_parse() {
        let bytes = photo();
        assert_eq!(bytes.len(), 574);
        let context = file_context(&bytes).unwrap();
        assert_eq!((context.header_length, context.version, context.size, context.kind), (574, 2, 4096, 1));
        assert_eq!((context.name.as_str(), context.name_end), ("photo.png", 38));
        assert!(context.preview.is_empty() && context.reserved.is_empty() && context.length_known);

        let mut third = bytes.clone();
        third[..8].copy_from_slice(&hex("7e 02 00 00 03 00 00 00"));
        third.resize(638, 0);
        third.extend(b"\x89PNG");
        let context = file_context(&third).unwrap();
        assert_eq!((context.reserved, context.preview), (Span::new(574, 638), Span::new(638, 642)));
        assert!(context.length_known);
    }

    #[test]
    fn header_lengths_that_lie_are_bounded() {
        let mut bytes = photo();
        bytes[..4].copy_from_slice(&[0xff; 4]);
        bytes.extend([7; 10]);
        let context = file_context(&bytes).unwrap();
        assert_eq!(context.preview, Span::new(584, 584));
        assert!(!context.length_known);
        assert_eq!(file_context(&bytes[..21]), None);
        assert_eq!(file_context(&bytes[..30]).unwrap().name, "photo");
    }

    #[test]
    fn contexts_in_base64_decode() {
        let webcam =
            b"ewBCADgAQgBFADcAMABEAEUALQBFADIAQwBBAC0ANAA0ADAAMAAtAEEARQAwADMALQA4ADgARgBGADgANQBCADkARgA0AEUAOAB9AA==";
        let bytes = decode(webcam).unwrap();
        assert_eq!(utf16(&bytes, Span::new(0, bytes.len())).0, "{B8BE70DE-E2CA-4400-AE03-88FF85B9F4E8}");
        let game = decode(b"OQA5ADkAOQAxADAAMAAxADsAMQA7AEcAYQBtAGUA").unwrap();
        let text = utf16(&game, Span::new(0, game.len())).0;
        assert_eq!(activity(&text), Some(("99991001", "1", "Game")));
        assert_eq!(code(&decode(b"dAMAgQ==").unwrap()), Some(0x8100_0374));
        assert_eq!(decode(b"AAHHig").and_then(|bytes| code(&bytes)), Some(0x8ac7_0100));
        assert_eq!(decode(b"!!"), None);
        assert!(decode(b"PgIAAAIAAAA=").unwrap().starts_with(&[0x3e, 2, 0, 0, 2]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..700)) {
            if let Some(context) = file_context(&bytes) {
                prop_assert!(context.preview.start <= context.preview.end && context.preview.end == bytes.len());
                prop_assert!(context.name_end <= bytes.len());
            }
            let _ = decode(&bytes);
        }
    }
}
