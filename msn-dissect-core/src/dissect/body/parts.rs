// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows the header blocks and the body of SDG, NFY, PUT and DEL (fact base: mime 15, transports 6).

use super::{
    Body,
    contents::{self, Content},
    fields_body,
    head::Head,
    header_tables::{COMMON, CONTENT, RELIABILITY, ROUTING},
    headers::{self, Known},
    media, mime,
};
use crate::{
    command::Dir,
    dissect::{slp_body, walk::Walk, xml},
    fields::mime as f,
    mime::{Line, Lines, address, media_type},
    text,
    wire::Span,
};

/// First header of a block: label, known headers, whether a body follows.
static BLOCKS: &[(&str, Known, bool)] = &[
    ("Routing", &[ROUTING], false),
    ("Reliability", &[RELIABILITY], false),
    ("Messaging", &[CONTENT, COMMON], true),
    ("Publication", &[CONTENT, COMMON], true),
    ("Notification", &[CONTENT, COMMON], true),
    ("Registration", &[CONTENT, COMMON], false),
];

/// Headers of a block that begins with none of these.
static OTHER: Known = &[COMMON, CONTENT, ROUTING];

/// Most blocks of a message: three, and one more in MSNP24.
const MAX_BLOCKS: usize = 4;

/// Name of the first header.
fn first_name(data: &[u8], span: Span) -> &[u8] {
    let mut lines = Lines::new(data, span).take_while(|line| !matches!(line, Line::Blank(_)));
    let first = lines.find_map(|line| if let Line::Header(header) = line { Some(header.name) } else { None });
    first.map(|name| name.of(data)).unwrap_or_default()
}

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    let data = body.unit;
    let end = body.span.end;
    let mut head = Head { body: body.span.start, ..Head::default() };
    let mut described = false;
    let mut blocks = 0;
    while head.body < end && blocks < MAX_BLOCKS && !described {
        let span = Span::new(head.body, end);
        head.read(data, span);
        let first = first_name(data, span);
        let row = BLOCKS.iter().find(|row| row.0.as_bytes().eq_ignore_ascii_case(first));
        let (label, known, last) = row.copied().unwrap_or(("Other", OTHER, blocks >= 2));
        if body.walk.out.tree.wanted() {
            headers::block(&mut body.walk.out.tree, data, span, label, known);
        }
        described = last;
        blocks += 1;
    }
    // An answer says only that it arrived.
    let answer = body.walk.record.dir == Dir::ToClient && blocks == 2 && head.body >= end;
    if !described && !answer {
        body.walk.out.tree.expert(f::BLOCK_MISSING);
    }
    who(body.walk, data, &head);
    let rest = Span::new(head.body, end);
    let declared = Head::number(data, head.content_length).map(|length| length as usize);
    let length = declared.unwrap_or(rest.len()).min(rest.len());
    let content = Span::new(rest.start, rest.start + length);
    if declared.is_some_and(|declared| declared > rest.len()) && body.found.missing == 0 {
        body.walk.out.tree.expert(f::CONTENT_SHORT);
    }
    deliver(body.walk, data, &head, content);
    let surplus = Span::new(content.end, end);
    if !surplus.is_empty() {
        body.walk.out.tree.bytes(f::SURPLUS, surplus);
        body.walk.out.tree.expert(f::CONTENT_SURPLUS);
    }
}

/// Says in the Info column who the message is from or to, and what it is about.
fn who(walk: &mut Walk<'_>, data: &[u8], head: &Head) {
    if !walk.packet.want_info {
        return;
    }
    let (word, at) = match walk.record.dir {
        Dir::ToClient => (" from ", head.from),
        Dir::ToServer => (" to ", head.to),
    };
    let info = &mut walk.out.info;
    if let Some(uri) = head.uri {
        info.push(' ');
        text::push_line(info, &text::utf8(uri.of(data)).text, 64);
    }
    if let Some(at) = at {
        info.push_str(word);
        let (who, way) = person(data, at);
        text::push_line(info, &text::utf8(who.of(data)).text, 64);
        if let Some(way) = way {
            info.push_str(" via ");
            text::push_line(info, &text::utf8(way.of(data)).text, 64);
        }
    }
}

/// Kinds of address that are groups of people: circles and temporary groups (fact base: values 6).
const GROUPS: [&[u8]; 2] = [b"9", b"10"];

