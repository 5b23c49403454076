// SPDX-License-Identifier: GPL-2.0-or-later
//! In which character set an XML document is.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use memchr::{memchr, memmem};

/// Most bytes of an XML declaration that are looked at.
const MAX_DECLARATION: usize = 200;

/// The character set of a document that is not UTF-8, and the length of its byte order mark. `charset` is what stands
/// outside of the document, which counts more than what the document says of itself.
pub(super) fn of(document: &[u8], charset: Option<&[u8]>) -> Option<(&'static Encoding, usize)> {
    match document {
        [0xff, 0xfe, ..] => Some((UTF_16LE, 2)),
        [0xfe, 0xff, ..] => Some((UTF_16BE, 2)),
        [b'<', 0, ..] => Some((UTF_16LE, 0)),
        [0, b'<', ..] => Some((UTF_16BE, 0)),
        _ => {
            // What nearly every document is; looking a label up takes far longer.
            let label =
                charset.or_else(|| declaration(document)).filter(|label| !label.eq_ignore_ascii_case(b"utf-8"))?;
            let declared = Encoding::for_label(label)?;
            // Programs that keep text as UTF-16 in memory often say so of what they send as UTF-8.
            (![UTF_8, UTF_16LE, UTF_16BE].contains(&declared)).then_some((declared, 0))
        }
    }
}

/// The encoding that the XML declaration names.
fn declaration(document: &[u8]) -> Option<&[u8]> {
    let rest = document.strip_prefix(b"<?xml")?;
    let rest = rest.get(..rest.len().min(MAX_DECLARATION))?;
    let rest = rest.get(..memmem::find(rest, b"?>")?)?;
    let name = b"encoding";
    let rest = rest.get(memmem::find(rest, name)? + name.len()..)?.trim_ascii_start();
    let (quote, rest) = rest.strip_prefix(b"=")?.trim_ascii_start().split_first()?;
    rest.get(..memchr(*quote, rest)?).filter(|_| matches!(quote, b'"' | b'\''))
}

/// Whether bytes look like the start of a document, in whatever character set.
pub(crate) fn is_document(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'<')
        || matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'<', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_told_by_mark_shape_and_word() {
        assert_eq!(of(b"\xff\xfe<\0", None), Some((UTF_16LE, 2)));
        assert_eq!(of(b"\xfe\xff\0<", None), Some((UTF_16BE, 2)));
        assert_eq!(of(b"<\0a\0", None), Some((UTF_16LE, 0)));
        assert_eq!(of(b"\0<\0a", None), Some((UTF_16BE, 0)));
        assert_eq!(of(b"<a>", None), None);
        assert_eq!(of(b"<a>", Some(b"utf-8")), None);
        assert_eq!(of(b"<a>", Some(b"klingon")), None);
        assert_eq!(of(b"<a>", Some(b"windows-1251")), Some((encoding_rs::WINDOWS_1251, 0)));
        let declared = b"<?xml version=\"1.0\" encoding = 'shift_jis' ?><a/>";
        assert_eq!(of(declared, None), Some((encoding_rs::SHIFT_JIS, 0)));
        assert_eq!(of(declared, Some(b"utf-8")), None);
        assert_eq!(of(b"<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", None), None);
        assert_eq!(of(b"<?xml encoding=\"shift_jis", None), None);
    }

    #[test]
    fn documents_are_told_from_words() {
        assert!(is_document(b" \r\n<a/>") && is_document(b"\xff\xfe<\0") && is_document(b"\0<\0a"));
        assert!(!is_document(b"gtfo") && !is_document(b""));
    }
}
