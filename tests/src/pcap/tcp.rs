// SPDX-License-Identifier: GPL-2.0-or-later
//! From what was said on a connection to the TCP segments that carried it.

use super::{Event, Side, Stream, Timed, rng};
use rand::RngExt;
use std::net::SocketAddr;
use std::time::Duration;

/// Time that the handshake takes. Wireshark takes segments that come out of order within this time for reordered, and
/// later ones for retransmitted.
const ROUND_TRIP: Duration = Duration::from_millis(20);

/// Places where the two byte streams of a connection are cut into segments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Offsets in the client's byte stream, ascending.
    pub client: Vec<usize>,
    /// Offsets in the server's byte stream, ascending.
    pub server: Vec<usize>,
}

/// How the bytes of a connection are put into segments. The maximum segment size holds in every case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segmentation {
    /// One segment per data event.
    AsSent,
    /// One segment for all that one side says until the other speaks.
    Merged,
    /// One segment per byte.
    Bytes,
    /// As sent, but also cut at these stream offsets.
    Cut(Cuts),
    /// Segments of random length that pay no heed to the events, but keep the order in which the sides speak.
    Random {
        /// Makes the choice repeatable.
        seed: u64,
        /// Longest segment in bytes.
        max: usize,
    },
}

/// How a connection becomes segments.
#[derive(Clone, Debug)]
pub struct TcpOptions {
    /// Where segments begin and end.
    pub segmentation: Segmentation,
    /// Largest number of data bytes in a segment.
    pub mss: usize,
    /// Whether SYN, SYN-ACK and ACK are in the capture.
    pub handshake: bool,
    /// Whether each data segment is followed by a pure acknowledgement.
    pub acks: bool,
}

impl Default for TcpOptions {
    fn default() -> TcpOptions {
        TcpOptions { segmentation: Segmentation::AsSent, mss: 1460, handshake: true, acks: false }
    }
}

impl TcpOptions {
    /// The usual options with another way of cutting.
    pub fn cut(segmentation: Segmentation) -> TcpOptions {
        TcpOptions { segmentation, ..TcpOptions::default() }
    }
}

/// One TCP segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Time since the start of the capture.
    pub at: Duration,
    /// Sender.
    pub source: SocketAddr,
    /// Receiver.
    pub destination: SocketAddr,
    /// Sequence number of the first data byte (or of the flag that occupies a number).
    pub seq: u32,
    /// Acknowledgement number; 0 without the ACK flag.
    pub ack: u32,
    /// SYN flag.
    pub syn: bool,
    /// FIN flag.
    pub fin: bool,
    /// RST flag.
    pub rst: bool,
    /// Data.
    pub payload: Vec<u8>,
    /// False for a segment that was sent but that the capture lacks.
    pub captured: bool,
}

/// Sequence number bookkeeping of a connection.
struct Sender<'a> {
    stream: &'a Stream,
    next: [u32; 2],
    out: Vec<Segment>,
    acks: bool,
}

