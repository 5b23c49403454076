// SPDX-License-Identifier: GPL-2.0-or-later
//! Changes of lists, groups and settings as MSNP2 to MSNP12 make them (fact base: commands 1.3).

use msn_dissect_core::fields::command as f;

use super::account::{MAX_GROUPS, list};
use super::sync::group_id;
use super::world::{Id, World};
use crate::channel::Unit;
use crate::say::Say;

const BAD_PARAMETER: u32 = 201;
const NO_SUCH_USER: u32 = 205;
const LIST_FULL: u32 = 210;
const ALREADY_ON: u32 = 215;
const NOT_ON: u32 = 216;
const SAME_MODE: u32 = 218;
const OPPOSITE: u32 = 219;
const TOO_MANY_GROUPS: u32 = 223;
const NO_SUCH_GROUP: u32 = 224;
const NOT_IN_GROUP: u32 = 225;
const NAME_USED: u32 = 228;
const GROUP_ZERO: u32 = 230;

impl World {
    fn fail(&mut self, id: Id, trid: u32, code: u32) {
        self.tell(id, &Say::error(code, trid));
    }

    /// Somebody is put on a list (ADD, ADC).
    pub(super) fn add(&mut self, id: Id, unit: &Unit, trid: u32) {
        match self.added(id, unit, trid) {
            Ok(Some(email)) => {
                let name = unit.get("msn.list").unwrap_or_default();
                let Some(own) = self.sessions.get(&id).map(|session| session.email.clone()) else { return };
                if name == "FL" {
                    self.reverse(&own, &email, true);
                    self.introduce(id, &email, Some(trid));
                } else {
                    self.announce_to(&own, &email);
                }
            }
            Ok(None) => {}
            Err(code) => self.fail(id, trid, code),
        }
    }

    fn added(&mut self, id: Id, unit: &Unit, trid: u32) -> Result<Option<String>, u32> {
        let version = self.version(id);
        let name = unit.get("msn.list").unwrap_or_default().to_owned();
        let bit = list::bit(&name).filter(|bit| *bit != list::RL).ok_or(BAD_PARAMETER)?;
        let group = unit.get("msn.group_id").map(str::to_owned);
        let email = match (unit.get("msn.email"), unit.get("msn.contact_id")) {
            (Some(email), _) => email.to_lowercase(),
            (None, Some(guid)) => self.own(id).and_then(|account| account.find(guid)).ok_or(NO_SUCH_USER)?,
            _ => return Err(BAD_PARAMETER),
        };
        if self.account(&email).is_none() {
            return Err(NO_SUCH_USER);
        }
        let account = self.own(id).ok_or(BAD_PARAMETER)?;
        let number = match group.as_deref() {
            None | Some("0") => None,
            Some(group) => Some(account.group(group).ok_or(NO_SUCH_GROUP)?.number),
        };
        let opposite = match bit {
            list::AL => list::BL,
            list::BL => list::AL,
            _ => 0,
        };
        let lists = account.contacts.get(&email).map_or(0, |contact| contact.lists);
        if lists & opposite != 0 {
            return Err(OPPOSITE);
        }
        let contact = account.contact(&email, unit.get("msn.friendly_name")).ok_or(LIST_FULL)?;
        let is_in = number.is_some_and(|number| contact.groups.contains(&number));
        if lists & bit != 0 && (number.is_none() || is_in) {
            return Err(ALREADY_ON);
        }
        contact.lists |= bit;
        contact.groups.extend(number);
        let (guid, known) = (contact.guid.clone(), contact.name.clone());
        account.version += 1;
        let group = number.and_then(|number| group_id(account, number, version));
        let say = Say::answer(&unit.word, trid).value(f::LIST, &name).value(f::LIST_VERSION, account.version);
        let by_guid = version >= 10 && unit.get("msn.email").is_none();
        let say = match by_guid {
            true => say.value(f::CONTACT_ID, guid).maybe(f::GROUP_ID, group),
            false => {
                let shown = unit.get("msn.friendly_name").map_or(known, str::to_owned);
                let shown = (version < 10 || bit == list::FL).then_some(shown);
                let say = say.value(f::EMAIL, &email).maybe(f::FRIENDLY_NAME, shown);
                say.maybe(f::CONTACT_ID, (bit == list::FL).then_some(guid)).maybe(f::GROUP_ID, group)
            }
        };
        self.tell(id, &say);
        Ok((lists & bit == 0).then_some(email))
    }

