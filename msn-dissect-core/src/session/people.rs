// SPDX-License-Identifier: GPL-2.0-or-later
//! Who is in a chat, and what an account says of itself, at any moment of the capture.
//!
//! Changes are kept in order; what was true at a unit is found by replaying the changes since the last checkpoint.

use super::{names::NameId, place::Place, timeline::Timeline};

/// Most participants of a chat that are told apart; further ones are counted, not shown. Real chats have some dozens.
pub const MAX_PARTICIPANTS: usize = 64;

/// Changes between two checkpoints; not less than [`MAX_PARTICIPANTS`], so that checkpoints cost no more than changes.
const CHECKPOINT: usize = 64;

/// Someone came or left.
#[derive(Clone, Copy, Debug)]
struct Change {
    place: Place,
    who: NameId,
    came: bool,
}

/// Participants of one chat over time, as handles (account, or account and endpoint).
#[derive(Debug, Default)]
pub struct Participants {
    now: Vec<NameId>,
    changes: Vec<Change>,
    checkpoints: Vec<Box<[NameId]>>,
    /// Participants that were not kept because there were too many.
    pub lost: u64,
}

impl Participants {
    /// Somebody came. Returns whether there was room.
    pub fn come(&mut self, place: impl Into<Place>, who: NameId) -> bool {
        if who.is_none() || self.now.contains(&who) {
            return true;
        }
        if self.now.len() >= MAX_PARTICIPANTS {
            self.lost += 1;
            return false;
        }
        self.change(place.into(), who, true);
        true
    }

    /// Everybody for whom `gone` holds left.
    pub fn leave(&mut self, place: impl Into<Place>, gone: impl Fn(NameId) -> bool) {
        let place = place.into();
        while let Some(&who) = self.now.iter().find(|&&who| gone(who)) {
            self.change(place, who, false);
        }
    }

    fn change(&mut self, place: Place, who: NameId, came: bool) {
        if self.changes.len().is_multiple_of(CHECKPOINT) {
            self.checkpoints.push(self.now.as_slice().into());
        }
        let change = Change { place, who, came };
        self.changes.push(change);
        apply(&mut self.now, &change);
    }

    /// Who was there after a unit.
    pub fn at(&self, place: impl Into<Place>) -> Vec<NameId> {
        let place = place.into();
        if self.changes.last().is_none_or(|last| last.place <= place) {
            return self.now.clone();
        }
        let end = self.changes.partition_point(|change| change.place <= place);
        let checkpoint = end / CHECKPOINT;
        // At the very end of a full stretch there is no next checkpoint yet.
        let (start, mut there) = match self.checkpoints.get(checkpoint) {
            Some(there) => (checkpoint * CHECKPOINT, there.to_vec()),
            None => return self.now.clone(),
        };
        for change in self.changes.get(start..end).unwrap_or_default() {
            apply(&mut there, change);
        }
        there
    }
}

fn apply(there: &mut Vec<NameId>, change: &Change) {
    if change.came {
        there.push(change.who);
    } else {
        there.retain(|&who| who != change.who);
    }
}

/// What an account says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// Three letters of the status; zero = not known.
    pub status: [u8; 3],
    /// Display name.
    pub name: NameId,
    /// The endpoint (machine GUID).
    pub endpoint: Option<[u8; 16]>,
}

/// The same over time.
pub type OwnHistory = Timeline<Own>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{FrameId, names::Names};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn history_is_what_was_true_then(steps in proptest::collection::vec((0usize..90, any::<bool>()), 0..600)) {
            let mut names = Names::default();
            let ids: Vec<_> = (0..90).map(|number| names.keep(&number.to_string())).collect();
            let mut people = Participants::default();
            let mut expected = Vec::new();
            for (frame, &(who, came)) in steps.iter().enumerate() {
                let key = (FrameId::nth(frame as u32), 0, 0);
                if came {
                    people.come(key, ids[who]);
                } else {
                    people.leave(key, |one| one == ids[who]);
                }
                expected.push(people.now.clone());
            }
            for (frame, there) in expected.iter().enumerate() {
                prop_assert_eq!(&people.at((FrameId::nth(frame as u32), 0, 0)), there);
            }
            prop_assert!(people.now.len() <= MAX_PARTICIPANTS);
        }
    }

    #[test]
    fn own_state_has_a_history() {
        let mut own = OwnHistory::default();
        own.set((FrameId::nth(2), 0, 0), Own { status: *b"NLN", ..Own::default() });
        own.set((FrameId::nth(2), 1, 0), Own { status: *b"NLN", ..Own::default() });
        own.set((FrameId::nth(5), 0, 0), Own { status: *b"AWY", ..Own::default() });
        assert_eq!(own.len(), 2);
        assert_eq!(
            (
                own.at((FrameId::nth(1), 9, 0)).status,
                own.at((FrameId::nth(4), 0, 0)).status,
                own.at((FrameId::nth(5), 0, 0)).status
            ),
            ([0; 3], *b"NLN", *b"AWY")
        );
    }
}
