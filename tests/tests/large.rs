// SPDX-License-Identifier: GPL-2.0-or-later
//! Large transfers, and such of very many pieces: one pass, two passes and a pass with trees give the same file, and
//! drawings that both sides of a chat carry come out once.

mod common;

use common::{Check, contents, none};
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::pdu::{only_msn, pdus};
use msn_tests::tshark::{Options, Stored, Tshark};
use msn_tests::variants::difference;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Content that repeats nowhere within a window.
fn file(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + at / 251 + at / 65_521) as u8).collect()
}

fn stream(port: u16) -> Stream {
    let at = |last: u8, port: u16| -> SocketAddr { ([192, 0, 2, last], port).into() };
    Stream::new(at(1, 50000), at(40, port))
}

/// A direct connection that carries a file in pieces of this length, so many packets to a segment.
fn direct(file: &[u8], piece: usize, group: usize) -> Stream {
    let mut stream = stream(6891);
    let framed = |bytes: &[u8]| [&(bytes.len() as u32).to_le_bytes()[..], bytes].concat();
    stream.send(Side::Client, framed(b"foo\0"));
    let header = |offset: usize, len: usize| {
        let mut header = vec![0; 48];
        header[0] = 77;
        header[4] = 9;
        header[8..12].copy_from_slice(&(offset as u32).to_le_bytes());
        header[16..20].copy_from_slice(&(file.len() as u32).to_le_bytes());
        header[24..28].copy_from_slice(&(len as u32).to_le_bytes());
        header[28] = 0x30;
        header
    };
    let mut segment = Vec::new();
    let last = file.len().div_ceil(piece);
    for (number, bytes) in file.chunks(piece).enumerate() {
        segment.extend(framed(&[&header(number * piece, bytes.len())[..], bytes].concat()));
        if (number + 1) % group == 0 || number + 1 == last {
            stream.send(Side::Client, std::mem::take(&mut segment));
        }
    }
    stream
}

/// An MSNFTP connection; the sender is the one that connected.
fn ftp(file: &[u8]) -> Stream {
    let mut stream = stream(6892);
    stream.send(Side::Server, "VER MSNFTP\r\n").send(Side::Client, "VER MSNFTP\r\n");
    stream.send(Side::Server, "USR bob@example.com 1\r\n").send(Side::Client, format!("FIL {}\r\n", file.len()));
    stream.send(Side::Server, "TFR\r\n");
    for block in file.chunks(2045) {
        stream.send(Side::Client, [&[0, block.len() as u8, (block.len() >> 8) as u8][..], block].concat());
    }
    stream
}

fn store(tshark: &Tshark, stream: &Stream) -> anyhow::Result<Stored> {
    tshark.store(&Capture::of_streams(Link::Ethernet, std::slice::from_ref(stream), &TcpOptions::default())?)
}

fn gives(tshark: &Tshark, stored: &Stored, file: &[u8], options: &Options) -> Check {
    let objects: Vec<_> = tshark.export_objects(stored, "msn", options)?.into_values().collect();
    assert_eq!(objects.len(), 1);
    assert!(objects[0] == file, "{} bytes instead of {}", objects[0].len(), file.len());
    Ok(())
}

fn every_pass_agrees(stream: &Stream, file: &[u8]) -> Check {
    let tshark = Tshark::new()?;
    let stored = store(&tshark, stream)?;
    let plain = Options::default();
    for options in [plain.clone(), plain.clone().two_passes(), plain.clone().arg("-V")] {
        gives(&tshark, &stored, file, &options)?;
    }
    let options = only_msn(&plain);
    let once = contents(&pdus(&tshark.pdml(&stored, &options)?));
    let twice = contents(&pdus(&tshark.pdml(&stored, &options.clone().two_passes())?));
    assert!(once.len() > 100, "only {} PDUs", once.len());
    none(difference(&once, &twice).into_iter().collect())?;
    let length = format!("Reassembled length: {}]", file.len());
    for options in [plain.clone(), plain.two_passes()] {
        assert_eq!(tshark.verbose(&stored, &options)?.matches(&length).count(), 1);
    }
    Ok(())
}

