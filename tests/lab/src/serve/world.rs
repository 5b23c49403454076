// SPDX-License-Identifier: GPL-2.0-or-later
//! Everything the server knows: accounts, who is connected, chats, tickets. Handlers change it and queue what is to be said;
//! nothing here waits.

use msn_dissect_core::command::{Dir, ServerKind, layout::Known};
use msn_dissect_core::fields::command as f;
use rand::RngExt;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use super::account::{Account, list};
use crate::say::Say;

/// A connection.
pub type Id = u64;

/// Most accounts that are made up.
const MAX_ACCOUNTS: usize = 10_000;

/// Most tickets and cookies that wait to be used; the oldest are forgotten.
const MAX_WAITING: usize = 10_000;

/// What is to happen on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    /// These bytes are sent.
    Bytes(Vec<u8>),
    /// Nothing happens for so many milliseconds.
    Wait(u64),
    /// It is closed.
    Close,
}

/// Where clients find the servers.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// Dispatch server, if there is one.
    pub dispatch: Option<SocketAddr>,
    /// Notification server.
    pub notification: SocketAddr,
    /// Switchboard.
    pub switchboard: SocketAddr,
    /// Login, address book, gateway.
    pub web: SocketAddr,
}

/// The place as somebody reaches it who came to `here`: one that listens everywhere has no address of its own.
pub fn reachable(place: SocketAddr, here: IpAddr) -> SocketAddr {
    if place.ip().is_unspecified() { SocketAddr::new(here, place.port()) } else { place }
}

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Rules {
    /// First and last version that is spoken.
    pub versions: (u8, u8),
    /// Only accounts that are known may sign in.
    pub strict: bool,
    /// Clients are challenged when they come online.
    pub challenge: bool,
    /// Seconds until the next ping is due.
    pub ping: u32,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { versions: (2, 18), strict: false, challenge: true, ping: 50 }
    }
}

/// How far a connection has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was proved.
    New,
    /// It named an account and was asked for a proof.
    Asked {
        /// The account.
        email: String,
        /// What is to be proved.
        challenge: String,
    },
    /// It is the account's.
    In,
}

/// A connection.
#[derive(Debug)]
pub struct Session {
    /// The address of this machine to which it connected.
    pub here: IpAddr,
    /// What it connected to; a switchboard shows itself by its first line.
    pub kind: ServerKind,
    /// Protocol version, 0 = not known.
    pub version: u8,
    /// How far it has come.
    pub stage: Stage,
    /// Whose it is.
    pub email: String,
    /// Presence; none before the first CHG.
    pub status: Option<String>,
    /// Capabilities.
    pub capabilities: Option<String>,
    /// Picture.
    pub object: Option<String>,
    /// Machine GUID with braces, of MSNP16 and later.
    pub endpoint: Option<String>,
    /// Challenge that must be answered.
    pub challenge: Option<String>,
    /// Chat that a switchboard connection takes part in.
    pub chat: Option<u32>,
}

impl Session {
    /// Whether others may see it.
    pub fn is_seen(&self) -> bool {
        self.stage == Stage::In
            && self.kind != ServerKind::Switchboard
            && self.status.as_deref().is_some_and(|status| status != "HDN" && status != "FLN")
    }

    /// How it is named in a chat.
    pub fn handle(&self) -> String {
        match &self.endpoint {
            Some(guid) => format!("{};{guid}", self.email),
            None => self.email.clone(),
        }
    }
}

/// What a switchboard cookie is good for.
#[derive(Clone, Debug)]
pub struct Cookie {
    /// Who may use it.
    pub email: String,
    /// In which chat.
    pub chat: u32,
    /// Version of the connection that got it.
    pub version: u8,
}

/// What a ticket proves.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Whose it is.
    pub email: String,
    /// With what single sign-on proves it.
    pub secret: Vec<u8>,
}

/// A table that forgets its oldest entries.
#[derive(Debug)]
pub struct Waiting<T> {
    by_key: HashMap<String, T>,
    order: VecDeque<String>,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Waiting { by_key: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T> Waiting<T> {
    /// Keeps something under a new key.
    pub fn keep(&mut self, key: String, value: T) {
        if self.order.len() >= MAX_WAITING {
            self.order.pop_front().map(|old| self.by_key.remove(&old));
        }
        self.order.push_back(key.clone());
        self.by_key.insert(key, value);
    }

    /// What is kept under a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.by_key.get(key)
    }

    /// Takes what is kept under a key.
    pub fn take(&mut self, key: &str) -> Option<T> {
        self.by_key.remove(key)
    }
}

/// Everything the server knows.
#[derive(Debug)]
pub struct World {
    /// How it behaves.
    pub rules: Rules,
    /// Where it is.
    pub places: Places,
    /// Accounts by address.
    pub accounts: BTreeMap<String, Account>,
    /// Connections.
    pub sessions: BTreeMap<Id, Session>,
    /// Who takes part in chats.
    pub chats: BTreeMap<u32, Vec<Id>>,
    /// Switchboard cookies.
    pub cookies: Waiting<Cookie>,
    /// Tickets of the login service.
    pub tickets: Waiting<Ticket>,
    /// What is to happen.
    pub queue: Vec<(Id, Out)>,
    /// What could not be said.
    pub troubles: Vec<String>,
    next: u64,
}

impl World {
    /// A world with these accounts.
    pub fn new(rules: Rules, places: Places, accounts: Vec<Account>) -> World {
        let mut world = World {
            rules,
            places,
            accounts: accounts.into_iter().map(|account| (account.email.clone(), account)).collect(),
            sessions: BTreeMap::new(),
            chats: BTreeMap::new(),
            cookies: Waiting::default(),
            tickets: Waiting::default(),
            queue: Vec::new(),
            troubles: Vec::new(),
            next: 0,
        };
        let pairs = world.accounts.values().flat_map(|account| {
            let added = account.contacts.iter().filter(|(_, contact)| contact.lists & list::FL != 0);
            added.map(|(email, _)| (account.email.clone(), account.name.clone(), email.clone()))
        });
        for (from, name, to) in pairs.collect::<Vec<_>>() {
            let contact = world.accounts.get_mut(&to).and_then(|account| account.contact(&from, Some(&name)));
            if let Some(contact) = contact {
                contact.lists |= list::RL;
            }
        }
        world
    }

