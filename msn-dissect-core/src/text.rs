// SPDX-License-Identifier: GPL-2.0-or-later
//! Text from the wire made fit for display: valid UTF-8, no NUL, no control characters.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::wire::work;

/// A display form of wire bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown<'a> {
    /// Valid UTF-8 without NUL; bytes that are no UTF-8 appear as `\xNN`.
    pub text: Cow<'a, str>,
    /// Whether the bytes were valid UTF-8.
    pub valid: bool,
}

/// Whether the bytes are ASCII without NUL, which is fit for display as it stands; most of what is sent is.
pub fn is_plain(bytes: &[u8]) -> bool {
    // Of a byte and the one before it, the uppermost bit of one is set if the byte is NUL or no ASCII; what is borrowed
    // from the next byte tells nothing that is not so already.
    const ONES: u64 = u64::MAX / 0xff;
    work::done(bytes.len());
    let words = bytes.chunks_exact(8);
    let rest = words.remainder().iter().fold(0, |odd, &byte| odd | byte | byte.wrapping_sub(1));
    let odd = words.fold(u64::from(rest), |odd, word| {
        let word = <[u8; 8]>::try_from(word).map_or(0, u64::from_ne_bytes);
        odd | word | word.wrapping_sub(ONES)
    });
    odd & (ONES << 7) == 0
}

/// Whether the bytes are plain and no percent-encoding changes them.
pub fn is_unescaped(bytes: &[u8]) -> bool {
    is_plain(bytes) && memchr::memchr(b'%', bytes).is_none()
}

/// Bytes as UTF-8; what is not UTF-8, and NUL, is escaped.
pub fn utf8(bytes: &[u8]) -> Shown<'_> {
    work::done(bytes.len());
    match std::str::from_utf8(bytes) {
        Ok(text) => without_nul(text.into()),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len() + 8);
            for chunk in bytes.utf8_chunks() {
                text.push_str(&chunk.valid().replace('\0', "\\0"));
                for byte in chunk.invalid() {
                    text.push_str(&format!("\\x{byte:02x}"));
                }
            }
            Shown { text: Cow::Owned(text), valid: false }
        }
    }
}

fn without_nul(text: Cow<'_, str>) -> Shown<'_> {
    let text = if text.contains('\0') { text.replace('\0', "\\0").into() } else { text };
    Shown { text, valid: true }
}

/// A percent-encoded token decoded, then as [`utf8`] (fact base: commands 0, `name`).
pub fn percent(bytes: &[u8]) -> Shown<'_> {
    work::done(bytes.len());
    if memchr::memchr(b'%', bytes).is_none() {
        return utf8(bytes);
    }
    let decoded: Cow<'_, [u8]> = percent_decode(bytes).into();
    match decoded {
        Cow::Borrowed(bytes) => utf8(bytes),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => without_nul(text.into()),
            Err(error) => Shown { text: Cow::Owned(utf8(error.as_bytes()).text.into_owned()), valid: false },
        },
    }
}

/// Appends a percent-encoded token to a one-line summary, as [`percent`] and [`push_line`] do.
pub fn push_percent(line: &mut String, token: &[u8], limit: usize) {
    // Most tokens are what they stand for. Without a branch for each byte this takes many bytes in one step.
    let special = token.iter().fold(false, |any, &byte| any | !(0x20..0x7f).contains(&byte) | (byte == b'%'));
    match std::str::from_utf8(token) {
        Ok(text) if !special && token.len() <= limit => line.push_str(text),
        _ => push_line(line, &percent(token).text, limit),
    }
}

/// Appends `text` to a one-line summary: control characters become blanks, and it ends in `…` after `limit` characters.
pub fn push_line(line: &mut String, text: &str, limit: usize) {
    let special = text.bytes().fold(false, |any, byte| any | !(0x20..0x7f).contains(&byte));
    if text.len() <= limit && !special {
        line.push_str(text);
        return;
    }
    for (count, letter) in text.chars().enumerate() {
        if count == limit {
            end_of_word(line, letter);
            line.push('…');
            return;
        }
        line.push(if is_unprintable(letter) { ' ' } else { letter });
    }
}

/// Most bytes that are given up so that a line does not end within a word.
const MAX_WORD: usize = 20;

/// Cuts the word at the end of a line that would go on with `next`, if it began not long ago.
fn end_of_word(line: &mut String, next: char) {
    let begun = line.rfind(' ').filter(|&blank| next != ' ' && line.len() - blank <= MAX_WORD);
    if let Some(blank) = begun {
        line.truncate(blank);
    }
}

/// The beginning of a text that takes no more than `max` bytes; where it is cut it ends in `…`, behind a word.
pub fn shortened(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return text.into();
    }
    let end = (0..=max.saturating_sub('…'.len_utf8())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let mut short = text.get(..end).unwrap_or_default().to_owned();
    end_of_word(&mut short, text.get(end..).and_then(|rest| rest.chars().next()).unwrap_or(' '));
    short.push('…');
    short.into()
}

/// Control characters, and the marks that turn the direction of a line or hide in it.
fn is_unprintable(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_utf8_is_escaped_and_reported() {
        let shown = utf8(b"a\x19\xdbb\0");
        assert_eq!(shown.text, "a\u{19}\\xdbb\\0");
        assert!(!shown.valid);
    }

    #[test]
    fn plain_text_is_ascii_without_nul() {
        for len in 0..20 {
            let plain = vec![b'a'; len];
            assert!(is_plain(&plain));
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    assert_eq!(is_plain(&bytes), byte.is_ascii() && byte != 0, "{byte} at {at} of {len}");
                }
            }
        }
    }

    #[test]
    fn names_are_percent_decoded() {
        assert_eq!(percent(b"Bob%20B%C3%B6hm").text, "Bob B\u{f6}hm");
        assert_eq!(percent(b"100%").text, "100%");
        assert_eq!(percent(b"%00x").text, "\\0x");
    }

    #[test]
    fn lines_stay_lines() {
        let mut line = String::new();
        push_line(&mut line, "a\r\n\u{202e}b", 10);
        assert_eq!(line, "a   b");
        line.clear();
        push_line(&mut line, "äöüäöü", 3);
        assert_eq!(line, "äöü…");
        line.clear();
        push_line(&mut line, "one two three", 9);
        assert_eq!(line, "one two…");
        assert_eq!((shortened("one two", 7), shortened("one two three", 12)), ("one two".into(), "one two…".into()));
        assert_eq!((shortened("äöüäöü", 8), shortened("ä", 0)), ("äö…".into(), "…".into()));
        for token in [&b"a@example.com"[..], b"a%20b", b"a\x01b", b"\xff", "ä".as_bytes(), b"0123456789abcdefg", b""] {
            let (mut quick, mut slow) = (String::new(), String::new());
            push_percent(&mut quick, token, 16);
            push_line(&mut slow, &percent(token).text, 16);
            assert_eq!(quick, slow);
        }
    }
}
