// SPDX-License-Identifier: GPL-2.0-or-later
//! Logins: one for each try of an account on a connection, whatever lines it took.

use super::{
    super::record::{Login, Logout, Person, Record, Seen},
    queue::{NO_ANSWER, Queue},
};
use crate::event::{LoginStep, Unit};
use std::collections::{BTreeMap, HashMap};

/// Most connections on which somebody may be about to sign in.
const MAX_OPEN: usize = 1 << 16;

#[derive(Debug, Default)]
struct State {
    login: Option<Login>,
    client: String,
    proves: bool,
    is_in: bool,
}

/// Logins under way.
#[derive(Debug, Default)]
pub(super) struct Logins {
    open: BTreeMap<u32, State>,
    /// The connection on which an account tried last.
    tries: HashMap<String, u32>,
}

impl Logins {
    /// Takes a step on a connection.
    pub fn step(&mut self, queue: &mut Queue, step: &LoginStep, unit: &Unit, seen: Seen) {
        let connection = unit.at.connection;
        if !self.open.contains_key(&connection) && self.open.len() >= MAX_OPEN {
            self.open.pop_first();
        }
        let state = self.open.entry(connection).or_default();
        let version = if unit.version == 0 { String::new() } else { format!("MSNP{}", unit.version) };
        let blank = |seen, scheme: &str| Login {
            seen,
            account: unit.account.clone(),
            version: version.clone(),
            client: String::new(),
            scheme: scheme.to_owned(),
            result: NO_ANSWER,
            reason: String::new(),
        };
        match step {
            LoginStep::Client(client) => {
                state.client.clone_from(client);
                if !unit.account.is_empty() {
                    let (account, value) = (unit.account.clone(), client.clone());
                    queue.push(Record::Person(Person { seen, account, what: "client", value }));
                }
            }
            LoginStep::Try { .. } if state.is_in => {}
            LoginStep::Try { scheme, proves } => {
                if state.login.is_none() || (*proves && !state.proves) {
                    if !unit.account.is_empty() && self.tries.len() < MAX_OPEN {
                        self.tries.insert(unit.account.clone(), connection);
                    }
                    state.login = Some(blank(seen, scheme));
                }
                state.proves |= proves;
            }
            LoginStep::Welcome => {
                if !state.is_in {
                    let login = state.login.take().unwrap_or_else(|| blank(seen, ""));
                    let account = if unit.account.is_empty() { login.account.clone() } else { unit.account.clone() };
                    queue.push(Record::Login(Login { result: "ok", client: state.client.clone(), account, ..login }));
                    state.is_in = true;
                }
            }
            LoginStep::Refused(reason) | LoginStep::Denied(reason) => {
                let login = state.login.take().unwrap_or_else(|| blank(seen, ""));
                let (client, reason) = (state.client.clone(), reason.clone());
                queue.push(Record::Login(Login { result: "refused", client, reason, ..login }));
                state.proves = false;
            }
            LoginStep::Referred => {
                if !state.is_in {
                    state.login = None;
                }
            }
            LoginStep::Out(reason) => {
                let client = state.client.clone();
                match state.login.take().filter(|_| !state.is_in) {
                    Some(login) => {
                        let result = if reason.is_empty() { NO_ANSWER } else { "refused" };
                        queue.push(Record::Login(Login { result, client, reason: reason.clone(), ..login }));
                    }
                    None if state.is_in => {
                        let (account, reason) = (unit.account.clone(), reason.clone());
                        queue.push(Record::Logout(Logout { seen, account, reason }));
                    }
                    None => {}
                }
                if self.tries.get(&unit.account) == Some(&connection) {
                    self.tries.remove(&unit.account);
                }
                self.open.remove(&connection);
            }
        }
    }

    /// The login service refuses an account: the login that is under way, or was given up just now, ends by that.
    pub fn denied(&mut self, queue: &mut Queue, account: &str, reason: &str) {
        let tried = self.tries.remove(account).and_then(|connection| self.open.get_mut(&connection));
        if let Some(state) = tried.filter(|state| !state.is_in && state.login.is_some()) {
            if let Some(login) = state.login.take() {
                let (client, reason) = (state.client.clone(), reason.to_owned());
                queue.push(Record::Login(Login { result: "refused", client, reason, ..login }));
            }
            return;
        }
        if let Some(login) = queue.unanswered(account) {
            login.result = "refused";
            reason.clone_into(&mut login.reason);
        }
    }

    /// Tells the logins that nobody answered.
    pub fn finish(&mut self, queue: &mut Queue) {
        for (_, state) in std::mem::take(&mut self.open) {
            if let Some(login) = state.login.filter(|_| !state.is_in) {
                queue.push(Record::Login(Login { client: state.client, ..login }));
            }
        }
    }
}
