// SPDX-License-Identifier: GPL-2.0-or-later
//! Captures that are still being made show what they show when they are complete.

mod common;

use common::{Check, real};
use msn_tests::pcap::{Capture, FileFormat, Link, Packet, Side, TcpOptions};
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Stored, Tshark};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const FIELDS: [&str; 8] = [
    "frame.number",
    "_ws.col.Protocol",
    "_ws.col.Info",
    "msn.command",
    "msn.direction",
    "msn.version",
    "msn.account",
    "msn.payload_length",
];
const PATIENCE: Duration = Duration::from_secs(20);

/// What the saved file shows, in the form of the live lines.
fn saved(tshark: &Tshark, stored: &Stored) -> Result<Vec<String>, anyhow::Error> {
    let path = stored.path().to_string_lossy().into_owned();
    let mut arguments = vec!["-n", "-r", &path, "-T", "fields", "-E", "occurrence=a"];
    for field in FIELDS {
        arguments.extend(["-e", field]);
    }
    let output = tshark.run(&arguments, &Options::default())?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

fn commands(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.split('\t').nth(3).is_some_and(|words| !words.is_empty())).count()
}

#[test]
fn a_pipe_that_fills_in_pieces_shows_what_the_file_shows() -> Check {
    let tshark = Tshark::new()?;
    let name = "msnp9-gateway-libpurple2.0.0-escargot.pcap";
    let stored = tshark.store_file(&capture_folder().join(name))?;
    let bytes = std::fs::read(stored.path())?;
    let mut live = tshark.live(&FIELDS)?;
    let (begin, rest) = bytes.split_at(bytes.len() / 3);
    live.feed(begin)?;
    // Dissection does not wait for the end.
    let mut lines = vec![live.line()?];
    for piece in rest.chunks(7919) {
        live.feed(piece)?;
    }
    lines.extend(live.finish()?);
    let expected = saved(&tshark, &stored)?;
    assert!(commands(&expected) > 50, "{}", commands(&expected));
    assert_eq!(lines, expected);
    Ok(())
}

#[test]
fn a_file_that_grows_shows_the_beginning_of_what_it_will_show() -> Check {
    let tshark = Tshark::new()?;
    let stored = tshark.store_file(&capture_folder().join("msnp12-basic-pecan-escargot.pcap"))?;
    let expected = saved(&tshark, &stored)?;
    let capture = Capture::read(stored.path())?;
    for part in [1, 2, 3] {
        let packets = capture.packets.get(..capture.packets.len() * part / 4).unwrap_or_default().to_vec();
        let count = packets.len();
        let begun = tshark.store(&Capture { packets, ..capture.clone() })?;
        assert_eq!(saved(&tshark, &begun)?, expected.get(..count).unwrap_or_default());
    }
    Ok(())
}

#[test]
fn files_of_a_ring_buffer_show_all_commands() -> Check {
    let tshark = Tshark::new()?;
    // Commands that are not cut, so that none lies in two files, on the port that needs no announcement in the same file.
    let mut streams = real("msnp2-basic-synthetic-escargot")?.streams;
    for stream in &mut streams {
        stream.server.set_port(1863);
    }
    let whole = Capture::of_streams(Link::Ethernet, &streams, &TcpOptions::default())?;
    let read = |packets: &[Packet]| -> Result<Vec<Pdu>, anyhow::Error> {
        let part = Capture { packets: packets.to_vec(), ..whole.clone() };
        Ok(pdus(&tshark.pdml(&tshark.store_as(&part, FileFormat::PcapNg)?, &only_msn(&Options::default()))?))
    };
    let words = |pdus: &[Pdu]| -> Vec<String> { pdus.iter().filter_map(Pdu::word).map(str::to_owned).collect() };
    let expected = words(&read(&whole.packets)?);
    assert!(expected.len() > 30, "{}", expected.len());
    let mut found = Vec::new();
    for file in whole.packets.chunks(whole.packets.len() / 4 + 1) {
        let pdus = read(file)?;
        assert!(!pdus.is_empty());
        found.extend(words(&pdus));
    }
    assert_eq!(found, expected);
    Ok(())
}

