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
    dissect::{invite_ftp, reassembled, walk::Walk},
    fields::{link, mime as f, reassembly},
    session::{NoteKey, assembly::MessageId, messages},
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
        let at = (walk.record.frame, walk.record.unit, 0);
        if walk.packet.first_pass {
            let kind = head.content_type.map(|at| at.of(data)).unwrap_or_default();
            let key = messages::key(walk.record.conn, walk.record.dir, sender, id.of(data));
            // A part without its end would be taken for a whole one.
            let bytes = (!walk.out.tree.is_cut()).then(|| span.of(data));
            let session = &mut *walk.session;
            let whole = session.messages.learn(&mut session.assembly, at, key, claim, kind, bytes);
            if let Some(message) = whole {
                with_whole(walk, message, contents::learn);
            }
        }
        part(walk, span, claim.total, at);
        return;
    }
    let content = Content { sender, ..Content::new(data, span, head) };
    if walk.packet.first_pass {
        contents::learn(walk, &content);
    }
    contents::show(walk, &content);
}

/// Shows one part of a split message, and the message where it becomes whole.
fn part(walk: &mut Walk<'_>, span: Span, total: Option<u32>, at: NoteKey) {
    let Some(part) = walk.session.messages.part(at).copied() else {
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
        (part.evicted, link::STATE_EVICTED),
    ] {
        if is {
            tree.expert(expert);
        }
    }
    let Some(message) = part.message else { return };
    if let Some(mark) = reassembled::begin(&mut walk.showing(), &reassembly::MSN, message, at) {
        with_whole(walk, message, contents::show);
        walk.out.tree.leave_source(mark);
    }
}

/// Does something with a message that was put together from its parts.
fn with_whole(walk: &mut Walk<'_>, message: MessageId, act: impl FnOnce(&mut Walk<'_>, &Content<'_>)) {
    let Some(data) = walk.session.assembly.lend(message) else { return };
    let kind = walk.session.messages.kind(message).to_vec();
    let sender = walk.session.messages.sender(message).to_vec();
    let head = Head::default();
    let content = Content {
        data: &data,
        span: Span::new(0, data.len()),
        media: &kind,
        head: &head,
        sender: &sender,
        joined: true,
        number: message.number(),
    };
    act(walk, &content);
    walk.session.assembly.give_back(message, data);
}
