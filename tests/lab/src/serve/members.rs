// SPDX-License-Identifier: GPL-2.0-or-later
//! Lists as documents, which MSNP13 and later send, and messages that need no switchboard (fact base: commands 1.4, 1.7).

use msn_dissect_core::fields::command as f;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::account::list;
use super::world::{Id, World};
use crate::channel::Unit;
use crate::say::Say;

const NOT_VALID: u32 = 241;
const OFFLINE: u32 = 217;

/// Somebody in a list document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub email: String,
    pub lists: u8,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    let text = std::str::from_utf8(&found.value).ok()?;
    quick_xml::escape::unescape(text).ok().map(|text| text.into_owned())
}

/// Everybody in a list document; nothing if it is not well-formed, or is none.
pub(super) fn members(document: &[u8]) -> Option<Vec<Member>> {
    let mut reader = Reader::from_reader(document);
    let (mut domain, mut found, mut root) = (None, Vec::new(), false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                b"ml" => root = true,
                b"d" if root => domain = Some(attribute(&element, "n")?),
                b"c" if root => {
                    let email = format!("{}@{}", attribute(&element, "n")?, domain.as_ref()?).to_lowercase();
                    let lists = attribute(&element, "l").map_or(Some(0), |lists| lists.parse().ok())?;
                    found.push(Member { email, lists });
                }
                // Phones, and services of later versions.
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
    }
    root.then_some(found)
}

/// A document with one member.
pub(super) fn document(email: &str, name: &str, lists: u8) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let [local, domain, name] = [local, domain, name].map(quick_xml::escape::escape);
    format!("<ml><d n=\"{domain}\"><c n=\"{local}\" t=\"1\" l=\"{lists}\" f=\"{name}\"/></d></ml>")
}

impl World {
    /// Lists are added to (ADL) or removed from (RML).
    pub(super) fn memberships(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some(members) = members(unit.payload()).filter(|all| all.iter().all(|one| one.lists & list::RL == 0))
        else {
            return self.tell(id, &Say::error(NOT_VALID, trid).payload(unit.payload()));
        };
        let Some(own) = self.own(id).map(|account| account.email.clone()) else { return };
        let mut news = Vec::new();
        for Member { email, lists } in members {
            // Those that the server does not serve are nobody it could tell.
            let _ = self.account(&email);
            let Some(account) = self.own(id) else { return };
            let Some(contact) = account.contact(&email, None) else { continue };
            let before = contact.lists;
            contact.lists = if unit.word == "ADL" { contact.lists | lists } else { contact.lists & !lists };
            if (before ^ contact.lists) & list::FL != 0 {
                news.push(email);
            }
        }
        self.tell(id, &Say::answer(&unit.word, trid).value(f::RESULT, "OK"));
        let online = self.sessions.get(&id).is_some_and(|session| session.status.is_some());
        for email in news {
            self.reverse(&own, &email, unit.word == "ADL");
            if unit.word == "ADL" && online {
                self.introduce(id, &email, Some(trid));
            }
        }
    }

    /// On which networks addresses are.
    pub(super) fn fqy(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some(members) = members(unit.payload()) else {
            return self.tell(id, &Say::error(NOT_VALID, trid).payload(unit.payload()));
        };
        let mut answer = "<ml>".to_owned();
        for Member { email, .. } in members {
            let (local, domain) = email.split_once('@').unwrap_or((&email, ""));
            let [local, domain] = [local, domain].map(quick_xml::escape::escape);
            answer += &format!("<d n=\"{domain}\"><c n=\"{local}\" t=\"1\"/></d>");
        }
        self.tell(id, &Say::answer("FQY", trid).payload(answer + "</ml>"));
    }

    /// A notification (UUN) or a message (UUM) for somebody without a chat.
    pub(super) fn pass_on(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some(session) = self.sessions.get(&id) else { return };
        let own = session.email.clone();
        let sender = session.handle();
        let email = unit.get("msn.email").unwrap_or_default().to_lowercase();
        let to: Vec<_> = self.of(&email).into_iter().filter(|to| *to != id).collect();
        if to.is_empty() {
            return self.tell(id, &Say::error(OFFLINE, trid));
        }
        for to in to {
            let say = match unit.word.as_str() {
                "UUN" => Say::new("UBN").value(f::EMAIL, &sender).maybe(f::UUN_TYPE, unit.get("msn.uun_type")),
                _ => Say::new("UBM")
                    .value(f::EMAIL, &own)
                    .value(f::NETWORK_ID, 1)
                    .value(f::EMAIL, &email)
                    .value(f::NETWORK_ID, 1)
                    .maybe(f::UUM_TYPE, unit.get("msn.uum_type")),
            };
            self.tell(to, &say.payload(unit.payload()));
        }
        if unit.word == "UUN" {
            self.tell(id, &Say::answer("UUN", trid).value(f::RESULT, "OK"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_as_they_are_written() {
        let text = document("a&b@example.com", "<A>", 8);
        assert_eq!(members(text.as_bytes()), Some(vec![Member { email: "a&b@example.com".into(), lists: 8 }]));
        assert_eq!(members(b"<ml l=\"1\"/>"), Some(Vec::new()));
        for bad in
            [&b"<ml"[..], b"", b"<x/>", b"<ml><c n=\"a\"/></ml>", b"<ml><d n=\"b\"><c n=\"a\" l=\"x\"/></d></ml>"]
        {
            assert_eq!(members(bad), None);
        }
    }
}
