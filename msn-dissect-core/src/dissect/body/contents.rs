// SPDX-License-Identifier: GPL-2.0-or-later
//! The body of a message, by its kind: what all kinds share, and the simple ones (fact base: mime 2 to 13).

use std::borrow::Cow;

use super::{
    head::Head,
    headers::{Known, empty_line, string},
    media,
    roles::{FieldValues, Role},
    services,
    types::{Lesson, Row, Say},
    xml,
};
use crate::{
    dissect::{
        p2p_body::{self, P2pContext},
        slp_body,
        walk::{Learn, Show},
    },
    fields::{command as c, mime as f},
    item::Handoff,
    mime::{charset, media_type, values::unsigned},
    session::{Record, Session},
    text,
    wire::Span,
};

/// Most characters of a text in the Info column.
const MAX_INFO_TEXT: usize = 100;

/// What stands in the Info column where the user wants no text of messages.
pub(super) const HIDDEN: &str = "(text hidden)";

/// A body and what its headers say about it.
pub(super) struct Content<'a> {
    /// Bytes that spans count in.
    pub data: &'a [u8],
    /// The body.
    pub span: Span,
    /// What it is.
    pub row: &'static Row,
    /// Media type with its parameters; empty if none was given.
    pub media: &'a [u8],
    /// Headers of the same unit; none for a message put together from parts.
    pub head: &'a Head,
    /// Account that the server named as the sender; empty for the client's own.
    pub sender: &'a [u8],
    /// Account that packets are for, and whose they are.
    pub parties: (Option<Span>, Option<Span>),
    /// The end of the body is missing.
    pub cut: bool,
    /// Whether it was put together from parts.
    pub joined: bool,
    /// Number of the message that was put together, from 1.
    pub number: u32,
}

impl<'a> Content<'a> {
    /// The bytes of the body.
    pub fn bytes(&self) -> &'a [u8] {
        self.span.of(self.data)
    }

    /// Media type without parameters.
    pub fn essence(&self) -> &'a [u8] {
        media_type::essence(self.media, Span::new(0, self.media.len())).of(self.media)
    }

    /// Declared character set.
    pub fn charset(&self) -> Option<&'a [u8]> {
        media_type::charset(self.media, Span::new(0, self.media.len())).map(|at| at.of(self.media))
    }

    /// The values of a body of fields.
    pub fn fields(&self, known: Known) -> FieldValues {
        FieldValues::read(self.data, self.span, known)
    }

    /// Whether the body holds nothing but blanks and line ends.
    pub fn is_blank(&self) -> bool {
        self.bytes().iter().all(u8::is_ascii_whitespace)
    }

    /// Whether it holds packets; what was put together from parts is taken for none.
    fn has_packets(&self) -> bool {
        !self.span.is_empty() && !self.joined
    }

    /// The packets of a body, and whether its headers say soundly where they begin.
    fn packets(&self) -> (P2pContext, bool) {
        let (dest, source) = self.parties;
        let mut context = P2pContext { dest, source, bridging_offsets: Vec::new(), cut: self.cut };
        let Some(at) = self.head.get(Role::Offsets) else { return (context, true) };
        // More offsets than bytes cannot be packets.
        let offsets = at.of(self.data).split(|&byte| byte == b',').take(self.span.len());
        let offsets = offsets.filter_map(|part| unsigned(part.trim_ascii()));
        context.bridging_offsets = offsets.filter_map(|offset| u32::try_from(offset).ok()).collect();
        let sorted = context.bridging_offsets.windows(2).all(|pair| pair.first() < pair.last());
        let inside = context.bridging_offsets.last().is_none_or(|&last| (last as usize) < self.span.len());
        if !sorted || !inside {
            context.bridging_offsets.clear();
        }
        (context, sorted && inside)
    }
}

/// Learns from a body.
pub(super) fn learn(learn: &mut Learn<'_>, content: &Content<'_>) {
    match content.row.teaches {
        Lesson::Packets if content.has_packets() => {
            p2p_body::learn(learn, content.data, content.span, &content.packets().0);
        }
        Lesson::Description if !content.span.is_empty() => slp_body::learn(learn, content.data, content.span),
        Lesson::Drawing => media::learn(learn, content),
        Lesson::Ticket => services::ticket(learn, content.data.get(..content.span.start).unwrap_or_default()),
        Lesson::Mail => services::mail(learn, content.span.of(content.data)),
        // An invitation is learnt from with the message around it.
        Lesson::Invitation | Lesson::Packets | Lesson::Description | Lesson::Nothing => {}
    }
}

