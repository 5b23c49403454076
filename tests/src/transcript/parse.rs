// SPDX-License-Identifier: GPL-2.0-or-later
//! From the text of a transcript to what it means.

use super::{Claim, Connection, Expectation, Regular, Transcript, Unit};
use crate::pcap::{Event, Link, Side, Stream};
use crate::tshark::Options;
use anyhow::{Context, Result, bail, ensure};
use std::net::SocketAddr;
use std::time::Duration;

/// Time between two units when the transcript says nothing.
const STEP: Duration = Duration::from_millis(10);
const CLIENT_PORTS: u16 = 50000;

pub(super) fn parse(text: &str) -> Result<Transcript> {
    let mut parser = Parser::default();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        parser.line(number, line).with_context(|| format!("line {number}: {line}"))?;
    }
    parser.finish()
}

/// A unit whose payload may still grow.
struct Open {
    line: usize,
    connection: usize,
    side: Side,
    at: Duration,
    /// The text behind the marker; `None` for raw bytes.
    text: Option<String>,
    payload: Vec<u8>,
    expectations: Vec<Expectation>,
    is_pdu: bool,
    odd: bool,
    how: How,
}

/// How the next unit is put into segments.
#[derive(Clone, Debug, Default)]
struct How {
    cuts: Vec<i64>,
    join: bool,
    unseen: bool,
}

#[derive(Default)]
struct Parser {
    connections: Vec<Connection>,
    units: Vec<Unit>,
    link: Option<Link>,
    options: Options,
    current: usize,
    now: Duration,
    how: How,
    open: Option<Open>,
}

impl Parser {
    fn line(&mut self, number: usize, line: &str) -> Result<()> {
        if let Some(rest) = line.strip_prefix(">>>") {
            return self.unit(number, Side::Client, rest);
        }
        if let Some(rest) = line.strip_prefix("<<<") {
            return self.unit(number, Side::Server, rest);
        }
        if let Some(rest) = line.strip_prefix('|') {
            return self.payload_line(rest.strip_prefix(' ').unwrap_or(rest));
        }
        if let Some(rest) = line.strip_prefix('=') {
            return self.expectation(number, rest);
        }
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(name) = line.strip_prefix('@') {
            self.current = self.find(name)?;
            return Ok(());
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "hex" => {
                let open = self.open.as_mut().context("no unit before these bytes")?;
                open.payload.extend(hex(rest)?);
            }
            "connection" => self.connection(rest)?,
            "wait" => self.now += duration(rest)?,
            "cut" => {
                let cuts = rest.split_whitespace().map(str::parse);
                self.how.cuts = cuts.collect::<Result<_, _>>()?;
            }
            "join" => self.how.join = true,
            "unseen" => self.how.unseen = true,
            "fin" => self.end(rest, Event::Fin)?,
            "rst" => self.end(rest, Event::Rst)?,
            "link" => self.link = Some(link(rest)?),
            "preference" => self.options.preferences.push(rest.to_owned()),
            "decode-as" => self.options.decode_as.push(rest.to_owned()),
            "two-passes" => self.options.two_passes = true,
            _ => bail!("unknown directive {word}"),
        }
        Ok(())
    }

    fn find(&self, name: &str) -> Result<usize> {
        self.connections.iter().position(|c| c.name == name).with_context(|| format!("no connection {name}"))
    }

    fn connection(&mut self, rest: &str) -> Result<()> {
        self.close()?;
        let mut words = rest.split_whitespace().peekable();
        let name = words.next().context("a connection needs a name")?.to_owned();
        ensure!(self.find(&name).is_err(), "there is a connection {name} already");
        let port = CLIENT_PORTS + self.connections.len() as u16;
        let mut client: SocketAddr = ([192, 0, 2, 1], port).into();
        let mut server: SocketAddr = ([192, 0, 2, 10], 1863).into();
        if words.peek().is_some_and(|word| *word != "no-handshake") {
            client = words.next().context("client address")?.parse()?;
            ensure!(words.next() == Some("->"), "expected CLIENT -> SERVER");
            server = words.next().context("server address")?.parse()?;
        }
        ensure!(client.is_ipv4() == server.is_ipv4(), "IPv4 and IPv6 on one connection");
        let taken = self.connections.iter().any(|c| c.stream.client.port() == client.port());
        ensure!(!taken, "client port {} is in use: ports tell connections apart", client.port());
        let handshake = match words.next() {
            None => true,
            Some("no-handshake") => false,
            Some(other) => bail!("unexpected {other}"),
        };
        self.current = self.connections.len();
        self.connections.push(Connection { name, stream: Stream::new(client, server), handshake });
        Ok(())
    }

