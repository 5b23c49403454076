// SPDX-License-Identifier: GPL-2.0-or-later
//! From lines of the wire to the transcript: who said what to whom, once.

use msn_dissect_core::{
    dissect,
    event::Wanted,
    output::Dissection,
    packet::{Endpoint, Packet},
    report::transcript::Transcript,
    session::Session,
    tell,
};

const SECOND: u64 = 1_000_000_000;

/// Feeds lines, each with its time in seconds, connection and side, and gives the transcript.
fn transcript(lines: &[(u64, u64, bool, String)]) -> String {
    let (mut session, mut out, mut made) = (Session::default(), Dissection::default(), Transcript::default());
    let mut text = String::new();
    for (number, (seconds, connection, to_server, line)) in (1..).zip(lines) {
        let client = Endpoint { port: 40_000 + *connection as u16, ..Endpoint::default() };
        let server = Endpoint { port: 1863, ..Endpoint::default() };
        let (source, destination) = if *to_server { (client, server) } else { (server, client) };
        let packet = Packet {
            number,
            connection: *connection,
            time: seconds * SECOND,
            want_units: true,
            source,
            destination,
            ..Packet::example()
        };
        out.reset(true);
        dissect::stream(&mut session, &packet, line.as_bytes(), &mut out);
        let wanted = Wanted { facts: true, details: true };
        for unit in tell::units(&session, &packet, line.as_bytes(), &out, wanted) {
            made.take(&unit, &mut text);
        }
    }
    made.finish(&mut text);
    text
}

fn message(head: &str, text: &str) -> String {
    let body = format!("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n{text}");
    format!("{head} {}\r\n{body}", body.len())
}

/// A chat of alice on connection 1 and bob on connection 2, up to where both are there.
fn chat() -> Vec<(u64, u64, bool, String)> {
    let line = |connection, to_server, line: &str| (1, connection, to_server, format!("{line}\r\n"));
    vec![
        line(1, true, "USR 1 alice@example.com 17262740.1050826919.32308"),
        line(1, false, "USR 1 OK alice@example.com Alice"),
        line(1, true, "CAL 2 bob@example.com"),
        line(1, false, "CAL 2 RINGING 17262740"),
        line(2, true, "ANS 1 bob@example.com 876.5432 17262740"),
        line(2, false, "IRO 1 1 1 alice@example.com Alice"),
        line(2, false, "ANS 1 OK"),
        line(1, false, "JOI bob@example.com Bob"),
    ]
}

#[test]
fn a_message_on_two_legs_stands_once_and_equal_ones_as_often_as_they_were_said() {
    let mut lines = chat();
    for (seconds, trid) in [(2, 3), (3, 4)] {
        lines.push((seconds, 1, true, message(&format!("MSG {trid} A"), "hi")));
        lines.push((seconds, 2, false, message("MSG alice@example.com Alice", "hi")));
        lines.push((seconds, 1, false, format!("ACK {trid}\r\n")));
    }
    lines.push((4, 2, false, "BYE alice@example.com\r\n".to_owned()));
    let wanted = "--- 1970-01-01 (UTC+00:00) ---\n\
                  00:00:01 * alice@example.com joins [17262740]\n\
                  00:00:01 * bob@example.com joins [17262740]\n\
                  00:00:02 alice@example.com → bob@example.com: hi\n\
                  00:00:03 alice@example.com → bob@example.com: hi\n\
                  00:00:04 * alice@example.com leaves [17262740]\n";
    assert_eq!(transcript(&lines), wanted);
}

#[test]
fn what_was_not_delivered_says_so() {
    let mut lines = chat();
    lines.push((2, 1, true, message("MSG 3 N", "lost")));
    lines.push((2, 1, false, "NAK 3\r\n".to_owned()));
    assert!(transcript(&lines).contains("alice@example.com → bob@example.com: lost (not delivered)\n"));
}

#[test]
fn one_leg_is_enough() {
    let mut lines: Vec<_> = chat().into_iter().filter(|line| line.1 == 2).collect();
    lines.push((2, 2, false, message("MSG alice@example.com Alice", "hi")));
    lines.push((3, 2, true, message("MSG 2 N", "hello")));
    let told = transcript(&lines);
    assert!(told.contains("00:00:02 alice@example.com → bob@example.com: hi\n"), "{told}");
    assert!(told.contains("00:00:03 bob@example.com → alice@example.com: hello\n"), "{told}");
}

#[test]
fn a_long_chat_is_told_whole() {
    let mut lines = chat();
    lines.extend(
        (0..20_000).map(|number| (number / 1000 + 2, 1, true, message(&format!("MSG {} N", number + 3), "hi"))),
    );
    assert_eq!(transcript(&lines).matches(": hi\n").count(), 20_000);
}
