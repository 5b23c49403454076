// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the body of a message by its content type (fact base: mime 2 to 13).

use super::{
    fields_body::{client, datacast, invitation, mail, system},
    head::Head,
    headers::string,
    media::{self, emoticons, ink},
    xml,
};
use crate::{
    dissect::{
        object,
        p2p_body::{self, P2pContext},
        walk::Walk,
    },
    fields::{command as c, mime as f},
    item::Handoff,
    mime::{charset, media_type, values::unsigned},
    text,
    wire::Span,
};

/// Most characters of a text in the Info column.
const MAX_INFO_TEXT: usize = 100;

/// A body and what its headers say about it.
pub(super) struct Content<'a> {
    /// Bytes that spans count in.
    pub data: &'a [u8],
    /// The body.
    pub span: Span,
    /// Media type with its parameters; empty if none was given.
    pub media: &'a [u8],
    /// Headers of the same unit; none for a message put together from parts.
    pub head: &'a Head,
    /// Account that the server named as the sender; empty for the client's own.
    pub sender: &'a [u8],
    /// Whether it was put together from parts.
    pub joined: bool,
    /// Number of the message that was put together, from 1.
    pub number: u32,
}

impl<'a> Content<'a> {
    /// A body whose headers stand in the same unit.
    pub fn new(data: &'a [u8], span: Span, head: &'a Head) -> Self {
        let media = head.content_type.map(|at| at.of(data)).unwrap_or_default();
        Content { data, span, media, head, sender: b"", joined: false, number: 0 }
    }

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

    /// Whether the body holds nothing but blanks and line ends.
    pub fn is_blank(&self) -> bool {
        self.bytes().iter().all(u8::is_ascii_whitespace)
    }
}

type Show = fn(&mut Walk<'_>, &Content<'_>);

/// Content types, and whether they do more than the tree and the Info column.
static TYPES: &[(&str, Show)] = &[
    ("text/plain", chat),
    ("text/x-msmsgscontrol", control),
    ("text/x-msmsgsprofile", profile),
    ("text/x-msmsgsinitialemailnotification", mail),
    ("text/x-msmsgsemailnotification", mail),
    ("application/x-msmsgsemailnotification", mail),
    ("application/x-msmsgsinitialemailnotification", mail),
    ("text/x-msmsgsactivemailnotification", mail),
    ("text/x-msmsgsinitialmdatanotification", mail),
    ("text/x-msmsgsoimnotification", mail),
    ("application/x-msmsgssystemmessage", system),
    ("text/x-msmsgssystemmessage", system),
    ("text/x-msmsgsinvite", invitation),
    ("text/x-msnmsgr-datacast", datacast),
    ("text/x-mms-emoticon", emoticons),
    ("text/x-mms-animemoticon", emoticons),
    ("application/x-ms-ink", ink),
    ("image/gif", ink),
    ("text/x-clientcaps", client),
    ("text/x-clientinfo", client),
    ("text/x-keepalive", keepalive),
    ("text/search-query", other_text),
    ("text/html", other_text),
    ("application/user+xml", document),
    ("application/circles+xml", document),
    ("application/multiparty+xml", document),
    ("application/network+xml", document),
    ("text/xml", document),
    ("application/xml", document),
];

/// Peer-to-peer packets teach the session, so they are shown on every pass.
const P2P: &[u8] = b"application/x-msnmsgrp2p";

/// Learns from a body that is no peer-to-peer packet.
pub(super) fn learn(walk: &mut Walk<'_>, content: &Content<'_>) {
    if media::is_ink(content.essence()) {
        media::learn(walk, content);
    }
}

/// Shows a body.
pub(super) fn show(walk: &mut Walk<'_>, content: &Content<'_>) {
    let essence = content.essence();
    if essence.eq_ignore_ascii_case(P2P) {
        return packets(walk, content, content.head.p2p_dest, content.head.p2p_source);
    }
    if !walk.out.tree.wanted() && !walk.packet.want_info && !walk.packet.want_objects {
        return;
    }
    let row = TYPES.iter().find(|row| row.0.as_bytes().eq_ignore_ascii_case(essence));
    match row {
        Some((_, show)) => show(walk, content),
        None => unknown(walk, content),
    }
}

/// Adds to the Info column; what was put together from parts stands in brackets behind the part.
pub(super) fn say(walk: &mut Walk<'_>, content: &Content<'_>, what: &str) {
    if !walk.packet.want_info {
        return;
    }
    let info = &mut walk.out.info;
    info.push_str(if content.joined { " [" } else { ": " });
    text::push_line(info, what, MAX_INFO_TEXT);
    if content.joined {
        info.push(']');
    }
}

