// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows peer-to-peer packets that travel inside messages.

use super::Walk;
use crate::{fields::command as f, item::Span};

/// What the headers of the carrying message say about its packets. Spans count like the one of the packets does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct P2pContext {
    /// Value of `P2P-Dest`, or of `To` in a three-part message.
    pub dest: Option<Span>,
    /// Value of `P2P-Src`, or of `From` in a three-part message.
    pub source: Option<Span>,
    /// Where each packet begins, counted from the first byte of the body; empty for a single packet.
    pub bridging_offsets: Vec<u32>,
}

/// Shows the packets in `span` of `data`. Runs on every pass, with and without a tree.
pub(crate) fn show(walk: &mut Walk<'_>, data: &[u8], span: Span, context: &P2pContext) {
    let _ = (data, context);
    walk.out.tree.bytes(f::PAYLOAD, span);
}