#[test]
fn a_direct_connection_in_several_windows() -> Check {
    let file = file(300_007);
    every_pass_agrees(&direct(&file, 1352, 1), &file)
}

#[test]
fn an_old_file_transfer_in_several_windows() -> Check {
    let file = file(300_007);
    every_pass_agrees(&ftp(&file), &file)
}

/// Windows of every size.
#[test]
fn a_file_of_more_than_sixteen_megabytes() -> Check {
    let file = file(17_000_003);
    let tshark = Tshark::new()?;
    gives(&tshark, &store(&tshark, &ftp(&file))?, &file, &Options::default())
}

/// Time grows with the number of pieces, not with its square.
#[test]
fn one_byte_in_each_packet() -> Check {
    let tshark = Tshark::new()?;
    let time = |len: usize| -> Result<Duration, Box<dyn std::error::Error>> {
        let file = file(len);
        let stored = store(&tshark, &direct(&file, 1, 27))?;
        let start = Instant::now();
        gives(&tshark, &stored, &file, &Options::default())?;
        Ok(start.elapsed())
    };
    let (some, many) = (time(50_000)?, time(200_000)?);
    assert!(many < some * 10 + Duration::from_secs(2), "{some:?} for 50 000 pieces, {many:?} for 200 000");
    Ok(())
}

#[test]
fn drawings_come_out_once() -> Check {
    let tshark = Tshark::new()?;
    let picture = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
    let payload = format!("MIME-Version: 1.0\r\nContent-Type: image/gif\r\n\r\nbase64:{picture}");
    let (start, end) = payload.split_at(payload.len() - 10);
    let id = "Message-ID: {C9A1C4F0-1111-2222-3333-444455556667}\r\n";
    let first = start.replace("image/gif\r\n", &format!("image/gif\r\n{id}Chunks: 2\r\n"));
    let parts = [first, format!("{id}Chunk: 1\r\n\r\n{end}")];
    let at = |last: u8, port: u16| -> SocketAddr { ([192, 0, 2, last], port).into() };
    let mut alice = Stream::new(at(1, 50000), at(20, 1863));
    let mut bob = Stream::new(at(2, 50001), at(20, 1863));
    alice.send(Side::Client, "USR 1 alice@example.com 1.2.3\r\n");
    alice.send(Side::Server, "USR 1 OK alice@example.com Alice\r\n");
    alice.send(Side::Client, "CAL 2 bob@example.com\r\n").send(Side::Server, "CAL 2 RINGING 11752013\r\n");
    bob.send(Side::Client, "ANS 1 bob@example.com 4.5.6 11752013\r\n");
    bob.send(Side::Server, "IRO 1 1 1 alice@example.com Alice\r\n").send(Side::Server, "ANS 1 OK\r\n");
    // Whole, then in parts; each arrives on the other side, too. The last one is drawn by Bob himself.
    for payload in std::iter::once(&payload).chain(&parts) {
        alice.send(Side::Client, format!("MSG 3 N {}\r\n{payload}", payload.len()));
        bob.send(Side::Server, format!("MSG alice@example.com Alice {}\r\n{payload}", payload.len()));
    }
    bob.send(Side::Client, format!("MSG 3 N {}\r\n{payload}", payload.len()));
    alice.send(Side::Server, format!("MSG bob@example.com Bob {}\r\n{payload}", payload.len()));
    let (client, server) = (bob.client, bob.server);
    let bob = bob.relocated(client, server, Duration::from_millis(5));
    let stored = tshark.store(&Capture::of_streams(Link::Ethernet, &[alice, bob], &TcpOptions::default())?)?;
    for options in [Options::default(), Options::default().two_passes()] {
        assert_eq!(tshark.export_objects(&stored, "msn", &options)?.len(), 3);
    }
    Ok(())
}
