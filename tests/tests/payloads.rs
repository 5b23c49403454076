// SPDX-License-Identifier: GPL-2.0-or-later
//! Every kind of payload has its transcript, in which every field that it fills is claimed; and nothing of a payload
//! stays without a field, in transcripts and in real captures.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::coverage::{PduCoverage, coverage};
use msn_tests::pdu::{Pdu, only_msn};
use msn_tests::transcript::{self, Claim, Transcript, Unit};
use msn_tests::trials::{each, stem, verdict};
use msn_tests::truth::captures;
use msn_tests::tshark::{Field, Options, Tshark};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Kinds of payloads by the field that shows them, and whether all fields of such a payload must be claimed.
static KINDS: &[(&str, bool, &[&str])] = &[
    (
        "msn.content_type",
        true,
        &[
            "text/plain",
            "text/x-msmsgscontrol",
            "text/x-msmsgsprofile",
            "text/x-msmsgsinitialemailnotification",
            "application/x-msmsgsinitialemailnotification",
            "text/x-msmsgsemailnotification",
            "application/x-msmsgsemailnotification",
            "text/x-msmsgsactivemailnotification",
            "text/x-msmsgsinitialmdatanotification",
            "text/x-msmsgsoimnotification",
            "application/x-msmsgssystemmessage",
            "text/x-msmsgssystemmessage",
            "text/x-msmsgsinvite",
            "application/x-msnmsgrp2p",
            "text/x-mms-emoticon",
            "text/x-mms-animemoticon",
            "text/x-msnmsgr-datacast",
            "application/x-ms-ink",
            "image/gif",
            "text/x-clientcaps",
            "text/x-clientinfo",
            "text/x-keepalive",
            "text/search-query",
            "text/html",
            "application/user+xml",
            "application/circles+xml",
            "application/multiparty+xml",
            "application/network+xml",
            "text/xml",
            "application/xml",
        ],
    ),
    (
        ROOT,
        true,
        &[
            "ml",
            "Data",
            "EndpointData",
            "PrivateEndpointData",
            "user",
            "circle",
            "network",
            "Policies",
            "config",
            "NOTIFICATION",
            "NotificationData",
            "SignedTicket",
            "Ticket",
            "SNM",
            "State",
            "sip",
            "PHONE",
            "TEXT",
        ],
    ),
    ("msn.mail.data", false, &["<MD>", "too-large"]),
    (
        "msn.messaging.type",
        false,
        &[
            "Text",
            "Nudge",
            "Control",
            "Control/Typing",
            "Wink",
            "CustomEmoticon",
            "Data",
            "Signal/P2P",
            "Signal/Turn",
            "Signal/AudioMeta",
            "Signal/AudioTunnel",
            "Signal/CloseIMWindow",
            "Signal/MarkIMWindowRead",
            "Signal/ForceAbchSync",
        ],
    ),
    ("msn.message.datacast", false, &["1", "2", "3", "4"]),
    ("msn.invite.command", false, &["INVITE", "ACCEPT", "CANCEL"]),
    (
        "msn.invite.cancel_code",
        false,
        &["REJECT", "REJECT_NOT_INSTALLED", "TIMEOUT", "FTTIMEOUT", "OUTBANDCANCEL", "FAIL", "USER_CANCEL"],
    ),
    ("msn.uun_type", true, &["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]),
    ("msn.uum_type", false, &["1", "2", "3"]),
    ("msn.publication.uri", false, &["/user", "/circle", "/circle/roster(IM)/user(1:", "/network"]),
    ("msn.nfy_operation", false, &["PUT", "DEL"]),
    (
        WORD,
        false,
        &[
            "MSG", "QRY", "PAG", "PGD", "SDC", "NOT", "IPG", "UUX", "UBX", "GCF", "ADL", "RML", "FQY", "UUN", "UBN",
            "UUM", "UBM", "PUT", "DEL", "NFY", "SDG", "VAS", "241",
        ],
    ),
];

/// The outermost element of a document.
const ROOT: &str = "root";

/// The word of a command that has a payload, or the number of an error.
const WORD: &str = "word";

/// What every payload or document has: its form, which other tests look at.
const FORM: [&str; 13] = [
    "msn.email",
    "msn.mime",
    "msn.mime.fields",
    "msn.mime.header",
    "msn.mime.name",
    "msn.mime.value",
    "msn.mime.version",
    "msn.mime.empty_line",
    "msn.content_type",
    "msn.xml.element",
    "msn.xml.tag",
    "msn.xml.markup",
    "msn.object.tag",
];

/// Sums of bits, whose single bits need not be claimed.
const SUMS: [&str; 4] = ["msn.capabilities.", "msn.capabilities_ex.", "msn.message.effects.", "msn.lists."];

/// Bytes that no field shall cover, by transcript: what is not well-formed.
const LEFT: [(&str, &[u8]); 2] = [("xml", b"</Data>"), ("documents", b"<\0/\0D\0a\0t\0a\0")];

/// The nodes that show a payload.
fn payload(pdu: &Pdu) -> Vec<&Field> {
    let length = pdu.show("msn.payload_length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut found = Vec::new();
    for proto in &pdu.protos {
        let start = if proto.name == "msn" { proto.end().saturating_sub(length) } else { proto.pos };
        found.extend(proto.children.iter().filter(|node| length > 0 && node.size > 0 && node.pos >= start));
    }
    found
}

/// Outermost elements in a tree.
fn roots<'a>(node: &'a Field, inside: bool, found: &mut Vec<&'a Field>) {
    let element = node.name == "msn.xml.element";
    if element && !inside {
        found.push(node);
    }
    for child in &node.children {
        roots(child, element, found);
    }
}

/// The kinds that a PDU is of, each with the nodes that show it.
fn kinds(pdu: &Pdu) -> Vec<(&'static str, String, Vec<&Field>)> {
    let whole = payload(pdu);
    let mut found = Vec::new();
    let mut elements = Vec::new();
    for proto in &pdu.protos {
        roots(proto, false, &mut elements);
    }
    found.extend(elements.into_iter().map(|root| (ROOT, root.show.clone(), vec![root])));
    if !whole.is_empty() {
        found.push((WORD, pdu.word().unwrap_or_default().to_owned(), Vec::new()));
    }
    for (field, ..) in KINDS {
        for node in pdu.all(field) {
            found.push((field, node.show.clone(), whole.clone()));
        }
    }
    found
}

/// Fields with a value of their own that nodes and all below them show.
fn fields<'a>(nodes: &[&'a Field]) -> BTreeMap<&'a str, &'a str> {
    let mut found = BTreeMap::new();
    for node in nodes {
        node.walk(&mut |field| {
            let ours = field.name.starts_with("msn.") && !field.name.starts_with("msn.expert.");
            let form = FORM.contains(&field.name.as_str()) || SUMS.iter().any(|sum| field.name.starts_with(sum));
            let heading = field.show.is_empty() && !field.showname.contains(": ");
            let link = field.name.ends_with("_in") || field.name.ends_with("_to");
            if ours && !form && !heading && !link {
                found.insert(field.name.as_str(), field.show.as_str());
            }
        });
    }
    found
}

