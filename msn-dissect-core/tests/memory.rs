// SPDX-License-Identifier: GPL-2.0-or-later
//! A million hostile lines, or peer-to-peer packets: what the process remembers of them stays a small multiple of their
//! number.
//!
//! Each attack runs in a process of its own, because the memory of the whole process is what is looked at.
#![cfg(target_os = "linux")]

use msn_dissect_core::{
    dissect::stream,
    output::Dissection,
    packet::{Endpoint, Packet},
    session::Session,
};

/// Lines of each attack.
const LINES: u32 = 1_000_000;
/// Lines in one packet.
const BATCH: u32 = 50;

/// Bytes that a line may take for ever: its links, and what it changed.
const PER_LINE: u64 = 164;
/// Bytes that a packet takes at least: what its lines were, which are alike.
const PER_PACKET: u64 = 12;
/// Bytes that a peer-to-peer packet may take for ever, with the bytes of the message that it is a piece of: it has some 40
/// itself.
const PER_PEER_PACKET: u64 = 100;
/// Bytes that the bounded tables (names, cookies, chats, requests) may take together.
const TABLES: u64 = 64 << 20;

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it tells the memory");
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).expect("a number of kB") * 1024
}

/// Feeds segments, which `say` makes from the number of their first line, on connections of its choice; how much memory
/// they took.
fn attack(from_client: bool, say: impl Fn(u32) -> (u64, Vec<u8>)) -> (Session, u64) {
    let mut session = Session::default();
    let mut out = Dissection::default();
    let before = resident();
    let client = Endpoint { port: 40000, ..Endpoint::default() };
    let server = Endpoint { port: 1863, ..Endpoint::default() };
    for (frame, first) in (0..LINES).step_by(BATCH as usize).enumerate() {
        let (connection, bytes) = say(first);
        let (source, destination) = if from_client { (client, server) } else { (server, client) };
        let packet = Packet { number: frame as u32 + 1, connection, source, destination, ..Packet::example() };
        out.reset(false);
        stream(&mut session, &Packet { want_info: false, want_objects: false, ..packet }, &bytes, &mut out);
        assert_eq!(out.consumed, bytes.len());
    }
    (session, resident().saturating_sub(before))
}

/// The lines of a segment, and the connection of the last one.
fn lines(say: fn(u32) -> (u64, String), first: u32) -> (u64, Vec<u8>) {
    let mut connection = 0;
    let lines: String = (first..first + BATCH)
        .map(|number| {
            let (on, line) = say(number);
            connection = on;
            line
        })
        .collect();
    (connection, lines.into_bytes())
}

/// A packet of version 2: bits of the operation, options, kind of data, number of the message, bytes to come, data.
fn packet(sequence: u32, op: u8, options: &[u8], tf: u8, number: u16, to_come: u64, data: &[u8]) -> Vec<u8> {
    let mut header = vec![0, tf];
    header.extend(number.to_be_bytes());
    header.extend(7u32.to_be_bytes());
    if to_come > 0 {
        header.extend([1, 8]);
        header.extend(to_come.to_be_bytes());
        header.extend([0, 0]);
    }
    header[0] = header.len() as u8;
    let len = if data.is_empty() { 0 } else { header.len() + data.len() };
    let mut packet = vec![8 + options.len() as u8, op];
    packet.extend((len as u16).to_be_bytes());
    packet.extend(sequence.to_be_bytes());
    packet.extend(options);
    if len > 0 {
        packet.extend(header);
        packet.extend(data);
    }
    packet.extend([0, 0, 0, 1]);
    packet
}

/// A message of a switchboard with the packets of a segment.
fn packets(say: fn(u32) -> Vec<u8>, first: u32) -> (u64, Vec<u8>) {
    let (mut body, mut offsets) = (Vec::new(), Vec::new());
    for number in first..first + BATCH {
        offsets.push(body.len().to_string());
        body.extend(say(number));
    }
    let head = format!(
        "Content-Type: application/x-msnmsgrp2p\r\nP2P-Dest: b@example.com;{{1}}\r\nBridging-Offsets: {}\r\n\r\n",
        offsets.join(",")
    );
    let line = format!("MSG {first} D {}\r\n", head.len() + body.len());
    (1, [line.as_bytes(), head.as_bytes(), &body].concat())
}

