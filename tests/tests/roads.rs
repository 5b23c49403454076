// SPDX-License-Identifier: GPL-2.0-or-later
//! Proxies and ports: whatever stands between the parties, the same fields come out, without any setting.

mod common;

use common::{Check, none, real};
use msn_tests::pcap::{Capture, Link, Segment, Side, Stream, TcpOptions, segments};
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::proxy::Proxy;
use msn_tests::tshark::{Options, Tshark};
use msn_tests::variants::difference;
use std::net::SocketAddr;
use std::time::Duration;

/// Has MSN looked for on the ports of other protocols.
const LOOKING: &str = "msn.look_on_other_ports:TRUE";

fn looking() -> Options {
    Options::default().preference(LOOKING)
}

/// Time from one connection of a capture to the next.
const LATER: Duration = Duration::from_secs(100);

/// Connections of one capture, one after the other, told apart by the client's port.
#[derive(Default)]
struct Many {
    streams: Vec<Stream>,
    names: Vec<(u16, String)>,
    /// Connections that are there as well, and not compared.
    others: Vec<Stream>,
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
        let capture =
            Capture::of_streams(Link::Ethernet, &[&self.streams[..], &self.others].concat(), &TcpOptions::default())?;
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
        // Ports of http, of socks, and of nobody; to ports of ours, of others, and of nobody.
        for port in [1080, 3128, 8080, 80, 9050, 23_456] {
            for target in [1863, 1864, 443, 5190, 80, 8080, 1080, 21] {
                let name = format!("{kind:?} on {port} to {target}");
                many.add(name, &stream, target, |moved| kind.through(moved, proxy(port)));
            }
        }
    }
    let tshark = Tshark::new()?;
    let mut failures = many.differences(&tshark, &looking())?;
    failures.extend(many.differences(&tshark, &looking().two_passes())?);
    none(failures)
}

/// What needs no look on the ports of others is found without the preference.
#[test]
fn proxies_on_their_ports_lead_to_ports_of_ours_and_of_nobody() -> Check {
    let stream = signed_in()?;
    let mut many = Many::default();
    many.add("plain".into(), &stream, 1863, Stream::clone);
    for kind in Proxy::ALL {
        let own = if kind == Proxy::HttpConnect { [8080, 23_456] } else { [1080, 23_456] };
        for (port, target) in own.into_iter().flat_map(|port| [(port, 1863), (port, 1864)]) {
            let name = format!("{kind:?} on {port} to {target}");
            many.add(name, &stream, target, |moved| kind.through(moved, proxy(port)));
        }
    }
    let tshark = Tshark::new()?;
    let mut failures = many.differences(&tshark, &Options::default())?;
    failures.extend(many.differences(&tshark, &Options::default().two_passes())?);
    none(failures)
}

/// Without the preference, what goes to the ports of others looks as it does without the plugin, MSN or not.
#[test]
fn the_ports_of_others_are_theirs_unless_the_user_says_otherwise() -> Check {
    let tshark = Tshark::new()?;
    let stream = signed_in()?;
    let mut streams = Vec::new();
    for (n, port) in [80, 8080].into_iter().enumerate() {
        let moved =
            |client_port, later| stream.relocated(client(client_port), ([192, 0, 2, 10], port).into(), LATER * later);
        streams.push(moved(3001 + n as u16, 2 * n as u32));
        for (m, (kind, at)) in
            [(Proxy::HttpConnect, 3128), (Proxy::Socks5, 1080), (Proxy::Socks4, 1080)].iter().enumerate()
        {
            let moved = moved(4000 + (n * 4 + m) as u16, (50 + n * 4 + m) as u32);
            streams.push(kind.through(&moved, proxy(*at)));
        }
    }
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?)?;
    for options in [Options::default(), Options::default().two_passes()] {
        let (with, without) = (tshark.verbose(&stored, &options)?, tshark.without_plugin().verbose(&stored, &options)?);
        let wrong = with.lines().zip(without.lines()).find(|(with, without)| with != without);
        assert_eq!((wrong, with.len()), (None, without.len()));
    }
    // They are MSN, though.
    let found = pdus(&tshark.pdml(&stored, &only_msn(&looking()))?);
    assert!(found.len() > 20 * streams.len(), "{}", found.len());
    Ok(())
}

#[test]
fn a_port_that_nothing_announced_is_found_by_the_first_line() -> Check {
    let stream = signed_in()?;
    let mut many = Many::default();
    many.add("plain".into(), &stream, 1863, Stream::clone);
    for port in [1864, 7777, 443, 80, 8080, 1080, 5190, 23_456] {
        many.add(format!("port {port}"), &stream, port, Stream::clone);
    }
    none(many.differences(&Tshark::new()?, &looking())?)
}

