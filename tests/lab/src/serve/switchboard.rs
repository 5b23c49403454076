// SPDX-License-Identifier: GPL-2.0-or-later
//! Chats (fact base: commands 2, state 2.8).

use msn_dissect_core::command::ServerKind;
use msn_dissect_core::fields::command as f;

use super::world::{Cookie, Id, Stage, World};
use crate::channel::Unit;
use crate::say::Say;

/// First version that tells capabilities in a chat.
const CAPABILITIES: u8 = 12;

/// Longest message.
const MAX_MESSAGE: usize = 1664;

/// Most people in a chat.
const MAX_PEOPLE: usize = 50;

const NOT_ALLOWED: u32 = 913;
const FAILED: u32 = 911;
const ALREADY_THERE: u32 = 215;
const NOT_ALLOWED_BY_CALLEE: u32 = 216;
const OFFLINE: u32 = 217;
const TOO_MANY: u32 = 800;

impl World {
    /// A cookie for somebody in a chat.
    fn cookie(&mut self, email: &str, chat: u32, version: u8, caller: bool) -> String {
        let (first, second) = (self.nonce() as u32, self.nonce() as u32);
        let text = if caller { format!("{chat}.{first}.{second}") } else { format!("{first}.{second}") };
        self.cookies.keep(text.clone(), Cookie { email: email.to_owned(), chat, version });
        text
    }

    /// Where the switchboard is, and what opens it.
    fn invitation(&self, id: Id, say: Say, cookie: &str) -> Say {
        say.value(f::SERVER_ADDRESS, self.place(id, self.places.switchboard))
            .value(f::COOKIE, cookie)
            .value(f::TRANSPORT_D, "messenger.msn.com")
            .value(f::DIRECT, 1)
    }

    /// The client wants another server.
    pub(super) fn xfr(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some(session) = self.sessions.get(&id) else { return };
        let (email, version) = (session.email.clone(), session.version);
        if !session.is_seen() || unit.get("msn.referral") != Some("SB") {
            return self.tell(id, &Say::error(NOT_ALLOWED, trid));
        }
        let chat = 11_752_000 + self.number() as u32;
        let cookie = self.cookie(&email, chat, version, true);
        let answer = self.invitation(id, Say::answer("XFR", trid).value(f::REFERRAL, "SB"), &cookie);
        self.tell(id, &answer);
    }

    /// Somebody opens a chat (USR) or joins one (ANS).
    pub(super) fn open_chat(&mut self, id: Id, unit: &Unit, trid: u32) {
        let handle = unit.token(1);
        let email = unit.get("msn.email").unwrap_or_default().to_lowercase();
        let cookie = self.cookies.take(unit.token(2)).filter(|cookie| cookie.email == email);
        let right = |cookie: &Cookie| unit.word == "USR" || unit.token(3) == cookie.chat.to_string();
        let Some(cookie) = cookie.filter(right) else {
            self.tell(id, &Say::error(FAILED, trid));
            return self.close(id);
        };
        let from = self.seen(&email).and_then(|from| self.sessions.get(&from)).and_then(|one| one.capabilities.clone());
        if let Some(session) = self.sessions.get_mut(&id) {
            session.kind = ServerKind::Switchboard;
            session.version = cookie.version;
            session.stage = Stage::In;
            session.capabilities = from;
            session.chat = Some(cookie.chat);
            session.endpoint = handle.split_once(';').map(|(_, guid)| guid.to_owned());
            session.email.clone_from(&email);
        }
        let others = self.chats.entry(cookie.chat).or_default().clone();
        if unit.word == "ANS" {
            let lines: Vec<_> = others.iter().flat_map(|other| self.handles(*other)).collect();
            for (at, (handle, name, capabilities)) in lines.iter().enumerate() {
                let here = Say::answer("IRO", trid).value(f::LIST_INDEX, at + 1).value(f::LIST_TOTAL, lines.len());
                self.tell_handle(id, here, handle, name, capabilities);
            }
            self.tell(id, &Say::answer("ANS", trid).value(f::RESULT, "OK"));
        } else {
            let name = self.accounts.get(&email).map_or(email.clone(), |account| account.name.clone());
            let answer = Say::answer("USR", trid).value(f::RESULT, "OK").value(f::EMAIL, handle);
            self.tell(id, &answer.value(f::FRIENDLY_NAME, name));
        }
        for other in &others {
            for (handle, name, capabilities) in self.handles(id) {
                self.tell_handle(*other, Say::new("JOI"), &handle, &name, &capabilities);
            }
        }
        self.chats.entry(cookie.chat).or_default().push(id);
    }

