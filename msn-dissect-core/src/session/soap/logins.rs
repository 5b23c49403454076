// SPDX-License-Identifier: GPL-2.0-or-later
//! What accounts must prove, and logins that were refused.

use crate::session::{
    FrameId, NameId, NoteKey,
    bounded::Bounded,
    challenge::MAX_CHALLENGE,
    contacts::MAX_ACCOUNT,
    losses::{Loss, Losses},
};

/// Most accounts.
const MAX_ACCOUNTS: usize = 4096;

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

/// By account.
#[derive(Debug)]
pub struct Logins {
    /// Challenges of the service that stores offline messages.
    locks: Bounded<NameId, (Box<[u8]>, FrameId), MAX_ACCOUNTS>,
    refusals: Bounded<Box<str>, (FrameId, Refusal), MAX_ACCOUNTS>,
    /// Login challenges that wait on notification servers.
    challenges: Bounded<Box<str>, NoteKey, MAX_ACCOUNTS>,
}

impl Logins {
    /// None yet.
    pub fn new(losses: &Losses) -> Self {
        Logins {
            locks: Bounded::new(Loss::LockKey, losses),
            refusals: Bounded::new(Loss::Refusal, losses),
            challenges: Bounded::new(Loss::LoginChallenge, losses),
        }
    }

    /// Keeps a lock key challenge for an account.
    pub fn lock(&mut self, account: NameId, challenge: &str, frame: FrameId) {
        if challenge.len() <= MAX_CHALLENGE && !account.is_none() {
            self.locks.insert(account, (challenge.as_bytes().into(), frame));
        }
    }

    /// The latest lock key challenge of an account.
    pub fn lock_of(&self, account: NameId) -> Option<(&[u8], FrameId)> {
        self.locks.get(&account).map(|(text, frame)| (text.as_ref(), *frame))
    }

    /// Keeps why the login of an account was refused.
    pub fn refuse(&mut self, account: &str, frame: FrameId, why: Refusal) {
        if !account.is_empty() && account.len() <= MAX_ACCOUNT {
            self.refusals.insert(account.to_lowercase().into(), (frame, why));
        }
    }

    /// Forgets that, because the account was let in.
    pub fn admit(&mut self, account: &str) {
        if !self.refusals.is_empty() {
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
        if !account.is_empty() && account.len() <= MAX_ACCOUNT {
            self.challenges.insert(account.to_lowercase().into(), challenge);
        }
    }

    /// The challenge by which an account must prove itself, which then waits no more.
    pub fn take_challenge(&mut self, account: &str) -> Option<NoteKey> {
        self.challenges.remove(&Box::from(account.to_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_accounts_are_forgotten_when_let_in() {
        let mut logins = Logins::new(&Losses::default());
        logins.refuse("Alice@example.com", FrameId::nth(2), Refusal::Password);
        assert_eq!(logins.refusal("alice@example.com"), Some((FrameId::nth(2), Refusal::Password)));
        logins.admit("alice@example.com");
        assert!(logins.refusal("alice@example.com").is_none());
    }
}
