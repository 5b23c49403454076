// SPDX-License-Identifier: GPL-2.0-or-later
//! Payloads that end before the length that their line announces: servers write constants, count characters, or lose
//! the tail. Only what follows in the stream proves that a length is wrong, never that a segment ends: however the bytes
//! are cut, the same is found.
//!
//! A document whose elements are closed, or headers of a type without a body, end where an exact command follows. Of
//! other payloads only the announced end can be tried: if no command stands there, but commands within lead over it, the
//! first of them is the end.

use crate::{
    command::{
        Choice, Fit, Line, LineError,
        layout::{self, Known},
        line,
        params::Form,
        parse_line, table,
    },
    mime::{Line as Header, Lines, media_type::essence},
    wire::Span,
    xml::{self, Kind},
};
use memchr::{memchr_iter, memmem};

/// Payloads whose end is looked for; longer ones are waited for.
pub(super) const MAX_SEARCHED: usize = 16 * 1024;

/// Beginnings of commands that are tried in a payload.
const MAX_TRIES: usize = 16;

/// Content types that are headers and nothing else.
const BODILESS: [&[u8]; 3] = [b"text/x-msmsgsprofile", b"text/x-msmsgscontrol", b"text/x-keepalive"];

/// Where a payload ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Where its line says.
    Announced,
    /// After so many bytes: the next command stands there.
    At(usize),
    /// The bytes behind must tell.
    Open,
}

/// What stands somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probe {
    /// An exact command with what its line announces, in bytes, and its line alone.
    Command(usize, usize),
    /// Perhaps the beginning of one.
    Begun,
    /// Nothing, or bytes that begin no exact command.
    Nothing,
}

/// Whether a line that is exactly a command of this side, version and kind of server stands at the start of the bytes.
pub(super) fn starts_command(data: &[u8], known: Known) -> bool {
    matches!(probe(data, known), Probe::Command(..))
}

/// Whether the first bytes may become a command word.
fn may_become_word(data: &[u8]) -> bool {
    match data {
        [] => false,
        [a, b, c, rest @ ..] => {
            let word = table::is_known([*a, *b, *c]) || [a, b, c].iter().all(|byte| byte.is_ascii_digit());
            word && matches!(rest, [] | [b' ' | b'\r', ..])
        }
        some => some.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()),
    }
}

fn probe(data: &[u8], known: Known) -> Probe {
    if known.dir.is_none() || !may_become_word(data) {
        return Probe::Nothing;
    }
    let line = match parse_line(data) {
        Ok(line) if line.bare_line_feed => return Probe::Nothing,
        Ok(line) => line,
        Err(LineError::Partial) => return Probe::Begun,
        Err(_) if data.len() < 4 => return Probe::Begun,
        Err(_) => return Probe::Nothing,
    };
    match layout::choose(&line, data, known).filter(|choice| choice.fit == Fit::Exact) {
        Some(choice) => {
            let payload = choice.payload_length(&line, data).unwrap_or(0) as usize;
            Probe::Command(line.total.saturating_add(payload), line.total)
        }
        None => Probe::Nothing,
    }
}

/// Where the payload behind `line` ends, as far as the bytes that are there tell.
pub(super) fn end(data: &[u8], line: &Line, choice: &Choice, known: Known, announced: usize) -> End {
    let payload = data.get(line.total..).unwrap_or_default();
    let found = match choice.row.payload() {
        Some(Form::Message) => headers(payload, announced, known),
        Some(Form::UserData | Form::Lists | Form::Alert | Form::Document) => documents(payload, announced, known),
        _ => End::Announced,
    };
    if found != End::Announced || payload.len() < announced {
        return found;
    }
    overrun(payload, announced, known)
}

