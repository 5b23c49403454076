// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads what the HTTP gateway puts around the protocol: request targets and `X-MSN-*` header lines
//! (fact base: transports 3).

use memchr::{memchr, memchr2_iter, memmem, memrchr};
use nom::{
    IResult, Parser,
    bytes::complete::{tag_no_case, take_while, take_while1},
    character::complete::{char, digit1, space0},
    combinator::{opt, recognize},
    sequence::{preceded, separated_pair, terminated},
};

/// Longest start line with header lines that is looked at, in bytes.
pub const MAX_HEAD: usize = 16 * 1024;

/// Start line of an HTTP message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// Target of a request.
    Request(&'a [u8]),
    /// Status code of a response.
    Response(u16),
}

/// What the start line and header lines of an HTTP message say about the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// Start line.
    pub start: Start<'a>,
    /// `Content-Length`.
    pub content_length: Option<usize>,
    /// The body is sent in chunks or compressed, so that its length is not that of the content.
    pub encoded: bool,
    /// Value of `X-MSN-Messenger`.
    pub messenger: Option<&'a [u8]>,
    /// Value of `X-MSN-Host`: where to send later requests.
    pub host: Option<&'a [u8]>,
}

/// Whether there may be a head of the gateway in `data`: a cheap look for the parts of words that no such head lacks.
/// Bodies of web pages, which come by in great number, need not be looked at any closer.
pub fn may_be_gateway(data: &[u8]) -> bool {
    let data = data.get(data.len().saturating_sub(4 * MAX_HEAD)..).unwrap_or_default();
    memchr2_iter(b'-', b'.', data).any(|at| {
        let (ahead, behind) = data.split_at_checked(at).unwrap_or_default();
        let next = behind.get(1..5).unwrap_or_default();
        let before = ahead.last().copied().unwrap_or(0) | 0x20;
        (before == b'x' && next.eq_ignore_ascii_case(b"msn-"))
            || (before == b'y' && next.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"dll")))
    })
}

impl Head<'_> {
    /// Whether the message belongs to a gateway session: by its target, or by the header that every answer has.
    pub fn is_gateway(&self) -> bool {
        match self.start {
            Start::Request(target) => is_gateway_target(target),
            Start::Response(_) => self.messenger.is_some(),
        }
    }
}

/// `name = 1*( ALPHA / DIGIT / "-" / "_" )`
fn name(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while1(|byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_').parse_complete(input)
}

/// `header-line = name ":" value`
fn header_line(input: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    separated_pair(name, (char(':'), space0), take_while(|_| true)).parse_complete(input)
}

/// `version = "HTTP/" DIGIT "." DIGIT`
fn version(input: &[u8]) -> IResult<&[u8], &[u8]> {
    recognize((tag_no_case("HTTP/"), digit1, char('.'), digit1)).parse_complete(input)
}

/// `status-line = version SP 3DIGIT [ SP reason ]`
fn status_line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    preceded((version, char(' ')), digit1).parse_complete(input)
}

/// `request-line = "POST" SP target SP version`; every request of the gateway is a POST.
fn request_line(input: &[u8]) -> IResult<&[u8], &[u8]> {
    preceded(tag_no_case("POST "), terminated(take_while1(|byte| byte != b' '), (char(' '), version)))
        .parse_complete(input)
}

fn decimal<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn start_line(line: &[u8]) -> Option<Start<'_>> {
    if let Ok((_, target)) = request_line(line) {
        return Some(Start::Request(target));
    }
    let (_, status) = status_line(line).ok()?;
    decimal(status).filter(|_| status.len() == 3).map(Start::Response)
}

/// A start line at the end of `line`, in front of which bytes of a lower layer may stand.
fn start_line_in(line: &[u8]) -> Option<Start<'_>> {
    if let Some(start) = start_line(line) {
        return Some(start);
    }
    if header_line(line).is_ok() {
        return None;
    }
    ["POST ", "HTTP/"]
        .iter()
        .find_map(|word| memmem::find(line, word.as_bytes()).and_then(|at| start_line(line.get(at..)?)))
}

