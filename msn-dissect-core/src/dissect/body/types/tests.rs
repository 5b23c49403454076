// SPDX-License-Identifier: GPL-2.0-or-later
//! Every kind of body by example, and how headers choose among them.

use super::*;
use crate::{
    dissect::stream,
    fields::{Expert, Field, def, expert},
    item::{GENERATED, HIDDEN, Kind},
    output::Dissection,
    packet::{Endpoint, Packet},
};
use std::{collections::HashSet, fmt::Write};

fn by(kind: &str, subtype: &str, essence: &str) -> Name {
    by_message(kind.as_bytes(), subtype.as_bytes(), essence.as_bytes(), || false).name
}

#[test]
fn each_row_is_found_by_its_name() {
    for row in TYPES {
        let found = match row.name {
            Name::Content(name) => by("", "", &name.to_ascii_uppercase()),
            Message(name) => by(&name.replace('*', "x").to_ascii_lowercase(), "", "text/plain"),
            Subtype(name, second) => by(name, second, "text/plain"),
            Bare(name) => by(name, "", ""),
            Name::Other => Name::Other,
        };
        assert_eq!(found, row.name);
    }
}

#[test]
fn message_types_and_content_types_decide_together() {
    assert_eq!(by("Text", "", "text/html"), Name::Content("text/html"));
    assert_eq!(by("Control", "", "text/plain"), Name::Content("text/plain"));
    assert_eq!(by("Nudge", "", "application/x-msnmsgrp2p"), PACKETS.name);
    assert_eq!(by("Signal/P2P", "", "application/x-msnmsgrp2p"), Message("Signal/P2P"));
    assert_eq!(by("Signal/", "", "a/b"), Name::Other);
    let nudge = by_message(b"Nudge", b"", b"text/plain", || true);
    assert_eq!(nudge.name, DATACAST.name);
}

struct Example {
    /// Message-Type, Message-Subtype and Content-Type; empty where there is none.
    kind: (String, String, String),
    /// It came over a switchboard.
    switchboard: bool,
    body: String,
    source: &'static str,
    expected: Vec<&'static str>,
}

fn examples() -> Vec<Example> {
    let mut out: Vec<Example> = Vec::new();
    for source in include_str!("examples.txt").lines() {
        if let Some(line) = source.strip_prefix("    ") {
            out.last_mut().unwrap().expected.push(line);
            continue;
        }
        if source.is_empty() || source.starts_with('#') {
            continue;
        }
        let (head, body) = source.split_once(" |").unwrap();
        let (by, head) = head.split_once(' ').unwrap();
        let (message, content) = if by == "C" { ("-", head) } else { head.split_once(" / ").unwrap() };
        let (message, subtype) = message.split_once(':').unwrap_or((message, "-"));
        let kind = (message, subtype, content);
        let there = |text: &str| text.strip_prefix('-').unwrap_or(text).to_owned();
        out.push(Example {
            kind: (there(kind.0), there(kind.1), there(kind.2)),
            switchboard: by == "C",
            body: body.strip_prefix(' ').unwrap_or(body).replace('^', "\r\n").replace('~', "\t"),
            source,
            expected: Vec::new(),
        });
    }
    out
}

impl Example {
    /// The unit, and where the body begins.
    fn unit(&self) -> (Vec<u8>, usize) {
        let header = |name: &str, value: &str| match value {
            "" => String::new(),
            value => format!("{name}: {value}\r\n"),
        };
        let (message, subtype, content) = &self.kind;
        let content = header("Content-Type", content);
        let head = match self.switchboard {
            true => format!("MIME-Version: 1.0\r\n{content}\r\n"),
            false => format!(
                "Routing: 1.0\r\nTo: 1:bob@example.com\r\nFrom: 1:alice@example.com\r\n\r\nReliability: 1.0\r\n\r\n\
                 Messaging: 2.0\r\n{}{}{content}Content-Length: {}\r\n\r\n",
                header("Message-Type", message),
                header("Message-Subtype", subtype),
                self.body.len()
            ),
        };
        let len = head.len() + self.body.len();
        let line = match self.switchboard {
            true => format!("MSG alice@example.com Alice {len}\r\n"),
            false => format!("SDG 0 {len}\r\n"),
        };
        (format!("{line}{head}{}", self.body).into_bytes(), line.len() + head.len())
    }

    /// What is said and shown of the body, as `examples.txt` writes it.
    fn result(&self) -> Vec<String> {
        let (unit, start) = self.unit();
        let (mut session, mut out) = (Session::default(), Dissection::default());
        let server = Endpoint { port: 1863, ..Endpoint::default() };
        let client = Endpoint { port: 40000, ..Endpoint::default() };
        let packet = Packet { source: server, destination: client, ..Packet::example() };
        // What is told of the beginning of a connection is told of an earlier unit.
        let earlier: &[u8] = if self.switchboard { b"BYE carol@example.com\r\n" } else { b"QNG\r\n" };
        stream(&mut session, &packet, earlier, &mut out);
        out.reset(true);
        stream(&mut session, &Packet { number: 2, ..packet }, &unit, &mut out);
        assert_eq!((out.units, out.consumed), (1, unit.len()), "{}", self.source);
        let said = out.info.split_once(if self.switchboard { "@example.com" } else { "alice@example.com" }).unwrap().1;
        let mut fields = String::new();
        for item in out.tree.items() {
            let of_body = item.source > 0 || item.start as usize >= start || item.len == 0;
            if let Some(def) = expert::expert(Expert(item.id)).filter(|_| item.kind == Kind::Expert as u8) {
                write!(fields, " !{}", def.filter).unwrap();
            }
            let shown = item.kind == Kind::Leaf as u8 && item.flags & (GENERATED | HIDDEN) == 0;
            if let Some(def) = def(Field(item.id)).filter(|_| of_body && shown) {
                write!(fields, " {}", def.filter).unwrap();
            }
        }
        vec![format!("says{said}"), format!("shows{fields}")]
    }

    /// The row that explains it.
    fn row(&self) -> &'static Row {
        let (message, subtype, content) = &self.kind;
        let essence = content.split(';').next().unwrap_or_default().as_bytes();
        by_message(message.as_bytes(), subtype.as_bytes(), essence, || self.body.starts_with("ID:"))
    }
}

#[test]
fn every_example_says_and_shows_what_it_must() {
    for example in examples() {
        assert_eq!(example.result(), example.expected, "{}", example.source);
    }
}

#[test]
fn every_row_has_an_example() {
    let seen: HashSet<Name> = examples().iter().map(|example| example.row().name).collect();
    let missing: Vec<_> =
        TYPES.iter().chain([&OTHER]).map(|row| row.name).filter(|name| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Prints what the examples say and show now, for review.
#[test]
#[ignore = "prints, checks nothing"]
fn print() {
    for example in examples() {
        println!("{}", example.source);
        for line in example.result() {
            println!("    {line}");
        }
    }
}
