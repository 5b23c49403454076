// SPDX-License-Identifier: GPL-2.0-or-later
//! What ties a unit to others: what the first pass learnt at the unit itself, and what later units added.
//!
//! Memory: a request takes 32 bytes, an answer 32 and whom or what it is about 32 for the life of the capture; each
//! change of a chat's participants 16, each change of an account's own state 44, each contact with a GUID about 45 and
//! its account. Beside that a connection takes about 450 bytes, and at most some 70 KB for requests that can still be
//! answered ([`super::transactions::MAX_REQUESTS`]).

use crate::session::FrameId;

use super::{
    NameId,
    challenge::{Pending, Scheme},
    connection::ConnId,
    contacts::Contacts,
    losses::{Loss, Losses},
    names::Names,
    notes::{NoteKey, Notes},
    people::{OwnHistory, Participants},
    transactions::Transactions,
};
use crate::{
    fields::Expert,
    session::{challenge::Status, soap::Refusal},
};

/// Something learnt at a unit, shown on every pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It answers a request: its frame and word, and the time since, in ns.
    Answers {
        /// Frame of the request.
        request: FrameId,
        /// Word of the request.
        word: [u8; 3],
        /// Another answer came before.
        further: bool,
        /// Time since the request, ns.
        span: u64,
    },
    /// It answers the login challenge of a frame.
    LoginOf(FrameId),
    /// Whether the answer to a CHL is right.
    Challenge(Status),
    /// Whether a login is right.
    Login(Status),
    /// The login is proved by the secret that a frame gave.
    ProvedBy(FrameId),
    /// The ticket was given in this frame.
    Ticket(FrameId),
    /// The login service refused the account in this frame.
    Refused(FrameId, Refusal),
    /// An earlier connection of the account signed in in this frame.
    Earlier(FrameId),
    /// Another side of the chat begins in this frame.
    OtherSide(FrameId),
    /// A message that was sent to the server in this frame.
    CopyOf(FrameId),
    /// It is about this person, whom it does not name.
    Contact(NameId),
    /// The group that stands at this place among those it names has this name.
    Group(u8, NameId),
    /// It is the error reply to a request with this word.
    Failed([u8; 3]),
    /// An expert info with two numbers that its text needs.
    Remark(Expert, u32, u32),
}

/// Ways in which a later unit follows from this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Way {
    /// An answer.
    Response = 0,
    /// A connection announced here.
    Opened = 1,
    /// Another side of the chat.
    OtherSide = 2,
    /// A later connection of the account.
    Later = 3,
    /// The answer to a login challenge.
    Login = 4,
}

/// Most frames listed for one way of one unit; further ones are counted.
pub const MAX_FOLLOWERS: u32 = 256;

/// Frames that follow from a unit in one way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Forward {
    /// The first frame; 0 = none.
    first: FrameId,
    /// How many frames.
    pub count: u32,
    /// Place of the second frame in the pool, plus one.
    head: u32,
    /// Place of the last frame in the pool, plus one.
    tail: u32,
    /// There must be one.
    pub needed: bool,
}

/// The list lines that a SYN announced.
#[derive(Clone, Debug)]
pub struct Sync {
    /// The request.
    pub key: NoteKey,
    /// Its time.
    pub time: u64,
    /// Contacts and groups announced; `None` before MSNP8.
    pub announced: Option<[u32; 2]>,
    /// Contacts and groups that came.
    pub came: [u32; 2],
    /// The contact of the latest list line.
    pub contact: String,
}

/// A step of a login, which the other side must follow by the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoginStep {
    /// Not begun, or done.
    #[default]
    None,
    /// The client offered versions.
    Offered(FrameId),
    /// The server chose one.
    Chosen(FrameId),
    /// The client named its account.
    Named(FrameId),
    /// The server asked for a proof.
    Asked(FrameId),
    /// The client gave one.
    Proved(FrameId),
}