/// dumpcap on the loopback interface, and what it has captured so far.
struct Recorder {
    child: Child,
    bytes: Receiver<Vec<u8>>,
}

/// Starts to capture this port; the message says why that is not possible here.
fn record(port: u16) -> Result<Recorder, String> {
    let filter = format!("tcp port {port}");
    let mut command = Command::new("dumpcap");
    command.args(["-q", "-P", "-i", "lo", "-f", &filter, "-w", "-"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| format!("dumpcap cannot be run: {error}"))?;
    let (Some(mut output), Some(mut errors)) = (child.stdout.take(), child.stderr.take()) else {
        return Err("dumpcap has no output".into());
    };
    let (sender, bytes) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 64 * 1024];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    // The file header comes when the capture has begun.
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(Some(status)) = child.try_wait() {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            return Err(format!("dumpcap ended with {status}: {}", text.trim()));
        }
        // Some of the header must be there before packets are.
        if let Ok(first) = bytes.recv_timeout(Duration::from_millis(100)) {
            let (again, all) = channel();
            let _ = again.send(first);
            thread::spawn(move || bytes.iter().take_while(|bytes| again.send(bytes.clone()).is_ok()).count());
            return Ok(Recorder { child, bytes: all });
        }
    }
    let _ = child.kill();
    Err("dumpcap does not begin".into())
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says one thing after the other on a real connection.
fn converse(ends: &mut [TcpStream; 2], turns: &[(Side, &str)]) -> std::io::Result<()> {
    for (side, text) in turns {
        let (from, to) = match side {
            Side::Client => (0, 1),
            Side::Server => (1, 0),
        };
        ends[from].write_all(text.as_bytes())?;
        let mut heard = vec![0; text.len()];
        ends[to].read_exact(&mut heard)?;
        assert_eq!(heard, text.as_bytes());
    }
    Ok(())
}

#[test]
fn a_live_capture_shows_what_the_saved_file_shows() -> Check {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let recorder = match record(port) {
        Ok(recorder) => recorder,
        Err(why) => {
            eprintln!("not tested: capturing is not permitted here ({why})");
            return Ok(());
        }
    };
    let tshark = Tshark::new()?;
    let mut live = tshark.live(&FIELDS)?;
    let mut file = Vec::new();
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let mut ends = [client, listener.accept()?.0];
    for end in &ends {
        end.set_nodelay(true)?;
        end.set_read_timeout(Some(PATIENCE))?;
    }
    let begin = [
        (Side::Client, "VER 1 MSNP12 CVR0\r\n"),
        (Side::Server, "VER 1 MSNP12\r\n"),
        (Side::Client, "USR 2 TWN I alice@example.com\r\n"),
    ];
    converse(&mut ends, &begin)?;
    // The last of these is shown while the connection goes on.
    let mut lines = Vec::new();
    while !lines.iter().any(|line: &String| line.contains("alice@example.com")) {
        while let Ok(bytes) =
            recorder.bytes.recv_timeout(Duration::from_millis(if lines.is_empty() { 1500 } else { 100 }))
        {
            live.feed(&bytes)?;
            file.extend(bytes);
        }
        lines.push(live.line()?);
    }
    let end = [
        (Side::Server, "USR 2 TWN S lc=1033\r\nMSG Hotmail Hotmail 26\r\nContent-Type: "),
        (Side::Server, "text/x-p\r\n\r\n"),
        (Side::Client, "UUX 3 11\r\n<Data>"),
        (Side::Client, "x</D>OUT\r\n"),
    ];
    converse(&mut ends, &end)?;
    drop(ends);
    while let Ok(bytes) = recorder.bytes.recv_timeout(Duration::from_millis(1500)) {
        live.feed(&bytes)?;
        file.extend(bytes);
    }
    drop(recorder);
    lines.extend(live.finish()?);
    let scratch = tempfile::tempdir()?;
    let path = scratch.path().join("live.pcap");
    std::fs::write(&path, &file)?;
    let expected = saved(&tshark, &tshark.store_file(&path)?)?;
    assert!(commands(&expected) >= 6, "{expected:?}");
    assert_eq!(lines, expected);
    Ok(())
}
