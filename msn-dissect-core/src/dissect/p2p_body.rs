// SPDX-License-Identifier: GPL-2.0-or-later
//! Peer-to-peer packets in the bodies of MSG and SDG, and on direct connections.

use super::Walk;
use crate::{fields::p2p as f, item::Span, session::names::NameId};

/// What surrounds the packets of a MSG or SDG body; spans count like `span` of [`show`] does.
#[derive(Clone, Debug, Default)]
pub(crate) struct P2pContext {
    /// Value of `P2P-Dest`, or of the routing block's `To`.
    pub dest: Option<Span>,
    /// Value of `P2P-Src`, or of the routing block's `From`.
    pub source: Option<Span>,
    /// `Bridging-Offsets`; empty or a single 0 for one packet.
    pub bridging_offsets: Vec<u32>,
}

/// What is known of a direct connection's packet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Carrier {
    /// Header version that the handshake told (1 or 2), 0 = the handshake was not seen.
    pub version: u8,
    /// Who sent the packet; may be no name.
    pub sender: NameId,
    /// Who receives it; may be no name.
    pub receiver: NameId,
    /// Which end of the connection sent it: 0 = the one that connected, 1 = the one that listened.
    pub end: u8,
}

/// Shows the packets in `span` of `data`, with footers. Runs on every pass, with and without a tree.
pub(crate) fn show(walk: &mut Walk<'_>, data: &[u8], span: Span, context: &P2pContext) {
    let _ = (data, context);
    walk.out.tree.bytes(f::DATA, span);
}

/// Shows one packet of a direct connection, without footer and without the length before it.
pub(crate) fn packet(walk: &mut Walk<'_>, span: Span, carrier: Carrier) {
    let _ = carrier;
    walk.out.tree.bytes(f::DATA, span);
}
