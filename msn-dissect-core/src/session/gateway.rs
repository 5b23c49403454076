// SPDX-License-Identifier: GPL-2.0-or-later
//! Sessions of the HTTP gateway: each is one MSN connection, over however many TCP connections.

use super::{
    Ledger,
    assembly::MessageId,
    bounded::Bounded,
    losses::{Loss, Losses},
    map::Map,
};
use crate::gateway::stable_part;

/// Most TCP connections whose latest message is remembered.
pub const MAX_CARRIERS: usize = 1 << 16;

/// Most gateway sessions that are kept apart; further ones share the last place.
pub const MAX_SESSIONS: usize = 1 << 16;

/// Longest session id remembered, in bytes; ids of real servers have less than 40.
pub const MAX_ID: usize = 128;

/// The connection keys of gateway sessions are above those of TCP connections.
const KEY: u64 = 1 << 40;

/// The beginning of a PDU whose end comes in a later body.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its pieces.
    pub message: MessageId,
    /// Bytes so far.
    pub len: usize,
    /// What is to come.
    pub missing: Missing,
}

/// What a [`Pending`] PDU lacks.
#[derive(Clone, Debug)]
pub enum Missing {
    /// This many bytes.
    Bytes(usize),
    /// The end of its line, which began with these bytes.
    Line(Vec<u8>),
}

/// One session.
#[derive(Clone, Debug, Default)]
pub struct GatewaySession {
    /// By direction: a PDU that is not whole yet.
    pub pending: [Option<Pending>; 2],
    /// By direction: bytes in the bodies so far, modulo 2^32.
    pub offset: [u32; 2],
    /// The server said that it ended the session.
    pub closed: bool,
    id: Box<[u8]>,
}

/// A piece of a PDU that is cut between bodies, as the first pass found it.
#[derive(Clone, Copy, Debug)]
pub struct PduFragment {
    /// The PDU.
    pub message: MessageId,
    /// Bytes of it before this piece.
    pub offset: u32,
    /// Bytes of this piece.
    pub len: u32,
}

/// What the first pass knew of a body.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// Number of the session.
    pub session: u32,
    /// The server had ended the session before.
    pub closed: bool,
}

/// All sessions, and how to find them.
#[derive(Debug)]
pub struct Gateway {
    sessions: Vec<GatewaySession>,
    by_id: Map<Box<[u8]>, u32>,
    by_stable_part: Map<Box<[u8]>, u32>,
    /// By TCP connection: the session of its latest message, and whether that is a request without answer yet.
    carriers: Bounded<u64, (u32, bool), MAX_CARRIERS>,
    /// Bodies, by place.
    pub bodies: Ledger<Body>,
    /// Pieces of PDUs, by place.
    pub fragments: Ledger<PduFragment>,
    losses: Losses,
}

