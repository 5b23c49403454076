// SPDX-License-Identifier: GPL-2.0-or-later
//! From whom a message is, and to whom it goes.

use super::body::Body;
use crate::{
    command::{Dir, Role, params::split_handle},
    session::{Record, Session},
    text,
};

/// Most characters of an account in the Info column.
const MAX_ACCOUNT: usize = 64;

/// Most receivers that the Info column names.
const MAX_NAMED: usize = 3;

/// Accounts in the chat of a switchboard connection beside `own`, each once.
fn others<'s>(session: &'s Session, record: &Record, own: &str) -> Vec<&'s str> {
    let Some(conn) = session.links.known(record.conn) else { return Vec::new() };
    let mut others: Vec<&str> = Vec::new();
    for handle in conn.people.at((record.frame, record.unit, 0)) {
        let handle = session.links.names.get(handle);
        let account = split_handle(handle.as_bytes()).and_then(|(account, _)| handle.get(..account.len()));
        let account = account.unwrap_or(handle);
        if !account.eq_ignore_ascii_case(own) && !others.iter().any(|one| one.eq_ignore_ascii_case(account)) {
            others.push(account);
        }
    }
    others
}

/// Tells in the Info column from whom to whom the client sends a message to its chat, whose line names nobody.
pub(super) fn say(info: &mut String, session: &Session, record: &Record, body: &Body<'_>) {
    let chat = body.found.choice.as_ref().is_some_and(|choice| choice.row.roles.get(Role::Mode).is_some());
    if !chat || record.dir != Dir::ToServer {
        return;
    }
    let from = session.names.get(record.account);
    let to = others(session, record, from);
    let before = match (from.is_empty(), to.is_empty()) {
        (true, true) => return,
        (false, true) => " from ",
        (false, false) => " ",
        (true, false) => " to ",
    };
    info.push_str(before);
    text::push_line(info, from, MAX_ACCOUNT);
    if !from.is_empty() && !to.is_empty() {
        info.push_str(" → ");
    }
    for (at, account) in to.iter().take(MAX_NAMED).enumerate() {
        if at > 0 {
            info.push_str(", ");
        }
        text::push_line(info, account, MAX_ACCOUNT);
    }
    if let Some(more) = to.len().checked_sub(MAX_NAMED).filter(|&more| more > 0) {
        info.push_str(&format!(" and {more} more"));
    }
}
