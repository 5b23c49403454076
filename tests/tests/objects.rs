// SPDX-License-Identifier: GPL-2.0-or-later
//! Objects taken out of real captures: everything that arrived whole, and nothing else.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::pcap::{Capture, Chance};
use msn_tests::trials::{stem, verdict};
use msn_tests::truth::{Object, Truth, captures};
use msn_tests::tshark::{Options, Stored, Tshark};
use sha1::{Digest, Sha1};
use std::collections::BTreeSet;
use std::path::Path;

fn exported(tshark: &Tshark, capture: &Stored) -> anyhow::Result<Vec<(String, String)>> {
    let objects = tshark.export_objects(capture, "msn", &Options::default().in_order())?;
    let hash = |bytes: &[u8]| Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(objects.into_iter().map(|(name, bytes)| (name, hash(&bytes))).collect())
}

/// Files that are offered by Pidgin 2.10 in captures of that name: it sends them whole, but with headers that lag by one
/// packet, which the receiving program did not understand.
const OFFERED: &[(&str, &[&str])] =
    &[("p2p-libpurple2.10.9", &["notes.txt", "blob.bin"]), ("directconn-libpurple2.10.9", &["notes.txt"])];

/// Objects that the receiving program had whole, and those that it should have had.
fn arrived(truth: &Truth) -> BTreeSet<String> {
    let offered = OFFERED.iter().find(|row| truth.capture.contains(row.0)).map_or(&[][..], |row| row.1);
    let should = |object: &&Object| object.kind == "file offered" && offered.contains(&object.name.as_str());
    let whole = truth.objects.iter().filter(|object| object.is_whole() || should(object));
    let whole = whole.map(|object| object.sha1.clone());
    // Drawings travel in messages, which arrive as the rest of the chat does.
    let drawn = truth.other_content.iter().filter(|value| value["event"] == "sendink");
    let drawn = drawn.filter_map(|value| value["sha1"].as_str().map(str::to_owned));
    whole.chain(drawn).filter(|sha1| !sha1.is_empty()).collect()
}

/// Everything that any program had.
fn known(truth: &Truth) -> BTreeSet<String> {
    let other = truth.other_content.iter().filter_map(|value| value["sha1"].as_str().map(str::to_owned));
    truth.objects.iter().map(|object| object.sha1.clone()).chain(other).collect()
}

fn complete(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let truth = Truth::of(path)?;
    let found = exported(&tshark, &tshark.store_file(path)?)?;
    let mut failures = Vec::new();
    for sha1 in arrived(&truth) {
        if !found.iter().any(|object| object.1 == sha1) {
            failures.push(format!("{sha1} arrived and is not exported"));
        }
    }
    let known = known(&truth);
    for (name, _) in found.iter().filter(|object| !known.contains(&object.1)) {
        failures.push(format!("{name} is exported and nobody sent it"));
    }
    verdict(failures)
}

/// Loss leaves out objects, but never makes other ones; repetition and reordering change nothing.
fn damaged(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let truth = Truth::of(path)?;
    let capture = Capture::read(path)?;
    let (known, arrived) = (known(&truth), arrived(&truth));
    let mut failures = Vec::new();
    let mut check = |what: &str, capture: &Capture, all: bool| -> anyhow::Result<()> {
        let found = exported(&tshark, &tshark.store(capture)?)?;
        let strange = found.iter().filter(|object| !known.contains(&object.1));
        failures.extend(strange.map(|(name, _)| format!("{what}: {name} is exported and nobody sent it")));
        let lacks = |sha1: &&String| all && !found.iter().any(|object| object.1 == **sha1);
        failures.extend(arrived.iter().filter(lacks).map(|sha1| format!("{what}: {sha1} arrived and is not exported")));
        Ok(())
    };
    for seed in 0..3 {
        let chance = |rate| Chance { seed, rate };
        check("loss", &capture.clone().with_loss(chance(0.02)).0, false)?;
        check("repetition", &capture.clone().with_duplicates(chance(0.1), 2), true)?;
        check("reordering", &capture.clone().with_reordering(chance(0.02), 1), false)?;
    }
    verdict(failures)
}

fn main() {
    let arguments = Arguments::from_args();
    let paths = captures().expect("the folder of captures is in the package");
    let mut trials = Vec::new();
    for path in paths {
        let truth = Truth::of(&path).expect("every capture has its truth");
        let name = stem(&path);
        if !arrived(&truth).is_empty() {
            let path = path.clone();
            trials.push(Trial::test(format!("{name} damaged"), move || damaged(&path)));
        }
        trials.push(Trial::test(name, move || complete(&path)));
    }
    assert!(trials.len() > 45, "only {} trials", trials.len());
    libtest_mimic::run(&arguments, trials).exit();
}
