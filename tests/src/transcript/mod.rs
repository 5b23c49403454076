// SPDX-License-Identifier: GPL-2.0-or-later
//! Transcripts: conversations in the style of the MSN protocol documents, with what the dissector must say of them.
//!
//! ```text
//! # A comment.
//! connection ns 192.0.2.1:50000 -> 192.0.2.10:1863
//! >>> VER 1 MSNP8 CVR0
//! = msn.command: VER
//! <<< VER 1 MSNP8 CVR0
//! = msn.version: 8
//! <<< MSG Hotmail Hotmail {len}
//! | MIME-Version: 1.0
//! |
//! | no line end here\
//! = msn.payload_length: 37
//! ```
//!
//! The README of this package describes the whole format.

mod check;
mod parse;

pub use check::{check, units};
pub use parse::line_bytes;

use crate::pcap::{Capture, Event, Link, Segment, Side, Stream, TcpOptions, Timed, segments};
use crate::tshark::Options;
use anyhow::{Context, Result, anyhow};
use std::path::{Path, PathBuf};

/// A transcript file, understood.
#[derive(Clone, Debug)]
pub struct Transcript {
    /// The connections, in the order of their declaration.
    pub connections: Vec<Connection>,
    /// Lines and payloads, in time order over all connections.
    pub units: Vec<Unit>,
    /// Link layer of the capture.
    pub link: Link,
    /// How tshark is to read it.
    pub options: Options,
}

/// A connection of a transcript.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Name by which the transcript refers to it.
    pub name: String,
    /// What happens on it.
    pub stream: Stream,
    /// Whether the TCP handshake is captured.
    pub handshake: bool,
}

/// What one side sends in one go: a line with its payload, or raw bytes.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Line number in the transcript.
    pub line: usize,
    /// Index of the connection.
    pub connection: usize,
    /// Who sends it.
    pub side: Side,
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What must be seen of it.
    pub expectations: Vec<Expectation>,
    /// Whether a PDU of its own is made of it.
    pub is_pdu: bool,
    /// What holds for a regular command without saying so; `None` for raw bytes and for what is meant to be odd.
    pub regular: Option<Regular>,
}

/// What every regular unit shows beside its direction, and nothing unexplained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regular {
    /// A command.
    Command {
        /// Command word or error number.
        word: String,
        /// Number of payload bytes.
        payload: usize,
    },
    /// A message of a web service.
    Service,
}

impl Regular {
    /// Number of payload bytes of a command.
    pub fn payload(&self) -> usize {
        match self {
            Regular::Command { payload, .. } => *payload,
            Regular::Service => 0,
        }
    }
}

/// A line of a transcript that says what must be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Line number in the transcript.
    pub line: usize,
    /// What is claimed.
    pub claim: Claim,
}

/// What an expectation claims of the PDU before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// `= field: value`: the field occurs with this value, behind the last one claimed of the same field.
    Value(String, String),
    /// `=~ field: text`: the line shown for the field contains the text.
    Shown(String, String),
    /// `=# field: n`: the field occurs this often.
    Count(String, usize),
    /// `=info text`: the Info column of the frame contains the text.
    Info(String),
}

impl Transcript {
    /// Reads a transcript file.
    ///
    /// # Errors
    /// When it cannot be read or understood; the message names the line.
    pub fn read(path: &Path) -> Result<Transcript> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        // In one message: tests print the outermost only.
        Transcript::parse(&text).map_err(|error| anyhow!("{}: {error:#}", path.display()))
    }

    /// Understands the text of a transcript.
    ///
    /// # Errors
    /// When it is not a transcript; the message names the line.
    pub fn parse(text: &str) -> Result<Transcript> {
        parse::parse(text)
    }

    /// The connections as byte streams.
    pub fn streams(&self) -> Vec<Stream> {
        self.connections.iter().map(|connection| connection.stream.clone()).collect()
    }

    /// The capture that the transcript describes.
    ///
    /// # Errors
    /// When a segment does not fit into a packet.
    pub fn capture(&self) -> Result<Capture> {
        let mut all: Vec<Segment> = Vec::new();
        for Connection { stream, handshake, .. } in &self.connections {
            all.extend(segments(stream, &TcpOptions { handshake: *handshake, ..TcpOptions::default() }));
        }
        Capture::of_segments(self.link, all)
    }

    /// What each side of a connection says, one entry for each PDU.
    pub fn units_of(&self, connection: usize, side: Side) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(move |unit| unit.connection == connection && unit.side == side && unit.is_pdu)
    }
}

impl Connection {
    fn data(&mut self, at: std::time::Duration, side: Side, event: Event) {
        self.stream.events.push(Timed { at, side, event });
    }
}

/// The transcripts of this package, by name.
///
/// # Errors
/// When the folder cannot be read.
pub fn all() -> Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts");
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                // What the lab plays has a grammar of its own.
                folders.extend((!path.ends_with("lab")).then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "txt") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