    /// Somebody is taken from a list, or from a group of it.
    pub(super) fn rem(&mut self, id: Id, unit: &Unit, trid: u32) {
        if let Err(code) = self.removed(id, unit, trid) {
            self.fail(id, trid, code);
        }
    }

    fn removed(&mut self, id: Id, unit: &Unit, trid: u32) -> Result<(), u32> {
        let name = unit.get("msn.list").unwrap_or_default().to_owned();
        let bit = list::bit(&name).ok_or(BAD_PARAMETER)?;
        let who = unit.token(2).to_owned();
        let group = unit.get("msn.group_id").map(str::to_owned);
        let account = self.own(id).ok_or(BAD_PARAMETER)?;
        let own = account.email.clone();
        let email = account.find(&who).or_else(|| account.find(&who.to_lowercase())).ok_or(NOT_ON)?;
        let number = match group.as_deref() {
            None => None,
            Some(group) => Some(account.group(group).ok_or(NO_SUCH_GROUP)?.number),
        };
        let contact = account.contacts.get_mut(&email).filter(|contact| contact.lists & bit != 0).ok_or(NOT_ON)?;
        match number {
            Some(number) if !contact.groups.contains(&number) => return Err(NOT_IN_GROUP),
            Some(number) => contact.groups.retain(|other| *other != number),
            None => {
                contact.lists &= !bit;
                if bit == list::FL {
                    contact.groups.clear();
                }
            }
        }
        if contact.lists == 0 {
            account.contacts.remove(&email);
        }
        account.version += 1;
        let say = Say::answer("REM", trid).value(f::LIST, &name).value(f::LIST_VERSION, account.version);
        // The contact as the client called it.
        let field = if who.contains('@') { f::EMAIL } else { f::CONTACT_ID };
        self.tell(id, &say.value(field, who).maybe(f::GROUP_ID, group));
        if number.is_none() && bit == list::FL {
            self.reverse(&own, &email, false);
        } else if number.is_none() {
            self.announce_to(&own, &email);
        }
        Ok(())
    }

    /// Tells somebody how an account is seen by them now.
    fn announce_to(&mut self, own: &str, email: &str) {
        for id in self.of(email) {
            if !self.has(email, own, list::FL) {
                continue;
            }
            if self.accounts.get(own).is_some_and(|account| account.allows(email)) {
                self.introduce(id, own, None);
            } else {
                self.tell(id, &Say::new("FLN").value(f::EMAIL, own).value(f::NETWORK_ID, 1));
            }
        }
    }

    /// Somebody was added by another one, or removed: the reverse list, and who is told.
    pub(super) fn reverse(&mut self, own: &str, email: &str, added: bool) {
        let name = self.accounts.get(own).map_or(own.to_owned(), |account| account.name.clone());
        let Some(other) = self.accounts.get_mut(email) else { return };
        other.version += 1;
        let version = other.version;
        let Some(contact) = other.contact(own, Some(&name)) else { return };
        contact.lists = if added { contact.lists | list::RL } else { contact.lists & !list::RL };
        if contact.lists == 0 {
            other.contacts.remove(own);
        }
        for id in self.of(email) {
            if self.version(id) >= 13 {
                let word = if added { "ADL" } else { "RML" };
                let payload = super::members::document(own, &name, list::RL);
                self.tell(id, &Say::answer(word, 0).payload(payload));
                continue;
            }
            let word = match (added, self.version(id)) {
                (false, _) => "REM",
                (true, ..10) => "ADD",
                (true, _) => "ADC",
            };
            let say = Say::answer(word, 0).value(f::LIST, "RL").value(f::LIST_VERSION, version);
            self.tell(id, &say.value(f::EMAIL, own).value(f::FRIENDLY_NAME, &name));
        }
    }

    /// The client calls itself or a contact by another name (MSNP2 to 9).
    pub(super) fn rea(&mut self, id: Id, unit: &Unit, trid: u32) {
        let email = unit.get("msn.email").unwrap_or_default().to_lowercase();
        let name = unit.get("msn.friendly_name").unwrap_or_default().to_owned();
        let Some(account) = self.own(id) else { return };
        let own = account.email == email;
        match account.contacts.get_mut(&email) {
            _ if own => account.name.clone_from(&name),
            Some(contact) => contact.name.clone_from(&name),
            None => return self.fail(id, trid, NOT_ON),
        }
        account.version += 1;
        let say = Say::answer("REA", trid).value(f::LIST_VERSION, account.version).value(f::EMAIL, &email);
        self.tell(id, &say.value(f::FRIENDLY_NAME, name));
        if own {
            self.announce(&email);
        }
    }