/// Fields of which a unit claims a value.
fn claimed(unit: &Unit) -> impl Iterator<Item = &str> {
    unit.expectations.iter().filter_map(|expectation| match &expectation.claim {
        Claim::Value(field, _) | Claim::Shown(field, _) => Some(field.as_str()),
        Claim::Count(..) | Claim::Info(_) => None,
    })
}

#[derive(Default)]
struct Known {
    /// Fields, each with an example: file, line, value.
    shown: BTreeMap<String, String>,
    claimed: BTreeSet<String>,
}

/// Every kind is there, and every field that any payload of the kind shows is claimed of a payload of that kind.
fn every_kind() -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let mut known: BTreeMap<(&str, &str), Known> = BTreeMap::new();
    for path in transcript::all()? {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (unit, pdu) in transcript::units(&Transcript::read(&path)?, &tshark)? {
            for (field, value, nodes) in kinds(&pdu) {
                let wanted = KINDS.iter().filter(|kind| kind.0 == field).flat_map(|kind| kind.2.iter());
                // Values that are longer than what tells them are told by their start.
                let open = |name: &str| name.ends_with(':') || name.starts_with('<');
                for name in wanted.filter(|&&name| value == name || (open(name) && value.starts_with(name))) {
                    let known = known.entry((field, name)).or_default();
                    for (field, value) in fields(&nodes) {
                        let example = || format!("{field} (as in {file}, line {}: {value})", unit.line);
                        known.shown.entry(field.to_owned()).or_insert_with(example);
                    }
                    known.claimed.extend(claimed(&unit).map(str::to_owned));
                }
            }
        }
    }
    let mut failures = Vec::new();
    for &(field, whole, names) in KINDS {
        for &name in names {
            match known.get(&(field, name)) {
                None => failures.push(format!("no transcript has {field} {name}")),
                Some(known) if whole => {
                    let unclaimed = known.shown.iter().filter(|shown| !known.claimed.contains(shown.0));
                    failures.extend(unclaimed.map(|(_, example)| format!("{field} {name}: nobody claims {example}")));
                }
                Some(_) => {}
            }
        }
    }
    verdict(failures)
}

