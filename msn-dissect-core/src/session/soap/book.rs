// SPDX-License-Identifier: GPL-2.0-or-later
//! How address books call contacts and groups.

use crate::session::{
    FrameId, NameId,
    contacts::MAX_ACCOUNT,
    losses::{Loss, Losses},
    map::Map,
    names::MAX_NAME,
};

/// Most contacts of all address books.
const MAX_NAMES: usize = 1 << 17;
/// Most names of a contact, one after the other.
const MAX_HISTORY: usize = 16;

/// Names, each with the frame since which it is known.
type History = Vec<(FrameId, Box<str>)>;

/// Names, by the owner of the address book: of accounts, of contacts by their identifiers, of groups by theirs.
#[derive(Debug)]
pub struct Book {
    /// Since which frame something has which name.
    names: Map<(NameId, Box<str>), History>,
    losses: Losses,
}

impl Book {
    /// None yet.
    pub fn new(losses: &Losses) -> Self {
        Book { names: Map::default(), losses: losses.clone() }
    }

    /// Keeps the name that an account's address book gives something.
    pub fn call(&mut self, owner: NameId, contact: &str, name: &str, since: FrameId) {
        if contact.is_empty() || contact.len() > MAX_ACCOUNT || name.is_empty() || name.len() > MAX_NAME {
            return;
        }
        let key = (owner, contact.to_lowercase().into());
        let full = self.names.len() >= MAX_NAMES;
        match self.names.get_mut(&key) {
            Some(history) if history.last().is_some_and(|last| last.1.as_ref() == name) => {}
            Some(history) if history.len() < MAX_HISTORY => history.push((since, name.into())),
            Some(_) => self.losses.report(Loss::ContactName),
            // None is forgotten: later passes show what the first one did.
            None if full => self.losses.report(Loss::ContactName),
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
}