    /// A property of the account (PRP) or of a contact (SBP).
    pub(super) fn property(&mut self, id: Id, unit: &Unit, trid: u32) {
        let name = unit.get("msn.property").unwrap_or_default().to_owned();
        let value = unit.get("msn.property_value").unwrap_or_default().to_owned();
        let who = unit.token(1).to_owned();
        let Some(account) = self.own(id) else { return };
        let email = account.email.clone();
        let is_own = unit.word == "PRP";
        if is_own && name == "MFN" {
            account.name.clone_from(&value);
        } else {
            let contact = if is_own { None } else { account.find(&who) };
            let contact = contact.and_then(|email| account.contacts.get_mut(&email));
            let properties = match contact {
                Some(contact) => &mut contact.properties,
                None if is_own => &mut account.properties,
                None => return self.fail(id, trid, NO_SUCH_USER),
            };
            if value.is_empty() {
                properties.remove(&name);
            } else if properties.len() < 64 {
                properties.insert(name.clone(), value.clone());
            }
        }
        account.version += 1;
        let say = Say::answer(&unit.word, trid).value(f::LIST_VERSION, account.version);
        let say = say.maybe(f::CONTACT_ID, (!is_own).then_some(who));
        self.tell(
            id,
            &say.value(f::PROPERTY, &name).maybe(f::PROPERTY_VALUE, Some(value).filter(|value| !value.is_empty())),
        );
        if is_own && name == "MFN" {
            self.announce(&email);
        }
    }

    /// Who may write (BLP), and whether to ask when somebody adds the account (GTC).
    pub(super) fn setting(&mut self, id: Id, unit: &Unit, trid: u32) {
        let version = self.version(id);
        let value = unit.token(1).to_owned();
        let Some(account) = self.own(id) else { return };
        let (setting, field) = match unit.word.as_str() {
            "BLP" => (&mut account.privacy, f::PRIVACY),
            _ => (&mut account.prompt, f::PROMPT),
        };
        if *setting == value && version < 13 {
            return self.fail(id, trid, SAME_MODE);
        }
        setting.clone_from(&value);
        account.version += 1;
        let say = Say::answer(&unit.word, trid).value(f::LIST_VERSION, account.version).value(field, value);
        self.tell(id, &say);
    }

    /// A group is made, called by another name or removed.
    pub(super) fn group(&mut self, id: Id, unit: &Unit, trid: u32) {
        if let Err(code) = self.grouped(id, unit, trid) {
            self.fail(id, trid, code);
        }
    }

    fn grouped(&mut self, id: Id, unit: &Unit, trid: u32) -> Result<(), u32> {
        let version = self.version(id);
        let name = unit.get("msn.group_name").map(str::to_owned);
        let which = unit.get("msn.group_id").map(str::to_owned);
        let account = self.own(id).ok_or(BAD_PARAMETER)?;
        if name.as_ref().is_some_and(|name| account.groups.iter().any(|group| group.name == *name)) {
            return Err(NAME_USED);
        }
        let group = match (&which, unit.word.as_str()) {
            (_, "ADG") if account.groups.len() >= MAX_GROUPS => return Err(TOO_MANY_GROUPS),
            (_, "ADG") => account.add_group(&name.clone().ok_or(BAD_PARAMETER)?),
            (Some(zero), "RMG") if zero == "0" => return Err(GROUP_ZERO),
            (which, _) => account.group(which.as_deref().unwrap_or_default()).ok_or(NO_SUCH_GROUP)?.clone(),
        };
        match unit.word.as_str() {
            "RMG" => {
                account.groups.retain(|other| other.number != group.number);
                account.contacts.values_mut().for_each(|contact| contact.groups.retain(|other| *other != group.number));
            }
            "REG" => {
                let own = account.groups.iter_mut().filter(|other| other.number == group.number);
                own.for_each(|own| own.name = name.clone().unwrap_or_default());
            }
            _ => {}
        }
        account.version += 1;
        let shown = if version < 10 { group.number.to_string() } else { group.guid };
        let say = Say::answer(&unit.word, trid).value(f::LIST_VERSION, account.version);
        self.tell(id, &say.maybe(f::GROUP_NAME, name).value(f::GROUP_ID, shown));
        Ok(())
    }
}