fn without_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl<'a> Head<'a> {
    fn new(start: Start<'a>) -> Self {
        Head { start, content_length: None, encoded: false, messenger: None, host: None }
    }

    /// Takes a header line; `None` if it is none. The first of several with the same name counts.
    fn take(&mut self, line: &'a [u8]) -> Option<()> {
        let (_, (name, value)) = header_line(line).ok()?;
        let value = value.trim_ascii();
        if name.eq_ignore_ascii_case(b"x-msn-messenger") {
            self.messenger.get_or_insert(value);
        } else if name.eq_ignore_ascii_case(b"x-msn-host") {
            self.host.get_or_insert(value);
        } else if name.eq_ignore_ascii_case(b"content-length") {
            self.content_length = self.content_length.or_else(|| decimal(value));
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") || name.eq_ignore_ascii_case(b"content-encoding") {
            self.encoded |= !value.eq_ignore_ascii_case(b"identity");
        }
        Some(())
    }

    /// The head that ends where `data` ends. What stands in front of it, such as headers of lower layers, is left aside.
    pub fn before(data: &'a [u8]) -> Option<Self> {
        let data = data.get(data.len().saturating_sub(MAX_HEAD)..)?;
        let blank = data.strip_suffix(b"\n").map(|rest| rest.strip_suffix(b"\r").unwrap_or(rest))?;
        let mut lines: Vec<&[u8]> = Vec::new();
        let mut rest = blank.strip_suffix(b"\n")?;
        loop {
            let from = memrchr(b'\n', rest).map_or(0, |feed| feed + 1);
            let line = without_line_end(rest.get(from..)?);
            if let Some(start) = start_line_in(line) {
                let mut head = Head::new(start);
                lines.iter().rev().try_for_each(|line| head.take(line))?;
                return Some(head);
            }
            lines.push(line);
            rest = rest.get(..from.checked_sub(1)?)?;
        }
    }

    /// Length of the head that `data` begins with, with the empty line behind it.
    pub fn len_at_start(data: &[u8]) -> Option<usize> {
        let data = data.get(..data.len().min(MAX_HEAD)).unwrap_or_default();
        let mut at = 0;
        loop {
            let end = at + memchr(b'\n', data.get(at..)?)? + 1;
            if without_line_end(data.get(at..end)?).is_empty() {
                return (at > 0).then_some(end);
            }
            at = end;
        }
    }

    /// The first head in `data`, one of an interim response left aside, if it is that of an encoded body; for bodies that
    /// are not where they were sent.
    pub fn within(data: &'a [u8]) -> Option<Self> {
        let data = data.get(..data.len().min(4 * MAX_HEAD)).unwrap_or_default();
        let mut head: Option<Head<'a>> = None;
        let mut rest = data;
        while !rest.is_empty() {
            let end = memchr(b'\n', rest).map_or(rest.len(), |feed| feed + 1);
            let (line, after) = rest.split_at_checked(end)?;
            let line = without_line_end(line);
            head = match head.take() {
                None => start_line_in(line).map(Head::new),
                Some(whole) if line.is_empty() => match whole.start {
                    Start::Response(100..=199) => None,
                    _ => return Some(whole).filter(|whole| whole.encoded),
                },
                Some(mut part) => part.take(line).map(|()| part),
            };
            rest = after;
        }
        None
    }
}

/// Parameters of a request target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query<'a> {
    /// `Action`: `open` or `poll`; commands are sent without one.
    pub action: Option<&'a [u8]>,
    /// `Server`: `NS` or `SB`.
    pub server: Option<&'a [u8]>,
    /// `IP`: the server that the client wants.
    pub host: Option<&'a [u8]>,
    /// `SessionID`.
    pub session_id: Option<&'a [u8]>,
    /// `Lifespan`: how long the server may hold the request, seconds.
    pub lifespan: Option<u32>,
}

/// `parameter = name "=" value`
fn parameter(input: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    separated_pair(name, char('='), take_while(|_| true)).parse_complete(input)
}

