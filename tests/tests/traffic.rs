// SPDX-License-Identifier: GPL-2.0-or-later
//! The generated benchmark traffic is what it says it is.

use msn_tests::pcap::{Capture, Side, restream};
use msn_tests::traffic::{SHAPES, Shape, Traffic, Web};
use msn_tests::tshark::{Options, Tshark};
use std::collections::HashSet;

/// Reads a direction as a sequence of commands by their shape alone; gives the words, or where it fails.
fn words(mut bytes: &[u8]) -> Result<Vec<String>, String> {
    const PAYLOAD: [&str; 5] = ["MSG", "UBX", "ADL", "QRY", "GCF"];
    let mut words = Vec::new();
    while let Some(end) = bytes.iter().position(|&b| b == b'\n') {
        let line = String::from_utf8_lossy(&bytes[..end]).trim_end().to_owned();
        let word = line.split(' ').next().unwrap_or_default().to_owned();
        if word.len() != 3 || !word.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(format!("{line:?} behind {words:?}"));
        }
        let last = line.split(' ').next_back().and_then(|token| token.parse().ok());
        // The answers to ADL and QRY have no payload: they end in OK or in their TrID.
        let answer = word == "QRY" && line.split(' ').count() == 2;
        let payload = if PAYLOAD.contains(&word.as_str()) && !answer { last.unwrap_or(0) } else { 0 };
        // The capture may end within a payload.
        bytes = &bytes[(end + 1 + payload).min(bytes.len())..];
        words.push(word);
    }
    Ok(words)
}

#[test]
fn traffic_is_repeatable_mixed_and_well_formed() {
    let traffic = Traffic { packets: 20_000, seed: 5 };
    let capture = traffic.capture().expect("a capture");
    assert_eq!(capture.packets.len(), 20_000);
    assert_eq!(capture, traffic.capture().expect("a capture"));
    assert_ne!(capture, Traffic { seed: 6, ..traffic }.capture().expect("a capture"));
    assert!(capture.packets.windows(2).all(|w| w[0].time <= w[1].time));
    let data = capture.data_packets().len();
    assert!((10_000..15_000).contains(&data), "{data} packets with data: the others are acknowledgements");

    let streams = restream(&Capture { packets: capture.packets, link: capture.link });
    assert!((20..200).contains(&streams.len()), "{} streams", streams.len());
    let mut ports = HashSet::new();
    let mut seen = HashSet::new();
    for stream in &streams {
        assert!(ports.insert(stream.client), "{} is used twice", stream.client);
        assert_eq!(stream.server.port(), 1863);
        for side in [Side::Client, Side::Server] {
            seen.extend(words(&stream.bytes(side)).unwrap_or_else(|e| panic!("{}: {e}", stream.client)));
        }
    }
    for word in ["VER", "LST", "ILN", "NLN", "UBX", "ADL", "MSG", "ACK", "RNG", "XFR", "CAL", "ANS", "JOI", "PNG"] {
        assert!(seen.contains(word), "no {word} in {seen:?}");
    }
}

#[test]
fn web_traffic_is_repeatable_and_on_the_ports_of_http() {
    let web = Web { packets: 5_000, seed: 5 };
    let capture = web.capture().expect("a capture");
    assert_eq!(capture.packets.len(), 5_000);
    assert_eq!(capture, web.capture().expect("a capture"));
    let streams = restream(&capture);
    assert!(streams.len() > 20, "{} streams", streams.len());
    for stream in &streams {
        assert!([80, 8080].contains(&stream.server.port()));
        let asked = stream.bytes(Side::Client);
        assert!(asked.is_empty() || asked.starts_with(b"GET ") || asked.starts_with(b"POST "));
    }
}

/// For each kind of traffic the fields of which its dissector has one in each unit.
const UNITS: [(&str, &[&str]); 9] = [
    ("chat", &["msn.command"]),
    ("presence", &["msn.command"]),
    ("small-p2p", &["msn.command"]),
    ("irc", &["irc.request.command", "irc.response.command"]),
    ("smtp", &["smtp.req.command", "smtp.response.code"]),
    ("imap", &["imap.isrequest"]),
    ("http", &["http.request", "http.response"]),
    ("sip", &["sip.CSeq.method"]),
    ("xmpp", &["xmpp.iq", "xmpp.message", "xmpp.presence", "xmpp.stream"]),
];

#[test]
fn traffic_of_one_kind_is_decoded_unit_by_unit() -> Result<(), Box<dyn std::error::Error>> {
    let tshark = Tshark::new()?;
    assert_eq!(SHAPES.each_ref().map(|shape| shape.name), UNITS.map(|(name, _)| name));
    for (name, fields) in UNITS {
        let shape = Shape::named(name).ok_or(name)?;
        let shaped = shape.capture(1_000, 5)?;
        assert!(shaped.capture.packets.len() >= 1_000 && shaped.units >= 300, "{name}: {} units", shaped.units);
        let stored = tshark.store(&shaped.capture)?;
        let asked = [fields, &["_ws.malformed"]].concat();
        let rows = tshark.fields(&stored, &asked, &Options::default())?;
        let seen: usize = rows.iter().flat_map(|row| &row[..fields.len()]).map(Vec::len).sum();
        assert_eq!(seen, shaped.units, "{name}");
        assert!(rows.iter().all(|row| row[fields.len()].is_empty()), "{name}: something is malformed");
    }
    Ok(())
}

#[test]
fn traffic_of_one_kind_is_repeatable_and_on_its_port() {
    for shape in &SHAPES {
        let shaped = shape.capture(3_000, 5).expect("a capture");
        assert_eq!(shaped.capture, shape.capture(3_000, 5).expect("a capture").capture, "{}", shape.name);
        let streams = restream(&shaped.capture);
        assert!((5..20).contains(&streams.len()), "{}: {} streams", shape.name, streams.len());
        for stream in &streams {
            assert_eq!(stream.server.port(), shape.port, "{}", shape.name);
            // A low port could belong to a protocol that Wireshark looks for first.
            assert!(stream.client.port() >= 49152, "{}", shape.name);
        }
    }
}
