// SPDX-License-Identifier: GPL-2.0-or-later
//! What peer-to-peer packets and session descriptions teach about later packets.

pub mod dialogs;
pub mod expected;
pub mod flow;
pub mod messages;
pub mod packets;
pub mod trouble;

use super::{notes::Notes, windows::Windows};
use dialogs::{Dialogs, SlpNote};
use expected::ExpectedTable;
use messages::Messages;
use packets::{PacketNote, Packets};

/// Everything remembered of peer-to-peer traffic.
#[derive(Debug, Default)]
pub struct P2p {
    /// Direct connections that session descriptions promise.
    pub expected: ExpectedTable,
    /// Messages that span packets.
    pub messages: Messages,
    /// Windows of large messages.
    pub windows: Windows,
    /// What acknowledgements and sequence numbers refer to.
    pub packets: Packets,
    /// Sessions.
    pub dialogs: Dialogs,
    /// What was learnt about each packet.
    pub notes: Notes<PacketNote>,
    /// What was learnt about each session description.
    pub slp_notes: Notes<SlpNote>,
}
