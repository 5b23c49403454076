// SPDX-License-Identifier: GPL-2.0-or-later
//! Captures that are still being made show what they show when they are complete.

mod common;

use common::{Check, real};
use libtest_mimic::{Arguments, Trial};
use msn_tests::pcap::{Capture, FileFormat, Link, Packet, Side, TcpOptions};
use msn_tests::pdu::{Pdu, only_msn, pdus};
use msn_tests::truth::capture_folder;
use msn_tests::tshark::{Options, Stored, Tshark};
use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
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

/// dumpcap on the loopback interface. What it writes to its output can be read as it comes.
struct Recorder {
    child: Child,
    bytes: Receiver<Vec<u8>>,
    /// It dies if nobody listens to what it tells of its files.
    errors: Receiver<Vec<u8>>,
}

/// Gives what a program prints, until it ends or nobody listens.
fn listen(mut output: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, bytes) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 64 * 1024];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    bytes
}

impl Recorder {
    /// Starts to capture this port, and waits until `begun` says that it does. The message says why that is not possible.
    fn start(port: u16, arguments: &[&str], begun: impl Fn(&Recorder) -> bool) -> Result<Recorder, String> {
        let filter = format!("tcp port {port}");
        let mut command = Command::new("dumpcap");
        command.args(["-q", "-P", "-i", "lo", "-f", &filter]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("dumpcap cannot be run: {error}"))?;
        let (Some(output), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
            return Err("dumpcap has no output".into());
        };
        let mut recorder = Recorder { child, bytes: listen(output), errors: listen(errors) };
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if begun(&recorder) {
                return Ok(recorder);
            }
            if let Ok(Some(status)) = recorder.child.try_wait() {
                let text: Vec<u8> = recorder.errors.iter().flatten().collect();
                return Err(format!("dumpcap ended with {status}: {}", String::from_utf8_lossy(&text).trim()));
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err("dumpcap does not begin".into())
    }

    /// Ends the capture in an orderly way.
    fn stop(mut self) -> std::io::Result<()> {
        // The program of that name is not installed everywhere; every shell has its own.
        Command::new("sh").args(["-c", "kill -INT \"$0\"", &self.child.id().to_string()]).status()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether there is a file with at least a file header, and with at least as many packets.
fn holds(path: &Path, packets: usize) -> bool {
    // A file that is being written may end within a packet.
    let header = std::fs::metadata(path).is_ok_and(|file| file.len() >= 24);
    header && (packets == 0 || Capture::read(path).is_ok_and(|capture| capture.packets.len() >= packets))
}

/// Both ends of a connection over the loopback interface.
fn connected(listener: &TcpListener) -> std::io::Result<[TcpStream; 2]> {
    let client = TcpStream::connect(listener.local_addr()?)?;
    let ends = [client, listener.accept()?.0];
    for end in &ends {
        end.set_nodelay(true)?;
        end.set_read_timeout(Some(PATIENCE))?;
    }
    Ok(ends)
}

/// Says one thing after the other on a real connection.
fn converse<S: AsRef<str>>(ends: &mut [TcpStream; 2], turns: &[(Side, S)]) -> std::io::Result<()> {
    for (side, text) in turns {
        let text = text.as_ref().as_bytes();
        let (from, to) = match side {
            Side::Client => (0, 1),
            Side::Server => (1, 0),
        };
        ends[from].write_all(text)?;
        let mut heard = vec![0; text.len()];
        ends[to].read_exact(&mut heard)?;
        assert_eq!(heard, text);
    }
    Ok(())
}

/// Longest mere acknowledgement on the loopback interface: Ethernet, IPv4, TCP with time stamps.
const ACK: u32 = 14 + 20 + 32;

fn a_live_capture_shows_what_the_saved_file_shows() -> Check {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let first = Cell::new(None);
    // The file header comes when the capture has begun.
    let begun = |recorder: &Recorder| {
        first.set(recorder.bytes.try_recv().ok());
        let bytes = first.take();
        let some = bytes.is_some();
        first.set(bytes);
        some
    };
    let recorder = Recorder::start(listener.local_addr()?.port(), &["-w", "-"], begun)?;
    let tshark = Tshark::new()?;
    let mut live = tshark.live(&FIELDS)?;
    let mut file = first.take().unwrap_or_default();
    live.feed(&file)?;
    let mut ends = connected(&listener)?;
    let begin = [
        (Side::Client, "VER 1 MSNP12 CVR0\r\n"),
        (Side::Server, "VER 1 MSNP12\r\n"),
        (Side::Client, "USR 2 TWN I alice@example.com\r\n"),
    ];
    converse(&mut ends, &begin)?;
    // The last of these is shown while the connection goes on.
    let mut lines = Vec::new();
    let asked = Instant::now();
    while !lines.iter().any(|line: &String| line.contains("alice@example.com")) {
        assert!(asked.elapsed() < PATIENCE, "{lines:?}");
        while let Ok(bytes) = recorder.bytes.recv_timeout(Duration::from_millis(20)) {
            live.feed(&bytes)?;
            file.extend(bytes);
        }
        lines.extend(live.line_within(Duration::from_millis(20)));
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

/// What is said for files that dumpcap writes, and the words of the commands.
fn script() -> (Vec<(Side, String)>, Vec<String>) {
    let mut turns = vec![
        (Side::Client, "VER 1 MSNP12 CVR0\r\n".to_owned()),
        (Side::Server, "VER 1 MSNP12\r\n".to_owned()),
        (Side::Client, "USR 2 TWN I alice@example.com\r\n".to_owned()),
        (Side::Server, "USR 2 OK alice@example.com Alice 1 0\r\n".to_owned()),
    ];
    for n in 0..30 {
        turns.push((Side::Server, format!("NLN NLN friend{n}@example.com Friend 0\r\n")));
        turns.push((Side::Client, "PNG\r\n".to_owned()));
        turns.push((Side::Server, "QNG 41\r\n".to_owned()));
    }
    let words = turns.iter().map(|(_, text)| text.chars().take(3).collect()).collect();
    (turns, words)
}

/// The words of the commands in packets of the loopback interface. A later file of a ring does not tell what is on the
/// port.
fn words_in(tshark: &Tshark, capture: &Capture, port: u16) -> Result<Vec<String>, anyhow::Error> {
    let options = Options::default().decode_as(&format!("tcp.port=={port},msn"));
    let seen = pdus(&tshark.pdml(&tshark.store(capture)?, &only_msn(&options))?);
    Ok(seen.iter().filter_map(Pdu::word).map(str::to_owned).collect())
}

fn a_ring_buffer_that_dumpcap_writes_shows_all_commands() -> Check {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let scratch = tempfile::tempdir()?;
    let files = || -> Vec<_> {
        let mut files: Vec<_> =
            std::fs::read_dir(scratch.path()).into_iter().flatten().flatten().map(|f| f.path()).collect();
        files.sort();
        files
    };
    let base = scratch.path().join("ring.pcap");
    let arguments = ["-b", "packets:40", "-b", "files:50", "-w", &base.to_string_lossy()];
    let recorder = Recorder::start(port, &arguments, |_| files().iter().any(|file| holds(file, 0)))?;
    let (turns, expected) = script();
    let mut ends = connected(&listener)?;
    converse(&mut ends, &turns)?;
    drop(ends);
    let data = |file: &PathBuf| {
        Capture::read(file).map_or(0, |capture| capture.packets.iter().filter(|p| p.length > ACK).count())
    };
    let count = || files().iter().map(data).sum::<usize>();
    let asked = Instant::now();
    // The two that open the connection are longer than an acknowledgement, too.
    while count() < turns.len() + 2 && asked.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
    recorder.stop()?;
    let tshark = Tshark::new()?;
    let captures = files().iter().map(|file| Capture::read(file)).collect::<Result<Vec<_>, _>>()?;
    assert!(captures.len() > 2, "{}", captures.len());
    let mut found = Vec::new();
    for capture in &captures {
        found.extend(words_in(&tshark, capture, port)?);
    }
    assert_eq!(found, expected, "file by file");
    let packets = captures.iter().flat_map(|capture| capture.packets.clone()).collect();
    let merged = Capture { packets, ..captures[0].clone() };
    assert_eq!(words_in(&tshark, &merged, port)?, expected, "all files as one");
    Ok(())
}

fn a_file_that_dumpcap_is_writing_shows_the_beginning_of_the_whole() -> Check {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let scratch = tempfile::tempdir()?;
    let path = scratch.path().join("growing.pcap");
    let begun = |_: &Recorder| holds(&path, 0);
    let recorder = Recorder::start(port, &["-w", &path.to_string_lossy()], begun)?;
    let tshark = Tshark::new()?;
    let (turns, expected) = script();
    let mut ends = connected(&listener)?;
    let mut snapshots = Vec::new();
    for (n, part) in turns.chunks(turns.len() / 3).enumerate() {
        converse(&mut ends, part)?;
        let asked = Instant::now();
        while !holds(&path, (n + 1) * part.len()) && asked.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(20));
        }
        // The file goes on growing while it is copied and read.
        let stored = tshark.store_file(&path)?;
        snapshots.push(saved(&tshark, &stored)?);
    }
    drop(ends);
    thread::sleep(Duration::from_millis(300));
    recorder.stop()?;
    let whole = saved(&tshark, &tshark.store_file(&path)?)?;
    assert_eq!(commands(&whole), expected.len());
    for snapshot in snapshots {
        assert!(commands(&snapshot) > 0);
        assert_eq!(whole.get(..snapshot.len()), Some(&snapshot[..]));
    }
    Ok(())
}

/// Why nothing can be captured here; `None` if something can.
fn obstacle() -> Option<String> {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr()).ok()?.port();
    Recorder::start(port, &["-w", "-"], |recorder| recorder.bytes.try_recv().is_ok()).err()
}

fn main() -> std::process::ExitCode {
    type Named = (&'static str, fn() -> Check);
    let always: [Named; 3] = [
        (
            "a_pipe_that_fills_in_pieces_shows_what_the_file_shows",
            a_pipe_that_fills_in_pieces_shows_what_the_file_shows,
        ),
        (
            "a_file_that_grows_shows_the_beginning_of_what_it_will_show",
            a_file_that_grows_shows_the_beginning_of_what_it_will_show,
        ),
        ("files_of_a_ring_buffer_show_all_commands", files_of_a_ring_buffer_show_all_commands),
    ];
    let capturing: [Named; 3] = [
        ("a_live_capture_shows_what_the_saved_file_shows", a_live_capture_shows_what_the_saved_file_shows),
        ("a_ring_buffer_that_dumpcap_writes_shows_all_commands", a_ring_buffer_that_dumpcap_writes_shows_all_commands),
        (
            "a_file_that_dumpcap_is_writing_shows_the_beginning_of_the_whole",
            a_file_that_dumpcap_is_writing_shows_the_beginning_of_the_whole,
        ),
    ];
    let obstacle = obstacle();
    if let Some(why) = &obstacle {
        eprintln!("skipped: capturing is not permitted here ({why})");
    }
    let trial = |(name, check): Named| Trial::test(name, move || check().map_err(|error| error.to_string().into()));
    let mut trials: Vec<Trial> = always.into_iter().map(trial).collect();
    // What cannot be tested is shown as ignored, and does not count as passed.
    let kind = if obstacle.is_some() { "skipped" } else { "" };
    let skip = obstacle.is_some();
    trials.extend(capturing.into_iter().map(|one| trial(one).with_kind(kind).with_ignored_flag(skip)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
