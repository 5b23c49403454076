// SPDX-License-Identifier: GPL-2.0-or-later
//! Where a packet of a direct connection begins and ends (fact base: direct 2, 3 and 7). In: bytes, and whether a packet
//! is due. Out: the greeting, or a packet behind its length.

use crate::{
    dissect::framer::{Framer, Step},
    packet::Need,
    wire::{Span, u32_at},
};

/// The greeting and its length.
pub const GREETING: &[u8] = b"\x04\0\0\0foo\0";

/// Longest packet believed; clients send 1400 to 8240 bytes.
pub const MAX_PACKET: usize = 16 * 1024;

/// Bytes of a version 1 header.
pub const HEADER_V1: usize = 48;

/// Shortest version 2 header.
pub const HEADER_V2: usize = 8;

/// Flags that a version 1 header may have.
const FLAGS_V1: u32 = 0x0100_03ff;

/// Flag of a version 1 packet that carries a nonce.
const FLAG_NONCE: u32 = 0x100;

/// What a direct connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pdu {
    /// Length and `foo`.
    Greeting,
    /// `foo`, its length in an earlier segment.
    BareGreeting,
    /// Length 0.
    KeepAlive,
    /// A packet behind its length, or what is there of it.
    Packet,
}

/// Finds packets.
#[derive(Debug, Default)]
pub struct DirectFramer;

impl Framer for DirectFramer {
    /// A packet is due to begin here.
    type Context = bool;
    type Pdu<'a> = Pdu;

    fn next<'a>(&'a mut self, bytes: &'a [u8], &aligned: &bool, more: bool) -> Step<Pdu> {
        next(bytes, aligned, more)
    }
}

fn next(data: &[u8], aligned: bool, more: bool) -> Step<Pdu> {
    if data.starts_with(b"foo\0") && !aligned {
        return Step::Unit(Pdu::BareGreeting, 4);
    }
    let Some(len) = u32_at(data, 0).map(|len| len as usize) else {
        // Not for the rest of the length alone: then TCP would ask twice in the next frame, and in a row of such frames
        // Wireshark's later passes lose all of them.
        return match aligned && more {
            true => Step::Partial(Need::Segment),
            false => Step::Noise(data.len()),
        };
    };
    let there = Span::new(4, data.len().min(4 + len.min(MAX_PACKET)));
    if data.starts_with(GREETING) {
        return Step::Unit(Pdu::Greeting, GREETING.len());
    }
    let possible = match len {
        0 => aligned,
        4 => GREETING.starts_with(there.of(data)) || there.of(data).is_empty() || b"foo\0".starts_with(there.of(data)),
        HEADER_V2..=MAX_PACKET => aligned || is_packet(data) || is_nonce(data),
        _ => false,
    };
    if !possible {
        return Step::Noise(resync(data));
    }
    match len {
        0 => Step::Unit(Pdu::KeepAlive, 4),
        _ if there.len() < len && more => Step::Partial(Need::Bytes(len - there.len())),
        _ => Step::Unit(Pdu::Packet, there.end),
    }
}

/// Where after the first byte a packet begins, or all of the bytes.
fn resync(data: &[u8]) -> usize {
    (1..data.len()).find(|&at| data.get(at..).is_some_and(is_packet)).unwrap_or(data.len())
}

/// Whether the bytes begin with the length and nonce packet of version 1.
pub fn is_nonce(data: &[u8]) -> bool {
    u32_at(data, 0) == Some(HEADER_V1 as u32)
        && data.get(4..4 + HEADER_V1).is_some_and(|packet| {
            let zero = |from, to| packet.get(from..to).is_some_and(|bytes: &[u8]| bytes.iter().all(|&byte| byte == 0));
            u32_at(packet, 28) == Some(FLAG_NONCE) && zero(0, 4) && zero(8, 28)
        })
}

/// Whether the bytes begin with something that can hardly be anything but a packet: a version 1 header that agrees with
/// its length, or two version 2 packets in a row.
pub fn is_packet(data: &[u8]) -> bool {
    v1_len(data).is_some() || two_v2(data)
}

/// The length of a version 1 packet, if its header agrees with it.
pub fn v1_len(data: &[u8]) -> Option<usize> {
    let len = u32_at(data, 0)? as usize;
    if !(HEADER_V1..=MAX_PACKET).contains(&len) {
        return None;
    }
    let packet = data.get(4..4 + HEADER_V1)?;
    let (size, offset, total) = (u32_at(packet, 24)?, u32_at(packet, 8)?, u32_at(packet, 16)?);
    let agrees = size as usize == len - HEADER_V1
        && u32_at(packet, 12) == Some(0)
        && u32_at(packet, 20) == Some(0)
        && u64::from(total) >= u64::from(offset) + u64::from(size)
        && u32_at(packet, 28)? & !FLAGS_V1 == 0
        // A row of zeros is no header: messages have numbers.
        && u32_at(packet, 4) != Some(0);
    agrees.then_some(len)
}