    /// How somebody in a chat is named: by endpoint, if there is one, and by address.
    fn handles(&self, id: Id) -> Vec<(String, String, String)> {
        let Some(session) = self.sessions.get(&id) else { return Vec::new() };
        let name = self.accounts.get(&session.email).map_or(session.email.clone(), |account| account.name.clone());
        let capabilities = session.capabilities.clone().unwrap_or_else(|| "0".to_owned());
        let mut all = vec![(session.email.clone(), name.clone(), capabilities.clone())];
        if session.endpoint.is_some() {
            all.insert(0, (session.handle(), name, capabilities));
        }
        all
    }

    fn tell_handle(&mut self, id: Id, say: Say, handle: &str, name: &str, capabilities: &str) {
        let version = self.version(id);
        // Two words mean nothing to versions that know one.
        let capabilities = if version < 16 { capabilities.split(':').next().unwrap_or("0") } else { capabilities };
        let capabilities = Some(capabilities).filter(|_| version >= CAPABILITIES);
        let handle = if version < 16 { handle.split(';').next().unwrap_or(handle) } else { handle };
        self.tell(id, &say.value(f::EMAIL, handle).value(f::FRIENDLY_NAME, name).maybe(f::CAPABILITIES, capabilities));
    }

    /// Somebody is called.
    pub(super) fn cal(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some((chat, own)) = self.sessions.get(&id).and_then(|one| Some((one.chat?, one.email.clone()))) else {
            return;
        };
        let email = unit.get("msn.email").unwrap_or_default().to_lowercase();
        let people = self.chats.get(&chat).cloned().unwrap_or_default();
        let is_there = people.iter().any(|other| self.sessions.get(other).is_some_and(|one| one.email == email));
        let refusal = if is_there {
            Some(ALREADY_THERE)
        } else if people.len() >= MAX_PEOPLE {
            Some(TOO_MANY)
        } else if self.seen(&email).is_none() {
            Some(OFFLINE)
        } else if !self.accounts.get(&email).is_some_and(|account| account.allows(&own)) {
            Some(NOT_ALLOWED_BY_CALLEE)
        } else {
            None
        };
        if let Some(code) = refusal {
            return self.tell(id, &Say::error(code, trid));
        }
        let answer = Say::answer("CAL", trid).value(f::RING_STATE, "RINGING").value(f::SESSION_ID, chat);
        self.tell(id, &answer);
        let name = self.accounts.get(&own).map_or(own.clone(), |account| account.name.clone());
        for callee in self.of(&email) {
            let cookie = self.cookie(&email, chat, self.version(callee), false);
            let ring = self.invitation(callee, Say::new("RNG").value(f::SESSION_ID, chat), &cookie);
            self.tell(callee, &ring.value(f::CALLER, &own).value(f::FRIENDLY_NAME, &name));
        }
    }

    /// Something is said.
    pub(super) fn chat(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some((chat, own)) = self.sessions.get(&id).and_then(|one| Some((one.chat?, one.email.clone()))) else {
            return;
        };
        if unit.payload().len() > MAX_MESSAGE {
            return self.close(id);
        }
        let name = self.accounts.get(&own).map_or(own.clone(), |account| account.name.clone());
        let others: Vec<_> =
            self.chats.get(&chat).into_iter().flatten().copied().filter(|other| *other != id).collect();
        for other in &others {
            let say = Say::new("MSG").value(f::EMAIL, &own).value(f::FRIENDLY_NAME, &name);
            self.tell(*other, &say.payload(unit.payload()));
        }
        let word = match (unit.get("msn.ack_mode"), others.is_empty()) {
            (Some("U") | None, _) | (Some("N"), false) => return,
            (_, false) => "ACK",
            (_, true) => "NAK",
        };
        self.tell(id, &Say::answer(word, trid));
    }

    /// Somebody leaves a chat.
    pub(super) fn leave_chat(&mut self, id: Id, idle: bool) {
        let Some(chat) = self.sessions.get_mut(&id).and_then(|session| session.chat.take()) else { return };
        let handles = self.handles(id);
        let people = self.chats.entry(chat).or_default();
        people.retain(|other| *other != id);
        let others = people.clone();
        if others.is_empty() {
            self.chats.remove(&chat);
        }
        for other in others {
            for (handle, ..) in &handles {
                let handle = if self.version(other) < 16 { handle.split(';').next().unwrap_or(handle) } else { handle };
                let say = Say::new("BYE").value(f::EMAIL, handle).maybe(f::IDLE_BYE, idle.then_some(1));
                self.tell(other, &say);
                if self.version(other) < 16 {
                    break;
                }
            }
        }
    }
}
