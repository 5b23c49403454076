// SPDX-License-Identifier: GPL-2.0-or-later
//! Bytes decoded from an escaped form that remember where on the wire each of them stood.

use crate::wire::{Span, work};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use encoding_rs::Encoding;
use std::borrow::Cow;

/// Bytes, and the place that each of them came from.
#[derive(Clone, Debug)]
pub struct View<'a> {
    bytes: Cow<'a, [u8]>,
    /// Place of each byte, and of the end; empty when the bytes stand there as they are, from `start` on.
    places: Cow<'a, [u32]>,
    start: usize,
}

/// More bytes than one byte of another character set can end, in UTF-8.
const MAX_CHARACTERS: usize = 32;

/// An escape at the start of the bytes: its length, what it stands for, and how many bytes of that count.
type Escape = fn(&[u8]) -> Option<(usize, [u8; 4], usize)>;

impl<'a> View<'a> {
    /// The bytes of `span` as they are.
    pub fn new(data: &'a [u8], span: Span) -> Self {
        View { bytes: Cow::Borrowed(span.of(data)), places: Cow::Borrowed(&[]), start: span.start }
    }

    /// The bytes of `span`, which are text in another character set, as UTF-8; and whether all of them are characters
    /// of that set. What is none becomes U+FFFD.
    pub fn converted(data: &[u8], span: Span, encoding: &'static Encoding) -> (View<'static>, bool) {
        let source = span.of(data);
        work::done(source.len());
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut bytes = Vec::with_capacity(source.len());
        let mut places = Vec::with_capacity(source.len() + 1);
        let mut sound = true;
        // Where the character begins whose bytes are being read.
        let mut begin = span.start;
        let mut text = [0; MAX_CHARACTERS];
        let mut feed = |piece: &[u8], begin: usize, last: bool| {
            let (_, _, written, replaced) = decoder.decode_to_utf8(piece, &mut text, last);
            sound &= !replaced;
            bytes.extend(text.iter().take(written));
            places.extend(std::iter::repeat_n(begin as u32, written));
            written > 0
        };
        for (at, byte) in source.iter().enumerate() {
            if feed(std::slice::from_ref(byte), begin, false) {
                begin = span.start + at + 1;
            }
        }
        feed(b"", begin, true);
        places.push(span.end as u32);
        (View { bytes: Cow::Owned(bytes), places: Cow::Owned(places), start: span.start }, sound)
    }

    /// The decoded bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The part `span` of this view.
    pub fn part(&self, span: Span) -> View<'_> {
        let end = span.end.min(self.bytes.len());
        let span = Span::new(span.start.min(end), end);
        let places = match self.places.as_ref() {
            [] => &[],
            places => places.get(span.start..span.end + 1).unwrap_or_default(),
        };
        View {
            bytes: Cow::Borrowed(span.of(&self.bytes)),
            places: Cow::Borrowed(places),
            start: self.place(span.start),
        }
    }

    fn place(&self, at: usize) -> usize {
        match self.places.get(at.min(self.bytes.len())) {
            Some(&place) => place as usize,
            None => self.start + at.min(self.bytes.len()),
        }
    }

    /// Where the decoded bytes `span` came from.
    pub fn span(&self, span: Span) -> Span {
        Span::new(self.place(span.start), self.place(span.end))
    }

    /// Where all of it came from.
    pub fn whole(&self) -> Span {
        self.span(Span::new(0, self.bytes.len()))
    }

    /// This view with `%XX` decoded.
    pub fn percent(&self) -> View<'_> {
        self.unescape(b'%', percent_escape)
    }

    /// This view with XML references decoded; those to unknown entities stay as they are.
    pub fn xml(&self) -> View<'_> {
        self.unescape(b'&', xml_escape)
    }

    fn unescape(&self, mark: u8, escape: Escape) -> View<'_> {
        work::done(self.bytes.len());
        let Some(first) = memchr::memchr(mark, &self.bytes) else {
            return self.part(Span::new(0, self.bytes.len()));
        };
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut places = Vec::with_capacity(self.bytes.len() + 1);
        let mut at = 0;
        let mut next = Some(first);
        while at < self.bytes.len() {
            // As they stand: what comes before the next mark, and a mark that escapes nothing.
            let mut stop = next.unwrap_or(self.bytes.len());
            let rest = self.bytes.get(stop..).unwrap_or_default();
            let found = next.and_then(|_| escape(rest));
            stop += usize::from(next.is_some() && found.is_none());
            bytes.extend_from_slice(self.bytes.get(at..stop).unwrap_or_default());
            places.extend((at..stop).map(|at| self.place(at) as u32));
            at = stop;
            if let Some((len, decoded, count)) = found {
                bytes.extend(decoded.iter().take(count));
                places.extend(std::iter::repeat_n(self.place(at) as u32, count));
                at += len.max(1);
            }
            let rest = self.bytes.get(at..).unwrap_or_default();
            next = memchr::memchr(mark, rest).map(|found| at + found);
        }
        places.push(self.place(self.bytes.len()) as u32);
        View { bytes: Cow::Owned(bytes), places: Cow::Owned(places), start: self.start }
    }
}