/// What is remembered of a connection to tie units together. What nearly every command needs stands first, in one line
/// of the processor's cache.
#[derive(Debug, Default)]
#[repr(C, align(64))]
pub struct Conn {
    /// Requests by transaction ID.
    pub transactions: Transactions,
    /// A unit was seen.
    pub seen: bool,
    /// The first unit was not the one that begins a connection.
    pub late: bool,
    /// Highest protocol version that the client offered.
    pub offered: u8,
    /// The ping that waits for its answer.
    pub ping: Option<(NoteKey, u64)>,
    /// The client challenge that waits.
    pub challenge: Option<Box<Pending>>,
    /// The login challenge that waits.
    pub login: Option<Box<(Scheme, Pending)>>,
    /// Accounts of contacts that are named by GUID.
    pub contacts: Option<Box<Contacts>>,
    /// The list that is being sent.
    pub sync: Option<Box<Sync>>,
    /// Since which unit the connection is known to be announced, and in which frame it was.
    pub announced: Option<(NoteKey, FrameId)>,
    /// Since which unit the chat is known, and its session id.
    pub chat: Option<(NoteKey, NameId)>,
    /// The same as the caller's cookie tells it, before the server does.
    pub foretold: Option<(NoteKey, NameId)>,
    /// The unit that opened the switchboard session.
    pub opened: Option<NoteKey>,
    /// The account that was tied to its other connections.
    pub account: NameId,
    /// Who is in the chat.
    pub people: Participants,
    /// What the owner says of itself.
    pub own: OwnHistory,
    /// Frame of the first unit.
    pub first: FrameId,
    /// By direction: the last unit had a payload.
    pub payload: [bool; 2],
    /// The last unit, and the last step of a login that is not done.
    pub latest: NoteKey,
    /// That step.
    pub step: LoginStep,
}

/// Most contacts of all connections whose GUIDs are remembered.
pub const MAX_ALL_CONTACTS: usize = 1 << 18;

/// All links.
#[derive(Debug, Default)]
pub struct Links {
    conns: Vec<Conn>,
    facts: Notes<Fact>,
    forward: Notes<Forward>,
    pool: Vec<(FrameId, u32)>,
    last: NoteKey,
    /// Display names, handles and session ids, each once.
    pub names: Names,
    /// Contacts kept, of all connections.
    kept_contacts: usize,
    losses: Losses,
}

