// SPDX-License-Identifier: GPL-2.0-or-later
//! Form of a session description: start line, headers, blank line, body fields, blank line, NUL (fact base: p2p 5).

use nom::{
    IResult, Parser,
    branch::alt,
    bytes::complete::{tag_no_case, take_till, take_till1},
    character::complete::char,
};

use crate::wire::{Span, work};

/// A line `Name: value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line with its end.
    pub whole: Span,
    /// Name; empty if the line has no colon.
    pub name: Span,
    /// Value without blanks around it.
    pub value: Span,
}

/// The first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// `METHOD uri MSNSLP/1.0`.
    Request {
        /// INVITE, ACK or BYE.
        method: Span,
        /// Whom it is for.
        uri: Span,
        /// Protocol and version.
        protocol: Span,
    },
    /// `MSNSLP/1.0 code reason`.
    Status {
        /// Protocol and version.
        protocol: Span,
        /// Three digits.
        code: Span,
        /// In words; may be empty.
        reason: Span,
    },
    /// Something else.
    Other,
}

/// A session description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// First line with its end.
    pub start_line: Span,
    /// What it says.
    pub start: Start,
    /// Headers.
    pub headers: Vec<Line>,
    /// Blank line behind the headers; empty if it is missing.
    pub blank: Span,
    /// Body fields.
    pub fields: Vec<Line>,
    /// Blank line behind the body fields; empty if it is missing.
    pub body_blank: Span,
    /// NUL at the end; empty if it is missing.
    pub terminator: Span,
    /// What is behind that.
    pub rest: Span,
}

/// Whether the bytes start like a session description.
pub fn starts(data: &[u8]) -> bool {
    fn start(input: &[u8]) -> IResult<&[u8], &[u8]> {
        let methods = (alt((tag_no_case("INVITE"), tag_no_case("ACK"), tag_no_case("BYE"))), tag_no_case(" MSNMSGR:"));
        alt((tag_no_case("MSNSLP/"), methods.map(|(method, _)| method))).parse(input)
    }
    start(data).is_ok()
}

fn word(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_till1(|byte| byte == b' ')(input)
}

fn name(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, (name, _)) = (take_till(|byte| byte == b':'), char(':')).parse(input)?;
    Ok((rest, name))
}

/// The line that starts at `at`: with its end, and without.
fn line(data: &[u8], at: usize, end: usize) -> (Span, Span) {
    let rest = Span::new(at, end).of(data);
    match memchr::memchr(b'\n', rest) {
        Some(len) => {
            work::done(len + 1);
            let text = rest.get(..len).unwrap_or_default();
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            (Span::new(at, at + len + 1), Span::new(at, at + text.len()))
        }
        // A NUL ends the text even if the last line has no end.
        None => {
            let len = memchr::memchr(0, rest).unwrap_or(rest.len());
            work::done(rest.len() + len);
            (Span::new(at, at + len), Span::new(at, at + len))
        }
    }
}

fn trimmed(data: &[u8], span: Span) -> Span {
    let bytes = span.of(data);
    let start = span.start + (bytes.len() - bytes.trim_ascii_start().len());
    Span::new(start.min(span.end), span.start + bytes.trim_ascii_end().len())
}

fn start(data: &[u8], span: Span) -> Start {
    let words = |input| -> IResult<&[u8], (usize, usize)> {
        let (rest, (first, _, second)) = (word, char(' '), word).parse(input)?;
        Ok((rest, (first.len(), second.len())))
    };
    let Ok((rest, (first, second))) = words(span.of(data)) else {
        return Start::Other;
    };
    let one = Span::new(span.start, span.start + first);
    let two = Span::new(one.end + 1, one.end + 1 + second);
    let three = trimmed(data, Span::new(span.end - rest.len(), span.end));
    let is_protocol = |span: Span| span.of(data).get(..7).is_some_and(|head| head.eq_ignore_ascii_case(b"MSNSLP/"));
    if is_protocol(one) && two.len() == 3 && two.of(data).iter().all(u8::is_ascii_digit) {
        Start::Status { protocol: one, code: two, reason: three }
    } else if is_protocol(three) {
        Start::Request { method: one, uri: two, protocol: three }
    } else {
        Start::Other
    }
}

/// Lines up to a blank line, a NUL or the end; then that blank line.
fn lines(data: &[u8], mut at: usize, end: usize) -> (Vec<Line>, Span) {
    let mut found = Vec::new();
    while at < end && data.get(at) != Some(&0) {
        let (whole, text) = line(data, at, end);
        if text.is_empty() {
            return (found, whole);
        }
        let (named, value) = match name(text.of(data)) {
            Ok((rest, name)) => {
                (Span::new(text.start, text.start + name.len()), Span::new(text.end - rest.len(), text.end))
            }
            Err(_) => (Span::new(text.start, text.start), text),
        };
        found.push(Line { whole, name: named, value: trimmed(data, value) });
        at = whole.end;
    }
    (found, Span::new(at, at))
}

/// Takes a session description apart. Any bytes have some form; see [`starts`] for whether they are one.
pub fn parse(data: &[u8]) -> Message {
    let (start_line, text) = line(data, 0, data.len());
    let (headers, blank) = lines(data, start_line.end, data.len());
    let (fields, body_blank) = lines(data, blank.end, data.len());
    let nul = usize::from(data.get(body_blank.end) == Some(&0));
    let terminator = Span::new(body_blank.end, body_blank.end + nul);
    Message {
        start_line,
        start: start(data, text),
        headers,
        blank,
        fields,
        body_blank,
        terminator,
        rest: Span::new(terminator.end, data.len()),
    }
}

