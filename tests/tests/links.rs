// SPDX-License-Identifier: GPL-2.0-or-later
//! Real captures: every request that has an answer is linked to it both ways, none is wrongly called unanswered, the
//! sides of each chat are linked, and the challenge answers of real clients verify.
//!
//! What answers what is found here by transaction ID and order in the stream alone, not by the dissector's table.

use libtest_mimic::{Arguments, Failed};
use msn_tests::pcap::Side;
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::trials::{assert_known, each, stem, verdict};
use msn_tests::truth::captures;
use msn_tests::tshark::{Options, Tshark};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Requests that the server of a capture really left without answer: capture, word, how often.
const UNANSWERED: [(&str, &str, usize); 5] = [
    ("msnp11-basic-msnp11sdk-r2m", "USR", 1),
    ("msnp11-basic-msnp11sdk-r2m", "ANS", 1),
    ("msnp6-basic-synthetic-escargot", "LST", 1),
    ("msnp7-basic-synthetic-escargot", "LST", 1),
    ("msnp7-ipv6-synthetic-escargot", "LST", 1),
];

/// Expert infos that nothing in these captures gives cause for.
const NEVER: [&str; 12] = [
    "msn.expert.no_request",
    "msn.expert.duplicate_trid",
    "msn.expert.challenge_failed",
    "msn.expert.challenge_bad",
    "msn.expert.challenge_late",
    "msn.expert.login_bad",
    "msn.expert.list_count",
    "msn.expert.cookie_wrong",
    "msn.expert.cookie_reused",
    "msn.expert.capture_late",
    "msn.expert.state_evicted",
    "msn.expert.version_downgrade",
];

/// Words of servers that may repeat transaction ID 0 as an answer: first commands of a connection.
const FIRST: [&str; 4] = ["VER", "USR", "ANS", "IRO"];

fn frames(pdu: &Pdu, name: &str) -> BTreeSet<u32> {
    pdu.all(name).iter().filter_map(|field| field.show.parse().ok()).collect()
}

fn number(pdu: &Pdu, name: &str) -> Option<u32> {
    pdu.show(name)?.parse().ok()
}

/// Checks the pairs of one direction of time: each answer against the latest request with its transaction ID.
fn pairs(seen: &[Pdu], failures: &mut Vec<String>) -> usize {
    let mut asked: BTreeMap<(u32, u32), &Pdu> = BTreeMap::new();
    let mut pings: BTreeMap<u32, &Pdu> = BTreeMap::new();
    let mut count = 0;
    for pdu in seen {
        let (word, stream) = (pdu.word().unwrap_or_default(), pdu.stream);
        let trid = number(pdu, "msn.trid");
        if pdu.side() == Some(Side::Client) {
            if let Some(trid) = trid {
                asked.insert((stream, trid), pdu);
            }
            if word == "PNG" {
                pings.insert(stream, pdu);
            }
            continue;
        }
        let request = match (word, trid) {
            ("QNG", _) => pings.remove(&stream),
            (_, Some(0)) if !FIRST.contains(&word) => None,
            (_, Some(trid)) => asked.get(&(stream, trid)).copied(),
            _ => continue,
        };
        let linked = frames(pdu, "msn.response_to");
        let expected: BTreeSet<u32> = request.map(|request| request.frame).into_iter().collect();
        if linked != expected {
            failures.push(format!("{}: answers {linked:?}, not {expected:?}", pdu.label()));
        }
        if let Some(request) = request {
            count += 1;
            if !frames(request, "msn.response_in").contains(&pdu.frame) {
                failures.push(format!("{}: no link to its answer in frame {}", request.label(), pdu.frame));
            }
            if pdu.all("msn.time").is_empty() {
                failures.push(format!("{}: no time", pdu.label()));
            }
        }
    }
    count
}

/// Checks that each switchboard connection that takes part in a chat knows all others.
fn chats(seen: &[Pdu], failures: &mut Vec<String>) -> usize {
    let mut sides: BTreeMap<&str, BTreeMap<u32, &Pdu>> = BTreeMap::new();
    for pdu in seen.iter().filter(|pdu| pdu.show("msn.server") == Some("Switchboard")) {
        let Some(session) = pdu.show("msn.session_id") else { continue };
        let opening = seen.iter().find(|first| {
            first.stream == pdu.stream
                && first.side() == Some(Side::Client)
                && matches!(first.word(), Some("USR" | "ANS"))
        });
        if let Some(opening) = opening {
            sides.entry(session).or_default().insert(pdu.stream, opening);
        }
    }
    for (session, openings) in &sides {
        for (stream, opening) in openings {
            let others = openings.iter().filter(|other| other.0 != stream).map(|other| other.1.frame).collect();
            let linked = frames(opening, "msn.chat.other_side");
            if linked != others {
                failures.push(format!("chat {session}: {} knows {linked:?}, not {others:?}", opening.label()));
            }
            if frames(opening, "msn.announced_in").is_empty() {
                failures.push(format!("chat {session}: {} was not announced", opening.label()));
            }
        }
    }
    sides.values().filter(|openings| openings.len() > 1).count()
}

fn run(path: &Path) -> Result<(), Failed> {
    let name = stem(path);
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let options = Options::default().in_order().two_passes();
    let seen: Vec<Pdu> = pdus(&tshark.pdml(&stored, &only_msn(&options))?);
    let seen: Vec<Pdu> = seen.into_iter().filter(|pdu| pdu.word().is_some()).collect();
    let mut failures = Vec::new();
    let count = pairs(&seen, &mut failures);
    if count == 0 {
        failures.push("no request with an answer".into());
    }
    let talks = chats(&seen, &mut failures);
    if name.contains("-basic-") && !name.contains("msnp21") && talks == 0 {
        failures.push("no chat with two sides".into());
    }
    let mut unanswered: BTreeMap<String, usize> = BTreeMap::new();
    for pdu in &seen {
        if !pdu.all("msn.expert.no_answer").is_empty() {
            *unanswered.entry(pdu.word().unwrap_or_default().to_owned()).or_default() += 1;
        }
        for field in NEVER.iter().flat_map(|expert| pdu.all(expert)) {
            failures.push(format!("{}: {} {:?}", pdu.label(), field.name, field.show));
        }
        if pdu.word() == Some("QRY")
            && pdu.side() == Some(Side::Client)
            && number(pdu, "msn.challenge.status") != Some(1)
        {
            failures.push(format!("{}: the challenge answer does not verify", pdu.label()));
        }
    }
    let known = UNANSWERED.iter().filter(|row| row.0 == name).map(|row| (row.1.to_owned(), row.2)).collect();
    if unanswered != known {
        failures.push(format!("without answer: {unanswered:?}, not {known:?}"));
    }
    verdict(failures)
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    assert_known(UNANSWERED.iter().map(|row| row.0), &paths);
    libtest_mimic::run(&arguments, each(&paths, run)).exit();
}
