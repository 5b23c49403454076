// SPDX-License-Identifier: GPL-2.0-or-later
//! From a capture back to the byte streams of its TCP connections.

use super::{Capture, Event, Link, Side, Stream, Timed};
use etherparse::{NetSlice, SlicedPacket, TcpSlice, TransportSlice};
use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// Segments that lie further ahead than this belong to another life of the same port pair.
const WINDOW: u32 = 1 << 24;

/// The TCP segment of a captured packet, padding behind the IP packet left aside.
struct Seen<'a> {
    source: SocketAddr,
    destination: SocketAddr,
    tcp: TcpSlice<'a>,
}

fn tcp_of(link: Link, packet: &[u8]) -> Option<Seen<'_>> {
    let ip = packet.get(link.ip_offset(packet)?..)?;
    let sliced = SlicedPacket::from_ip(ip).ok()?;
    let (from, to): (IpAddr, IpAddr) = match sliced.net.as_ref()? {
        NetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        NetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        NetSlice::Arp(_) => return None,
    };
    let Some(TransportSlice::Tcp(tcp)) = sliced.transport else {
        return None;
    };
    let source = SocketAddr::new(from, tcp.source_port());
    let destination = SocketAddr::new(to, tcp.destination_port());
    Some(Seen { source, destination, tcp })
}

/// Number of TCP data bytes in a packet; `None` when it is not (whole) TCP.
pub(super) fn tcp_payload_len(link: Link, packet: &[u8]) -> Option<usize> {
    tcp_of(link, packet).map(|seen| seen.tcp.payload().len())
}

/// One direction of a connection.
#[derive(Default)]
struct Half {
    next: Option<u32>,
    waiting: BTreeMap<u32, Vec<u8>>,
    closed: bool,
}

impl Half {
    /// Takes a segment, returns what has become contiguous.
    fn take(&mut self, seq: u32, payload: &[u8]) -> Vec<u8> {
        let next = *self.next.get_or_insert(seq);
        if !payload.is_empty() && seq.wrapping_sub(next).wrapping_add(WINDOW) < 2 * WINDOW {
            let held = self.waiting.entry(seq).or_default();
            if held.len() < payload.len() {
                *held = payload.to_vec();
            }
        }
        self.contiguous()
    }

    fn contiguous(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let Some(mut next) = self.next else {
            return out;
        };
        // Keys are plain numbers, so after a wrap-around the next segment need not come first.
        while let Some(seq) = self.waiting.keys().copied().find(|&seq| next.wrapping_sub(seq) < WINDOW || seq == next) {
            let bytes = self.waiting.remove(&seq).unwrap_or_default();
            let known = next.wrapping_sub(seq) as usize;
            if known < bytes.len() {
                out.extend_from_slice(&bytes[known..]);
                next = next.wrapping_add((bytes.len() - known) as u32);
            }
        }
        self.next = Some(next);
        out
    }

    /// At the end of the capture: what lies behind a gap that was never filled.
    fn flush(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some(next) = self.next {
            out.extend(self.contiguous());
            let nearest = self.waiting.keys().copied().min_by_key(|seq| seq.wrapping_sub(next));
            let Some(nearest) = nearest else { break };
            self.next = Some(nearest);
        }
        out
    }
}

struct Connection {
    stream: Stream,
    halves: [Half; 2],
    last: Duration,
}

impl Connection {
    fn push(&mut self, at: Duration, side: Side, event: Event) {
        if !matches!(&event, Event::Data(bytes) if bytes.is_empty()) {
            self.stream.events.push(Timed { at, side, event });
        }
        self.last = at;
    }
}

/// The TCP connections of a capture in the order of their first packet, each with what its sides sent, retransmissions
/// removed and the order restored. A gap that never fills is skipped at the end. The client is who sent the SYN; when
/// the capture began later, who has the higher port.
pub fn restream(capture: &Capture) -> Vec<Stream> {
    let start = capture.packets.first().map_or(Duration::ZERO, |p| p.time);
    let mut connections: Vec<Connection> = Vec::new();
    let mut open: HashMap<(SocketAddr, SocketAddr), usize> = HashMap::new();
    for packet in &capture.packets {
        let Some(Seen { source, destination, tcp }) = tcp_of(capture.link, &packet.data) else {
            continue;
        };
        let at = packet.time.saturating_sub(start);
        let key = if source < destination { (source, destination) } else { (destination, source) };
        let opening = tcp.syn() && !tcp.ack();
        let reused = opening
            && open.get(&key).is_some_and(|&i| {
                let first = connections[i].halves[Side::Client as usize].next;
                !connections[i].stream.events.is_empty() || first != Some(tcp.sequence_number().wrapping_add(1))
            });
        if reused {
            open.remove(&key);
        }
        let index = *open.entry(key).or_insert_with(|| {
            let from_client = opening || (!tcp.syn() && source.port() >= destination.port());
            let (client, server) = if from_client { (source, destination) } else { (destination, source) };
            let stream = Stream { client, server, events: Vec::new() };
            connections.push(Connection { stream, halves: [Half::default(), Half::default()], last: at });
            connections.len() - 1
        });
        let connection = &mut connections[index];
        let side = if source == connection.stream.client { Side::Client } else { Side::Server };
        let half = &mut connection.halves[side as usize];
        if tcp.syn() {
            half.next.get_or_insert(tcp.sequence_number().wrapping_add(1));
            continue;
        }
        let data = half.take(tcp.sequence_number(), tcp.payload());
        let end = tcp.sequence_number().wrapping_add(tcp.payload().len() as u32);
        let finished = tcp.fin() && half.next == Some(end) && !half.closed;
        half.closed |= finished;
        connection.push(at, side, Event::Data(data));
        if finished {
            connection.push(at, side, Event::Fin);
        }
        if tcp.rst() {
            connection.push(at, side, Event::Rst);
        }
    }
    for connection in &mut connections {
        for side in [Side::Client, Side::Server] {
            let rest = connection.halves[side as usize].flush();
            connection.push(connection.last, side, Event::Data(rest));
        }
    }
    connections.into_iter().map(|c| c.stream).collect()
}
