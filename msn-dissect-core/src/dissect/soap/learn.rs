// SPDX-License-Identifier: GPL-2.0-or-later
//! What a message of a service teaches: which request it answers, whose it is, tickets, secrets, names, offline messages.

use super::{Unit, mail::Mail};
use crate::{
    dissect::{body::mail_data, walk::Learn, xml},
    fields::soap as s,
    session::{
        NameId,
        challenge::{Pending, Status},
        links::Fact,
        soap::{Note, Refusal, Ticket, Waiting},
    },
    soap::{Endpoint, Message, head, operations, token},
    text,
    view::base64,
};

/// Most offline messages of one message.
const MAX_MESSAGES: usize = 64;

/// Learns from a message; returns whether it is one of ours.
pub(super) fn message(learn: &mut Learn<'_>, unit: &Unit<'_>) -> bool {
    let connection = learn.packet.connection;
    if unit.is_response() {
        let interim = unit.status().is_some_and(|status| status < 200);
        let awaited = learn.session.soap.awaited(connection).is_some();
        if interim || !(awaited || unit.is_ours()) {
            return false;
        }
        response(learn, unit);
    } else {
        if !unit.is_ours() {
            return false;
        }
        request(learn, unit);
    }
    true
}

fn keep(learn: &mut Learn<'_>, unit: &Unit<'_>, mut note: Note) {
    if unit.message.as_ref().is_some_and(|message| message.stopped) {
        note.remarks.push(s::TOO_LARGE);
    }
    if !learn.session.losses.take().is_empty() {
        note.remarks.push(s::EVICTED);
    }
    let frame = learn.record.frame;
    for &message in &note.messages {
        learn.session.soap.about(message, frame);
    }
    learn.session.soap.notes.keep(learn.record.place(), note);
}

fn name(learn: &mut Learn<'_>, account: &str) -> NameId {
    learn.session.names.keep(account)
}

fn id(learn: &mut Learn<'_>, id: &str) -> NameId {
    learn.session.names.keep(&id.trim().to_lowercase())
}

/// The ticket that a request shows, as it stands there.
pub(super) fn ticket(unit: &Unit<'_>) -> Option<String> {
    if let Some(message) = &unit.message {
        let header = message.header;
        let found = header.and_then(|header| {
            message
                .within(header, b"TicketToken")
                .or_else(|| message.child(message.within(header, b"PassportCookie")?, b"t"))
        });
        let found = found.map(|node| message.text(node)).filter(|text| !text.is_empty());
        let stored = || {
            let node = message.child(header?, b"Ticket")?;
            Some(message.attribute(node, b"passport")).filter(|text| !text.is_empty())
        };
        if let Some(found) = found.or_else(stored) {
            return Some(found);
        }
    }
    let cookie = unit.head?.cookie?;
    let value = head::part(cookie, "MSPAuth")?;
    Some(text::percent(value).text.into_owned())
}

fn request(learn: &mut Learn<'_>, unit: &Unit<'_>) {
    let frame = learn.record.frame;
    let mut note = Note { operation: unit.operation, endpoint: unit.endpoint, ..Note::default() };
    if let Some(ticket) = ticket(unit) {
        note.used = learn.session.soap.spend(token(&ticket), frame);
        if let Some(found) = learn.session.soap.ticket(token(&ticket)) {
            if !found.is_valid(learn.packet.time) {
                note.remarks.push(s::TICKET_EXPIRED);
            }
        }
    }
    let named = named_account(unit);
    note.account = match (&named, note.used) {
        (Some(named), _) => name(learn, named),
        (None, Some(used)) => used.account,
        (None, None) => NameId::default(),
    };
    if let (Some(named), Some(used)) = (&named, note.used) {
        let given = learn.session.names.get(used.account);
        if !given.is_empty() && !given.eq_ignore_ascii_case(named) {
            note.remarks.push(s::TICKET_FOREIGN);
        }
    }
    if has_password(unit) && learn.session.soap.first_password(learn.packet.connection) {
        note.remarks.push(s::PASSWORD_CLEAR);
    }
    let mut message_id = NameId::default();
    if let Some(message) = &unit.message {
        let ids: Vec<String> = message.all(b"messageId").take(MAX_MESSAGES).map(|node| message.text(node)).collect();
        note.messages = ids.iter().map(|text| id(learn, text)).collect();
        message_id = note.messages.first().copied().unwrap_or_default();
        lock_key(learn, message, &mut note);
    }
    let waiting = Waiting {
        place: learn.record.place(),
        time: learn.packet.time,
        operation: unit.operation,
        endpoint: unit.endpoint,
        account: note.account,
        message: message_id,
    };
    learn.session.soap.ask(learn.packet.connection, waiting);
    keep(learn, unit, note);
}

