// SPDX-License-Identifier: GPL-2.0-or-later
//! Statistics > MSN counts what the ground truth of each capture says.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::pdu::{is_carrier, only_msn, pdus};
use msn_tests::trials::{each, verdict};
use msn_tests::truth::{Histogram, Truth, captures, differences};
use msn_tests::tshark::{Counted, Options, Tshark};
use std::collections::BTreeMap;
use std::path::Path;

/// Where in the truth a kind of server or a direction stands.
fn short(label: &str) -> &str {
    match label {
        "Dispatch server" | "Notification server" => "NS",
        "Switchboard" => "SB",
        "Client to server" => "C>S",
        "Server to client" => "S>C",
        other => other,
    }
}

/// Counts below a root, by the labels that lead to them.
fn below<'a>(rows: &'a [Counted], root: &'a str, depth: usize) -> impl Iterator<Item = &'a Counted> {
    rows.iter().filter(move |row| row.path.first().is_some_and(|first| first == root) && row.path.len() == depth)
}

/// Whether commands of the protocol are counted below a label; calls of web services stand below the service's name.
fn is_server(label: &str) -> bool {
    short(label) != label
}

fn commands(rows: &[Counted]) -> Histogram {
    let mut counts = Histogram::new();
    for row in below(rows, "Commands", 4).filter(|row| is_server(&row.path[1])) {
        let key: Vec<&str> = row.path.iter().skip(1).map(|label| short(label)).collect();
        *counts.entry(key.join(" ")).or_default() += row.count;
    }
    counts
}

fn counted(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let options = Options::default().in_order();
    let rows = tshark.statistics(&stored, "msn,tree", &options)?;
    let failures = differences(Truth::of(path)?.histogram(), &commands(&rows));
    if !failures.is_empty() {
        return Err(failures.join("\n").into());
    }
    // Every other branch agrees with the trees.
    let packets = tshark.pdml(&stored, &only_msn(&options))?;
    let mut wanted: BTreeMap<(&str, String), (u64, f64, f64)> = BTreeMap::new();
    let mut add = |root, label: &str, value: f64| {
        let entry = wanted.entry((root, label.to_owned())).or_insert((0, f64::MAX, 0.0));
        *entry = (entry.0 + 1, entry.1.min(value), entry.2.max(value));
    };
    for pdu in pdus(&packets).iter().filter(|pdu| pdu.is_command_protocol()) {
        if let Some(kind) = pdu.all("msn.content_type").last() {
            add("Messages", &kind.show, 0.0);
        }
        if let Some(error) = pdu.all("msn.error").first() {
            add("Errors", &format!("{} {}", error.show, error.text()), 0.0);
        }
        // Only the first answer to a request counts, by the request's word.
        let requests = pdu.all("msn.request");
        let first = requests.first().filter(|request| !request.showname.contains("further answer"));
        if let (Some(time), Some(request)) = (pdu.show("msn.time"), first) {
            add("Response times in milliseconds", &request.show, time.parse::<f64>()? * 1000.0);
        }
    }
    for pdu in pdus(&packets) {
        if let (Some(time), Some(operation)) = (pdu.show("msn.time"), pdu.show("msnsoap.operation")) {
            add("Response times in milliseconds", operation, time.parse::<f64>()? * 1000.0);
        }
    }
    for packet in &packets {
        for proto in packet.protos.iter().filter(|proto| proto.name == "msn" && !is_carrier(proto)) {
            add("Protocols", "MSNP", 0.0);
            assert!(proto.size > 0);
        }
    }
    let mut failures = Vec::new();
    let mut calls = Histogram::new();
    for proto in packets.iter().flat_map(|packet| &packet.protos).filter(|proto| proto.name == "msnsoap") {
        for operation in proto.children.iter().filter(|field| field.name == "msnsoap.operation") {
            *calls.entry(operation.show.clone()).or_default() += 1;
        }
    }
    let mut counted = Histogram::new();
    for row in below(&rows, "Commands", 4).filter(|row| !is_server(&row.path[1])) {
        *counted.entry(row.path[3].clone()).or_default() += row.count;
    }
    failures.extend(differences(&calls, &counted));
    for ((root, label), (count, least, greatest)) in &wanted {
        let Some(row) = below(&rows, root, 2).find(|row| row.path[1] == *label) else {
            failures.push(format!("{root}: no {label}"));
            continue;
        };
        if row.count != *count {
            failures.push(format!("{root}: {label}: {} instead of {count}", row.count));
        }
        let near = |one: f64, other: f64| (one - other).abs() <= 0.001 + other.abs() / 1000.0;
        if root.starts_with("Response") && row.values.is_none_or(|[_, l, g]| !near(l, *least) || !near(g, *greatest)) {
            failures.push(format!("{root}: {label}: {:?} instead of {least} to {greatest}", row.values));
        }
    }
    let known = |row: &&Counted| wanted.keys().any(|key| key.0 == row.path[0] && key.1 == row.path[1]);
    let roots = ["Messages", "Errors", "Response times in milliseconds"];
    let strange = roots.iter().flat_map(|root| below(&rows, root, 2)).filter(|row| !known(row));
    failures.extend(strange.map(|row| format!("{:?} in no tree", row.path)));
    verdict(failures)
}

/// A filter limits what is counted, and a second pass changes nothing.
fn filtered(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(path)?;
    let rows = tshark.statistics(&stored, "msn,tree,msn.command == \"NLN\"", &Options::default())?;
    let words: Vec<&str> = below(&rows, "Commands", 4).filter_map(|row| row.path.last()).map(String::as_str).collect();
    assert_eq!(words, ["NLN"]);
    let once = tshark.statistics(&stored, "msn,tree", &Options::default())?;
    assert_eq!(once, tshark.statistics(&stored, "msn,tree", &Options::default().two_passes())?);
    Ok(())
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    let named = |name: &str| paths.iter().find(|path| path.to_string_lossy().contains(name)).cloned();
    let one = named("msnp18-basic").expect("a capture with presence");
    let mut trials = vec![Trial::test("filter_and_passes", move || filtered(&one))];
    trials.extend(each(&paths, counted));
    libtest_mimic::run(&arguments, trials).exit();
}
