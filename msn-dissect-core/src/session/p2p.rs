// SPDX-License-Identifier: GPL-2.0-or-later
//! What peer-to-peer packets and session descriptions teach about later packets.

pub mod dialogs;
pub mod expected;
pub mod flow;
pub mod messages;
pub mod packets;
pub mod trouble;

use super::{losses::Losses, notes::Notes};
use dialogs::{Dialogs, SlpNote};
use expected::ExpectedTable;
use messages::Messages;
use packets::{PacketNotes, Packets};

/// Everything remembered of peer-to-peer traffic.
#[derive(Debug)]
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
}

impl P2p {
    /// Nothing yet; what is lost is reported.
    pub fn new(losses: &Losses) -> Self {
        P2p {
            expected: ExpectedTable::new(losses),
            messages: Messages::new(losses),
            packets: Packets::new(losses),
            dialogs: Dialogs::new(losses),
            notes: PacketNotes::default(),
            slp_notes: Notes::default(),
        }
    }
}
