// SPDX-License-Identifier: GPL-2.0-or-later
//! Start line and header lines of HTTP messages, as far as the services care (fact base: soap, endpoints).

use memchr::{memchr, memrchr};

/// Longest head that is looked at, in bytes.
pub const MAX_HEAD: usize = 16 * 1024;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Says where to log in.
    Nexus,
    /// Login with headers.
    Login,
    /// Login with SOAP.
    Rst,
    /// Another service, which the body names.
    Soap,
    /// Offline messages, whose operation the action names.
    Store,
    /// A picture.
    UserTile,
    /// Configuration of clients.
    Config,
}

/// Paths in lower case, as they begin or end.
static PATHS: &[(&str, bool, Endpoint)] = &[
    ("/rdr/pprdr.asp", false, Endpoint::Nexus),
    ("/login.srf", false, Endpoint::Login),
    ("/login2.srf", false, Endpoint::Login),
    ("/rst.srf", false, Endpoint::Rst),
    ("/rst2.srf", false, Endpoint::Rst),
    ("/abservice/sharingservice.asmx", false, Endpoint::Soap),
    ("/abservice/abservice.asmx", false, Endpoint::Soap),
    ("/oimws/oim.asmx", false, Endpoint::Store),
    ("/rsi/rsi.asmx", false, Endpoint::Soap),
    ("/storageservice/schematizedstore.asmx", false, Endpoint::Soap),
    ("/contactcard/contactcardservice.asmx", false, Endpoint::Soap),
    ("/config/msgrconfig.asmx", false, Endpoint::Config),
    ("/storage/usertile/", true, Endpoint::UserTile),
];

impl Endpoint {
    /// By the target of a request, which may be an absolute URI and may have several leading slashes.
    pub fn of_target(target: &[u8]) -> Option<Self> {
        let path = target.split(|&byte| byte == b'?').next().unwrap_or_default();
        let path = match memchr::memmem::find(path, b"://") {
            Some(at) => {
                let rest = path.get(at + 3..).unwrap_or_default();
                rest.get(memchr(b'/', rest)?..)?
            }
            None => path,
        };
        let slashes = path.iter().take_while(|&&byte| byte == b'/').count();
        let path = path.get(slashes.checked_sub(1)?..)?;
        let found = PATHS.iter().find(|row| {
            let wanted = row.0.as_bytes();
            let part = if row.1 { path.get(..wanted.len()).unwrap_or_default() } else { path };
            part.eq_ignore_ascii_case(wanted)
        });
        found.map(|row| row.2)
    }

    /// Whether messages of it have no body that tells.
    pub fn is_told_by_head(self) -> bool {
        matches!(self, Endpoint::Nexus | Endpoint::Login | Endpoint::UserTile)
    }
}

/// A start line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// Method and target of a request.
    Request(&'a [u8], &'a [u8]),
    /// Status code of a response.
    Response(u16),
}

/// What a head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// Start line.
    pub start: Start<'a>,
    /// `Host`.
    pub host: Option<&'a [u8]>,
    /// `SOAPAction`.
    pub action: Option<&'a [u8]>,
    /// `Cookie`.
    pub cookie: Option<&'a [u8]>,
    /// `Authorization`, if it is Passport's.
    pub authorization: Option<&'a [u8]>,
    /// `Authentication-Info`, if it is Passport's.
    pub info: Option<&'a [u8]>,
    /// `WWW-Authenticate`, if it is Passport's.
    pub refused: Option<&'a [u8]>,
    /// `PassportURLs`.
    pub urls: Option<&'a [u8]>,
    /// `Location`.
    pub location: Option<&'a [u8]>,
    /// The body is sent in chunks or compressed.
    pub encoded: bool,
}

const METHODS: [&[u8]; 3] = [b"POST ", b"GET ", b"HEAD "];

fn start_line(line: &[u8]) -> Option<Start<'_>> {
    if let Some(rest) = line.strip_prefix(b"HTTP/") {
        let status = rest.split(|&byte| byte == b' ').nth(1)?;
        let status: u16 = std::str::from_utf8(status.get(..3)?).ok()?.parse().ok()?;
        return Some(Start::Response(status));
    }
    let method = METHODS.into_iter().find(|method| line.starts_with(method))?;
    let target = line.get(method.len()..)?.split(|&byte| byte == b' ').next()?;
    Some(Start::Request(method.trim_ascii_end(), target))
}

