// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows one session description and learns from it.

mod context;
mod learn;
mod line;

use super::p2p;
pub(crate) use crate::slp::Description as Message;
use crate::{
    dissect::walk::{Show, frame_link},
    fields::{Proto, ftp, link, slp as f},
    item::Tree,
    session::{FrameId, notes::NoteKey, p2p::dialogs::SlpNote},
    slp::{
        Description, Kind,
        bodies::Body,
        description::lines,
        message::{Line, Start, decimal},
    },
    text,
    values::{self, slp as tables},
    wire::Span,
};
pub(crate) use learn::learn;

/// Shows the session description that `data` is; ranges count from its start. `key` is where its note is, `joined` that it
/// was put together from pieces.
pub(crate) fn show(show: &mut Show<'_>, data: &[u8], message: &Description, key: NoteKey, joined: bool) {
    let note = show.session.p2p.slp_notes.get(key).copied().unwrap_or_default();
    if !show.out.tree.wanted() && !show.packet.want_info {
        return;
    }
    show.out.tree.implies(Proto::MsnSlp);
    let label = summary(show, data, message, &note);
    if show.packet.want_info {
        let info = &mut show.out.info;
        info.push_str(if joined { " [" } else { " " });
        text::push_line(info, &label, 160);
        if joined {
            info.push(']');
        }
    }
    let tree = &mut show.out.tree;
    if !tree.wanted() {
        return;
    }
    let form = &message.form;
    tree.protocol(Proto::MsnSlp, Span::new(0, data.len()), &label);
    start_line(tree, data, message, &note);
    for (one, kind) in message.headers() {
        line::show(tree, data, one, kind, line::HEADER);
    }
    blank(tree, form.blank);
    length(tree, data, message);
    if !form.fields.is_empty() {
        body(tree, data, message);
    }
    blank(tree, form.body_blank);
    if !form.terminator.is_empty() {
        tree.bytes(f::TERMINATOR, form.terminator);
    }
    if !form.rest.is_empty() {
        tree.bytes(f::TRAILING, form.rest);
    }
    links(show, &note);
    show.out.tree.close();
}

fn blank(tree: &mut Tree, span: Span) {
    if !span.is_empty() {
        tree.bytes(f::BLANK, span);
    }
}

fn body(tree: &mut Tree, data: &[u8], message: &Description) {
    let (Some(first), Some(last)) = (message.form.fields.first(), message.form.fields.last()) else { return };
    let heading = tree.bytes(f::BODY, Span::new(first.whole.start, last.whole.end));
    if let Some((_, name, _)) = message.body {
        tree.note(heading, name);
    }
    tree.open(heading);
    let what = context::what(data, message);
    for (one, kind) in message.fields() {
        line::show(tree, data, one, kind, line::FIELD);
        if kind == Some(Kind::Context) {
            context::show(tree, one.value.of(data), what);
        }
    }
    tree.close();
}

/// Message in one line.
fn summary(show: &Show<'_>, data: &[u8], message: &Description, note: &SlpNote) -> String {
    let mut label = match message.form.start {
        Start::Request { method, .. } => text::utf8(method.of(data)).text.into_owned(),
        Start::Status { code, reason, .. } => {
            format!("{} {}", text::utf8(code.of(data)).text, text::utf8(reason.of(data)).text)
        }
        Start::Other => "SLP".to_owned(),
    };
    if let Some((_, name, _)) = message.body.filter(|row| row.2 != Body::None) {
        label.push_str(&format!(" ({name})"));
    }
    if let Some(transfer) = note.transfer.and_then(|id| show.session.transfers.get(id)) {
        label.push_str(": ");
        label.push_str(transfer.kind.name());
        if !transfer.name.is_empty() {
            label.push_str(&format!(" \"{}\"", transfer.name));
        }
    }
    label
}

fn start_line(tree: &mut Tree, data: &[u8], message: &Description, note: &SlpNote) {
    let show = |tree: &mut Tree, field, span: Span| {
        if !span.is_empty() {
            tree.wire(field, span, span.of(data));
        }
    };
    match message.form.start {
        Start::Request { method, uri, protocol } => {
            show(tree, f::METHOD, method);
            if method.of(data) == b"BYE" {
                if let Some(arrived) = note.interrupted {
                    tree.expert_text(
                        ftp::TRANSFER_INCOMPLETE,
                        &format!("Session ends after {arrived} bytes: its data is not whole"),
                    );
                }
            }
            line::party(tree, data, f::REQUEST_URI, uri, uri);
            show(tree, f::PROTOCOL, protocol);
        }
        Start::Status { protocol, code, reason } => {
            show(tree, f::PROTOCOL, protocol);
            if let Some(number) = decimal(code.of(data)).and_then(|number| u16::try_from(number).ok()) {
                tree.number(f::STATUS, code, number.into());
                let known = values::name(tables::STATUSES, number.into());
                match number {
                    200..=299 => {}
                    603 => tree.expert(f::DECLINED),
                    _ if known.is_none() => tree.expert(f::UNKNOWN_STATUS),
                    _ => tree.expert(f::FAILED),
                }
            }
            show(tree, f::REASON, reason);
        }
        Start::Other => {
            show(tree, f::START_LINE, message.form.start_line);
            tree.expert(f::MALFORMED);
        }
    }
}

/// Compares Content-Length with the body. Without binary header there is no NUL, and clients disagree whether it
/// counts (fact base: p2p 5).
fn length(tree: &mut Tree, data: &[u8], message: &Description) {
    let Some(claimed) = message.value(data, lines::CONTENT_LENGTH).and_then(decimal) else { return };
    let message = &message.form;
    let there = (message.body_len() + message.rest.len()) as u64;
    let body = message.body_len() as u64;
    // Without fields the body is nothing at all to some clients, and a blank line and a NUL to others.
    if claimed == body || claimed == there || (claimed == 0 && message.fields.is_empty()) {
        return;
    }
    if message.terminator.is_empty() && claimed == body + 1 {
        tree.expert(f::BODY_SHORT);
    } else {
        tree.expert_text(f::BODY_LENGTH, &format!("Content-Length is {claimed}, but the body has {there} bytes"));
    }
}

fn links(show: &mut Show<'_>, note: &SlpNote) {
    let none = Span::default();
    let (tree, frames) = (&mut show.out.tree, &show.session.frames);
    if let Some((frame, time)) = note.answers {
        frame_link(tree, frames, f::RESPONSE_TO, frame);
        let span = tree.number(f::TIME, none, show.packet.time.wrapping_sub(time));
        tree.generated(span);
    }
    if let Some((frame, _)) = note.answered {
        frame_link(tree, frames, f::RESPONSE_IN, frame);
    }
    for (field, frame) in [(f::INVITED_IN, note.invited), (f::ENDED_IN, note.ended), (link::OPENED_IN, note.opened)] {
        if frame != show.packet.frame {
            frame_link(tree, frames, field, frame);
        }
    }
    if let Some(transfer) = note.transfer {
        p2p::transfer_items(show, transfer, FrameId::NONE);
    }
}

/// A line of headers or body that no table names.
pub(super) fn unnamed(one: &Line) -> bool {
    one.name.is_empty()
}
