// SPDX-License-Identifier: GPL-2.0-or-later
//! Drawings that travel in chat messages: each side of a chat carries the same one once more.

use crate::session::FrameId;
use std::hash::{DefaultHasher, Hasher};

use super::{
    bounded::Bounded,
    connection::ConnId,
    losses::{Loss, Losses},
    names::NameId,
    notes::Notes,
};

/// Most drawings that differ remembered, for all chats.
pub const MAX_DRAWINGS: usize = 1 << 14;

/// Most sides of a chat, and most repetitions of a drawing, that are told apart.
const MAX_TIMES: usize = 256;

/// What the first pass learnt about a drawing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrawingNote {
    /// Who sent it.
    pub sender: NameId,
    /// Frame in which another side of the chat carried it before.
    pub repeats: Option<FrameId>,
}

/// A drawing of a chat.
#[derive(Debug, Default)]
struct Seen {
    /// How often each side carried it.
    sides: Vec<(ConnId, usize)>,
    /// Where it was seen for the first time, the second time, …
    frames: Vec<FrameId>,
}

/// All drawings.
#[derive(Debug)]
pub struct Drawings {
    seen: Bounded<(NameId, u64), Seen, MAX_DRAWINGS>,
    /// What is known of each.
    pub notes: Notes<DrawingNote>,
}

impl Drawings {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        Drawings { seen: Bounded::new(Loss::Drawing, losses), notes: Notes::default() }
    }

    /// Takes note of a drawing in a chat (may be no name); gives the frame of the same one on another side. What one
    /// side carries twice was sent twice.
    pub fn learn(&mut self, chat: NameId, conn: ConnId, frame: FrameId, bytes: &[u8]) -> Option<FrameId> {
        let mut hasher = DefaultHasher::new();
        hasher.write(bytes);
        let key = (chat, hasher.finish());
        if self.seen.get(&key).is_none() {
            self.seen.insert(key, Seen::default());
        }
        let seen = self.seen.get_mut(&key)?;
        let side = match seen.sides.iter().position(|side| side.0 == conn) {
            Some(at) => at,
            None if seen.sides.len() < MAX_TIMES => {
                seen.sides.push((conn, 0));
                seen.sides.len() - 1
            }
            None => return None,
        };
        let (_, times) = seen.sides.get_mut(side)?;
        let before = seen.frames.get(*times).copied();
        *times += 1;
        if before.is_none() && seen.frames.len() < MAX_TIMES {
            seen.frames.push(frame);
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::names::Names;

    #[test]
    fn sides_repeat_and_senders_may_too() {
        let mut names = Names::default();
        let (chat, other) = (names.keep("1"), names.keep("2"));
        let mut drawings = Drawings::new(&Losses::default());
        let mut learn = |chat, conn, frame, bytes: &[u8]| drawings.learn(chat, ConnId(conn), frame, bytes);
        assert_eq!(learn(chat, 1, FrameId::nth(10), b"a"), None);
        assert_eq!(learn(chat, 2, FrameId::nth(11), b"a"), Some(FrameId::nth(10)));
        assert_eq!(learn(chat, 3, FrameId::nth(12), b"a"), Some(FrameId::nth(10)));
        assert_eq!(learn(chat, 2, FrameId::nth(13), b"a"), None);
        assert_eq!(learn(chat, 1, FrameId::nth(14), b"a"), Some(FrameId::nth(13)));
        assert_eq!(learn(chat, 2, FrameId::nth(15), b"b"), None);
        assert_eq!(learn(other, 4, FrameId::nth(16), b"a"), None);
        assert_eq!(learn(NameId::default(), 5, FrameId::nth(17), b"a"), None);
    }
}
