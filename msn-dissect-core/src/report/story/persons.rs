// SPDX-License-Identifier: GPL-2.0-or-later
//! What is known of each account.

use super::{
    super::{
        moment::Moment,
        record::{Account, File, Person as Changed, Record, Seen},
    },
    queue::Queue,
};
use crate::event::Person;
use std::collections::BTreeMap;

/// Most accounts that are told apart.
const MAX_ACCOUNTS: usize = 1 << 16;
/// Most names of one account that are listed.
const MAX_NAMES: usize = 32;
/// Properties whose changes are told.
const PROPERTIES: [&str; 5] = ["name", "status", "message", "media", "capabilities"];

#[derive(Debug, Default)]
struct State {
    told: Account,
    names: Vec<String>,
    /// The latest values of the properties.
    now: [Option<String>; PROPERTIES.len()],
}

/// All accounts.
#[derive(Debug, Default)]
pub(super) struct Persons {
    states: BTreeMap<String, State>,
}

impl Persons {
    fn state(&mut self, account: &str) -> Option<&mut State> {
        if account.is_empty() || (!self.states.contains_key(account) && self.states.len() >= MAX_ACCOUNTS) {
            return None;
        }
        if !self.states.contains_key(account) {
            let told = Account { account: account.to_owned(), ..Account::default() };
            self.states.insert(account.to_owned(), State { told, ..State::default() });
        }
        self.states.get_mut(account)
    }

    /// An account was seen.
    pub fn see(&mut self, account: &str, time: Moment) {
        let Some(State { told, .. }) = self.state(account) else { return };
        if told.first_seen.ns == 0 {
            told.first_seen = time;
        }
        told.last_seen = told.last_seen.max(time);
    }

    /// Something of a person was seen; what is new is told.
    pub fn learn(&mut self, queue: &mut Queue, person: &Person, seen: Seen) {
        self.see(&person.account, seen.time);
        let Some(state) = self.state(&person.account) else { return };
        let status = person.status.as_ref().map(|(_, meaning)| meaning.clone());
        let values = [&person.name, &status, &person.message, &person.media, &person.capabilities];
        for ((what, value), now) in PROPERTIES.into_iter().zip(values).zip(&mut state.now) {
            let Some(value) = value.as_ref().filter(|value| now.as_ref().unwrap_or(&String::new()) != *value) else {
                continue;
            };
            *now = Some(value.clone());
            if what == "name" && state.names.len() < MAX_NAMES && !state.names.contains(value) {
                state.names.push(value.clone());
            }
            let (account, value) = (person.account.clone(), value.clone());
            queue.push(Record::Person(Changed { seen, account, what, value }));
        }
    }

    /// A file came out.
    pub fn file(&mut self, file: &File) {
        self.see(&file.from, file.seen.time);
        self.see(&file.to, file.seen.time);
        if let Some(state) = self.state(&file.from) {
            state.told.files_sent += 1;
        }
        if let Some(state) = self.state(&file.to) {
            state.told.files_received += 1;
        }
    }

    /// Counts what is told.
    pub fn count(&mut self, record: &Record) {
        let Record::Message(message) = record else { return };
        self.see(&message.from, message.seen.time);
        if let Some(state) = self.state(&message.from) {
            state.told.messages_sent += 1;
        }
        for one in &message.to {
            self.see(one, message.seen.time);
            if let Some(state) = self.state(one) {
                state.told.messages_received += 1;
            }
        }
    }

    /// All accounts.
    pub fn told(&mut self) -> impl Iterator<Item = Account> {
        let states = std::mem::take(&mut self.states).into_values();
        states.map(|state| Account { names: state.names.join(" | "), ..state.told })
    }
}
