// SPDX-License-Identifier: GPL-2.0-or-later
//! Accounts and their lists, which are kept while the server runs.

use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;

/// Bits of the lists a contact is on.
pub mod list {
    /// Forward list.
    pub const FL: u8 = 1;
    /// Allow list.
    pub const AL: u8 = 2;
    /// Block list.
    pub const BL: u8 = 4;
    /// Reverse list.
    pub const RL: u8 = 8;
    /// Pending list.
    pub const PL: u8 = 16;

    /// The lists by name, in the order in which SYN tells them.
    pub const NAMES: &[(&str, u8)] = &[("FL", FL), ("AL", AL), ("BL", BL), ("RL", RL), ("PL", PL)];

    /// The bit of a list by its name.
    pub fn bit(name: &str) -> Option<u8> {
        NAMES.iter().find(|row| row.0 == name).map(|row| row.1)
    }
}

/// Most contacts of an account, as the service had it.
pub const MAX_CONTACTS: usize = 1000;

/// Most groups of an account, as the service had it.
pub const MAX_GROUPS: usize = 30;

/// Somebody on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Display name.
    pub name: String,
    /// Identity in the address book.
    pub guid: String,
    /// Lists, as bits.
    pub lists: u8,
    /// Numbers of groups.
    pub groups: Vec<u32>,
    /// Properties that the owner gave it.
    pub properties: BTreeMap<String, String>,
}

/// A group of contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Number, as MSNP7 to 9 call it.
    pub number: u32,
    /// Identity, as later versions call it.
    pub guid: String,
    /// Name.
    pub name: String,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Address.
    pub email: String,
    /// Password; without one any will do.
    pub password: Option<String>,
    /// Display name.
    pub name: String,
    /// Contacts by address.
    pub contacts: BTreeMap<String, Contact>,
    /// Groups.
    pub groups: Vec<Group>,
    /// `AL` or `BL`.
    pub privacy: String,
    /// `A` or `N`.
    pub prompt: String,
    /// Own properties.
    pub properties: BTreeMap<String, String>,
    /// Counts changes of the lists.
    pub version: u32,
    /// What contacts are told beside presence.
    pub user_data: Vec<u8>,
}

/// A GUID that a number gives.
pub fn guid(kind: u16, number: u64) -> String {
    format!("{:08x}-{kind:04x}-4000-8000-{:012x}", number >> 48, number & 0xffff_ffff_ffff)
}

impl Account {
    /// An account of which nothing is known but its address.
    pub fn new(email: &str, password: Option<&str>) -> Account {
        let name = email.split('@').next().unwrap_or(email);
        Account {
            email: email.to_owned(),
            password: password.map(str::to_owned),
            name: name.to_owned(),
            contacts: BTreeMap::new(),
            groups: Vec::new(),
            privacy: "AL".to_owned(),
            prompt: "A".to_owned(),
            properties: BTreeMap::new(),
            version: 1,
            user_data: Vec::new(),
        }
    }

    /// Whether somebody may see and call this account.
    pub fn allows(&self, email: &str) -> bool {
        let lists = self.contacts.get(email).map_or(0, |contact| contact.lists);
        lists & list::BL == 0 && (lists & list::AL != 0 || self.privacy == "AL")
    }

    /// The contact, made now if it is new; none if there is no room.
    pub fn contact(&mut self, email: &str, name: Option<&str>) -> Option<&mut Contact> {
        let number = self.contacts.len() as u64 + 1;
        let is_full = self.contacts.len() >= MAX_CONTACTS && !self.contacts.contains_key(email);
        let new = || Contact {
            name: name.unwrap_or(email).to_owned(),
            guid: guid(
                1,
                number << 16 | u64::from(email.bytes().fold(0u16, |sum, byte| sum.rotate_left(3) ^ u16::from(byte))),
            ),
            lists: 0,
            groups: Vec::new(),
            properties: BTreeMap::new(),
        };
        (!is_full).then(|| self.contacts.entry(email.to_owned()).or_insert_with(new))
    }

    /// The address of a contact by address or identity.
    pub fn find(&self, who: &str) -> Option<String> {
        let by_guid = || self.contacts.iter().find(|(_, contact)| contact.guid == who).map(|(email, _)| email.clone());
        self.contacts.contains_key(who).then(|| who.to_owned()).or_else(by_guid)
    }

    /// A group by number or identity.
    pub fn group(&self, which: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.guid == which || group.number.to_string() == which)
    }

    /// A new group.
    pub fn add_group(&mut self, name: &str) -> Group {
        let number = self.groups.iter().map(|group| group.number).max().unwrap_or(0) + 1;
        let group = Group { number, guid: guid(2, u64::from(number)), name: name.to_owned() };
        self.groups.push(group.clone());
        group
    }
}

/// Reads accounts. A line is an address, a password (or `-` for any), a display name, and then what is on its lists:
/// `+bob@example.com` (forward and allow list), `-carol@example.com` (block list). `#` begins a comment.
///
/// # Errors
/// When a line has another form.
pub fn parse(text: &str) -> Result<Vec<Account>> {
    let mut accounts = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        accounts.push(one(line).with_context(|| format!("accounts, line {}", number + 1))?);
    }
    Ok(accounts)
}

fn one(line: &str) -> Result<Account> {
    let mut words = line.split_whitespace().peekable();
    let email = words.next().context("an address comes first")?;
    ensure!(email.contains('@'), "{email} is no address");
    let mut account = Account::new(&email.to_lowercase(), None);
    let is_contact = |word: &&str| word.contains('@') && (word.starts_with('+') || word.starts_with('-'));
    account.password = words.next_if(|word| !is_contact(word)).filter(|word| *word != "-").map(str::to_owned);
    let mut name = Vec::new();
    while let Some(word) = words.next_if(|word| !is_contact(word)) {
        name.push(word);
    }
    if !name.is_empty() {
        account.name = name.join(" ");
    }
    for word in words {
        ensure!(is_contact(&word), "{word} is no contact: +address or -address");
        let (sign, email) = word.split_at(1);
        let lists = if sign == "+" { list::FL | list::AL } else { list::BL };
        account.contact(&email.to_lowercase(), None).context("too many contacts")?.lists = lists;
    }
    Ok(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_read() {
        let text = "# who\nAlice@example.com secret Alice A +bob@example.com -carol@example.com\n\nbob@example.com -\n";
        let accounts = parse(text).unwrap();
        let alice = &accounts[0];
        assert_eq!(
            (alice.email.as_str(), alice.password.as_deref(), alice.name.as_str()),
            ("alice@example.com", Some("secret"), "Alice A")
        );
        assert!(
            alice.allows("bob@example.com") && !alice.allows("carol@example.com") && alice.allows("dave@example.com")
        );
        assert_eq!(accounts[1].password, None);
        assert!(parse("alice").is_err() && parse("a@example.com x name +b@example.com c").is_err());
    }

    #[test]
    fn contacts_have_identities_of_their_own() {
        let mut account = Account::new("alice@example.com", None);
        for number in 0..50 {
            account.contact(&format!("user{number}@example.com"), None).unwrap();
        }
        let mut guids: Vec<_> = account.contacts.values().map(|contact| contact.guid.clone()).collect();
        guids.sort();
        guids.dedup();
        assert_eq!(guids.len(), 50);
        assert_eq!(account.find(&account.contacts["user7@example.com"].guid).as_deref(), Some("user7@example.com"));
    }
}
