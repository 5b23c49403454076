// SPDX-License-Identifier: GPL-2.0-or-later
//! What web services teach: requests that wait, tickets and their uses, names of the address book, offline messages,
//! logins that were refused. All tables are bounded; what they lose is counted and told.

use std::collections::VecDeque;

use super::{
    FrameId, Ledger, NameId, NoteKey,
    bounded::Bounded,
    challenge::{Pending, Scheme, Status},
    losses::{Loss, Losses},
    secrets::Secret,
};
use crate::{
    fields::Expert,
    soap::{Endpoint, Operation},
};

/// Most connections with requests that wait, and most requests of each.
const MAX_CONNECTIONS: usize = 4096;
const MAX_WAITING: usize = 32;
/// Most tickets, names, offline messages and refused logins.
const MAX_TICKETS: usize = 1 << 14;
const MAX_NAMES: usize = 1 << 17;
const MAX_MESSAGES: usize = 1 << 15;
const MAX_REFUSALS: usize = 4096;
/// Longest token, identifier or secret that is kept, in bytes.
pub const MAX_TOKEN: usize = 4096;
const MAX_ID: usize = 128;
/// Bytes that are left of a token that is cut, at least.
const BEGINNING: usize = 64;
/// Most names of a contact, one after the other.
const MAX_HISTORY: usize = 16;
const MAX_SECRET: usize = 256;
/// Most frames that are listed for a ticket or offline message; further ones are counted.
pub const MAX_FRAMES: usize = 64;

/// Why a login was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The service says that it does not know the account with this password.
    Password,
    /// The service wants the login to go elsewhere.
    Redirected,
    /// Something else.
    Other,
}

impl Refusal {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Refusal::Password => "wrong password",
            Refusal::Redirected => "to be asked elsewhere",
            Refusal::Other => "not given",
        }
    }
}

/// A request that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// Its frame and unit.
    pub place: super::Place,
    /// Its time, ns.
    pub time: u64,
    /// What it asks for.
    pub operation: Option<&'static Operation>,
    /// Where it was sent.
    pub endpoint: Option<Endpoint>,
    /// The account that asks.
    pub account: NameId,
    /// The offline message that it asks for.
    pub message: NameId,
}

/// A ticket.
#[derive(Clone, Debug, Default)]
pub struct Ticket {
    /// Frame of the answer that gave it.
    pub issued: FrameId,
    /// Account that it was given to.
    pub account: NameId,
    /// When it expires, ns since 1970; 0 = not known.
    pub expires: u64,
    /// The secret that proves its owner.
    pub secret: Option<Box<[u8]>>,
}

/// How much clocks of client, server and capture may differ, ns.
pub const CLOCKS: u64 = 300_000_000_000;

impl Ticket {
    /// Whether it can still be used.
    pub fn is_valid(&self, time: u64) -> bool {
        self.expires == 0 || time <= self.expires.saturating_add(CLOCKS)
    }

    /// Whether a login with it holds: by the secret that came with it, or where logins have none, by the ticket itself, if
    /// it was given to this account (`own`) and did not expire.
    pub fn proves(&self, scheme: Scheme, pending: &Pending, response: &[u8], own: bool, time: u64) -> Status {
        match scheme {
            Scheme::Twn if own && self.is_valid(time) => Status::Good,
            Scheme::Twn => Status::Unverified,
            _ => {
                let secret = Secret { password: None, sso: self.secret.clone() };
                pending.verify_login(scheme, response, Some(&secret))
            }
        }
    }
}

/// A login with a ticket that was not seen to be given: captures of several places may have the answer behind it.
#[derive(Debug)]
pub struct Early {
    /// The login.
    pub key: NoteKey,
    /// Where its status is kept.
    pub status: NoteKey,
    /// How the account proves itself.
    pub scheme: Scheme,
    /// What it proves itself against.
    pub pending: Pending,
    /// Its answer to that.
    pub response: Box<[u8]>,
    /// The account.
    pub account: NameId,
}

/// A use of a ticket, kept at the use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Frame that gave the ticket.
    pub issued: FrameId,
    /// Account that it was given to.
    pub account: NameId,
}

