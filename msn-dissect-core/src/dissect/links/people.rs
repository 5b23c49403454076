// SPDX-License-Identifier: GPL-2.0-or-later
//! Who is in a chat, and what the account of a connection says of itself.

use super::learn::Unit;
use crate::{
    command::{
        Role,
        params::{guid, split_handle, split_naddr},
        verbs::Verb,
    },
    fields::link as x,
    session::people::Own,
    text,
    values::codes::DISPLAY_NAME,
};

impl Unit<'_> {
    /// Somebody comes or leaves.
    pub fn people(&mut self, verb: Verb) {
        let who = match verb {
            Verb::JoinSelf => self.session.names.get(self.record.account).to_owned().into(),
            _ => text::percent(self.token(Role::Handle)).text,
        };
        let (key, leaves) = (self.key, verb == Verb::Leave);
        let Some((conn, names)) = self.session.links.conn_and_names(self.record.conn) else { return };
        let who_id = names.keep(&who);
        if !leaves {
            if !conn.people.come(key, who_id) && conn.people.lost == 1 {
                self.remark(x::STATE_EVICTED, 2, 0);
            }
            return;
        }
        let whole_account = matches!(split_handle(who.as_bytes()), Some((_, None)));
        conn.people.leave(key, |one| {
            one == who_id
                || (whole_account
                    && split_handle(names.get(one).as_bytes()).is_some_and(|(email, _)| email == who.as_bytes()))
        });
    }

    /// What the owner of a notification connection says of itself, as far as the server confirms it.
    pub fn own(&mut self, verb: Verb) {
        if self.on_switchboard() || (verb == Verb::Presence && !self.is_own()) {
            return;
        }
        let document = if verb == Verb::Publish { self.body.document() } else { None };
        let published = |name| document.as_ref().and_then(|document| document.text(name)).unwrap_or_default();
        let (its_status, its_name) = (published("Status"), published("FriendlyName"));
        let (mut status, mut name) = (self.token(Role::Status), self.token(Role::Name));
        match verb {
            Verb::OwnProperty if self.token(Role::Property) == DISPLAY_NAME => name = self.token(Role::Value),
            Verb::OwnProperty => return,
            Verb::Publish => {
                (status, name) = (its_status.as_bytes(), its_name.as_bytes());
            }
            _ => {}
        }
        let endpoint = guid(self.token(Role::Machine));
        let name = (!name.is_empty()).then(|| text::percent(name).text.into_owned());
        let status = <[u8; 3]>::try_from(status).ok().filter(|status| status.iter().all(u8::is_ascii_uppercase));
        let key = self.key;
        let Some((conn, names)) = self.session.links.conn_and_names(self.record.conn) else { return };
        let before = conn.own.now();
        let own = Own {
            status: status.unwrap_or(before.status),
            name: name.map_or(before.name, |name| names.keep(&name)),
            endpoint: endpoint.or(before.endpoint),
        };
        conn.own.set(key, own);
    }

    /// Whether the first account that the line names is the connection's own.
    fn is_own(&self) -> bool {
        let token = self.token(Role::Contact);
        let email = split_naddr(token).map_or(token, |parts| parts.1);
        let account: &str = self.session.names.get(self.record.account);
        // Most accounts are written as they are kept, and most are somebody else's.
        let may_be = email.len() >= account.len() && !account.is_empty();
        may_be
            && (email.eq_ignore_ascii_case(account.as_bytes())
                || (email.contains(&b'%') && text::percent(email).text.eq_ignore_ascii_case(account)))
    }
}
