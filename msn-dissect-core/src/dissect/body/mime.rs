// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows MIME messages (MSG, UUM, UBM), and puts split ones together (fact base: mime 1 and 3).

use super::{
    Body,
    contents::{self, Content},
    head::Head,
    header_tables::MESSAGE,
    headers,
};
use crate::{
    command::Dir,
    dissect::{invite_ftp, walk::Walk},
    fields::mime as f,
    output::{Dissection, Fragment, Table},
    packet::Packet,
    session::{Session, messages},
    text,
    wire::Span,
};

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    let data = body.unit;
    let mut head = Head::default();
    head.read(data, body.span);
    if body.walk.out.tree.wanted() {
        headers::block(&mut body.walk.out.tree, data, body.span, "Message", MESSAGE);
    }
    let sender = match body.walk.record.dir {
        Dir::ToClient => body.found.line.token(0).map(|at| at.of(data)).unwrap_or_default(),
        Dir::ToServer => b"",
    };
    let kind = head.content_type.and_then(|at| at.of(data).get(..INVITATION.len()));
    let invitation = kind.is_some_and(|kind| kind.eq_ignore_ascii_case(INVITATION));
    if invitation && body.found.line.word == *b"MSG" {
        invite_ftp::learn(body.walk, body.span.of(data), sender);
        invite_ftp::show(body.walk);
    }
    deliver(body.walk, data, &head, Span::new(head.body, body.span.end), sender);
}

/// Media type of invitations.
const INVITATION: &[u8] = b"text/x-msmsgsinvite";

/// Shows the body of a message, or one part of it.
pub(super) fn deliver(walk: &mut Walk<'_>, data: &[u8], head: &Head, span: Span, sender: &[u8]) {
    if let Some((id, claim)) = head.part(data) {
        let (frame, unit) = (walk.record.frame, walk.record.unit);
        if walk.packet.first_pass {
            let kind = head.content_type.map(|at| at.of(data)).unwrap_or_default();
            let key = messages::key(walk.record.conn, walk.record.dir, sender, id.of(data));
            walk.session.messages.learn(frame, unit, key, claim, kind);
        }
        part(walk, span, claim.total);
        return;
    }
    contents::show(walk, &Content { sender, ..Content::new(data, span, head) });
}

/// Shows one part of a split message.
fn part(walk: &mut Walk<'_>, span: Span, total: Option<u32>) {
    let Some(part) = walk.session.messages.part(walk.record.frame, walk.record.unit).copied() else {
        return;
    };
    if walk.packet.want_info {
        let number = part.index.saturating_add(1);
        let text = match total {
            Some(total) => format!(": part {number} of {total}"),
            None => format!(": part {number}"),
        };
        text::push_line(&mut walk.out.info, &text, 40);
    }
    let tree = &mut walk.out.tree;
    tree.bytes(f::PART, span);
    for (is, expert) in [
        (part.headless, f::CHUNK_LOST),
        (part.double, f::CHUNK_DOUBLE),
        (part.beyond, f::CHUNK_RANGE),
        (part.many, f::CHUNKS_MANY),
    ] {
        if is {
            tree.expert(expert);
        }
    }
    // What came twice is not given twice: some Wiresharks give up a message with a part that they have already.
    if !part.is_joined() || part.double {
        return;
    }
    let piece = Fragment {
        table: Table::Message,
        id: part.id,
        start: 0,
        len: 0,
        source: 0,
        offset: part.index,
        numbered: true,
        more: part.more,
    };
    walk.out.fragment(span, piece);
    if let Some(tail) = part.tail {
        walk.out.fragment(Span::new(span.end, span.end), Fragment { offset: tail, more: false, ..piece });
    }
}

/// Shows a message that was put together from its parts.
pub(crate) fn whole(session: &mut Session, packet: &Packet, id: u32, data: &[u8], out: &mut Dissection) {
    let kind = session.messages.kind(id).to_vec();
    let sender = session.messages.sender(id).to_vec();
    let record = session.record(packet);
    let content = Content {
        data,
        span: Span::new(0, data.len()),
        media: &kind,
        head: &Head::default(),
        sender: &sender,
        joined: true,
        number: id + 1,
    };
    contents::show(&mut Walk { session, packet, data, record, out }, &content);
}
