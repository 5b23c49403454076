// SPDX-License-Identifier: GPL-2.0-or-later
//! Objects that came over the wire whole, for Export Objects: a safe file name, and a content type by the bytes.

use crate::{
    output::{Content, Object},
    values::{objects::UNVERIFIED, transfers::TransferKind},
    wire::Span,
};

impl Object {
    /// An object of `bytes` of this kind; `given` is what the sender called it.
    pub fn new(given: &str, kind: TransferKind, [sender, receiver]: [&str; 2], bytes: &[u8], content: Content) -> Self {
        let (content_type, extension) = content_type(bytes);
        let name = file_name(given, &kind.name().replace(' ', "_"), extension);
        let (sender, receiver) = (sender.to_owned(), receiver.to_owned());
        Object { name, given: given.to_owned(), kind, sender, receiver, verified: UNVERIFIED, content_type, content }
    }
}

impl Content {
    /// `bytes`, which may stand in `data`: they are copied only where they do not.
    pub fn of(bytes: &[u8], data: &[u8]) -> Self {
        let start = (bytes.as_ptr() as usize).wrapping_sub(data.as_ptr() as usize);
        let span = Span::new(start.min(data.len()), start.saturating_add(bytes.len()).min(data.len()));
        let inside = span.len() == bytes.len() && std::ptr::eq(span.of(data).as_ptr(), bytes.as_ptr());
        if inside { Content::Given(span) } else { Content::Own(bytes.into()) }
    }
}

/// Longest file name made, in bytes; file systems take 255 and the consumer may add a number.
pub const MAX_NAME: usize = 120;

/// Longest extension that is kept when a name is cut.
const MAX_EXTENSION: usize = 16;

/// Bytes looked at to tell text from binary.
const TEXT_PROBE: usize = 4096;

/// Type of content that nothing is known of.
pub const OCTETS: &str = "application/octet-stream";

/// Extensions of temporary names, which say nothing of the content.
static TEMPORARY: &[&str] = &["tmp", "dat"];

/// Names that Windows takes for devices.
static DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt", "conin$", "conout$"];

/// Media types of pictures that Wireshark has dissectors for.
static IMAGES: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/bmp"];

/// Media type of the bytes, by looking at them, and the usual extension of such files (empty if there is none).
pub fn content_type(bytes: &[u8]) -> (&'static str, &'static str) {
    match infer::get(bytes) {
        Some(kind) => (kind.mime_type(), kind.extension()),
        None if is_text(bytes) => ("text/plain", "txt"),
        None => (OCTETS, ""),
    }
}

/// The media type, if it is a picture that the consumer can dissect.
pub fn image_type(content_type: &str) -> Option<&'static str> {
    IMAGES.iter().find(|&&image| image == content_type).copied()
}

