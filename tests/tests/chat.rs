// SPDX-License-Identifier: GPL-2.0-or-later
//! Chat text, typing and nudges of every real capture, compared with the ground truth beside it.

use libtest_mimic::{Arguments, Failed};
use msn_tests::pcap::Side;
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::said::{BY_SOAP, SPOILT};
use msn_tests::trials::{assert_known, each, stem, verdict};
use msn_tests::truth::{OUT_OF_ORDER, Truth, captures, options};
use msn_tests::tshark::Tshark;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Who says what to whom: side, author, reader (empty when it is not known), text.
type Saying = (String, String, String);

/// Line ends and blanks differ between programs and are escaped by tshark.
fn plain(text: &str) -> String {
    let text = text.replace("\\r", " ").replace("\\n", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn owner(pdu: &Pdu) -> String {
    pdu.show("msn.account").unwrap_or_default().to_owned()
}

/// The account that a message of the server comes from.
fn author(pdu: &Pdu) -> String {
    let named = pdu.show("msn.routing.from").or_else(|| pdu.show("msn.email"));
    named.unwrap_or_default().to_owned()
}

/// What was seen of a field: as (direction, author, value).
fn seen(pdus: &[Pdu], field: &str) -> BTreeMap<Saying, usize> {
    let mut out = BTreeMap::new();
    for pdu in pdus {
        for value in pdu.all(field) {
            let key = match pdu.side() {
                Some(Side::Server) => ("received".to_owned(), author(pdu), plain(&value.show)),
                _ => ("sent".to_owned(), owner(pdu), plain(&value.show)),
            };
            *out.entry(key).or_default() += 1;
        }
    }
    out
}

/// What the programs say was said, as it went over the wire.
fn said(name: &str, truth: &Truth) -> BTreeMap<Saying, usize> {
    let mut said: BTreeMap<Saying, usize> = BTreeMap::new();
    for chat in &truth.chat {
        // A program shows its own user's words in a group too.
        if BY_SOAP.contains(&(name, chat.text.as_str())) || (chat.dir == "received" && chat.to.starts_with(&chat.from))
        {
            continue;
        }
        let spoilt = SPOILT.iter().find(|row| row.0 == name && row.1 == chat.text).map(|row| row.2);
        let dir = if chat.dir == "received" { "received" } else { "sent" };
        *said.entry((dir.to_owned(), chat.from.clone(), plain(spoilt.unwrap_or(&chat.text)))).or_default() += 1;
    }
    said
}

fn compare(name: &str, truth: &Truth, pdus: &[Pdu]) -> Vec<String> {
    let mut failures = Vec::new();
    let said = said(name, truth);
    let texts = seen(pdus, "msn.message.text");
    for (saying, count) in &said {
        let found = texts.get(saying).copied().unwrap_or(0);
        // What was sent and has no received twin may never have left the program.
        let twin = ("received".to_owned(), saying.1.clone(), saying.2.clone());
        if found < *count && (found > 0 || said.contains_key(&twin)) {
            failures.push(format!("{saying:?}: {count} times, seen {found} times"));
        }
    }
    let known: BTreeSet<_> = said.keys().map(|(_, from, text)| (from, text)).collect();
    for (_, from, text) in texts.keys().filter(|(_, from, text)| !known.contains(&(from, text))) {
        failures.push(format!("{from:?} did not say {text:?}"));
    }
    let typing = seen(pdus, "msn.message.typing");
    for sighting in &truth.typing {
        let key = ("received".to_owned(), sighting.who.clone(), sighting.who.clone());
        if !typing.contains_key(&key) {
            failures.push(format!("{} was not seen typing", sighting.who));
        }
    }
    let nudges = seen(pdus, "msn.message.nudge");
    let wanted = truth.nudges.iter().map(|nudge| {
        let dir = if nudge.seen_by.is_empty() { "sent" } else { "received" };
        (dir.to_owned(), nudge.from.clone())
    });
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for key in wanted {
        *counts.entry(key).or_default() += 1;
    }
    for ((dir, from), count) in counts {
        let found: usize = nudges.iter().filter(|(key, _)| key.0 == dir && key.1 == from).map(|row| row.1).sum();
        if found != count {
            failures.push(format!("{from} {dir} {count} nudges, seen {found}"));
        }
    }
    failures
}

fn run(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let pdus = pdus(&tshark.pdml(&stored, &only_msn(&options(path)))?);
    let name = stem(path);
    let failures = compare(&name, &Truth::of(path)?, &pdus);
    verdict(failures)
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    assert!(!paths.is_empty(), "no captures");
    assert_known(OUT_OF_ORDER.into_iter().chain(BY_SOAP.iter().map(|row| row.0)), &paths);
    libtest_mimic::run(&arguments, each(&paths, run)).exit();
}
