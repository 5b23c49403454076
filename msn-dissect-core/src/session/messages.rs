// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that were split with Message-ID, Chunks and Chunk (fact base: mime 3, values 9.2).

use super::{
    assembly::{Arrival, Assembly, Fate, MessageId, Order},
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
    notes::{NoteKey, Notes},
};
use crate::command::Dir;

/// Most parts that are put together; a client sends some 1400 bytes in each.
pub const MAX_PARTS: u32 = 4096;

/// Most messages that wait for parts; beyond, the oldest is given up.
pub const MAX_OPEN: usize = 2048;

/// Longest sender or Message-ID that is told apart, in bytes.
const MAX_KEY: usize = 256;

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
    /// The message, if the part was added to it.
    pub message: Option<MessageId>,
    /// Place of the part.
    pub index: u32,
    /// The first part had not come.
    pub headless: bool,
    /// A part with this number came before.
    pub double: bool,
    /// The number is not below the total.
    pub beyond: bool,
    /// There are more parts than are put together.
    pub many: bool,
}

/// What is known of a message beside its bytes.
#[derive(Debug, Default)]
struct Facts {
    kind: Box<[u8]>,
    sender: Box<[u8]>,
}

/// A message that waits for parts.
#[derive(Debug)]
struct Open {
    message: MessageId,
    total: Option<u32>,
}

/// All split messages of a capture.
#[derive(Debug)]
pub struct Messages {
    open: Bounded<Key, Open, MAX_OPEN>,
    /// In the order of their numbers.
    facts: Vec<(MessageId, Facts)>,
    notes: Notes<Part>,
}

/// The key of a message; long senders and identifiers are told apart by their beginning.
pub fn key(conn: ConnId, dir: Dir, sender: &[u8], id: &[u8]) -> Key {
    let head = |bytes: &[u8]| bytes.get(..bytes.len().min(MAX_KEY)).unwrap_or_default().into();
    (conn, dir, head(sender), head(id))
}

impl Messages {
    /// No messages; that one is given up is reported.
    pub fn new(losses: &Losses) -> Self {
        Messages { open: Bounded::new(Loss::SplitMessage, losses), facts: Vec::new(), notes: Notes::default() }
    }

    /// Learns of a part; `kind` is the Content-Type of a first part, and `data` nothing if its end is missing: it would be
    /// taken for a whole part. Gives the message that is whole now.
    pub fn learn(
        &mut self,
        assembly: &mut Assembly,
        at: NoteKey,
        key: Key,
        claim: Claim,
        kind: &[u8],
        data: Option<&[u8]>,
    ) -> Option<MessageId> {
        let mut part = Part::alone(claim.index);
        let whole = self.add(assembly, at, key, claim, kind, data, &mut part);
        self.notes.keep(at, part);
        whole
    }

    #[allow(clippy::too_many_arguments)]
    fn add(
        &mut self,
        assembly: &mut Assembly,
        at: NoteKey,
        key: Key,
        claim: Claim,
        kind: &[u8],
        data: Option<&[u8]>,
        part: &mut Part,
    ) -> Option<MessageId> {
        if claim.index >= MAX_PARTS || claim.total.is_some_and(|total| total > MAX_PARTS) {
            part.many = true;
            return None;
        }
        // A first part whose like came before begins another message.
        if claim.total.is_some() && self.open.get(&key).is_some_and(|open| open.total.is_some()) {
            if let Some(before) = self.open.remove(&key) {
                assembly.abandon(before.message);
            }
        }
        if self.open.get(&key).is_none() && !self.begin(assembly, &key) {
            part.many = true;
            return None;
        }
        let open = self.open.get_mut(&key)?;
        let message = open.message;
        open.total = open.total.or(claim.total);
        part.headless = open.total.is_none();
        part.beyond = open.total.is_some_and(|total| claim.index >= total);
        if part.beyond {
            return None;
        }
        let facts = self.row(message).and_then(|at| self.facts.get_mut(at));
        if let Some((_, facts)) = facts.filter(|_| claim.total.is_some()) {
            facts.kind = kind.get(..kind.len().min(MAX_KEY)).unwrap_or_default().into();
        }
        if let Some(data) = data {
            let fate = assembly.add(message, &Arrival { place: claim.index, data, missing: 0, at });
            part.double = matches!(fate, Fate::Repeated(_));
            part.message = fate.is_added().then_some(message);
        }
        if let Some(total) = claim.total {
            assembly.set_total(message, total, at);
        }
        assembly.whole(message)?;
        self.open.remove(&key);
        Some(message)
    }

    /// Begins a message, if there are not too many.
    fn begin(&mut self, assembly: &mut Assembly, key: &Key) -> bool {
        let Some(message) = assembly.begin(Order::Pieces, None) else { return false };
        let facts = Facts { kind: Box::default(), sender: key.2.clone() };
        self.facts.push((message, facts));
        if let Some((_, oldest)) = self.open.insert(key.clone(), Open { message, total: None }) {
            assembly.drop_open(oldest.message);
        }
        true
    }

    /// What the first pass learnt about the part in a unit.
    pub fn part(&self, at: NoteKey) -> Option<&Part> {
        self.notes.get(at)
    }

    fn row(&self, message: MessageId) -> Option<usize> {
        self.facts.binary_search_by_key(&message.number(), |row| row.0.number()).ok()
    }

    fn facts(&self, message: MessageId) -> Option<&Facts> {
        self.row(message).and_then(|at| self.facts.get(at)).map(|row| &row.1)
    }

