// SPDX-License-Identifier: GPL-2.0-or-later
//! Text in a declared character set.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use crate::text::{self, Shown};

/// Decodes `bytes`, declared to be in `charset` (UTF-8 when none is declared). `None`: the name is unknown.
///
/// Bytes that are wrong in UTF-8 appear escaped, in other sets as U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&[u8]>) -> Option<Shown<'a>> {
    let encoding = match charset {
        None | Some(b"") => UTF_8,
        // What nearly every message says; looking a label up takes far longer.
        Some(label) if label.eq_ignore_ascii_case(b"utf-8") => UTF_8,
        Some(label) => Encoding::for_label(label)?,
    };
    if encoding == UTF_8 {
        return Some(text::utf8(bytes));
    }
    let (text, wrong) = encoding.decode_without_bom_handling(bytes);
    let text = match text {
        Cow::Borrowed(text) => text::utf8(text.as_bytes()).text,
        Cow::Owned(text) => Cow::Owned(text::utf8(text.as_bytes()).text.into_owned()),
    };
    Some(Shown { text, valid: !wrong })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_sets_are_converted() {
        assert_eq!(decode(b"\x93\xfa\x96{", Some(b"Shift_JIS")).unwrap().text, "日本");
        assert_eq!(decode(b"\xef\xee\xea\xe0", Some(b"windows-1251")).unwrap().text, "пока");
        assert_eq!(decode("ü".as_bytes(), None).unwrap().text, "ü");
        assert_eq!(decode(b"a\xffb", Some(b"utf-8")).unwrap(), Shown { text: "a\\xffb".into(), valid: false });
        assert_eq!(decode(b"a\0b", Some(b"iso-8859-1")).unwrap().text, "a\\0b");
        assert!(decode(b"a", Some(b"klingon")).is_none());
    }
}
