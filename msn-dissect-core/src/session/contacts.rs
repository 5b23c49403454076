// SPDX-License-Identifier: GPL-2.0-or-later
//! Accounts of contacts that later lines name by their GUID alone (fact base: commands 1.2 and 1.3).

use super::map::Map;

/// Most contacts of a connection; further ones are counted, not kept. Real lists have some hundreds.
pub const MAX_CONTACTS: usize = 1 << 12;

/// Longest account kept, in bytes (fact base: transports 1).
pub const MAX_ACCOUNT: usize = 129;

/// Most bytes of an account in a document that escapes its letters.
pub const MAX_ESCAPED_ACCOUNT: usize = 8 * MAX_ACCOUNT;

/// The contacts of one connection. Lists are long and few of their entries are ever named again, so that the accounts
/// stand in one text and not in the table of names.
#[derive(Debug, Default)]
pub struct Contacts {
    places: Map<[u8; 16], (u32, u8)>,
    text: String,
}

impl Contacts {
    /// Keeps the account of a contact; returns whether there was room. The latest account counts.
    pub fn keep(&mut self, id: [u8; 16], account: &str) -> bool {
        if self.get(&id) == account {
            return true;
        }
        let start = u32::try_from(self.text.len());
        let (Ok(start), Ok(len)) = (start, u8::try_from(account.len())) else { return false };
        // Contacts that change their accounts must not make the text grow either.
        let room = self.places.len() < MAX_CONTACTS && start as usize <= MAX_CONTACTS * MAX_ACCOUNT;
        if !room || account.len() > MAX_ACCOUNT {
            return false;
        }
        self.text.push_str(account);
        self.places.insert(id, (start, len));
        true
    }

    /// The account of a contact; empty if it is not known.
    pub fn get(&self, id: &[u8; 16]) -> &str {
        let place = self.places.get(id).map(|&(start, len)| (start as usize, usize::from(len)));
        place.and_then(|(start, len)| self.text.get(start..start + len)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_found_replaced_and_bounded() {
        let id = |number: u32| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&number.to_le_bytes());
            id
        };
        let mut contacts = Contacts::default();
        assert!(contacts.keep(id(1), "bob@example.com") && contacts.keep(id(2), "carol@example.com"));
        assert!(contacts.keep(id(1), "bob@example.com") && contacts.keep(id(2), "dave@example.com"));
        assert_eq!([1, 2, 3].map(|number| contacts.get(&id(number))), ["bob@example.com", "dave@example.com", ""]);
        assert!(!contacts.keep(id(3), &"x".repeat(MAX_ACCOUNT + 1)));
        let kept = (0..2 * MAX_CONTACTS as u32).filter(|&number| contacts.keep(id(number), "eve@example.com")).count();
        assert!(kept <= MAX_CONTACTS && contacts.places.len() == MAX_CONTACTS);
        let mut contacts = Contacts::default();
        let kept = (0..2 * MAX_CONTACTS).filter(|n| contacts.keep(id(1), &format!("{n:0>129}"))).count();
        assert!(kept == MAX_CONTACTS + 1 && contacts.text.len() <= (MAX_CONTACTS + 1) * MAX_ACCOUNT);
    }
}
