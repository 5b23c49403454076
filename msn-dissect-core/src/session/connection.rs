// SPDX-License-Identifier: GPL-2.0-or-later
//! One MSN connection: who is the server, what was negotiated, who is signed in.

use super::{
    flow::Flow,
    losses::{Loss, Losses},
    map::{Map, Set},
    names::NameId,
    place::Place,
    timeline::Timeline,
    versions::Range,
};
use crate::{
    command::{Dir, ServerKind},
    packet::{Endpoint, Packet},
};

/// Number of a connection within a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ConnId(pub u32);

/// What is known of a conversation, which its PDUs change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The server's end, once a line told.
    pub server_end: Option<Endpoint>,
    /// Kind of server, once a line told.
    pub kind: Option<ServerKind>,
    /// Protocol version, 0 = not known.
    pub version: u8,
    /// Account that owns the connection.
    pub account: NameId,
    /// What the shapes of commands tell of the version while it is not known.
    pub shapes: Range,
}

impl State {
    /// Who sent a packet that comes from `source`: once as far as that is certain, once in any case.
    pub fn direction(&self, source: &Endpoint, destination: &Endpoint) -> (Option<Dir>, Dir) {
        match &self.server_end {
            Some(end) if end == source => (Some(Dir::ToClient), Dir::ToClient),
            Some(_) => (Some(Dir::ToServer), Dir::ToServer),
            // Systems of the time gave clients ports from 1025 on, lower ones than the usual port of the server.
            None if source.port == PORT && destination.port != PORT => (None, Dir::ToClient),
            None if destination.port == PORT => (None, Dir::ToServer),
            // Elsewhere servers listen on lower ports than the ones clients are given.
            None if source.port < destination.port => (None, Dir::ToClient),
            None => (None, Dir::ToServer),
        }
    }
}

/// What is known of a connection. Packets of hundreds of connections come mixed, so that nothing of it is in the
/// processor's cache: what every packet needs stands in two lines of it.
#[derive(Clone, Debug, Default)]
#[repr(C, align(64))]
pub struct Connection {
    /// By sender, the one with the lower address and port first: which bytes were there.
    pub flows: [Flow; 2],
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
    /// What the shapes of commands tell of the version while it is not known.
    pub shapes: Range,
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

    /// What is known of the conversation now.
    pub fn state(&self) -> State {
        let Connection { server_end, kind, version, account, shapes, .. } = *self;
        State { server_end, kind, version, account, shapes }
    }

    /// Remembers which end is the server, from a unit whose direction is certain.
    pub fn learn_direction(&mut self, dir: Dir, source: &Endpoint, destination: &Endpoint) {
        self.server_end = Some(match dir {
            Dir::ToServer => *destination,
            Dir::ToClient => *source,
        });
    }
}

/// Whether the sender of a packet is the end with the lower port and address.
fn is_lower(packet: &Packet) -> bool {
    (packet.source.port, &packet.source.address) < (packet.destination.port, &packet.destination.address)
}

/// The port that dispatch, notification and switchboard servers listen on (fact base: values 17).
pub const PORT: u16 = 1863;

/// Most connections remembered.
pub const MAX_CONNECTIONS: usize = 1 << 20;

/// Keys below this are looked up without a hash: consumers count their connections.
const NEAR_KEYS: u64 = 1 << 20;

/// Connections that are looked at to tell whether the capture has one direction only.
const LOOKED_AT: usize = 64;

/// All connections by the consumer's key.
#[derive(Debug, Default)]
pub struct Connections {
    /// Places by key below [`NEAR_KEYS`], plus one; 0 = none.
    near: Vec<u32>,
    by_key: Map<u64, u32>,
    all: Vec<Connection>,
    /// By connection and sender, what is not complete.
    pending: Set<(ConnId, bool)>,
    /// How each came to be what it is.
    histories: Vec<Timeline<State>>,
    /// Key and place that were asked for last: a unit asks several times.
    last: Option<(u64, u32)>,
    losses: Losses,
}

impl Connections {
    /// No connections; that some share a place is reported.
    pub fn new(losses: &Losses) -> Self {
        Connections { losses: losses.clone(), ..Connections::default() }
    }

