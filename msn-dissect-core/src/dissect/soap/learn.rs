// SPDX-License-Identifier: GPL-2.0-or-later
//! What a message of a service teaches: which request it answers, whose it is, tickets, secrets, names, offline
//! messages.

use super::login::{self, is_rst};
use crate::{
    dissect::learning::Learn,
    fields::soap as s,
    session::{
        FrameId, NameId,
        challenge::{Pending, Status},
        soap::{Note, Ticket, Waiting},
    },
    soap::{Message, Side, Unit, document_token, operations, token},
};

/// Most offline messages of one message.
const MAX_MESSAGES: usize = 64;

/// Learns from a message; returns whether it is one of ours.
pub(super) fn message(learn: &mut Learn<'_>, unit: &Unit<'_>) -> bool {
    let connection = learn.packet.connection;
    if unit.is_response() {
        let interim = unit.status().is_some_and(|status| status < 200);
        let awaited = learn.session.soap.calls.awaited(connection).is_some();
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
    let frame = learn.record.frame;
    for &message in &note.messages {
        learn.session.soap.mails.about(message, frame);
    }
    learn.session.soap.notes.keep(learn.record.place(), note);
}

fn name(learn: &mut Learn<'_>, account: &str) -> NameId {
    learn.session.names.keep(account)
}

fn request(learn: &mut Learn<'_>, unit: &Unit<'_>) {
    let frame = learn.record.frame;
    let mut note = Note { operation: unit.operation, endpoint: unit.endpoint, ..Note::default() };
    if let Some(ticket) = unit.ticket() {
        note.used = learn.session.soap.tickets.spend(token(&ticket), frame);
        if let Some(found) = learn.session.soap.tickets.get(token(&ticket)) {
            if !found.is_valid(learn.packet.time) {
                note.remarks.push(s::TICKET_EXPIRED);
            }
        }
    }
    let named = unit.named_account();
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
    if unit.has_password() && learn.session.soap.calls.first_password(learn.packet.connection) {
        note.remarks.push(s::PASSWORD_CLEAR);
    }
    let mut message_id = NameId::default();
    if let Some(message) = &unit.message {
        let ids: Vec<String> = message.all(b"messageId").take(MAX_MESSAGES).map(|node| message.text(node)).collect();
        note.messages = ids.iter().map(|text| learn.session.soap.mails.keep(text)).collect();
        message_id = note.messages.first().copied().unwrap_or_default();
        lock_key(learn, message, &mut note);
    }
    let added = unit.message.as_ref().and_then(|message| message.adds());
    let subject = added.map_or(NameId::default(), |added| name(learn, &added));
    let waiting = Waiting {
        place: learn.record.place(),
        time: learn.packet.time,
        operation: unit.operation,
        endpoint: unit.endpoint,
        account: note.account,
        message: message_id,
        subject,
    };
    learn.session.soap.calls.ask(learn.packet.connection, waiting);
    keep(learn, unit, note);
}

/// Checks a lock key like the answer to a challenge.
fn lock_key(learn: &mut Learn<'_>, message: &Message<'_>, note: &mut Note) {
    let Some(ticket) = message.header.and_then(|header| message.child(header, b"Ticket")) else { return };
    let (key, product) = (message.attribute(ticket, b"lockkey"), message.attribute(ticket, b"appid"));
    if key.is_empty() {
        return;
    }
    let found = learn.session.soap.logins.lock_of(note.account);
    let (status, frame) = match found {
        Some((challenge, frame)) => {
            let pending = Pending::new((frame, 0, 0), 0, challenge);
            (pending.verify_client(product.as_bytes(), key.as_bytes()), frame)
        }
        None => (Status::Unverified, FrameId::NONE),
    };
    if status == Status::Bad {
        note.remarks.push(s::LOCK_KEY_BAD);
    }
    note.lock = Some((status, frame));
}

fn response(learn: &mut Learn<'_>, unit: &Unit<'_>) {
    let (frame, time) = (learn.record.frame, learn.packet.time);
    let waiting = learn.session.soap.calls.answer(learn.packet.connection, unit.operation);
    let mut note = Note { operation: unit.operation, ..Note::default() };
    if let Some(waiting) = &waiting {
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
        login::by_head(learn, unit, &mut note);
    }
    if let Some(message) = &unit.message {
        if note.account.is_none() {
            // The owner of an address book says who asked, where the request was not seen.
            let owner = message.all(b"ownerEmail").next().map(|node| message.text(node));
            note.account = owner.map(|owner| name(learn, &owner)).unwrap_or_default();
        }
        login::tickets(learn, message, note.account);
        circle_tickets(learn, message, note.account);
        contacts(learn, message, note.account);
        if let (Some(guid), Some(Waiting { subject, .. })) = (message.all(b"guid").next(), waiting) {
            let session = &mut *learn.session;
            session.soap.book.call(note.account, &message.text(guid), session.names.get(subject), frame);
        }
        waiting_messages(learn, message, &mut note);
        if let Some(fault) = message.fault {
            login::refusal(learn, message, fault, &mut note);
            if let Some(challenge) = message.within(fault, b"LockKeyChallenge") {
                learn.session.soap.logins.lock(note.account, &message.text(challenge), frame);
            }
        } else if note.operation.is_some_and(is_rst) {
            login::admit(learn, note.account);
        }
    }
    keep(learn, unit, note);
}

/// Tickets of circles.
fn circle_tickets(learn: &mut Learn<'_>, message: &Message<'_>, account: NameId) {
    for node in message.all(b"CircleTicket") {
        let document = message.text(node);
        let ticket = Ticket { issued: learn.record.frame, account, ..Ticket::default() };
        learn.session.soap.tickets.give(&document_token(document.as_bytes()), ticket);
    }
}

/// Names that the address book gives.
fn contacts(learn: &mut Learn<'_>, message: &Message<'_>, owner: NameId) {
    if owner.is_none() || message.side != Some(Side::Response) {
        return;
    }
    let since = learn.record.frame;
    let book = &mut learn.session.soap.book;
    for contact in message.all(b"Contact") {
        let Some(info) = message.child(contact, b"contactInfo") else { continue };
        let account = message.child_text(info, b"passportName");
        book.call(owner, &account, &message.child_text(info, b"displayName"), since);
        book.call(owner, &message.child_text(contact, b"contactId"), &account, since);
    }
    for group in message.all(b"Group") {
        let Some(info) = message.child(group, b"groupInfo") else { continue };
        book.call(owner, &message.child_text(group, b"groupId"), &message.child_text(info, b"name"), since);
    }
}

/// Offline messages that an answer lists.
fn waiting_messages(learn: &mut Learn<'_>, message: &Message<'_>, note: &mut Note) {
    for text in message.listed() {
        if note.messages.len() >= MAX_MESSAGES {
            break;
        }
        let found = learn.session.soap.mails.keep(&text);
        note.messages.push(found);
    }
}
