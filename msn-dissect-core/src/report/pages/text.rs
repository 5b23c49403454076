// SPDX-License-Identifier: GPL-2.0-or-later
//! Text of the wire as it may stand in a page, and names of classes.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;

/// Control pictures begin here: U+2400 stands for U+0000.
const PICTURES: u32 = 0x2400;

/// Text without characters that HTML does not allow; they become their pictures. Line ends become line feeds.
pub(super) fn fit(text: &str) -> Cow<'_, str> {
    let is_fit = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\t');
    if text.chars().all(|letter| is_fit(letter) && !is_nothing(letter)) {
        return text.into();
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let shown = text.chars().map(|letter| match letter {
        '\n' | '\t' => letter,
        '\0'..='\u{1f}' => char::from_u32(PICTURES + u32::from(letter)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        letter if letter.is_control() || is_nothing(letter) => char::REPLACEMENT_CHARACTER,
        letter => letter,
    });
    shown.collect::<String>().into()
}

/// Code points that are no characters.
fn is_nothing(letter: char) -> bool {
    let number = u32::from(letter);
    number & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&number)
}

/// The class of a field: its filter name with hyphens.
pub(super) fn class(field: &str) -> String {
    field.replace(['.', '_'], "-")
}

/// A path as it stands in a link.
pub(super) fn href(path: &str) -> String {
    let parts: Vec<String> =
        path.split('/').map(|part| utf8_percent_encode(part, NON_ALPHANUMERIC).to_string()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_html_does_not_allow_is_shown() {
        assert_eq!(fit("a\r\nb\0c\u{1b}d\u{fffe}\u{85}"), "a\nb\u{2400}c\u{241b}d\u{fffd}\u{fffd}");
        assert_eq!(href("files/a b\"<.png"), "files/a%20b%22%3C%2Epng");
    }
}
