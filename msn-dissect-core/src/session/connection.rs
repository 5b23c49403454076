// SPDX-License-Identifier: GPL-2.0-or-later
//! One MSN connection: who is the server, what was negotiated, who is signed in.

use super::{flow::Flow, map::Map, names::NameId};
use crate::command::{Dir, ServerKind};

/// Address and port of one end. IPv4 addresses fill the first four bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Address bytes, zero-padded.
    pub address: [u8; 16],
    /// TCP port.
    pub port: u16,
}

/// Number of a connection within a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ConnId(pub u32);

/// What is known of a connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Its number.
    pub id: ConnId,
    /// The server's end, once a line told.
    pub server_end: Option<Endpoint>,
    /// Kind of server, once a line told.
    pub kind: Option<ServerKind>,
    /// Protocol version, 0 = not known.
    pub version: u8,
    /// Account that owns the connection.
    pub account: NameId,
    /// Whether a unit was seen.
    pub started: bool,
    /// Whether the end of a unit was not seen.
    pub cut: bool,
    /// By direction: where the rest of a payload ends whose begin was dissected without reassembly (TCP sequence number).
    pub skip_to: [Option<u32>; 2],
    /// By sender, the one with the lower address and port first: which bytes were there.
    pub flows: [Flow; 2],
}

impl Connection {
    /// What was there of the bytes that `source` sends.
    pub fn flow(&mut self, source: &Endpoint, destination: &Endpoint) -> &mut Flow {
        let [lower, higher] = &mut self.flows;
        if (source.port, &source.address) < (destination.port, &destination.address) { lower } else { higher }
    }

    /// Whether all that was said so far is known: both sides were heard, and nothing is missing.
    pub fn heard_whole(&self) -> bool {
        let [lower, higher] = &self.flows;
        !self.cut && self.heard_both() && !lower.has_holes() && !higher.has_holes()
    }

    /// Whether both sides were heard, or neither as TCP segments.
    pub fn heard_both(&self) -> bool {
        let [lower, higher] = &self.flows;
        lower.began() == higher.began()
    }

    /// Who sent a packet that comes from `source`, and whether that was guessed.
    pub fn direction(&self, source: &Endpoint, destination: &Endpoint) -> (Option<Dir>, Dir) {
        match &self.server_end {
            Some(end) if end == source => (Some(Dir::ToClient), Dir::ToClient),
            Some(_) => (Some(Dir::ToServer), Dir::ToServer),
            // Servers listen on lower ports than the ones clients are given.
            None if source.port < destination.port => (None, Dir::ToClient),
            None => (None, Dir::ToServer),
        }
    }

    /// Remembers which end is the server, from a unit whose direction is certain.
    pub fn learn_direction(&mut self, dir: Dir, source: &Endpoint, destination: &Endpoint) {
        self.server_end = Some(match dir {
            Dir::ToServer => *destination,
            Dir::ToClient => *source,
        });
    }
}

/// Most connections remembered.
pub const MAX_CONNECTIONS: usize = 1 << 20;

/// Connections that are looked at to tell whether the capture has one direction only.
const LOOKED_AT: usize = 64;

/// All connections by the consumer's key.
#[derive(Debug, Default)]
pub struct Connections {
    by_key: Map<u64, u32>,
    all: Vec<Connection>,
    /// Key and place that were asked for last: a unit asks several times.
    last: Option<(u64, u32)>,
}

impl Connections {
    /// The connection of a key, made now if it is new. Beyond [`MAX_CONNECTIONS`] all new ones share one place.
    pub fn of(&mut self, key: u64) -> &mut Connection {
        let at = match self.last {
            Some((last, at)) if last == key => at,
            _ => {
                let next = self.all.len().min(MAX_CONNECTIONS) as u32;
                let at = *self.by_key.entry(key).or_insert(next);
                self.last = Some((key, at));
                at
            }
        } as usize;
        if at >= self.all.len() {
            self.all.push(Connection { id: ConnId(at as u32), ..Connection::default() });
        }
        let last = self.all.len() - 1;
        &mut self.all[at.min(last)]
    }

    /// Whether the capture has one direction only, as far as the first connections tell.
    pub fn one_way(&self) -> bool {
        !self.all.iter().take(LOOKED_AT).any(Connection::heard_both)
    }

    /// A connection by its number.
    pub fn get(&self, id: ConnId) -> Option<&Connection> {
        self.all.get(id.0 as usize)
    }
}
