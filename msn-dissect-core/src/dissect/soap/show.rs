// SPDX-License-Identifier: GPL-2.0-or-later
//! Shows messages of the services: what the head says, what ties them to others, every element of the body.

use super::{
    body::body,
    summary,
    values::{generated, ticket},
};
use crate::{
    dissect::walk::{Show, frame_link},
    fields::{Field, Proto, command as f, link, soap as s},
    item::Tree,
    session::{
        FrameId, Session,
        challenge::Status,
        soap::{MAX_FRAMES, Note, Refusal},
    },
    soap::{Head, Start, Unit, head::part},
    text,
    wire::Span,
};

const NONE: Span = Span { start: 0, end: 0 };

/// Most characters of the Info text of a message.
const MAX_INFO: usize = 300;

/// Shows a message.
pub(super) fn message(show: &mut Show<'_>, unit: &Unit<'_>) {
    let session = show.session;
    let Some(note) = session.soap.notes.get(show.record.place()) else { return };
    if show.packet.want_info {
        let info = summary::message(session, unit, note, show.record.frame);
        show.info(&info, MAX_INFO);
    }
    let operation = note.operation.map_or("unknown operation", |operation| operation.name);
    let side = if unit.is_response() { "response" } else { "request" };
    show.out.tree.protocol(Proto::MsnSoap, Span::new(0, unit.data.len()), &format!("{operation}, {side}"));
    if show.out.tree.wanted() {
        say_head(&mut show.out.tree, session, unit, note);
        remarks(&mut show.out.tree, session, unit, note);
        links(show, unit, note);
        body(show, unit, note);
    }
    show.out.tree.close();
}

fn given(tree: &mut Tree, field: Field, value: Option<&[u8]>) {
    if let Some(value) = value {
        generated(tree, field, &text::utf8(value).text);
    }
}

/// What the head says. Its bytes are the HTTP dissector's, so the items have none of their own.
fn say_head(tree: &mut Tree, session: &Session, unit: &Unit<'_>, note: &Note) {
    if let Some(operation) = note.operation {
        generated(tree, s::OPERATION, operation.name);
        generated(tree, s::SERVICE, operation.service.name());
    } else {
        let first = unit.message.as_ref().and_then(|message| {
            let first = message.document.children(message.body?).next()?;
            Some(text::utf8(message.name(first)).text.into_owned())
        });
        generated(tree, s::OPERATION, first.as_deref().unwrap_or("unknown"));
        tree.expert(s::UNKNOWN_OPERATION);
    }
    generated(tree, s::SIDE, if unit.is_response() { "Response" } else { "Request" });
    let account = session.names.get(note.account);
    if !account.is_empty() {
        let alias = generated(tree, f::EMAIL, account);
        tree.hidden(alias);
        generated(tree, f::ACCOUNT, account);
    }
    let tickets = unit.message.as_ref().map_or(0, |message| message.all(b"BinarySecurityToken").count());
    if tickets > 0 {
        let handle = tree.number(s::TICKET_COUNT, NONE, tickets as u64);
        tree.generated(handle);
    }
    let Some(head) = &unit.head else { return };
    match head.start {
        Start::Request(method, target) => {
            given(tree, s::METHOD, Some(method));
            given(tree, s::PATH, Some(target));
        }
        Start::Response(status) => {
            let handle = tree.number(s::STATUS, NONE, u64::from(status));
            tree.generated(handle);
        }
    }
    given(tree, s::HOST, head.host);
    given(tree, s::ACTION, head.action);
    passport(tree, head);
}

/// Parts of Passport's headers.
static PARTS: &[(&str, Field)] =
    &[("sign-in", f::EMAIL), ("pwd", f::PASSWORD), ("da-status", s::AUTH_STATE), ("DALogin", s::LOGIN_ADDRESS)];

