// SPDX-License-Identifier: GPL-2.0-or-later
//! Damage inside of transfers, by every carrier: a file of which something was lost is not exported, and the tree says
//! that it is incomplete; repetition and reordering change nothing; every other file comes out exactly as before.

use libtest_mimic::{Arguments, Failed, Trial};
use msn_tests::carry::{directly, in_sdg, packets};
use msn_tests::pcap::{Capture, Link, Stream, TcpOptions, restream};
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Tshark};
use sha1::{Digest, Sha1};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// Late segments go to dissectors in their place only when Wireshark is asked to do so.
const IN_ORDER: &str = "tcp.reassemble_out_of_order:TRUE";

/// Frames with the fragments of each object that was put together, by its size; one list for each side of a
/// switchboard.
type Wholes = BTreeMap<u64, Vec<Vec<u32>>>;

fn wholes(tshark: &Tshark, capture: &Capture) -> anyhow::Result<Wholes> {
    let stored = tshark.store(capture)?;
    let options = Options::filter("msn.transfer").arg("-J").arg("frame msn msnp2p msnftp");
    let mut wholes = Wholes::new();
    for packet in tshark.pdml(&stored, &options)? {
        // Of the windows of a large file only the last ones are shown.
        let sizes: Vec<u64> = packet.shows("msn.transfer.size").iter().filter_map(|size| size.parse().ok()).collect();
        let names = ["msnp2p.fragment", "msn.fragment"];
        let frames = names.iter().flat_map(|name| packet.shows(name)).filter_map(|frame| frame.parse().ok());
        let frames: BTreeSet<u32> = frames.collect();
        if let ([size], true) = (&sizes[..], frames.len() > 1) {
            wholes.entry(*size).or_default().push(frames.into_iter().collect());
        }
    }
    Ok(wholes)
}

/// SHA-1 of each object, and its size.
type Objects = BTreeSet<(Vec<u8>, u64)>;

fn exported(tshark: &Tshark, capture: &Capture, options: &Options) -> anyhow::Result<Objects> {
    let objects = tshark.export_objects(&tshark.store(capture)?, "msn", options)?;
    Ok(objects.into_values().map(|bytes| (Sha1::digest(&bytes).to_vec(), bytes.len() as u64)).collect())
}

fn says_incomplete(tshark: &Tshark, capture: &Capture) -> anyhow::Result<bool> {
    let options = Options::filter("msn.expert.transfer_incomplete").two_passes();
    Ok(!tshark.fields(&tshark.store(capture)?, &["frame.number"], &options)?.is_empty())
}

/// Strikes a frame in the middle of each copy of the object of this size.
fn check(tshark: &Tshark, capture: &Capture, clean: &Objects, size: u64, wholes: &Wholes) -> Result<(), Failed> {
    let victims: BTreeSet<u32> = wholes[&size].iter().map(|frames| frames[(frames.len() - 1) / 2]).collect();
    let indices: Vec<usize> = victims.iter().map(|frame| *frame as usize - 1).collect();
    let plain = Options::default();
    let lost = capture.clone().without(&indices);
    let found = exported(tshark, &lost, &plain)?;
    let strange: Vec<_> = found.difference(clean).collect();
    assert!(strange.is_empty(), "{size} bytes, loss: {strange:?} was never sent");
    assert!(!found.iter().any(|object| object.1 == size), "{size} bytes, loss: exported as if whole");
    assert!(says_incomplete(tshark, &lost)?, "{size} bytes, loss: nothing says that it is incomplete");
    for (other, copies) in wholes {
        if !copies.iter().flatten().any(|frame| victims.contains(frame)) {
            assert!(found.iter().any(|object| object.1 == *other), "{size} bytes, loss: {other} bytes are gone too");
        }
    }
    let mut repeated = capture.clone();
    let mut late = capture.clone();
    for &index in indices.iter().rev() {
        let copy = repeated.packets[index].clone();
        let at = (index + 3).min(repeated.packets.len());
        repeated.packets.insert(at, copy);
        late.delay(index, 2);
    }
    for packet in 1..repeated.packets.len() {
        repeated.packets[packet].time = repeated.packets[packet].time.max(repeated.packets[packet - 1].time);
    }
    assert_eq!(exported(tshark, &repeated, &plain)?, *clean, "{size} bytes, repetition");
    let in_order = Options::default().preference(IN_ORDER);
    assert_eq!(exported(tshark, &late, &in_order)?, *clean, "{size} bytes, reordering");
    Ok(())
}

fn damage(capture: &Capture, least: usize) -> Result<(), Failed> {
    let tshark = Tshark::new()?;
    let clean = exported(&tshark, capture, &Options::default())?;
    let wholes = wholes(&tshark, capture)?;
    assert!(wholes.len() >= least, "only {} objects are put together: {wholes:?}", wholes.len());
    assert!(!says_incomplete(&tshark, capture)?, "something is incomplete before any damage");
    // The smallest, one of the middle, and the largest.
    let sizes: Vec<u64> = wholes.keys().copied().collect();
    let chosen: BTreeSet<u64> = [0, sizes.len() / 2, sizes.len() - 1].into_iter().map(|at| sizes[at]).collect();
    for size in chosen {
        check(&tshark, capture, &clean, size, &wholes)?;
    }
    Ok(())
}

fn read(name: &str) -> anyhow::Result<Capture> {
    Capture::read(&capture_folder().join(format!("{name}-escargot.pcap")))
}

/// The conversation of a capture in which most peer-to-peer packets pass, sent by other means.
fn carried(name: &str, send: impl Fn(&[msn_tests::carry::Packet]) -> Stream) -> anyhow::Result<Capture> {
    let conversations: Vec<_> = restream(&read(name)?).iter().map(packets).collect();
    let largest = conversations.into_iter().max_by_key(Vec::len).unwrap_or_default();
    assert!(largest.len() > 50, "only {} packets", largest.len());
    Capture::of_streams(Link::Ethernet, &[send(&largest)], &TcpOptions::default())
}

fn main() {
    let arguments = Arguments::from_args();
    let ends = || -> (SocketAddr, SocketAddr) { (([192, 0, 2, 1], 50000).into(), ([192, 0, 2, 10], 1863).into()) };
    let direct = || -> (SocketAddr, SocketAddr) { (([192, 0, 2, 1], 50000).into(), ([192, 0, 2, 40], 6891).into()) };
    let real = |name: &'static str, least| Trial::test(name, move || damage(&read(name)?, least));
    let other = |title: &str, least, name: &'static str, send: fn(&[msn_tests::carry::Packet], _, _) -> Stream, at| {
        let (client, server): (SocketAddr, SocketAddr) = at;
        Trial::test(title, move || damage(&carried(name, |packets| send(packets, client, server))?, least))
    };
    let first = "msnp15-p2p-amsn";
    let second = "msnp18-p2p-msnpsharp3.1";
    let trials = vec![
        real("msnp9-p2p-libpurple2.0.0", 3),
        real(first, 5),
        real("msnp18-p2p-libpurple2.10.9", 2),
        real(second, 1),
        real("msnp12-msnftp-amsn", 1),
        other("version 1 over a direct connection", 1, first, |p, a, b| directly(p, 1, a, b), direct()),
        other("version 2 over a direct connection", 1, second, |p, a, b| directly(p, 2, a, b), direct()),
        other("version 2 in SDG", 1, second, |p, a, b| in_sdg(p, 1, a, b), ends()),
        other("version 2 in SDG, three at a time", 1, second, |p, a, b| in_sdg(p, 3, a, b), ends()),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}
