// SPDX-License-Identifier: GPL-2.0-or-later
//! Offline messages, and the frames that are about them.

use super::tickets::MAX_FRAMES;
use crate::session::{
    FrameId, NameId,
    losses::{Loss, Losses},
    map::Map,
    names::Names,
};

/// Most offline messages.
const MAX_MESSAGES: usize = 1 << 15;

/// Frames by the identifier of the offline message.
#[derive(Debug)]
pub struct Mails {
    /// Identifiers, apart from the names of people.
    ids: Names,
    messages: Map<NameId, Vec<FrameId>>,
    losses: Losses,
}

impl Mails {
    /// None yet.
    pub fn new(losses: &Losses) -> Self {
        Mails { ids: Names::new(losses), messages: Map::default(), losses: losses.clone() }
    }

    /// The number of an identifier, kept now if it is new; its case does not matter.
    pub fn keep(&mut self, id: &str) -> NameId {
        self.ids.keep(&id.trim().to_lowercase())
    }

    /// The number of an identifier, if it was kept.
    pub fn find(&self, id: &str) -> Option<NameId> {
        self.ids.find(&id.trim().to_lowercase())
    }

    /// The identifier.
    pub fn id(&self, number: NameId) -> &str {
        self.ids.get(number)
    }

    /// Notes that a frame is about an offline message.
    pub fn about(&mut self, message: NameId, frame: FrameId) {
        if message.is_none() {
            return;
        }
        if let Some(frames) = self.messages.get_mut(&message) {
            if frames.len() < MAX_FRAMES && frames.last() != Some(&frame) {
                frames.push(frame);
            }
            return;
        }
        // None is forgotten: later passes show what the first one did.
        if self.messages.len() >= MAX_MESSAGES {
            return self.losses.report(Loss::OfflineMessage);
        }
        self.messages.insert(message, vec![frame]);
    }

    /// Frames that are about an offline message.
    pub fn all_about(&self, message: NameId) -> &[FrameId] {
        self.messages.get(&message).map(Vec::as_slice).unwrap_or_default()
    }
}
