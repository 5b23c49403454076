// SPDX-License-Identifier: GPL-2.0-or-later
//! Offline messages, and the frames that are about them.

use super::tickets::MAX_FRAMES;
use crate::session::{
    FrameId, NameId,
    bounded::Bounded,
    losses::{Loss, Losses},
};

/// Most offline messages.
const MAX_MESSAGES: usize = 1 << 15;

/// Frames by the identifier of the offline message.
#[derive(Debug)]
pub struct Mails {
    messages: Bounded<NameId, Vec<FrameId>, MAX_MESSAGES>,
}

impl Mails {
    /// None yet.
    pub fn new(losses: &Losses) -> Self {
        Mails { messages: Bounded::new(Loss::OfflineMessage, losses) }
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
        self.messages.insert(message, vec![frame]);
    }

    /// Frames that are about an offline message.
    pub fn all_about(&self, message: NameId) -> &[FrameId] {
        self.messages.get(&message).map(Vec::as_slice).unwrap_or_default()
    }
}
