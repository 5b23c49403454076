// SPDX-License-Identifier: GPL-2.0-or-later
//! Packets of which the capture kept the beginning only, on every road.

mod common;

use common::{Check, none, real};
use msn_tests::gateway::{Plan, rewrite};
use msn_tests::pcap::{Capture, Link, Stream, TcpOptions};
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::proxy::Proxy;
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Tshark};
use std::collections::HashMap;

/// What old tools kept of a packet.
const SNAP: usize = 96;
/// A little more, that no request for a tunnel is cut between CR and LF: http of Wireshark 4.4 takes such a one for no
/// request, and the answer to it for one that ends with the connection.
const SNAP_OF_PROXY: usize = 100;

/// The PDUs of the streams when packets are cut at `length`, in one pass and in two, which must agree.
fn cut(tshark: &Tshark, capture: Capture, length: usize) -> Result<Vec<Pdu>, anyhow::Error> {
    cut_as(tshark, capture, length, &Options::default())
}

fn cut_as(tshark: &Tshark, capture: Capture, length: usize, how: &Options) -> Result<Vec<Pdu>, anyhow::Error> {
    let stored = tshark.store(&capture.snapped(length))?;
    let read =
        |options: &Options| -> Result<Vec<Pdu>, anyhow::Error> { Ok(pdus(&tshark.pdml(&stored, &only_msn(options))?)) };
    let found = read(how)?;
    let again = read(&how.clone().two_passes())?;
    let contents = |pdus: &[Pdu]| -> Vec<Vec<String>> { pdus.iter().map(Pdu::content).collect() };
    assert_eq!(contents(&found), contents(&again), "cut at {length}");
    Ok(found)
}

fn packets(streams: &[Stream]) -> Result<Capture, anyhow::Error> {
    Capture::of_streams(Link::Ethernet, streams, &TcpOptions::default())
}

/// How often each field has each value.
fn counted(pdus: &[Pdu], names: &[&str]) -> HashMap<String, usize> {
    let mut out = HashMap::new();
    for field in pdus.iter().flat_map(|pdu| names.iter().flat_map(|name| pdu.all(name))) {
        *out.entry(format!("{}={}", field.name, field.show)).or_insert(0) += 1;
    }
    out
}

/// Lines for each thing that is shown of cut packets and not, or not as often, of whole ones, and for wrong verdicts.
fn invented(name: &str, whole: &[Pdu], found: &[Pdu], names: &[&str]) -> Vec<String> {
    let all = counted(whole, names);
    let more = |(value, count): (String, usize)| {
        // A text may end where the capture cut it.
        let begun = value.contains("email=") && all.keys().any(|whole| whole.starts_with(&value));
        (!begun && count > all.get(&value).copied().unwrap_or(0)).then(|| format!("{name}: {value}, {count} times"))
    };
    let mut failures: Vec<String> = counted(found, names).into_iter().filter_map(more).collect();
    failures
        .extend(found.iter().filter(|pdu| pdu.is_malformed()).map(|pdu| format!("{name}: malformed {}", pdu.label())));
    failures
}

fn words(pdus: &[Pdu]) -> Vec<&str> {
    pdus.iter().filter_map(Pdu::word).collect()
}

#[test]
fn proxies_change_nothing_of_what_is_left() -> Check {
    let tshark = Tshark::new()?;
    let stream = real("msnp12-basic-pecan-escargot")?.streams.into_iter().next().ok_or("no connection")?;
    let plain = cut(&tshark, packets(std::slice::from_ref(&stream))?, SNAP_OF_PROXY)?;
    assert!(words(&plain).len() > 40, "{}", words(&plain).len());
    let mut failures = Vec::new();
    // Some of these ports are those of other protocols.
    let looking = Options::default().preference("msn.look_on_other_ports:TRUE");
    for kind in Proxy::ALL {
        // On a port that is nobody's, http does not recognise a request for a tunnel that was cut, but its answer.
        let free = if kind == Proxy::HttpConnect { 3128 } else { 9050 };
        for port in [1080, 8080, free] {
            for target in [1863, 80].into_iter().take(if kind == Proxy::HttpConnect { 2 } else { 1 }) {
                let moved = stream.relocated(stream.client, ([192, 0, 2, 10], target).into(), Default::default());
                let through = kind.through(&moved, ([192, 0, 2, 99], port).into());
                let found = cut_as(&tshark, packets(&[through])?, SNAP_OF_PROXY, &looking)?;
                if words(&found) != words(&plain) {
                    let counts = (words(&found).len(), words(&plain).len());
                    failures.push(format!("{kind:?} on {port} to {target}: {counts:?}"));
                }
            }
        }
    }
    none(failures)
}

#[test]
fn the_gateway_shows_what_is_left() -> Check {
    let tshark = Tshark::new()?;
    let streams = real("msnp9-p2p-libpurple2.0.0-escargot")?.streams;
    let rewritten: Vec<Stream> = (0u16..)
        .zip(&streams)
        .flat_map(|(n, stream)| {
            let plan = Plan { carriers: 2, ..Plan::default() };
            rewrite(stream, &plan, u32::from(n), 20_000 + n * 100)
        })
        .collect();
    let capture = packets(&rewritten)?;
    let names = ["msn.command", "msn.error", "msn.trid", "msn.gateway.session_id", "msn.email"];
    let whole = cut(&tshark, capture.clone(), 65_535)?;
    let mut failures = Vec::new();
    let mut seen = Vec::new();
    // Heads alone are longer than 96 bytes of a packet; from 400 on there are whole bodies.
    for length in [60, SNAP, 300, 400] {
        let found = cut(&tshark, capture.clone(), length)?;
        failures.extend(invented(&format!("cut at {length}"), &whole, &found, &names));
        seen.push(words(&found).len());
    }
    assert!(seen.is_sorted() && seen.last().is_some_and(|&most| most > 20), "{seen:?} of {}", words(&whole).len());
    none(failures)
}

#[test]
fn connections_between_clients_show_what_is_left() -> Check {
    let tshark = Tshark::new()?;
    let names = [
        "msnp2p.session_id",
        "msnp2p.nonce",
        "msnftp.command",
        "msnftp.file_size",
        "msn.command",
        // What is wrong with a length or a place can be told of whole packets only.
        "msn.expert.p2p_length",
        "msn.expert.p2p_overlap",
    ];
    let mut failures = Vec::new();
    for (name, protocol) in
        [("msnp18-directconn-libpurple2.10.9-escargot", "msnp2p"), ("msnp12-msnftp-amsn-escargot", "msnftp")]
    {
        let capture = Capture::read(&capture_folder().join(format!("{name}.pcap")))?;
        let whole = cut(&tshark, capture.clone(), 65_535)?;
        for length in [SNAP, 130, 300] {
            let found = cut(&tshark, capture.clone(), length)?;
            failures.extend(invented(&format!("{name} cut at {length}"), &whole, &found, &names));
            let ours =
                |pdus: &[Pdu]| pdus.iter().filter(|pdu| pdu.protos.first().is_some_and(|p| p.name == protocol)).count();
            if length >= 130 && ours(&found) == 0 {
                failures.push(format!("{name} cut at {length}: none of {} {protocol}", ours(&whole)));
            }
        }
    }
    none(failures)
}
