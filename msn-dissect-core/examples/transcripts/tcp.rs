// SPDX-License-Identifier: GPL-2.0-or-later
//! TCP segments in the order in which they were sent.

use std::collections::BTreeMap;
use std::net::IpAddr;

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use msn_dissect_core::packet::Endpoint;

/// Most bytes that wait for a segment before it is given up.
const MAX_WAITING: usize = 1 << 20;

/// What matters of a segment.
pub struct Segment<'a> {
    /// Sender.
    pub source: Endpoint,
    /// Receiver.
    pub destination: Endpoint,
    /// It has the SYN flag.
    pub begins: bool,
    /// It has the ACK flag.
    pub acknowledges: bool,
    /// Number of the first byte.
    pub sequence: u32,
    /// The bytes.
    pub payload: &'a [u8],
}

impl<'a> Segment<'a> {
    /// The segment in a packet, if it is one of TCP over IP.
    pub fn of(packet: &SlicedPacket<'a>) -> Option<Segment<'a>> {
        let (source, destination): (IpAddr, IpAddr) = match packet.net.as_ref()? {
            NetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            NetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
            _ => return None,
        };
        let Some(TransportSlice::Tcp(tcp)) = &packet.transport else { return None };
        Some(Segment {
            source: Endpoint::new(source, tcp.source_port()),
            destination: Endpoint::new(destination, tcp.destination_port()),
            begins: tcp.syn(),
            acknowledges: tcp.ack(),
            sequence: tcp.sequence_number(),
            payload: tcp.payload(),
        })
    }
}

/// The bytes of one direction, as far as they came in order.
#[derive(Default)]
pub struct Stream {
    /// Sequence number of the next byte.
    next: Option<u32>,
    /// How many bytes came out.
    place: u64,
    lost: bool,
    /// Bytes that came too early, by their place.
    early: BTreeMap<u64, Vec<u8>>,
    waiting: usize,
}

impl Stream {
    /// Whether bytes came out.
    pub fn begun(&self) -> bool {
        self.place > 0
    }

    /// Whether bytes were given up.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Takes a segment; appends the bytes that are in order now.
    pub fn take(&mut self, segment: &Segment<'_>, to: &mut Vec<u8>) {
        if segment.begins {
            self.next = Some(segment.sequence.wrapping_add(1));
            return;
        }
        let next = *self.next.get_or_insert(segment.sequence);
        let ahead = segment.sequence.wrapping_sub(next).cast_signed();
        match u64::try_from(ahead) {
            Ok(ahead) if ahead > 0 && !segment.payload.is_empty() => {
                self.waiting += segment.payload.len();
                if let Some(before) = self.early.insert(self.place + ahead, segment.payload.to_vec()) {
                    self.waiting -= before.len();
                }
            }
            _ => self.append(segment.payload.get(ahead.unsigned_abs() as usize..).unwrap_or_default(), to),
        }
        self.catch_up(to);
        if self.waiting > MAX_WAITING {
            self.give_up(to);
        }
    }

    fn append(&mut self, new: &[u8], to: &mut Vec<u8>) {
        to.extend_from_slice(new);
        self.place += new.len() as u64;
        self.next = self.next.map(|next| next.wrapping_add(new.len() as u32));
    }

    /// Appends what came too early and is not any more.
    fn catch_up(&mut self, to: &mut Vec<u8>) {
        while let Some(first) = self.early.first_entry().filter(|first| *first.key() <= self.place) {
            let seen = (self.place - first.key()) as usize;
            let bytes = first.remove();
            self.waiting -= bytes.len();
            self.append(bytes.get(seen..).unwrap_or_default(), to);
        }
    }

    /// The capture lacks a segment: goes on with what came after it.
    fn give_up(&mut self, to: &mut Vec<u8>) {
        let Some((&nearest, _)) = self.early.first_key_value() else { return };
        let missing = nearest - self.place;
        self.lost = true;
        self.place = nearest;
        self.next = self.next.map(|next| next.wrapping_add(missing as u32));
        self.catch_up(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(segments: &[(u32, &[u8])]) -> (Vec<u8>, bool) {
        let (mut stream, mut out) = (Stream::default(), Vec::new());
        for &(sequence, payload) in segments {
            let (source, destination) = (Endpoint::default(), Endpoint::default());
            let (begins, acknowledges) = (payload == b"SYN", false);
            let payload = if begins { &[][..] } else { payload };
            stream.take(&Segment { source, destination, begins, acknowledges, sequence, payload }, &mut out);
        }
        (out, stream.is_lost())
    }

    #[test]
    fn bytes_come_out_once_and_in_order() {
        let start = u32::MAX - 2;
        let at = |offset: u32| start.wrapping_add(1 + offset);
        let (out, lost) =
            stream(&[(start, b"SYN"), (at(0), b"ab"), (at(4), b"ef"), (at(2), b"cd"), (at(1), b"bcdefg")]);
        assert_eq!((out.as_slice(), lost), (b"abcdefg".as_slice(), false));
    }

    #[test]
    fn what_never_comes_is_given_up() {
        let large = vec![b'x'; MAX_WAITING];
        let (out, lost) = stream(&[(0, b"SYN"), (1, b"a"), (3, &large), (3 + MAX_WAITING as u32, b"z")]);
        assert_eq!((out.len(), out.last(), lost), (MAX_WAITING + 2, Some(&b'z'), true));
    }
}