    /// The connection of a key, made now if it is new. Beyond [`MAX_CONNECTIONS`] all new ones share one place.
    #[inline]
    pub fn of(&mut self, key: u64) -> &mut Connection {
        let at = match self.last {
            Some((last, at)) if last == key => at as usize,
            _ => self.find(key),
        };
        &mut self.all[at]
    }

    /// The place of the connection of a key.
    fn find(&mut self, key: u64) -> usize {
        let at = self.place(key);
        if at as usize >= self.all.len() {
            self.all.push(Connection { id: ConnId(at), ..Connection::default() });
        }
        self.last = Some((key, at));
        at as usize
    }

    /// The place of a key; the next one if the key is new.
    fn place(&mut self, key: u64) -> u32 {
        let next = self.all.len().min(MAX_CONNECTIONS - 1) as u32;
        let full = self.all.len() >= MAX_CONNECTIONS;
        if key >= NEAR_KEYS {
            if full && !self.by_key.contains_key(&key) {
                self.losses.report(Loss::Connection);
            }
            return *self.by_key.entry(key).or_insert(next);
        }
        let key = key as usize;
        if key >= self.near.len() {
            self.near.resize(key + 1, 0);
        }
        match self.near.get_mut(key) {
            Some(place) if *place == 0 => {
                if full {
                    self.losses.report(Loss::Connection);
                }
                *place = next + 1;
                next
            }
            Some(place) => *place - 1,
            None => next,
        }
    }

    /// The connection of a key, if there is one.
    pub fn known(&self, key: u64) -> Option<ConnId> {
        let near = usize::try_from(key).ok().filter(|_| key < NEAR_KEYS);
        let place = match near {
            Some(key) => self.near.get(key).and_then(|place| place.checked_sub(1)),
            None => self.by_key.get(&key).copied(),
        };
        place.map(ConnId)
    }

    /// Keeps what a PDU taught of a connection, to be found by place.
    pub fn remember(&mut self, id: ConnId, place: Place) {
        let at = id.0 as usize;
        let Some(state) = self.all.get(at).map(Connection::state) else { return };
        if at >= self.histories.len() {
            self.histories.resize_with(at + 1, Timeline::default);
        }
        if let Some(history) = self.histories.get_mut(at) {
            history.set(place, state);
        }
    }

    /// What was known of a connection before and behind a PDU of it.
    pub fn around(&self, id: ConnId, place: Place) -> [State; 2] {
        self.histories.get(id.0 as usize).map(|history| history.around(place)).unwrap_or_default()
    }

    /// Whether anything that was begun on a connection was not completed.
    pub fn is_pending(&self, id: ConnId) -> bool {
        self.pending.contains(&(id, true)) || self.pending.contains(&(id, false))
    }

    /// The sender of a packet has begun a PDU, whose end has not come.
    pub fn wait(&mut self, id: ConnId, packet: &Packet) {
        self.pending.insert((id, is_lower(packet)));
    }

    /// The sender of a packet has completed what it began.
    pub fn complete(&mut self, id: ConnId, packet: &Packet) {
        if !self.pending.is_empty() {
            self.pending.remove(&(id, is_lower(packet)));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_connection_of_its_own() {
        let mut connections = Connections::default();
        let keys = [7, 0, NEAR_KEYS - 1, NEAR_KEYS, u64::MAX, 3];
        for (number, key) in (0..).zip(keys) {
            assert_eq!(connections.known(key), None);
            assert_eq!(connections.of(key).id, ConnId(number));
            assert_eq!(connections.known(key), Some(ConnId(number)));
            connections.of(key).version = number as u8 + 1;
        }
        for (number, key) in (0..).zip(keys) {
            assert_eq!((connections.of(key).id, connections.of(key).version), (ConnId(number), number as u8 + 1));
        }
    }

    #[test]
    fn a_connection_takes_two_lines_of_the_cache() {
        assert_eq!((size_of::<Connection>(), size_of::<[Flow; 2]>()), (128, 64));
    }
}