/// A start line at the end of `line`, in front of which bytes of a lower layer may stand.
fn start_line_in(line: &[u8]) -> Option<Start<'_>> {
    if let Some(start) = start_line(line) {
        return Some(start);
    }
    // A header line; but bytes of a lower layer have none of its form.
    if header(line).is_some() {
        return None;
    }
    let words = METHODS.into_iter().chain([&b"HTTP/"[..]]);
    words.filter_map(|word| memchr::memmem::rfind(line, word)).find_map(|at| start_line(line.get(at..)?))
}

/// Name and value of a header line.
fn header(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr(b':', line)?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    let sound = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    sound.then(|| (name, value.trim_ascii()))
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A value of the Passport scheme, in any version.
fn passport(value: &[u8]) -> Option<&[u8]> {
    value.get(..8).filter(|word| word.eq_ignore_ascii_case(b"Passport")).map(|_| value)
}

impl<'a> Head<'a> {
    fn new(start: Start<'a>) -> Self {
        Head {
            start,
            host: None,
            action: None,
            cookie: None,
            authorization: None,
            info: None,
            refused: None,
            urls: None,
            location: None,
            encoded: false,
        }
    }

    /// Takes a header line; what is none is passed over.
    fn take(&mut self, line: &'a [u8]) {
        let Some((name, value)) = header(line) else { return };
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("content-encoding") || is("transfer-encoding") {
            self.encoded |= !value.eq_ignore_ascii_case(b"identity");
            return;
        }
        let (slot, value) = if is("host") {
            (&mut self.host, Some(value))
        } else if is("soapaction") {
            (&mut self.action, Some(value))
        } else if is("cookie") {
            (&mut self.cookie, Some(value))
        } else if is("authorization") {
            (&mut self.authorization, passport(value))
        } else if is("authentication-info") {
            (&mut self.info, passport(value))
        } else if is("www-authenticate") {
            (&mut self.refused, passport(value))
        } else if is("passporturls") {
            (&mut self.urls, Some(value))
        } else if is("location") {
            (&mut self.location, Some(value))
        } else {
            return;
        };
        *slot = slot.or(value);
    }

    /// The head that ends where `data` ends.
    pub fn before(data: &'a [u8]) -> Option<Self> {
        let data = data.get(data.len().saturating_sub(MAX_HEAD)..)?;
        let mut rest = without_end(data).strip_suffix(b"\n")?;
        let mut lines: Vec<&[u8]> = Vec::new();
        loop {
            let from = memrchr(b'\n', rest).map_or(0, |feed| feed + 1);
            let line = without_end(rest.get(from..)?);
            if let Some(start) = start_line_in(line) {
                let mut head = Head::new(start);
                lines.iter().rev().for_each(|line| head.take(line));
                return Some(head);
            }
            if line.is_empty() {
                return None;
            }
            lines.push(line);
            rest = rest.get(..from.checked_sub(1)?)?;
        }
    }

    /// The first head that is in `data`, one of an interim response left aside: for bodies that were put together from
    /// chunks, or decompressed.
    pub fn within(data: &'a [u8]) -> Option<Self> {
        let data = data.get(..data.len().min(4 * MAX_HEAD)).unwrap_or_default();
        let mut head: Option<Head<'a>> = None;
        for line in data.split_inclusive(|&byte| byte == b'\n') {
            let line = without_end(line);
            match &mut head {
                None => head = start_line_in(line).map(Head::new),
                Some(whole) if line.is_empty() => match whole.start {
                    Start::Response(100..=199) => head = None,
                    _ => return head.filter(|head| head.encoded),
                },
                Some(part) => part.take(line),
            }
        }
        None
    }

    /// The head that `data` begins with.
    pub fn at_start(data: &'a [u8]) -> Option<Self> {
        let data = data.get(..data.len().min(MAX_HEAD)).unwrap_or_default();
        let mut lines = data.split_inclusive(|&byte| byte == b'\n').map(without_end);
        let mut head = Head::new(start_line(lines.next()?)?);
        for line in lines {
            if line.is_empty() {
                return Some(head);
            }
            head.take(line);
        }
        None
    }

    /// What a request asks for.
    pub fn endpoint(&self) -> Option<Endpoint> {
        match self.start {
            // Clients are told where to log in, so the path may be any; the header tells.
            Start::Request(_, target) => Endpoint::of_target(target).or(self.authorization.map(|_| Endpoint::Login)),
            Start::Response(_) => None,
        }
    }

    /// Whether the headers say by themselves that this belongs to Passport.
    pub fn is_passport(&self) -> bool {
        self.authorization.is_some() || self.info.is_some() || self.refused.is_some() || self.urls.is_some()
    }
}

/// Whether what begins a connection asks for one of the services.
pub fn asks(data: &[u8]) -> bool {
    let line = data.get(..data.len().min(2048)).unwrap_or_default();
    let Some(end) = memchr(b'\n', line) else { return false };
    let Some(line) = line.get(..end) else { return false };
    match start_line(without_end(line)) {
        Some(Start::Request(_, target)) => {
            Endpoint::of_target(target).is_some()
                || Head::at_start(data).is_some_and(|head| head.authorization.is_some())
        }
        _ => false,
    }
}

/// The value of a part `name=…` of a Passport header, which ends with a comma or a quotation mark.
pub fn part<'a>(value: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut rest = value;
    loop {
        let at = memchr::memmem::find(rest, name.as_bytes())?;
        let before = at.checked_sub(1).and_then(|at| rest.get(at));
        let behind = rest.get(at + name.len()..)?;
        if behind.first() == Some(&b'=') && before.is_none_or(|byte| b", ;".contains(byte)) {
            let found = behind.get(1..)?;
            if let Some(quoted) = found.strip_prefix(b"'") {
                return quoted.get(..memchr(b'\'', quoted).unwrap_or(quoted.len()));
            }
            return found.get(..memchr::memchr2(b',', b';', found).unwrap_or(found.len()));
        }
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn targets_lead_to_services_whatever_their_slashes() {
        for target in ["/RST.srf", "//RST.srf", "///rst2.srf?x=1", "https://login.live.com/RST.srf"] {
            assert_eq!(Endpoint::of_target(target.as_bytes()), Some(Endpoint::Rst), "{target}");
        }
        assert_eq!(Endpoint::of_target(b"/storage/usertile/1/static"), Some(Endpoint::UserTile));
        for target in ["/", "", "*", "/RST.srf/x", "/login", "https://login.live.com", "/x/RST.srf"] {
            assert_eq!(Endpoint::of_target(target.as_bytes()), None, "{target}");
        }
    }

    #[test]
    fn heads_are_found_at_the_end_at_the_start_and_before() {
        let head = b"\0\x01POST //RST.srf HTTP/1.1\r\nSOAPAction: \"x\"\r\nHost: login.live.com:443\r\n\r\n";
        let found = Head::before(head).unwrap();
        assert_eq!((found.endpoint(), found.host), (Some(Endpoint::Rst), Some(&b"login.live.com:443"[..])));
        let nexus = Head::at_start(b"GET /rdr/pprdr.asp\r\n\r\n").unwrap();
        assert_eq!(nexus.endpoint(), Some(Endpoint::Nexus));
        let answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\nWWW-Authenticate: Passport1.4 da-status=failed\r\n\r\n";
        let within = Head::within(answer).unwrap();
        assert!(within.start == Start::Response(401) && within.is_passport());
        assert_eq!(Head::before(answer).unwrap().start, Start::Response(401));
        assert!(Head::before(b"<html>\n\n").is_none() && Head::at_start(b"GET / HTTP/1.1\r\n").is_none());
        assert!(asks(b"GET /login HTTP/1.1\r\nAuthorization: Passport1.4 sign-in=a\r\n\r\n"));
        assert!(!asks(b"GET / HTTP/1.1\r\n\r\n"));
    }

    #[test]
    fn parts_of_passport_headers_are_found() {
        let value = b"Passport1.4 OrgVerb=GET,sign-in=alice%40example.com,pwd=x,from-PP='t=a&p=b'";
        assert_eq!(part(value, "sign-in"), Some(&b"alice%40example.com"[..]));
        assert_eq!(part(value, "from-PP"), Some(&b"t=a&p=b"[..]));
        assert_eq!(part(value, "in"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_looked_at(data in "(GET |POST |HTTP/1.1 |/RST.srf|[a-zA-Z]{1,8}: |Passport1.4 |\r\n|\n|[ -~]){0,30}") {
            let data = data.as_bytes();
            let _ = (Head::before(data), Head::within(data), Head::at_start(data), asks(data), part(data, "a"));
        }
    }
}
