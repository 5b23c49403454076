// SPDX-License-Identifier: GPL-2.0-or-later
//! What a parameter of a command line may look like.

mod common;

use memchr::memchr2;

pub use common::*;

use super::line::decimal;
use crate::{
    fields::Field,
    values::{Codes, meaning},
};

/// What a payload is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// A MIME message.
    Message,
    /// Header blocks, and what they describe.
    Blocks,
    /// A user notification, whose type the line names.
    Notification,
    /// User data.
    UserData,
    /// Contact lists.
    Lists,
    /// An alert or a page.
    Alert,
    /// Another document.
    Document,
    /// The answer to a challenge.
    Digest,
    /// Text, shown in this field.
    Words(Field),
    /// What an error reply carries.
    Refused,
    /// Nothing is known of it.
    Unknown,
}

/// Shape of a parameter; decides whether a token fits, and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Exactly this word.
    Lit(&'static str),
    /// One word of a list; the flag allows others.
    Code(&'static Codes, bool),
    /// Unsigned decimal number.
    Num,
    /// `0x…` in hexadecimal.
    Hex,
    /// Numeric bit field.
    Bits,
    /// `local@domain`, perhaps percent-encoded, `tel:…`, or a bare `guid`.
    Email,
    /// `email` or `email;{guid}`.
    Handle,
    /// `network:email[;via=network:address]`.
    Naddr,
    /// Percent-encoded UTF-8.
    Name,
    /// Capabilities, one number or two with a colon.
    Caps,
    /// GUID, braces optional.
    Guid,
    /// Number or GUID of a group.
    Group,
    /// Comma list of groups.
    Groups,
    /// `host[:port]`; the second field is the port's.
    HostPort(Field),
    /// `0` or a percent-encoded `<msnobj …/>`.
    Object,
    /// ISO 8601 time or a plain number.
    Stamp,
    /// `MSNP` and a number, or `CVR0`, or `0`.
    Version,
    /// `t=…&p=…`, percent- or HTML-encoded.
    Ticket,
    /// The same, or a ticket of another form: anything that is no [`Kind::Keys`].
    Pass,
    /// `key=value,key=value`.
    Keys,
    /// 32 hexadecimal digits.
    Md5,
    /// Base64 of a circle ticket, a login blob or hop data.
    Base64,
    /// One letter, an equals sign and what follows (`N=`, `F=`, `C=`).
    Prefixed(u8, &'static Kind),
    /// An account, perhaps with `N=` before it.
    MaybePrefixed,
    /// Identifier of a switchboard session: a number; revived servers take any token.
    Session,
    /// `key=value`.
    Pair,
    /// Length of a payload of this form.
    Len(Form),
    /// Word that is no number.
    Word,
    /// Anything.
    Text,
}

/// A parameter of a row.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// What it looks like.
    pub kind: Kind,
    /// The field it fills; composite kinds fill others besides.
    pub field: Field,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it repeats to the end of the line.
    pub repeats: bool,
}

impl Param {
    /// A parameter that must be there.
    pub const fn new(kind: Kind, field: Field) -> Self {
        Param { kind, field, optional: false, repeats: false }
    }

    /// The same, but it may be missing.
    pub const fn opt(self) -> Self {
        Param { optional: true, ..self }
    }

    /// The same, repeated to the end of the line, at least once.
    pub const fn rest(self) -> Self {
        Param { repeats: true, ..self }
    }
}

impl Kind {
    /// Whether a token can be this.
    pub fn fits(&self, token: &[u8]) -> bool {
        match self {
            Kind::Lit(word) => token == word.as_bytes(),
            Kind::Code(table, open) => meaning(table, token).is_some() || (*open && is_word(token)),
            Kind::Num | Kind::Len(_) | Kind::Bits => decimal(token).is_some(),
            Kind::Hex => hexadecimal(token).is_some(),
            Kind::Email => is_address(token),
            Kind::Handle => split_handle(token).is_some_and(|(email, _)| is_address(email)),
            Kind::Naddr => split_naddr(token).is_some(),
            Kind::Caps => split_caps(token).is_some(),
            Kind::Guid => guid(token).is_some(),
            Kind::Group => decimal(token).is_some() || guid(token).is_some(),
            Kind::Groups => token.split(|&byte| byte == b',').all(|one| Kind::Group.fits(one)),
            Kind::HostPort(_) => token.contains(&b'.') || token.contains(&b':'),
            Kind::Object => token == b"0" || starts_with_object(token),
            Kind::Stamp => token.first().is_some_and(u8::is_ascii_digit),
            Kind::Version => token == b"0" || token == b"CVR0" || msnp_number(token).is_some(),
            Kind::Ticket => token.starts_with(b"t="),
            Kind::Pass => token.starts_with(b"t=") || !token.contains(&b'='),
            Kind::Keys => !token.starts_with(b"t=") && token.contains(&b'='),
            Kind::Md5 => token.len() == 32 && token.iter().all(u8::is_ascii_hexdigit),
            Kind::Base64 => token.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)),
            Kind::Prefixed(letter, inner) => {
                matches!(token, [first, b'=', rest @ ..] if first == letter && inner.fits(rest))
            }
            Kind::MaybePrefixed => is_address(token.strip_prefix(b"N=").unwrap_or(token)),
            Kind::Session => !token.is_empty(),
            Kind::Pair => token.contains(&b'='),
            Kind::Word => decimal(token).is_none(),
            Kind::Name | Kind::Text => true,
        }
    }
}

fn is_word(token: &[u8]) -> bool {
    !token.is_empty() && token.iter().all(u8::is_ascii_uppercase)
}

