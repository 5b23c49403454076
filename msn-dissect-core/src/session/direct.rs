// SPDX-License-Identifier: GPL-2.0-or-later
//! Direct connections between clients: what the handshake told, and what each unit was.

use super::{NameId, Notes, bounded::Bounded};
use crate::{packet::Endpoint, session::FrameId};

/// Most connections remembered.
pub const MAX_LINKS: usize = 1 << 14;

/// What is known of a direct connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct DirectLink {
    /// Header version that the handshake told, 0 = not seen.
    pub version: u8,
    /// The end that connected, once something told.
    pub connector: Option<Endpoint>,
    /// Promise of the negotiation that led here (see [`super::p2p::expected`]).
    pub expected: Option<u32>,
    /// Promise whose negotiation knows of the connection.
    pub told: Option<u32>,
    /// Something that only a direct connection carries was seen.
    pub started: bool,
    /// Frame in which the first of it ended, 0 = not yet.
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

/// What a unit of a direct connection was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectWhat {
    /// Length and `foo`.
    Greeting,
    /// `foo`, its length in an earlier segment.
    BareGreeting,
    /// Length 0.
    KeepAlive,
    /// A nonce.
    Handshake(NonceStatus),
    /// A peer-to-peer packet.
    Packet,
    /// Bytes in which no packet begins.
    Continuation(u32),
    /// The beginning of a packet; nothing was shown.
    Incomplete,
}

/// What the first pass learnt about a unit.
#[derive(Clone, Copy, Debug)]
pub struct DirectNote {
    /// What it was.
    pub what: DirectWhat,
    /// Header version, 0 = not known.
    pub version: u8,
    /// Which end sent it: 0 = the one that connected.
    pub end: u8,
    /// Sender, may be no name.
    pub sender: NameId,
    /// Receiver, may be no name.
    pub receiver: NameId,
    /// The promise that led here.
    pub expected: Option<u32>,
}

/// Everything remembered about direct connections.
#[derive(Debug, Default)]
pub struct Direct {
    /// Connections by the consumer's key.
    pub links: Bounded<u64, DirectLink, MAX_LINKS>,
    /// What each unit was.
    pub notes: Notes<DirectNote>,
}
