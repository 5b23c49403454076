// SPDX-License-Identifier: GPL-2.0-or-later
//! Learning from a PDU: what there is to learn from, and what may change.

use crate::{
    packet::{Announcement, Packet},
    session::{Record, Session},
};

/// What a unit teaches the session, on the first pass only.
pub(crate) struct Learn<'a> {
    /// What is remembered.
    pub session: &'a mut Session,
    /// What the consumer said of the bytes.
    pub packet: &'a Packet,
    /// All bytes given.
    pub data: &'a [u8],
    /// What is known of the unit.
    pub record: Record,
    /// Connections that the unit announces.
    pub announced: &'a mut Vec<Announcement>,
}
