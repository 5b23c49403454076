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
    bytes::complete::{tag, take_till, take_until, take_while1},
    character::complete::one_of,
};

use super::charset;
use crate::{
    text::{Shown, utf8},
    wire::work,
};

/// Most bytes of an encoded word (RFC 2047, 2).
const MAX_WORD: usize = 75;

/// Tolerant of missing padding and stray last bits.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The words of a value decoded and joined; `None` when it holds none that can be decoded.
pub fn decode(value: &[u8]) -> Option<Shown<'static>> {
    let mut out = String::new();
    let mut valid = true;
    let mut add = |part: &Shown<'_>| {
        out.push_str(&part.text);
        valid &= part.valid;
    };
    let mut rest = value;
    let mut found = false;
    while let Some(at) = memchr::memmem::find(rest, b"=?") {
        let (before, from) = rest.split_at(at);
        match word(from).ok().and_then(|(behind, word)| Some((behind, text(word)?))) {
            Some((behind, text)) => {
                // Blanks between two words belong to neither.
                if !(found && before.iter().all(u8::is_ascii_whitespace)) {
                    add(&utf8(before));
                }
                add(&text);
                found = true;
                rest = behind;
            }
            None => {
                let (mark, behind) = from.split_at_checked(2).unwrap_or((from, b""));
                add(&utf8(before));
                add(&utf8(mark));
                rest = behind;
            }
        }
    }
    add(&utf8(rest));
    found.then_some(Shown { text: out.into(), valid })
}

type Word<'a> = (&'a [u8], char, &'a [u8]);

/// `encoded-word = "=?" charset "?" encoding "?" encoded-text "?="` (RFC 2047, 2).
///
/// No part is searched farther than the next question mark, and the text within [`MAX_WORD`] bytes, so that every byte
/// of a value is looked at a few times at most, whatever it holds.
fn word(input: &[u8]) -> IResult<&[u8], Word<'_>> {
    let (rest, (_, charset, _, how, _)) = (
        tag("=?"),
        take_while1(|byte: u8| {
            work::done(1);
            byte.is_ascii_graphic() && byte != b'?'
        }),
        tag("?"),
        one_of("bBqQ"),
        tag("?"),
    )
        .parse(input)?;
    let (rest, text) = encoded_text(rest)?;
    Ok((rest, (charset, how, text)))
}

/// The text of a word, and its end. Some writers leave question marks in it, others know nothing of the greatest length:
/// the one or the other is understood.
fn encoded_text(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let near = input.get(..MAX_WORD).unwrap_or(input);
    let within: IResult<&[u8], &[u8]> = take_until("?=")(near);
    let (_, text): (&[u8], &[u8]) = within.or_else(|_| take_till(|byte| byte == b'?')(input))?;
    let len = text.len();
    work::done(len.max(near.len()));
    let (text, behind) = input.split_at_checked(len).unwrap_or((input, b""));
    let (rest, _) = tag("?=")(behind)?;
    Ok((rest, text))
}

fn text((charset, how, text): Word<'_>) -> Option<Shown<'static>> {
    let bytes = if matches!(how, 'b' | 'B') { base64(text)? } else { quoted(text)? };
    // RFC 2231 allows a language behind an asterisk.
    let label = charset.split(|&byte| byte == b'*').next().unwrap_or_default();
    let shown = charset::decode(&bytes, Some(label))?;
    Some(Shown { text: shown.text.into_owned().into(), valid: shown.valid })
}

/// Base64, with or without padding, blanks and line ends left out.
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    work::done(text.len());
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
        assert_eq!(decode(b"=?utf-8?B?QWxpY2U=?=").unwrap().text, "Alice");
        assert_eq!(decode(b"=?utf-8?B?QWxpY2U= ?=").unwrap().text, "Alice");
        assert_eq!(decode(b"=?iso-8859-1?q?B=F6hm=2C_Bob_?=").unwrap().text, "Böhm, Bob ");
        assert_eq!(decode(b"Re: =?utf-8?b?w7w?= =?utf-8*de?b?w6Q=?= x").unwrap().text, "Re: üä x");
    }

    #[test]
    fn wrong_bytes_are_told() {
        for (value, text, valid) in [
            (&b"=?utf-8?Q?=FF?= x"[..], "\\xff x", false),
            (b"a\xff =?utf-8?Q?b?=", "a\\xff b", false),
            (b"=?utf-8?Q?a?= \xff", "a \\xff", false),
            (b"=?utf-8?Q?=C3=BC?=", "ü", true),
        ] {
            assert_eq!(decode(value).unwrap(), Shown { text: text.into(), valid });
        }
    }

    #[test]
    fn what_is_no_word_stays() {
        for plain in [&b"hello"[..], b"=?utf-8?B?QWx", b"=?utf-8?X?a?=", b"=?nosuch?B?QQ==?=", b"=?"] {
            assert_eq!(decode(plain), None, "{plain:?}");
        }
        assert_eq!(decode(b"=?bad =?utf-8?Q?a?=").unwrap().text, "=?bad a");
    }

    #[test]
    fn long_words_and_question_marks_are_understood() {
        let long = format!("=?utf-8?B?{}?=", "w7zDtsOk".repeat(100));
        assert_eq!(decode(long.as_bytes()).unwrap().text, "üöä".repeat(100));
        assert_eq!(decode(b"=?utf-8?Q?What=27s_up??= x").unwrap().text, "What's up? x");
    }

    #[test]
    fn what_ends_nowhere_is_looked_at_a_few_times_only() {
        for piece in ["=?a?b? ", "=?a?q?x?y", "=?", "=?a", "=?a?b", "?=", "=?nosuch?q?a?=", "=?utf-8?b?!?="] {
            work::grows_like(|count| {
                let value = piece.repeat(count * 1000);
                decode(value.as_bytes());
                value.len()
            });
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(value: Vec<u8>) {
            if let Some(shown) = decode(&value) {
                assert!(!shown.text.contains('\0'));
            }
        }
    }
}
