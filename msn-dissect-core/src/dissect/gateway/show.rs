// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows what the head of a gateway message says, and pieces of PDUs that are cut between bodies.

use super::told;
use crate::{
    dissect::{reassembled, walk::Show},
    fields::{Proto, command, expert::Expert, reassembly, transport as f},
    gateway::{Head, Start},
    item::Handle,
    text,
    wire::Span,
};

/// The items of the head. The bytes are the HTTP dissector's, so that these have none of their own.
pub(super) fn head(show: &mut Show<'_>, head: Option<&Head<'_>>) {
    let none = Span::default();
    let carrier = show.out.tree.carrier(Proto::Msn, none, "HTTP gateway");
    if !show.out.tree.wanted() {
        return show.out.tree.close();
    }
    let note = show.session.gateway.bodies.get(show.record.place());
    let (query, status) = told(head);
    let tree = &mut show.out.tree;
    tree.generated(carrier);
    let depth = tree.depth();
    let heading = tree.bytes(f::GATEWAY, none);
    tree.generated(heading);
    tree.open(heading);
    if let Some(note) = note {
        let number = tree.number(f::SESSION, none, u64::from(note.session));
        tree.generated(number);
    }
    let send: &[u8] = b"send";
    let action = match head.map(|head| head.start) {
        Some(Start::Request(_)) => query.action.or(Some(send)),
        _ => status.action,
    };
    let rows = [
        (f::ACTION, action),
        (f::SESSION_ID, query.session_id.or(status.session_id)),
        (f::SERVER, query.server),
        (f::HOST, query.host),
        (f::ADDRESS, status.address),
        (f::NEXT_HOST, head.and_then(|head| head.host)),
    ];
    for (field, value) in rows {
        let Some(value) = value else { continue };
        let item: Handle = tree.text(field, none, &text::percent(value).text);
        tree.generated(item);
    }
    if let Some(seconds) = query.lifespan {
        let item = tree.number(f::LIFESPAN, none, u64::from(seconds));
        tree.generated(item);
    }
    let mut tell = |expert: Expert| tree.expert(expert);
    if let Some(Head { start: Start::Response(400..), .. }) = head {
        tell(f::HTTP_ERROR);
    }
    if note.is_some_and(|note| note.closed) {
        tell(f::AFTER_CLOSE);
    }
    if status.close {
        let item = tree.number(f::CLOSE, none, 1);
        tree.generated(item);
        tree.expert(f::SESSION_CLOSED);
    }
    tree.close_to(depth.saturating_sub(1));
}

/// Shows a piece of a PDU. Where it makes the PDU whole, that is shown behind it.
pub(super) fn fragment(show: &mut Show<'_>, span: Span) {
    let place = show.record.place();
    let Some(&piece) = show.session.gateway.fragments.get(place) else { return };
    show.out.tree.carrier(Proto::Msn, span, "part of a command");
    let stream = show.out.tree.number(command::STREAM, Span::default(), u64::from(show.record.conn.0));
    show.out.tree.generated(stream);
    let heading = show.out.tree.bytes(f::PART, span);
    show.out.tree.open(heading);
    reassembled::show(show, &reassembly::MSN, piece.message, place.key(), |_, _| {});
    show.out.tree.close();
    show.out.tree.close();
}
