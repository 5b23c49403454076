// SPDX-License-Identifier: GPL-2.0-or-later
//! What payloads have to do with the web services: tickets, offline messages that wait, names of the address book.

use crate::{
    command::Dir,
    dissect::walk::{Learn, Show, frame_link},
    fields::soap as s,
    mime::{Line, Lines},
    session::{contacts::MAX_ESCAPED_ACCOUNT, links::Fact, soap::MAX_FRAMES},
    soap::{mail, token},
    text,
    view::View,
    wire::Span,
    xml::{Kind, parse},
};

/// Most offline messages of one list.
const MAX_MESSAGES: usize = 64;

/// The value of the first header of this name.
fn find<'a>(data: &'a [u8], name: &str) -> Option<&'a [u8]> {
    Lines::new(data, Span::new(0, data.len())).find_map(|line| match line {
        Line::Header(header) if header.name.of(data).eq_ignore_ascii_case(name.as_bytes()) => {
            Some(header.value.of(data))
        }
        _ => None,
    })
}

/// Learns the use of a ticket in the profile.
pub(super) fn ticket(learn: &mut Learn<'_>, headers: &[u8]) {
    let Some(value) = find(headers, "MSPAuth") else { return };
    let ticket = text::utf8(value).text.into_owned();
    let frame = learn.record.frame;
    if let Some(used) = learn.session.soap.tickets.spend(token(&ticket), frame) {
        learn.session.links.fact_of((frame, learn.record.unit, 0), Fact::Ticket(used.issued));
    }
}

/// Identifiers of the messages that a body lists.
fn ids(body: &[u8]) -> Vec<String> {
    let list = find(body, "Mail-Data").unwrap_or_default();
    let mut ids = if list.starts_with(b"<") { mail::ids(list) } else { Vec::new() };
    ids.truncate(MAX_MESSAGES);
    ids
}

/// Learns which offline messages wait.
pub(super) fn mail(learn: &mut Learn<'_>, body: &[u8]) {
    for id in ids(body) {
        let name = learn.session.soap.mails.keep(&id);
        learn.session.soap.mails.about(name, learn.record.frame);
    }
}

/// Shows where else the offline messages are that a body lists.
pub(super) fn links(show: &mut Show<'_>, body: &[u8]) {
    let (session, own, later) = (show.session, show.record.frame, show.knows_later());
    if session.soap.is_empty() || !show.out.tree.wanted() {
        return;
    }
    let mut shown = Vec::new();
    for id in ids(body) {
        let Some(name) = session.soap.mails.find(&id) else { continue };
        for &frame in session.soap.mails.all_about(name) {
            if (frame < own || (later && frame != own)) && !shown.contains(&frame) && shown.len() < MAX_FRAMES {
                shown.push(frame);
                frame_link(&mut show.out.tree, &session.frames, s::MESSAGE_IN, frame);
            }
        }
    }
}

/// Shows how the address book calls the contacts of a list.
pub(super) fn names(show: &mut Show<'_>, data: &[u8]) {
    let (session, record) = (show.session, show.record);
    if !show.out.tree.wanted() || session.soap.is_empty() || record.dir != Dir::ToServer {
        return;
    }
    let document = parse(data);
    // Longer ones are no accounts; a domain may stand around any number of them.
    let value = |node: usize| {
        document.domain(node).filter(|span| span.len() <= MAX_ESCAPED_ACCOUNT).map(|span| {
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
        if let Some(name) = session.soap.book.called(record.account, &contact, record.frame) {
            let tree = &mut show.out.tree;
            let handle = tree.text(s::BOOK_NAME, Span::default(), name);
            tree.note(handle, &contact);
            tree.generated(handle);
        }
    }
}
