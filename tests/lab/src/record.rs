// SPDX-License-Identifier: GPL-2.0-or-later
//! Capture files of what was said. In: connections, and what was said on them and when. Out: a pcap file with the frames
//! that would have carried it.

use anyhow::Result;
use msn_tests::pcap::{Capture, Event, FileFormat, Link, Side, Stream, TcpOptions, Timed};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Most bytes that are kept; what is said afterwards is not in the file.
pub const MAX_BYTES: usize = 64 << 20;

/// What is charged for a connection or an event beside its bytes.
const OVERHEAD: usize = 128;

/// Collects what is said until it is written.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    streams: Vec<Stream>,
    used: usize,
    last: Duration,
}

impl Recorder {
    /// Records into this file.
    pub fn new(path: PathBuf) -> Recorder {
        Recorder { path, streams: Vec::new(), used: 0, last: Duration::ZERO }
    }

    /// A new connection; its number, if there is room for it.
    pub fn open(&mut self, client: SocketAddr, server: SocketAddr) -> Option<usize> {
        if self.is_full() {
            return None;
        }
        self.used += OVERHEAD;
        // The same port of another time would look like the same connection.
        self.streams.push(Stream::new(client, server));
        Some(self.streams.len() - 1)
    }

    /// Whether no more is kept.
    pub fn is_full(&self) -> bool {
        self.used >= MAX_BYTES
    }

    /// Something was said, or the connection ends.
    pub fn say(&mut self, stream: usize, at: Duration, side: Side, event: Event) {
        if self.is_full() {
            return;
        }
        self.used += OVERHEAD + if let Event::Data(bytes) = &event { bytes.len() } else { 0 };
        // In the order in which it was told, and no two at the same time.
        self.last = at.max(self.last + Duration::from_micros(1));
        if let Some(stream) = self.streams.get_mut(stream) {
            stream.events.push(Timed { at: self.last, side, event });
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<()> {
        let said: Vec<_> = self.streams.iter().filter(|stream| !stream.events.is_empty()).cloned().collect();
        Capture::of_streams(Link::Ethernet, &said, &TcpOptions::default())?.write(&self.path, FileFormat::Pcap)
    }
}
