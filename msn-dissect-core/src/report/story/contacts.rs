// SPDX-License-Identifier: GPL-2.0-or-later
//! Contact lists as they are at the end of the capture.

use super::super::record::Contact as Told;
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

#[derive(Debug, Default)]
struct State {
    name: String,
    lists: Lists,
    groups: BTreeSet<String>,
}

/// All contacts.
#[derive(Debug, Default)]
pub(super) struct Contacts {
    states: BTreeMap<(String, String), State>,
    /// Accounts by owner and identifier.
    ids: HashMap<(String, String), String>,
    groups: HashMap<(String, String), String>,
    asked: BTreeMap<(u32, u32), Vec<Fact>>,
}

impl Contacts {
    /// Takes what is said of a contact or of a group; what is asked for waits for the answer with this key.
    pub fn take(&mut self, fact: &Fact, asked: Option<(u32, u32)>) {
        match asked {
            Some(key) => {
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
        for fact in self.asked.remove(&key).unwrap_or_default().iter().filter(|_| good) {
            self.apply(fact);
        }
    }

    /// Requests whose answers were not captured are taken to have succeeded.
    pub fn finish(&mut self) {
        for fact in std::mem::take(&mut self.asked).into_values().flatten() {
            self.apply(&fact);
        }
    }

    fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::Contact(contact) => self.contact(contact),
            Fact::Group { owner, id, name, .. } => self.group(owner, id, name.as_deref()),
            _ => {}
        }
    }

    fn contact(&mut self, contact: &Contact) {
        let owner = &contact.owner;
        let by_id = (owner.clone(), contact.id.clone());
        let email = match contact.email.as_str() {
            "" => self.ids.get(&by_id).cloned(),
            email => Some(email.to_owned()),
        };
        let Some(email) = email.filter(|email| !email.is_empty()) else { return };
        if !contact.id.is_empty() && self.ids.len() < MAX_CONTACTS {
            self.ids.insert(by_id, email.clone());
        }
        let key = (owner.clone(), email);
        if !self.states.contains_key(&key) && self.states.len() >= MAX_CONTACTS {
            return;
        }
        let state = self.states.entry(key.clone()).or_default();
        if let Some(name) = &contact.name {
            state.name.clone_from(name);
        }
        match contact.change {
            Change::Set(lists) => state.lists = lists,
            Change::Add(lists) => state.lists |= lists,
            Change::Remove(lists) => state.lists &= !lists,
            Change::Keep => {}
        }
        state.groups.extend(contact.groups.iter().cloned());
        state.groups.retain(|group| !contact.left.contains(group));
        if state.lists == 0 && matches!(contact.change, Change::Remove(_)) {
            self.states.remove(&key);
        }
    }

    /// A group has a name, or goes.
    fn group(&mut self, owner: &str, id: &str, name: Option<&str>) {
        let key = (owner.to_owned(), id.to_owned());
        match name {
            Some(name) if self.groups.len() < MAX_GROUPS => drop(self.groups.insert(key, name.to_owned())),
            Some(_) => {}
            None => drop(self.groups.remove(&key)),
        }
    }

    /// All contacts.
    pub fn told(&mut self) -> impl Iterator<Item = Told> {
        let groups = std::mem::take(&mut self.groups);
        std::mem::take(&mut self.states).into_iter().map(move |((owner, email), state)| {
            let named = |id: &String| groups.get(&(owner.clone(), id.clone())).unwrap_or(id).clone();
            let names: Vec<String> = state.groups.iter().map(named).collect();
            let lists = LISTS.iter().filter(|row| state.lists & row.0 != 0).map(|row| row.1);
            Told {
                lists: lists.collect::<Vec<_>>().join(" "),
                groups: names.join("; "),
                friendly_name: state.name,
                owner: owner.clone(),
                email,
            }
        })
    }
}