impl<'a> Sender<'a> {
    fn new(stream: &'a Stream, acks: bool) -> Sender<'a> {
        let initial = |a: SocketAddr| 0x1000_0000u32.wrapping_add(u32::from(a.port()).wrapping_mul(0x0001_0203));
        Sender { stream, next: [initial(stream.client), initial(stream.server)], out: Vec::new(), acks }
    }

    fn segment(&mut self, at: Duration, side: Side, payload: Vec<u8>) -> &mut Segment {
        let (source, destination) = match side {
            Side::Client => (self.stream.client, self.stream.server),
            Side::Server => (self.stream.server, self.stream.client),
        };
        let seq = self.next[side as usize];
        let ack = self.next[side.other() as usize];
        self.next[side as usize] = seq.wrapping_add(payload.len() as u32);
        let captured = true;
        // What is sent later must not come earlier in the capture, however close the events are.
        let at = self.out.last().map_or(at, |last| at.max(last.at));
        let segment =
            Segment { at, source, destination, seq, ack, syn: false, fin: false, rst: false, payload, captured };
        self.out.push(segment);
        let last = self.out.len() - 1;
        &mut self.out[last]
    }

    /// The FIN and SYN flags occupy one sequence number each.
    fn occupy(&mut self, side: Side) {
        self.next[side as usize] = self.next[side as usize].wrapping_add(1);
    }

    fn handshake(&mut self, start: Duration) {
        let syn = self.segment(start, Side::Client, Vec::new());
        syn.syn = true;
        syn.ack = 0;
        self.occupy(Side::Client);
        self.segment(start + ROUND_TRIP / 2, Side::Server, Vec::new()).syn = true;
        self.occupy(Side::Server);
        self.segment(start + ROUND_TRIP, Side::Client, Vec::new());
    }

    fn data(&mut self, piece: Piece) {
        let (at, side) = (piece.at, piece.side);
        self.segment(at, side, piece.bytes).captured = piece.captured;
        if self.acks {
            self.segment(at + Duration::from_micros(50), side.other(), Vec::new());
        }
    }
}

/// Data of one side that goes into one segment.
struct Piece {
    at: Duration,
    side: Side,
    bytes: Vec<u8>,
    captured: bool,
}

/// The segments of a connection, in time order.
pub fn segments(stream: &Stream, options: &TcpOptions) -> Vec<Segment> {
    let mut sender = Sender::new(stream, options.acks);
    let start = stream.events.first().map_or(Duration::ZERO, |e| e.at);
    if options.handshake {
        sender.handshake(start);
    } else {
        sender.occupy(Side::Client);
        sender.occupy(Side::Server);
    }
    // Data must not leave before the handshake is over.
    let delay = ROUND_TRIP * 2;
    for turn in turns(&stream.events, &options.segmentation) {
        match turn {
            Turn::Data(piece) => {
                let mut at = piece.at + delay;
                for bytes in piece.bytes.chunks(options.mss.max(1)) {
                    sender.data(Piece { at, side: piece.side, bytes: bytes.to_vec(), captured: piece.captured });
                    at += Duration::from_micros(1);
                }
            }
            Turn::Fin(at, side) => {
                sender.segment(at + delay, side, Vec::new()).fin = true;
                sender.occupy(side);
                sender.segment(at + delay + Duration::from_micros(20), side.other(), Vec::new());
            }
            Turn::Rst(at, side) => sender.segment(at + delay, side, Vec::new()).rst = true,
        }
    }
    sender.out
}

enum Turn {
    Data(Piece),
    Fin(Duration, Side),
    Rst(Duration, Side),
}

/// Cuts the events of a connection as the plan says, leaving the maximum segment size aside.
fn turns(events: &[Timed], segmentation: &Segmentation) -> Vec<Turn> {
    let merge = matches!(segmentation, Segmentation::Merged | Segmentation::Random { .. });
    let mut random = match segmentation {
        Segmentation::Random { seed, .. } => Some(rng(*seed)),
        _ => None,
    };
    let mut offset = [0usize; 2];
    let mut out = Vec::new();
    for Timed { at, side, event } in merged(events, merge) {
        let (bytes, captured) = match event {
            Event::Data(bytes) => (bytes, true),
            Event::Unseen(bytes) => (bytes, false),
            Event::Fin => {
                out.push(Turn::Fin(at, side));
                continue;
            }
            Event::Rst => {
                out.push(Turn::Rst(at, side));
                continue;
            }
        };
        let start = offset[side as usize];
        offset[side as usize] += bytes.len();
        let pieces: Vec<&[u8]> = match segmentation {
            Segmentation::AsSent | Segmentation::Merged => vec![&bytes],
            Segmentation::Bytes => bytes.chunks(1).collect(),
            Segmentation::Cut(cuts) => {
                let offsets = if side == Side::Client { &cuts.client } else { &cuts.server };
                split_at_all(&bytes, offsets.iter().filter_map(|o| o.checked_sub(start)))
            }
            Segmentation::Random { max, .. } => {
                let mut rest = bytes.as_slice();
                let mut pieces = Vec::new();
                while let (false, Some(random)) = (rest.is_empty(), random.as_mut()) {
                    let (piece, tail) = rest.split_at(random.random_range(1..=(*max).max(1)).min(rest.len()));
                    pieces.push(piece);
                    rest = tail;
                }
                pieces
            }
        };
        for (n, piece) in pieces.into_iter().filter(|p| !p.is_empty()).enumerate() {
            let at = at + Duration::from_nanos(100) * n as u32;
            out.push(Turn::Data(Piece { at, side, bytes: piece.to_vec(), captured }));
        }
    }
    out
}

fn split_at_all(bytes: &[u8], offsets: impl Iterator<Item = usize>) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for to in offsets.filter(|&o| o < bytes.len()) {
        if to > from {
            pieces.push(&bytes[from..to]);
            from = to;
        }
    }
    pieces.push(&bytes[from..]);
    pieces
}

/// Joins neighbouring data events of the same side when asked to.
fn merged(events: &[Timed], merge: bool) -> Vec<Timed> {
    let mut out: Vec<Timed> = Vec::with_capacity(events.len());
    for next in events {
        let last = out.last_mut().filter(|last| merge && last.side == next.side);
        match (last.map(|last| &mut last.event), &next.event) {
            (Some(Event::Data(held)), Event::Data(bytes)) => held.extend_from_slice(bytes),
            _ => out.push(next.clone()),
        }
    }
    out
}

/// After every pair of neighbouring data segments of one sender, sends once more the second half of the first and
/// the first half of the second, as stacks do that merge what they retransmit.
pub fn overlap(segments: &[Segment]) -> Vec<Segment> {
    let mut out = Vec::new();
    let mut previous: Option<&Segment> = None;
    for segment in segments {
        out.push(segment.clone());
        if segment.payload.is_empty() {
            continue;
        }
        if let Some(before) = previous.filter(|b| b.source == segment.source) {
            let from = before.payload.len() / 2;
            let to = segment.payload.len().div_ceil(2);
            let payload = [&before.payload[from..], &segment.payload[..to]].concat();
            let seq = before.seq.wrapping_add(from as u32);
            let at = segment.at + Duration::from_nanos(50);
            out.push(Segment { at, seq, payload, ..segment.clone() });
        }
        previous = Some(segment);
    }
    out
}