impl Message {
    /// The value of a header.
    pub fn header<'a>(&self, data: &'a [u8], name: &str) -> Option<&'a [u8]> {
        value(&self.headers, data, name)
    }

    /// The value of a body field.
    pub fn field<'a>(&self, data: &'a [u8], name: &str) -> Option<&'a [u8]> {
        value(&self.fields, data, name)
    }

    /// Bytes that Content-Length should give: from behind the headers' blank line up to and with the NUL.
    pub fn body_len(&self) -> usize {
        self.terminator.end - self.blank.end
    }
}

fn value<'a>(lines: &[Line], data: &'a [u8], name: &str) -> Option<&'a [u8]> {
    work::done(lines.len());
    lines.iter().find(|line| line.name.of(data).eq_ignore_ascii_case(name.as_bytes())).map(|line| line.value.of(data))
}

/// A decimal number, blanks around it allowed.
pub fn decimal(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The INVITE of the fact base.
    pub(crate) const INVITE: &[u8] = b"INVITE MSNMSGR:bob@example.com MSNSLP/1.0\r\n\
To: <msnmsgr:bob@example.com>\r\n\
From: <msnmsgr:alice@example.com>\r\n\
Via: MSNSLP/1.0/TLP ;branch={11111111-2222-3333-4444-555555555555}\r\n\
CSeq: 0\r\n\
Call-ID: {AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}\r\n\
Max-Forwards: 0\r\n\
Content-Type: application/x-msnmsgr-sessionreqbody\r\n\
Content-Length: 320\r\n\
\r\n\
EUF-GUID: {A4268EEC-FEC5-49E5-95C3-F126696BDBF6}\r\n\
SessionID: 305419896\r\n\
AppID: 1\r\n\
Context: PG1zbm9iaiBDcmVhdG9yPSJhbGljZUBleGFtcGxlLmNvbSIgU2l6ZT0iMzAiIFR5cGU9IjMiIExvY2F0aW9uPSJURlIxLmRhdCIgRnJpZW5kbHk9IkFBQT0iIFNIQTFEPSIvRGpMdFE1WUpCVGI2THRPbGd3SFdkSWgzN289IiBTSEExQz0idlVDL0g1S2xmcDlDT1UyaENFM1pXdHZvaHFzPSIvPgA=\r\n\
\r\n\0";

    #[test]
    fn the_invitation_of_the_fact_base_parses() {
        assert_eq!(INVITE.len(), 647);
        assert!(starts(INVITE));
        let message = parse(INVITE);
        let Start::Request { method, uri, protocol } = message.start else { panic!("{:?}", message.start) };
        assert_eq!(method.of(INVITE), b"INVITE");
        assert_eq!((uri.of(INVITE), protocol.of(INVITE)), (&b"MSNMSGR:bob@example.com"[..], &b"MSNSLP/1.0"[..]));
        assert_eq!((message.headers.len(), message.fields.len()), (8, 4));
        assert_eq!(message.header(INVITE, "content-length").and_then(decimal), Some(message.body_len() as u64));
        assert_eq!(message.field(INVITE, "SessionID").and_then(decimal), Some(305_419_896));
        assert_eq!((message.blank.len(), message.body_blank.len(), message.terminator.len()), (2, 2, 1));
        assert!(message.rest.is_empty());
    }

    #[test]
    fn answers_and_empty_bodies_parse() {
        let answer = b"MSNSLP/1.0 603 Decline\r\nCSeq: 1 \r\nContent-Length: 3\r\n\r\n\r\n\0";
        let message = parse(answer);
        let Start::Status { code, reason, .. } = message.start else { panic!("{:?}", message.start) };
        assert_eq!((code.of(answer), reason.of(answer)), (&b"603"[..], &b"Decline"[..]));
        assert_eq!(message.header(answer, "CSeq"), Some(&b"1"[..]));
        assert_eq!((message.fields.len(), message.body_len()), (0, 3));
        let bare = b"MSNSLP/1.0 200";
        assert!(matches!(parse(bare).start, Start::Status { .. }));
        assert!(!starts(b"\0\0\0\0") && !starts(b"BYE\r\n"));
        assert_eq!(parse(b"").start, Start::Other);
    }

    #[test]
    fn what_is_missing_is_empty() {
        let cut = b"BYE MSNMSGR:bob@example.com MSNSLP/1.0\r\nTo: <msn";
        let message = parse(cut);
        assert_eq!((message.headers.len(), message.blank.len(), message.terminator.len()), (1, 0, 0));
        let odd = b"ACK MSNMSGR:a MSNSLP/1.0\nno colon\n\nNonce: {1}\0more";
        let message = parse(odd);
        assert!(message.headers[0].name.is_empty());
        assert_eq!(message.headers[0].value.of(odd), b"no colon");
        assert_eq!((message.field(odd, "Nonce"), message.rest.of(odd)), (Some(&b"{1}"[..]), &b"more"[..]));
    }

    proptest! {
        #[test]
        fn every_byte_has_one_place(text in "(INVITE a MSNSLP/1.0)?[\\r\\n\\x00a-z: ]{0,80}") {
            let data = text.as_bytes();
            let message = parse(data);
            let mut at = 0;
            let lines = message.headers.iter().map(|line| line.whole);
            let fields = message.fields.iter().map(|line| line.whole);
            let mut places = vec![message.start_line];
            places.extend(lines.chain([message.blank]).chain(fields));
            places.extend([message.body_blank, message.terminator, message.rest]);
            for place in places {
                prop_assert_eq!(place.start, at);
                at = place.end;
            }
            prop_assert_eq!(at, data.len());
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let message = parse(&bytes);
            prop_assert!(message.rest.end == bytes.len());
        }
    }
}