fn percent_escape(rest: &[u8]) -> Option<(usize, [u8; 4], usize)> {
    let [_, high, low, ..] = *rest else { return None };
    let value = char::from(high).to_digit(16)? << 4 | char::from(low).to_digit(16)?;
    Some((3, [value as u8, 0, 0, 0], 1))
}

/// Longest reference looked at; a character reference may have leading zeros.
const MAX_REFERENCE: usize = 16;

fn xml_escape(rest: &[u8]) -> Option<(usize, [u8; 4], usize)> {
    let end = rest.iter().take(MAX_REFERENCE).position(|&byte| byte == b';')?;
    let letter = match rest.get(1..end)? {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => reference(digits, 16)?,
        [b'#', digits @ ..] => reference(digits, 10)?,
        _ => return None,
    };
    let mut decoded = [0; 4];
    let count = letter.encode_utf8(&mut decoded).len();
    Some((end + 1, decoded, count))
}

fn reference(digits: &[u8], radix: u32) -> Option<char> {
    let text = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    char::from_u32(u32::from_str_radix(text, radix).ok()?)
}

/// Senders differ in padding and in the bits that pad the last letter.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Base64 decoded; padding may be missing, white space may stand in it.
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    work::done(text.len());
    if text.iter().any(u8::is_ascii_whitespace) {
        let text: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        return LENIENT.decode(text).ok();
    }
    LENIENT.decode(text).ok()
}

