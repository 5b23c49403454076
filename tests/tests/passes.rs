// SPDX-License-Identifier: GPL-2.0-or-later
//! One pass, two passes, and frames visited in any order show the same tree, whatever a read filter rejects and wherever
//! segments end.

mod common;

use common::{Check, complete_transcripts, contents, none};
use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::pcap::{Capture, Cuts, Link, Segmentation, Side, Stream, TcpOptions, restream, segments};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::transcript::{Transcript, all};
use msn_tests::trials::verdict;
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

/// Real captures with objects in them, on switchboards and between clients.
const OBJECTS: [&str; 4] = [
    "msnp12-msnftp-amsn-escargot",
    "msnp18-directconn-libpurple2.10.9-escargot",
    "msnp18-p2p-msnpsharp3.1-escargot",
    "msnp9-p2p-libpurple2.0.0-escargot",
];

/// Read filters, each of which rejects some frames of a connection. What they ask for is the same on every pass.
const READ_FILTERS: [&str; 4] =
    ["msn || msnp2p || msnftp", "tcp.srcport == 1863 && msn", "tcp.len < 200", "msn.direction == \"Client to server\""];

/// Conversations in which connections between clients speak in packets behind their lengths, and how many do.
const DIRECT: [(&str, usize); 3] =
    [("direct-version-1", 7), ("direct-version-2", 3), ("msnp18-directconn-libpurple2.10.9-escargot", 1)];

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

/// Names and bytes of all objects, in any order.
fn objects(tshark: &Tshark, stored: &Stored, options: &Options) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let mut found: Vec<_> = tshark.export_objects(stored, "msn", options)?.into_iter().collect();
    found.sort();
    Ok(found)
}

/// The frames that a read filter lets through show what they show when the others are there, too, and objects come out.
fn read_filters(capture: &Capture) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let stored = tshark.store(capture)?;
    let msn = only_msn(&Options::default().two_passes());
    let mut failures = Vec::new();
    for filter in READ_FILTERS {
        let both = msn.filter.iter().map(|ours| format!("({ours}) && ({filter})")).next();
        let all = contents(&pdus(&tshark.pdml(&stored, &Options { filter: both, ..msn.clone() })?));
        let left = contents(&pdus(&tshark.pdml(&stored, &msn.clone().arg("-R").arg(filter))?));
        assert!(!all.is_empty(), "{filter}: nothing dissected");
        failures.extend(difference(&all, &left).map(|what| format!("{filter}: {what}")));
    }
    let options = Options::default().two_passes();
    let all = objects(&tshark, &stored, &options)?;
    let left = objects(&tshark, &stored, &options.arg("-R").arg(READ_FILTERS[0]))?;
    assert!(!all.is_empty(), "no objects");
    if all != left {
        failures.push(format!("{} objects without read filter, {} with it", all.len(), left.len()));
    }
    verdict(failures)
}

/// A capture whose segments have at most 300 bytes, so that most PDUs are cut. Without connections over TLS, of which
/// Wireshark itself shows otherwise in another order.
fn short_segments(name: &str) -> anyhow::Result<Capture> {
    let capture = Capture::read(&capture_folder().join(format!("{name}.pcap")))?;
    let mut streams = restream(&capture);
    streams.retain(|stream| !stream.bytes(Side::Client).starts_with(b"\x16\x03"));
    Capture::of_streams(Link::Ethernet, &streams, &TcpOptions { mss: 300, ..TcpOptions::default() })
}

/// Where packets begin that stand behind their lengths. Without the first one: on a connection that nothing announced, one
/// byte does not tell what it is.
fn packet_starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(length) = bytes.get(at..at + 4) {
        if at > 0 {
            starts.push(at);
        }
        at += 4 + u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
    }
    starts
}

/// Direct connections whose segments end inside of every length show and give out what they do when they are not cut.
fn cut_lengths(streams: &[Stream], connections: usize) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let is_direct = |stream: &Stream| stream.bytes(Side::Client).starts_with(b"\x04\0\0\0foo\0");
    assert_eq!(streams.iter().filter(|stream| is_direct(stream)).count(), connections);
    let cut = |behind: usize| {
        let segments = streams.iter().flat_map(|stream| {
            let places = |side| packet_starts(&stream.bytes(side)).iter().map(|start| start + behind).collect();
            let how = match is_direct(stream) && behind > 0 {
                true => Segmentation::Cut(Cuts { client: places(Side::Client), server: places(Side::Server) }),
                false => Segmentation::AsSent,
            };
            segments(stream, &TcpOptions::cut(how))
        });
        tshark.store(&Capture::of_segments(Link::Ethernet, segments.collect())?)
    };
    let once = Options::default();
    let whole = cut(0)?;
    let expected = contents(&pdus(&tshark.pdml(&whole, &only_msn(&once))?));
    let given = objects(&tshark, &whole, &once)?;
    assert!(!given.is_empty(), "no objects");
    let mut failures = Vec::new();
    for behind in 1..=3 {
        let stored = cut(behind)?;
        for (passes, options) in [("one pass", once.clone()), ("two passes", once.clone().two_passes())] {
            let found = contents(&pdus(&tshark.pdml(&stored, &only_msn(&options))?));
            let place = format!("{behind} bytes into each length, {passes}");
            failures.extend(difference(&expected, &found).map(|what| format!("{place}: {what}")));
            let objects = objects(&tshark, &stored, &options)?;
            if objects != given {
                failures.push(format!("{place}: {} objects of {}", objects.len(), given.len()));
            }
        }
        any_order(&tshark, &stored)?;
    }
    verdict(failures)
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
    for name in OBJECTS {
        let path = capture_folder().join(format!("{name}.pcap"));
        assert!(known.contains(&path), "there is no {name}");
        trials.push(Trial::test(format!("{name} read filters"), move || read_filters(&short_segments(name)?)));
        let cut = move || run(|tshark| tshark.store(&short_segments(name)?));
        trials.push(Trial::test(format!("{name} short segments"), cut));
    }
    for (name, connections) in DIRECT {
        let streams = move || -> anyhow::Result<Vec<Stream>> {
            let real = capture_folder().join(format!("{name}.pcap"));
            if real.exists() {
                return Ok(restream(&Capture::read(&real)?));
            }
            let path = all()?.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == name));
            Ok(Transcript::read(&path.expect("the transcript is in the package"))?.streams())
        };
        trials.push(Trial::test(format!("{name} cut lengths"), move || cut_lengths(&streams()?, connections)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}
