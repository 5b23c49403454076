// SPDX-License-Identifier: GPL-2.0-or-later
//! Direct connections that session descriptions promise: addresses, ports and nonces (fact base: direct 5 and 7).

use crate::session::FrameId;
use std::net::IpAddr;

use sha1::{Digest, Sha1};

use crate::session::{
    bounded::Bounded,
    losses::{Loss, Losses},
    map::Map,
    names::NameId,
    notes::NoteKey,
    transfers::TransferId,
};

/// A direct connection that a session description promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Addresses and ports at which the listener can be reached; empty when only a nonce was given.
    pub addresses: Vec<(IpAddr, u16)>,
    /// Call-ID of the description.
    pub call_id: Box<str>,
    /// Account that listens (the sender of the description).
    pub listener: NameId,
    /// The other account.
    pub connector: NameId,
    /// Header version of the packets, 0 = not known.
    pub version: u8,
    /// Nonce of the listener, 16 bytes in text order, and whether it is the hash of a secret.
    pub nonce: Option<([u8; 16], bool)>,
    /// Frame of the description.
    pub frame: FrameId,
    /// Number of the session that wants the connection, 0 = none.
    pub session_id: u32,
    /// What that session transfers, if it is known.
    pub transfer: Option<TransferId>,
}

impl Expected {
    /// Whether the listener gave a nonce; one of zeros says that there is none.
    pub fn given(&self) -> Option<([u8; 16], bool)> {
        self.nonce.filter(|nonce| nonce.0 != [0; 16])
    }
}

/// What is known of the negotiations of one call.
#[derive(Clone, Debug, Default)]
struct Call {
    /// Where the notes of its transport descriptions are.
    descriptions: Vec<NoteKey>,
    /// Hashed nonces by the account that gave them; the last one counts.
    hashes: Vec<(NameId, [u8; 16])>,
}

/// Most descriptions of a call that are told of its connection, and most accounts in a call.
const MAX_DESCRIPTIONS: usize = 16;

/// A nonce of a direct connection found in a session description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NonceMatch {
    /// The promise; see [`ExpectedTable::get`].
    pub expected: u32,
    /// The description holds the hash of the nonce.
    pub hashed: bool,
}

/// Most promises remembered.
pub const MAX_EXPECTED: usize = 1 << 16;

/// Most addresses taken from one description.
pub const MAX_ADDRESSES: usize = 64;

/// The promises of a capture.
#[derive(Debug)]
pub struct ExpectedTable {
    rows: Vec<Expected>,
    by_address: Map<(IpAddr, u16), u32>,
    by_nonce: Map<([u8; 16], bool), u32>,
    calls: Bounded<Box<str>, Call, MAX_EXPECTED>,
    losses: Losses,
}

impl ExpectedTable {
    /// No promises; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        ExpectedTable {
            rows: Vec::new(),
            by_address: Map::default(),
            by_nonce: Map::default(),
            calls: Bounded::new(Loss::DirectCall, losses),
            losses: losses.clone(),
        }
    }

    /// Remembers a promise; a later one for the same address or nonce replaces the earlier.
    pub fn add(&mut self, mut expected: Expected) {
        if self.rows.len() >= MAX_EXPECTED {
            return self.losses.report(Loss::DirectPromise);
        }
        expected.addresses.truncate(MAX_ADDRESSES);
        let number = self.rows.len() as u32;
        for &address in &expected.addresses {
            self.by_address.insert(address, number);
        }
        if let Some(nonce) = expected.given() {
            self.by_nonce.entry(nonce).or_insert(number);
        }
        self.rows.push(expected);
    }

    /// Remembers a description of a transport, and the hashed nonce that it gives.
    pub fn describe(&mut self, call_id: &str, key: NoteKey, hash: Option<(NameId, [u8; 16])>) {
        let name = Box::from(call_id);
        if self.calls.get(&name).is_none() {
            self.calls.insert(name.clone(), Call::default());
        }
        let Some(call) = self.calls.get_mut(&name) else { return };
        if call.descriptions.len() < MAX_DESCRIPTIONS {
            call.descriptions.push(key);
        } else {
            self.losses.report(Loss::DirectDescription);
        }
        let Some((account, hash)) = hash.filter(|hash| hash.1 != [0; 16]) else { return };
        call.hashes.retain(|row| row.0 != account);
        if call.hashes.len() < MAX_DESCRIPTIONS {
            call.hashes.push((account, hash));
        }
    }

    /// Where the notes of a call's transport descriptions are.
    pub fn descriptions(&self, call_id: &str) -> &[NoteKey] {
        self.calls.get(call_id).map_or(&[], |call| &call.descriptions)
    }

    /// Whether the negotiation that led to a connection gave a nonce to the end that listens (or the one that connects).
    pub fn gave_nonce(&self, promise: &Expected, listens: bool) -> bool {
        match promise.given() {
            // Both ends show the same one.
            Some((_, false)) => true,
            Some(_) if listens => true,
            _ => {
                let end = if listens { promise.listener } else { promise.connector };
                let call = self.calls.get(&promise.call_id);
                call.is_some_and(|call| call.hashes.iter().any(|row| row.0 == end))
            }
        }
    }

    /// A promise by its number.
    pub fn get(&self, number: u32) -> Option<&Expected> {
        self.rows.get(number as usize)
    }

    /// The promise that names this listening address.
    pub fn at(&self, address: IpAddr, port: u16) -> Option<u32> {
        self.by_address.get(&(address, port)).copied()
    }

    /// The promise that a nonce from the wire (16 bytes, Windows order) belongs to: plain or by its hash.
    pub fn nonce(&self, wire: &[u8; 16]) -> Option<NonceMatch> {
        let plain = self.by_nonce.get(&(text_order(wire), false));
        if let Some(&expected) = plain {
            return Some(NonceMatch { expected, hashed: false });
        }
        let &expected = self.by_nonce.get(&(hash_nonce(wire), true))?;
        Some(NonceMatch { expected, hashed: true })
    }
}