/// Where the payload behind `line` ends that the connection's end cut: it is closed there, or commands lead from there to
/// the last byte.
pub(super) fn last(data: &[u8], line: &Line, choice: &Choice, known: Known, announced: usize) -> End {
    let found = end(data, line, choice, known, announced);
    if matches!(found, End::At(_)) {
        return found;
    }
    let payload = data.get(line.total..).unwrap_or_default();
    let closed = match choice.row.payload() {
        Some(Form::Message) => payload.ends_with(b"\r\n\r\n") && is_bodiless(payload, payload.len()),
        Some(Form::UserData | Form::Lists | Form::Alert | Form::Document) => is_closed(payload),
        _ => false,
    };
    if closed {
        return End::At(payload.len());
    }
    let to_the_end = |start: &usize| {
        let mut at = *start;
        while at < payload.len() {
            match payload.get(at..).map_or(Probe::Nothing, |rest| probe(rest, known)) {
                Probe::Command(whole, _) => at = at.saturating_add(whole),
                Probe::Begun | Probe::Nothing => return false,
            }
        }
        true
    };
    let body = body(payload);
    let starts = (body..payload.len()).filter(|&at| is_word(payload, at)).take(MAX_TRIES);
    starts.into_iter().find(to_the_end).map_or(End::Announced, End::At)
}

/// Where the body of a message begins, behind its headers.
fn body(payload: &[u8]) -> usize {
    memmem::find(payload, b"\r\n\r\n").filter(|_| !payload.starts_with(b"\r\n")).map_or(0, |at| at + 4)
}

/// Whether a known command word stands at a place.
fn is_word(payload: &[u8], at: usize) -> bool {
    matches!(payload.get(at..at + 4), Some([a, b, c, b' ' | b'\r']) if table::is_known([*a, *b, *c]))
}

/// The end of headers without a body, with the line ends behind them.
fn headers(payload: &[u8], announced: usize, known: Known) -> End {
    let Some(blank) = memmem::find(payload, b"\r\n\r\n").map(|at| at + 4) else { return End::Announced };
    let end = blank + line_ends(payload, blank);
    let what = payload.get(end..).map_or(Probe::Nothing, |rest| probe(rest, known));
    if end >= announced || what == Probe::Nothing || !is_bodiless(payload, blank) {
        return End::Announced;
    }
    ends_before(what, end)
}

fn ends_before(what: Probe, end: usize) -> End {
    match what {
        Probe::Command(..) => End::At(end),
        Probe::Begun => End::Open,
        Probe::Nothing => End::Announced,
    }
}

