// SPDX-License-Identifier: GPL-2.0-or-later
//! Files and objects that came out of a capture, and those of which only the offer was seen.

use super::{
    folder::{Folder, Result},
    record::{File, Seen},
};
use crate::{
    crypto::hex,
    event::{Object, Proof, Transfer},
};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use std::collections::{BTreeMap, HashMap};

/// Most transfers whose end is awaited.
const MAX_OFFERS: usize = 1 << 16;

/// What tells one transfer from another: sender, and name as the sender gave it.
pub type Key = (String, String);

/// Files of a report.
#[derive(Debug, Default)]
pub struct Files {
    /// How often a name was used.
    names: HashMap<String, u32>,
    /// Transfers that were offered; nothing for those that came.
    offers: BTreeMap<Key, Option<File>>,
}

impl Files {
    /// Writes an object into the folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, folder: &Folder, object: &Object, seen: Seen) -> Result<File> {
        let file = self.describe(object, seen);
        folder.write(&file.path, &object.bytes)?;
        Ok(file)
    }

    /// What is told of an object.
    pub fn describe(&mut self, object: &Object, seen: Seen) -> File {
        let path = format!("files/{}", self.unique(&object.name));
        if object.kind == "file" && self.offers.len() < MAX_OFFERS {
            self.offers.insert(Files::key_of(object), None);
        }
        File {
            seen,
            name: object.name.clone(),
            kind: object.kind.to_owned(),
            from: object.from.clone(),
            to: object.to.clone(),
            size: Some(object.bytes.len() as u64),
            sha1: hex(&Sha1::digest(&object.bytes)),
            sha256: hex(&Sha256::digest(&object.bytes)),
            complete: true,
            verified: match object.verified {
                Proof::Good => "yes",
                Proof::Bad => "no",
                Proof::Unverified => "unknown",
            },
            path,
            media: object.media.to_owned(),
            chat_number: None,
        }
    }

    /// What tells an object from others.
    pub fn key_of(object: &Object) -> Key {
        (object.from.clone(), object.given.clone())
    }

    /// What tells the object that is offered from others.
    pub fn key_of_offer(transfer: &Transfer) -> Key {
        (transfer.from.clone(), transfer.name.clone())
    }

    /// A name that no other file has: what came before has a number before its ending.
    fn unique(&mut self, name: &str) -> String {
        let mut made = name.to_owned();
        // Systems that do not tell case apart take two such names for one.
        while let Some(count) = self.names.get_mut(&made.to_lowercase()) {
            *count += 1;
            let (stem, ending) = name.rsplit_once('.').map_or((name, ""), |(stem, _)| (stem, &name[stem.len()..]));
            made = format!("{stem}({count}){ending}");
        }
        self.names.insert(made.to_lowercase(), 1);
        made
    }

    /// A file is offered; gives what is told of it, if that is new.
    pub fn offer(&mut self, transfer: &Transfer, seen: Seen) -> Option<&File> {
        let key = Files::key_of_offer(transfer);
        if transfer.kind != "file" || transfer.name.is_empty() || self.offers.len() >= MAX_OFFERS {
            return None;
        }
        if self.offers.contains_key(&key) {
            return None;
        }
        let file = File {
            seen,
            name: transfer.name.clone(),
            kind: transfer.kind.clone(),
            from: transfer.from.clone(),
            to: transfer.to.clone(),
            size: transfer.size,
            sha1: String::new(),
            sha256: String::new(),
            complete: false,
            verified: "unknown",
            path: String::new(),
            media: String::new(),
            chat_number: None,
        };
        self.offers.entry(key).or_insert(Some(file)).as_ref()
    }

    /// Files that did not come whole.
    pub fn missing(&mut self) -> impl Iterator<Item = File> {
        std::mem::take(&mut self.offers).into_values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut files = Files::default();
        let names = ["a.txt", "A.TXT", "a.txt", "b", "b"].map(|name| files.unique(name));
        assert_eq!(names, ["a.txt", "A(2).TXT", "a(3).txt", "b", "b(2)"]);
    }
}
