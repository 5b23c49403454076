// SPDX-License-Identifier: GPL-2.0-or-later
//! What payloads have to do with the web services: tickets, offline messages that wait, names of the address book.

use super::{Body, contents::Content, mail_data};
use crate::{
    command::Dir,
    dissect::walk::{Learn, Show, frame_link},
    fields::soap as s,
    mime::{Line, Lines},
    session::links::Fact,
    soap::token,
    text,
    view::View,
    wire::Span,
    xml::{Kind, parse},
};

/// Most offline messages of one list.
const MAX_MESSAGES: usize = 64;

/// The value of the first header of this name.
fn find(data: &[u8], span: Span, name: &str) -> Option<Span> {
    Lines::new(data, span).find_map(|line| match line {
        Line::Header(header) if header.name.of(data).eq_ignore_ascii_case(name.as_bytes()) => Some(header.value),
        _ => None,
    })
}

/// Learns the use of a ticket in the profile.
pub(super) fn ticket(learn: &mut Learn<'_>, content: &Content<'_>) {
    let Some(value) = find(content.data, Span::new(0, content.span.start), "MSPAuth") else { return };
    let ticket = text::utf8(value.of(content.data)).text.into_owned();
    let frame = learn.record.frame;
    if let Some(used) = learn.session.soap.spend(token(&ticket), frame) {
        learn.session.links.fact_of((frame, learn.record.unit, 0), Fact::Ticket(used.issued));
    }
}

/// Identifiers of the messages that a body lists.
fn ids(content: &Content<'_>) -> Vec<String> {
    let list = find(content.data, content.span, "Mail-Data").map(|at| at.of(content.data)).unwrap_or_default();
    let mut ids = if list.starts_with(b"<") { mail_data::ids(list) } else { Vec::new() };
    ids.truncate(MAX_MESSAGES);
    ids
}

/// Learns which offline messages wait.
pub(super) fn mail(learn: &mut Learn<'_>, content: &Content<'_>) {
    for id in ids(content) {
        let name = learn.session.names.keep(&id.to_lowercase());
        learn.session.soap.about(name, learn.record.frame);
    }
}

/// Shows where else the offline messages are that a body lists.
pub(super) fn links(show: &mut Show<'_>, content: &Content<'_>) {
    let (session, own, later) = (show.session, show.record.frame, show.knows_later());
    if session.soap.is_empty() {
        return;
    }
    for id in ids(content) {
        let Some(name) = session.names.find(&id.to_lowercase()) else { continue };
        for &frame in session.soap.all_about(name) {
            if frame < own || (later && frame != own) {
                frame_link(&mut show.out.tree, &session.frames, s::MESSAGE_IN, frame);
            }
        }
    }
}

/// Shows how the address book calls the contacts of a list.
pub(super) fn names(show: &mut Show<'_>, body: &Body<'_>) {
    let (session, record) = (show.session, show.record);
    if !show.out.tree.wanted() || session.soap.is_empty() || record.dir != Dir::ToServer {
        return;
    }
    let data = body.bytes();
    let document = parse(data);
    let value = |node: usize| {
        document.value(data, node, b"n").map(|span| {
            let view = View::new(data, span);
            text::utf8(view.xml().bytes()).text.into_owned()
        })
    };
    for (at, node) in document.nodes.iter().enumerate() {
        let Some(domain) = node.parent.filter(|_| node.kind == Kind::Element) else { continue };
        if document.name(data, Some(at)) != b"c" || document.name(data, Some(domain)) != b"d" {
            continue;
        }
        let (Some(local), Some(domain)) = (value(at), value(domain)) else { continue };
        let contact = format!("{local}@{domain}");
        if let Some(name) = session.soap.called(record.account, &contact, record.frame) {
            let tree = &mut show.out.tree;
            let handle = tree.text(s::BOOK_NAME, Span::default(), name);
            tree.note(handle, &contact);
            tree.generated(handle);
        }
    }
}
