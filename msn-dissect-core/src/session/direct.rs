// SPDX-License-Identifier: GPL-2.0-or-later
//! Direct connections between clients: what the handshake told.

use super::{
    Ledger, Place, Timeline,
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
    map::Map,
};
use crate::{packet::Endpoint, session::FrameId};

/// Most connections remembered.
pub const MAX_LINKS: usize = 1 << 14;

/// What is known of a direct connection, which its packets change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectState {
    /// Header version that the handshake told, 0 = not seen.
    pub version: u8,
    /// The end that connected, once something told.
    pub connector: Option<Endpoint>,
    /// Promise of the negotiation that led here (see [`super::p2p::expected`]).
    pub expected: Option<u32>,
}

/// What is remembered of a direct connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct DirectLink {
    /// What is known of it now.
    pub state: DirectState,
    /// Promise whose negotiation knows of the connection.
    pub told: Option<u32>,
    /// Something that only a direct connection carries was seen.
    pub started: bool,
    /// Frame in which the first of it ended.
    pub began: FrameId,
    /// By end (0 = connector): the nonce was sent.
    pub shook: [bool; 2],
    /// By end: TCP sequence number that comes next.
    pub next_sequence: [Option<u32>; 2],
}

/// What a nonce check said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NonceStatus {
    /// No negotiation was seen that it could be checked against.
    #[default]
    Unverified,
    /// The negotiation carried it.
    Good,
    /// The negotiation carried its hash.
    GoodHash,
    /// The negotiation carried another one.
    Bad,
}

/// Everything remembered about direct connections.
#[derive(Debug)]
pub struct Direct {
    /// Connections by the consumer's key.
    pub links: Bounded<u64, DirectLink, MAX_LINKS>,
    /// Nonces, and what their check said.
    pub nonces: Ledger<NonceStatus>,
    histories: Map<ConnId, Timeline<DirectState>>,
}

impl Direct {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Direct {
            links: Bounded::new(Loss::DirectConnection, losses),
            nonces: Ledger::default(),
            histories: Map::default(),
        }
    }

    /// Keeps what is known of a connection behind a packet.
    pub fn set(&mut self, conn: ConnId, place: Place, state: DirectState) {
        self.histories.entry(conn).or_default().set(place, state);
    }

    /// What was known of a connection behind a packet.
    pub fn at(&self, conn: ConnId, place: Place) -> DirectState {
        self.histories.get(&conn).map(|history| history.at(place)).unwrap_or_default()
    }
}
