// SPDX-License-Identifier: GPL-2.0-or-later
//! Generated web traffic without MSN, for measuring what the plugin costs those who do not use it.

use crate::pcap::{Capture, Event, Link, Segment, Segmentation, Side, Stream, TcpOptions, Timed, rng, segments};
use anyhow::Result;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use std::net::SocketAddr;
use std::time::Duration;

/// How much traffic.
#[derive(Clone, Copy, Debug)]
pub struct Web {
    /// Exact number of packets.
    pub packets: usize,
    /// Makes the traffic repeatable.
    pub seed: u64,
}

/// Types of bodies, with how often of a hundred they occur and their greatest length.
const BODIES: [(&str, u32, usize); 7] = [
    ("text/html; charset=utf-8", 25, 20_000),
    ("image/png", 25, 9_000),
    ("text/css", 10, 6_000),
    ("application/javascript", 15, 15_000),
    ("text/xml; charset=utf-8", 10, 3_000),
    ("application/json", 10, 2_000),
    ("application/octet-stream", 5, 30_000),
];
const WORDS: [&str; 8] = ["<p>", "the", "a", "page", "</p>\n", "of", "words", "<b>and</b>"];

impl Web {
    /// Generates the capture. The same numbers give the same capture.
    ///
    /// # Errors
    /// When a segment does not fit into a packet, which does not happen.
    pub fn capture(&self) -> Result<Capture> {
        let mut all: Vec<Segment> = Vec::with_capacity(self.packets + 500);
        let mut number = 0u16;
        while all.len() < self.packets {
            let stream = browse(&mut rng(self.seed ^ u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15)), number);
            all.extend(segments(&stream, &TcpOptions { acks: true, ..TcpOptions::cut(Segmentation::AsSent) }));
            number += 1;
        }
        all.sort_by_key(|segment| segment.at);
        all.truncate(self.packets);
        Capture::of_segments(Link::Ethernet, all)
    }
}

/// A connection with several requests and answers.
fn browse(random: &mut ChaCha8Rng, number: u16) -> Stream {
    let port = if random.random_range(0..10) == 0 { 8080 } else { 80 };
    let server: SocketAddr = ([203, 0, 113, 1 + (number % 50) as u8], port).into();
    let mut stream = Stream::new(([198, 51, 100, 7], 20_000 + number % 40_000).into(), server);
    let mut now = Duration::from_millis(random.random_range(0..300_000));
    for _ in 0..random.random_range(1..12) {
        let mut at = random.random_range(0..100);
        let (kind, _, longest) = *BODIES
            .iter()
            .find(|(_, share, _)| {
                let found = at < *share;
                at = at.saturating_sub(*share);
                found
            })
            .unwrap_or(&BODIES[0]);
        let asked = if kind.starts_with("text/xml") {
            let body = format!("<?xml version=\"1.0\"?><Envelope><Body>{}</Body></Envelope>", prose(random, 300));
            let what = "SOAPAction: \"Get\"\r\nContent-Type: text/xml";
            format!("POST /service.asmx HTTP/1.1\r\n{}{what}\r\nContent-Length: {}\r\n\r\n{body}", common(), body.len())
        } else {
            format!("GET /path/{number}/{}?q=1 HTTP/1.1\r\n{}\r\n", random.random_range(0..1000), common())
        };
        let len = random.random_range(0..longest);
        let body = match kind.starts_with("text") || kind.ends_with("script") || kind.ends_with("json") {
            true => prose(random, len).into_bytes(),
            false => (0..len).map(|_| random.random()).collect(),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nDate: Mon, 04 Aug 2003 12:26:40 GMT\r\nServer: Example/1.0\r\nContent-Type: {kind}\r\n\
             Cache-Control: private\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        for (side, bytes) in [(Side::Client, asked.into_bytes()), (Side::Server, [head.into_bytes(), body].concat())] {
            now += Duration::from_micros(random.random_range(500..90_000));
            stream.events.push(Timed { at: now, side, event: Event::Data(bytes) });
        }
    }
    stream
}

fn common() -> &'static str {
    "Host: www.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html,*/*;q=0.8\r\n\
     Accept-Language: en-us,en;q=0.5\r\nConnection: keep-alive\r\nCookie: session=0123456789abcdef; seen=1\r\n"
}

fn prose(random: &mut ChaCha8Rng, len: usize) -> String {
    let mut text = String::with_capacity(len + 12);
    while text.len() < len {
        text += WORDS[random.random_range(0..WORDS.len())];
        text.push(' ');
    }
    text
}
