// SPDX-License-Identifier: GPL-2.0-or-later
//! Webcam connections that control items of peer-to-peer sessions negotiate (fact base: msnftp 6).

use crate::session::FrameId;
use std::net::IpAddr;

use super::{
    NameId, Place, Timeline,
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
    map::Map,
    notes::{NoteKey, Notes},
};

/// Most addresses, numbers and connections remembered, of each.
pub const MAX_REMEMBERED: usize = 1 << 14;

/// Most negotiations remembered; later ones are not tied to their connections. None is forgotten, so that every pass finds
/// those that the first one found.
pub const MAX_PROMISES: usize = 1 << 18;

/// A webcam connection that one party offers to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// Where the item stands.
    pub key: NoteKey,
    /// Who listens: the sender of the item.
    pub listener: NameId,
    /// Who connects.
    pub connector: NameId,
    /// Who sends pictures, as far as the item tells.
    pub producer: NameId,
    /// Who watches them.
    pub viewer: NameId,
    /// Frame in which the connection begins, 0 = not yet.
    pub opened: FrameId,
}

/// Everything remembered about webcams.
#[derive(Debug)]
pub struct Cam {
    promises: Vec<Promise>,
    by_address: Bounded<(IpAddr, u16), u32, MAX_REMEMBERED>,
    by_numbers: Bounded<(u32, u32), u32, MAX_REMEMBERED>,
    links: Bounded<u64, Option<u32>, MAX_REMEMBERED>,
    histories: Map<ConnId, Timeline<Option<u32>>>,
    /// The promise that a control item makes.
    pub made_in: Notes<u32>,
    losses: Losses,
}

impl Cam {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Cam {
            promises: Vec::new(),
            by_address: Bounded::new(Loss::Webcam, losses),
            by_numbers: Bounded::new(Loss::Webcam, losses),
            links: Bounded::new(Loss::Webcam, losses),
            histories: Map::default(),
            made_in: Notes::default(),
            losses: losses.clone(),
        }
    }

    /// Remembers an offer: addresses, and the numbers of recipient and session that the connection will name.
    pub fn promise(&mut self, promise: Promise, addresses: &[(IpAddr, u16)], numbers: Option<(u32, u32)>) {
        if self.promises.len() >= MAX_PROMISES {
            return self.losses.report(Loss::WebcamPromise);
        }
        let number = self.promises.len() as u32;
        self.made_in.keep(promise.key, number);
        self.promises.push(promise);
        for &address in addresses {
            self.by_address.insert(address, number);
        }
        if let Some(numbers) = numbers {
            self.by_numbers.insert(numbers, number);
        }
    }

    /// A promise by its number.
    pub fn get(&self, number: u32) -> Option<&Promise> {
        self.promises.get(number as usize)
    }

    /// Keeps the promise that led to a connection, as far as a unit tells.
    pub fn set(&mut self, conn: ConnId, place: Place, promise: Option<u32>) {
        self.histories.entry(conn).or_default().set(place, promise);
    }

    /// The promise that led to a connection, as far as was known behind a unit.
    pub fn at(&self, conn: ConnId, place: Place) -> Option<u32> {
        self.histories.get(&conn)?.at(place)
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
        if let Some(promise) = promise.and_then(|number| self.promises.get_mut(number as usize)) {
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
        let mut cam = Cam::new(&Losses::default());
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

    #[test]
    fn what_the_first_pass_found_is_found_on_later_ones() {
        let mut cam = Cam::new(&Losses::default());
        for frame in 1..=MAX_REMEMBERED as u32 + 2 {
            cam.promise(Promise { key: (FrameId::nth(frame), 0, 0), ..Promise::default() }, &[], None);
        }
        assert_eq!(cam.get(0).map(|promise| promise.key.0), Some(FrameId::nth(1)));
    }
}
