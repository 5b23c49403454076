// SPDX-License-Identifier: GPL-2.0-or-later
//! Proxies and ports: whatever stands between the parties, the same fields come out, without any setting.

mod common;

use common::{Check, none, real};
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::proxy::Proxy;
use msn_tests::tshark::{Options, Tshark};
use msn_tests::variants::difference;
use std::net::SocketAddr;
use std::time::Duration;

/// Time from one connection of a capture to the next.
const LATER: Duration = Duration::from_secs(100);

/// Connections of one capture, one after the other, told apart by the client's port.
#[derive(Default)]
struct Many {
    streams: Vec<Stream>,
    names: Vec<(u16, String)>,
}

impl Many {
    /// Adds the connection, to a server on this port, changed by `through`.
    fn add(&mut self, name: String, stream: &Stream, port: u16, through: impl Fn(&Stream) -> Stream) {
        let client_port = 40_000 + self.names.len() as u16;
        let server = SocketAddr::new([192, 0, 2, 10].into(), port);
        let later = LATER * self.names.len() as u32;
        let moved = stream.relocated(([192, 0, 2, 1], client_port).into(), server, later);
        self.streams.push(through(&moved));
        self.names.push((client_port, name));
    }

    /// Lines that say where a connection differs from the first one.
    fn differences(&self, tshark: &Tshark, options: &Options) -> Result<Vec<String>, anyhow::Error> {
        let capture = Capture::of_streams(Link::Ethernet, &self.streams, &TcpOptions::default())?;
        let seen = pdus(&tshark.pdml(&tshark.store(&capture)?, &only_msn(options))?);
        let of = |port: u16, side: Side| -> Vec<Vec<String>> {
            let ours = |pdu: &&Pdu| match side {
                Side::Client => pdu.source_port == port,
                Side::Server => pdu.destination_port == port,
            };
            seen.iter().filter(ours).map(Pdu::content).collect()
        };
        let mut failures = Vec::new();
        let Some((first, others)) = self.names.split_first() else { return Ok(failures) };
        for side in [Side::Client, Side::Server] {
            let expected = of(first.0, side);
            assert!(expected.len() > 5, "{side:?} {}", expected.len());
            for (port, name) in others {
                let wrong = difference(&expected, &of(*port, side));
                failures.extend(wrong.map(|what| format!("{name} {side:?}: {what}")));
            }
        }
        Ok(failures)
    }
}

fn signed_in() -> Result<Stream, Box<dyn std::error::Error>> {
    let group = real("msnp12-basic-pecan-escargot")?;
    Ok(group.streams.into_iter().find(|stream| stream.server.port() == 1863).ok_or("no connection")?)
}

fn proxy(port: u16) -> SocketAddr {
    ([192, 0, 2, 99], port).into()
}

#[test]
fn every_proxy_on_its_usual_and_on_other_ports() -> Check {
    let stream = signed_in()?;
    let mut many = Many::default();
    many.add("plain".into(), &stream, 1863, Stream::clone);
    for kind in Proxy::ALL {
        // Ports that Wireshark gives to the other kind of proxy are left out: the first dissector that owns a port wins.
        let ports = if kind == Proxy::HttpConnect { [3128, 8080, 23_456] } else { [1080, 9050, 23_456] };
        for port in ports {
            for target in [1863, 1864, 443, 5190] {
                let name = format!("{kind:?} on {port} to {target}");
                many.add(name, &stream, target, |moved| kind.through(moved, proxy(port)));
            }
        }
    }
    let tshark = Tshark::new()?;
    let mut failures = many.differences(&tshark, &Options::default())?;
    failures.extend(many.differences(&tshark, &Options::default().two_passes())?);
    none(failures)
}

#[test]
fn a_port_that_nothing_announced_is_found_by_the_first_line() -> Check {
    let stream = signed_in()?;
    let mut many = Many::default();
    many.add("plain".into(), &stream, 1863, Stream::clone);
    for port in [1864, 7777, 443, 5190, 23_456] {
        many.add(format!("port {port}"), &stream, port, Stream::clone);
    }
    none(many.differences(&Tshark::new()?, &Options::default())?)
}

/// A switchboard whose address a notification server announced, and which the first line does not betray.
#[test]
fn announced_ports_of_others_are_msn() -> Check {
    let tshark = Tshark::new()?;
    let mut failures = Vec::new();
    for port in [443, 80, 21, 25, 1080, 6667, 1865] {
        let mut streams = Vec::new();
        let client = |n: u16| SocketAddr::from(([192, 0, 2, 1], n));
        let board = SocketAddr::from(([192, 0, 2, 20], port));
        let mut notification = Stream::new(client(3000), ([192, 0, 2, 10], 1863).into());
        notification.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
        notification.send(Side::Client, "XFR 5 SB\r\n");
        notification.send(Side::Server, format!("XFR 5 SB {board} CKI 17262740.1050826919.32308\r\n"));
        streams.push(notification);
        // Every connection to the server, not only the next one.
        for n in 0..2u64 {
            let mut chat = Stream::new(client(3001 + n as u16), board);
            chat.send(Side::Client, "CAL 2 bob@example.com\r\n").send(Side::Server, "CAL 2 RINGING 11752013\r\n");
            chat.send(Side::Server, "JOI bob@example.com Bob\r\n").send(Side::Client, "OUT\r\n");
            let (from, to) = (chat.client, chat.server);
            streams.push(chat.relocated(from, to, Duration::from_secs(1 + n)));
        }
        let capture = Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?;
        for options in [Options::default(), Options::default().two_passes()] {
            let seen = pdus(&tshark.pdml(&tshark.store(&capture)?, &only_msn(&options))?);
            for n in 0..2 {
                let ours = |pdu: &&Pdu| pdu.source_port == 3001 + n || pdu.destination_port == 3001 + n;
                let words: Vec<_> = seen.iter().filter(ours).filter_map(Pdu::word).collect();
                if words != ["CAL", "CAL", "JOI", "OUT"] {
                    failures.push(format!("port {port}, connection {n}: {words:?}"));
                }
            }
        }
    }
    none(failures)
}

#[test]
fn decode_as_and_the_port_range_are_obeyed() -> Check {
    let tshark = Tshark::new()?;
    let mut chat = Stream::new(([192, 0, 2, 1], 3001).into(), ([192, 0, 2, 20], 9100).into());
    chat.send(Side::Client, "CAL 2 bob@example.com\r\n").send(Side::Server, "CAL 2 RINGING 11752013\r\n");
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &[chat], &TcpOptions::default())?)?;
    let count = |options: Options| -> Result<usize, anyhow::Error> {
        Ok(pdus(&tshark.pdml(&stored, &only_msn(&options))?).len())
    };
    assert_eq!(count(Options::default())?, 0);
    assert_eq!(count(Options::default().decode_as("tcp.port==9100,msn"))?, 2);
    assert_eq!(count(Options::default().preference("msn.tcp.port:1863,9000-9200"))?, 2);
    Ok(())
}
