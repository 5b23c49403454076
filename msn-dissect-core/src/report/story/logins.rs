// SPDX-License-Identifier: GPL-2.0-or-later
//! Logins: one for each try of an account on a connection, whatever lines it took.

use super::{
    super::record::{Login, Logout, Person, Record, Seen},
    queue::Queue,
};
use crate::event::{LoginStep, Unit};
use std::collections::BTreeMap;

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
            result: "no answer",
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
            LoginStep::Refused(reason) => {
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
                        let result = if reason.is_empty() { "no answer" } else { "refused" };
                        queue.push(Record::Login(Login { result, client, reason: reason.clone(), ..login }));
                    }
                    None if state.is_in => {
                        let (account, reason) = (unit.account.clone(), reason.clone());
                        queue.push(Record::Logout(Logout { seen, account, reason }));
                    }
                    None => {}
                }
                self.open.remove(&connection);
            }
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