/// The length of a version 2 packet, if its header agrees with it.
pub fn v2_len(data: &[u8]) -> Option<usize> {
    let len = u32_at(data, 0)? as usize;
    let head = data.get(4..8)?;
    let (&header, &operation) = (head.first()?, head.get(1)?);
    let message = u16::from_be_bytes([*head.get(2)?, *head.get(3)?]);
    let agrees = header >= HEADER_V2 as u8
        && header % 4 == 0
        && operation <= 3
        && (HEADER_V2..=MAX_PACKET).contains(&len)
        && usize::from(header) + usize::from(message) == len;
    agrees.then_some(len)
}

fn two_v2(data: &[u8]) -> bool {
    v2_len(data).is_some_and(|len| data.get(4 + len..).is_some_and(|rest| v2_len(rest).is_some()))
}

/// Whether a stream that begins with `data` is a direct connection, whatever its port.
pub fn heuristic(data: &[u8]) -> bool {
    // libpurple sends the length of the greeting in a segment of its own.
    if data.starts_with(GREETING) || data == b"foo\0" || is_nonce(data) {
        return true;
    }
    let second = |len: usize| data.get(4 + len..).unwrap_or_default();
    match v1_len(data) {
        Some(len) => v1_len(second(len)).is_some(),
        None => two_v2(data),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn v1(size: u32, offset: u64, total: u64) -> Vec<u8> {
        let mut packet = (48 + size).to_le_bytes().to_vec();
        packet.extend_from_slice(&[1, 0, 0, 0, 2, 0, 0, 0]);
        packet.extend_from_slice(&offset.to_le_bytes());
        packet.extend_from_slice(&total.to_le_bytes());
        packet.extend_from_slice(&size.to_le_bytes());
        packet.extend_from_slice(&0x20u32.to_le_bytes());
        packet.resize(packet.len() + 16 + size as usize, 7);
        packet
    }

    fn v2(size: u16) -> Vec<u8> {
        let mut packet = (8 + u32::from(size)).to_le_bytes().to_vec();
        packet.extend_from_slice(&[8, 0]);
        packet.extend_from_slice(&size.to_be_bytes());
        packet.resize(packet.len() + 4 + usize::from(size), 9);
        packet
    }

    fn nonce() -> Vec<u8> {
        let mut packet = vec![0x30, 0, 0, 0, 0, 0, 0, 0, 0xc9, 0xb2, 0xa1, 0];
        packet.resize(4 + 28, 0);
        packet.extend_from_slice(&[0, 1, 0, 0]);
        packet.extend_from_slice(&[0xd4; 16]);
        packet
    }

    #[test]
    fn beginnings_are_recognised_on_any_port() {
        let two = |one: Vec<u8>| [one.clone(), one].concat();
        for stream in [GREETING.to_vec(), b"foo\0".to_vec(), nonce(), two(v1(100, 0, 300)), two(v2(20))] {
            assert!(heuristic(&stream), "{stream:x?}");
        }
        for stream in
            [&b"AMSNPING93739\r\n"[..], b"\x04\0\0\0", b"foo\0bar", b"", b"\x10\0\0\0", &v1(100, 0, 300), &v2(20)]
        {
            assert!(!heuristic(stream), "{stream:x?}");
        }
    }

    #[test]
    fn lengths_cut_packets() {
        let packet = v1(10, 0, 10);
        assert_eq!(next(&packet, true, true), Step::Unit(Pdu::Packet, 62));
        assert_eq!(next(&packet[..20], true, true), Step::Partial(Need::Bytes(42)));
        assert_eq!(next(&packet[..20], true, false), Step::Unit(Pdu::Packet, 20));
        assert_eq!(next(&packet[..2], true, true), Step::Partial(Need::Segment));
        assert_eq!(next(b"\x04\0\0\0", false, true), Step::Partial(Need::Bytes(4)));
        assert_eq!(next(GREETING, false, true), Step::Unit(Pdu::Greeting, 8));
        assert_eq!(next(b"\0\0\0\0\x04", true, true), Step::Unit(Pdu::KeepAlive, 4));
        assert_eq!(next(b"AMSNPING93739\r\n", true, true), Step::Noise(15));
    }

    #[test]
    fn packets_are_found_again_after_a_gap() {
        let stream = [vec![0xee; 100], v1(10, 20, 30)].concat();
        assert_eq!(next(&stream, false, true), Step::Noise(100));
        let stream = [vec![0xee; 100], v2(10), v2(12)].concat();
        assert_eq!(next(&stream, false, true), Step::Noise(100));
    }

    proptest! {
        #[test]
        fn any_bytes_advance(data in proptest::collection::vec(any::<u8>(), 1..200), aligned: bool, more: bool) {
            match next(&data, aligned, more) {
                Step::Unit(Pdu::Greeting, len) => prop_assert!(len == 8 && data.starts_with(GREETING)),
                Step::Unit(Pdu::BareGreeting | Pdu::KeepAlive, len) => prop_assert!(len == 4 && data.len() >= 4),
                Step::Unit(Pdu::Packet, len) => prop_assert!(len <= data.len() && len >= 4),
                Step::Noise(len) => prop_assert!((1..=data.len()).contains(&len)),
                Step::Partial(need) => {
                    prop_assert!(more);
                    prop_assert!(matches!(need, Need::Segment | Need::Bytes(1..=MAX_PACKET)));
                }
            }
        }
    }
}