type Attack = (&'static str, bool, fn(u32) -> (u64, String));

/// Name, whether the client sends it, and connection and text of line n.
const ATTACKS: &[Attack] = &[
    ("transaction IDs", true, |n| (1, format!("CHG {n} NLN\r\n"))),
    ("one transaction ID", true, |_| (1, "CHG 7 NLN\r\n".into())),
    ("answers", false, |n| (1, format!("CHG {n} NLN\r\n"))),
    ("switchboard cookies", false, |n| (1, format!("XFR {n} SB 192.0.2.1:1863 CKI {n}.{n}.{n}\r\n"))),
    ("calls", false, |n| {
        (1, format!("RNG {n} 192.0.{}.{}:1863 CKI {n}.1 a{n}@example.com A\r\n", n >> 8 & 255, n & 255))
    }),
    ("cookies used", true, |n| (1, format!("ANS {n} a@example.com {n}.1 {n}\r\n"))),
    ("participants", false, |n| (1, format!("JOI a{n}@example.com A\r\n"))),
    ("coming and going", false, |n| {
        let (word, name) = if n / 60 % 2 == 0 { ("JOI", " A") } else { ("BYE", "") };
        (1, format!("{word} a{}@example.com{name}\r\n", n % 60))
    }),
    ("accounts", true, |n| (1, format!("USR {n} TWN I a{n}@example.com\r\n"))),
    ("contacts", false, |n| {
        (u64::from(n >> 12), format!("LST N=a{n}@example.com C=00000000-0000-0000-0000-{n:012} 11\r\n"))
    }),
    ("calls to people", true, |n| (1, format!("CAL {n} a{n}@example.com\r\n"))),
    ("display names", false, |n| (1, format!("PRP {n} MFN A{n}\r\n"))),
    ("pings", true, |_| (1, "PNG\r\n".into())),
    ("challenges", false, |n| (1, format!("CHL 0 {n}\r\n"))),
    ("connections", true, |n| (u64::from(n / BATCH), format!("CHG {n} NLN\r\n"))),
];

/// Makes packet n.
type MakePacket = fn(u32) -> Vec<u8>;

/// Name, and packet n.
const PEER_ATTACKS: &[(&str, MakePacket)] = &[
    ("pieces", |n| packet(100 + 21 * n, 0, &[], u8::from(n == 0) | 4, 1, u64::from(LINES - 1 - n), b"x")),
    ("messages of one packet", |n| packet(100 + 12 * n, 0, &[], 5, 1, 0, b"data")),
    ("messages that never end", |n| packet(100 + 24 * n, 0, &[], 5, n as u16, 1 << 20, b"data")),
    ("what is to be acknowledged", |n| packet(100 + 12 * n, 2, &[], 5, 1, 0, b"data")),
    ("acknowledgements", |n| {
        let acked = 500 + n;
        packet(1, 0, &[&[2, 4][..], &acked.to_be_bytes(), &[0, 0]].concat(), 0, 0, 0, b"")
    }),
];

/// Tells a child process which attack to run.
const CHOICE: &str = "MSN_MEMORY_ATTACK";

/// Runs the attack that this process is told to run; whether it is told to.
fn chosen() -> bool {
    let Ok(choice) = std::env::var(CHOICE) else { return false };
    let line = ATTACKS.iter().find(|row| row.0 == choice);
    let packet = PEER_ATTACKS.iter().find(|row| row.0 == choice);
    let (session, taken, each, least) = match (line, packet) {
        (Some(&(_, from_client, say)), _) => {
            let (session, taken) = attack(from_client, |first| lines(say, first));
            assert_eq!(session.records.len(), LINES as usize);
            // Less than the records alone take would mean that nothing was measured.
            (session, taken, PER_LINE, PER_PACKET * u64::from(LINES / BATCH))
        }
        (None, Some(&(_, say))) => {
            let (session, taken) = attack(true, |first| packets(say, first));
            assert_eq!(session.p2p.notes.len(), LINES as usize);
            (session, taken, PER_PEER_PACKET, 30 * u64::from(LINES))
        }
        (None, None) => panic!("no attack is called {choice}"),
    };
    println!("{choice}: {} MB, {} bytes each", taken >> 20, taken / u64::from(LINES));
    assert!(taken < each * u64::from(LINES) + TABLES, "{choice}: {taken} bytes for {LINES} lines or packets");
    assert!(taken > least, "{choice}: only {taken} bytes");
    drop(session);
    true
}

#[test]
fn memory_is_bounded() {
    if chosen() {
        return;
    }
    let program = std::env::current_exe().expect("this test is a program");
    let names: Vec<_> = ATTACKS.iter().map(|row| row.0).chain(PEER_ATTACKS.iter().map(|row| row.0)).collect();
    for pair in names.chunks(2) {
        let children: Vec<_> = pair
            .iter()
            .map(|&name| {
                let mut command = std::process::Command::new(&program);
                command.args(["--exact", "memory_is_bounded", "--nocapture"]).env(CHOICE, name);
                (name, command.spawn().expect("the same program again"))
            })
            .collect();
        for (name, mut child) in children {
            assert!(child.wait().expect("it ends").success(), "{name}");
        }
    }
}