/// Shows peer-to-peer packets.
pub(super) fn packets(walk: &mut Walk<'_>, content: &Content<'_>, dest: Option<Span>, source: Option<Span>) {
    if content.span.is_empty() {
        return;
    }
    if content.joined {
        walk.out.tree.bytes(c::PAYLOAD, content.span);
        return;
    }
    let mut context = P2pContext { dest, source, ..P2pContext::default() };
    if let Some(at) = content.head.offsets {
        // More offsets than bytes cannot be packets.
        let offsets = at.of(content.data).split(|&byte| byte == b',').take(content.span.len());
        let offsets = offsets.filter_map(|part| unsigned(part.trim_ascii()));
        context.bridging_offsets = offsets.filter_map(|offset| u32::try_from(offset).ok()).collect();
        let sorted = context.bridging_offsets.windows(2).all(|pair| pair.first() < pair.last());
        let inside = context.bridging_offsets.last().is_none_or(|&last| (last as usize) < content.span.len());
        if !sorted || !inside {
            walk.out.tree.expert(f::BRIDGING_WRONG);
            context.bridging_offsets.clear();
        }
    }
    p2p_body::walk(walk, content.data, content.span, &context);
}

/// Shows chat text in its declared character set.
pub(super) fn chat(walk: &mut Walk<'_>, content: &Content<'_>) {
    if content.span.is_empty() {
        return;
    }
    let bytes = content.bytes();
    let (shown, known) = match charset::decode(bytes, content.charset()) {
        Some(shown) => (shown, true),
        None => (text::utf8(bytes), false),
    };
    say(walk, content, &shown.text);
    let tree = &mut walk.out.tree;
    tree.text(f::TEXT, content.span, &shown.text);
    if !known {
        tree.expert(f::CHARSET_UNKNOWN);
    }
    if !shown.valid {
        tree.expert(f::WRONG_CHARACTERS);
    }
}

/// Typing and recording; the account stands in a header.
fn control(walk: &mut Walk<'_>, content: &Content<'_>) {
    let what = match (content.head.typing, content.head.recording) {
        (None, Some(_)) => "recording a voice clip",
        (Some(_), _) => "typing",
        (None, None) => "control",
    };
    say(walk, content, what);
    rest(walk, content);
}

/// Everything stands in the headers.
fn profile(walk: &mut Walk<'_>, content: &Content<'_>) {
    say(walk, content, "profile");
    rest(walk, content);
}

fn keepalive(walk: &mut Walk<'_>, content: &Content<'_>) {
    say(walk, content, "keep-alive");
    if let Some(at) = content.head.content_type {
        walk.out.tree.number(f::KEEPALIVE, at, 1);
    }
    rest(walk, content);
}

fn other_text(walk: &mut Walk<'_>, content: &Content<'_>) {
    say(walk, content, &text::utf8(content.bytes()).text);
    rest(walk, content);
}

fn document(walk: &mut Walk<'_>, content: &Content<'_>) {
    if content.span.is_empty() {
        return;
    }
    if walk.packet.want_info {
        xml::say_status(walk, content.data, content.span, content.charset());
    }
    if walk.out.tree.wanted() {
        xml::document(walk, content.data, content.span, content.charset());
    }
}

/// A body that ought to be empty.
pub(super) fn rest(walk: &mut Walk<'_>, content: &Content<'_>) {
    if content.span.is_empty() {
        return;
    }
    if content.is_blank() {
        super::headers::empty_line(&mut walk.out.tree, content.span);
    } else {
        string(&mut walk.out.tree, f::BODY_TEXT, content.span, content.data);
    }
}

fn unknown(walk: &mut Walk<'_>, content: &Content<'_>) {
    let essence = content.essence();
    let media = text::utf8(essence).text;
    if !essence.is_empty() {
        say(walk, content, &media);
    } else if !content.is_blank() {
        say(walk, content, "no content type");
    }
    if content.is_blank() || !walk.out.tree.wanted() {
        return rest(walk, content);
    }
    let tree = &mut walk.out.tree;
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
    if !is_text {
        tree.handoff(content.span, Handoff::MediaType, &media.to_ascii_lowercase());
    }
}

/// Shows an object that is the whole body.
pub(super) fn body_object(walk: &mut Walk<'_>, content: &Content<'_>) {
    let span = crate::mime::headers::trim(content.data, content.span);
    if !span.is_empty() {
        object::show(&mut walk.out.tree, content.data, span);
    }
}
