// SPDX-License-Identifier: GPL-2.0-or-later
//! Contact lists: whether they are whole, and whom lines are about that do not name an account.

use super::learn::Unit;
use crate::{
    command::{
        Dir, Role,
        line::decimal,
        params::{guid, split_handle},
        verbs::Verb,
    },
    fields::link as x,
    session::{
        NameId,
        links::{Fact, Sync},
        names::MAX_NAME,
        transactions::Request,
    },
    text,
};

/// Most groups of one line whose names are looked for.
const MAX_GROUPS: usize = 16;

/// What a group is kept under, beside the GUIDs of contacts: its own GUID, or its number behind zeros that no GUID has.
fn group_key(token: &[u8]) -> Option<[u8; 16]> {
    guid(token).or_else(|| {
        let mut key = [0; 16];
        key.iter_mut().rev().zip(decimal(token)?.to_le_bytes()).for_each(|(place, byte)| *place = byte);
        Some(key)
    })
}

/// A token without the letter that says what it is.
fn bare(token: &[u8]) -> &[u8] {
    token.strip_prefix(b"N=").or_else(|| token.strip_prefix(b"C=")).unwrap_or(token)
}

impl Unit<'_> {
    /// The answer to SYN says how many lines will come.
    pub fn begin_list(&mut self, request: &Request) {
        let counts = (decimal(self.token(Role::Contacts)), decimal(self.token(Role::Groups)));
        let announced = counts.0.zip(counts.1).map(|(contacts, groups)| [contacts, groups]);
        let sync =
            Box::new(Sync { key: request.key, time: request.time, announced, came: [0; 2], contact: String::new() });
        if let Some(conn) = self.conn() {
            conn.sync = Some(sync);
        }
    }

    /// A line of a list that does not repeat the transaction ID of its SYN.
    pub fn list_line(&mut self, verb: Verb) {
        let sync = self.conn().and_then(|conn| conn.sync.as_deref()).map(|sync| (sync.key, sync.time));
        if let Some((key, time)) = sync {
            self.answers(key, "SYN", time);
            self.count_list_line(verb);
        }
    }

    /// Contacts have GUIDs from MSNP10 to MSNP12: lines that give both account and GUID tell whom later ones are about.
    pub fn contact_id(&mut self) {
        let Some(id) = guid(bare(self.token(Role::ContactId))) else { return };
        let conn = self.record.conn;
        match self.choice.role(self.line, Role::Email).map(|span| bare(span.of(self.data))) {
            Some(account) if self.record.dir == Dir::ToClient => {
                self.session.links.keep_contact(conn, id, &text::percent(account).text);
            }
            Some(_) => {}
            None => {
                let contact = self.session.links.contact(conn, &id);
                self.about(contact);
            }
        }
    }

    /// Groups are named by number or GUID: lines that give a name too tell what later ones mean.
    pub fn groups(&mut self) {
        let conn = self.record.conn;
        let names = self.token(Role::GroupName);
        for (at, token) in (0u8..).zip(self.token(Role::Group).split(|&byte| byte == b',').take(MAX_GROUPS)) {
            let Some(id) = group_key(token) else { continue };
            let known = self.session.links.contact(conn, &id);
            if !known.is_none() && self.row.roles.get(Role::Person).is_none_or(|_| names.is_empty()) {
                self.session.links.fact(Fact::Group(at, known));
            }
            if !names.is_empty() && self.record.dir == Dir::ToClient {
                self.session.links.keep_contact(conn, id, &text::percent(names).text);
            }
        }
    }

    /// The first account that a request names, by GUID too. Logins name the connection's own, which every line shows.
    pub fn whom(&mut self) -> NameId {
        let place = self.choice.role(self.line, Role::Person).filter(|_| !self.row.teaches.contains(&Verb::Account));
        let Some(token) = place.map(|span| span.of(self.data)) else { return NameId::default() };
        let account = bare(token);
        if let Some(id) = guid(account) {
            return self.session.links.contact(self.record.conn, &id);
        }
        let account = split_handle(account).map_or(account, |(account, _)| account);
        self.session.links.names.keep(&text::percent(account).text)
    }

    /// Whether lines of this layout name an account.
    pub fn names_account(&self) -> bool {
        self.choice.row.roles.get(Role::Person).is_some()
    }

    /// The line is about a person whom it does not name.
    pub fn about(&mut self, who: NameId) {
        if !who.is_none() {
            self.session.links.fact(Fact::Contact(who));
        }
    }

    /// Counts contacts and groups, and says when more come than were announced. A setting of a contact is about the
    /// latest one.
    pub fn count_list_line(&mut self, verb: Verb) {
        let account = self.choice.role(self.line, Role::Email).map(|span| bare(span.of(self.data)));
        let Some((conn, names)) = self.session.links.conn_and_names(self.record.conn) else { return };
        let Some(sync) = conn.sync.as_deref_mut() else { return };
        let kind = match verb {
            Verb::ContactLine => 0,
            Verb::GroupLine => 1,
            Verb::ContactSetting => {
                let contact = names.keep(&sync.contact);
                return self.about(contact);
            }
            _ => return,
        };
        if let Some(account) = account.filter(|_| verb == Verb::ContactLine) {
            sync.contact.clear();
            sync.contact.extend(Some(text::percent(account).text).filter(|account| account.len() <= MAX_NAME));
        }
        let (Some(came), announced) = (sync.came.get_mut(kind), sync.announced) else { return };
        *came += 1;
        let came = *came;
        let announced = announced.and_then(|numbers| numbers.get(kind).copied());
        if announced.is_some_and(|announced| came == announced.saturating_add(1)) {
            self.remark(x::LIST_COUNT, kind as u32 + 2, came - 1);
        }
    }

    /// The answer to a later request ends the list.
    pub fn end_of_list(&mut self, request: &Request) {
        let Some(conn) = self.conn() else { return };
        if conn.sync.as_ref().is_none_or(|sync| request.key <= sync.key) {
            return;
        }
        let Some(sync) = conn.sync.take() else { return };
        for (kind, (announced, came)) in sync.announced.into_iter().flatten().zip(sync.came).enumerate() {
            if came < announced {
                self.remark(x::LIST_COUNT, kind as u32, announced - came);
            }
        }
    }
}
