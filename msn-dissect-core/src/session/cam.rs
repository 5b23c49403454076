// SPDX-License-Identifier: GPL-2.0-or-later
//! Webcam connections that control items of peer-to-peer sessions negotiate (fact base: msnftp 6).

use crate::session::FrameId;
use std::net::IpAddr;

use super::{
    NameId,
    bounded::Bounded,
    notes::{NoteKey, Notes},
};

/// Most negotiations, addresses, numbers and connections remembered, of each.
pub const MAX_REMEMBERED: usize = 1 << 14;

/// A webcam connection that one party offers to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// Where the item stands.
    pub key: NoteKey,
    /// Who listens: the sender of the item.
    pub listener: NameId,
    /// Who connects.
    pub connector: NameId,
    /// Frame in which the connection begins, 0 = not yet.
    pub opened: FrameId,
}

/// Everything remembered about webcams.
#[derive(Debug, Default)]
pub struct Cam {
    promises: Bounded<u32, Promise, MAX_REMEMBERED>,
    made: u32,
    by_address: Bounded<(IpAddr, u16), u32, MAX_REMEMBERED>,
    by_numbers: Bounded<(u32, u32), u32, MAX_REMEMBERED>,
    links: Bounded<u64, Option<u32>, MAX_REMEMBERED>,
    /// The promise that led to a unit of a webcam connection.
    pub notes: Notes<u32>,
    /// The promise that a control item makes.
    pub made_in: Notes<u32>,
}

impl Cam {
    /// Remembers an offer: addresses, and the numbers of recipient and session that the connection will name.
    pub fn promise(&mut self, promise: Promise, addresses: &[(IpAddr, u16)], numbers: Option<(u32, u32)>) {
        let number = self.made;
        self.made = self.made.wrapping_add(1);
        self.made_in.keep(promise.key, number);
        self.promises.insert(number, promise);
        for &address in addresses {
            self.by_address.insert(address, number);
        }
        if let Some(numbers) = numbers {
            self.by_numbers.insert(numbers, number);
        }
    }

    /// A promise by its number.
    pub fn get(&self, number: u32) -> Option<&Promise> {
        self.promises.get(&number)
    }

    /// The promise that led to a connection, looked for at its ends; the first unit of the connection decides.
    pub fn open(&mut self, connection: u64, ends: [(IpAddr, u16); 2], frame: FrameId) -> Option<u32> {
        if let Some(&known) = self.links.get(&connection) {
            return known;
        }
        let found = ends.iter().find_map(|end| self.by_address.get(end)).copied();
        self.link(connection, found, frame)
    }

    /// The promise that gave these numbers, for a connection whose addresses told nothing.
    pub fn name(&mut self, connection: u64, numbers: (u32, u32), frame: FrameId) -> Option<u32> {
        let found = self.by_numbers.get(&numbers).copied()?;
        self.link(connection, Some(found), frame)
    }

    fn link(&mut self, connection: u64, promise: Option<u32>, frame: FrameId) -> Option<u32> {
        self.links.insert(connection, promise);
        if let Some(promise) = promise.and_then(|number| self.promises.get_mut(&number)) {
            if promise.opened.is_none() {
                promise.opened = frame;
            }
        }
        promise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_found_by_address_or_by_their_numbers() {
        let mut cam = Cam::default();
        let at = |last: u8| (IpAddr::from([192, 0, 2, last]), 6891);
        cam.promise(Promise { key: (FrameId::nth(5), 0, 0), ..Promise::default() }, &[at(1), at(2)], Some((7, 8)));
        assert_eq!(cam.open(1, [at(9), at(2)], FrameId::nth(10)), Some(0));
        assert_eq!(cam.open(1, [at(9), at(9)], FrameId::nth(11)), Some(0));
        assert_eq!(cam.open(2, [at(9), at(8)], FrameId::nth(12)), None);
        assert_eq!(cam.name(2, (7, 9), FrameId::nth(12)), None);
        assert_eq!(
            (cam.name(2, (7, 8), FrameId::nth(13)), cam.open(2, [at(9), at(8)], FrameId::nth(14))),
            (Some(0), Some(0))
        );
        assert_eq!(cam.get(0).map(|promise| promise.opened), Some(FrameId::nth(10)));
        assert_eq!(cam.made_in.get((FrameId::nth(5), 0, 0)), Some(&0));
    }
}
