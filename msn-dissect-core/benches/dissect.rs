// SPDX-License-Identifier: GPL-2.0-or-later
//! Bytes per second of framing and dissection: `cargo bench -p msn-dissect-core`, or `cargo plugin bench --core`.

use msn_dissect_core::{
    output::Dissection,
    packet::{Endpoint, Packet},
};
use std::fmt::Write;

use divan::{Bencher, black_box, counter::BytesCount};
use msn_dissect_core::{dissect, session::Session};

fn main() {
    divan::main();
}

/// What the bytes are.
#[derive(Clone, Copy, Debug)]
enum Traffic {
    /// Presence, personal messages and lists, as a notification server sends them.
    Notification,
    /// Short chat messages on a switchboard.
    Chat,
    /// Pieces of a picture on a switchboard.
    PeerToPeer,
}

const ALL: [Traffic; 3] = [Traffic::Notification, Traffic::Chat, Traffic::PeerToPeer];

/// One segment of about `SEGMENT` bytes that ends with a unit.
fn segment(traffic: Traffic) -> Vec<u8> {
    const SEGMENT: usize = 16 * 1024;
    let mut out = Vec::new();
    let mut number = 0;
    while out.len() < SEGMENT {
        number += 1;
        out.extend_from_slice(&unit(traffic, number));
    }
    out
}

fn unit(traffic: Traffic, number: u32) -> Vec<u8> {
    let mut text = String::new();
    let contact = format!("contact{}@example.com", number % 97);
    match traffic {
        Traffic::Notification => {
            let psm = format!("<Data><PSM>message {number}</PSM><CurrentMedia></CurrentMedia></Data>");
            let _ = write!(
                text,
                "NLN NLN 1:{contact} Contact%20{number} 2788999228:48 0\r\nUBX 1:{contact} {}\r\n{psm}",
                psm.len()
            );
        }
        Traffic::Chat => {
            let body = format!(
                "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\
                 X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=1; PF=0\r\n\r\nmessage number {number}"
            );
            let _ = write!(text, "MSG {contact} Contact {}\r\n{body}", body.len());
        }
        Traffic::PeerToPeer => {
            let head =
                "MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.com\r\n\r\n";
            let mut packet = Vec::new();
            for word in [7, 9, (number - 1) * 1202, 0, 1 << 30, 0, 1202, 0x20, 77, 0, 0, 0] {
                packet.extend_from_slice(&u32::to_le_bytes(word));
            }
            packet.resize(48 + 1202, 0xa5);
            packet.extend_from_slice(&[0, 0, 0, 1]);
            let _ = write!(text, "MSG {contact} Contact {}\r\n{head}", head.len() + packet.len());
            return [text.as_bytes(), &packet].concat();
        }
    }
    text.into_bytes()
}

fn run(bencher: Bencher, traffic: Traffic, want_tree: bool, want_info: bool, first_pass: bool) {
    let bytes = segment(traffic);
    let server = Endpoint { port: 1863, ..Endpoint::default() };
    let client = Endpoint { port: 40000, ..Endpoint::default() };
    let mut session = Session::default();
    let mut out = Dissection::default();
    let mut frame = 0;
    let mut dissect = move |bytes: &[u8]| {
        frame += 1;
        let packet =
            Packet { number: frame, source: server, destination: client, want_info, first_pass, ..Packet::example() };
        out.reset(want_tree);
        dissect::stream(&mut session, &packet, bytes, &mut out);
        out.consumed
    };
    dissect(b"NLN NLN 1:bob@example.com Bob 1:0 0\r\n");
    bencher.counter(BytesCount::of_slice(&bytes)).bench_local(|| dissect(black_box(&bytes)));
}

/// First pass without a tree: framing, state, Info column.
#[divan::bench(args = ALL)]
fn summary(bencher: Bencher, traffic: Traffic) {
    run(bencher, traffic, false, true, true);
}

/// First pass without tree and columns: framing and state.
#[divan::bench(args = ALL)]
fn state(bencher: Bencher, traffic: Traffic) {
    run(bencher, traffic, false, false, true);
}

/// The same without state: nothing is learnt, nothing is known. The difference to `state` is what state costs.
#[divan::bench(args = ALL)]
fn stateless(bencher: Bencher, traffic: Traffic) {
    run(bencher, traffic, false, false, false);
}

/// First pass with every item.
#[divan::bench(args = ALL)]
fn tree(bencher: Bencher, traffic: Traffic) {
    run(bencher, traffic, true, true, true);
}
