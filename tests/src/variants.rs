// SPDX-License-Identifier: GPL-2.0-or-later
//! The same conversations, put on the wire in many ways in one capture, so that one run of tshark can tell whether
//! the way makes a difference.

use crate::pcap::{Cuts, Segment, Segmentation, Side, Stream, TcpOptions, segments};
use crate::pdu::Pdu;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// The port to which all variants are sent.
const SERVER_PORT: u16 = 1863;
const FIRST_CLIENT_PORT: u16 = 2000;

/// Streams that belong together, such as all connections of a transcript, with a name for messages.
#[derive(Clone, Debug)]
pub struct Group {
    /// Where the streams come from.
    pub name: String,
    /// The streams.
    pub streams: Vec<Stream>,
}

/// One way to put a stream into segments.
pub type Cutter = Box<dyn Fn(&Stream) -> Vec<Segment>>;

/// A stream of a group in one of its variants.
#[derive(Clone, Copy, Debug)]
struct Placed {
    group: usize,
    stream: usize,
    variant: usize,
    client_port: u16,
}

/// Groups of streams in all their variants.
#[derive(Debug, Default)]
pub struct Batch {
    names: Vec<String>,
    placed: Vec<Placed>,
    /// All segments, to be made a capture of.
    pub segments: Vec<Segment>,
}

impl Batch {
    /// Puts every group through every way of cutting. Variants follow each other in time; each has its own client
    /// ports, and all go to the standard port.
    ///
    /// # Panics
    /// When there are more streams than ports.
    pub fn new(groups: &[Group], cutters: &[Cutter]) -> Batch {
        let mut batch = Batch::default();
        let mut later = Duration::ZERO;
        let mut port = FIRST_CLIENT_PORT;
        for (g, group) in groups.iter().enumerate() {
            batch.names.push(group.name.clone());
            for (variant, cutter) in cutters.iter().enumerate() {
                let mut end = later;
                for (s, stream) in group.streams.iter().enumerate() {
                    port = port.checked_add(1).expect("more streams than ports");
                    let client = SocketAddr::new(stream.client.ip(), port);
                    let server = SocketAddr::new(stream.server.ip(), SERVER_PORT);
                    let moved = stream.relocated(client, server, later);
                    end = end.max(moved.events.last().map_or(later, |event| event.at));
                    batch.segments.extend(cutter(&moved));
                    batch.placed.push(Placed { group: g, stream: s, variant, client_port: port });
                }
                later = end + Duration::from_secs(5);
            }
        }
        batch
    }

    /// Lines that say where a variant differs from the first one; empty when all are the same.
    pub fn differences(&self, pdus: &[Pdu]) -> Vec<String> {
        let mut by_client: BTreeMap<(u16, Side), Vec<&Pdu>> = BTreeMap::new();
        for pdu in pdus {
            let from_client = pdu.destination_port == SERVER_PORT;
            let side = if from_client { Side::Client } else { Side::Server };
            let port = if from_client { pdu.source_port } else { pdu.destination_port };
            by_client.entry((port, side)).or_default().push(pdu);
        }
        let contents = |port: u16, side: Side| -> Vec<Vec<String>> {
            by_client.get(&(port, side)).map_or_else(Vec::new, |all| all.iter().map(|pdu| pdu.content()).collect())
        };
        let mut out = Vec::new();
        for first in self.placed.iter().filter(|placed| placed.variant == 0) {
            let same = |other: &&Placed| (other.group, other.stream) == (first.group, first.stream);
            for side in [Side::Client, Side::Server] {
                let expected = contents(first.client_port, side);
                for other in self.placed.iter().filter(same).filter(|other| other.variant != 0) {
                    let found = contents(other.client_port, side);
                    let (variant, stream) = (other.variant, other.stream);
                    let place = format!("{} stream {stream} {side:?} variant {variant}", self.names[first.group]);
                    out.extend(difference(&expected, &found).map(|what| format!("{place}: {what}")));
                }
            }
        }
        out
    }

    /// Number of streams, all variants counted.
    pub fn len(&self) -> usize {
        self.placed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }
}

/// The first difference between two lists of PDU contents.
pub fn difference(expected: &[Vec<String>], found: &[Vec<String>]) -> Option<String> {
    let at = expected.iter().zip(found).position(|(a, b)| a != b);
    let Some(at) = at else {
        let (a, b) = (expected.len(), found.len());
        let next = expected.get(b).or_else(|| found.get(a))?;
        return Some(format!("{a} PDUs against {b}; the next would be {next:?}"));
    };
    let (a, b) = (&expected[at], &found[at]);
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|line| !those.contains(line)).cloned().collect()
    };
    Some(format!("PDU {at}: {:?} against {:?} ({:?})", only(a, b), only(b, a), a.first()))
}

/// A way of cutting by plan.
pub fn cutter(segmentation: Segmentation) -> Cutter {
    Box::new(move |stream| segments(stream, &TcpOptions::cut(segmentation.clone())))
}

/// Ways of cutting that together cut at every byte: each cuts at every `step`th byte, from another start.
pub fn every_byte(step: usize) -> impl Iterator<Item = Cutter> {
    (0..step).map(move |start| -> Cutter {
        Box::new(move |stream| {
            let cuts = |side| (start..stream.bytes(side).len()).step_by(step).collect();
            let cuts = Cuts { client: cuts(Side::Client), server: cuts(Side::Server) };
            segments(stream, &TcpOptions::cut(Segmentation::Cut(cuts)))
        })
    })
}
