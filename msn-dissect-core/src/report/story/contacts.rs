// SPDX-License-Identifier: GPL-2.0-or-later
//! Contact lists as they are at the end of the capture.

use super::{
    super::record::Contact as Told,
    changed::{Changed, MAX_LISTED, listed},
};
use crate::event::{Change, Contact, Fact, Lists};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most contacts of all accounts.
const MAX_CONTACTS: usize = 1 << 18;
/// Most groups of all accounts.
const MAX_GROUPS: usize = 1 << 16;
/// Most requests that wait for their answers.
const MAX_ASKED: usize = 1 << 12;
/// Names of the lists, by bit.
const LISTS: [(Lists, &str); 5] = [(1, "FL"), (2, "AL"), (4, "BL"), (8, "RL"), (16, "PL")];

/// A contact.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    name: String,
    lists: Lists,
    groups: BTreeSet<String>,
}

/// What becomes of a contact, as far as it is known.
#[derive(Debug)]
pub(super) enum Becomes {
    /// It is what is remembered.
    Known,
    /// A request makes it this, unless an answer says otherwise.
    Asked(State),
    /// A request takes it away.
    Gone,
}

/// Owner and account of a contact.
type Key = (String, String);

/// Contacts of an owner that are looked through when one of its groups gets another name.
const MAX_RENAMED: usize = 1 << 10;

/// All contacts.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    states: BTreeMap<Key, State>,
    /// Accounts by owner and identifier.
    ids: HashMap<(String, String), String>,
    groups: HashMap<(String, String), String>,
    asked: BTreeMap<(u32, u32), Vec<Fact>>,
    /// Contacts that are new or changed.
    pub changed: Changed<(Key, Becomes)>,
}

impl Contacts {
    /// Takes what is said of a contact or of a group; what is asked for waits for the answer with this key.
    pub fn take(&mut self, fact: &Fact, asked: Option<(u32, u32)>) {
        match asked {
            Some(key) => {
                if let Fact::Contact(contact) = fact {
                    self.foresee(contact);
                }
                self.asked.entry(key).or_default().push(fact.clone());
                if self.asked.len() > MAX_ASKED {
                    self.asked.pop_first();
                }
            }
            None => self.apply(fact),
        }
    }

    /// A request was answered.
    pub fn answer(&mut self, key: (u32, u32), good: bool) {
        for fact in self.asked.remove(&key).unwrap_or_default() {
            if good {
                self.apply(&fact);
            } else if let Fact::Contact(contact) = &fact
                && let Some(key) = self.key(contact)
            {
                self.changed.note(|| (key, Becomes::Known));
            }
        }
    }

    /// Requests whose answers were not captured are taken to have succeeded.
    pub fn finish(&mut self) {
        for fact in std::mem::take(&mut self.asked).into_values().flatten() {
            self.apply(&fact);
        }
    }

    /// Whom a PDU speaks of, if it is known.
    fn key(&self, contact: &Contact) -> Option<Key> {
        let email = match contact.email.as_str() {
            "" => self.ids.get(&(contact.owner.clone(), contact.id.clone())).cloned(),
            email => Some(email.to_owned()),
        };
        Some((contact.owner.clone(), email.filter(|email| !email.is_empty())?))
    }

    /// Notes what a contact is once a request succeeds, which is believed until an answer says otherwise.
    fn foresee(&mut self, contact: &Contact) {
        let Some(key) = self.key(contact).filter(|_| self.changed.is_watched()) else { return };
        let state = self.states.get(&key);
        if state.is_some_and(|state| state.groups.len() > MAX_LISTED) {
            return;
        }
        let mut state = state.cloned().unwrap_or_default();
        state.apply(contact);
        let becomes = if state.is_gone(contact) { Becomes::Gone } else { Becomes::Asked(state) };
        self.changed.note(|| (key, becomes));
    }

    fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Contact(contact) => self.contact(contact),
            Fact::Group { owner, id, name, .. } => self.group(owner, id, name.as_deref()),
            _ => {}
        }
    }

    fn contact(&mut self, contact: &Contact) {
        let Some(key) = self.key(contact) else { return };
        if !contact.id.is_empty() && self.ids.len() < MAX_CONTACTS {
            self.ids.insert((contact.owner.clone(), contact.id.clone()), key.1.clone());
        }
        if !self.states.contains_key(&key) && self.states.len() >= MAX_CONTACTS {
            return;
        }
        let state = self.states.entry(key.clone()).or_default();
        state.apply(contact);
        if state.is_gone(contact) {
            self.states.remove(&key);
        }
        self.changed.note(|| (key, Becomes::Known));
    }

    /// A group has a name, or goes.
    fn group(&mut self, owner: &str, id: &str, name: Option<&str>) {
        let key = (owner.to_owned(), id.to_owned());
        if self.changed.is_watched() && self.changed.len() < MAX_RENAMED {
            let all = self.states.range((owner.to_owned(), String::new())..).take(MAX_RENAMED);
            for (contact, _) in all.take_while(|row| row.0.0 == owner).filter(|row| row.1.groups.contains(id)) {
                self.changed.note(|| (contact.clone(), Becomes::Known));
            }
        }
        match name {
            Some(name) if self.groups.len() < MAX_GROUPS => drop(self.groups.insert(key, name.to_owned())),
            Some(_) => {}
            None => drop(self.groups.remove(&key)),
        }
    }

    /// A contact as it is now, or as a request will make it; of many groups the first.
    pub fn now(&self, key: &Key, becomes: &Becomes) -> Option<Told> {
        let state = match becomes {
            Becomes::Known => self.states.get(key)?,
            Becomes::Asked(state) => state,
            Becomes::Gone => return None,
        };
        let named = |id: &String| self.groups.get(&(key.0.clone(), id.clone())).unwrap_or(id).clone();
        let groups = listed(state.groups.iter()).iter().map(named).collect::<Vec<_>>().join("; ");
        Some(state.told(key.clone(), groups))
    }

    /// All contacts.
    pub fn told(&mut self) -> impl Iterator<Item = Told> {
        let groups = std::mem::take(&mut self.groups);
        std::mem::take(&mut self.states).into_iter().map(move |(key, state)| {
            let named = |id: &String| groups.get(&(key.0.clone(), id.clone())).unwrap_or(id).clone();
            let names: Vec<String> = state.groups.iter().map(named).collect();
            state.told(key, names.join("; "))
        })
    }
}

impl State {
    fn apply(&mut self, contact: &Contact) {
        if let Some(name) = &contact.name {
            self.name.clone_from(name);
        }
        match contact.change {
            Change::Set(lists) => self.lists = lists,
            Change::Add(lists) => self.lists |= lists,
            Change::Remove(lists) => self.lists &= !lists,
            Change::Keep => {}
        }
        self.groups.extend(contact.groups.iter().cloned());
        self.groups.retain(|group| !contact.left.contains(group));
    }

    /// Whether a change took the contact off its last list.
    fn is_gone(&self, contact: &Contact) -> bool {
        self.lists == 0 && matches!(contact.change, Change::Remove(_))
    }

    fn told(&self, (owner, email): Key, groups: String) -> Told {
        let lists = LISTS.iter().filter(|row| self.lists & row.0 != 0).map(|row| row.1);
        let lists = lists.collect::<Vec<_>>().join(" ");
        Told { owner, email, friendly_name: self.name.clone(), lists, groups }
    }
}
