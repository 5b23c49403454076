// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows one session description and learns from it.

use crate::{
    dissect::walk::{Walk, frame_link},
    session::FrameId,
};
mod context;
mod learn;
mod line;

use crate::{
    fields::{Proto, ftp, link, slp as f},
    item::Tree,
    session::{
        notes::NoteKey,
        p2p::{
            dialogs::SlpNote,
            flow::{Flow, Leg},
        },
    },
    slp::{
        bodies::{CONTENT_TYPES, FIELDS},
        headers::HEADERS,
        message::{self, Line, Message, Start, decimal},
        row,
    },
    text,
    values::{self, slp as tables},
    wire::Span,
};

/// How a session description came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    /// Connection.
    pub leg: Leg,
    /// From whom to whom; known on the first pass only.
    pub flow: Flow,
    /// Where its note is.
    pub key: NoteKey,
    /// The same was seen before on this leg, which is told of its packet: nothing new can be learnt.
    pub repeated: bool,
    /// It was put together from pieces.
    pub joined: bool,
}

/// Shows the session description that `data` is; ranges count from its start.
pub(crate) fn show(walk: &mut Walk<'_>, data: &[u8], way: &Way) {
    let message = message::parse(data);
    let note = if walk.packet.first_pass {
        let note = match way.repeated {
            true => learn::known(walk, data, &message, way),
            false => learn::learn(walk, data, &message, way),
        };
        walk.session.p2p.slp_notes.keep(way.key, note);
        note
    } else {
        walk.session.p2p.slp_notes.get(way.key).copied().unwrap_or_default()
    };
    if !walk.out.tree.wanted() && !walk.packet.want_info {
        return;
    }
    let label = summary(walk, data, &message, &note);
    if walk.packet.want_info {
        let info = &mut walk.out.info;
        info.push_str(if way.joined { " [" } else { " " });
        text::push_line(info, &label, 160);
        if way.joined {
            info.push(']');
        }
    }
    if !walk.out.tree.wanted() {
        return;
    }
    walk.out.tree.protocol(Proto::MsnSlp, Span::new(0, data.len()), &label);
    start_line(&mut walk.out.tree, data, &message, &note);
    for one in &message.headers {
        line::show(&mut walk.out.tree, data, one, row(HEADERS, one.name.of(data)), line::HEADER);
    }
    blank(&mut walk.out.tree, message.blank);
    length(&mut walk.out.tree, data, &message);
    if !message.fields.is_empty() {
        body(walk, data, &message, &note);
    }
    blank(&mut walk.out.tree, message.body_blank);
    if !message.terminator.is_empty() {
        walk.out.tree.bytes(f::TERMINATOR, message.terminator);
    }
    if !message.rest.is_empty() {
        walk.out.tree.bytes(f::TRAILING, message.rest);
    }
    links(walk, &note);
    walk.out.tree.close();
}

fn blank(tree: &mut Tree, span: Span) {
    if !span.is_empty() {
        tree.bytes(f::BLANK, span);
    }
}

fn body(walk: &mut Walk<'_>, data: &[u8], message: &Message, note: &SlpNote) {
    let (Some(first), Some(last)) = (message.fields.first(), message.fields.last()) else { return };
    let heading = walk.out.tree.bytes(f::BODY, Span::new(first.whole.start, last.whole.end));
    let name = message.header(data, "Content-Type").and_then(body_name);
    if let Some(name) = name {
        walk.out.tree.note(heading, name);
    }
    walk.out.tree.open(heading);
    for one in &message.fields {
        let kind = row(FIELDS, one.name.of(data));
        line::show(&mut walk.out.tree, data, one, kind, line::FIELD);
        if kind == Some(crate::slp::Kind::Context) {
            context::show(walk, one.value.of(data), data, message, note);
        }
    }
    walk.out.tree.close();
}

/// What a body is.
fn body_name(content_type: &[u8]) -> Option<&'static str> {
    CONTENT_TYPES.iter().find(|row| row.0.as_bytes().eq_ignore_ascii_case(content_type)).map(|row| row.1)
}

/// Message in one line.
fn summary(walk: &Walk<'_>, data: &[u8], message: &Message, note: &SlpNote) -> String {
    let mut label = match message.start {
        Start::Request { method, .. } => text::utf8(method.of(data)).text.into_owned(),
        Start::Status { code, reason, .. } => {
            format!("{} {}", text::utf8(code.of(data)).text, text::utf8(reason.of(data)).text)
        }
        Start::Other => "SLP".to_owned(),
    };
    if let Some(name) = message.header(data, "Content-Type").and_then(body_name).filter(|name| *name != "no body") {
        label.push_str(&format!(" ({name})"));
    }
    if let Some(transfer) = note.transfer.and_then(|id| walk.session.transfers.get(id)) {
        label.push_str(": ");
        label.push_str(transfer.kind.name());
        if !transfer.name.is_empty() {
            label.push_str(&format!(" \"{}\"", transfer.name));
        }
    }
    label
}

fn start_line(tree: &mut Tree, data: &[u8], message: &Message, note: &SlpNote) {
    let show = |tree: &mut Tree, field, span: Span| {
        if !span.is_empty() {
            tree.wire(field, span, span.of(data));
        }
    };
    match message.start {
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
            if let Some(number) = decimal(code.of(data)) {
                tree.number(f::STATUS, code, number);
                let known = values::name(tables::STATUSES, number as u32);
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
            show(tree, f::START_LINE, message.start_line);
            tree.expert(f::MALFORMED);
        }
    }
}

/// Compares Content-Length with the body. Without binary header there is no NUL, and clients disagree whether it
/// counts (fact base: p2p 5).
fn length(tree: &mut Tree, data: &[u8], message: &Message) {
    let Some(claimed) = message.header(data, "Content-Length").and_then(decimal) else { return };
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

fn links(walk: &mut Walk<'_>, note: &SlpNote) {
    let none = Span::default();
    if let Some((frame, time)) = note.answers {
        frame_link(&mut walk.out.tree, &walk.session.frames, f::RESPONSE_TO, frame);
        let span = walk.out.tree.number(f::TIME, none, walk.packet.time.wrapping_sub(time));
        walk.out.tree.generated(span);
    }
    if let Some((frame, _)) = note.answered {
        frame_link(&mut walk.out.tree, &walk.session.frames, f::RESPONSE_IN, frame);
    }
    for (field, frame) in [(f::INVITED_IN, note.invited), (f::ENDED_IN, note.ended), (link::OPENED_IN, note.opened)] {
        if frame != walk.packet.frame {
            frame_link(&mut walk.out.tree, &walk.session.frames, field, frame);
        }
    }
    if let Some(transfer) = note.transfer {
        walk.transfer_items(transfer, FrameId::NONE);
    }
}

/// A line of headers or body that no table names.
pub(super) fn unnamed(one: &Line) -> bool {
    one.name.is_empty()
}