/// What Passport's headers say.
fn passport(tree: &mut Tree, head: &Head<'_>) {
    let lines = [
        ("Authorization", head.authorization),
        ("Authentication-Info", head.info),
        ("WWW-Authenticate", head.refused),
        ("PassportURLs", head.urls),
        ("Location", head.location),
        ("Cookie", head.cookie),
    ];
    for (name, value) in lines {
        let Some(value) = value else { continue };
        let heading = generated(tree, s::HEADER, &format!("{name}: {}", text::utf8(value).text));
        tree.open(heading);
        for &(name, field) in PARTS {
            if let Some(value) = part(value, name) {
                generated(tree, field, &text::percent(value).text);
            }
        }
        for name in ["from-PP", "MSPAuth"] {
            if let Some(value) = part(value, name) {
                ticket(tree, NONE, &text::percent(value).text);
            }
        }
        tree.close();
    }
}

fn remarks(tree: &mut Tree, session: &Session, unit: &Unit<'_>, note: &Note) {
    for &remark in &note.remarks {
        match remark {
            s::REFUSED => {
                let why = note.refusal.map_or("", Refusal::words);
                tree.expert_text(remark, &format!("Login refused: {why}"));
            }
            s::FAULTY => {
                let said = unit.message.as_ref().and_then(|message| {
                    let fault = message.fault?;
                    Some((message.fault_code(fault), message.text_within(fault, b"errorcode")))
                });
                let (code, error) = said.unwrap_or_default();
                let mut what = format!("Service reports a fault: {code}");
                if !error.is_empty() {
                    what = format!("{what}, {error}");
                }
                tree.expert_text(remark, &what);
            }
            s::TICKET_FOREIGN => {
                let given = note.used.map_or("", |used| session.names.get(used.account));
                tree.expert_text(remark, &format!("Ticket was given to {given}"));
            }
            _ => tree.expert(remark),
        }
    }
    let failed = unit.status().filter(|&status| status >= 400);
    if let Some(status) = failed.filter(|_| note.refusal.is_none() && !note.remarks.contains(&s::FAULTY)) {
        tree.expert_text(s::HTTP_FAILED, &format!("Service answers with HTTP status {status}"));
    }
    if let Some(at) = unit.message.as_ref().filter(|message| !message.stopped).and_then(|it| it.document.broken_at) {
        tree.expert_text(
            s::NOT_WELL_FORMED,
            &format!("Body is not well-formed from byte {at} on; read on as far as it can be"),
        );
    }
}

/// What ties a message to others.
fn links(show: &mut Show<'_>, unit: &Unit<'_>, note: &Note) {
    let (session, later, own) = (show.session, show.knows_later(), show.record.frame);
    let tree = &mut show.out.tree;
    if let Some((request, span)) = note.answers {
        frame_link(tree, &session.frames, link::RESPONSE_TO, request);
        let time = tree.number(link::TIME, NONE, span);
        tree.generated(time);
    }
    if later {
        if !note.answered.is_none() {
            frame_link(tree, &session.frames, link::RESPONSE_IN, note.answered);
        }
        let (frames, count) = session.soap.tickets.uses(own);
        if unit.is_response() && count > 0 {
            let handle = tree.number(s::USED_COUNT, NONE, u64::from(count));
            tree.generated(handle);
            if count as usize > frames.len() {
                tree.note(handle, "not all of them are listed");
            }
            tree.open(handle);
            for &frame in frames {
                frame_link(tree, &session.frames, s::USED_IN, frame);
            }
            tree.close();
        }
    }
    if let Some(used) = note.used {
        frame_link(tree, &session.frames, s::ISSUED_IN, used.issued);
    }
    if let Some((status, challenge)) = note.lock {
        let handle = tree.number(s::LOCK_STATUS, NONE, status as u64);
        tree.generated(handle);
        if status != Status::Unverified {
            frame_link(tree, &session.frames, s::LOCK_IN, challenge);
        }
    }
    let mut shown: Vec<FrameId> = Vec::new();
    for &message in &note.messages {
        for &frame in session.soap.mails.all_about(message) {
            let known = frame < own || (later && frame != own);
            if known && shown.len() < MAX_FRAMES && !shown.contains(&frame) {
                shown.push(frame);
                frame_link(tree, &session.frames, s::MESSAGE_IN, frame);
            }
        }
        // The request says which message the answer carries.
        if unit.is_response() {
            generated(tree, s::MESSAGE_ID, session.soap.mails.id(message));
        }
    }
}
