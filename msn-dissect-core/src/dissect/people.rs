// SPDX-License-Identifier: GPL-2.0-or-later
//! Who is in a chat.

use crate::{
    command::params::split_handle,
    session::{Record, Session},
};

/// Accounts in the chat of a switchboard connection beside `own`, each once.
pub(super) fn others<'s>(session: &'s Session, record: &Record, own: &str) -> Vec<&'s str> {
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
