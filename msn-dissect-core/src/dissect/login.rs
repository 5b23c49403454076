// SPDX-License-Identifier: GPL-2.0-or-later
//! Opens tokens that hold more than their text says: tickets, key lists, blobs, versions, times.

use super::xml;
use crate::{
    command::{Kind, line::decimal},
    fields::{Field, command as f, login as l, xml as x},
    item::{Handle, Tree},
    values::{self, products, programs},
    view::{View, base64},
    wire::Span,
};

/// Shows below `handle` what the token in `span` holds besides its text.
pub(super) fn more(tree: &mut Tree, data: &[u8], span: Span, kind: &Kind, field: Field, handle: Handle) {
    if !tree.wanted() {
        return;
    }
    let token = span.of(data);
    match (field, kind) {
        (f::OS_TYPE, _) => named(tree, handle, values::meaning(values::codes::OS_TYPES, token)),
        (f::OS_VERSION, _) => named(tree, handle, windows(data, span)),
        (f::ARCHITECTURE, _) => named(tree, handle, values::meaning(programs::ARCHITECTURES, token)),
        (f::CHALLENGE_PRODUCT, _) => named(tree, handle, products::find(token).map(|product| product.name)),
        (f::CLIENT_VERSION, _) => version(tree, data, span, handle),
        (f::AUTH_TICKET, Kind::Base64) => circle_ticket(tree, token, handle),
        (f::AUTH_TICKET, _) => ticket(tree, data, span, handle),
        (f::AUTH_CHALLENGE, Kind::Keys) => keys(tree, data, span, handle),
        (f::AUTH_CHALLENGE, _) => challenge(tree, data, span, handle),
        (f::AUTH_RESPONSE, Kind::Base64) => blob(tree, token, handle),
        (f::HOP, _) => hop(tree, token, handle),
        (f::LIST_TIME, _) => time(tree, span, token, l::LIST_TIME, handle),
        (f::SETTINGS_TIME, _) => time(tree, span, token, l::SETTINGS_TIME, handle),
        (f::COOKIE, _) => cookie(tree, data, span, handle),
        _ => {}
    }
}

fn named(tree: &mut Tree, handle: Handle, name: Option<&str>) {
    if let Some(name) = name {
        tree.note(handle, name);
    }
}

fn shown(tree: &mut Tree, field: Field, data: &[u8], span: Span) {
    tree.wire(field, span, span.of(data));
}

/// Pieces of a token with their places.
fn pieces(data: &[u8], span: Span, mark: u8) -> Vec<Span> {
    let mut start = span.start;
    let mut pieces = Vec::new();
    for piece in span.of(data).split(|&byte| byte == mark) {
        pieces.push(Span::new(start, start + piece.len()));
        start += piece.len() + 1;
    }
    pieces
}

/// The name of the program or system whose version begins with the numbers of a row.
fn by_version(table: &'static [(&[u32], &str)], version: &[u8]) -> Option<&'static str> {
    let numbers: Vec<u32> = version.split(|&byte| byte == b'.').map_while(decimal).collect();
    table.iter().find(|row| numbers.starts_with(row.0)).map(|row| row.1)
}

/// Whether the words before a token end in one of these.
fn follows(data: &[u8], span: Span, words: &[&str]) -> bool {
    let before = data.get(..span.start).unwrap_or_default().trim_ascii_end();
    let word = before.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    words.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

fn windows(data: &[u8], span: Span) -> Option<&'static str> {
    let token = span.of(data);
    if follows(data, span, &["winnt"]) {
        by_version(programs::WINDOWS_NT, token)
    } else if follows(data, span, &["win"]) {
        by_version(programs::WINDOWS_9X, token)
    } else {
        None
    }
}

fn version(tree: &mut Tree, data: &[u8], span: Span, handle: Handle) {
    // Other programs count their versions in their own way.
    if follows(data, span, &["MSNMSGR", "MSMSGS"]) {
        named(tree, handle, by_version(programs::VERSIONS, span.of(data)));
    } else if follows(data, span, &["macmsgs", "macmsgsbeta"]) {
        named(tree, handle, by_version(programs::MAC_VERSIONS, span.of(data)));
    }
    let parts = pieces(data, span, b'.');
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| decimal(part.of(data))).collect();
    let fields = [l::VERSION_MAJOR, l::VERSION_MINOR, l::VERSION_BUILD, l::VERSION_REVISION];
    if let Some(numbers) = numbers.filter(|numbers| numbers.len() > 1 && numbers.len() <= fields.len()) {
        tree.open(handle);
        for ((field, number), part) in fields.into_iter().zip(numbers).zip(parts) {
            tree.number(field, part, u64::from(number));
        }
        tree.close();
    }
}