/// What a message was.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// What it asks for or answers.
    pub operation: Option<&'static Operation>,
    /// Where the request was sent.
    pub endpoint: Option<Endpoint>,
    /// The account that asks.
    pub account: NameId,
    /// Frame of the request, and the time since, ns.
    pub answers: Option<(FrameId, u64)>,
    /// Frame of the answer.
    pub answered: FrameId,
    /// The ticket that the request shows.
    pub used: Option<Use>,
    /// The offline messages that it is about.
    pub messages: Vec<NameId>,
    /// Whether a lock key is right, and the frame of its challenge.
    pub lock: Option<(Status, FrameId)>,
    /// What is to be remarked.
    pub remarks: Vec<Expert>,
    /// Why a login was refused.
    pub refusal: Option<Refusal>,
}

/// Everything that web services taught.
#[derive(Debug)]
pub struct Soap {
    waiting: Bounded<u64, VecDeque<Waiting>, MAX_CONNECTIONS>,
    /// What each message was.
    pub notes: Ledger<Note>,
    tickets: Bounded<Box<str>, Ticket, MAX_TICKETS>,
    /// The latest token of each beginning.
    beginnings: Bounded<Box<str>, Box<str>, MAX_TICKETS>,
    /// Logins with tickets that were not given yet.
    early: Bounded<Box<str>, Early, MAX_REFUSALS>,
    /// Frames that use the tickets that a frame gave.
    uses: Bounded<FrameId, (Vec<FrameId>, u32), MAX_TICKETS>,
    /// Since which frame a contact has which name.
    names: Bounded<(NameId, Box<str>), Vec<(FrameId, Box<str>)>, MAX_NAMES>,
    messages: Bounded<NameId, Vec<FrameId>, MAX_MESSAGES>,
    locks: Bounded<NameId, (Box<[u8]>, FrameId), MAX_REFUSALS>,
    refusals: Bounded<Box<str>, (FrameId, Refusal), MAX_REFUSALS>,
    /// Login challenges that wait on notification servers, by account.
    logins: Bounded<Box<str>, NoteKey, MAX_REFUSALS>,
    /// Accounts whose password was told to be in clear, by connection.
    told_password: Bounded<u64, (), MAX_CONNECTIONS>,
    losses: Losses,
}