/// UTF-16 little-endian up to the first NUL; what is no character becomes U+FFFD.
pub fn utf16le(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match *pair {
        [low, high] => u16::from_le_bytes([low, high]),
        _ => 0,
    });
    char::decode_utf16(units.take_while(|&unit| unit != 0))
        .map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decoded_bytes_know_their_place() {
        let data = b"..a%3Cb&amp;lt;c";
        let wire = View::new(data, Span::new(2, data.len()));
        let plain = wire.percent();
        assert_eq!(plain.bytes(), b"a<b&amp;lt;c");
        assert_eq!(plain.span(Span::new(1, 2)), Span::new(3, 6));
        let once = plain.xml();
        assert_eq!(once.bytes(), b"a<b&lt;c");
        let twice = once.xml();
        assert_eq!(twice.bytes(), b"a<b<c");
        assert_eq!(twice.span(Span::new(3, 4)), Span::new(7, 15));
        assert_eq!(twice.part(Span::new(3, 5)).whole(), Span::new(7, 16));
        assert_eq!(twice.whole(), Span::new(2, 16));
    }

    #[test]
    fn references_are_decoded() {
        let decode = |text: &str| {
            let view = View::new(text.as_bytes(), Span::new(0, text.len()));
            String::from_utf8(view.xml().bytes().to_vec()).unwrap()
        };
        assert_eq!(decode("&#x266A;&#38;&quot;&apos;&gt;"), "\u{266a}&\"'>");
        assert_eq!(decode("&nbsp;&#xD800;&#x;&;&amp"), "&nbsp;&#xD800;&#x;&;&amp");
    }

    #[test]
    fn converted_bytes_know_their_place() {
        let wire: Vec<u8> = "a\u{e9}\u{1f600}<".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (view, sound) = View::converted(&wire, Span::new(0, wire.len()), encoding_rs::UTF_16LE);
        assert_eq!((view.bytes(), sound), ("a\u{e9}\u{1f600}<".as_bytes(), true));
        assert_eq!(view.span(Span::new(1, 3)), Span::new(2, 4));
        assert_eq!(view.span(Span::new(3, 7)), Span::new(4, 8));
        assert_eq!(view.part(Span::new(7, 8)).whole(), Span::new(8, 10));
        let (view, sound) = View::converted(b"..\x93\xfax", Span::new(2, 5), encoding_rs::SHIFT_JIS);
        assert_eq!((view.bytes(), sound, view.span(Span::new(0, 3))), ("日x".as_bytes(), true, Span::new(2, 4)));
        let (view, sound) = View::converted(b"<\0\0\xd8", Span::new(0, 4), encoding_rs::UTF_16LE);
        assert_eq!((view.bytes(), sound), ("<\u{fffd}".as_bytes(), false));
    }

    #[test]
    fn base64_is_read_leniently() {
        assert_eq!(base64(b"AAA=").unwrap(), [0, 0]);
        assert_eq!(base64(b"QWxp\r\nY2U").unwrap(), b"Alice");
        assert!(base64(b"Q").is_none() && base64(b"#").is_none());
        assert_eq!(utf16le(&base64(b"VABlAHMAdAAgAFcAaQBuAGsA").unwrap()), "Test Wink");
        assert_eq!(utf16le(b"A\0\0\0B\0"), "A");
    }

    proptest! {
        #[test]
        fn converted_text_is_what_it_was(text in any::<String>(), at in 0usize..4) {
            let mut wire = vec![0; at];
            wire.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
            let (view, sound) = View::converted(&wire, Span::new(at, wire.len()), encoding_rs::UTF_16BE);
            prop_assert_eq!((view.bytes(), sound, view.whole()), (text.as_bytes(), true, Span::new(at, wire.len())));
        }

        #[test]
        fn any_bytes_can_be_converted(data: Vec<u8>) {
            for encoding in [encoding_rs::UTF_16LE, encoding_rs::SHIFT_JIS, encoding_rs::GB18030, encoding_rs::ISO_2022_JP] {
                let (view, sound) = View::converted(&data, Span::new(0, data.len()), encoding);
                let (text, _, wrong) = encoding.decode(&data);
                // Only here a byte order mark is text.
                if encoding == encoding_rs::SHIFT_JIS && Encoding::for_bom(&data).is_none() {
                    prop_assert_eq!((view.bytes(), !sound), (text.as_bytes(), wrong));
                }
                prop_assert!(std::str::from_utf8(view.bytes()).is_ok());
            }
        }

        #[test]
        fn places_stay_within_the_wire(data in prop::collection::vec(prop_oneof![Just(b'%'), Just(b'&'), Just(b';'), Just(b'#'), Just(b'3'), any::<u8>()], 0..60)) {
            let wire = View::new(&data, Span::new(0, data.len()));
            let plain = wire.percent();
            let view = plain.xml();
            let mut last = 0;
            for at in 0..=view.bytes().len() {
                let place = view.span(Span::new(at, view.bytes().len()));
                prop_assert!(place.start >= last && place.end == data.len());
                last = place.start;
            }
        }
    }
}
