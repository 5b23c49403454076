// SPDX-License-Identifier: GPL-2.0-or-later
//! Logins: one for each try of an account on a connection, whatever lines it took.

use super::{
    super::record::{Login, Logout, Person, Record, Seen},
    changed::Changed,
    queue::{NO_ANSWER, Queue},
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
    /// Number of the login among those that changed.
    row: Option<u32>,
}

/// Logins under way.
#[derive(Debug, Default)]
pub(super) struct Logins {
    open: BTreeMap<u32, State>,
    /// The connection on which an account tried last, and the number of that login.
    tries: BTreeMap<String, (u32, Option<u32>)>,
    rows: u32,
    /// Logins that are new or changed, by number; nothing for those that go on elsewhere.
    pub changed: Changed<(u32, Option<Login>)>,
}

impl Logins {
    /// Takes a step on a connection.
    pub fn step(&mut self, queue: &mut Queue, step: &LoginStep, unit: &Unit, seen: Seen) {
        let connection = unit.at.connection;
        let (changed, rows) = (&mut self.changed, &mut self.rows);
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
                    let login = Login { client: state.client.clone(), ..blank(seen, scheme) };
                    state.row = note(changed, rows, state.row, Some(&login));
                    if !login.account.is_empty() {
                        self.tries.insert(login.account.clone(), (connection, state.row));
                        if self.tries.len() > MAX_OPEN {
                            self.tries.pop_first();
                        }
                    }
                    state.login = Some(login);
                }
                state.proves |= proves;
            }
            LoginStep::Welcome => {
                if !state.is_in {
                    let login = state.login.take().unwrap_or_else(|| blank(seen, ""));
                    let account = if unit.account.is_empty() { login.account.clone() } else { unit.account.clone() };
                    let login = Login { result: "ok", client: state.client.clone(), account, ..login };
                    note(changed, rows, state.row.take(), Some(&login));
                    queue.push(Record::Login(login));
                    state.is_in = true;
                }
            }
            LoginStep::Refused(reason) | LoginStep::Denied(reason) => {
                let login = state.login.take().unwrap_or_else(|| blank(seen, ""));
                let (client, reason) = (state.client.clone(), reason.clone());
                let login = Login { result: "refused", client, reason, ..login };
                note(changed, rows, state.row.take(), Some(&login));
                queue.push(Record::Login(login));
                state.proves = false;
            }
            LoginStep::Referred => {
                if !state.is_in {
                    state.login = None;
                    if let Some(row) = state.row.take() {
                        note(changed, rows, Some(row), None);
                    }
                }
            }
            LoginStep::Out(reason) => {
                let client = state.client.clone();
                match state.login.take().filter(|_| !state.is_in) {
                    Some(login) => {
                        let result = if reason.is_empty() { NO_ANSWER } else { "refused" };
                        let login = Login { result, client, reason: reason.clone(), ..login };
                        note(changed, rows, state.row.take(), Some(&login));
                        queue.push(Record::Login(login));
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

    /// The login service refuses an account: the login that is under way, or was given up just now, ends by that.
    pub fn denied(&mut self, queue: &mut Queue, account: &str, reason: &str) {
        let Some((connection, row)) = self.tries.remove(account) else { return };
        let (changed, rows) = (&mut self.changed, &mut self.rows);
        let state = self.open.get_mut(&connection).filter(|state| !state.is_in);
        if let Some((state, login)) = state.and_then(|state| state.login.take().map(|login| (state, login))) {
            let (client, reason) = (state.client.clone(), reason.to_owned());
            let login = Login { result: "refused", client, reason, ..login };
            note(changed, rows, state.row.take(), Some(&login));
            queue.push(Record::Login(login));
        } else if let Some(login) = queue.unanswered(account) {
            login.result = "refused";
            reason.clone_into(&mut login.reason);
            note(changed, rows, row, Some(login));
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

/// Notes what a login is now; gives its number, a new one if it had none.
fn note(
    changed: &mut Changed<(u32, Option<Login>)>,
    rows: &mut u32,
    row: Option<u32>,
    login: Option<&Login>,
) -> Option<u32> {
    let row = row.unwrap_or_else(|| {
        *rows += 1;
        *rows
    });
    changed.note(|| (row, login.cloned()));
    Some(row)
}
