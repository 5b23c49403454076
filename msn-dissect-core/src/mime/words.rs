// SPDX-License-Identifier: GPL-2.0-or-later
//! RFC 2047 encoded words, as mail notifications carry them in names and subjects (fact base: mime 6).
//!
//! Own code because the words on this network break the rule: base64 may have a stray blank before `?=`.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use nom::{
    IResult, Parser,
    bytes::complete::{tag, take_until, take_while1},
    character::complete::one_of,
};

use super::charset;

/// Tolerant of missing padding and stray last bits.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The words of a value decoded and joined; `None` when it holds none that can be decoded.
pub fn decode(value: &[u8]) -> Option<String> {
    let mut out = String::new();
    let mut rest = value;
    let mut found = false;
    while let Some(at) = memchr::memmem::find(rest, b"=?") {
        let (before, from) = rest.split_at(at);
        match word(from).ok().and_then(|(behind, word)| Some((behind, text(word)?))) {
            Some((behind, text)) => {
                // Blanks between two words belong to neither.
                if !(found && before.iter().all(u8::is_ascii_whitespace)) {
                    out.push_str(&crate::text::utf8(before).text);
                }
                out.push_str(&text);
                found = true;
                rest = behind;
            }
            None => {
                out.push_str(&crate::text::utf8(before).text);
                out.push_str("=?");
                rest = from.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(&crate::text::utf8(rest).text);
    found.then_some(out)
}

type Word<'a> = (&'a [u8], char, &'a [u8]);

/// `=?charset?B|Q?text?=`.
fn word(input: &[u8]) -> IResult<&[u8], Word<'_>> {
    let (rest, (_, charset, _, how, _, text, _)) = (
        tag("=?"),
        take_while1(|byte: u8| byte.is_ascii_graphic() && byte != b'?'),
        tag("?"),
        one_of("bBqQ"),
        tag("?"),
        take_until("?="),
        tag("?="),
    )
        .parse(input)?;
    Ok((rest, (charset, how, text)))
}

fn text((charset, how, text): Word<'_>) -> Option<String> {
    let bytes = if matches!(how, 'b' | 'B') { base64(text)? } else { quoted(text)? };
    // RFC 2231 allows a language behind an asterisk.
    let label = charset.split(|&byte| byte == b'*').next().unwrap_or_default();
    charset::decode(&bytes, Some(label)).map(|shown| shown.text.into_owned())
}

/// Base64, with or without padding, blanks and line ends left out.
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    if text.iter().any(u8::is_ascii_whitespace) {
        let clean: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        return LENIENT.decode(clean).ok();
    }
    LENIENT.decode(text).ok()
}

fn quoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'_' | b' ' => plain.extend_from_slice(b"=20"),
            _ => plain.push(byte),
        }
    }
    quoted_printable::decode(plain, quoted_printable::ParseMode::Robust).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_decoded() {
        assert_eq!(decode(b"=?utf-8?B?QWxpY2U=?=").unwrap(), "Alice");
        assert_eq!(decode(b"=?utf-8?B?QWxpY2U= ?=").unwrap(), "Alice");
        assert_eq!(decode(b"=?iso-8859-1?q?B=F6hm=2C_Bob_?=").unwrap(), "Böhm, Bob ");
        assert_eq!(decode(b"Re: =?utf-8?b?w7w?= =?utf-8*de?b?w6Q=?= x").unwrap(), "Re: üä x");
    }

    #[test]
    fn what_is_no_word_stays() {
        for plain in [&b"hello"[..], b"=?utf-8?B?QWx", b"=?utf-8?X?a?=", b"=?nosuch?B?QQ==?=", b"=?"] {
            assert_eq!(decode(plain), None, "{plain:?}");
        }
        assert_eq!(decode(b"=?bad =?utf-8?Q?a?=").unwrap(), "=?bad a");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(value: Vec<u8>) {
            if let Some(text) = decode(&value) {
                assert!(!text.contains('\0'));
            }
        }
    }
}