fn line_ends(payload: &[u8], at: usize) -> usize {
    payload.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// Whether headers that end at `blank` are of a type that has no body.
fn is_bodiless(payload: &[u8], blank: usize) -> bool {
    let mut lines = Lines::new(payload, Span::new(0, blank));
    let media = lines.find_map(|line| match line {
        Header::Header(header) if header.name.of(payload).eq_ignore_ascii_case(b"Content-Type") => Some(header.value),
        _ => None,
    });
    media.is_some_and(|media| BODILESS.contains(&&*essence(payload, media).of(payload).to_ascii_lowercase()))
}

/// The end of documents whose elements are all closed, with the line ends behind them.
fn documents(payload: &[u8], announced: usize, known: Known) -> End {
    if payload.first() != Some(&b'<') {
        return End::Announced;
    }
    let within = payload.get(..announced).unwrap_or(payload);
    let mut tries = 0;
    for end in memchr_iter(b'>', within).map(|at| at + 1 + line_ends(payload, at + 1)).filter(|&end| end < announced) {
        let what = payload.get(end..).map_or(Probe::Nothing, |rest| probe(rest, known));
        if what == Probe::Nothing {
            continue;
        }
        if payload.get(..end).is_some_and(is_closed) {
            return ends_before(what, end);
        }
        tries += 1;
        if tries == MAX_TRIES {
            break;
        }
    }
    End::Announced
}

/// Whether all elements are closed, or, in a document that is written wrongly, the first.
fn is_closed(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_end();
    let document = xml::parse(bytes);
    let mut end = None;
    for node in document.nodes.iter().filter(|node| node.parent.is_none()) {
        match node.kind {
            Kind::Element => end = Some(node.whole().end),
            Kind::Text if !node.start.of(bytes).iter().all(u8::is_ascii_whitespace) => return false,
            _ => {}
        }
    }
    if document.broken_at.is_none() {
        return end == Some(bytes.len());
    }
    let root = document.nodes.iter().find(|node| node.kind == Kind::Element).map(|node| node.name.of(bytes));
    let inner = bytes.strip_suffix(b">").unwrap_or_default();
    root.and_then(|root| inner.strip_suffix(root)).is_some_and(|before| before.ends_with(b"</"))
}

/// The first command within the announced bytes from which commands lead over their end, where none stands.
fn overrun(payload: &[u8], announced: usize, known: Known) -> End {
    let behind = payload.get(announced..).unwrap_or_default();
    if line::may_start(behind) && behind.len() > 3 {
        return End::Announced;
    }
    let unsure = behind.len() < 4 && (behind.is_empty() || line::may_start(behind));
    let within = payload.get(..announced).unwrap_or_default();
    let body = body(within);
    let mut from = body;
    let mut tries = 0;
    let ends = memmem::find_iter(within.get(body..).unwrap_or_default(), b"\r\n").map(|at| body + at + 2);
    for end in ends {
        for start in std::mem::replace(&mut from, end)..end.saturating_sub(4) {
            if !is_word(within, start) {
                continue;
            }
            match leads(payload, start, announced, known) {
                Probe::Command(..) if !unsure => return End::At(start),
                Probe::Command(..) | Probe::Begun => return End::Open,
                Probe::Nothing => {}
            }
            tries += 1;
            if tries == MAX_TRIES {
                return End::Announced;
            }
        }
    }
    End::Announced
}

/// Whether commands lead without a gap from `start` over `end`.
fn leads(payload: &[u8], start: usize, end: usize, known: Known) -> Probe {
    let mut at = start;
    loop {
        let found = payload.get(at..).map_or(Probe::Nothing, |rest| probe(rest, known));
        match found {
            Probe::Command(_, line) if at == start && start + line > end => return Probe::Nothing,
            Probe::Command(whole, _) => at = at.saturating_add(whole),
            Probe::Begun if at > start => return Probe::Begun,
            Probe::Begun | Probe::Nothing => return Probe::Nothing,
        }
        if at >= end {
            return if at > end { found } else { Probe::Nothing };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Dir, ServerKind};

    const CHAT: Known = Known { dir: Some(Dir::ToClient), server: Some(ServerKind::Switchboard), version: 15 };
    const LISTS: Known = Known { dir: Some(Dir::ToClient), server: Some(ServerKind::Notification), version: 15 };

    /// What is found of a command with so many of its bytes, for every number of bytes that holds the line.
    fn ends(data: &[u8], known: Known) -> Vec<End> {
        let line = parse_line(data).unwrap();
        let choice = layout::choose(&line, data, known).unwrap();
        let announced = choice.payload_length(&line, data).unwrap() as usize;
        (line.total..=data.len()).map(|len| end(&data[..len], &line, &choice, known, announced)).collect()
    }

    /// The verdict once all is there; none that differs was given before.
    fn verdict(data: &[u8], known: Known) -> End {
        let ends = ends(data, known);
        let line = parse_line(data).unwrap().total;
        let announced = payload_length(data);
        let last = *ends.last().unwrap();
        for (len, &end) in ends.iter().enumerate() {
            let decided = matches!(end, End::At(_)) || (end == End::Announced && len >= announced);
            assert!(!decided || end == last, "{end:?} after {len}, then {last:?}: {:?}", &data[line..]);
        }
        last
    }

    fn payload_length(data: &[u8]) -> usize {
        let line = parse_line(data).unwrap();
        line::decimal(line.last().unwrap().of(data)).unwrap() as usize
    }

    #[test]
    fn what_follows_a_closed_document_tells_its_end() {
        let document = b"<Data><PSM>x</PSM></Data>";
        let with = |length: usize, behind: &str| {
            let data = [format!("UBX bob@example.com 1 {length}\r\n").as_bytes(), document, behind.as_bytes()].concat();
            verdict(&data, LISTS)
        };
        assert_eq!(with(482, "CHG 5 NLN 0 0\r\n"), End::At(document.len()));
        assert_eq!(with(482, "\r\nQNG 50\r\n"), End::At(document.len() + 2));
        assert_eq!(with(28, "QNG 50\r\nQNG 50\r\n"), End::At(document.len()), "a few bytes too many");
        for behind in ["", "qng 50\r\n", "<EndpointData/>", "QNG 5 6 7 8\r\n", "What 50\r\n"] {
            assert_eq!(with(482, behind), End::Announced, "{behind:?}");
        }
        assert_eq!(with(482, "QNG 5"), End::Open);
        assert_eq!(with(25, "QNG 50\r\n"), End::Announced);
    }

    #[test]
    fn a_document_that_is_written_wrongly_ends_with_its_root() {
        let data = b"UBX bob@example.com 1 482\r\n<Data><PSM>a & b < c</PSM></Data>QNG 50\r\n";
        assert_eq!(verdict(data, LISTS), End::At(33));
        let data = b"UBX bob@example.com 1 482\r\n<Data><PSM>a & b>QNG 50\r\n</PSM></Data>";
        assert_eq!(verdict(data, LISTS), End::Announced);
    }

    #[test]
    fn headers_without_a_body_end_before_a_command() {
        let headers = "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsprofile; charset=UTF-8\r\nkv: 1\r\n\r\n";
        let with = |kind: &str, behind: &str| {
            let headers = headers.replace("x-msmsgsprofile", kind);
            verdict(format!("MSG Hotmail Hotmail 1460\r\n{headers}{behind}").as_bytes(), LISTS)
        };
        assert_eq!(with("x-msmsgsprofile", "QNG 50\r\n"), End::At(headers.len()));
        assert_eq!(with("x-msmsgsprofile", "\r\nQNG 50\r\n"), End::At(headers.len() + 2));
        assert_eq!(with("x-msmsgsprofile", "LoginTime: 5\r\n"), End::Announced);
        assert_eq!(with("plain", "QNG 50\r\n"), End::Announced, "a body may say so");
    }

    #[test]
    fn commands_that_lead_over_the_end_of_a_text_prove_it_wrong() {
        let head = "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n";
        let text = |length: usize, text: &str, behind: &str| {
            let length = head.len() + length;
            verdict(format!("MSG bob@example.com Bob {length}\r\n{head}{text}{behind}").as_bytes(), CHAT)
        };
        let commands = "JOI carol@example.com Carol 0\r\nBYE carol@example.com\r\n";
        assert_eq!(text(45, "OUT of milk", commands), End::At(head.len() + 11));
        assert_eq!(text(11, "OUT of milk", commands), End::Announced);
        // Somebody quotes commands: where the text ends, the next command stands.
        let quoted = "BYE carol@example.com\r\nBYE dave@exa";
        assert_eq!(text(quoted.len(), quoted, commands), End::Announced);
        assert_eq!(text(quoted.len(), quoted, ""), End::Open);
        assert_eq!(text(5, "BYE x", "yz\r\nBYE carol@example.com\r\n"), End::Announced, "one line proves nothing");
        // A server that writes the same length for every message.
        let next = format!("MSG carol@example.com Carol 1460\r\n{head}{}", "x".repeat(1400));
        assert_eq!(text(1460 - head.len(), "hello", &next), End::At(head.len() + 5));
    }
}
