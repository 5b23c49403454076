// SPDX-License-Identifier: GPL-2.0-or-later
//! Headers of MSNSLP (fact base: p2p 5).

use super::{Kind, Row};
use crate::{fields::slp as f, wire::Span};

/// All known headers.
pub static HEADERS: &[Row] = &[
    ("To", Kind::Party(f::TO)),
    ("From", Kind::Party(f::FROM)),
    ("Via", Kind::Via),
    ("CSeq", Kind::Number(f::CSEQ)),
    ("Call-ID", Kind::Text(f::CALL_ID)),
    ("Max-Forwards", Kind::Number(f::MAX_FORWARDS)),
    ("On-Behalf", Kind::Text(f::ON_BEHALF)),
    ("Content-Type", Kind::Text(f::CONTENT_TYPE)),
    ("Content-Length", Kind::Number(f::CONTENT_LENGTH)),
];

/// An account and maybe an endpoint, from `<msnmsgr:account;{endpoint}>` or `MSNMSGR:account;{endpoint}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// Place of the account.
    pub account: Span,
    /// Place of the endpoint with its braces.
    pub endpoint: Option<Span>,
}

/// The account and endpoint in `span` of `data`.
pub fn party(data: &[u8], span: Span) -> Option<Party> {
    const SCHEME: &[u8] = b"msnmsgr:";
    let (mut start, mut end) = (span.start, span.end);
    let value = span.of(data);
    if value.starts_with(b"<") {
        start += 1;
    }
    if end > start && value.ends_with(b">") {
        end -= 1;
    }
    let inner = Span::new(start, end).of(data);
    if inner.get(..SCHEME.len()).is_some_and(|head| head.eq_ignore_ascii_case(SCHEME)) {
        start += SCHEME.len();
    }
    let inner = Span::new(start, end).of(data);
    if inner.is_empty() {
        return None;
    }
    Some(match memchr::memchr(b';', inner) {
        Some(at) => Party { account: Span::new(start, start + at), endpoint: Some(Span::new(start + at + 1, end)) },
        None => Party { account: Span::new(start, end), endpoint: None },
    })
}

/// The place of the branch in a Via header.
pub fn branch(data: &[u8], span: Span) -> Option<Span> {
    const NAME: &[u8] = b"branch=";
    let at = memchr::memmem::find(span.of(data), NAME)? + NAME.len();
    let rest = span.of(data).get(at..)?;
    let len = rest.iter().position(|&byte| byte == b';' || byte == b' ').unwrap_or(rest.len());
    Some(Span::new(span.start + at, span.start + at + len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_come_with_and_without_endpoint() {
        let text = b"<msnmsgr:bob@example.com;{0f0e0d0c-0b0a-0908-0706-050403020100}>";
        let found = party(text, Span::new(0, text.len())).unwrap();
        assert_eq!(found.account.of(text), b"bob@example.com");
        assert_eq!(found.endpoint.unwrap().of(text), b"{0f0e0d0c-0b0a-0908-0706-050403020100}");
        let text = b"MSNMSGR:bob@example.com";
        let found = party(text, Span::new(0, text.len())).unwrap();
        assert_eq!((found.account.of(text), found.endpoint), (&b"bob@example.com"[..], None));
        assert_eq!(party(b"<>", Span::new(0, 2)), None);
        assert_eq!(party(b"<", Span::new(0, 1)), None);
    }

    #[test]
    fn branches_are_found() {
        let text = b"MSNSLP/1.0/TLP ;branch={11111111-2222-3333-4444-555555555555}";
        assert_eq!(branch(text, Span::new(0, text.len())).unwrap().of(text), b"{11111111-2222-3333-4444-555555555555}");
        assert_eq!(branch(b"MSNSLP/1.0/TLP", Span::new(0, 14)), None);
    }
}
