// SPDX-License-Identifier: GPL-2.0-or-later
//! A million packets with one byte each: memory stays a small multiple of their number, and time grows with it. It is
//! the memory of the whole process that is looked at, so all of this is one test.
#![cfg(target_os = "linux")]

use msn_dissect_core::{output::Dissection, packet::Packet};
use std::time::{Duration, Instant};

use msn_dissect_core::{dissect::Channel, session::Session};

/// Packets of each attack.
const PACKETS: u32 = 1_000_000;
/// Packets in one segment.
const BATCH: u32 = 100;
/// Bytes that a packet may take for ever. With its length it has 53 bytes itself.
const PER_PACKET: u64 = 320;
/// Bytes that a packet may take which begins a message of its own.
const PER_MESSAGE: u64 = 560;
/// Bytes that the bounded tables may take together.
const TABLES: u64 = 64 << 20;

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it tells the memory");
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).expect("a number of kB") * 1024
}

/// A packet of version 1 with one byte of data, behind its length.
fn packet(identifier: u32, offset: u64, total: u64) -> Vec<u8> {
    let mut bytes = vec![49, 0, 0, 0, 77, 0, 0, 0];
    bytes.extend(identifier.to_le_bytes());
    bytes.extend(offset.to_le_bytes());
    bytes.extend(total.to_le_bytes());
    bytes.extend([1, 0, 0, 0, 0x20, 0, 0, 0, 5, 0, 0, 0]);
    bytes.resize(4 + 48, 0);
    bytes.push(b'x');
    bytes
}

/// What came of an attack.
struct Outcome {
    memory: u64,
    halves: [Duration; 2],
    /// Bytes of the object that the last packet made whole.
    whole: Option<usize>,
}

/// Sends the packets that `say` makes over a direct connection.
fn attack(say: impl Fn(u32) -> Vec<u8>) -> Outcome {
    let mut session = Session::default();
    let mut out = Dissection::default();
    let before = resident();
    let mut outcome = Outcome { memory: 0, halves: [Duration::ZERO; 2], whole: None };
    let mut segment = b"\x04\0\0\0foo\0".to_vec();
    for first in (0..PACKETS).step_by(BATCH as usize) {
        let start = Instant::now();
        segment.extend((first..first + BATCH).flat_map(&say));
        let frame = first / BATCH + 1;
        let last = first + BATCH >= PACKETS;
        let packet = Packet { number: frame, want_info: false, want_objects: last, ..Packet::example() };
        out.reset(false);
        Channel::Direct.dissect(&mut session, &packet, &segment, &mut out);
        assert_eq!(out.consumed, segment.len());
        outcome.whole = out.objects.first().map(|object| object.bytes(&session, &segment).len());
        segment.clear();
        outcome.halves[usize::from(first >= PACKETS / 2)] += start.elapsed();
    }
    outcome.memory = resident().saturating_sub(before);
    outcome
}

fn check(name: &str, outcome: &Outcome, each: u64) {
    let [first, second] = outcome.halves;
    println!("{name}: {} bytes a packet, {first:?} and {second:?}", outcome.memory / u64::from(PACKETS));
    let allowed = each * u64::from(PACKETS) + TABLES;
    assert!(outcome.memory < allowed, "{name}: {} bytes", outcome.memory);
    assert!(second < first * 4 + Duration::from_secs(2), "{name}: {first:?}, then {second:?}");
}

#[test]
fn a_million_tiny_pieces() {
    let total = u64::from(PACKETS);
    let in_order = attack(|n| packet(9, u64::from(n), total));
    check("in order", &in_order, PER_PACKET);
    assert_eq!(in_order.whole, Some(total as usize));
    let shuffled = attack(|n| packet(9, u64::from(n) * 999_983 % total, total));
    check("shuffled", &shuffled, PER_PACKET);
    assert_eq!(shuffled.whole, Some(total as usize));
    let forged = attack(|n| packet(9, u64::from(n), 1 << 63));
    check("forged total", &forged, PER_PACKET);
    let begun = attack(|n| packet(n + 1, 0, 1 << 30));
    check("a million messages that never end", &begun, PER_MESSAGE);
    assert_eq!([forged.whole, begun.whole], [None; 2]);
}