/// Path and query of a target, which may be an absolute URI.
fn split_target(target: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b'?', target) {
        Some(at) => (target.get(..at).unwrap_or_default(), target.get(at + 1..).unwrap_or_default()),
        None => (target, &[]),
    }
}

/// Whether a request with this target goes to the gateway.
pub fn is_gateway_target(target: &[u8]) -> bool {
    const FILE: &[u8] = b"/gateway.dll";
    let (path, query) = split_target(target);
    let file = path.get(path.len().saturating_sub(FILE.len())..).unwrap_or_default();
    let found = Query::of(query);
    file.eq_ignore_ascii_case(FILE) && (found.session_id.is_some() || found.action.is_some())
}

impl<'a> Query<'a> {
    /// The parameters of a target.
    pub fn of_target(target: &'a [u8]) -> Self {
        Query::of(split_target(target).1)
    }

    /// The parameters of a query string, in any order; unknown ones are passed over.
    pub fn of(query: &'a [u8]) -> Self {
        let mut found = Query::default();
        for part in query.split(|&byte| byte == b'&') {
            let Ok((_, (name, value))) = parameter(part) else { continue };
            let place = match name.to_ascii_lowercase().as_slice() {
                b"action" => &mut found.action,
                b"server" => &mut found.server,
                b"ip" => &mut found.host,
                b"sessionid" => &mut found.session_id,
                b"lifespan" => {
                    found.lifespan = found.lifespan.or_else(|| decimal(value));
                    continue;
                }
                _ => continue,
            };
            place.get_or_insert(value);
        }
        found
    }
}

/// Value of `X-MSN-Messenger`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status<'a> {
    /// `SessionID`.
    pub session_id: Option<&'a [u8]>,
    /// `GW-IP`: where to send later requests.
    pub address: Option<&'a [u8]>,
    /// `Session=close`: the server ended the session.
    pub close: bool,
    /// `Action`.
    pub action: Option<&'a [u8]>,
}

/// `item = name "=" value`, blanks around it.
fn item(input: &[u8]) -> IResult<&[u8], (&[u8], &[u8])> {
    preceded(space0, separated_pair(name, (opt(char(' ')), char('=')), take_while(|_| true))).parse_complete(input)
}

impl<'a> Status<'a> {
    /// The items of the header value, in any order; unknown ones are passed over.
    pub fn of(value: &'a [u8]) -> Self {
        let mut found = Status::default();
        for part in value.split(|&byte| byte == b';') {
            let Ok((_, (name, value))) = item(part) else { continue };
            let value = value.trim_ascii();
            match name.to_ascii_lowercase().as_slice() {
                b"sessionid" => found.session_id = found.session_id.or(Some(value)),
                b"gw-ip" => found.address = found.address.or(Some(value)),
                b"session" => found.close |= value.eq_ignore_ascii_case(b"close"),
                b"action" => found.action = found.action.or(Some(value)),
                _ => {}
            }
        }
        found
    }
}

