// SPDX-License-Identifier: GPL-2.0-or-later
//! Generated MSN traffic in realistic proportions, for benchmarks: many users sign in, see their friends come and go,
//! chat and send files, all at the same time.

mod bridged;
mod notification;
mod peers;
mod shape;
mod switchboard;
mod web;

pub use shape::{SHAPES, Shape, Shaped};
pub use web::Web;

use crate::pcap::{Capture, Event, Link, Segment, Segmentation, Side, Stream, TcpOptions, Timed, rng, segments};
use anyhow::Result;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::net::SocketAddr;
use std::time::Duration;

/// How much traffic.
#[derive(Clone, Copy, Debug)]
pub struct Traffic {
    /// Exact number of packets.
    pub packets: usize,
    /// Makes the traffic repeatable.
    pub seed: u64,
}

/// Packets of an average connection: several hundred connections in a capture of 200,000 packets.
const PACKETS_PER_STREAM: usize = 300;
/// Time over which connections are opened.
const OPENING: Duration = Duration::from_secs(600);
/// First of the ports that are for clients alone (RFC 6335), and how many are used.
const EPHEMERAL: u16 = 49152;
const EPHEMERAL_PORTS: u16 = 16000;

impl Traffic {
    /// Generates the capture. The same numbers give the same capture.
    ///
    /// # Errors
    /// When a segment does not fit into a packet, which does not happen.
    pub fn capture(&self) -> Result<Capture> {
        let mut all: Vec<Segment> = Vec::with_capacity(self.packets + 4 * PACKETS_PER_STREAM);
        let mut number = 0;
        while all.len() < self.packets {
            let mut talk = Talk::new(self.seed, number, self.packets);
            match number % 10 {
                0..=3 => notification::session(&mut talk),
                4..=7 => switchboard::chat(&mut talk),
                _ => switchboard::transfer(&mut talk),
            }
            all.extend(talk.segments());
            number += 1;
        }
        // The last in time go, as when capturing ends: never the first packets of a connection that stays.
        all.sort_by_key(|segment| segment.at);
        all.truncate(self.packets);
        Capture::of_segments(Link::Ethernet, all)
    }
}

/// A connection that is being invented.
struct Talk {
    stream: Stream,
    random: ChaCha8Rng,
    now: Duration,
    trid: u32,
    version: u8,
    me: Person,
    friends: Vec<Person>,
    /// Number of packets that this connection should get, roughly.
    budget: usize,
    spent: usize,
    /// Commands, replies, messages or stanzas so far.
    units: usize,
}

/// An invented user.
#[derive(Clone, Debug)]
struct Person {
    email: String,
    name: String,
    guid: String,
}

const NAMES: [&str; 8] =
    ["Alice", "Bob%20B%C3%B6hm", "Carol%20(away)", "Dave", "Erin%20%E2%99%A5", "Frank%20F.", "Grace", "Zo%C3%AB"];
const VERSIONS: [u8; 8] = [8, 9, 9, 11, 12, 15, 15, 18];
const SENTENCES: [&str; 8] = [
    "hi",
    "how are you today?",
    "fine, and you? it rains here :(",
    "did you see the game last night",
    "gr\u{fc}\u{df}e aus K\u{f6}ln",
    "\u{4f60}\u{597d}",
    "I have to go now, dinner is ready. See you tomorrow at school, and do not forget the book that I lent you",
    "brb",
];
const STATUSES: [&str; 7] = ["NLN", "BSY", "IDL", "AWY", "BRB", "PHN", "LUN"];

impl Person {
    fn new(number: usize) -> Person {
        let email = format!("user{number}@example.com");
        let name = format!("{}%20{number}", NAMES[number % NAMES.len()]);
        Person { email, name, guid: format!("{number:08x}-1c2d-4e3f-8a9b-{:012x}", number * 7919) }
    }
}

