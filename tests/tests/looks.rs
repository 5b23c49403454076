// SPDX-License-Identifier: GPL-2.0-or-later
//! What a frame shows in the packet list, whoever's protocol it is, does not depend on who looks: the same alone, beside
//! trees, with filters, with statistics, in two passes, and in sharkd.

mod common;

use common::{Check, complete_transcripts};
use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::pcap::{Capture, Link, TcpOptions};
use msn_tests::transcript::{Transcript, all};
use msn_tests::truth::captures;
use msn_tests::tshark::{Options, Stored, Summary, Tshark};
use std::path::Path;

/// What else may be asked for while the list is made: a tree for a filter, and what statistics ask for.
const ASKED: [&str; 14] = [
    "-Y",
    "frame.number > 0",
    "-z",
    "io,phs",
    "-z",
    "expert",
    "-z",
    "sip,stat",
    "-z",
    "rtp,streams",
    "-z",
    "msn,tree",
    "-z",
    "credentials",
];

fn same(what: &str, expected: &[Summary], found: &[Summary]) -> Check {
    let wrong = expected.iter().zip(found).find(|(expected, found)| expected != found);
    assert_eq!((wrong, found.len()), (None, expected.len()), "{what}");
    Ok(())
}

/// Whether the frame's line says the same when it is dissected again. TCP, and what lies on it, tells of later segments.
fn lasting(packet: &Summary) -> bool {
    !["TCP", "TLS", "SSL", "HTTP"].iter().any(|name| packet.protocol.starts_with(name))
}

fn check(tshark: &Tshark, stored: &Stored) -> Check {
    let alone = tshark.summary(stored, &Options::default())?;
    assert!(alone.iter().any(|packet| packet.protocol.starts_with("MSN")), "nothing dissected");
    same("with trees", &alone, &tshark.summary_with_trees(stored, &Options::default())?)?;
    let asked = ASKED.iter().fold(Options::default(), |options, argument| options.arg(argument));
    same("with a filter and statistics", &alone, &tshark.summary_above(stored, &asked)?)?;
    let again = tshark.summary(stored, &Options::default().two_passes())?;
    for (first, second) in alone.iter().zip(&again).filter(|(first, second)| lasting(first) && lasting(second)) {
        assert_eq!(first, second, "two passes");
    }
    let mut sharkd = tshark.sharkd(stored)?;
    let clicked = sharkd.summary()?;
    assert_eq!((clicked.len(), again.len()), (alone.len(), alone.len()));
    for (first, second) in alone.iter().zip(&clicked).filter(|(first, second)| lasting(first) && lasting(second)) {
        assert_eq!(first, second, "sharkd");
    }
    Ok(sharkd.finish()?)
}

fn of_file(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    Ok(check(&tshark, &tshark.store_file(path)?)?)
}

fn of_transcript(path: &Path) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    Ok(check(&tshark, &tshark.store(&Transcript::read(path)?.capture()?)?)?)
}

/// Every connection of the complete transcripts, in one capture and cut into small segments.
fn small_segments() -> Result<(), Failed> {
    let mut streams = Vec::new();
    for (number, stream) in complete_transcripts()?.into_iter().flat_map(|group| group.streams).enumerate() {
        let mut client = stream.client;
        client.set_port(20_000 + number as u16);
        streams.push(stream.relocated(client, stream.server, std::time::Duration::from_secs(number as u64)));
    }
    let tshark = Tshark::new()?;
    let options = TcpOptions { mss: 100, ..TcpOptions::default() };
    Ok(check(&tshark, &tshark.store(&Capture::of_streams(Link::Ethernet, &streams, &options)?)?)?)
}

/// A dissector with a memory is called whether a tree is wanted or not: its own statistics count on it.
fn calls_are_counted() -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let path = all()?.into_iter().find(|path| path.ends_with("documents.txt")).ok_or("no documents")?;
    let stored = tshark.store(&Transcript::read(&path)?.capture()?)?;
    let seen = tshark.summary(&stored, &Options::filter("sip.Method == \"OPTIONS\""))?.len();
    let table = tshark.table(&stored, "sip,stat", &Options::default())?;
    let row = table.lines().find(|line| line.contains("OPTIONS")).ok_or_else(|| format!("no calls in {table}"))?;
    assert!(seen > 1 && row.contains(&format!(" {seen} ")), "{seen} requests: {row}");
    Ok(())
}

fn main() {
    let mut trials =
        vec![Trial::test("calls_are_counted", calls_are_counted), Trial::test("small_segments", small_segments)];
    let name = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for path in captures().expect("the folder of captures is in the package") {
        trials.push(Trial::test(name(&path), move || of_file(&path)));
    }
    for path in all().expect("the folder of transcripts is in the package") {
        trials.push(Trial::test(name(&path), move || of_transcript(&path)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