impl Gateway {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Gateway {
            sessions: Vec::new(),
            by_id: Map::default(),
            by_stable_part: Map::default(),
            carriers: Bounded::new(Loss::GatewayCarrier, losses),
            bodies: Ledger::default(),
            fragments: Ledger::default(),
            losses: losses.clone(),
        }
    }

    /// The connection key of a session.
    pub fn key(session: u32) -> u64 {
        KEY | u64::from(session)
    }

    /// The number of the session that has this connection key.
    pub fn number(key: u64) -> Option<u32> {
        key.checked_sub(KEY).and_then(|number| u32::try_from(number).ok())
    }

    /// A session by its number.
    pub fn get(&self, session: u32) -> Option<&GatewaySession> {
        self.sessions.get(session as usize)
    }

    /// A session by its number, to be changed.
    pub fn get_mut(&mut self, session: u32) -> Option<&mut GatewaySession> {
        self.sessions.get_mut(session as usize)
    }

    /// The session of a request that came over the TCP connection `carrier`; one without id opens a session.
    pub fn request(&mut self, carrier: u64, id: Option<&[u8]>) -> u32 {
        let id = id.filter(|id| id.len() <= MAX_ID);
        let session = match id {
            Some(id) => self.find(id).unwrap_or_else(|| self.open()),
            None => self.open(),
        };
        if let Some(id) = id {
            self.name(session, id);
        }
        self.carriers.insert(carrier, (session, true));
        session
    }

    /// Whether the next response on this TCP connection answers a request of a session.
    pub fn is_awaited(&self, carrier: u64) -> bool {
        self.carriers.get(&carrier).is_some_and(|&(_, waiting)| waiting)
    }

    /// The session of a response. The answer to a request that opened a session is the first to say its id.
    pub fn response(&mut self, carrier: u64, id: Option<&[u8]>) -> u32 {
        let id = id.filter(|id| id.len() <= MAX_ID);
        let asked = self.carriers.get(&carrier).map(|&(session, _)| session);
        let opened = asked.filter(|&at| self.sessions.get(at as usize).is_some_and(|session| session.id.is_empty()));
        let session = opened.or_else(|| id.and_then(|id| self.find(id))).or(asked).unwrap_or_else(|| self.open());
        if let Some(id) = id {
            self.name(session, id);
        }
        self.carriers.insert(carrier, (session, false));
        session
    }

    /// The whole id says more than its stable part, should two sessions share that.
    fn find(&self, id: &[u8]) -> Option<u32> {
        self.by_id.get(id).or_else(|| self.by_stable_part.get(stable_part(id))).copied()
    }

    fn open(&mut self) -> u32 {
        if self.sessions.len() >= MAX_SESSIONS {
            self.losses.report(Loss::GatewaySession);
        } else {
            self.sessions.push(GatewaySession::default());
        }
        self.sessions.len().saturating_sub(1) as u32
    }

    /// Gives a session the id that it has from now on.
    fn name(&mut self, number: u32, id: &[u8]) {
        let Some(session) = self.sessions.get_mut(number as usize) else { return };
        if *session.id == *id || id.is_empty() {
            return;
        }
        let old = std::mem::replace(&mut session.id, id.into());
        if self.by_id.get(&old) == Some(&number) {
            self.by_id.remove(&old);
        }
        if stable_part(&old) != stable_part(id) && self.by_stable_part.get(stable_part(&old)) == Some(&number) {
            self.by_stable_part.remove(stable_part(&old));
        }
        self.by_id.insert(id.into(), number);
        self.by_stable_part.insert(stable_part(id).into(), number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_keeps_its_number_while_its_id_and_its_carrier_change() {
        let mut gateway = Gateway::new(&Losses::default());
        let opened = gateway.request(7, None);
        assert_eq!(gateway.response(7, Some(b"100.1")), opened);
        assert_eq!(gateway.request(8, Some(b"100.1")), opened);
        assert_eq!(gateway.response(8, Some(b"100.2")), opened);
        let other = gateway.request(8, None);
        assert_ne!(other, opened);
        assert_eq!(gateway.response(8, Some(b"e7c9f0")), other);
        // A request that was lost: the id leads on.
        assert_eq!(gateway.response(8, Some(b"100.5")), opened);
        assert_eq!(gateway.request(9, Some(b"e7c9f0")), other);
        assert_eq!(gateway.response(9, None), other);
        assert_eq!((gateway.by_id.len(), gateway.by_stable_part.len(), gateway.sessions.len()), (2, 2, 2));
    }

    #[test]
    fn a_late_capture_start_makes_a_session_of_an_unknown_id() {
        let mut gateway = Gateway::new(&Losses::default());
        let one = gateway.response(1, Some(b"5.5"));
        assert_eq!(gateway.request(2, Some(b"5.6")), one);
        assert_ne!(gateway.request(2, Some(b"6.6")), one);
    }

    #[test]
    fn there_is_a_limit() {
        let mut gateway = Gateway::new(&Losses::default());
        for carrier in 0..MAX_SESSIONS as u64 + 3 {
            gateway.request(carrier, Some(&[b'x'; MAX_ID + 1]));
        }
        assert_eq!((gateway.sessions.len(), gateway.losses.any(&[Loss::GatewaySession])), (MAX_SESSIONS, true));
    }
}
