// SPDX-License-Identifier: GPL-2.0-or-later
//! What peer-to-peer packets and session descriptions teach about later packets.

pub mod dialogs;
pub mod expected;
pub mod flow;
pub mod messages;
pub mod packets;
pub mod trouble;

use super::notes::Notes;
use dialogs::{Dialogs, SlpNote};
use expected::ExpectedTable;
use messages::Messages;
use packets::{PacketNotes, Packets};

/// Everything remembered of peer-to-peer traffic.
#[derive(Debug, Default)]
pub struct P2p {
    /// Direct connections that session descriptions promise.
    pub expected: ExpectedTable,
    /// Messages that span packets.
    pub messages: Messages,
    /// What acknowledgements and sequence numbers refer to.
    pub packets: Packets,
    /// Sessions.
    pub dialogs: Dialogs,
    /// What was learnt about each packet.
    pub notes: PacketNotes,
    /// What was learnt about each session description.
    pub slp_notes: Notes<SlpNote>,
    /// How many tables had forgotten something when that was told last.
    told: u8,
}

impl P2p {
    /// Whether one more of the tables forgot something since this was asked last; `others` of other owners did.
    pub fn forgot(&mut self, others: u8) -> bool {
        let lossy = others
            + self.packets.lossy()
            + self.dialogs.lossy()
            + u8::from(self.messages.is_lossy())
            + u8::from(self.expected.is_lossy());
        std::mem::replace(&mut self.told, lossy) < lossy
    }
}