fn is_address(token: &[u8]) -> bool {
    let Some(first) = memchr2(b'@', b':', token) else {
        return token.windows(3).any(|part| part == b"%40");
    };
    if token.get(first) == Some(&b'@') {
        return true;
    }
    split_naddr(token).is_none()
        && (token.contains(&b'@') || token.starts_with(b"tel:") || token.windows(3).any(|part| part == b"%40"))
}

fn starts_with_object(token: &[u8]) -> bool {
    let start = |prefix: &[u8]| token.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
    start(b"%3Cmsnobj") || start(b"<msnobj")
}

/// The number behind `MSNP`.
pub fn msnp_number(token: &[u8]) -> Option<u32> {
    decimal(token.strip_prefix(b"MSNP")?).filter(|&number| number <= 99)
}

/// A number written `0x…`.
pub fn hexadecimal(token: &[u8]) -> Option<u32> {
    let digits = token.strip_prefix(b"0x").or_else(|| token.strip_prefix(b"0X"))?;
    if digits.is_empty() || digits.len() > 8 {
        return None;
    }
    digits.iter().try_fold(0u32, |sum, &byte| Some(sum << 4 | char::from(byte).to_digit(16)?))
}

/// Account and endpoint of `email[;{guid}]`; one page writes a colon for the semicolon.
pub fn split_handle(token: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let split =
        memchr::memchr(b'{', token).and_then(|_| token.windows(2).position(|pair| matches!(pair, b";{" | b":{")));
    match split {
        None => Some((token, None)),
        Some(at) => {
            let endpoint = token.get(at + 1..)?;
            guid(endpoint)?;
            Some((token.get(..at)?, Some(endpoint)))
        }
    }
}

/// Network, address, and what stands behind `via=`.
pub type NaddrParts<'a> = (&'a [u8], &'a [u8], Option<&'a [u8]>);

/// Parts of `network:address[;via=network:address]`, each as a sub-slice.
pub fn split_naddr(token: &[u8]) -> Option<NaddrParts<'_>> {
    let colon = token.iter().take(4).position(|&byte| byte == b':')?;
    let network = token.get(..colon).filter(|digits| decimal(digits).is_some())?;
    let rest = token.get(colon + 1..).filter(|rest| !rest.is_empty())?;
    let via = memchr::memchr(b';', rest).and_then(|_| rest.windows(5).position(|part| part == b";via="));
    match via {
        None => Some((network, rest, None)),
        Some(at) => Some((network, rest.get(..at)?, rest.get(at + 5..))),
    }
}

/// The account of `network:address` as it stands behind `via=`; `None` where it names a network only (`14:fb`).
pub fn reached(via: &[u8]) -> Option<&[u8]> {
    split_naddr(via).map(|parts| parts.1).filter(|address| is_address(address))
}

/// Capabilities: one number, or two with a colon.
pub fn split_caps(token: &[u8]) -> Option<(u32, Option<u32>)> {
    match token.iter().position(|&byte| byte == b':') {
        None => Some((decimal(token)?, None)),
        Some(at) => Some((decimal(token.get(..at)?)?, Some(decimal(token.get(at + 1..)?)?))),
    }
}

/// The 16 bytes of a GUID in text order; braces are optional.
pub fn guid(token: &[u8]) -> Option<[u8; 16]> {
    let inner = match token {
        [b'{', inner @ .., b'}'] => inner,
        bare => bare,
    };
    if inner.len() != 36 {
        return None;
    }
    let mut out = [0u8; 16];
    let mut digits = 0usize;
    for (at, &byte) in inner.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        let value = char::from(byte).to_digit(16)? as u8;
        if let Some(slot) = out.get_mut(digits / 2) {
            *slot = *slot << 4 | value;
        }
        digits += 1;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_split() {
        let token = b"bob@example.com;{11111111-2222-3333-4444-555555555555}";
        let (email, endpoint) = split_handle(token).unwrap();
        assert_eq!(email, b"bob@example.com");
        assert_eq!(guid(endpoint.unwrap()).unwrap()[..2], [0x11, 0x11]);
        assert!(split_handle(b"bob@example.com;{nonsense}").is_none());
    }

    #[test]
    fn network_addresses_are_split() {
        let (network, address, via) = split_naddr(b"1:bob@example.com;via=9:c@live.com").unwrap();
        assert_eq!((network, address, via), (&b"1"[..], &b"bob@example.com"[..], Some(&b"9:c@live.com"[..])));
        assert!(split_naddr(b"bob@example.com").is_none());
        assert!(split_naddr(b"1:").is_none());
    }

    #[test]
    fn what_is_reached_is_an_account_or_a_network() {
        assert_eq!(reached(b"9:c@live.com"), Some(&b"c@live.com"[..]));
        assert_eq!(reached(b"1:bob%40example.com"), Some(&b"bob%40example.com"[..]));
        assert_eq!((reached(b"14:fb"), reached(b"c@live.com"), reached(b"")), (None, None, None));
    }

    #[test]
    fn shapes_tell_tokens_apart() {
        assert!(Kind::Caps.fits(b"2788999228:48") && !Kind::Caps.fits(b"4294967296") && !Kind::Caps.fits(b"1:x"));
        assert!(Kind::Object.fits(b"%3Cmsnobj%20Creator") && Kind::Object.fits(b"0") && !Kind::Object.fits(b"1"));
        assert!(Kind::Version.fits(b"MSNP21") && Kind::Version.fits(b"CVR0") && !Kind::Version.fits(b"MSNPX"));
        assert!(Kind::Groups.fits(b"0,3") && !Kind::Groups.fits(b"0,,3"));
        assert!(
            Kind::Prefixed(b'N', &Kind::Email).fits(b"N=a@b") && !Kind::Prefixed(b'N', &Kind::Email).fits(b"F=a@b")
        );
    }
}
