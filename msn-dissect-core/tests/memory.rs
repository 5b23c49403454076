// SPDX-License-Identifier: GPL-2.0-or-later
//! A million hostile lines: what the process remembers of them stays a small multiple of their number.
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
/// Bytes that the bounded tables (names, cookies, chats, requests) may take together.
const TABLES: u64 = 64 << 20;

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it tells the memory");
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).expect("a number of kB") * 1024
}

/// Feeds the lines that `say` makes, on connections of its choice; how much memory they took.
fn attack(from_client: bool, say: impl Fn(u32) -> (u64, String)) -> u64 {
    let mut session = Session::default();
    let mut out = Dissection::default();
    let before = resident();
    let client = Endpoint { port: 40000, ..Endpoint::default() };
    let server = Endpoint { port: 1863, ..Endpoint::default() };
    for (frame, first) in (0..LINES).step_by(BATCH as usize).enumerate() {
        let mut connection = 0;
        let lines: String = (first..first + BATCH)
            .map(|number| {
                let (on, line) = say(number);
                connection = on;
                line
            })
            .collect();
        let (source, destination) = if from_client { (client, server) } else { (server, client) };
        let packet = Packet { number: frame as u32 + 1, connection, source, destination, ..Packet::example() };
        out.reset(false);
        stream(&mut session, &Packet { want_info: false, ..packet }, lines.as_bytes(), &mut out);
        assert_eq!(out.consumed, lines.len());
    }
    assert_eq!(session.records.len(), LINES as usize);
    resident().saturating_sub(before)
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

/// Tells a child process which attack to run.
const CHOICE: &str = "MSN_MEMORY_ATTACK";

#[test]
fn memory_is_bounded() {
    if let Ok(choice) = std::env::var(CHOICE) {
        let (name, from_client, say) = ATTACKS.iter().find(|row| row.0 == choice).expect("a known attack");
        let taken = attack(*from_client, say);
        let allowed = PER_LINE * u64::from(LINES) + TABLES;
        println!("{name}: {} MB, {} bytes a line", taken >> 20, taken / u64::from(LINES));
        assert!(taken < allowed, "{name}: {taken} bytes for {LINES} lines, {allowed} allowed");
        // Less than the records alone take would mean that nothing was measured.
        assert!(taken > PER_PACKET * u64::from(LINES / BATCH), "{name}: only {taken} bytes");
        return;
    }
    let program = std::env::current_exe().expect("this test is a program");
    for pair in ATTACKS.chunks(2) {
        let children: Vec<_> = pair
            .iter()
            .map(|row| {
                let mut command = std::process::Command::new(&program);
                command.args(["--exact", "memory_is_bounded", "--nocapture"]).env(CHOICE, row.0);
                (row.0, command.spawn().expect("the same program again"))
            })
            .collect();
        for (name, mut child) in children {
            assert!(child.wait().expect("it ends").success(), "{name}");
        }
    }
}
