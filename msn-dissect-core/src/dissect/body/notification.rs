// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows user notifications (UUN, UBN), by their type (fact base: values 6, mime 14).

use super::Body;
use crate::{
    command::{Role, line::decimal},
    dissect::{
        framing::Command,
        params::{place, split_host},
        slp_body,
        walk::{Learn, Show},
        xml::{document, is_document, sip},
    },
    fields::{command as f, xml as x},
    wire::Span,
};

/// Types whose payload is a session description.
const DESCRIPTIONS: [u32; 2] = [3, 10];

/// The type that the line names.
pub(super) fn kind(unit: &[u8], found: &Command) -> Option<u32> {
    decimal(found.choice.as_ref()?.role(found.line, Role::Notice)?.of(unit))
}

fn is_description(kind: Option<u32>) -> bool {
    kind.is_some_and(|kind| DESCRIPTIONS.contains(&kind))
}

/// Learns from a session description.
pub(super) fn learn(learn: &mut Learn<'_>, body: &Body<'_>, kind: Option<u32>) {
    if is_description(kind) {
        slp_body::learn(learn, body.unit, body.span());
    }
}

/// Shows the payload.
pub(super) fn show(show: &mut Show<'_>, body: &Body<'_>, kind: Option<u32>) {
    if is_description(kind) {
        return slp_body::show(show, body.unit, body.span());
    }
    if !show.out.tree.wanted() {
        return;
    }
    if is_document(body.bytes()) {
        return document(&mut show.out.tree, body.unit, body.span(), None);
    }
    match kind {
        Some(2 | 12) => sip(&mut show.out.tree, body.unit, body.span()),
        Some(4 | 8) => body.words(show, x::LOGOUT),
        Some(5) => closed(show, body),
        Some(11) => numbers(show, body),
        _ => body.words(show, x::UUN_TEXT),
    }
}

/// `session;host:port` of a conversation whose window was closed.
fn closed(show: &mut Show<'_>, body: &Body<'_>) {
    let data = body.bytes();
    let Some(semicolon) = memchr::memchr(b';', data) else {
        return body.words(show, x::UUN_TEXT);
    };
    let at = body.span().start + semicolon;
    let (session, server) = (Span::new(body.span().start, at), Span::new(at + 1, body.span().end));
    let (host, port) = split_host(server.of(body.unit));
    let tree = &mut show.out.tree;
    tree.wire(f::SESSION_ID, session, session.of(body.unit));
    tree.wire(f::SERVER_ADDRESS, place(body.unit, host), host);
    if let Some(port) = port {
        let at = place(body.unit, port);
        match decimal(port).filter(|&port| port <= 0xffff) {
            Some(port) => {
                tree.number(f::SERVER_PORT, at, u64::from(port));
            }
            None => {
                tree.wire(x::UUN_TEXT, at, port);
                tree.expert(x::VALUE_MALFORMED);
            }
        }
    }
}

/// Most numbers shown one by one.
const MAX_NUMBERS: usize = 1000;

/// Numbers with blanks between them, whose meaning is not known.
fn numbers(show: &mut Show<'_>, body: &Body<'_>) {
    let mut at = body.span().start;
    for (count, word) in body.bytes().split(u8::is_ascii_whitespace).enumerate() {
        if count == MAX_NUMBERS {
            let rest = Span::new(at, body.span().end);
            show.out.tree.wire(x::UUN_TEXT, rest, rest.of(body.unit));
            return;
        }
        if !word.is_empty() {
            let place = Span::new(at, at + word.len());
            show.out.tree.wire(x::UUN_NUMBER, place, word);
        }
        at += word.len() + 1;
    }
}