    /// A number that was not given before.
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// A number that nobody can guess.
    pub fn nonce(&self) -> u64 {
        rand::rng().random()
    }

    /// A new connection.
    pub fn enter(&mut self, kind: ServerKind, here: IpAddr) -> Id {
        let id = self.number();
        let session = Session {
            here,
            kind,
            version: 0,
            stage: Stage::New,
            email: String::new(),
            status: None,
            capabilities: None,
            object: None,
            endpoint: None,
            challenge: None,
            chat: None,
        };
        self.sessions.insert(id, session);
        id
    }

    /// A place as a connection can reach it.
    pub fn place(&self, id: Id, place: SocketAddr) -> SocketAddr {
        self.sessions.get(&id).map_or(place, |session| reachable(place, session.here))
    }

    /// The account of an address; made now if that is allowed.
    pub fn account(&mut self, email: &str) -> Option<&mut Account> {
        let may = !self.rules.strict && self.accounts.len() < MAX_ACCOUNTS && email.contains('@');
        if may && !self.accounts.contains_key(email) {
            self.accounts.insert(email.to_owned(), Account::new(email, None));
        }
        self.accounts.get_mut(email)
    }

    /// The account of a connection.
    pub fn own(&mut self, id: Id) -> Option<&mut Account> {
        let email = self.sessions.get(&id).filter(|session| session.stage == Stage::In)?.email.clone();
        self.accounts.get_mut(&email)
    }

    /// Protocol version of a connection.
    pub fn version(&self, id: Id) -> u8 {
        self.sessions.get(&id).map_or(0, |session| session.version)
    }

    /// Says something on a connection.
    pub fn tell(&mut self, id: Id, say: &Say) {
        let Some(session) = self.sessions.get(&id) else { return };
        let known = Known { dir: Some(Dir::ToClient), server: Some(session.kind), version: session.version };
        // Later versions tell times; a number would be there only for servers that keep it all the same.
        let say = if session.version < 10 { say.clone() } else { say.clone().without(f::LIST_VERSION) };
        match say.write(known) {
            Ok(bytes) => self.queue.push((id, Out::Bytes(bytes))),
            Err(error) => {
                self.troubles.push(format!("{} cannot be said to MSNP{}: {error}", say.word(), session.version))
            }
        }
    }

    /// Ends a connection behind what was said.
    pub fn close(&mut self, id: Id) {
        self.queue.push((id, Out::Close));
    }

    /// Connections of an account to a notification server.
    pub fn of(&self, email: &str) -> Vec<Id> {
        let is_one = |session: &Session| {
            session.stage == Stage::In && session.kind != ServerKind::Switchboard && session.email == email
        };
        self.sessions.iter().filter(|(_, session)| is_one(session)).map(|(id, _)| *id).collect()
    }

    /// The connection by which others see an account.
    pub fn seen(&self, email: &str) -> Option<Id> {
        self.of(email).into_iter().rfind(|id| self.sessions.get(id).is_some_and(Session::is_seen))
    }

    /// Connections that are told of an account's presence: those of people who have it on their forward list, and whom it
    /// allows to see it.
    pub fn watchers(&self, email: &str) -> Vec<Id> {
        let Some(account) = self.accounts.get(email) else { return Vec::new() };
        let is_one = |session: &Session| {
            session.stage == Stage::In
                && session.kind != ServerKind::Switchboard
                && session.status.is_some()
                && session.email != email
                && account.allows(&session.email)
                && self.has(&session.email, email, list::FL)
        };
        self.sessions.iter().filter(|(_, session)| is_one(session)).map(|(id, _)| *id).collect()
    }

    /// Whether somebody has an address on a list.
    pub fn has(&self, owner: &str, email: &str, lists: u8) -> bool {
        let contact = self.accounts.get(owner).and_then(|account| account.contacts.get(email));
        contact.is_some_and(|contact| contact.lists & lists != 0)
    }
}
