// SPDX-License-Identifier: GPL-2.0-or-later
//! The lists as MSNP2 to MSNP12 get them (fact base: commands 1.2).

use msn_dissect_core::fields::command as f;

use super::account::{Account, Contact, list};
use super::world::{Id, World};
use crate::channel::Unit;
use crate::say::Say;

/// Time stamps of MSNP10 and later: the number of the change as a time of day.
fn stamp(version: u32) -> String {
    let (hours, minutes, seconds) = (version / 3600 % 24, version / 60 % 60, version % 60);
    format!("2005-04-23T{hours:02}:{minutes:02}:{seconds:02}.0000000-07:00")
}

/// A group as a version calls it.
pub(super) fn group_id(account: &Account, number: u32, version: u8) -> Option<String> {
    let group = account.groups.iter().find(|group| group.number == number)?;
    Some(if version < 10 { group.number.to_string() } else { group.guid.clone() })
}

fn group_ids(account: &Account, contact: &Contact, version: u8) -> Option<String> {
    let ids = contact.groups.iter().filter_map(|number| group_id(account, *number, version));
    let ids: Vec<_> = ids.collect();
    match (version, ids.is_empty()) {
        // Numbers have a group 0 in which everybody is who is in no other.
        (..10, true) => Some("0".to_owned()),
        (_, true) => None,
        _ => Some(ids.join(",")),
    }
}

impl World {
    /// The client asks for its lists.
    pub(super) fn syn(&mut self, id: Id, unit: &Unit, trid: u32) {
        let version = self.version(id);
        let Some(account) = self.own(id).cloned() else { return };
        let same = match version {
            ..10 => unit.get("msn.list_version") == Some(account.version.to_string().as_str()),
            _ => unit.get("msn.list_time") == Some(stamp(account.version).as_str()),
        };
        let answer = Say::answer("SYN", trid)
            .value(f::LIST_VERSION, account.version)
            .value(f::LIST_TIME, stamp(account.version))
            .value(f::SETTINGS_TIME, stamp(account.version));
        if same {
            return self.tell(id, &answer);
        }
        let groups = account.groups.len() + usize::from(version < 10);
        self.tell(id, &answer.value(f::CONTACT_COUNT, account.contacts.len()).value(f::GROUP_COUNT, groups));
        // Up to MSNP7 every line is an answer of its own; then they only follow.
        let trid = (version < 8).then_some(trid);
        let line = |word: &str| Say::new(word).with_trid(trid).value(f::LIST_VERSION, account.version);
        self.tell(id, &line("GTC").value(f::PROMPT, &account.prompt));
        self.tell(id, &line("BLP").value(f::PRIVACY, &account.privacy));
        if version >= 5 {
            for (name, value) in &account.properties {
                self.tell(id, &line("PRP").value(f::PROPERTY, name).value(f::PROPERTY_VALUE, value));
            }
        }
        if version >= 10 {
            self.tell(id, &line("PRP").value(f::PROPERTY, "MFN").value(f::PROPERTY_VALUE, &account.name));
        }
        if version >= 7 {
            self.groups(id, &account, trid, groups);
        }
        if version < 8 {
            for (name, bit) in list::NAMES.iter().filter(|row| row.0 != "PL") {
                self.one_list(id, &account, trid, name, *bit);
            }
            return;
        }
        for (email, contact) in &account.contacts {
            let mut say = Say::new("LST").value(f::EMAIL, email).value(f::FRIENDLY_NAME, &contact.name);
            if contact.lists & list::FL != 0 || version < 10 {
                say = say.value(f::CONTACT_ID, &contact.guid);
            }
            let ids = Some(contact).filter(|contact| contact.lists & list::FL != 0);
            let ids = ids.and_then(|contact| group_ids(&account, contact, version));
            self.tell(id, &say.value(f::LISTS, contact.lists).value(f::NETWORK_ID, 1).maybe(f::GROUP_ID, ids));
            for (name, value) in &contact.properties {
                self.tell(id, &Say::new("BPR").value(f::PROPERTY, name).value(f::PROPERTY_VALUE, value));
            }
        }
    }

    fn groups(&mut self, id: Id, account: &Account, trid: Option<u32>, total: usize) {
        let version = self.version(id);
        let zero = (version < 10).then_some(("0".to_owned(), "Other Contacts"));
        let own = account
            .groups
            .iter()
            .filter_map(|group| Some((group_id(account, group.number, version)?, group.name.as_str())));
        for (at, (group, name)) in zero.into_iter().chain(own).enumerate() {
            let say = Say::new("LSG").with_trid(trid).value(f::LIST_VERSION, account.version);
            let say = say.value(f::LIST_INDEX, at + 1).value(f::LIST_TOTAL, total);
            self.tell(id, &say.value(f::GROUP_ID, group).value(f::GROUP_NAME, name));
        }
    }

    /// One list, as MSNP2 to MSNP7 have it.
    fn one_list(&mut self, id: Id, account: &Account, trid: Option<u32>, name: &str, bit: u8) {
        let version = self.version(id);
        let all: Vec<_> = account.contacts.iter().filter(|(_, contact)| contact.lists & bit != 0).collect();
        let say = |at: usize| {
            let say = Say::new("LST").with_trid(trid).value(f::LIST, name).value(f::LIST_VERSION, account.version);
            say.value(f::LIST_INDEX, at).value(f::LIST_TOTAL, all.len())
        };
        if all.is_empty() {
            self.tell(id, &say(0));
        }
        for (at, (email, contact)) in all.iter().enumerate() {
            let groups = (version == 7 && bit == list::FL).then(|| group_ids(account, contact, version)).flatten();
            let say = say(at + 1).value(f::EMAIL, email).value(f::FRIENDLY_NAME, &contact.name);
            self.tell(id, &say.maybe(f::GROUP_ID, groups));
            if bit == list::FL && version >= 5 {
                for (name, value) in &contact.properties {
                    let say = Say::new("BPR").value(f::LIST_VERSION, account.version).value(f::EMAIL, email);
                    self.tell(id, &say.value(f::PROPERTY, name).value(f::PROPERTY_VALUE, value));
                }
            }
        }
    }

    /// One list by itself.
    pub(super) fn lst(&mut self, id: Id, unit: &Unit, trid: u32) {
        let Some(account) = self.own(id).cloned() else { return };
        let name = unit.get("msn.list").unwrap_or_default().to_owned();
        match (list::bit(&name), self.version(id)) {
            (Some(bit), ..8) => self.one_list(id, &account, Some(trid), &name, bit),
            _ => self.tell(id, &Say::error(201, trid)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_differ_with_the_version() {
        assert_eq!(stamp(1), "2005-04-23T00:00:01.0000000-07:00");
        assert_ne!(stamp(61), stamp(62));
    }
}
