// SPDX-License-Identifier: GPL-2.0-or-later
//! What of a command is nobody's business: passwords, tickets, and what is made of them. In: a command. Out: the same
//! with other letters in their place, of the same length and form.

use msn_dissect_core::command::{Kind, layout, parse_line};
use msn_dissect_core::fields::{Field, command as f, mime};

/// What is shown in place of a secret.
pub const HIDDEN: &str = "(secret)";

/// Fields that hold secrets, as whatever stands below them does.
pub const FIELDS: &[Field] = &[f::AUTH_TICKET, f::AUTH_RESPONSE, f::PASSWORD, mime::MSP_AUTH];

/// Headers of the profile that let others sign in to web pages.
const HEADERS: &[&str] = &["MSPAuth:", "MSPProf:", "MSPSec:"];

/// The command without secrets, and the secrets.
pub fn redact(bytes: &[u8], known: layout::Known) -> (Vec<u8>, Vec<String>) {
    let mut plain = bytes.to_vec();
    let mut found = Vec::new();
    let Ok(line) = parse_line(bytes) else { return (plain, found) };
    let choice = layout::choose(&line, bytes, known);
    for at in 0..line.len() {
        let Some(span) = line.token(at) else { continue };
        let param = choice.as_ref().and_then(|choice| {
            let at =
                (0..choice.row.params.len()).rfind(|&param| choice.token(param).is_some_and(|first| first <= at))?;
            choice.row.params.get(at)
        });
        let is_secret = param.is_some_and(|param| FIELDS.contains(&param.field)) || span.of(bytes).starts_with(b"t=");
        if !is_secret {
            continue;
        }
        found.push(String::from_utf8_lossy(span.of(bytes)).into_owned());
        let digits = param.is_some_and(|param| param.kind == Kind::Md5);
        if let Some(token) = plain.get_mut(span.start..span.end) {
            cover(token, if digits { b'0' } else { b'A' });
        }
    }
    headers(bytes, line.total, &mut plain, &mut found);
    (plain, found)
}

/// Letters of a login blob that say nothing but sizes and algorithms.
const BLOB_HEADER: usize = 36;

/// Covers a token; the form of a ticket or of a login blob stays.
fn cover(token: &mut [u8], with: u8) {
    let is_blob = token.starts_with(b"HAAAAAEAAAADZgAA") && token.len() > BLOB_HEADER;
    let token = if is_blob { token.split_at_mut(BLOB_HEADER).1 } else { token };
    let ticket = token.starts_with(b"t=");
    let mut key = true;
    for byte in token.iter_mut() {
        match byte {
            b'=' if ticket && key => key = false,
            b'&' if ticket => key = true,
            b'=' if !ticket => {}
            _ if ticket && key => {}
            _ => *byte = with,
        }
    }
}

fn headers(bytes: &[u8], start: usize, plain: &mut [u8], found: &mut Vec<String>) {
    let mut at = start;
    for line in bytes.get(start..).unwrap_or_default().split_inclusive(|&byte| byte == b'\n') {
        let is_header =
            |name: &&&str| line.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()));
        if let Some(name) = HEADERS.iter().find(is_header) {
            let value = line.get(name.len()..).unwrap_or_default();
            let skip = name.len() + value.iter().take_while(|byte| **byte == b' ').count();
            let end = at + line.trim_ascii_end().len();
            if let Some(token) = plain.get_mut(at + skip..end).filter(|token| !token.is_empty()) {
                found.push(String::from_utf8_lossy(token).into_owned());
                token.fill(b'A');
            }
        }
        at += line.len();
    }
}

/// The text with every secret hidden.
pub fn hide(text: &str, secrets: &[String]) -> String {
    secrets.iter().filter(|secret| secret.len() > 1).fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
}

#[cfg(test)]
mod tests {
    use super::*;
    use msn_dissect_core::command::{Dir, ServerKind};

    fn plain(text: &str, version: u8) -> String {
        let known = layout::Known { dir: Some(Dir::ToServer), server: Some(ServerKind::Notification), version };
        let (plain, _) = redact(text.as_bytes(), known);
        assert_eq!(plain.len(), text.len());
        String::from_utf8(plain).unwrap()
    }

    #[test]
    fn secrets_are_covered_and_nothing_else() {
        assert_eq!(plain("USR 7 TWN S t=5Kf&p=x9\r\n", 9), "USR 7 TWN S t=AAA&p=AA\r\n");
        assert_eq!(plain("USR 7 SSO S t=5Kf&p= HAAA==\r\n", 15), "USR 7 SSO S t=AAA&p= AAAA==\r\n");
        let digest = "0dc38e0c96e5ef37eb9451a0b2d5aaf9";
        assert_eq!(plain(&format!("USR 6 MD5 S {digest}\r\n"), 7), format!("USR 6 MD5 S {}\r\n", "0".repeat(32)));
        assert_eq!(plain("USR 6 CTP S hunter2\r\n", 2), "USR 6 CTP S AAAAAAA\r\n");
        // Whatever the line looks like, a ticket is one.
        assert_eq!(plain("XYZ 7 extra t=5Kf&p=x9\r\n", 0), "XYZ 7 extra t=AAA&p=AA\r\n");
        let same = "CHG 9 NLN 268435456\r\n";
        assert_eq!(plain(same, 9), same);
    }

    #[test]
    fn the_profile_keeps_its_form() {
        let text = b"MSG Hotmail Hotmail 40\r\nMIME-Version: 1.0\r\nMSPAuth: 5Kf*x\r\n\r\n";
        let (plain, secrets) = redact(text, layout::Known::default());
        assert_eq!(plain, b"MSG Hotmail Hotmail 40\r\nMIME-Version: 1.0\r\nMSPAuth: AAAAA\r\n\r\n");
        assert_eq!(hide("value 5Kf*x", &secrets), "value (secret)");
    }
}