impl Links {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Links { names: Names::new(losses), losses: losses.clone(), ..Links::default() }
    }

    /// Whether a unit was not met before on a first pass; notes it.
    pub fn enter(&mut self, key: NoteKey) -> bool {
        let (frame, unit, _) = key;
        let new = (self.last.0, self.last.1) < (frame, unit) || self.last == NoteKey::default();
        if new {
            self.last = (frame, unit, 0);
        }
        new
    }

    /// The state of a connection, made now if it is new.
    pub fn conn(&mut self, id: ConnId) -> Option<&mut Conn> {
        let at = id.0 as usize;
        if at >= self.conns.len() {
            self.conns.resize_with(at + 1, Conn::default);
        }
        self.conns.get_mut(at)
    }

    /// The state of a connection, and the names.
    pub fn conn_and_names(&mut self, id: ConnId) -> Option<(&mut Conn, &mut Names)> {
        Some((self.conns.get_mut(id.0 as usize)?, &mut self.names))
    }

    /// The state of a connection, to be read.
    pub fn known(&self, id: ConnId) -> Option<&Conn> {
        self.conns.get(id.0 as usize)
    }

    /// Remembers the account of a contact of a connection.
    pub fn keep_contact(&mut self, id: ConnId, contact: [u8; 16], account: &str) {
        let Some(conn) = self.conns.get_mut(id.0 as usize) else { return };
        let contacts = conn.contacts.get_or_insert_default();
        if contacts.get(&contact) == account {
            return;
        }
        if self.kept_contacts < MAX_ALL_CONTACTS && contacts.keep(contact, account) {
            self.kept_contacts += 1;
        } else {
            self.losses.report(Loss::Contact);
        }
    }

    /// The account of a contact of a connection, as a kept name.
    pub fn contact(&mut self, id: ConnId, contact: &[u8; 16]) -> NameId {
        let contacts = self.conns.get(id.0 as usize).and_then(|conn| conn.contacts.as_deref());
        contacts.map_or_else(NameId::default, |contacts| self.names.keep(contacts.get(contact)))
    }

    /// Keeps a fact of the unit that is being learnt; gives where.
    pub fn fact(&mut self, fact: Fact) -> NoteKey {
        let key = self.last;
        self.last.2 += 1;
        self.facts.keep(key, fact);
        key
    }

    /// Puts a fact in place of one that was kept before.
    pub fn correct(&mut self, key: NoteKey, fact: Fact) {
        if let Some(kept) = self.facts.get_mut(key) {
            *kept = fact;
        }
    }

    /// Keeps a fact of a unit that was learnt before; of a kind that a unit has once.
    pub fn fact_of(&mut self, (frame, unit, _): NoteKey, fact: Fact) {
        self.facts.keep((frame, unit, u32::MAX), fact);
    }

    /// The facts of a unit.
    pub fn facts(&self, key: NoteKey) -> impl Iterator<Item = &Fact> {
        self.facts.of_unit(key.0, key.1)
    }

    /// Prepares for units that follow from this one; `needed` says that there must be one.
    pub fn expect(&mut self, key: NoteKey, way: Way, needed: bool) {
        self.forward.keep((key.0, key.1, way as u32), Forward { needed, ..Forward::default() });
    }

    /// A later frame follows from a unit. Several units of one frame count once.
    pub fn follow(&mut self, key: NoteKey, way: Way, frame: FrameId) {
        let Some(forward) = self.forward.get_mut((key.0, key.1, way as u32)) else {
            return;
        };
        let last = match forward.tail.checked_sub(1) {
            None => forward.first,
            Some(at) => self.pool.get(at as usize).map_or(FrameId::NONE, |row| row.0),
        };
        if forward.count == 0 {
            forward.first = frame;
        } else if last == frame {
            return;
        } else if forward.count < MAX_FOLLOWERS {
            let place = self.pool.len() as u32 + 1;
            if let Some(previous) = forward.tail.checked_sub(1).and_then(|at| self.pool.get_mut(at as usize)) {
                previous.1 = place;
            } else {
                forward.head = place;
            }
            forward.tail = place;
            self.pool.push((frame, 0));
        }
        forward.count += 1;
    }

    /// What follows from a unit.
    pub fn forward(&self, key: NoteKey, way: Way) -> Option<&Forward> {
        self.forward.get((key.0, key.1, way as u32))
    }

    /// The frames of a [`Forward`], at most [`MAX_FOLLOWERS`].
    pub fn frames(&self, forward: &Forward) -> impl Iterator<Item = FrameId> {
        let mut place = forward.head;
        let rest = std::iter::from_fn(move || {
            let &(frame, next) = self.pool.get(place.checked_sub(1)? as usize)?;
            place = next;
            Some(frame)
        });
        (forward.count > 0).then_some(forward.first).into_iter().chain(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn followers_are_listed_once_each_and_bounded() {
        let mut links = Links::default();
        let (one, other) = ((FrameId::nth(1), 0, 0), (FrameId::nth(1), 1, 0));
        links.expect(one, Way::Response, true);
        links.expect(other, Way::Response, false);
        for frame in [5, 5, 6, 9] {
            links.follow(one, Way::Response, FrameId::nth(frame));
            links.follow(other, Way::Response, FrameId::nth(frame + 100));
        }
        let frames = |links: &Links, key| -> Vec<u32> {
            links.frames(links.forward(key, Way::Response).unwrap()).map(FrameId::index).collect()
        };
        assert_eq!((frames(&links, one), frames(&links, other)), (vec![5, 6, 9], vec![105, 106, 109]));
        for frame in 10..1000 {
            links.follow(one, Way::Response, FrameId::nth(frame));
        }
        assert_eq!(frames(&links, one).len(), MAX_FOLLOWERS as usize);
        assert_eq!(links.forward(one, Way::Response).unwrap().count, 993);
        links.follow((FrameId::nth(7), 0, 0), Way::Response, FrameId::nth(8));
        assert!(links.forward((FrameId::nth(7), 0, 0), Way::Response).is_none());
    }

    #[test]
    fn facts_belong_to_their_unit() {
        let mut links = Links::default();
        assert!(links.enter((FrameId::nth(1), 0, 0)));
        links.fact(Fact::Earlier(FrameId::nth(7)));
        links.fact(Fact::OtherSide(FrameId::nth(8)));
        assert!(
            links.enter((FrameId::nth(1), 1, 0))
                && !links.enter((FrameId::nth(1), 1, 0))
                && !links.enter((FrameId::nth(1), 0, 0))
        );
        assert_eq!(
            links.facts((FrameId::nth(1), 0, 0)).copied().collect::<Vec<_>>(),
            [Fact::Earlier(FrameId::nth(7)), Fact::OtherSide(FrameId::nth(8))]
        );
        assert_eq!(links.facts((FrameId::nth(1), 1, 0)).count(), 0);
    }

    #[test]
    fn sizes_are_what_the_description_says() {
        assert!(size_of::<(NoteKey, Fact)>() <= 32 && size_of::<(NoteKey, Forward)>() <= 32);
        assert!(size_of::<Conn>() <= 448, "{}", size_of::<Conn>());
        assert!(std::mem::offset_of!(Conn, offered) < 64);
    }
}