fn is_text(bytes: &[u8]) -> bool {
    let probe = bytes.get(..TEXT_PROBE).unwrap_or(bytes);
    let text = match std::str::from_utf8(probe) {
        Ok(text) => text,
        // The probe may end within a letter.
        Err(error) if error.error_len().is_none() && probe.len() < bytes.len() => {
            probe.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.is_empty() && text.chars().all(|letter| !letter.is_control() || matches!(letter, '\t' | '\n' | '\r'))
}

/// A file name made of what the sender called it: no path, no control or direction marks, nothing that a file system
/// takes specially, at most [`MAX_NAME`] bytes, `extension` where it has none that says anything, never empty.
pub fn file_name(given: &str, fallback: &str, extension: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name: String = last.chars().filter(|&letter| !is_dropped(letter)).map(replace).collect();
    name = name.trim_matches(|letter: char| letter == '.' || letter.is_whitespace()).to_owned();
    if name.is_empty() || name == "0" {
        name = fallback.to_owned();
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    if DEVICES.iter().any(|device| stem.trim_end_matches(|last: char| last.is_ascii_digit()) == *device) {
        name.insert(0, '_');
    }
    if !extension.is_empty() {
        match name.rsplit_once('.') {
            Some((stem, old)) if TEMPORARY.contains(&old.to_ascii_lowercase().as_str()) => {
                name = format!("{stem}.{extension}");
            }
            Some((_, old)) if is_extension(old) => {}
            _ => name = format!("{name}.{extension}"),
        }
    }
    shorten(name)
}

fn is_extension(text: &str) -> bool {
    (1..=MAX_EXTENSION).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Letters that must not be in a file name at all: control characters, and marks that turn or hide text.
fn is_dropped(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Letters that some file system takes specially.
fn replace(letter: char) -> char {
    if matches!(letter, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%') { '_' } else { letter }
}

/// Cuts the name before its extension.
fn shorten(name: String) -> String {
    if name.len() <= MAX_NAME {
        return name;
    }
    let extension = match name.rsplit_once('.') {
        Some((_, extension)) if is_extension(extension) => format!(".{extension}"),
        _ => String::new(),
    };
    let mut end = MAX_NAME - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let stem = name.get(..end).unwrap_or_default();
    format!("{}{extension}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_lose_what_is_dangerous_and_keep_the_rest() {
        for (given, expected) in [
            ("photo.png", "photo.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\win.ini", "win.ini"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            ("0", "file"),
            ("/", "file"),
            (".profile", "profile"),
            ("a\u{0}b\r\nc\u{1b}[0m.txt", "abc[0m.txt"),
            ("in\u{202e}gpj.exe", "ingpj.exe"),
            ("what?*.txt", "what__.txt"),
            ("CON", "_CON"),
            ("com1.txt", "_com1.txt"),
            ("console.txt", "console.txt"),
            ("trailing. . ", "trailing"),
            ("Größe.png", "Größe.png"),
        ] {
            assert_eq!(file_name(given, "file", ""), expected, "{given:?}");
        }
    }

    #[test]
    fn extensions_come_from_the_content_where_the_name_has_none() {
        assert_eq!(file_name("TFR2C.tmp", "x", "png"), "TFR2C.png");
        assert_eq!(file_name("photo", "x", "png"), "photo.png");
        assert_eq!(file_name("photo.jpg", "x", "png"), "photo.jpg");
        assert_eq!(file_name("notes.tmp", "x", ""), "notes.tmp");
        assert_eq!(file_name("", "display_picture", "gif"), "display_picture.gif");
    }

    #[test]
    fn content_is_told_by_its_bytes() {
        for (bytes, kind) in [
            (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"GIF89a\x01\0\x01\0", "image/gif"),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "image/bmp"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "audio/x-wav"),
            (b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
            (b"FWS\x06\0\0\0\0", "application/x-shockwave-flash"),
            ("Grüße\r\n".as_bytes(), "text/plain"),
            (b"\0\x01\x02\x03", OCTETS),
            (b"", OCTETS),
        ] {
            assert_eq!(content_type(bytes).0, kind, "{bytes:?}");
        }
        let long = "ä".repeat(TEXT_PROBE);
        assert_eq!(content_type(format!("x{long}").as_bytes()).0, "text/plain");
        assert_eq!(image_type("image/png"), Some("image/png"));
        assert_eq!(image_type("text/plain"), None);
    }

    #[test]
    fn bytes_are_copied_only_where_they_do_not_stand_in_the_data() {
        let data = b"0123GIF89a..";
        assert_eq!(Content::of(&data[4..], data), Content::Given(Span::new(4, 12)));
        assert_eq!(Content::of(b"other", data), Content::Own(b"other"[..].into()));
    }

    proptest! {
        #[test]
        fn any_name_is_safe(given in "\\PC*|[\\x00-\\x7f./\\\\]{0,300}", extension in "|png|txt") {
            let name = file_name(&given, "file", &extension);
            prop_assert!(!name.is_empty() && name.len() <= MAX_NAME);
            prop_assert!(!name.contains(['/', '\\', '\0']) && !name.starts_with('.') && !name.ends_with(['.', ' ']));
            prop_assert!(!name.chars().any(char::is_control));
        }

        #[test]
        fn any_content_has_a_type(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(content_type(&bytes).0.contains('/'));
        }
    }
}