impl Talk {
    fn new(seed: u64, number: usize, packets: usize) -> Talk {
        let mut random = rng(seed ^ (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let server: SocketAddr = ([192, 0, 2, 10 + (number % 20) as u8], 1863).into();
        let host = [198, 51, 100, 1 + (number / 10 % 250) as u8];
        // Every connection has its own pair of address and port, up to tens of thousands of connections.
        let client: SocketAddr = (host, 1024 + (number * 7 % 60000) as u16).into();
        let budget = random.random_range(PACKETS_PER_STREAM / 2..PACKETS_PER_STREAM * 3 / 2).min(packets.max(20));
        let now = OPENING.mul_f64(random.random_range(0.0..1.0));
        let first = number * 3;
        let friends = (1..=random.random_range(5..60)).map(|n| Person::new(first + n)).collect();
        let version = VERSIONS[random.random_range(0..VERSIONS.len())];
        let stream = Stream::new(client, server);
        Talk { stream, random, now, trid: 0, version, me: Person::new(first), friends, budget, spent: 0, units: 0 }
    }

    /// Turns to the servers of another port, from a port that no protocol claims.
    fn move_to(&mut self, port: u16) {
        self.stream.server.set_port(port);
        self.stream.client.set_port(EPHEMERAL + self.stream.client.port() % EPHEMERAL_PORTS);
    }

    /// The next transaction identifier.
    fn next(&mut self) -> u32 {
        self.trid += 1;
        self.trid
    }

    fn say(&mut self, side: Side, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        self.spent += bytes.len().div_ceil(1460);
        self.now += Duration::from_micros(self.random.random_range(200..60_000));
        self.stream.events.push(Timed { at: self.now, side, event: Event::Data(bytes) });
    }

    fn client(&mut self, text: impl Into<Vec<u8>>) {
        self.say(Side::Client, text);
    }

    fn server(&mut self, text: impl Into<Vec<u8>>) {
        self.say(Side::Server, text);
    }

    fn pause(&mut self) {
        self.now += Duration::from_millis(self.random.random_range(100..8000));
    }

    fn busy(&self) -> bool {
        self.spent < self.budget
    }

    fn friend(&mut self) -> Person {
        self.friends[self.random.random_range(0..self.friends.len())].clone()
    }

    fn status(&mut self) -> &'static str {
        STATUSES[self.random.random_range(0..STATUSES.len())]
    }

    fn close(&mut self) {
        self.client("OUT\r\n");
        self.fin();
    }

    fn fin(&mut self) {
        for side in [Side::Client, Side::Server] {
            self.stream.events.push(Timed { at: self.now, side, event: Event::Fin });
        }
    }

    /// Most stacks send a segment for each write; some hold small writes back, some paths cut at odd places. (In the
    /// captures of real clients, which used short paths, one data segment in 1,600 lies within a command; here it is about
    /// one in 100, and many more begin or end within one.)
    fn segments(mut self) -> Vec<Segment> {
        let segmentation = match self.random.random_range(0..10) {
            0..=6 => Segmentation::AsSent,
            7..=8 => Segmentation::Merged,
            _ => Segmentation::Random { seed: self.random.random(), max: 1460 },
        };
        self.segments_cut(segmentation)
    }

    fn segments_cut(self, segmentation: Segmentation) -> Vec<Segment> {
        delayed_acks(segments(&self.stream, &TcpOptions { acks: true, ..TcpOptions::cut(segmentation) }))
    }
}

/// Time after which a receiver acknowledges what it does not answer.
const ACK_DELAY: Duration = Duration::from_millis(200);

/// Leaves out the acknowledgements that receivers do not send: those that their next data carries in time, and the first
/// of two for data that comes without a pause. Two packets of five are left to be acknowledgements; in the captures of
/// real clients, where more is transferred and less chatted, it is one of three.
fn delayed_acks(segments: Vec<Segment>) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::with_capacity(segments.len());
    let mut held = false;
    for (n, segment) in segments.iter().enumerate() {
        let is_ack = segment.payload.is_empty() && !segment.syn && !segment.fin && n > 2;
        if !is_ack {
            out.push(segment.clone());
            continue;
        }
        let soon = segments.get(n + 1).filter(|next| next.at - segment.at < ACK_DELAY);
        held = soon.is_some_and(|next| next.source == segment.source || !held);
        if !held {
            out.push(segment.clone());
        }
    }
    out
}

/// A command with its payload; `{}` in the line is replaced by the payload's length.
fn with_payload(line: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = line.replace("{}", &payload.len().to_string()).into_bytes();
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(payload);
    out
}
