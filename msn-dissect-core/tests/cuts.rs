// SPDX-License-Identifier: GPL-2.0-or-later
//! What is decoded does not depend on how TCP cut the stream: an invitation in two pieces and the data that it leads to,
//! in one segment, in one for each message, and cut anywhere.

use msn_dissect_core::{
    dissect,
    output::Dissection,
    packet::{Need, Packet},
    session::Session,
};

/// A message with a piece of data behind a header of version 1.
fn message(trid: u32, session: u32, identifier: u32, offset: usize, total: usize, flags: u32, data: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    packet.extend(session.to_le_bytes());
    packet.extend(identifier.to_le_bytes());
    packet.extend((offset as u64).to_le_bytes());
    packet.extend((total as u64).to_le_bytes());
    packet.extend((data.len() as u32).to_le_bytes());
    packet.extend(flags.to_le_bytes());
    packet.extend([9, 0, 0, 0]);
    packet.resize(48, 0);
    packet.extend(data);
    packet.extend([0, 0, 0, 1]);
    let head = "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.com\r\n\r\n";
    let mut unit = format!("MSG {trid} D {}\r\n{head}", head.len() + packet.len()).into_bytes();
    unit.extend(packet);
    unit
}

/// A client opens a switchboard, asks for a picture, and sends data of that session.
fn units() -> Vec<Vec<u8>> {
    let body = "EUF-GUID: {A4268EEC-FEC5-49E5-95C3-F126696BDBF6}\r\nSessionID: 77\r\nAppID: 1\r\n\
                Context: PG1zbm9iaiBDcmVhdG9yPSJib2JAZXhhbXBsZS5jb20iIFNpemU9IjMwIiBUeXBlPSIzIiBMb2NhdGlvbj0icGljdHVyZS5kYXQiIEZyaWVuZGx5PSJBQUE9IiBTSEExRD0iQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBPSIvPgA=\r\n\r\n\0";
    let invitation = format!(
        "INVITE MSNMSGR:bob@example.com MSNSLP/1.0\r\nTo: <msnmsgr:bob@example.com>\r\n\
         From: <msnmsgr:alice@example.com>\r\nVia: MSNSLP/1.0/TLP ;branch={{11111111-2222-3333-4444-555555555555}}\r\n\
         CSeq: 0 \r\nCall-ID: {{22222222-2222-3333-4444-555555555555}}\r\nMax-Forwards: 0\r\n\
         Content-Type: application/x-msnmsgr-sessionreqbody\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let (first, second) = invitation.as_bytes().split_at(300);
    vec![
        b"USR 1 alice@example.com 17262740.1050826919.32308\r\n".to_vec(),
        message(3, 0, 5, 0, invitation.len(), 0, first),
        message(4, 0, 5, 300, invitation.len(), 0, second),
        message(5, 77, 6, 0, 30, 0x20, &[7; 30]),
    ]
}

/// The Info texts of a stream that comes in these segments, one after another.
fn info<'a>(segments: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut session = Session::default();
    let (mut said, mut waiting) = (Vec::new(), Vec::new());
    for (number, segment) in (1..).zip(segments) {
        waiting.extend_from_slice(segment);
        let mut out = Dissection::default();
        out.reset(true);
        let packet = Packet { number, reported_len: waiting.len(), ..Packet::example() };
        dissect::stream(&mut session, &packet, &waiting, &mut out);
        assert_eq!(out.need == Need::Nothing, out.consumed == waiting.len());
        waiting.drain(..out.consumed);
        said.extend((!out.info.is_empty()).then_some(out.info));
    }
    assert!(waiting.is_empty());
    said.join("; ")
}

#[test]
fn cuts_change_nothing() {
    let units = units();
    let all = units.concat();
    let expected = info(units.iter().map(Vec::as_slice));
    assert!(expected.contains("[INVITE (session): display picture \"picture.dat\"]"), "{expected}");
    assert!(expected.contains("display picture \"picture.dat\", 30 bytes, from"), "{expected}");
    assert_eq!(info([&all[..]]), expected);
    for len in [1, 2, 7, 100, 333, 700] {
        assert_eq!(info(all.chunks(len)), expected, "segments of {len} bytes");
    }
    for at in 1..all.len() {
        let (begin, end) = all.split_at(at);
        assert_eq!(info([begin, end]), expected, "cut at {at}");
    }
}
