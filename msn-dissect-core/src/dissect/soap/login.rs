// SPDX-License-Identifier: GPL-2.0-or-later
//! What the answers of the login service teach: tickets with their secrets, and who was refused.

use crate::{
    dissect::learning::Learn,
    fields::soap as s,
    session::{
        NameId,
        challenge::Status,
        links::Fact,
        soap::{Note, Refusal, Ticket},
    },
    soap::{Endpoint, Message, Operation, Unit, head, operations, token},
    text,
    view::base64,
};

/// Whether an operation asks for tickets.
pub(super) fn is_rst(operation: &Operation) -> bool {
    *operation == operations::RST || *operation == operations::RST_ONE
}

/// What the headers of a login's answer say.
pub(super) fn by_head(learn: &mut Learn<'_>, unit: &Unit<'_>, note: &mut Note) {
    let Some(head) = unit.head else { return };
    if let Some(given) = head.info.and_then(|info| head::part(info, "from-PP")) {
        let given = text::utf8(given).text.into_owned();
        let ticket = Ticket { issued: learn.record.frame, account: note.account, ..Ticket::default() };
        give(learn, token(&given), ticket);
        admit(learn, note.account);
    } else if head.refused.is_some() || unit.status() == Some(401) {
        let failed = head.refused.and_then(|refused| head::part(refused, "da-status")) == Some(b"failed");
        refuse(learn, note, if failed { Refusal::Password } else { Refusal::Other });
    }
}

pub(super) fn admit(learn: &mut Learn<'_>, account: NameId) {
    let session = &mut *learn.session;
    session.soap.logins.admit(session.names.get(account));
}

fn refuse(learn: &mut Learn<'_>, note: &mut Note, why: Refusal) {
    let frame = learn.record.frame;
    note.refusal = Some(why);
    note.remarks.push(s::REFUSED);
    let session = &mut *learn.session;
    let account = session.names.get(note.account);
    session.soap.logins.refuse(account, frame, why);
    if let Some(challenge) = session.soap.logins.take_challenge(account) {
        session.links.fact_of(challenge, Fact::Refused(frame, why));
    }
}

pub(super) fn refusal(learn: &mut Learn<'_>, message: &Message<'_>, fault: usize, note: &mut Note) {
    if !(note.operation.is_some_and(is_rst) || note.endpoint == Some(Endpoint::Rst)) {
        return note.remarks.push(s::FAULTY);
    }
    let code = message.fault_code(fault);
    let why = match code.rsplit(':').next() {
        Some("FailedAuthentication") => Refusal::Password,
        // Nothing is refused: the client asks elsewhere.
        Some("Redirect") => return note.refusal = Some(Refusal::Redirected),
        _ => Refusal::Other,
    };
    refuse(learn, note, why);
}

/// Tickets and secrets of a login's answer.
pub(super) fn tickets(learn: &mut Learn<'_>, message: &Message<'_>, account: NameId) {
    for answer in message.all(b"RequestSecurityTokenResponse") {
        let Some(given) = message.within(answer, b"BinarySecurityToken") else { continue };
        let expires = message.within(answer, b"LifeTime").or_else(|| message.within(answer, b"Lifetime"));
        let expires = expires.and_then(|life| crate::xml::time(&message.child_text(life, b"Expires")));
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
    session.soap.tickets.give(token, ticket.clone());
    let Some(early) = session.soap.tickets.foreseen(token) else { return };
    let own = !ticket.account.is_none()
        && session.names.get(ticket.account).eq_ignore_ascii_case(session.names.get(early.account));
    let status = ticket.proves(early.scheme, &early.pending, &early.response, own, time);
    if status == Status::Unverified {
        return session.soap.tickets.foresee(token, early);
    }
    session.links.correct(early.status, Fact::Login(status));
    session.links.fact_of(early.key, Fact::Ticket(issued));
    session.soap.tickets.spend(token, early.key.0);
}