/// `t=…&p=…` (fact base: values 7, state 4.3).
fn ticket(tree: &mut Tree, data: &[u8], span: Span, handle: Handle) {
    let wire = View::new(data, span);
    let view = wire.xml();
    tree.open(handle);
    for part in pieces(view.bytes(), Span::new(0, view.bytes().len()), b'&') {
        let value = Span::new(part.start + 2, part.end);
        let field = match part.of(view.bytes()) {
            [b't', b'=', ..] => l::TICKET_T,
            [b'p', b'=', ..] => l::TICKET_P,
            // Some clients leave the name away.
            [_, ..] if part.start == 0 => l::TICKET_T,
            _ => l::TICKET_OTHER,
        };
        let named = matches!(part.of(view.bytes()), [b't' | b'p', b'=', ..]);
        let inner = if named { value } else { part };
        tree.escaped(field, view.span(part), inner.of(view.bytes()));
    }
    tree.close();
}

/// Base64 of a signed document (fact base: commands 1.1.1).
fn circle_ticket(tree: &mut Tree, token: &[u8], handle: Handle) {
    opened(tree, token, handle, "MSN circle ticket", |tree, decoded| {
        xml::document(tree, decoded, Span::new(0, decoded.len()), None);
    });
}

/// Shows what base64 holds as a source of its own below `handle`.
fn opened(tree: &mut Tree, token: &[u8], handle: Handle, name: &str, then: impl FnOnce(&mut Tree, &[u8])) {
    match base64(token) {
        Some(decoded) if !decoded.is_empty() => {
            tree.open(handle);
            let mark = tree.enter_source(&decoded, name);
            then(tree, &decoded);
            tree.leave_source(mark);
            tree.close();
        }
        Some(_) => {}
        None => tree.expert(x::BASE64_MALFORMED),
    }
}

/// Keys of the Passport challenge (fact base: state 5).
static KEYS: &[(&str, Field)] = &[
    ("lc", l::KEY_LC),
    ("id", l::KEY_ID),
    ("tw", l::KEY_TW),
    ("fs", l::KEY_FS),
    ("ru", l::KEY_RU),
    ("ct", l::KEY_CT),
    ("kpp", l::KEY_KPP),
    ("kv", l::KEY_KV),
    ("ver", l::KEY_VER),
    ("rver", l::KEY_RVER),
    ("wp", l::KEY_WP),
    ("rn", l::KEY_RN),
    ("tpf", l::KEY_TPF),
];

const NS_PER_SECOND: u64 = 1_000_000_000;

fn keys(tree: &mut Tree, data: &[u8], span: Span, handle: Handle) {
    tree.open(handle);
    for part in pieces(data, span, b',') {
        let whole = part.of(data);
        let equals = memchr::memchr(b'=', whole).unwrap_or(whole.len());
        let (name, value) = (whole.get(..equals).unwrap_or_default(), whole.get(equals + 1..));
        let known = KEYS.iter().find(|row| row.0.as_bytes() == name).map(|row| row.1);
        let seconds = value.and_then(decimal).map(|seconds| u64::from(seconds) * NS_PER_SECOND);
        match (known, value, seconds) {
            (Some(l::KEY_CT), Some(_), Some(time)) => {
                tree.number(l::KEY_CT, part, time);
            }
            (Some(field), Some(value), _) if field != l::KEY_CT => {
                tree.escaped(field, part, value);
            }
            _ => shown(tree, l::KEY_OTHER, data, part),
        }
    }
    tree.close();
}