/// What http and socks show of the request for a tunnel is not changed by what comes through it, on any pass.
#[test]
fn requests_for_tunnels_look_as_without_the_plugin() -> Check {
    let tshark = Tshark::new()?;
    let stream = signed_in()?;
    for kind in Proxy::ALL {
        for (port, target) in [(8080, 80), (8080, 1863), (1080, 80), (9050, 80)] {
            let moved = stream.relocated(client(3001), ([192, 0, 2, 10], target).into(), Duration::ZERO);
            let through = kind.through(&moved, proxy(port));
            let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &[through], &TcpOptions::default())?)?;
            let handshake = Options::filter("tcp.len > 0 && !(tcp.payload contains \"VER 1\") && frame.number < 12");
            for options in [handshake.clone(), handshake.two_passes()] {
                let with = tshark.summary(&stored, &options.clone().preference(LOOKING))?;
                let without = tshark.without_plugin().summary(&stored, &options)?;
                let before = |rows: Vec<msn_tests::tshark::Summary>| -> Vec<_> {
                    rows.into_iter()
                        .take_while(|row| !row.info.contains("CVR 2") && !row.protocol.starts_with("MSN"))
                        .collect()
                };
                let (with, without) = (before(with), before(without));
                let expected = if kind == Proxy::Socks5 {
                    4
                } else if kind == Proxy::Socks5Login {
                    6
                } else {
                    2
                };
                assert_eq!(with.len(), expected, "{kind:?} on {port} to {target}: {with:?}");
                assert_eq!(with[..], without[..expected.min(without.len())], "{kind:?} on {port} to {target}");
            }
        }
    }
    Ok(())
}

/// Ports of other dissectors, and of nobody.
const FOREIGN: [u16; 8] = [443, 80, 21, 25, 1080, 3128, 6667, 1865];

fn client(port: u16) -> SocketAddr {
    ([192, 0, 2, 1], port).into()
}

/// A notification server that announces a switchboard, whose first line does not betray it, to the client.
fn announcing(board: SocketAddr) -> Stream {
    let mut notification = Stream::new(client(3000), ([192, 0, 2, 10], 1863).into());
    notification.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
    notification.send(Side::Client, "XFR 5 SB\r\n");
    notification.send(Side::Server, format!("XFR 5 SB {board} CKI 17262740.1050826919.32308\r\n"));
    notification
}

/// A chat on the announced switchboard.
fn chat(from: u16, board: SocketAddr, later: Duration) -> Stream {
    let mut chat = Stream::new(client(from), board);
    chat.send(Side::Client, "CAL 2 bob@example.com\r\n").send(Side::Server, "CAL 2 RINGING 11752013\r\n");
    chat.send(Side::Server, "JOI bob@example.com Bob\r\n").send(Side::Client, "OUT\r\n");
    chat.relocated(client(from), board, later)
}

/// The words of the commands on the connection from this port.
fn words(seen: &[Pdu], port: u16) -> Vec<&str> {
    let ours = |pdu: &&Pdu| pdu.source_port == port || pdu.destination_port == port;
    seen.iter().filter(ours).filter_map(Pdu::word).collect()
}

#[test]
fn announced_ports_of_others_are_msn() -> Check {
    let tshark = Tshark::new()?;
    let mut failures = Vec::new();
    for port in FOREIGN {
        let board = SocketAddr::from(([192, 0, 2, 20], port));
        let mut streams = vec![announcing(board)];
        // Every connection to the server, not only the next one.
        streams.extend((0..2).map(|n| chat(3001 + n, board, Duration::from_secs(1 + u64::from(n)))));
        let capture = Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?;
        for options in [Options::default(), Options::default().two_passes()] {
            let seen = pdus(&tshark.pdml(&tshark.store(&capture)?, &only_msn(&options))?);
            for n in 0..2 {
                let words = words(&seen, 3001 + n);
                if words != ["CAL", "CAL", "JOI", "OUT"] {
                    failures.push(format!("port {port}, connection {n}: {words:?}"));
                }
            }
        }
    }
    none(failures)
}