/// Fields that no transcript can show, by the start of their names: the gateway's and those of pieces have tests of
/// their own, bits belong to their sums, experts are told by what they are about, and full tables take too much.
const ELSEWHERE: [&str; 9] = [
    "msn.gateway",
    "msn.fragment",
    "msn.reassembled",
    "msn.expert",
    "msn.capabilities.",
    "msn.capabilities_ex.",
    "msn.earlier_connection",
    "msn.later_connection",
    "msn.response_count",
];

/// Every field of the protocol is claimed somewhere.
fn every_field() -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let mut claims = BTreeSet::new();
    let mut examples = BTreeMap::new();
    for path in transcript::all()? {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (unit, pdu) in transcript::units(&Transcript::read(&path)?, &tshark)? {
            claims.extend(unit.expectations.iter().filter_map(|expectation| match &expectation.claim {
                Claim::Value(field, _) | Claim::Shown(field, _) => Some(field.clone()),
                Claim::Count(field, count) => (*count > 0).then(|| field.clone()),
                Claim::Info(_) => None,
            }));
            for proto in &pdu.protos {
                proto.walk(&mut |field| {
                    let example = || format!("as in {file}, line {}: {}", unit.line, field.show);
                    examples.entry(field.name.clone()).or_insert_with(example);
                });
            }
        }
    }
    let output = tshark.run(&["-G", "fields"], &Options::default())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut failures = Vec::new();
    for line in text.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let ["F", _, name, _, "msn" | "msnsoap", ..] = columns[..] else { continue };
        if !claims.contains(name) && !ELSEWHERE.iter().any(|start| name.starts_with(start)) {
            let example = examples.get(name).map_or("no transcript has it", String::as_str);
            failures.push(format!("nobody claims {name} ({example})"));
        }
    }
    verdict(failures)
}

fn uncovered(name: &str, all: &[PduCoverage]) -> Result<(), Failed> {
    let mut failures = Vec::new();
    for pdu in all {
        for run in pdu.missing.iter().chain(&pdu.markup) {
            if !LEFT.iter().any(|left| left.0 == name && left.1 == run.bytes) {
                let text = String::from_utf8_lossy(&run.bytes);
                failures.push(format!("{}: byte {} of the payload: {text:?}", pdu.label, run.offset));
            }
        }
    }
    verdict(failures)
}

fn transcript_is_covered(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let transcript = Transcript::read(path)?;
    let stored = tshark.store(&transcript.capture()?)?;
    uncovered(&stem(path), &coverage(&tshark.pdml(&stored, &only_msn(&transcript.options))?))
}

fn capture_is_covered(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    uncovered(&stem(path), &coverage(&tshark.pdml(&stored, &only_msn(&Options::default()))?))
}

fn main() {
    let arguments = Arguments::from_args();
    let transcripts = transcript::all().expect("the folder of transcripts is in the package");
    let captures = captures().expect("the folder of captures is in the package");
    assert!(!transcripts.is_empty() && !captures.is_empty());
    let mut trials = vec![Trial::test("every_kind", every_kind), Trial::test("every_field", every_field)];
    trials.extend(each(&transcripts, transcript_is_covered));
    trials.extend(each(&captures, capture_is_covered));
    libtest_mimic::run(&arguments, trials).exit();
}