    fn unit(&mut self, line: usize, side: Side, text: &str) -> Result<()> {
        self.close()?;
        ensure!(!self.connections.is_empty(), "no connection was declared");
        self.now += STEP;
        let text = text.strip_prefix(' ').unwrap_or(text);
        self.open = Some(Open {
            line,
            connection: self.current,
            side,
            at: self.now,
            text: (!text.is_empty()).then(|| text.to_owned()),
            payload: Vec::new(),
            expectations: Vec::new(),
            is_pdu: true,
            odd: false,
            how: std::mem::take(&mut self.how),
        });
        Ok(())
    }

    fn payload_line(&mut self, text: &str) -> Result<()> {
        let open = self.open.as_mut().context("no unit before this payload")?;
        open.payload.extend(line_bytes(text)?);
        Ok(())
    }

    fn expectation(&mut self, line: usize, text: &str) -> Result<()> {
        let open = self.open.as_mut().context("no unit before this expectation")?;
        let pair = |text: &str| match text.trim().split_once(':') {
            Some((field, value)) => Ok((field.trim().to_owned(), value.trim_start().to_owned())),
            None => bail!("expected a field, a colon and a value"),
        };
        let claim = if text == "none" {
            open.is_pdu = false;
            return Ok(());
        } else if text == "odd" {
            open.odd = true;
            return Ok(());
        } else if let Some(rest) = text.strip_prefix('~') {
            let (field, value) = pair(rest)?;
            Claim::Shown(field, value)
        } else if let Some(rest) = text.strip_prefix('#') {
            let (field, value) = pair(rest)?;
            Claim::Count(field, value.parse()?)
        } else if let Some(rest) = text.strip_prefix('!') {
            Claim::Count(rest.trim().to_owned(), 0)
        } else if let Some(rest) = text.strip_prefix("info ") {
            Claim::Info(rest.to_owned())
        } else {
            ensure!(text.starts_with(' '), "unknown kind of expectation");
            let (field, value) = pair(text)?;
            Claim::Value(field, value)
        };
        open.expectations.push(Expectation { line, claim });
        Ok(())
    }

    fn end(&mut self, rest: &str, event: Event) -> Result<()> {
        self.close()?;
        let side = match rest {
            "client" | "" => Side::Client,
            "server" => Side::Server,
            other => bail!("{other} is neither client nor server"),
        };
        self.now += STEP;
        let now = self.now;
        self.connections.get_mut(self.current).context("no connection was declared")?.data(now, side, event);
        Ok(())
    }

    /// Completes the open unit, now that its payload is known.
    fn close(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        let mut bytes = match &open.text {
            Some(text) => line_bytes(&text.replace("{len}", &open.payload.len().to_string()))
                .with_context(|| format!("line {}", open.line))?,
            None => Vec::new(),
        };
        bytes.extend(with_length(&open.payload));
        self.send(&open, &bytes)?;
        ensure!(open.is_pdu || open.expectations.is_empty(), "line {}: claims about a PDU that is none", open.line);
        let regular = (open.text.is_some() && !open.odd).then(|| regular(&open, &bytes));
        self.units.push(Unit {
            line: open.line,
            connection: open.connection,
            side: open.side,
            bytes,
            expectations: open.expectations,
            is_pdu: open.is_pdu,
            regular,
        });
        Ok(())
    }

    fn send(&mut self, open: &Open, bytes: &[u8]) -> Result<()> {
        let connection = &mut self.connections[open.connection];
        if open.how.join {
            let last = connection.stream.events.last_mut();
            match last {
                Some(last) if last.side == open.side => match &mut last.event {
                    Event::Data(held) => held.extend_from_slice(bytes),
                    _ => bail!("line {}: nothing to join", open.line),
                },
                _ => bail!("line {}: nothing to join", open.line),
            }
            return Ok(());
        }
        let event = if open.how.unseen { Event::Unseen } else { Event::Data };
        let mut from = 0;
        let mut at = open.at;
        for cut in &open.how.cuts {
            let to = if *cut < 0 { bytes.len() as i64 + cut } else { *cut };
            let to = usize::try_from(to).ok().filter(|&to| to > from && to < bytes.len());
            let to = to.with_context(|| format!("line {}: cannot cut at {cut}", open.line))?;
            connection.data(at, open.side, event(bytes[from..to].to_vec()));
            at += STEP / 100;
            from = to;
        }
        connection.data(at, open.side, event(bytes[from..].to_vec()));
        Ok(())
    }

