// SPDX-License-Identifier: GPL-2.0-or-later
//! Response times by request, conversations and endpoints by account, and the ladder of MSN Flows.

mod common;

use common::Check;
use msn_tests::pcap::{Capture, Link, Side, Stream, TcpOptions};
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Stored, Tshark};

const CHAT: &str = "msnp12-chat-amsn-escargot.pcap";

fn chat(tshark: &Tshark) -> Result<Stored, anyhow::Error> {
    tshark.store_file(&capture_folder().join(CHAT))
}

/// A request with two answers, one with an error, and a command without answer.
fn session(tshark: &Tshark) -> Result<Stored, anyhow::Error> {
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    stream.send(Side::Client, "VER 1 MSNP12 CVR0\r\n").send(Side::Server, "VER 1 MSNP12\r\n");
    stream.send(Side::Client, "USR 2 TWN I alice@example.com\r\n").send(Side::Server, "911 2\r\n");
    stream.send(Side::Client, "CHG 3 NLN 0\r\n").send(Side::Server, "CHG 3 NLN 0\r\n");
    stream
        .send(Side::Server, "ILN 3 NLN bob@example.com Bob 0\r\n")
        .send(Side::Server, "NLN NLN bob@example.com Bob 0\r\n");
    tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)
}

/// Words and counts of the table of response times.
fn times(text: &str) -> Vec<(String, u32)> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let [index, word, calls, least, greatest, average, sum] = cells.as_slice() else { return None };
        let times = [least, greatest, average, sum].map(|time| time.parse::<f64>());
        assert!(index.parse::<u32>().is_err() || times.iter().all(|time| matches!(time, Ok(0.0..1.0))), "{line}");
        Some(((*word).to_owned(), calls.parse().ok()?))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn times_belong_to_requests_and_count_the_first_answer() -> Check {
    let tshark = Tshark::new()?;
    let text = tshark.table(&session(&tshark)?, "msn,srt", &Options::default())?;
    let wanted = [("VER", 1), ("USR", 1), ("CHG", 1)].map(|(word, count)| (word.to_owned(), count));
    assert_eq!(times(&text), wanted, "{text}");
    assert!(text.contains("0.001000"), "{text}");
    let filtered = tshark.table(&session(&tshark)?, "msn,srt,msn.request==CHG", &Options::default())?;
    assert_eq!(times(&filtered), [("CHG".to_owned(), 1)], "{filtered}");
    Ok(())
}

#[test]
fn answers_say_which_word_they_answer() -> Check {
    let tshark = Tshark::new()?;
    let stored = session(&tshark)?;
    let rows = tshark.fields(&stored, &["msn.command", "msn.request"], &Options::filter("msn.request"))?;
    let rows: Vec<(&str, &str)> = rows.iter().map(|row| (row[0][0].as_str(), row[1][0].as_str())).collect();
    assert_eq!(rows, [("VER", "VER"), ("911", "USR"), ("CHG", "CHG"), ("ILN", "CHG")]);
    let text = tshark.verbose(&stored, &Options::filter("msn.command == ILN").arg("-O").arg("msn"))?;
    assert!(text.contains("[Request: CHG (further answer)]"), "{text}");
    Ok(())
}

#[test]
fn conversations_and_endpoints_are_accounts() -> Check {
    let tshark = Tshark::new()?;
    let stored = chat(&tshark)?;
    let text = tshark.table(&stored, "conv,msn", &Options::default())?;
    assert!(text.contains("alice@example.com    <-> bob@example.com"), "{text}");
    assert!(text.contains("alice@example.com    <-> Switchboard 127.0.0.1:1864"), "{text}");
    let endpoints = tshark.table(&stored, "endpoints,msn", &Options::default())?;
    for name in ["alice@example.com ", "bob@example.com ", "Notification server 127.0.0.1:1863 "] {
        assert!(endpoints.lines().any(|line| line.starts_with(name)), "no {name} in {endpoints}");
    }
    // A frame counts once for a pair, however many commands it has.
    let mut stream = Stream::new(([192, 0, 2, 1], 3000).into(), ([192, 0, 2, 10], 1863).into());
    stream.send(Side::Client, "USR 1 TWN I alice@example.com\r\nPNG\r\nPNG\r\n");
    let twice = tshark.store(&Capture::of_streams(Link::Ethernet, &[stream], &TcpOptions::default())?)?;
    let text = tshark.table(&twice, "endpoints,msn", &Options::default())?;
    let row = text.lines().find(|line| line.starts_with("alice@example.com")).ok_or("no endpoint")?;
    assert_eq!(row.split_whitespace().nth(1), Some("1"), "{text}");
    Ok(())
}

#[test]
fn flows_lead_from_accounts_to_servers() -> Check {
    let tshark = Tshark::new()?;
    let text = tshark.table(&session(&tshark)?, "flow,msn,network", &Options::default())?;
    let heads: Vec<&str> = text.lines().take(2).flat_map(|line| line.split('|')).map(str::trim).collect();
    for head in ["Client 192.0.2.1", "alice@example.com", "Notification server 192.0.2.10:1863"] {
        assert!(heads.contains(&head), "no {head} in {text}");
    }
    // Who signs in stands right of the server, which was there before; then arrows show who speaks.
    let arrow = |label: &str| -> Option<&str> { text.lines().skip_while(|line| !line.ends_with(label)).nth(1) };
    let asks = arrow("CHG 3 asks for Online").ok_or("no CHG")?;
    assert!(asks.contains("(1863)   <---") && asks.contains("---  (3000)"), "{text}");
    let tells = arrow("NLN bob@example.com is Online").ok_or("no NLN")?;
    assert!(tells.contains("(1863)   ---") && tells.contains("-->  (3000)"), "{text}");
    Ok(())
}
