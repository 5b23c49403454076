// SPDX-License-Identifier: GPL-2.0-or-later
//! Messages that a client sent, and that come again to their receivers on other connections.

use super::{
    FrameId, NameId,
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
};
use sha1::{Digest, Sha1};

/// Most messages, and most receivers' connections with them, that are remembered.
const MAX_MESSAGES: usize = 1 << 14;

/// Most times that the same message is told apart.
const MAX_TIMES: usize = 64;

/// What tells messages apart: sender, chat and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 20]);

impl Key {
    /// The key of a message; `chat` is none where the message belongs to no chat.
    pub fn new(from: &str, chat: NameId, payload: &[u8]) -> Self {
        let mut hash = Sha1::new();
        hash.update(from.to_ascii_lowercase());
        hash.update([0]);
        hash.update(chat.number().to_le_bytes());
        hash.update(payload);
        Key(hash.finalize().into())
    }
}

/// Messages that were sent, and how often each came.
#[derive(Debug)]
pub struct Copies {
    sent: Bounded<Key, Vec<FrameId>, MAX_MESSAGES>,
    came: Bounded<(Key, ConnId), u32, MAX_MESSAGES>,
}

impl Copies {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Copies { sent: Bounded::new(Loss::Copy, losses), came: Bounded::new(Loss::Copy, losses) }
    }

    /// A client sends a message.
    pub fn send(&mut self, key: Key, frame: FrameId) {
        match self.sent.get_mut(&key) {
            Some(frames) if frames.len() < MAX_TIMES => frames.push(frame),
            Some(_) => {}
            None => {
                self.sent.insert(key, vec![frame]);
            }
        }
    }

    /// It comes to a receiver: the frame in which it was sent, as often as it came there before.
    pub fn come(&mut self, key: Key, conn: ConnId) -> Option<FrameId> {
        let frames = self.sent.get(&key)?;
        let times = self.came.get(&(key, conn)).copied().unwrap_or(0);
        let frame = frames.get(times as usize).copied()?;
        self.came.insert((key, conn), times + 1);
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_receiver_gets_each_message_once() {
        let mut copies = Copies::new(&Losses::default());
        let key = Key::new("Alice@example.com", NameId::default(), b"ok");
        assert_eq!(key, Key::new("alice@example.com", NameId::default(), b"ok"));
        assert_ne!(key, Key::new("alice@example.com", NameId::default(), b"no"));
        let (bob, carol) = (ConnId(1), ConnId(2));
        assert_eq!(copies.come(key, bob), None);
        copies.send(key, FrameId::nth(5));
        copies.send(key, FrameId::nth(9));
        let came: Vec<_> = [bob, carol, bob, bob].into_iter().map(|conn| copies.come(key, conn)).collect();
        assert_eq!(came, [Some(FrameId::nth(5)), Some(FrameId::nth(5)), Some(FrameId::nth(9)), None]);
    }
}