/// The account that a request names as its own.
pub(super) fn named_account(unit: &Unit<'_>) -> Option<String> {
    if let Some(value) = unit.head.and_then(|head| head.authorization) {
        let account = head::part(value, "sign-in")?;
        return Some(text::percent(account).text.into_owned());
    }
    let message = unit.message.as_ref()?;
    let header = message.header?;
    let user = message.within(header, b"Username").map(|node| message.text(node));
    let writer = || {
        let from = message.child(header, b"From")?;
        Some(message.attribute(from, b"memberName"))
    };
    user.or_else(writer).filter(|account| !account.is_empty())
}

fn has_password(unit: &Unit<'_>) -> bool {
    let in_head = unit.head.and_then(|head| head::part(head.authorization?, "pwd")).is_some_and(|it| !it.is_empty());
    let in_body = || {
        let message = unit.message.as_ref()?;
        let node = message.within(message.header?, b"Password")?;
        Some(!message.content(node).is_empty())
    };
    in_head || in_body().unwrap_or(false)
}

/// Checks a lock key like the answer to a challenge.
fn lock_key(learn: &mut Learn<'_>, message: &Message<'_>, note: &mut Note) {
    let Some(ticket) = message.header.and_then(|header| message.child(header, b"Ticket")) else { return };
    let (key, product) = (message.attribute(ticket, b"lockkey"), message.attribute(ticket, b"appid"));
    if key.is_empty() {
        return;
    }
    let found = learn.session.soap.lock_of(note.account);
    let (status, frame) = match found {
        Some((challenge, frame)) => {
            let pending = Pending::new((frame, 0, 0), 0, challenge);
            (pending.verify_client(product.as_bytes(), key.as_bytes()), frame)
        }
        None => (Status::Unverified, crate::session::FrameId::NONE),
    };
    if status == Status::Bad {
        note.remarks.push(s::LOCK_KEY_BAD);
    }
    note.lock = Some((status, frame));
}

fn response(learn: &mut Learn<'_>, unit: &Unit<'_>) {
    let (frame, time) = (learn.record.frame, learn.packet.time);
    let waiting = learn.session.soap.answer(learn.packet.connection, unit.operation);
    let mut note = Note { operation: unit.operation, ..Note::default() };
    if let Some(waiting) = waiting {
        note.operation = waiting.operation.or(unit.operation);
        note.endpoint = waiting.endpoint;
        note.account = waiting.account;
        note.answers = Some((waiting.place.frame, time.saturating_sub(waiting.time)));
        if !waiting.message.is_none() {
            note.messages.push(waiting.message);
        }
        if let Some(asked) = learn.session.soap.notes.get_mut(waiting.place) {
            asked.answered = frame;
        }
    } else if unit.head.is_some_and(|head| head.urls.is_some()) {
        note.operation = Some(&operations::NEXUS);
    } else if unit.operation.is_none() && unit.head.is_some_and(|head| head.is_passport()) {
        note.operation = Some(&operations::LOGIN);
    }
    if note.operation.is_some_and(|operation| *operation == operations::LOGIN) {
        login(learn, unit, &mut note);
    }
    if let Some(message) = &unit.message {
        if note.account.is_none() {
            // The owner of an address book says who asked, where the request was not seen.
            let owner = message.all(b"ownerEmail").next().map(|node| message.text(node));
            note.account = owner.map(|owner| name(learn, &owner)).unwrap_or_default();
        }
        tickets(learn, message, note.account);
        contacts(learn, message, note.account);
        waiting_messages(learn, message, &mut note);
        if let Some(fault) = message.fault {
            refusal(learn, message, fault, &mut note);
            if let Some(challenge) = message.within(fault, b"LockKeyChallenge") {
                learn.session.soap.lock(note.account, &message.text(challenge), frame);
            }
        } else if note.operation.is_some_and(is_rst) {
            admit(learn, note.account);
        }
    }
    keep(learn, unit, note);
}

pub(super) fn is_rst(operation: &crate::soap::Operation) -> bool {
    *operation == operations::RST || *operation == operations::RST_ONE
}

/// What the headers of a login's answer say.
fn login(learn: &mut Learn<'_>, unit: &Unit<'_>, note: &mut Note) {
    let Some(head) = unit.head else { return };
    if let Some(given) = head.info.and_then(|info| head::part(info, "from-PP")) {
        let given = text::utf8(given).text.into_owned();
        let ticket = Ticket { issued: learn.record.frame, account: note.account, ..Ticket::default() };
        give(learn, token(&given), ticket);
        admit(learn, note.account);
    } else if head.refused.is_some() || unit.status() == Some(401) {
        refuse(learn, note, Refusal::Password);
    }
}

fn admit(learn: &mut Learn<'_>, account: NameId) {
    let session = &mut *learn.session;
    session.soap.admit(session.names.get(account));
}

fn refuse(learn: &mut Learn<'_>, note: &mut Note, why: Refusal) {
    let frame = learn.record.frame;
    note.refusal = Some(why);
    note.remarks.push(s::REFUSED);
    let session = &mut *learn.session;
    let account = session.names.get(note.account);
    session.soap.refuse(account, frame, why);
    if let Some(challenge) = session.soap.cannot_prove(account) {
        session.links.fact_of(challenge, Fact::Refused(frame, why));
    }
}

