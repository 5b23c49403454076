// SPDX-License-Identifier: GPL-2.0-or-later
//! Bodies of gateway sessions, whole and cut.

use super::*;
use crate::{
    fields::{command as c, transport as f},
    packet::{Endpoint, Need},
};
use proptest::prelude::*;

/// Dissects a body as the shim does; gives `word parameter…` of each command, and how many steps it took.
fn dissect(session: &mut Session, packet: &Packet, head: &[u8], body: &[u8]) -> Vec<String> {
    let mut packet = *packet;
    let mut seen = Vec::new();
    let mut at = 0;
    loop {
        let mut out = Dissection::default();
        out.reset(true);
        let data = &body[at..];
        packet.reported_len = data.len();
        let carrier = Carrier { head: Head::before(head), continued: at > 0 };
        super::body(session, &packet, &carrier, data, &mut out);
        packet.connection = out.connection;
        assert!(out.need == Need::Nothing && (out.consumed > 0 || data.is_empty()));
        seen.extend(words(&out));
        packet.unit += out.units;
        at += out.consumed;
        if at >= body.len() {
            return seen;
        }
    }
}

fn words(out: &Dissection) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for item in out.tree.items().iter().filter(|item| item.kind == crate::item::Kind::Leaf as u8) {
        let value = out.tree.item_text(item).map_or_else(|| item.number.to_string(), str::to_owned);
        if item.id == c::COMMAND.0 {
            seen.push(value);
        } else if item.id == c::CONTINUATION.0 {
            seen.push("continuation".into());
        } else if [c::TRID, c::DIRECTION, c::VERSION, c::SERVER].iter().any(|field| field.0 == item.id) {
            if let Some(last) = seen.last_mut() {
                *last += &format!(" {value}");
            }
        }
    }
    seen
}

fn packet(frame: u32, from_client: bool, port: u16, first_pass: bool) -> Packet {
    let client = Endpoint { port, ..Endpoint::default() };
    let server = Endpoint { port: 80, ..Endpoint::default() };
    let (source, destination) = if from_client { (client, server) } else { (server, client) };
    Packet { number: frame, connection: u64::from(port), source, destination, first_pass, ..Packet::example() }
}

const CLIENT: &[u8] = b"VER 1 MSNP12 CVR0\r\nUSR 2 TWN I a@example.com\r\nUUX 3 11\r\n<Data>x</D>PNG\r\n";
const SERVER: &[u8] =
    b"VER 1 MSNP12\r\nUSR 2 TWN S x\r\nUBX b@example.com 4\r\nabcdMSG a@example.com A 5\r\n\r\n\r\nxQNG 41\r\n";

/// Requests and answers that carry both streams, cut at these places.
fn run(cuts: &[usize], id: fn(usize) -> String) -> (Vec<String>, Vec<String>) {
    let mut session = Session::default();
    let mut passes = Vec::new();
    for first_pass in [true, false] {
        let mut seen = Vec::new();
        let mut ends: Vec<usize> = cuts.to_vec();
        ends.push(usize::MAX);
        let mut from = 0;
        for (n, &end) in ends.iter().enumerate() {
            let part = |all: &[u8]| all.get(from.min(all.len())..end.min(all.len())).unwrap_or_default().to_vec();
            let target =
                if n == 0 { "Action=open&Server=NS&IP=192.0.2.1".into() } else { format!("SessionID={}", id(n - 1)) };
            let request = format!("POST /gateway/gateway.dll?{target} HTTP/1.1\r\n\r\n");
            let answer = format!("HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID={}; GW-IP=192.0.2.9\r\n\r\n", id(n));
            let (frame, port) = (2 * n as u32 + 1, 3000 + (n % 3) as u16);
            let sides = [(true, request, part(CLIENT)), (false, answer, part(SERVER))];
            for (at, (client, head, body)) in sides.into_iter().enumerate() {
                let packet = packet(frame + at as u32, client, port, first_pass);
                seen.extend(dissect(&mut session, &packet, head.as_bytes(), &body));
            }
            from = end;
        }
        passes.push(seen);
    }
    let later = passes.pop().unwrap_or_default();
    (passes.pop().unwrap_or_default(), later)
}

fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}

#[test]
fn units_are_whole_wherever_the_bodies_are_cut() {
    // The version is known from the answer on, so that a cut behind that changes nothing.
    let (expected, _) = run(&[19], |_| "1.1".into());
    assert_eq!(expected.len(), 4 + 5, "{expected:?}");
    let expected = sorted(expected);
    for cut in 20..SERVER.len() {
        for id in [|n| format!("954547325.{n}"), |_| "9a1e-77".to_string()] {
            let (first, later) = run(&[19, cut], id);
            assert_eq!(first, later, "{cut}");
            assert_eq!(sorted(first), expected, "{cut}");
        }
    }
}

