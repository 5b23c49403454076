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
        reassembled,
        walk::{Learn, Show},
    },
    fields::{mime as f, reassembly},
    mime::media_type::essence,
    session::{NoteKey, Record, Session, assembly::MessageId, messages},
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

    /// Whether it holds peer-to-peer packets.
    pub fn has_packets(&self) -> bool {
        self.row.teaches == Lesson::Packets
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
    let message = messages::key(learn.record.conn, learn.record.dir, content.sender, id.of(content.data));
    // A part without its end would be taken for a whole one.
    let bytes = (!content.cut).then(|| content.bytes());
    let (session, at) = (&mut *learn.session, key(&learn.record));
    let whole = session.messages.learn(&mut session.assembly, at, message, claim, content.media, bytes);
    if let Some(message) = whole {
        learn_whole(learn, message);
    }
}

/// Tells what the body of a message, or one part of it, says in the Info column.
pub(super) fn say_body(info: &mut String, session: &Session, record: &Record, content: &Content<'_>) {
    let Some((_, claim)) = content.head.part(content.data) else {
        return contents::say(info, session, record, content);
    };
    let at = key(record);
    let Some(part) = session.messages.part(at) else { return };
    let number = part.index.saturating_add(1);
    let text = match claim.total {
        Some(total) => format!(": part {number} of {total}"),
        None => format!(": part {number}"),
    };
    text::push_line(info, &text, 40);
    let whole = |message| session.assembly.whole(message).filter(|whole| whole.at() == at && !whole.is_ambiguous());
    if let Some((message, whole)) = part.message.and_then(|message| Some((message, whole(message)?))) {
        with_whole(session, message, whole.bytes(), |content| contents::say(info, session, record, content));
    }
}

/// Shows the body of a message, or one part of it.
pub(super) fn show_body(show: &mut Show<'_>, content: &Content<'_>) {
    match content.head.part(content.data) {
        Some(_) => part(show, content.span),
        None => contents::show(show, content),
    }
}

/// Shows one part of a split message, and the message where it becomes whole.
fn part(show: &mut Show<'_>, span: Span) {
    let at = key(&show.record);
    let Some(part) = show.session.messages.part(at) else {
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
    let Some(message) = part.message else { return };
    reassembled::show(show, &reassembly::MSN, message, at, |show, data| {
        let session = show.session;
        with_whole(session, message, data, |content| contents::show(show, content));
    });
}

/// The place of a unit.
fn key(record: &Record) -> NoteKey {
    (record.frame, record.unit, 0)
}

/// Learns from a message that was put together from its parts.
fn learn_whole(learn: &mut Learn<'_>, message: MessageId) {
    let Some(data) = learn.session.assembly.lend(message) else { return };
    let (media, sender) =
        (learn.session.messages.kind(message).to_vec(), learn.session.messages.sender(message).to_vec());
    contents::learn(learn, &whole(message, &data, &media, &sender, &Head::default()));
    learn.session.assembly.give_back(message, data);
}

/// Does something with a message that was put together from its parts.
fn with_whole(session: &Session, message: MessageId, data: &[u8], act: impl FnOnce(&Content<'_>)) {
    let (media, sender) = (session.messages.kind(message), session.messages.sender(message));
    act(&whole(message, data, media, sender, &Head::default()));
}

/// The content of a message that was put together from its parts.
fn whole<'a>(message: MessageId, data: &'a [u8], media: &'a [u8], sender: &'a [u8], head: &'a Head) -> Content<'a> {
    Content {
        data,
        span: Span::new(0, data.len()),
        row: types::by_content(essence(media, Span::new(0, media.len())).of(media)),
        media,
        head,
        sender,
        parties: (None, None),
        cut: false,
        joined: true,
        number: message.number(),
    }
}
