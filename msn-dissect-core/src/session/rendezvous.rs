// SPDX-License-Identifier: GPL-2.0-or-later
//! What one connection says about another that is yet to come (fact base: state 3).

use super::{
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
    map::{Map, Set},
    names::NameId,
    notes::NoteKey,
};
use crate::{
    command::verbs::Side,
    packet::{Announcement, Endpoint},
};

/// Who may use a switchboard cookie, and in which protocol version.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    /// Protocol version of the notification connection that got the cookie.
    pub version: u8,
    /// Its account.
    pub account: NameId,
    /// The unit with the XFR or RNG.
    pub key: NoteKey,
    /// Its time, ns since 1970.
    pub time: u64,
    /// Whom the cookie is for.
    pub side: Side,
    /// How often it was announced.
    pub announced: u32,
    /// How often it was used.
    pub used: u32,
}

/// The latest notification or dispatch connection of an account.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// The unit in which the account was named.
    pub key: NoteKey,
    /// The connection.
    pub conn: ConnId,
    /// Its protocol version, 0 = not known then.
    pub version: u8,
    /// The referral to another server, until it is followed.
    pub referral: Option<NoteKey>,
    /// The connection was seen from its start.
    pub from_start: bool,
}

/// Most cookies remembered; the oldest goes first.
pub const MAX_TICKETS: usize = 1 << 16;

/// Most server addresses announced to the consumer.
pub const MAX_SERVERS: usize = 1 << 14;

/// Longest cookie remembered, in bytes.
pub const MAX_COOKIE: usize = 256;

/// Most chats remembered; the oldest goes first.
pub const MAX_CHATS: usize = 1 << 14;

/// Most connections of one chat that are tied together.
pub const MAX_SIDES: usize = 32;

/// Most accounts whose connections are tied together.
pub const MAX_ACCOUNTS: usize = 1 << 16;

/// Most referrals without account that wait for the connection that follows them; the oldest goes first.
pub const MAX_HOPS: usize = 1 << 12;

/// A referral without account: client, server that it names, hop data.
type Hop = ([u8; 16], Endpoint, Box<[u8]>);

/// Tables that tie connections together.
#[derive(Debug)]
pub struct Rendezvous {
    tickets: Bounded<Box<[u8]>, Ticket, MAX_TICKETS>,
    servers: Set<Announcement>,
    chats: Bounded<NameId, Vec<(ConnId, NoteKey)>, MAX_CHATS>,
    accounts: Map<NameId, SignedIn>,
    hops: Bounded<Hop, NoteKey, MAX_HOPS>,
    losses: Losses,
}

