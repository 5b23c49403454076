// SPDX-License-Identifier: GPL-2.0-or-later
//! What was said in a capture, each message once: as a report tells it, and as the programs do.

use crate::truth::Truth;
use std::collections::{BTreeMap, BTreeSet};

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// Author.
    pub from: String,
    /// Receivers.
    pub to: BTreeSet<String>,
    /// Text, or the kind in brackets.
    pub text: String,
}

/// Texts that were delivered, but by web services: the receiver was offline.
pub const BY_SOAP: [(&str, &str); 3] = [
    ("msnp15-lists-libpurple2.5.9-escargot", "hello, it is Erin"),
    ("msnp15-oim-libpurple2.5.9-escargot", "offline message one"),
    ("msnp15-oim-libpurple2.5.9-escargot", "second offline message é"),
];

/// Texts that the client spoilt: it sent the low byte of each character and called that UTF-8.
pub const SPOILT: [(&str, &str, &str); 2] = [
    (
        "msnp18-oim-amsn-escargot",
        "second one: héllo 雪 ☺, a longer text that goes over more than one base64 line to see the wrapping of the body",
        "second one: h\\xe9llo \\xea :, a longer text that goes over more than one base64 line to see the wrapping of the body",
    ),
    ("msnp18-oim-amsn-escargot", "from Zoé", "from Zo\\xe9"),
];

/// Line ends and blanks differ between programs.
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Author and text of a message of the truth, and how often it was said: as often as its author counts, or else the
/// reader who counts most; and who read it. The least is nothing where only its author knows of it: it may never have left the program.
type Expected = BTreeMap<(String, String), (usize, usize, BTreeSet<String>)>;

fn expected(name: &str, truth: &Truth) -> Expected {
    let mut counts: BTreeMap<(String, String), BTreeMap<String, usize>> = BTreeMap::new();
    for chat in &truth.chat {
        let own = chat.dir == "received" && chat.to.starts_with(&chat.from);
        if BY_SOAP.contains(&(name, chat.text.as_str())) || own {
            continue;
        }
        let spoilt = SPOILT.iter().find(|row| row.0 == name && row.1 == chat.text).map(|row| row.2);
        let key = (chat.from.clone(), plain(spoilt.unwrap_or(&chat.text)));
        // Some programs say where they read it, too.
        let reader = chat.to.split([' ', ';']).next().unwrap_or_default();
        let reader = if chat.dir == "received" { reader } else { "" };
        *counts.entry(key).or_default().entry(reader.to_owned()).or_default() += 1;
    }
    for nudge in &truth.nudges {
        let reader = nudge.seen_by.clone();
        *counts.entry((nudge.from.clone(), "[nudge]".to_owned())).or_default().entry(reader).or_default() += 1;
    }
    let expect = |(key, by): (_, BTreeMap<String, usize>)| {
        // A reader at two places counts twice.
        let most = by.get("").or(by.values().max()).copied().unwrap_or(0);
        let readers: BTreeSet<String> = by.keys().filter(|one| !one.is_empty()).cloned().collect();
        (key, (if readers.is_empty() { 0 } else { most }, most, readers))
    };
    counts.into_iter().map(expect).collect()
}

/// Where what a report tells differs from the truth.
pub fn differences(name: &str, truth: &Truth, told: &[Said]) -> Vec<String> {
    let mut failures = Vec::new();
    let expected = expected(name, truth);
    let mut found: BTreeMap<(String, String), Vec<&Said>> = BTreeMap::new();
    for said in told {
        found.entry((said.from.clone(), plain(&said.text))).or_default().push(said);
    }
    for (key, (least, most, readers)) in &expected {
        let all = found.get(key).map_or(&[][..], Vec::as_slice);
        if all.len() < *least || all.len() > *most {
            failures.push(format!("{key:?} stands {} times instead of {least} to {most}", all.len()));
        }
        let to: BTreeSet<&String> = all.iter().flat_map(|said| &said.to).collect();
        for reader in readers.iter().filter(|reader| !all.is_empty() && !to.contains(reader)) {
            failures.push(format!("{key:?} was read by {reader}, told are {to:?}"));
        }
    }
    failures.extend(found.keys().filter(|key| !expected.contains_key(*key)).map(|key| format!("nobody said {key:?}")));
    failures
}

/// The messages of a transcript, and who came and left.
///
/// # Panics
/// When a line has another form.
pub fn transcript(text: &str) -> (Vec<Said>, Vec<String>) {
    let (mut said, mut moves) = (Vec::<Said>::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with("---")) {
        if let (Some(rest), Some(last)) = (line.strip_prefix("         "), said.last_mut()) {
            last.text.push('\n');
            last.text.push_str(rest);
            continue;
        }
        let rest = line.get(9..).unwrap_or_else(|| panic!("no time in {line:?}"));
        if let Some(rest) = rest.strip_prefix("* ") {
            moves.push(rest.to_owned());
            continue;
        }
        let (people, text) = rest.split_once(": ").unwrap_or_else(|| panic!("no text in {line:?}"));
        let (from, to) = people.split_once(" → ").unwrap_or((people, ""));
        let to = to.split(", ").filter(|one| !one.is_empty()).map(str::to_owned).collect();
        said.push(Said { from: from.to_owned(), to, text: text.to_owned() });
    }
    (said, moves)
}
