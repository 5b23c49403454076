// SPDX-License-Identifier: GPL-2.0-or-later
//! How the plugin presents itself to Wireshark: name and version, ports, heuristics, Decode As, fields, columns.

mod common;

use common::{Check, connection};
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Tshark};
use std::collections::BTreeSet;

fn report(tshark: &Tshark, name: &str) -> anyhow::Result<String> {
    let output = tshark.run(&["-G", name], &Options::default())?;
    Ok(String::from_utf8(output.stdout)?)
}

fn capture(streams: &[Stream]) -> anyhow::Result<Capture> {
    Capture::of_streams(Link::Ethernet, streams, &TcpOptions::default())
}

/// What one client and one server line on a port are taken for.
fn protocols(tshark: &Tshark, port: u16, client: &str, server: &str, options: &Options) -> anyhow::Result<Vec<String>> {
    let mut stream = connection(50000, port);
    stream.send(Side::Client, client).send(Side::Server, server);
    let stored = tshark.store(&capture(&[stream])?)?;
    let rows = tshark.fields(&stored, &["frame.protocols", "tcp.len"], options)?;
    let last = |row: &Vec<Vec<String>>| row[0].join("").rsplit(':').next().unwrap_or_default().to_owned();
    Ok(rows.iter().filter(|row| row[1] != ["0"]).map(last).collect())
}

#[test]
fn the_plugin_shows_name_version_and_type() -> Check {
    let plugins = report(&Tshark::new()?, "plugins")?;
    let line = plugins.lines().find(|line| line.starts_with("msn.so")).ok_or("msn.so is not listed")?;
    let columns: Vec<_> = line.split('\t').map(str::trim).collect();
    assert_eq!(columns[1], env!("CARGO_PKG_VERSION"), "{line}");
    assert_eq!(columns[2], "dissector", "{line}");
    Ok(())
}

/// The field names that users write in filters; they may be added to, never renamed.
const FIELDS: &str = "
    msn.command msn.trid msn.direction msn.server msn.version msn.account msn.parameter msn.payload_length msn.payload
    msn.continuation msn.error
    msn.email msn.friendly_name msn.contact_id msn.group_id msn.group_name msn.list msn.lists msn.lists.forward
    msn.lists.allow msn.lists.block msn.lists.reverse msn.lists.pending msn.network_id msn.endpoint
    msn.status msn.capabilities msn.capabilities_ex
    msn.client.version msn.client.name msn.os.type msn.os.version msn.lcid msn.architecture
    msn.auth.scheme msn.auth.phase msn.auth.ticket msn.auth.challenge msn.auth.response msn.policy msn.nonce
    msn.challenge msn.challenge.product_id msn.challenge.response
    msn.server.address msn.server.port msn.cookie msn.session_id msn.object
    msn.expert.malformed_line msn.expert.unknown_command msn.expert.parameter_count msn.expert.error_reply
    msn.expert.continuation msn.expert.inferred msn.expert.parameter_missing msn.expert.other_layout
    msn.expert.unknown_error msn.expert.internal_error";

