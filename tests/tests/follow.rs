// SPDX-License-Identifier: GPL-2.0-or-later
//! Follow > MSN Conversation: what both ends of a conversation say, whatever carries it.

mod common;

use common::{Check, real};
use msn_tests::gateway::{Plan, rewrite};
use msn_tests::pcap::{Capture, Event, Link, Segmentation, Side, Stream, TcpOptions};
use msn_tests::proxy::Proxy;
use msn_tests::tshark::{Options, Tshark};

/// What `-z follow` prints of a conversation, in hexadecimal: who says what.
fn followed(tshark: &Tshark, streams: &[Stream], how: &TcpOptions, number: u32) -> Result<[String; 2], anyhow::Error> {
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, streams, how)?)?;
    let text = tshark.table(&stored, &format!("follow,msn,raw,{number}"), &Options::default())?;
    let mut said = [String::new(), String::new()];
    for line in text.lines() {
        // What the server says is indented.
        let server = usize::from(line.starts_with('\t'));
        let line = line.trim();
        if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            said[server].push_str(line);
        }
    }
    Ok(said)
}

fn hex(stream: &Stream, side: Side) -> String {
    let mut out = String::new();
    for event in stream.events.iter().filter(|event| event.side == side) {
        if let Event::Data(bytes) = &event.event {
            out.extend(bytes.iter().map(|byte| format!("{byte:02x}")));
        }
    }
    out
}

fn wanted(stream: &Stream) -> [String; 2] {
    [hex(stream, Side::Client), hex(stream, Side::Server)]
}

fn signed_in() -> Result<Stream, Box<dyn std::error::Error>> {
    let group = real("msnp12-basic-pecan-escargot")?;
    Ok(group.streams.into_iter().find(|stream| stream.server.port() == 1863).ok_or("no connection")?)
}

#[test]
fn both_sides_are_told_whatever_the_cuts() -> Check {
    let tshark = Tshark::new()?;
    let stream = signed_in()?;
    for cut in [Segmentation::AsSent, Segmentation::Random { seed: 5, max: 90 }] {
        let said = followed(&tshark, std::slice::from_ref(&stream), &TcpOptions::cut(cut), 0)?;
        assert_eq!(said, wanted(&stream));
    }
    Ok(())
}

#[test]
fn each_conversation_has_its_number() -> Check {
    let tshark = Tshark::new()?;
    let streams = real("msnp12-basic-pecan-escargot")?.streams;
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?)?;
    let rows = tshark.fields(&stored, &["msn.stream", "tcp.stream"], &Options::filter("msn"))?;
    let mut numbers: Vec<(String, String)> = rows.iter().map(|row| (row[0][0].clone(), row[1][0].clone())).collect();
    numbers.sort();
    numbers.dedup();
    assert!(numbers.len() > 1 && numbers.len() == streams.len(), "{numbers:?}");
    let text = tshark.table(&stored, "follow,msn,ascii,1", &Options::default())?;
    assert!(text.contains("Filter: msn.stream == 1"), "{text}");
    Ok(())
}

#[test]
fn carriers_change_nothing() -> Check {
    let tshark = Tshark::new()?;
    let stream = signed_in()?;
    let through = Proxy::Socks5.through(&stream, ([192, 0, 2, 99], 1080).into());
    assert_eq!(followed(&tshark, &[through], &TcpOptions::default(), 0)?, wanted(&stream));
    // Commands that are cut between bodies, and requests from several connections.
    let plan = Plan { carriers: 2, body: Some(100), ..Plan::default() };
    let gateway = rewrite(&stream, &plan, 0, 20_000);
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &gateway, &TcpOptions::default())?)?;
    let rows = tshark.fields(&stored, &["msn.stream"], &Options::filter("msn.command"))?;
    let number: u32 = rows[0][0][0].parse()?;
    assert!(rows.iter().all(|row| row[0].iter().all(|other| *other == number.to_string())), "one session");
    assert_eq!(followed(&tshark, &gateway, &TcpOptions::default(), number)?, wanted(&stream));
    Ok(())
}
