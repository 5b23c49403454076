// SPDX-License-Identifier: GPL-2.0-or-later
//! Session descriptions that travel without a binary header: UUN and UBN of types 3 and 10, SDG Signal.

use super::slp;
use crate::{
    dissect::walk::Walk,
    fields::slp as f,
    session::p2p::flow::{Flow, Leg, Party},
    slp::message,
    wire::Span,
};

/// Shows the session description in `span`.
pub(crate) fn show(walk: &mut Walk<'_>, span: Span) {
    let base = walk.out.tree.base();
    let place = span.shift(base);
    let data = place.of(walk.data);
    if data.is_empty() {
        return;
    }
    if !message::starts(data) {
        walk.out.tree.wire(f::START_LINE, span, data);
        walk.out.tree.expert(f::MALFORMED);
        return;
    }
    let connection = walk.record.conn.0;
    let end = walk.record.dir as u8;
    let party = |end| Party::new(Default::default(), connection, end);
    let way = slp::Way {
        leg: Leg(connection),
        flow: Flow { sender: party(end), receiver: party(1 - end.min(1)) },
        key: (walk.record.frame, walk.record.unit, place.start as u32),
        repeated: false,
        joined: false,
    };
    if walk.packet.want_info {
        walk.out.info.push(':');
    }
    walk.out.tree.rebase(place.start);
    slp::show(walk, data, &way);
    walk.out.tree.rebase(base);
}
