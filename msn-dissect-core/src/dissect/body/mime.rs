// SPDX-License-Identifier: GPL-2.0-or-later
//! MIME messages (MSG, UUM, UBM), and split ones put together (fact base: mime 1 and 3).

use super::{
    Body,
    contents::{self, Content},
    head::Head,
    header_tables::{INVITE, MESSAGE},
    headers, invite_ftp,
    roles::Role,
    types::{self, Lesson, Row},
};
use crate::{
    command::Dir,
    dissect::{
        framing::Command,
        walk::{Learn, Show, Walk},
    },
    fields::mime as f,
    mime::media_type::essence,
    output::{Dissection, Fragment, Table},
    packet::Packet,
    session::{Record, Session, messages},
    text,
    wire::Span,
};

/// A message: its head, and what its body is.
pub(super) struct Message {
    /// The headers that matter.
    head: Head,
    /// The body.
    span: Span,
    /// What it is.
    row: &'static Row,
}

/// Reads the payload.
pub(super) fn read(unit: &[u8], found: &Command) -> Message {
    let mut head = Head::default();
    head.read(unit, found.payload);
    let media = head.get(Role::ContentType).unwrap_or_default();
    let row = types::by_content(essence(unit, media).of(unit));
    Message { span: Span::new(head.body, found.payload.end), head, row }
}

impl Message {
    /// The body, in a unit of this direction.
    fn content<'a>(&'a self, body: &Body<'a>, dir: Dir) -> Content<'a> {
        let sender = match dir {
            Dir::ToClient => body.found.line.token(0).map(|at| at.of(body.unit)).unwrap_or_default(),
            Dir::ToServer => b"",
        };
        let parties = (self.head.get(Role::PacketsTo), self.head.get(Role::PacketsFrom));
        content(body, self.span, &self.head, self.row, sender, parties)
    }

    /// Whether it is an invitation of a switchboard.
    fn invites(&self, body: &Body<'_>) -> bool {
        self.row.teaches == Lesson::Invitation && body.found.line.word == *b"MSG"
    }
}

/// A body whose headers stand in the same unit.
pub(super) fn content<'a>(
    body: &Body<'a>,
    span: Span,
    head: &'a Head,
    row: &'static Row,
    sender: &'a [u8],
    parties: (Option<Span>, Option<Span>),
) -> Content<'a> {
    let data = body.unit;
    let media = head.get(Role::ContentType).map(|at| at.of(data)).unwrap_or_default();
    let cut = body.found.missing > 0;
    Content { data, span, row, media, head, sender, parties, cut, joined: false, number: 0 }
}

/// Learns from the payload.
pub(super) fn learn(learn: &mut Learn<'_>, body: &Body<'_>, message: &Message) {
    let content = message.content(body, learn.record.dir);
    if message.invites(body) {
        invite_ftp::learn(learn, &content.fields(INVITE), content.data, content.sender);
    }
    learn_body(learn, &content);
}

/// Tells what the payload says in the Info column.
pub(super) fn say(info: &mut String, session: &Session, record: &Record, body: &Body<'_>, message: &Message) {
    say_body(info, session, record, &message.content(body, record.dir));
}

/// Shows the payload.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>, message: &Message) {
    if show.out.tree.wanted() {
        headers::block(&mut show.out.tree, body.unit, body.span(), "Message", MESSAGE);
        if message.invites(body) {
            invite_ftp::show(show);
        }
    }
    show_body(show, &message.content(body, show.record.dir));
}

/// Learns from the body of a message, or one part of it.
pub(super) fn learn_body(learn: &mut Learn<'_>, content: &Content<'_>) {
    let Some((id, claim)) = content.head.part(content.data) else { return contents::learn(learn, content) };
    let Record { frame, unit, conn, dir, .. } = learn.record;
    let key = messages::key(conn, dir, content.sender, id.of(content.data));
    learn.session.messages.learn(frame, unit, key, claim, content.media);
}

/// Tells what the body of a message, or one part of it, says in the Info column.
pub(super) fn say_body(info: &mut String, session: &Session, record: &Record, content: &Content<'_>) {
    let Some((_, claim)) = content.head.part(content.data) else {
        return contents::say(info, session, record, content);
    };
    let Some(part) = session.messages.part(record.frame, record.unit) else { return };
    let number = part.index.saturating_add(1);
    let text = match claim.total {
        Some(total) => format!(": part {number} of {total}"),
        None => format!(": part {number}"),
    };
    text::push_line(info, &text, 40);
}

/// Shows the body of a message, or one part of it.
pub(super) fn show_body(show: &mut Show<'_>, content: &Content<'_>) {
    match content.head.part(content.data) {
        Some(_) => part(show, content.span),
        None => contents::show(show, content),
    }
}

/// Shows one part of a split message.
fn part(show: &mut Show<'_>, span: Span) {
    let Some(part) = show.session.messages.part(show.record.frame, show.record.unit) else {
        return;
    };
    let tree = &mut show.out.tree;
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
    show.out.fragment(span, piece);
    if let Some(tail) = part.tail {
        show.out.fragment(Span::new(span.end, span.end), Fragment { offset: tail, more: false, ..piece });
    }
}

/// Learns from and shows a message that was put together from its parts.
pub(crate) fn whole(session: &mut Session, packet: &Packet, id: u32, data: &[u8], out: &mut Dissection) {
    let media = session.messages.kind(id).to_vec();
    let sender = session.messages.sender(id).to_vec();
    let record = session.record(packet);
    let content = Content {
        data,
        span: Span::new(0, data.len()),
        row: types::by_content(essence(&media, Span::new(0, media.len())).of(&media)),
        media: &media,
        head: &Head::default(),
        sender: &sender,
        parties: (None, None),
        cut: false,
        joined: true,
        number: id + 1,
    };
    let mut walk = Walk { session, packet, data, record, out };
    if packet.first_pass {
        contents::learn(&mut walk.learning(), &content);
    }
    let mut show = walk.showing();
    if packet.want_info {
        contents::say(&mut show.out.info, show.session, &record, &content);
    }
    contents::show(&mut show, &content);
}