    fn finish(mut self) -> Result<Transcript> {
        self.close()?;
        ensure!(!self.units.is_empty(), "nothing is said");
        let link = self.link.unwrap_or(Link::Ethernet);
        Ok(Transcript { connections: self.connections, units: self.units, link, options: self.options })
    }
}

/// What a unit that is not odd must show.
fn regular(open: &Open, bytes: &[u8]) -> Regular {
    if open.text.as_ref().is_some_and(|line| is_http(line)) {
        return Regular::Service;
    }
    let word = bytes.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    Regular::Command { word: String::from_utf8_lossy(word).into_owned(), payload: open.payload.len() }
}

/// Whether a line begins a message of HTTP, also one of the days before it had versions.
fn is_http(line: &str) -> bool {
    line.starts_with("HTTP/") || ["GET /", "POST /"].iter().any(|method| line.starts_with(method))
}

/// A payload that begins with header lines, in which `{len}` is the length of what comes behind the empty line.
fn with_length(payload: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = b": {len}\r\n";
    let find = |what: &[u8]| payload.windows(what.len()).position(|window| window == what);
    match (find(MARK), find(b"\r\n\r\n")) {
        (Some(mark), Some(empty)) if mark <= empty => {
            let length = (payload.len() - empty - 4).to_string();
            [&payload[..mark + 2], length.as_bytes(), &payload[mark + MARK.len() - 2..]].concat()
        }
        _ => payload.to_vec(),
    }
}

/// A line with escapes; CRLF is added unless it ends with a backslash.
///
/// # Errors
/// When an escape is none.
pub fn line_bytes(text: &str) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.extend(plain.as_bytes());
        let mut chars = escape.chars();
        match chars.next() {
            None => return Ok(out),
            Some('\\') => out.push(b'\\'),
            Some('r') => out.push(b'\r'),
            Some('n') => out.push(b'\n'),
            Some('t') => out.push(b'\t'),
            Some('0') => out.push(0),
            Some('x') => {
                let digits = escape.get(1..3).context("\\x needs two digits")?;
                out.extend(hex(digits)?);
                chars = escape[3..].chars();
            }
            Some(other) => bail!("unknown escape \\{other}"),
        }
        rest = chars.as_str();
    }
    out.extend(rest.as_bytes());
    out.extend(b"\r\n");
    Ok(out)
}

/// Pairs of hexadecimal digits, with spaces anywhere between them.
fn hex(text: &str) -> Result<Vec<u8>> {
    let digits: String = text.split_whitespace().collect();
    ensure!(digits.len().is_multiple_of(2) && digits.is_ascii(), "hexadecimal digits come in pairs");
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16);
    (0..digits.len()).step_by(2).map(|at| byte(at).context("hexadecimal digits")).collect()
}