/// A client may connect before the capture shows why. What was said on a connection before is still its owner's.
#[test]
fn announced_connections_that_stood_before_are_msn() -> Check {
    let tshark = Tshark::new()?;
    let mut failures = Vec::new();
    for port in FOREIGN {
        let board = SocketAddr::from(([192, 0, 2, 20], port));
        let mut all = segments(&announcing(board), &TcpOptions::default());
        for n in 0..2u16 {
            let late = segments(&chat(3001 + n, board, Duration::from_secs(2)), &TcpOptions::default());
            let early = |mut segment: Segment| {
                if segment.payload.is_empty() {
                    segment.at -= Duration::from_secs(2);
                }
                segment
            };
            all.extend(late.into_iter().map(early));
        }
        let mut other = Stream::new(client(3009), board);
        other.send(Side::Client, "\x16\x03\x01 whatever\r\n").send(Side::Server, "220 something\r\n");
        let mut after = chat(3009, board, Duration::from_secs(2)).events;
        other.events.append(&mut after);
        all.extend(segments(&other, &TcpOptions::default()));
        let capture = Capture::of_segments(Link::Ethernet, all)?;
        for options in [looking(), looking().two_passes()] {
            let seen = pdus(&tshark.pdml(&tshark.store(&capture)?, &only_msn(&options))?);
            for (port, expected) in [(3001, 4), (3002, 4), (3009, 0)] {
                let words = words(&seen, port);
                if words != ["CAL", "CAL", "JOI", "OUT"][..expected] {
                    failures.push(format!("{board}, from {port}: {words:?}"));
                }
            }
        }
    }
    none(failures)
}

/// Through one proxy go gateway sessions, tunnels and pages: each connection is what it is.
#[test]
fn a_proxy_of_all_trades() -> Check {
    let tshark = Tshark::new()?;
    let stream = signed_in()?;
    let mut failures = Vec::new();
    for port in [80, 8080, 1080, 9050] {
        let mut many = Many::default();
        many.add("plain".into(), &stream, 1863, Stream::clone);
        for (kind, target) in
            [Proxy::HttpConnect, Proxy::Socks5, Proxy::Socks4].into_iter().flat_map(|k| [(k, 80), (k, 1863)])
        {
            let mut gateway = Stream::new(client(2000 + many.streams.len() as u16), proxy(port));
            let session = 1000 + many.streams.len();
            let poll = format!(
                "POST http://gateway.example.com/gateway/gateway.dll?Action=poll&SessionID={session}.1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
            );
            let answer = format!(
                "HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID={session}.2; GW-IP=192.0.2.18\r\nContent-Type: application/x-msn-messenger\r\nContent-Length: 8\r\n\r\nQNG 41\r\n"
            );
            gateway.send(Side::Client, poll).send(Side::Server, answer);
            let (from, to) = (gateway.client, gateway.server);
            let before = gateway.relocated(from, to, LATER * many.streams.len() as u32 - LATER / 2);
            many.add(format!("{kind:?} to {target} on {port}"), &stream, target, |moved| {
                kind.through(moved, proxy(port))
            });
            many.others.push(before);
        }
        for options in [looking(), looking().two_passes()] {
            failures.extend(many.differences(&tshark, &options)?);
            let all = [many.streams.clone(), many.others.clone()].concat();
            let capture = Capture::of_streams(Link::Ethernet, &all, &TcpOptions::default())?;
            let seen = pdus(&tshark.pdml(&tshark.store(&capture)?, &only_msn(&options))?);
            for gateway in &many.others {
                let words = words(&seen, gateway.client.port());
                // Nobody looks into http on a port that socks owns.
                if words != ["QNG"] && port != 1080 {
                    failures.push(format!("gateway from {}, proxy on {port}: {words:?}", gateway.client));
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

/// Ports that the user gives to http, by preference or Decode As, are http's. Those that it has of old are watched.
#[test]
fn ports_that_the_user_gives_to_http_are_left_alone() -> Check {
    let tshark = Tshark::new()?;
    let capture = |port: u16| -> Result<Capture, anyhow::Error> {
        let mut chat = Stream::new(client(3001), ([192, 0, 2, 20], 1864).into());
        chat.send(Side::Client, "ANS 1 bob@example.com 849102291.520491113 11752013\r\n");
        chat.send(Side::Server, "ANS 1 OK\r\n");
        let through = Proxy::Socks5.through(&chat, proxy(port));
        Capture::of_streams(Link::Ethernet, &[through], &TcpOptions::default())
    };
    let moved = looking().preference("http.tcp.port:80,9999");
    let said = looking().decode_as("tcp.port==9999,http");
    for (options, port, expected) in [(&moved, 9999, 0), (&moved, 8080, 2), (&said, 9999, 0), (&said, 80, 2)] {
        let stored = tshark.store(&capture(port)?)?;
        let seen = pdus(&tshark.pdml(&stored, &only_msn(options))?);
        assert_eq!(seen.len(), expected, "port {port}, {options:?}");
    }
    Ok(())
}
