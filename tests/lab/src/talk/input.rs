// SPDX-License-Identifier: GPL-2.0-or-later
//! What is typed. In: lines. Out: what is to be done. A line that announces a payload takes the lines behind it as that.

use msn_dissect_core::command::{Fit, layout, layout::Known, parse_line};
use msn_tests::transcript::line_bytes;
use std::time::Duration;

use crate::serve::script::time;

/// Time that `/wait` waits where none is given.
const WAIT: Duration = Duration::from_secs(10);

/// Most bytes of a payload that is typed.
const MAX_PAYLOAD: usize = 1 << 20;

/// Something that is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// These bytes are sent; `{trid}` is counted when they are.
    Send(Vec<u8>),
    /// The line is for this connection.
    To(String, String),
    /// This connection is spoken on from now on.
    Use(String),
    /// The last invitation is answered.
    Answer,
    /// What there is to know of a word, or of all.
    Help(String),
    /// Nothing is done before this word came.
    Wait(String, Duration),
    /// Nothing is done for a while.
    Sleep(Duration),
    /// That was it.
    Quit,
    /// That cannot be done.
    Wrong(String),
}

/// A payload that is being typed.
#[derive(Debug)]
struct Open {
    line: String,
    payload: Vec<u8>,
    marked: bool,
}

/// What was typed so far.
#[derive(Debug, Default)]
pub struct Input {
    open: Option<Open>,
}

/// Whether a line announces a payload, and as it is to be sent.
fn announces(text: &str, known: Known) -> Option<String> {
    if text.contains("{len}") {
        return Some(text.to_owned());
    }
    let fits = |text: &str| {
        let bytes = format!("{}\r\n", text.replace("{trid}", "1"));
        let line = parse_line(bytes.as_bytes()).ok()?;
        let choice = layout::choose(&line, bytes.as_bytes(), known).filter(|choice| choice.fit != Fit::Loose)?;
        Some(choice.payload_length(&line, bytes.as_bytes()))
    };
    match fits(text) {
        // As typed, right or wrong; a length of nothing has nothing behind it.
        Some(Some(0)) | Some(None) => None,
        Some(Some(_)) => Some(text.to_owned()),
        None => {
            let counted = format!("{} 1", text.trim_end());
            fits(&counted).flatten().map(|_| format!("{} {{len}}", text.trim_end()))
        }
    }
}

impl Input {
    /// What the prompt shows while a payload is typed.
    pub fn prompt(&self) -> Option<&'static str> {
        self.open.as_ref().map(|_| "| ")
    }

    /// A line was typed.
    pub fn line(&mut self, text: &str, known: Known) -> Vec<Typed> {
        let Some(open) = &mut self.open else { return self.fresh(text, known) };
        let marked = text.strip_prefix("| ").or_else(|| text.strip_prefix('|'));
        if open.marked && marked.is_none() {
            // In the form of transcripts the payload ends where other lines begin.
            let done = self.end();
            return if text == "." { done } else { [done, self.fresh(text, known)].concat() };
        }
        if text == "." {
            return self.end();
        }
        open.marked |= marked.is_some() && open.payload.is_empty();
        let taken = match marked.filter(|_| open.marked) {
            Some(text) => line_bytes(text),
            None => Ok(format!("{text}\r\n").into_bytes()),
        };
        match taken {
            Ok(bytes) if open.payload.len() + bytes.len() <= MAX_PAYLOAD => open.payload.extend(bytes),
            Ok(_) => return vec![Typed::Wrong("the payload is too long".to_owned())],
            Err(error) => return vec![Typed::Wrong(error.to_string())],
        }
        Vec::new()
    }

    /// Nothing more belongs to the payload.
    pub fn end(&mut self) -> Vec<Typed> {
        let Some(open) = self.open.take() else { return Vec::new() };
        let line = open.line.replace("{len}", &open.payload.len().to_string());
        vec![Typed::Send([line.as_bytes(), b"\r\n", &open.payload].concat())]
    }

    fn fresh(&mut self, text: &str, known: Known) -> Vec<Typed> {
        let text = text.strip_prefix(">>> ").unwrap_or(text);
        if text.trim().is_empty() || text.starts_with('#') {
            return Vec::new();
        }
        if let Some(rest) = text.strip_prefix('@') {
            return vec![match rest.split_once(' ') {
                Some((name, line)) => Typed::To(name.to_owned(), line.to_owned()),
                None => Typed::Use(rest.to_owned()),
            }];
        }
        if let Some(rest) = text.strip_prefix('/') {
            return vec![own(rest)];
        }
        match announces(text, known) {
            Some(line) => {
                self.open = Some(Open { line, payload: Vec::new(), marked: false });
                Vec::new()
            }
            None => vec![Typed::Send(format!("{text}\r\n").into_bytes())],
        }
    }
}