#[test]
fn single_bytes_make_units() {
    let cuts: Vec<usize> = (19..SERVER.len()).collect();
    let (first, later) = run(&cuts, |n| format!("7.{n}"));
    assert_eq!(first, later);
    assert_eq!(sorted(first), sorted(run(&[19], |_| "1.1".into()).0));
}

#[test]
fn a_body_that_the_capture_cut_is_skipped() {
    let mut session = Session::default();
    let head = b"HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=1.2; GW-IP=192.0.2.9\r\nContent-Length: 30\r\n\r\n";
    let first = dissect(&mut session, &packet(1, false, 3000, true), head, b"UBX b@example.com 20\r\n01234567");
    assert_eq!(first, [""; 0]);
    let cut = dissect(&mut session, &packet(2, false, 3000, true), head, b"89QNG 41");
    assert_eq!(cut.len(), 1);
    assert!(cut[0].starts_with("continuation"), "{cut:?}");
    let next = dissect(&mut session, &packet(3, false, 3000, true), b"", b"QNG 41\r\n");
    assert_eq!(next.len(), 1);
    assert!(next[0].starts_with("QNG"), "{next:?}");
}

#[test]
fn the_head_is_shown() {
    let mut session = Session::default();
    let show = |session: &mut Session, packet: &Packet, head: &[u8]| {
        let mut out = Dissection::default();
        out.reset(true);
        body(session, packet, &Carrier { head: Head::before(head), continued: false }, b"", &mut out);
        out
    };
    let poll = b"POST /gateway.dll?Action=poll&Lifespan=60&SessionID=1.2 HTTP/1.1\r\n\r\n";
    let out = show(&mut session, &packet(1, true, 3000, true), poll);
    assert_eq!(out.tree.text_of(f::ACTION), Some("poll"));
    assert_eq!((out.tree.number_of(f::LIFESPAN), out.tree.number_of(f::SESSION)), (Some(60), Some(0)));
    let close = b"HTTP/1.0 200 OK\r\nX-MSN-Messenger: SessionID=1.3; GW-IP=192.0.2.18; Session=close\r\nX-MSN-Host: gw.example.com\r\n\r\n";
    let out = show(&mut session, &packet(2, false, 3000, true), close);
    assert_eq!((out.tree.number_of(f::CLOSE), out.tree.text_of(f::NEXT_HOST)), (Some(1), Some("gw.example.com")));
    assert!(out.tree.has_expert(f::SESSION_CLOSED) && !out.tree.has_expert(f::AFTER_CLOSE));
    let out = show(&mut session, &packet(3, true, 3001, true), b"POST /gateway.dll?SessionID=1.3 HTTP/1.1\r\n\r\n");
    assert!(out.tree.has_expert(f::AFTER_CLOSE) && out.tree.text_of(f::ACTION) == Some("send"));
    let error = b"HTTP/1.1 400 Bad Request\r\nX-MSN-Messenger: SessionID=1.3\r\n\r\n";
    assert!(show(&mut session, &packet(4, false, 3001, true), error).tree.has_expert(f::HTTP_ERROR));
}

proptest! {
    #[test]
    fn hostile_bodies_are_survived(bodies in proptest::collection::vec(
        (proptest::option::of(0u8..3), "([A-Z]{3}|UBX a@b.c|MSG a@b.c d|[0-9]{3})?( [0-9]{1,4})?(\r\n)?[a-z\r\n]{0,9}"), 0..12)) {
        let mut session = Session::default();
            let heads: [&[u8]; 3] = [
            b"POST /gateway.dll?SessionID=1.2 HTTP/1.1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=1.2\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\nX-MSN-Messenger: SessionID=1.2\r\n\r\n",
        ];
        let mut passes = Vec::new();
        for first_pass in [true, false] {
            let mut seen = Vec::new();
            for (n, (head, body)) in bodies.iter().enumerate() {
                let head = head.map_or(b"".as_slice(), |at| heads[at as usize]);
                let packet = packet(n as u32 + 1, head.starts_with(b"POST"), 3000, first_pass);
                seen.push(dissect(&mut session, &packet, head, body.as_bytes()));
            }
            passes.push(seen);
        }
        prop_assert_eq!(&passes[0], &passes[1]);
    }
}
