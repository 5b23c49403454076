// SPDX-License-Identifier: GPL-2.0-or-later
//! Capture files from byte streams, byte streams from capture files, and damage done to either.
//!
//! The road down: [`Stream`] (who said what) → [`Segment`]s ([`segments`], by a [`TcpOptions`]) → [`Packet`]s of a
//! [`Link`] type → [`Capture`] file. The road up: [`restream`]. Damage: methods of [`Capture`] (loss, duplicates,
//! reordering, snap length) and [`overlap`].

mod capture;
mod link;
mod mutate;
mod restream;
mod tcp;

pub use capture::{Capture, FileFormat, Packet};
pub use link::Link;
pub use mutate::Chance;
pub use restream::restream;
pub use tcp::{Cuts, Segment, Segmentation, TcpOptions, overlap, segments};

use std::net::SocketAddr;
use std::time::Duration;

/// One of the two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Who opened the connection.
    Client,
    /// Who accepted it.
    Server,
}

impl Side {
    /// The opposite end.
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// Something that happens on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// These bytes are sent.
    Data(Vec<u8>),
    /// Bytes that are sent but that the capture lacks.
    Unseen(Vec<u8>),
    /// The end is closed in an orderly way.
    Fin,
    /// The connection is torn down.
    Rst,
}

/// An [`Event`] with its time and author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// Time since the start of the capture.
    pub at: Duration,
    /// Who does it.
    pub side: Side,
    /// What is done.
    pub event: Event,
}

/// A TCP connection as its two programs see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Address of the end that opened the connection.
    pub client: SocketAddr,
    /// Address of the end that accepted it.
    pub server: SocketAddr,
    /// What happened, in time order.
    pub events: Vec<Timed>,
}

impl Stream {
    /// A connection on which nothing has happened yet.
    ///
    /// # Panics
    /// When one address is IPv4 and the other IPv6.
    pub fn new(client: SocketAddr, server: SocketAddr) -> Stream {
        assert_eq!(client.is_ipv4(), server.is_ipv4(), "mixed address families");
        Stream { client, server, events: Vec::new() }
    }

    /// Appends data sent by `side`, one millisecond after the last event.
    pub fn send(&mut self, side: Side, bytes: impl Into<Vec<u8>>) -> &mut Stream {
        self.push(side, Event::Data(bytes.into()))
    }

    /// Appends an event one millisecond after the last one.
    pub fn push(&mut self, side: Side, event: Event) -> &mut Stream {
        let at = self.events.last().map_or(Duration::ZERO, |last| last.at) + Duration::from_millis(1);
        self.events.push(Timed { at, side, event });
        self
    }

    /// All bytes sent by `side`, in order.
    pub fn bytes(&self, side: Side) -> Vec<u8> {
        let sent = self.events.iter().filter(|e| e.side == side);
        sent.flat_map(|e| match &e.event {
            Event::Data(bytes) | Event::Unseen(bytes) => bytes.as_slice(),
            Event::Fin | Event::Rst => &[],
        })
        .copied()
        .collect()
    }

    /// The same conversation between other ports, shifted in time.
    pub fn relocated(&self, client: SocketAddr, server: SocketAddr, later: Duration) -> Stream {
        let events = self.events.iter().map(|e| Timed { at: e.at + later, ..e.clone() }).collect();
        Stream { client, server, events }
    }
}

/// Deterministic random numbers for everything here that takes a seed.
pub(crate) fn rng(seed: u64) -> rand_chacha::ChaCha8Rng {
    use rand::SeedableRng;
    rand_chacha::ChaCha8Rng::seed_from_u64(seed)
}