impl Soap {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Soap {
            waiting: Bounded::new(Loss::WebRequest, losses),
            notes: Ledger::default(),
            tickets: Bounded::new(Loss::LoginTicket, losses),
            beginnings: Bounded::new(Loss::LoginTicket, losses),
            early: Bounded::new(Loss::LoginTicket, losses),
            uses: Bounded::new(Loss::LoginTicket, losses),
            names: Bounded::new(Loss::ContactName, losses),
            messages: Bounded::new(Loss::OfflineMessage, losses),
            locks: Bounded::new(Loss::LockKey, losses),
            refusals: Bounded::new(Loss::Refusal, losses),
            logins: Bounded::new(Loss::LoginTicket, losses),
            told_password: Bounded::new(Loss::WebRequest, losses),
            losses: losses.clone(),
        }
    }

    /// Whether a message has ever been met.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Remembers a request.
    pub fn ask(&mut self, connection: u64, waiting: Waiting) {
        if let Some(queue) = self.waiting.get_mut(&connection) {
            queue.push_back(waiting);
            if queue.len() > MAX_WAITING {
                queue.pop_front();
                self.losses.report(Loss::WebRequest);
            }
            return;
        }
        self.waiting.insert(connection, VecDeque::from([waiting]));
    }

    /// The request that the next answer on a connection belongs to.
    pub fn awaited(&self, connection: u64) -> Option<&Waiting> {
        self.waiting.get(&connection)?.front()
    }

    /// Takes the request that an answer belongs to: the oldest one, of those that ask for what it says it answers.
    pub fn answer(&mut self, connection: u64, answers: Option<&Operation>) -> Option<Waiting> {
        let queue = self.waiting.get_mut(&connection)?;
        let fits = |waiting: &Waiting| match (waiting.operation, answers) {
            (Some(asked), Some(answers)) => asked.service == answers.service && asked.response == answers.response,
            _ => true,
        };
        let at = queue.iter().position(fits)?;
        // What was asked before was answered where the capture did not see it.
        queue.drain(..at);
        queue.pop_front()
    }

    /// Keeps a ticket. One that comes again keeps the frame that gave it first.
    pub fn give(&mut self, token: &str, ticket: Ticket) {
        if token.is_empty() {
            return;
        }
        if token.len() > MAX_TOKEN || ticket.secret.as_ref().is_some_and(|secret| secret.len() > MAX_SECRET) {
            self.losses.report(Loss::LoginTicket);
            return;
        }
        if let Some(known) = self.tickets.get_mut(&Box::from(token)) {
            if ticket.issued == known.issued {
                known.secret = ticket.secret.or(known.secret.take());
                known.expires = known.expires.max(ticket.expires);
                return;
            }
        }
        self.tickets.insert(token.into(), ticket);
        if let Some(beginning) = token.get(..BEGINNING) {
            self.beginnings.insert(beginning.into(), token.into());
        }
    }

    /// A ticket by its token, of which clients cut the end.
    pub fn ticket(&self, token: &str) -> Option<&Ticket> {
        if token.is_empty() || token.len() > MAX_TOKEN || self.tickets.is_empty() {
            return None;
        }
        let token: Box<str> = token.into();
        self.tickets.get(&token).or_else(|| {
            let whole = self.beginnings.get(&Box::from(token.get(..BEGINNING)?))?;
            whole.starts_with(token.as_ref()).then(|| self.tickets.get(whole)).flatten()
        })
    }

    /// Remembers a login with a ticket that is not known.
    pub fn foresee(&mut self, token: &str, early: Early) {
        if !token.is_empty() && token.len() <= MAX_TOKEN && early.response.len() <= MAX_TOKEN {
            self.early.insert(token.get(..BEGINNING).unwrap_or(token).into(), early);
        }
    }

    /// The login that used a ticket before it was seen to be given.
    pub fn foreseen(&mut self, token: &str) -> Option<Early> {
        if self.early.is_empty() { None } else { self.early.remove(token.get(..BEGINNING).unwrap_or(token)) }
    }

    /// Notes that a frame uses a ticket.
    pub fn spend(&mut self, token: &str, frame: FrameId) -> Option<Use> {
        let found = self.ticket(token)?;
        let used = Use { issued: found.issued, account: found.account };
        if let Some((frames, count)) = self.uses.get_mut(&used.issued) {
            if frames.last() != Some(&frame) {
                *count += 1;
                if frames.len() < MAX_FRAMES {
                    frames.push(frame);
                }
            }
        } else {
            self.uses.insert(used.issued, (vec![frame], 1));
        }
        Some(used)
    }

    /// Frames that use the tickets that a frame gave, and how many there are.
    pub fn uses(&self, issued: FrameId) -> (&[FrameId], u32) {
        self.uses.get(&issued).map_or((&[], 0), |(frames, count)| (frames, *count))
    }

    /// Keeps the name that an account's address book gives a contact.
    pub fn call(&mut self, owner: NameId, contact: &str, name: &str, since: FrameId) {
        if contact.is_empty() || contact.len() > MAX_ID || name.is_empty() || name.len() > super::names::MAX_NAME {
            return;
        }
        let key = (owner, contact.to_lowercase().into());
        match self.names.get_mut(&key) {
            Some(history) if history.last().is_some_and(|last| last.1.as_ref() == name) => {}
            Some(history) if history.len() < MAX_HISTORY => history.push((since, name.into())),
            Some(_) => self.losses.report(Loss::ContactName),
            None => drop(self.names.insert(key, vec![(since, name.into())])),
        }
    }

    /// The name that it gave before a frame.
    pub fn called(&self, owner: NameId, contact: &str, at: FrameId) -> Option<&str> {
        if self.names.is_empty() || owner.is_none() {
            return None;
        }
        let history = self.names.get(&(owner, contact.to_lowercase().into()))?;
        history.iter().rev().find(|row| row.0 <= at).map(|row| row.1.as_ref())
    }

    /// Notes that a frame is about an offline message.
    pub fn about(&mut self, message: NameId, frame: FrameId) {
        if message.is_none() {
            return;
        }
        if let Some(frames) = self.messages.get_mut(&message) {
            if frames.len() < MAX_FRAMES && frames.last() != Some(&frame) {
                frames.push(frame);
            }
            return;
        }
        self.messages.insert(message, vec![frame]);
    }

    /// Frames that are about an offline message.
    pub fn all_about(&self, message: NameId) -> &[FrameId] {
        self.messages.get(&message).map(Vec::as_slice).unwrap_or_default()
    }

    /// Keeps a lock key challenge for an account.
    pub fn lock(&mut self, account: NameId, challenge: &str, frame: FrameId) {
        if challenge.len() <= super::challenge::MAX_CHALLENGE {
            self.locks.insert(account, (challenge.as_bytes().into(), frame));
        }
    }

    /// The latest lock key challenge of an account.
    pub fn lock_of(&self, account: NameId) -> Option<(&[u8], FrameId)> {
        self.locks.get(&account).map(|(text, frame)| (text.as_ref(), *frame))
    }

    /// Keeps why the login of an account was refused.
    pub fn refuse(&mut self, account: &str, frame: FrameId, why: Refusal) {
        if !account.is_empty() && account.len() <= MAX_ID {
            self.refusals.insert(account.to_lowercase().into(), (frame, why));
        }
    }

    /// Forgets that, because the account was let in.
    pub fn admit(&mut self, account: &str) {
        if self.refusals.len() > 0 {
            self.refusals.remove(&Box::from(account.to_lowercase()));
        }
    }

    /// Why the login of an account was refused last.
    pub fn refusal(&self, account: &str) -> Option<(FrameId, Refusal)> {
        if self.refusals.is_empty() {
            return None;
        }
        self.refusals.get(&Box::from(account.to_lowercase())).copied()
    }

    /// Remembers that an account must prove itself to a notification server.
    pub fn must_prove(&mut self, account: &str, challenge: NoteKey) {
        if !account.is_empty() && account.len() <= MAX_ID {
            self.logins.insert(account.to_lowercase().into(), challenge);
        }
    }

    /// The challenge by which an account must prove itself, which it cannot any more.
    pub fn cannot_prove(&mut self, account: &str) -> Option<NoteKey> {
        self.logins.remove(&Box::from(account.to_lowercase()))
    }

    /// Whether this is the first password in clear on a connection.
    pub fn first_password(&mut self, connection: u64) -> bool {
        let first = self.told_password.get(&connection).is_none();
        if first {
            self.told_password.insert(connection, ());
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Place;

    #[test]
    fn answers_belong_to_the_oldest_request_and_tables_are_bounded() {
        let losses = Losses::default();
        let mut soap = Soap::new(&losses);
        let wait = |n| Waiting {
            place: Place::new(FrameId::nth(n), 0),
            time: 0,
            operation: None,
            endpoint: None,
            account: NameId::default(),
            message: NameId::default(),
        };
        for n in 1..=3 {
            soap.ask(7, wait(n));
        }
        assert_eq!(soap.answer(7, None).map(|found| found.place.frame), Some(FrameId::nth(1)));
        assert_eq!(soap.awaited(7).map(|found| found.place.frame), Some(FrameId::nth(2)));
        assert!(soap.answer(8, None).is_none() && losses.take().is_empty());
        (0..2 * MAX_WAITING as u32).for_each(|n| soap.ask(7, wait(n)));
        assert!(!losses.take().is_empty() && losses.take().is_empty());
    }

    #[test]
    fn tickets_know_who_gave_and_who_uses_them() {
        let mut soap = Soap::new(&Losses::default());
        let ticket = |frame| Ticket { issued: FrameId::nth(frame), ..Ticket::default() };
        soap.give("abc", Ticket { secret: Some(Box::from(&b"s"[..])), ..ticket(3) });
        soap.give("abc", ticket(3));
        assert_eq!(soap.spend("abc", FrameId::nth(5)).map(|found| found.issued), Some(FrameId::nth(3)));
        soap.spend("abc", FrameId::nth(5));
        assert_eq!(soap.uses(FrameId::nth(3)), (&[FrameId::nth(5)][..], 1));
        assert!(soap.ticket("abc").unwrap().secret.is_some() && soap.spend("x", FrameId::nth(6)).is_none());
        for n in 0..1000 {
            assert!(soap.spend("abc", FrameId::nth(n + 10)).is_some());
        }
        assert_eq!((soap.uses(FrameId::nth(3)).0.len(), soap.uses(FrameId::nth(3)).1), (MAX_FRAMES, 1001));
    }

    #[test]
    fn tokens_that_are_cut_are_known() {
        let mut soap = Soap::new(&Losses::default());
        let token = "0123456789".repeat(9);
        soap.give(&token, Ticket { issued: FrameId::nth(3), ..Ticket::default() });
        assert!(soap.ticket(&token[..70]).is_some() && soap.ticket(&token[..60]).is_none());
        assert!(soap.ticket(&format!("{}x", &token[..70])).is_none());
    }

    #[test]
    fn refused_accounts_are_forgotten_when_let_in() {
        let mut soap = Soap::new(&Losses::default());
        soap.refuse("Alice@example.com", FrameId::nth(2), Refusal::Password);
        assert_eq!(soap.refusal("alice@example.com"), Some((FrameId::nth(2), Refusal::Password)));
        soap.admit("alice@example.com");
        assert!(soap.refusal("alice@example.com").is_none());
        assert!(soap.first_password(1) && !soap.first_password(1));
    }
}
