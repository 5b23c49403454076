// SPDX-License-Identifier: GPL-2.0-or-later
//! Personal messages and names in every real capture, compared with what the programs say they saw.

use libtest_mimic::{Arguments, Failed};
use msn_tests::pcap::Side;
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::trials::{each, verdict};
use msn_tests::truth::{Truth, captures};
use msn_tests::tshark::{Options, Tshark};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Who saw it, whose it is, what it is.
type Seen = BTreeSet<(String, String, String)>;

fn owner(pdu: &Pdu) -> String {
    pdu.show("msn.account").unwrap_or_default().to_owned()
}

/// What tshark shows under `field` in commands of the server that are about one account.
fn dissected(pdus: &[Pdu], field: &str, words: &[&str]) -> Seen {
    let mut seen = Seen::new();
    let from_server = |pdu: &&Pdu| pdu.side() == Some(Side::Server);
    for pdu in pdus.iter().filter(from_server).filter(|pdu| pdu.word().is_some_and(|word| words.contains(&word))) {
        let (Some(who), Some(value)) = (pdu.show("msn.email"), pdu.show(field)) else { continue };
        if !value.is_empty() {
            seen.insert((owner(pdu), who.to_owned(), value.to_owned()));
        }
    }
    seen
}

/// Some programs show a message with its references, all end it where they cut markup.
fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
    text.replace("&amp;", "&").trim().to_owned()
}

fn run(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let options = Options::default().in_order();
    let pdus = pdus(&tshark.pdml(&stored, &only_msn(&options))?);
    let truth = Truth::of(path)?;
    let mut failures = Vec::new();
    for (field, get) in [("msn.psm", true), ("msn.media", false)] {
        let found: Seen =
            dissected(&pdus, field, &["UBX"]).into_iter().map(|(by, who, text)| (by, who, plain(&text))).collect();
        for presence in &truth.presence {
            let text = plain(if get { &presence.message } else { &presence.media });
            let seen = (presence.seen_by.clone(), presence.who.clone(), text);
            // A program that shows its own message has not got it from the server.
            if !seen.2.is_empty() && seen.0 != seen.1 && !found.contains(&seen) {
                failures.push(format!("{field}: {seen:?} was seen, dissected are {found:?}"));
            }
        }
        let told: BTreeSet<&str> = truth.presence.iter().map(|presence| presence.seen_by.as_str()).collect();
        let tells = truth.presence.iter().any(|presence| !presence.message.is_empty());
        for (by, who, text) in
            found.iter().filter(|(by, who, _)| get && tells && by != who && told.contains(by.as_str()))
        {
            let same = |one: &&msn_tests::truth::Presence| one.seen_by == *by && one.who == *who;
            let seen = truth.presence.iter().filter(same).any(|one| plain(&one.message) == *text);
            // Not every program tells of each change, but somebody must have written the message.
            let mut told = truth.driver_commands.iter().filter(|told| told.account == *who);
            if !seen && !told.any(|told| told.driver_command.contains(text.as_str())) {
                failures.push(format!("{field}: {text:?} of {who} for {by} was dissected, but nobody wrote or saw it"));
            }
        }
    }
    names(&pdus, &truth, &mut failures);
    verdict(failures)
}

/// What a program says a contact is called must have come in some line, wherever lines name that contact at all.
fn names(pdus: &[Pdu], truth: &Truth, failures: &mut Vec<String>) {
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let words = ["LST", "NLN", "ILN", "ADC", "ADD", "REA", "SBP"];
    for (by, who, name) in dissected(pdus, "msn.friendly_name", &words) {
        found.entry((by, who)).or_default().insert(name);
    }
    for presence in &truth.presence {
        let key = (presence.seen_by.clone(), presence.who.clone());
        let Some(names) = found.get(&key) else { continue };
        for name in [&presence.alias, &presence.name] {
            let own = name.is_empty() || *name == presence.who;
            if !own && !names.contains(name) {
                failures.push(format!("{key:?}: {name:?} was seen, dissected are {names:?}"));
            }
        }
    }
    for (by, contacts) in &truth.contact_lists {
        for (who, contact) in contacts {
            let Some(names) = found.get(&(by.clone(), who.clone())) else { continue };
            let name = contact.get("alias").and_then(|alias| alias.as_str()).unwrap_or_default();
            if !name.is_empty() && name != who && !names.contains(name) {
                failures.push(format!("{by} calls {who} {name:?}, dissected are {names:?}"));
            }
        }
    }
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    assert!(!paths.is_empty(), "no captures");
    libtest_mimic::run(&arguments, each(&paths, run)).exit();
}