/// The part of a session id that stays the same: what stands before the dot, if there is one.
pub fn stable_part(id: &[u8]) -> &[u8] {
    memchr(b'.', id).filter(|&dot| dot > 0).and_then(|dot| id.get(..dot)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OPEN: &[u8] =
        b"POST http://gateway.example.com/gateway/gateway.dll?Action=open&Server=NS&IP=192.0.2.7 HTTP/1.1\r\n\
        Host: gateway.example.com\r\nContent-Length: 18\r\n\r\n";
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nx-msn-messenger: SessionID=954547325.13160; GW-IP=192.0.2.18\r\n\
        X-MSN-Host: gw2.example.com\r\nContent-Length:18\r\n\r\n";

    #[test]
    fn heads_end_where_the_body_begins() {
        let packet = [b"\x45\x00\nfoo\x18\x50".as_slice(), OPEN].concat();
        let head = Head::before(&packet).unwrap();
        assert!(head.is_gateway() && head.content_length == Some(18));
        let Start::Request(target) = head.start else { panic!("{head:?}") };
        let query = Query::of_target(target);
        assert_eq!((query.action, query.server), (Some(b"open".as_slice()), Some(b"NS".as_slice())));
        assert_eq!((query.host, query.session_id), (Some(b"192.0.2.7".as_slice()), None));

        let two = [ANSWER, b"VER 1 MSNP8 CVR0\r\n", ANSWER].concat();
        let head = Head::before(&two).unwrap();
        assert_eq!(head.start, Start::Response(200));
        assert_eq!(head.host, Some(b"gw2.example.com".as_slice()));
        let status = Status::of(head.messenger.unwrap());
        assert_eq!(status.session_id, Some(b"954547325.13160".as_slice()));
        assert_eq!((status.address, status.close), (Some(b"192.0.2.18".as_slice()), false));
    }

    #[test]
    fn what_is_no_head_is_none() {
        for data in
            ["", "\r\n\r\n", "VER 1 MSNP8\r\n\r\n", "HTTP/1.1 200 OK\r\nno header\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n"]
        {
            assert_eq!(Head::before(data.as_bytes()), None, "{data:?}");
        }
        let other = b"POST /RST.srf?SessionID=1 HTTP/1.1\r\nContent-Type: text/xml\r\n\r\n";
        assert!(!Head::before(other).unwrap().is_gateway());
        assert!(!is_gateway_target(b"/gateway/gateway.dll"));
        assert!(is_gateway_target(b"/Gateway/Gateway.DLL?SessionID=1"));
    }

    #[test]
    fn a_cheap_look_misses_no_head() {
        for data in [OPEN, ANSWER, b"POST /GATEWAY.DLL?Action=open HTTP/1.1\r\n\r\n", b"X-MSN-MESSENGER: x"] {
            assert!(may_be_gateway(data));
        }
        for data in ["", "-", ".", "x-ms", "POST /a.dll HTTP/1.1\r\nX-Powered-By: x\r\nDate: y\r\n\r\n"] {
            assert!(!may_be_gateway(data.as_bytes()), "{data}");
        }
    }

    #[test]
    fn an_interim_response_is_passed_over() {
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-MSN-Messenger: SessionID=1\r\n\r\n12\r\nVER 1";
        let data = [b"\x08\x00HTTP/1.1 100 Continue\r\n\r\n".as_slice(), chunked].concat();
        assert_eq!(Head::within(&data).unwrap().start, Start::Response(200));
        assert_eq!(Head::within(ANSWER), None);
        assert_eq!(Head::within(b"HTTP/1.1 200 OK\r\nX: y\r\n"), None);
    }

    #[test]
    fn items_may_close_the_session() {
        let status = Status::of(b"Session=close; SessionID=1.2 ;GW-IP=192.0.2.18;Action=x; Future=1");
        assert!(status.close && status.session_id == Some(b"1.2") && status.action == Some(b"x"));
        assert_eq!(Status::of(b";;=; SessionID"), Status::default());
        let query = Query::of(b"Lifespan=60&action=poll&&SessionID=a.b&x");
        assert_eq!((query.lifespan, query.session_id), (Some(60), Some(b"a.b".as_slice())));
        assert_eq!(
            (stable_part(b"1.2"), stable_part(b"ab-c"), stable_part(b".5")),
            (b"1".as_slice(), b"ab-c".as_slice(), b".5".as_slice())
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(data: Vec<u8>, words in "((POST|HTTP/1.1|X-MSN-Messenger:|\r\n|[ -~]{0,9}) ?){0,20}") {
            for data in [data.clone(), words.clone().into_bytes(), [words.as_bytes(), &data, b"\r\n\r\n"].concat()] {
                if let Some(head) = Head::before(&data) {
                    prop_assert!(may_be_gateway(&data) || !head.is_gateway());
                }
                let _ = Head::within(&data);
                let _ = Status::of(&data);
                let _ = Query::of_target(&data);
                prop_assert!(stable_part(&data).len() <= data.len());
            }
        }
    }
}
