// SPDX-License-Identifier: GPL-2.0-or-later
//! What several of the tests need.
#![allow(dead_code, reason = "each test uses its part")]

use msn_tests::pcap::{Capture, Event, Link, Segment, Side, Stream, restream};
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::transcript;
use msn_tests::trials::stem;
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Tshark};
use msn_tests::variants::Group;

/// What a test returns.
pub type Check = Result<(), Box<dyn std::error::Error>>;

/// Ports of servers in transcripts; the connections between clients have others.
const SERVERS: [u16; 3] = [1863, 1864, 9876];

/// The conversations with servers of the protocol of all transcripts whose capture is complete.
pub fn complete_transcripts() -> Result<Vec<Group>, Box<dyn std::error::Error>> {
    let mut groups = Vec::new();
    for path in transcript::all()? {
        let transcript = transcript::Transcript::read(&path)?;
        let seen = |stream: &Stream| !stream.events.iter().any(|e| matches!(e.event, Event::Unseen(_)));
        if transcript.connections.iter().all(|c| c.handshake && seen(&c.stream)) {
            let name = stem(&path);
            let mut streams = transcript.streams();
            streams.retain(|stream| SERVERS.contains(&stream.server.port()));
            if !streams.is_empty() {
                groups.push(Group { name, streams });
            }
        }
    }
    assert!(groups.len() > 5, "only {} transcripts", groups.len());
    Ok(groups)
}

/// The MSN connections of a real capture.
pub fn real(name: &str) -> Result<Group, Box<dyn std::error::Error>> {
    let capture = Capture::read(&capture_folder().join(format!("{name}.pcap")))?;
    let ours = |stream: &Stream| matches!(stream.server.port(), 1863 | 1864 | 7777 | 7778);
    let streams: Vec<Stream> = restream(&capture).into_iter().filter(ours).collect();
    assert!(!streams.is_empty(), "no MSN connection in {name}");
    Ok(Group { name: name.to_owned(), streams })
}

/// Dissects segments and gives the PDUs.
pub fn dissect(tshark: &Tshark, segments: Vec<Segment>, options: &Options) -> Result<Vec<Pdu>, anyhow::Error> {
    dissect_capture(tshark, &Capture::of_segments(Link::Ethernet, segments)?, options)
}

/// Dissects a capture and gives the PDUs.
pub fn dissect_capture(tshark: &Tshark, capture: &Capture, options: &Options) -> Result<Vec<Pdu>, anyhow::Error> {
    let stored = tshark.store(capture)?;
    Ok(pdus(&tshark.pdml(&stored, &only_msn(options))?))
}

/// The contents of the PDUs, for comparing.
pub fn contents(pdus: &[Pdu]) -> Vec<Vec<String>> {
    pdus.iter().map(Pdu::content).collect()
}

/// A connection on which nothing has been said yet.
pub fn connection(client_port: u16, server_port: u16) -> Stream {
    Stream::new(([192, 0, 2, 1], client_port).into(), ([192, 0, 2, 10], server_port).into())
}

/// A signed-in MSNP12 client; the server says each of these lines in a segment of its own.
pub fn told(client_port: u16, lines: &[Vec<u8>]) -> Stream {
    let mut stream = connection(client_port, 1863);
    stream.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12 CVR0\r\n");
    for line in lines {
        stream.send(Side::Server, line.clone());
    }
    stream
}

/// Fails with all lines when there are any.
pub fn none(failures: Vec<String>) -> Check {
    if failures.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> = failures.iter().take(20).cloned().collect();
    Err(format!("{} failures:\n{}", failures.len(), shown.join("\n")).into())
}
