// SPDX-License-Identifier: GPL-2.0-or-later
//! Tickets of the login service, and where they are used.

use crate::session::{
    FrameId, NameId, NoteKey,
    bounded::Bounded,
    challenge::{Pending, Scheme, Status},
    losses::{Loss, Losses},
    secrets::Secret,
};

/// Most tickets, and most logins with a ticket that is given later.
const MAX_TICKETS: usize = 1 << 14;
const MAX_EARLY: usize = 4096;
/// Longest token or secret that is kept, in bytes.
pub const MAX_TOKEN: usize = 4096;
const MAX_SECRET: usize = 256;
/// Bytes that are left of a token that is cut, at least.
const BEGINNING: usize = 64;
/// Most frames that are listed for a ticket; further ones are counted.
pub const MAX_FRAMES: usize = 64;

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

/// Tickets by their tokens.
#[derive(Debug)]
pub struct Tickets {
    given: Bounded<Box<str>, Ticket, MAX_TICKETS>,
    /// The latest token of each beginning.
    beginnings: Bounded<Box<str>, Box<str>, MAX_TICKETS>,
    /// Logins with tickets that were not given yet.
    early: Bounded<Box<str>, (Box<str>, Early), MAX_EARLY>,
    /// Frames that use the tickets that a frame gave.
    uses: Bounded<FrameId, (Vec<FrameId>, u32), MAX_TICKETS>,
    losses: Losses,
}

impl Tickets {
    /// None yet.
    pub fn new(losses: &Losses) -> Self {
        Tickets {
            given: Bounded::new(Loss::LoginTicket, losses),
            beginnings: Bounded::new(Loss::LoginTicket, losses),
            early: Bounded::new(Loss::LoginTicket, losses),
            uses: Bounded::new(Loss::LoginTicket, losses),
            losses: losses.clone(),
        }
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
        if let Some(known) = self.given.get_mut(&Box::from(token)) {
            if ticket.issued == known.issued {
                known.secret = ticket.secret.or(known.secret.take());
                known.expires = known.expires.max(ticket.expires);
                return;
            }
        }
        self.given.insert(token.into(), ticket);
        if let Some(beginning) = token.get(..BEGINNING) {
            self.beginnings.insert(beginning.into(), token.into());
        }
    }

    /// A ticket by its token, of which clients cut the end.
    pub fn get(&self, token: &str) -> Option<&Ticket> {
        if token.is_empty() || token.len() > MAX_TOKEN || self.given.is_empty() {
            return None;
        }
        let token: Box<str> = token.into();
        self.given.get(&token).or_else(|| {
            let whole = self.beginnings.get(&Box::from(token.get(..BEGINNING)?))?;
            whole.starts_with(token.as_ref()).then(|| self.given.get(whole)).flatten()
        })
    }

    /// Remembers a login with a ticket that is not known.
    pub fn foresee(&mut self, token: &str, early: Early) {
        if !token.is_empty() && token.len() <= MAX_TOKEN && early.response.len() <= MAX_TOKEN {
            self.early.insert(token.get(..BEGINNING).unwrap_or(token).into(), (token.into(), early));
        }
    }

    /// The login that used a ticket before it was seen to be given.
    pub fn foreseen(&mut self, token: &str) -> Option<Early> {
        let beginning = token.get(..BEGINNING).unwrap_or(token);
        // Clients cut the end of a token, but tokens may begin alike.
        self.early.get(beginning).filter(|(shown, _)| token.starts_with(shown.as_ref()))?;
        self.early.remove(beginning).map(|(_, early)| early)
    }

    /// Notes that a frame uses a ticket.
    pub fn spend(&mut self, token: &str, frame: FrameId) -> Option<Use> {
        let found = self.get(token)?;
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_know_who_gave_and_who_uses_them() {
        let mut tickets = Tickets::new(&Losses::default());
        let ticket = |frame| Ticket { issued: FrameId::nth(frame), ..Ticket::default() };
        tickets.give("abc", Ticket { secret: Some(Box::from(&b"s"[..])), ..ticket(3) });
        tickets.give("abc", ticket(3));
        assert_eq!(tickets.spend("abc", FrameId::nth(5)).map(|found| found.issued), Some(FrameId::nth(3)));
        tickets.spend("abc", FrameId::nth(5));
        assert_eq!(tickets.uses(FrameId::nth(3)), (&[FrameId::nth(5)][..], 1));
        assert!(tickets.get("abc").unwrap().secret.is_some() && tickets.spend("x", FrameId::nth(6)).is_none());
        for n in 0..1000 {
            assert!(tickets.spend("abc", FrameId::nth(n + 10)).is_some());
        }
        assert_eq!((tickets.uses(FrameId::nth(3)).0.len(), tickets.uses(FrameId::nth(3)).1), (MAX_FRAMES, 1001));
    }

    #[test]
    fn tokens_that_are_cut_are_known() {
        let mut tickets = Tickets::new(&Losses::default());
        let token = "0123456789".repeat(9);
        tickets.give(&token, Ticket { issued: FrameId::nth(3), ..Ticket::default() });
        assert!(tickets.get(&token[..70]).is_some() && tickets.get(&token[..60]).is_none());
        assert!(tickets.get(&format!("{}x", &token[..70])).is_none());
    }
}
