// SPDX-License-Identifier: GPL-2.0-or-later
//! One pass, two passes, and frames visited in any order show the same tree.

mod common;

use common::{Check, complete_transcripts, contents, none};
use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::pcap::{Capture, Link, TcpOptions};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::transcript::{Transcript, all};
use msn_tests::truth::{capture_folder, captures};
use msn_tests::tshark::{Node, Options, Stored, Tshark};
use msn_tests::variants::difference;
use rand::SeedableRng;
use rand::seq::SliceRandom;

/// Real captures that are read; the others show nothing that these do not.
const REAL: [&str; 4] = [
    "msnp7-ipv6-synthetic-escargot",
    "msnp12-reordered-pecan-escargot",
    "msnp18-mpop-libpurple2.10.9-escargot",
    "msnp21-basic-bitlbee3.5.1-escargot",
];

/// Transcripts with connections between clients.
const CLIENTS: [&str; 6] = ["bridging-offsets", "direct-version-1", "direct-version-2", "msnftp", "p2p-odd", "webcam"];

fn one_and_two_passes(tshark: &Tshark, stored: &Stored) -> Check {
    let options = only_msn(&Options::default());
    let once = contents(&pdus(&tshark.pdml(stored, &options)?));
    let twice = contents(&pdus(&tshark.pdml(stored, &options.two_passes())?));
    assert!(!once.is_empty(), "nothing dissected");
    none(difference(&once, &twice).into_iter().collect())
}

/// Every tree in file order, then all in several random orders.
fn any_order(tshark: &Tshark, stored: &Stored) -> Check {
    let mut sharkd = tshark.sharkd(stored)?;
    let mut numbers: Vec<u32> = (1..=sharkd.frame_count()?).collect();
    let trees: Vec<Vec<Node>> = numbers.iter().map(|&n| sharkd.frame(n)).collect::<Result<_, _>>()?;
    let has_msn = |tree: &Vec<Node>| tree.iter().any(|node| node.kind == "proto" && node.filter == "msn");
    assert!(trees.iter().any(has_msn), "nothing dissected");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(17);
    for _ in 0..3 {
        numbers.shuffle(&mut random);
        for &n in &numbers {
            assert_eq!(sharkd.frame(n)?, trees[n as usize - 1], "frame {n}");
        }
    }
    sharkd.finish()?;
    Ok(())
}

fn run(store: impl Fn(&Tshark) -> anyhow::Result<Stored>) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = store(&tshark)?;
    one_and_two_passes(&tshark, &stored)?;
    any_order(&tshark, &stored)?;
    Ok(())
}

fn transcripts() -> Result<(), Failed> {
    let groups = complete_transcripts()?;
    let mut streams = Vec::new();
    for (number, stream) in groups.into_iter().flat_map(|group| group.streams).enumerate() {
        let mut client = stream.client;
        client.set_port(20000 + number as u16);
        streams.push(stream.relocated(client, stream.server, std::time::Duration::from_secs(number as u64)));
    }
    let capture = Capture::of_streams(Link::Ethernet, &streams, &TcpOptions { mss: 100, ..TcpOptions::default() })?;
    run(|tshark| tshark.store(&capture))
}

fn main() {
    let arguments = Arguments::from_args();
    let known = captures().expect("the folder of captures is in the package");
    let mut trials = vec![Trial::test("transcripts", transcripts)];
    for path in all().expect("the folder of transcripts is in the package") {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if CLIENTS.contains(&name.as_str()) {
            trials.push(Trial::test(name, move || run(|tshark| tshark.store(&Transcript::read(&path)?.capture()?))));
        }
    }
    assert_eq!(trials.len(), 1 + CLIENTS.len(), "a transcript is missing");
    for name in REAL {
        let path = capture_folder().join(format!("{name}.pcap"));
        assert!(known.contains(&path), "there is no {name}");
        trials.push(Trial::test(name, move || run(|tshark| tshark.store_file(&path))));
    }
    libtest_mimic::run(&arguments, trials).exit();
}
