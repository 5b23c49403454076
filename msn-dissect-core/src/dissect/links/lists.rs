// SPDX-License-Identifier: GPL-2.0-or-later
//! Contact lists: whether they are whole, and whom lines are about that do not name an account.

use super::learn::Unit;
use crate::{
    command::{
        Dir,
        line::decimal,
        params::{Param, guid, split_handle},
    },
    fields::{Field, command as f, link as x},
    session::{
        NameId,
        links::{Fact, Sync},
        names::MAX_NAME,
        transactions::Request,
    },
    text,
};

impl<'a> Unit<'a> {
    /// The answer to SYN says how many lines will come.
    pub fn begin_list(&mut self, request: &Request) {
        let numbers: Vec<u32> = [2, 3].into_iter().filter_map(|at| decimal(self.token(at))).collect();
        let older: Vec<u32> = [1, 2].into_iter().filter_map(|at| decimal(self.token(at))).collect();
        let by_time = self.choice.row.versions.0 >= 10;
        let announced = <[u32; 2]>::try_from(if by_time { numbers } else { older }).ok();
        let sync =
            Box::new(Sync { key: request.key, time: request.time, announced, came: [0; 2], contact: String::new() });
        if let Some(conn) = self.conn() {
            conn.sync = Some(sync);
        }
    }

    /// A line of a list that does not repeat the transaction ID of its SYN.
    pub fn list_line(&mut self) {
        let sync = self.conn().and_then(|conn| conn.sync.as_deref()).map(|sync| (sync.key, sync.time));
        if let Some((key, time)) = sync {
            self.answers(key, time);
            self.count_list_line();
            self.contact();
        }
    }

    /// Contacts have GUIDs from MSNP10 to MSNP12: lines that give both account and GUID tell whom later ones are about.
    pub fn contact_ids(&mut self) {
        if !matches!(&self.line.word, b"LST" | b"ADC" | b"REM" | b"SBP") {
            return;
        }
        let Some(id) = self.prefixed(f::CONTACT_ID, b"C=").and_then(guid) else { return };
        let conn = self.record.conn;
        match self.prefixed(f::EMAIL, b"N=") {
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

    /// The first account that a request names, by GUID too. Logins name the connection's own, which every line shows.
    pub fn whom(&mut self) -> NameId {
        if matches!(&self.line.word, b"MSG" | b"USR" | b"ANS" | b"CVR" | b"CVQ") {
            return NameId::default();
        }
        let named = |param: &Param| param.field == f::EMAIL || param.field == f::CONTACT_ID;
        let Some(place) = self.choice.row.params.iter().position(named) else { return NameId::default() };
        let token = self.token(place);
        let account = token.strip_prefix(b"N=").or_else(|| token.strip_prefix(b"C=")).unwrap_or(token);
        if let Some(id) = guid(account) {
            return self.session.links.contact(self.record.conn, &id);
        }
        let account = split_handle(account).map_or(account, |(account, _)| account);
        self.session.links.names.keep(&text::percent(account).text)
    }

    /// Whether lines of this layout name an account.
    pub fn names_account(&self) -> bool {
        self.choice.row.params.iter().any(|param| param.field == f::EMAIL || param.field == f::CONTACT_ID)
    }

    /// The line is about a person whom it does not name.
    pub fn about(&mut self, who: NameId) {
        if !who.is_none() {
            self.session.links.fact(Fact::Contact(who));
        }
    }

    /// The token of the first parameter that fills a field, without its prefix.
    fn prefixed(&self, field: Field, prefix: &[u8]) -> Option<&'a [u8]> {
        let place = self.choice.row.params.iter().position(|param| param.field == field)?;
        let token = self.choice.place(self.line, place)?.of(self.data);
        Some(token.strip_prefix(prefix).unwrap_or(token))
    }

    /// A BPR without account is about the contact of the latest LST.
    pub fn contact(&mut self) {
        let of_row = self.choice.row.params.iter().position(|param| param.field == f::EMAIL);
        let told = of_row.map(|at| self.token(at)).map(|token| token.strip_prefix(b"N=").unwrap_or(token));
        let Some((conn, names)) = self.session.links.conn_and_names(self.record.conn) else { return };
        let Some(sync) = conn.sync.as_deref_mut() else { return };
        match (&self.line.word, told) {
            (b"LST", Some(account)) => {
                sync.contact.clear();
                sync.contact.extend(Some(text::percent(account).text).filter(|account| account.len() <= MAX_NAME));
            }
            (b"BPR", None) => {
                let contact = names.keep(&sync.contact);
                self.about(contact);
            }
            _ => {}
        }
    }

    /// Counts contacts and groups, and says when more come than were announced.
    pub fn count_list_line(&mut self) {
        let kind = match &self.line.word {
            b"LST" => 0,
            b"LSG" => 1,
            _ => return,
        };
        let Some(sync) = self.conn().and_then(|conn| conn.sync.as_deref_mut()) else { return };
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