    /// The Content-Type of a message; empty if its first part was not seen.
    pub fn kind(&self, message: MessageId) -> &[u8] {
        self.facts(message).map_or(&[], |facts| &facts.kind)
    }

    /// Who sent a message, as the server named it; empty for the client's own.
    pub fn sender(&self, message: MessageId) -> &[u8] {
        self.facts(message).map_or(&[], |facts| &facts.sender)
    }
}

impl Part {
    fn alone(index: u32) -> Self {
        Part { message: None, index, headless: false, double: false, beyond: false, many: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::FrameId;

    /// Messages, where they are put together, and what is lost.
    struct Both(Messages, Assembly, Losses);

    impl Default for Both {
        fn default() -> Self {
            let losses = Losses::default();
            Both(Messages::new(&losses), Assembly::default(), losses)
        }
    }

    impl Both {
        fn learn(&mut self, frame: u32, name: &str, index: u32, total: Option<u32>) -> Part {
            let key = key(ConnId(1), Dir::ToClient, b"alice@example.com", name.as_bytes());
            let at = (FrameId::nth(frame), 0, 0);
            let data = [b'a' + index as u8];
            self.0.learn(&mut self.1, at, key, Claim { index, total }, b"text/plain", Some(&data));
            *self.0.part(at).unwrap()
        }

        fn whole(&self, part: Part) -> Option<&[u8]> {
            self.1.whole(part.message?).map(|whole| whole.bytes())
        }
    }

    #[test]
    fn parts_in_order() {
        let mut both = Both::default();
        let first = both.learn(1, "a", 0, Some(3));
        assert!(!first.headless && first.message.is_some());
        both.learn(2, "a", 1, None);
        assert_eq!(both.whole(first), None);
        both.learn(3, "a", 2, None);
        assert_eq!((both.whole(first), both.0.kind(first.message.unwrap())), (Some(&b"abc"[..]), &b"text/plain"[..]));
        assert_eq!(both.0.sender(first.message.unwrap()), b"alice@example.com");
        assert!(both.0.open.is_empty());
        // The number of a finished message is not given again.
        assert_ne!(both.learn(4, "a", 0, Some(2)).message, first.message);
    }

    #[test]
    fn the_first_part_may_come_last_and_parts_behind_the_end_before() {
        let mut both = Both::default();
        assert!(both.learn(1, "a", 2, None).headless);
        both.learn(2, "a", 7, None);
        both.learn(3, "a", 1, None);
        let first = both.learn(4, "a", 0, Some(3));
        assert_eq!(both.whole(first), Some(&b"abc"[..]));
        assert!(both.0.open.is_empty());
    }

    #[test]
    fn odd_parts_are_told() {
        let mut both = Both::default();
        both.learn(1, "a", 0, Some(3));
        assert!(both.learn(2, "a", 3, None).beyond);
        both.learn(3, "a", 1, None);
        assert!(both.learn(4, "a", 1, None).double);
        assert!(both.learn(5, "b", 0, Some(1_000_000)).many);
        assert!(both.learn(6, "b", 999_999, None).many);
    }

    #[test]
    fn a_part_without_its_end_is_none() {
        let mut both = Both::default();
        let key = || key(ConnId(1), Dir::ToClient, b"", b"a");
        let at = |frame| (FrameId::nth(frame), 0, 0);
        let mut learn = |frame, index, total, data: Option<&[u8]>| {
            let claim = Claim { index, total };
            both.0.learn(&mut both.1, at(frame), key(), claim, b"", data)
        };
        assert_eq!(learn(1, 0, Some(2), None), None);
        assert_eq!(learn(2, 1, None, Some(b"b")), None);
        assert!(learn(3, 0, Some(2), Some(b"a")).is_none());
        assert!(learn(4, 1, None, Some(b"b")).is_some());
    }

    #[test]
    fn waiting_messages_are_bounded_and_those_that_ended_do_not_wait() {
        let mut both = Both::default();
        both.learn(1, "first", 0, Some(2));
        for frame in 0..MAX_OPEN as u32 * 2 {
            both.learn(frame * 2 + 2, &frame.to_string(), 0, Some(2));
            both.learn(frame * 2 + 3, &frame.to_string(), 1, None);
        }
        let last = both.learn(u32::MAX, "first", 1, None);
        assert_eq!((both.whole(last), both.1.given_up()), (Some(&b"ab"[..]), 0));
        assert!(both.2.take().is_empty());
        let told = (0..MAX_OPEN as u32 + 10).filter(|name| {
            both.learn(*name, &name.to_string(), 0, Some(2));
            both.2.take().iter().eq([Loss::SplitMessage])
        });
        assert_eq!(told.count(), 10);
        assert_eq!((both.0.open.len(), both.1.given_up()), (MAX_OPEN, 10));
    }

    proptest::proptest! {
        #[test]
        fn every_message_ends_once(mut order in proptest::sample::subsequence((0u32..8).collect::<Vec<_>>(), 8), seed in 0usize..40320) {
            let mut seed = seed;
            for at in (1..order.len()).rev() {
                order.swap(at, seed % (at + 1));
                seed /= at + 1;
            }
            let mut both = Both::default();
            let parts: Vec<_> = order
                .iter()
                .enumerate()
                .map(|(frame, &index)| both.learn(frame as u32, "a", index, (index == 0).then_some(8)))
                .collect();
            assert!(parts.iter().all(|part| part.message == parts[0].message));
            assert_eq!(both.whole(parts[0]), Some(&b"abcdefgh"[..]));
            assert!(both.0.open.is_empty());
        }
    }
}