/// `seconds.random`, as servers of MSNP2 to 7 write it (fact base: commands 1.1.1).
fn challenge(tree: &mut Tree, data: &[u8], span: Span, handle: Handle) {
    if let [first, second] = pieces(data, span, b'.')[..] {
        if let (Some(seconds), Some(_)) = (decimal(first.of(data)), decimal(second.of(data))) {
            tree.open(handle);
            tree.number(l::CHALLENGE_TIME, first, u64::from(seconds) * NS_PER_SECOND);
            shown(tree, l::CHALLENGE_RANDOM, data, second);
            tree.close();
        }
    }
}

/// Fields of the header of the single sign-on answer, 4 bytes little-endian each (fact base: state 4.3).
const BLOB: [Field; 7] = [
    l::BLOB_HEADER,
    l::BLOB_MODE,
    l::BLOB_CIPHER,
    l::BLOB_HASH,
    l::BLOB_IV_LENGTH,
    l::BLOB_HASH_LENGTH,
    l::BLOB_CIPHER_LENGTH,
];

/// Bytes of the header.
const BLOB_HEADER: usize = 4 * BLOB.len();

fn blob(tree: &mut Tree, token: &[u8], handle: Handle) {
    opened(tree, token, handle, "MSN login blob", |tree, decoded| {
        let end = decoded.len();
        let mut words = [0u32; BLOB.len()];
        for ((at, word), field) in words.iter_mut().enumerate().zip(BLOB) {
            let place = Span::new(4 * at, 4 * at + 4);
            if let &[a, b, c, d] = place.of(decoded) {
                *word = u32::from_le_bytes([a, b, c, d]);
                tree.number(field, place, u64::from(*word));
            }
        }
        let [header, .., iv, hash, cipher] = words;
        let mut at = BLOB_HEADER.min(end);
        let sound = header as usize == BLOB_HEADER && end >= BLOB_HEADER;
        if sound {
            for (field, len) in [(l::BLOB_IV, iv), (l::BLOB_HMAC, hash), (l::BLOB_CIPHER_TEXT, cipher)] {
                let place = Span::new(at, at.saturating_add(len as usize).min(end));
                if !place.is_empty() {
                    tree.bytes(field, place);
                }
                at = place.end;
            }
        }
        let announced = [iv, hash, cipher].iter().fold(BLOB_HEADER as u64, |sum, &len| sum + u64::from(len));
        if at < end {
            tree.bytes(l::BLOB_REST, Span::new(at, end));
        }
        if !sound || announced != end as u64 {
            tree.expert(l::BLOB_MALFORMED);
        }
    });
}

/// Lines `Version: 1` and `XfrCount: n` (fact base: commands 1.1).
fn hop(tree: &mut Tree, token: &[u8], handle: Handle) {
    if token == b"0" {
        return named(tree, handle, Some("not referred yet"));
    }
    opened(tree, token, handle, "MSN hop data", |tree, decoded| {
        let mut at = 0;
        for line in decoded.split_inclusive(|&byte| byte == b'\n') {
            let trimmed = line.trim_ascii_end();
            let place = Span::new(at, at + trimmed.len());
            at += line.len();
            let (field, value) = match memchr::memchr(b':', trimmed).map(|colon| trimmed.split_at(colon)) {
                Some((b"Version", value)) => (l::HOP_VERSION, value.get(1..)),
                Some((b"XfrCount", value)) => (l::HOP_COUNT, value.get(1..)),
                _ => (l::HOP_OTHER, Some(trimmed)),
            };
            if !trimmed.is_empty() {
                tree.wire(field, place, value.unwrap_or_default().trim_ascii());
            }
        }
    });
}

