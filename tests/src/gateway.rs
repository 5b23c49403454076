// SPDX-License-Identifier: GPL-2.0-or-later
//! Rewrites plain connections as sessions of the HTTP gateway.

use crate::pcap::{Event, Side, Stream, Timed};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Form of the session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id {
    /// Number, dot, number; what follows the dot is new in every answer.
    Changing,
    /// The same throughout.
    Constant,
}

/// How a connection is rewritten.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Form of the session id.
    pub id: Id,
    /// The bytes of each side are cut into bodies of this many bytes; `None` puts what a side says at a time into one.
    pub body: Option<usize>,
    /// The first body of each side is this much shorter, so that the cuts fall elsewhere.
    pub shift: usize,
    /// How many TCP connections are used, in turn.
    pub carriers: usize,
    /// `Content-Type` of the requests.
    pub request_type: Option<&'static str>,
    /// Whether answers are sent in chunks.
    pub chunked: bool,
    /// Whether a `100 Continue` precedes each answer.
    pub interim: bool,
    /// Port of the gateway.
    pub port: u16,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            id: Id::Changing,
            body: None,
            shift: 0,
            carriers: 1,
            request_type: Some("application/x-msn-messenger"),
            chunked: false,
            interim: false,
            port: 80,
        }
    }
}

/// Where the gateway is.
const GATEWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 80));
/// Least time between two messages; small, so that connections that belong together keep their order.
const STEP: Duration = Duration::from_micros(20);

/// What one side says before the other speaks, cut as planned.
struct Turn {
    at: Duration,
    side: Side,
    bytes: Vec<u8>,
}

fn turns(stream: &Stream, plan: &Plan) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for event in &stream.events {
        let Event::Data(bytes) = &event.event else { continue };
        match turns.last_mut() {
            Some(last) if last.side == event.side => last.bytes.extend_from_slice(bytes),
            _ => turns.push(Turn { at: event.at, side: event.side, bytes: bytes.clone() }),
        }
    }
    let Some(size) = plan.body else { return turns };
    let mut out = Vec::new();
    let mut next = [size.saturating_sub(plan.shift).max(1); 2];
    for turn in turns {
        let mut rest = turn.bytes.as_slice();
        while !rest.is_empty() {
            let room = &mut next[turn.side as usize];
            let (piece, after) = rest.split_at(rest.len().min(*room));
            *room -= piece.len();
            if *room == 0 {
                *room = size;
            }
            out.push(Turn { at: turn.at, side: turn.side, bytes: piece.to_vec() });
            rest = after;
        }
    }
    out
}

fn id(plan: &Plan, session: u32, answer: usize) -> String {
    match plan.id {
        Id::Changing => format!("{}.{}", 954_547_325 + session, 13_160 + answer * 7),
        Id::Constant => format!("{session:08x}-7d1c-4a50-9d0a-3f2b1c0d9e8f"),
    }
}

fn request(plan: &Plan, target: &str, body: &[u8]) -> Vec<u8> {
    let mut head = format!("POST /gateway/gateway.dll?{target} HTTP/1.1\r\nAccept: */*\r\nHost: {GATEWAY}\r\n");
    if let Some(kind) = plan.request_type {
        head += &format!("Content-Type: {kind}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn answer(plan: &Plan, id: &str, closes: bool, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if plan.interim {
        out.extend(b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    let close = if closes { "; Session=close" } else { "" };
    let head = format!("HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID={id}; GW-IP={GATEWAY}{close}\r\n");
    out.extend(head.as_bytes());
    out.extend(b"Content-Type: application/x-msn-messenger\r\n");
    if plan.chunked && !body.is_empty() {
        out.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        for chunk in body.chunks(11) {
            out.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
            out.extend(chunk);
            out.extend(b"\r\n");
        }
        out.extend(b"0\r\n\r\n");
    } else {
        out.extend(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        out.extend(body);
    }
    out
}

/// The connection as session number `session` of the gateway: TCP connections from `first_port` up. A switchboard is told
/// by the first word of the client. What the server says unasked is fetched by polls; the last answer closes the session.
///
/// # Panics
/// When there are more TCP connections than ports.
pub fn rewrite(stream: &Stream, plan: &Plan, session: u32, first_port: u16) -> Vec<Stream> {
    let client = |n: usize| {
        let port = first_port.checked_add(n as u16).expect("a port for each connection");
        SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), port)
    };
    let server = SocketAddr::new(GATEWAY, plan.port);
    let mut out: Vec<Stream> = (0..plan.carriers.max(1)).map(|n| Stream::new(client(n), server)).collect();
    let turns = turns(stream, plan);
    let switchboard = stream.bytes(Side::Client).starts_with(b"USR") || stream.bytes(Side::Client).starts_with(b"ANS");
    let kind = if switchboard { "SB" } else { "NS" };
    let mut clock = turns.first().map_or(Duration::ZERO, |turn| turn.at);
    let mut answers = 0;
    let mut left = turns.into_iter().peekable();
    while let Some(turn) = left.next() {
        clock = turn.at.max(clock + STEP);
        let known = id(plan, session, answers.max(1) - 1);
        let (asked, told, then) = match turn.side {
            Side::Client => {
                let told = left.next_if(|next| next.side == Side::Server);
                let then = told.as_ref().map_or(clock, |turn| turn.at);
                (turn.bytes, told.map(|turn| turn.bytes).unwrap_or_default(), then)
            }
            Side::Server => (Vec::new(), turn.bytes, clock),
        };
        let target = match (answers, asked.is_empty()) {
            (0, _) => format!("Action=open&Server={kind}&IP={}", stream.server.ip()),
            (n, true) if n % 2 == 0 => format!("Action=poll&Lifespan=60&SessionID={known}"),
            (_, true) => format!("Action=poll&SessionID={known}"),
            (_, false) => format!("SessionID={known}"),
        };
        let carrier = answers % out.len();
        let said = answer(plan, &id(plan, session, answers), left.peek().is_none(), &told);
        if let Some(carrier) = out.get_mut(carrier) {
            let request = Event::Data(request(plan, &target, &asked));
            carrier.events.push(Timed { at: clock, side: Side::Client, event: request });
            clock = then.max(clock + STEP);
            carrier.events.push(Timed { at: clock, side: Side::Server, event: Event::Data(said) });
        }
        answers += 1;
    }
    out.retain(|carrier| !carrier.events.is_empty());
    out
}