fn refusal(learn: &mut Learn<'_>, message: &Message<'_>, fault: usize, note: &mut Note) {
    if !(note.operation.is_some_and(is_rst) || note.endpoint == Some(Endpoint::Rst)) {
        return note.remarks.push(s::FAULTY);
    }
    let code = fault_code(message, fault);
    let why = match code.rsplit(':').next() {
        Some("FailedAuthentication") => Refusal::Password,
        Some("Redirect") => Refusal::Redirected,
        _ => Refusal::Other,
    };
    refuse(learn, note, why);
}

/// The code of a fault, of either version of SOAP.
pub(super) fn fault_code(message: &Message<'_>, fault: usize) -> String {
    let code = message.child_text(fault, b"faultcode");
    if !code.is_empty() {
        return code;
    }
    message.child(fault, b"Code").map(|code| message.child_text(code, b"Value")).unwrap_or_default()
}

/// Tickets and secrets of a login's answer.
fn tickets(learn: &mut Learn<'_>, message: &Message<'_>, account: NameId) {
    for answer in message.all(b"RequestSecurityTokenResponse") {
        let Some(given) = message.within(answer, b"BinarySecurityToken") else { continue };
        let expires = message.within(answer, b"LifeTime").or_else(|| message.within(answer, b"Lifetime"));
        let expires = expires.and_then(|life| xml::time(&message.child_text(life, b"Expires")));
        let secret = message.within(answer, b"BinarySecret").and_then(|node| base64(message.text(node).as_bytes()));
        let ticket = Ticket {
            issued: learn.record.frame,
            account,
            expires: expires.map_or(0, |time| time.max(0) as u64),
            secret: secret.filter(|secret| !secret.is_empty()).map(Vec::into_boxed_slice),
        };
        let given = message.text(given);
        give(learn, token(&given), ticket);
    }
}

/// Keeps a ticket. A login that used it earlier in the file is told again: captures made at several places have the answer
/// behind it.
fn give(learn: &mut Learn<'_>, token: &str, ticket: Ticket) {
    let (issued, time) = (learn.record.frame, learn.packet.time);
    let session = &mut *learn.session;
    session.soap.give(token, ticket.clone());
    let Some(early) = session.soap.foreseen(token) else { return };
    let own = session.names.get(ticket.account).eq_ignore_ascii_case(session.names.get(early.account));
    let status = ticket.proves(early.scheme, &early.pending, &early.response, own, time);
    if status == Status::Unverified {
        return session.soap.foresee(token, early);
    }
    session.links.correct(early.status, Fact::Login(status));
    session.links.fact_of(early.key, Fact::Ticket(issued));
    session.soap.spend(token, early.key.0);
}

/// Names that the address book gives.
fn contacts(learn: &mut Learn<'_>, message: &Message<'_>, owner: NameId) {
    if owner.is_none() || message.side != Some(crate::soap::Side::Response) {
        return;
    }
    for contact in message.all(b"Contact") {
        let Some(info) = message.child(contact, b"contactInfo") else { continue };
        let account = message.child_text(info, b"passportName");
        let name = message.child_text(info, b"displayName");
        learn.session.soap.call(owner, &account, &name, learn.record.frame);
    }
}

/// Offline messages that an answer lists.
fn waiting_messages(learn: &mut Learn<'_>, message: &Message<'_>, note: &mut Note) {
    for text in listed(message) {
        if note.messages.len() >= MAX_MESSAGES {
            break;
        }
        let found = id(learn, &text);
        note.messages.push(found);
    }
}

/// Identifiers of the offline messages that an answer lists, escaped or not.
pub(super) fn listed(message: &Message<'_>) -> Vec<String> {
    let Some(node) = message.all(b"GetMetadataResponse").next() else { return Vec::new() };
    let text = mail_list(message, node);
    mail_data::ids(&text)
}

/// The list of mails that stands in an element, unescaped.
pub(super) fn mail_list(message: &Message<'_>, node: usize) -> Vec<u8> {
    match message.within(node, b"MD").and_then(|at| message.document.nodes.get(at)) {
        Some(list) => list.whole().of(message.data).to_vec(),
        None => {
            let inner = message.document.children(node).next().unwrap_or(node);
            message.text(inner).into_bytes()
        }
    }
}

/// The offline message that a message carries, with its sender and receiver.
pub(super) fn carried(message: &Message<'_>) -> Option<(usize, Vec<u8>, Mail)> {
    let stored = message.body.and_then(|body| message.child(body, b"Content"));
    let node = stored.or_else(|| message.all(b"GetMessageResult").next())?;
    let view = crate::view::View::new(message.data, message.content(node));
    let bytes = view.xml().bytes().to_vec();
    let mail = Mail::read(&bytes);
    Some((node, bytes, mail))
}
