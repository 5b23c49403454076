// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows user notifications (UUN, UBN), by their type (fact base: values 6, mime 14).

use super::{Body, xml::document};
use crate::{
    command::line::decimal,
    dissect::{
        params::{place, split_host},
        slp_body,
        xml::{is_document, sip},
    },
    fields::{command as f, xml as x},
    wire::Span,
};

/// Shows the payload.
pub(super) fn show(body: &mut Body<'_, '_>) {
    let kind = kind(body);
    if matches!(kind, Some(3 | 10)) {
        return slp_body::walk(body.walk, body.unit, body.span);
    }
    if !body.walk.out.tree.wanted() {
        return;
    }
    if is_document(body.bytes()) {
        return document(body.walk, body.unit, body.span, None);
    }
    match kind {
        Some(2 | 12) => sip(&mut body.walk.out.tree, body.unit, body.span),
        Some(4 | 8) => body.words(x::LOGOUT),
        Some(5) => closed(body),
        Some(11) => numbers(body),
        _ => body.words(x::UUN_TEXT),
    }
}

/// The type that the line names.
fn kind(body: &Body<'_, '_>) -> Option<u32> {
    let choice = body.found.choice.as_ref()?;
    let at = choice.row.params.iter().position(|param| param.field == f::UUN_TYPE)?;
    decimal(choice.place(body.found.line, at)?.of(body.unit))
}

/// `session;host:port` of a conversation whose window was closed.
fn closed(body: &mut Body<'_, '_>) {
    let data = body.span.of(body.unit);
    let Some(semicolon) = memchr::memchr(b';', data) else {
        return body.words(x::UUN_TEXT);
    };
    let at = body.span.start + semicolon;
    let (session, server) = (Span::new(body.span.start, at), Span::new(at + 1, body.span.end));
    let (host, port) = split_host(server.of(body.unit));
    let tree = &mut body.walk.out.tree;
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
fn numbers(body: &mut Body<'_, '_>) {
    let mut at = body.span.start;
    for (count, word) in body.span.of(body.unit).split(u8::is_ascii_whitespace).enumerate() {
        if count == MAX_NUMBERS {
            let rest = Span::new(at, body.span.end);
            body.walk.out.tree.wire(x::UUN_TEXT, rest, rest.of(body.unit));
            return;
        }
        if !word.is_empty() {
            let place = Span::new(at, at + word.len());
            body.walk.out.tree.wire(x::UUN_NUMBER, place, word);
        }
        at += word.len() + 1;
    }
}