fn duration(text: &str) -> Result<Duration> {
    let (digits, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let number: f64 = digits.trim().parse()?;
    Ok(match unit {
        "s" => Duration::from_secs_f64(number),
        "ms" => Duration::from_secs_f64(number / 1000.0),
        _ => bail!("a time is given in s or ms"),
    })
}

fn link(text: &str) -> Result<Link> {
    Ok(match text.split_once(' ').unwrap_or((text, "")) {
        ("ethernet", "") => Link::Ethernet,
        ("ethernet", trailer) => Link::EthernetTrailer(trailer.parse()?),
        ("vlan", id) => Link::Vlan(id.parse()?),
        ("sll", "") => Link::Sll,
        ("sll2", "") => Link::Sll2,
        ("null", "") => Link::Null,
        ("raw", "") => Link::Raw,
        ("ppp", "") => Link::Ppp,
        _ => bail!("unknown link type"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Transcript;
    use super::*;

    fn sent(text: &str) -> Vec<Vec<u8>> {
        let transcript = Transcript::parse(&format!("connection ns\n{text}")).expect("a transcript");
        transcript.units.into_iter().map(|unit| unit.bytes).collect()
    }

    #[test]
    fn payload_length_counts_bytes() {
        assert_eq!(sent("<<< MSG a b {len}\n| é\n|\n| x\\"), [b"MSG a b 7\r\n\xc3\xa9\r\n\r\nx"]);
        assert_eq!(sent("<<< UBX a {len}\n>>> PNG"), [b"UBX a 0\r\n".as_slice(), b"PNG\r\n"]);
        assert_eq!(sent(">>> MSG 1 D {len}\nhex 00 ff 0d\n| a\\0\\x41\\"), [b"MSG 1 D 6\r\n\0\xff\ra\0A"]);
        assert_eq!(sent(">>>\nhex 666f 6f"), [b"foo"]);
        assert_eq!(sent(">>> half a line\\"), [b"half a line"]);
        assert_eq!(sent(r">>> a\\b\r\n\t\"), [b"a\\b\r\n\t"]);
    }

    #[test]
    fn bodies_know_their_length() {
        let bytes = |length| format!("POST /a HTTP/1.1\r\nContent-Length: {length}\r\nX: y\r\n\r\n<a/>\r\n");
        let text = ">>> POST /a HTTP/1.1\n| Content-Length: {len}\n| X: y\n|\n| <a/>\n";
        assert_eq!(sent(text), [bytes("6").as_bytes()]);
        assert_eq!(sent(">>> PAG {len}\n| a: b\n|\n| c: {len}\n"), [b"PAG 18\r\na: b\r\n\r\nc: {len}\r\n".as_slice()]);
        let transcript = Transcript::parse(&format!("connection a\n{text}<<< HTTP/1.1 200 OK\n|\n=odd\n"));
        let regular: Vec<_> = transcript.expect("a transcript").units.into_iter().map(|unit| unit.regular).collect();
        assert_eq!(regular, [Some(Regular::Service), None]);
    }

    #[test]
    fn segments_are_cut_joined_and_hidden() {
        let text = "connection a\ncut 1 -1\n>>> PNG\njoin\n>>> OUT\nunseen\n<<< QNG\nfin server";
        let transcript = Transcript::parse(text).expect("a transcript");
        let events: Vec<_> = transcript.connections[0].stream.events.iter().map(|e| e.event.clone()).collect();
        let data = |bytes: &[u8]| Event::Data(bytes.to_vec());
        let unseen = Event::Unseen(b"QNG\r\n".to_vec());
        assert_eq!(events, [data(b"P"), data(b"NG\r"), data(b"\nOUT\r\n"), unseen, Event::Fin]);
    }

    #[test]
    fn claims_belong_to_the_unit_before() {
        let text = "connection a\n>>> PNG\n= msn.command: PNG\n=~ msn.command: ng: x\n=! msn.trid\n=# msn.error: 2\n\
                    =info PNG\n<<< QNG 4\n=none";
        let units = Transcript::parse(text).expect("a transcript").units;
        let claims: Vec<_> = units[0].expectations.iter().map(|e| e.claim.clone()).collect();
        let own = str::to_owned;
        assert_eq!(
            claims,
            [
                Claim::Value(own("msn.command"), own("PNG")),
                Claim::Shown(own("msn.command"), own("ng: x")),
                Claim::Count(own("msn.trid"), 0),
                Claim::Count(own("msn.error"), 2),
                Claim::Info(own("PNG")),
            ]
        );
        assert_eq!((units[0].expectations[0].line, units[0].is_pdu, units[1].is_pdu), (3, true, false));
    }

    #[test]
    fn mistakes_are_reported_with_their_line() {
        for text in [
            ">>> PNG",
            "connection a\nconnection a",
            "connection a\n@b",
            "connection a 192.0.2.1:1 -> [::1]:2",
            "connection a\ncut 9\n>>> PNG\n>>> PNG",
            "connection a\njoin\n>>> PNG\n>>> PNG",
            "connection a\n>>> PNG\n= nothing",
            "connection a\n>>> PNG\n=none\n= a: b\n>>> PNG",
            "connection a\n>>> \\q\n>>> PNG",
            "connection a\nhex 12",
            "connection a\n>>> PNG\nhex 123",
            "wait 3 weeks",
            "link token-ring",
            "sing",
        ] {
            let error = Transcript::parse(text).map(|_| ()).expect_err(text);
            assert!(format!("{error:#}").contains("line "), "{error:#}");
        }
    }
}
