// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that were split with Message-ID, Chunks and Chunk (fact base: mime 3, values 9.2).

use crate::session::FrameId;
use std::collections::VecDeque;

use super::{
    connection::ConnId,
    map::{Map, Set},
    notes::Notes,
};
use crate::command::Dir;

/// Most parts that are put together; a client sends some 1400 bytes in each.
pub const MAX_PARTS: u32 = 4096;

/// Most messages that wait for parts; beyond, the oldest is given up.
pub const MAX_OPEN: usize = 2048;

/// Longest sender or Message-ID that is told apart, in bytes.
const MAX_KEY: usize = 256;

/// Most messages of a capture: their numbers must stay below 2²⁸.
const MAX_MESSAGES: usize = 1 << 27;

/// What identifies a message: connection, direction, sender, Message-ID.
pub type Key = (ConnId, Dir, Box<[u8]>, Box<[u8]>);

/// What a part says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// `Chunk`, 0 for the first part.
    pub index: u32,
    /// `Chunks`, on the first part.
    pub total: Option<u32>,
}

/// What the first pass learnt about a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Number of the message.
    pub id: u32,
    /// Place of the part.
    pub index: u32,
    /// Parts follow.
    pub more: bool,
    /// An empty last piece must follow this part, because the real last one came before the total was known.
    pub tail: Option<u32>,
    /// The first part had not come.
    pub headless: bool,
    /// A part with this number came before.
    pub double: bool,
    /// The number is not below the total.
    pub beyond: bool,
    /// There are more parts than are put together.
    pub many: bool,
}

/// A message that waits for parts.
#[derive(Debug)]
struct Open {
    id: u32,
    total: Option<u32>,
    seen: Set<u32>,
    /// A part was added as the last one.
    ended: bool,
}

/// All split messages of a capture.
#[derive(Debug, Default)]
pub struct Messages {
    open: Map<Key, Open>,
    order: VecDeque<(Key, u32)>,
    kinds: Vec<Box<[u8]>>,
    senders: Vec<Box<[u8]>>,
    notes: Notes<Part>,
    /// Messages given up to make room.
    pub evicted: u64,
}

/// The key of a message; long senders and identifiers are told apart by their beginning.
pub fn key(conn: ConnId, dir: Dir, sender: &[u8], id: &[u8]) -> Key {
    let head = |bytes: &[u8]| bytes.get(..bytes.len().min(MAX_KEY)).unwrap_or_default().into();
    (conn, dir, head(sender), head(id))
}

impl Messages {
    /// Learns of a part of the unit `(frame, unit)`; `kind` is the Content-Type of a first part.
    pub fn learn(&mut self, frame: FrameId, unit: u32, key: Key, claim: Claim, kind: &[u8]) {
        if claim.index >= MAX_PARTS || claim.total.is_some_and(|total| total > MAX_PARTS) {
            let part = Part { many: true, ..Part::alone(claim.index) };
            return self.notes.keep((frame, unit, 0), part);
        }
        // A first part whose like came before begins another message.
        if claim.total.is_some() && self.open.get(&key).is_some_and(|open| open.total.is_some()) {
            self.open.remove(&key);
        }
        let Some(id) = self.enter(&key) else {
            return self.notes.keep((frame, unit, 0), Part { many: true, ..Part::alone(claim.index) });
        };
        if let Some(slot) = self.kinds.get_mut(id as usize).filter(|_| claim.total.is_some()) {
            *slot = kind.get(..kind.len().min(MAX_KEY)).unwrap_or_default().into();
        }
        let Some(open) = self.open.get_mut(&key) else { return };
        open.total = open.total.or(claim.total);
        let beyond = open.total.is_some_and(|total| claim.index >= total);
        let mut part = Part { id, beyond, headless: open.total.is_none(), ..Part::alone(claim.index) };
        if !beyond {
            part.double = !open.seen.insert(claim.index);
            part.more = open.total.is_none_or(|total| claim.index + 1 < total);
            open.ended |= !part.more;
            if let Some(total) = open.total {
                let last_came_early =
                    claim.total.is_some() && open.seen.contains(&(total - 1)) && claim.index + 1 < total;
                if last_came_early && !open.ended {
                    part.tail = Some(total);
                    open.ended = true;
                }
                // Parts beyond the total may have come before it was known.
                let enough = open.seen.len() >= total as usize;
                if enough && (0..total).all(|index| open.seen.contains(&index)) {
                    self.open.remove(&key);
                }
            }
        }
        self.notes.keep((frame, unit, 0), part);
    }