/// Shows a body. Packets and session descriptions say themselves what is shown of them when no tree is wanted.
pub(super) fn show(show: &mut Show<'_>, content: &Content<'_>) {
    let always = matches!(content.row.teaches, Lesson::Packets | Lesson::Description);
    if always || show.out.tree.wanted() || show.packet.want_objects {
        (content.row.show)(show, content);
    }
}

/// Tells what a body says in the Info column; what was put together from parts stands in brackets behind the part.
pub(super) fn say(info: &mut String, session: &Session, record: &Record, content: &Content<'_>) {
    let what = match &content.row.say {
        Say::Nothing => return,
        Say::Status => {
            return if !content.span.is_empty() {
                xml::say_status(info, content)
            };
        }
        Say::Words(words) => Cow::Borrowed(*words),
        Say::Type => text::utf8(content.head.get(Role::MessageType).unwrap_or_default().of(content.data)).text,
        Say::Text(_) if session.hides_texts => Cow::Borrowed(HIDDEN),
        Say::Made(make) | Say::Text(make) => match make(session, record, content) {
            Some(what) => what,
            None => return,
        },
    };
    info.push_str(if content.joined { " [" } else { ": " });
    text::push_line(info, &what, MAX_INFO_TEXT);
    if content.joined {
        info.push(']');
    }
}

/// Shows peer-to-peer packets.
pub(super) fn packets(show: &mut Show<'_>, content: &Content<'_>) {
    if content.has_packets() {
        let (context, sound) = content.packets();
        if !sound {
            show.out.tree.expert(f::BRIDGING_WRONG);
        }
        p2p_body::show(show, content.data, content.span, &context);
    } else if !content.span.is_empty() {
        show.out.tree.bytes(c::PAYLOAD, content.span);
    }
}

/// Chat text in its declared character set, and whether that is known and right.
fn chat_of<'a>(content: &Content<'a>) -> (text::Shown<'a>, bool) {
    let bytes = content.bytes();
    match charset::decode(bytes, content.charset()) {
        Some(shown) => (shown, true),
        None => (text::utf8(bytes), false),
    }
}

pub(super) fn chat_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    (!content.span.is_empty()).then(|| chat_of(content).0.text)
}

/// Shows chat text.
pub(super) fn chat(show: &mut Show<'_>, content: &Content<'_>) {
    let tree = &mut show.out.tree;
    if content.span.is_empty() || !tree.wanted() {
        return;
    }
    let (shown, known) = chat_of(content);
    tree.text(f::TEXT, content.span, &shown.text);
    if !known {
        tree.expert(f::CHARSET_UNKNOWN);
    }
    if !shown.valid {
        tree.expert(f::WRONG_CHARACTERS);
    }
}

/// Typing and recording; the account stands in a header.
pub(super) fn control_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    let what = match (content.head.get(Role::Typing), content.head.get(Role::Recording)) {
        (None, Some(_)) => "recording a voice clip",
        (Some(_), _) => "typing",
        (None, None) => "control",
    };
    Some(what.into())
}

pub(super) fn keepalive(show: &mut Show<'_>, content: &Content<'_>) {
    if let Some(at) = content.head.get(Role::ContentType) {
        show.out.tree.number(f::KEEPALIVE, at, 1);
    }
    rest(show, content);
}

pub(super) fn other_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    Some(text::utf8(content.bytes()).text)
}

/// A body that ought to be empty.
pub(super) fn rest(show: &mut Show<'_>, content: &Content<'_>) {
    if content.span.is_empty() {
        return;
    }
    if content.is_blank() {
        empty_line(&mut show.out.tree, content.span);
    } else {
        string(&mut show.out.tree, f::BODY_TEXT, content.span, content.data);
    }
}

pub(super) fn unknown_text<'a>(_: &'a Session, _: &Record, content: &'a Content<'a>) -> Option<Cow<'a, str>> {
    match content.essence() {
        b"" => (!content.is_blank()).then_some("no content type".into()),
        essence => Some(text::utf8(essence).text),
    }
}

/// Shows a body of which nothing is known.
pub(super) fn unknown(show: &mut Show<'_>, content: &Content<'_>) {
    if content.is_blank() || !show.out.tree.wanted() {
        return rest(show, content);
    }
    let essence = content.essence();
    let tree = &mut show.out.tree;
    let is_text = essence.is_empty() || essence.to_ascii_lowercase().starts_with(b"text/");
    if is_text && !content.bytes().contains(&0) {
        string(tree, f::BODY_TEXT, content.span, content.data);
    } else {
        tree.bytes(c::PAYLOAD, content.span);
    }
    match essence.is_empty() {
        true => tree.expert(f::CONTENT_MISSING),
        false => tree.expert(f::CONTENT_UNKNOWN),
    }
    if !essence.is_empty() {
        tree.handoff(content.span, Handoff::MediaType, &text::utf8(essence).text.to_ascii_lowercase());
    }
}
