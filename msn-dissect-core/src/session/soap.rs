// SPDX-License-Identifier: GPL-2.0-or-later
//! What web services teach: requests that wait, tickets and their uses, names of the address book, offline messages,
//! logins that were refused. All tables are bounded; what they lose is counted and told.

mod book;
mod calls;
mod logins;
mod mails;
mod tickets;

use super::{FrameId, Ledger, NameId, challenge::Status, losses::Losses};
use crate::{
    fields::Expert,
    soap::{Endpoint, Operation},
};
pub use book::Book;
pub use calls::{Calls, Waiting};
pub use logins::{Logins, Refusal};
pub use mails::Mails;
pub use tickets::{CLOCKS, Early, MAX_FRAMES, MAX_TOKEN, Ticket, Tickets, Use};

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
    /// What each message was.
    pub notes: Ledger<Note>,
    /// Requests that wait.
    pub calls: Calls,
    /// Tickets.
    pub tickets: Tickets,
    /// Address books.
    pub book: Book,
    /// Offline messages.
    pub mails: Mails,
    /// Logins.
    pub logins: Logins,
}

impl Soap {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Soap {
            notes: Ledger::default(),
            calls: Calls::new(losses),
            tickets: Tickets::new(losses),
            book: Book::new(losses),
            mails: Mails::new(losses),
            logins: Logins::new(losses),
        }
    }

    /// Whether a message has ever been met.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }
}