/// A GUID from the wire (u32, u16, u16 little-endian, 8 bytes) in the order of its text.
pub fn text_order(wire: &[u8; 16]) -> [u8; 16] {
    let w = wire;
    [w[3], w[2], w[1], w[0], w[5], w[4], w[7], w[6], w[8], w[9], w[10], w[11], w[12], w[13], w[14], w[15]]
}

/// The Hashed-Nonce of a secret nonce, in text order: SHA-1 of the 16 bytes on the wire, the first 16 bytes of it as a
/// Windows GUID (fact base: p2p 6).
pub fn hash_nonce(wire: &[u8; 16]) -> [u8; 16] {
    let digest = Sha1::digest(wire);
    let mut first = [0; 16];
    for (to, from) in first.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    text_order(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 16] =
        [0x37, 0x29, 0x2d, 0x12, 0x86, 0x5c, 0x7b, 0x4c, 0x81, 0xf5, 0x0e, 0x05, 0x01, 0x78, 0x80, 0xc2];
    const HASH: [u8; 16] =
        [0x2b, 0x95, 0xf5, 0x6d, 0x9c, 0xa0, 0x9a, 0x64, 0x82, 0xce, 0xad, 0xc1, 0xf3, 0xc5, 0x58, 0x45];

    fn promise(nonce: Option<([u8; 16], bool)>) -> Expected {
        Expected {
            addresses: vec![(IpAddr::from([192, 0, 2, 10]), 6891)],
            call_id: "{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}".into(),
            listener: NameId::default(),
            connector: NameId::default(),
            version: 2,
            nonce,
            frame: FrameId::nth(7),
            session_id: 1,
            transfer: None,
        }
    }

    #[test]
    fn published_hashes_are_met() {
        assert_eq!(hash_nonce(&SECRET), HASH);
        let counted: [u8; 16] = std::array::from_fn(|at| at as u8);
        assert_eq!(hash_nonce(&counted)[..4], [0x86, 0x8b, 0x17, 0x56]);
    }

    #[test]
    fn promises_are_found_by_address_and_by_either_kind_of_nonce() {
        let mut table = ExpectedTable::new(&Losses::default());
        table.add(promise(Some((HASH, true))));
        table.add(Expected { addresses: Vec::new(), ..promise(Some((text_order(&[1; 16]), false))) });
        assert_eq!(table.at(IpAddr::from([192, 0, 2, 10]), 6891), Some(0));
        assert_eq!(table.at(IpAddr::from([192, 0, 2, 10]), 6892), None);
        assert_eq!(table.nonce(&SECRET), Some(NonceMatch { expected: 0, hashed: true }));
        assert_eq!(table.nonce(&[1; 16]), Some(NonceMatch { expected: 1, hashed: false }));
        assert_eq!(table.nonce(&[0; 16]), None);
    }

    #[test]
    fn each_end_has_a_nonce_of_its_own_in_hashed_mode() {
        let mut names = crate::session::names::Names::default();
        let (alice, bob) = (names.keep("alice@example.com"), names.keep("bob@example.com"));
        let mut table = ExpectedTable::new(&Losses::default());
        let hashed = Expected { listener: bob, connector: alice, ..promise(Some((HASH, true))) };
        assert!(table.gave_nonce(&hashed, true) && !table.gave_nonce(&hashed, false));
        table.describe(&hashed.call_id, (FrameId::nth(3), 0, 0), Some((alice, [1; 16])));
        assert!(table.gave_nonce(&hashed, false));
        assert_eq!(
            (table.descriptions(&hashed.call_id), table.descriptions("{}")),
            (&[(FrameId::nth(3), 0, 0)][..], &[][..])
        );
        let plain = promise(Some((HASH, false)));
        assert!(table.gave_nonce(&plain, true) && table.gave_nonce(&plain, false));
        assert!(!table.gave_nonce(&promise(Some(([0; 16], false))), true) && !table.gave_nonce(&promise(None), true));
    }
}
