// SPDX-License-Identifier: GPL-2.0-or-later
//! Session descriptions that travel without a binary header: UUN and UBN of types 3 and 10, SDG Signal.

use super::slp;
use crate::{
    dissect::walk::{Learn, Show},
    fields::slp as f,
    session::{
        notes::NoteKey,
        p2p::flow::{Flow, Leg, Party, Route},
    },
    slp::message,
    wire::Span,
};

/// Learns from the session description in `span` of `data`.
pub(crate) fn learn(learn: &mut Learn<'_>, data: &[u8], span: Span) {
    let data = span.of(data);
    if !message::starts(data) {
        return;
    }
    let connection = learn.record.conn.0;
    let end = learn.record.dir as u8;
    let party = |end| Party::new(Default::default(), connection, end);
    let flow = Flow { sender: party(end), receiver: party(1 - end.min(1)) };
    let route = Route { leg: Leg(connection), flow, direct: false };
    let key = key(learn.record.frame, learn.record.unit);
    slp::learn(learn, data, &slp::Message::parse(data), &route, key, false);
}

/// Shows the session description in `span` of `data`.
pub(crate) fn show(show: &mut Show<'_>, data: &[u8], span: Span) {
    let data = span.of(data);
    let tree = &mut show.out.tree;
    if data.is_empty() {
        return;
    }
    if !message::starts(data) {
        tree.wire(f::START_LINE, span, data);
        tree.expert(f::MALFORMED);
        return;
    }
    if show.packet.want_info {
        show.out.info.push(':');
    }
    let base = tree.base();
    tree.rebase(base + span.start);
    let key = key(show.record.frame, show.record.unit);
    slp::show(show, data, &slp::Message::parse(data), key, false);
    show.out.tree.rebase(base);
}

/// Where the note is of the one description that a unit has.
fn key(frame: crate::session::FrameId, unit: u32) -> NoteKey {
    (frame, unit, 0)
}