impl Rendezvous {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Rendezvous {
            tickets: Bounded::new(Loss::Ticket, losses),
            servers: Set::default(),
            chats: Bounded::new(Loss::Chat, losses),
            accounts: Map::default(),
            hops: Bounded::new(Loss::Referral, losses),
            losses: losses.clone(),
        }
    }

    /// Whether cookies, or accounts that they were given to, were lost.
    pub fn lost_cookies(&self) -> bool {
        self.losses.any(&[Loss::Ticket, Loss::TicketLength, Loss::SignedIn])
    }

    /// Remembers a cookie that an XFR or RNG announced.
    pub fn announce(&mut self, cookie: &[u8], ticket: Ticket) {
        if cookie.len() > MAX_COOKIE {
            return self.losses.report(Loss::TicketLength);
        }
        if let Some(known) = self.tickets.get_mut(cookie) {
            *known = Ticket { announced: known.announced + 1, used: known.used, ..ticket };
            return;
        }
        self.tickets.insert(cookie.into(), Ticket { announced: 1, used: 0, ..ticket });
    }

    /// Whether this server was not announced before; at most [`MAX_SERVERS`] are.
    pub fn is_new_server(&mut self, server: &Announcement) -> bool {
        if self.servers.len() >= MAX_SERVERS && !self.servers.contains(server) {
            self.losses.report(Loss::Server);
            return false;
        }
        self.servers.insert(server.clone())
    }

    /// What is known of a cookie.
    pub fn ticket(&self, cookie: &[u8]) -> Option<&Ticket> {
        self.tickets.get(cookie)
    }

    /// Uses a cookie; what was known of it before.
    pub fn take(&mut self, cookie: &[u8]) -> Option<Ticket> {
        let ticket = self.tickets.get_mut(cookie)?;
        let before = *ticket;
        ticket.used += 1;
        Some(before)
    }

    /// A connection takes part in a chat since a unit; the units in which its other sides began.
    pub fn join(&mut self, chat: NameId, conn: ConnId, key: NoteKey) -> Vec<NoteKey> {
        if chat.is_none() {
            return Vec::new();
        }
        if self.chats.get(&chat).is_none() {
            self.chats.insert(chat, Vec::new());
        }
        let Some(sides) = self.chats.get_mut(&chat) else { return Vec::new() };
        if sides.iter().any(|side| side.0 == conn) {
            return Vec::new();
        }
        let others = sides.iter().map(|side| side.1).collect();
        if sides.len() < MAX_SIDES {
            sides.push((conn, key));
        } else {
            self.losses.report(Loss::ChatSide);
        }
        others
    }

    /// Where an account is signed in.
    pub fn signed_in(&self, account: NameId) -> Option<&SignedIn> {
        self.accounts.get(&account)
    }

    /// An account signs in; where it was before.
    pub fn sign_in(&mut self, account: NameId, now: SignedIn) -> Option<SignedIn> {
        if self.accounts.len() >= MAX_ACCOUNTS && !self.accounts.contains_key(&account) {
            self.losses.report(Loss::SignedIn);
            return None;
        }
        self.accounts.insert(account, now)
    }

    /// A client whose account is not known is referred to a server, with hop data to present there.
    pub fn refer_by_hop(&mut self, client: [u8; 16], server: Endpoint, hop: &[u8], key: NoteKey) {
        if hop.is_empty() {
            return;
        }
        if hop.len() > MAX_COOKIE {
            return self.losses.report(Loss::TicketLength);
        }
        self.hops.insert((client, server, hop.into()), key);
    }

    /// The referral that a client follows which presents hop data to a server.
    pub fn follow_hop(&mut self, client: [u8; 16], server: Endpoint, hop: &[u8]) -> Option<NoteKey> {
        if hop.is_empty() || self.hops.is_empty() {
            return None;
        }
        self.hops.remove(&(client, server, hop.into()))
    }

    /// An account is referred to another server.
    pub fn refer(&mut self, account: NameId, key: NoteKey) {
        if let Some(signed_in) = self.accounts.get_mut(&account) {
            signed_in.referral = Some(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::FrameId;
    use crate::session::names::Names;

    fn ticket() -> Ticket {
        Ticket {
            version: 18,
            account: NameId::default(),
            key: (FrameId::nth(1), 0, 0),
            time: 0,
            side: Side::Caller,
            announced: 0,
            used: 0,
        }
    }

    #[test]
    fn no_more_servers_are_announced_than_there_is_room_for() {
        use crate::packet::AnnouncedKind;
        let losses = Losses::default();
        let mut table = Rendezvous::new(&losses);
        let at = |number: usize| Announcement {
            address: [192, 0, (number >> 8) as u8, number as u8].into(),
            port: 1863,
            kind: AnnouncedKind::Ftp,
        };
        assert_eq!((0..MAX_SERVERS).filter(|&number| table.is_new_server(&at(number))).count(), MAX_SERVERS);
        assert!(!table.is_new_server(&at(0)) && losses.take().is_empty());
        assert!(!table.is_new_server(&at(MAX_SERVERS)) && losses.take().iter().eq([Loss::Server]));
    }

    #[test]
    fn the_oldest_cookie_goes_first() {
        let mut table = Rendezvous::new(&Losses::default());
        for number in 0..=MAX_TICKETS {
            table.announce(number.to_string().as_bytes(), ticket());
        }
        assert!(table.ticket(b"0").is_none() && table.ticket(b"1").is_some());
        assert!(table.lost_cookies());
        table.announce(&[b'x'; MAX_COOKIE + 1], ticket());
        assert!(table.ticket(&[b'x'; MAX_COOKIE + 1]).is_none());
    }

    #[test]
    fn uses_of_a_cookie_are_counted() {
        let mut table = Rendezvous::new(&Losses::default());
        table.announce(b"1.2.3", ticket());
        assert_eq!(table.take(b"1.2.3").map(|ticket| ticket.used), Some(0));
        table.announce(b"1.2.3", ticket());
        assert_eq!(table.take(b"1.2.3").map(|ticket| (ticket.used, ticket.announced)), Some((1, 2)));
        assert!(table.take(b"4").is_none());
    }

    #[test]
    fn sides_of_a_chat_find_each_other() {
        let mut names = Names::default();
        let mut table = Rendezvous::new(&Losses::default());
        let chat = names.keep("11752013");
        assert!(table.join(chat, ConnId(1), (FrameId::nth(5), 0, 0)).is_empty());
        assert_eq!(table.join(chat, ConnId(2), (FrameId::nth(9), 0, 0)), [(FrameId::nth(5), 0, 0)]);
        assert!(table.join(chat, ConnId(2), (FrameId::nth(10), 0, 0)).is_empty());
        assert_eq!(
            table.join(chat, ConnId(3), (FrameId::nth(12), 0, 0)),
            [(FrameId::nth(5), 0, 0), (FrameId::nth(9), 0, 0)]
        );
        for number in 0..MAX_CHATS {
            table.join(names.keep(&format!("c{number}")), ConnId(9), (FrameId::nth(20), 0, 0));
        }
        assert!(table.losses.any(&[Loss::Chat]));
        assert!(table.join(chat, ConnId(4), (FrameId::nth(30), 0, 0)).is_empty());
    }
}