/// Words of the prompt itself, and what they do.
pub const OWN: &[(&str, &str)] = &[
    ("/answer", "joins the chat to which somebody called last"),
    ("/help", "lists the commands, or tells of one: /help CHG"),
    ("/quit", "says OUT everywhere and ends"),
    ("/sleep", "does nothing for a while: /sleep 2s"),
    ("/use", "speaks on another connection from now on: /use sb1, or @sb1; @sb1 LINE says one line there"),
    ("/wait", "goes on when a command came: /wait CHG, /wait CHG 5s"),
];

fn own(text: &str) -> Typed {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap_or_default();
    let (first, second) = (words.next(), words.next());
    match (name, first) {
        ("answer", _) => Typed::Answer,
        ("quit", _) => Typed::Quit,
        ("help", word) => Typed::Help(word.unwrap_or_default().to_owned()),
        ("use", Some(name)) => Typed::Use(name.to_owned()),
        ("wait", Some(word)) => match second.map_or(Ok(WAIT), time) {
            Ok(time) => Typed::Wait(word.to_owned(), time),
            Err(error) => Typed::Wrong(error.to_string()),
        },
        ("sleep", Some(text)) => time(text).map_or_else(|error| Typed::Wrong(error.to_string()), Typed::Sleep),
        _ => Typed::Wrong(format!("/{text}: /help tells what there is")),
    }
}

/// The bytes with the next transaction ID in place of `{trid}`; one that is typed is counted on from.
pub fn count(line: &[u8], trid: &mut u32) -> Vec<u8> {
    const MARK: &[u8] = b"{trid}";
    let end = line.iter().position(|&byte| byte == b'\n').unwrap_or(line.len());
    let Some(at) = line.get(..end).unwrap_or_default().windows(MARK.len()).position(|part| part == MARK) else {
        let typed = line.split(|&byte| byte == b' ' || byte == b'\r').nth(1);
        let typed = typed.and_then(msn_dissect_core::command::line::decimal);
        *trid = typed.map_or(*trid, |typed| typed.max(*trid));
        return line.to_vec();
    };
    *trid = trid.saturating_add(1);
    let (head, tail) = (line.get(..at).unwrap_or_default(), line.get(at + MARK.len()..).unwrap_or_default());
    [head, trid.to_string().as_bytes(), tail].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use msn_dissect_core::command::Dir;

    fn known() -> Known {
        Known { dir: Some(Dir::ToServer), server: None, version: 12 }
    }

    fn all(lines: &[&str]) -> Vec<Typed> {
        let mut input = Input::default();
        let mut typed: Vec<_> = lines.iter().flat_map(|line| input.line(line, known())).collect();
        typed.extend(input.end());
        typed
    }

    fn sent(text: &str) -> Typed {
        Typed::Send(text.as_bytes().to_vec())
    }

    #[test]
    fn lines_are_sent_as_they_are() {
        assert_eq!(
            all(&["CHG {trid} NLN 0 0", "what is this"]),
            [sent("CHG {trid} NLN 0 0\r\n"), sent("what is this\r\n")]
        );
        assert_eq!(all(&["", "# nothing"]), []);
    }

    #[test]
    fn payloads_are_asked_for_and_counted() {
        assert_eq!(all(&["MSG 4 N", "a", "", "b", "."]), [sent("MSG 4 N 8\r\na\r\n\r\nb\r\n")]);
        assert_eq!(all(&["MSG 4 N {len}", "| a\\", "PNG"]), [sent("MSG 4 N 1\r\na"), sent("PNG\r\n")]);
        // A length that is typed stays, right or wrong.
        assert_eq!(all(&["MSG 4 N 99", "a", "."]), [sent("MSG 4 N 99\r\na\r\n")]);
        assert_eq!(all(&["UUX 4 0", "PNG"]), [sent("UUX 4 0\r\n"), sent("PNG\r\n")]);
        assert_eq!(all(&["GCF 4 Shields.xml"]), [sent("GCF 4 Shields.xml\r\n")]);
    }

    #[test]
    fn own_words_begin_with_a_slash() {
        assert_eq!(
            all(&["/use sb1", "@sb1", "@ns PNG", "/quit"]),
            [Typed::Use("sb1".into()), Typed::Use("sb1".into()), Typed::To("ns".into(), "PNG".into()), Typed::Quit]
        );
        assert_eq!(all(&["/wait CHG 2s"]), [Typed::Wait("CHG".into(), Duration::from_secs(2))]);
        assert!(matches!(all(&["/sing"])[..], [Typed::Wrong(_)]));
        assert!(OWN.iter().all(|(word, _)| !matches!(own(&format!("{} 1s", &word[1..])), Typed::Wrong(_))));
    }

    #[test]
    fn transaction_ids_count_by_themselves() {
        let mut trid = 4;
        assert_eq!(count(b"CHG {trid} NLN\r\n", &mut trid), b"CHG 5 NLN\r\n");
        assert_eq!(count(b"CHG 9 NLN\r\n", &mut trid), b"CHG 9 NLN\r\n");
        assert_eq!(count(b"CHG {trid} {trid}\r\n{trid}", &mut trid), b"CHG 10 {trid}\r\n{trid}");
        assert_eq!(count(b"PNG\r\n", &mut trid), b"PNG\r\n");
    }
}