/// Whom an address names, and through what. A message from a group names the group first and who wrote it as the way.
fn person(data: &[u8], at: Span) -> (Span, Option<Span>) {
    let found = address::parse(data, at);
    let is_group = |network: Option<Span>| network.is_some_and(|at| GROUPS.contains(&at.of(data)));
    let via = found.parameters.iter().find_map(|parameter| match *parameter {
        address::Parameter::Via(at) => Some(address::network(data, at)),
        _ => None,
    });
    match via {
        Some((network, account)) if is_group(found.network) && !is_group(network) => (account, Some(found.address)),
        via => (found.address, via.map(|(_, account)| account)),
    }
}

/// Shows the body by its message type, or else by its content type.
fn deliver(walk: &mut Walk<'_>, data: &[u8], head: &Head, span: Span) {
    let kind = head.message_type.map(|at| at.of(data)).unwrap_or_default();
    let content = Content::new(data, span, head);
    let is = |word: &str| kind.eq_ignore_ascii_case(word.as_bytes());
    let packets = content.essence().eq_ignore_ascii_case(b"application/x-msnmsgrp2p");
    if head.part(data).is_none() {
        // Session descriptions teach, so they are read on every pass, wanted or not.
        if is("Signal/P2P") || is("Signal/Turn") {
            contents::say(walk, &content, &text::utf8(kind).text);
            if !content.span.is_empty() {
                slp_body::walk(walk, content.data, content.span);
            }
            return;
        }
        if packets || is("Data") {
            return contents::packets(walk, &content, head.p2p_dest.or(head.to), head.p2p_source.or(head.from));
        }
        if !walk.out.tree.wanted() && !walk.packet.want_info && !media::is_ink(content.essence()) {
            return;
        }
        let at = head.message_type.unwrap_or_default();
        let subtype = head.message_subtype.map(|at| at.of(data)).unwrap_or_default();
        if is("Control/Typing") || (is("Control") && subtype.eq_ignore_ascii_case(b"Typing")) {
            return typing(walk, &content);
        }
        // Some clients send these as on a switchboard.
        if (is("Nudge") || is("Wink")) && headers::find(data, span, "ID").is_some() {
            return fields_body::datacast(walk, &content);
        }
        if is("Nudge") {
            contents::say(walk, &content, "nudge");
            walk.out.tree.number(f::NUDGE, at, 1);
            return contents::rest(walk, &content);
        }
        if is("Wink") {
            contents::say(walk, &content, "wink");
            walk.out.tree.number(f::WINK, at, 1);
            return contents::body_object(walk, &content);
        }
        if is("CustomEmoticon") {
            return media::emoticons(walk, &content);
        }
        if is("Signal/CloseIMWindow") || is("Signal/MarkIMWindowRead") {
            contents::say(walk, &content, &text::utf8(kind).text);
            return windows(walk, &content);
        }
        if kind.len() > 7 && kind.get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"Signal/")) {
            contents::say(walk, &content, &text::utf8(kind).text);
            return signal(walk, &content, is("Signal/AudioTunnel"));
        }
        if is("Text") && content.essence().is_empty() {
            return contents::chat(walk, &content);
        }
    }
    let sender = head.from.map(|at| at.of(data)).unwrap_or_default();
    mime::deliver(walk, data, head, span, sender);
}

/// Somebody types: named in a header of its own, or the sender.
fn typing(walk: &mut Walk<'_>, content: &Content<'_>) {
    contents::say(walk, content, "typing");
    if let (None, Some(from)) = (content.head.typing, content.head.from) {
        let at = address::parse(content.data, from).address;
        let handle = walk.out.tree.wire(f::TYPING, at, at.of(content.data));
        walk.out.tree.generated(handle);
    }
    contents::rest(walk, content);
}

/// What a signal carries: a document, SIP in a tunnel, or words.
fn signal(walk: &mut Walk<'_>, content: &Content<'_>, tunnel: bool) {
    let (data, span) = (content.data, content.span);
    let tree = &mut walk.out.tree;
    if content.is_blank() || !tree.wanted() {
        return;
    }
    if xml::is_document(content.bytes()) {
        xml::document(tree, data, span, content.charset());
    } else if tunnel {
        xml::sip(tree, data, span);
    } else {
        headers::string(tree, f::SIGNAL, span, data);
    }
}

/// `type:address` joined by slashes.
fn windows(walk: &mut Walk<'_>, content: &Content<'_>) {
    if !walk.out.tree.wanted() {
        return;
    }
    let data = content.data;
    for part in media_type::split(data, content.span, b'/').filter(|part| !part.is_empty()) {
        headers::account(&mut walk.out.tree, data, f::WINDOW, part);
    }
}
