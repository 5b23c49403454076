// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows bodies that their Message-Type tells (fact base: mime 15, transports 6).

use super::{
    contents::{self, Content},
    headers,
    roles::Role,
};
use crate::{
    dissect::{object, slp_body, walk::Show, xml},
    fields::{Field, mime as f},
    mime::{address, headers::trim, media_type},
};

/// A session description.
pub(super) fn description(show: &mut Show<'_>, content: &Content<'_>) {
    if !content.span.is_empty() {
        slp_body::show(show, content.data, content.span);
    }
}

/// Somebody types: named in a header of its own, or the sender.
pub(super) fn typing(show: &mut Show<'_>, content: &Content<'_>) {
    if let (None, Some(from)) = (content.head.get(Role::Typing), content.head.get(Role::From)) {
        let at = address::parse(content.data, from).address;
        let handle = show.out.tree.wire(f::TYPING, at, at.of(content.data));
        show.out.tree.generated(handle);
    }
    contents::rest(show, content);
}

/// What the Message-Type alone says.
fn flag(show: &mut Show<'_>, content: &Content<'_>, field: Field) {
    show.out.tree.number(field, content.head.get(Role::MessageType).unwrap_or_default(), 1);
}

pub(super) fn nudge(show: &mut Show<'_>, content: &Content<'_>) {
    flag(show, content, f::NUDGE);
    contents::rest(show, content);
}

/// The whole body is an object.
pub(super) fn wink(show: &mut Show<'_>, content: &Content<'_>) {
    flag(show, content, f::WINK);
    let span = trim(content.data, content.span);
    if !span.is_empty() {
        object::show(&mut show.out.tree, content.data, span);
    }
}

/// SIP, or what any signal carries.
pub(super) fn tunnel(show: &mut Show<'_>, content: &Content<'_>) {
    carried(show, content, true);
}

pub(super) fn signal(show: &mut Show<'_>, content: &Content<'_>) {
    carried(show, content, false);
}

/// What a signal carries: a document, SIP in a tunnel, or words.
fn carried(show: &mut Show<'_>, content: &Content<'_>, tunnel: bool) {
    let (data, span) = (content.data, content.span);
    let tree = &mut show.out.tree;
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
pub(super) fn windows(show: &mut Show<'_>, content: &Content<'_>) {
    if !show.out.tree.wanted() {
        return;
    }
    let data = content.data;
    for part in media_type::split(data, content.span, b'/').filter(|part| !part.is_empty()) {
        headers::account(&mut show.out.tree, data, f::WINDOW, part);
    }
}