#[test]
fn every_promised_field_is_registered() -> Check {
    let text = report(&Tshark::new()?, "fields")?;
    let known: BTreeSet<&str> =
        text.lines().filter(|line| line.starts_with('F')).filter_map(|line| line.split('\t').nth(2)).collect();
    let missing: Vec<_> = FIELDS.split_whitespace().filter(|name| !known.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    Ok(())
}

#[test]
fn the_plugin_takes_its_port_and_leaves_msnms_reachable() -> Check {
    let tshark = Tshark::new()?;
    let usual = Options::default();
    let (client, server) = ("VER 1 MSNP8 CVR0\r\n", "VER 1 MSNP8 CVR0\r\n");
    assert_eq!(protocols(&tshark, 1863, client, server, &usual)?, ["msn", "msn"]);
    let msnms = usual.clone().decode_as("tcp.port==1863,msnms");
    assert_eq!(protocols(&tshark, 1863, client, server, &msnms)?, ["msnms", "msnms"]);
    // Lines that no heuristic takes.
    let (client, server) = ("PNG\r\n", "QNG 4\r\n");
    assert_eq!(protocols(&tshark, 5190, client, server, &usual.clone().decode_as("tcp.port==5190,msn"))?, ["msn"; 2]);
    let ports = usual.clone().preference("msn.tcp.port:1863,5000-5002");
    assert_eq!(protocols(&tshark, 5001, client, server, &ports)?, ["msn"; 2]);
    assert_eq!(protocols(&tshark, 1863, client, server, &ports)?, ["msn"; 2]);
    assert_ne!(protocols(&tshark, 5003, client, server, &ports)?, ["msn"; 2]);
    Ok(())
}

#[test]
fn first_client_lines_are_known_on_any_port() -> Check {
    let tshark = Tshark::new()?;
    let mut streams = Vec::new();
    let ours = [
        ("VER 1 MSNP18 MSNP17 CVR0\r\n", "VER 1 MSNP18\r\n"),
        ("VER 0 MSNP2\r\n", "VER 0 MSNP2\r\n"),
        ("USR 1 alice@example.com 11752013.1050826919.32308\r\n", "USR 1 OK alice@example.com Alice\r\n"),
        ("USR 1 alice@example.com;{44bfd5a4-7450-4bba-ba6e-2a3d5f3c8e21} 1.2.3\r\n", "911 1\r\n"),
        ("ANS 1 bob@example.com 849102291.520491113 11752013\r\n", "ANS 1 OK\r\n"),
        // Session identifiers of one server are hexadecimal.
        ("ANS 1 bob@example.com 3a35ff7219dd2d93af0c 4300371d6f7bf134ac9e971c0445120\r\n", "ANS 1 OK\r\n"),
    ];
    let others = [
        ("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"),
        ("VER MSNFTP\r\n", "VER MSNFTP\r\n"),
        ("VERSION 1 MSNP8\r\n", "OK\r\n"),
        ("USER alice\r\n", "+OK\r\n"),
        ("USR alice@example.com\r\n", "no\r\n"),
        ("ANSWER 42\r\n", "no\r\n"),
        ("EHLO mail.example.com\r\n", "250 OK\r\n"),
        ("NICK alice\r\n", ":irc.example.com 001 alice\r\n"),
        ("\0\0\0\u{1}\0\0\0\u{2}", "\0\0\0\u{3}"),
    ];
    for (number, (client, server)) in ours.iter().chain(&others).enumerate() {
        let mut stream = connection(50000 + number as u16, 1864 + number as u16);
        stream.send(Side::Client, *client).send(Side::Server, *server);
        streams.push(stream);
    }
    let stored = tshark.store(&capture(&streams)?)?;
    let rows = tshark.fields(&stored, &["tcp.stream"], &Options::filter("msn"))?;
    let claimed: Vec<String> = rows.into_iter().flat_map(|row| row.into_iter().flatten()).collect();
    let expected: Vec<String> = (0..ours.len()).flat_map(|n| [n.to_string(), n.to_string()]).collect();
    let mut claimed_sorted = claimed.clone();
    claimed_sorted.sort();
    assert_eq!(claimed_sorted, expected);
    Ok(())
}

/// Longest line that a packet list can sensibly show.
const LONGEST_INFO: usize = 512;

#[test]
fn columns_read_like_the_conversation() -> Check {
    let tshark = Tshark::new()?;
    for name in ["msnp18-basic-libpurple2.10.9-escargot", "msnp12-chat-amsn-escargot"] {
        let stored = tshark.store_file(&capture_folder().join(format!("{name}.pcap")))?;
        let pdus = pdus(&tshark.pdml(&stored, &only_msn(&Options::default()))?);
        let summary = tshark.summary(&stored, &Options::default())?;
        for line in &summary {
            let words: Vec<_> =
                pdus.iter().filter(|pdu| pdu.frame == line.frame).filter_map(|pdu| pdu.word()).collect();
            if words.is_empty() {
                continue;
            }
            assert_eq!(line.protocol, "MSNP", "{line:?}");
            assert!(line.info.chars().all(|c| !c.is_control()), "{line:?}");
            assert!(line.info.chars().count() <= LONGEST_INFO, "{line:?}");
            // One entry for each command, in order, as far as the line goes.
            let mut rest = line.info.as_str();
            for word in words.iter().take(5) {
                let at = rest.find(word).ok_or_else(|| format!("no {word} in {line:?}"))?;
                rest = &rest[at + word.len()..];
            }
        }
        assert!(summary.iter().filter(|line| line.protocol == "MSNP").count() > 30);
    }
    Ok(())
}
