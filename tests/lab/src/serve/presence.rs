// SPDX-License-Identifier: GPL-2.0-or-later
//! Who is online, and what else contacts are told (fact base: commands 1.5).

use msn_dissect_core::fields::command as f;
use msn_dissect_core::values::{codes, meaning};

use super::account::list;
use super::world::{Id, Session, World};
use crate::channel::Unit;
use crate::say::Say;

/// First version whose contacts have user data.
const USER_DATA: u8 = 11;

const BAD_PARAMETER: u32 = 201;

impl World {
    /// A presence line about an account, as another one sees it.
    fn presence(&self, email: &str, word: &str) -> Option<Say> {
        let session = self.sessions.get(&self.seen(email)?)?;
        let name = self.accounts.get(email).map_or(email, |account| account.name.as_str());
        let say = Say::new(word).value(f::STATUS, session.status.as_deref().unwrap_or("NLN")).value(f::EMAIL, email);
        let say = say.value(f::NETWORK_ID, 1).value(f::FRIENDLY_NAME, name);
        Some(
            say.value(f::CAPABILITIES, session.capabilities.as_deref().unwrap_or("0"))
                .maybe(f::OBJECT, session.object.as_ref()),
        )
    }

    /// Tells a connection of a contact that is online.
    pub(super) fn introduce(&mut self, id: Id, email: &str, trid: Option<u32>) {
        let allowed = |account: &super::account::Account, own: &str| account.allows(own);
        let Some(own) = self.sessions.get(&id).map(|session| session.email.clone()) else { return };
        if !self.accounts.get(email).is_some_and(|account| allowed(account, &own)) {
            return;
        }
        let word = if trid.is_some() { "ILN" } else { "NLN" };
        if let Some(say) = self.presence(email, word) {
            self.tell(id, &say.with_trid(trid));
            self.tell_data(id, email);
        }
    }

    fn tell_data(&mut self, id: Id, email: &str) {
        let data = self.accounts.get(email).map(|account| account.user_data.clone()).unwrap_or_default();
        if self.version(id) >= USER_DATA && !data.is_empty() {
            self.tell(id, &Say::new("UBX").value(f::EMAIL, email).value(f::NETWORK_ID, 1).payload(data));
        }
    }

    /// Tells everybody who may know how an account is now.
    pub(super) fn announce(&mut self, email: &str) {
        let offline = Say::new("FLN").value(f::EMAIL, email).value(f::NETWORK_ID, 1);
        let say = self.presence(email, "NLN").unwrap_or(offline);
        for id in self.watchers(email) {
            self.tell(id, &say);
        }
    }

    /// The client changes its presence.
    pub(super) fn chg(&mut self, id: Id, unit: &Unit, trid: u32) {
        let status = unit.get("msn.status").unwrap_or_default();
        if meaning(codes::STATUSES, status.as_bytes()).is_none() || status == "FLN" {
            return self.tell(id, &Say::error(BAD_PARAMETER, trid));
        }
        // Tokens as they are on the wire.
        let (capabilities, object) = (unit.tokens.get(2).cloned(), unit.tokens.get(3).cloned());
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let first = session.status.is_none();
        let was_seen = session.is_seen();
        session.status = Some(status.to_owned());
        (session.capabilities, session.object) = (capabilities, object);
        let (is_seen, email) = (session.is_seen(), session.email.clone());
        let echo = Say::answer("CHG", trid).value(f::STATUS, status);
        let echo = echo.maybe(f::CAPABILITIES, unit.tokens.get(2)).maybe(f::OBJECT, unit.tokens.get(3));
        self.tell(id, &echo);
        if first {
            let contacts = self.accounts.get(&email).map(|account| &account.contacts);
            let friends = contacts.into_iter().flatten().filter(|(_, contact)| contact.lists & list::FL != 0);
            for email in friends.map(|(email, _)| email.clone()).collect::<Vec<_>>() {
                self.introduce(id, &email, Some(trid));
            }
        }
        if is_seen || was_seen {
            self.announce(&email);
        }
        if is_seen && !was_seen {
            for id in self.watchers(&email) {
                self.tell_data(id, &email);
            }
        }
        if first {
            self.challenge(id);
        }
    }

    /// The client tells its user data.
    pub(super) fn uux(&mut self, id: Id, unit: &Unit, trid: u32) {
        self.tell(id, &Say::answer("UUX", trid).payload(Vec::new()));
        let Some(account) = self.own(id) else { return };
        let email = account.email.clone();
        account.user_data = unit.payload().to_vec();
        if self.seen(&email).is_some() {
            for id in self.watchers(&email) {
                self.tell_data(id, &email);
            }
        }
    }

    /// A ping.
    pub(super) fn png(&mut self, id: Id) {
        let pong = Say::new("QNG");
        let ping = self.rules.ping;
        let pong = if self.version(id) >= 9 { pong.value(f::PING_SECONDS, ping) } else { pong };
        self.tell(id, &pong);
    }

    /// A connection is gone.
    pub(super) fn gone(&mut self, id: Id) {
        self.leave_chat(id, false);
        let Some(session) = self.sessions.remove(&id) else { return };
        if Session::is_seen(&session) {
            self.announce(&session.email);
        }
    }
}
