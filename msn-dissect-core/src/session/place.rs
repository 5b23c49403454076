// SPDX-License-Identifier: GPL-2.0-or-later
//! Where in a capture something stands. Uses frames only.

use super::FrameId;

/// A PDU of a frame: the same on every pass and under every read filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The frame.
    pub frame: FrameId,
    /// Number of the PDU within the frame, from 0.
    pub unit: u32,
}

impl Place {
    /// The PDU with this number in this frame.
    pub const fn new(frame: FrameId, unit: u32) -> Self {
        Place { frame, unit }
    }

    /// The key of the only note that a concern keeps here.
    pub const fn key(self) -> NoteKey {
        (self.frame, self.unit, 0)
    }

    /// A place before this one and all of its frame.
    pub const fn before(self) -> Self {
        Place { frame: FrameId::nth(self.frame.index().saturating_sub(1)), unit: u32::MAX }
    }

    /// The PDU behind this one in the same frame.
    pub const fn next(self) -> Self {
        Place { frame: self.frame, unit: self.unit.saturating_add(1) }
    }
}

/// A place, and a number that a concern gives when it keeps several notes under one place.
pub type NoteKey = (FrameId, u32, u32);

impl From<NoteKey> for Place {
    fn from((frame, unit, _): NoteKey) -> Self {
        Place { frame, unit }
    }
}
