// SPDX-License-Identifier: GPL-2.0-or-later
//! MSN inside TLS that Wireshark can decrypt: by the first line, by Decode As, and as gateway over HTTPS.

mod common;

use common::{Check, connection, none};
use msn_tests::gateway::{Plan, rewrite};
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::pdu::{Pdu, pdus};
use msn_tests::tls::encrypted;
use msn_tests::tshark::{Options, Tshark};
use std::net::SocketAddr;
use std::time::Duration;

fn signed_in() -> Stream {
    let mut stream = connection(3000, 1863);
    stream.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
    stream.send(Side::Client, "USR 2 TWN I alice@example.com\r\n").send(Side::Server, "USR 2 TWN S lc=1033\r\n");
    stream.send(Side::Client, "UUX 3 18\r\n<Data>x</Data>\r\n\r\n").send(Side::Server, "UUX 3 0\r\n");
    stream
}

/// Words with their account, as sign that state was kept.
fn words(found: &[Pdu]) -> Vec<String> {
    let account = |pdu: &Pdu| pdu.show("msn.account").unwrap_or("-").to_owned();
    found.iter().map(|pdu| format!("{} {}", pdu.word().unwrap_or("?"), account(pdu))).collect()
}

#[test]
fn decrypted_connections_are_found() -> Check {
    let tshark = Tshark::new()?;
    let folder = tempfile::tempdir()?;
    let mut failures = Vec::new();
    let mut chat = connection(3000, 1863);
    chat.send(Side::Client, "CAL 2 bob@example.com\r\n").send(Side::Server, "CAL 2 RINGING 11752013\r\n");
    let plain = signed_in();
    let mut over_https = rewrite(&plain, &Plan::default(), 1, 3000);
    let gateway = over_https.pop().ok_or("no gateway connection")?;
    let mut expected = Vec::new();
    for version in ["-tls1_2", "-tls1_3"] {
        let key_log = folder.path().join(format!("keys{version}"));
        let wires = [&plain, &gateway, &chat].map(|stream| encrypted(stream, version, &key_log));
        let [plain_wire, gateway_wire, chat_wire] = wires;
        let (plain_wire, gateway_wire, chat_wire) = (plain_wire?, gateway_wire?, chat_wire?);
        let keys = tshark.store_file(&key_log)?;
        let decrypt = Options::default().preference(&format!("tls.keylog_file:{}", keys.path().display()));
        let dissect = |stream: &Stream, port: u16, options: &Options| -> anyhow::Result<Vec<String>> {
            let server = SocketAddr::new(stream.server.ip(), port);
            let moved = stream.relocated(stream.client, server, Duration::ZERO);
            let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &[moved], &TcpOptions::default())?)?;
            Ok(words(&pdus(&tshark.pdml(&stored, options)?)))
        };
        expected = dissect(&plain, 1863, &Options::default())?;
        assert_eq!(expected.len(), 6, "{expected:?}");
        assert_eq!(expected.last().map(String::as_str), Some("UUX alice@example.com"));
        let as_msn = decrypt.clone().decode_as("tls.port==443,msn");
        let cases = [
            ("first line on 443", dissect(&plain_wire, 443, &decrypt)?, expected.clone()),
            ("first line on 9443", dissect(&plain_wire, 9443, &decrypt)?, expected.clone()),
            ("two passes", dissect(&plain_wire, 443, &decrypt.clone().two_passes())?, expected.clone()),
            ("gateway over HTTPS", dissect(&gateway_wire, 443, &decrypt)?, expected.clone()),
            ("Decode As", dissect(&chat_wire, 443, &as_msn)?, vec!["CAL -".into(), "CAL -".into()]),
            ("no sign of MSN", dissect(&chat_wire, 443, &decrypt)?, Vec::new()),
            ("no keys", dissect(&plain_wire, 443, &Options::default())?, Vec::new()),
        ];
        for (name, found, wanted) in cases {
            if found != wanted {
                failures.push(format!("{version} {name}: {found:?}"));
            }
        }
    }
    assert!(!expected.is_empty());
    none(failures)
}