    /// The number of the message, opened now if it is new.
    fn enter(&mut self, key: &Key) -> Option<u32> {
        if let Some(open) = self.open.get(key) {
            return Some(open.id);
        }
        if self.kinds.len() >= MAX_MESSAGES {
            return None;
        }
        while self.order.len() >= MAX_OPEN {
            let (oldest, id) = self.order.pop_front()?;
            if self.open.get(&oldest).is_some_and(|open| open.id == id) {
                self.open.remove(&oldest);
                self.evicted += 1;
            }
        }
        let id = self.kinds.len() as u32;
        self.kinds.push(Box::default());
        self.senders.push(key.2.clone());
        self.order.push_back((key.clone(), id));
        self.open.insert(key.clone(), Open { id, total: None, seen: Set::default(), ended: false });
        Some(id)
    }

    /// What the first pass learnt about the part in a unit.
    pub fn part(&self, frame: FrameId, unit: u32) -> Option<&Part> {
        self.notes.get((frame, unit, 0))
    }

    /// The Content-Type of a message; empty if its first part was not seen.
    pub fn kind(&self, id: u32) -> &[u8] {
        self.kinds.get(id as usize).map(|kind| &kind[..]).unwrap_or_default()
    }

    /// Who sent a message, as the server named it; empty for the client's own.
    pub fn sender(&self, id: u32) -> &[u8] {
        self.senders.get(id as usize).map_or(&[], |sender| sender)
    }
}

impl Part {
    fn alone(index: u32) -> Self {
        Part { id: u32::MAX, index, more: true, tail: None, headless: false, double: false, beyond: false, many: false }
    }

    /// Whether the part is put together with others.
    pub fn is_joined(&self) -> bool {
        !self.many && !self.beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(messages: &mut Messages, frame: FrameId, name: &str, index: u32, total: Option<u32>) -> Part {
        let key = key(ConnId(1), Dir::ToClient, b"alice@example.com", name.as_bytes());
        messages.learn(frame, 0, key, Claim { index, total }, b"text/plain");
        *messages.part(frame, 0).unwrap()
    }

    #[test]
    fn parts_in_order() {
        let mut messages = Messages::default();
        let first = learn(&mut messages, FrameId::nth(1), "a", 0, Some(3));
        assert!(first.more && !first.headless && first.is_joined());
        assert!(learn(&mut messages, FrameId::nth(2), "a", 1, None).more);
        assert!(!learn(&mut messages, FrameId::nth(3), "a", 2, None).more);
        assert_eq!(messages.kind(first.id), b"text/plain");
        assert!(messages.open.is_empty());
        // The number of a finished message is not given again.
        assert_ne!(learn(&mut messages, FrameId::nth(4), "a", 0, Some(2)).id, first.id);
    }

    #[test]
    fn the_first_part_may_come_last() {
        let mut messages = Messages::default();
        assert!(learn(&mut messages, FrameId::nth(1), "a", 2, None).headless);
        assert!(learn(&mut messages, FrameId::nth(2), "a", 1, None).more);
        let first = learn(&mut messages, FrameId::nth(3), "a", 0, Some(3));
        assert_eq!((first.tail, first.more), (Some(3), true));
        assert!(messages.open.is_empty());
    }

    #[test]
    fn odd_parts_are_told() {
        let mut messages = Messages::default();
        learn(&mut messages, FrameId::nth(1), "a", 0, Some(3));
        assert!(learn(&mut messages, FrameId::nth(2), "a", 3, None).beyond);
        learn(&mut messages, FrameId::nth(3), "a", 1, None);
        assert!(learn(&mut messages, FrameId::nth(4), "a", 1, None).double);
        assert!(learn(&mut messages, FrameId::nth(5), "b", 0, Some(1_000_000)).many);
        assert!(learn(&mut messages, FrameId::nth(6), "b", 999_999, None).many);
    }

    #[test]
    fn waiting_messages_are_bounded() {
        let mut messages = Messages::default();
        for frame in 0..MAX_OPEN as u32 + 10 {
            learn(&mut messages, FrameId::nth(frame), &frame.to_string(), 0, Some(2));
        }
        assert_eq!((messages.open.len(), messages.evicted), (MAX_OPEN, 10));
    }

    proptest::proptest! {
        #[test]
        fn every_message_ends_once(mut order in proptest::sample::subsequence((0u32..8).collect::<Vec<_>>(), 8), seed in 0usize..40320) {
            let mut seed = seed;
            for at in (1..order.len()).rev() {
                order.swap(at, seed % (at + 1));
                seed /= at + 1;
            }
            let mut messages = Messages::default();
            let parts: Vec<_> = order
                .iter()
                .enumerate()
                .map(|(frame, &index)| learn(&mut messages, FrameId::nth(frame as u32), "a", index, (index == 0).then_some(8)))
                .collect();
            assert_eq!(parts.iter().filter(|part| !part.more || part.tail.is_some()).count(), 1, "{parts:?}");
            assert!(parts.iter().all(|part| part.id == parts[0].id && part.is_joined()));
            assert!(messages.open.is_empty());
        }
    }
}