fn time(tree: &mut Tree, span: Span, token: &[u8], field: Field, handle: Handle) {
    if let Some(time) = std::str::from_utf8(token).ok().and_then(crate::xml::time) {
        tree.open(handle);
        tree.number(field, span, time as u64);
        tree.close();
    }
}

/// Three numbers begin with the session, two are what a caller is given (fact base: commands 1.1.2).
fn cookie(tree: &mut Tree, data: &[u8], span: Span, handle: Handle) {
    let parts = pieces(data, span, b'.');
    let numbers = parts.iter().all(|part| !part.is_empty() && part.of(data).iter().all(u8::is_ascii_digit));
    if !numbers || !(2..=3).contains(&parts.len()) {
        return;
    }
    tree.open(handle);
    for (at, part) in parts.iter().enumerate() {
        let field = if at == 0 && parts.len() == 3 { l::COOKIE_SESSION } else { l::COOKIE_PART };
        shown(tree, field, data, *part);
    }
    tree.close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Expert;
    use proptest::prelude::*;

    fn opened(line: &str, token: &str, kind: Kind, field: Field) -> Tree {
        let mut tree = Tree::new(true);
        let start = line.find(token).unwrap();
        let span = Span::new(start, start + token.len());
        let handle = tree.text(field, span, token);
        more(&mut tree, line.as_bytes(), span, &kind, field, handle);
        assert_eq!(tree.depth(), 0);
        tree
    }

    fn note(tree: &Tree) -> Option<String> {
        let item = tree.items().first()?;
        let text = tree.arena().get(item.note as usize..)?;
        let end = text.iter().position(|&byte| byte == 0)?;
        String::from_utf8(text[..end].to_vec()).ok()
    }

    fn unknown(tree: &Tree, expert: Expert) -> bool {
        tree.has_expert(expert)
    }

    #[test]
    fn versions_name_the_program() {
        let line = "CVR 2 0x0409 winnt 5.1 i386 MSNMSGR 8.5.1302 msmsgs";
        let tree = opened(line, "8.5.1302", Kind::Text, f::CLIENT_VERSION);
        assert_eq!(note(&tree).unwrap(), "Windows Live Messenger 8.5");
        assert_eq!(tree.number_of(l::VERSION_BUILD), Some(1302));
        assert_eq!(note(&opened(line, "5.1", Kind::Text, f::OS_VERSION)).unwrap(), "Windows XP");
        assert_eq!(note(&opened(line, "i386", Kind::Text, f::ARCHITECTURE)).unwrap(), "x86, 32 bits");
        assert!(note(&opened("x mac 5.1", "5.1", Kind::Text, f::OS_VERSION)).is_none());
        let product = opened("PROD0119GSJUC$18", "PROD0119GSJUC$18", Kind::Text, f::CHALLENGE_PRODUCT);
        assert_eq!(note(&product).unwrap(), "Windows Live Messenger 8.5");
    }

    #[test]
    fn tickets_and_keys_are_split() {
        let tree = opened("t=53*a&p=5eK", "t=53*a&p=5eK", Kind::Ticket, f::AUTH_TICKET);
        assert_eq!((tree.text_of(l::TICKET_T), tree.text_of(l::TICKET_P)), (Some("53*a"), Some("5eK")));
        let tree = opened("t=a&amp;p=", "t=a&amp;p=", Kind::Ticket, f::AUTH_TICKET);
        assert_eq!(tree.text_of(l::TICKET_P), Some(""));
        let keys = "lc=1033,id=507,tw=40,fs=1,ru=http%3A%2F%2Fmessenger%2Emsn%2Ecom,ct=1062764229,kpp=1,kv=5,ver=2.1.0173.1,rver=5,wp=FS:x,rn=a,tpf=00,new=1";
        let tree = opened(keys, keys, Kind::Keys, f::AUTH_CHALLENGE);
        assert_eq!(tree.text_of(l::KEY_RU), Some("http://messenger.msn.com"));
        assert_eq!(tree.number_of(l::KEY_CT), Some(1_062_764_229_000_000_000));
        assert_eq!((tree.text_of(l::KEY_WP), tree.text_of(l::KEY_OTHER)), (Some("FS:x"), Some("new=1")));
        let tree = opened("1013928519.693957190", "1013928519.693957190", Kind::Text, f::AUTH_CHALLENGE);
        assert_eq!(tree.number_of(l::CHALLENGE_TIME), Some(1_013_928_519_000_000_000));
    }

    #[test]
    fn blobs_are_opened() {
        let blob = concat!(
            "HAAAAAEAAAADZgAABIAAAAgAAAAUAAAASAAAAAAAAAAAAAAA5/b6UPUTyMkbVgyWJivzLXG/cLl1LUbMswHDZQOTW2qheXO+",
            "oMl024Pd0/Qp2Ikhncicdsr1ZuVHe6faTtyhpF/m08gyWF+w8WAo2gAzX5IfDfTywxhqbs2uoVc="
        );
        let tree = opened(blob, blob, Kind::Base64, f::AUTH_RESPONSE);
        assert_eq!((tree.number_of(l::BLOB_CIPHER), tree.number_of(l::BLOB_HASH)), (Some(0x6603), Some(0x8004)));
        let cipher = tree.find(l::BLOB_CIPHER_TEXT).unwrap();
        assert_eq!((cipher.start, cipher.len, cipher.source), (56, 72, 1));
        assert!(!unknown(&tree, l::BLOB_MALFORMED));
        assert!(unknown(&opened("HAAAAA==", "HAAAAA==", Kind::Base64, f::AUTH_RESPONSE), l::BLOB_MALFORMED));
    }

    #[test]
    fn times_hops_and_cookies_are_read() {
        let stamp = "2005-04-23T18:57:44.8130000-07:00";
        let tree = opened(stamp, stamp, Kind::Stamp, f::LIST_TIME);
        assert_eq!(tree.number_of(l::LIST_TIME), Some(1_114_307_864_813_000_000));
        assert!(opened("0", "0", Kind::Stamp, f::LIST_TIME).find(l::LIST_TIME).is_none());
        let hop = "VmVyc2lvbjogMQ0KWGZyQ291bnQ6IDINCg==";
        let tree = opened(hop, hop, Kind::Base64, f::HOP);
        assert_eq!((tree.text_of(l::HOP_VERSION), tree.text_of(l::HOP_COUNT)), (Some("1"), Some("2")));
        let tree = opened("11752013.2070896604.13693011", "11752013.2070896604.13693011", Kind::Text, f::COOKIE);
        assert_eq!(tree.text_of(l::COOKIE_SESSION), Some("11752013"));
        assert!(opened("1.x", "1.x", Kind::Text, f::COOKIE).find(l::COOKIE_PART).is_none());
    }

    proptest! {
        #[test]
        fn any_token_can_be_opened(token in "[ -~]{1,60}", which in 0usize..8) {
            let rows = [
                (Kind::Ticket, f::AUTH_TICKET), (Kind::Base64, f::AUTH_TICKET), (Kind::Keys, f::AUTH_CHALLENGE),
                (Kind::Base64, f::AUTH_RESPONSE), (Kind::Base64, f::HOP), (Kind::Stamp, f::LIST_TIME),
                (Kind::Text, f::COOKIE), (Kind::Text, f::CLIENT_VERSION),
            ];
            let (kind, field) = rows[which];
            let mut tree = Tree::new(true);
            let span = Span::new(0, token.len());
            let handle = tree.text(field, span, "");
            more(&mut tree, token.as_bytes(), span, &kind, field, handle);
            prop_assert_eq!(tree.depth(), 0);
        }
    }
}
